//! All files of a version, and what each of them is.

use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::artifacts::list_folder;
use crate::entities::{ArtifactRoot, ModelVersion};
use crate::tracking::{Result, StoreError, TrackingStore};

/// No model is made of more.
const MOST_FILES: usize = 20_000;
const MOST_FOLDERS: usize = 5_000;
/// A version may be a copy of a copy.
const MOST_COPIES: usize = 20;

/// A file by its path below the folder of the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FileSize {
    pub path: String,
    /// Absent where the store does not say.
    pub size_bytes: Option<u64>,
}

/// Where the files of a version are, and all of them by path.
///
/// # Errors
/// `Unsupported` where nothing says where they are, `Refused` where there are too many.
pub async fn files_of(
    store: &dyn TrackingStore,
    version: &ModelVersion,
) -> Result<(ArtifactRoot, String, Vec<FileSize>)> {
    let (root, folder) = place_of(store, version).await?;
    let files = store.artifact_store_for(&root).await?;
    let mut found = Vec::new();
    let (mut waiting, mut asked) = (vec![folder.clone()], 0);
    while let Some(at) = waiting.pop() {
        asked += 1;
        for entry in list_folder(&*files, &at).await? {
            if entry.is_dir {
                waiting.push(entry.path);
                continue;
            }
            let path = entry.path.strip_prefix(folder.as_str()).unwrap_or(&entry.path).trim_start_matches('/');
            found.push(FileSize { path: path.to_owned(), size_bytes: entry.size_bytes });
        }
        if found.len() > MOST_FILES || asked + waiting.len() > MOST_FOLDERS {
            return Err(StoreError::Refused { message: "It has too many files to be a model.".to_owned() });
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok((root, folder, found))
}

/// Where the files of a version are: a root and a folder in it. `models:/name/version` is followed to the version that
/// has them.
///
/// # Errors
/// `Unsupported` where nothing says where they are.
pub async fn place_of(store: &dyn TrackingStore, version: &ModelVersion) -> Result<(ArtifactRoot, String)> {
    let mut at = version.clone();
    for _ in 0..MOST_COPIES {
        if let Some(place) = at.files() {
            return Ok(place);
        }
        let Some((name, number)) = at.source.strip_prefix("models:/").and_then(|named| named.rsplit_once('/')) else {
            break;
        };
        at = store.get_model_version(name, number).await?;
    }
    let reason = format!("its source {} names no run and no logged model", version.source);
    Err(StoreError::Unsupported { what: format!("reading the files of version {}", version.version), reason })
}

/// The SHA-256 of what is fed to it, as text.
pub struct Digest(Context);

impl Digest {
    pub fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    pub fn feed(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub fn text(self) -> String {
        self.0.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
