//! `ssh -G`, asked about what only it can know.

use crate::connect::Hop;
use crate::connect::ssh::config::{ConfigError, ConfigFiles, Resolved, resolve};

/// Why only `ssh -G` can say what the hop resolves to: `Match exec`, canonicalization. None where `resolve` can.
/// To ask it runs the commands of `Match exec`, so the user is asked first. Reads files, so it blocks.
pub fn needs_oracle(files: &ConfigFiles, hop: &Hop) -> Option<String> {
    let _ = (files, hop);
    None
}

/// What `ssh -G` says about the hop, with our own places where both say the same.
pub async fn ask_ssh(files: &ConfigFiles, hop: &Hop) -> Result<Resolved, ConfigError> {
    resolve(files, hop)
}
