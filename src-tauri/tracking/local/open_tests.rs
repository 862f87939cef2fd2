//! Every way a path can be wrong, with a real file for each.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use sqlx::Executor;

use super::super::LocalStore;
use super::super::fixture::{Folder, RELEASES, list, run_id};
use super::*;
use crate::entities::ArtifactRoot;
use crate::tracking::writer::WriteStore;
use crate::tracking::{RunsQuery, TrackingStore};

async fn refused(path: &Path) -> StoreError {
    match LocalStore::open(path).await {
        Ok(_) => panic!("{} was opened", path.display()),
        Err(error) => error,
    }
}

/// The reason of a `NotMlflowDatabase`.
async fn not_mlflow(path: &Path) -> String {
    match refused(path).await {
        StoreError::NotMlflowDatabase { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_folder_and_a_file_of_any_release_open() {
    for (version, sql) in RELEASES {
        let folder = Folder::of(sql).await;
        for path in [folder.path().to_owned(), folder.database()] {
            let store = LocalStore::open(&path).await.unwrap();
            let capabilities = store.capabilities();
            assert!(capabilities.aliases && capabilities.writable, "{version}");
            assert_eq!(capabilities.logged_models, version.starts_with('3'), "{version}");
            assert!(capabilities.description.starts_with("mlflow.db (schema "), "{}", capabilities.description);
        }
    }
}

#[tokio::test]
async fn a_path_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("no.db");
    assert_eq!(refused(&path).await, StoreError::NoSuchFile { path: path.clone() });
    assert!(!path.exists(), "looking must not make a file");
}

#[tokio::test]
async fn a_file_that_is_not_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mlflow.db");
    std::fs::write(&path, b"").unwrap();
    assert_eq!(not_mlflow(&path).await, "it is empty");
    std::fs::write(&path, b"PK\x03\x04 surely a zip file, and long enough to have a header".repeat(9)).unwrap();
    assert_eq!(not_mlflow(&path).await, "it is not a SQLite database");
    std::fs::write(&path, b"SQLite format 3\0 and then nothing").unwrap();
    assert!(matches!(refused(&path).await, StoreError::DatabaseCorrupt { .. }));
}

#[tokio::test]
async fn a_database_of_something_else() {
    let folder = Folder::of("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)").await;
    assert_eq!(not_mlflow(&folder.database()).await, "it has none of MLflow's tables");
}

#[tokio::test]
async fn a_schema_that_is_too_old_says_how_to_upgrade() {
    let folder = Folder::of(RELEASES[0].1).await;
    folder.execute("DROP TABLE latest_metrics").await;
    let reason = not_mlflow(folder.path()).await;
    assert!(reason.contains("latest_metrics.run_uuid is missing"), "{reason}");
    assert!(reason.contains("mlflow db upgrade sqlite:///"), "{reason}");
}

#[tokio::test]
async fn a_schema_without_aliases_is_shown_and_left_alone() {
    let folder = Folder::of(RELEASES[0].1).await;
    folder.execute("DROP TABLE registered_model_aliases").await;
    let store = folder.open().await;
    assert!(!store.capabilities().aliases && !store.capabilities().writable);
    assert!(store.capabilities().description.contains("read-only: this schema is older than MLflow 2.3"));
    assert_eq!(store.search_registered_models(None).await.unwrap().items.len(), 2);
    let written = store.set_run_tag(&run_id(0), "k", "v").await;
    assert!(matches!(written, Err(StoreError::ReadOnly { .. })), "{written:?}");
}

#[tokio::test]
async fn a_file_store_says_how_to_migrate() {
    let folder = tempfile::tempdir().unwrap();
    let experiment = folder.path().join("mlruns/0");
    std::fs::create_dir_all(&experiment).unwrap();
    std::fs::write(experiment.join("meta.yaml"), "name: Default\n").unwrap();
    for path in [folder.path().to_owned(), folder.path().join("mlruns")] {
        let reason = not_mlflow(&path).await;
        let source = folder.path().canonicalize().unwrap();
        assert!(reason.contains(&format!("mlflow migrate-filestore --source {} ", source.display())), "{reason}");
    }
}

#[tokio::test]
async fn a_folder_without_a_database() {
    let folder = tempfile::tempdir().unwrap();
    assert!(not_mlflow(folder.path()).await.contains("there is no mlflow.db in this folder"));
    std::fs::create_dir(folder.path().join("mlflow.db")).unwrap();
    assert_eq!(not_mlflow(folder.path()).await, "its mlflow.db is not a file");
}

#[cfg(unix)]
#[tokio::test]
async fn a_pipe_is_refused_and_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    assert_eq!(not_mlflow(&path).await, "it is neither a file nor a folder");
}

