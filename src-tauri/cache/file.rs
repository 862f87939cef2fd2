//! One SQLite file of the cache: how it is opened, what its version means, how it is removed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Executor, SqlitePool};

use super::{CacheError, Result};
use crate::migrate::{Steps, migrate};
use crate::private_files;

const READERS: u32 = 6;
/// Forgetting a profile of a hundred thousand runs takes a while, and all other writers wait for it.
const WRITER_PATIENCE: Duration = Duration::from_secs(180);
const PAGE_BYTES: u32 = 8192;
/// What stands in the header of every file that the steps made.
const APPLICATION_ID: i64 = 1_349_477_481;

/// The shapes that the two kinds of files have had, oldest first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Migrations {
    pub cache: Steps,
    pub histories: Steps,
}

pub(super) const MIGRATIONS: Migrations = Migrations {
    cache: &[include_str!("migrations/cache-1.sql")],
    histories: &[include_str!("migrations/histories-1.sql")],
};

/// The connections to one file: one writes, others read beside it (WAL).
pub(super) struct Pools {
    pub writer: SqlitePool,
    pub reader: SqlitePool,
}

impl Pools {
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    /// Opens the file, made if need be, and takes it to the newest version. `Damaged` where it cannot be used,
    /// `Newer` where a newer program wrote it.
    pub async fn open(path: &Path, steps: Steps) -> Result<Self> {
        create_private(path)?;
        let pool = pool_options().max_connections(1).acquire_timeout(WRITER_PATIENCE);
        let writer = pool.connect_with(options(path)).await?;
        if let Err(error) = take_to_newest(&writer, steps).await {
            writer.close().await;
            return Err(error);
        }
        let reader =
            pool_options().max_connections(READERS).connect_lazy_with(options(path).pragma("query_only", "ON"));
        Ok(Self { writer, reader })
    }

    /// Without a file. The one connection is never closed, because the tables go with it.
    pub fn in_memory(steps: Steps) -> Self {
        let pool = pool_options()
            .max_connections(1)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    for step in steps {
                        connection.execute(sqlx::raw_sql(*step)).await?;
                    }
                    Ok(())
                })
            })
            .connect_lazy_with(SqliteConnectOptions::new().filename(":memory:").in_memory(true));
        Self { writer: pool.clone(), reader: pool }
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(Duration::from_secs(10))
        .page_size(PAGE_BYTES)
        // One task at a time uses a connection: SQLite's own locks would be paid twice.
        .serialized(false)
        .row_buffer_size(256)
        .pragma("cache_size", "-32768")
        .pragma("temp_store", "MEMORY")
}

/// Connections to a file do not go stale: none is closed for its age, and asking each whether it
/// still lives would double the time of a small question.
fn pool_options() -> SqlitePoolOptions {
    SqlitePoolOptions::new().test_before_acquire(false).idle_timeout(None).max_lifetime(None)
}

/// Only the user may read what the servers said.
fn create_private(path: &Path) -> Result<()> {
    let unusable = |error: std::io::Error| CacheError::Database { reason: format!("{}: {error}", path.display()) };
    if let Some(folder) = path.parent() {
        private_files::make_folder(folder).map_err(unusable)?;
    }
    private_files::make_file(path).map_err(unusable)
}

async fn take_to_newest(writer: &SqlitePool, steps: Steps) -> Result<()> {
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(writer).await?;
    let application_id: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(writer).await?;
    if tables > 0 && application_id != APPLICATION_ID {
        return Err(CacheError::Damaged { reason: "it is not one of this program's".to_owned() });
    }
    let found = match migrate(writer, steps).await {
        Ok(found) => found,
        // The tables are not those that the step was written for.
        Err(error) if is_wrong_for_tables(&error) => {
            return Err(CacheError::Damaged { reason: error.to_string() });
        }
        Err(error) => return Err(error.into()),
    };
    if found > steps.len() {
        return Err(CacheError::Newer);
    }
    if found > 0 { check(writer).await } else { Ok(()) }
}

fn is_wrong_for_tables(error: &sqlx::Error) -> bool {
    const SQLITE_ERROR: &str = "1";
    error.as_database_error().and_then(|error| error.code()).as_deref() == Some(SQLITE_ERROR)
}

/// Reads the pages that everything else hangs on, and asks SQLite about the small tables. A full
/// check of a large file would make every start wait for the rarest of cases.
async fn check(pool: &SqlitePool) -> Result<()> {
    let small = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN
        ('source', 'name', 'experiment', 'registered_model', 'sync_state', 'column_count')";
    let tables: Vec<String> = sqlx::query_scalar(small).fetch_all(pool).await?;
    for table in tables {
        let sql = format!("PRAGMA quick_check('{table}')");
        let verdict: String = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(pool).await?;
        if verdict != "ok" {
            return Err(CacheError::Damaged { reason: verdict });
        }
    }
    Ok(())
}

/// The file for this program where a newer one left a file of its own: `cache.db` and `cache.version-1.db`.
pub(super) fn beside_newer(path: &Path, steps: Steps) -> PathBuf {
    path.with_extension(format!("version-{}.db", steps.len()))
}

/// The files that SQLite keeps for a database, itself the first.
fn files_of(path: &Path) -> [PathBuf; 4] {
    ["", "-wal", "-shm", "-journal"].map(|suffix| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    })
}

pub(super) fn remove_files(path: &Path) {
    files_of(path).iter().for_each(|file| remove(file));
}

/// Puts `fresh` in the place of `path`. Neither is open.
pub(super) fn replace_file(path: &Path, fresh: &Path) -> Result<()> {
    // What stands beside the old file would be taken for the new one's.
    files_of(path).iter().skip(1).for_each(|file| remove(file));
    std::fs::rename(fresh, path)
        .map_err(|error| CacheError::Database { reason: format!("{}: {error}", path.display()) })
}

fn remove(file: &Path) {
    if let Err(error) = std::fs::remove_file(file)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%error, file = %file.display(), "cannot remove");
    }
}
