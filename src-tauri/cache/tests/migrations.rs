//! Files of every version open in a later build, with all they have.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Row};

use super::*;
use crate::cache::{History, Opened, SyncState};
use crate::entities::{DatasetInput, ModelVersion, RegisteredModel};
use crate::migrate::Steps;

const ADDRESS: &str = "http://localhost:5000";

/// What is in the files: made once by the code of their version, and kept.
fn fixture(name: &str, version: usize) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src-tauri/cache/tests/fixtures/{name}-{version}.db.gz"))
}

fn unpack(name: &str, version: usize, to: &Path) {
    let packed = std::fs::File::open(fixture(name, version)).expect("a fixture of every version");
    let mut bytes = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut bytes).unwrap();
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    std::fs::write(to, bytes).unwrap();
}

fn runs() -> Vec<Run> {
    let mut first = run("a").metric("loss", f64::NAN).metric("acc", 0.5).param("lr", "1e-3").tag("team", "red");
    first.dataset_inputs.push(DatasetInput {
        name: "cifar".to_owned(),
        digest: "d1".to_owned(),
        source_type: "local".to_owned(),
        source: "{}".to_owned(),
        schema: None,
        profile: Some("{\"rows\":1}".to_owned()),
        context: Some("train".to_owned()),
    });
    vec![first, run("b").metric("loss", f64::INFINITY).param("lr", "0.1").with_status(RunStatus::Failed).started(9)]
}

fn history() -> History {
    History { steps: vec![0, 10, 20], timestamps_ms: vec![1, 3, 5], values: vec![0.1, f64::NAN, f64::NEG_INFINITY] }
}

fn model() -> RegisteredModel {
    serde_json::from_str(
        r#"{"name":"m","description":"","creationTimeMs":1,"lastUpdatedTimeMs":2,"tags":[],"aliases":[]}"#,
    )
    .unwrap()
}

fn synced() -> SyncState {
    SyncState { synced_at_ms: Some(7), swept_at_ms: Some(6), newest_start_ms: Some(1_000), complete: true }
}

async fn fill(cache: &Cache) {
    let source = cache.source("profile", ADDRESS).await.unwrap();
    cache.replace_experiments(source, &[experiment("1", "first")]).await.unwrap();
    cache.apply_runs(source, &runs(), 7).await.unwrap();
    cache.replace_registered_models(source, &[model()]).await.unwrap();
    cache.set_sync_state(source, "experiment/1", synced()).await.unwrap();
    let of = cache.latest_point(source, "a", "loss").await.unwrap();
    cache.set_history(source, "a", "loss", &history(), of, 8).await.unwrap();
}

/// To be run once, when a version is about to ship: `cargo test --lib write_the_fixtures -- --ignored`. Those of
/// versions that have shipped stay as they are.
#[tokio::test]
#[ignore = "writes into the repository"]
async fn write_the_fixtures_of_the_newest_version() {
    let (folder, cache, _) = cache().await;
    fill(&cache).await;
    cache.close().await;
    for (name, file, steps) in
        [("cache", "cache.db", MIGRATIONS.cache), ("histories", "histories/profile.db", MIGRATIONS.histories)]
    {
        let packed = fixture(name, steps.len());
        std::fs::create_dir_all(packed.parent().unwrap()).unwrap();
        let mut packed = GzEncoder::new(std::fs::File::create(packed).unwrap(), Compression::best());
        packed.write_all(&std::fs::read(folder.path().join(file)).unwrap()).unwrap();
        packed.finish().unwrap();
    }
}

/// A cache with files of these versions, in a build with these migrations.
async fn opened(cache: usize, histories: usize, migrations: Migrations) -> (tempfile::TempDir, Cache) {
    let folder = tempfile::tempdir().unwrap();
    unpack("cache", cache, &folder.path().join("cache.db"));
    unpack("histories", histories, &folder.path().join("histories/profile.db"));
    let (cache, word) = Cache::open_with(&folder.path().join("cache.db"), migrations).await;
    assert_eq!((cache.opened(), word), (Opened::Kept, None));
    (folder, cache)
}

