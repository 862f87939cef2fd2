//! Asking and voting: what is written on the server.

use super::{Approval, ApprovalRequest, ApprovalState, Policy, Vote, approvers, request_tag, vote_tag};
use crate::tracking::{Result, Writer};

const STATUS_TAG: &str = "approval_status";

/// Writes the request, or what has become of it, and the tags that scripts read. Warnings where these were refused.
pub async fn write_request(
    writer: &Writer,
    model: &str,
    version: &str,
    alias: &str,
    request: &ApprovalRequest,
) -> Result<Vec<String>> {
    writer.set_model_version_tag(model, version, &request_tag(alias), &request.value()).await?;
    let (status, at_ms) = match request.withdrawn_at_ms {
        Some(at_ms) => ("withdrawn", at_ms),
        None => ("pending", request.at_ms),
    };
    Ok(write_status(writer, model, version, [status, &request.by, &at_ms.to_string(), &request.reason]).await)
}

/// Writes one person's vote.
pub async fn write_vote(writer: &Writer, model: &str, version: &str, alias: &str, vote: &Vote) -> Result<()> {
    let value = serde_json::to_string(vote).unwrap_or_default();
    writer.set_model_version_tag(model, version, &vote_tag(alias, &vote.by), &value).await
}

/// After a vote, with the request as it is now: once it is decided, the tags that scripts read say so.
pub async fn write_decision(
    writer: &Writer,
    model: &str,
    version: &str,
    approval: &Approval,
    policy: &Policy,
) -> Vec<String> {
    let Some(last) = approval.votes.last() else { return Vec::new() };
    let at_ms = last.at_ms.to_string();
    match approval.state {
        ApprovalState::Approved => {
            let by = approvers(approval);
            let why = format!("{} of {} approved", by.len(), policy.people);
            write_status(writer, model, version, ["approved", &by.join(", "), &at_ms, &why]).await
        }
        ApprovalState::Rejected => {
            let rejected = approval.votes.iter().find(|vote| !vote.approves).unwrap_or(last);
            write_status(writer, model, version, ["rejected", &rejected.by, &at_ms, &rejected.why]).await
        }
        _ => Vec::new(),
    }
}

/// Status, who, when (ms since 1970) and why.
async fn write_status(writer: &Writer, model: &str, version: &str, values: [&str; 4]) -> Vec<String> {
    for (key, value) in [STATUS_TAG, "approval_by", "approval_at", "approval_reason"].into_iter().zip(values) {
        if let Err(error) = writer.set_model_version_tag(model, version, key, value).await {
            return vec![format!("The tag {key} of version {version}, which scripts read, was not written: {error}")];
        }
    }
    Vec::new()
}
