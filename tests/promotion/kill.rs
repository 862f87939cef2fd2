//! A process that is killed between any two steps of a plan: whoever opens Podium next is told the truth, and finishes or
//! rolls back.
//!
//! The process is this test program, started again to carry out one plan. The registry kills it as a request arrives, or
//! once it was obeyed and before the answer: at each request of the plan in turn. What is kept on this machine is kept
//! between two requests.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use podium::app::App;
use podium::connect::secrets::Vault;
use podium::connect::{Profile, ProfileKind};
use podium::promotion::{MovePlan, MoveState, Outcome, PlanEnd, PlanState, PlannedMove, Promotion};
use podium::settings::Settings;

use super::common::fault::{FaultServer, Request};
use super::move_plans::swap;
use super::registry::{Fate, Registry, State, is_of_model, tag_written};

const START: [(&str, &str); 2] = [("champion", "31"), ("challenger", "33")];
const AFTER: [(&str, &str); 2] = [("champion", "33"), ("challenger", "31")];
/// What the process is to do; without it there is none.
const TASK: &str = "PODIUM_TEST_TASK";

/// What a process does until it is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Task {
    Start,
    /// Of the plan that was finished before.
    Undo,
}

#[derive(Clone, Copy, Debug)]
struct Point {
    /// The place of the request among those of the model.
    request: usize,
    obeyed: bool,
}

/// The process itself.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by the tests here"]
async fn the_process() {
    let Ok(task) = std::env::var(TASK) else { return };
    let [folder, profile_id, task] = task.split('|').collect::<Vec<_>>().try_into().unwrap();
    let app = opened(Path::new(folder)).await;
    super::connected(&app, &app.settings.profile(profile_id).await.unwrap()).await;
    match task {
        "Start" => assert_eq!(app.start_move_plan(profile_id, swap()).await.unwrap().state, PlanState::Finished),
        _ => {
            let entry = app.settings.promotions(profile_id, "churn").await.unwrap().remove(0);
            app.undo_promotion(profile_id, &entry.id, None).await.unwrap();
        }
    }
}

#[test]
fn a_plan_that_was_killed_is_told_truly_and_ends_both_ways() {
    killed_everywhere(Task::Start);
}

#[test]
fn an_undo_that_was_killed_is_told_truly_and_ends_both_ways() {
    killed_everywhere(Task::Undo);
}

fn killed_everywhere(task: Task) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let points = runtime.block_on(points(task));
    let (next, half) = (AtomicUsize::new(0), AtomicUsize::new(0));
    // Two at once: half of the time each waits for a disk.
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(point) = points.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let is_half = runtime.block_on(killed(task, *point));
                    half.fetch_add(usize::from(is_half), Ordering::SeqCst);
                }
            });
        }
    });
    let half = half.into_inner();
    eprintln!("{task:?}: killed at {} points, {half} of them with one alias moved", points.len());
    assert!(points.len() >= 12 && half >= 3, "{} {half}", points.len());
}

/// Where the process is killed: before each request, and between each write and its answer. Of the tags of a record the
/// first and the last are enough.
async fn points(task: Task) -> Vec<Point> {
    let scene = Scene::new(task).await;
    let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
    let heard = requests.clone();
    scene.registry.behave(move |request, _| {
        if is_of_model(request) {
            heard.lock().unwrap().push(request.clone());
        }
        Fate::Obeyed
    });
    assert!(scene.start(task).wait().unwrap().success(), "{task:?}: the process failed");
    let requests = requests.lock().unwrap();
    // The plan reads once more after its last write; what comes then is of the page that shows the model.
    let last = requests.iter().rposition(|request| request.method != "GET").unwrap() + 1;
    let mut points = Vec::new();
    for (index, request) in requests.iter().enumerate().take(last + 1) {
        let tag = tag_written(request).unwrap_or_default();
        if ["", "podium.promoted_by", "podium.plan", "podium.undone_at"].contains(&tag.as_str()) {
            points.push(Point { request: index, obeyed: false });
            if request.method != "GET" {
                points.push(Point { request: index, obeyed: true });
            }
        }
    }
    points
}

/// A registry, and the folder of a Podium that is to be killed.
struct Scene {
    registry: Arc<Registry>,
    folder: tempfile::TempDir,
    profile: Profile,
    _server: FaultServer,
}

impl Scene {
    async fn new(task: Task) -> Self {
        let (registry, server) = Registry::start(&START, |_, _| Fate::Obeyed);
        let folder = tempfile::tempdir().unwrap();
        let (settings, _) = Settings::open(folder.path()).await.unwrap();
        let profile = Profile::new("work", ProfileKind::Server, &server.url);
        settings.save_profile(&profile).await.unwrap();
        if task == Task::Undo {
            keep_finished_plan(&settings, &profile.id).await;
            registry.state().aliases = AFTER.map(|(alias, version)| (alias.to_owned(), version.to_owned())).into();
        }
        Self { registry, folder, profile, _server: server }
    }

    fn start(&self, task: Task) -> Child {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["kill::the_process", "--exact", "--ignored", "--nocapture"]);
        command.env(TASK, format!("{}|{}|{task:?}", self.folder.path().display(), self.profile.id));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }
}

