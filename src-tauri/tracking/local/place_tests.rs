//! Every shape of a path that a database may hold, with real files where they may have come to be.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use futures_util::TryStreamExt;
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use super::super::LocalStore;
use super::super::fixture::{Folder, list, read, run_id};
use crate::entities::ArtifactRoot;
use crate::tracking::{Result, StoreError};

/// `project/db/mlflow.db`, with nothing beside it yet.
struct Project {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Project {
    async fn new() -> Self {
        let (folder, made) = (tempfile::tempdir().unwrap(), Folder::newest().await);
        let path = std::fs::canonicalize(folder.path()).unwrap().join("project");
        std::fs::create_dir_all(path.join("db")).unwrap();
        std::fs::copy(made.database(), path.join("db/mlflow.db")).unwrap();
        Self { _folder: folder, path }
    }

    async fn says(&self, uri: &str) {
        let options = SqliteConnectOptions::new().filename(self.path.join("db/mlflow.db")).foreign_keys(false);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        for update in [
            "UPDATE runs SET artifact_uri = replace(?, 'RUN', run_uuid)",
            "UPDATE logged_models SET artifact_location = ?",
        ] {
            sqlx::query(update).bind(uri).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
    }

    fn has(&self, file: &str) -> PathBuf {
        let path = self.path.join(file.replace("RUN", &run_id(0)));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, file).unwrap();
        path
    }

    async fn open(&self, chosen: &[&Path]) -> LocalStore {
        let chosen: Vec<String> = chosen.iter().map(|folder| folder.display().to_string()).collect();
        LocalStore::open(&self.path.join("db")).await.unwrap().with_artifact_folders(&chosen).await
    }

