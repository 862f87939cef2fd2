//! The engine against a store that can be changed, slowed and broken.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::store::{ScriptedStore, not_found, unreachable};
use crate::cache::tests::{Logged, cache, experiment, run};
use crate::cache::{Cache, ProfileExperiments, RunsView, SourceId};
use crate::change::Change;
use crate::entities::tests::logged_model;
use crate::entities::{
    AliasSighting, LifecycleStage, MetricPoint, MetricValue, ModelAlias, ModelVersion, RegisteredModel, Run, RunStatus,
};
use crate::sync::{Freshness, Scope, Sync, SyncError, WatchList, What};
use crate::tracking::StoreError;

const START_MS: i64 = 1_700_000_000_000;

/// A sync with everything it touches within reach.
struct Harness {
    _folder: tempfile::TempDir,
    store: Arc<ScriptedStore>,
    cache: Cache,
    source: SourceId,
    now_ms: Arc<AtomicI64>,
    changes: Arc<Mutex<Vec<Change>>>,
    sightings: Arc<Mutex<Vec<AliasSighting>>>,
    sync: Arc<Sync>,
}

impl Harness {
    async fn new() -> Self {
        let (folder, cache, source) = cache().await;
        let store = Arc::new(ScriptedStore::new());
        let now_ms = Arc::new(AtomicI64::new(START_MS));
        let changes = Arc::new(Mutex::new(Vec::new()));
        let sightings = Arc::new(Mutex::new(Vec::new()));
        let (heard, saw, clock) = (changes.clone(), sightings.clone(), now_ms.clone());
        let sync = Arc::new(Sync::start_with_clock(
            store.clone(),
            cache.clone(),
            source,
            "profile",
            Arc::new(move |change| heard.lock().unwrap().push(change)),
            Arc::new(move |sightings| saw.lock().unwrap().extend(sightings)),
            Arc::new(move || clock.load(Ordering::SeqCst)),
        ));
        Self { _folder: folder, store, cache, source, now_ms, changes, sightings, sync }
    }

