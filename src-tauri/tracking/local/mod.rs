//! An `mlflow.db` opened directly, with no server and no Python.
//!
//! The schema is asked, never guessed from a version (`schema.rs`). The file may be in use by a
//! server at the same moment: every page is one short read transaction, every write is one
//! `BEGIN IMMEDIATE`, and the journal mode is left as it is. What is written is what MLflow's own
//! SQL store writes for the same call.
//!
//! Of a database with workspaces only the workspace `default` is shown, as a server without
//! workspaces would.

mod artifacts;
mod descriptions;
mod error;
mod experiments;
#[cfg(test)]
pub(crate) mod fixture;
mod logged_models;
mod metrics;
mod models;
mod names;
mod new_version;
mod open;
mod place;
mod row;
mod runs;
mod schema;
mod stages;
mod transaction;
mod upsert;
mod uri;
mod versions;

use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::writer::{Source, WriteStore};
use super::{ArtifactStore, Capabilities, NewVersion, Page, Result, RunsQuery, StoreError, TrackingStore};
use crate::entities::{ArtifactRoot, Experiment, LoggedModel, MetricPoint, ModelVersion, RegisteredModel, Run};
use artifacts::ArtifactFolder;
use open::Database;

/// A database file with the artifacts beside it, as a [`TrackingStore`].
pub struct LocalStore {
    database: Database,
    capabilities: Capabilities,
}

impl LocalStore {
    /// Opens a database file, or the `mlflow.db` of a folder. Nothing is written.
    ///
    /// # Errors
    /// `NoSuchFile`, `NotMlflowDatabase` (also for a folder that is a file store, and for a schema
    /// that is too old), `DatabaseCorrupt`, `DatabaseLocked`, and `Io` where it cannot be read.
    pub async fn open(path: &Path) -> Result<Self> {
        let database = open::open(path).await?;
        let capabilities = database.capabilities();
        Ok(Self { database, capabilities })
    }

    /// The database file itself, also where a folder was opened.
    pub fn path(&self) -> &Path {
        &self.database.path
    }

    /// With the folders that the user has chosen for artifacts. One that is not there now is left out.
    pub async fn with_artifact_folders(mut self, folders: &[String]) -> Self {
        for folder in folders {
            if let Ok(folder) = tokio::fs::canonicalize(folder).await {
                self.database.artifact_folders.push(folder);
            }
        }
        self
    }

    /// The folder to remember when the user says that what is at `path` of `root` is in `chosen`.
    ///
    /// # Errors
    /// `Refused` where it is not there.
    pub async fn artifact_folder_in(&self, root: &ArtifactRoot, path: &str, chosen: &Path) -> Result<PathBuf> {
        artifacts::folder_in(&self.database, root, path, chosen).await
    }

    /// Closes the file: afterwards it may be moved or deleted, also on Windows.
    pub async fn close(&self) {
        self.database.pool.close().await;
    }
}

#[async_trait]
impl TrackingStore for LocalStore {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn search_experiments(&self, page_token: Option<&str>) -> Result<Page<Experiment>> {
        experiments::search(&self.database, page_token).await
    }

    async fn search_runs(&self, query: &RunsQuery) -> Result<Page<Run>> {
        runs::search(&self.database, query).await
    }

    async fn get_run(&self, run_id: &str) -> Result<Run> {
        runs::get(&self.database, run_id).await
    }

    async fn get_metric_history(
        &self,
        run_id: &str,
        metric_key: &str,
        page_token: Option<&str>,
    ) -> Result<Page<MetricPoint>> {
        metrics::history(&self.database, run_id, metric_key, page_token).await
    }

    async fn artifact_store_for(&self, root: &ArtifactRoot) -> Result<Box<dyn ArtifactStore>> {
        Ok(Box::new(ArtifactFolder::find(&self.database, root).await?))
    }