/// Nothing differs from what the server would say again, and all that is asked for is there.
async fn assert_nothing_is_fetched_again(cache: &Cache) {
    let source = cache.source("profile", ADDRESS).await.unwrap();
    assert_eq!(cache.sync_state(source, "experiment/1").await.unwrap(), synced());
    let (ids, keys) = (vec!["a".to_owned()], vec!["loss".to_owned()]);
    let states = cache.history_states(source, &ids, &keys).await.unwrap();
    assert!(states[0].up_to_date, "{states:?}");
    let found = cache.histories(source, &ids, "loss").await.unwrap().remove(0).unwrap();
    let bits = |history: &History| history.values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert_eq!((&found.steps, &found.timestamps_ms), (&history().steps, &history().timestamps_ms));
    assert_eq!(bits(&found), bits(&history()));
    assert_eq!(ids_of_filter(cache, source, "dataset.name = 'cifar' and metrics.acc = 0.5").await, ["a"]);

    let applied = cache.apply_runs(source, &runs(), 9).await.unwrap();
    assert_eq!((applied.added, applied.changed, applied.unchanged), (0, 0, 2));
    assert!(!cache.replace_experiments(source, &[experiment("1", "first")]).await.unwrap());
    assert!(cache.replace_registered_models(source, &[model()]).await.unwrap().is_empty());
    assert_eq!(cache.model_versions(source, "m").await.unwrap(), Vec::<ModelVersion>::new());
    assert_counts_are_true(cache).await;
}

#[tokio::test]
async fn files_of_every_version_open_in_a_later_build_with_nothing_fetched_again() {
    let later = Migrations {
        cache: later("ALTER TABLE run ADD COLUMN note TEXT NOT NULL DEFAULT ''").cache,
        histories: later("ALTER TABLE history ADD COLUMN note TEXT NOT NULL DEFAULT ''").histories,
    };
    for version in 1..=MIGRATIONS.cache.len() {
        let (_folder, cache) = opened(version, 1, later).await;
        assert_nothing_is_fetched_again(&cache).await;
        let note: String = sqlx::query_scalar("SELECT max(note) FROM run").fetch_one(&cache.reader()).await.unwrap();
        assert_eq!(note, "", "the step was taken");
    }
    for version in 1..=MIGRATIONS.histories.len() {
        let (folder, cache) = opened(1, version, later).await;
        assert_nothing_is_fetched_again(&cache).await;
        cache.close().await;
        let file = SqliteConnectOptions::new().filename(folder.path().join("histories/profile.db"));
        let mut file = file.connect().await.unwrap();
        let found: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut file).await.unwrap();
        assert_eq!(found, i64::try_from(later.histories.len()).unwrap(), "the step was taken");
    }
}

#[tokio::test]
async fn a_changed_comment_changes_nothing() {
    let rewritten = |steps: Steps| -> Steps {
        steps.iter().map(|step| &*format!("-- Said in other words.\n{}", bare(step)).leak()).collect::<Vec<_>>().leak()
    };
    let rewritten = Migrations { cache: rewritten(MIGRATIONS.cache), histories: rewritten(MIGRATIONS.histories) };
    assert_ne!(rewritten.cache, MIGRATIONS.cache);
    let (_folder, cache) = opened(MIGRATIONS.cache.len(), MIGRATIONS.histories.len(), rewritten).await;
    assert_nothing_is_fetched_again(&cache).await;
}

/// SQL without its comments and line breaks.
fn bare(sql: &str) -> String {
    let lines = sql.lines().map(|line| line.split("--").next().unwrap_or_default());
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn the_steps_still_make_what_they_made_when_they_shipped() {
    for (name, steps) in [("cache", MIGRATIONS.cache), ("histories", MIGRATIONS.histories)] {
        for version in 1..=steps.len() {
            let folder = tempfile::tempdir().unwrap();
            let (shipped, now) = (folder.path().join("shipped.db"), folder.path().join("now.db"));
            unpack(name, version, &shipped);
            crate::cache::file::Pools::open(&now, &steps[..version]).await.unwrap().close().await;
            assert_eq!(tables(&now).await, tables(&shipped).await, "{name} {version}");
        }
    }
}

async fn tables(path: &Path) -> Vec<(String, String)> {
    let mut file = SqliteConnectOptions::new().filename(path).connect().await.unwrap();
    let rows = sqlx::query("SELECT name, ifnull(sql, '') FROM sqlite_schema ORDER BY name");
    let rows = rows.fetch_all(&mut file).await.unwrap();
    rows.iter().map(|row| (row.get(0), bare(row.get(1)))).collect()
}

#[tokio::test]
async fn a_step_that_fails_costs_the_file_and_not_the_program() {
    let (folder, cache) = opened(1, 1, MIGRATIONS).await;
    cache.close().await;
    let wrong = Migrations { cache: later("ALTER TABLE nowhere ADD COLUMN x TEXT").cache, ..MIGRATIONS };
    let (cache, word) = Cache::open_with(&folder.path().join("cache.db"), wrong).await;
    assert!(matches!(cache.opened(), Opened::InMemory { .. }), "{:?}", cache.opened());
    assert!(word.unwrap().contains("nowhere"));
}
