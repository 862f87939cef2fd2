//! Two profiles of one server: the same runs twice in one table, and none is taken for the other.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use podium::app::App;
use serde_json::{Value, json};

use crate::common::mlflow::{MlflowServer, Options, Version, repository};
use crate::common::webdriver::{PAINTED, Start, Window};

#[tokio::test]
async fn the_same_run_of_two_profiles_is_two_runs_in_the_selection_the_chart_and_the_comparison() {
    let server = MlflowServer::start(Version::Newest, Options::default());
    let experiment_id = seed(&server);
    let data = tempfile::tempdir().unwrap();
    let start = || Start::new(env!("CARGO_BIN_EXE_podium"), data.path());
    let window = Window::open(start().arg(&server.url)).await;
    window.find_like("treeitem", "twice").await;
    window.close().await;
    let names = put_a_copy_beside(data.path(), &experiment_id).await;

    let window = Window::open(start()).await;
    let both = "return document.querySelectorAll('[role=gridcell].name').length === 4";
    window.until("both runs of both profiles", both, vec![]).await;
    for place in [0, 1] {
        let first = window.find_nth("checkbox", "Select first", place).await;
        window.press(&first).await;
    }
    window.find("figure", "Chart of loss").await;
    window.wait_for("2 of 2").await;
    window.until("curves", PAINTED, vec![]).await;
    let chosen = colors(&window, "[role=row][aria-selected=true] .name").await;
    assert_ne!(chosen[0], chosen[1], "each has a colour of its own: {chosen:?}");

    window.click("button", "Compare").await;
    window.find("heading", "Compare 2 runs").await;
    window.find("figure", "Chart of loss").await;
    window.until("curves", PAINTED, vec![]).await;
    let runs = "[aria-label='Compared runs'] > [role=listitem]";
    assert_eq!(colors(&window, runs).await, chosen);
    let heads = window.find("table", "Compared values").await;
    let names_in = "return arguments[0].querySelectorAll('thead button[title^=Open]').length";
    assert_eq!(window.ask_of(&heads, names_in).await, 2);
    window.click("button", "Make first the baseline").await;
    let turned = [chosen[1].clone(), chosen[0].clone()];
    let order = "const seen = [...document.querySelectorAll(arguments[0])].map(place => \
        place.querySelector('[style*=light-dark]').style.getPropertyValue('--run')); \
        return JSON.stringify(seen) === JSON.stringify(arguments[1])";
    window.until("the other order", order, vec![json!(runs), json!(turned)]).await;
    // Each of the two opens as the run of its own profile.
    let mut opened = BTreeSet::new();
    for place in [0, 1] {
        let run = window.find_nth("button", "first", place).await;
        window.press(&run).await;
        window.find("heading", "first").await;
        let bars = "const name = document.querySelector('[data-testid=profile-switcher] .words').textContent.trim(); \
            return name !== 'Choose a profile' && name";
        let name = window.until("the name of a profile", bars, vec![]).await;
        opened.insert(name.as_str().unwrap().to_owned());
        window.click("button", "Back").await;
        window.find("heading", "Compare 2 runs").await;
    }
    assert_eq!(opened, names);
    window.close().await;
}

/// The colours of two runs in the order in which they stand.
async fn colors(window: &Window, places: &str) -> Vec<String> {
    let script = "const seen = [...document.querySelectorAll(arguments[0])].flatMap(place => \
        place.querySelector('[style*=light-dark]')?.style.getPropertyValue('--run') ?? []); \
        return seen.length === 2 && seen";
    let seen = window.until("two coloured runs", script, vec![json!(places)]).await;
    serde_json::from_value(seen).unwrap()
}

/// An experiment with two runs that have a curve; answers with its id.
fn seed(server: &MlflowServer) -> String {
    let created = server.api("POST", "experiments/create", json!({ "name": "twice" }));
    let experiment_id = created["experiment_id"].as_str().unwrap().to_owned();
    for name in ["first", "second"] {
        let asked = json!({ "experiment_id": experiment_id, "run_name": name, "start_time": 1_790_000_000_000_i64 });
        let run = server.api("POST", "runs/create", asked);
        let points = (0..50)
            .map(|step| json!({ "key": "loss", "value": 2.0 / f64::from(step + 9), "step": step, "timestamp": step }));
        let metrics: Vec<Value> = points.collect();
        server.api("POST", "runs/log-batch", json!({ "run_id": run["run"]["info"]["run_id"], "metrics": metrics }));
    }
    experiment_id
}

/// Copies the profile, and keeps as the last place a table with the runs of both. Answers with the names of both.
async fn put_a_copy_beside(data: &Path, experiment_id: &str) -> BTreeSet<String> {
    let app = App::open(data, &repository().join("src-tauri/sample"), None, Arc::new(|_| {})).await.unwrap();
    let original = app.settings.profiles().await.unwrap().remove(0);
    let copy = app.duplicate_profile(&original.id).await.unwrap();
    let place = json!({
        "screen": "experiment",
        "profileId": original.id,
        "experimentIds": [experiment_id],
        "beside": [{ "profileId": copy.id, "experimentIds": [experiment_id] }],
    });
    app.settings.set_value("place", &place.to_string()).await.unwrap();
    BTreeSet::from([original.name, copy.name])
}
