//! ssh_config as OpenSSH reads it: from an alias to what a session needs, with the place each value
//! came from.

mod aliases;
mod error;
mod files;
mod forward;
mod oracle;
mod resolved;
mod shown;

use crate::connect::Hop;

pub use aliases::{Alias, aliases};
pub use error::ConfigError;
pub use files::ConfigFiles;
pub use forward::{Forward, suggestions};
pub use oracle::{ask_ssh, needs_oracle};
pub use resolved::{AddressFamily, Agent, Jump, Resolved, Source, Sourced, StrictHostKeyChecking};
pub use shown::{ShownLine, shown};

/// What the files say about a hop, under what the hop itself says. Reads files, so it blocks; a hop
/// that does not `use_config` asks none.
pub fn resolve(files: &ConfigFiles, hop: &Hop) -> Result<Resolved, ConfigError> {
    let _ = files;
    Err(ConfigError::BadName { what: "host name", name: hop.host.clone() })
}
