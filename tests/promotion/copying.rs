//! Copying a version to another model and to another server; the program killed between any two steps of it.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::TryStreamExt;
use podium::app::{App, CopyView, CopyWish};
use podium::connect::secrets::Vault;
use podium::connect::{Profile, ProfileKind};
use podium::entities::{ArtifactRoot, LifecycleStage, ModelVersion, Tag, tag_value};
use podium::promotion::FactKind;
use podium::registration::{CopyWay, marked};
use podium::tracking::rest::RestStore;
use podium::tracking::{NewVersion, RunsQuery, Source, UploadFile, Writer};

use super::common;
use super::common::fault::{FaultServer, Request, Response};
use super::common::fixture::{Fixture, fixture};
use super::common::mlflow::{Version, passed_on};

const FILES: [(&str, &str); 6] = [
    ("MLmodel", "flavors: {}\n"),
    ("data/weights.txt", "1 2 3 4 5 6 7 8 9"),
    ("data/deeper/図 1.txt", "予測\n"),
    ("50% a+b&c=d.txt", "odd name\n"),
    ("empty.txt", ""),
    ("requirements.txt", "numpy==2.0\n"),
];

async fn writer_of(fixture: &Fixture) -> Writer {
    common::writer::of(Source::from(RestStore::connect(&fixture.server.url).await.unwrap()))
}

/// A version of a model of its own, made from a run with these files, a param and a metric.
async fn version_with_files(fixture: &Fixture) -> (String, String) {
    let (name, run_id) = (fixture.new_model(0), fixture.new_run("with a model"));
    let writer = writer_of(fixture).await;
    let uri = writer.store().get_run(&run_id).await.unwrap().info.artifact_uri;
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("file");
    for (path, text) in FILES {
        std::fs::write(&local, text).unwrap();
        let file = UploadFile { path: &local, on_sent: &|_| {} };
        writer.put_artifact(&uri, &format!("model/{path}"), &file).await.unwrap();
    }
    let metric = serde_json::json!({ "run_id": run_id, "key": "acc", "value": 0.91, "timestamp": 5, "step": 3 });
    fixture.server.api("POST", "runs/log-metric", metric);
    let param = serde_json::json!({ "run_id": run_id, "key": "depth", "value": "7" });
    fixture.server.api("POST", "runs/log-parameter", param);
    let new = NewVersion {
        source: format!("{uri}/model"),
        run_id: Some(run_id.clone()),
        description: "of October".to_owned(),
        tags: vec![Tag::new("team", "risk"), Tag::new("podium.reason", "better")],
        ..NewVersion::default()
    };
    writer.create_model_version(&name, &new).await.unwrap();
    (name, run_id)
}

async fn app_in(folder: &Path) -> App {
    let mut app = App::open(&folder.join("data"), folder, None, Arc::new(|_| {})).await.unwrap();
    // The tests must not touch the keyring of the user who runs them.
    app.connect_context.vault = Vault::in_memory();
    app
}

async fn profile(app: &App, name: &str, url: &str) -> Profile {
    let profile = app.save_profile(Profile::new(name, ProfileKind::Server, url)).await.unwrap();
    super::connected(app, &profile).await;
    profile
}

fn wish(id: &str, from: &Profile, model: &str, to: &Profile, to_model: &str, way: CopyWay) -> CopyWish {
    CopyWish {
        id: id.to_owned(),
        from_profile: from.id.clone(),
        model: model.to_owned(),
        version: "1".to_owned(),
        to_profile: to.id.clone(),
        to_model: to_model.to_owned(),
        is_new: true,
        way,
        experiment: "Copied models".to_owned(),
        description: "of October".to_owned(),
        confirmation: None,
    }
}

