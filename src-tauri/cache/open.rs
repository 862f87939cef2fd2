//! Opening the cache, which cannot fail: a file that is damaged is made anew with what can be read of it, one of a
//! newer version is left alone, and where no file can be kept the cache lives in memory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};

use super::file::{MIGRATIONS, Migrations, Pools, beside_newer, remove_files};
use super::histories::Histories;
use super::{Cache, CacheError, Inner, Opened, Result, repair};

impl Cache {
    /// Opens the cache file at `path`, and with it the folder `histories` beside it. Answers always; where the user
    /// should know what happened, with a word about it.
    pub async fn open(path: &Path) -> (Self, Option<String>) {
        Self::open_with(path, MIGRATIONS).await
    }

    /// With other migrations than this program's, for tests of what comes.
    pub(super) async fn open_with(path: &Path, migrations: Migrations) -> (Self, Option<String>) {
        let folder = path.with_file_name("histories");
        let cache = match open_file(path, migrations).await {
            Ok((path, pools, opened)) => Self::from_parts(Some((path, folder)), pools, opened, migrations),
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
        let pools = Pools::in_memory(MIGRATIONS.cache);
        Self::from_parts(None, pools, Opened::InMemory { reason }, MIGRATIONS)
    }

    fn from_parts(place: Option<(PathBuf, PathBuf)>, pools: Pools, opened: Opened, migrations: Migrations) -> Self {
        let (path, folder) = place.unzip();
        Self {
            inner: Arc::new(Inner {
                path,
                migrations,
                pools: RwLock::new(pools),
                opened: RwLock::new(opened),
                sources: Mutex::default(),
                histories: Histories::new(folder, migrations.histories),
                replacing: tokio::sync::Mutex::default(),
            }),
        }
    }

    /// Closes the files, writing out what SQLite keeps beside them.
    pub async fn close(&self) {
        self.inner.histories.close().await;
        Pools { writer: self.writer(), reader: self.reader() }.close().await;
    }
}

/// The file that is used in the end, which is another one where a newer program wrote the one at `path`.
async fn open_file(path: &Path, migrations: Migrations) -> Result<(PathBuf, Pools, Opened)> {
    match open_or_repair(path, migrations).await {
        Ok((pools, opened)) => Ok((path.to_owned(), pools, opened)),
        Err(CacheError::Newer) => {
            let own = beside_newer(path, migrations.cache);
            let (pools, _) = open_or_repair(&own, migrations).await?;
            Ok((own, pools, Opened::BesideNewer))
        }
        Err(error) => Err(error),
    }
}

async fn open_or_repair(path: &Path, migrations: Migrations) -> Result<(Pools, Opened)> {
    let existed = path.metadata().is_ok_and(|file| file.len() > 0);
    // Half of a file, where the last session ended while it wrote that.
    remove_files(&repair::fresh_file(path));
    match Pools::open(path, migrations.cache).await {
        Ok(pools) => Ok((pools, if existed { Opened::Kept } else { Opened::Created })),
        Err(CacheError::Damaged { reason }) => {
            tracing::warn!(%reason, "the cache file is damaged: it is made anew with what can be read of it");
            repair::rewrite(path, migrations.cache).await?;
            let pools = match Pools::open(path, migrations.cache).await {
                Err(CacheError::Damaged { .. }) => {
                    remove_files(path);
                    Pools::open(path, migrations.cache).await?
                }
                pools => pools?,
            };
            Ok((pools, Opened::Rebuilt { reason }))
        }
        Err(error) => Err(error),
    }
}
