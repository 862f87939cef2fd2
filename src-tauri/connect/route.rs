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
