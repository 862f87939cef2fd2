//! What is kept of a promotion: the journal's entry here, and tags on the version for the team.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::entities::{Tag, tag_value};
use crate::query::Verdict;
use crate::tracking::Writer;

pub(super) const BY_TAG: &str = "podium.promoted_by";
pub(super) const AT_TAG: &str = "podium.promoted_at";
pub(super) const ALIAS_TAG: &str = "podium.alias";
pub(super) const PREVIOUS_TAG: &str = "podium.previous_version";
pub(super) const REASON_TAG: &str = "podium.reason";
pub(super) const OVERRIDDEN_TAG: &str = "podium.overridden_gates";
pub(super) const APPROVED_TAG: &str = "podium.approved_by";
pub(super) const UNDONE_TAG: &str = "podium.undone_at";
pub(super) const PLAN_TAG: &str = "podium.plan";

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
    /// Of the [plan](super::MovePlan) that it is a move of; absent where it was made alone.
    #[serde(default)]
    pub plan_id: Option<String>,
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
        (BY_TAG, promotion.by.as_str()),
        (AT_TAG, at.as_str()),
        (ALIAS_TAG, promotion.alias.as_str()),
        (PREVIOUS_TAG, promotion.from_version.as_deref().unwrap_or("")),
        (REASON_TAG, promotion.reason.as_str()),
    ];
    // What is of an earlier promotion must not be taken for this one's.
    let is_left = |key: &str| tag_value(before, key).is_some_and(|value| !value.is_empty());
    if !overridden.is_empty() || is_left(OVERRIDDEN_TAG) {
        tags.push((OVERRIDDEN_TAG, &overridden));
    }
    let approved_by = promotion.approved_by.join(", ");
    if !approved_by.is_empty() || is_left(APPROVED_TAG) {
        tags.push((APPROVED_TAG, &approved_by));
    }
    if is_left(UNDONE_TAG) {
        tags.push((UNDONE_TAG, ""));
    }
    if promotion.plan_id.is_some() || is_left(PLAN_TAG) {
        tags.push((PLAN_TAG, promotion.plan_id.as_deref().unwrap_or("")));
    }
    for (key, value) in tags {
        if let Err(error) = writer.set_model_version_tag(&promotion.model, version, key, value).await {
            return vec![format!("The record on version {version} was not written whole: {error}")];
        }
    }
    Vec::new()
}

/// Adds to the record on the version that its promotion was undone. A refusal is a warning, as in [`write_tags`].
pub async fn write_undone_tag(writer: &Writer, promotion: &Promotion) -> Vec<String> {
    let (Some(version), Some(undone_at_ms)) = (&promotion.to_version, promotion.undone_at_ms) else {
        return Vec::new();
    };
    let at = undone_at_ms.to_string();
    match writer.set_model_version_tag(&promotion.model, version, UNDONE_TAG, &at).await {
        Ok(()) => Vec::new(),
        Err(error) => vec![format!("That it was undone was not written on version {version}: {error}")],
    }
}
