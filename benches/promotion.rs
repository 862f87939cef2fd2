//! Moving an alias, and noticing that somebody else did. On the same server, with the same model.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use podium::app::{App, PromotionRequest};
use podium::change::Change;
use podium::promotion::Step;
use podium::sync::Scope;
use podium::tracking::rest::RestStore;
use podium::tracking::{Source, Writes};
use serde_json::json;

use crate::common::fault::FaultServer;
use crate::common::mlflow::{MlflowServer, passed_on, repository};
use crate::{middle, open_app, report};

const MODEL: &str = "bench-model";
const MOVES: usize = 21;
/// Each is waited for, four seconds at most.
const FOREIGN_MOVES: usize = 20;

pub async fn measure(server: &MlflowServer) {
    server.api("POST", "registered-models/create", json!({ "name": MODEL }));
    for version in ["1", "2"] {
        let source = format!("s3://bucket/{version}");
        server.api("POST", "model-versions/create", json!({ "name": MODEL, "source": source }));
    }
    put(server, "1");
    promote_roundtrip(server).await;
    alias_move_noticed(server).await;
}

/// From the button to the confirmed move, with its record on the version and in the journal. The peer is the least that any
/// client has to ask so that no change is lost: read the alias, set it, read it back. `promote_guard` is the share of ours that
/// does the same; the rest is the look at rules and approval before it and the record after it.
async fn promote_roundtrip(server: &MlflowServer) {
    let data_dir = tempfile::tempdir().unwrap();
    let app = open_app(data_dir.path()).await;
    let profile_id = app.open_target(&server.url).await.unwrap().profile().id.clone();
    let store: Source = RestStore::connect(&server.url).await.unwrap().into();
    let writer = store.writer(Writes::Allowed.consent(MODEL, None).unwrap());
    let (mut podium, mut guard, mut peer) = (Vec::new(), Vec::new(), Vec::new());
    let mut holder = "1";
    for _ in 0..MOVES {
        // In turns, so that a server that is busy meanwhile is busy for all.
        let other = if holder == "1" { "2" } else { "1" };
        let began = Instant::now();
        server.api("GET", "registered-models/get", json!({ "name": MODEL }));
        put(server, other);
        server.api("GET", "registered-models/get", json!({ "name": MODEL }));
        peer.push(began.elapsed());
        let step = Step { model: MODEL, alias: "champion", from: Some(other), to: Some(holder) };
        let began = Instant::now();
        podium::promotion::move_alias(&writer, step, |_| Duration::ZERO).await.unwrap();
        guard.push(began.elapsed());
        let began = Instant::now();
        let made = app.promote(&profile_id, promotion(holder, other)).await.unwrap();
        podium.push(began.elapsed());
        assert_eq!(made.warnings, [""; 0]);
        holder = other;
    }
    let peer = middle(peer);
    report("promote_roundtrip", middle(podium), peer);
    report("promote_guard", middle(guard), peer);
    app.connection(&profile_id).await.unwrap().end();
    app.cache.close().await;
}

fn promotion(from: &str, to: &str) -> PromotionRequest {
    PromotionRequest {
        model: MODEL.into(),
        alias: "champion".into(),
        expected_version: Some(from.into()),
        version: to.into(),
        reason: "bench".into(),
        overridden: Vec::new(),
        confirmation: None,
    }
}

/// While a model's page is looked at: from another client's move to the moment when the window is told, 95th of a hundred;
/// and what that costs the server, in requests a minute. In the place of a peer stand the goals: MLflow's page notices nothing.
async fn alias_move_noticed(server: &MlflowServer) {
    let port = server.port;
    let between = FaultServer::scripted(move |request| passed_on(port, request));
    let data_dir = tempfile::tempdir().unwrap();
    let (told, heard) = mpsc::channel();
    let on_change = Arc::new(move |change| {
        if matches!(&change, Change::Model { name, .. } if name == MODEL) {
            let _ = told.send(Instant::now());
        }
    });
    let app = App::open(data_dir.path(), &repository().join("src-tauri/sample"), None, on_change).await.unwrap();
    let connection = app.open_target(&between.url).await.unwrap();
    let profile_id = connection.profile().id.clone();
    let scopes = [Scope::Model(MODEL.to_owned()), Scope::Aliases(MODEL.to_owned())];
    app.watch(scopes.map(|scope| (profile_id.clone(), scope)).into());
    let seen = || async {
        let model = app.cache.registered_model(connection.source, MODEL).await.unwrap();
        let aliases = model.map(|model| model.aliases).unwrap_or_default();
        aliases.into_iter().map(|held| (held.alias, held.version)).collect::<BTreeMap<String, String>>()
    };
    crate::until("the model is cached", || async { !seen().await.is_empty() }).await;
    let (began, asked) = (Instant::now(), between.count());
    let mut taken = Vec::new();
    for at in 0..FOREIGN_MOVES {
        // At any time between two looks.
        tokio::time::sleep(Duration::from_millis(300 + 370 * (at as u64 % 9))).await;
        let version = if seen().await["champion"] == "1" { "2" } else { "1" };
        while heard.try_recv().is_ok() {}
        put(server, version);
        let moved = Instant::now();
        loop {
            let told = tokio::task::block_in_place(|| heard.recv_timeout(Duration::from_secs(60))).unwrap();
            if seen().await["champion"] == version {
                taken.push(told.saturating_duration_since(moved));
                break;
            }
        }
    }
    let minutes = began.elapsed().as_secs_f64() / 60.0;
    let requests = (between.count() - asked) as f64 / minutes;
    taken.sort();
    report("alias_move_noticed", taken[taken.len() * 95 / 100], Duration::from_secs(5));
    println!("bench alias_watch_requests_per_minute podium={requests:.1} peer=30.0 ratio={:.1}", 30.0 / requests);
}

fn put(server: &MlflowServer, version: &str) {
    let wanted = json!({ "name": MODEL, "alias": "champion", "version": version });
    server.api("POST", "registered-models/alias", wanted);
}
