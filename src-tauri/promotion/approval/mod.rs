//! Promoting as the work of several people, for models that ask for it. Pure, but for [`mod@write`].
//!
//! How many have to approve stands in a tag of the registered model, `podium.approval.<alias>`: `2`, or `1 of ana, ben`.
//! The request is a tag of the version, `podium.request.<alias>`, with its reason and the evidence as it was then. Each
//! person votes in a tag of their own, `podium.vote.<alias>.<person>`: two who vote at once would lose one vote in a tag
//! for all. For scripts of the usual kind `approval_status` says `pending`, `approved`, `rejected` or `withdrawn`, beside
//! who, when and why.
//!
//! The server enforces none of this, and takes everybody's word for who they are: it is an agreement of a team.

mod policy;
#[cfg(test)]
mod tests;
mod write;

use std::hash::Hasher;

use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher13;
use specta::Type;

use super::alias::holder;
use super::gates::{rules_of, written};
use crate::entities::{MetricValue, ModelVersion, RegisteredModel, Tag, tag_value};
pub(super) use policy::POLICY_PREFIX;
use policy::is_same;
pub use policy::{Policy, policy_of, policy_tag, policy_text};
pub use write::{write_decision, write_request, write_vote};

/// How long a request waits.
pub const WAITS_MS: i64 = 7 * 24 * 3_600_000;
/// MLflow refuses longer values of a tag.
const MOST_CHARACTERS: usize = 5_000;
const MOST_METRICS: usize = 20;
const REQUEST_PREFIX: &str = "podium.request.";

/// What is asked of the others, and what the asking person saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalRequest {
    /// A UUID: votes name it, so that those for an earlier request do not count.
    pub id: String,
    pub by: String,
    pub at_ms: i64,
    pub expires_at_ms: i64,
    pub reason: String,
    /// The version that held the alias.
    pub from_version: Option<String>,
    /// The rules for the alias, one a line.
    pub rules: String,
    /// Of the version's tags, but for those that come and go with approvals and promotions.
    pub tags: String,
    /// The first metrics of the card.
    pub metrics: Vec<SeenMetric>,
    pub withdrawn_at_ms: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SeenMetric {
    pub name: String,
    pub from: Option<MetricValue>,
    pub to: Option<MetricValue>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Vote {
    /// The request's id.
    pub request: String,
    pub by: String,
    pub at_ms: i64,
    pub approves: bool,
    pub why: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ApprovalState {
    Pending,
    Approved,
    Rejected,
    Withdrawn,
    Expired,
    /// What the request was about has changed since: it has to be asked anew.
    Stale,
    /// The alias is on the version.
    Promoted,
}

/// A request and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    pub request: ApprovalRequest,
    /// Those that count, oldest first.
    pub votes: Vec<Vote>,
    pub state: ApprovalState,
    /// What has changed since the request, in sentences.
    pub changed: Vec<String>,
}

/// What a model asks for before an alias moves, and how far that is.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalPlan {
    pub policy: Policy,
    pub approval: Option<Approval>,
    /// Who the user is, as far as Podium knows.
    pub me: String,
    /// Why the user cannot vote, if so.
    pub no_vote: Option<String>,
}

/// The request for moving `alias` to `version`, both as just read; none where the model does not ask for approval, or
/// nobody has requested it.
pub fn approval_of(model: &RegisteredModel, version: &ModelVersion, alias: &str, now_ms: i64) -> Option<Approval> {
    let policy = policy_of(model, alias)?;
    // A tag that another tool has written there is no request.
    let request: ApprovalRequest = serde_json::from_str(tag_value(&version.tags, &request_tag(alias))?).ok()?;
    let mut votes: Vec<Vote> = votes(version, alias).filter(|vote| counts(vote, &request, &policy)).collect();
    votes.sort_by(|one, other| (one.at_ms, &one.by).cmp(&(other.at_ms, &other.by)));
    let changed = changed(model, version, alias, &request);
    let approvals = votes.iter().filter(|vote| vote.approves).count();
    let state = if holder(model, alias).as_deref() == Some(&version.version) {
        ApprovalState::Promoted
    } else if request.withdrawn_at_ms.is_some() {
        ApprovalState::Withdrawn
    } else if votes.iter().any(|vote| !vote.approves) {
        ApprovalState::Rejected
    } else if !changed.is_empty() {
        ApprovalState::Stale
    } else if now_ms >= request.expires_at_ms {
        ApprovalState::Expired
    } else if policy.problem.is_none() && approvals >= policy.people as usize {
        ApprovalState::Approved
    } else {
        ApprovalState::Pending
    };
    Some(Approval { request, votes, state, changed })
}

