//! A damaged cache file costs the rows of one source and not those of all: the file is made anew with every source
//! that can be read to its end.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor, Row, Sqlite, SqliteConnection};

use super::file::{Pools, remove_files, replace_file};
use super::{Cache, CacheError, Opened, Result, SourceId, owner};
use crate::migrate::Steps;

/// Errors that come within this time after a repair are of the file that was replaced.
const SAME_DAMAGE: Duration = Duration::from_secs(10);

impl Cache {
    /// Makes the cache file anew if `error`, which came of reading or writing rows of `source`, says that it is
    /// damaged; damage is noticed only when a damaged page is read. `source` begins again without rows, and so does
    /// every other one that cannot be read. All keep their ids, so a task that holds one goes on writing into the right
    /// rows. Says whether it did.
    pub async fn repair(&self, source: SourceId, error: &CacheError) -> bool {
        let CacheError::Damaged { reason } = error else { return false };
        let Some(path) = self.inner.path.as_deref() else { return false };
        // Several tasks meet the same damage at the same time: the first of them sees to it.
        let mut replaced = self.inner.replacing.lock().await;
        if replaced.is_some_and(|replaced| replaced.elapsed() < SAME_DAMAGE) {
            return false;
        }
        // Others go on reading, and wait with writing.
        let Ok(held) = self.writer().acquire().await else { return false };
        tracing::warn!(%reason, source = source.0, "the cache file is damaged: it is made anew without this source");
        let copied = copy_sources(path, self.inner.migrations.cache, Some(source)).await;
        if let Err(CacheError::DiskFull) = copied {
            remove_files(&fresh_file(path));
            return false;
        }
        self.replace_file(path, held, copied).await;
        *self.inner.opened.write() = Opened::Rebuilt { reason: reason.clone() };
        if let Err(error) = self.register_sources_again().await {
            tracing::warn!(%error, "the cache was made anew but does not take its sources");
        }
        *replaced = Some(Instant::now());
        true
    }

    /// Goes on with the fresh file in the place of `path`, or without anything where none was `made`; in memory
    /// where no file can be opened. `held` is the connection that writes.
    pub(super) async fn replace_file(&self, path: &Path, held: PoolConnection<Sqlite>, made: Result<()>) {
        let (writer, reader) = (self.writer(), self.reader());
        // From here on no other task gets the connection that is let go.
        let closing = writer.close();
        drop(held);
        reader.close().await;
        closing.await;
        replace_or_remove(path, made);
        let steps = self.inner.migrations.cache;
        let mut pools = Pools::open(path, steps).await;
        if matches!(pools, Err(CacheError::Damaged { .. })) {
            remove_files(path);
            pools = Pools::open(path, steps).await;
        }
        let pools = pools.unwrap_or_else(|error| {
            tracing::warn!(%error, "no cache file can be kept: the cache lives in memory");
            Pools::in_memory(steps)
        });
        *self.inner.pools.write() = pools;
    }
}

/// Replaces a damaged file, which is not open, by one of the same version with what can be read of it. Where nothing
/// can there is no file afterwards; where the disk is full the file stays as it is.
pub(super) async fn rewrite(path: &Path, steps: Steps) -> Result<()> {
    let made = copy_sources(path, steps, None).await;
    if let Err(CacheError::DiskFull) = made {
        remove_files(&fresh_file(path));
        return made;
    }
    replace_or_remove(path, made);
    Ok(())
}

fn replace_or_remove(path: &Path, made: Result<()>) {
    let fresh = fresh_file(path);
    if let Err(error) = made.and_then(|()| replace_file(path, &fresh)) {
        tracing::warn!(%error, "nothing can be read of the damaged cache file");
        remove_files(&fresh);
        remove_files(path);
    }
}

/// Where the file that will replace `path` is written.
pub(super) fn fresh_file(path: &Path) -> PathBuf {
    path.with_extension("fresh.db")
}

/// Writes the fresh file, of the same version, with all sources but `lost` that can be read.
async fn copy_sources(path: &Path, steps: Steps, lost: Option<SourceId>) -> Result<()> {
    let fresh = fresh_file(path);
    remove_files(&fresh);
    // Without asking for a journal mode, which would write into the damaged file.
    let mut damaged = SqliteConnectOptions::new().filename(path).connect().await?;
    let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut damaged).await?;
    let version = usize::try_from(version).unwrap_or(0);
    let steps = steps.get(..version).filter(|steps| !steps.is_empty());
    let steps = steps.ok_or_else(|| CacheError::Damaged { reason: "its version is not known".to_owned() })?;
    Pools::open(&fresh, steps).await?.close().await;
    sqlx::query("ATTACH ? AS fresh").bind(fresh.to_string_lossy().into_owned()).execute(&mut damaged).await?;

    let sources = sqlx::query("SELECT id, profile_id, address FROM main.source").fetch_all(&mut damaged).await?;
    for source in &sources {
        let id: i64 = source.try_get(0)?;
        let copied = match lost {
            Some(lost) if lost.0 == id => false,
            _ => copy_whole(&mut damaged, id).await?,
        };
        if !copied {
            tracing::warn!(source = id, "what was cached of a server is lost and is fetched again");
            sqlx::query("INSERT INTO fresh.source (id, profile_id, address) VALUES (?, ?, ?)")
                .bind(id)
                .bind(source.try_get::<String, _>(1)?)
                .bind(source.try_get::<String, _>(2)?)
                .execute(&mut damaged)
                .await?;
        }
    }
    // Ids of sources that were forgotten are not given again either.
    let ids = "DELETE FROM fresh.sqlite_sequence;
        INSERT INTO fresh.sqlite_sequence SELECT * FROM main.sqlite_sequence WHERE name = 'source';";
    if let Err(error) = damaged.execute(sqlx::raw_sql(ids)).await {
        tracing::warn!(%error, "ids of forgotten sources may be given again");
    }
    damaged.close().await?;
    Ok(())
}

/// All of a source, or nothing where a page of it cannot be read; says which. Fails where `fresh` cannot be written.
async fn copy_whole(connection: &mut SqliteConnection, source: i64) -> Result<bool> {
    connection.execute("BEGIN").await?;
    match owner::copy(connection, source).await {
        Ok(()) => {
            connection.execute("COMMIT").await?;
            Ok(true)
        }
        Err(error) => {
            // SQLite may have taken it back already.
            let _undone = connection.execute("ROLLBACK").await;
            match error {
                CacheError::DiskFull => Err(error),
                _ => Ok(false),
            }
        }
    }
}
