//! Making versions on a registry that fails, forgets to answer, or takes its time: one wish makes one version.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use podium::app::{App, RegistrationWish};
use podium::connect::{Profile, ProfileKind};
use podium::entities::{ArtifactRoot, Tag};
use podium::error::Code;
use podium::registration::{RegistrationError, create_model, create_version};
use podium::tracking::rest::{Address, Direct, DirectOptions, Limits, Options, RestStore, RetryPolicy};
use podium::tracking::{NewVersion, StoreError, Writer};
use serde_json::{Value, json};

use super::common;
use super::common::fault::{FaultServer, Request, Response};

/// What becomes of the next request that makes something.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Next {
    Makes,
    /// Makes it and closes the connection without an answer.
    MakesSilently,
    /// Makes it and then fails, as MLflow 3 does where the logged model cannot be told of its version.
    MakesAndFails,
    /// Answers after the client has given up; it was made at once.
    MakesTooSlowly,
    /// Closes the connection and makes it a while later.
    MakesLater,
    Fails,
    Forbids,
}

#[derive(Default)]
struct Registry {
    models: Mutex<Vec<String>>,
    versions: Mutex<Vec<Value>>,
    plan: Mutex<Vec<Next>>,
    /// The statuses that a version has, one look after the other.
    statuses: Mutex<Vec<&'static str>>,
}

