//! What the cache promises, on real files.

mod damage;
mod durations;
mod histories;
mod killed;
mod migrations;
mod models;
mod opening;
mod registry;
mod runs;
mod searching;
mod values;
mod verdicts;

use super::file::{MIGRATIONS, Migrations};
use super::{Cache, Column, ColumnKind, ProfileExperiments, RunsView, SortKey, SourceId};
use crate::entities::{Experiment, LifecycleStage, Metric, MetricValue, Param, Run, RunInfo, RunRef, RunStatus, Tag};

/// A finished run of experiment `1` that logged nothing yet.
pub(crate) fn run(run_id: &str) -> Run {
    Run {
        info: RunInfo {
            run_id: run_id.to_owned(),
            run_name: format!("name of {run_id}"),
            experiment_id: "1".to_owned(),
            user_id: "ana".to_owned(),
            status: RunStatus::Finished,
            start_time_ms: Some(1_000),
            end_time_ms: Some(61_000),
            artifact_uri: format!("mlflow-artifacts:/1/{run_id}/artifacts"),
            lifecycle_stage: LifecycleStage::Active,
        },
        metrics: Vec::new(),
        params: Vec::new(),
        tags: Vec::new(),
        dataset_inputs: Vec::new(),
        model_outputs: Vec::new(),
    }
}

pub(crate) trait Logged {
    fn metric(self, key: &str, value: f64) -> Self;
    fn param(self, key: &str, value: &str) -> Self;
    fn tag(self, key: &str, value: &str) -> Self;
    fn started(self, start_time_ms: i64) -> Self;
    fn of(self, experiment_id: &str) -> Self;
    fn with_status(self, status: RunStatus) -> Self;
}

impl Logged for Run {
    fn metric(mut self, key: &str, value: f64) -> Self {
        self.metrics.push(Metric { key: key.to_owned(), value: MetricValue(value), timestamp_ms: 5, step: 0 });
        self
    }
    fn param(mut self, key: &str, value: &str) -> Self {
        self.params.push(Param { key: key.to_owned(), value: value.to_owned() });
        self
    }
    fn tag(mut self, key: &str, value: &str) -> Self {
        self.tags.push(Tag::new(key, value));
        self
    }
    fn started(mut self, start_time_ms: i64) -> Self {
        self.info.start_time_ms = Some(start_time_ms);
        self
    }
    fn of(mut self, experiment_id: &str) -> Self {
        self.info.experiment_id = experiment_id.to_owned();
        self
    }
    fn with_status(mut self, status: RunStatus) -> Self {
        self.info.status = status;
        if status.is_open() {
            self.info.end_time_ms = None;
        }
        self
    }
}

pub(crate) fn experiment(experiment_id: &str, name: &str) -> Experiment {
    Experiment {
        experiment_id: experiment_id.to_owned(),
        name: name.to_owned(),
        artifact_location: String::new(),
        lifecycle_stage: LifecycleStage::Active,
        creation_time_ms: None,
        last_update_time_ms: None,
        tags: Vec::new(),
    }
}

/// A cache in a folder of its own, and a source in it.
pub(crate) async fn cache() -> (tempfile::TempDir, Cache, SourceId) {
    let folder = tempfile::tempdir().unwrap();
    let (cache, word) = Cache::open(&folder.path().join("cache.db")).await;
    assert_eq!(word, None);
    let source = cache.source("profile", "http://localhost:5000").await.unwrap();
    (folder, cache, source)
}

/// The migrations of a later build, which has one step more for both kinds of files.
fn later(step: &'static str) -> Migrations {
    let and_step = |steps: &[&'static str]| -> &'static [&'static str] { [steps, &[step]].concat().leak() };
    Migrations { cache: and_step(MIGRATIONS.cache), histories: and_step(MIGRATIONS.histories) }
}

/// Experiments of the source that [`cache`] makes.
fn scope(experiment_ids: &[&str]) -> Vec<ProfileExperiments> {
    let experiment_ids = experiment_ids.iter().map(|id| (*id).to_owned()).collect();
    vec![ProfileExperiments { profile_id: "profile".to_owned(), experiment_ids }]
}

fn view() -> RunsView {
    RunsView {
        scope: scope(&["1"]),
        filter: String::new(),
        sort: Vec::new(),
        columns: Vec::new(),
        lifecycle_stage: LifecycleStage::Active,
        offset: 0,
        limit: 100,
    }
}

fn column(kind: ColumnKind, key: &str) -> Column {
    Column { kind, key: key.to_owned() }
}

fn sorted(kind: ColumnKind, key: &str, descending: bool) -> RunsView {
    RunsView { sort: vec![SortKey { column: column(kind, key), descending }], ..view() }
}

/// The same view onto the experiments of another source.
async fn of_source(cache: &Cache, source: SourceId, view: &RunsView) -> RunsView {
    let profile_id: Option<String> = sqlx::query_scalar("SELECT profile_id FROM source WHERE id = ?")
        .bind(source.0)
        .fetch_optional(&cache.reader())
        .await
        .unwrap();
    let mut view = view.clone();
    for of in &mut view.scope {
        of.profile_id = profile_id.clone().unwrap_or_default();
    }
    view
}

/// The run ids of a window.
async fn ids(cache: &Cache, source: SourceId, view: &RunsView) -> Vec<String> {
    let view = of_source(cache, source, view).await;
    cache.search_runs(&view).await.unwrap().rows.into_iter().map(|row| row.run.run_id).collect()
}

/// All of them, whatever the window.
async fn matching_ids(cache: &Cache, source: SourceId, view: &RunsView) -> Vec<String> {
    let view = of_source(cache, source, view).await;
    cache.matching_runs(&view).await.unwrap().into_iter().map(|run| run.run_id).collect()
}

/// Runs of the source that [`cache`] makes.
fn refs(run_ids: &[&str]) -> Vec<RunRef> {
    run_ids.iter().map(|run_id| RunRef::new("profile", *run_id)).collect()
}

async fn ids_of_filter(cache: &Cache, source: SourceId, filter: &str) -> Vec<String> {
    let view = RunsView { filter: filter.to_owned(), ..sorted(ColumnKind::Attribute, "run_id", false) };
    ids(cache, source, &view).await
}

/// The counts of columns are what counting them anew gives.
async fn assert_counts_are_true(cache: &Cache) {
    for (kind, table, is_number) in
        [(1, "metric", "1"), (2, "param", "number IS NOT NULL"), (3, "tag", "number IS NOT NULL")]
    {
        let sql = format!(
            "WITH counted AS (SELECT r.experiment AS e, m.id >> 32 AS k, count(*) AS n, sum({is_number}) AS numbers
                 FROM run r JOIN {table} m ON m.run = r.id WHERE r.stage = 0 GROUP BY 1, 2),
             kept AS (SELECT experiment AS e, key AS k, run_count AS n, number_count AS numbers
                 FROM column_count WHERE kind = {kind} AND run_count <> 0)
             SELECT (SELECT count(*) FROM (SELECT * FROM counted EXCEPT SELECT * FROM kept))
                  + (SELECT count(*) FROM (SELECT * FROM kept EXCEPT SELECT * FROM counted))"
        );
        let differing: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&cache.reader()).await.unwrap();
        assert_eq!(differing, 0, "counts of {table}");
    }
}