/// A request that waits for votes, or that was approved and not yet followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OpenRequest {
    pub alias: String,
    pub version: String,
    pub by: String,
    pub at_ms: i64,
    pub reason: String,
    pub approvals: u32,
    pub needed: u32,
    pub state: ApprovalState,
}

/// The requests for versions of a model, newest first. Only aliases for which the model asks for approval have some.
pub fn open_requests<'a>(
    model: &RegisteredModel,
    versions: impl Iterator<Item = &'a ModelVersion>,
    now_ms: i64,
) -> Vec<OpenRequest> {
    let requested = |version: &'a ModelVersion| {
        let aliases = version.tags.iter().filter_map(|tag| tag.key.strip_prefix(REQUEST_PREFIX));
        aliases.map(move |alias| (version, alias))
    };
    let open = |(version, alias): (&ModelVersion, &str)| {
        let approval = approval_of(model, version, alias, now_ms)?;
        let is_open = matches!(approval.state, ApprovalState::Pending | ApprovalState::Approved | ApprovalState::Stale);
        is_open.then(|| OpenRequest {
            alias: alias.to_owned(),
            version: version.version.clone(),
            approvals: u32::try_from(approvers(&approval).len()).unwrap_or(u32::MAX),
            needed: policy_of(model, alias).map_or(0, |policy| policy.people),
            state: approval.state,
            by: approval.request.by,
            at_ms: approval.request.at_ms,
            reason: approval.request.reason,
        })
    };
    let mut requests: Vec<OpenRequest> = versions.flat_map(requested).filter_map(open).collect();
    requests.sort_by_key(|request| std::cmp::Reverse(request.at_ms));
    requests
}

/// What the card says of approval; none where the model does not ask for it.
pub fn approval_plan(
    model: &RegisteredModel,
    version: Option<&ModelVersion>,
    alias: &str,
    me: &str,
    now_ms: i64,
) -> Option<ApprovalPlan> {
    let policy = policy_of(model, alias)?;
    let approval = version.and_then(|version| approval_of(model, version, alias, now_ms));
    let no_vote = approval.as_ref().and_then(|approval| no_vote(approval, &policy, me));
    Some(ApprovalPlan { approval, no_vote, me: me.to_owned(), policy })
}

/// Who approved that `alias` moves to `version`, both as just read: nobody where the model does not ask for it. Otherwise
/// why it must not move yet, in words for people.
pub fn approved_by(
    model: &RegisteredModel,
    version: &ModelVersion,
    alias: &str,
    now_ms: i64,
) -> Result<Vec<String>, String> {
    let Some(policy) = policy_of(model, alias) else { return Ok(Vec::new()) };
    if let Some(problem) = &policy.problem {
        return Err(format!("{} asks for approval, and how cannot be read: {problem}", model.name));
    }
    let asks = format!("{alias} of {} moves only when {}", model.name, policy.words());
    let Some(approval) = approval_of(model, version, alias, now_ms) else {
        return Err(format!("{asks}. Nobody has asked for it yet."));
    };
    Err(match approval.state {
        ApprovalState::Approved | ApprovalState::Promoted => return Ok(approvers(&approval)),
        ApprovalState::Pending => {
            let (so_far, by) = (approval.votes.len(), &approval.request.by);
            format!("{asks}. So far {so_far} of {} did, as {by} asked.", policy.people)
        }
        ApprovalState::Rejected => {
            let who = approval.votes.iter().find(|vote| !vote.approves);
            let (by, why) = who.map_or(("Somebody", ""), |vote| (vote.by.as_str(), vote.why.as_str()));
            format!("{asks}. {by} has rejected the request: {why}")
        }
        ApprovalState::Withdrawn => format!("{asks}. The request was withdrawn."),
        ApprovalState::Expired => format!("{asks}. The request has waited too long: ask again."),
        ApprovalState::Stale => format!("{asks}. Since it was asked for: {} Ask again.", approval.changed.join(" ")),
    })
}

