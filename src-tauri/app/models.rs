//! The alias board of a registered model, and the card before one of its aliases moves.

use std::collections::BTreeMap;

use serde::Serialize;
use specta::Type;

use super::App;
use super::gates::{AliasRules, by_alias};
use super::rights::rights;
use super::writing::{existing, person, read_only_reason};
use crate::clock::now_ms;
use crate::connection::Connection;
use crate::entities::{LoggedModel, RegisteredModel, Run, tag_value};
use crate::error::Result;
use crate::promotion::{
    self, Chosen, MetricColumn, MetricName, OpenRequest, Promotion, PromotionPlan, Side, VersionRow,
};
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

impl App {
    pub async fn model_list(&self, profile_id: &str) -> Result<ModelList> {
        let connection = self.connection(profile_id).await?;
        let freshness = connection.freshness(&Scope::Models).await?;
        Ok(ModelList { models: self.cache.registered_models(connection.source).await?, freshness })
    }

    /// The board as the cache has it. `metrics` are those that the user wants columns of; None: those that most versions
    /// have.
    pub async fn model_board(
        &self,
        profile_id: &str,
        name: &str,
        metrics: Option<&[MetricName]>,
    ) -> Result<ModelAnswer> {
        let connection = self.connection(profile_id).await?;
        let freshness = connection.freshness(&Scope::Model(name.to_owned())).await?;
        let Some(model) = self.cache.registered_model(connection.source, name).await? else {
            return Ok(ModelAnswer { board: None, freshness });
        };
        let directions = self.directions(profile_id).await?;
        let versions = self.cache.model_versions(connection.source, name).await?;
        let logged_models = self.cache.logged_models_of(connection.source, name).await?;
        let keys = self.cache.source_metric_keys(connection.source, name).await?;
        let deciding = tag_value(&model.tags, METRIC_TAG);
        let mut keys = promotion::candidates(keys, &directions);
        let wanted = deciding.into_iter().chain(metrics.into_iter().flatten().map(|name| name.key.as_str()));
        for key in wanted {
            if !keys.iter().any(|known| known == key) {
                keys.push(key.to_owned());
            }
        }
        let runs = self.cache.source_runs(connection.source, name, &keys).await?;
        let (columns, versions) = promotion::board(
            &model.aliases,
            Chosen { deciding, metrics },
            versions,
            &logged_models,
            &runs,
            &directions,
        );
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
        let to = self.with_evidence(connection.source, &*store, to);
        let (from, to, rights) = futures_util::join!(from, to, rights(&connection, &*store, name));
        let directions = self.directions(profile_id).await?;
        let me = person(&connection);
        let approval = promotion::approval_plan(&model, to.as_ref().map(|to| &to.version), alias, &me, now_ms());
        let mut plan = promotion::plan(&model, alias, version, from.as_ref(), to.as_ref(), &directions, approval);
        plan.refusals.extend(read_only_reason(&connection).or(rights.edit_refusal));
        Ok(plan)
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