impl Registry {
    fn answer(self: &Arc<Self>, request: &Request) -> Response {
        let body = || -> Value { serde_json::from_slice(&request.body).unwrap() };
        let path = request.path();
        match request.method.as_str() {
            _ if path.ends_with("/version") => Response::text(200, "3.17.2"),
            _ if path.ends_with("/experiments/search") => Response::json("{}"),
            "POST" if path.ends_with("/registered-models/create") => {
                let name = body()["name"].as_str().unwrap().to_owned();
                let mut models = self.models.lock().unwrap();
                if models.contains(&name) {
                    return Response::error(400, "RESOURCE_ALREADY_EXISTS", "it exists");
                }
                match self.next() {
                    Next::MakesSilently => {
                        models.push(name);
                        Response::no_answer()
                    }
                    Next::Fails => Response::error(500, "INTERNAL_ERROR", "the database is locked"),
                    _ => {
                        models.push(name);
                        Response::json(r#"{"registered_model":{}}"#)
                    }
                }
            }
            "GET" if path.ends_with("/registered-models/get") => {
                let name = request.query("name").unwrap_or_default().to_owned();
                match self.models.lock().unwrap().contains(&name) {
                    true => Response::json(&json!({ "registered_model": { "name": name } }).to_string()),
                    false => Response::error(404, "RESOURCE_DOES_NOT_EXIST", "no such model"),
                }
            }
            "GET" if path.ends_with("/model-versions/search") => {
                let versions = self.versions.lock().unwrap().clone();
                Response::json(&json!({ "model_versions": versions }).to_string())
            }
            "GET" if path.ends_with("/model-versions/get") => {
                let mut version = self.versions.lock().unwrap()[0].clone();
                let mut statuses = self.statuses.lock().unwrap();
                version["status"] = json!(if statuses.len() > 1 { statuses.remove(0) } else { statuses[0] });
                version["status_message"] = json!("the files are damaged");
                Response::json(&json!({ "model_version": version }).to_string())
            }
            "GET" if path.ends_with("/runs/get") => Response::json(
                r#"{"run":{"info":{"run_id":"r1","experiment_id":"1","run_name":"owl","artifact_uri":"s3://b/1/r1/artifacts"}}}"#,
            ),
            "GET" if path.ends_with("/artifacts/list") => match request.query("path") {
                None => Response::json(r#"{"files":[{"path":"model","is_dir":true}]}"#),
                Some(_) => Response::json(r#"{"files":[{"path":"model/MLmodel","is_dir":false,"file_size":4}]}"#),
            },
            "POST" if path.ends_with("/model-versions/create") => {
                let next = self.next();
                match next {
                    Next::Makes => Response::json(&json!({ "model_version": self.make(&body()) }).to_string()),
                    Next::MakesSilently => {
                        self.make(&body());
                        Response::no_answer()
                    }
                    Next::MakesAndFails => {
                        self.make(&body());
                        Response::error(500, "INTERNAL_ERROR", "the logged model is locked")
                    }
                    Next::MakesTooSlowly => {
                        let made = self.make(&body());
                        Response::json(&json!({ "model_version": made }).to_string()).slow_head(Duration::from_secs(2))
                    }
                    Next::MakesLater => {
                        let (registry, body) = (self.clone(), body());
                        std::thread::spawn(move || {
                            std::thread::sleep(Duration::from_millis(400));
                            registry.make(&body);
                        });
                        Response::no_answer()
                    }
                    Next::Fails => Response::error(500, "INTERNAL_ERROR", "the database is locked"),
                    Next::Forbids => Response::error(403, "PERMISSION_DENIED", "Permission denied"),
                }
            }
            _ => Response::error(404, "RESOURCE_DOES_NOT_EXIST", "not found"),
        }
    }

    fn next(&self) -> Next {
        self.plan.lock().unwrap().pop().unwrap_or(Next::Makes)
    }

    fn make(&self, body: &Value) -> Value {
        let mut versions = self.versions.lock().unwrap();
        let number = (versions.len() + 1).to_string();
        let mut made = body.clone();
        made["version"] = json!(number);
        made["status"] = json!("READY");
        versions.insert(0, made.clone());
        made
    }
}

struct Subject {
    registry: Arc<Registry>,
    server: FaultServer,
    writer: Writer,
}

impl Subject {
    async fn new(plan: &[Next]) -> Self {
        let registry =
            Arc::new(Registry { plan: Mutex::new(plan.iter().rev().copied().collect()), ..Registry::default() });
        let answering = registry.clone();
        let server = FaultServer::scripted(move |request| answering.answer(request));
        let address = Address::parse(&server.url).unwrap();
        let http = Direct::new(&address, DirectOptions::default()).unwrap();
        let limits = Limits {
            answer: Duration::from_secs(1),
            retry_policy: RetryPolicy { first_pause: Duration::from_millis(1), ..RetryPolicy::default() },
            ..Limits::default()
        };
        let store = RestStore::connect_over(address, http, Options { limits, ..Options::default() }).await.unwrap();
        Self { registry, server, writer: common::writer::of(store) }
    }

    async fn makes(&self, id: &str, pause_ms: u64) -> Result<String, RegistrationError> {
        let new = NewVersion { source: "s3://b/model".into(), run_id: Some("r1".into()), ..NewVersion::default() };
        let made = create_version(&self.writer, "churn", id, new, |_| Duration::from_millis(pause_ms)).await?;
        Ok(made.version)
    }

    fn made(&self) -> usize {
        self.registry.versions.lock().unwrap().len()
    }

    fn sent(&self) -> usize {
        self.server.requests().iter().filter(|request| request.path().ends_with("/model-versions/create")).count()
    }
}

#[tokio::test]
async fn a_version_whose_answer_was_lost_is_found_and_not_made_again() {
    for next in [Next::MakesSilently, Next::MakesAndFails, Next::MakesTooSlowly] {
        let subject = Subject::new(&[next]).await;
        assert_eq!(subject.makes("a", 1).await.as_deref(), Ok("1"), "{next:?}");
        assert_eq!((subject.made(), subject.sent()), (1, 1), "{next:?}");
    }
}

#[tokio::test]
async fn what_certainly_failed_is_tried_again_and_what_is_refused_is_not() {
    let subject = Subject::new(&[Next::Fails, Next::Fails]).await;
    assert_eq!(subject.makes("a", 1).await.as_deref(), Ok("1"));
    assert_eq!((subject.made(), subject.sent()), (1, 3));
    let subject = Subject::new(&[Next::Fails; 3]).await;
    let error = subject.makes("a", 1).await.unwrap_err();
    assert!(matches!(error, RegistrationError::Store(StoreError::ServerFailed { .. })), "{error}");
    assert_eq!((subject.made(), subject.sent()), (0, 3));
    let subject = Subject::new(&[Next::Forbids]).await;
    let error = subject.makes("a", 1).await.unwrap_err();
    assert!(matches!(error, RegistrationError::Store(StoreError::Forbidden { .. })), "{error}");
    assert_eq!(subject.sent(), 1);
}

#[tokio::test]
async fn a_request_that_may_still_be_on_its_way_is_not_sent_again_and_the_same_wish_finds_it_later() {
    let subject = Subject::new(&[Next::MakesLater]).await;
    let error = subject.makes("a", 1).await.unwrap_err();
    assert!(matches!(error, RegistrationError::Unconfirmed { .. }), "{error}");
    assert!(error.to_string().contains("first looks whether it is there"), "{error}");
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(subject.makes("a", 1).await.as_deref(), Ok("1"));
    assert_eq!((subject.made(), subject.sent()), (1, 1));
    // Another wish is another version.
    assert_eq!(subject.makes("b", 1).await.as_deref(), Ok("2"));
}

#[tokio::test]
async fn a_new_model_whose_answer_was_lost_is_there_and_one_of_others_is_not_taken() {
    let pause = |_| Duration::from_millis(1);
    for plan in [&[Next::MakesSilently][..], &[Next::Fails, Next::Makes]] {
        let subject = Subject::new(plan).await;
        create_model(&subject.writer, "churn", "", pause).await.unwrap();
        assert_eq!(*subject.registry.models.lock().unwrap(), ["churn"]);
        subject.makes("a", 1).await.unwrap();
        let error = create_model(&subject.writer, "churn", "", pause).await.unwrap_err();
        assert!(error.to_string().contains("There is a model “churn” already"), "{error}");
    }
}

async fn app_of(subject: &Subject) -> (tempfile::TempDir, App, Profile) {
    let (folder, app) = super::app().await;
    let profile = app.save_profile(Profile::new("work", ProfileKind::Server, &subject.server.url)).await.unwrap();
    super::connected(&app, &profile).await;
    (folder, app, profile)
}

fn wish(id: &str, model: &str, is_new: bool) -> RegistrationWish {
    RegistrationWish {
        id: id.into(),
        model: model.into(),
        is_new,
        root: ArtifactRoot::Run("r1".into()),
        folder: "model".into(),
        description: "of October".into(),
        tags: vec![Tag::new("team", "risk")],
        confirmation: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_becomes_a_version_that_keeps_its_run_and_says_who_registered_it() {
    let subject = Subject::new(&[]).await;
    let (_folder, app, profile) = app_of(&subject).await;
    let plan = app.prepare_registration(&profile.id, &ArtifactRoot::Run("r1".into())).await.unwrap();
    assert_eq!((plan.sources.len(), plan.refusals.len(), subject.sent()), (1, 0, 0), "nothing is written: {plan:?}");
    assert_eq!(plan.sources[0].source.source, "s3://b/1/r1/artifacts/model");
    app.register(&profile.id, wish(&plan.id, "churn", true)).await.unwrap();
    let version = subject.registry.versions.lock().unwrap()[0].clone();
    assert_eq!((&version["run_id"], &version["source"]), (&json!("r1"), &json!("s3://b/1/r1/artifacts/model")));
    assert_eq!(version.get("model_id"), None, "an id that is empty is not one that is absent");
    let tags = version["tags"].as_array().unwrap();
    let value = |key: &str| tags.iter().find(|tag| tag["key"] == key).map(|tag| tag["value"].clone());
    assert_eq!((value("team"), value("podium.registration")), (Some(json!("risk")), Some(json!(plan.id))));
    assert!(value("podium.registered_by").is_some_and(|by| by != ""));

    let error = app.register(&profile.id, wish("other", "churn", true)).await.unwrap_err();
    assert!(error.code == Code::Refused && error.message.contains("already"), "{error:?}");
    let error = app.register(&profile.id, wish("other", " ", false)).await.unwrap_err();
    assert!(error.code == Code::Refused && error.message.contains("name"), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pending_version_is_followed_until_it_is_ready_or_has_failed() {
    for last in ["READY", "FAILED_REGISTRATION"] {
        let subject = Subject::new(&[]).await;
        let (_folder, app, profile) = app_of(&subject).await;
        app.register(&profile.id, wish("a", "churn", true)).await.unwrap();
        *subject.registry.statuses.lock().unwrap() = vec!["PENDING_REGISTRATION", last];
        let followed = app.follow_registration(&profile.id, "churn", "1").await.unwrap();
        assert_eq!((followed.status.as_str(), followed.status_message.as_str()), (last, "the files are damaged"));
    }
}