/// Why `me` cannot vote on this request, if so, in words for people.
pub fn no_vote(approval: &Approval, policy: &Policy, me: &str) -> Option<String> {
    let ended = |how: &str| Some(format!("The request {how}, so there is nothing to vote on."));
    match approval.state {
        ApprovalState::Pending | ApprovalState::Approved => {}
        ApprovalState::Rejected => return ended("was rejected"),
        ApprovalState::Withdrawn => return ended("was withdrawn"),
        ApprovalState::Expired => return ended("has waited too long"),
        ApprovalState::Stale => return ended("is about something that has changed"),
        ApprovalState::Promoted => return ended("was followed"),
    }
    if is_same(me, &approval.request.by) {
        return Some("You asked for it yourself: somebody else has to approve.".to_owned());
    }
    if !policy.names(me) {
        return Some(format!("Only {} may approve; you are {me}.", policy.named.join(", ")));
    }
    policy.problem.clone()
}

/// The people whose approval counted.
pub fn approvers(approval: &Approval) -> Vec<String> {
    approval.votes.iter().filter(|vote| vote.approves).map(|vote| vote.by.clone()).collect()
}

/// Of the tags of a version, but for those of approvals and promotions: equal as long as they are.
pub fn tags_fingerprint(tags: &[Tag]) -> String {
    let own = |tag: &&Tag| !tag.key.starts_with("podium.") && !tag.key.starts_with("approval_");
    let mut own: Vec<&Tag> = tags.iter().filter(own).collect();
    own.sort_by(|one, other| one.key.cmp(&other.key));
    let mut hasher = SipHasher13::new();
    for text in own.iter().flat_map(|tag| [&tag.key, &tag.value]) {
        hasher.write_u64(text.len() as u64);
        hasher.write(text.as_bytes());
    }
    format!("{:016x}", hasher.finish())
}

impl ApprovalRequest {
    /// The tag's value: as many metrics as it has room for.
    fn value(&self) -> String {
        let mut shortened = self.clone();
        shortened.metrics.truncate(MOST_METRICS);
        loop {
            let value = serde_json::to_string(&shortened).unwrap_or_default();
            if value.chars().count() <= MOST_CHARACTERS || shortened.metrics.pop().is_none() {
                return value;
            }
        }
    }
}

fn request_tag(alias: &str) -> String {
    format!("{REQUEST_PREFIX}{alias}")
}

fn vote_tags(alias: &str) -> String {
    format!("podium.vote.{alias}.")
}

/// One for each person. A key of a tag holds letters, digits, `-` and `.`; all else is written as its code point.
fn vote_tag(alias: &str, by: &str) -> String {
    let letter = |letter: char| match letter {
        letter if letter.is_alphanumeric() || matches!(letter, '-' | '.') => letter.to_string(),
        other => format!("_{:x}_", u32::from(other)),
    };
    format!("{}{}", vote_tags(alias), by.to_lowercase().chars().map(letter).collect::<String>())
}

fn votes<'a>(version: &'a ModelVersion, alias: &str) -> impl Iterator<Item = Vote> + 'a {
    let prefix = vote_tags(alias);
    let of_alias = version.tags.iter().filter(move |tag| tag.key.starts_with(&prefix));
    of_alias.filter_map(|tag| serde_json::from_str(&tag.value).ok())
}

fn counts(vote: &Vote, request: &ApprovalRequest, policy: &Policy) -> bool {
    vote.request == request.id && !is_same(&vote.by, &request.by) && policy.names(&vote.by)
}

fn changed(model: &RegisteredModel, version: &ModelVersion, alias: &str, request: &ApprovalRequest) -> Vec<String> {
    let mut changed = Vec::new();
    let now = holder(model, alias);
    if now != request.from_version {
        let on =
            |version: &Option<String>| version.as_ref().map_or("no version".to_owned(), |number| format!("v{number}"));
        changed.push(format!("{alias} was on {} and is on {}.", on(&request.from_version), on(&now)));
    }
    if written(&rules_of(model, alias)) != request.rules {
        changed.push(format!("The gates of {alias} are others."));
    }
    if tags_fingerprint(&version.tags) != request.tags {
        changed.push(format!("The tags of version {} are others.", version.version));
    }
    changed
}
