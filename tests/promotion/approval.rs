//! Two people at one registry, each with a profile of their own: one asks, the other answers.

use std::sync::{Arc, Mutex};

use podium::app::{App, ApprovalAnswer, ApprovalWish, Decision, PromotionRequest};
use podium::connect::{Auth, Keep, Profile, ProfileKind};
use podium::error::Code;
use podium::promotion::{Approval, ApprovalState, PromotionPlan};

use secrecy::SecretString;

use super::common::fault::{FaultServer, Request, Response};

/// One model of which two others have to approve, with the tags of version 2.
struct Registry {
    champion: Mutex<String>,
    tags: Mutex<Vec<(String, String)>>,
}

impl Registry {
    fn tag(&self, key: &str) -> Option<String> {
        self.tags.lock().unwrap().iter().find(|(of, _)| of == key).map(|(_, value)| value.clone())
    }

    fn answer(&self, request: &Request) -> Response {
        let body = || -> serde_json::Value { serde_json::from_slice(&request.body).unwrap() };
        match (request.method.as_str(), request.path()) {
            (_, "/version") => Response::text(200, "3.17.2"),
            ("GET", path) if path.ends_with("/registered-models/get") => {
                let model = serde_json::json!({ "registered_model": {
                    "name": "churn",
                    "tags": [{ "key": "podium.approval.champion", "value": "2" }],
                    "aliases": [{ "alias": "champion", "version": *self.champion.lock().unwrap() }],
                } });
                Response::json(&model.to_string())
            }
            ("GET", path) if path.ends_with("/model-versions/get") => {
                let tags: Vec<_> = self
                    .tags
                    .lock()
                    .unwrap()
                    .iter()
                    .map(|(key, value)| serde_json::json!({ "key": key, "value": value }))
                    .collect();
                let version = request.query("version").unwrap_or_default();
                let tags = if version == "2" { tags } else { Vec::new() };
                let version = serde_json::json!({ "model_version": {
                    "name": "churn", "version": version, "status": "READY", "tags": tags,
                } });
                Response::json(&version.to_string())
            }
            ("POST", path) if path.ends_with("/model-versions/set-tag") => {
                let text = |key: &str| body()[key].as_str().unwrap().to_owned();
                let mut tags = self.tags.lock().unwrap();
                tags.retain(|(key, _)| *key != text("key"));
                tags.push((text("key"), text("value")));
                Response::json("{}")
            }
            ("POST", path) if path.ends_with("/alias") => {
                *self.champion.lock().unwrap() = body()["version"].as_str().unwrap().to_owned();
                Response::json("{}")
            }
            (_, path) if path.ends_with("/experiments/search") => Response::json("{}"),
            _ => Response::error(404, "RESOURCE_DOES_NOT_EXIST", "not found"),
        }
    }
}

struct Team {
    registry: Arc<Registry>,
    _server: FaultServer,
    _folder: tempfile::TempDir,
    app: App,
    profiles: Vec<Profile>,
}

impl Team {
    async fn of(names: &[&str]) -> Self {
        let registry = Arc::new(Registry { champion: Mutex::new("1".into()), tags: Mutex::default() });
        let of_server = registry.clone();
        let server = FaultServer::scripted(move |request| of_server.answer(request));
        let (folder, app) = super::app().await;
        let mut profiles = Vec::new();
        for name in names {
            let mut profile = Profile::new(name, ProfileKind::Server, &server.url);
            profile.server.auth = Auth::Basic { username: (*name).to_owned() };
            let profile = app.save_profile(profile).await.unwrap();
            app.replace_secret(&profile.id, "password", SecretString::from("secret"), Keep::Session).await.unwrap();
            super::connected(&app, &profile).await;
            profiles.push(profile);
        }
        Self { registry, _server: server, _folder: folder, app, profiles }
    }

    fn id(&self, name: &str) -> &str {
        &self.profiles.iter().find(|profile| profile.name == name).unwrap().id
    }

    async fn card(&self, name: &str) -> PromotionPlan {
        self.app.prepare_promotion(self.id(name), "churn", "champion", "2").await.unwrap()
    }

    async fn approval(&self, name: &str) -> Option<Approval> {
        self.card(name).await.approval.unwrap().approval
    }

    async fn ask(&self, name: &str) -> podium::error::Result<Vec<String>> {
        let wanted = ApprovalWish {
            model: "churn".into(),
            alias: "champion".into(),
            version: "2".into(),
            expected_version: Some("1".into()),
            reason: "better on the new data".into(),
            confirmation: None,
        };
        self.app.request_approval(self.id(name), &wanted).await
    }

