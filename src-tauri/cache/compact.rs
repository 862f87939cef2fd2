//! The cache file without the space and the traces of what was forgotten. SQLite keeps both: pages that were split
//! while rows came in still hold copies of them.

use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::file::remove_files;
use super::repair::fresh_file;
use super::{Cache, CacheError, Result};
use crate::private_files;

/// Between tries that found the cache being written to.
const PAUSES: [Duration; 6] = [
    Duration::from_secs(2),
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_secs(60),
    Duration::from_secs(300),
    Duration::from_secs(600),
];

impl Cache {
    /// Compacts the file. No reader and no writer waits for it; where something is written meanwhile it is tried again
    /// later, in the background.
    pub(super) async fn compact(&self) {
        if self.compact_unless_written().await {
            return;
        }
        let inner = Arc::downgrade(&self.inner);
        tokio::spawn(async move {
            for pause in PAUSES {
                tokio::time::sleep(pause).await;
                let Some(inner) = inner.upgrade() else { return };
                if (Self { inner }).compact_unless_written().await {
                    return;
                }
            }
            tracing::warn!("the space of what was forgotten is used again but not given back");
        });
    }

    async fn compact_unless_written(&self) -> bool {
        self.try_to_compact().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the cache file cannot be compacted");
            false
        })
    }

    /// Replaces the file by a compact copy, unless something was written while that was made. Says whether it did.
    async fn try_to_compact(&self) -> Result<bool> {
        let Some(path) = self.inner.path.as_deref() else { return Ok(true) };
        let _replacing = self.inner.replacing.lock().await;
        let fresh = fresh_file(path);
        remove_files(&fresh);
        // SQLite would let others read a file that it makes itself.
        private_files::make_file(&fresh).map_err(|error| CacheError::Database { reason: error.to_string() })?;
        let mut copying = SqliteConnectOptions::new().filename(path).connect().await?;
        let before = data_version(&mut copying).await?;
        let copied =
            sqlx::query("VACUUM INTO ?").bind(fresh.to_string_lossy().into_owned()).execute(&mut copying).await;
        if let Err(error) = copied {
            remove_files(&fresh);
            return Err(error.into());
        }
        let held = self.writer().acquire().await?;
        if data_version(&mut copying).await? != before {
            remove_files(&fresh);
            return Ok(false);
        }
        copying.close().await?;
        self.replace_file(path, held, Ok(())).await;
        Ok(true)
    }
}

/// Another number whenever another connection has written.
async fn data_version(connection: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("PRAGMA data_version").fetch_one(connection).await?)
}
