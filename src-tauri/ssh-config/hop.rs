//! One hop of a route, as the user says it.

use serde::{Deserialize, Serialize};
use specta::Type;

/// One hop, as one would say it on an `ssh` command line: a name, and what is to override what the
/// ssh_config says about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct Hop {
    /// An alias of the ssh_config, or a host name or number as the hop before sees it.
    pub host: String,
    /// Whether `~/.ssh/config` and the system's are asked about `host`.
    pub use_config: bool,
    pub port: Option<u16>,
    pub user: Option<String>,
    /// Offered before any other key.
    pub identity_file: Option<String>,
    /// The certificate for the key (`ssh-keygen -s`).
    pub certificate_file: Option<String>,
    /// The agent's socket; `none` for no agent. Empty: IdentityAgent or `SSH_AUTH_SOCK`.
    pub agent: Option<String>,
    /// Only the named keys are offered, whatever the agent holds.
    pub identities_only: Option<bool>,
}
