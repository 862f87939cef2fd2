//! Profiles and routes: saved, duplicated, ordered, handed on, taken over, deleted.

use secrecy::SecretString;
use serde::Serialize;
use specta::Type;

use super::App;
use super::connecting::secret_names;
use crate::change::Change;
use crate::connect::secrets::Slot;
use crate::connect::ssh::config::{self, Alias, ConfigFiles, ShownLine};
use crate::connect::ssh::known_hosts::{self, HostName};
use crate::connect::{Auth, Hop, Profile, ProfileKind, Route, suggest, transfer};
use crate::error::{AppError, Code, Result};

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
struct Suggested {
    suggestion: Suggestion,
    secrets: Vec<(&'static str, SecretString)>,
}

impl App {
    /// Saves a profile; an empty id is a new one. A name and password in the address become the
    /// sign-in. An open connection of it is closed, so that the next look opens it the new way. A pin
    /// and every secret stay behind with the server they were for, and so does a secret that the profile
    /// no longer speaks of.
    pub async fn save_profile(&self, mut profile: Profile) -> Result<Profile> {
        let password = take_sign_in(&mut profile);
        let mut profile = profile.checked().map_err(|words| AppError::new(Code::Refused, words))?;
        if let Some(route_id) = &profile.server.route_id {
            self.settings.route(route_id).await?;
        }
        if profile.id.is_empty() {
            profile.id = uuid::Uuid::new_v4().to_string();
        }
        let before = self.settings.profiles().await?.into_iter().find(|before| before.id == profile.id);
        let mut gone = Vec::new();
        if let Some(before) = &before {
            let moved = transfer::leads_elsewhere(before, &profile);
            if moved && before.server.tls.pin == profile.server.tls.pin {
                profile.server.tls.pin = None;
            }
            gone = secret_names(before);
            gone.retain(|name| moved || !secret_names(&profile).contains(name));
        }
        // First, so that nothing of the old place is there to be sent to the new one.
        self.forget_secrets(&profile.id, gone).await;
        self.settings.save_profile(&profile).await?;
        self.close(&profile.id).await;
        self.tell(Change::Profiles);
        if let Some(password) = password {
            self.set_secret(&profile.id, "password", password, profile.server.keep).await?;
        }
        Ok(profile)
    }

    /// A copy with a name of its own, beside the original and without its secrets.
    pub async fn duplicate_profile(&self, profile_id: &str) -> Result<Profile> {
        let profiles = self.settings.profiles().await?;
        let original = self.settings.profile(profile_id).await?;
        let copy = Profile {
            id: uuid::Uuid::new_v4().to_string(),
            name: super::targets::free_name(&original.name, &profiles),
            ..original
        };
        self.settings.save_profile(&copy).await?;
        let mut order: Vec<String> = profiles.into_iter().map(|profile| profile.id).collect();
        let place = order.iter().position(|id| id == profile_id).map_or(order.len(), |place| place + 1);
        order.insert(place, copy.id.clone());
        self.settings.order_profiles(&order).await?;
        self.tell(Change::Profiles);
        Ok(copy)
    }

    pub async fn order_profiles(&self, profile_ids: &[String]) -> Result<()> {
        self.settings.order_profiles(profile_ids).await?;
        self.tell(Change::Profiles);
        Ok(())
    }

    /// Forgets the profile, its secrets and its part of the cache. What it points at stays as it is.
    pub async fn delete_profile(&self, profile_id: &str) -> Result<()> {
        let profile = self.settings.profile(profile_id).await?;
        self.settings.delete_profile(profile_id).await?;
        // From here on nobody can open it any more.
        self.close(profile_id).await;
        self.tell(Change::Profiles);
        self.forget_secrets(profile_id, secret_names(&profile)).await;
        self.cache.forget(profile_id).await?;
        Ok(())
    }

    /// A keyring that cannot be asked is no reason to keep a profile.
    async fn forget_secrets(&self, profile_id: &str, names: Vec<String>) {
        let slots: Vec<Slot> = names.iter().map(|name| Slot::profile(profile_id, name)).collect();
        if let Err(error) = self.ways.vault.forget_owner(&slots).await {
            tracing::warn!(%error, "a secret of a profile may still be in the keyring");
        }
    }

