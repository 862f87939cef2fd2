//! Profiles that this machine already knows in other words: found, and made profiles of.

use secrecy::SecretString;
use serde::Serialize;
use specta::Type;

use super::App;
use crate::connect::{Hop, Profile, ProfileKind, Route, suggest};
use crate::error::{AppError, Code, Result};
use ssh_config::config::{self, ConfigFiles};

/// A profile that this machine already knows in other words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Suggestion {
    /// Names it when it is accepted.
    pub key: String,
    pub source: SuggestionSource,
    /// Where it was found, in a sentence.
    pub words: String,
    pub profile: Profile,
    pub route: Option<Route>,
    /// Secrets that were found beside it and go to the vault with it.
    pub secrets_found: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum SuggestionSource {
    Environment,
    SshConfig,
}

/// A suggestion with what must not leave the core.
struct SuggestionWithSecrets {
    suggestion: Suggestion,
    secrets: Vec<(&'static str, SecretString)>,
}

impl App {
    /// What was found on this machine and is no profile yet.
    pub async fn suggestions(&self) -> Result<Vec<Suggestion>> {
        Ok(self.suggested().await?.into_iter().map(|suggested| suggested.suggestion).collect())
    }

    /// Makes a profile of a suggestion; its secrets go to the vault.
    pub async fn accept_suggestion(&self, key: &str) -> Result<Profile> {
        let found = self.suggested().await?.into_iter().find(|suggested| suggested.suggestion.key == key);
        let Some(SuggestionWithSecrets { suggestion, secrets }) = found else {
            return Err(AppError::new(Code::NotFound, "What was suggested is no longer there. Look again."));
        };
        let mut profile = suggestion.profile;
        if let Some(route) = suggestion.route {
            let known = self.settings.routes().await?.into_iter().find(|known| known.hops == route.hops);
            let route = match known {
                Some(known) => known,
                None => {
                    let name = free_route_name(&route.name, &self.settings.routes().await?);
                    self.save_route(Route { name, ..route }).await?
                }
            };
            profile.server.route_id = Some(route.id);
        }
        profile.name = super::profiles::free_name(&profile.name, &self.settings.profiles().await?);
        let profile = self.save_profile(profile).await?;
        for (name, secret) in secrets {
            self.hold_secret(&profile, name, secret).await;
        }
        Ok(profile)
    }

    async fn suggested(&self) -> Result<Vec<SuggestionWithSecrets>> {
        let profiles = self.settings.profiles().await?;
        let routes = self.settings.routes().await?;
        let mut suggested = Vec::new();
        let home = directories::UserDirs::new().map(|user| user.home_dir().to_owned());
        let credentials = home.and_then(|home| std::fs::read_to_string(suggest::credentials_file(&home)).ok());
        if let Some(found) = suggest::from_environment(|name| std::env::var(name).ok(), credentials.as_deref()) {
            let secrets_found = found.secrets.iter().map(|(name, _)| (*name).to_owned()).collect();
            suggested.push(SuggestionWithSecrets {
                suggestion: Suggestion {
                    key: "environment".to_owned(),
                    source: SuggestionSource::Environment,
                    words: found.words,
                    profile: found.profile,
                    route: None,
                    secrets_found,
                },
                secrets: found.secrets,
            });
        }
        let files = ConfigFiles::of_this_user();
        let forwards = super::blocking(move || config::suggestions(&files)).await?;
        for found in forwards {
            let hop = Hop { host: found.alias.clone(), use_config: true, ..Hop::default() };
            let route = Route { id: String::new(), name: found.alias.clone(), hops: vec![hop] };
            let mut profile = Profile::new(&found.alias, ProfileKind::Server, &found.address);
            profile.server.socket_path = found.socket_path();
            suggested.push(SuggestionWithSecrets {
                suggestion: Suggestion {
                    key: format!("ssh {} {}", found.alias, found.address),
                    source: SuggestionSource::SshConfig,
                    words: found.words(),
                    profile,
                    route: Some(route),
                    secrets_found: Vec::new(),
                },
                secrets: Vec::new(),
            });
        }
        suggested.retain(|suggested| !is_known(&suggested.suggestion, &profiles, &routes));
        Ok(suggested)
    }
}

/// Whether a profile reaches the same server by the same way already.
fn is_known(suggestion: &Suggestion, profiles: &[Profile], routes: &[Route]) -> bool {
    profiles.iter().any(|profile| {
        let hops = profile
            .server
            .route_id
            .as_ref()
            .and_then(|id| routes.iter().find(|route| &route.id == id))
            .map(|route| &route.hops);
        profile.kind == suggestion.profile.kind
            && profile.address == suggestion.profile.address
            && profile.server.socket_path == suggestion.profile.server.socket_path
            && hops == suggestion.route.as_ref().map(|route| &route.hops)
    })
}

fn free_route_name(name: &str, routes: &[Route]) -> String {
    let taken = |name: &str| routes.iter().any(|route| route.name == name);
    let numbered = (2..).map(|number| format!("{name} ({number})"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_else(|| name.to_owned())
}
