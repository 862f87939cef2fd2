//! A tracking server over HTTP.
//!
//! One file per noun says which endpoint is asked and how its answer reads; all of them go through
//! `client`, which is the only one that knows about waiting, asking again and status codes. The
//! connection itself is behind [`HttpSend`], so that a tunnel can take its place.

mod address;
mod answer;
mod artifacts;
pub mod checks;
mod client;
mod direct;
mod discover;
mod experiments;
mod http;
mod logged_models;
mod metrics;
mod models;
mod new_runs;
mod page;
mod permissions;
mod repair;
mod retry;
mod run_wire;
mod runs;
mod trust;
mod upload;
mod wire;

pub use address::Address;
pub use client::{Limits, Options};
pub use direct::{Direct, DirectOptions, Proxy};
pub use http::{Deadline, HttpBody, HttpSend, Lane, NetError, Upload};
pub use retry::RetryPolicy;
pub use trust::{tls_failure, untrusted_reason};

use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::entities::{
    ArtifactRoot, DatasetInput, Experiment, LoggedModel, Metric, MetricPoint, ModelPermission, ModelVersion, Param,
    RegisteredModel, Run, RunStatus,
};

use super::writer::{Source, WriteStore};
use super::{
    ArtifactStore, Capabilities, NewRun, NewVersion, Page, Result, RunsQuery, StoreError, TrackingStore, UploadFile,
};
use artifacts::ServerArtifacts;
use client::Client;

/// A failure below HTTP as the error of the store at `address`.
pub fn unanswered(address: &Address, error: NetError) -> StoreError {
    answer::broken(address, error, false).error
}

/// The value of an `Authorization` header: a name, which has no colon, and a password.
pub fn basic(username: &str, password: &SecretString) -> SecretString {
    let both = Zeroizing::new(format!("{username}:{}", password.expose_secret()));
    let encoded = Zeroizing::new(STANDARD.encode(both.as_bytes()));
    SecretString::from(format!("Basic {}", *encoded))
}

/// A tracking server that has answered and said what it can do.
pub struct RestStore {
    client: Arc<Client>,
    capabilities: Capabilities,
}

impl RestStore {
    /// Connects directly, without a sign-in, to what the user typed or pasted ([`Address::parse`]).
    pub async fn connect(address: &str) -> Result<Self> {
        let address = Address::parse(address)?;
        let http = Direct::new(&address, DirectOptions::default()).map_err(|error| unanswered(&address, error))?;
        Self::connect_over(address, http, Options::default()).await
    }

    /// Connects over a given way of sending requests.
    pub async fn connect_over(address: Address, http: Arc<dyn HttpSend>, options: Options) -> Result<Self> {
        let mut client = Client::new(address, http, &options);
        let capabilities = discover::capabilities(&mut client, options.workspace.as_deref()).await?;
        Ok(Self { client: Arc::new(client), capabilities })
    }

    pub fn address(&self) -> &Address {
        &self.client.address
    }

    fn needs(&self, has: bool, what: &str, since: &str) -> Result<()> {
        if has {
            return Ok(());
        }
        Err(StoreError::Unsupported {
            what: what.to_owned(),
            reason: format!("{} does not have them (MLflow {since} and later does)", self.client.address),
        })
    }

    fn needs_writing(&self) -> Result<()> {
        if self.capabilities.writable {
            return Ok(());
        }
        Err(StoreError::Unsupported {
            what: "changing anything".to_owned(),
            reason: format!("{} is too old to be written to safely", self.client.address),
        })
    }
}

#[async_trait]
impl TrackingStore for RestStore {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn search_experiments(&self, page_token: Option<&str>) -> Result<Page<Experiment>> {
        experiments::search(&self.client, page_token).await
    }

    async fn search_runs(&self, query: &RunsQuery) -> Result<Page<Run>> {
        runs::search(&self.client, query).await
    }

    async fn get_run(&self, run_id: &str) -> Result<Run> {
        runs::get(&self.client, run_id).await
    }

    async fn get_metric_history(
        &self,
        run_id: &str,
        metric_key: &str,
        page_token: Option<&str>,
    ) -> Result<Page<MetricPoint>> {
        metrics::history(&self.client, run_id, metric_key, page_token).await
    }

    async fn artifact_store_for(&self, root: &ArtifactRoot) -> Result<Box<dyn ArtifactStore>> {
        if matches!(root, ArtifactRoot::LoggedModel(_)) {
            self.needs(self.capabilities.logged_models, "logged models", "3.0")?;
        }
        Ok(Box::new(ServerArtifacts { client: self.client.clone(), root: root.clone() }))
    }

    async fn search_registered_models(&self, page_token: Option<&str>) -> Result<Page<RegisteredModel>> {
        models::search(&self.client, page_token).await
    }

    async fn get_registered_model(&self, name: &str) -> Result<RegisteredModel> {
        models::get(&self.client, name).await
    }

    async fn search_model_versions(&self, name: &str, page_token: Option<&str>) -> Result<Page<ModelVersion>> {
        models::search_versions(&self.client, name, page_token).await
    }

    async fn search_all_model_versions(&self, page_token: Option<&str>) -> Result<Page<ModelVersion>> {
        models::search_all_versions(&self.client, page_token).await
    }