    async fn listed(&self, chosen: &[&Path]) -> Result<Vec<String>> {
        let entries = list(&self.open(chosen).await, &root(), "").await?;
        Ok(entries.into_iter().map(|entry| entry.path).collect())
    }
}

fn root() -> ArtifactRoot {
    ArtifactRoot::Run(run_id(0))
}

fn place_and_reason(answer: Result<Vec<String>>) -> (String, String) {
    match answer {
        Err(StoreError::ArtifactsElsewhere { place, reason }) => (place, reason),
        other => panic!("{other:?}"),
    }
}

/// What a database says, and where the files are in the project.
const FOUND: [(&str, &str); 20] = [
    ("C:\\proj\\mlruns\\1\\RUN\\artifacts", "db/mlruns/1/RUN/artifacts"),
    ("C:\\proj\\mlruns\\1\\RUN\\artifacts", "mlruns/1/RUN/artifacts"),
    ("C:/proj/mlruns/1/RUN/artifacts", "db/mlruns/1/RUN/artifacts"),
    ("file://C:/proj/mlruns/1/RUN/artifacts", "db/mlruns/1/RUN/artifacts"),
    ("file:///C:/proj/mlruns/1/RUN/artifacts", "db/mlruns/1/RUN/artifacts"),
    ("\\\\nas\\share\\mlruns\\1\\RUN\\artifacts", "db/mlruns/1/RUN/artifacts"),
    ("file://nas/share/mlruns/1/RUN/artifacts", "db/mlruns/1/RUN/artifacts"),
    ("../mlruns/1/RUN/artifacts", "mlruns/1/RUN/artifacts"),
    ("..\\mlruns\\1\\RUN\\artifacts", "mlruns/1/RUN/artifacts"),
    ("./artifacts/1/RUN/artifacts", "db/artifacts/1/RUN/artifacts"),
    ("mlruns/1/RUN/artifacts", "db/mlruns/1/RUN/artifacts"),
    ("mlruns/1/RUN/artifacts", "mlruns/1/RUN/artifacts"),
    ("/mlflow/mlruns/1/RUN/artifacts", "db/mlruns/1/RUN/artifacts"),
    ("/mlflow/artifacts/1/RUN/artifacts", "db/mlartifacts/1/RUN/artifacts"),
    ("file:///store/1/RUN/artifacts", "db/1/RUN/artifacts"),
    ("mlflow-artifacts:/1/RUN/artifacts", "db/mlartifacts/1/RUN/artifacts"),
    ("mlflow-artifacts:/1/RUN/artifacts", "db/mlruns/1/RUN/artifacts"),
    ("http://host/api/2.0/mlflow-artifacts/artifacts/1/RUN/artifacts", "mlartifacts/1/RUN/artifacts"),
    ("s3://bucket/team/1/RUN/artifacts", "db/team/1/RUN/artifacts"),
    ("/mlflow/mlruns/1/shared", "db/mlruns/1/shared"),
];

#[tokio::test]
async fn files_beside_the_database_are_found_whatever_it_says() {
    for (uri, at) in FOUND {
        let project = Project::new().await;
        project.says(uri).await;
        project.has(&format!("{at}/model/weights.bin"));
        assert_eq!(project.listed(&[]).await, Ok(vec!["model".to_owned()]), "{uri} at {at}");
        let body = read(&project.open(&[]).await, &root(), "model/weights.bin", None).await.unwrap();
        assert!(!body.stream.try_collect::<Vec<_>>().await.unwrap().concat().is_empty(), "{uri}");
    }
}

#[tokio::test]
async fn a_logged_model_is_found_the_same_way() {
    let model = ArtifactRoot::LoggedModel("m-0".into());
    for uri in [
        "C:\\p\\mlruns\\1\\models\\m-0\\artifacts",
        "../mlruns/1/models/m-0/artifacts",
        "/mlflow/mlruns/1/models/m-0/artifacts",
    ] {
        let project = Project::new().await;
        project.says(uri).await;
        let at = project.has("mlruns/1/models/m-0/artifacts/MLmodel");
        let listed = list(&project.open(&[]).await, &model, "").await.unwrap();
        assert_eq!(listed[0].path, "MLmodel", "{uri}");
        let store = project.open(&[]).await;
        let chosen = store.artifact_folder_in(&model, "", at.parent().unwrap()).await.unwrap();
        assert_eq!(chosen, project.path.join("mlruns"));
    }
}

#[tokio::test]
async fn files_that_are_nowhere_are_an_error_that_names_the_place_and_says_why() {
    for (uri, why) in [
        ("C:\\proj\\mlruns\\1\\RUN\\artifacts", "another machine"),
        ("/mlflow/mlruns/1/RUN/artifacts", "not on this machine"),
        ("../runs/1/RUN/artifacts", "where the program ran"),
        ("mlflow-artifacts:/1/RUN/artifacts", "tracking server"),
        ("s3://bucket/1/RUN/artifacts", "s3:"),
        ("wasbs://c@a.blob.core.windows.net/1/RUN/artifacts", "wasbs:"),
    ] {
        let project = Project::new().await;
        project.says(uri).await;
        let (place, reason) = place_and_reason(project.listed(&[]).await);
        assert_eq!(place, uri.replace("RUN", &run_id(0)));
        let looked_for = format!("1/{}/artifacts in {}", run_id(0), project.path.join("db").display());
        assert!(reason.contains(why) && reason.contains(&looked_for), "{reason}");
        let read = read(&project.open(&[]).await, &root(), "x", None).await.map(|_| Vec::new());
        assert_eq!(place_and_reason(read).0, place);
    }
    for uri in ["", "runs:/x/model"] {
        let project = Project::new().await;
        project.says(uri).await;
        assert!(matches!(project.listed(&[]).await, Err(StoreError::NotFound { .. })), "{uri}");
    }
}

#[tokio::test]
async fn a_run_that_logged_nothing_is_no_error_where_others_did() {
    for (uri, other) in [
        ("mlflow-artifacts:/1/RUN/artifacts", "db/mlartifacts/2/x"),
        ("./mlruns/1/RUN/artifacts", "db/mlruns/2/x"),
        ("C:\\p\\mlruns\\1\\RUN\\artifacts", "db/mlruns/1/x"),
    ] {
        let project = Project::new().await;
        project.says(uri).await;
        project.has(other);
        assert_eq!(project.listed(&[]).await, Ok(Vec::new()), "{uri}");
    }
}

#[tokio::test]
async fn a_folder_that_the_user_chose_is_searched_and_is_that_of_all_runs() {
    let project = Project::new().await;
    project.says("s3://bucket/team/1/RUN/artifacts").await;
    project.has("copy/1/RUN/artifacts/a.txt");
    project.has("empty/x");
    let artifacts = project.path.join("copy/1").join(run_id(0)).join("artifacts");
    for chosen in ["copy/1", "copy"].map(|folder| project.path.join(folder)).iter().chain([&artifacts]) {
        let store = project.open(&[]).await;
        let kept = store.artifact_folder_in(&root(), "", chosen).await.unwrap();
        assert_eq!(kept, project.path.join("copy"), "{}", chosen.display());
        assert_eq!(project.listed(&[&kept]).await, Ok(vec!["a.txt".to_owned()]));
    }
    let store = project.open(&[]).await;
    // Above the folder of all artifacts.
    assert!(store.artifact_folder_in(&root(), "", &project.path).await.is_err());
    for (wrong, why) in [("empty", "there is no 1/"), ("nowhere", "does not exist"), ("db/mlflow.db", "not a folder")] {
        let error = store.artifact_folder_in(&root(), "", &project.path.join(wrong)).await.unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    // A folder that is gone hides nothing else.
    assert!(project.listed(&[&project.path.join("nowhere")]).await.is_err());
}

#[tokio::test]
async fn a_database_cannot_name_what_is_not_a_runs() {
    for uri in ["/etc", "file:///etc", "../../../../../../../../etc", "/proc/self", ".", "..", "/", "./private"] {
        let project = Project::new().await;
        project.says(uri).await;
        project.has("db/private/key");
        project.has("db/passwd");
        let listed = project.listed(&[]).await;
        assert!(matches!(listed, Err(StoreError::ArtifactsElsewhere { .. })), "{uri}: {listed:?}");
        let read = read(&project.open(&[]).await, &root(), "passwd", None).await;
        assert!(read.is_err(), "{uri}");
    }
    for uri in ["mlflow-artifacts:/../private", "mlflow-artifacts:/1/RUN/../../../private"] {
        let project = Project::new().await;
        project.says(uri).await;
        project.has("db/private/key");
        assert!(matches!(project.listed(&[]).await, Err(StoreError::UnsafePath { .. })), "{uri}");
    }
}

#[tokio::test]
async fn an_id_that_is_the_name_of_a_folder_opens_nothing() {
    let project = Project::new().await;
    project.has("private/key");
    let private = project.path.join("private");
    let options = SqliteConnectOptions::new().filename(project.path.join("db/mlflow.db")).foreign_keys(false);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let update = "UPDATE runs SET artifact_uri = ?, run_uuid = 'private' WHERE run_uuid = ?";
    sqlx::query(update).bind(private.display().to_string()).bind(run_id(0)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let listed = list(&project.open(&[]).await, &ArtifactRoot::Run("private".into()), "").await;
    assert!(matches!(listed, Err(StoreError::ArtifactsElsewhere { .. })), "{listed:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_in_place_of_the_folder_is_followed_to_a_runs_folder_only() {
    use std::os::unix::fs::symlink;
    let project = Project::new().await;
    project.says("mlruns/1/RUN/artifacts").await;
    project.has("private/key");
    project.has("disk/mlruns/1/RUN/artifacts/a.txt");
    // All artifacts on a larger disk, as people arrange it.
    symlink(project.path.join("disk/mlruns"), project.path.join("db/mlruns")).unwrap();
    assert_eq!(project.listed(&[]).await, Ok(vec!["a.txt".to_owned()]));
    // What came with a database of another person.
    std::fs::remove_file(project.path.join("db/mlruns")).unwrap();
    let run = project.path.join("db/mlruns/1").join(run_id(0));
    std::fs::create_dir_all(&run).unwrap();
    let private = project.path.join("private");
    symlink(&private, run.join("artifacts")).unwrap();
    let (place, reason) = place_and_reason(project.listed(&[]).await);
    assert_eq!(place, private.display().to_string());
    assert!(reason.contains("link"), "{reason}");
    assert_eq!(project.listed(&[&private]).await, Ok(vec!["key".to_owned()]));
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_that_leads_out_is_seen_named_and_followed_only_where_the_user_said_so() {
    use std::os::unix::fs::symlink;
    let project = Project::new().await;
    project.says("mlruns/1/RUN/artifacts").await;
    let file = project.has("db/mlruns/1/RUN/artifacts/a.txt");
    project.has("disk/model/weights.bin");
    let (here, disk) = (file.parent().unwrap(), project.path.join("disk"));
    symlink(disk.join("model"), here.join("model")).unwrap();
    symlink(here.join("gone"), here.join("broken")).unwrap();
    assert_eq!(project.listed(&[]).await.unwrap(), ["a.txt", "broken", "model"]);
    let store = project.open(&[]).await;
    let (place, reason) = place_and_reason(list(&store, &root(), "model").await.map(|_| Vec::new()));
    assert_eq!(place, disk.join("model").display().to_string());
    assert!(reason.contains(&here.display().to_string()), "{reason}");
    assert!(store.artifact_folder_in(&root(), "model", &project.path.join("db")).await.is_err());
    let kept = store.artifact_folder_in(&root(), "model", &disk).await.unwrap();
    assert_eq!(kept, disk);
    let store = project.open(&[&kept]).await;
    let listed = list(&store, &root(), "model").await.unwrap();
    assert_eq!(listed[0].path, "model/weights.bin");
    assert!(list(&store, &root(), "").await.unwrap()[2].is_dir);
}
