//! Copies of artifacts on disk. A file is written beside its target under another name, and takes
//! the target's name only when it is whole and on the disk; whatever goes wrong before, nothing
//! is left behind and what was there before still is.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;

use futures_util::TryStreamExt;
use tokio::io::AsyncWriteExt;

use super::path::{UsedNames, safe_file_name};
use super::{read, tree};
use crate::tracking::{ArtifactStore, Result, StoreError};

/// How far a copy is. `total_bytes` is absent where the store does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub files: u64,
    pub bytes: u64,
    pub total_bytes: Option<u64>,
}

type OnProgress<'t> = dyn FnMut(Progress) + Send + 't;

/// Saves the file at `path` as `target`, replacing what is there. Answers with its size in bytes.
/// Dropping the future cancels, and leaves nothing behind.
///
/// # Errors
/// The store's, and `DiskFull`, `ReadOnly` or `Io` for the target.
pub async fn save(files: &dyn ArtifactStore, path: &str, target: &Path) -> Result<u64> {
    save_with(files, path, target, &mut |_| {}).await
}

/// Like [`save`], telling after every piece how far it is.
pub async fn save_with(
    files: &dyn ArtifactStore,
    path: &str,
    target: &Path,
    on_progress: &mut OnProgress<'_>,
) -> Result<u64> {
    let mut body = files.read(path, None).await?;
    // A server that compresses on the way does not say how long the file is, but may list it.
    let total_bytes = match body.size_bytes {
        Some(size) => Some(size),
        None => read::size_bytes(files, path).await.ok().flatten(),
    };
    let failed = |error: io::Error| from_io(target, &error);
    let part = new_file(target).map_err(failed)?;
    let mut file = tokio::fs::OpenOptions::new().write(true).open(&part.path).await.map_err(failed)?;
    let mut bytes = 0;
    while let Some(chunk) = body.stream.try_next().await? {
        file.write_all(&chunk).await.map_err(failed)?;
        bytes += chunk.len() as u64;
        on_progress(Progress { files: 0, bytes, total_bytes });
    }
    // Only the body's own word counts here: a listing may be older than the file.
    if let Some(expected) = body.size_bytes.filter(|expected| *expected != bytes) {
        let reason = format!("only {bytes} of {expected} bytes of {path:?} arrived");
        return Err(StoreError::Io { path: target.to_owned(), reason });
    }
    file.flush().await.map_err(failed)?;
    file.sync_all().await.map_err(failed)?;
    drop(file);
    part.become_target(target).map_err(failed)?;
    Ok(bytes)
}

/// Saves what the app itself made as `target`, replacing what is there.
///
/// # Errors
/// `DiskFull`, `ReadOnly` or `Io`.
pub async fn save_bytes(bytes: &[u8], target: &Path) -> Result<()> {
    let failed = |error: io::Error| from_io(target, &error);
    let part = new_file(target).map_err(failed)?;
    let mut file = tokio::fs::OpenOptions::new().write(true).open(&part.path).await.map_err(failed)?;
    file.write_all(bytes).await.map_err(failed)?;
    file.flush().await.map_err(failed)?;
    file.sync_all().await.map_err(failed)?;
    drop(file);
    part.become_target(target).map_err(failed)
}

fn new_file(target: &Path) -> io::Result<UnfinishedFile> {
    UnfinishedFile::beside(target, |path| fs::OpenOptions::new().write(true).create_new(true).open(path).map(drop))
}

/// Saves the folder at `path` (`""` for all files) as the folder `target`, which must not be
/// there yet. Names that this machine cannot keep, or keep apart, are changed. Answers with the
/// number of files.
pub async fn save_folder(
    files: &dyn ArtifactStore,
    path: &str,
    target: &Path,
    on_progress: &mut OnProgress<'_>,
) -> Result<u64> {
    let failed = |error: io::Error| from_io(target, &error);
    if fs::symlink_metadata(target).is_ok() {
        return Err(StoreError::Io { path: target.to_owned(), reason: "it is there already".to_owned() });
    }
    let part = UnfinishedFile::beside(target, |path| fs::create_dir(path)).map_err(failed)?;
    let mut progress = Progress { files: 0, bytes: 0, total_bytes: None };
    copy_folder(files, path.to_owned(), part.path.clone(), MOST_DEPTH, &mut progress, on_progress).await?;
    part.become_target(target).map_err(failed)?;
    Ok(progress.files)
}

/// No model or data set is this deep; a listing that goes in circles is.
const MOST_DEPTH: usize = 40;

fn copy_folder<'a>(
    files: &'a dyn ArtifactStore,
    path: String,
    folder: PathBuf,
    depth: usize,
    progress: &'a mut Progress,
    on_progress: &'a mut OnProgress<'_>,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
    Box::pin(async move {
        if depth == 0 {
            return Err(StoreError::UnsafePath { path, reason: "it is too deep".to_owned() });
        }
        let mut taken = UsedNames::default();
        for entry in tree::list_folder(files, &path).await? {
            let target = folder.join(taken.unique(safe_file_name(&entry.path)?));
            if entry.is_dir {
                fs::create_dir(&target).map_err(|error| from_io(&target, &error))?;
                copy_folder(files, entry.path, target, depth - 1, progress, on_progress).await?;
                continue;
            }
            let before = *progress;
            let mut report_all = |one: Progress| on_progress(Progress { bytes: before.bytes + one.bytes, ..before });
            let bytes = save_with(files, &entry.path, &target, &mut report_all).await?;
            *progress = Progress { files: before.files + 1, bytes: before.bytes + bytes, total_bytes: None };
            on_progress(*progress);
        }
        Ok(())
    })
}

/// A file or folder that is not finished, removed when dropped.
struct UnfinishedFile {
    path: PathBuf,
    finished: bool,
}

impl UnfinishedFile {
    /// Makes it beside `target`, on the same disk, under a name that is not taken.
    fn beside(target: &Path, make: impl Fn(&Path) -> io::Result<()>) -> io::Result<Self> {
        let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
        // The user may have chosen the longest name that there can be.
        let name: String = name.chars().take(40).collect();
        let mut number = 0;
        loop {
            let path = target.with_file_name(format!(".{name}.{}-{number}.part", std::process::id()));
            match make(&path) {
                Ok(()) => return Ok(Self { path, finished: false }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 1000 => number += 1,
                Err(error) => return Err(error),
            }
        }
    }

    fn become_target(mut self, target: &Path) -> io::Result<()> {
        fs::rename(&self.path, target)?;
        self.finished = true;
        // The new name is on the disk when its folder is.
        #[cfg(unix)]
        if let Some(folder) = target.parent() {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            fs::File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

impl Drop for UnfinishedFile {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        let removed = if self.path.is_dir() { fs::remove_dir_all(&self.path) } else { fs::remove_file(&self.path) };
        if let Err(error) = removed {
            tracing::warn!(path = %self.path.display(), %error, "an unfinished copy could not be removed");
        }
    }
}

fn from_io(path: &Path, error: &io::Error) -> StoreError {
    let path = path.to_owned();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::DiskFull { path },
        io::ErrorKind::PermissionDenied => StoreError::ReadOnly { path, reason: "you may not write there".to_owned() },
        io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly { path, reason: error.to_string() },
        io::ErrorKind::NotFound => StoreError::Io { path, reason: "its folder does not exist".to_owned() },
        io::ErrorKind::IsADirectory => StoreError::Io { path, reason: "a folder has this name".to_owned() },
        _ => StoreError::Io { path, reason: error.to_string() },
    }
}

#[cfg(test)]
#[path = "save_tests.rs"]
mod tests;
