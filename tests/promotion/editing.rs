//! Descriptions and tags on a registry that fails, forgets to answer, or is changed by another user in between.

use std::sync::{Arc, Mutex};

use podium::app::{App, Edit, Edited};
use podium::connect::{Profile, ProfileKind, Writes};
use podium::error::Code;
use serde_json::{Value, json};

use super::common::fault::{FaultServer, Request, Response};
use super::{app, connected};

/// What the registry does with the next change.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Next {
    Obeys,
    Fails,
    ObeysSilently,
    /// Closes the connection without an answer and does nothing.
    Vanishes,
    /// Obeys, and another user writes "theirs" at once.
    IsOvertaken,
    Forbids,
}

#[derive(Default)]
struct State {
    description: String,
    tags: Vec<(String, String)>,
    plan: Vec<Next>,
}

type Registry = Arc<Mutex<State>>;

fn answer(registry: &Registry, request: &Request) -> Response {
    let mut state = registry.lock().unwrap();
    let path = request.path().to_owned();
    let thing = |state: &State| {
        let tags: Vec<Value> = state.tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
        json!({ "name": "churn", "version": "1", "description": state.description, "tags": tags, "status": "READY" })
    };
    if path.ends_with("/version") {
        return Response::text(200, "3.17.2");
    }
    if path.ends_with("/experiments/search") {
        return Response::json(r#"{"experiments":[{"experiment_id":"0"}]}"#);
    }
    if request.method == "GET" && path.ends_with("/registered-models/get") {
        return Response::json(&json!({ "registered_model": thing(&state) }).to_string());
    }
    if request.method == "GET" && path.ends_with("/model-versions/get") {
        return Response::json(&json!({ "model_version": thing(&state) }).to_string());
    }
    let is_change = ["/update", "/set-tag", "/delete-tag"].iter().any(|end| path.ends_with(end));
    if !is_change {
        return Response::error(404, "RESOURCE_DOES_NOT_EXIST", "not found");
    }
    let next = state.plan.pop().unwrap_or(Next::Obeys);
    if matches!(next, Next::Obeys | Next::ObeysSilently | Next::IsOvertaken) {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        if path.ends_with("/update") {
            assert_eq!(request.method, "PATCH");
            state.description = text("description");
        } else {
            state.tags.retain(|(key, _)| *key != text("key"));
            if path.ends_with("/set-tag") {
                state.tags.push((text("key"), text("value")));
            }
        }
    }
    match next {
        Next::Obeys => Response::json("{}"),
        Next::Fails => Response::error(500, "INTERNAL_ERROR", "the database is locked"),
        Next::ObeysSilently | Next::Vanishes => Response::no_answer(),
        Next::IsOvertaken => {
            state.description = "theirs".to_owned();
            Response::json("{}")
        }
        Next::Forbids => Response::error(403, "PERMISSION_DENIED", "Permission denied"),
    }
}

struct Subject {
    registry: Registry,
    _server: FaultServer,
    _folder: tempfile::TempDir,
    app: App,
    profile: Profile,
}

impl Subject {
    async fn new(description: &str, plan: &[Next], writes: Writes) -> Self {
        let state = State { description: description.to_owned(), tags: Vec::new(), plan: plan.to_vec() };
        let registry = Arc::new(Mutex::new(state));
        let answering = registry.clone();
        let server = FaultServer::scripted(move |request| answer(&answering, request));
        let (folder, app) = app().await;
        let profile = Profile { writes, ..Profile::new("work", ProfileKind::Server, &server.url) };
        let profile = app.save_profile(profile).await.unwrap();
        connected(&app, &profile).await;
        Self { registry, _server: server, _folder: folder, app, profile }
    }

    async fn edits(&self, edit: Edit) -> podium::error::Result<Edited> {
        self.app.edit_model(&self.profile.id, "churn", None, &edit, None).await
    }

    fn description(&self) -> String {
        self.registry.lock().unwrap().description.clone()
    }
}

fn describes(text: &str, expected: &str) -> Edit {
    Edit::Description { text: text.to_owned(), expected: expected.to_owned() }
}

fn tags(value: Option<&str>, expected: Option<&str>) -> Edit {
    Edit::Tag { key: "owner".to_owned(), value: value.map(str::to_owned), expected: expected.map(str::to_owned) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_description_is_written_and_another_users_is_not_written_over() {
    let subject = Subject::new("old", &[], Writes::Allowed).await;
    assert_eq!(subject.edits(describes("mine", "old")).await.unwrap(), Edited::Saved);
    assert_eq!(subject.description(), "mine");
    let changed = subject.edits(describes("again", "old")).await.unwrap();
    assert_eq!(changed, Edited::Changed { now: Some("mine".to_owned()) });
    assert_eq!(subject.description(), "mine");
    // What is there already is no conflict, whatever the user began with.
    assert_eq!(subject.edits(describes("mine", "old")).await.unwrap(), Edited::Saved);
    // A version has a description of its own.
    let edit = describes("", "mine");
    let saved = subject.app.edit_model(&subject.profile.id, "churn", Some("1"), &edit, None).await.unwrap();
    assert_eq!((saved, subject.description().as_str()), (Edited::Saved, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_is_made_emptied_and_taken_away() {
    let subject = Subject::new("", &[], Writes::Allowed).await;
    for (value, expected) in [(Some("ana"), None), (Some(""), Some("ana")), (None, Some(""))] {
        assert_eq!(subject.edits(tags(value, expected)).await.unwrap(), Edited::Saved);
        let there = subject.registry.lock().unwrap().tags.first().map(|(_, value)| value.clone());
        assert_eq!(there.as_deref(), value);
    }
    let gone = subject.edits(tags(Some("ben"), Some("ana"))).await.unwrap();
    assert_eq!(gone, Edited::Changed { now: None });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_lost_is_found_out() {
    let subject = Subject::new("old", &[Next::ObeysSilently], Writes::Allowed).await;
    assert_eq!(subject.edits(describes("mine", "old")).await.unwrap(), Edited::Saved);
    for (next, code) in
        [(Next::Vanishes, Code::Unreachable), (Next::Fails, Code::ServerFailed), (Next::Forbids, Code::Forbidden)]
    {
        let subject = Subject::new("old", &[next], Writes::Allowed).await;
        let error = subject.edits(describes("mine", "old")).await.unwrap_err();
        assert_eq!((error.code, subject.description().as_str()), (code, "old"), "{next:?}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_writes_in_the_same_moment_is_seen() {
    let subject = Subject::new("old", &[Next::IsOvertaken], Writes::Allowed).await;
    let changed = subject.edits(describes("mine", "old")).await.unwrap();
    assert_eq!(changed, Edited::Changed { now: Some("theirs".to_owned()) });
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_without_the_consent_of_the_profile() {
    for (writes, code) in [(Writes::ReadOnly, Code::ReadOnly), (Writes::Typed, Code::NeedsConfirmation)] {
        let subject = Subject::new("old", &[], writes).await;
        let error = subject.edits(describes("mine", "old")).await.unwrap_err();
        assert_eq!((error.code, subject.description().as_str()), (code, "old"));
    }
}