    fn pass(&self, ms: i64) {
        self.now_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// Waits until no sync of `scope` is running.
    async fn settled(&self, scope: &Scope) {
        for _ in 0..5_000 {
            if !self.sync.freshness(scope).await.syncing {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        panic!("{scope:?} is still syncing");
    }

    /// Watches `scope` and nothing else.
    async fn watch(&self, scope: &Scope) {
        self.sync.watch(vec![scope.clone()]);
        self.settled(scope).await;
    }

    async fn refresh(&self, scope: &Scope) {
        self.sync.refresh(scope.clone());
        self.settled(scope).await;
    }

    async fn run_count(&self) -> u32 {
        let view = RunsView {
            scope: vec![ProfileExperiments { profile_id: profile(), experiment_ids: vec!["1".to_owned()] }],
            filter: String::new(),
            sort: Vec::new(),
            columns: Vec::new(),
            lifecycle_stage: LifecycleStage::Active,
            offset: 0,
            limit: 1,
        };
        self.cache.search_runs(&view).await.unwrap().total
    }

    fn heard(&self, wanted: &Change) -> bool {
        let mut changes = self.changes.lock().unwrap();
        let heard = changes.contains(wanted);
        changes.clear();
        heard
    }
}

fn profile() -> String {
    "profile".to_owned()
}

fn experiment_1() -> Scope {
    Scope::Experiment("1".to_owned())
}

fn runs_of_1() -> Change {
    Change::Runs { profile_id: profile(), experiment_id: "1".to_owned() }
}

fn many(count: i64) -> Vec<Run> {
    (0..count)
        .map(|number| {
            let mut run = run(&format!("run{number:05}")).metric("acc", 1.0).started(START_MS - 1_000_000 + number);
            run.info.end_time_ms = run.info.start_time_ms;
            run
        })
        .collect()
}

#[tokio::test]
async fn the_first_watch_fetches_everything_a_growing_page_at_a_time() {
    let harness = Harness::new().await;
    harness.store.state().runs = many(1_500);
    let before = harness.sync.freshness(&experiment_1()).await;
    assert!(!before.complete && before.synced_at_ms.is_none());
    harness.watch(&experiment_1()).await;
    assert_eq!(harness.run_count().await, 1_500);
    let asked = harness.store.take_asked();
    assert_eq!(asked[0], "runs from 0 (100)");
    let second: u32 = asked[1].strip_prefix("runs from 100 (").unwrap().trim_end_matches(')').parse().unwrap();
    assert!(second > 100, "{asked:?}");
    let after = harness.sync.freshness(&experiment_1()).await;
    assert_eq!((after.complete, after.synced_at_ms, after.fetched, after.error), (true, Some(START_MS), 1_500, None));
    assert!(harness.heard(&runs_of_1()));
}

#[tokio::test]
async fn watching_again_asks_nothing_until_it_is_old_and_then_only_for_what_is_new() {
    let harness = Harness::new().await;
    harness.store.state().runs = many(600);
    for _ in 0..50 {
        harness.sync.watch(vec![experiment_1()]);
    }
    harness.settled(&experiment_1()).await;
    assert_eq!(harness.store.take_asked().len(), 2);
    harness.pass(14_000);
    harness.watch(&experiment_1()).await;
    assert!(harness.store.take_asked().is_empty());

    let mut new = run("new").started(START_MS + 5_000).with_status(RunStatus::Running);
    new.info.end_time_ms = None;
    harness.store.state().runs.push(new);
    harness.changes.lock().unwrap().clear();
    harness.pass(2_000);
    harness.watch(&experiment_1()).await;
    let newest_ms = START_MS - 1_000_000 + 599;
    let asked = harness.store.take_asked();
    assert!(asked.iter().all(|what| what.contains("since") || what.starts_with("runs new")), "{asked:?}");
    assert_eq!(asked[0], format!("started since {}", newest_ms - 600_000));
    assert!(asked.contains(&format!("ended since {}", START_MS - 600_000)));
    assert_eq!(harness.run_count().await, 601);
    assert!(harness.heard(&runs_of_1()));
}

#[tokio::test]
async fn an_open_run_is_followed_until_it_ends() {
    let harness = Harness::new().await;
    let open = |loss: f64| run("open").with_status(RunStatus::Running).started(START_MS - 1_000).metric("loss", loss);
    harness.store.state().runs = vec![open(1.0)];
    harness.watch(&experiment_1()).await;
    harness.store.state().runs = vec![open(0.5)];
    harness.pass(16_000);
    harness.store.take_asked();
    harness.watch(&experiment_1()).await;
    assert!(harness.store.take_asked().contains(&"runs open".to_owned()));
    let seen = harness.cache.run(harness.source, "open").await.unwrap().unwrap();
    assert_eq!(seen.metrics[0].value, MetricValue(0.5));
}

#[tokio::test]
async fn a_sync_that_breaks_off_keeps_what_it_has_says_why_and_tries_again_later() {
    let harness = Harness::new().await;
    harness.store.state().runs = many(1_000);
    // A larger page may have been too much; the size that did well is tried once more.
    harness.store.state().faults = [None, None, Some(unreachable()), Some(unreachable())].into();
    harness.watch(&experiment_1()).await;
    assert_eq!(harness.store.state().faults.len(), 0);
    let kept = harness.run_count().await;
    assert!((101..1_000).contains(&kept), "{kept}");
    let broken = harness.sync.freshness(&experiment_1()).await;
    assert!(!broken.complete && broken.synced_at_ms.is_none());
    assert!(broken.error.is_some());
    assert_eq!(harness.sync.error(&experiment_1()), Some(SyncError::Store(unreachable())));

    harness.pass(15_000);
    harness.watch(&experiment_1()).await;
    let whole = harness.sync.freshness(&experiment_1()).await;
    assert_eq!((whole.complete, whole.error), (true, None));
    assert_eq!(harness.run_count().await, 1_000);
}

#[tokio::test]
async fn failure_after_failure_the_pauses_grow_and_a_refresh_does_not_wait() {
    let harness = Harness::new().await;
    harness.store.state().faults = vec![Some(unreachable()); 100].into();
    let mut tries = 0;
    for _ in 0..40 {
        harness.watch(&experiment_1()).await;
        tries += harness.store.take_asked().len();
        harness.pass(15_000);
    }
    // At 0, 15, 30, 45, 60 s and then 32, 64, 128, 256 s apart.
    assert!((7..=10).contains(&tries), "{tries} tries in ten minutes");
    harness.refresh(&experiment_1()).await;
    assert_eq!(harness.store.take_asked().len(), 1);
}

#[tokio::test]
async fn a_server_that_was_away_for_long_is_found_by_what_is_still_on_screen() {
    let harness = Harness::new().await;
    let failures = 12;
    harness.store.state().faults = vec![Some(unreachable()); failures].into();
    harness.watch(&experiment_1()).await;
    harness.store.state().runs = many(3);
    let mut tries = harness.store.take_asked().len();
    for _ in 0..failures {
        harness.pass(301_000);
        let begun = std::time::Instant::now();
        loop {
            let asked = harness.store.take_asked().len();
            tries += asked;
            if asked > 0 {
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "the sync stopped trying after {tries} tries");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        harness.settled(&experiment_1()).await;
    }
    assert_eq!(harness.run_count().await, 3);
}

#[tokio::test]
async fn a_server_that_asks_for_patience_gets_it() {
    let harness = Harness::new().await;
    let busy = StoreError::TooManyRequests { address: "there".to_owned(), retry_after_s: Some(100) };
    harness.store.state().faults = [Some(busy)].into();
    harness.watch(&experiment_1()).await;
    harness.store.take_asked();
    harness.pass(99_000);
    harness.watch(&experiment_1()).await;
    assert!(harness.store.take_asked().is_empty());
    harness.pass(1_000);
    harness.watch(&experiment_1()).await;
    assert_eq!(harness.store.take_asked().len(), 1);
}

#[tokio::test]
async fn pages_that_are_too_much_for_the_server_become_smaller() {
    let harness = Harness::new().await;
    harness.store.state().runs = many(30);
    let slow = || Some(StoreError::TimedOut { address: "there".to_owned(), seconds: 60 });
    harness.store.state().faults = [slow(), slow()].into();
    harness.watch(&experiment_1()).await;
    assert_eq!(harness.store.take_asked()[..3], ["runs from 0 (100)", "runs from 0 (25)", "runs from 0 (20)"]);
    assert_eq!(harness.run_count().await, 30);
}

#[tokio::test]
async fn a_store_that_takes_no_large_pages_is_asked_for_small_ones() {
    let harness = Harness::new().await;
    harness.store.state().runs = many(2_000);
    let refused = StoreError::Refused { message: "Invalid value for parameter 'max_results'".to_owned() };
    harness.store.state().faults = [None, Some(refused.clone())].into();
    harness.watch(&experiment_1()).await;
    assert_eq!((harness.sync.error(&experiment_1()), harness.run_count().await), (None, 2_000));
    // What is refused at any size is said.
    harness.store.state().faults = [Some(refused.clone())].into();
    harness.refresh(&experiment_1()).await;
    assert_eq!(harness.sync.error(&experiment_1()), Some(SyncError::Store(refused)));
}

#[tokio::test]
async fn runs_that_logged_much_are_written_a_few_at_a_time_and_all_are_there() {
    let harness = Harness::new().await;
    let wide = |run: Run| (0..400).fold(run, |run, key| run.metric(&format!("m{key}"), 1.0));
    harness.store.state().runs = many(150).into_iter().map(wide).collect();
    harness.watch(&experiment_1()).await;
    assert_eq!((harness.sync.error(&experiment_1()), harness.run_count().await), (None, 150));
    let last = harness.cache.run(harness.source, "run00000").await.unwrap().unwrap();
    assert_eq!(last.metrics.len(), 401);
}

#[tokio::test]
async fn pages_that_do_not_advance_are_an_error_and_not_for_ever() {
    let harness = Harness::new().await;
    harness.store.state().runs = many(3);
    harness.store.state().stuck = true;
    for scope in [experiment_1(), Scope::Experiments, Scope::Models, Scope::Registry, Scope::Model("m".to_owned())] {
        harness.watch(&scope).await;
        let error = harness.sync.error(&scope);
        if scope != Scope::Model("m".to_owned()) {
            assert!(matches!(error, Some(SyncError::Store(StoreError::BadAnswer { .. }))), "{scope:?}: {error:?}");
        }
    }
}

#[tokio::test]
async fn a_run_that_the_server_no_longer_has_goes_with_the_next_sweep() {
    let harness = Harness::new().await;
    harness.store.state().runs = many(5);
    harness.watch(&experiment_1()).await;
    harness.store.state().runs.remove(2);
    harness.changes.lock().unwrap().clear();
    harness.pass(16_000);
    harness.watch(&experiment_1()).await;
    assert_eq!(harness.run_count().await, 5);
    harness.refresh(&experiment_1()).await;
    assert_eq!(harness.run_count().await, 4);
    assert!(harness.heard(&runs_of_1()));
}

#[tokio::test]
async fn an_edit_of_an_old_run_shows_when_it_is_watched() {
    let harness = Harness::new().await;
    harness.store.state().runs = many(2);
    harness.watch(&experiment_1()).await;
    let edited = many(1).remove(0).tag("note", "the best one");
    harness.store.state().runs[0] = edited.clone();
    harness.watch(&Scope::Run("run00000".to_owned())).await;
    assert_eq!(harness.cache.run(harness.source, "run00000").await.unwrap(), Some(edited));
    harness.store.state().runs.remove(0);
    harness.refresh(&Scope::Run("run00000".to_owned())).await;
    assert_eq!(harness.cache.run(harness.source, "run00000").await.unwrap(), None);
}

#[tokio::test]
async fn the_list_of_experiments_is_taken_as_a_whole_or_not_at_all() {
    let harness = Harness::new().await;
    harness.store.state().experiments =
        ["a", "b", "c"].iter().map(|name| experiment(&format!("id of {name}"), name)).collect();
    harness.store.state().faults = [None, Some(unreachable())].into();
    harness.watch(&Scope::Experiments).await;
    assert!(harness.cache.experiments(harness.source).await.unwrap().is_empty());
    harness.refresh(&Scope::Experiments).await;
    assert_eq!(harness.cache.experiments(harness.source).await.unwrap().len(), 3);
    assert!(harness.heard(&Change::Experiments { profile_id: profile() }));
}

fn histories(run_ids: &[&str]) -> Scope {
    Scope::Histories { run_ids: run_ids.iter().map(|id| (*id).to_owned()).collect(), keys: vec!["loss".to_owned()] }
}

fn histories_changed(run_ids: &[&str]) -> Change {
    let run_ids = run_ids.iter().map(|id| (*id).to_owned()).collect();
    Change::Histories { profile_id: profile(), run_ids, keys: vec!["loss".to_owned()] }
}

fn points(count: i64) -> Vec<MetricPoint> {
    // Newest first: the store promises no order.
    (0..count).rev().map(|step| MetricPoint { step, timestamp_ms: step, value: MetricValue(step as f64) }).collect()
}

async fn with_histories(ids: &[&str]) -> Harness {
    let harness = Harness::new().await;
    {
        let mut state = harness.store.state();
        for id in ids {
            state.runs.push(run(id).metric("loss", 1.0));
            state.histories.insert(((*id).to_owned(), "loss".to_owned()), points(25));
        }
    }
    harness.watch(&experiment_1()).await;
    harness.store.take_asked();
    harness
}

async fn lengths(harness: &Harness, ids: &[&str]) -> Vec<Option<usize>> {
    let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    let histories = harness.cache.histories(harness.source, &ids, "loss").await.unwrap();
    histories.into_iter().map(|history| history.map(|history| history.len())).collect()
}

#[tokio::test]
async fn histories_are_fetched_whole_once_and_sorted() {
    let harness = with_histories(&["a", "b"]).await;
    harness.sync.watch(vec![histories(&["a"]), histories(&["a", "b"])]);
    harness.settled(&histories(&["a"])).await;
    harness.settled(&histories(&["a", "b"])).await;
    // Three pages each.
    assert_eq!(harness.store.take_asked().len(), 6);
    let found = harness.cache.histories(harness.source, &["a".to_owned()], "loss").await.unwrap();
    assert!(found[0].as_ref().unwrap().steps.is_sorted());
    assert!(harness.heard(&histories_changed(&["a"])));
    harness.pass(60_000);
    harness.watch(&histories(&["a", "b"])).await;
    assert!(harness.store.take_asked().is_empty(), "runs that ended are not read again");
}

#[tokio::test]
async fn a_history_that_breaks_off_is_not_kept_and_the_one_before_stays() {
    let harness = with_histories(&["a"]).await;
    harness.watch(&histories(&["a"])).await;
    {
        let mut state = harness.store.state();
        state.histories.insert(("a".to_owned(), "loss".to_owned()), points(50));
        state.runs[0] = run("a").metric("loss", 49.0);
    }
    harness.refresh(&experiment_1()).await;
    harness.pass(16_000);
    harness.store.state().faults = [None, None, Some(unreachable())].into();
    harness.watch(&histories(&["a"])).await;
    assert_eq!(lengths(&harness, &["a"]).await, [Some(25)]);
    assert!(harness.sync.freshness(&histories(&["a"])).await.error.is_some());
    harness.refresh(&histories(&["a"])).await;
    assert_eq!(lengths(&harness, &["a"]).await, [Some(50)]);
    assert!(harness.sync.freshness(&histories(&["a"])).await.error.is_none());
}

#[tokio::test]
async fn the_curves_of_a_run_that_goes_on_grow_while_nothing_but_them_is_watched() {
    let harness = Harness::new().await;
    let going_on = |step: i64| {
        let mut run = run("a").with_status(RunStatus::Running).started(START_MS).metric("loss", step as f64);
        run.metrics[0].step = step;
        run
    };
    for count in [10, 20] {
        {
            let mut state = harness.store.state();
            state.runs = vec![going_on(count)];
            state.histories.insert(("a".to_owned(), "loss".to_owned()), points(count));
        }
        if count == 10 {
            harness.watch(&experiment_1()).await;
        }
        harness.pass(16_000);
        harness.watch(&histories(&["a"])).await;
        assert_eq!(lengths(&harness, &["a"]).await, [Some(count as usize)]);
    }
}

#[tokio::test]
async fn many_charts_of_the_same_open_run_ask_for_it_once() {
    let harness = Harness::new().await;
    harness.store.state().runs = vec![run("a").with_status(RunStatus::Running).started(START_MS).metric("loss", 1.0)];
    harness.watch(&experiment_1()).await;
    harness.pass(16_000);
    harness.store.take_asked();
    let chart = |key: &str| Scope::Histories { run_ids: vec!["a".to_owned()], keys: vec![key.to_owned()] };
    let charts = ["loss", "acc", "lr", "f1"].map(chart);
    harness.sync.watch(charts.to_vec());
    for chart in &charts {
        harness.settled(chart).await;
    }
    let asked = harness.store.take_asked();
    assert_eq!(asked.iter().filter(|what| *what == "runs a").count(), 1, "{asked:?}");
}

#[tokio::test]
async fn one_deleted_run_does_not_keep_others_from_their_curves() {
    let harness = with_histories(&["a", "b", "c"]).await;
    harness.store.state().runs.remove(1);
    harness.watch(&histories(&["a", "b", "c"])).await;
    assert_eq!(lengths(&harness, &["a", "c"]).await, [Some(25), Some(25)]);
    assert_eq!(harness.cache.run(harness.source, "b").await.unwrap(), None);
}

fn model(champion: &str) -> RegisteredModel {
    RegisteredModel {
        name: "churn".to_owned(),
        description: String::new(),
        creation_time_ms: None,
        last_updated_time_ms: None,
        tags: Vec::new(),
        aliases: vec![ModelAlias { alias: "champion".to_owned(), version: champion.to_owned() }],
    }
}

fn version(version: &str, run_id: &str) -> ModelVersion {
    ModelVersion {
        name: "churn".to_owned(),
        version: version.to_owned(),
        description: String::new(),
        creation_time_ms: None,
        last_updated_time_ms: None,
        user_id: String::new(),
        stage: "None".to_owned(),
        source: String::new(),
        run_id: Some(run_id.to_owned()),
        model_id: None,
        status: "READY".to_owned(),
        status_message: String::new(),
        tags: Vec::new(),
    }
}

#[tokio::test]
async fn a_model_comes_with_its_versions_and_their_runs_and_its_end_is_noticed() {
    let harness = Harness::new().await;
    let churn = Scope::Model("churn".to_owned());
    {
        let mut state = harness.store.state();
        state.models = vec![model("1")];
        state.versions = vec![version("3", "gone"), version("2", "b"), version("1", "a")];
        state.runs = vec![run("a").metric("acc", 1.0), run("b").metric("acc", 2.0)];
    }
    harness.watch(&churn).await;
    assert_eq!(harness.cache.model_versions(harness.source, "churn").await.unwrap().len(), 3);
    assert!(harness.cache.run(harness.source, "b").await.unwrap().is_some());
    assert!(harness.sync.freshness(&churn).await.complete);
    harness.store.take_asked();

    harness.store.state().models = vec![model("2")];
    harness.changes.lock().unwrap().clear();
    harness.refresh(&churn).await;
    assert_eq!(harness.store.take_asked(), ["model churn", "versions churn", "versions churn"], "no run twice");
    assert_eq!(harness.cache.registered_model(harness.source, "churn").await.unwrap(), Some(model("2")));
    assert!(harness.heard(&Change::Model { profile_id: profile(), name: "churn".to_owned() }));

    harness.store.state().models.clear();
    harness.store.state().versions.clear();
    harness.refresh(&Scope::Models).await;
    assert_eq!(harness.cache.registered_model(harness.source, "churn").await.unwrap(), None);
    harness.store.state().faults = [Some(not_found())].into();
    harness.refresh(&churn).await;
    assert_eq!(harness.sync.error(&churn), None);
}

#[tokio::test]
async fn an_alias_that_another_user_moved_is_seen_within_seconds_and_the_rest_of_the_model_is_read_then() {
    let harness = Harness::new().await;
    let (churn, aliases) = (Scope::Model("churn".to_owned()), Scope::Aliases("churn".to_owned()));
    harness.store.state().models = vec![model("1")];
    harness.sync.watch(vec![churn.clone(), aliases.clone()]);
    harness.settled(&churn).await;
    harness.settled(&aliases).await;
    harness.store.take_asked();

    // For a minute nothing happens.
    for _ in 0..15 {
        harness.pass(4_000);
        harness.sync.watch(vec![churn.clone(), aliases.clone()]);
        harness.settled(&churn).await;
        harness.settled(&aliases).await;
    }
    assert!(harness.store.take_asked().len() <= 25, "with both lists of the sidebar less than 30");
    assert_eq!(*harness.sightings.lock().unwrap(), []);

    harness.store.state().models = vec![model("2")];
    harness.pass(4_000);
    harness.sync.watch(vec![churn.clone(), aliases.clone()]);
    harness.settled(&aliases).await;
    harness.settled(&churn).await;
    let seen = harness.sightings.lock().unwrap().clone();
    let [seen] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!((seen.from_version.as_deref(), seen.to_version.as_deref()), (Some("1"), Some("2")));
    assert_eq!((seen.after_ms, seen.before_ms), (START_MS + 60_000, START_MS + 64_000));
    assert!(harness.store.take_asked().contains(&"versions churn".to_owned()), "their tags say who it was");
}

#[tokio::test]
async fn a_look_at_a_model_that_was_overtaken_is_no_news() {
    let harness = Harness::new().await;
    let aliases = Scope::Aliases("churn".to_owned());
    {
        let mut state = harness.store.state();
        // Many pages: the model is looked at while the list is still being read.
        state.models = (0..80).map(|number| RegisteredModel { name: format!("m{number}"), ..model("1") }).collect();
        state.models.insert(0, model("1"));
    }
    harness.watch(&aliases).await;
    harness.refresh(&Scope::Models).await;
    harness.sync.refresh(Scope::Models);
    while !harness.store.state().asked.ends_with(&["models".to_owned(), "models".to_owned()]) {
        tokio::task::yield_now().await;
    }
    harness.store.state().models[0] = model("2");
    harness.refresh(&aliases).await;
    harness.settled(&Scope::Models).await;
    assert_eq!(harness.sightings.lock().unwrap().len(), 1, "it has not gone back and forth");
    assert_eq!(harness.cache.registered_model(harness.source, "churn").await.unwrap(), Some(model("2")));
}

#[tokio::test]
async fn the_registry_reads_all_versions_and_then_only_as_far_as_there_is_news() {
    let harness = Harness::new().await;
    let at =
        |number: &str, run_id: &str, ms| ModelVersion { last_updated_time_ms: Some(ms), ..version(number, run_id) };
    {
        let mut state = harness.store.state();
        state.experiments = vec![experiment("1", "first")];
        state.models = vec![model("1")];
        state.versions = vec![at("1", "a", 1), at("2", "gone", 2), at("3", "a", 3), at("4", "a", 4), at("5", "a", 5)];
        state.runs = vec![run("a")];
    }
    harness.refresh(&Scope::Experiments).await;
    harness.refresh(&Scope::Models).await;
    harness.store.take_asked();
    harness.watch(&Scope::Registry).await;
    let asked = harness.store.take_asked();
    assert_eq!(asked, ["all versions from 0", "all versions from 2", "all versions from 4", "runs a gone"]);
    assert_eq!(harness.cache.model_versions(harness.source, "churn").await.unwrap().len(), 5);
    assert!(harness.heard(&Change::Models { profile_id: profile() }));

    harness.store.state().versions.push(at("6", "a", 6));
    harness.store.state().versions.retain(|version| version.version != "1");
    harness.pass(31_000);
    harness.watch(&experiment_1()).await;
    harness.watch(&Scope::Registry).await;
    let asked: Vec<String> =
        harness.store.take_asked().into_iter().filter(|asked| asked.starts_with("all versions")).collect();
    assert_eq!(asked, ["all versions from 0", "all versions from 2"], "until a page has nothing new");
    assert_eq!(harness.cache.model_versions(harness.source, "churn").await.unwrap().len(), 6, "one is gone, unseen");

    harness.refresh(&Scope::Registry).await;
    assert_eq!(harness.cache.model_versions(harness.source, "churn").await.unwrap().len(), 5);
    assert_eq!(harness.sync.error(&Scope::Registry), None);
}

#[tokio::test]
async fn a_part_of_a_model_that_fails_is_told_and_rests_alone() {
    let harness = Harness::new().await;
    let churn = Scope::Model("churn".to_owned());
    {
        let mut state = harness.store.state();
        state.models = vec![model("1")];
        state.versions = vec![version("1", "a")];
        state.runs = vec![run("a")];
        state.forbidden = vec!["versions churn".to_owned()];
    }
    harness.watch(&churn).await;
    let parts = |freshness: Freshness| {
        let parts = freshness.parts.into_iter();
        parts.map(|part| (part.what, part.as_of_ms, part.error.is_some())).collect::<Vec<_>>()
    };
    let freshness = harness.sync.freshness(&churn).await;
    assert!(freshness.error.is_some() && !freshness.complete && freshness.synced_at_ms.is_none(), "{freshness:?}");
    let of = |model, versions, runs| vec![(What::Model, model, false), versions, (What::SourceRuns, runs, false)];
    assert_eq!(parts(freshness), of(Some(START_MS), (What::Versions, None, true), Some(START_MS)));

    // It fails again and again, and is asked less and less; the others are kept as true as ever.
    harness.store.take_asked();
    for _ in 0..8 {
        harness.pass(31_000);
        harness.watch(&churn).await;
    }
    let asked = harness.store.take_asked();
    assert_eq!(asked.iter().filter(|what| *what == "model churn").count(), 8, "{asked:?}");
    assert!(asked.iter().filter(|what| *what == "versions churn").count() < 6, "{asked:?}");
    let freshness = harness.sync.freshness(&churn).await;
    assert_eq!(parts(freshness)[..2], [(What::Model, Some(START_MS + 248_000), false), (What::Versions, None, true)]);

    harness.store.state().forbidden.clear();
    harness.refresh(&churn).await;
    let freshness = harness.sync.freshness(&churn).await;
    assert!(freshness.error.is_none() && freshness.complete, "{freshness:?}");
    assert!(harness.cache.run(harness.source, "a").await.unwrap().is_some());
}

#[tokio::test]
async fn one_history_that_fails_takes_no_other_with_it_and_the_chart_is_told() {
    let ids = ["a", "b", "c", "d", "e", "f", "g"];
    let harness = with_histories(&ids).await;
    harness.store.state().forbidden = vec!["history a loss".to_owned(), "history f loss".to_owned()];
    harness.changes.lock().unwrap().clear();
    harness.watch(&histories(&ids)).await;
    assert_eq!(lengths(&harness, &ids).await.iter().flatten().count(), 5);
    let freshness = harness.sync.freshness(&histories(&ids)).await;
    assert_eq!(freshness.parts.iter().map(|part| (part.what, part.failed)).collect::<Vec<_>>(), [(What::Histories, 2)]);
    assert!(harness.heard(&histories_changed(&ids)));

    // A chart whose runs logged nothing learns that it has all there is.
    harness.store.state().forbidden.clear();
    harness.refresh(&histories(&ids)).await;
    assert!(harness.heard(&histories_changed(&ids)));
    harness.refresh(&histories(&ids)).await;
    assert!(!harness.heard(&histories_changed(&ids)), "nothing is new");
}

#[tokio::test]
async fn where_the_way_is_lost_the_rest_is_not_tried_and_has_not_gone_well() {
    let harness = Harness::new().await;
    let churn = Scope::Model("churn".to_owned());
    harness.store.state().models = vec![model("1")];
    harness.store.state().faults = [Some(unreachable())].into();
    harness.watch(&churn).await;
    assert_eq!(harness.store.take_asked(), ["model churn"]);
    let freshness = harness.sync.freshness(&churn).await;
    assert!(freshness.parts.iter().all(|part| part.error.is_some() && part.as_of_ms.is_none()), "{freshness:?}");
}

#[tokio::test]
async fn a_run_says_by_itself_how_fresh_it_is() {
    let harness = Harness::new().await;
    harness.store.state().runs = vec![run("a")];
    let scope = Scope::Run("a".to_owned());
    harness.store.state().forbidden = vec!["run a".to_owned()];
    harness.watch(&scope).await;
    let freshness = harness.sync.freshness(&scope).await;
    assert!(freshness.error.is_some() && freshness.synced_at_ms.is_none(), "{freshness:?}");
    harness.watch(&experiment_1()).await;
    let freshness = harness.sync.freshness(&scope).await;
    assert!(freshness.error.is_some() && freshness.synced_at_ms == Some(START_MS), "{freshness:?}");
    let cached = Freshness::cached(&harness.cache, harness.source, &scope).await.unwrap();
    assert_eq!((cached.synced_at_ms, cached.error), (Some(START_MS), None));
}

#[tokio::test]
async fn the_logged_models_of_a_models_versions_come_along_and_are_followed() {
    let harness = Harness::new().await;
    let churn = Scope::Model("churn".to_owned());
    {
        let mut state = harness.store.state();
        state.models = vec![model("1")];
        let of = |number, run_id, model_id: &str| ModelVersion {
            model_id: Some(model_id.to_owned()),
            ..version(number, run_id)
        };
        state.versions = vec![of("3", "gone", "m-3"), of("2", "a", "m-2"), of("1", "a", "m-1")];
        state.runs = vec![run("a").metric("acc", 1.0)];
        state.logged_models = vec![logged_model("m-1", 0.9), logged_model("m-2", 0.8)];
    }
    harness.watch(&churn).await;
    let asked = harness.store.take_asked();
    assert_eq!(asked[asked.len() - 2..], ["logged models m-1 m-2 of 1", "logged model m-3"], "the champion's first");
    let known = harness.cache.logged_models_of(harness.source, "churn").await.unwrap();
    assert_eq!(known.get("m-1"), Some(&logged_model("m-1", 0.9)));
    assert_eq!((known.len(), known.get("m-3")), (2, None));

    harness.store.state().logged_models[1] = logged_model("m-2", 0.99);
    harness.changes.lock().unwrap().clear();
    harness.refresh(&churn).await;
    assert_eq!(harness.cache.logged_model(harness.source, "m-2").await.unwrap(), Some(logged_model("m-2", 0.99)));
    assert!(harness.heard(&Change::Model { profile_id: profile(), name: "churn".to_owned() }));
}

#[tokio::test]
async fn a_refresh_during_a_sync_begins_another_one() {
    let harness = Harness::new().await;
    harness.store.state().models = vec![model("1")];
    let scope = Scope::Model("churn".to_owned());
    harness.sync.watch(vec![scope.clone()]);
    harness.sync.refresh(scope.clone());
    harness.sync.refresh(scope.clone());
    harness.settled(&scope).await;
    let asked = harness.store.take_asked();
    assert_eq!(asked.iter().filter(|what| *what == "model churn").count(), 2);
}

#[tokio::test]
async fn what_is_on_screen_is_synced_again_without_being_asked_and_what_is_not_is_left_alone() {
    let harness = Harness::new().await;
    harness.store.state().runs = many(1);
    harness.watch(&experiment_1()).await;
    harness.store.take_asked();
    harness.pass(20_000);
    let mut asked = Vec::new();
    for _ in 0..500 {
        asked.extend(harness.store.take_asked());
        if !asked.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(!asked.is_empty(), "the tick looked after it");
    harness.settled(&experiment_1()).await;
    harness.sync.watch(Vec::new());
    harness.store.take_asked();
    harness.pass(60_000);
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert!(harness.store.take_asked().is_empty());
}

#[tokio::test]
async fn a_way_that_is_open_again_wakes_what_is_watched_and_failed() {
    let harness = Harness::new().await;
    harness.store.state().faults = vec![Some(unreachable()); 2].into();
    harness.watch(&Scope::Experiments).await;
    harness.watch(&experiment_1()).await;
    harness.store.take_asked();
    harness.sync.wake();
    for scope in [Scope::Experiments, experiment_1()] {
        harness.settled(&scope).await;
    }
    assert_eq!(harness.store.take_asked(), ["runs from 0 (100)"]);
}

#[tokio::test]
async fn what_the_window_watches_of_a_profile_reaches_its_sync_whichever_was_there_first() {
    let (harness, list) = (Harness::new().await, WatchList::default());
    harness.store.state().runs = many(1);
    list.replace(vec![(profile(), experiment_1()), ("another".to_owned(), Scope::Models)]);
    list.join("profile", &harness.sync);
    harness.settled(&experiment_1()).await;
    assert_eq!(harness.store.take_asked(), ["runs from 0 (100)"]);
    list.replace(vec![(profile(), Scope::Experiments)]);
    harness.settled(&Scope::Experiments).await;
    assert_eq!(harness.store.take_asked(), ["experiments"]);
    list.replace(Vec::new());
    harness.pass(60_000);
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(harness.store.take_asked().is_empty());
}

#[tokio::test]
async fn news_of_freshness_says_whose_it_is() {
    let harness = Harness::new().await;
    harness.watch(&experiment_1()).await;
    let freshness = |scope| Change::Freshness { profile_id: profile(), scope };
    assert!(harness.changes.lock().unwrap().contains(&freshness(experiment_1())));
    assert!(!harness.heard(&freshness(Scope::Experiments)));
}

#[tokio::test]
async fn a_dropped_sync_asks_no_more_and_what_it_committed_stays() {
    let harness = Harness::new().await;
    harness.store.state().runs = many(10_000);
    harness.sync.watch(vec![experiment_1()]);
    while harness.run_count().await == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let Harness { sync, store, cache, source, _folder, .. } = harness;
    drop(sync);
    // A question that was under way may still come to its end.
    tokio::time::sleep(Duration::from_millis(100)).await;
    store.take_asked();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(store.take_asked().is_empty());
    let state = cache.sync_state(source, "experiment/1").await.unwrap();
    assert!(!state.complete);
    let kept = cache.run_count_and_newest_start(source, "1").await.unwrap().0;
    assert!(kept >= 100);
}

#[tokio::test]
async fn a_clock_that_goes_back_does_not_make_runs_disappear() {
    let harness = Harness::new().await;
    harness.store.state().runs = many(5);
    harness.watch(&experiment_1()).await;
    harness.pass(-3_600_000);
    harness.refresh(&experiment_1()).await;
    assert_eq!(harness.run_count().await, 5);
}
