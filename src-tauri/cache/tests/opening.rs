//! Opening cannot fail.

use super::*;
use crate::cache::{CacheError, Opened};

async fn reopen(path: &std::path::Path) -> (Cache, Option<String>) {
    Cache::open(path).await
}

#[tokio::test]
async fn what_was_written_is_there_the_next_time() {
    let (folder, cache, source) = cache().await;
    assert_eq!(cache.opened(), Opened::Created);
    cache.apply_runs(source, &[run("a")], 1).await.unwrap();
    cache.close().await;
    let (cache, word) = reopen(&folder.path().join("cache.db")).await;
    assert_eq!((cache.opened(), word), (Opened::Kept, None));
    assert_eq!(cache.source("profile", "http://localhost:5000").await.unwrap(), source);
    assert_eq!(ids(&cache, source, &view()).await, ["a"]);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_thrown_away_with_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache.db");
    std::fs::write(&path, b"this is not a database, and long enough to be looked at".repeat(100)).unwrap();
    let (cache, word) = reopen(&path).await;
    assert!(matches!(cache.opened(), Opened::Rebuilt { .. }), "{:?}", cache.opened());
    assert!(word.unwrap().contains("fetched again"));
    let source = cache.source("profile", "x").await.unwrap();
    cache.apply_runs(source, &[run("a")], 1).await.unwrap();
    assert_eq!(ids(&cache, source, &view()).await, ["a"]);
}

#[tokio::test]
async fn a_file_cut_short_is_thrown_away() {
    let (folder, cache, source) = cache().await;
    let runs: Vec<Run> = (0..200).map(|number| run(&format!("run{number}")).metric("m", 1.0)).collect();
    cache.apply_runs(source, &runs, 1).await.unwrap();
    cache.close().await;
    let path = folder.path().join("cache.db");
    let whole = std::fs::metadata(&path).unwrap().len();
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(whole / 3).unwrap();
    let (cache, _) = reopen(&path).await;
    assert!(matches!(cache.opened(), Opened::Rebuilt { .. }), "{:?}", cache.opened());
}

#[tokio::test]
async fn a_file_of_another_version_is_thrown_away() {
    let (folder, cache, _) = cache().await;
    sqlx::query("PRAGMA user_version = 7").execute(&cache.writer()).await.unwrap();
    cache.close().await;
    let (cache, word) = reopen(&folder.path().join("cache.db")).await;
    assert!(matches!(cache.opened(), Opened::Rebuilt { .. }));
    assert!(word.unwrap().contains("another version"));
}

#[tokio::test]
async fn where_no_file_can_be_kept_the_cache_lives_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let in_the_way = folder.path().join("file");
    std::fs::write(&in_the_way, b"").unwrap();
    let (cache, word) = reopen(&in_the_way.join("cache.db")).await;
    assert!(matches!(cache.opened(), Opened::InMemory { .. }));
    assert!(word.unwrap().contains("cannot be kept"));
    let source = cache.source("profile", "x").await.unwrap();
    cache.apply_runs(source, &[run("a").metric("m", 1.0)], 1).await.unwrap();
    assert_eq!(ids_of_filter(&cache, source, "metrics.m = 1").await, ["a"]);
    assert_eq!(cache.histories(source, &["a".to_owned()], "m").await.unwrap(), [None]);
}

#[tokio::test]
async fn a_page_that_turns_out_damaged_makes_the_cache_anew_under_the_same_ids() {
    let (folder, cache, source) = cache().await;
    let runs: Vec<Run> = (0..2_000).map(|number| run(&format!("run{number}")).metric("m", 1.0)).collect();
    cache.apply_runs(source, &runs, 1).await.unwrap();
    cache.close().await;
    let path = folder.path().join("cache.db");
    let mut bytes = std::fs::read(&path).unwrap();
    // The first pages hold the schema and the small tables; the rest is runs.
    let half = bytes.len() / 2;
    bytes[half..].fill(0xAB);
    std::fs::write(&path, bytes).unwrap();
    let (cache, _) = reopen(&path).await;
    let source_again = cache.source("profile", "http://localhost:5000").await;
    if cache.opened() == Opened::Kept {
        assert_eq!(source_again.unwrap(), source);
        let error = cache.matching_run_ids(source, &view()).await.unwrap_err();
        assert!(matches!(error, CacheError::Damaged { .. }), "{error:?}");
        assert!(cache.rebuild_if_damaged(&error).await);
        assert!(!cache.rebuild_if_damaged(&CacheError::DiskFull).await);
    }
    cache.apply_runs(source, &[run("a")], 1).await.unwrap();
    assert_eq!(ids(&cache, source, &view()).await, ["a"]);
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, cache, source) = cache().await;
    cache.apply_runs(source, &[run("a")], 1).await.unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.file_name());
    }
}

#[tokio::test]
async fn another_address_means_other_runs() {
    let (_folder, cache, source) = cache().await;
    cache.apply_runs(source, &[run("a").metric("m", 1.0).param("p", "1")], 1).await.unwrap();
    let other = cache.source("profile", "http://elsewhere:5000").await.unwrap();
    assert_ne!(other, source);
    assert!(ids(&cache, other, &view()).await.is_empty());
    assert!(ids(&cache, source, &view()).await.is_empty());
}

#[tokio::test]
async fn a_forgotten_profile_leaves_no_trace_in_the_files_and_no_other_profile_loses_anything() {
    let (folder, cache, source) = cache().await;
    let secret = "hunter2-was-here";
    let secrets: Vec<Run> =
        (0..300).map(|number| run(&format!("run{number}")).param("password", secret).tag("t", "x")).collect();
    cache.apply_runs(source, &secrets, 1).await.unwrap();
    let other = cache.source("other", "http://localhost:5000").await.unwrap();
    cache.apply_runs(other, &[run("b").param("password", "1")], 1).await.unwrap();
    cache.forget("profile").await.unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
    assert!(ids(&cache, source, &view()).await.is_empty());
    assert_eq!(ids_of_filter(&cache, other, "params.password = 1").await, ["b"]);
    assert_ne!(cache.source("profile", "http://localhost:5000").await.unwrap(), source);
}
