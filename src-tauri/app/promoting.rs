//! Moving an alias, and taking that back.

use std::time::Duration;

use super::App;
use super::writing::{existing, person, read_only_reason};
use crate::clock::now_ms;
use crate::connection::Connection;
use crate::entities::{ModelVersion, RegisteredModel};
use crate::error::{AppError, Code, Result};
use crate::promotion::{self, Gate, Outcome, OverriddenGate, Promotion, PromotionError};
use crate::query::Verdict;
use crate::sync::Scope;
use crate::tracking::TrackingStore;

/// What the user confirmed on the promotion card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromotionRequest {
    pub model: String,
    pub alias: String,
    /// Where the card said that the alias is.
    pub expected_version: Option<String>,
    pub version: String,
    pub reason: String,
    /// Rules that the card showed as not passed, and that the reason overrides.
    pub overridden: Vec<String>,
    /// What the profile's [`crate::connect::Writes`] asks for.
    pub confirmation: Option<String>,
}

/// What lets an alias move to a version.
pub(super) struct Allowed {
    /// As just read.
    pub version: ModelVersion,
    pub approved_by: Vec<String>,
    pub overridden: Vec<OverriddenGate>,
}

impl App {
    pub async fn promote(&self, profile_id: &str, wanted: PromotionRequest) -> Result<Promotion> {
        let connection = self.connection(profile_id).await?;
        let writer = connection.writer(&wanted.model, wanted.confirmation.as_deref())?;
        if let Some(refusal) = read_only_reason(&connection) {
            return Err(AppError::new(Code::Refused, refusal));
        }
        let model = writer.store().get_registered_model(&wanted.model).await?;
        let Allowed { version, approved_by, overridden } =
            self.allowed(&connection, writer.store(), &model, &wanted).await?;
        let step = promotion::Step {
            model: &wanted.model,
            alias: &wanted.alias,
            from: wanted.expected_version.as_deref(),
            to: Some(&wanted.version),
        };
        let moved = promotion::move_alias(&writer, step, |tried| self.pause(tried)).await;
        connection.refresh(Scope::Model(wanted.model.clone()));
        // What was written, or may have been, stands in the journal whatever came after it.
        let (outcome, trouble) = match moved {
            Ok(()) => (Outcome::Moved, None),
            Err(error) => match written(&error) {
                Some(outcome) => (outcome, Some(error)),
                None => return Err(error.into()),
            },
        };
        let mut promotion = Promotion {
            id: uuid::Uuid::new_v4().to_string(),
            model: wanted.model,
            alias: wanted.alias,
            from_version: wanted.expected_version,
            to_version: Some(wanted.version),
            by: person(&connection),
            at_ms: now_ms(),
            reason: wanted.reason,
            overridden,
            approved_by,
            undone_at_ms: None,
            plan_id: None,
            outcome,
            warnings: Vec::new(),
        };
        if let Some(error) = trouble {
            promotion.warnings.push(error.to_string());
            return Err(self.record_trouble(profile_id, &promotion, error).await);
        }
        // Before the tags: they take longer, and whatever ends Podium meanwhile, the move stands in the journal.
        self.record(profile_id, &mut promotion).await;
        let warnings = promotion::write_tags(&writer, &promotion, &version.tags).await;
        if !warnings.is_empty() {
            promotion.warnings.extend(warnings);
            self.record(profile_id, &mut promotion).await;
        }
        Ok(promotion)
    }

    /// Moves the alias back to where it was, if it is still where the promotion put it. A move of a plan is taken back
    /// with all others of the plan.
    pub async fn undo_promotion(
        &self,
        profile_id: &str,
        promotion_id: &str,
        confirmation: Option<&str>,
    ) -> Result<Promotion> {
        let connection = self.connection(profile_id).await?;
        let mut promotion = self.journaled(profile_id, promotion_id).await?;
        if let Some(plan_id) = &promotion.plan_id {
            self.undo_plan(profile_id, plan_id, confirmation).await?;
            return self.journaled(profile_id, promotion_id).await;
        }
        let writer = connection.writer(&promotion.model, confirmation)?;
        let step = promotion::Step {
            model: &promotion.model,
            alias: &promotion.alias,
            from: promotion.to_version.as_deref(),
            to: promotion.from_version.as_deref(),
        };
        let moved = promotion::move_alias(&writer, step, |tried| self.pause(tried)).await;
        connection.refresh(Scope::Model(promotion.model.clone()));
        match moved {
            Ok(()) => {}
            Err(error) if written(&error).is_some() => {
                promotion.warnings.push(format!("An undo was tried. {error}"));
                return Err(self.record_trouble(profile_id, &promotion, error).await);
            }
            Err(error) => return Err(error.into()),
        }
        promotion.undone_at_ms = Some(now_ms());
        promotion.warnings.extend(promotion::write_undone_tag(&writer, &promotion).await);
        self.record(profile_id, &mut promotion).await;
        Ok(promotion)
    }