/// Overwrites the pages after the first, which holds the list of tables.
fn damage(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    for byte in bytes.iter_mut().skip(4096) {
        *byte = 0xa5;
    }
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn a_damaged_database_is_called_damaged() {
    let folder = Folder::newest().await;
    damage(&folder.database());
    assert!(matches!(refused(folder.path()).await, StoreError::DatabaseCorrupt { .. }));
}

#[tokio::test]
async fn a_database_that_is_damaged_later_is_called_damaged() {
    let folder = Folder::newest().await;
    let store = folder.open().await;
    damage(&folder.database());
    let answer = store.search_experiments(None).await;
    assert!(matches!(answer, Err(StoreError::DatabaseCorrupt { .. })), "{answer:?}");
}

#[tokio::test]
async fn a_database_that_is_cut_short_is_called_damaged() {
    let folder = Folder::newest().await;
    let store = folder.open().await;
    let length = std::fs::metadata(folder.database()).unwrap().len();
    let file = std::fs::OpenOptions::new().write(true).open(folder.database()).unwrap();
    file.set_len(length / 3).unwrap();
    let query = RunsQuery { experiment_ids: vec!["1".into()], max_results: 10, ..RunsQuery::default() };
    let answer = store.search_runs(&query).await;
    assert!(matches!(answer, Err(StoreError::DatabaseCorrupt { .. })), "{answer:?}");
}

#[tokio::test]
async fn a_database_that_goes_away_is_not_there() {
    let folder = Folder::newest().await;
    let store = folder.open().await;
    std::fs::remove_file(folder.database()).unwrap();
    assert_eq!(store.search_experiments(None).await, Err(StoreError::NoSuchFile { path: store.path().to_owned() }));
}

#[tokio::test]
async fn a_lock_of_another_program_is_waited_for_and_then_named() {
    let folder = Folder::newest().await;
    let store = folder.open().await;
    let mut other = folder.connect().await;
    other.execute("BEGIN EXCLUSIVE").await.unwrap();
    let brief = Duration::from_millis(50);
    assert!(matches!(open_with(folder.path(), brief).await.map(|_| ()), Err(StoreError::DatabaseLocked { .. })));
    // A question asked while the lock is held is answered once it is gone.
    let (answer, ()) = tokio::join!(store.search_experiments(None), async {
        tokio::time::sleep(brief).await;
        other.execute("COMMIT").await.unwrap();
    });
    assert_eq!(answer.unwrap().items.len(), 4);
}

#[tokio::test]
async fn a_writer_beside_us_is_neither_kept_waiting_nor_read_half() {
    let folder = Folder::newest().await;
    let store = folder.open().await;
    let mut server = folder.connect().await;
    server.execute("BEGIN IMMEDIATE").await.unwrap();
    server.execute("UPDATE runs SET name = 'half'").await.unwrap();
    assert_eq!(store.get_run(&run_id(0)).await.unwrap().info.run_name, "run-0");
    // No read of ours is still open, so this does not wait.
    server.execute("PRAGMA busy_timeout = 0").await.unwrap();
    server.execute("COMMIT").await.unwrap();
    assert_eq!(store.get_run(&run_id(0)).await.unwrap().info.run_name, "half");
}

#[tokio::test]
async fn the_journal_mode_stays_as_it_is() {
    for mode in ["delete", "wal"] {
        let folder = Folder::newest().await;
        let mut other = folder.connect().await;
        let set = format!("PRAGMA journal_mode = {mode}");
        other.execute(sqlx::AssertSqlSafe(set)).await.unwrap();
        let store = folder.open().await;
        store.set_alias("churn", "champion", "2").await.unwrap();
        let now: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut other).await.unwrap();
        assert_eq!(now, mode);
    }
}

/// SQLite answers SQLITE_FULL beyond this limit, exactly as where the disk has no room.
async fn limit_pages(store: &LocalStore, pragma: &'static str) {
    let mut connections = Vec::new();
    for _ in 0..MOST_CONNECTIONS {
        connections.push(store.database.pool.acquire().await.unwrap());
    }
    for connection in &mut connections {
        connection.execute(pragma).await.unwrap();
    }
}

#[tokio::test]
async fn a_full_database_is_a_full_disk() {
    let folder = Folder::newest().await;
    let store = folder.open().await;
    limit_pages(&store, "PRAGMA max_page_count = 1").await;
    let long = "x".repeat(90_000);
    let written = store.set_registered_model_tag("churn", "k", &long).await;
    assert_eq!(written, Err(StoreError::DiskFull { path: store.path().to_owned() }));
    assert_eq!(store.get_registered_model("churn").await.unwrap().tags.len(), 1, "nothing half-written");
    // The next write is not hurt by the one that failed.
    limit_pages(&store, "PRAGMA max_page_count = 1000000").await;
    store.set_registered_model_tag("churn", "k", &long).await.unwrap();
}

/// A file system of its own with `mount` options, where this user may make one.
#[cfg(target_os = "linux")]
struct Mount {
    folder: tempfile::TempDir,
}

#[cfg(target_os = "linux")]
impl Mount {
    fn new(options: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(folder.path())
            .stderr(std::process::Stdio::null())
            .status();
        mounted.is_ok_and(|status| status.success()).then_some(Self { folder })
    }

    fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        let status = std::process::Command::new("mount").args(["-o", &options]).arg(self.folder.path()).status();
        assert!(status.unwrap().success());
    }
}

#[cfg(target_os = "linux")]
impl Drop for Mount {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(self.folder.path()).status();
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_disk_without_room_is_full_and_loses_nothing() {
    let Some(disk) = Mount::new("size=400k") else { return };
    let folder = Folder::newest().await;
    std::fs::copy(folder.database(), disk.folder.path().join("mlflow.db")).unwrap();
    let store = LocalStore::open(disk.folder.path()).await.unwrap();
    let long = "x".repeat(90_000);
    let mut answers = Vec::new();
    for key in ["a", "b", "c", "d", "e"] {
        answers.push(store.set_registered_model_tag("churn", key, &long).await);
    }
    let full = StoreError::DiskFull { path: store.path().to_owned() };
    assert_eq!(answers.last(), Some(&Err(full)), "{answers:?}");
    // A small write still finds room, on whatever connection.
    for _ in 0..8 {
        store.set_alias("churn", "champion", "2").await.unwrap();
    }
    let kept = 1 + answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(store.get_registered_model("churn").await.unwrap().tags.len(), kept);
}

/// `mode` is the journal mode the database is left in.
#[cfg(target_os = "linux")]
async fn opens_read_only(mode: &'static str) {
    let Some(disk) = Mount::new("size=4m") else { return };
    let folder = Folder::newest().await;
    folder.execute(mode).await;
    std::fs::copy(folder.database(), disk.folder.path().join("mlflow.db")).unwrap();
    disk.remount("ro");
    let store = LocalStore::open(disk.folder.path()).await.unwrap();
    assert!(!store.capabilities().writable);
    assert!(store.capabilities().description.contains("read-only: the file may not be written"));
    assert_eq!(store.search_experiments(None).await.unwrap().items.len(), 4);
    let written = store.set_alias("churn", "champion", "2").await;
    assert!(matches!(written, Err(StoreError::ReadOnly { .. })), "{written:?}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_disk_that_may_not_be_written_is_read() {
    opens_read_only("PRAGMA journal_mode = delete").await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_wal_database_on_a_disk_that_may_not_be_written_is_read() {
    opens_read_only("PRAGMA journal_mode = wal").await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_may_not_be_read_or_written() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::newest().await;
    let allow = |mode| std::fs::set_permissions(folder.database(), std::fs::Permissions::from_mode(mode)).unwrap();
    allow(0o400);
    // The superuser may do everything, whatever the mode says.
    if std::fs::OpenOptions::new().write(true).open(folder.database()).is_err() {
        assert!(!folder.open().await.capabilities().writable);
        allow(0o000);
        assert!(matches!(refused(folder.path()).await, StoreError::Io { .. }));
    }
    allow(0o600);
}

#[tokio::test]
async fn only_the_default_workspace_is_shown_and_written() {
    let folder = Folder::newest().await;
    folder
        .execute(
            "INSERT INTO experiments (experiment_id, name, lifecycle_stage, workspace) VALUES (9, 'theirs', 'active', 'b');
             UPDATE runs SET experiment_id = 9 WHERE name = 'run-0';
             INSERT INTO registered_models (name, workspace) VALUES ('churn', 'b'), ('other', 'b');
             INSERT INTO registered_model_tags (key, value, name, workspace) VALUES ('secret', 'x', 'churn', 'b');
             INSERT INTO model_versions (name, version, current_stage, workspace) VALUES ('churn', 1, 'None', 'b'), ('churn', 9, 'None', 'b');
             INSERT INTO registered_model_aliases (name, alias, version, workspace) VALUES ('churn', 'champion', 9, 'b')",
        )
        .await;
    let store = folder.open().await;
    let names: Vec<_> = store.search_experiments(None).await.unwrap().items.into_iter().map(|e| e.name).collect();
    assert!(!names.contains(&"theirs".to_owned()), "{names:?}");
    let query = RunsQuery { experiment_ids: vec!["9".into()], max_results: 10, ..RunsQuery::default() };
    assert_eq!(store.search_runs(&query).await.unwrap().items, []);
    assert!(matches!(store.get_run(&run_id(0)).await, Err(StoreError::NotFound { .. })));
    let root = ArtifactRoot::Run(run_id(0));
    assert!(matches!(list(&store, &root, "").await, Err(StoreError::NotFound { .. })));
    let model = store.get_registered_model("churn").await.unwrap();
    assert!(model.tags.iter().all(|tag| tag.key != "secret"));
    assert_eq!(store.search_model_versions("churn", None).await.unwrap().items.len(), 2);
    assert!(matches!(store.set_alias("churn", "champion", "9").await, Err(StoreError::NotFound { .. })));
    store.set_alias("churn", "champion", "2").await.unwrap();
    let mut other = folder.connect().await;
    let select = "SELECT version FROM registered_model_aliases WHERE workspace = 'b'";
    let theirs: i64 = sqlx::query_scalar(select).fetch_one(&mut other).await.unwrap();
    assert_eq!(theirs, 9);
}
