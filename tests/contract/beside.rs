//! A database opened directly, beside other programs that have it open: none of them may lose its locks.

use std::process::Command;

use podium::tracking::local::LocalStore;
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::common::mlflow::{Version, copy_workspace, repository};

/// Asks from another process for the write lock, without waiting.
const TRY_TO_WRITE: &str = "import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
try:
    db.execute('BEGIN IMMEDIATE')
    print('free')
except sqlite3.OperationalError as error:
    print(error)";

#[tokio::test]
async fn opening_a_database_again_takes_no_lock_away() {
    let folder = tempfile::tempdir().unwrap();
    copy_workspace(&repository().join("src-tauri/sample"), folder.path()).unwrap();
    let database = folder.path().join("mlflow.db");
    let other_process = || {
        let output = Command::new(Version::Newest.python()).args(["-c", TRY_TO_WRITE]).arg(&database).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    assert_eq!(other_process(), "free");

    let options = SqliteConnectOptions::new().filename(&database);
    let mut writer = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut writer).await.unwrap();
    assert_eq!(other_process(), "database is locked");
    let store = LocalStore::open(folder.path()).await.unwrap();
    assert_eq!(other_process(), "database is locked", "this process is still the one that writes");
    drop(store);
    assert_eq!(other_process(), "database is locked");
    sqlx::query("ROLLBACK").execute(&mut writer).await.unwrap();
    assert_eq!(other_process(), "free");
}
