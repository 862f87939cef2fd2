//! What was seen of every server, in one SQLite file: disposable, rebuilt at any time.
//!
//! The window reads nothing else, so being offline is the normal way and not a mode. One file per
//! noun, each with its own shape, reads and writes:
//!
//! - [`open`]: from a folder to a working cache; cannot fail
//! - [`source`]: whose rows these are: a profile at an address
//! - [`experiment`], [`run`], [`model`], [`logged_model`]: the nouns; [`apply`] takes runs whole or not at all, as
//!   [`rows`] ([`fingerprint`] tells a run from its former self)
//! - [`source_run`]: the runs that the versions of a model came from, with a few of their metrics
//! - [`search`]: a window onto runs (filter, sort, cells); [`columns`]; [`comparison`]
//! - [`filter`]: a condition of the filter language ([`crate::query`]) in SQL
//! - [`history`]: metric series as blobs of columns
//! - [`sync_state`]: how true all this is
//! - [`view`]: the types that the window sees
//!
//! One connection writes; a pool of others reads beside it (WAL). Every write is one transaction.

mod apply;
mod columns;
mod comparison;
mod duration;
mod error;
mod experiment;
mod filter;
mod fingerprint;
mod history;
mod logged;
mod logged_model;
mod model;
mod open;
mod rows;
mod run;
mod search;
mod source;
mod source_run;
mod statement;
mod sync_state;
#[cfg(test)]
pub(crate) mod tests;
mod view;

pub use apply::Applied;
pub use error::{CacheError, Result};
pub use experiment::LostExperiment;
pub use history::{History, HistoryState};
pub use logged_model::LoggedModelState;
pub use open::Opened;
pub use source::SourceId;
pub use sync_state::{OpenRun, SyncState};
pub use view::{
    Cell, Column, ColumnInfo, ColumnKind, Comparison, ComparisonRow, CurveChance, CurveInfo, RunRow, RunsView,
    RunsWindow, SortKey,
};

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use sqlx::SqlitePool;

use open::Pools;
use source::KnownSource;

/// The cache of all profiles. Cheap to clone; all clones are the same cache.
#[derive(Clone)]
pub struct Cache {
    inner: Arc<Inner>,
}

struct Inner {
    /// Absent when the cache only lives in memory.
    path: Option<PathBuf>,
    pools: RwLock<Pools>,
    opened: RwLock<Opened>,
    /// The sources handed out since the start, to be known again after a rebuild.
    sources: Mutex<Vec<KnownSource>>,
    /// When the file was last made anew because it was damaged.
    rebuilt: tokio::sync::Mutex<Option<Instant>>,
}

impl Cache {
    /// How the file was found when it was opened, or rebuilt since.
    pub fn opened(&self) -> Opened {
        self.inner.opened.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn reader(&self) -> SqlitePool {
        self.inner.pools.read().unwrap_or_else(PoisonError::into_inner).reader.clone()
    }

    fn writer(&self) -> SqlitePool {
        self.inner.pools.read().unwrap_or_else(PoisonError::into_inner).writer.clone()
    }
}
