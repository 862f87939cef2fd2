//! From what is known to what must be fetched. Pure: time comes in as an argument.
//!
//! Times of runs are those of the clocks of the machines they ran on, so every "since" reaches a
//! little further back than the last sync.

use std::collections::BTreeMap;

use super::Scope;
use crate::cache::{HistoryState, LoggedModelState, OpenRun, SyncState};
use crate::tracking::MODELS_PER_QUESTION;

/// One thing to ask the store for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetch {
    Experiments,
    /// All runs of an experiment, newest first, to the end; those not met are gone.
    Sweep {
        experiment_id: String,
    },
    RunsStartedSince {
        experiment_id: String,
        started_since_ms: i64,
    },
    RunsEndedSince {
        experiment_id: String,
        ended_since_ms: i64,
    },
    /// These runs of an experiment again; at most [`RUNS_PER_QUESTION`].
    Runs {
        experiment_id: String,
        run_ids: Vec<String>,
    },
    Run {
        run_id: String,
    },
    History {
        run_id: String,
        key: String,
    },
    RegisteredModels,
    RegisteredModel {
        name: String,
    },
    ModelVersions {
        name: String,
    },
    /// Versions of all registered models: all of them, or those changed last, until a page has nothing new.
    AllModelVersions {
        whole: bool,
    },
    /// These runs, whichever of these experiments they are in; at most [`RUNS_PER_QUESTION`].
    RunsAnywhere {
        experiment_ids: Vec<String>,
        run_ids: Vec<String>,
    },
    /// These logged models of an experiment; at most [`MODELS_PER_QUESTION`].
    LoggedModels {
        experiment_id: String,
        model_ids: Vec<String>,
    },
    /// One whose experiment is not known.
    LoggedModel {
        model_id: String,
    },
}

/// What is known when a plan is made. Only what the scope is about needs to be filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CachedState {
    pub state: SyncState,
    /// Runs of the experiment in the cache.
    pub run_count: u32,
    /// Runs that may still change: of the experiment, or among those whose histories are wanted.
    pub open_runs: Vec<OpenRun>,
    pub histories: Vec<HistoryState>,
    /// Runs that versions of the model, or of all models, came from and that the cache does not have.
    pub missing_run_ids: Vec<String>,
    /// All experiments that are not deleted.
    pub experiment_ids: Vec<String>,
    /// What versions of the model name, the most important first.
    pub logged_models: Vec<LoggedModelState>,
}

/// The most runs that one question may name.
pub const RUNS_PER_QUESTION: usize = 100;
/// How far clocks may be apart.
const OVERLAP_MS: i64 = 10 * 60_000;
/// What is younger does for a chart. Less than the age at which a scope is synced again.
const OPEN_RUN_EVERY_MS: i64 = 10_000;
/// A run that has been open for longer was probably killed without a word: it is read less often.
const LONG_OPEN_MS: i64 = 24 * 3_600_000;
const LONG_OPEN_EVERY_MS: i64 = 10 * 60_000;
/// The most open runs that one sync reads again.
const MOST_OPEN_RUNS: usize = 500;
/// Experiments up to this size are swept whenever the user asks for a refresh.
const QUICK_SWEEP_RUNS: u32 = 5_000;
/// The most source runs of versions that one sync reads.
const MOST_SOURCE_RUNS: usize = 50;
/// How many questions about source runs of all models one sync asks.
const MOST_REGISTRY_QUESTIONS: usize = 10;
/// Versions change and are deleted without a word in the list of those changed last.
const ALL_VERSIONS_EVERY_MS: i64 = 10 * 60_000;
/// The most logged models that one sync asks for by experiment, and one by one.
const MOST_LOGGED_MODELS: usize = 2_000;
const MOST_SINGLE_LOGGED_MODELS: usize = 50;
/// Logged models may get metrics whenever they are evaluated. So many of the most important ones are read at every
/// sync, the others less often.
const LIVELY_LOGGED_MODELS: usize = 100;
const LOGGED_MODEL_EVERY_MS: i64 = 10 * 60_000;

