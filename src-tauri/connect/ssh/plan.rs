//! From a route to the hops that are really made: those that a ProxyJump brings come in front.

use async_trait::async_trait;

use super::error::SshError;
use crate::connect::{Hop, Route};
use ssh_config::config::{Jump, Resolved, Source, Sourced};

/// More hops than a real route has. Beyond that a ProxyJump leads back to itself through other hosts.
const MOST_HOPS: usize = 16;

/// Looks a hop up in the config.
#[async_trait]
pub trait Resolve: Send {
    async fn resolve(&mut self, hop: &Hop) -> Result<Resolved, SshError>;
}

/// The hops from this machine outwards.
pub async fn plan(route: &Route, config: &mut dyn Resolve) -> Result<Vec<Resolved>, SshError> {
    let mut hops = Vec::new();
    for hop in &route.hops {
        let mut with_jumps = Vec::new();
        expand(hop, config, &mut Vec::new(), &mut with_jumps).await?;
        // A route may name the very jumps that the config names too.
        let target = with_jumps.pop();
        if !end_the_same(&hops, &with_jumps) {
            hops.extend(with_jumps);
        }
        hops.extend(target);
        if hops.len() > MOST_HOPS {
            return Err(SshError::Config { what: format!("the way has more than {MOST_HOPS} hops") });
        }
    }
    if hops.is_empty() {
        return Err(SshError::Config { what: format!("the route {} has no hops", route.name) });
    }
    hops.iter_mut().skip(1).for_each(without_command);
    Ok(hops)
}

/// A command runs on this machine, and only the first hop is reached from here: the others are reached
/// through the hop before, as with `ssh -J`.
fn without_command(hop: &mut Resolved) {
    let Some(Sourced { value, source: Source::File(place) }) = hop.proxy_command.take() else { return };
    let what = format!("ProxyCommand {value} is not run: {} is reached through the hop before it", hop.alias);
    hop.problems.push((place, what));
}

fn end_the_same(hops: &[Resolved], others: &[Resolved]) -> bool {
    let who = |hop: &Resolved| (hop.host_name.value.clone(), hop.port.value, hop.user.value.clone());
    let behind = hops.len().checked_sub(others.len()).and_then(|start| hops.get(start..));
    behind.is_some_and(|behind| behind.iter().map(who).eq(others.iter().map(who)))
}

async fn expand(
    hop: &Hop,
    config: &mut dyn Resolve,
    on_the_way: &mut Vec<String>,
    hops: &mut Vec<Resolved>,
) -> Result<(), SshError> {
    let name = hop.host.to_ascii_lowercase();
    if on_the_way.contains(&name) || on_the_way.len() >= MOST_HOPS {
        on_the_way.push(name);
        return Err(SshError::Config { what: format!("ProxyJump goes in a circle: {}", on_the_way.join(" → ")) });
    }
    on_the_way.push(name);
    let resolved = config.resolve(hop).await?;
    for (index, jump) in resolved.proxy_jump.iter().enumerate() {
        let jump = as_hop(&jump.value);
        if index == 0 {
            Box::pin(expand(&jump, config, on_the_way, hops)).await?;
        } else {
            // As with `ssh -J a,b`: b is reached from a, whatever its own ProxyJump says.
            hops.push(config.resolve(&jump).await?);
        }
    }
    on_the_way.pop();
    hops.push(resolved);
    Ok(())
}

