//! Keeps the cache true for what the window watches.
//!
//! - [`watch_list`]: what the window watches, and which syncs keep it true
//! - [`scope`]: the parts of what can be watched
//! - [`plan`]: from what is known to what must be fetched; pure
//! - [`engine`]: syncs what is watched; [`watched`]: when that was, when again, what went wrong
//! - [`outcome`]: how each part of a scope came out of a sync
//! - [`fetch`]: carries out the steps of a plan: pages from the store, transactions into the cache, with what a
//!   [`fetcher`] has for all of them
//! - [`page_size`]: how many runs a page is asked for; pure
//! - [`request_queue`]: few requests at once, the newest interest first
//! - [`sightings`]: aliases that others moved, as they are seen
//! - [`freshness`]: how true the cache is, for the screen
//!
//! Servers have no change feed and runs no modification time, so an experiment is kept true by four
//! means: runs that started since the last sync, runs that ended since, runs that are still open,
//! and now and then a sweep over all of them, which alone notices edits of old runs and deletions.

mod engine;
mod error;
mod fetch;
mod fetcher;
mod freshness;
mod outcome;
mod page_size;
pub mod plan;
mod request_queue;
mod scope;
mod sightings;
#[cfg(test)]
mod tests;
mod watch_list;
mod watched;

pub use engine::Sync;
pub use error::SyncError;
pub use freshness::{Freshness, FreshnessPart};
pub use scope::What;
pub use sightings::OnSightings;
pub use watch_list::WatchList;

pub use crate::scope::Scope;