    async fn answer(&self, name: &str, request: &str, answer: Decision) -> podium::error::Result<Vec<String>> {
        let wanted = ApprovalAnswer {
            model: "churn".into(),
            alias: "champion".into(),
            version: "2".into(),
            request: request.into(),
            answer,
            confirmation: None,
        };
        self.app.answer_approval(self.id(name), &wanted).await
    }

    async fn promote(&self, name: &str) -> podium::error::Result<podium::promotion::Promotion> {
        let wanted = PromotionRequest {
            model: "churn".into(),
            alias: "champion".into(),
            expected_version: Some("1".into()),
            version: "2".into(),
            reason: "better".into(),
            overridden: Vec::new(),
            confirmation: None,
        };
        self.app.promote(self.id(name), wanted).await
    }
}

fn approve() -> Decision {
    Decision::Approve { why: "looked at the errors".into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alias_moves_once_two_others_have_approved() {
    let team = Team::of(&["ana", "ben", "cleo"]).await;
    let error = team.promote("ana").await.unwrap_err();
    assert!(error.code == Code::ApprovalMissing && error.message.contains("Nobody has asked"), "{error:?}");
    assert_eq!(team.ask("ana").await.unwrap(), Vec::<String>::new());
    assert_eq!(team.registry.tag("approval_status").as_deref(), Some("pending"));
    assert!(team.ask("ben").await.unwrap_err().message.contains("ana has asked for this already"));
    let request = team.approval("ben").await.unwrap().request;
    assert_eq!((request.by.as_str(), request.from_version.as_deref()), ("ana", Some("1")));
    let own = team.answer("ana", &request.id, approve()).await.unwrap_err();
    assert!(own.message.contains("yourself"), "{own:?}");
    team.answer("ben", &request.id, approve()).await.unwrap();
    assert_eq!(team.registry.tag("approval_status").as_deref(), Some("pending"));
    assert_eq!(team.promote("ana").await.unwrap_err().code, Code::ApprovalMissing);
    team.answer("cleo", &request.id, approve()).await.unwrap();
    assert_eq!(team.registry.tag("approval_status").as_deref(), Some("approved"));
    assert_eq!(team.registry.tag("approval_by").as_deref(), Some("ben, cleo"));
    let made = team.promote("ana").await.unwrap();
    assert_eq!(
        (made.by.as_str(), made.approved_by.as_slice()),
        ("ana", ["ben".to_owned(), "cleo".to_owned()].as_slice())
    );
    assert_eq!(team.registry.tag("podium.approved_by").as_deref(), Some("ben, cleo"));
    assert_eq!(team.approval("ben").await.unwrap().state, ApprovalState::Promoted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_says_why_and_a_new_request_begins_anew() {
    let team = Team::of(&["ana", "ben"]).await;
    team.ask("ana").await.unwrap();
    let first = team.approval("ben").await.unwrap().request;
    let mute = team.answer("ben", &first.id, Decision::Reject { why: " ".into() }).await.unwrap_err();
    assert!(mute.message.contains("says why"), "{mute:?}");
    team.answer("ben", &first.id, Decision::Reject { why: "too slow".into() }).await.unwrap();
    assert_eq!(team.registry.tag("approval_reason").as_deref(), Some("too slow"));
    assert!(team.promote("ana").await.unwrap_err().message.contains("ben has rejected the request: too slow"));
    team.ask("ana").await.unwrap();
    let second = team.approval("ben").await.unwrap();
    assert_eq!((second.state, second.votes.len()), (ApprovalState::Pending, 0), "the old vote is of the old request");
    let late = team.answer("ben", &first.id, approve()).await.unwrap_err();
    assert!(late.message.contains("another one has taken its place"), "{late:?}");
    let other = team.answer("ben", &second.request.id, Decision::Withdraw).await.unwrap_err();
    assert!(other.message.contains("Only ana can withdraw"), "{other:?}");
    team.answer("ana", &second.request.id, Decision::Withdraw).await.unwrap();
    assert_eq!(team.registry.tag("approval_status").as_deref(), Some("withdrawn"));
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_move_makes_the_request_stale() {
    let team = Team::of(&["ana", "ben", "cleo"]).await;
    team.ask("ana").await.unwrap();
    let request = team.approval("ben").await.unwrap().request;
    team.answer("ben", &request.id, approve()).await.unwrap();
    team.answer("cleo", &request.id, approve()).await.unwrap();
    *team.registry.champion.lock().unwrap() = "9".into();
    let approval = team.approval("ana").await.unwrap();
    assert_eq!(
        (approval.state, approval.changed.as_slice()),
        (ApprovalState::Stale, ["champion was on v1 and is on v9.".to_owned()].as_slice())
    );
    assert_eq!(team.promote("ana").await.unwrap_err().code, Code::ApprovalMissing);
    assert_eq!(*team.registry.champion.lock().unwrap(), "9");
}