    /// Saves a route; connections that use it are closed. Where its hosts are others, the secrets of the
    /// profiles that use it stay behind.
    pub async fn save_route(&self, mut route: Route) -> Result<Route> {
        if route.id.is_empty() {
            route.id = uuid::Uuid::new_v4().to_string();
        }
        route.name = route.name.trim().to_owned();
        for hop in &mut route.hops {
            hop.host = hop.host.trim().to_owned();
        }
        let before = self.settings.routes().await?.into_iter().find(|before| before.id == route.id);
        let moved = before.is_some_and(|before| leads_elsewhere(&before, &route));
        let mut users = self.settings.profiles().await?;
        users.retain(|profile| profile.server.route_id.as_ref() == Some(&route.id));
        for profile in users.iter().filter(|_| moved) {
            self.forget_secrets(&profile.id, secret_names(profile)).await;
        }
        self.settings.save_route(&route).await?;
        for profile in users {
            self.close(&profile.id).await;
        }
        self.tell(Change::Profiles);
        Ok(route)
    }

    pub async fn delete_route(&self, route_id: &str) -> Result<()> {
        self.settings.delete_route(route_id).await?;
        self.tell(Change::Profiles);
        Ok(())
    }

    /// The named profiles as a text without secrets; all of them where none is named.
    pub async fn export_profiles(&self, profile_ids: &[String]) -> Result<String> {
        let mut profiles = self.settings.profiles().await?;
        if !profile_ids.is_empty() {
            profiles.retain(|profile| profile_ids.contains(&profile.id));
        }
        Ok(transfer::export(&profiles, &self.settings.routes().await?))
    }

    pub async fn preview_import(&self, json: &str) -> Result<transfer::ImportPlan> {
        Ok(self.import(json).await?.plan)
    }

    /// Takes over the named profiles and the routes they use; answers how many there were.
    pub async fn apply_import(&self, json: &str, names: &[String]) -> Result<u32> {
        let import = self.import(json).await?;
        let profiles: Vec<Profile> =
            import.profiles.into_iter().filter(|profile| names.contains(&profile.name)).collect();
        let checked: std::result::Result<Vec<Profile>, String> = profiles
            .into_iter()
            .map(|profile| {
                let name = profile.name.clone();
                profile.checked().map_err(|words| format!("“{name}”: {words} Nothing was imported."))
            })
            .collect();
        let checked = checked.map_err(|words| AppError::new(Code::Refused, words))?;
        let mut routes = import.routes;
        routes.retain(|route| checked.iter().any(|profile| profile.server.route_id.as_ref() == Some(&route.id)));
        let known_routes = self.settings.routes().await?;
        let is_led_elsewhere = |route_id: &String| {
            let hops = |routes: &[Route]| routes.iter().find(|route| &route.id == route_id).map(|way| way.hops.clone());
            hops(&routes).is_some_and(|new| hops(&known_routes).is_some_and(|known| known != new))
        };
        // Before anything can be sent to the new place. Whoever else goes by a changed route is led elsewhere too.
        for known in self.settings.profiles().await? {
            let now = checked.iter().find(|profile| profile.id == known.id);
            let moved = now.is_some_and(|now| import.moved_ids.contains(&now.id))
                || known.server.route_id.as_ref().is_some_and(is_led_elsewhere);
            let mut names = secret_names(&known);
            names.retain(|name| moved || now.is_some_and(|now| !secret_names(now).contains(name)));
            self.forget_secrets(&known.id, names).await;
        }
        for route in routes {
            self.save_route(route).await?;
        }
        for profile in &checked {
            self.settings.save_profile(profile).await?;
            self.close(&profile.id).await;
        }
        self.tell(Change::Profiles);
        Ok(u32::try_from(checked.len()).unwrap_or(u32::MAX))
    }

    async fn import(&self, json: &str) -> Result<transfer::Import> {
        let (profiles, routes) = (self.settings.profiles().await?, self.settings.routes().await?);
        transfer::plan_import(json, &profiles, &routes).map_err(|words| AppError::new(Code::Refused, words))
    }

    /// What was found on this machine and is no profile yet.
    pub async fn suggestions(&self) -> Result<Vec<Suggestion>> {
        Ok(self.suggested().await?.into_iter().map(|suggested| suggested.suggestion).collect())
    }

