//! The app for commands in a shell: it shares the settings with a window that may be open, and keeps no cache.

use std::path::Path;
use std::sync::Arc;

use secrecy::SecretString;
use serde::Serialize;

use super::{App, ModelHistory};
use crate::cache::Cache;
use crate::change::OnChange;
use crate::clock::now_ms;
use crate::connect::Profile;
use crate::connect::secrets::Slot;
use crate::connection::Connection;
use crate::error::{AppError, Code, Result};
use crate::promotion::{self, Gate};
use crate::settings::Settings;

/// What the rules for an alias come to of a version.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionCheck {
    pub model: String,
    pub alias: String,
    /// The version that the alias is on now; absent if the alias does not exist.
    pub from_version: Option<String>,
    pub version: String,
    /// Failed first, then unknown, then passed.
    pub gates: Vec<Gate>,
    /// Why the alias could not be moved to the version, whatever the rules say.
    pub refusals: Vec<String>,
    /// What could not be read, and why.
    pub unread: Vec<String>,
}

impl App {
    /// Opens the settings in `data_dir`, which is made if it is not there.
    pub async fn without_window(data_dir: &Path, on_change: OnChange) -> Result<Self> {
        super::make_private_folder(data_dir)?;
        let (settings, word) = Settings::open(data_dir).await?;
        let notices = word.into_iter().collect();
        Ok(Self::of(data_dir, data_dir, None, on_change, settings, Cache::in_memory(), notices))
    }

    /// Opens a profile that need not be saved, with secrets that are kept nowhere.
    pub async fn open_for_session(
        &self,
        profile: Profile,
        secrets: Vec<(&'static str, SecretString)>,
    ) -> Result<Arc<Connection>> {
        for (name, secret) in secrets {
            self.connect_context.vault.lend(&Slot::profile(&profile.id, name), secret);
        }
        let profile_id = profile.id.clone();
        let connection = self.connect(profile, None).await?;
        self.connections.put(&profile_id, connection.clone());
        Ok(connection)
    }

    /// The version that holds an alias, by the server's own word.
    pub async fn holder(&self, profile_id: &str, name: &str, alias: &str) -> Result<Option<String>> {
        let store = self.connection(profile_id).await?.store()?;
        let model = store.get_registered_model(name).await?;
        Ok(model.aliases.into_iter().find(|held| held.alias == alias).map(|held| held.version))
    }

    /// Asks the rules for `alias` of a version, read from the server this moment. Writes nothing.
    ///
    /// # Errors
    /// [`Code::NotFound`] where the model or the version is not there.
    pub async fn check_version(
        &self,
        profile_id: &str,
        name: &str,
        alias: &str,
        version: &str,
    ) -> Result<VersionCheck> {
        let connection = self.connection(profile_id).await?;
        let store = connection.store()?;
        let model = store.get_registered_model(name).await?;
        let from_version = model.aliases.iter().find(|held| held.alias == alias).map(|held| held.version.clone());
        let (from, to) = self.sides(&connection, &*store, name, from_version.as_deref(), version).await?;
        let Some(to) = to else {
            return Err(AppError::new(Code::NotFound, format!("There is no version {version} of {name}.")));
        };
        Ok(VersionCheck {
            model: name.to_owned(),
            alias: alias.to_owned(),
            version: version.to_owned(),
            gates: promotion::gates(&model, alias, from.as_ref(), Some(&to)),
            // It may be on this version already.
            refusals: promotion::refusals(&model, alias, None, version, Some(&to.version)),
            unread: from.into_iter().chain([to]).flat_map(|side| side.unread).collect(),
            from_version,
        })
    }

    /// How the aliases of a model moved, with its versions as the server has them this moment.
    pub async fn read_history(&self, profile_id: &str, name: &str) -> Result<ModelHistory> {
        let store = self.connection(profile_id).await?.store()?;
        let (as_of_ms, model) = (now_ms(), store.get_registered_model(name).await?);
        let mut versions = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let page = store.search_model_versions(name, token.as_deref()).await?;
            versions.extend(page.items);
            let next = page.next_page_token.filter(|next| !next.is_empty());
            // Some servers answer with the token they were given, for ever.
            if next.is_none() || next == token {
                break;
            }
            token = next;
        }
        self.history_of(profile_id, name, &versions, &model.aliases, Some(as_of_ms)).await
    }
}