    /// What lets the alias move: a version that is there, approvals, and gates that passed or were overridden. The card
    /// refuses all else already, but it was read a while ago, and it is not the only caller.
    pub(super) async fn allowed(
        &self,
        connection: &Connection,
        store: &dyn TrackingStore,
        model: &RegisteredModel,
        wanted: &PromotionRequest,
    ) -> Result<Allowed> {
        let refused = |refusal| Err(AppError::new(Code::Refused, refusal));
        let version = existing(store.get_model_version(&wanted.model, &wanted.version).await)?;
        let from = wanted.expected_version.as_deref();
        let refusals = promotion::refusals(model, &wanted.alias, from, &wanted.version, version.as_ref());
        if let Some(refusal) = refusals.into_iter().next() {
            return refused(refusal);
        }
        // That there is such a version is among the refusals.
        let Some(version) = version else { return refused(format!("There is no version {}.", wanted.version)) };
        let approved_by = promotion::approved_by(model, &version, &wanted.alias, now_ms())
            .map_err(|refusal| AppError::new(Code::ApprovalMissing, refusal))?;
        let overridden = self.overridden_gates(connection, store, model, wanted).await?;
        Ok(Allowed { version, approved_by, overridden })
    }

    /// How long a move waits whose try with this number has failed.
    pub(super) fn pause(&self, tried: u32) -> Duration {
        self.retry_pause * (1 << tried.min(6))
    }

    async fn journaled(&self, profile_id: &str, promotion_id: &str) -> Result<Promotion> {
        self.settings.promotion(profile_id, promotion_id).await?.ok_or_else(|| {
            AppError::new(Code::NotFound, "This promotion is not in the journal, so it cannot be undone from here.")
        })
    }

    /// The alias has moved: a journal that cannot be written is a warning and no failure.
    async fn record(&self, profile_id: &str, promotion: &mut Promotion) {
        if let Err(error) = self.settings.record_promotion(profile_id, promotion).await {
            promotion.warnings.push(format!("The journal on this machine was not written: {error}"));
        }
    }

    /// The alias may have moved, or it did and was moved again: the journal keeps what was tried, for later questions.
    /// Answers with what the user sees now.
    async fn record_trouble(&self, profile_id: &str, promotion: &Promotion, error: PromotionError) -> AppError {
        let mut told = AppError::from(error);
        if let Err(error) = self.settings.record_promotion(profile_id, promotion).await {
            told.message += &format!(" The journal on this machine was not written: {error}");
        }
        told
    }

    /// The gates that have not passed, if the user wrote a reason to move the alias all the same. A gate that the user
    /// was not shown as such blocks whatever the reason.
    async fn overridden_gates(
        &self,
        connection: &Connection,
        store: &dyn TrackingStore,
        model: &RegisteredModel,
        wanted: &PromotionRequest,
    ) -> Result<Vec<OverriddenGate>> {
        if promotion::rules_of(model, &wanted.alias).is_empty() {
            return Ok(Vec::new());
        }
        let expected = wanted.expected_version.as_deref();
        let (from, to) = self.sides(connection, store, &model.name, expected, &wanted.version).await?;
        let gates = promotion::gates(model, &wanted.alias, from.as_ref(), to.as_ref());
        let mut overridden = Vec::new();
        for Gate { rule, verdict, why, .. } in gates.into_iter().filter(|gate| gate.verdict != Verdict::Passed) {
            if wanted.reason.trim().is_empty() || !wanted.overridden.contains(&rule) {
                let message = format!("A gate of {} has not passed: {rule} ({why}).", wanted.alias);
                return Err(AppError::new(Code::GateNotPassed, message));
            }
            overridden.push(OverriddenGate { rule, verdict, why });
        }
        Ok(overridden)
    }
}

/// What became of a write that ended so, as far as it is known; none where nothing was written.
pub(super) fn written(error: &PromotionError) -> Option<Outcome> {
    match error {
        PromotionError::Overwritten { .. } => Some(Outcome::Moved),
        PromotionError::Overtaken { .. } | PromotionError::Unconfirmed { .. } => Some(Outcome::Unknown),
        PromotionError::Moved { .. } | PromotionError::Store(_) => None,
    }
}
