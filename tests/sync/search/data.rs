//! Runs with values that are easily taken for others.

use serde_json::{Value, json};

use super::generate::Random;
use crate::common::mlflow::MlflowServer;

pub const TEXTS: [&str; 24] = [
    "adam",
    "Adam",
    "ADAM",
    "adamw",
    "",
    "it's",
    "it''s",
    r"it\'s",
    "say \"hi\"",
    r"C:\new\tab",
    r"ends with \",
    "100%",
    "100",
    "1e2",
    "a_b",
    "a%b",
    "axb",
    "日本",
    "ä",
    "Ä",
    "[x]",
    "a*b",
    "inf",
    "`tick`",
];
/// None of them is a number, so that their order is the server's.
pub const WORDS: [&str; 14] =
    ["adam", "Adam", "sgd", "", "it's", "say \"hi\"", "ä", "Ä", "Z", "z", "a_b", "100%", "~", "日本"];
pub const NUMBERS: [&str; 9] = ["0.01", "0.010", "1e-3", "10", "9", "-1", "auto", "None", "2"];
pub const METRICS: [&str; 6] = ["acc", "val loss", "val/loss", "a.b", "same", "日本"];
/// Any text, words only, and numbers.
pub const KEYS: [&str; 6] = ["text", "words", "numbers", "same", "my key", "a.b-c/d"];
pub const MISSING: &str = "missing key";
pub const NAMES: [&str; 8] = ["resnet", "ResNet", "resnet 50%", "it's", "Ä", "ä", "b", "say \"hi\""];
pub const USERS: [&str; 4] = ["ana", "Ana", "bo", "ANA@example.org"];
pub const STATUSES: [&str; 5] = ["FINISHED", "FAILED", "KILLED", "RUNNING", "SCHEDULED"];
pub const TIMES_MS: [i64; 6] = [1, 1_000, 1_000, 2_000, 1_790_000_000_000, 1_790_000_000_001];
pub const DATASETS: [&str; 8] = ["train", "Train", "it's", r"C:\new\tab", "100%", "a_b", "日本", "tr"];
pub const CONTEXTS: [&str; 4] = ["training", "Training", "eval", "e%"];
const RUNS: usize = 48;

/// Two experiments full of runs, a fifth of them deleted: the ids of both.
pub fn write(server: &MlflowServer) -> (Vec<String>, Vec<String>) {
    let ids: Vec<String> = ["one", "two"]
        .map(|name| {
            let created = server.api("POST", "experiments/create", json!({"name": name}));
            created["experiment_id"].as_str().unwrap().to_owned()
        })
        .to_vec();
    // The runs are always the same, whichever searches are asked.
    let mut random = Random::new(7);
    let run_ids = (0..RUNS).map(|number| write_run(server, &ids[usize::from(number % 5 == 0)], &mut random)).collect();
    (ids, run_ids)
}

fn write_run(server: &MlflowServer, experiment_id: &str, random: &mut Random) -> String {
    let created = server.api(
        "POST",
        "runs/create",
        json!({"experiment_id": experiment_id, "run_name": random.one(&NAMES), "user_id": random.one(&USERS),
               "start_time": random.one(&TIMES_MS)}),
    );
    let run_id = created["run"]["info"]["run_id"].as_str().unwrap().to_owned();
    let metrics: Vec<Value> = METRICS
        .iter()
        .filter_map(|key| {
            let value = metric(random)?;
            Some(json!({"key": key, "value": value, "timestamp": 1, "step": 0}))
        })
        .collect();
    let (params, tags) = (texts(random), texts(random));
    server.api("POST", "runs/log-batch", json!({"run_id": run_id, "metrics": metrics, "params": params, "tags": tags}));
    let datasets: Vec<Value> = (0..random.below(3)).map(|_| dataset(random)).collect();
    if !datasets.is_empty() {
        server.api("POST", "runs/log-inputs", json!({"run_id": run_id, "datasets": datasets}));
    }
    let mut update = json!({"run_id": run_id, "status": random.one(&STATUSES)});
    if random.below(3) > 0 {
        update["end_time"] = json!(*random.one(&TIMES_MS) - 500);
    }
    server.api("POST", "runs/update", update);
    if random.below(8) == 0 {
        server.api("POST", "runs/delete-tag", json!({"run_id": run_id, "key": "mlflow.runName"}));
    }
    if random.below(5) == 0 {
        server.api("POST", "runs/delete", json!({"run_id": run_id}));
    }
    run_id
}

fn texts(random: &mut Random) -> Vec<Value> {
    let logged = KEYS.iter().filter_map(|key| {
        let values = match *key {
            "words" => &WORDS[..],
            "numbers" => &NUMBERS[..],
            _ => &TEXTS[..],
        };
        (random.below(4) > 0).then(|| json!({"key": key, "value": random.one(values)}))
    });
    logged.collect()
}

/// `None` is missing.
fn metric(random: &mut Random) -> Option<Value> {
    let values = [
        json!("NaN"),
        json!("NaN"),
        json!("Infinity"),
        json!("-Infinity"),
        json!(0),
        json!(-0.0),
        json!(1),
        json!(1),
        json!(-1.5),
        json!(0.1),
        json!(5e-324),
        json!(1e300),
    ];
    (random.below(4) > 0).then(|| random.one(&values).clone())
}

fn dataset(random: &mut Random) -> Value {
    let mut input = json!({"tags": [], "dataset": {
        "name": random.one(&DATASETS), "digest": random.one(&["d1", "D1", "d2"]), "source_type": "local", "source": "{}"}});
    if random.below(4) > 0 {
        input["tags"] = json!([{"key": "mlflow.data.context", "value": random.one(&CONTEXTS)}]);
    }
    input
}
