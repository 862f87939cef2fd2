//! How long the window stands still while a page opens that has thousands of something: the longest gap between two
//! frames, in milliseconds, in the real window and from real data. Beside each stands what we aim at: a tenth of a
//! second, which a hand does not feel as waiting. It is a goal and no other program's figure; a ratio above 1 meets it.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::common::mlflow::MlflowServer;
use crate::common::webdriver::{Start, Window};
use crate::{middle, report, seed};

const GOAL: Duration = Duration::from_millis(100);
const TIMES: usize = 3;

/// Clicks an element in a frame and looks at the frames from then on: until a second after more than `count` elements
/// fit `selector`.
const MEASURE: &str = "
    const [element, [selector, count]] = arguments;
    const isReady = () => document.querySelectorAll(selector).length > count;
    const seen = (window.podiumFreeze = { longest: 0, done: false });
    let last = 0, readyAt = 0;
    const frame = () => {
        const now = performance.now();
        seen.longest = Math.max(seen.longest, now - last);
        last = now;
        if (readyAt === 0 && isReady()) readyAt = now;
        if (readyAt > 0 && now - readyAt > 1000) seen.done = true;
        else requestAnimationFrame(frame);
    };
    requestAnimationFrame(() => { last = performance.now(); element.click(); requestAnimationFrame(frame); });
    return true";
const MEASURED: &str = "return window.podiumFreeze.done && window.podiumFreeze.longest";

/// What is there once the page is, and more than how many of it.
type Ready = (&'static str, u32);

const CHARTS: Ready = (".charts figure canvas", 1);
const CURVES: Ready = ("[role=tabpanel] figure canvas", 1);
const VERSIONS: Ready = ("[data-version]", 10);
const CHILDREN: Ready = (".child", 10);
const FILES: Ready = ("[role=tree][aria-label=Artifacts] [role=treeitem]", 10);

pub async fn measure(server: &MlflowServer) {
    let database = server.folder.join("mlflow.db");
    for keys in ["500", "4000", "12000"] {
        let experiment = format!("keys-{keys}");
        let two_points = ["--experiment", &experiment, "--runs", "2", "--history", "2", "--history-keys", keys];
        seed(&database, &two_points);
    }
    seed(&database, &["--experiment", "children", "--runs", "3001", "--children"]);
    seed(&database, &["--experiment", "churn", "--runs", "50", "--model", "churn", "--versions", "3000"]);
    let artifacts = server.folder.join("artifacts");
    let root = artifacts.display().to_string();
    seed(&database, &["--experiment", "files", "--runs", "1", "--artifact-root", &root]);
    ten_thousand_files(server, "files");

    // A new window and a new cache each time: what is opened is opened for the first time.
    let mut longest: Vec<(String, Vec<Duration>)> = Vec::new();
    for _ in 0..TIMES {
        for (name, gap) in pages(&database).await {
            match longest.iter_mut().find(|(known, _)| *known == name) {
                Some((_, gaps)) => gaps.push(gap),
                None => longest.push((name, vec![gap])),
            }
        }
    }
    for (name, gaps) in longest {
        report(&format!("freeze_{name}"), middle(gaps), GOAL);
    }
}

/// Opens each of the pages once, and says how long the window stood still at the longest.
async fn pages(database: &Path) -> Vec<(String, Duration)> {
    let data = tempfile::tempdir().unwrap();
    let target = database.display().to_string();
    let window = Window::open(Start::new(env!("CARGO_BIN_EXE_podium"), data.path()).arg(target)).await;
    // A first screen, so that nothing is measured that belongs to the start.
    press(&window, "treeitem", "files").await;
    window.find_like("button", "Open run-").await;

    let mut all = Vec::new();
    for keys in ["500", "4000", "12000"] {
        // The charts of the last one would pass for those of the next, and a run's own page has none of them.
        press(&window, "treeitem", "files").await;
        press(&window, "button", "Open run-000000").await;
        window.until("no charts", "return !document.querySelector('.charts figure')", vec![]).await;
        let gap = opening(&window, "treeitem", &format!("keys-{keys}"), CHARTS).await;
        all.push((format!("charts_{keys}"), gap));
    }
    press(&window, "treeitem", "keys-4000").await;
    press(&window, "button", "Open run-000001").await;
    all.push(("metrics_tab_4000".to_owned(), opening(&window, "tab", "Metrics", CURVES).await));
    all.push(("model_3000".to_owned(), opening(&window, "link", "churn", VERSIONS).await));
    press(&window, "treeitem", "children").await;
    all.push(("children_3000".to_owned(), opening(&window, "button", "Open run-003000", CHILDREN).await));
    press(&window, "treeitem", "files").await;
    press(&window, "button", "Open run-000000").await;
    press(&window, "tab", "Artifacts").await;
    all.push(("folder_10000".to_owned(), opening(&window, "treeitem", "many", FILES).await));
    window.close().await;
    all
}

async fn press(window: &Window, role: &str, name: &str) {
    let found = window.find_like(role, name).await;
    window.press(&found).await;
}

/// The longest gap between two frames.
async fn opening(window: &Window, role: &str, wanted: &str, ready: Ready) -> Duration {
    let element = window.find_like(role, wanted).await;
    window.run_with(&element, MEASURE, json!(ready)).await;
    let longest_ms = window.until(wanted, MEASURED, vec![]).await.as_f64().unwrap();
    Duration::from_secs_f64(longest_ms / 1000.0)
}

/// The run of this experiment gets a folder `many`.
fn ten_thousand_files(server: &MlflowServer, experiment: &str) {
    let experiment_id = crate::experiment_id(server, experiment);
    let body = json!({ "experiment_ids": [experiment_id], "max_results": 1 });
    let found = server.api("POST", "runs/search", body);
    let root = found["runs"][0]["info"]["artifact_uri"].as_str().unwrap();
    let folder = Path::new(root).join("many");
    std::fs::create_dir_all(&folder).unwrap();
    for number in 0..10_000 {
        std::fs::write(folder.join(format!("part-{number:05}.txt")), "").unwrap();
    }
}