/// The steps that bring `scope` up to date. `asked` is true when the user asked for it, and not
/// merely time has passed.
pub fn plan(scope: &Scope, known: &CachedState, asked: bool, now_ms: i64) -> Vec<Fetch> {
    match scope {
        Scope::Experiments => vec![Fetch::Experiments],
        Scope::Experiment(experiment_id) => experiment(experiment_id, known, asked, now_ms),
        Scope::Run(run_id) => vec![Fetch::Run { run_id: run_id.clone() }],
        Scope::Histories { .. } => histories(&known.histories, asked, now_ms),
        Scope::Models => vec![Fetch::RegisteredModels],
        Scope::Aliases(name) => vec![Fetch::RegisteredModel { name: name.clone() }],
        Scope::Registry => {
            let whole_ms = known.state.swept_at_ms.filter(|_| known.state.complete && !asked);
            let whole = whole_ms.is_none_or(|swept_at_ms| now_ms.saturating_sub(swept_at_ms) >= ALL_VERSIONS_EVERY_MS);
            vec![Fetch::AllModelVersions { whole }]
        }
        Scope::Model(name) => {
            vec![Fetch::RegisteredModel { name: name.clone() }, Fetch::ModelVersions { name: name.clone() }]
        }
    }
}

/// The runs to read before histories are planned: a run that goes on has a newer latest metric,
/// and that is how its history is known to be out of date. Many charts show the same runs: what was read a
/// moment ago is new enough for all of them, unless the user asks.
pub fn plan_open_runs(known: &CachedState, asked: bool, now_ms: i64) -> Vec<Fetch> {
    let is_old = |run: &&OpenRun| asked || now_ms.saturating_sub(run.seen_ms) >= OPEN_RUN_EVERY_MS;
    let old: Vec<OpenRun> = known.open_runs.iter().filter(is_old).cloned().collect();
    open_runs(&old, now_ms)
}

/// The source runs to read once the versions of all models are known.
pub fn plan_registry_runs(known: &CachedState) -> Vec<Fetch> {
    if known.experiment_ids.is_empty() {
        return Vec::new();
    }
    let question = |run_ids: &[String]| Fetch::RunsAnywhere {
        experiment_ids: known.experiment_ids.clone(),
        run_ids: run_ids.to_vec(),
    };
    known.missing_run_ids.chunks(RUNS_PER_QUESTION).take(MOST_REGISTRY_QUESTIONS).map(question).collect()
}

/// The source runs to read once a model's versions are known.
pub fn plan_source_runs(known: &CachedState) -> Vec<Fetch> {
    known.missing_run_ids.iter().take(MOST_SOURCE_RUNS).map(|run_id| Fetch::Run { run_id: run_id.clone() }).collect()
}

/// The logged models to read once a model's versions and their runs are known.
pub fn plan_logged_models(known: &CachedState, asked: bool, now_ms: i64) -> Vec<Fetch> {
    let due = |(place, model): &(usize, &LoggedModelState)| {
        let is_old = |seen_ms| now_ms.saturating_sub(seen_ms) >= LOGGED_MODEL_EVERY_MS;
        asked || *place < LIVELY_LOGGED_MODELS || model.seen_ms.is_none_or(is_old)
    };
    let mut due: Vec<&LoggedModelState> =
        known.logged_models.iter().enumerate().filter(due).map(|(_, model)| model).collect();
    // What was never read comes first: it may be beyond what one sync reads.
    due.sort_by_key(|model| model.seen_ms.is_some());
    let (mut together, mut singly): (BTreeMap<&str, Vec<Vec<String>>>, Vec<Fetch>) = Default::default();
    for model in due.into_iter().take(MOST_LOGGED_MODELS) {
        let model_id = model.model_id.clone();
        let Some(experiment_id) = &model.experiment_id else {
            singly.push(Fetch::LoggedModel { model_id });
            continue;
        };
        let questions = together.entry(experiment_id).or_default();
        match questions.last_mut().filter(|question| question.len() < MODELS_PER_QUESTION) {
            Some(question) => question.push(model_id),
            None => questions.push(vec![model_id]),
        }
    }
    singly.truncate(MOST_SINGLE_LOGGED_MODELS);
    let together = together.into_iter().flat_map(|(experiment_id, questions)| {
        questions
            .into_iter()
            .map(|model_ids| Fetch::LoggedModels { experiment_id: experiment_id.to_owned(), model_ids })
    });
    together.chain(singly).collect()
}

