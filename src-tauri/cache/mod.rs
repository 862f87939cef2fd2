//! What was seen of every server: one SQLite file, and one for the metric histories of each source. All of it can be
//! fetched again, but only what is damaged has to be.
//!
//! The window reads nothing else, so being offline is the normal way and not a mode. One file per
//! noun, each with its own shape, reads and writes:
//!
//! - [`open`]: from a folder to a working cache; cannot fail
//! - [`mod@file`]: one SQLite file of it; `migrations/` are the shapes that these have had, kept for ever
//! - [`repair`]: a damaged file, made anew with the sources that can be read; [`compact`]: without what was forgotten
//! - [`source`]: whose rows these are: a profile at an address; [`owner`]: which rows of which table
//! - [`experiment`], [`run`], [`model`], [`logged_model`]: the nouns; [`apply`] takes runs whole or not at all, as
//!   [`rows`] ([`fingerprint`] tells a run from its former self)
//! - [`registry`]: all registered models at once
//! - [`source_run`]: the runs that the versions of a model came from, with a few of their metrics
//! - [`seed_runs`]: runs that differ from one in their seed only
//! - [`search`]: a window onto runs (filter, sort, cells); [`columns`]; [`comparison`];
//!   [`values`]: a few columns of many runs, for charts
//! - [`filter`]: a condition of the filter language ([`crate::query`]) in SQL
//! - [`history`]: metric series, kept in the files of [`histories`] as blobs of columns ([`mod@column`])
//! - [`sync_state`]: how true all this is
//! - [`view`]: the types that the window sees
//!
//! One connection writes; a pool of others reads beside it (WAL). Every write is one transaction.

mod apply;
mod column;
mod column_count;
mod columns;
mod compact;
mod compared_datasets;
mod comparison;
mod duration;
mod error;
mod experiment;
mod file;
mod filter;
mod fingerprint;
mod histories;
mod history;
mod logged;
mod logged_model;
mod model;
mod open;
mod opened;
mod owner;
mod registry;
mod repair;
mod rows;
mod run;
mod search;
mod seed_runs;
mod source;
mod source_run;
mod statement;
mod sync_state;
#[cfg(test)]
pub(crate) mod tests;
mod values;
mod view;

pub use apply::Applied;
pub use error::{CacheError, Result};
pub use experiment::LostExperiment;
pub use history::{History, HistoryState};
pub use logged_model::LoggedModelState;
pub use model::DifferingModel;
pub use opened::Opened;
pub use registry::{ListedModel, ListedVersion, NEWEST_VERSIONS};
pub use source::SourceId;
pub use sync_state::{OpenRun, SyncState};
pub use values::{NamedRun, RunSet, RunValues, Values};
pub use view::{
    Cell, Column, ColumnInfo, ColumnKind, Comparison, ComparisonRow, CurveChance, CurveInfo, ProfileExperiments,
    RunRow, RunsView, RunsWindow, SortKey,
};

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use parking_lot::{Mutex, RwLock};
use sqlx::SqlitePool;

use file::{Migrations, Pools};
use histories::Histories;
use source::KnownSource;

/// The cache of all profiles. Cheap to clone; all clones are the same cache.
#[derive(Clone)]
pub struct Cache {
    inner: Arc<Inner>,
}

struct Inner {
    /// Absent when the cache only lives in memory.
    path: Option<PathBuf>,
    migrations: Migrations,
    pools: RwLock<Pools>,
    opened: RwLock<Opened>,
    /// The sources handed out since the start, to be known again after a repair.
    sources: Mutex<Vec<KnownSource>>,
    histories: Histories,
    /// Held while another file takes the place of this one. When that was last done because of damage.
    replacing: tokio::sync::Mutex<Option<Instant>>,
}

impl Cache {
    /// How the file was found when it was opened, or what became of it since.
    pub fn opened(&self) -> Opened {
        self.inner.opened.read().clone()
    }

    fn reader(&self) -> SqlitePool {
        self.inner.pools.read().reader.clone()
    }

    fn writer(&self) -> SqlitePool {
        self.inner.pools.read().writer.clone()
    }
}
