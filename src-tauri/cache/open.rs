//! Opening the cache, which cannot fail: a file that is damaged or of another shape is thrown
//! away and made anew, and where no file can be kept the cache lives in memory.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Executor, SqlitePool};

use super::{Cache, CacheError, Inner, Result};
use crate::private;

const SCHEMA: &str = include_str!("schema.sql");
const READERS: u32 = 6;
/// Forgetting a profile of a hundred thousand runs takes a while, and everybody else waits for it.
const WRITER_PATIENCE: Duration = Duration::from_secs(180);
const PAGE_BYTES: u32 = 8192;
/// Errors that come within this time after a rebuild are of the file that was thrown away.
const SAME_DAMAGE: Duration = Duration::from_secs(10);

/// How the cache was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// As the last session left it.
    Kept,
    /// There was none yet.
    Created,
    /// What was there could not be used and was thrown away.
    Rebuilt { reason: String },
    /// No file can be kept: everything is forgotten when the program ends.
    InMemory { reason: String },
}

impl Opened {
    /// For the user, where there is something to know.
    fn word(&self) -> Option<String> {
        match self {
            Self::Kept | Self::Created => None,
            Self::Rebuilt { reason } => Some(format!(
                "What was cached could not be used ({reason}) and is fetched again. Nothing on a server was touched."
            )),
            Self::InMemory { reason } => {
                Some(format!("Runs cannot be kept on this machine and are fetched again next time: {reason}."))
            }
        }
    }
}

pub(super) struct Pools {
    pub writer: SqlitePool,
    pub reader: SqlitePool,
}

impl Pools {
    async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

impl Cache {
    /// Opens the cache file at `path`. Answers always; where the user should know what happened,
    /// with a word about it.
    pub async fn open(path: &Path) -> (Self, Option<String>) {
        let existed = path.metadata().is_ok_and(|file| file.len() > 0);
        let (pools, opened) = match open_file(path).await {
            Ok(pools) => (Ok(pools), if existed { Opened::Kept } else { Opened::Created }),
            Err(error) => {
                tracing::warn!(%error, "the cache cannot be used as it is: it is made anew");
                remove_files(path);
                (open_file(path).await, Opened::Rebuilt { reason: error.to_string() })
            }
        };
        let cache = match pools {
            Ok(pools) => Self::from_parts(Some(path.to_owned()), pools, opened),
            Err(error) => {
                tracing::warn!(%error, "no cache file can be kept: the cache lives in memory");
                Self::in_memory_because(error.to_string())
            }
        };
        let word = cache.opened().word();
        (cache, word)
    }

    /// A cache without a file, for tests and as the last resort.
    pub fn in_memory() -> Self {
        Self::in_memory_because("asked for".to_owned())
    }

    fn in_memory_because(reason: String) -> Self {
        let pool = open_memory();
        Self::from_parts(None, Pools { writer: pool.clone(), reader: pool }, Opened::InMemory { reason })
    }

    fn from_parts(path: Option<PathBuf>, pools: Pools, opened: Opened) -> Self {
        Self {
            inner: Arc::new(Inner {
                path,
                pools: RwLock::new(pools),
                opened: RwLock::new(opened),
                sources: Mutex::default(),
                rebuilt: tokio::sync::Mutex::default(),
            }),
        }
    }

