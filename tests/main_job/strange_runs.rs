//! Runs as scripts leave them: without steps, without an end, without a name, resumed; and their experiment deleted.

use std::process::Command;

use serde_json::{Value, json};

use crate::common::mlflow::{MlflowServer, Options, Version};
use crate::common::webdriver::{Key, PAINTED, Start, Window};

const START_MS: i64 = 1_790_000_000_000;

#[tokio::test]
async fn runs_that_scripts_leave_behind_are_shown_for_what_they_are() {
    let server = MlflowServer::start(Version::Newest, Options::default());
    let unnamed = seed(&server);
    let data = tempfile::tempdir().unwrap();
    let window = Window::open(Start::new(env!("CARGO_BIN_EXE_podium"), data.path()).arg(&server.url)).await;
    let experiment = window.find_like("treeitem", "strange").await;
    window.press(&experiment).await;

    // All of them: what has steps is drawn over steps, and what has none is said to have none.
    window.find("checkbox", "Select no-steps").await;
    window.find("figure", "Chart of loss").await;
    window.until("curves", PAINTED, vec![]).await;
    window.wait_for("1 run at one step").await;
    window.find("figure", "Chart of accuracy").await;
    window.wait_for("one value per run · best first").await;
    // Alone, it is drawn over time.
    window.click("checkbox", "Select no-steps").await;
    window.wait_for("over time: only one step").await;
    window.click("checkbox", "Select no-steps").await;

    // A run without a name is called by its id, and can be compared by it.
    let short = &unnamed[..8];
    window.click("checkbox", &format!("Select {short}")).await;
    window.click("checkbox", "Select resumed").await;
    window.click("button", "Compare").await;
    window.find("heading", "Compare 2 runs").await;
    let chips = window.find("list", "Compared runs").await;
    window.find_within(&chips, "button", short).await;
    let values = window.find("table", "Compared values").await;
    let chip = window.find_within(&values, "button", short).await;
    window.press(&chip).await;
    window.find("heading", short).await;

    // It logged five metrics, each once.
    let tab = window.find("tab", "Metrics 5").await;
    window.press(&tab).await;
    let once = window.find("table", "Metrics that were logged once").await;
    window.find_within(&once, "rowheader", "m4").await;

    window.press(&experiment).await;
    window.click("button", "Open killed").await;
    window.find("heading", "killed").await;
    window.wait_for("duration not known").await;

    // The experiment is deleted while it is open.
    window.press(&experiment).await;
    window.find("checkbox", "Select killed").await;
    let strange = server.api("GET", "experiments/get-by-name", json!({ "experiment_name": "strange" }));
    server.api("POST", "experiments/delete", json!({ "experiment_id": strange["experiment"]["experiment_id"] }));
    window.keys(&[Key::F5]).await;
    window.wait_for("“strange” was deleted on the server").await;
    assert!(!window.text().await.contains("No runs yet"));
    window.close().await;
}

/// Gives back the id of the run without a name.
fn seed(server: &MlflowServer) -> String {
    let created = server.api("POST", "experiments/create", json!({ "name": "strange" }));
    let experiment_id = created["experiment_id"].as_str().unwrap().to_owned();
    let mut started = START_MS;
    let mut run = |name: &str, points: Vec<(&str, f64, i64)>| {
        started += 60_000;
        let asked = json!({ "experiment_id": experiment_id, "run_name": name, "start_time": started });
        let created = server.api("POST", "runs/create", asked);
        let run_id = created["run"]["info"]["run_id"].as_str().unwrap().to_owned();
        let metrics: Vec<Value> = (0..)
            .zip(points)
            .map(|(i, (key, value, step))| {
                json!({ "key": key, "value": value, "step": step, "timestamp": started + 100 * i })
            })
            .collect();
        server.api("POST", "runs/log-batch", json!({ "run_id": run_id, "metrics": metrics }));
        run_id
    };
    let loss = |steps: std::ops::Range<i64>| steps.map(|step| ("loss", 2.0 / (step + 9) as f64, step));
    let ended = [
        run("no-steps", vec![("loss", 0.3, 0), ("loss", 0.2, 0), ("loss", 0.1, 0), ("accuracy", 0.9, 0)]),
        run("below-zero", loss(-5..1).collect()),
        run("resumed", loss(0..60).chain(loss(30..90).map(|(key, value, step)| (key, value + 0.05, step))).collect()),
        run("taken away", (0..5).map(|i| (["m0", "m1", "m2", "m3", "m4"][i], i as f64, 0)).collect()),
    ];
    for run_id in &ended {
        server.api(
            "POST",
            "runs/update",
            json!({ "run_id": run_id, "status": "FINISHED", "end_time": START_MS + 3_600_000 }),
        );
    }
    let killed = run("killed", vec![]);
    server.api("POST", "runs/update", json!({ "run_id": killed, "status": "KILLED" }));
    // What 1.x left: today's servers give every run a name.
    let [.., unnamed] = &ended;
    let program = "import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute(\"UPDATE runs SET name = '' WHERE run_uuid = ?\", sys.argv[2:])
database.execute(\"DELETE FROM tags WHERE key = 'mlflow.runName' AND run_uuid = ?\", sys.argv[2:])
database.commit()";
    let python = server.version.python();
    let status = Command::new(python).args(["-c", program]).arg(server.folder.join("mlflow.db")).arg(unnamed).status();
    assert!(status.expect("Python starts").success());
    unnamed.clone()
}
