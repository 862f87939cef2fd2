//! The main job, done once as a person does it: the real window, a real tracking server, and that
//! server's own word in between and at the end on where `champion` is.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A journey that cannot go on has failed.

#[path = "main_job/charts.rs"]
mod charts;
mod common;
#[path = "main_job/hangs.rs"]
mod hangs;
#[path = "main_job/strange_runs.rs"]
mod strange_runs;
#[path = "main_job/two_profiles.rs"]
mod two_profiles;

use std::collections::BTreeSet;
use std::path::Path;

use common::mlflow::{MlflowServer, Options, Version, copy_workspace, repository};
use common::webdriver::{Key, PAINTED, Start, Window};
use serde_json::{Value, json};

const MODEL: &str = "churn-gbdt";
const REASON: &str = "Better on October's data, 検証済み";

#[tokio::test]
async fn connect_compare_look_and_promote() {
    let server = MlflowServer::start(Version::Newest, Options::sample());
    assert_eq!(holder(&server, "champion").as_deref(), Some("3"), "the sample starts with champion on 3");
    let data = tempfile::tempdir().unwrap();
    let window = Window::open(Start::new(env!("CARGO_BIN_EXE_podium"), data.path())).await;

    connect(&window, &server.url).await;
    compare_runs(&window).await;
    look_at_artifacts(&window).await;
    promote_by_drag(&window, &server).await;
    undo(&window, &server).await;
    promote_by_keyboard(&window, &server).await;
    find_another_user_was_faster(&window, &server).await;
    window.close().await;
    come_back_to_where_it_was(data.path()).await;
}

