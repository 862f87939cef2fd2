//! What an ssh_config says about one hop, every value with the place it came from.

use std::path::PathBuf;

use crate::Place;

/// A value and where it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    pub value: T,
    pub source: Source,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The hop's own fields, as on a command line.
    Given,
    File(Place),
    Default,
}

/// All that a session to one host needs to know, tokens expanded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// What was asked for: the alias, or the plain name.
    pub alias: String,
    pub host_name: Sourced<String>,
    pub port: Sourced<u16>,
    pub user: Sourced<String>,
    /// In the order in which they are tried; those that no file and no route names come last and are `Default`.
    pub identity_files: Vec<Sourced<PathBuf>>,
    pub certificate_files: Vec<Sourced<PathBuf>>,
    pub agent: Sourced<Agent>,
    pub identities_only: Sourced<bool>,
    /// The hops in front of this one, nearest to this machine first. Empty: none (also `ProxyJump none`).
    pub proxy_jump: Vec<Sourced<Jump>>,
    /// A command line for `/bin/sh -c`, tokens expanded. Never together with `proxy_jump`.
    pub proxy_command: Option<Sourced<String>>,
    /// `HostKeyAlias`: the name that the host key is known by.
    pub host_key_alias: Option<Sourced<String>>,
    pub user_known_hosts_files: Vec<PathBuf>,
    pub global_known_hosts_files: Vec<PathBuf>,
    pub strict_host_key_checking: Sourced<StrictHostKeyChecking>,
    pub hash_known_hosts: bool,
    /// `HostKeyAlgorithms`, only where one is configured, as a finished list.
    pub host_key_algorithms: Option<Sourced<Vec<String>>>,
    /// `PreferredAuthentications`, in order; None is OpenSSH's own order.
    pub preferred_authentications: Option<Sourced<Vec<String>>>,
    pub password_authentication: bool,
    pub kbd_interactive_authentication: bool,
    pub pubkey_authentication: bool,
    /// Seconds; None leaves it to us.
    pub connect_timeout_s: Option<u32>,
    /// Seconds; None or 0 leaves it to us.
    pub server_alive_interval_s: Option<u32>,
    pub address_family: AddressFamily,
    pub bind_address: Option<Sourced<String>>,
    /// What in the files could not be read or is not supported, in words with a place; none of it
    /// is silently obeyed the wrong way.
    pub problems: Vec<(Place, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Agent {
    /// `IdentityAgent none`.
    None,
    /// `SSH_AUTH_SOCK`, or on Windows the pipe of OpenSSH and then Pageant.
    OfTheSession,
    /// A socket, a pipe, or `pageant`.
    At(String),
}

/// One hop named by a ProxyJump, before it is itself looked up in the config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jump {
    pub host: String,
    pub user: Option<String>,
    pub port: Option<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StrictHostKeyChecking {
    /// Unknown keys are refused, not asked about.
    Yes,
    Ask,
    /// Taken as `Ask` here; a changed key is refused all the same.
    AcceptNew,
    /// Taken as `Ask` here, with a word about it.
    No,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressFamily {
    Any,
    Inet,
    Inet6,
}
