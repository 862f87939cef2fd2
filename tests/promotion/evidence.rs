//! Whose numbers the board and the card show, on a real server: one run may have logged several models.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use podium::app::{App, ModelBoard};
use podium::connect::secrets::Vault;
use podium::connect::{Profile, ProfileKind};
use podium::direction::{Better, DirectionChoice};
use podium::error::Code;
use podium::promotion::{Measured, MetricDelta, MetricName, Owner};
use podium::sync::Scope;
use serde_json::{Value, json};

use crate::common::mlflow::{MlflowServer, Options, Version};

const MODEL: &str = "shelf";

/// A server with an app on it, which has the server as a profile.
struct TestApp {
    server: MlflowServer,
    app: App,
    profile: Profile,
    _folder: tempfile::TempDir,
}

impl TestApp {
    async fn at(server: MlflowServer, kind: ProfileKind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut app = App::open(&folder.path().join("data"), folder.path(), None, Arc::new(|_| {})).await.unwrap();
        app.connect_context.vault = Vault::in_memory();
        let place = match kind {
            ProfileKind::Server => server.url.clone(),
            _ => server.folder.display().to_string(),
        };
        let profile = app.save_profile(Profile::new("work", kind, &place)).await.unwrap();
        let connection = app.connection(&profile.id).await.unwrap();
        let up = async {
            while connection.store().is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), up).await.expect("a connection");
        Self { server, app, profile, _folder: folder }
    }

    /// The board, which the window watches, once it satisfies; what it shows when it does not for a minute.
    async fn board(&self, is_there: impl Fn(&ModelBoard) -> bool) -> ModelBoard {
        self.app.watch(vec![(self.profile.id.clone(), Scope::Model(MODEL.to_owned()))]);
        let mut seen = None;
        for _ in 0..600 {
            let answer = self.app.model_board(&self.profile.id, MODEL, None).await.unwrap();
            match answer.board {
                Some(board) if is_there(&board) => return board,
                board => seen = board,
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{seen:#?}");
    }
}

fn run(server: &MlflowServer, name: &str) -> (String, String) {
    let experiment = server.api("POST", "experiments/create", json!({ "name": name }));
    let experiment_id = experiment["experiment_id"].as_str().unwrap().to_owned();
    let tags = json!([{ "key": "mlflow.user", "value": "mika" }]);
    let body = json!({ "experiment_id": experiment_id, "run_name": name, "start_time": 1_790_000_000_000_i64,
            "user_id": "mika", "tags": tags });
    let run = server.api("POST", "runs/create", body);
    (experiment_id, run["run"]["info"]["run_id"].as_str().unwrap().to_owned())
}

fn logged_model(server: &MlflowServer, experiment_id: &str, run_id: &str, depth: &str) -> String {
    let params = json!([{ "key": "depth", "value": depth }]);
    let body = json!({ "experiment_id": experiment_id, "name": "net", "source_run_id": run_id, "params": params });
    let made = server.api("POST", "logged-models", body);
    made["model"]["info"]["model_id"].as_str().unwrap().to_owned()
}

/// Each a moment after the one before: the server keeps a metric of a logged model once for a key, step and time,
/// whatever its dataset.
fn log_metric(server: &MlflowServer, run_id: &str, key: &str, value: Value, step: i64, more: Value) {
    static LATER: AtomicI64 = AtomicI64::new(1_790_000_000_000);
    let timestamp = LATER.fetch_add(1, Ordering::Relaxed);
    let mut body = json!({ "run_id": run_id, "key": key, "value": value, "step": step, "timestamp": timestamp });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    server.api("POST", "runs/log-metric", body);
}

fn version(server: &MlflowServer, run_id: &str, model_id: &str) {
    let body =
        json!({ "name": MODEL, "source": format!("models:/{model_id}"), "run_id": run_id, "model_id": model_id });
    server.api("POST", "model-versions/create", body);
}

/// The case that people met: two models of one run, evaluated one after the other.
fn two_models_of_one_run(server: &MlflowServer) -> (String, [String; 2]) {
    let (experiment_id, run_id) = run(server, "one-run");
    server.api("POST", "runs/log-parameter", json!({ "run_id": run_id, "key": "lr", "value": "0.1" }));
    let models = ["3", "5"].map(|depth| logged_model(server, &experiment_id, &run_id, depth));
    for (model_id, value, step) in [(&models[0], 0.95, 1), (&models[1], 0.70, 2)] {
        log_metric(server, &run_id, "val_acc", json!(value), step, json!({ "model_id": model_id }));
    }
    log_metric(server, &run_id, "neg_log_loss", json!(-0.2), 1, json!({ "model_id": models[0] }));
    log_metric(server, &run_id, "neg_log_loss", json!(-0.6), 2, json!({ "model_id": models[1] }));
    for (name, value) in [("birds", 0.5), ("cats", 0.6)] {
        let on = json!({ "model_id": models[1], "dataset_name": name, "dataset_digest": "d1" });
        log_metric(server, &run_id, "f1", json!(value), 3, on);
    }
    log_metric(server, &run_id, "gap", json!("NaN"), 4, json!({ "model_id": models[1] }));
    log_metric(server, &run_id, "hours", json!(4.0), 0, json!({}));
    server.api("POST", "registered-models/create", json!({ "name": MODEL }));
    for model_id in &models {
        version(server, &run_id, model_id);
    }
    server.api("POST", "registered-models/alias", json!({ "name": MODEL, "alias": "champion", "version": "1" }));
    (run_id, models)
}

fn title(name: &MetricName) -> String {
    name.dataset.as_ref().map_or_else(|| name.key.clone(), |dataset| format!("{} on {}", name.key, dataset.name))
}

fn number(measured: &Option<Measured>) -> Option<(f64, Owner)> {
    measured.as_ref().map(|measured| (measured.value.0, measured.of))
}

/// What the board says of a version, by metric.
fn row(board: &ModelBoard, version: &str) -> BTreeMap<String, (f64, Owner)> {
    let row = board.versions.iter().find(|row| row.version.version == version).expect("the version");
    let cell = |(column, cell): (&podium::promotion::MetricColumn, &Option<Measured>)| {
        Some((title(&column.name), number(cell)?))
    };
    board.columns.iter().zip(&row.cells).filter_map(cell).collect()
}

fn best(board: &ModelBoard, metric: &str) -> Option<f64> {
    board.columns.iter().find(|column| title(&column.name) == metric)?.best.map(|best| best.0)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_models_of_one_run_are_told_apart_on_the_board_and_on_the_card() {
    let server = MlflowServer::start(Version::Newest, Options::default());
    let (run_id, _) = two_models_of_one_run(&server);
    let mut test_app = TestApp::at(server, ProfileKind::Server).await;
    let mut shown = Vec::new();
    for kind in [ProfileKind::Server, ProfileKind::Local] {
        if kind == ProfileKind::Local {
            test_app = TestApp::at(test_app.server, kind).await;
        }
        let board = test_app.board(|board| best(board, "val_acc").is_some()).await;
        assert_eq!(row(&board, "1")["val_acc"], (0.95, Owner::LoggedModel));
        assert_eq!(row(&board, "2")["val_acc"], (0.70, Owner::LoggedModel));
        assert_eq!(row(&board, "1")["hours"], (4.0, Owner::SharedRun));
        assert_eq!((best(&board, "val_acc"), best(&board, "neg_log_loss")), (Some(0.95), Some(-0.2)));
        let author = board.versions[0].author.as_ref().expect("an author");
        assert_eq!(author.name, "mika", "the server writes none on the version, so the run says who");

        let plan = test_app.app.prepare_promotion(&test_app.profile.id, MODEL, "champion", "2").await.unwrap();
        let delta = |name: &str| -> &MetricDelta {
            plan.metrics.iter().find(|delta| title(&delta.name) == name).unwrap_or_else(|| panic!("{name}: {plan:#?}"))
        };
        let acc = delta("val_acc");
        assert_eq!(
            (number(&acc.from), number(&acc.to)),
            (Some((0.95, Owner::LoggedModel)), Some((0.70, Owner::LoggedModel)))
        );
        assert!(acc.decides && acc.direction.better == Some(Better::Higher));
        assert_eq!(delta("neg_log_loss").direction.better, Some(Better::Higher));
        // On two datasets it is two metrics, and what one side lacks is missing there.
        assert_eq!((number(&delta("f1 on birds").from), number(&delta("f1 on birds").to).unwrap().0), (None, 0.5));
        assert_eq!(number(&delta("f1 on cats").to).unwrap().0, 0.6);
        assert!(plan.metrics.iter().all(|delta| title(&delta.name) != "f1"));
        // MLflow keeps a NaN of a logged model as 0.
        assert!(number(&delta("gap").to).unwrap().0.is_nan());
        assert!(delta("hours").same_run && !delta("hours").decides);
        assert_eq!(plan.params.len(), 1, "{:?}", plan.params);
        assert_eq!((plan.params[0].from.as_deref(), plan.params[0].to.as_deref()), (Some("3"), Some("5")));
        assert_eq!(plan.to.as_ref().and_then(|to| to.run_id.as_deref()), Some(run_id.as_str()));
        assert_eq!(plan.unread, Vec::<String>::new());
        shown.push((board.columns, board.versions.into_iter().map(|row| row.cells).collect::<Vec<_>>(), plan.metrics));
    }
    assert_eq!(shown[0], shown[1], "the database opened directly says the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_evaluation_reaches_the_board_and_what_the_user_says_of_a_metric_counts_everywhere() {
    let server = MlflowServer::start(Version::Newest, Options::default());
    let (run_id, models) = two_models_of_one_run(&server);
    let test_app = TestApp::at(server, ProfileKind::Server).await;
    let column = |board: &ModelBoard, key: &str| board.columns.iter().find(|column| column.name.key == key).cloned();
    test_app.board(|board| best(board, "val_acc") == Some(0.95)).await;
    log_metric(&test_app.server, &run_id, "val_acc", json!(0.97), 9, json!({ "model_id": models[1] }));
    let connection = test_app.app.connection(&test_app.profile.id).await.unwrap();
    connection.refresh(Scope::Model(MODEL.to_owned()));
    test_app.board(|board| best(board, "val_acc") == Some(0.97)).await;

    for (choice, better, best) in [
        (Some(DirectionChoice::Lower), Some(Better::Lower), Some(0.95)),
        (Some(DirectionChoice::None), None, None),
        (None, Some(Better::Higher), Some(0.97)),
    ] {
        test_app.app.choose_direction(&test_app.profile.id, "val_acc", choice).await.unwrap();
        let board = test_app.app.model_board(&test_app.profile.id, MODEL, None).await.unwrap().board.unwrap();
        let acc = column(&board, "val_acc").unwrap();
        assert_eq!((acc.direction.better, acc.direction.chosen), (better, choice.is_some()));
        assert_eq!(acc.best.map(|best| best.0), best);
        let plan = test_app.app.prepare_promotion(&test_app.profile.id, MODEL, "champion", "2").await.unwrap();
        let delta = plan.metrics.iter().find(|delta| delta.name.key == "val_acc").unwrap();
        assert_eq!(delta.direction.better, better);
    }
}

/// Runs a statement in the server's database: some states no request brings about.
fn execute(folder: &Path, sql: &str) {
    let script =
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], timeout=60); db.execute(sys.argv[2]); db.commit()";
    let python = Version::Newest.python();
    let done = Command::new(python).args(["-c", script]).arg(folder.join("mlflow.db")).arg(sql).status().unwrap();
    assert!(done.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_whose_registration_failed_is_refused_by_the_card_and_by_the_command() {
    let server = MlflowServer::start(Version::Newest, Options::default());
    two_models_of_one_run(&server);
    execute(&server.folder, "UPDATE model_versions SET status = 'FAILED_REGISTRATION' WHERE version = 2");
    let test_app = TestApp::at(server, ProfileKind::Server).await;
    let plan = test_app.app.prepare_promotion(&test_app.profile.id, MODEL, "champion", "2").await.unwrap();
    assert!(matches!(plan.refusals.as_slice(), [one] if one.contains("registration failed")), "{:?}", plan.refusals);
    let wanted = podium::app::PromotionRequest {
        model: MODEL.into(),
        alias: "champion".into(),
        expected_version: Some("1".into()),
        version: "2".into(),
        reason: String::new(),
        overridden: Vec::new(),
        confirmation: None,
    };
    let error = test_app.app.promote(&test_app.profile.id, wanted).await.unwrap_err();
    assert!(error.code == Code::Refused && error.message.contains("registration failed"), "{error:?}");
    let model = test_app.server.api("GET", "registered-models/get", json!({ "name": MODEL }));
    assert_eq!(model["registered_model"]["aliases"], json!([{ "alias": "champion", "version": "1" }]));
}
