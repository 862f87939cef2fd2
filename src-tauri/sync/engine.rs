//! When what is watched is synced, and what went wrong.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use super::error::Result;
use super::fetch::Job;
use super::fetcher::{Clock, Fetcher, HISTORIES_AT_ONCE};
use super::outcome::Outcome;
use super::plan::{CachedState, Fetch, plan, plan_logged_models, plan_open_runs, plan_registry_runs, plan_source_runs};
use super::watched::Scopes;
use super::{Freshness, FreshnessPart, OnSightings, Scope, SyncError, What};
use crate::cache::{Cache, SourceId, SyncState};
use crate::change::{Change, OnChange};
use crate::clock::now_ms;
use crate::tracking::TrackingStore;

const TICK: Duration = Duration::from_secs(1);

/// Keeps one source of the cache true. Stops when it is dropped; what is committed stays.
pub struct Sync {
    schedule: Arc<Schedule>,
    ticking: tokio::task::JoinHandle<()>,
}

/// When what is synced.
struct Schedule {
    fetcher: Arc<Fetcher>,
    scopes: Arc<Scopes>,
    reading_open_runs: tokio::sync::Mutex<()>,
    tasks: Mutex<JoinSet<()>>,
    runtime: Handle,
}

impl Sync {
    /// Starts with nothing watched. Must be called within a Tokio runtime.
    pub fn start(
        store: Arc<dyn TrackingStore>,
        cache: Cache,
        source: SourceId,
        profile_id: &str,
        on_change: OnChange,
        on_sightings: OnSightings,
    ) -> Self {
        Self::start_with_clock(store, cache, source, profile_id, on_change, on_sightings, Arc::new(now_ms))
    }

    /// With a clock of one's own, for tests.
    pub fn start_with_clock(
        store: Arc<dyn TrackingStore>,
        cache: Cache,
        source: SourceId,
        profile_id: &str,
        on_change: OnChange,
        on_sightings: OnSightings,
        clock: Clock,
    ) -> Self {
        let schedule = Arc::new(Schedule {
            fetcher: Arc::new(Fetcher::new(store, cache, source, profile_id, on_change, on_sightings, clock)),
            scopes: Arc::default(),
            reading_open_runs: tokio::sync::Mutex::default(),
            tasks: Mutex::default(),
            runtime: Handle::current(),
        });
        let ticked = schedule.clone();
        let ticking = tokio::spawn(async move {
            loop {
                tokio::time::sleep(TICK).await;
                ticked.tick();
            }
        });
        Self { schedule, ticking }
    }

    /// The window watches `scopes` from now on, in place of those before. What is older than it may be is synced now,
    /// and again and again as long as it is watched; the last of them is served first.
    pub fn watch(&self, scopes: Vec<Scope>) {
        self.schedule.watch(scopes);
    }

    /// Syncs `scope` now, however fresh it is and whatever went wrong before.
    pub fn refresh(&self, scope: Scope) {
        self.schedule.refresh(scope);
    }

    /// The way to the store is open again: what is watched and failed meanwhile is synced now, without its pause.
    pub fn wake(&self) {
        let failed: Vec<Scope> = self
            .schedule
            .scopes
            .lock()
            .iter()
            .filter(|(_, watched)| watched.on_screen && watched.has_failed())
            .map(|(scope, _)| scope.clone())
            .collect();
        for scope in failed {
            self.schedule.refresh(scope);
        }
    }

    pub async fn freshness(&self, scope: &Scope) -> Freshness {
        self.schedule.freshness(scope).await
    }

    /// Why a part of `scope` could not be read by the last sync, as it happened: the first one's error.
    pub fn error(&self, scope: &Scope) -> Option<SyncError> {
        self.schedule.scopes.lock().get(scope).and_then(|watched| watched.error().cloned())
    }
}

impl Drop for Sync {
    fn drop(&mut self) {
        self.ticking.abort();
        self.schedule.tasks.lock().abort_all();
    }
}