    async fn search_prompts(&self, page_token: Option<&str>) -> Result<Page<RegisteredModel>> {
        models::search_prompts(&self.client, page_token).await
    }

    async fn search_prompt_versions(&self, name: &str, page_token: Option<&str>) -> Result<Page<ModelVersion>> {
        models::search_prompt_versions(&self.client, name, page_token).await
    }

    async fn get_model_version(&self, name: &str, version: &str) -> Result<ModelVersion> {
        models::get_version(&self.client, name, version).await
    }

    async fn model_permission(&self, name: &str) -> Result<Option<ModelPermission>> {
        permissions::of_model(&self.client, name).await
    }

    fn upload_refusal(&self, artifact_uri: &str) -> Option<String> {
        upload::refusal(artifact_uri)
    }

    async fn get_logged_model(&self, model_id: &str) -> Result<LoggedModel> {
        self.needs(self.capabilities.logged_models, "logged models", "3.0")?;
        logged_models::get(&self.client, model_id).await
    }

    async fn search_logged_models(&self, experiment_ids: &[String], model_ids: &[String]) -> Result<Vec<LoggedModel>> {
        self.needs(self.capabilities.logged_models, "logged models", "3.0")?;
        logged_models::search(&self.client, experiment_ids, model_ids).await
    }
}

impl From<RestStore> for Source {
    fn from(store: RestStore) -> Self {
        Self::of(store)
    }
}

#[async_trait]
impl WriteStore for RestStore {
    async fn set_run_tag(&self, run_id: &str, key: &str, value: &str) -> Result<()> {
        self.needs_writing()?;
        runs::set_tag(&self.client, run_id, key, value).await
    }

    async fn delete_run_tag(&self, run_id: &str, key: &str) -> Result<()> {
        self.needs_writing()?;
        runs::delete_tag(&self.client, run_id, key).await
    }

    async fn create_experiment(&self, name: &str) -> Result<String> {
        self.needs_writing()?;
        new_runs::create_experiment(&self.client, name).await
    }

    async fn create_run(&self, new: &NewRun) -> Result<Run> {
        self.needs_writing()?;
        new_runs::create(&self.client, new).await
    }

    async fn log(&self, run_id: &str, metrics: &[Metric], params: &[Param]) -> Result<()> {
        self.needs_writing()?;
        new_runs::log(&self.client, run_id, metrics, params).await
    }

    async fn log_inputs(&self, run_id: &str, inputs: &[DatasetInput]) -> Result<()> {
        self.needs_writing()?;
        new_runs::log_inputs(&self.client, run_id, inputs).await
    }

    async fn finish_run(&self, run_id: &str, status: RunStatus, end_time_ms: i64) -> Result<()> {
        self.needs_writing()?;
        new_runs::finish(&self.client, run_id, status, end_time_ms).await
    }

    async fn delete_run(&self, run_id: &str) -> Result<()> {
        self.needs_writing()?;
        new_runs::delete(&self.client, run_id).await
    }

    async fn put_artifact(&self, artifact_uri: &str, path: &str, file: &UploadFile<'_>) -> Result<()> {
        self.needs_writing()?;
        upload::put(&self.client, artifact_uri, path, file).await
    }

    async fn create_registered_model(&self, name: &str, description: &str) -> Result<()> {
        self.needs_writing()?;
        models::create(&self.client, name, description).await
    }

    async fn create_model_version(&self, name: &str, new: &NewVersion) -> Result<ModelVersion> {
        self.needs_writing()?;
        models::create_version(&self.client, name, new).await
    }

    async fn set_stage(&self, name: &str, version: &str, stage: &str, archive_others: bool) -> Result<()> {
        self.needs_writing()?;
        models::set_stage(&self.client, name, version, stage, archive_others).await
    }

    async fn set_alias(&self, name: &str, alias: &str, version: &str) -> Result<()> {
        self.needs(self.capabilities.aliases, "aliases", "2.3")?;
        models::set_alias(&self.client, name, alias, version).await
    }

    async fn delete_alias(&self, name: &str, alias: &str) -> Result<()> {
        self.needs(self.capabilities.aliases, "aliases", "2.3")?;
        models::delete_alias(&self.client, name, alias).await
    }

    async fn describe_registered_model(&self, name: &str, description: &str) -> Result<()> {
        self.needs_writing()?;
        models::describe(&self.client, name, description).await
    }

    async fn describe_model_version(&self, name: &str, version: &str, description: &str) -> Result<()> {
        self.needs_writing()?;
        models::describe_version(&self.client, name, version, description).await
    }

    async fn set_registered_model_tag(&self, name: &str, key: &str, value: &str) -> Result<()> {
        self.needs_writing()?;
        models::set_tag(&self.client, name, key, value).await
    }

    async fn delete_registered_model_tag(&self, name: &str, key: &str) -> Result<()> {
        self.needs_writing()?;
        models::delete_tag(&self.client, name, key).await
    }

    async fn set_model_version_tag(&self, name: &str, version: &str, key: &str, value: &str) -> Result<()> {
        self.needs_writing()?;
        models::set_version_tag(&self.client, name, version, key, value).await
    }

    async fn delete_model_version_tag(&self, name: &str, version: &str, key: &str) -> Result<()> {
        self.needs_writing()?;
        models::delete_version_tag(&self.client, name, version, key).await
    }
}
