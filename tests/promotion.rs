//! Moving an alias on a registry that fails, forgets to answer, or is changed by another user in
//! between: no user's change is lost, and what was written is known.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "promotion/approval.rs"]
mod approval;
mod common;
#[path = "promotion/copying.rs"]
mod copying;
#[path = "promotion/editing.rs"]
mod editing;
#[path = "promotion/evidence.rs"]
mod evidence;
#[cfg(unix)]
#[path = "promotion/kill.rs"]
mod kill;
#[path = "promotion/move_plans.rs"]
mod move_plans;
#[path = "promotion/permissions.rs"]
mod permissions;
#[cfg(unix)]
#[path = "promotion/postgres.rs"]
mod postgres;
#[path = "promotion/race.rs"]
mod race;
#[path = "promotion/registering.rs"]
mod registering;
#[path = "promotion/registry.rs"]
mod registry;
#[path = "promotion/rights.rs"]
mod rights;
#[path = "promotion/shell.rs"]
mod shell;
#[path = "promotion/use_it.rs"]
mod use_it;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::fault::{FaultServer, Request, Response};
use podium::app::{AliasRules, App, GatesChange, PromotionRequest};
use podium::connect::secrets::Vault;
use podium::connect::{Profile, ProfileKind};
use podium::error::Code;
use podium::promotion::{Outcome, Promotion, PromotionError, Step, move_alias, write_tags};
use podium::query::Verdict;
use podium::tracking::rest::{Address, Direct, DirectOptions, Limits, Options, RestStore, RetryPolicy};
use podium::tracking::{StoreError, Writer};

/// What the registry does with the next request that would change an alias or a tag.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Next {
    Obeys,
    /// Fails and changes nothing.
    Fails,
    /// Changes the alias and then closes the connection without an answer.
    ObeysSilently,
    /// Changes the alias and then closes the connection in the middle of its answer.
    ObeysHalfSaid,
    /// Obeys, and another user moves the alias to version 9 at once.
    IsOvertaken,
    Forbids,
    /// Closes the connection without an answer; another user moves the alias to version 9.
    IsOvertakenSilently,
}

/// A registry with one model and one alias.
struct Registry {
    champion: Mutex<Option<String>>,
    plan: Mutex<Vec<Next>>,
    /// The status of whatever is read once the last write has come.
    deaf_after_write: Option<u16>,
    /// Something on the way drops the bodies of DELETE requests.
    loses_bodies: bool,
    /// The rules for the alias, one a line.
    gates: Mutex<String>,
}

