//! Every file of a run, its logged models' too, as far as there are not too many.

use std::collections::VecDeque;

use futures_util::{StreamExt, stream};
use serde::Serialize;
use specta::Type;

use super::tree::{Listing, list};
use crate::entities::{ArtifactRoot, ModelOutput};
use crate::tracking::{StoreError, TrackingStore};

/// A file by its path, which begins with the name of the logged model where it belongs to one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FileEntry {
    pub path: String,
    pub size_bytes: Option<u64>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Files {
    /// In the order of their paths.
    pub files: Vec<FileEntry>,
    /// Folders that could not be read, by path; `""` is the top.
    pub failures: Vec<(String, StoreError)>,
    /// Folders that were not looked at, as there are too many of them or of files.
    pub unseen: Vec<String>,
}

const MOST_FOLDERS: usize = 60;
const MOST_FILES: usize = 5_000;
const AT_ONCE: usize = 4;

/// The files of a run, level by level: what is cut off is what lies deepest.
pub async fn files(store: &dyn TrackingStore, run: &ArtifactRoot, outputs: &[ModelOutput]) -> Files {
    let mut found = Files::default();
    let mut asked = 0;
    let mut level = VecDeque::from([(run.clone(), String::new(), String::new())]);
    while !level.is_empty() {
        let room = if found.files.len() < MOST_FILES { MOST_FOLDERS.saturating_sub(asked) } else { 0 };
        let now: Vec<_> = level.drain(..level.len().min(room)).collect();
        found.unseen.extend(level.drain(..).map(|(_, _, shown)| shown));
        asked += now.len();
        let mut questions = Vec::with_capacity(now.len());
        for (root, path, shown) in now {
            questions.push(async move {
                let listing = list(store, &root, &path, outputs).await;
                (root, path, shown, listing)
            });
        }
        let mut answers = stream::iter(questions).buffered(AT_ONCE);
        while let Some((root, path, shown, Listing { entries, failures })) = answers.next().await {
            // Which model could not be read is said where its own folder is asked for.
            let own = failures.into_iter().find(|failure| failure.root == root && failure.path == path);
            found.failures.extend(own.map(|failure| (shown.clone(), failure.error)));
            for entry in entries {
                let inside = if shown.is_empty() { entry.name.clone() } else { format!("{shown}/{}", entry.name) };
                if entry.is_dir {
                    level.push_back((entry.root, entry.path, inside));
                } else {
                    found.files.push(FileEntry { path: inside, size_bytes: entry.size_bytes });
                }
            }
        }
    }
    found.files.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tracking::local::fixture::{Folder, run_id};

    async fn of_run(folder: &Folder) -> Files {
        let store = folder.open().await;
        let outputs = store.get_run(&run_id(4)).await.unwrap().model_outputs;
        files(&store, &ArtifactRoot::Run(run_id(4)), &outputs).await
    }

    #[tokio::test]
    async fn files_of_the_run_and_of_its_models_are_found_by_path_with_their_sizes() {
        let folder = Folder::newest().await;
        let own = format!("mlartifacts/1/{}/artifacts", run_id(4));
        folder.write(&format!("{own}/plots/deep/roc.png"), b"123");
        folder.write(&format!("{own}/config.yaml"), b"");
        folder.write("mlartifacts/1/models/m-0/artifacts/MLmodel", b"flavors:");
        let found = of_run(&folder).await;
        let told: Vec<_> = found.files.iter().map(|file| (file.path.as_str(), file.size_bytes)).collect();
        assert_eq!(told, [("config.yaml", Some(0)), ("net/MLmodel", Some(8)), ("plots/deep/roc.png", Some(3))]);
        assert_eq!((found.failures.len(), found.unseen.len()), (0, 0));
    }

    #[tokio::test]
    async fn folders_that_were_not_looked_at_are_named() {
        let folder = Folder::newest().await;
        let own = format!("mlartifacts/1/{}/artifacts", run_id(4));
        for at in 0..MOST_FOLDERS + 5 {
            folder.write(&format!("{own}/epoch{at:03}/x.bin"), b"1");
        }
        let found = of_run(&folder).await;
        assert_eq!(
            found.files.len() + found.unseen.len(),
            MOST_FOLDERS + 5 + usize::from(found.unseen.contains(&"net".to_owned()))
        );
        assert!(found.unseen.contains(&format!("epoch{:03}", MOST_FOLDERS + 4)), "{:?}", found.unseen);
    }
}