impl Schedule {
    fn watch(self: &Arc<Self>, wanted: Vec<Scope>) {
        let now_ms = self.fetcher.now_ms();
        let mut scopes = self.scopes.lock();
        let kept: HashSet<&Scope> = wanted.iter().collect();
        for (_, watched) in scopes.iter_mut().filter(|(scope, watched)| watched.on_screen && !kept.contains(scope)) {
            watched.on_screen = false;
            watched.left_ms = now_ms;
        }
        for scope in wanted {
            let watched = scopes.entry(scope).or_default();
            if !watched.on_screen {
                watched.on_screen = true;
                watched.interest = self.scopes.next_interest();
            }
        }
        drop(scopes);
        self.sync_due();
    }

    fn refresh(self: &Arc<Self>, scope: Scope) {
        let start = {
            let mut scopes = self.scopes.lock();
            let watched = scopes.entry(scope.clone()).or_default();
            watched.left_ms = self.fetcher.now_ms();
            watched.interest = self.scopes.next_interest();
            watched.asked();
            !std::mem::replace(&mut watched.running, true)
        };
        if start {
            self.spawn(scope, true);
        }
    }

    /// Syncs `scope` now if it is watched.
    fn refresh_watched(self: &Arc<Self>, scope: Scope) {
        if self.scopes.lock().get(&scope).is_some_and(|watched| watched.on_screen) {
            self.refresh(scope);
        }
    }

    /// Syncs again what is watched and old, and forgets what has not been watched for long.
    fn tick(self: &Arc<Self>) {
        let now_ms = self.fetcher.now_ms();
        self.scopes.lock().retain(|_, watched| watched.is_remembered(now_ms));
        self.sync_due();
    }

    /// Syncs what is watched and older than it may be, the newest interest first.
    fn sync_due(self: &Arc<Self>) {
        let now_ms = self.fetcher.now_ms();
        let mut due: Vec<(u64, Scope)> = self
            .scopes
            .lock()
            .iter_mut()
            .filter(|(scope, watched)| watched.on_screen && !watched.running && watched.is_due(scope, now_ms))
            .map(|(scope, watched)| {
                watched.running = true;
                (watched.interest, scope.clone())
            })
            .collect();
        due.sort_by_key(|(interest, _)| std::cmp::Reverse(*interest));
        for (_, scope) in due {
            self.spawn(scope, false);
        }
    }

    fn spawn(self: &Arc<Self>, scope: Scope, asked: bool) {
        let schedule = self.clone();
        let mut tasks = self.tasks.lock();
        // Ended tasks are let go.
        while tasks.try_join_next().is_some() {}
        tasks.spawn_on(async move { schedule.sync_until_content(scope, asked).await }, &self.runtime);
    }

    async fn sync_until_content(self: Arc<Self>, scope: Scope, mut asked: bool) {
        let mut running = RunningSync { schedule: &self, scope: &scope, over: false };
        // Charts are many and are told of each history: only what went wrong is worth a word besides.
        let is_chart = matches!(scope, Scope::Histories { .. });
        // Aliases are looked at every few seconds.
        let is_quiet = is_chart || matches!(scope, Scope::Aliases(_));
        let mut failed;
        loop {
            if !is_quiet {
                self.fetcher.tell_freshness(&scope);
            }
            let begun_ms = self.fetcher.now_ms();
            if let Some(watched) = self.scopes.lock().get_mut(&scope) {
                watched.fetched = 0;
            }
            let outcome = self.sync(&scope, asked, begun_ms).await;
            failed = outcome.errors().next().is_some();
            let lost = outcome.errors().find_map(|error| match error {
                SyncError::Cache(error) => Some(error.clone()),
                SyncError::Store(_) => None,
            });
            if let Some(error) = lost
                && self.fetcher.cache.repair(self.fetcher.source, &error).await
            {
                // All that was shown is gone; the window asks again.
                self.fetcher.tell(Change::Experiments { profile_id: self.fetcher.profile_id.clone() });
                self.fetcher.tell(Change::Models { profile_id: self.fetcher.profile_id.clone() });
            }
            let (differs, again) = running.ended(outcome, begun_ms);
            if let Scope::Histories { run_ids, keys } = &scope
                && differs
            {
                // A chart says by itself whether it has all there is.
                let profile_id = self.fetcher.profile_id.clone();
                let (run_ids, keys) = (run_ids.clone(), keys.clone());
                self.fetcher.tell(Change::Histories { profile_id, run_ids, keys });
            }
            if !again {
                break;
            }
            asked = true;
        }
        if !is_quiet || failed {
            self.fetcher.tell_freshness(&scope);
        }
        if let Scope::Aliases(name) = &scope
            && self.fetcher.looks.take_differing(name)
        {
            // Who moved one, and why, is in the tags of the versions.
            self.refresh_watched(Scope::Model(name.clone()));
        }
    }

