//! A first sync of a large experiment: how long until all of its runs are in the cache. The peer
//! asks the same server for the same runs in pages of 5,000 and does nothing with the answers but
//! read their JSON, so a ratio of 1 means that the server is the only one who is waited for.

use std::time::Instant;

use podium::sync::Scope;
use serde_json::json;

use super::common::mlflow::MlflowServer;
use super::{experiment_id, middle, open_app, report, seed, until};

const RUNS: u32 = 20_000;
const PEER_PAGE_RUNS: u32 = 5_000;
/// Each of both, in turns, so that a server that is busy meanwhile is busy for both.
const TIMES: usize = 3;

pub async fn measure(server: &MlflowServer) {
    let database = server.folder.join("mlflow.db");
    seed(&database, &["--experiment", "large", "--runs", &RUNS.to_string(), "--params", "20", "--metrics", "20"]);
    let experiment_id = experiment_id(server, "large");
    let (mut podium, mut peer) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let began = Instant::now();
        assert_eq!(plain_loop(server, &experiment_id), RUNS as usize);
        peer.push(began.elapsed());
        let began = Instant::now();
        first_sync(server, &experiment_id).await;
        podium.push(began.elapsed());
    }
    report("sync_full_20k", middle(podium), middle(peer));
}

/// From a new profile and an empty cache to all runs in it.
async fn first_sync(server: &MlflowServer, experiment_id: &str) {
    let data_dir = tempfile::tempdir().unwrap();
    let app = open_app(data_dir.path()).await;
    let connection = app.open_target(&server.url).await.unwrap();
    let scope = Scope::Experiment(experiment_id.to_owned());
    app.watch(vec![(connection.profile().id.clone(), scope.clone())]);
    until("the runs are cached", || async { connection.freshness(&scope).await.unwrap().complete }).await;
    let cached = app.cache.run_count_and_newest_start(connection.source, experiment_id).await.unwrap().0;
    assert_eq!(cached, RUNS);
    connection.end();
    app.cache.close().await;
}

fn plain_loop(server: &MlflowServer, experiment_id: &str) -> usize {
    let (mut read, mut token) = (0, None::<String>);
    loop {
        let mut body = json!({
            "experiment_ids": [experiment_id], "run_view_type": "ALL", "max_results": PEER_PAGE_RUNS,
            "order_by": ["attributes.start_time DESC"],
        });
        if let Some(token) = &token {
            body["page_token"] = json!(token);
        }
        let page = server.api("POST", "runs/search", body);
        read += page["runs"].as_array().unwrap().len();
        token = page["next_page_token"].as_str().filter(|token| !token.is_empty()).map(str::to_owned);
        if token.is_none() {
            return read;
        }
    }
}
