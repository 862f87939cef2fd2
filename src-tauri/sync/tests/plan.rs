//! What is fetched, and when.

use super::super::Scope;
use super::super::plan::{
    CachedState, Fetch, plan, plan_logged_models, plan_open_runs, plan_registry_runs, plan_source_runs,
};
use crate::cache::{HistoryState, LoggedModelState, OpenRun, SyncState};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const NOW: i64 = 1_000 * HOUR;

fn experiment() -> Scope {
    Scope::Experiment("7".to_owned())
}

fn synced(synced_at_ms: i64, swept_at_ms: i64, newest_start_ms: i64) -> CachedState {
    let state = SyncState {
        synced_at_ms: Some(synced_at_ms),
        swept_at_ms: Some(swept_at_ms),
        newest_start_ms: Some(newest_start_ms),
        complete: true,
    };
    CachedState { state, run_count: 1_000, ..CachedState::default() }
}

fn sweep() -> Vec<Fetch> {
    vec![Fetch::Sweep { experiment_id: "7".to_owned() }]
}

fn since(started_since_ms: i64, ended_since_ms: i64) -> Vec<Fetch> {
    vec![
        Fetch::RunsStartedSince { experiment_id: "7".to_owned(), started_since_ms },
        Fetch::RunsEndedSince { experiment_id: "7".to_owned(), ended_since_ms },
    ]
}

fn open(run_id: &str, started: i64, seen_ms: i64) -> OpenRun {
    OpenRun { run_id: run_id.to_owned(), experiment_id: "7".to_owned(), start_time_ms: Some(started), seen_ms }
}

#[test]
fn an_experiment_never_seen_is_swept() {
    assert_eq!(plan(&experiment(), &CachedState::default(), false, NOW), sweep());
}

#[test]
fn a_sweep_that_was_interrupted_begins_anew() {
    let mut known = synced(NOW - MINUTE, NOW - MINUTE, NOW - HOUR);
    known.state.complete = false;
    assert_eq!(plan(&experiment(), &known, false, NOW), sweep());
}

#[test]
fn after_that_only_what_started_and_ended_since_is_asked_for_with_an_overlap_for_wrong_clocks() {
    let known = synced(NOW - MINUTE, NOW - 3 * MINUTE, NOW - HOUR);
    assert_eq!(plan(&experiment(), &known, false, NOW), since(NOW - HOUR - 10 * MINUTE, NOW - 11 * MINUTE));
}

#[test]
fn a_run_from_the_future_does_not_hide_later_ones() {
    let known = synced(NOW - MINUTE, NOW - 3 * MINUTE, NOW + 100 * HOUR);
    assert_eq!(plan(&experiment(), &known, false, NOW), since(NOW - 11 * MINUTE, NOW - 11 * MINUTE));
}

#[test]
fn an_experiment_that_had_no_runs_is_asked_for_what_came_since() {
    let mut known = synced(NOW - MINUTE / 2, NOW - MINUTE / 2, 0);
    known.state.newest_start_ms = None;
    known.run_count = 0;
    let since_ms = NOW - MINUTE / 2 - 10 * MINUTE;
    assert_eq!(plan(&experiment(), &known, false, NOW), since(since_ms, since_ms));
}

#[test]
fn the_larger_an_experiment_the_rarer_it_is_swept() {
    for (run_count, swept_before_ms, swept) in [
        (0, 59_000, false),
        (0, 60_000, true),
        (300, 60_000, true),
        (1_000, 199_000, false),
        (1_000, 200_000, true),
        (10_000, 33 * MINUTE, false),
        (10_000, 34 * MINUTE, true),
        (u32::MAX, 11 * HOUR, false),
        (u32::MAX, 12 * HOUR, true),
    ] {
        let known = CachedState { run_count, ..synced(NOW - MINUTE, NOW - swept_before_ms, NOW - HOUR) };
        let is_sweep = plan(&experiment(), &known, false, NOW) == sweep();
        assert_eq!(is_sweep, swept, "{run_count} runs, swept {swept_before_ms} ms ago");
    }
}

#[test]
fn a_refresh_sweeps_what_can_be_swept_quickly() {
    let known = synced(NOW - 1, NOW - 1, NOW - HOUR);
    assert_eq!(plan(&experiment(), &known, true, NOW), sweep());
    let large = CachedState { run_count: 50_000, ..known };
    assert_eq!(plan(&experiment(), &large, true, NOW).len(), 2);
}

#[test]
fn open_runs_are_read_again_and_those_open_for_long_less_often() {
    let mut known = synced(NOW - MINUTE, NOW - MINUTE, NOW - HOUR);
    known.open_runs = vec![
        open("fresh", NOW - HOUR, NOW - 1),
        open("stale, read lately", NOW - 48 * HOUR, NOW - 9 * MINUTE),
        open("stale", NOW - 48 * HOUR, NOW - 10 * MINUTE),
    ];
    let again = Fetch::Runs { experiment_id: "7".to_owned(), run_ids: vec!["fresh".to_owned(), "stale".to_owned()] };
    assert_eq!(plan(&experiment(), &known, false, NOW)[2..], [again]);
}

