//! The data that the contract tests expect, in a running server of either version.
//!
//! `tests/tools/seed_fixture.py` writes it and says there what it holds. One server of each version
//! is shared by all tests of a binary; a test that writes makes something of its own to write to.

use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use super::mlflow::{MlflowServer, Options, Version, repository};

/// The start of the first run of `contract/main`, and of all that the fixture counts in minutes.
pub const START_MS: i64 = 1_790_000_000_000;
pub const MINUTE_MS: i64 = 60_000;

/// A seeded server and the ids behind the seeder's names.
pub struct Fixture {
    pub server: MlflowServer,
    ids: Value,
}

/// The shared server of this version; the first who asks waits for its start.
pub fn fixture(version: Version) -> &'static Fixture {
    static NEWEST: OnceLock<Fixture> = OnceLock::new();
    static TWO: OnceLock<Fixture> = OnceLock::new();
    let cell = match version {
        Version::Newest => &NEWEST,
        Version::Two => &TWO,
    };
    cell.get_or_init(|| Fixture::seed(MlflowServer::start(version, Options::default())))
}

impl Fixture {
    pub fn seed(server: MlflowServer) -> Self {
        let output = Command::new(server.version.python())
            .arg(repository().join("tests/tools/seed_fixture.py"))
            .arg(&server.url)
            .arg(server.folder.join("mlflow.db"))
            .output()
            .expect("the seeder starts");
        assert!(output.status.success(), "seeding failed: {}", String::from_utf8_lossy(&output.stderr));
        let ids = serde_json::from_slice(&output.stdout).expect("the seeder prints JSON");
        Self { server, ids }
    }

    /// `main`, `unicode`, `deleted`, `many` or `curve`.
    pub fn experiment_id(&self, name: &str) -> &str {
        self.ids["experiments"][name].as_str().unwrap_or_else(|| panic!("no experiment {name} in the fixture"))
    }

    pub fn run_id(&self, name: &str) -> &str {
        self.ids["runs"][name].as_str().unwrap_or_else(|| panic!("no run {name} in the fixture"))
    }

    /// All runs of `contract/main` by name.
    pub fn run_names(&self) -> Vec<&str> {
        let runs = self.ids["runs"].as_object().expect("runs");
        runs.keys().map(String::as_str).filter(|name| *name != "curve").collect()
    }

    /// The logged model of the run `plain`; a 2.x server has none.
    pub fn logged_model_id(&self) -> Option<&str> {
        self.ids["logged_model"].as_str()
    }

    /// A run of the caller's own, made by the server.
    pub fn new_run(&self, name: &str) -> String {
        let body = json!({ "experiment_id": self.experiment_id("unicode"), "run_name": name, "start_time": START_MS });
        let answer = self.server.api("POST", "runs/create", body);
        answer["run"]["info"]["run_id"].as_str().expect("a run id").to_owned()
    }

    /// A registered model of the caller's own with this many versions, made by the server.
    pub fn new_model(&self, versions: u32) -> String {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("scratch {}", MADE.fetch_add(1, Ordering::Relaxed));
        self.server.api("POST", "registered-models/create", json!({ "name": name }));
        let run_id = self.run_id("plain");
        let run = self.server.api("GET", "runs/get", json!({ "run_id": run_id }));
        let source = format!("{}/model", run["run"]["info"]["artifact_uri"].as_str().expect("an artifact URI"));
        for _ in 0..versions {
            let body = json!({ "name": name, "source": source, "run_id": run_id });
            self.server.api("POST", "model-versions/create", body);
        }
        name
    }

    /// The version an alias points at, by the server's own word.
    pub fn alias(&self, model: &str, alias: &str) -> Option<String> {
        let answer = self.server.api("GET", "registered-models/get", json!({ "name": model }));
        let aliases = answer["registered_model"]["aliases"].as_array().cloned().unwrap_or_default();
        let found = aliases.iter().find(|entry| entry["alias"] == alias)?;
        found["version"].as_str().map(str::to_owned)
    }
}