async fn settled(app: &App, id: &str) -> CopyView {
    for _ in 0..600 {
        let view = app.copies().await.unwrap().into_iter().find(|copy| copy.state.id == id).unwrap();
        if view.progress.is_none() {
            return view;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the copy has no end");
}

/// That a copy is there once and whole, by the word of the server itself.
async fn is_whole(fixture: &Fixture, model: &str, copy_id: &str) -> ModelVersion {
    let writer = writer_of(fixture).await;
    let store = writer.store();
    let versions = store.search_model_versions(model, None).await.unwrap().items;
    let [version] = versions.as_slice() else { panic!("one version, not {versions:?}") };
    assert_eq!((version.status.as_str(), version.description.as_str()), ("READY", "of October"));
    let (root, folder) = version.files().unwrap();
    let files = store.artifact_store_for(&root).await.unwrap();
    for (path, text) in FILES {
        let body = files.read(&format!("{folder}/{path}"), None).await.unwrap();
        let pieces: Vec<_> = body.stream.try_collect().await.unwrap();
        assert_eq!(String::from_utf8(pieces.concat()).unwrap(), text, "{path}");
    }
    let run = store.get_run(version.run_id.as_deref().unwrap()).await.unwrap();
    assert_eq!(root, ArtifactRoot::Run(run.info.run_id.clone()));
    assert_eq!(
        run.metrics.iter().map(|metric| (metric.key.as_str(), metric.value.0)).collect::<Vec<_>>(),
        [("acc", 0.91)]
    );
    assert_eq!(
        run.params.iter().map(|param| (param.key.as_str(), param.value.as_str())).collect::<Vec<_>>(),
        [("depth", "7")]
    );
    assert_eq!(run.info.status.as_mlflow(), "FINISHED");
    let query =
        RunsQuery { experiment_ids: vec![run.info.experiment_id.clone()], max_results: 1000, ..RunsQuery::default() };
    let runs = store.search_runs(&query).await.unwrap().items;
    let marked = runs.iter().filter(|run| tag_value(&run.tags, "podium.copy") == Some(copy_id));
    assert_eq!(marked.filter(|run| run.info.lifecycle_stage == LifecycleStage::Active).count(), 1);
    version.clone()
}

async fn copied_between(from: &Fixture, to: &Fixture) {
    let (model, run_id) = version_with_files(from).await;
    let folder = tempfile::tempdir().unwrap();
    let app = app_in(folder.path()).await;
    let (dev, production) = (profile(&app, "dev", &from.server.url).await, profile(&app, "prod", &to.server.url).await);
    let plan = app.prepare_copy(&dev.id, &model, "1", &production.id).await.unwrap();
    assert_eq!((plan.files.len(), plan.refusals.len()), (FILES.len(), 0), "{plan:?}");
    assert_eq!((plan.ways[0].way, &plan.ways[0].refusal), (CopyWay::Files, &None));
    assert_eq!(plan.tags, [Tag::new("team", "risk")]);
    let target = format!("scratch copy {}", plan.id);
    let wanted = wish(&plan.id, &dev, &model, &production, &target, CopyWay::Files);
    assert_eq!(app.copy_version(wanted).await.unwrap(), None);
    let done = settled(&app, &plan.id).await;
    assert_eq!((done.state.trouble.as_deref(), done.state.version.as_deref()), (None, Some("1")), "{done:?}");
    assert_eq!(done.state.warnings, [""; 0]);
    let version = is_whole(to, &target, &plan.id).await;
    let value = |key: &str| tag_value(&version.tags, key);
    assert_eq!(value("podium.origin_server"), Some(from.server.url.as_str()));
    assert_eq!((value("podium.origin_model"), value("podium.origin_version")), (Some(model.as_str()), Some("1")));
    assert_eq!((value("podium.origin_run"), value("team")), (Some(run_id.as_str()), Some("risk")));
    assert_eq!(value("podium.origin_digest"), Some(done.state.digest().as_str()));
    assert_eq!(value("podium.reason"), None, "what was recorded of the other is of the other");
    // Out of sight, and all of it stays there.
    app.discard_copy(&plan.id, None).await.unwrap();
    assert_eq!(app.copies().await.unwrap().len(), 0);
    is_whole(to, &target, &plan.id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_goes_to_a_newer_server_with_its_files() {
    copied_between(fixture(Version::Two), fixture(Version::Newest)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_goes_to_an_older_server_with_its_files() {
    copied_between(fixture(Version::Newest), fixture(Version::Two)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_one_server_the_version_is_named_as_the_source() {
    for version in [Version::Newest, Version::Two] {
        let fixture = fixture(version);
        let (model, run_id) = version_with_files(fixture).await;
        let folder = tempfile::tempdir().unwrap();
        let app = app_in(folder.path()).await;
        let own = profile(&app, "work", &fixture.server.url).await;
        let plan = app.prepare_copy(&own.id, &model, "1", &own.id).await.unwrap();
        let target = format!("scratch copy {}", plan.id);
        let wanted = wish(&plan.id, &own, &model, &own, &target, CopyWay::Reference);
        let made = app.copy_version(wanted).await.unwrap().unwrap();
        assert_eq!((made.version.as_str(), made.source), ("1", format!("models:/{model}/1")));
        let read = writer_of(fixture).await.store().get_model_version(&target, "1").await.unwrap();
        assert_eq!((read.run_id, tag_value(&read.tags, "podium.origin_model")), (Some(run_id), Some(model.as_str())));
        // The card of a move reads the files where they are.
        let card = app.prepare_promotion(&own.id, &target, "champion", "1").await.unwrap();
        let requirements = card.facts.iter().find(|fact| fact.kind == FactKind::Requirements).unwrap();
        assert_eq!(requirements.to.as_deref(), Some("1 package"), "{card:?}");
        // A copy can be copied.
        let again = app.prepare_copy(&own.id, &target, "1", &own.id).await.unwrap();
        assert_eq!(again.refusals, [""; 0]);
    }
}

/// Stands before a server and dies at one of its requests, with whoever asks.
struct Gate {
    server: FaultServer,
    /// Requests until it dies; those after are not answered.
    left: Arc<AtomicUsize>,
}

impl Gate {
    fn before(port: u16) -> Self {
        let left = Arc::new(AtomicUsize::new(usize::MAX));
        let counting = left.clone();
        let one_by_one = Mutex::new(());
        let server = FaultServer::scripted(move |request: &Request| {
            let _one = one_by_one.lock().unwrap();
            let now = counting.load(Ordering::SeqCst);
            if now == 0 {
                return Response::no_answer();
            }
            counting.store(now - 1, Ordering::SeqCst);
            let answer = passed_on(port, request);
            // The last one is carried out, and nobody hears of it.
            if now == 1 { Response::no_answer() } else { answer }
        });
        Self { server, left }
    }
}

#[test]
fn killed_between_any_two_steps_it_goes_on_and_makes_one_version() {
    let (from, to) = (fixture(Version::Newest), fixture(Version::Newest));
    let gate = Gate::before(to.server.port);
    let alive = || tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (model, _) = alive().block_on(version_with_files(from));
    let (mut killed, mut unheard) = (0, 0);
    // Each round lives a little longer than the one before, until one gets to its end.
    for lives in 1.. {
        let folder = tempfile::tempdir().unwrap();
        let id = uuid::Uuid::new_v4().to_string();
        let target = format!("scratch copy {id}");
        let first = alive();
        let ended = first.block_on(async {
            let app = app_in(folder.path()).await;
            let dev = profile(&app, "dev", &from.server.url).await;
            let production = profile(&app, "prod", &gate.server.url).await;
            gate.left.store(lives, Ordering::SeqCst);
            if app.copy_version(wish(&id, &dev, &model, &production, &target, CopyWay::Files)).await.is_err() {
                assert!(app.copies().await.unwrap().is_empty(), "nothing was begun");
                return None;
            }
            loop {
                if gate.left.load(Ordering::SeqCst) == 0 {
                    return Some(false);
                }
                let view = app.copies().await.unwrap().into_iter().find(|copy| copy.state.id == id).unwrap();
                if view.state.version.is_some() {
                    return Some(true);
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        // As if the program was killed: nothing of it runs on.
        first.shutdown_timeout(Duration::from_millis(200));
        gate.left.store(usize::MAX, Ordering::SeqCst);
        let Some(ended) = ended else { continue };
        alive().block_on(async {
            let app = app_in(folder.path()).await;
            let left = app.copies().await.unwrap();
            let [copy] = left.as_slice() else { panic!("it is kept: {left:?}") };
            if copy.state.version.is_none() {
                assert_eq!(copy.progress, None, "nothing goes on by itself");
                let made = marked(writer_of(to).await.store(), &target, &id).await.unwrap();
                if made.is_some() {
                    // Its answer was lost: given up now, its run would take the files of the version along.
                    let refused = app.discard_copy(&id, None).await.unwrap_err();
                    assert!(refused.message.contains("made after all"), "{refused:?}");
                    unheard += 1;
                } else {
                    app.resume_copy(&id, None).await.unwrap();
                }
                let done = settled(&app, &id).await;
                assert_eq!(done.state.trouble, None, "after {lives} requests");
            }
            is_whole(to, &target, &id).await;
        });
        if ended {
            break;
        }
        killed += 1;
    }
    assert!(unheard > 0, "a version whose answer was lost");
    assert!(killed > 15, "a copy of five files has more requests than {killed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_given_up_leaves_no_run_and_no_version() {
    let (from, to) = (fixture(Version::Newest), fixture(Version::Two));
    let gate = Gate::before(to.server.port);
    let (model, _) = version_with_files(from).await;
    let folder = tempfile::tempdir().unwrap();
    let app = app_in(folder.path()).await;
    let (dev, production) =
        (profile(&app, "dev", &from.server.url).await, profile(&app, "prod", &gate.server.url).await);
    gate.left.store(9, Ordering::SeqCst);
    let wanted = wish("given-up", &dev, &model, &production, "scratch never made", CopyWay::Files);
    app.copy_version(wanted).await.unwrap();
    let left = settled(&app, "given-up").await;
    assert!(left.state.trouble.is_some() && left.state.version.is_none(), "{left:?}");
    gate.left.store(usize::MAX, Ordering::SeqCst);
    app.discard_copy("given-up", None).await.unwrap();
    assert_eq!(app.copies().await.unwrap().len(), 0);
    let writer = writer_of(to).await;
    let carrier = left.state.carrier.unwrap().run_id;
    let run = writer.store().get_run(&carrier).await.unwrap();
    assert_eq!(run.info.lifecycle_stage, LifecycleStage::Deleted);
    assert!(writer.store().get_registered_model("scratch never made").await.is_err());
}
