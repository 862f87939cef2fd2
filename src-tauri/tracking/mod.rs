//! Where runs come from: one trait that a tracking server over HTTP ([`rest`]) and a database
//! opened directly ([`local`]) both answer.
//!
//! A store is asked small questions and answers whole pages. It keeps no cache and decides
//! nothing: what to ask, and when, is [`crate::sync`]'s business. Both kinds pass the same
//! contract tests (`tests/contract.rs`).

mod error;
pub mod local;
mod read_only;
pub mod rest;

pub use error::StoreError;
pub use read_only::ReadOnly;

use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::entities::{
    ArtifactEntry, ArtifactRoot, Experiment, LoggedModel, MetricPoint, ModelVersion, RegisteredModel, Run,
};

pub type Result<T> = std::result::Result<T, StoreError>;

/// One page of an answer. `next_page_token` is opaque; a page may be short or even empty and
/// still have a next one (servers with permissions filter after paging).
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next_page_token: Option<String>,
}

/// Which runs are asked for. All given conditions hold at once. Deleted runs come along, marked
/// by their lifecycle stage, so that a cache learns of a deletion.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunsQuery {
    pub experiment_ids: Vec<String>,
    /// Runs whose start time is at or after this.
    pub started_since_ms: Option<i64>,
    /// Runs whose end time is at or after this.
    pub ended_since_ms: Option<i64>,
    /// Only these runs; at most 100 in one question.
    pub run_ids: Option<Vec<String>>,
    /// At most this many runs in a page, 1 to 50,000.
    pub max_results: u32,
    pub page_token: Option<String>,
}

/// What a source can do, found out by asking it, never assumed from its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Capabilities {
    /// For people: `MLflow 3.18.0`, `mlflow.db (schema 1bd49d398cd23)`.
    pub description: String,
    /// The server's version where it says so.
    pub version: Option<String>,
    pub aliases: bool,
    pub logged_models: bool,
    /// False where nothing may be written: an old server, or a file opened read-only.
    pub writable: bool,
}

/// The most logged models that one question may name.
pub const MODELS_PER_QUESTION: usize = 100;

/// The bytes of an artifact, as they arrive.
pub struct ArtifactBody {
    /// Bytes in this body where the store says so.
    pub size_bytes: Option<u64>,
    pub stream: BoxStream<'static, Result<Bytes>>,
}

/// What can be asked of any source of runs. Reads may be retried by the store itself; writes
/// are sent once and never repeated.
#[async_trait]
pub trait TrackingStore: Send + Sync {
    fn capabilities(&self) -> &Capabilities;

    /// All experiments, deleted ones too, in no promised order.
    async fn search_experiments(&self, page_token: Option<&str>) -> Result<Page<Experiment>>;
    /// Runs, newest start first.
    async fn search_runs(&self, query: &RunsQuery) -> Result<Page<Run>>;
    async fn get_run(&self, run_id: &str) -> Result<Run>;
    /// A part of a metric's history in no promised order: sort all pages by (step, timestamp).
    async fn get_metric_history(
        &self,
        run_id: &str,
        metric_key: &str,
        page_token: Option<&str>,
    ) -> Result<Page<MetricPoint>>;
    async fn set_run_tag(&self, run_id: &str, key: &str, value: &str) -> Result<()>;
    async fn delete_run_tag(&self, run_id: &str, key: &str) -> Result<()>;

    /// The entries directly below `path` (`""` is the root). A path that does not exist, or that
    /// is a file, has no entries.
    async fn list_artifacts(&self, root: &ArtifactRoot, path: &str) -> Result<Vec<ArtifactEntry>>;
    /// The bytes of a file, or of a part of it. A store that cannot read a part answers with the
    /// whole file cut down to the part.
    async fn read_artifact(&self, root: &ArtifactRoot, path: &str, range: Option<Range<u64>>) -> Result<ArtifactBody>;

    /// All registered models with their aliases, prompts left out.
    async fn search_registered_models(&self, page_token: Option<&str>) -> Result<Page<RegisteredModel>>;
    async fn get_registered_model(&self, name: &str) -> Result<RegisteredModel>;
    /// All versions of one registered model, newest first.
    async fn search_model_versions(&self, name: &str, page_token: Option<&str>) -> Result<Page<ModelVersion>>;
    async fn get_model_version(&self, name: &str, version: &str) -> Result<ModelVersion>;
    /// Points `alias` at `version`. The server has no compare-and-set: the last writer wins.
    async fn set_alias(&self, name: &str, alias: &str, version: &str) -> Result<()>;
    /// Succeeds also where there was no such alias.
    async fn delete_alias(&self, name: &str, alias: &str) -> Result<()>;
    async fn set_registered_model_tag(&self, name: &str, key: &str, value: &str) -> Result<()>;
    async fn delete_registered_model_tag(&self, name: &str, key: &str) -> Result<()>;
    async fn set_model_version_tag(&self, name: &str, version: &str, key: &str, value: &str) -> Result<()>;
    async fn delete_model_version_tag(&self, name: &str, version: &str, key: &str) -> Result<()>;
    /// [`StoreError::Unsupported`] where [`Capabilities::logged_models`] is false.
    async fn get_logged_model(&self, model_id: &str) -> Result<LoggedModel>;
    /// Those of these logged models that are in these experiments and not deleted, in no promised order; at most
    /// [`MODELS_PER_QUESTION`].
    async fn search_logged_models(&self, experiment_ids: &[String], model_ids: &[String]) -> Result<Vec<LoggedModel>>;
}
