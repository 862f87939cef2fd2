//! What of a run can become a version: its folders with an `MLmodel`, and the models that it logged.

use std::collections::BTreeSet;

use serde::Serialize;
use specta::Type;

use crate::artifacts;
use crate::entities::{ArtifactRoot, LoggedModel, ModelVersion, Run, Tag};
use crate::tracking::{NewVersion, Result, StoreError, TrackingStore};

const ML_MODEL: &str = "MLmodel";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelSource {
    /// Where its files hang, and the folder in it; `""` is the top.
    pub root: ArtifactRoot,
    pub folder: String,
    /// For people: the folder, or the name of the logged model.
    pub name: String,
    pub run_id: Option<String>,
    pub model_id: Option<String>,
    /// Where its files are, as the server is told.
    pub source: String,
    /// Why it cannot be registered, in words for people.
    pub refusal: Option<String>,
}

/// What was found, and what could not be looked at, in sentences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    pub sources: Vec<ModelSource>,
    pub unread: Vec<String>,
}

/// All that `from` has to offer: logged models first, then folders by name.
///
/// # Errors
/// Those of reading the run or logged model itself.
pub async fn sources(store: &dyn TrackingStore, from: &ArtifactRoot) -> Result<Sources> {
    let run_id = match from {
        ArtifactRoot::LoggedModel(id) => {
            let model = store.get_logged_model(id).await?;
            return Ok(Sources { sources: vec![of_logged_model(&model)], unread: Vec::new() });
        }
        ArtifactRoot::Run(run_id) => run_id,
    };
    let run = store.get_run(run_id).await?;
    let mut found = Sources::default();
    if store.capabilities().logged_models {
        let ids: BTreeSet<&str> = run.model_outputs.iter().map(|output| output.model_id.as_str()).collect();
        for id in ids {
            match store.get_logged_model(id).await {
                Ok(model) => found.sources.push(of_logged_model(&model)),
                Err(StoreError::NotFound { .. }) => {}
                Err(error) => found.unread.push(format!("The logged model {id} could not be read. {error}")),
            }
        }
    }
    let artifacts::Files { files, failures, unseen } = artifacts::files(store, from, &[]).await;
    let folders: Vec<&str> = files.iter().filter_map(|file| folder_of_model(&file.path)).collect();
    found.sources.extend(outermost(&folders).map(|folder| of_run(&run, folder)));
    for (folder, error) in failures {
        found.unread.push(format!("The folder “{folder}” could not be listed. {error}"));
    }
    if !unseen.is_empty() {
        let words = if unseen.len() == 1 { "One folder was".into() } else { format!("{} folders were", unseen.len()) };
        found.unread.push(format!("{words} not looked at, as the run has very many files."));
    }
    Ok(found)
}

/// One of them as it is this moment.
///
/// # Errors
/// `NotFound` where the run or model is gone, and where the folder has no `MLmodel` any more.
pub async fn source_in(store: &dyn TrackingStore, root: &ArtifactRoot, folder: &str) -> Result<ModelSource> {
    match root {
        ArtifactRoot::LoggedModel(id) => Ok(of_logged_model(&store.get_logged_model(id).await?)),
        ArtifactRoot::Run(run_id) => {
            let run = store.get_run(run_id).await?;
            let entries = store.artifact_store_for(root).await?.list(folder).await?;
            let has_model = entries.iter().any(|entry| {
                !entry.is_dir && folder_of_model(&entry.path).is_some_and(|of| of == folder.trim_matches('/'))
            });
            match has_model {
                true => Ok(of_run(&run, folder.trim_matches('/'))),
                false => {
                    Err(StoreError::NotFound { message: format!("There is no {ML_MODEL} in “{folder}” now.") })
                }
            }
        }
    }
}

impl ModelSource {
    /// The version to ask for.
    pub fn version(&self, description: String, tags: Vec<Tag>) -> NewVersion {
        NewVersion {
            source: self.source.clone(),
            run_id: self.run_id.clone(),
            model_id: self.model_id.clone(),
            description,
            tags,
        }
    }

    /// Whether `version` was made from it.
    pub fn made(&self, version: &ModelVersion) -> bool {
        match &self.model_id {
            Some(id) => version.model_id.as_ref() == Some(id),
            None => version.source.trim_end_matches('/') == self.source,
        }
    }
}

