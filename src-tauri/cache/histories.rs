//! The files of histories: one per source in the folder `histories` beside the cache, because histories are the bulk
//! of what is cached. Forgetting a source deletes its file, and damage to one costs nothing else.
//!
//! The files and the cache need no common order of writing. A history says in its own row which latest value its run
//! had when it was fetched, and counts as up to date only while the cache has the same one: whichever of the two files
//! loses its last writes in a crash, the history is fetched again.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sqlx::Row;

use super::file::{Pools, beside_newer, remove_files};
use super::{Cache, CacheError, Result, SourceId};
use crate::migrate::Steps;

/// The histories of one source.
pub(super) struct HistoriesFile {
    pub pools: Pools,
    /// Absent where they live in memory.
    path: Option<PathBuf>,
}

/// Letters and digits of ASCII and `-` stand for themselves in the name of a file.
const IN_FILE_NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-');

pub(super) struct Histories {
    /// Absent when the cache only lives in memory.
    folder: Option<PathBuf>,
    steps: Steps,
    /// By the id of the source; `None` for one that was forgotten, whose file is never opened again.
    files: Mutex<HashMap<i64, Option<Arc<HistoriesFile>>>>,
    /// Held while a file is opened or deleted.
    opening: tokio::sync::Mutex<()>,
}

impl Histories {
    pub fn new(folder: Option<PathBuf>, steps: Steps) -> Self {
        Self { folder, steps, files: Mutex::default(), opening: tokio::sync::Mutex::default() }
    }

    pub async fn close(&self) {
        let files = std::mem::take(&mut *self.files());
        for file in files.into_values().flatten() {
            file.pools.close().await;
        }
    }

    /// Deletes the file of a profile, in every version there is. `id` is its source, where it has one.
    pub async fn forget(&self, profile_id: &str, id: Option<i64>) {
        let _opening = self.opening.lock().await;
        let open = id.and_then(|id| self.files().insert(id, None)).flatten();
        if let Some(file) = open {
            file.pools.close().await;
        }
        let Some(folder) = &self.folder else { return };
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        let its = format!("{}.", stem(profile_id));
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(&its) {
                remove_files(&entry.path());
            }
        }
    }

    fn files(&self) -> MutexGuard<'_, HashMap<i64, Option<Arc<HistoriesFile>>>> {
        self.files.lock()
    }

    /// Where no file can be kept, the histories live in memory.
    async fn open(&self, profile_id: &str, address: &str) -> HistoriesFile {
        let in_memory = || HistoriesFile { pools: Pools::in_memory(self.steps), path: None };
        let Some(folder) = &self.folder else { return in_memory() };
        let mut path = folder.join(format!("{}.db", stem(profile_id)));
        let mut pools = open_file(&path, address, self.steps).await;
        if let Err(CacheError::Newer) = pools {
            path = beside_newer(&path, self.steps);
            pools = open_file(&path, address, self.steps).await;
        }
        match pools {
            Ok(pools) => HistoriesFile { pools, path: Some(path) },
            Err(error) => {
                tracing::warn!(%error, "no file of histories can be kept: they live in memory");
                in_memory()
            }
        }
    }
}

fn stem(profile_id: &str) -> String {
    utf8_percent_encode(profile_id, IN_FILE_NAME).to_string()
}

/// A file that is damaged, or came from another address, is made anew.
async fn open_file(path: &Path, address: &str, steps: Steps) -> Result<Pools> {
    match open_of_address(path, address, steps).await {
        Err(CacheError::Damaged { reason }) => {
            tracing::warn!(%reason, "a file of histories cannot be used and is made anew");
            remove_files(path);
            open_of_address(path, address, steps).await
        }
        opened => opened,
    }
}

async fn open_of_address(path: &Path, address: &str, steps: Steps) -> Result<Pools> {
    let pools = Pools::open(path, steps).await?;
    match is_of_address(&pools, address).await {
        Ok(true) => return Ok(pools),
        outcome => {
            pools.close().await;
            outcome?;
        }
    }
    Err(CacheError::Damaged { reason: "it came from another address".to_owned() })
}

async fn is_of_address(pools: &Pools, address: &str) -> Result<bool> {
    let known: Option<String> = sqlx::query_scalar("SELECT address FROM source").fetch_optional(&pools.writer).await?;
    if known.is_none() {
        sqlx::query("INSERT INTO source (address) VALUES (?)").bind(address).execute(&pools.writer).await?;
    }
    Ok(known.is_none_or(|known| known == address))
}

impl Cache {
    /// The file of a source's histories, opened if need be; none where the source was forgotten.
    pub(super) async fn histories_file(&self, source: SourceId) -> Result<Option<Arc<HistoriesFile>>> {
        let histories = &self.inner.histories;
        let known = histories.files().get(&source.0).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let _opening = histories.opening.lock().await;
        let known = histories.files().get(&source.0).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let row = sqlx::query("SELECT profile_id, address FROM source WHERE id = ?")
            .bind(source.0)
            .fetch_optional(&self.reader())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let file = Arc::new(histories.open(row.try_get(0)?, row.try_get(1)?).await);
        histories.files().insert(source.0, Some(file.clone()));
        Ok(Some(file))
    }

    /// What came of reading or writing `file`; none where it is damaged, and was therefore deleted and begun anew.
    pub(super) async fn unless_damaged<T>(
        &self,
        source: SourceId,
        file: &Arc<HistoriesFile>,
        outcome: Result<T>,
    ) -> Result<Option<T>> {
        let reason = match outcome {
            Err(CacheError::Damaged { reason }) => reason,
            outcome => return outcome.map(Some),
        };
        let histories = &self.inner.histories;
        let _opening = histories.opening.lock().await;
        // Several tasks meet the same damage at the same time: the first of them sees to it.
        let first = match histories.files().get(&source.0) {
            Some(Some(current)) => Arc::ptr_eq(current, file),
            _ => false,
        };
        if !first {
            return Ok(None);
        }
        tracing::warn!(%reason, source = source.0, "a file of histories is damaged: they are fetched again");
        file.pools.close().await;
        histories.files().remove(&source.0);
        if let Some(path) = &file.path {
            remove_files(path);
        }
        Ok(None)
    }
}
