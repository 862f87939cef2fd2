//! Where runs come from: a tracking server over HTTP ([`rest`]), or a database opened directly ([`local`]). Both pass
//! the same contract tests (`tests/contract.rs`).
//!
//! An opened [`Source`] is used through three types. A [`TrackingStore`] is read: it is asked small questions and
//! answers whole pages. It keeps no cache and decides nothing: what to ask, and when, is [`crate::sync`]'s business. A
//! [`Writer`] changes something, and exists only with the consent of the profile. An [`ArtifactStore`] has the files of
//! one run or logged model, wherever their artifact URI says that they are.

mod artifact_store;
mod consent;
mod error;
pub mod local;
mod new_run;
mod new_version;
pub mod rest;
mod writer;

pub use artifact_store::{ArtifactBody, ArtifactStore};
pub use consent::{NoConsent, WriteConsent, Writes};
pub use error::StoreError;
pub use new_run::{NewRun, UploadFile};
pub use new_version::NewVersion;
pub use writer::{Source, Writer};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::entities::{
    ArtifactRoot, Experiment, LoggedModel, MetricPoint, ModelPermission, ModelVersion, RegisteredModel, Run,
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

/// What can be asked of any source of runs. Nothing is changed by it; the store may ask again by itself.
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

    /// The store of the files of `root`, found from its artifact URI. Here alone is decided who reads them: a server
    /// reads every URI with its own rights; a database names a URI, and the files are in a folder of this machine.
    ///
    /// # Errors
    /// [`StoreError::ArtifactsElsewhere`] where this machine has no such folder, [`StoreError::NotFound`] where a
    /// database has no such run or model.
    async fn artifact_store_for(&self, root: &ArtifactRoot) -> Result<Box<dyn ArtifactStore>>;

    /// All registered models with their aliases, prompts left out.
    async fn search_registered_models(&self, page_token: Option<&str>) -> Result<Page<RegisteredModel>>;
    async fn get_registered_model(&self, name: &str) -> Result<RegisteredModel>;
    /// All versions of one registered model, newest first.
    async fn search_model_versions(&self, name: &str, page_token: Option<&str>) -> Result<Page<ModelVersion>>;
    /// Versions of all registered models, prompts left out; those changed last first where the store knows an order.
    async fn search_all_model_versions(&self, page_token: Option<&str>) -> Result<Page<ModelVersion>>;
    /// All prompts with their aliases: MLflow keeps them as registered models with a tag. None on servers that have none.
    async fn search_prompts(&self, page_token: Option<&str>) -> Result<Page<RegisteredModel>>;
    /// All versions of one prompt, newest first.
    async fn search_prompt_versions(&self, name: &str, page_token: Option<&str>) -> Result<Page<ModelVersion>>;
    async fn get_model_version(&self, name: &str, version: &str) -> Result<ModelVersion>;
    /// What the user may do with a registered model; none where the source does not say. It is asked to say no early:
    /// a write is refused by the server itself.
    async fn model_permission(&self, _name: &str) -> Result<Option<ModelPermission>> {
        Ok(None)
    }
    /// Why files cannot be put below an artifact URI from here, in words for people; none where they can.
    fn upload_refusal(&self, _artifact_uri: &str) -> Option<String> {
        Some("Files are put into a store through a server only.".to_owned())
    }
    /// [`StoreError::Unsupported`] where [`Capabilities::logged_models`] is false.
    async fn get_logged_model(&self, model_id: &str) -> Result<LoggedModel>;
    /// Those of these logged models that are in these experiments and not deleted, in no promised order; at most
    /// [`MODELS_PER_QUESTION`].
    async fn search_logged_models(&self, experiment_ids: &[String], model_ids: &[String]) -> Result<Vec<LoggedModel>>;
}
