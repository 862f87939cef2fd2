//! What a run is made from, and a file that is put among its artifacts.

use std::path::Path;

use crate::entities::Tag;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewRun {
    pub experiment_id: String,
    pub name: String,
    /// Who makes it.
    pub user_id: String,
    /// Epoch milliseconds.
    pub start_time_ms: i64,
    pub tags: Vec<Tag>,
}

/// A file of this machine that is sent whole.
pub struct UploadFile<'a> {
    pub path: &'a Path,
    /// Is told from time to time how many bytes were sent.
    pub on_sent: &'a (dyn Fn(u64) + Send + Sync),
}
