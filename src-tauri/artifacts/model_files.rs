//! What the files of a model say of it: its `MLmodel` and its requirements.

use super::read::head;
use super::requirements::{Package, requirements};
use super::tree::list_folder;
use crate::entities::ArtifactRoot;
use crate::tracking::{Result, StoreError, TrackingStore};

const LIMIT_BYTES: usize = 1 << 20;

/// Absent is what is not there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModelFiles {
    /// The text of `MLmodel`.
    pub ml_model: Option<String>,
    pub requirements: Option<Vec<Package>>,
}

/// Reads them in a folder of a run or logged model.
pub async fn model_files(store: &dyn TrackingStore, root: &ArtifactRoot, folder: &str) -> Result<ModelFiles> {
    let files = store.artifact_store_for(root).await?;
    let entries = list_folder(&*files, folder).await?;
    let text = async |name: &str| -> Result<Option<String>> {
        let is_it = |path: &str| path.rsplit('/').next() == Some(name);
        let Some(entry) = entries.iter().find(|entry| !entry.is_dir && is_it(&entry.path)) else { return Ok(None) };
        let head = head(&*files, &entry.path, LIMIT_BYTES).await?;
        if !head.whole {
            let message = format!("{} is longer than {} MB", entry.path, LIMIT_BYTES >> 20);
            return Err(StoreError::Refused { message });
        }
        Ok(Some(String::from_utf8_lossy(&head.bytes).into_owned()))
    };
    Ok(ModelFiles {
        ml_model: text("MLmodel").await?,
        requirements: text("requirements.txt").await?.map(|text| requirements(&text)),
    })
}

/// The request that MLflow kept beside a model as an example; absent where there is none, or it is longer than
/// `limit_bytes`.
pub async fn serving_example(
    store: &dyn TrackingStore,
    root: &ArtifactRoot,
    folder: &str,
    limit_bytes: usize,
) -> Result<Option<String>> {
    let files = store.artifact_store_for(root).await?;
    let name = "serving_input_example.json";
    let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    let head = head(&*files, &path, limit_bytes).await?;
    Ok(head.whole.then(|| String::from_utf8_lossy(&head.bytes).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tracking::local::fixture::{Folder, run_id};

    #[tokio::test]
    async fn the_files_of_a_model_are_read_in_its_folder_and_what_is_not_there_is_absent() {
        let folder = Folder::newest().await;
        let own = format!("mlartifacts/1/{}/artifacts/model", run_id(4));
        folder.write(&format!("{own}/MLmodel"), b"signature:\n");
        let store = folder.open().await;
        let root = ArtifactRoot::Run(run_id(4));
        let found = model_files(&store, &root, "model").await.unwrap();
        assert_eq!(found, ModelFiles { ml_model: Some("signature:\n".to_owned()), requirements: None });
        folder.write(&format!("{own}/requirements.txt"), b"numpy==2.0\n");
        let found = model_files(&store, &root, "model").await.unwrap();
        assert_eq!(found.requirements, Some(vec![Package { name: "numpy".into(), version: "2.0".into() }]));
        assert_eq!(model_files(&store, &root, "elsewhere").await.unwrap(), ModelFiles::default());
    }
}