#[test]
fn open_runs_are_asked_for_a_hundred_at_a_time_and_by_experiment() {
    let seen_ms = NOW - 10_000;
    let mut open_runs: Vec<OpenRun> = (0..150).map(|number| open(&format!("run{number}"), NOW, seen_ms)).collect();
    open_runs.push(OpenRun { experiment_id: "8".to_owned(), ..open("elsewhere", NOW, seen_ms) });
    // Another chart has read it a moment ago.
    open_runs.push(open("fresh", NOW, NOW - 9_999));
    let known = CachedState { open_runs, ..CachedState::default() };
    assert_eq!(plan_open_runs(&known, true, NOW).len(), 3);
    let sizes: Vec<(String, usize)> = plan_open_runs(&known, false, NOW)
        .into_iter()
        .map(|step| match step {
            Fetch::Runs { experiment_id, run_ids } => (experiment_id, run_ids.len()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(sizes, [("7".to_owned(), 100), ("7".to_owned(), 50), ("8".to_owned(), 1)]);
}

fn history(run_id: &str, up_to_date: bool, fetched_at_ms: Option<i64>, points: u32) -> HistoryState {
    HistoryState { run_id: run_id.to_owned(), key: "loss".to_owned(), up_to_date, fetched_at_ms, points }
}

#[test]
fn histories_are_fetched_when_missing_or_out_of_date_and_long_ones_less_often() {
    let known = CachedState {
        histories: vec![
            history("missing", false, None, 0),
            history("there", true, Some(1), 5),
            history("short and old", false, Some(NOW - 10_000), 5),
            history("short", false, Some(NOW - 9_999), 5),
            history("long", false, Some(NOW - 60_000), 100_000),
        ],
        ..CachedState::default()
    };
    let scope = Scope::Histories { run_ids: Vec::new(), keys: Vec::new() };
    let fetched = |asked| -> Vec<String> {
        plan(&scope, &known, asked, NOW)
            .into_iter()
            .map(|step| match step {
                Fetch::History { run_id, .. } => run_id,
                other => panic!("{other:?}"),
            })
            .collect()
    };
    assert_eq!(fetched(false), ["missing", "short and old"]);
    assert_eq!(fetched(true), ["missing", "short and old", "short", "long"]);
}

#[test]
fn a_model_is_read_with_its_versions_and_the_runs_they_came_from() {
    let name = "churn".to_owned();
    let steps = plan(&Scope::Model(name.clone()), &CachedState::default(), false, NOW);
    assert_eq!(steps, [Fetch::RegisteredModel { name: name.clone() }, Fetch::ModelVersions { name }]);
    let known = CachedState { missing_run_ids: (0..60).map(|run| run.to_string()).collect(), ..CachedState::default() };
    let steps = plan_source_runs(&known);
    assert_eq!((steps.len(), &steps[0]), (50, &Fetch::Run { run_id: "0".to_owned() }));
}

#[test]
fn logged_models_are_read_together_the_important_ones_first_and_the_others_less_often() {
    let state = |number: usize, seen_ms| LoggedModelState {
        model_id: format!("m-{number}"),
        experiment_id: Some(if number < 150 { "1" } else { "2" }.to_owned()),
        seen_ms,
    };
    let planned = |logged_models: Vec<LoggedModelState>, asked| {
        plan_logged_models(&CachedState { logged_models, ..CachedState::default() }, asked, NOW)
    };
    let sizes = |steps: Vec<Fetch>| -> Vec<(String, usize)> {
        let size = |step| match step {
            Fetch::LoggedModels { experiment_id, model_ids } => (experiment_id, model_ids.len()),
            Fetch::LoggedModel { model_id } => (model_id, 1),
            other => panic!("{other:?}"),
        };
        steps.into_iter().map(size).collect()
    };
    let all = |seen_ms| (0..200).map(|number| state(number, seen_ms)).collect::<Vec<_>>();
    let of = |sizes: &[(&str, usize)]| sizes.iter().map(|(id, size)| ((*id).to_owned(), *size)).collect::<Vec<_>>();
    assert_eq!(sizes(planned(all(None), false)), of(&[("1", 100), ("1", 50), ("2", 50)]));
    assert_eq!(sizes(planned(all(Some(NOW - 60_000)), false)), of(&[("1", 100)]), "seen a minute ago");
    assert_eq!(sizes(planned(all(Some(NOW - 60_000)), true)), of(&[("1", 100), ("1", 50), ("2", 50)]));
    let nowhere = LoggedModelState { experiment_id: None, ..state(0, None) };
    assert_eq!(sizes(planned(vec![nowhere], false)), of(&[("m-0", 1)]));
}

#[test]
fn versions_of_all_models_are_read_whole_at_first_when_asked_and_every_ten_minutes() {
    let whole = |known: &CachedState, asked| plan(&Scope::Registry, known, asked, NOW) == [all_versions(true)];
    let known = synced(NOW - MINUTE, NOW - 9 * MINUTE, 0);
    assert!(whole(&CachedState::default(), false) && whole(&known, true));
    assert_eq!(plan(&Scope::Registry, &known, false, NOW), [all_versions(false)]);
    assert!(whole(&synced(NOW - MINUTE, NOW - 10 * MINUTE, 0), false));
}

fn all_versions(whole: bool) -> Fetch {
    Fetch::AllModelVersions { whole }
}

#[test]
fn source_runs_of_all_models_are_asked_for_by_the_hundred() {
    let run_ids: Vec<String> = (0..1_250).map(|number| number.to_string()).collect();
    let mut known = CachedState { missing_run_ids: run_ids.clone(), ..CachedState::default() };
    assert_eq!(plan_registry_runs(&known), [], "in no experiment is no run");
    known.experiment_ids = vec!["1".to_owned(), "2".to_owned()];
    let steps = plan_registry_runs(&known);
    assert_eq!(steps.len(), 10);
    let last =
        Fetch::RunsAnywhere { experiment_ids: known.experiment_ids.clone(), run_ids: run_ids[900..1_000].to_vec() };
    assert_eq!(steps.last(), Some(&last));
}
