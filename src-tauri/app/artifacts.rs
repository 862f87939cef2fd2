//! The artifacts of a run as a tree of which some parts may not be readable, a look at a file, and a copy of one.

use std::path::PathBuf;

use serde::Serialize;
use specta::Type;

use super::App;
use crate::artifacts::{self, FileEntry, ListingFailure, Look, LookAs, RunEnvironment, TreeEntry};
use crate::connection::Connection;
use crate::entities::{ArtifactRoot, ModelOutput, RunRef};
use crate::error::{AppError, Result};
use crate::tracking::ArtifactStore;

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactList {
    pub entries: Vec<TreeEntry>,
    /// The folder itself where its own files could not be read, and logged models among the entries.
    pub failures: Vec<ArtifactFailure>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactFailure {
    pub root: ArtifactRoot,
    pub path: String,
    pub error: AppError,
}

/// Every file of a run, as far as its folders could be read.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunFiles {
    /// In the order of their paths.
    pub files: Vec<FileEntry>,
    pub failures: Vec<FolderFailure>,
    /// Folders that were not looked at, as there are too many of them or of files.
    pub unseen: Vec<String>,
}

/// A folder of a run, by path, that could not be read; `""` is the top.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FolderFailure {
    pub path: String,
    pub error: AppError,
}

impl App {
    /// What files among the artifacts of a run and its models tell of its packages.
    pub async fn run_environment(&self, run: &RunRef) -> Result<RunEnvironment> {
        let connection = self.connection(&run.profile_id).await?;
        let outputs = self.model_outputs(&connection, &run.run_id).await?;
        let root = ArtifactRoot::Run(run.run_id.clone());
        Ok(artifacts::environment(&*connection.store()?, &root, &outputs).await?)
    }

    pub async fn run_files(&self, run: &RunRef) -> Result<RunFiles> {
        let connection = self.connection(&run.profile_id).await?;
        let outputs = self.model_outputs(&connection, &run.run_id).await?;
        let root = ArtifactRoot::Run(run.run_id.clone());
        let artifacts::Files { files, failures, unseen } =
            artifacts::files(&*connection.store()?, &root, &outputs).await;
        let failure = |(path, error): (String, _)| FolderFailure { path, error: AppError::from(error) };
        Ok(RunFiles { files, failures: failures.into_iter().map(failure).collect(), unseen })
    }

    async fn model_outputs(&self, connection: &Connection, run_id: &str) -> Result<Vec<ModelOutput>> {
        let run = match self.cache.run(connection.source, run_id).await? {
            None => connection.store()?.get_run(run_id).await?,
            Some(run) => run,
        };
        Ok(run.model_outputs)
    }

    pub async fn artifact_list(&self, profile_id: &str, root: &ArtifactRoot, path: &str) -> Result<ArtifactList> {
        let connection = self.connection(profile_id).await?;
        let store = connection.store()?;
        let mut unknown = None;
        let run = match root {
            ArtifactRoot::Run(run_id) if path.is_empty() => match self.cache.run(connection.source, run_id).await? {
                None => store.get_run(run_id).await.map_err(|error| unknown = Some(error)).ok(),
                run => run,
            },
            ArtifactRoot::Run(_) | ArtifactRoot::LoggedModel(_) => None,
        };
        let outputs = run.map(|run| run.model_outputs).unwrap_or_default();
        let mut listing = artifacts::list(&*store, root, path, &outputs).await;
        // Which models belong here is not known then.
        listing.failures.extend(unknown.map(|error| ListingFailure {
            root: root.clone(),
            path: path.to_owned(),
            error,
        }));
        let failure = |ListingFailure { root, path, error }| ArtifactFailure { root, path, error: error.into() };
        Ok(ArtifactList { entries: listing.entries, failures: listing.failures.into_iter().map(failure).collect() })
    }

    pub async fn preview_artifact(
        &self,
        profile_id: &str,
        root: &ArtifactRoot,
        path: &str,
        wish: &LookAs,
    ) -> Result<Look> {
        let files = self.artifact_store_for(profile_id, root).await?;
        Ok(artifacts::preview(&*files, path, wish).await?)
    }

    /// The bytes of an artifact that [`App::preview_artifact`] called an image.
    pub async fn artifact_image(&self, profile_id: &str, root: &ArtifactRoot, path: &str) -> Result<Vec<u8>> {
        let files = self.artifact_store_for(profile_id, root).await?;
        Ok(artifacts::image(&*files, path).await?)
    }

    /// Saves an artifact where `choose`, which is given a file name, says. Answers with the path, or nothing where
    /// `choose` did.
    pub async fn save_artifact<C: Future<Output = Result<Option<PathBuf>>>>(
        &self,
        profile_id: &str,
        root: &ArtifactRoot,
        path: &str,
        choose: impl FnOnce(String) -> C,
    ) -> Result<Option<PathBuf>> {
        let files = self.artifact_store_for(profile_id, root).await?;
        let Some(target) = choose(artifacts::safe_file_name(path)?).await? else { return Ok(None) };
        artifacts::save(&*files, path, &target).await?;
        Ok(Some(target))
    }

    async fn artifact_store_for(&self, profile_id: &str, root: &ArtifactRoot) -> Result<Box<dyn ArtifactStore>> {
        Ok(self.connection(profile_id).await?.store()?.artifact_store_for(root).await?)
    }
}
