//! Promotions on a server whose registry is in PostgreSQL, where writes do not wait for each other as in SQLite.

use std::collections::BTreeMap;
use std::sync::Arc;

use podium::app::{App, MovePlanRequest, PromotionRequest, WantedMove};
use podium::connect::{Profile, ProfileKind};
use podium::promotion::{Outcome, PlanState};
use serde_json::json;

use super::common::mlflow::{MlflowServer, Options, Version};
use super::common::postgres::Postgres;

const VERSIONS: usize = 40;

struct Desk {
    server: MlflowServer,
    _database: Postgres,
}

impl Desk {
    fn new() -> Self {
        let database = Postgres::start();
        let options = Options { backend_store: Some(database.uri()), ..Options::default() };
        let server = MlflowServer::start(Version::Newest, options);
        server.api("POST", "registered-models/create", json!({ "name": "churn" }));
        for version in 1..=VERSIONS {
            let source = format!("s3://bucket/{version}");
            server.api("POST", "model-versions/create", json!({ "name": "churn", "source": source }));
        }
        for (alias, version) in [("champion", "1"), ("challenger", "2")] {
            let wanted = json!({ "name": "churn", "alias": alias, "version": version });
            server.api("POST", "registered-models/alias", wanted);
        }
        Self { server, _database: database }
    }

    fn aliases(&self) -> BTreeMap<String, String> {
        let model = self.server.api("GET", "registered-models/get", json!({ "name": "churn" }));
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let held = model["registered_model"]["aliases"].as_array().unwrap().iter();
        held.map(|held| (text(&held["alias"]), text(&held["version"]))).collect()
    }

    async fn person(&self) -> (tempfile::TempDir, Arc<App>, Profile) {
        let (folder, app) = super::app().await;
        let profile = app.save_profile(Profile::new("work", ProfileKind::Server, &self.server.url)).await.unwrap();
        super::connected(&app, &profile).await;
        (folder, Arc::new(app), profile)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn aliases_in_postgresql_are_swapped_taken_back_and_moved_by_two_at_once() {
    let desk = Desk::new();
    let (_folder, app, profile) = desk.person().await;
    let moved = |alias: &str, from: &str, to: &str| WantedMove {
        alias: alias.into(),
        expected_version: Some(from.into()),
        version: to.into(),
        overridden: Vec::new(),
    };
    let swap = MovePlanRequest {
        model: "churn".into(),
        moves: vec![moved("champion", "1", "2"), moved("challenger", "2", "1")],
        reason: "better".into(),
        confirmation: None,
    };
    let pair = |champion: &str, challenger: &str| {
        BTreeMap::from([("champion".to_owned(), champion.to_owned()), ("challenger".to_owned(), challenger.to_owned())])
    };
    assert_eq!(app.start_move_plan(&profile.id, swap).await.unwrap().state, PlanState::Finished);
    assert_eq!(desk.aliases(), pair("2", "1"));
    let entry = app.settings.promotions(&profile.id, "churn").await.unwrap().remove(0);
    assert!(entry.warnings.is_empty(), "{entry:?}");
    app.undo_promotion(&profile.id, &entry.id, None).await.unwrap();
    assert_eq!(desk.aliases(), pair("1", "2"));

    // Two people move champion at once, each to versions of their own, always from where they see it.
    let mut tasks = tokio::task::JoinSet::new();
    for first in [3, 4] {
        let (folder, app, profile) = desk.person().await;
        tasks.spawn(async move {
            for version in (first..=VERSIONS).step_by(2) {
                let seen = app.holder(&profile.id, "churn", "champion").await.unwrap();
                let wanted = PromotionRequest {
                    model: "churn".into(),
                    alias: "champion".into(),
                    expected_version: seen,
                    version: version.to_string(),
                    reason: "race".into(),
                    overridden: Vec::new(),
                    confirmation: None,
                };
                let _ = app.promote(&profile.id, wanted).await;
            }
            let journal = app.settings.promotions(&profile.id, "churn").await.unwrap();
            drop(folder);
            journal
        });
    }
    let journals: Vec<_> = tasks.join_all().await.concat();
    let champion = &desk.aliases()["champion"];
    assert!(journals.iter().all(|entry| entry.outcome == Outcome::Moved), "nothing failed here: {journals:?}");
    let last = journals.iter().max_by_key(|entry| entry.at_ms).unwrap();
    let told: Vec<_> = journals.iter().filter(|entry| entry.to_version.as_ref() == Some(champion)).collect();
    assert_eq!(told.len(), 1, "the last of them, {last:?}, or the one that overtook it: champion is on {champion}");
    assert_eq!(desk.aliases()["challenger"], "2", "nobody moved it");
}
