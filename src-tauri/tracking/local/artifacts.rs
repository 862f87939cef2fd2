//! The files of a run or a logged model, in folders on this machine. Nothing outside the root
//! folder is listed or read, whatever a path or a symbolic link says.

use std::io::SeekFrom;
use std::ops::Range;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use tokio::fs;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::error::from_io;
use super::open::Database;
use super::{logged_models, not_found, runs, uri};
use crate::entities::{ArtifactEntry, ArtifactRoot};
use crate::tracking::{ArtifactBody, Result, StoreError};

const CHUNK_BYTES: usize = 128 * 1024;

/// The root folder: the first of those its URI may stand for that is there, else the likeliest.
pub async fn folder(database: &Database, root: &ArtifactRoot) -> Result<PathBuf> {
    let uri = match root {
        ArtifactRoot::Run(run_id) => runs::artifact_uri(database, run_id).await?,
        ArtifactRoot::LoggedModel(model_id) => logged_models::get(database, model_id).await?.artifact_uri,
    };
    let mut folders = uri::folders(&database.folder, &uri)?;
    for folder in &folders {
        if fs::metadata(folder).await.is_ok() {
            return Ok(folder.clone());
        }
    }
    Ok(folders.swap_remove(0))
}

/// Entries by name. What is not a file or a folder inside the root is left out.
pub async fn list(database: &Database, root: &ArtifactRoot, path: &str) -> Result<Vec<ArtifactEntry>> {
    let root = folder(database, root).await?;
    let Some((root, folder)) = inside(&root, path).await? else {
        return Ok(Vec::new());
    };
    if !fs::metadata(&folder).await.is_ok_and(|metadata| metadata.is_dir()) {
        return Ok(Vec::new());
    }
    let mut entries = Vec::new();
    let mut names = fs::read_dir(&folder).await.map_err(|error| from_io(&folder, &error))?;
    while let Some(name) = names.next_entry().await.map_err(|error| from_io(&folder, &error))? {
        // A broken link and a link that leads out are no artifacts.
        let Ok(target) = fs::canonicalize(name.path()).await else {
            continue;
        };
        let (true, Ok(metadata)) = (target.starts_with(&root), fs::metadata(&target).await) else {
            continue;
        };
        // A name that is not Unicode could not be asked for again.
        let (true, Ok(name)) = (metadata.is_dir() || metadata.is_file(), name.file_name().into_string()) else {
            continue;
        };
        let parent = path.split('/').filter(|segment| !matches!(*segment, "" | "."));
        entries.push(ArtifactEntry {
            path: parent.chain([name.as_str()]).collect::<Vec<_>>().join("/"),
            is_dir: metadata.is_dir(),
            size_bytes: metadata.is_file().then_some(metadata.len()),
        });
    }
    entries.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(entries)
}

pub async fn read(
    database: &Database,
    root: &ArtifactRoot,
    path: &str,
    range: Option<Range<u64>>,
) -> Result<ArtifactBody> {
    let root = folder(database, root).await?;
    let no_such = || not_found(format!("There is no artifact {path:?} in {}", root.display()));
    let (_, file) = inside(&root, path).await?.ok_or_else(no_such)?;
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
/// `UnsafePath` where the path climbs, is absolute, or a link on it leads out of the root.
async fn inside(root: &Path, path: &str) -> Result<Option<(PathBuf, PathBuf)>> {
    let unsafe_path = |reason: &str| StoreError::UnsafePath { path: path.to_owned(), reason: reason.to_owned() };
    if path.starts_with(['/', '\\']) {
        return Err(unsafe_path("it is absolute"));
    }
    let joined = uri::join(root, path, path)?;
    let (Ok(root), Ok(joined)) = (fs::canonicalize(root).await, fs::canonicalize(joined).await) else {
        return Ok(None);
    };
    if !joined.starts_with(&root) {
        return Err(unsafe_path("a link on it leads out of its folder"));
    }
    Ok(Some((root, joined)))
}

#[cfg(test)]
#[path = "artifacts_tests.rs"]
mod tests;
