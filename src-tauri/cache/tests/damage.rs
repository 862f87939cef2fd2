//! Damage costs one server's rows and not all.

use super::*;
use crate::cache::{CacheError, Opened};

const PAGE: usize = 8192;
const RUNS: usize = 400;

/// Two servers whose runs came in turns, and whose rows can be told apart in the file.
async fn two_sources() -> (tempfile::TempDir, SourceId, SourceId) {
    let (folder, cache, victim) = cache().await;
    let bystander = cache.source("bystander", "http://localhost:5001").await.unwrap();
    for part in 0..4 {
        for (source, word) in [(victim, "victim"), (bystander, "bystander")] {
            let runs: Vec<Run> = (part * RUNS / 4..(part + 1) * RUNS / 4)
                .map(|number| {
                    let mut run = run(&format!("run{number:03}")).metric("m", 1.0).param("who", word).tag(word, "x");
                    run.info.user_id = word.to_owned();
                    run
                })
                .collect();
            cache.apply_runs(source, &runs, 1).await.unwrap();
        }
    }
    let experiments: Vec<Experiment> =
        (0..RUNS).map(|number| experiment(&number.to_string(), &format!("victim {number}"))).collect();
    cache.replace_experiments(victim, &experiments).await.unwrap();
    cache.replace_experiments(bystander, &[experiment("1", "bystander")]).await.unwrap();
    cache.close().await;
    (folder, victim, bystander)
}

/// Overwrites a page that holds `word` and nothing of the bystander.
fn damage(path: &std::path::Path, word: &str) {
    let mut bytes = std::fs::read(path).unwrap();
    let holds = |page: &[u8], word: &str| page.windows(word.len()).any(|window| window == word.as_bytes());
    let pages = bytes.chunks_mut(PAGE).skip(1);
    let page = pages.filter(|page| holds(page, word) && !holds(page, "bystander")).last().expect("such a page");
    page.fill(0xAB);
    std::fs::write(path, bytes).unwrap();
}

async fn assert_bystander_is_whole(cache: &Cache, bystander: SourceId) {
    let all = RunsView { limit: 1_000, filter: "params.who = 'bystander'".to_owned(), ..view() };
    assert_eq!(ids(cache, bystander, &all).await.len(), RUNS);
    for number in (0..RUNS).step_by(7) {
        let run = cache.run(bystander, &format!("run{number:03}")).await.unwrap().unwrap();
        assert_eq!((run.metrics.len(), run.params.len(), run.tags[0].key.as_str()), (1, 1, "bystander"));
    }
    assert_eq!(cache.experiments(bystander).await.unwrap().len(), 1);
    assert_counts_are_true(cache).await;
}

async fn assert_victim_begins_again(cache: &Cache, victim: SourceId) {
    assert_eq!(cache.source("profile", "http://localhost:5000").await.unwrap(), victim, "under the same id");
    assert!(ids(cache, victim, &view()).await.is_empty());
    cache.apply_runs(victim, &[run("a").param("who", "victim")], 1).await.unwrap();
    assert_eq!(ids_of_filter(cache, victim, "params.who = 'victim'").await, ["a"]);
}

#[tokio::test]
async fn a_damaged_page_of_one_source_leaves_the_others() {
    let (folder, victim, bystander) = two_sources().await;
    let path = folder.path().join("cache.db");
    damage(&path, "name of run");

    let (cache, _) = Cache::open(&path).await;
    assert_eq!(cache.opened(), Opened::Kept, "noticed only when the page is read");
    let all = RunsView { limit: 1_000, ..view() };
    let error = cache.search_runs(&all).await.unwrap_err();
    assert!(matches!(error, CacheError::Damaged { .. }), "{error:?}");
    assert!(cache.repair(victim, &error).await);
    assert!(!cache.repair(victim, &error).await, "others that met the same damage");
    assert!(!cache.repair(victim, &CacheError::DiskFull).await);
    assert!(matches!(cache.opened(), Opened::Rebuilt { .. }));
    assert_bystander_is_whole(&cache, bystander).await;
    assert_victim_begins_again(&cache, victim).await;
    cache.close().await;
    let (cache, word) = Cache::open(&path).await;
    assert_eq!((cache.opened(), word), (Opened::Kept, None));
    assert_bystander_is_whole(&cache, bystander).await;
}

#[tokio::test]
async fn damage_that_is_noticed_at_the_start_leaves_the_others() {
    let (folder, victim, bystander) = two_sources().await;
    let path = folder.path().join("cache.db");
    damage(&path, "victim 3");
    let (cache, word) = Cache::open(&path).await;
    assert!(matches!(cache.opened(), Opened::Rebuilt { .. }), "{:?}", cache.opened());
    assert!(word.unwrap().contains("fetched again"));
    assert_bystander_is_whole(&cache, bystander).await;
    assert_victim_begins_again(&cache, victim).await;
    assert!(!path.with_extension("fresh.db").exists());
}

#[tokio::test]
async fn the_id_of_a_source_that_was_forgotten_is_not_given_again_after_damage() {
    let (folder, victim, bystander) = two_sources().await;
    let path = folder.path().join("cache.db");
    let (cache, _) = Cache::open(&path).await;
    let forgotten = cache.source("forgotten", "http://localhost:5002").await.unwrap();
    cache.forget("forgotten").await.unwrap();
    cache.close().await;
    damage(&path, "victim 3");
    let (cache, _) = Cache::open(&path).await;
    assert!(matches!(cache.opened(), Opened::Rebuilt { .. }), "{:?}", cache.opened());
    let new = cache.source("new", "http://localhost:5003").await.unwrap();
    assert!(![forgotten, victim, bystander].contains(&new), "{new:?}");
}

#[tokio::test]
async fn where_nothing_can_be_read_the_sources_keep_their_ids() {
    let (folder, victim, bystander) = two_sources().await;
    let path = folder.path().join("cache.db");
    let (cache, _) = Cache::open(&path).await;
    cache.source("bystander", "http://localhost:5001").await.unwrap();
    assert_eq!(cache.source("profile", "http://localhost:5000").await.unwrap(), victim);
    let length = std::fs::metadata(&path).unwrap().len();
    std::fs::write(&path, vec![0xAB; usize::try_from(length).unwrap()]).unwrap();
    let error = CacheError::Damaged { reason: "told so".to_owned() };
    assert!(cache.repair(victim, &error).await);
    assert_eq!(cache.source("bystander", "http://localhost:5001").await.unwrap(), bystander);
    assert_victim_begins_again(&cache, victim).await;
}