/// Kills the process at a point, and opens what it left. Whether one alias had moved then and the other had not.
async fn killed(task: Task, point: Point) -> bool {
    let scene = Scene::new(task).await;
    let child: Arc<Mutex<Option<Child>>> = Arc::default();
    let mut count = 0;
    let killed = child.clone();
    scene.registry.behave(move |request, _| {
        count += usize::from(is_of_model(request));
        if count != point.request + 1 {
            return Fate::Obeyed;
        }
        let mut child = killed.lock().unwrap();
        let child = child.as_mut().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        if point.obeyed { Fate::ObeyedSilently } else { Fate::Lost }
    });
    {
        // No request is answered before it is known whom to kill.
        let mut starting = child.lock().unwrap();
        *starting = Some(scene.start(task));
    }
    let ended = loop {
        if let Some(ended) = child.lock().unwrap().as_mut().unwrap().try_wait().unwrap() {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    assert_eq!(ended.signal(), Some(9), "{task:?} {point:?}: the process ended by itself: {ended}");
    scene.registry.behave(|_, _| Fate::Obeyed);
    let places = [scene.registry.on("champion"), scene.registry.on("challenger")];
    for end in [PlanEnd::Finish, PlanEnd::RollBack] {
        let state: State = scene.registry.state().clone();
        let copy = tempfile::tempdir().unwrap();
        for file in ["settings.db", "settings.db-wal"] {
            std::fs::copy(scene.folder.path().join(file), copy.path().join(file)).unwrap();
        }
        let app = opened(copy.path()).await;
        super::connected(&app, &scene.profile).await;
        opened_again(&app, &scene.profile, &scene.registry, end, &format!("{task:?} {point:?} {end:?}")).await;
        app.connection(&scene.profile.id).await.unwrap().end();
        *scene.registry.state() = state;
    }
    places[0] == places[1]
}

/// What Podium says once it is opened again, and that the plan ends as the user wishes.
async fn opened_again(app: &App, profile: &Profile, registry: &Registry, end: PlanEnd, at: &str) {
    let unfinished = app.unfinished_move_plans().await.unwrap();
    let places = || START.map(|(alias, _)| registry.on(alias).unwrap());
    let (before, after) = (["31", "33"].map(str::to_owned), ["33", "31"].map(str::to_owned));
    let Some(plan) = unfinished.first() else {
        // It was killed before the plan began, or after its end.
        assert!(places() == before || places() == after, "{at}: a half state that nobody tells of: {:?}", places());
        let journal = app.settings.promotions(&profile.id, "churn").await.unwrap();
        let done = journal.iter().filter(|entry| entry.undone_at_ms.is_none()).count();
        assert_eq!(done == 2, places() == after, "{at}: {journal:?}");
        return;
    };
    assert!(!plan.under_way, "{at}: the process is dead");
    let look = app.look_at_move_plan(&profile.id, &plan.plan.id).await.unwrap();
    for (each, place) in look.plan.moves.iter().zip(&look.now) {
        let is_there = registry.on(&each.alias);
        assert_eq!(*place, is_there, "{at}");
        let is_done = is_there.as_deref() == Some(each.to_version.as_str());
        let told = each.state == MoveState::Done;
        assert_eq!(told, is_done, "{at}: {each:?} and it is on {is_there:?}");
        assert_ne!(each.state, MoveState::Left, "{at}: nobody else was there");
    }
    let ended = app.end_move_plan(&profile.id, &plan.plan.id, end, &look.now, None).await.unwrap();
    let expected = match end {
        PlanEnd::Finish => (PlanState::Finished, after),
        PlanEnd::RollBack => (PlanState::RolledBack, before),
    };
    assert_eq!((ended.state, places()), expected, "{at}: {ended:?}");
    assert!(app.unfinished_move_plans().await.unwrap().is_empty(), "{at}");
    // Each write is in the journal, as it ended.
    let journal = app.settings.promotions(&profile.id, "churn").await.unwrap();
    let standing = journal.iter().filter(|entry| entry.undone_at_ms.is_none() && entry.outcome == Outcome::Moved);
    assert_eq!(standing.count(), if end == PlanEnd::Finish { 2 } else { 0 }, "{at}: {journal:?}");
    if end == PlanEnd::Finish {
        for version in ["33", "31"] {
            let state = registry.state();
            let recorded = state.tag(version, "podium.plan").unwrap_or("plan");
            assert_eq!(recorded, ended.id, "{at}: the record on {version}");
        }
    }
}

/// Keeps the swap as a plan that was finished.
async fn keep_finished_plan(settings: &Settings, profile_id: &str) {
    let wanted = swap();
    let mut plan = MovePlan {
        id: "plan".into(),
        model: wanted.model.clone(),
        by: "ana".into(),
        at_ms: 1,
        reason: wanted.reason,
        moves: Vec::new(),
        state: PlanState::Finished,
    };
    for each in wanted.moves {
        let entry = Promotion {
            id: each.alias.clone(),
            model: plan.model.clone(),
            alias: each.alias.clone(),
            from_version: each.expected_version.clone(),
            to_version: Some(each.version.clone()),
            by: plan.by.clone(),
            at_ms: 1,
            reason: plan.reason.clone(),
            overridden: Vec::new(),
            approved_by: Vec::new(),
            undone_at_ms: None,
            plan_id: Some(plan.id.clone()),
            outcome: Outcome::Moved,
            warnings: Vec::new(),
        };
        plan.moves.push(PlannedMove {
            alias: each.alias,
            from_version: each.expected_version,
            to_version: each.version,
            state: MoveState::Done,
            at_ms: 1,
            trouble: None,
            overridden: Vec::new(),
            approved_by: Vec::new(),
            promotion_id: Some(entry.id.clone()),
            tagged: true,
        });
        settings.save_move_plan(profile_id, &plan, Some(&entry)).await.unwrap();
    }
}

async fn opened(folder: &Path) -> App {
    let mut app = App::open(folder, folder, None, Arc::new(|_| {})).await.unwrap();
    app.connect_context.vault = Vault::in_memory();
    app.retry_pause = Duration::from_millis(1);
    app
}
