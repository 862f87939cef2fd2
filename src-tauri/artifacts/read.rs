//! Reads a head of an artifact, never more.

use futures_util::TryStreamExt;

use crate::tracking::{ArtifactStore, Result};

/// The beginning of a file.
pub struct Head {
    pub bytes: Vec<u8>,
    /// Whether that is all there is.
    pub whole: bool,
}

/// At most `limit_bytes` from the start, also from a store that sends more than was asked for.
pub async fn head(files: &dyn ArtifactStore, path: &str, limit_bytes: usize) -> Result<Head> {
    // One byte more tells a file of exactly this length from a longer one.
    let asked = limit_bytes + 1;
    let mut body = files.read(path, Some(0..asked as u64)).await?;
    let mut bytes = Vec::new();
    while bytes.len() < asked
        && let Some(chunk) = body.stream.try_next().await?
    {
        let room = asked - bytes.len();
        bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    let whole = bytes.len() <= limit_bytes;
    bytes.truncate(limit_bytes);
    Ok(Head { bytes, whole })
}

/// The size of a file as the listing of its folder has it.
pub async fn size_bytes(files: &dyn ArtifactStore, path: &str) -> Result<Option<u64>> {
    let path = path.trim_matches('/');
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let entries = files.list(folder).await?;
    Ok(entries.into_iter().find(|entry| entry.path.trim_matches('/') == path).and_then(|entry| entry.size_bytes))
}
