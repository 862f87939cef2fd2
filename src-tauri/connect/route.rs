//! A route: the ordered SSH hops to where a server can be reached. Many profiles may share one.

use serde::{Deserialize, Serialize};
use specta::Type;
pub use ssh_config::Hop;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Route {
    /// A UUID that stays when the route is renamed.
    pub id: String,
    pub name: String,
    /// From this machine outwards; at least one. A hop that an alias reaches through a ProxyJump
    /// brings its own hops in front of it.
    pub hops: Vec<Hop>,
}

impl Route {
    /// Whether `now` leads over other hosts: what else a hop says, such as its user or key, is for the same
    /// host.
    pub fn leads_elsewhere(&self, now: &Self) -> bool {
        fn hosts(route: &Route) -> impl Iterator<Item = (&str, bool, Option<u16>)> {
            route.hops.iter().map(|hop| (hop.host.as_str(), hop.use_config, hop.port))
        }
        !hosts(self).eq(hosts(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_host_is_elsewhere_and_another_key_is_not() {
        let route = |hop: Hop| Route { id: "r".into(), name: "office".into(), hops: vec![hop] };
        let hop = Hop { host: "bastion".into(), ..Hop::default() };
        let before = route(hop.clone());
        assert!(!before.leads_elsewhere(&route(Hop { user: Some("ana".into()), ..hop.clone() })));
        assert!(!before.leads_elsewhere(&route(Hop { identity_file: Some("~/.ssh/key".into()), ..hop.clone() })));
        assert!(before.leads_elsewhere(&route(Hop { host: "other".into(), ..hop.clone() })));
        assert!(before.leads_elsewhere(&route(Hop { port: Some(2222), ..hop.clone() })));
        assert!(before.leads_elsewhere(&route(Hop { use_config: true, ..hop.clone() })));
        assert!(before.leads_elsewhere(&Route { hops: vec![hop.clone(), hop], ..before.clone() }));
    }
}
