//! The artifacts of a run as a tree of which some parts may not be readable.

use serde::Serialize;
use specta::Type;

use super::App;
use crate::artifacts::{self, ListingFailure, TreeEntry};
use crate::entities::ArtifactRoot;
use crate::error::{AppError, Result};

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

impl App {
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
}
