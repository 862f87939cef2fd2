//! What became of requests: votes, changes, time.

use super::super::side::tests::{model, version};
use super::*;

const NOW: i64 = 1_800_000_000_000;

fn asked(policy: &str) -> (RegisteredModel, ModelVersion, ApprovalRequest) {
    let mut model = model(&[("champion", "3")]);
    model.tags = vec![Tag::new("podium.approval.champion", policy), Tag::new("podium.gates.champion", "acc > 0.9")];
    let mut version = version("4", "READY");
    version.tags = vec![Tag::new("validation_status", "approved")];
    let request = ApprovalRequest {
        id: "r1".into(),
        by: "ana".into(),
        at_ms: NOW,
        expires_at_ms: NOW + WAITS_MS,
        reason: "better".into(),
        from_version: Some("3".into()),
        rules: "acc > 0.9".into(),
        tags: tags_fingerprint(&version.tags),
        metrics: Vec::new(),
        withdrawn_at_ms: None,
    };
    version.tags.push(Tag::new(request_tag("champion"), request.value()));
    (model, version, request)
}

fn vote(version: &mut ModelVersion, request: &str, by: &str, approves: bool) {
    let vote = Vote { request: request.into(), by: by.into(), at_ms: NOW + 1, approves, why: "why".into() };
    version.tags.retain(|tag| tag.key != vote_tag("champion", by));
    version.tags.push(Tag::new(vote_tag("champion", by), serde_json::to_string(&vote).unwrap()));
}

fn state(model: &RegisteredModel, version: &ModelVersion) -> Option<ApprovalState> {
    approval_of(model, version, "champion", NOW + 2).map(|approval| approval.state)
}

#[test]
fn so_many_others_have_to_approve_and_nobody_their_own() {
    let (model, mut version, _) = asked("2");
    assert_eq!(state(&model, &version), Some(ApprovalState::Pending));
    for (by, request) in [("ana", "r1"), (" ANA ", "r1"), ("ben", "an earlier one")] {
        vote(&mut version, request, by, true);
        assert_eq!(state(&model, &version), Some(ApprovalState::Pending), "{by}");
    }
    vote(&mut version, "r1", "ben", true);
    vote(&mut version, "r1", "ben", true);
    assert_eq!(state(&model, &version), Some(ApprovalState::Pending), "one person is one");
    assert!(approved_by(&model, &version, "champion", NOW).unwrap_err().contains("1 of 2 did, as ana asked"));
    vote(&mut version, "r1", "花子 <hanako@example.com>", true);
    assert_eq!(state(&model, &version), Some(ApprovalState::Approved));
    assert_eq!(approved_by(&model, &version, "champion", NOW).unwrap().len(), 2);
    vote(&mut version, "r1", "cleo", false);
    assert_eq!(state(&model, &version), Some(ApprovalState::Rejected), "one rejection is enough");
    assert!(approved_by(&model, &version, "champion", NOW).unwrap_err().contains("cleo has rejected the request: why"));
}

#[test]
fn only_those_named_may_approve() {
    let (model, mut version, _) = asked("1 of Ben, cleo");
    vote(&mut version, "r1", "dave", true);
    assert_eq!(state(&model, &version), Some(ApprovalState::Pending));
    let plan = |me| approval_plan(&model, Some(&version), "champion", me, NOW).unwrap().no_vote;
    assert!(plan("dave").unwrap().contains("Only Ben, cleo may approve; you are dave"));
    assert!(plan("ana").unwrap().contains("yourself"));
    assert_eq!(plan("ben"), None);
    vote(&mut version, "r1", "ben", true);
    assert_eq!(state(&model, &version), Some(ApprovalState::Approved));
}

