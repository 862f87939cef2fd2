//! The files of one run or one logged model.

use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;

use super::Result;
use crate::entities::ArtifactEntry;

/// The files below one artifact URI. [`super::TrackingStore::artifact_store_for`] finds it.
#[async_trait]
pub trait ArtifactStore: Send + Sync {
    /// The entries directly below `path` (`""` is the root). A path that does not exist, or that
    /// is a file, has no entries.
    async fn list(&self, path: &str) -> Result<Vec<ArtifactEntry>>;
    /// The bytes of a file, or of a part of it. A store that cannot read a part answers with the
    /// whole file cut down to the part.
    async fn read(&self, path: &str, range: Option<Range<u64>>) -> Result<ArtifactBody>;
}

/// The bytes of an artifact, as they arrive.
pub struct ArtifactBody {
    /// Bytes in this body where the store says so.
    pub size_bytes: Option<u64>,
    pub stream: BoxStream<'static, Result<Bytes>>,
}
