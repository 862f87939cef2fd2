//! SSH routes, and the hosts that they can lead through: what the ssh_config says of them, and how one is forgotten.

use serde::Serialize;
use specta::Type;

use super::App;
use crate::change::Change;
use crate::connect::{Hop, Route};
use crate::error::{AppError, Code, Result};
use ssh_config::config::{self, ConfigFiles, ShownLine};
use ssh_config::known_hosts::{self, HostName};

/// What a hop comes to, with the place of every value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ResolvedHop {
    pub lines: Vec<ShownLine>,
    /// What in the config files is not understood or not supported, with its place.
    pub problems: Vec<String>,
}

/// A host that the ssh_config names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Alias {
    pub name: String,
    /// Whom and where it stands for, and the line that says so: `ana@10.2.0.7, ~/.ssh/config:14`.
    pub words: String,
}

impl From<config::Alias> for Alias {
    fn from(alias: config::Alias) -> Self {
        let host = alias.host_name.unwrap_or_else(|| alias.name.clone());
        let whom = alias.user.map_or_else(String::new, |user| format!("{user}@"));
        Self { words: format!("{whom}{host}, {}", alias.place), name: alias.name }
    }
}

impl App {
    /// Saves a route; connections that use it are closed. Where its hosts are others, the secrets of the
    /// profiles that use it stay behind.
    pub async fn save_route(&self, mut route: Route) -> Result<Route> {
        if route.id.is_empty() {
            route.id = uuid::Uuid::new_v4().to_string();
        }
        route.name = route.name.trim().to_owned();
        for hop in &mut route.hops {
            hop.host = hop.host.trim().to_owned();
            for text in [&mut hop.user, &mut hop.identity_file, &mut hop.certificate_file, &mut hop.agent] {
                *text = text.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
            }
        }
        let before = self.settings.routes().await?.into_iter().find(|before| before.id == route.id);
        let moved = before.is_some_and(|before| before.leads_elsewhere(&route));
        let mut users = self.settings.profiles().await?;
        users.retain(|profile| profile.server.route_id.as_ref() == Some(&route.id));
        for profile in users.iter().filter(|_| moved) {
            self.forget_secrets(&profile.id, profile.secret_names()).await;
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

    /// Takes the keys of a host out of Podium's own known hosts, so that the next connection shows the key it
    /// meets and asks. `host` is the `changed_host` of a step: `bastion.corp`,
    /// `[bastion.corp]:2222`. Answers with what was forgotten, each `ssh-ed25519 SHA256:…`. The files of
    /// OpenSSH are never written: [`Code::NotFound`] says what to do about a key that is known from there.
    pub async fn forget_host(&self, host: &str) -> Result<Vec<String>> {
        let bracketed = host.strip_prefix('[').and_then(|rest| rest.rsplit_once("]:"));
        let with_port = bracketed.and_then(|(name, port)| Some(HostName::new(name, port.parse().ok()?)));
        let name = with_port.unwrap_or_else(|| HostName::new(host, 22));
        let file = self.connect_context.known_hosts();
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
        let aliases = super::blocking(|| config::aliases(&ConfigFiles::of_this_user())).await?;
        Ok(aliases.into_iter().map(Alias::from).collect())
    }

    /// What a hop comes to, and what in the config files is in doubt.
    pub async fn resolve_hop(&self, hop: Hop) -> Result<ResolvedHop> {
        let resolved = super::blocking(move || config::resolve(&ConfigFiles::of_this_user(), &hop)).await?;
        let resolved = resolved.map_err(|error| AppError::new(Code::Refused, error.to_string()))?;
        let problems = resolved.problems.iter().map(|(place, what)| format!("{place}: {what}")).collect();
        Ok(ResolvedHop { lines: config::shown(&resolved), problems })
    }
}
