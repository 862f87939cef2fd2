//! Carries out the steps of a plan: pages from the store, one transaction each into the cache.
//!
//! A page is in the cache before the next one is asked for, so a sync that is killed in the middle
//! loses nothing that was committed; the next one begins anew and meets what is there.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};

use super::engine::Inner;
use super::error::{Result, SyncError};
use super::outcome::Outcome;
use super::plan::{Fetch, RUNS_PER_QUESTION};
use super::{Scope, What};
use crate::cache::History;
use crate::change::Change;
use crate::entities::Run;
use crate::tracking::{Page, RunsQuery, StoreError, TrackingStore};

/// The first page is small so that the first rows are on screen soon.
const FIRST_PAGE_RUNS: u32 = 100;
const LARGEST_PAGE_RUNS: u32 = 1_000;
const SMALLEST_PAGE_RUNS: u32 = 20;
/// A page that takes less is followed by a larger one, and one that takes more by a smaller one.
const QUICK_PAGE: Duration = Duration::from_millis(1_500);
const SLOW_PAGE: Duration = Duration::from_secs(5);
pub(super) const HISTORIES_AT_ONCE: usize = 4;

/// One sync of one scope.
#[derive(Clone)]
pub(super) struct Job {
    pub inner: Arc<Inner>,
    pub scope: Scope,
}

impl Job {
    /// Carries out steps, a few at a time, those of parts that are not wanted left out. One that fails is noted, and
    /// the others go on as long as anything can be read at all.
    pub async fn carry_out(&self, steps: Vec<Fetch>, at_once: usize, outcome: &mut Outcome) {
        let wanted: Vec<Fetch> = steps.into_iter().filter(|step| outcome.wants(self.part_of(step))).collect();
        let mut ended = stream::iter(wanted)
            .map(|step| {
                let job = self.clone();
                async move { (job.part_of(&step), job.step(&step).await) }.boxed()
            })
            .buffer_unordered(at_once);
        while let Some((what, result)) = ended.next().await {
            outcome.note(what, result);
            if outcome.is_stopped() {
                return;
            }
        }
    }

    /// Which part of the scope a step reads.
    fn part_of(&self, step: &Fetch) -> What {
        match (step, &self.scope) {
            // What an open run says by now is a part of its curves.
            (_, Scope::Histories { .. }) => What::Histories,
            (Fetch::Run { .. }, Scope::Model(_)) => What::SourceRuns,
            (Fetch::Run { .. }, _) => What::Run,
            (Fetch::Experiments, _) => What::Experiments,
            (Fetch::History { .. }, _) => What::Histories,
            (Fetch::RegisteredModels, _) => What::Models,
            (Fetch::RegisteredModel { .. }, _) => What::Model,
            (Fetch::ModelVersions { .. }, _) => What::Versions,
            (
                Fetch::Sweep { .. }
                | Fetch::RunsStartedSince { .. }
                | Fetch::RunsEndedSince { .. }
                | Fetch::Runs { .. },
                _,
            ) => What::Runs,
        }
    }

    async fn step(&self, step: &Fetch) -> Result<()> {
        match step {
            Fetch::Experiments => self.experiments().await,
            Fetch::Sweep { experiment_id } => self.sweep(experiment_id).await,
            Fetch::RunsStartedSince { experiment_id, started_since_ms } => {
                let query = RunsQuery { started_since_ms: Some(*started_since_ms), ..of_experiment(experiment_id) };
                self.runs(query, None).await
            }
            Fetch::RunsEndedSince { experiment_id, ended_since_ms } => {
                let query = RunsQuery { ended_since_ms: Some(*ended_since_ms), ..of_experiment(experiment_id) };
                self.runs(query, None).await
            }
            Fetch::Runs { experiment_id, run_ids } => self.runs_again(experiment_id, run_ids).await,
            Fetch::Run { run_id } => self.run(run_id).await,
            Fetch::History { run_id, key } => self.history(run_id, key).await,
            Fetch::RegisteredModels => self.registered_models().await,
            Fetch::RegisteredModel { name } => self.registered_model(name).await,
            Fetch::ModelVersions { name } => self.model_versions(name).await,
        }
    }

    /// How urgent this is by now.
    fn interest(&self) -> u64 {
        self.inner.interest(&self.scope)
    }

