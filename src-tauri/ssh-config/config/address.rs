//! Names of hosts and users: which can be meant, and their one way to be written.

use std::net::{Ipv4Addr, Ipv6Addr};

/// DNS knows no longer ones, and the time to match a name grows with it.
const LONGEST_HOST: usize = 255;

pub(super) fn is_bounded(host: &str) -> bool {
    host.len() <= LONGEST_HOST
}

/// Names in lower case, numbers as the system writes them; but for their case, which OpenSSH then leaves.
pub(super) fn canonical(host: &str) -> String {
    let v6 = host.parse::<Ipv6Addr>().map(|number| number.to_string()).ok();
    let number = v6.or_else(|| short_v4(host).map(|number| number.to_string()));
    match number {
        Some(number) if number.eq_ignore_ascii_case(host) => host.to_owned(),
        Some(number) => number,
        None if host.contains(['%', ':']) => host.to_owned(),
        None => host.to_ascii_lowercase(),
    }
}

/// An IPv4 number in any of the ways of inet_aton(3): `127.1`, `0x7f.1`, `2130706433`.
fn short_v4(host: &str) -> Option<Ipv4Addr> {
    let part = |text: &str| match (text.strip_prefix("0x").or(text.strip_prefix("0X")), text.strip_prefix('0')) {
        _ if !text.chars().all(|c| c.is_ascii_alphanumeric()) => None,
        (Some(digits), _) => u32::from_str_radix(digits, 16).ok(),
        (None, Some(digits)) if !digits.is_empty() => u32::from_str_radix(digits, 8).ok(),
        _ => text.parse().ok(),
    };
    let parts = host.split('.').map(part).collect::<Option<Vec<u32>>>()?;
    let (last, first) = parts.split_last().filter(|(_, first)| first.len() <= 3)?;
    let room = 32 - 8 * u32::try_from(first.len()).ok()?;
    if u64::from(*last) >= 1 << room || first.iter().any(|&part| part > 255) {
        return None;
    }
    let first = first.iter().zip([24, 16, 8]).map(|(part, shift)| part << shift).sum::<u32>();
    Some(Ipv4Addr::from(first + last))
}

/// What a command line (`%h` of a ProxyCommand) cannot take for anything but a name. OpenSSH asks the same of names
/// on its own command line since 9.6. Nor for a user before a host, or an address, as ssh takes its argument.
pub(super) fn is_host(name: &str) -> bool {
    let odd = |c: char| "'`\"$\\;&<>|(){},@/".contains(c) || c.is_whitespace() || c.is_control();
    !name.is_empty() && !name.starts_with('-') && is_bounded(name) && !name.contains(odd)
}

/// The same for `%r`.
pub(super) fn is_user(name: &str) -> bool {
    let odd = |c: char| "'`\";&<>|(){}".contains(c) || c.is_control();
    let dash_after_space = name.as_bytes().windows(2).any(|pair| pair[0].is_ascii_whitespace() && pair[1] == b'-');
    !name.is_empty() && !name.starts_with('-') && !name.ends_with('\\') && !dash_after_space && !name.contains(odd)
}