fn of_logged_model(model: &LoggedModel) -> ModelSource {
    let refusal = match model.status.as_str() {
        "READY" | "" | "STATUS_UNSPECIFIED" => None,
        "UPLOAD_FAILED" => Some("Its files were not uploaded whole.".to_owned()),
        "PENDING" => Some("Its files are still being uploaded.".to_owned()),
        other => Some(format!("It is {}.", other.to_lowercase().replace('_', " "))),
    };
    ModelSource {
        root: ArtifactRoot::LoggedModel(model.model_id.clone()),
        folder: String::new(),
        name: model.name.clone(),
        run_id: model.source_run_id.clone(),
        model_id: Some(model.model_id.clone()),
        source: format!("models:/{}", model.model_id),
        refusal,
    }
}

fn of_run(run: &Run, folder: &str) -> ModelSource {
    let name = if folder.is_empty() { run.info.display_name() } else { folder.to_owned() };
    ModelSource {
        root: ArtifactRoot::Run(run.info.run_id.clone()),
        folder: folder.to_owned(),
        name,
        run_id: Some(run.info.run_id.clone()),
        model_id: None,
        source: below(&run.info.artifact_uri, folder),
        refusal: None,
    }
}

/// The folder that a file is in, if it is one that makes the folder a model.
fn folder_of_model(path: &str) -> Option<&str> {
    match path.trim_matches('/').rsplit_once('/') {
        None => (path == ML_MODEL).then_some(""),
        Some((folder, name)) => (name == ML_MODEL).then_some(folder),
    }
}

/// A model may hold other models, which are parts of it.
fn outermost<'a>(folders: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    let holds = |outer: &str, inner: &str| {
        outer != inner && (outer.is_empty() || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/')))
    };
    folders.iter().copied().filter(move |folder| !folders.iter().any(|other| holds(other, folder)))
}

/// A folder below a URI, which may have a query.
pub(super) fn below(uri: &str, folder: &str) -> String {
    let at = uri.find(['?', '#']).unwrap_or(uri.len());
    let (path, rest) = uri.split_at(at);
    let path = path.trim_end_matches('/');
    if folder.is_empty() { format!("{path}{rest}") } else { format!("{path}/{folder}{rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tracking::local::fixture::{Folder, run_id};

    #[tokio::test]
    async fn folders_with_an_ml_model_and_logged_models_can_become_versions() {
        let folder = Folder::newest().await;
        let own = format!("mlartifacts/1/{}/artifacts", run_id(4));
        for path in ["a/model/MLmodel", "a/model/inner/MLmodel", "a/notes/MLmodel.txt", "b/MLmodel"] {
            folder.write(&format!("{own}/{path}"), b"flavors:");
        }
        let store = folder.open().await;
        let root = ArtifactRoot::Run(run_id(4));
        let found = sources(&store, &root).await.unwrap();
        let told: Vec<_> = found.sources.iter().map(|each| (each.name.as_str(), each.model_id.as_deref())).collect();
        assert_eq!(told, [("net", Some("m-0")), ("a/model", None), ("b", None)]);
        assert_eq!(found.unread, [""; 0]);
        assert_eq!(found.sources[0].source, "models:/m-0");
        let uri = store.get_run(&run_id(4)).await.unwrap().info.artifact_uri;
        assert_eq!(found.sources[1].source, format!("{uri}/a/model"));

        assert_eq!(source_in(&store, &root, "a/model").await.as_ref(), Ok(&found.sources[1]));
        let gone = source_in(&store, &root, "a/notes").await;
        assert!(matches!(gone, Err(StoreError::NotFound { .. })), "{gone:?}");
    }

    #[test]
    fn a_folder_goes_before_the_query_of_a_uri() {
        assert_eq!(below("s3://b/1/r/artifacts/", "model"), "s3://b/1/r/artifacts/model");
        assert_eq!(below("s3://b/r?x=1", "a/model"), "s3://b/r/a/model?x=1");
        assert_eq!(below("mlflow-artifacts:/1/r/artifacts", ""), "mlflow-artifacts:/1/r/artifacts");
    }
}
