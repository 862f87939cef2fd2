//! What is kept of a promotion: the journal's entry here, and tags on the version for the team.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::entities::{Tag, tag_value};
use crate::query::Verdict;
use crate::tracking::Writer;

const OVERRIDDEN_TAG: &str = "podium.overridden_gates";
const APPROVED_TAG: &str = "podium.approved_by";

/// A move that was made from this machine, or tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Promotion {
    /// A UUID.
    pub id: String,
    pub model: String,
    pub alias: String,
    pub from_version: Option<String>,
    /// Absent where the alias was taken away.
    pub to_version: Option<String>,
    /// The user's name on this machine.
    pub by: String,
    pub at_ms: i64,
    pub reason: String,
    /// Gates that had not passed; the reason says why it was moved all the same.
    #[serde(default)]
    pub overridden: Vec<OverriddenGate>,
    /// Who approved it, where the model asks for that.
    #[serde(default)]
    pub approved_by: Vec<String>,
    pub undone_at_ms: Option<i64>,
    /// Entries of before this was kept are of moves that were made.
    #[serde(default)]
    pub outcome: Outcome,
    /// What went wrong after the alias had moved, such as a tag that was refused; why an outcome is not known.
    pub warnings: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OverriddenGate {
    pub rule: String,
    /// Failed or unknown.
    pub verdict: Verdict,
    /// What was compared, in words for people.
    pub why: String,
}

/// What became of a write that was sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    #[default]
    Moved,
    /// No answer came, and the alias could not be read again: perhaps it has moved.
    Unknown,
}

/// Writes the record to the tags of the version that holds the alias now, so that the team sees
/// it in any client. The alias has moved already, so a refusal here is a warning and no failure.
/// `before`: the tags that the version had.
pub async fn write_tags(writer: &Writer, promotion: &Promotion, before: &[Tag]) -> Vec<String> {
    let Some(version) = &promotion.to_version else { return Vec::new() };
    let at = promotion.at_ms.to_string();
    let gate = |gate: &OverriddenGate| format!("{} ({})", gate.rule, gate.why);
    let overridden = promotion.overridden.iter().map(gate).collect::<Vec<_>>().join("\n");
    let mut tags = vec![
        ("podium.promoted_by", promotion.by.as_str()),
        ("podium.promoted_at", at.as_str()),
        ("podium.alias", promotion.alias.as_str()),
        ("podium.previous_version", promotion.from_version.as_deref().unwrap_or("")),
        ("podium.reason", promotion.reason.as_str()),
    ];
    // What an earlier promotion overrode must not be taken for this one's.
    if !overridden.is_empty() || tag_value(before, OVERRIDDEN_TAG).is_some_and(|value| !value.is_empty()) {
        tags.push((OVERRIDDEN_TAG, &overridden));
    }
    let approved_by = promotion.approved_by.join(", ");
    if !approved_by.is_empty() || tag_value(before, APPROVED_TAG).is_some_and(|value| !value.is_empty()) {
        tags.push((APPROVED_TAG, &approved_by));
    }
    for (key, value) in tags {
        if let Err(error) = writer.set_model_version_tag(&promotion.model, version, key, value).await {
            return vec![format!("The record on version {version} was not written whole: {error}")];
        }
    }
    Vec::new()
}
