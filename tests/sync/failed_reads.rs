//! A server of which one endpoint fails: every screen says which part of it could not be read, shows all others, and
//! nowhere does what was not read look like nothing.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use podium::app::{App, CurveChart, CurveRun, Paper};
use podium::artifacts::LookAs;
use podium::cache::{ProfileExperiments, RunsView};
use podium::charts::Note;
use podium::connect::secrets::Vault;
use podium::connect::{Profile, ProfileKind};
use podium::entities::{ArtifactRoot, LifecycleStage, RunRef};
use podium::sync::{Freshness, Scope, What};

use crate::common::fault::{FaultServer, Request, Response};
use crate::common::mlflow::{MlflowServer, Options, Version};

/// Of the sample: a run of `churn/gbdt` with files of its own and a logged model, from which version 4 came.
const RUN: &str = "f2a9be44ee7f45e3958e7ff2f80a1434";
const LOGGED_MODEL: &str = "m-d7d0d48f815e43f088f8939929fd4ec3";
const MODEL: &str = "churn-gbdt";
/// `vision/resnet-sweep`, which no version came from.
const EXPERIMENT: &str = "2";

/// An endpoint by the end of its path, and which parts of the screens are read from it.
const ENDPOINTS: &[(&str, &[Seen])] = &[
    ("/experiments/search", &[Seen::Read(What::Experiments)]),
    ("/runs/search", &[Seen::Read(What::Runs)]),
    // What a run says it logged is not known without it, nor what a card compares.
    ("/runs/get", &[Seen::Read(What::Run), Seen::Read(What::SourceRuns), Seen::Card, Seen::Files, Seen::LoggedModel]),
    ("/metrics/get-history", &[Seen::Read(What::Histories)]),
    ("/registered-models/search", &[Seen::Read(What::Models)]),
    ("/registered-models/get", &[Seen::Read(What::Model), Seen::Card]),
    ("/model-versions/search", &[Seen::Read(What::Versions)]),
    ("/model-versions/get", &[Seen::Card]),
    ("/artifacts/list", &[Seen::Files]),
    ("/logged-models/m-d7d0d48f815e43f088f8939929fd4ec3", &[Seen::LoggedModel]),
    ("/artifacts/directories", &[Seen::ModelFiles]),
    ("/get-artifact", &[Seen::Preview]),
];

/// What a screen shows, as far as it is read by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Read(What),
    /// The card of a promotion.
    Card,
    /// A run's own files.
    Files,
    /// A logged model among them.
    LoggedModel,
    ModelFiles,
    Preview,
}

/// Which endpoint fails, and how.
type Case = (&'static str, Fault);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Forbidden,
    Fails,
    /// A page to sign in.
    Page,
    OtherShape,
    NoObject,
    CutOff,
}

impl Fault {
    const ALL: [Self; 6] = [Self::Forbidden, Self::Fails, Self::Page, Self::OtherShape, Self::NoObject, Self::CutOff];

