//! Names of hosts and users: which can be meant, and their one way to be written.

use std::net::{Ipv4Addr, Ipv6Addr};

/// DNS knows no longer ones, and the time to match a name grows with it.
const LONGEST_HOST: usize = 255;

pub(super) fn is_bounded(host: &str) -> bool {
    host.len() <= LONGEST_HOST
}

/// Names in lower case, numbers as the system writes them.
pub(super) fn canonical(host: &str) -> String {
    if let Ok(number) = host.parse::<Ipv6Addr>() {
        return number.to_string();
    }
    if let Ok(number) = host.parse::<Ipv4Addr>() {
        return number.to_string();
    }
    if host.contains(['%', ':']) { host.to_owned() } else { host.to_ascii_lowercase() }
}

/// What a command line (`%h` of a ProxyCommand) cannot take for anything but a name. OpenSSH asks the same of names
/// on its own command line since 9.6.
pub(super) fn is_host(name: &str) -> bool {
    let odd = |c: char| "'`\"$\\;&<>|(){},".contains(c) || c.is_whitespace() || c.is_control();
    !name.is_empty() && !name.starts_with('-') && is_bounded(name) && !name.contains(odd)
}

/// The same for `%r`.
pub(super) fn is_user(name: &str) -> bool {
    let odd = |c: char| "'`\";&<>|(){}".contains(c) || c.is_control();
    let dash_after_space = name.as_bytes().windows(2).any(|pair| pair[0].is_ascii_whitespace() && pair[1] == b'-');
    !name.is_empty() && !name.starts_with('-') && !name.ends_with('\\') && !dash_after_space && !name.contains(odd)
}
