//! Changing something at a source of runs. No function that writes can be called without a [`Writer`], and there is no
//! `Writer` without the consent of the profile.

use std::sync::Arc;

use async_trait::async_trait;

use super::consent::WriteConsent;
use super::{NewRun, NewVersion, Result, StoreError, TrackingStore, UploadFile};
use crate::entities::{DatasetInput, Metric, ModelVersion, Param, Run, RunStatus};

/// A server or a database that was opened. Reading it takes no consent; writing takes that of its profile. Clones are
/// the same source.
#[derive(Clone)]
pub struct Source {
    store: Arc<dyn TrackingStore>,
    write_store: Arc<dyn WriteStore>,
}

impl Source {
    pub(super) fn of<S: TrackingStore + WriteStore + 'static>(store: S) -> Self {
        let store = Arc::new(store);
        Self { store: store.clone(), write_store: store }
    }

    /// What is read.
    pub fn store(&self) -> &Arc<dyn TrackingStore> {
        &self.store
    }

    /// The only way to a [`Writer`]. A consent is for one change that the user wants, so it is taken.
    pub fn writer(&self, _consent: WriteConsent) -> Writer {
        Writer { source: self.clone() }
    }
}

/// The right to change something at one source of runs. Each write is sent once and never repeated.
///
/// # How to get one
///
/// The app asks the open connection of the profile, with what the user confirmed:
/// [`Connection::writer`](crate::connection::Connection::writer). A test that opens a store without a profile says itself
/// what is allowed: `Source::from(store).writer(Writes::Allowed.consent(name, None)?)`.
///
/// A store alone can only be read:
///
/// ```compile_fail,E0599
/// async fn promote(store: &dyn podium::tracking::TrackingStore) {
///     let _moved = store.set_alias("churn", "champion", "2").await;
/// }
/// ```
///
/// so can a server or a database that was opened by hand:
///
/// ```compile_fail,E0599
/// async fn promote(server: podium::tracking::rest::RestStore, database: podium::tracking::local::LocalStore) {
///     let _moved = server.set_alias("churn", "champion", "2").await;
///     let _moved = database.set_alias("churn", "champion", "2").await;
/// }
/// ```
///
/// and a consent cannot be made up:
///
/// ```compile_fail,E0423
/// fn writer(source: &podium::tracking::Source) -> podium::tracking::Writer {
///     source.writer(podium::tracking::WriteConsent(()))
/// }
/// ```
///
/// With a `Writer` the same compiles:
///
/// ```no_run
/// use podium::tracking::{Result, Source, Writes};
///
/// async fn promote(source: &Source) -> Result<()> {
///     if let Ok(consent) = Writes::Confirmed.consent("churn", Some("yes")) {
///         source.writer(consent).set_alias("churn", "champion", "2").await?;
///     }
///     Ok(())
/// }
/// ```
pub struct Writer {
    source: Source,
}

impl Writer {
    /// The same source, to be read before and after a write.
    pub fn store(&self) -> &dyn TrackingStore {
        &*self.source.store
    }

    pub async fn set_run_tag(&self, run_id: &str, key: &str, value: &str) -> Result<()> {
        self.source.write_store.set_run_tag(run_id, key, value).await
    }

    pub async fn delete_run_tag(&self, run_id: &str, key: &str) -> Result<()> {
        self.source.write_store.delete_run_tag(run_id, key).await
    }

    /// Answers with its id.
    pub async fn create_experiment(&self, name: &str) -> Result<String> {
        self.source.write_store.create_experiment(name).await
    }

    /// Sent twice it makes two.
    pub async fn create_run(&self, new: &NewRun) -> Result<Run> {
        self.source.write_store.create_run(new).await
    }

    /// Adds to what a run has logged. Sent twice it is there once.
    pub async fn log(&self, run_id: &str, metrics: &[Metric], params: &[Param]) -> Result<()> {
        self.source.write_store.log(run_id, metrics, params).await
    }

    /// Notes what datasets a run has read.
    pub async fn log_inputs(&self, run_id: &str, inputs: &[DatasetInput]) -> Result<()> {
        self.source.write_store.log_inputs(run_id, inputs).await
    }

    pub async fn finish_run(&self, run_id: &str, status: RunStatus, end_time_ms: i64) -> Result<()> {
        self.source.write_store.finish_run(run_id, status, end_time_ms).await
    }

    /// It can be restored on the server for a while.
    pub async fn delete_run(&self, run_id: &str) -> Result<()> {
        self.source.write_store.delete_run(run_id).await
    }

    /// Puts a file at `path` below an artifact URI; one that is there is replaced.
    ///
    /// # Errors
    /// `Unsupported` where [`TrackingStore::upload_refusal`] says so.
    pub async fn put_artifact(&self, artifact_uri: &str, path: &str, file: &UploadFile<'_>) -> Result<()> {
        self.source.write_store.put_artifact(artifact_uri, path, file).await
    }