    fn answer(self) -> Response {
        match self {
            Self::Forbidden => Response::error(403, "PERMISSION_DENIED", "Permission denied"),
            Self::Fails => Response::error(500, "INTERNAL_ERROR", "the disk is gone"),
            Self::Page => Response::html(),
            Self::OtherShape => Response::json(r#"{"detail": "Not authenticated"}"#),
            Self::NoObject => Response::json("[]"),
            Self::CutOff => Response::json(r#"{"registered_models": [{"na"#),
        }
    }

    /// The bytes of a file may be anything at all: only what no server sends as a file is a fault there.
    fn shows(self, endpoint: &str) -> bool {
        endpoint != "/get-artifact" || matches!(self, Self::Forbidden | Self::Fails | Self::Page)
    }
}

/// What a screen said of a part.
#[derive(Debug)]
struct Report {
    of: Seen,
    /// Nothing is shown.
    empty: bool,
    /// It claims that this is all there is.
    whole: bool,
    error: Option<String>,
}

struct Window {
    app: App,
    profile_id: String,
    _folder: tempfile::TempDir,
}

/// Asks until nothing is being read any more.
async fn settled<T>(mut ask: impl AsyncFnMut() -> (T, Freshness)) -> (T, Freshness) {
    let began = Instant::now();
    loop {
        let (answer, freshness) = ask().await;
        if !freshness.syncing {
            return (answer, freshness);
        }
        assert!(began.elapsed() < Duration::from_secs(120), "still syncing: {freshness:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn said(freshness: &Freshness, what: What, empty: bool) -> Report {
    let part = freshness.parts.iter().find(|part| part.what == what).expect("the part");
    let error = part.error.as_ref().map(|error| error.message.clone());
    Report { of: Seen::Read(what), empty, whole: part.as_of_ms.is_some(), error }
}

impl Window {
    async fn open(address: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut app = App::open(&folder.path().join("data"), folder.path(), None, Arc::new(|_| {})).await.unwrap();
        app.connect_context.vault = Vault::in_memory();
        let profile = app.save_profile(Profile::new("faulty", ProfileKind::Server, address)).await.unwrap();
        let connection = app.connection(&profile.id).await.unwrap();
        let began = Instant::now();
        while connection.store().is_err() {
            assert!(began.elapsed() < Duration::from_secs(60), "not connected");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Self { app, profile_id: profile.id, _folder: folder }
    }

    /// As a screen that comes on: this is synced, and nothing else.
    fn watch(&self, scope: Scope) {
        self.app.watch(vec![(self.profile_id.clone(), scope)]);
    }

    /// Looks at every screen, and at everything on it.
    async fn look(&self) -> Vec<Report> {
        let (app, id) = (&self.app, self.profile_id.as_str());
        let mut all = Vec::new();
        self.watch(Scope::Experiments);
        let (list, freshness) = settled(async || {
            let list = app.experiment_list(id).await.unwrap();
            (list.experiments, list.freshness)
        })
        .await;
        all.push(said(&freshness, What::Experiments, list.is_empty()));
        self.watch(Scope::Run(RUN.to_owned()));
        let (page, freshness) = settled(async || {
            let answer = app.run_page(&RunRef::new(id, RUN)).await.unwrap();
            (answer.page, answer.freshness)
        })
        .await;
        all.push(said(&freshness, What::Run, page.is_none()));
        self.watch(Scope::Experiment(EXPERIMENT.to_owned()));
        let (rows, freshness) = settled(async || {
            let answer = app.search_runs(&runs_of(id, EXPERIMENT)).await.unwrap();
            let [of] = <[_; 1]>::try_from(answer.freshness).unwrap();
            (answer.window.rows, of.freshness)
        })
        .await;
        all.push(said(&freshness, What::Runs, rows.is_empty()));
        self.watch(Scope::Models);
        let (models, freshness) = settled(async || {
            let list = app.model_list(id).await.unwrap();
            (list.models, list.freshness)
        })
        .await;
        all.push(said(&freshness, What::Models, models.is_empty()));
        self.watch(Scope::Model(MODEL.to_owned()));
        let (board, freshness) = settled(async || {
            let answer = app.model_board(id, MODEL, None).await.unwrap();
            (answer.board, answer.freshness)
        })
        .await;
        let versions = board.as_ref().map_or(&[][..], |board| &board.versions[..]);
        all.push(said(&freshness, What::Model, board.is_none()));
        // Without the model there is no place where its versions could be missed.
        all.push(said(&freshness, What::Versions, board.is_some() && versions.is_empty()));
        all.push(said(&freshness, What::SourceRuns, false));
        // Of a run that is known.
        let (run_id, key) = match rows.first() {
            Some(row) => (row.run.run_id.clone(), "val_loss"),
            None => (RUN.to_owned(), "accuracy"),
        };
        self.watch(Scope::Histories { run_ids: vec![run_id.clone()], keys: vec![key.to_owned()] });
        let (note, freshness) = settled(async || {
            let frame = app.draw_chart(&chart(id, &run_id, key), PAPER).await.unwrap();
            (frame.layout.layout.note, frame.layout.freshness)
        })
        .await;
        all.push(said(&freshness, What::Histories, note == Some(Note::NoPoints)));
        all.extend(self.look_at_files().await);
        let card = app.prepare_promotion(id, MODEL, "champion", "2").await;
        let error = match card {
            // What could not be read is on the card itself.
            Ok(card) => card.unread.into_iter().next(),
            Err(error) => Some(error.message),
        };
        all.push(Report { of: Seen::Card, empty: error.is_some(), whole: error.is_none(), error });
        all
    }

    async fn look_at_files(&self) -> Vec<Report> {
        let (app, id) = (&self.app, self.profile_id.as_str());
        let (run, model) = (ArtifactRoot::Run(RUN.to_owned()), ArtifactRoot::LoggedModel(LOGGED_MODEL.to_owned()));
        let mut all = Vec::new();
        let top = app.artifact_list(id, &run, "").await.unwrap();
        for (of, root) in [(Seen::Files, &run), (Seen::LoggedModel, &model)] {
            // A model that cannot be read is in the tree all the same, if it is known.
            let empty = top.entries.iter().all(|entry| entry.root != *root);
            let failure = top.failures.iter().find(|failure| failure.root == *root || (empty && failure.root == run));
            let error = failure.map(|failure| failure.error.message.clone());
            all.push(Report { of, empty, whole: error.is_none(), error });
        }
        let inside = app.artifact_list(id, &model, "").await.unwrap();
        let error = inside.failures.first().map(|failure| failure.error.message.clone());
        all.push(Report { of: Seen::ModelFiles, empty: inside.entries.is_empty(), whole: error.is_none(), error });
        let preview = app.preview_artifact(id, &run, "predictions.csv", &LookAs::default()).await;
        let error = preview.err().map(|error| error.message);
        all.push(Report { of: Seen::Preview, empty: error.is_some(), whole: error.is_none(), error });
        all
    }
}

const PAPER: Paper = Paper { width_px: 300.0, height_px: 200.0, dpr: 1.0, dark: false, utc_offset_minutes: 0 };

fn runs_of(profile_id: &str, experiment_id: &str) -> RunsView {
    RunsView {
        scope: vec![ProfileExperiments {
            profile_id: profile_id.to_owned(),
            experiment_ids: vec![experiment_id.to_owned()],
        }],
        filter: String::new(),
        sort: Vec::new(),
        columns: Vec::new(),
        lifecycle_stage: LifecycleStage::Active,
        offset: 0,
        limit: 10,
    }
}

fn chart(profile_id: &str, run_id: &str, key: &str) -> CurveChart {
    CurveChart {
        key: key.to_owned(),
        runs: vec![CurveRun { run: RunRef::new(profile_id, run_id), dash: 0 }],
        ..CurveChart::default()
    }
}

/// Passes everything on to `server`, but for one endpoint once it is said which.
fn front(server: &MlflowServer) -> (FaultServer, Arc<Mutex<Option<Case>>>) {
    let broken: Arc<Mutex<Option<Case>>> = Arc::default();
    let (now, port) = (broken.clone(), server.port);
    let front = FaultServer::scripted(move |request: &Request| {
        if let Some((endpoint, fault)) = *now.lock().unwrap()
            && request.path().ends_with(endpoint)
        {
            return fault.answer();
        }
        crate::common::mlflow::passed_on(port, request)
    });
    (front, broken)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_fails_is_told_where_it_is_missed_and_nowhere_looks_like_nothing() {
    let server = MlflowServer::start(Version::Newest, Options::sample());
    let cases = ENDPOINTS.iter().flat_map(|(endpoint, seen)| {
        let faults = Fault::ALL.into_iter().filter(move |fault| fault.shows(endpoint));
        faults.map(move |fault| (Some((*endpoint, fault)), *seen))
    });
    let cases: Vec<_> = std::iter::once((None, &[][..])).chain(cases).collect();
    let server = &server;
    let wrong: Vec<String> = stream::iter(cases)
        .map(|(case, seen)| async move {
            let (front, broken) = front(server);
            let window = Window::open(&front.url).await;
            *broken.lock().unwrap() = case;
            let mut wrong = Vec::new();
            for said in window.look().await {
                let is_right = if seen.contains(&said.of) {
                    said.error.is_some()
                } else {
                    !said.empty && said.whole && said.error.is_none()
                };
                if !is_right {
                    wrong.push(format!("{case:?}: {said:?}"));
                }
            }
            wrong
        })
        .buffer_unordered(4)
        .concat()
        .await;
    assert!(wrong.is_empty(), "{} of the screens:\n{}", wrong.len(), wrong.join("\n"));
}
