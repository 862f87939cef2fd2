//! A program killed in the middle of writing leaves whole runs only, and all that it was told were
//! committed.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::*;
use crate::cache::Opened;

const FILE: &str = "PODIUM_TEST_CACHE_TO_WRITE";
const RUNS_PER_BATCH: usize = 150;
const KEYS: usize = 25;

fn batch(number: usize) -> Vec<Run> {
    let filled = |id: String| {
        (0..KEYS).fold(run(&id), |run, key| {
            run.metric(&format!("m{key}"), 1.0).param(&format!("p{key}"), "x").tag(&format!("t{key}"), "x")
        })
    };
    (0..RUNS_PER_BATCH).map(|run| filled(format!("{number}-{run}"))).collect()
}

/// Not a test by itself: the program that is killed.
#[tokio::test]
async fn writes_until_it_is_killed() {
    let Some(path) = std::env::var_os(FILE) else { return };
    let (cache, _) = Cache::open(std::path::Path::new(&path)).await;
    let source = cache.source("profile", "http://localhost:5000").await.unwrap();
    for number in 0..10_000 {
        cache.apply_runs(source, &batch(number), 1).await.unwrap();
        eprintln!("committed {number}");
    }
}

#[tokio::test]
async fn whatever_was_committed_is_there_and_no_run_is_half_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache.db");
    let mut committed_before = 0;
    for round in 1..=4_u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["cache::tests::killed::writes_until_it_is_killed", "--exact", "--nocapture"])
            .env(FILE, &path)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut committed = 0;
        for line in lines {
            let line = line.unwrap();
            committed += usize::from(line.starts_with("committed "));
            if committed == 2 {
                // Somewhere in the middle of the next batch, elsewhere each time.
                std::thread::sleep(std::time::Duration::from_millis(7 * round));
                child.kill().unwrap();
                break;
            }
        }
        assert_eq!(committed, 2, "the child wrote");
        child.wait().unwrap();
        committed_before = committed_before.max(committed * RUNS_PER_BATCH);

        let (cache, word) = Cache::open(&path).await;
        assert_eq!((cache.opened(), word), (Opened::Kept, None));
        let source = cache.source("profile", "http://localhost:5000").await.unwrap();
        let ids = matching_ids(&cache, source, &view()).await;
        assert!(ids.len() >= committed_before, "{} of {committed_before} runs", ids.len());
        assert_eq!(ids.len() % RUNS_PER_BATCH, 0, "whole batches");
        for id in ids.iter().step_by(7) {
            let run = cache.run(source, id).await.unwrap().unwrap();
            assert_eq!((run.metrics.len(), run.params.len(), run.tags.len()), (KEYS, KEYS, KEYS));
        }
        assert_counts_are_true(&cache).await;
        committed_before = ids.len();
        cache.close().await;
    }
}
