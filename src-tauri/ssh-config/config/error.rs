//! Why an ssh_config cannot be followed; each of these stops `ssh` itself too.

use std::path::PathBuf;

use thiserror::Error;

use crate::{Place, shown};

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfigError {
    #[error("{place}: {problem}. ssh stops at this too; correct the line.")]
    Syntax { place: Place, problem: String },
    #[error(
        "{} may be written by others, so it cannot be trusted: ssh stops at this too. Make it yours and take their \
         right away (chmod go-w).",
        shown(.file)
    )]
    WritableByOthers { file: PathBuf },
    #[error("{} cannot be read: {reason}", shown(.file))]
    Unreadable { file: PathBuf, reason: String },
    #[error("{place}: files include each other more than 16 deep. Remove one of the Include lines.")]
    IncludeDepth { place: Place },
    #[error("{} and what it includes is more than any ssh_config: {limit}", shown(.file))]
    TooMuch { file: PathBuf, limit: String },
    #[error("{place}: RefuseConnection says: {reason}")]
    Refused { place: Place, reason: String },
    #[error("{what} {name:?} holds what no {what} can hold. Correct it in the route or in the ssh_config.")]
    BadName { what: &'static str, name: String },
    #[error("{place}: {host} is to be reached through itself. Correct the ProxyJump.")]
    JumpLoop { place: Place, host: String },
    #[error(
        "{alias} hangs on what only ssh itself can say, and `ssh -G {alias}` did not answer: {reason}. Run it in a terminal, \
         or take the host without the ssh_config into the route."
    )]
    SshG { alias: String, reason: String },
}
