//! The alias board of a registered model, and moving an alias on it.

use serde::Serialize;
use specta::Type;

use super::App;
use crate::connect::Connection;
use crate::entities::{Metric, ModelVersion, RegisteredModel};
use crate::error::{AppError, Code, Result};
use crate::promotion::{self, Promotion, PromotionPlan};
use crate::sync::{Freshness, Scope};
use crate::tracking::TrackingStore;

/// A version and what is known of the run it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionRow {
    pub version: ModelVersion,
    pub run_name: Option<String>,
    /// Latest metrics of the source run, where it is known.
    pub metrics: Vec<Metric>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelBoard {
    pub model: RegisteredModel,
    /// Newest first.
    pub versions: Vec<VersionRow>,
    /// What was moved from this machine, newest first.
    pub promotions: Vec<Promotion>,
    /// Why nothing can be moved here, if so.
    pub read_only_reason: Option<String>,
    pub freshness: Freshness,
}

/// What the user confirmed on the promotion card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromotionRequest {
    pub model: String,
    pub alias: String,
    /// Where the card said that the alias is.
    pub expected_version: Option<String>,
    pub version: String,
    pub reason: String,
}
