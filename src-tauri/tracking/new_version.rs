//! What a version of a registered model is made from.

use crate::entities::Tag;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewVersion {
    /// Where its files are, as the server is to read it: the folder below a run's artifact URI, `models:/m-4f…`, or
    /// `models:/name/version`.
    pub source: String,
    pub run_id: Option<String>,
    /// Of a logged model (MLflow 3 and later). Without it such a version loses the link to its run.
    pub model_id: Option<String>,
    pub description: String,
    pub tags: Vec<Tag>,
}
