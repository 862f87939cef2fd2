//! From a path that the user chose to an open database, or to an error that says why it cannot be opened.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use sqlx::{ConnectOptions, Connection};
use tokio::io::AsyncReadExt;

use super::error::{from_io, from_sqlx};
use super::schema::{self, Mismatch, Schema};
use super::transaction::Transaction;
use crate::tracking::{Capabilities, Result, StoreError};

/// How long a question waits for a server that is writing at this moment.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const MOST_CONNECTIONS: u32 = 4;
/// How many rows SQLite's thread may be ahead of the reader. A page of runs is tens of thousands of
/// small rows, and with sqlx's 50 the two threads mostly wait for each other.
const ROWS_AHEAD: usize = 4096;

/// An open database and what is known about it.
pub struct Database {
    pub path: PathBuf,
    /// The folder of the database file: where a server run there would have put artifacts.
    pub folder: PathBuf,
    /// Where the user has found artifacts, as real paths.
    pub artifact_folders: Vec<PathBuf>,
    pub schema: Schema,
    pub pool: SqlitePool,
    /// Why nothing may be written, if so.
    pub read_only: Option<String>,
}

impl Database {
    /// A transaction that sees one state of the database. Keep it short: while it lasts, a server
    /// that uses a rollback journal cannot commit.
    pub async fn read(&self) -> Result<Transaction> {
        Transaction::begin(&self.pool, "BEGIN").await.map_err(|error| self.error(error))
    }

    /// Ends a read and hands on what it found.
    pub async fn end<T>(&self, transaction: Transaction, found: sqlx::Result<T>) -> Result<T> {
        let ended = async {
            let found = found?;
            transaction.end().await?;
            Ok(found)
        };
        ended.await.map_err(|error| self.error(error))
    }

    /// A transaction that writes, and waits for other writers before it starts, not half-way.
    pub async fn write(&self) -> Result<Transaction> {
        if let Some(reason) = &self.read_only {
            return Err(StoreError::ReadOnly { path: self.path.clone(), reason: reason.clone() });
        }
        Transaction::begin(&self.pool, "BEGIN IMMEDIATE").await.map_err(|error| self.error(error))
    }

    pub fn error(&self, error: sqlx::Error) -> StoreError {
        from_sqlx(&self.path, error)
    }

    pub fn capabilities(&self) -> Capabilities {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let read_only = self.read_only.as_ref().map(|reason| format!(", read-only: {reason}")).unwrap_or_default();
        Capabilities {
            description: format!("{name} (schema {}{read_only})", self.schema.revision),
            version: None,
            aliases: self.schema.aliases,
            logged_models: self.schema.logged_models,
            writable: self.read_only.is_none(),
        }
    }
}

/// Opens the database file at `path`, or the one in the folder at `path`.
pub async fn open(path: &Path) -> Result<Database> {
    open_with(path, BUSY_TIMEOUT).await
}

pub async fn open_with(path: &Path, busy_timeout: Duration) -> Result<Database> {
    let path = tokio::fs::canonicalize(path).await.map_err(|error| from_io(path, &error))?;
    let path = database_file(&path).await?;
    refuse_too_short(&path).await?;
    let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
    let no_writing = access(&path, &folder);
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(false)
        .read_only(no_writing.is_some())
        .immutable(no_writing.is_some() && needs_immutable(&path).await?)
        .busy_timeout(busy_timeout)
        .row_buffer_size(ROWS_AHEAD)
        .disable_statement_logging();
    let schema = read_schema(&options).await.map_err(|error| from_sqlx(&path, error))?;
    let schema = schema.map_err(|mismatch| describe(mismatch, &path))?;
    let too_old = || format!("this schema is older than MLflow 2.3; {}", upgrade(&path));
    let read_only = no_writing.or_else(|| (!schema.writable()).then(too_old));
    let pool = SqlitePoolOptions::new()
        .max_connections(MOST_CONNECTIONS)
        .acquire_timeout(busy_timeout * 2)
        // A file that was replaced by a newer copy is looked at again after this long.
        .max_lifetime(Duration::from_secs(60))
        .idle_timeout(Duration::from_secs(30))
        .connect_lazy_with(options);
    Ok(Database { path, folder, artifact_folders: Vec::new(), schema, pool, read_only })
}

async fn read_schema(options: &SqliteConnectOptions) -> sqlx::Result<std::result::Result<Schema, Mismatch>> {
    let mut connection = options.connect().await?;
    let schema = schema::read(&mut connection).await;
    connection.close().await?;
    schema
}

fn describe(mismatch: Mismatch, path: &Path) -> StoreError {
    let reason = match mismatch {
        Mismatch::Foreign => "it has none of MLflow's tables".to_owned(),
        Mismatch::TooOld { what } => {
            format!("its schema is too old ({what} is missing); {}", upgrade(path))
        }
    };
    StoreError::NotMlflowDatabase { path: path.to_owned(), reason }
}