fn experiment(experiment_id: &str, known: &CachedState, asked: bool, now_ms: i64) -> Vec<Fetch> {
    let sweep = vec![Fetch::Sweep { experiment_id: experiment_id.to_owned() }];
    let (true, Some(synced_at_ms), Some(swept_at_ms)) =
        (known.state.complete, known.state.synced_at_ms, known.state.swept_at_ms)
    else {
        return sweep;
    };
    let due = now_ms.saturating_sub(swept_at_ms) >= sweep_every_ms(known.run_count);
    if due || (asked && known.run_count <= QUICK_SWEEP_RUNS) {
        return sweep;
    }
    // A run with a start time in the future, by a clock that is wrong, must not hide all later ones.
    let newest_ms = known.state.newest_start_ms.unwrap_or(synced_at_ms).min(synced_at_ms);
    let mut steps = vec![
        Fetch::RunsStartedSince {
            experiment_id: experiment_id.to_owned(),
            started_since_ms: newest_ms.saturating_sub(OVERLAP_MS),
        },
        Fetch::RunsEndedSince {
            experiment_id: experiment_id.to_owned(),
            ended_since_ms: synced_at_ms.saturating_sub(OVERLAP_MS),
        },
    ];
    steps.extend(open_runs(&known.open_runs, now_ms));
    steps
}

/// A sweep costs the server about as much as it has runs, so large experiments are swept less
/// often: every minute up to 300 runs, every half hour at 10,000, twice a day at the most.
fn sweep_every_ms(run_count: u32) -> i64 {
    (i64::from(run_count) * 200).clamp(60_000, 12 * 3_600_000)
}

fn open_runs(open_runs: &[OpenRun], now_ms: i64) -> Vec<Fetch> {
    let due = open_runs.iter().filter(|run| {
        let open_for_ms = now_ms.saturating_sub(run.start_time_ms.unwrap_or(now_ms));
        open_for_ms < LONG_OPEN_MS || now_ms.saturating_sub(run.seen_ms) >= LONG_OPEN_EVERY_MS
    });
    let mut steps: Vec<Fetch> = Vec::new();
    for run in due.take(MOST_OPEN_RUNS) {
        let room = steps.iter_mut().find_map(|step| match step {
            Fetch::Runs { experiment_id, run_ids }
                if *experiment_id == run.experiment_id && run_ids.len() < RUNS_PER_QUESTION =>
            {
                Some(run_ids)
            }
            _ => None,
        });
        match room {
            Some(run_ids) => run_ids.push(run.run_id.clone()),
            None => {
                steps.push(Fetch::Runs { experiment_id: run.experiment_id.clone(), run_ids: vec![run.run_id.clone()] })
            }
        }
    }
    steps
}

/// A history is always fetched as a whole, so that of a run that goes on is fetched less often the
/// longer it is.
fn histories(histories: &[HistoryState], asked: bool, now_ms: i64) -> Vec<Fetch> {
    let due = |history: &&HistoryState| {
        let rest_ms = i64::from(history.points).max(10_000);
        !history.up_to_date
            && history
                .fetched_at_ms
                .is_none_or(|fetched_at_ms| asked || now_ms.saturating_sub(fetched_at_ms) >= rest_ms)
    };
    histories
        .iter()
        .filter(due)
        .map(|history| Fetch::History { run_id: history.run_id.clone(), key: history.key.clone() })
        .collect()
}
