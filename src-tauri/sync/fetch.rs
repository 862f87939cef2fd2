//! Carries out the steps of a plan: pages from the store, in short transactions into the cache.
//!
//! A page of runs is written while the next one is read. A sync that is killed in the middle loses
//! nothing that was committed; the next one begins anew and meets what is there.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};

use super::error::{Result, SyncError};
use super::fetcher::Fetcher;
use super::outcome::Outcome;
use super::page_size::{FIRST_RUNS, PageSize};
use super::plan::Fetch;
use super::sightings::sightings;
use super::watched::Scopes;
use super::{Scope, What};
use crate::cache::{DifferingModel, History};
use crate::change::Change;
use crate::entities::{LoggedModel, RegisteredModel, Run};
use crate::tracking::{Page, RunsQuery, StoreError, TrackingStore};

/// Runs, and what they logged, in one transaction: others who write wait for its end.
const RUNS_AT_ONCE: usize = 500;
const VALUES_AT_ONCE: usize = 25_000;

/// One sync of one scope.
#[derive(Clone)]
pub(super) struct Job {
    pub fetcher: Arc<Fetcher>,
    pub scopes: Arc<Scopes>,
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
            // Whose numbers a version shows, whichever of the two it is.
            (Fetch::Run { .. }, Scope::Model(_))
            | (Fetch::RunsAnywhere { .. }, _)
            | (Fetch::LoggedModels { .. } | Fetch::LoggedModel { .. }, _) => What::SourceRuns,
            (Fetch::Run { .. }, _) => What::Run,
            (Fetch::Experiments, _) => What::Experiments,
            (Fetch::History { .. }, _) => What::Histories,
            (Fetch::RegisteredModels, _) => What::Models,
            (Fetch::RegisteredModel { .. }, _) => What::Model,
            (Fetch::ModelVersions { .. } | Fetch::AllModelVersions { .. }, _) => What::Versions,
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
            Fetch::AllModelVersions { whole } => self.all_model_versions(*whole).await,
            Fetch::RunsAnywhere { experiment_ids, run_ids } => self.runs_anywhere(experiment_ids, run_ids).await,
            Fetch::LoggedModels { experiment_id, model_ids } => self.logged_models(experiment_id, model_ids).await,
            Fetch::LoggedModel { model_id } => self.logged_model(model_id).await,
        }
    }

    /// How urgent this is by now.
    fn interest(&self) -> u64 {
        self.scopes.interest(&self.scope)
    }

    fn progress(&self, read: u32) {
        self.scopes.fetched(&self.scope, read);
        self.fetcher.tell_freshness(&self.scope);
    }

    async fn experiments(&self) -> Result<()> {
        let fetcher = &self.fetcher;
        let experiments = self
            .all_pages(|store, token| async move { store.search_experiments(token.as_deref()).await }.boxed())
            .await?;
        if fetcher.cache.replace_experiments(fetcher.source, &experiments).await? {
            fetcher.tell(Change::Experiments { profile_id: fetcher.profile_id.clone() });
        }
        Ok(())
    }

    async fn sweep(&self, experiment_id: &str) -> Result<()> {
        let fetcher = &self.fetcher;
        // All runs of a sweep are seen at its beginning: what was seen before that is gone.
        let swept_at_ms = fetcher.now_ms();
        self.runs(of_experiment(experiment_id), Some(swept_at_ms)).await?;
        if fetcher.cache.mark_unseen_gone(fetcher.source, experiment_id, swept_at_ms).await? > 0 {
            fetcher.tell_runs([experiment_id.to_owned()]);
        }
        Ok(())
    }

    /// All pages of a question about runs. Each is written while the next one is read.
    async fn runs(&self, query: RunsQuery, seen_ms: Option<i64>) -> Result<()> {
        let mut pages = Pages::of(self, query);
        let mut page = pages.next().await?;
        while let Some(items) = page {
            let (written, next) = futures_util::join!(self.apply(&items, seen_ms), pages.next());
            written?;
            page = next?;
        }
        Ok(())
    }

    async fn apply(&self, runs: &[Run], seen_ms: Option<i64>) -> Result<()> {
        let seen_ms = seen_ms.unwrap_or_else(|| self.fetcher.now_ms());
        let mut experiment_ids = BTreeSet::new();
        let mut rest = runs;
        while !rest.is_empty() {
            let (some, others) = rest.split_at(at_once(rest));
            let applied = self.fetcher.cache.apply_runs(self.fetcher.source, some, seen_ms).await;
            match applied {
                Ok(applied) => experiment_ids.extend(applied.experiment_ids),
                Err(error) => {
                    self.fetcher.tell_runs(experiment_ids);
                    return Err(error.into());
                }
            }
            rest = others;
        }
        self.progress(u32::try_from(runs.len()).unwrap_or(u32::MAX));
        self.fetcher.tell_runs(experiment_ids);
        Ok(())
    }

    /// Runs by id, of which some may no longer be there.
    async fn runs_again(&self, experiment_id: &str, run_ids: &[String]) -> Result<()> {
        let query = RunsQuery { run_ids: Some(run_ids.to_vec()), ..of_experiment(experiment_id) };
        self.runs(query, None).await
    }

    async fn run(&self, run_id: &str) -> Result<()> {
        let run = {
            let _permit = self.fetcher.requests.acquire(self.interest()).await;
            self.fetcher.store.get_run(run_id).await
        };
        match run {
            Ok(run) => self.apply(&[run], None).await,
            Err(StoreError::NotFound { .. }) => self.run_is_gone(run_id).await,
            Err(error) => Err(error.into()),
        }
    }

    async fn run_is_gone(&self, run_id: &str) -> Result<()> {
        let fetcher = &self.fetcher;
        fetcher.run_is_missing(run_id);
        let known = fetcher.cache.run(fetcher.source, run_id).await?;
        if let Some(run) = known
            && fetcher.cache.mark_run_gone(fetcher.source, run_id).await?
        {
            fetcher.tell_runs([run.info.experiment_id]);
        }
        Ok(())
    }

    async fn history(&self, run_id: &str, key: &str) -> Result<()> {
        let fetcher = &self.fetcher;
        let Some(_only_once) = fetcher.begin_history(run_id, key) else { return Ok(()) };
        let of = fetcher.cache.latest_point(fetcher.source, run_id, key).await?;
        let mut points = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let page = {
                let _permit = fetcher.history_requests.acquire(self.interest()).await;
                fetcher.store.get_metric_history(run_id, key, token.as_deref()).await
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
        fetcher.cache.set_history(fetcher.source, run_id, key, &history, of, fetcher.now_ms()).await?;
        // The history itself is the news.
        self.scopes.fetched(&self.scope, 1);
        let (run_ids, keys) = (vec![run_id.to_owned()], vec![key.to_owned()]);
        fetcher.tell(Change::Histories { profile_id: fetcher.profile_id.clone(), run_ids, keys });
        Ok(())
    }

    async fn registered_models(&self) -> Result<()> {
        let fetcher = &self.fetcher;
        let look = fetcher.looks.begin();
        let mut models = self
            .all_pages(|store, token| async move { store.search_registered_models(token.as_deref()).await }.boxed())
            .await?;
        let taken = fetcher.looks.taken.lock().await;
        for name in taken.iter().filter(|(_, later)| **later > look).map(|(name, _)| name) {
            models.retain(|model| model.name != *name);
            models.extend(fetcher.cache.registered_model(fetcher.source, name).await?);
        }
        let differing = fetcher.cache.replace_registered_models(fetcher.source, &models).await?;
        if !differing.is_empty() {
            fetcher.tell(Change::Models { profile_id: fetcher.profile_id.clone() });
        }
        for DifferingModel { name, before, after } in differing {
            if let (Some(before), Some(after)) = (before, after) {
                self.see_moves(&before, &after).await?;
            }
            fetcher.tell(Change::Model { profile_id: fetcher.profile_id.clone(), name });
        }
        Ok(())
    }

    async fn registered_model(&self, name: &str) -> Result<()> {
        let fetcher = &self.fetcher;
        let (look, model) = {
            let _permit = fetcher.requests.acquire(self.interest()).await;
            let look = fetcher.looks.begin();
            (look, fetcher.store.get_registered_model(name).await)
        };
        let mut taken = fetcher.looks.taken.lock().await;
        if taken.get(name).is_some_and(|later| *later > look) {
            return Ok(());
        }
        let changed = match model {
            Ok(model) => {
                let before = fetcher.cache.registered_model(fetcher.source, name).await?;
                let changed = fetcher.cache.apply_registered_model(fetcher.source, &model).await?;
                if let Some(before) = before.filter(|_| changed) {
                    self.see_moves(&before, &model).await?;
                }
                changed
            }
            Err(StoreError::NotFound { .. }) => fetcher.cache.remove_registered_model(fetcher.source, name).await?,
            Err(error) => return Err(error.into()),
        };
        taken.insert(name.to_owned(), look);
        drop(taken);
        if changed {
            fetcher.looks.differs(name);
            fetcher.tell(Change::Models { profile_id: fetcher.profile_id.clone() });
            fetcher.tell(Change::Model { profile_id: fetcher.profile_id.clone(), name: name.to_owned() });
        }
        Ok(())
    }

    /// Tells of the aliases that have moved between the look before and this one.
    async fn see_moves(&self, before: &RegisteredModel, after: &RegisteredModel) -> Result<()> {
        let fetcher = &self.fetcher;
        if before.aliases == after.aliases {
            return Ok(());
        }
        let mut looked_ms = None;
        for key in ["models".to_owned(), format!("model/{}", after.name)] {
            looked_ms = looked_ms.max(fetcher.cache.sync_state(fetcher.source, &key).await?.synced_at_ms);
        }
        // A look that did not end well is not known; what it found was there nevertheless.
        let after_ms = looked_ms.or(after.creation_time_ms).unwrap_or(0);
        fetcher.tell_sightings(sightings(before, after, after_ms, fetcher.now_ms()));
        Ok(())
    }

    async fn model_versions(&self, name: &str) -> Result<()> {
        let fetcher = &self.fetcher;
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
        if fetcher.cache.replace_model_versions(fetcher.source, name, &versions).await? {
            fetcher.tell(Change::Model { profile_id: fetcher.profile_id.clone(), name: name.to_owned() });
        }
        Ok(())
    }

    async fn all_model_versions(&self, whole: bool) -> Result<()> {
        let fetcher = &self.fetcher;
        let mut met = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let page = {
                let _permit = fetcher.requests.acquire(self.interest()).await;
                fetcher.store.search_all_model_versions(token.as_deref()).await?
            };
            self.progress(u32::try_from(page.items.len()).unwrap_or(u32::MAX));
            let differs = fetcher.cache.apply_model_versions(fetcher.source, &page.items).await?;
            if differs {
                fetcher.tell(Change::Models { profile_id: fetcher.profile_id.clone() });
            }
            token = next_token(page.next_page_token, token.as_deref())?;
            if whole {
                met.extend(page.items.into_iter().map(|version| (version.name, version.version)));
            }
            if token.is_none() || !(whole || differs) {
                break;
            }
        }
        if whole && fetcher.cache.forget_other_versions(fetcher.source, &met).await? > 0 {
            fetcher.tell(Change::Models { profile_id: fetcher.profile_id.clone() });
        }
        Ok(())
    }

    /// Runs that versions name, of which some may not be there.
    async fn runs_anywhere(&self, experiment_ids: &[String], run_ids: &[String]) -> Result<()> {
        let (experiment_ids, wanted) = (experiment_ids.to_vec(), Some(run_ids.to_vec()));
        let query = RunsQuery { experiment_ids, run_ids: wanted, ..RunsQuery::default() };
        self.runs(query, None).await?;
        let unmet = self.fetcher.cache.unknown_runs(self.fetcher.source, run_ids).await?;
        unmet.iter().for_each(|run_id| self.fetcher.run_is_missing(run_id));
        Ok(())
    }

    async fn logged_models(&self, experiment_id: &str, model_ids: &[String]) -> Result<()> {
        let found = {
            let _permit = self.fetcher.requests.acquire(self.interest()).await;
            self.fetcher.store.search_logged_models(&[experiment_id.to_owned()], model_ids).await?
        };
        self.apply_logged_models(model_ids, &found).await
    }

    async fn logged_model(&self, model_id: &str) -> Result<()> {
        let found = {
            let _permit = self.fetcher.requests.acquire(self.interest()).await;
            self.fetcher.store.get_logged_model(model_id).await
        };
        let found = match found {
            Ok(model) => vec![model],
            Err(StoreError::NotFound { .. }) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        self.apply_logged_models(&[model_id.to_owned()], &found).await
    }

    async fn apply_logged_models(&self, asked: &[String], found: &[LoggedModel]) -> Result<()> {
        let fetcher = &self.fetcher;
        if fetcher.cache.apply_logged_models(fetcher.source, asked, found, fetcher.now_ms()).await? {
            fetcher.tell(match &self.scope {
                Scope::Model(name) => Change::Model { profile_id: fetcher.profile_id.clone(), name: name.clone() },
                _ => Change::Models { profile_id: fetcher.profile_id.clone() },
            });
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
                let _permit = self.fetcher.requests.acquire(self.interest()).await;
                ask(self.fetcher.store.clone(), token.clone()).await?
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

/// The pages of one question about runs, each of the size that suits the store.
struct Pages<'a> {
    job: &'a Job,
    query: RunsQuery,
    size: PageSize,
    /// No page is left to ask for, or none can be.
    ended: Option<Result<()>>,
}

impl<'a> Pages<'a> {
    fn of(job: &'a Job, query: RunsQuery) -> Self {
        let size = job.fetcher.page_size.lock().begun_again();
        Self { job, query, size, ended: None }
    }

    async fn next(&mut self) -> Result<Option<Vec<Run>>> {
        if let Some(ended) = self.ended.take() {
            return ended.map(|()| None);
        }
        let fetcher = &self.job.fetcher;
        loop {
            self.query.max_results = self.size.runs();
            let (page, took) = {
                let _alone = match self.size.runs() > FIRST_RUNS {
                    true => Some(fetcher.large_pages.acquire(self.job.interest()).await),
                    false => None,
                };
                let _permit = fetcher.requests.acquire(self.job.interest()).await;
                let begun = Instant::now();
                (fetcher.store.search_runs(&self.query).await, begun.elapsed())
            };
            match page {
                Ok(page) => {
                    let bytes = page.items.iter().map(wire_bytes).sum();
                    self.size.read(u32::try_from(page.items.len()).unwrap_or(u32::MAX), bytes, took);
                    self.learnt();
                    match next_token(page.next_page_token, self.query.page_token.as_deref()) {
                        Ok(None) => self.ended = Some(Ok(())),
                        Ok(token) => self.query.page_token = token,
                        // What came with it is good.
                        Err(error) => self.ended = Some(Err(error)),
                    }
                    return Ok(Some(page.items));
                }
                Err(error) if is_too_much(&error, self.size.has_grown()) && self.size.too_much() => self.learnt(),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn learnt(&self) {
        *self.job.fetcher.page_size.lock() = self.size.clone();
    }
}

fn of_experiment(experiment_id: &str) -> RunsQuery {
    RunsQuery { experiment_ids: vec![experiment_id.to_owned()], max_results: FIRST_RUNS, ..RunsQuery::default() }
}

/// Whether less at a time may do. `has_grown`: fewer runs were answered a moment ago.
fn is_too_much(error: &StoreError, has_grown: bool) -> bool {
    match error {
        StoreError::TimedOut { .. } | StoreError::BadAnswer { .. } => true,
        StoreError::ServerFailed { status: 502..=504, .. } => true,
        // A smaller `max_results` is the most that some take, and a server that is killed for the
        // time or the memory that a page takes closes the connection.
        StoreError::Refused { .. } | StoreError::Unreachable { .. } | StoreError::ServerFailed { .. } => has_grown,
        _ => false,
    }
}

/// How many runs of the beginning go into one transaction.
fn at_once(runs: &[Run]) -> usize {
    let mut values = 0;
    let fits = runs.iter().take(RUNS_AT_ONCE).take_while(|run| {
        let before = values;
        values += run.metrics.len() + run.params.len() + run.tags.len();
        before == 0 || values <= VALUES_AT_ONCE
    });
    fits.count()
}

/// About as many bytes as the run has in a server's answer.
fn wire_bytes(run: &Run) -> u64 {
    let metrics: usize = run.metrics.iter().map(|metric| metric.key.len() + 90).sum();
    let params: usize = run.params.iter().map(|param| param.key.len() + param.value.len() + 30).sum();
    let tags: usize = run.tags.iter().map(|tag| tag.key.len() + tag.value.len() + 30).sum();
    let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let inputs = run.dataset_inputs.iter();
    let inputs: usize = inputs.map(|one| one.source.len() + text(&one.schema) + text(&one.profile) + 200).sum();
    (metrics + params + tags + inputs + 500) as u64
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