    async fn sync(self: &Arc<Self>, scope: &Scope, asked: bool, begun_ms: i64) -> Outcome {
        let mut outcome = {
            let scopes = self.scopes.lock();
            let rests = |what: &What| scopes.get(scope).is_some_and(|watched| watched.rests(*what, begun_ms));
            Outcome::of(scope.parts().iter().copied().filter(|what| asked || !rests(what)))
        };
        if let Err(error) = self.read(scope, asked, begun_ms, &mut outcome).await {
            outcome.stop(error);
        }
        outcome
    }

    /// Reads the parts that `outcome` wants. Fails only where the cache does.
    async fn read(self: &Arc<Self>, scope: &Scope, asked: bool, begun_ms: i64, outcome: &mut Outcome) -> Result<()> {
        let job = Job { fetcher: self.fetcher.clone(), scopes: self.scopes.clone(), scope: scope.clone() };
        let mut known = self.known(scope).await?;
        if let Scope::Histories { run_ids, keys } = scope {
            // One chart after the other, so that the next ones find what the first has read.
            let reading = self.reading_open_runs.lock().await;
            known.open_runs = self.fetcher.cache.open_runs_among(self.fetcher.source, run_ids).await?;
            job.carry_out(plan_open_runs(&known, asked, self.fetcher.now_ms()), 1, outcome).await;
            drop(reading);
            known.histories = self.fetcher.cache.history_states(self.fetcher.source, run_ids, keys).await?;
            job.carry_out(plan(scope, &known, asked, begun_ms), HISTORIES_AT_ONCE, outcome).await;
            return Ok(());
        }
        let steps = plan(scope, &known, asked, begun_ms);
        job.carry_out(steps.clone(), 1, outcome).await;
        if let Scope::Model(name) = scope
            && outcome.wants(What::SourceRuns)
        {
            let missing = self.fetcher.cache.missing_source_runs(self.fetcher.source, name).await?;
            known.missing_run_ids = self.fetcher.not_missing(missing);
            let steps = plan_source_runs(&known);
            let some = !steps.is_empty();
            job.carry_out(steps, 1, outcome).await;
            if some {
                self.fetcher.tell(Change::Model { profile_id: self.fetcher.profile_id.clone(), name: name.clone() });
            }
            if self.fetcher.store.capabilities().logged_models {
                known.logged_models = self.fetcher.cache.logged_model_states(self.fetcher.source, name).await?;
                job.carry_out(plan_logged_models(&known, asked, self.fetcher.now_ms()), 1, outcome).await;
            }
        }
        if *scope == Scope::Registry && outcome.wants(What::SourceRuns) {
            let cache = &self.fetcher.cache;
            let missing = cache.missing_leading_runs(self.fetcher.source).await?;
            known.missing_run_ids = self.fetcher.not_missing(missing);
            known.experiment_ids = cache.active_experiment_ids(self.fetcher.source).await?;
            let steps = plan_registry_runs(&known);
            let some = !steps.is_empty();
            job.carry_out(steps, 1, outcome).await;
            if some {
                self.fetcher.tell(Change::Models { profile_id: self.fetcher.profile_id.clone() });
            }
            if self.fetcher.store.capabilities().logged_models {
                known.logged_models = cache.leading_logged_models(self.fetcher.source).await?;
                job.carry_out(plan_logged_models(&known, asked, self.fetcher.now_ms()), 1, outcome).await;
            }
        }
        for what in scope.parts() {
            if outcome.is_well(*what) {
                self.remember(scope, *what, &steps, begun_ms).await?;
            }
        }
        Ok(())
    }

