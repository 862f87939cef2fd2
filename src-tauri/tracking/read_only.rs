//! A store that nothing can be written to, whatever it could do by itself: the core's own lock for
//! profiles that are read-only. Whoever forgets to ask first is refused here.

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;

use crate::entities::{
    ArtifactEntry, ArtifactRoot, Experiment, LoggedModel, MetricPoint, ModelVersion, RegisteredModel, Run,
};

use super::{ArtifactBody, Capabilities, Page, Result, RunsQuery, StoreError, TrackingStore};

pub struct ReadOnly {
    store: Arc<dyn TrackingStore>,
    capabilities: Capabilities,
}

impl ReadOnly {
    pub fn new(store: Arc<dyn TrackingStore>) -> Self {
        let capabilities = Capabilities { writable: false, ..store.capabilities().clone() };
        Self { store, capabilities }
    }

    fn refused(&self) -> Result<()> {
        Err(StoreError::Unsupported {
            what: "changing anything".to_owned(),
            reason: format!("this profile of {} is read-only", self.capabilities.description),
        })
    }
}

#[async_trait]
impl TrackingStore for ReadOnly {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn search_experiments(&self, page_token: Option<&str>) -> Result<Page<Experiment>> {
        self.store.search_experiments(page_token).await
    }

    async fn search_runs(&self, query: &RunsQuery) -> Result<Page<Run>> {
        self.store.search_runs(query).await
    }

    async fn get_run(&self, run_id: &str) -> Result<Run> {
        self.store.get_run(run_id).await
    }

    async fn get_metric_history(
        &self,
        run_id: &str,
        metric_key: &str,
        page_token: Option<&str>,
    ) -> Result<Page<MetricPoint>> {
        self.store.get_metric_history(run_id, metric_key, page_token).await
    }

    async fn list_artifacts(&self, root: &ArtifactRoot, path: &str) -> Result<Vec<ArtifactEntry>> {
        self.store.list_artifacts(root, path).await
    }

    async fn read_artifact(&self, root: &ArtifactRoot, path: &str, range: Option<Range<u64>>) -> Result<ArtifactBody> {
        self.store.read_artifact(root, path, range).await
    }

    async fn search_registered_models(&self, page_token: Option<&str>) -> Result<Page<RegisteredModel>> {
        self.store.search_registered_models(page_token).await
    }

    async fn get_registered_model(&self, name: &str) -> Result<RegisteredModel> {
        self.store.get_registered_model(name).await
    }

    async fn search_model_versions(&self, name: &str, page_token: Option<&str>) -> Result<Page<ModelVersion>> {
        self.store.search_model_versions(name, page_token).await
    }

    async fn get_model_version(&self, name: &str, version: &str) -> Result<ModelVersion> {
        self.store.get_model_version(name, version).await
    }

    async fn get_logged_model(&self, model_id: &str) -> Result<LoggedModel> {
        self.store.get_logged_model(model_id).await
    }

    async fn search_logged_models(&self, experiment_ids: &[String], model_ids: &[String]) -> Result<Vec<LoggedModel>> {
        self.store.search_logged_models(experiment_ids, model_ids).await
    }

    async fn set_run_tag(&self, _: &str, _: &str, _: &str) -> Result<()> {
        self.refused()
    }

    async fn delete_run_tag(&self, _: &str, _: &str) -> Result<()> {
        self.refused()
    }

    async fn set_alias(&self, _: &str, _: &str, _: &str) -> Result<()> {
        self.refused()
    }

    async fn delete_alias(&self, _: &str, _: &str) -> Result<()> {
        self.refused()
    }

    async fn set_registered_model_tag(&self, _: &str, _: &str, _: &str) -> Result<()> {
        self.refused()
    }

    async fn delete_registered_model_tag(&self, _: &str, _: &str) -> Result<()> {
        self.refused()
    }

    async fn set_model_version_tag(&self, _: &str, _: &str, _: &str, _: &str) -> Result<()> {
        self.refused()
    }

    async fn delete_model_version_tag(&self, _: &str, _: &str, _: &str) -> Result<()> {
        self.refused()
    }
}