    /// Makes a profile of a suggestion; its secrets go to the vault.
    pub async fn accept_suggestion(&self, key: &str) -> Result<Profile> {
        let found = self.suggested().await?.into_iter().find(|suggested| suggested.suggestion.key == key);
        let Some(Suggested { suggestion, secrets }) = found else {
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
        profile.name = super::targets::free_name(&profile.name, &self.settings.profiles().await?);
        let profile = self.save_profile(profile).await?;
        for (name, secret) in secrets {
            self.set_secret(&profile.id, name, secret, profile.server.keep).await?;
        }
        Ok(profile)
    }

    async fn suggested(&self) -> Result<Vec<Suggested>> {
        let profiles = self.settings.profiles().await?;
        let routes = self.settings.routes().await?;
        let mut suggested = Vec::new();
        let home = directories::UserDirs::new().map(|user| user.home_dir().to_owned());
        let credentials = home.and_then(|home| std::fs::read_to_string(suggest::credentials_file(&home)).ok());
        if let Some(found) = suggest::from_environment(|name| std::env::var(name).ok(), credentials.as_deref()) {
            let secrets_found = found.secrets.iter().map(|(name, _)| (*name).to_owned()).collect();
            suggested.push(Suggested {
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
            suggested.push(Suggested {
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

    /// Takes the keys of a host out of Podium's own known hosts, so that the next connection shows the key it
    /// meets and asks. `host` is what the step of the host key calls it: `bastion.corp`,
    /// `[bastion.corp]:2222`. Answers with what was forgotten, each `ssh-ed25519 SHA256:…`. The files of
    /// OpenSSH are never written: [`Code::NotFound`] says what to do about a key that is known from there.
    pub async fn forget_host(&self, host: &str) -> Result<Vec<String>> {
        let bracketed = host.strip_prefix('[').and_then(|rest| rest.rsplit_once("]:"));
        let with_port = bracketed.and_then(|(name, port)| Some(HostName::new(name, port.parse().ok()?)));
        let name = with_port.unwrap_or_else(|| HostName::new(host, 22));
        let file = self.ways.known_hosts();
        let forgotten = super::blocking(move || known_hosts::forget(&file, &name)).await?;
        let forgotten = forgotten.map_err(|error| AppError::new(Code::Io, error.to_string()))?;
        if forgotten.is_empty() {
            let words = "Podium has accepted no key of";
            let remedy = "A key that OpenSSH knows is forgotten by ssh-keygen -R, with -f and the file that was named.";
            return Err(AppError::new(Code::NotFound, format!("{words} {host}. {remedy}")));
        }
        Ok(forgotten.iter().map(|key| format!("{} {}", key.key_type, key.fingerprint)).collect())
    }

    /// The hosts that this machine's ssh_config names.
    pub async fn aliases(&self) -> Result<Vec<Alias>> {
        super::blocking(|| config::aliases(&ConfigFiles::of_this_user())).await
    }

    /// What a hop comes to, and what in the config files is in doubt.
    pub async fn resolve_hop(&self, hop: Hop) -> Result<(Vec<ShownLine>, Vec<String>)> {
        let resolved = super::blocking(move || config::resolve(&ConfigFiles::of_this_user(), &hop)).await?;
        let resolved = resolved.map_err(|error| AppError::new(Code::Refused, error.to_string()))?;
        let problems = resolved.problems.iter().map(|(place, what)| format!("{place}: {what}")).collect();
        Ok((config::shown(&resolved), problems))
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

/// Makes a name in the address of a server the profile's sign-in, and answers with the password beside it.
pub(super) fn take_sign_in(profile: &mut Profile) -> Option<SecretString> {
    let (username, password) = match profile.kind {
        ProfileKind::Server => suggest::userinfo(&profile.address),
        ProfileKind::Local | ProfileKind::Sample => (None, None),
    };
    if let (Some(username), Auth::None) = (username, &profile.server.auth) {
        profile.server.auth = Auth::Basic { username };
    }
    password
}

/// Whether the hosts on the way are others.
pub(super) fn leads_elsewhere(before: &Route, now: &Route) -> bool {
    let hosts = |route: &Route| -> Vec<(String, bool, Option<u16>)> {
        route.hops.iter().map(|hop| (hop.host.clone(), hop.use_config, hop.port)).collect()
    };
    hosts(before) != hosts(now)
}

fn free_route_name(name: &str, routes: &[Route]) -> String {
    let taken = |name: &str| routes.iter().any(|route| route.name == name);
    let numbered = (2..).map(|number| format!("{name} ({number})"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_else(|| name.to_owned())
}