fn upgrade(path: &Path) -> String {
    format!("`mlflow db upgrade sqlite:///{}` brings it up to date", path.display())
}

/// The database file that is meant by `path`: itself, or the `mlflow.db` inside.
async fn database_file(path: &Path) -> Result<PathBuf> {
    let metadata = tokio::fs::metadata(path).await.map_err(|error| from_io(path, &error))?;
    if metadata.is_file() {
        return Ok(path.to_owned());
    }
    let not = |reason: &str| StoreError::NotMlflowDatabase { path: path.to_owned(), reason: reason.to_owned() };
    if !metadata.is_dir() {
        return Err(not("it is neither a file nor a folder"));
    }
    let inside = path.join("mlflow.db");
    match tokio::fs::metadata(&inside).await {
        Ok(metadata) if metadata.is_file() => return Ok(inside),
        Ok(_) => return Err(not("its mlflow.db is not a file")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(from_io(&inside, &error)),
    }
    let source = if is_file_store(path).await { path.parent().unwrap_or(path) } else { path };
    if is_file_store(path).await || is_file_store(&path.join("mlruns")).await {
        return Err(not(&format!(
            "it is a file store (folders of meta.yaml). `mlflow migrate-filestore --source {source} --target \
             sqlite:///{source}/mlflow.db` (MLflow 3.10 or newer) makes a database of it that can be opened here",
            source = source.display(),
        )));
    }
    Err(not("there is no mlflow.db in this folder; choose the database file itself if it has another name"))
}

/// Whether a folder has the layout of MLflow's file store: `<experiment id>/meta.yaml`.
async fn is_file_store(folder: &Path) -> bool {
    let Ok(mut entries) = tokio::fs::read_dir(folder).await else {
        return false;
    };
    while let Ok(Some(entry)) = entries.next_entry().await {
        if tokio::fs::try_exists(entry.path().join("meta.yaml")).await.unwrap_or(false) {
            return true;
        }
    }
    false
}

const HEADER_BYTES: usize = 100;

/// Refuses what is too short to be a database: SQLite would take an empty file for an empty one.
///
/// Of anything longer SQLite looks at the header, not we: on Unix, closing a file takes away the
/// locks that other connections of this process hold on it
/// (<https://www.sqlite.org/howtocorrupt.html>, 2.2).
async fn refuse_too_short(path: &Path) -> Result<()> {
    let metadata = tokio::fs::metadata(path).await.map_err(|error| from_io(path, &error))?;
    if metadata.len() >= HEADER_BYTES as u64 {
        return Ok(());
    }
    let bytes = tokio::fs::read(path).await.map_err(|error| from_io(path, &error))?;
    let path = path.to_owned();
    Err(match bytes.as_slice() {
        [] => StoreError::NotMlflowDatabase { path, reason: "it is empty".to_owned() },
        short if short.starts_with(b"SQLite format 3\0") => {
            StoreError::DatabaseCorrupt { path, reason: "it ends within its header".to_owned() }
        }
        _ => StoreError::NotMlflowDatabase { path, reason: "it is not a SQLite database".to_owned() },
    })
}

/// A database in WAL mode wants its index file beside it. Where none is there and none can be
/// made, no other program has it open either, so it may be read as a file that does not change.
/// Only for a file that this process cannot write, so there is no lock here that could be lost.
async fn needs_immutable(path: &Path) -> Result<bool> {
    const READ_VERSION: usize = 19;
    const WAL: u8 = 2;
    // https://www.sqlite.org/fileformat.html
    let file = tokio::fs::File::open(path).await.map_err(|error| from_io(path, &error))?;
    let mut header = Vec::with_capacity(HEADER_BYTES);
    file.take(HEADER_BYTES as u64).read_to_end(&mut header).await.map_err(|error| from_io(path, &error))?;
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    Ok(header.get(READ_VERSION) == Some(&WAL) && !Path::new(&log).exists())
}

/// Why the file cannot be written, if so. SQLite needs the folder too, for its journal.
#[cfg(unix)]
fn access(path: &Path, folder: &Path) -> Option<String> {
    use rustix::fs::{Access, access};
    if access(path, Access::WRITE_OK).is_err() {
        return Some("the file may not be written".to_owned());
    }
    access(folder, Access::WRITE_OK).is_err().then(|| "its folder may not be written".to_owned())
}

#[cfg(not(unix))]
fn access(path: &Path, _folder: &Path) -> Option<String> {
    let opened = std::fs::OpenOptions::new().write(true).open(path);
    opened.is_err().then(|| "the file may not be written".to_owned())
}

#[cfg(test)]
#[path = "open_tests.rs"]
mod tests;
