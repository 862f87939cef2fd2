//! `HostKeyAlgorithms`: a list, or a change to the list that OpenSSH has by itself.

use crate::config::pattern::matches;

/// OpenSSH's own list, in its order.
const DEFAULT: &[&str] = &[
    "ssh-ed25519-cert-v01@openssh.com",
    "ecdsa-sha2-nistp256-cert-v01@openssh.com",
    "ecdsa-sha2-nistp384-cert-v01@openssh.com",
    "ecdsa-sha2-nistp521-cert-v01@openssh.com",
    "sk-ssh-ed25519-cert-v01@openssh.com",
    "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
    "rsa-sha2-512-cert-v01@openssh.com",
    "rsa-sha2-256-cert-v01@openssh.com",
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "rsa-sha2-512",
    "rsa-sha2-256",
];

/// What wildcards can stand for, in the order in which OpenSSH lists it.
const ALL: &[&str] = &[
    "ssh-ed25519",
    "ssh-ed25519-cert-v01@openssh.com",
    "sk-ssh-ed25519@openssh.com",
    "sk-ssh-ed25519-cert-v01@openssh.com",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp256-cert-v01@openssh.com",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp384-cert-v01@openssh.com",
    "ecdsa-sha2-nistp521",
    "ecdsa-sha2-nistp521-cert-v01@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
    "webauthn-sk-ecdsa-sha2-nistp256@openssh.com",
    "ssh-rsa",
    "ssh-rsa-cert-v01@openssh.com",
    "rsa-sha2-256",
    "rsa-sha2-256-cert-v01@openssh.com",
    "rsa-sha2-512",
    "rsa-sha2-512-cert-v01@openssh.com",
];

/// The finished list: with `+` behind OpenSSH's own, with `^` in front of it, with `-` taken out of it, else in
/// place of it. Each name once.
pub(super) fn host_key_algorithms(said: &str) -> Vec<String> {
    let own = DEFAULT.iter().map(|name| (*name).to_owned());
    let list = match said.split_at_checked(1) {
        Some(("+", more)) => own.chain(named(more)).collect(),
        Some(("^", first)) => named(first).into_iter().chain(own).collect(),
        Some(("-", less)) => {
            let less: Vec<&str> = less.split(',').collect();
            own.filter(|name| !less.iter().any(|pattern| matches(name, pattern))).collect()
        }
        _ => named(said),
    };
    let mut once = Vec::with_capacity(list.len().min(64));
    for name in list {
        if once.len() < 64 && !once.contains(&name) {
            once.push(name);
        }
    }
    once
}

/// Names, with what wildcards stand for. A name that is not known is one of a newer version.
fn named(list: &str) -> Vec<String> {
    let mut names = Vec::new();
    for pattern in list.split(',').filter(|pattern| !pattern.is_empty()).take(256) {
        if pattern.contains(['*', '?']) {
            names.extend(ALL.iter().filter(|name| matches(name, pattern)).map(|name| (*name).to_owned()));
        } else {
            names.push(pattern.to_owned());
        }
    }
    names
}