/// A database that came without its artifacts: where they should be is said, and where they are is
/// asked once.
#[tokio::test]
async fn artifacts_that_are_kept_elsewhere_are_found_in_the_folder_that_is_typed() {
    let (data, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (project, copy) = (place.path().join("project"), place.path().join("copy"));
    copy_workspace(&repository().join("src-tauri/sample"), &project).unwrap();
    std::fs::rename(project.join("mlartifacts"), &copy).unwrap();
    let start = || Start::new(env!("CARGO_BIN_EXE_podium"), data.path());
    let window = Window::open(start().arg(project.join("mlflow.db").display().to_string())).await;
    let experiment = window.find_like("treeitem", "gbdt").await;
    window.press(&experiment).await;
    window.click("button", "Open gbdt-recent-data").await;
    let tab = window.find_like("tab", "Artifacts").await;
    window.press(&tab).await;
    window.wait_for("The files were not found on this machine").await;
    window.wait_for("mlflow-artifacts:/").await;
    window.find("button", "Find the folder…").await;
    window.fill("Path of the folder", &project.display().to_string()).await;
    window.click("button", "Look there").await;
    window.wait_for("The files are not in").await;
    window.fill("Path of the folder", &copy.display().to_string()).await;
    window.click("button", "Look there").await;
    let table = window.find_like("treeitem", "feature_importance.csv").await;
    window.press(&table).await;
    window.wait_for("tenure").await;
    window.close().await;
    let window = Window::open(start()).await;
    window.find_like("treeitem", "feature_importance.csv").await;
    window.close().await;
}

async fn connect(window: &Window, url: &str) {
    window.fill("Tracking server address", url).await;
    window.click("button", "Connect").await;
    window.find("tree", "Experiments").await;
    // A name that is not Latin, through the server and the cache to the screen.
    window.find_like("treeitem", "画像分類").await;
}

async fn compare_runs(window: &Window) {
    let experiment = window.find_like("treeitem", "resnet-sweep").await;
    window.press(&experiment).await;
    let colors = ten_colors(window).await;
    sort_recolors_nothing(window, &colors).await;
    filter(window).await;
    window.click("checkbox", "Select r50-lion").await;
    window.click("checkbox", "Select r50-sgd").await;
    window.click("button", "Compare").await;
    window.find("heading", "Compare 2 runs").await;
    window.find_like("figure", "train_loss").await;
    window.until("curves", PAINTED, vec![]).await;
    let params = window.find("table", "Compared values").await;
    let compared = swatches(window, "[role=listitem]", 2).await;
    for run in ["r50-lion", "r50-sgd"] {
        window.find_within(&params, "button", run).await;
        assert_eq!(compared[run], colors[run], "{run} has one colour");
    }
    assert!(window.text().await.contains("lion"), "the optimizers differ and are shown");
    window.chord(&[Key::Alt], &[Key::Left]).await;
    window.find("grid", "Runs").await;
}

/// The colours beside the names of runs, in the places of this selector, once there are so many. A run that was in no
/// chart has none.
async fn swatches(window: &Window, places: &str, least: usize) -> Value {
    let script = "const found = Object.fromEntries([...document.querySelectorAll(arguments[0])].flatMap(place => { \
        const swatch = place.querySelector('[style*=light-dark]'); \
        return swatch ? [[place.querySelector('.clip').textContent.trim(), swatch.style.getPropertyValue('--run')]] : [] \
        })); \
        return Object.keys(found).length >= arguments[1] && found";
    window.until("colours of runs", script, vec![json!(places), json!(least)]).await
}

/// The first ten rows are in the charts, each in a colour of its own.
async fn ten_colors(window: &Window) -> Value {
    window.find_like("figure", "train_loss").await;
    window.until("curves", PAINTED, vec![]).await;
    let colors = swatches(window, "[role=gridcell].name", 10).await;
    let different: BTreeSet<&str> = colors.as_object().unwrap().values().filter_map(Value::as_str).collect();
    assert_eq!(different.len(), 10, "{colors}");
    assert_eq!(colors.as_object().unwrap().len(), 10, "the other runs have none yet: {colors}");
    colors
}

async fn sort_recolors_nothing(window: &Window, colors: &Value) {
    let head = window.find_like("columnheader", "accuracy").await;
    window.press(&head).await;
    // Among the best ten are some that were not among the newest ten: they take colours now.
    let more = "const first = document.querySelector('[role=row][aria-rowindex=\"2\"]'); \
        return first?.textContent.includes('r50-lion') && \
        document.querySelectorAll('[role=gridcell].name [style*=light-dark]').length > 10";
    window.until("the best run first, and newcomers in colours", more, vec![]).await;
    let sorted = swatches(window, "[role=gridcell].name", 10).await;
    for (run, color) in colors.as_object().unwrap() {
        assert_eq!(&sorted[run], color, "{run} keeps its colour");
    }
    // The other direction, and back to the newest first.
    window.press(&head).await;
    window.press(&head).await;
}

/// What cannot be read is marked in its place, and the rows stay.
async fn filter(window: &Window) {
    // Rows are asked for when the filter that was kept is back.
    window.find("checkbox", "Select r50-sgd").await;
    window.fill("Filter runs", "metrics.accuracy > and params.optimizer = 'lion'").await;
    // A part of it may be asked about while it is typed.
    let marked = "return document.querySelector('.filter u')?.textContent === 'and'";
    window.until("the mark at “and”", marked, vec![]).await;
    window.find("checkbox", "Select r50-sgd").await;
    window.fill("Filter runs", "metrics.accuracy > 0.9 and params.optimizer = 'lion'").await;
    window.gone("checkbox", "Select r50-sgd").await;
    window.find("checkbox", "Select r50-lion").await;
    window.click("button", "Clear the filter").await;
    window.find("checkbox", "Select r50-sgd").await;
}

async fn look_at_artifacts(window: &Window) {
    let experiment = window.find_like("treeitem", "gbdt").await;
    window.press(&experiment).await;
    window.click("button", "Open gbdt-recent-data").await;
    window.find("heading", "gbdt-recent-data").await;
    let tab = window.find_like("tab", "Artifacts").await;
    window.press(&tab).await;
    let table = window.find_like("treeitem", "feature_importance.csv").await;
    window.press(&table).await;
    window.wait_for("tenure").await;
    let folder = window.find_like("treeitem", "plots").await;
    window.press(&folder).await;
    let picture = window.find_like("treeitem", "roc.png").await;
    window.press(&picture).await;
    // Decoded pixels, not only an element.
    let script = "return [...document.images].some(i => i.complete && i.naturalWidth > 100)";
    window.until("a picture", script, vec![]).await;
}

async fn promote_by_drag(window: &Window, server: &MlflowServer) {
    let model = window.find_like("link", MODEL).await;
    window.press(&model).await;
    window.find_like("heading", MODEL).await;
    let champion = window.find("button", "champion on version 3").await;
    let version = window.find("row", "Version 4").await;
    window.drag(&champion, &version).await;
    window.find("dialog", "Move champion to version 4").await;
    card_is_read(window).await;
    assert_eq!(holder(server, "champion").as_deref(), Some("3"), "nothing is written before it is confirmed");
    window.fill("Reason", REASON).await;
    window.click("button", "Promote version 4").await;
    let toast = window.find_like("status", "champion is on v4 now").await;
    // It stays while the mouse is on it.
    window.hover(&toast).await;
    assert_eq!(holder(server, "champion").as_deref(), Some("4"));
    assert_eq!(tag(server, "4", "podium.previous_version").as_deref(), Some("3"));
    assert_eq!(tag(server, "4", "podium.reason").as_deref(), Some(REASON));
    window.find("button", "champion on version 4").await;
}

/// Until then nothing can be promoted from it.
async fn card_is_read(window: &Window) {
    window.wait_for("was last read").await;
}

async fn undo(window: &Window, server: &MlflowServer) {
    window.click("button", "Undo").await;
    window.wait_for("champion is back on v3").await;
    assert_eq!(holder(server, "champion").as_deref(), Some("3"));
    window.find("button", "champion on version 3").await;
}

/// The same without a mouse: to the chip, pick up, choose, drop, confirm, and one key back.
async fn promote_by_keyboard(window: &Window, server: &MlflowServer) {
    window.tab_to("button", "champion on version 3").await;
    window.type_text(" ").await;
    let places = window.find("listbox", "Move champion to").await;
    let wanted = window.find_within_like(&places, "option", "version 2").await;
    let chosen = "return arguments[0].getAttribute('aria-selected') === 'true'";
    for _ in 0..20 {
        if window.ask_of(&wanted, chosen).await == json!(true) {
            break;
        }
        window.keys(&[Key::Down]).await;
    }
    window.keys(&[Key::Enter]).await;
    window.find("dialog", "Move champion to version 2").await;
    card_is_read(window).await;
    window.tab_to("button", "Promote version 2").await;
    window.keys(&[Key::Enter]).await;
    window.wait_for("champion is on v2 now").await;
    assert_eq!(holder(server, "champion").as_deref(), Some("2"));
    window.gone("dialog", "Move champion to version 2").await;
    window.type_text("u").await;
    window.find("button", "champion on version 3").await;
    assert_eq!(holder(server, "champion").as_deref(), Some("3"));
}

/// From the version's menu this time; between the card and the click another person moves the alias.
async fn find_another_user_was_faster(window: &Window, server: &MlflowServer) {
    window.click("button", "Move an alias to version 4").await;
    let entry = window.find_like("menuitem", "Move champion here").await;
    window.press(&entry).await;
    card_is_read(window).await;
    let theirs = json!({ "name": MODEL, "alias": "champion", "version": "1" });
    server.api("POST", "registered-models/alias", theirs);
    // Nothing is pressed: within seconds the card says that it is no longer true, and the history what was seen.
    window.find("button", "Read again").await;
    window.wait_for("it is on version 1 now").await;
    window.click("button", "Cancel").await;
    window.find("button", "champion on version 1").await;
    window.wait_for("nobody recorded who").await;
}

/// The next start shows the same screen.
async fn come_back_to_where_it_was(data: &Path) {
    let window = Window::open(Start::new(env!("CARGO_BIN_EXE_podium"), data)).await;
    window.find_like("heading", MODEL).await;
    window.find("row", "Version 4").await;
    window.close().await;
}

/// The version an alias points at, asked of the server itself.
fn holder(server: &MlflowServer, alias: &str) -> Option<String> {
    let answer = server.api("GET", "registered-models/get", json!({ "name": MODEL }));
    let aliases = answer["registered_model"]["aliases"].as_array().cloned().unwrap_or_default();
    let found = aliases.iter().find(|entry| entry["alias"] == alias)?;
    found["version"].as_str().map(str::to_owned)
}

/// A tag of a version, asked of the server itself.
fn tag(server: &MlflowServer, version: &str, key: &str) -> Option<String> {
    let answer = server.api("GET", "model-versions/get", json!({ "name": MODEL, "version": version }));
    let tags = answer["model_version"]["tags"].as_array().cloned().unwrap_or_default();
    tags.iter().find(|tag| tag["key"] == key)?["value"].as_str().map(str::to_owned)
}