    async fn known(&self, scope: &Scope) -> Result<CachedState> {
        let mut known = CachedState::default();
        match scope {
            Scope::Experiment(experiment_id) => {
                if let Some(key) = scope.key(What::Runs) {
                    known.state = self.fetcher.cache.sync_state(self.fetcher.source, &key).await?;
                }
                known.run_count =
                    self.fetcher.cache.run_count_and_newest_start(self.fetcher.source, experiment_id).await?.0;
                known.open_runs = self.fetcher.cache.open_runs(self.fetcher.source, experiment_id).await?;
            }
            Scope::Registry => {
                if let Some(key) = scope.key(What::Versions) {
                    known.state = self.fetcher.cache.sync_state(self.fetcher.source, &key).await?;
                }
            }
            Scope::Histories { .. }
            | Scope::Experiments
            | Scope::Run(_)
            | Scope::Models
            | Scope::Model(_)
            | Scope::Aliases(_) => {}
        }
        Ok(known)
    }

    /// Keeps in the cache that a part of `scope` was brought up to date.
    async fn remember(&self, scope: &Scope, what: What, steps: &[Fetch], begun_ms: i64) -> Result<()> {
        let Some(key) = scope.key(what) else { return Ok(()) };
        let before = self.fetcher.cache.sync_state(self.fetcher.source, &key).await?;
        let swept = match scope {
            Scope::Experiment(_) => steps.iter().any(|step| matches!(step, Fetch::Sweep { .. })),
            Scope::Registry => steps.contains(&Fetch::AllModelVersions { whole: true }),
            _ => true,
        };
        let newest_start_ms = match scope {
            Scope::Experiment(experiment_id) => {
                self.fetcher.cache.run_count_and_newest_start(self.fetcher.source, experiment_id).await?.1
            }
            _ => None,
        };
        let state = SyncState {
            synced_at_ms: Some(begun_ms),
            swept_at_ms: if swept { Some(begun_ms) } else { before.swept_at_ms },
            newest_start_ms,
            complete: swept || before.complete,
        };
        self.fetcher.cache.set_sync_state(self.fetcher.source, &key, state).await?;
        Ok(())
    }

    async fn freshness(&self, scope: &Scope) -> Freshness {
        // Charts are asked at every drawing.
        let synced = |what: &What| self.scopes.lock().get(scope).and_then(|watched| watched.synced_at_ms(*what));
        let known = scope.parts().iter().map(|what| FreshnessPart::of(*what, synced(what)));
        let known: Vec<FreshnessPart> = known.collect();
        let mut freshness = if known.iter().all(|part| part.as_of_ms.is_some()) {
            Freshness::of(known)
        } else {
            match Freshness::cached(&self.fetcher.cache, self.fetcher.source, scope).await {
                Ok(freshness) => freshness,
                Err(error) => return Freshness { error: Some(error.into()), ..Freshness::default() },
            }
        };
        if let Some(watched) = self.scopes.lock().get(scope) {
            for part in &mut freshness.parts {
                part.as_of_ms = watched.synced_at_ms(part.what).or(part.as_of_ms);
                if let Some(failure) = watched.failure(part.what) {
                    part.error = Some(failure.error.clone().into());
                    part.failed = failure.count;
                }
            }
            freshness = Freshness::of(freshness.parts);
            freshness.syncing = watched.running;
            freshness.fetched = watched.fetched;
        }
        freshness
    }
}

/// A scope that is being synced; it no longer is when this is dropped, however that comes.
struct RunningSync<'a> {
    schedule: &'a Schedule,
    scope: &'a Scope,
    /// It no longer is: another sync of it may have begun since.
    over: bool,
}

impl RunningSync<'_> {
    /// Notes how the sync ended. Says whether that differs from the one before, and whether it must begin again,
    /// because a refresh was asked for meanwhile. If not, it is over in the same locked step, so that no refresh is missed.
    fn ended(&mut self, outcome: Outcome, begun_ms: i64) -> (bool, bool) {
        let now_ms = self.schedule.fetcher.now_ms();
        for error in outcome.errors() {
            tracing::debug!(%error, scope = ?self.scope, "a part of a sync failed");
        }
        let mut scopes = self.schedule.scopes.lock();
        let Some(watched) = scopes.get_mut(self.scope) else { return (false, false) };
        let differs = watched.ended(outcome, begun_ms, now_ms);
        watched.running = std::mem::take(&mut watched.again);
        self.over = !watched.running;
        (differs, watched.running)
    }
}

impl Drop for RunningSync<'_> {
    fn drop(&mut self) {
        if !self.over
            && let Some(watched) = self.schedule.scopes.lock().get_mut(self.scope)
        {
            watched.running = false;
        }
    }
}
