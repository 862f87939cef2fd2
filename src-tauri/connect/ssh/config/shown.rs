//! What a hop resolves to, as lines to show.

use serde::Serialize;
use specta::Type;

use crate::connect::ssh::config::Resolved;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ShownLine {
    /// `Host name`.
    pub label: String,
    pub value: String,
    /// `~/.ssh/config:14`, `given here`, `default`.
    pub source: String,
}

pub fn shown(resolved: &Resolved) -> Vec<ShownLine> {
    let _ = resolved;
    Vec::new()
}