    fn progress(&self, read: u32) {
        self.inner.progress(&self.scope, read);
    }

    async fn experiments(&self) -> Result<()> {
        let inner = &self.inner;
        let experiments = self
            .all_pages(|store, token| async move { store.search_experiments(token.as_deref()).await }.boxed())
            .await?;
        if inner.cache.replace_experiments(inner.source, &experiments).await? {
            inner.tell(Change::Experiments { profile_id: inner.profile_id.clone() });
        }
        Ok(())
    }

    async fn sweep(&self, experiment_id: &str) -> Result<()> {
        let inner = &self.inner;
        // All runs of a sweep are seen at its beginning: what was seen before that is gone.
        let swept_at_ms = inner.now_ms();
        self.runs(of_experiment(experiment_id), Some(swept_at_ms)).await?;
        if inner.cache.mark_unseen_gone(inner.source, experiment_id, swept_at_ms).await? > 0 {
            inner.tell_runs([experiment_id.to_owned()]);
        }
        Ok(())
    }

    /// All pages of a question about runs, each applied before the next one is asked for.
    async fn runs(&self, mut query: RunsQuery, seen_ms: Option<i64>) -> Result<()> {
        query.max_results = query.max_results.min(FIRST_PAGE_RUNS);
        loop {
            let begun = Instant::now();
            let page = {
                let _pass = self.inner.requests.enter(self.interest()).await;
                self.inner.store.search_runs(&query).await
            };
            let page = match page {
                Ok(page) => page,
                // Many runs with many metrics, or a slow line: less at a time may do.
                Err(error) if is_too_much(&error) && query.max_results > SMALLEST_PAGE_RUNS => {
                    query.max_results = (query.max_results / 4).max(SMALLEST_PAGE_RUNS);
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let took = begun.elapsed();
            self.apply(&page.items, seen_ms).await?;
            let Some(token) = next_token(page.next_page_token, query.page_token.as_deref())? else { return Ok(()) };
            query.page_token = Some(token);
            if took < QUICK_PAGE {
                query.max_results = (query.max_results * 3).min(LARGEST_PAGE_RUNS);
            } else if took > SLOW_PAGE {
                query.max_results = (query.max_results / 2).max(SMALLEST_PAGE_RUNS);
            }
        }
    }

    async fn apply(&self, runs: &[Run], seen_ms: Option<i64>) -> Result<()> {
        let seen_ms = seen_ms.unwrap_or_else(|| self.inner.now_ms());
        let applied = self.inner.cache.apply_runs(self.inner.source, runs, seen_ms).await?;
        self.progress(u32::try_from(runs.len()).unwrap_or(u32::MAX));
        self.inner.tell_runs(applied.experiment_ids);
        Ok(())
    }

    /// Runs by id, of which some may no longer be there.
    async fn runs_again(&self, experiment_id: &str, run_ids: &[String]) -> Result<()> {
        let query = RunsQuery {
            run_ids: Some(run_ids.to_vec()),
            max_results: u32::try_from(RUNS_PER_QUESTION).unwrap_or(FIRST_PAGE_RUNS),
            ..of_experiment(experiment_id)
        };
        self.runs(query, None).await
    }

    async fn run(&self, run_id: &str) -> Result<()> {
        let run = {
            let _pass = self.inner.requests.enter(self.interest()).await;
            self.inner.store.get_run(run_id).await
        };
        match run {
            Ok(run) => self.apply(&[run], None).await,
            Err(StoreError::NotFound { .. }) => self.run_is_gone(run_id).await,
            Err(error) => Err(error.into()),
        }
    }

    async fn run_is_gone(&self, run_id: &str) -> Result<()> {
        let inner = &self.inner;
        inner.forget_missing(run_id);
        let known = inner.cache.run(inner.source, run_id).await?;
        if let Some(run) = known
            && inner.cache.mark_run_gone(inner.source, run_id).await?
        {
            inner.tell_runs([run.info.experiment_id]);
        }
        Ok(())
    }

    async fn history(&self, run_id: &str, key: &str) -> Result<()> {
        let inner = &self.inner;
        let Some(_only_once) = inner.begin_history(run_id, key) else { return Ok(()) };
        let of = inner.cache.latest_point(inner.source, run_id, key).await?;
        let mut points = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let page = {
                let _pass = inner.history_requests.enter(self.interest()).await;
                inner.store.get_metric_history(run_id, key, token.as_deref()).await
            };
            let page = match page {
                Ok(page) => page,
                Err(StoreError::NotFound { .. }) => return self.run_is_gone(run_id).await,
                Err(error) => return Err(error.into()),
            };
            points.extend(page.items);
            token = next_token(page.next_page_token, token.as_deref())?;
            if token.is_none() {
                break;
            }
        }
        let history = History::from_points(points);
        inner.cache.set_history(inner.source, run_id, key, &history, of, inner.now_ms()).await?;
        self.progress(1);
        inner.tell(Change::Histories { profile_id: inner.profile_id.clone(), run_ids: vec![run_id.to_owned()] });
        Ok(())
    }

    async fn registered_models(&self) -> Result<()> {
        let inner = &self.inner;
        let models = self
            .all_pages(|store, token| async move { store.search_registered_models(token.as_deref()).await }.boxed())
            .await?;
        let differing = inner.cache.replace_registered_models(inner.source, &models).await?;
        if !differing.is_empty() {
            inner.tell(Change::Models { profile_id: inner.profile_id.clone() });
        }
        for name in differing {
            inner.tell(Change::Model { profile_id: inner.profile_id.clone(), name });
        }
        Ok(())
    }

    async fn registered_model(&self, name: &str) -> Result<()> {
        let inner = &self.inner;
        let model = {
            let _pass = inner.requests.enter(self.interest()).await;
            inner.store.get_registered_model(name).await
        };
        let changed = match model {
            Ok(model) => inner.cache.apply_registered_model(inner.source, &model).await?,
            Err(StoreError::NotFound { .. }) => inner.cache.remove_registered_model(inner.source, name).await?,
            Err(error) => return Err(error.into()),
        };
        if changed {
            inner.tell(Change::Models { profile_id: inner.profile_id.clone() });
            inner.tell(Change::Model { profile_id: inner.profile_id.clone(), name: name.to_owned() });
        }
        Ok(())
    }

    async fn model_versions(&self, name: &str) -> Result<()> {
        let inner = &self.inner;
        let versions = self
            .all_pages(|store, token| {
                let name = name.to_owned();
                async move { store.search_model_versions(&name, token.as_deref()).await }.boxed()
            })
            .await;
        let versions = match versions {
            // The model was deleted a moment ago, which the step before has seen to.
            Err(SyncError::Store(StoreError::NotFound { .. })) => return Ok(()),
            versions => versions?,
        };
        if inner.cache.replace_model_versions(inner.source, name, &versions).await? {
            inner.tell(Change::Model { profile_id: inner.profile_id.clone(), name: name.to_owned() });
        }
        Ok(())
    }

    /// Everything of a short list, before any of it is taken: what is missing in it is gone.
    async fn all_pages<T>(
        &self,
        ask: impl Fn(Arc<dyn TrackingStore>, Option<String>) -> BoxFuture<'static, crate::tracking::Result<Page<T>>>,
    ) -> Result<Vec<T>> {
        let mut items = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let page = {
                let _pass = self.inner.requests.enter(self.interest()).await;
                ask(self.inner.store.clone(), token.clone()).await?
            };
            self.progress(u32::try_from(page.items.len()).unwrap_or(u32::MAX));
            items.extend(page.items);
            token = next_token(page.next_page_token, token.as_deref())?;
            if token.is_none() {
                return Ok(items);
            }
        }
    }
}

fn of_experiment(experiment_id: &str) -> RunsQuery {
    RunsQuery { experiment_ids: vec![experiment_id.to_owned()], max_results: FIRST_PAGE_RUNS, ..RunsQuery::default() }
}

fn is_too_much(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::TimedOut { .. } | StoreError::BadAnswer { .. } | StoreError::ServerFailed { status: 502..=504, .. }
    )
}

/// The token to go on with. Some servers answer with the token they were given, for ever.
fn next_token(next: Option<String>, current: Option<&str>) -> Result<Option<String>> {
    match next.filter(|token| !token.is_empty()) {
        Some(next) if Some(next.as_str()) == current => Err(SyncError::Store(StoreError::BadAnswer {
            address: "The server".to_owned(),
            reason: "its pages do not advance".to_owned(),
        })),
        next => Ok(next),
    }
}