    async fn search_registered_models(&self, page_token: Option<&str>) -> Result<Page<RegisteredModel>> {
        models::search(&self.database, page_token).await
    }

    async fn get_registered_model(&self, name: &str) -> Result<RegisteredModel> {
        models::get(&self.database, name).await
    }

    async fn search_model_versions(&self, name: &str, page_token: Option<&str>) -> Result<Page<ModelVersion>> {
        versions::search(&self.database, name, page_token).await
    }

    async fn search_all_model_versions(&self, page_token: Option<&str>) -> Result<Page<ModelVersion>> {
        versions::search_all(&self.database, page_token).await
    }

    async fn search_prompts(&self, page_token: Option<&str>) -> Result<Page<RegisteredModel>> {
        models::search_prompts(&self.database, page_token).await
    }

    async fn search_prompt_versions(&self, name: &str, page_token: Option<&str>) -> Result<Page<ModelVersion>> {
        versions::search(&self.database, name, page_token).await
    }

    async fn get_model_version(&self, name: &str, version: &str) -> Result<ModelVersion> {
        versions::get(&self.database, name, version).await
    }

    async fn get_logged_model(&self, model_id: &str) -> Result<LoggedModel> {
        logged_models::get(&self.database, model_id).await
    }

    async fn search_logged_models(&self, experiment_ids: &[String], model_ids: &[String]) -> Result<Vec<LoggedModel>> {
        logged_models::search(&self.database, experiment_ids, model_ids).await
    }
}

impl From<LocalStore> for Source {
    fn from(store: LocalStore) -> Self {
        Self::of(store)
    }
}

#[async_trait]
impl WriteStore for LocalStore {
    async fn set_run_tag(&self, run_id: &str, key: &str, value: &str) -> Result<()> {
        runs::set_tag(&self.database, run_id, key, value).await
    }

    async fn delete_run_tag(&self, run_id: &str, key: &str) -> Result<()> {
        runs::delete_tag(&self.database, run_id, key).await
    }

    async fn create_registered_model(&self, name: &str, description: &str) -> Result<()> {
        models::create(&self.database, name, description).await
    }

    async fn create_model_version(&self, name: &str, new: &NewVersion) -> Result<ModelVersion> {
        new_version::create(&self.database, name, new).await
    }

    async fn set_stage(&self, name: &str, version: &str, stage: &str, archive_others: bool) -> Result<()> {
        stages::set(&self.database, name, version, stage, archive_others).await
    }

    async fn set_alias(&self, name: &str, alias: &str, version: &str) -> Result<()> {
        models::set_alias(&self.database, name, alias, version).await
    }

    async fn delete_alias(&self, name: &str, alias: &str) -> Result<()> {
        models::delete_alias(&self.database, name, alias).await
    }

    async fn describe_registered_model(&self, name: &str, description: &str) -> Result<()> {
        descriptions::of_model(&self.database, name, description).await
    }

    async fn describe_model_version(&self, name: &str, version: &str, description: &str) -> Result<()> {
        descriptions::of_version(&self.database, name, version, description).await
    }

    async fn set_registered_model_tag(&self, name: &str, key: &str, value: &str) -> Result<()> {
        models::set_tag(&self.database, name, key, value).await
    }

    async fn delete_registered_model_tag(&self, name: &str, key: &str) -> Result<()> {
        models::delete_tag(&self.database, name, key).await
    }

    async fn set_model_version_tag(&self, name: &str, version: &str, key: &str, value: &str) -> Result<()> {
        versions::set_tag(&self.database, name, version, key, value).await
    }

    async fn delete_model_version_tag(&self, name: &str, version: &str, key: &str) -> Result<()> {
        versions::delete_tag(&self.database, name, version, key).await
    }
}

fn not_found(message: String) -> StoreError {
    StoreError::NotFound { message }
}

fn refused(message: impl Into<String>) -> StoreError {
    StoreError::Refused { message: message.into() }
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