impl Registry {
    fn answer(&self, request: &Request) -> Response {
        let written = self.plan.lock().unwrap().is_empty();
        match (request.method.as_str(), request.path()) {
            (_, "/version") => Response::text(200, "3.17.2"),
            ("GET", path) if path.ends_with("/registered-models/get") => {
                if let Some(status) = self.deaf_after_write.filter(|_| written) {
                    return Response::text(status, "gone");
                }
                let aliases = self.champion.lock().unwrap().as_ref().map_or(String::new(), |version| {
                    format!(r#", "aliases": [{{"alias": "champion", "version": "{version}"}}]"#)
                });
                let tags =
                    serde_json::json!([{ "key": "podium.gates.champion", "value": *self.gates.lock().unwrap() }]);
                Response::json(&format!(r#"{{"registered_model": {{"name": "churn", "tags": {tags}{aliases}}}}}"#))
            }
            ("GET", path) if path.ends_with("/model-versions/get") => {
                let version = request.query("version").unwrap_or_default();
                let status = if version == "7" { "FAILED_REGISTRATION" } else { "READY" };
                Response::json(&format!(
                    r#"{{"model_version": {{"name": "churn", "version": "{version}", "status": "{status}"}}}}"#
                ))
            }
            ("DELETE", _) if self.loses_bodies => {
                // As MLflow answers a request without a body.
                let missing = "Missing value for required parameter 'name'. See the API docs for more information about \
                               request parameters.";
                Response::error(400, "INVALID_PARAMETER_VALUE", missing)
            }
            ("POST" | "DELETE", path) if path.ends_with("/alias") || path.ends_with("/set-tag") => {
                let next = self.plan.lock().unwrap().pop().unwrap_or(Next::Obeys);
                if path.ends_with("/alias") && !matches!(next, Next::Fails | Next::Forbids) {
                    let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
                    *self.champion.lock().unwrap() = body["version"].as_str().map(str::to_owned);
                }
                if path.ends_with("/registered-models/set-tag") && next == Next::Obeys {
                    let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
                    assert_eq!(body["key"], "podium.gates.champion");
                    *self.gates.lock().unwrap() = body["value"].as_str().unwrap().to_owned();
                }
                match next {
                    Next::Obeys => Response::json("{}"),
                    Next::Fails => Response::error(500, "INTERNAL_ERROR", "the database is locked"),
                    Next::ObeysSilently => Response::no_answer(),
                    Next::ObeysHalfSaid => Response::json("{ }").closed_mid_body(),
                    Next::IsOvertaken => {
                        *self.champion.lock().unwrap() = Some("9".into());
                        Response::json("{}")
                    }
                    Next::IsOvertakenSilently => {
                        *self.champion.lock().unwrap() = Some("9".into());
                        Response::no_answer()
                    }
                    Next::Forbids => Response::error(403, "PERMISSION_DENIED", "Permission denied"),
                }
            }
            _ => Response::error(404, "RESOURCE_DOES_NOT_EXIST", "not found"),
        }
    }
}

struct Subject {
    registry: Arc<Registry>,
    server: FaultServer,
    writer: Writer,
}

impl Subject {
    async fn new(champion: Option<&str>, plan: &[Next]) -> Self {
        Self::with(champion, plan, None).await
    }

    async fn with(champion: Option<&str>, plan: &[Next], deaf_after_write: Option<u16>) -> Self {
        Self::of(Registry {
            champion: Mutex::new(champion.map(str::to_owned)),
            plan: Mutex::new(plan.iter().rev().copied().collect()),
            deaf_after_write,
            loses_bodies: false,
            gates: Mutex::default(),
        })
        .await
    }

    async fn of(registry: Registry) -> Self {
        let registry = Arc::new(registry);
        let answering = registry.clone();
        let server = FaultServer::scripted(move |request| match request.path().ends_with("/experiments/search") {
            true => Response::json(r#"{"experiments":[{"experiment_id":"0"}]}"#),
            false => answering.answer(request),
        });
        let address = Address::parse(&server.url).unwrap();
        let http = Direct::new(&address, DirectOptions::default()).unwrap();
        let retry_policy = RetryPolicy { first_pause: Duration::from_millis(1), ..RetryPolicy::default() };
        let options = Options { limits: Limits { retry_policy, ..Limits::default() }, ..Options::default() };
        let store = RestStore::connect_over(address, http, options).await.unwrap();
        Self { registry, server, writer: common::writer::of(store) }
    }

    async fn moves(&self, from: Option<&str>, to: Option<&str>) -> Result<(), PromotionError> {
        let step = Step { model: "churn", alias: "champion", from, to };
        move_alias(&self.writer, step, |_| Duration::from_millis(1)).await
    }

    fn champion(&self) -> Option<String> {
        self.registry.champion.lock().unwrap().clone()
    }

    fn writes(&self) -> usize {
        let changes = |request: &&Request| request.method != "GET" && request.path().ends_with("/alias");
        self.server.requests().iter().filter(changes).count()
    }
}

#[tokio::test]
async fn an_alias_moves_and_moves_back() {
    let subject = Subject::new(Some("1"), &[]).await;
    subject.moves(Some("1"), Some("2")).await.unwrap();
    assert_eq!(subject.champion().as_deref(), Some("2"));
    subject.moves(Some("2"), Some("1")).await.unwrap();
    assert_eq!((subject.champion().as_deref(), subject.writes()), (Some("1"), 2));
}

#[tokio::test]
async fn a_first_assignment_is_undone_by_taking_it_away() {
    let subject = Subject::new(None, &[]).await;
    subject.moves(None, Some("2")).await.unwrap();
    assert_eq!(subject.champion().as_deref(), Some("2"));
    subject.moves(Some("2"), None).await.unwrap();
    assert_eq!(subject.champion(), None);
}

#[tokio::test]
async fn what_another_user_moved_is_left_alone() {
    for (is_on, expected) in [(Some("3"), Some("1")), (None, Some("1")), (Some("3"), None), (Some("2"), Some("1"))] {
        let subject = Subject::new(is_on, &[]).await;
        let error = subject.moves(expected, Some("2")).await.unwrap_err();
        assert!(
            matches!(&error, PromotionError::Moved { found, .. } if *found == is_on.into()),
            "{is_on:?} {expected:?}: {error}"
        );
        assert_eq!((subject.champion().as_deref(), subject.writes()), (is_on, 0));
    }
}

#[tokio::test]
async fn a_failure_that_passes_is_tried_again() {
    let subject = Subject::new(Some("1"), &[Next::Fails, Next::Fails, Next::Obeys]).await;
    subject.moves(Some("1"), Some("2")).await.unwrap();
    assert_eq!((subject.champion().as_deref(), subject.writes()), (Some("2"), 3));
}

#[tokio::test]
async fn trying_has_an_end_and_says_why() {
    let subject = Subject::new(Some("1"), &[Next::Fails; 9]).await;
    let error = subject.moves(Some("1"), Some("2")).await.unwrap_err();
    assert!(matches!(error, PromotionError::Store(StoreError::ServerFailed { .. })), "{error}");
    assert_eq!((subject.champion().as_deref(), subject.writes()), (Some("1"), 3));
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_found_out_and_not_repeated() {
    for obeys in [Next::ObeysSilently, Next::ObeysHalfSaid] {
        let subject = Subject::new(Some("1"), &[obeys]).await;
        subject.moves(Some("1"), Some("2")).await.unwrap();
        assert_eq!((subject.champion().as_deref(), subject.writes()), (Some("2"), 1), "{obeys:?}");
    }
}

#[tokio::test]
async fn a_last_try_whose_answer_was_lost_is_found_out_too() {
    let subject = Subject::new(Some("1"), &[Next::Fails, Next::Fails, Next::ObeysSilently]).await;
    subject.moves(Some("1"), Some("2")).await.unwrap();
    assert_eq!((subject.champion().as_deref(), subject.writes()), (Some("2"), 3));
}

#[tokio::test]
async fn a_write_that_cannot_be_read_back_is_not_called_a_success() {
    // Not all of these pass: a right may be taken, or a sign-in end, in between.
    for status in [503, 403, 401] {
        let subject = Subject::with(Some("1"), &[Next::Obeys], Some(status)).await;
        let error = subject.moves(Some("1"), Some("2")).await.unwrap_err();
        assert!(matches!(error, PromotionError::Unconfirmed { .. }), "{error}");
        assert_eq!((subject.champion().as_deref(), subject.writes()), (Some("2"), 1));
    }
}

/// An app of its own with a profile of this registry, which is open.
async fn app() -> (tempfile::TempDir, App) {
    let folder = tempfile::tempdir().unwrap();
    let mut app = App::open(&folder.path().join("data"), folder.path(), None, Arc::new(|_| {})).await.unwrap();
    // The tests must not touch the keyring of the user who runs them.
    app.connect_context.vault = Vault::in_memory();
    (folder, app)
}

async fn connected(app: &App, profile: &Profile) {
    let connection = app.connection(&profile.id).await.unwrap();
    let up = async {
        while connection.store().is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let up = tokio::time::timeout(Duration::from_secs(60), up).await;
    assert!(up.is_ok(), "no connection: {:?}", connection.store().err());
}

async fn app_of(subject: &Subject) -> (tempfile::TempDir, App, Profile) {
    let (folder, app) = app().await;
    let profile = app.save_profile(Profile::new("work", ProfileKind::Server, &subject.server.url)).await.unwrap();
    connected(&app, &profile).await;
    (folder, app, profile)
}

fn to_2() -> PromotionRequest {
    PromotionRequest {
        model: "churn".into(),
        alias: "champion".into(),
        expected_version: Some("1".into()),
        version: "2".into(),
        reason: "better".into(),
        overridden: Vec::new(),
        confirmation: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_card_refuses_the_command_refuses_too() {
    let subject = Subject::new(Some("1"), &[]).await;
    let (_folder, app, profile) = app_of(&subject).await;
    for (wanted, word) in [
        (PromotionRequest { version: "7".into(), ..to_2() }, "its registration failed"),
        (PromotionRequest { version: "1".into(), ..to_2() }, "already on version 1"),
        (PromotionRequest { alias: "Champion".into(), expected_version: None, ..to_2() }, "“champion” already"),
        (PromotionRequest { alias: "latest".into(), expected_version: None, ..to_2() }, "newest version"),
    ] {
        let error = app.promote(&profile.id, wanted).await.unwrap_err();
        assert!(error.code == Code::Refused && error.message.contains(word), "{word}: {error:?}");
    }
    assert_eq!((subject.champion().as_deref(), subject.writes()), (Some("1"), 0));
    let plan = app.prepare_promotion(&profile.id, "churn", "champion", "7").await.unwrap();
    assert!(matches!(plan.refusals.as_slice(), [one] if one.contains("its registration failed")), "{plan:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_that_has_not_passed_blocks_until_who_saw_it_writes_a_reason() {
    let registry = Registry {
        champion: Mutex::new(Some("1".into())),
        plan: Mutex::default(),
        deaf_after_write: None,
        loses_bodies: false,
        gates: Mutex::new("tag.reviewed IS NULL\ntag.validation_status = 'approved'".into()),
    };
    let subject = Subject::of(registry).await;
    let (_folder, app, profile) = app_of(&subject).await;
    let plan = app.prepare_promotion(&profile.id, "churn", "champion", "2").await.unwrap();
    let verdicts: Vec<_> = plan.gates.iter().map(|gate| gate.verdict).collect();
    assert_eq!(verdicts, [Verdict::Unknown, Verdict::Passed], "{plan:?}");
    let rule = "tag.validation_status = 'approved'".to_owned();
    // A reason was written before this gate was shown, or it was shown and no reason was written.
    for wanted in [
        to_2(),
        PromotionRequest { overridden: vec!["accuracy > 1".into()], ..to_2() },
        PromotionRequest { overridden: vec![rule.clone()], reason: " ".into(), ..to_2() },
    ] {
        let error = app.promote(&profile.id, wanted).await.unwrap_err();
        assert!(error.code == Code::GateNotPassed && error.message.contains(&rule), "{error:?}");
    }
    assert_eq!((subject.champion().as_deref(), subject.writes()), (Some("1"), 0));
    let wanted = PromotionRequest { overridden: vec![rule.clone()], ..to_2() };
    let made = app.promote(&profile.id, wanted).await.unwrap();
    assert_eq!((subject.champion().as_deref(), made.warnings.len()), (Some("2"), 0), "{made:?}");
    let journal = app.settings.promotions(&profile.id, "churn").await.unwrap();
    let [overridden] = journal[0].overridden.as_slice() else { panic!("{journal:?}") };
    assert_eq!((overridden.rule.as_str(), overridden.verdict), (rule.as_str(), Verdict::Unknown));
    let requests = subject.server.requests();
    let tags = requests.iter().filter(|request| request.path().ends_with("/model-versions/set-tag"));
    let bodies: Vec<serde_json::Value> = tags.map(|request| serde_json::from_slice(&request.body).unwrap()).collect();
    let written = bodies.iter().find(|body| body["key"] == "podium.overridden_gates").unwrap();
    assert!(written["value"].as_str().unwrap().starts_with(&rule), "{written}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_saved_for_the_team_unless_somebody_else_has_changed_them() {
    let registry = Registry {
        champion: Mutex::new(Some("1".into())),
        plan: Mutex::default(),
        deaf_after_write: None,
        loses_bodies: false,
        gates: Mutex::new("acc >= 0.9".into()),
    };
    let subject = Subject::of(registry).await;
    let (_folder, app, profile) = app_of(&subject).await;
    let saved = || subject.registry.gates.lock().unwrap().clone();
    let rules = |gates: &str| AliasRules { gates: gates.into(), approval: String::new() };
    let change = |wanted: &str, expected: &str| GatesChange {
        model: "churn".into(),
        alias: "champion".into(),
        wanted: rules(wanted),
        expected: rules(expected),
        confirmation: None,
    };
    let refused = [
        (change("acc >= 0.8", "acc >= 0.95"), "Somebody has changed the gates"),
        (change("acc >= 0.8\nacc >= high", "acc >= 0.9"), "“acc >= high” cannot be read"),
        (change(&format!("tag.a = '{}'", "a".repeat(5_000)), "acc >= 0.9"), "5000 characters"),
    ];
    for (wanted, word) in refused {
        let error = app.save_gates(&profile.id, &wanted).await.unwrap_err();
        assert!(error.code == Code::Refused && error.message.contains(word), "{error:?}");
        assert_eq!(saved(), "acc >= 0.9");
    }
    app.save_gates(&profile.id, &change("\n  acc >= champion \n\nf1 > 0.5", " acc >= 0.9\n")).await.unwrap();
    assert_eq!(saved(), "acc >= champion\nf1 > 0.5");
    app.save_gates(&profile.id, &change(" ", "acc >= champion\nf1 > 0.5")).await.unwrap();
    assert_eq!(saved(), "", "without rules nothing holds the alias back");
}

#[tokio::test]
async fn a_request_that_arrives_without_its_body_is_told_as_such() {
    let registry = Registry {
        champion: Mutex::new(Some("2".into())),
        plan: Mutex::default(),
        deaf_after_write: None,
        loses_bodies: true,
        gates: Mutex::default(),
    };
    let subject = Subject::of(registry).await;
    let error = subject.moves(Some("2"), None).await.unwrap_err();
    assert!(matches!(error, PromotionError::Store(StoreError::BodyLost { .. })), "{error}");
    assert!(!error.to_string().contains("required parameter"), "{error}");
    assert_eq!((subject.champion().as_deref(), subject.writes()), (Some("2"), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_cannot_be_confirmed_stands_in_the_journal_as_such() {
    let subject = Subject::with(Some("1"), &[Next::Obeys], Some(403)).await;
    let (_folder, app, profile) = app_of(&subject).await;
    let error = app.promote(&profile.id, to_2()).await.unwrap_err();
    assert!(error.code == Code::Forbidden && error.message.contains("is not known"), "{error:?}");
    let journal = app.settings.promotions(&profile.id, "churn").await.unwrap();
    let [tried] = journal.as_slice() else { panic!("{journal:?}") };
    assert_eq!((tried.outcome, tried.undone_at_ms), (Outcome::Unknown, None));
    assert_eq!((tried.from_version.as_deref(), tried.to_version.as_deref()), (Some("1"), Some("2")));
    assert_eq!((tried.alias.as_str(), tried.reason.as_str()), ("champion", "better"));
    let [why] = tried.warnings.as_slice() else { panic!("{tried:?}") };
    assert!(why.starts_with("Whether champion was moved to version 2 is not known:"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undo_that_cannot_be_confirmed_is_told_beside_its_move() {
    // The alias, its five tags, and the alias again.
    let subject = Subject::with(Some("1"), &[Next::Obeys; 7], Some(403)).await;
    let (_folder, app, profile) = app_of(&subject).await;
    let moved = app.promote(&profile.id, to_2()).await.unwrap();
    assert_eq!((moved.outcome, moved.warnings.as_slice()), (Outcome::Moved, &[][..]));
    let error = app.undo_promotion(&profile.id, &moved.id, None).await.unwrap_err();
    assert!(error.message.contains("is not known"), "{error:?}");
    let journal = app.settings.promotions(&profile.id, "churn").await.unwrap();
    let [entry] = journal.as_slice() else { panic!("{journal:?}") };
    assert_eq!((entry.outcome, entry.undone_at_ms), (Outcome::Moved, None));
    let told = "An undo was tried. Whether champion was moved to version 1 is not known:";
    assert!(matches!(entry.warnings.as_slice(), [one] if one.starts_with(told)), "{entry:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_another_user_undid_at_once_stands_in_the_journal() {
    let subject = Subject::new(Some("1"), &[Next::IsOvertaken]).await;
    let (_folder, app, profile) = app_of(&subject).await;
    assert_eq!(app.promote(&profile.id, to_2()).await.unwrap_err().code, Code::AliasMoved);
    let journal = app.settings.promotions(&profile.id, "churn").await.unwrap();
    let [made] = journal.as_slice() else { panic!("{journal:?}") };
    assert_eq!((made.outcome, made.undone_at_ms), (Outcome::Moved, None));
    assert!(matches!(made.warnings.as_slice(), [one] if one.contains("but is on version 9 now")), "{made:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_whose_answer_was_lost_is_not_told_as_made() {
    let subject = Subject::new(Some("1"), &[Next::IsOvertakenSilently]).await;
    let (_folder, app, profile) = app_of(&subject).await;
    let error = app.promote(&profile.id, to_2()).await.unwrap_err();
    assert!(error.code == Code::AliasMoved && error.message.contains("the answer was lost"), "{error:?}");
    let journal = app.settings.promotions(&profile.id, "churn").await.unwrap();
    assert!(matches!(journal.as_slice(), [one] if one.outcome == Outcome::Unknown), "{journal:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_certainly_was_not_made_is_not_in_the_journal() {
    let subject = Subject::new(Some("1"), &[Next::Forbids]).await;
    let (_folder, app, profile) = app_of(&subject).await;
    assert_eq!(app.promote(&profile.id, to_2()).await.unwrap_err().code, Code::Forbidden);
    assert_eq!(app.settings.promotions(&profile.id, "churn").await.unwrap(), []);
}

#[tokio::test]
async fn another_users_write_at_the_same_moment_is_seen() {
    let subject = Subject::new(Some("1"), &[Next::IsOvertaken]).await;
    let error = subject.moves(Some("1"), Some("2")).await.unwrap_err();
    assert!(matches!(&error, PromotionError::Overwritten { found, .. } if *found == Some("9").into()), "{error}");
    assert_eq!((subject.champion().as_deref(), subject.writes()), (Some("9"), 1));
}

#[tokio::test]
async fn a_refusal_is_final() {
    let subject = Subject::new(Some("1"), &[Next::Forbids]).await;
    let error = subject.moves(Some("1"), None).await.unwrap_err();
    assert!(error.to_string().contains("Permission denied") && error.to_string().contains("manage"), "{error}");
    assert_eq!((subject.champion().as_deref(), subject.writes()), (Some("1"), 1));
}

#[tokio::test]
async fn a_record_that_is_refused_is_a_warning() {
    let promotion = Promotion {
        id: "p".into(),
        model: "churn".into(),
        alias: "champion".into(),
        from_version: Some("1".into()),
        to_version: Some("2".into()),
        by: "ana".into(),
        at_ms: 1_700_000_000_000,
        reason: "better".into(),
        overridden: Vec::new(),
        approved_by: Vec::new(),
        undone_at_ms: None,
        plan_id: None,
        outcome: Outcome::Moved,
        warnings: Vec::new(),
    };
    let subject = Subject::new(Some("2"), &[Next::Forbids]).await;
    let warnings = write_tags(&subject.writer, &promotion, &[]).await;
    assert!(warnings.len() == 1 && warnings[0].contains("Permission denied"), "{warnings:?}");

    let subject = Subject::new(Some("2"), &[]).await;
    assert_eq!(write_tags(&subject.writer, &promotion, &[]).await, Vec::<String>::new());
    let bodies: Vec<serde_json::Value> = subject
        .server
        .requests()
        .iter()
        .filter(|request| request.path().ends_with("/model-versions/set-tag"))
        .map(|request| serde_json::from_slice(&request.body).unwrap())
        .collect();
    let value = |key: &str| bodies.iter().find(|body| body["key"] == key).map(|body| body["value"].clone());
    assert_eq!(value("podium.previous_version"), Some("1".into()));
    assert_eq!(value("podium.promoted_by"), Some("ana".into()));
    assert_eq!(value("podium.reason"), Some("better".into()));
}
