//! How far a copy is: kept after every step, so that it can go on where it was left.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::CopyOrigin;
use super::files::Digest;
use crate::entities::{ArtifactRoot, Tag};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CopyState {
    /// That of the plan; the mark of the run and of the version.
    pub id: String,
    pub from_profile: String,
    pub to_profile: String,
    pub origin: CopyOrigin,
    /// Where the files are that are copied.
    pub root: ArtifactRoot,
    pub folder: String,
    pub to_model: String,
    /// The registered model is to be made.
    pub is_new: bool,
    /// In which the run is made that holds the files, by name.
    pub experiment: String,
    pub description: String,
    pub tags: Vec<Tag>,
    pub by: String,
    pub started_at_ms: i64,
    pub files: Vec<CopiedFile>,
    /// The run that holds the files, once it is there.
    pub carrier: Option<Carrier>,
    /// Params, metrics and datasets are on the run.
    pub recorded: bool,
    /// All files are there.
    pub finished: bool,
    /// The version that was made.
    pub version: Option<String>,
    /// What went wrong without holding the copy up.
    pub warnings: Vec<String>,
    /// Why it does not go on, if so.
    pub trouble: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CopiedFile {
    /// Below the folder of the model.
    pub path: String,
    pub size_bytes: Option<u64>,
    /// Of its content, once it was read back there as it was sent.
    pub sha256: Option<String>,
}

/// A run that was made to hold the files of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Carrier {
    pub run_id: String,
    pub artifact_uri: String,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    MakeRun,
    Record,
    /// By its place in the list.
    CopyFile(usize),
    FinishRun,
    MakeVersion,
    Done,
}

impl CopyState {
    pub fn next(&self) -> Step {
        if self.version.is_some() {
            return Step::Done;
        }
        if self.carrier.is_none() {
            return Step::MakeRun;
        }
        if !self.recorded {
            return Step::Record;
        }
        match self.files.iter().position(|file| file.sha256.is_none()) {
            Some(at) => Step::CopyFile(at),
            None if !self.finished => Step::FinishRun,
            None => Step::MakeVersion,
        }
    }

    /// Of all files: the SHA-256 of a list of theirs with their paths, as `sha256sum` writes it.
    pub fn digest(&self) -> String {
        let mut digest = Digest::new();
        for file in &self.files {
            digest.feed(format!("{}  {}\n", file.sha256.as_deref().unwrap_or_default(), file.path).as_bytes());
        }
        format!("sha256:{}", digest.text())
    }
}