    /// [`super::StoreError::Refused`] where there is a model of this name, a prompt among them.
    pub async fn create_registered_model(&self, name: &str, description: &str) -> Result<()> {
        self.source.write_store.create_registered_model(name, description).await
    }

    /// Makes the next version of a registered model. Sent twice it makes two.
    pub async fn create_model_version(&self, name: &str, new: &NewVersion) -> Result<ModelVersion> {
        self.source.write_store.create_model_version(name, new).await
    }

    /// Moves a version to `None`, `Staging`, `Production` or `Archived`. With `archive_others` all other versions in
    /// that stage are archived in the same moment.
    pub async fn set_stage(&self, name: &str, version: &str, stage: &str, archive_others: bool) -> Result<()> {
        self.source.write_store.set_stage(name, version, stage, archive_others).await
    }

    /// Points `alias` at `version`. The server has no compare-and-set: the last writer wins.
    pub async fn set_alias(&self, name: &str, alias: &str, version: &str) -> Result<()> {
        self.source.write_store.set_alias(name, alias, version).await
    }

    /// Succeeds also where there was no such alias.
    pub async fn delete_alias(&self, name: &str, alias: &str) -> Result<()> {
        self.source.write_store.delete_alias(name, alias).await
    }

    /// An empty text takes the description away.
    pub async fn describe_registered_model(&self, name: &str, description: &str) -> Result<()> {
        self.source.write_store.describe_registered_model(name, description).await
    }

    /// An empty text takes the description away.
    pub async fn describe_model_version(&self, name: &str, version: &str, description: &str) -> Result<()> {
        self.source.write_store.describe_model_version(name, version, description).await
    }

    pub async fn set_registered_model_tag(&self, name: &str, key: &str, value: &str) -> Result<()> {
        self.source.write_store.set_registered_model_tag(name, key, value).await
    }

    pub async fn delete_registered_model_tag(&self, name: &str, key: &str) -> Result<()> {
        self.source.write_store.delete_registered_model_tag(name, key).await
    }

    pub async fn set_model_version_tag(&self, name: &str, version: &str, key: &str, value: &str) -> Result<()> {
        self.source.write_store.set_model_version_tag(name, version, key, value).await
    }

    pub async fn delete_model_version_tag(&self, name: &str, version: &str, key: &str) -> Result<()> {
        self.source.write_store.delete_model_version_tag(name, version, key).await
    }
}

/// How each kind of store writes. Known in this module only: all others write through a [`Writer`], whose methods say
/// what each does.
#[async_trait]
pub(super) trait WriteStore: Send + Sync {
    async fn set_run_tag(&self, run_id: &str, key: &str, value: &str) -> Result<()>;
    async fn delete_run_tag(&self, run_id: &str, key: &str) -> Result<()>;
    async fn create_experiment(&self, _name: &str) -> Result<String> {
        Err(only_a_server())
    }
    async fn create_run(&self, _new: &NewRun) -> Result<Run> {
        Err(only_a_server())
    }
    async fn log(&self, _run_id: &str, _metrics: &[Metric], _params: &[Param]) -> Result<()> {
        Err(only_a_server())
    }
    async fn log_inputs(&self, _run_id: &str, _inputs: &[DatasetInput]) -> Result<()> {
        Err(only_a_server())
    }
    async fn finish_run(&self, _run_id: &str, _status: RunStatus, _end_time_ms: i64) -> Result<()> {
        Err(only_a_server())
    }
    async fn delete_run(&self, _run_id: &str) -> Result<()> {
        Err(only_a_server())
    }
    async fn put_artifact(&self, _artifact_uri: &str, _path: &str, _file: &UploadFile<'_>) -> Result<()> {
        Err(only_a_server())
    }
    async fn create_registered_model(&self, name: &str, description: &str) -> Result<()>;
    async fn create_model_version(&self, name: &str, new: &NewVersion) -> Result<ModelVersion>;
    async fn set_stage(&self, name: &str, version: &str, stage: &str, archive_others: bool) -> Result<()>;
    async fn set_alias(&self, name: &str, alias: &str, version: &str) -> Result<()>;
    async fn delete_alias(&self, name: &str, alias: &str) -> Result<()>;
    async fn describe_registered_model(&self, name: &str, description: &str) -> Result<()>;
    async fn describe_model_version(&self, name: &str, version: &str, description: &str) -> Result<()>;
    async fn set_registered_model_tag(&self, name: &str, key: &str, value: &str) -> Result<()>;
    async fn delete_registered_model_tag(&self, name: &str, key: &str) -> Result<()>;
    async fn set_model_version_tag(&self, name: &str, version: &str, key: &str, value: &str) -> Result<()>;
    async fn delete_model_version_tag(&self, name: &str, version: &str, key: &str) -> Result<()>;
}

/// Runs are made, and their files put in place, on servers only.
fn only_a_server() -> StoreError {
    StoreError::Unsupported {
        what: "making a run".to_owned(),
        reason: "a database that is opened directly takes no new runs".to_owned(),
    }
}
