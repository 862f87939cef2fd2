//! What is known of how the aliases of a model moved: on its page, as a file, and kept as it is seen.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use specta::Type;

use super::App;
use crate::artifacts;
use crate::change::Change;
use crate::entities::{ModelAlias, ModelVersion};
use crate::error::{AppError, Result};
use crate::promotion::{self, AliasHistory, HistoryFormat, HistorySources};
use crate::sync::{OnSightings, Scope};

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelHistory {
    /// By the name of the alias; also those that are no longer there.
    pub aliases: Vec<AliasHistory>,
    /// When it was last read where the aliases are.
    pub as_of_ms: Option<i64>,
}

impl App {
    /// By the cache, the journal and what was seen.
    pub async fn model_history(&self, profile_id: &str, name: &str) -> Result<ModelHistory> {
        let connection = self.connection(profile_id).await?;
        let as_of_ms = connection.freshness(&Scope::Aliases(name.to_owned())).await?.synced_at_ms;
        let model = self.cache.registered_model(connection.source, name).await?;
        let versions = self.cache.model_versions(connection.source, name).await?;
        let aliases = model.map(|model| model.aliases).unwrap_or_default();
        self.history_of(profile_id, name, &versions, &aliases, as_of_ms).await
    }

    /// The same of versions and aliases that were read at `as_of_ms`.
    pub(super) async fn history_of(
        &self,
        profile_id: &str,
        name: &str,
        versions: &[ModelVersion],
        aliases: &[ModelAlias],
        as_of_ms: Option<i64>,
    ) -> Result<ModelHistory> {
        let journal = self.settings.promotions(profile_id, name).await?;
        let sightings = self.settings.sightings(profile_id, name).await?;
        let sources = HistorySources { versions, journal: &journal, sightings: &sightings, aliases, as_of_ms };
        Ok(ModelHistory { aliases: promotion::histories(sources), as_of_ms })
    }

    /// Saves the history of one alias, or of all, where `choose`, which is given a file name, says. Answers with the
    /// path, or nothing where `choose` did.
    pub async fn save_history<C: Future<Output = Result<Option<PathBuf>>>>(
        &self,
        profile_id: &str,
        name: &str,
        alias: Option<&str>,
        format: HistoryFormat,
        choose: impl FnOnce(String) -> C,
    ) -> Result<Option<PathBuf>> {
        let mut histories = self.model_history(profile_id, name).await?.aliases;
        histories.retain(|history| alias.is_none_or(|alias| history.alias == alias));
        let bytes = promotion::history_file(name, &histories, format).map_err(AppError::internal)?;
        let of = alias.map_or(String::new(), |alias| format!("@{alias}"));
        let file = format!("{name}{of} history.{}", format.ending()).replace('/', "-");
        let Some(target) = choose(artifacts::safe_file_name(&file)?).await? else { return Ok(None) };
        artifacts::save_bytes(&bytes, &target).await?;
        Ok(Some(target))
    }

    /// Keeps what is seen of the aliases of a profile, and has the history read again that shows it.
    pub(super) fn sighting_keeper(&self, profile_id: &str) -> OnSightings {
        let (settings, on_change, profile_id) = (self.settings.clone(), self.on_change.clone(), profile_id.to_owned());
        Arc::new(move |sightings| {
            let (settings, on_change, profile_id) = (settings.clone(), on_change.clone(), profile_id.clone());
            tokio::spawn(async move {
                if let Err(error) = settings.record_sightings(&profile_id, &sightings).await {
                    tracing::warn!(%error, "an alias that was seen to move was not noted");
                }
                let names: std::collections::BTreeSet<String> = sightings.into_iter().map(|seen| seen.model).collect();
                for name in names {
                    on_change(Change::Model { profile_id: profile_id.clone(), name });
                }
            });
        })
    }
}
