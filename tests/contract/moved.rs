//! What MLflow itself logged beside a database, found after both were moved to another folder.

use std::path::Path;
use std::process::Command;

use futures_util::TryStreamExt;
use podium::entities::ArtifactRoot;
use podium::tracking::TrackingStore;
use podium::tracking::local::LocalStore;
use serde_json::Value;

use crate::common::mlflow::Version;

/// A run and a logged model with a file each, in an experiment of each of these artifact locations,
/// logged in the folder that the script runs in. Prints their ids.
const LOG: &str = r#"
import json, os, sys, mlflow
from mlflow.utils.file_utils import local_file_uri_to_path
mlflow.set_tracking_uri("sqlite:///mlflow.db")
client = mlflow.MlflowClient()
said = []
for location in ["", "./kept", "../kept"]:
    experiment_id = client.create_experiment("at " + location, artifact_location=location or None)
    with mlflow.start_run(experiment_id=experiment_id) as run:
        mlflow.log_text("of the run", "notes/a.txt")
    model = client.create_logged_model(experiment_id, name="net", source_run_id=run.info.run_id)
    folder = local_file_uri_to_path(model.artifact_location)
    os.makedirs(folder)
    open(os.path.join(folder, "MLmodel"), "w").write("of the model")
    said.append({"run": run.info.run_id, "model": model.model_id, "uri": run.info.artifact_uri})
print(json.dumps(said))
"#;

fn log_in(folder: &Path) -> Value {
    std::fs::create_dir_all(folder).unwrap();
    let mut command = Command::new(Version::Newest.python());
    command.args(["-c", LOG]).current_dir(folder);
    command.env("MLFLOW_DISABLE_TELEMETRY", "true").env("DO_NOT_TRACK", "true").env_remove("MLFLOW_TRACKING_URI");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn text(store: &LocalStore, root: &ArtifactRoot, path: &str) -> String {
    let body = store.artifact_store_for(root).await.unwrap().read(path, None).await.unwrap();
    String::from_utf8(body.stream.try_collect::<Vec<_>>().await.unwrap().concat()).unwrap()
}

#[tokio::test]
async fn a_database_and_its_artifacts_are_moved_together() {
    let folder = tempfile::tempdir().unwrap();
    let (home, moved) = (folder.path().join("home"), folder.path().join("moved"));
    let said = log_in(&home.join("work"));
    std::fs::rename(&home, &moved).unwrap();
    let store = LocalStore::open(&moved.join("work")).await.unwrap();
    for said in said.as_array().unwrap() {
        let (run, model) = (said["run"].as_str().unwrap().to_owned(), said["model"].as_str().unwrap().to_owned());
        let listed = store.artifact_store_for(&ArtifactRoot::Run(run.clone())).await.unwrap().list("notes").await;
        assert_eq!(listed.as_ref().map(Vec::len), Ok(1), "{said}: {listed:?}");
        assert_eq!(text(&store, &ArtifactRoot::Run(run), "notes/a.txt").await, "of the run", "{said}");
        assert_eq!(text(&store, &ArtifactRoot::LoggedModel(model), "MLmodel").await, "of the model", "{said}");
    }
}