fn as_hop(jump: &Jump) -> Hop {
    Hop { host: jump.host.clone(), use_config: true, port: jump.port, user: jump.user.clone(), ..Hop::default() }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use ssh_config::Place;
    use ssh_config::config::{AddressFamily, Agent, StrictHostKeyChecking};

    /// A config that is looked up without waiting.
    struct Config<F>(F);

    #[async_trait]
    impl<F: Fn(&Hop) -> Resolved + Send> Resolve for Config<F> {
        async fn resolve(&mut self, hop: &Hop) -> Result<Resolved, SshError> {
            Ok((self.0)(hop))
        }
    }

    fn planned(route: &Route, config: impl Fn(&Hop) -> Resolved + Send) -> Result<Vec<Resolved>, SshError> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(plan(route, &mut Config(config)))
    }

    fn given<T>(value: T) -> Sourced<T> {
        Sourced { value, source: Source::Given }
    }

    fn resolved(host: &str, jumps: &[&str]) -> Resolved {
        let jump = |host: &&str| given(Jump { host: (*host).to_owned(), user: None, port: None });
        Resolved {
            alias: host.to_owned(),
            host_name: given(host.to_owned()),
            port: given(22),
            user: given("ana".to_owned()),
            identity_files: Vec::new(),
            certificate_files: Vec::new(),
            agent: given(Agent::None),
            identities_only: given(false),
            proxy_jump: jumps.iter().map(jump).collect(),
            proxy_command: None,
            host_key_alias: None,
            user_known_hosts_files: Vec::new(),
            global_known_hosts_files: Vec::new(),
            strict_host_key_checking: given(StrictHostKeyChecking::Ask),
            hash_known_hosts: false,
            host_key_algorithms: None,
            preferred_authentications: None,
            password_authentication: true,
            kbd_interactive_authentication: true,
            pubkey_authentication: true,
            connect_timeout_s: None,
            server_alive_interval_s: None,
            address_family: AddressFamily::Any,
            bind_address: None,
            problems: Vec::new(),
        }
    }

    fn way(hosts: &[&str], jumps: &[(&str, &[&str])]) -> Result<Vec<String>, String> {
        let jumps: HashMap<&str, &[&str]> = jumps.iter().copied().collect();
        let hop = |host: &&str| Hop { host: (*host).to_owned(), use_config: true, ..Hop::default() };
        let route = Route { id: "r".into(), name: "r".into(), hops: hosts.iter().map(hop).collect() };
        let resolve = |hop: &Hop| resolved(&hop.host, jumps.get(hop.host.as_str()).copied().unwrap_or_default());
        let hops = planned(&route, resolve).map_err(|error| error.to_string())?;
        Ok(hops.into_iter().map(|hop| hop.alias).collect())
    }

    #[test]
    fn jumps_come_in_front() {
        assert_eq!(way(&["gpu"], &[]).unwrap(), ["gpu"]);
        assert_eq!(
            way(&["gpu"], &[("gpu", &["bastion"]), ("bastion", &["door"])]).unwrap(),
            ["door", "bastion", "gpu"]
        );
        assert_eq!(way(&["gpu"], &[("gpu", &["a", "b"]), ("b", &["c"])]).unwrap(), ["a", "b", "gpu"]);
        assert_eq!(way(&["bastion", "gpu"], &[("gpu", &["bastion"])]).unwrap(), ["bastion", "gpu"]);
        assert_eq!(way(&["vpn", "gpu"], &[("gpu", &["bastion"])]).unwrap(), ["vpn", "bastion", "gpu"]);
    }

    #[test]
    fn a_command_that_cannot_be_run_where_the_hop_is_reached_from_is_told() {
        let hop = |host: &str| Hop { host: host.to_owned(), use_config: true, ..Hop::default() };
        let route = Route { id: "r".into(), name: "r".into(), hops: vec![hop("vpn"), hop("gpu")] };
        let command = || Sourced { value: "nc gpu 22".to_owned(), source: Source::File(Place::new("/c", 7)) };
        let resolve = |hop: &Hop| Resolved { proxy_command: Some(command()), ..resolved(&hop.host, &[]) };
        let hops = planned(&route, resolve).unwrap();
        assert_eq!((hops[0].proxy_command.as_ref(), hops[0].problems.len()), (Some(&command()), 0));
        assert_eq!(hops[1].proxy_command, None);
        assert_eq!(hops[1].problems[0].0, Place::new("/c", 7));
        assert!(hops[1].problems[0].1.contains("ProxyCommand nc gpu 22 is not run"), "{:?}", hops[1].problems);
    }

    #[test]
    fn circles_are_told() {
        let circle = way(&["a"], &[("a", &["b"]), ("b", &["A"])]).unwrap_err();
        assert_eq!(circle, "ProxyJump goes in a circle: a → b → a");
        assert!(way(&[], &[]).unwrap_err().contains("no hops"));
        let many: Vec<String> = (0..20).map(|number| format!("h{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(way(&many, &[]).unwrap_err().contains("more than 16"));
    }
}
