//! The sample workspace, synced into an app of its own.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use podium::app::{App, CurveChart, CurveRun, ValueAxis};
use podium::cache::{Column, ColumnKind, ProfileExperiments, RunRow, RunSet, RunsView};
use podium::entities::{LifecycleStage, RunRef};
use podium::sync::Scope;

pub struct Sample {
    _folder: tempfile::TempDir,
    pub app: App,
    profile_id: String,
}

impl Sample {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/sample");
        let app = App::open(&folder.path().join("data"), &shipped, None, Arc::new(|_| {})).await.unwrap();
        let profile_id = app.open_target("sample").await.unwrap().profile().id.clone();
        let sample = Self { _folder: folder, app, profile_id };
        sample.synced(Scope::Experiments).await;
        sample
    }

    /// Brings this into the cache.
    async fn synced(&self, scope: Scope) {
        let connection = self.app.connection(&self.profile_id).await.unwrap();
        self.app.watch(vec![(self.profile_id.clone(), scope.clone())]);
        let began = Instant::now();
        while !connection.freshness(&scope).await.unwrap().complete {
            assert!(began.elapsed() < Duration::from_secs(120), "{scope:?} is not read");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The experiment of this name: all of its runs.
    pub async fn experiment(&self, name: &str) -> RunSet {
        let list = self.app.experiment_list(&self.profile_id).await.unwrap().experiments;
        let found = list.iter().find(|row| row.experiment.name == name);
        let id = found.unwrap_or_else(|| panic!("{name} is not in the sample")).experiment.experiment_id.clone();
        self.synced(Scope::Experiment(id.clone())).await;
        let scope = vec![ProfileExperiments { profile_id: self.profile_id.clone(), experiment_ids: vec![id] }];
        RunSet::Found(RunsView {
            scope,
            filter: String::new(),
            sort: Vec::new(),
            columns: Vec::new(),
            lifecycle_stage: LifecycleStage::Active,
            offset: 0,
            limit: 1_000,
        })
    }

    /// Of an experiment those that match, the oldest first.
    pub async fn runs(&self, experiment: &RunSet, filter: &str) -> Vec<RunRef> {
        let RunSet::Found(view) = experiment else { panic!("an experiment is a view") };
        let view = RunsView { filter: filter.to_owned(), ..view.clone() };
        let rows = self.app.cache.search_runs(&view).await.unwrap().rows;
        rows.into_iter().rev().map(|RunRow { run, .. }| run).collect()
    }

    /// The curves of a metric, their histories read.
    pub async fn curves(&self, key: &str, runs: Vec<RunRef>) -> CurveChart {
        let run_ids = runs.iter().map(|run| run.run_id.clone()).collect();
        self.synced(Scope::Histories { run_ids, keys: vec![key.to_owned()] }).await;
        let runs = runs.into_iter().map(|run| CurveRun { run, dash: 0 }).collect();
        CurveChart { key: key.to_owned(), runs, ..CurveChart::default() }
    }

    /// The points of a metric of one run whose history was read: steps and values.
    pub async fn history(&self, run: &RunRef, key: &str) -> (Vec<f64>, Vec<f64>) {
        let source = self.app.connection(&self.profile_id).await.unwrap().source;
        let ids = std::slice::from_ref(&run.run_id);
        let history = self.app.cache.histories(source, ids, key).await.unwrap().remove(0).unwrap();
        (history.steps.iter().map(|step| *step as f64).collect(), history.values)
    }
}

pub const SWEEP: &str = "tickets/intent-search";

pub fn param(key: &str) -> Column {
    Column { kind: ColumnKind::Param, key: key.to_owned() }
}

pub fn metric(key: &str) -> Column {
    Column { kind: ColumnKind::Metric, key: key.to_owned() }
}

pub fn linear(column: Column) -> ValueAxis {
    ValueAxis { column, log: false, rank: false }
}
