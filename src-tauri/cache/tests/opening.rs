//! Opening cannot fail.

use super::*;
use crate::cache::file::MIGRATIONS;
use crate::cache::{History, Opened};

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
async fn a_file_of_another_program_is_thrown_away() {
    let (folder, cache, _) = cache().await;
    sqlx::query("PRAGMA application_id = 7").execute(&cache.writer()).await.unwrap();
    cache.close().await;
    let (cache, word) = reopen(&folder.path().join("cache.db")).await;
    assert!(matches!(cache.opened(), Opened::Rebuilt { .. }));
    assert!(word.unwrap().contains("not one of this program's"));
}

#[tokio::test]
async fn a_file_of_a_newer_version_stays_as_it_is_and_another_is_kept_beside_it() {
    let (folder, cache, source) = cache().await;
    let path = folder.path().join("cache.db");
    cache.apply_runs(source, &[run("of the newer")], 1).await.unwrap();
    cache.close().await;
    let newer = later("CREATE TABLE comes_later (run INTEGER)");
    let (cache, _) = Cache::open_with(&path, newer).await;
    assert_eq!(cache.opened(), Opened::Kept);
    cache.close().await;

    let before = std::fs::read(&path).unwrap();
    let (cache, word) = reopen(&path).await;
    assert_eq!(cache.opened(), Opened::BesideNewer);
    assert!(word.unwrap().contains("newer version"));
    let source = cache.source("profile", "http://localhost:5000").await.unwrap();
    assert!(ids(&cache, source, &view()).await.is_empty());
    cache.apply_runs(source, &[run("of the older")], 1).await.unwrap();
    cache.close().await;
    assert_eq!(std::fs::read(&path).unwrap(), before);

    for (migrations, opened, run_id) in
        [(MIGRATIONS, Opened::BesideNewer, "of the older"), (newer, Opened::Kept, "of the newer")]
    {
        let (cache, _) = Cache::open_with(&path, migrations).await;
        assert_eq!(cache.opened(), opened);
        let source = cache.source("profile", "http://localhost:5000").await.unwrap();
        assert_eq!(ids(&cache, source, &view()).await, [run_id]);
        cache.close().await;
    }
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

#[cfg(unix)]
#[tokio::test]
async fn only_the_user_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, cache, source) = cache().await;
    cache.apply_runs(source, &[run("a").metric("m", 1.0)], 1).await.unwrap();
    cache.set_history(source, "a", "m", &one_point(), None, 1).await.unwrap();
    let others = cache.source("other", "http://localhost:5000").await.unwrap();
    cache.apply_runs(others, &[run("b")], 1).await.unwrap();
    // The file that takes the place of the first one.
    cache.forget("other").await.unwrap();
    let files = files_below(folder.path());
    assert!(files.len() >= 2, "{files:?}");
    for file in files {
        let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{file:?}");
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

fn one_point() -> History {
    History { steps: vec![0], timestamps_ms: vec![5], values: vec![1.0] }
}

fn files_below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn a_forgotten_profile_leaves_no_trace_in_the_files_and_no_other_profile_loses_anything() {
    let (folder, cache, source) = cache().await;
    let secret = "hunter2-was-here";
    let secrets: Vec<Run> = (0..300)
        .map(|number| run(&format!("run{number}")).param("password", secret).tag("t", "x").metric(secret, 1.0))
        .collect();
    cache.apply_runs(source, &secrets, 1).await.unwrap();
    cache.set_history(source, "run7", secret, &one_point(), None, 1).await.unwrap();
    let other = cache.source("other", "http://localhost:5000").await.unwrap();
    cache.apply_runs(other, &[run("b").param("password", "1").metric("m", 1.0)], 1).await.unwrap();
    cache.set_history(other, "b", "m", &one_point(), None, 1).await.unwrap();
    cache.forget("profile").await.unwrap();
    for file in files_below(folder.path()) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{file:?}");
    }
    assert!(ids(&cache, source, &view()).await.is_empty());
    assert_eq!(cache.histories(source, &["run7".to_owned()], secret).await.unwrap(), [None]);
    assert_eq!(ids_of_filter(&cache, other, "params.password = 1").await, ["b"]);
    assert_eq!(cache.histories(other, &["b".to_owned()], "m").await.unwrap(), [Some(one_point())]);
    assert_ne!(cache.source("profile", "http://localhost:5000").await.unwrap(), source);
}

#[tokio::test]
async fn what_others_write_while_a_profile_is_forgotten_is_not_lost() {
    let (folder, cache, source) = cache().await;
    let many: Vec<Run> = (0..3_000)
        .map(|number| (0..10).fold(run(&format!("run{number}")), |run, key| run.param(&format!("p{key}"), "gone")))
        .collect();
    cache.apply_runs(source, &many, 1).await.unwrap();
    let other = cache.source("other", "http://localhost:5000").await.unwrap();
    let forgetting = tokio::spawn({
        let cache = cache.clone();
        async move { cache.forget("profile").await.unwrap() }
    });
    let mut written = Vec::new();
    while !forgetting.is_finished() {
        let run_id = format!("{:05}", written.len());
        match cache.apply_runs(other, &[run(&run_id)], 1).await {
            Ok(_) => written.push(run_id),
            // The file is being replaced at this very moment.
            Err(_) => tokio::task::yield_now().await,
        }
    }
    forgetting.await.unwrap();
    cache.apply_runs(other, &[run("last")], 1).await.unwrap();
    written.push("last".to_owned());
    let by_id = sorted(ColumnKind::Attribute, "run_id", false);
    assert_eq!(matching_ids(&cache, other, &by_id).await, written);
    cache.close().await;
    let (cache, _) = reopen(&folder.path().join("cache.db")).await;
    assert_eq!(matching_ids(&cache, other, &by_id).await, written);
}
