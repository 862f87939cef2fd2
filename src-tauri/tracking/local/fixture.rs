//! Databases that MLflow itself made (`fixtures/make.py`), as real files for tests.

#![allow(clippy::unwrap_used)] // A test that cannot be set up has failed.

use std::ops::Range;
use std::path::{Path, PathBuf};

use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tempfile::TempDir;

use super::LocalStore;
use crate::entities::{ArtifactEntry, ArtifactRoot};
use crate::tracking::{ArtifactBody, Result, TrackingStore};

/// What a release of MLflow left: its version and the SQL of its database.
pub const RELEASES: [(&str, &str); 5] = [
    ("2.3.2", include_str!("fixtures/mlflow-2.3.2.sql")),
    ("2.11.3", include_str!("fixtures/mlflow-2.11.3.sql")),
    ("2.22.0", include_str!("fixtures/mlflow-2.22.0.sql")),
    ("3.2.0", include_str!("fixtures/mlflow-3.2.0.sql")),
    ("3.18.0", include_str!("fixtures/mlflow-3.18.0.sql")),
];

/// A folder with an `mlflow.db`, removed when dropped.
pub struct Folder {
    pub folder: TempDir,
}

impl Folder {
    /// The newest release's.
    pub async fn newest() -> Self {
        Self::of(RELEASES[RELEASES.len() - 1].1).await
    }

    pub async fn of(sql: &'static str) -> Self {
        let made = Self { folder: tempfile::tempdir().unwrap() };
        made.execute(sql).await;
        made
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn database(&self) -> PathBuf {
        self.path().join("mlflow.db")
    }

    /// Another program's connection to the same file.
    pub async fn connect(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.database()).create_if_missing(true).foreign_keys(false);
        SqliteConnection::connect_with(&options).await.unwrap()
    }

    pub async fn execute(&self, sql: &'static str) {
        let mut connection = self.connect().await;
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    pub async fn open(&self) -> LocalStore {
        LocalStore::open(self.path()).await.unwrap()
    }

    /// Writes a file beside the database, with its folders.
    pub fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

/// The id of the `number`th run of every fixture.
pub fn run_id(number: usize) -> String {
    format!("{:0<32}", format!("run{number}"))
}

pub async fn list(store: &LocalStore, root: &ArtifactRoot, path: &str) -> Result<Vec<ArtifactEntry>> {
    store.artifact_store_for(root).await?.list(path).await
}

pub async fn read(
    store: &LocalStore,
    root: &ArtifactRoot,
    path: &str,
    range: Option<Range<u64>>,
) -> Result<ArtifactBody> {
    store.artifact_store_for(root).await?.read(path, range).await
}
