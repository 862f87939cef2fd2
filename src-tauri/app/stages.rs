//! Moving versions through the stages, and taking that back.

use serde::Serialize;
use specta::Type;

use super::App;
use super::rights::rights;
use super::writing::{pause, person, write_refusal};
use crate::clock::now_ms;
use crate::error::{AppError, Code, Result};
use crate::promotion::{self, Outcome, StageError, StageMove, StagePlan};
use crate::sync::Scope;

/// What the user confirmed on the card.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StageWish {
    pub model: String,
    pub version: String,
    /// Where the card said that it is.
    pub expected_stage: String,
    pub stage: String,
    /// The others that the card said are in that stage.
    pub others: Vec<String>,
    /// They are archived along.
    pub archive: bool,
    pub reason: String,
    /// What the profile's [`crate::connect::Writes`] asks for.
    pub confirmation: Option<String>,
}

/// What there is of stages for a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelStages {
    /// Some version of the model is in a stage, or was moved to one from here, or the server has no aliases yet.
    pub in_use: bool,
    /// Made from this machine, newest first.
    pub moves: Vec<StageMove>,
}

impl App {
    pub async fn model_stages(&self, profile_id: &str, model: &str) -> Result<ModelStages> {
        let connection = self.connection(profile_id).await?;
        let moves = self.settings.stage_moves(profile_id, model).await?;
        let versions = self.cache.model_versions(connection.source, model).await?;
        let no_aliases = connection.store().is_ok_and(|store| !store.capabilities().aliases);
        let in_use = no_aliases || !moves.is_empty() || versions.iter().any(|version| version.stage != "None");
        Ok(ModelStages { in_use, moves })
    }

    /// The card for moving `version` to `stage`, read from the server this moment.
    pub async fn prepare_stage(&self, profile_id: &str, model: &str, version: &str, stage: &str) -> Result<StagePlan> {
        let connection = self.connection(profile_id).await?;
        let store = connection.store()?;
        let (found, all, rights) = futures_util::join!(
            store.get_model_version(model, version),
            promotion::all_versions(&*store, model),
            rights(&connection, &*store, model)
        );
        let mut plan = promotion::plan_stage(&found?, stage, &all?);
        plan.refusals.extend(write_refusal(&connection).or(rights.edit_refusal));
        Ok(plan)
    }

    pub async fn move_stage(&self, profile_id: &str, wanted: StageWish) -> Result<StageMove> {
        let connection = self.connection(profile_id).await?;
        let writer = connection.writer(&wanted.model, wanted.confirmation.as_deref())?;
        if let Some(refusal) = write_refusal(&connection) {
            return Err(AppError::new(Code::Refused, refusal));
        }
        let mut made = StageMove {
            id: uuid::Uuid::new_v4().to_string(),
            model: wanted.model,
            version: wanted.version,
            from_stage: wanted.expected_stage,
            to_stage: wanted.stage,
            archived: if wanted.archive { wanted.others.clone() } else { Vec::new() },
            by: person(&connection),
            at_ms: now_ms(),
            reason: wanted.reason,
            undone_at_ms: None,
            outcome: Outcome::Moved,
            warnings: Vec::new(),
        };
        let moved = promotion::move_stage(&writer, &made, &wanted.others, pause).await;
        connection.refresh(Scope::Model(made.model.clone()));
        match moved {
            Ok(()) => made.warnings = promotion::write_stage_tag(&writer, &made).await,
            Err(error @ (StageError::Halfway(_) | StageError::Unconfirmed { .. })) => {
                made.outcome = Outcome::Unknown;
                made.warnings.push(error.to_string());
                self.record_stage(profile_id, &mut made).await;
                return Err(error.into());
            }
            Err(error) => return Err(error.into()),
        }
        self.record_stage(profile_id, &mut made).await;
        Ok(made)
    }

    /// Moves the version back, and those that were archived along, if all is as the move left it.
    pub async fn undo_stage(&self, profile_id: &str, id: &str, confirmation: Option<&str>) -> Result<StageMove> {
        let connection = self.connection(profile_id).await?;
        let mut made = self.settings.stage_move(profile_id, id).await?.ok_or_else(|| {
            AppError::new(Code::NotFound, "This move is not in the journal, so it cannot be undone from here.")
        })?;
        let writer = connection.writer(&made.model, confirmation)?;
        let undone = promotion::undo_stage(&writer, &made, pause).await;
        connection.refresh(Scope::Model(made.model.clone()));
        if let Err(error @ (StageError::Halfway(_) | StageError::Unconfirmed { .. })) = undone {
            made.warnings.push(format!("An undo was tried. {error}"));
            self.record_stage(profile_id, &mut made).await;
            return Err(error.into());
        }
        undone?;
        made.undone_at_ms = Some(now_ms());
        made.warnings.extend(promotion::write_stage_tag(&writer, &made).await);
        self.record_stage(profile_id, &mut made).await;
        Ok(made)
    }

    /// The stage has changed: a journal that cannot be written is a warning and no failure.
    async fn record_stage(&self, profile_id: &str, made: &mut StageMove) {
        if let Err(error) = self.settings.record_stage_move(profile_id, made).await {
            made.warnings.push(format!("The journal on this machine was not written: {error}"));
        }
    }
}
