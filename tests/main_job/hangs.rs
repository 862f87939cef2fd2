//! What real servers hold by the thousand, and what they name twice: the window shows it, and no part of a page
//! that fails takes the rest with it.

use std::process::Command;

use serde_json::json;

use crate::common::mlflow::{MlflowServer, Options, Version, repository};
use crate::common::webdriver::{Key, PAINTED, Start, Window};

const KEYS: u32 = 1500;
const VERSIONS: u32 = 700;
/// More than any screen shows of rows or cards.
const A_SCREENFUL: usize = 120;

#[tokio::test]
async fn what_is_named_twice_and_what_there_are_thousands_of() {
    let server = MlflowServer::start(Version::Newest, Options::default());
    seed(&server, &["--experiment", "keys", "--runs", "2", "--history", "2", "--history-keys", &KEYS.to_string()]);
    seed(&server, &["--experiment", "churn", "--runs", "5", "--model", "churn", "--versions", &VERSIONS.to_string()]);
    let first = json!({ "name": "churn", "alias": "champion", "version": VERSIONS.to_string() });
    server.api("POST", "registered-models/alias", first);
    two_datasets_of_one_name(&server);
    let data = tempfile::tempdir().unwrap();
    let window = Window::open(Start::new(env!("CARGO_BIN_EXE_podium"), data.path()).arg(&server.url)).await;

    datasets_of_one_name(&window).await;
    faults_are_told(&window).await;
    charts_of_thousands(&window).await;
    versions_by_the_thousand(&window).await;
    window.close().await;
}

/// What MLflow's defaults log for two frames: one name, one context, two digests.
fn two_datasets_of_one_name(server: &MlflowServer) {
    let made = server.api("POST", "experiments/create", json!({ "name": "datasets" }));
    let new = json!({ "experiment_id": made["experiment_id"], "run_name": "two-frames", "start_time": 1 });
    let run_id = server.api("POST", "runs/create", new)["run"]["info"]["run_id"].clone();
    let dataset = |digest: &str| {
        json!({
            "tags": [{ "key": "mlflow.data.context", "value": "train" }],
            "dataset": { "name": "dataset", "digest": digest, "source_type": "code", "source": "{}" },
        })
    };
    let inputs = json!({ "run_id": run_id, "datasets": [dataset("0a1b2c3d"), dataset("4e5f6a7b")] });
    server.api("POST", "runs/log-inputs", inputs);
}

async fn datasets_of_one_name(window: &Window) {
    let experiment = window.find_like("treeitem", "datasets").await;
    window.press(&experiment).await;
    window.click("button", "Open two-frames").await;
    window.wait_for("0a1b2c3d").await;
    window.wait_for("4e5f6a7b").await;
}

/// A fault that nothing expects is told, once, and the page stays.
async fn faults_are_told(window: &Window) {
    let fault = "for (let i = 0; i < 3; i++) setTimeout(() => { throw new Error('a fault of this test') })";
    window.run(fault, vec![]).await;
    window.wait_for("a fault of this test").await;
    assert_eq!(window.text().await.matches("a fault of this test").count(), 1);
    window.wait_for("0a1b2c3d").await;
    window.click("button", "Dismiss").await;
}

async fn charts_of_thousands(window: &Window) {
    let experiment = window.find_like("treeitem", "keys").await;
    window.press(&experiment).await;
    window.find_like("figure", "Chart of").await;
    window.until("curves", PAINTED, vec![]).await;
    assert!(window.count("figure", "Chart of").await < A_SCREENFUL);
    // Metrics with one value per run come last, as bars; before them the last of the curves by name.
    let is_there =
        "[...document.querySelectorAll('figure')].some(each => each.getAttribute('aria-label') === arguments[0])";
    let at_the_end = format!(
        "const cards = document.querySelector('.cards'); cards.scrollTop = cards.scrollHeight; return {is_there}"
    );
    window.until("the last bars", &at_the_end, vec![json!("Chart of m_019")]).await;
    assert!(window.count("figure", "Chart of").await < A_SCREENFUL);
    let a_screen_up = format!(
        "const cards = document.querySelector('.cards'); if ({is_there}) return true; \
         cards.scrollTop -= cards.clientHeight / 2; return false"
    );
    window.until("the last curve", &a_screen_up, vec![json!("Chart of train_loss")]).await;
    assert!(window.count("figure", "Chart of").await < A_SCREENFUL);
}

/// Few rows are drawn, and every version can still be given an alias, by keyboard as well.
async fn versions_by_the_thousand(window: &Window) {
    let model = window.find_like("link", "churn").await;
    window.press(&model).await;
    window.find("row", &format!("Version {VERSIONS}")).await;
    assert!(window.count("row", "Version ").await < A_SCREENFUL);
    window.tab_to("button", &format!("champion on version {VERSIONS}")).await;
    window.type_text(" ").await;
    window.find("listbox", "Move champion to").await;
    // Backwards from the first place that takes it: past the last, which is where it is, to the oldest.
    window.keys(&[Key::Up, Key::Up]).await;
    window.find("row", "Version 1").await;
    window.keys(&[Key::Enter]).await;
    window.find("dialog", "Move champion to version 1").await;
    window.click("button", "Cancel").await;
    assert!(window.count("row", "Version ").await < A_SCREENFUL);
}

fn seed(server: &MlflowServer, arguments: &[&str]) {
    let script = repository().join("tests/tools/seed_mlflow.py");
    let database = server.folder.join("mlflow.db");
    let done = Command::new(Version::Newest.python()).arg(script).arg(database).args(arguments).output().unwrap();
    assert!(done.status.success(), "seeding failed: {}", String::from_utf8_lossy(&done.stderr));
}