#[test]
fn what_changes_after_the_request_makes_it_stale() {
    let (model, mut version, _) = asked("1");
    vote(&mut version, "r1", "ben", true);
    let changed = |model: &RegisteredModel, version: &ModelVersion| {
        let approval = approval_of(model, version, "champion", NOW).unwrap();
        assert_eq!(approval.state, ApprovalState::Stale);
        assert!(approved_by(model, version, "champion", NOW).unwrap_err().ends_with("Ask again."));
        approval.changed.join(" ")
    };
    let mut moved = model.clone();
    moved.aliases[0].version = "2".into();
    assert_eq!(changed(&moved, &version), "champion was on v3 and is on v2.");
    let mut ruled = model.clone();
    ruled.tags[1].value = "acc > 0.8".into();
    assert_eq!(changed(&ruled, &version), "The gates of champion are others.");
    let mut tagged = version.clone();
    tagged.tags[0].value = "rejected".into();
    assert_eq!(changed(&model, &tagged), "The tags of version 4 are others.");
    let mut written = version.clone();
    written.tags.push(Tag::new("approval_status", "approved"));
    written.tags.push(Tag::new("podium.reason", "x"));
    assert_eq!(state(&model, &written), Some(ApprovalState::Approved), "Podium's own tags change nothing");
    moved.aliases[0].version = "4".into();
    assert_eq!(state(&moved, &version), Some(ApprovalState::Promoted));
}

#[test]
fn a_request_ends_by_time_and_by_who_asked() {
    let (model, mut version, request) = asked("1");
    let at = |version: &ModelVersion, now_ms| approval_of(&model, version, "champion", now_ms).unwrap().state;
    assert_eq!(at(&version, NOW + WAITS_MS - 1), ApprovalState::Pending);
    assert_eq!(at(&version, NOW + WAITS_MS), ApprovalState::Expired);
    vote(&mut version, "r1", "ben", true);
    assert_eq!(at(&version, NOW + WAITS_MS), ApprovalState::Expired, "an approval does not last for ever");
    let withdrawn = ApprovalRequest { withdrawn_at_ms: Some(NOW), ..request };
    version.tags.retain(|tag| tag.key != request_tag("champion"));
    version.tags.push(Tag::new(request_tag("champion"), withdrawn.value()));
    assert_eq!(at(&version, NOW), ApprovalState::Withdrawn);
}

#[test]
fn what_cannot_be_read_lets_nothing_through() {
    let (model, version, _) = asked("");
    assert_eq!(state(&model, &version), None, "the model asks for nothing");
    assert_eq!(approved_by(&model, &version, "champion", NOW), Ok(Vec::new()));
    for policy in ["two", "0", "21", "3 of ana, ben", "1of", "-1"] {
        let (model, mut version, _) = asked(policy);
        vote(&mut version, "r1", "ben", true);
        assert_ne!(state(&model, &version), Some(ApprovalState::Approved), "{policy}");
        assert!(approved_by(&model, &version, "champion", NOW).unwrap_err().contains("cannot be read"), "{policy}");
    }
    for text in ["", "{", "null", "[]", "approved"] {
        let (model, mut version, _) = asked("1");
        version.tags.retain(|tag| tag.key != request_tag("champion"));
        version.tags.push(Tag::new(request_tag("champion"), text));
        assert_eq!(state(&model, &version), None);
        assert!(approved_by(&model, &version, "champion", NOW).unwrap_err().contains("Nobody has asked"));
    }
}

#[test]
fn a_request_fits_into_a_tag_and_keeps_its_reason() {
    let (_, _, mut request) = asked("1");
    request.reason = "r".repeat(3_000);
    request.metrics = (0..500)
        .map(|i| SeenMetric { name: format!("metric {i} {}", "m".repeat(200)), from: None, to: Some(MetricValue(1.0)) })
        .collect();
    let value = request.value();
    assert!(value.chars().count() <= MOST_CHARACTERS);
    let read: ApprovalRequest = serde_json::from_str(&value).unwrap();
    assert_eq!(read.reason, request.reason);
    assert!(!read.metrics.is_empty() && read.metrics.len() < 20);
}

#[test]
fn open_requests_are_told_newest_first() {
    let (model, mut version, _) = asked("1");
    let open = |version: &ModelVersion| open_requests(&model, [version].into_iter(), NOW);
    let told = open(&version);
    assert_eq!((told.len(), told[0].alias.as_str(), told[0].approvals, told[0].needed), (1, "champion", 0, 1));
    vote(&mut version, "r1", "ben", false);
    assert_eq!(open(&version), [], "a rejected one waits for nothing");
}