    /// Throws everything away and starts anew if `error` says that the file is damaged, which is
    /// noticed only when a damaged page is read. Says whether it did. Sources keep their ids, so
    /// that who holds one goes on writing into its own rows.
    pub async fn rebuild_if_damaged(&self, error: &CacheError) -> bool {
        let CacheError::Damaged { reason } = error else { return false };
        let Some(path) = self.inner.path.as_deref() else { return false };
        // Several readers meet the same damage at the same time: the first of them sees to it.
        let mut rebuilt = self.inner.rebuilt.lock().await;
        if rebuilt.is_some_and(|rebuilt| rebuilt.elapsed() < SAME_DAMAGE) {
            return false;
        }
        tracing::warn!(%reason, "the cache is damaged: it is made anew");
        let old = Pools { writer: self.writer(), reader: self.reader() };
        old.close().await;
        remove_files(path);
        let pools = match open_file(path).await {
            Ok(pools) => pools,
            Err(_) => {
                let pool = open_memory();
                Pools { writer: pool.clone(), reader: pool }
            }
        };
        *self.inner.pools.write().unwrap_or_else(PoisonError::into_inner) = pools;
        *self.inner.opened.write().unwrap_or_else(PoisonError::into_inner) = Opened::Rebuilt { reason: reason.clone() };
        if let Err(error) = self.register_sources_again().await {
            tracing::warn!(%error, "the cache was made anew but does not take its sources");
        }
        *rebuilt = Some(Instant::now());
        true
    }

    /// Closes the file, writing out what SQLite keeps beside it.
    pub async fn close(&self) {
        Pools { writer: self.writer(), reader: self.reader() }.close().await;
    }
}

/// A number that changes with the shape of the tables: a file of another shape is thrown away.
fn schema_version() -> i32 {
    // FNV-1a, because it must stay the same between builds.
    let hash = SCHEMA.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    // Zero is what an empty file has.
    i32::from_ne_bytes((hash | 1).to_ne_bytes())
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

async fn open_file(path: &Path) -> Result<Pools> {
    create_private(path)?;
    let writer = pool_options().max_connections(1).acquire_timeout(WRITER_PATIENCE).connect_with(options(path)).await?;
    if let Err(error) = create_tables(&writer).await {
        writer.close().await;
        return Err(error);
    }
    let reader = pool_options().max_connections(READERS).connect_lazy_with(options(path).pragma("query_only", "ON"));
    Ok(Pools { writer, reader })
}

/// Only the user may read what the servers said.
fn create_private(path: &Path) -> Result<()> {
    let unusable = |error: std::io::Error| CacheError::Database { reason: format!("{}: {error}", path.display()) };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(unusable)?;
    }
    private::make_file(path).map_err(unusable)
}

async fn create_tables(writer: &SqlitePool) -> Result<()> {
    let version: i32 = sqlx::query_scalar("PRAGMA user_version").fetch_one(writer).await?;
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(writer).await?;
    if version == schema_version() {
        return check(writer).await;
    }
    if tables > 0 || version != 0 {
        return Err(CacheError::Damaged { reason: "it was written by another version".to_owned() });
    }
    let mut transaction = writer.begin().await?;
    transaction.execute(sqlx::raw_sql(SCHEMA)).await?;
    transaction.execute(sqlx::raw_sql(AssertSqlSafe(format!("PRAGMA user_version = {}", schema_version())))).await?;
    transaction.commit().await?;
    Ok(())
}

/// Reads the pages that everything else hangs on, and asks SQLite about the small tables. A full
/// check of a large file would make every start wait for the rarest of cases.
async fn check(pool: &SqlitePool) -> Result<()> {
    for table in ["source", "name", "experiment", "registered_model", "sync_state", "column_count"] {
        let sql = format!("PRAGMA quick_check('{table}')");
        let verdict: String = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(pool).await?;
        if verdict != "ok" {
            return Err(CacheError::Damaged { reason: verdict });
        }
    }
    Ok(())
}

fn remove_files(path: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let file = PathBuf::from(name);
        let gone = if file.is_dir() { std::fs::remove_dir_all(&file) } else { std::fs::remove_file(&file) };
        if let Err(error) = gone
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, file = %file.display(), "cannot remove");
        }
    }
}

/// One connection that is never closed, because the tables go with it.
fn open_memory() -> SqlitePool {
    pool_options()
        .max_connections(1)
        .after_connect(|connection, _| {
            Box::pin(async move {
                connection.execute(sqlx::raw_sql(SCHEMA)).await?;
                Ok(())
            })
        })
        .connect_lazy_with(SqliteConnectOptions::new().filename(":memory:").in_memory(true))
}
