//! ssh_config as OpenSSH reads it: from an alias to what a session needs, with the place each value
//! came from.

mod resolved;

pub use resolved::{AddressFamily, Agent, Jump, Resolved, Source, Sourced, StrictHostKeyChecking};
