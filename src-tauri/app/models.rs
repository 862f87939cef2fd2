//! The alias board of a registered model, and moving an alias on it.

use std::collections::BTreeMap;

use serde::Serialize;
use specta::Type;

use super::App;
use super::gates::{AliasRules, by_alias};
use super::writing::{existing, now_ms, person, read_only_reason};
use crate::connection::Connection;
use crate::entities::{LoggedModel, RegisteredModel, Run, tag_value};
use crate::error::{AppError, Code, Result};
use crate::promotion::{
    self, Gate, MetricColumn, OpenRequest, Outcome, OverriddenGate, Promotion, PromotionError, PromotionPlan, Side,
    VersionRow,
};
use crate::query::Verdict;
use crate::registry::METRIC_TAG;
use crate::sync::{Freshness, Scope};
use crate::tracking::{MODELS_PER_QUESTION, StoreError, TrackingStore};

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelBoard {
    pub model: RegisteredModel,
    /// The metrics that most versions have.
    pub columns: Vec<MetricColumn>,
    /// Newest first.
    pub versions: Vec<VersionRow>,
    /// Of each alias that the team guards, by its name.
    pub gates: BTreeMap<String, AliasRules>,
    /// What was moved from this machine, or tried to be, newest first.
    pub promotions: Vec<Promotion>,
    /// Requests to move an alias that others may vote on, or that may be followed.
    pub requests: Vec<OpenRequest>,
    /// Why nothing can be moved here, if so.
    pub read_only_reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelAnswer {
    /// None where the cache does not have the model; the freshness says whether that means that there is none.
    pub board: Option<ModelBoard>,
    pub freshness: Freshness,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelList {
    pub models: Vec<RegisteredModel>,
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
    /// Rules that the card showed as not passed, and that the reason overrides.
    pub overridden: Vec<String>,
    /// What the profile's [`crate::connect::Writes`] asks for.
    pub confirmation: Option<String>,
}

impl App {
    pub async fn model_list(&self, profile_id: &str) -> Result<ModelList> {
        let connection = self.connection(profile_id).await?;
        let freshness = connection.freshness(&Scope::Models).await?;
        Ok(ModelList { models: self.cache.registered_models(connection.source).await?, freshness })
    }

    /// The board as the cache has it.
    pub async fn model_board(&self, profile_id: &str, name: &str) -> Result<ModelAnswer> {
        let connection = self.connection(profile_id).await?;
        let freshness = connection.freshness(&Scope::Model(name.to_owned())).await?;
        let Some(model) = self.cache.registered_model(connection.source, name).await? else {
            return Ok(ModelAnswer { board: None, freshness });
        };
        let directions = self.directions(profile_id).await?;
        let versions = self.cache.model_versions(connection.source, name).await?;
        let logged_models = self.cache.logged_models_of(connection.source, name).await?;
        let keys = self.cache.source_metric_keys(connection.source, name).await?;
        let chosen = tag_value(&model.tags, METRIC_TAG);
        let mut keys = promotion::candidates(keys, &directions);
        keys.extend(chosen.filter(|chosen| !keys.iter().any(|key| key == chosen)).map(str::to_owned));
        let runs = self.cache.source_runs(connection.source, name, &keys).await?;
        let (columns, versions) =
            promotion::board(&model.aliases, chosen, versions, &logged_models, &runs, &directions);
        let board = ModelBoard {
            gates: by_alias(&model),
            requests: promotion::open_requests(&model, versions.iter().map(|row| &row.version), now_ms()),
            model,
            columns,
            versions,
            promotions: self.settings.promotions(profile_id, name).await?,
            read_only_reason: read_only_reason(&connection),
        };
        Ok(ModelAnswer { board: Some(board), freshness })
    }

    /// The card for moving `alias` to `version`, read from the server this moment.
    pub async fn prepare_promotion(
        &self,
        profile_id: &str,
        name: &str,
        alias: &str,
        version: &str,
    ) -> Result<PromotionPlan> {
        let connection = self.connection(profile_id).await?;
        let store = connection.store()?;
        let model = store.get_registered_model(name).await?;
        let held = model.aliases.iter().find(|held| held.alias == alias).map(|held| held.version.as_str());
        let (from, to) = self.sides(&connection, &*store, name, held, version).await?;
        let from = self.with_evidence(connection.source, &*store, from);
        let (from, to) = futures_util::join!(from, self.with_evidence(connection.source, &*store, to));
        let directions = self.directions(profile_id).await?;
        let me = person(&connection);
        let approval = promotion::approval_plan(&model, to.as_ref().map(|to| &to.version), alias, &me, now_ms());
        let mut plan = promotion::plan(&model, alias, version, from.as_ref(), to.as_ref(), &directions, approval);
        plan.refusals.extend(read_only_reason(&connection));
        Ok(plan)
    }

    pub async fn promote(&self, profile_id: &str, wanted: PromotionRequest) -> Result<Promotion> {
        let connection = self.connection(profile_id).await?;
        let writer = connection.writer(&wanted.model, wanted.confirmation.as_deref())?;
        let refused = |refusal| Err(AppError::new(Code::Refused, refusal));
        if let Some(refusal) = read_only_reason(&connection) {
            return refused(refusal);
        }
        let store = writer.store();
        // The card refuses all this already, but it was read a while ago, and it is not the only caller.
        let model = store.get_registered_model(&wanted.model).await?;
        let version = existing(store.get_model_version(&wanted.model, &wanted.version).await)?;
        let from = wanted.expected_version.as_deref();
        let refusals = promotion::refusals(&model, &wanted.alias, from, &wanted.version, version.as_ref());
        if let Some(refusal) = refusals.into_iter().next() {
            return refused(refusal);
        }
        // That there is such a version is among the refusals.
        let Some(version) = version else { return refused(format!("There is no version {}.", wanted.version)) };
        let approved_by = promotion::approved_by(&model, &version, &wanted.alias, now_ms())
            .map_err(|refusal| AppError::new(Code::ApprovalMissing, refusal))?;
        let overridden = self.overridden_gates(&connection, store, &model, &wanted).await?;
        let step = promotion::Step {
            model: &wanted.model,
            alias: &wanted.alias,
            from: wanted.expected_version.as_deref(),
            to: Some(&wanted.version),
        };
        let moved = promotion::move_alias(&writer, step, pause).await;
        connection.refresh(Scope::Model(wanted.model.clone()));
        // What was written, or may have been, stands in the journal whatever came after it.
        let (outcome, trouble) = match moved {
            Ok(()) => (Outcome::Moved, None),
            Err(error @ PromotionError::Overwritten { .. }) => (Outcome::Moved, Some(error)),
            Err(error @ (PromotionError::Overtaken { .. } | PromotionError::Unconfirmed { .. })) => {
                (Outcome::Unknown, Some(error))
            }
            Err(error) => return Err(error.into()),
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
            outcome,
            warnings: Vec::new(),
        };
        if let Some(error) = trouble {
            promotion.warnings.push(error.to_string());
            return Err(self.record_trouble(profile_id, &promotion, error).await);
        }
        promotion.warnings = promotion::write_tags(&writer, &promotion, &version.tags).await;
        self.record(profile_id, &mut promotion).await;
        Ok(promotion)
    }

    /// Moves the alias back to where it was, if it is still where the promotion put it.
    pub async fn undo_promotion(
        &self,
        profile_id: &str,
        promotion_id: &str,
        confirmation: Option<&str>,
    ) -> Result<Promotion> {
        let connection = self.connection(profile_id).await?;
        let mut promotion = self.settings.promotion(profile_id, promotion_id).await?.ok_or_else(|| {
            AppError::new(Code::NotFound, "This promotion is not in the journal, so it cannot be undone from here.")
        })?;
        let writer = connection.writer(&promotion.model, confirmation)?;
        let step = promotion::Step {
            model: &promotion.model,
            alias: &promotion.alias,
            from: promotion.to_version.as_deref(),
            to: promotion.from_version.as_deref(),
        };
        let moved = promotion::move_alias(&writer, step, pause).await;
        connection.refresh(Scope::Model(promotion.model.clone()));
        use PromotionError::{Overtaken, Overwritten, Unconfirmed};
        if let Err(error @ (Unconfirmed { .. } | Overtaken { .. } | Overwritten { .. })) = moved {
            promotion.warnings.push(format!("An undo was tried. {error}"));
            return Err(self.record_trouble(profile_id, &promotion, error).await);
        }
        moved?;
        promotion.undone_at_ms = Some(now_ms());
        promotion.warnings.extend(promotion::write_undone_tag(&writer, &promotion).await);
        self.record(profile_id, &mut promotion).await;
        Ok(promotion)
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

    /// The version that holds an alias and the one that it goes to, as far as they are there.
    pub(super) async fn sides(
        &self,
        connection: &Connection,
        store: &dyn TrackingStore,
        name: &str,
        from: Option<&str>,
        to: &str,
    ) -> Result<(Option<Side>, Option<Side>)> {
        let from = self.side(connection, store, name, from);
        let to = self.side(connection, store, name, Some(to));
        let (mut from, mut to) = futures_util::future::try_join(from, to).await?;
        if let (Some(from), Some(to)) = (&mut from, &mut to)
            && from.version.run_id == to.version.run_id
        {
            from.siblings.extend(to.logged_model.clone());
            to.siblings.extend(from.logged_model.clone());
        }
        Ok((from, to))
    }

    /// A version and what it was made from, read from the server this moment. What cannot be read is as it was last
    /// seen, if it was, and that is said. None where there is no such version.
    async fn side(
        &self,
        connection: &Connection,
        store: &dyn TrackingStore,
        name: &str,
        number: Option<&str>,
    ) -> Result<Option<Side>> {
        let Some(number) = number else { return Ok(None) };
        let Some(version) = existing(store.get_model_version(name, number).await)? else { return Ok(None) };
        let mut unread = Vec::new();
        let model_id = version.model_id.as_deref().filter(|_| store.capabilities().logged_models);
        let logged_model = match model_id {
            Some(id) => match existing(store.get_logged_model(id).await) {
                Ok(model) => model,
                Err(error) => {
                    let seen = self.cache.logged_model(connection.source, id).await?;
                    unread.push(not_read(&format!("logged model {id}"), number, seen.is_some(), &error));
                    seen
                }
            },
            None => None,
        };
        let run = match version.run_id.as_deref() {
            Some(id) => match existing(store.get_run(id).await) {
                Ok(run) => run,
                Err(error) => {
                    let seen = self.cache.run(connection.source, id).await?;
                    unread.push(not_read(&format!("run {id}"), number, seen.is_some(), &error));
                    seen
                }
            },
            None => None,
        };
        let siblings = match &run {
            Some(run) => siblings(store, run, version.model_id.as_deref()).await,
            None => Vec::new(),
        };
        Ok(Some(Side { unread, ..Side::of(version, logged_model, run, siblings) }))
    }
}

/// The other logged models of a run. Without them its numbers are still known to be those of several models.
async fn siblings(store: &dyn TrackingStore, run: &Run, own: Option<&str>) -> Vec<LoggedModel> {
    let others = run.model_outputs.iter().filter(|output| Some(output.model_id.as_str()) != own);
    let ids: Vec<String> = others.map(|output| output.model_id.clone()).take(MODELS_PER_QUESTION).collect();
    if ids.is_empty() {
        return Vec::new();
    }
    let found = store.search_logged_models(std::slice::from_ref(&run.info.experiment_id), &ids).await;
    found.unwrap_or_default()
}

fn not_read(what: &str, version: &str, seen: bool, error: &StoreError) -> String {
    let instead = if seen { "What was last seen of it is shown" } else { "Nothing is known of it" };
    format!("The {what} of version {version} could not be read. {instead}. {error}")
}

fn pause(tried: u32) -> std::time::Duration {
    std::time::Duration::from_millis(400 << tried.min(6))
}
