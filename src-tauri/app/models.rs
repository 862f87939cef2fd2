//! The alias board of a registered model, and moving an alias on it.

use serde::Serialize;
use specta::Type;

use super::App;
use crate::connect::{Connection, Writes};
use crate::entities::{Metric, ModelVersion, RegisteredModel};
use crate::error::{AppError, Code, Result};
use crate::promotion::{self, Outcome, Promotion, PromotionError, PromotionPlan};
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
    /// What was moved from this machine, or tried to be, newest first.
    pub promotions: Vec<Promotion>,
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
    /// What the profile's [`crate::connect::Writes`] asks for.
    pub confirmation: Option<String>,
}

impl App {
    pub async fn model_list(&self, profile_id: &str) -> Result<ModelList> {
        let connection = self.connection(profile_id).await?;
        let freshness = connection.look(Scope::Models).await?;
        Ok(ModelList { models: self.cache.registered_models(connection.source).await?, freshness })
    }

    /// The board as the cache has it; tells the sync that it is looked at.
    pub async fn model_board(&self, profile_id: &str, name: &str) -> Result<ModelAnswer> {
        let connection = self.connection(profile_id).await?;
        let freshness = connection.look(Scope::Model(name.to_owned())).await?;
        let Some(model) = self.cache.registered_model(connection.source, name).await? else {
            return Ok(ModelAnswer { board: None, freshness });
        };
        let mut versions = Vec::new();
        for version in self.cache.model_versions(connection.source, name).await? {
            let run = match &version.run_id {
                Some(run_id) => self.cache.run(connection.source, run_id).await?,
                None => None,
            };
            let (run_name, metrics) = run.map_or((None, Vec::new()), |run| (Some(run.info.run_name), run.metrics));
            versions.push(VersionRow { version, run_name, metrics });
        }
        let board = ModelBoard {
            model,
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
        let mut versions = vec![store.get_model_version(name, version).await?];
        if let Some(held) = model.aliases.iter().find(|held| held.alias == alias) {
            versions.push(store.get_model_version(name, &held.version).await?);
        }
        let mut runs = Vec::new();
        for version in &versions {
            runs.push(self.source_run(&connection, &*store, version).await?);
        }
        let from_run = runs.get(1).and_then(Option::as_ref);
        let mut plan = promotion::plan(&model, alias, version, &versions, from_run, runs[0].as_ref());
        plan.refusals.extend(read_only_reason(&connection));
        Ok(plan)
    }

    pub async fn promote(&self, profile_id: &str, wanted: PromotionRequest) -> Result<Promotion> {
        let connection = self.connection(profile_id).await?;
        connection.may_write(&wanted.model, wanted.confirmation.as_deref())?;
        if let Some(refusal) = read_only_reason(&connection).or_else(|| promotion::alias_refusal(&wanted.alias)) {
            return Err(AppError::new(Code::Refused, refusal));
        }
        let store = connection.store()?;
        let step = promotion::Step {
            model: &wanted.model,
            alias: &wanted.alias,
            from: wanted.expected_version.as_deref(),
            to: Some(&wanted.version),
        };
        let moved = promotion::move_alias(&*store, step, pause).await;
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
            by: user_name(),
            at_ms: now_ms(),
            reason: wanted.reason,
            undone_at_ms: None,
            outcome,
            warnings: Vec::new(),
        };
        if let Some(error) = trouble {
            promotion.warnings.push(error.to_string());
            return Err(self.record_trouble(profile_id, &promotion, error).await);
        }
        promotion.warnings = promotion::write_tags(&*store, &promotion).await;
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
        let store = connection.store()?;
        let mut promotion = self.settings.promotion(profile_id, promotion_id).await?.ok_or_else(|| {
            AppError::new(Code::NotFound, "This promotion is not in the journal, so it cannot be undone from here.")
        })?;
        connection.may_write(&promotion.model, confirmation)?;
        let step = promotion::Step {
            model: &promotion.model,
            alias: &promotion.alias,
            from: promotion.to_version.as_deref(),
            to: promotion.from_version.as_deref(),
        };
        let moved = promotion::move_alias(&*store, step, pause).await;
        connection.refresh(Scope::Model(promotion.model.clone()));
        use PromotionError::{Overtaken, Overwritten, Unconfirmed};
        if let Err(error @ (Unconfirmed { .. } | Overtaken { .. } | Overwritten { .. })) = moved {
            promotion.warnings.push(format!("An undo was tried. {error}"));
            return Err(self.record_trouble(profile_id, &promotion, error).await);
        }
        moved?;
        promotion.undone_at_ms = Some(now_ms());
        self.record(profile_id, &mut promotion).await;
        Ok(promotion)
    }

    /// The alias has moved: a journal that cannot be written is a warning and no failure.
    async fn record(&self, profile_id: &str, promotion: &mut Promotion) {
        if let Err(error) = self.settings.record_promotion(profile_id, promotion).await {
            promotion.warnings.push(format!("The journal on this machine was not written: {error}"));
        }
    }

    /// The alias may have moved, or did and moved on: whoever wonders later finds in the journal what was tried.
    /// Answers with what the user sees now.
    async fn record_trouble(&self, profile_id: &str, promotion: &Promotion, error: PromotionError) -> AppError {
        let mut told = AppError::from(error);
        if let Err(error) = self.settings.record_promotion(profile_id, promotion).await {
            told.message += &format!(" The journal on this machine was not written: {error}");
        }
        told
    }

    /// The run a version came from: from the cache, else from the store; absent where it is gone.
    async fn source_run(
        &self,
        connection: &Connection,
        store: &dyn TrackingStore,
        version: &ModelVersion,
    ) -> Result<Option<crate::entities::Run>> {
        let Some(run_id) = version.run_id.as_deref().filter(|run_id| !run_id.is_empty()) else { return Ok(None) };
        match self.cache.run(connection.source, run_id).await? {
            Some(run) => Ok(Some(run)),
            None => match store.get_run(run_id).await {
                Ok(run) => Ok(Some(run)),
                Err(crate::tracking::StoreError::NotFound { .. }) => Ok(None),
                Err(error) => Err(error.into()),
            },
        }
    }
}

fn read_only_reason(connection: &Connection) -> Option<String> {
    if connection.profile().writes == Writes::ReadOnly {
        return Some(format!("The profile “{}” is read-only.", connection.profile().name));
    }
    let capabilities = connection.store().ok()?.capabilities().clone();
    if !capabilities.writable {
        Some(format!("{} can only be read from here.", capabilities.description))
    } else if !capabilities.aliases {
        Some(format!("{} has no aliases: they came with MLflow 2.3.", capabilities.description))
    } else {
        None
    }
}

fn pause(tried: u32) -> std::time::Duration {
    std::time::Duration::from_millis(400 << tried.min(6))
}

fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn user_name() -> String {
    ["USER", "USERNAME", "LOGNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_else(|| "unknown".to_owned())
}
