//! The files of a run or a logged model, in a folder on this machine. Nothing is read outside that
//! folder and the folders that the user has chosen, whatever a path or a symbolic link says.

use std::io::SeekFrom;
use std::ops::Range;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use tokio::fs;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::error::from_io;
use super::open::Database;
use super::{not_found, place, refused, uri};
use crate::entities::{ArtifactEntry, ArtifactRoot};
use crate::tracking::{ArtifactBody, ArtifactStore, Result, StoreError};

const CHUNK_BYTES: usize = 128 * 1024;

/// The folder of the files of a run or a logged model.
pub struct ArtifactFolder {
    /// None where there are no files.
    folder: Option<PathBuf>,
    /// Folders that the user has chosen, where links may lead.
    chosen: Vec<PathBuf>,
}

impl ArtifactFolder {
    /// The folder that the artifact URI in the database stands for.
    pub async fn find(database: &Database, root: &ArtifactRoot) -> Result<Self> {
        let folder = place::find(database, root).await?;
        Ok(Self { folder, chosen: database.artifact_folders.clone() })
    }
}

#[async_trait]
impl ArtifactStore for ArtifactFolder {
    /// Entries by name. A link that leads nowhere or out is one, so that it is seen; reading it says why not.
    async fn list(&self, path: &str) -> Result<Vec<ArtifactEntry>> {
        let Some(root) = &self.folder else { return Ok(Vec::new()) };
        let Some((root, folder)) = inside(root, &self.chosen, path).await? else { return Ok(Vec::new()) };
        if !fs::metadata(&folder).await.is_ok_and(|metadata| metadata.is_dir()) {
            return Ok(Vec::new());
        }
        let mut entries = Vec::new();
        let mut names = fs::read_dir(&folder).await.map_err(|error| from_io(&folder, &error))?;
        while let Some(name) = names.next_entry().await.map_err(|error| from_io(&folder, &error))? {
            let metadata = match fs::canonicalize(name.path()).await {
                Ok(target) if may_read(&root, &self.chosen, &target) => fs::metadata(&target).await.ok(),
                // Nothing is said of what lies elsewhere.
                _ => None,
            };
            let is_special = metadata.as_ref().is_some_and(|metadata| !metadata.is_dir() && !metadata.is_file());
            // A name that is not Unicode could not be asked for again.
            let (false, Ok(name)) = (is_special, name.file_name().into_string()) else { continue };
            let parent = path.split('/').filter(|segment| !matches!(*segment, "" | "."));
            entries.push(ArtifactEntry {
                path: parent.chain([name.as_str()]).collect::<Vec<_>>().join("/"),
                is_dir: metadata.as_ref().is_some_and(|metadata| metadata.is_dir()),
                size_bytes: metadata.filter(|metadata| metadata.is_file()).map(|metadata| metadata.len()),
            });
        }
        entries.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(entries)
    }

    async fn read(&self, path: &str, range: Option<Range<u64>>) -> Result<ArtifactBody> {
        let Some(root) = &self.folder else {
            return Err(not_found(format!("There is no artifact {path:?}: no files were logged.")));
        };
        let no_such = || not_found(format!("There is no artifact {path:?} in {}", root.display()));
        let (_, file) = inside(root, &self.chosen, path).await?.ok_or_else(no_such)?;
        let metadata = fs::metadata(&file).await.map_err(|error| from_io(&file, &error))?;
        if metadata.is_dir() {
            return Err(StoreError::Refused { message: format!("{path:?} is a folder.") });
        }
        // Opening a pipe would wait for ever.
        if !metadata.is_file() {
            return Err(StoreError::Refused { message: format!("{path:?} is not a file.") });
        }
        let mut opened = fs::File::open(&file).await.map_err(|error| from_io(&file, &error))?;
        let range = range.unwrap_or(0..metadata.len());
        let range = range.start.min(metadata.len())..range.end.min(metadata.len());
        let size_bytes = range.end.saturating_sub(range.start);
        opened.seek(SeekFrom::Start(range.start)).await.map_err(|error| from_io(&file, &error))?;
        Ok(ArtifactBody { size_bytes: Some(size_bytes), stream: chunks(opened, file, size_bytes) })
    }
}

/// The folder to remember when the user says that what is at `path` is in `chosen`: the folder of all
/// artifacts, or the one that a link on the path leads to.
pub async fn folder_in(database: &Database, root: &ArtifactRoot, path: &str, chosen: &Path) -> Result<PathBuf> {
    if let Ok(Some(folder)) = place::find(database, root).await
        && let Err(StoreError::ArtifactsElsewhere { place, .. }) =
            inside(&folder, &database.artifact_folders, path).await
    {
        let real = fs::canonicalize(chosen).await.map_err(|error| from_io(chosen, &error))?;
        if Path::new(&place).starts_with(&real) {
            return Ok(real);
        }
        return Err(refused(format!("{place} is not in {}.", real.display())));
    }
    place::folder_in(database, root, chosen).await
}

/// The next `size_bytes` of a file, a chunk at a time; fewer where the file has shrunk.
fn chunks(opened: fs::File, file: PathBuf, size_bytes: u64) -> BoxStream<'static, Result<Bytes>> {
    let parts = stream::try_unfold((opened.take(size_bytes), file), |(mut part, file)| async move {
        let mut chunk = Vec::with_capacity(CHUNK_BYTES.min(usize::try_from(part.limit()).unwrap_or(CHUNK_BYTES)));
        part.read_buf(&mut chunk).await.map_err(|error| from_io(&file, &error))?;
        Ok((!chunk.is_empty()).then(|| (Bytes::from(chunk), (part, file))))
    });
    parts.boxed()
}

/// The real paths of the root and of `path` in it; none where nothing is there.
///
/// # Errors
/// `UnsafePath` where the path climbs or is absolute, `ArtifactsElsewhere` where a link on it leads
/// out of the root, to no folder that the user has chosen.
async fn inside(root: &Path, chosen: &[PathBuf], path: &str) -> Result<Option<(PathBuf, PathBuf)>> {
    let unsafe_path = |reason: &str| StoreError::UnsafePath { path: path.to_owned(), reason: reason.to_owned() };
    if path.starts_with('/') || cfg!(windows) && path.starts_with('\\') {
        return Err(unsafe_path("it is absolute"));
    }
    let joined = uri::join(root, path, path)?;
    let (Ok(root), Ok(joined)) = (fs::canonicalize(root).await, fs::canonicalize(joined).await) else {
        return Ok(None);
    };
    if !may_read(&root, chosen, &joined) {
        let reason =
            format!("A link in {} leads there, and links are followed inside of that folder only", root.display());
        return Err(StoreError::ArtifactsElsewhere { place: joined.display().to_string(), reason });
    }
    Ok(Some((root, joined)))
}

/// Whether a real path is in the root, or where the user said that files are.
fn may_read(root: &Path, chosen: &[PathBuf], path: &Path) -> bool {
    path.starts_with(root) || chosen.iter().any(|folder| path.starts_with(folder))
}

#[cfg(test)]
#[path = "artifacts_tests.rs"]
mod tests;
