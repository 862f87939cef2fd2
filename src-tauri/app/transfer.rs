//! Profiles handed on as a text, and taken over from one.

use std::path::PathBuf;

use super::App;
use crate::artifacts;
use crate::change::Change;
use crate::connect::{Profile, transfer};
use crate::error::{AppError, Code, Result};

impl App {
    /// The named profiles as a text without secrets; all of them where none is named.
    pub async fn export_profiles(&self, profile_ids: &[String]) -> Result<String> {
        let mut profiles = self.settings.profiles().await?;
        if !profile_ids.is_empty() {
            profiles.retain(|profile| profile_ids.contains(&profile.id));
        }
        Ok(transfer::export(&profiles, &self.settings.routes().await?))
    }

    /// Saves what [`App::export_profiles`] answers where `choose`, which is given a file name, says. Answers with the
    /// path, or nothing where `choose` did.
    pub async fn save_export<C: Future<Output = Result<Option<PathBuf>>>>(
        &self,
        profile_ids: &[String],
        choose: impl FnOnce(String) -> C,
    ) -> Result<Option<PathBuf>> {
        let text = self.export_profiles(profile_ids).await?;
        let Some(target) = choose("podium-profiles.json".to_owned()).await? else { return Ok(None) };
        artifacts::save_bytes(text.as_bytes(), &target).await?;
        Ok(Some(target))
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
                profile.checked().map_err(|refusal| format!("“{name}”: {} Nothing was imported.", refusal.words))
            })
            .collect();
        let checked = checked.map_err(|words| AppError::new(Code::Refused, words))?;
        let mut routes = import.routes;
        routes.retain(|route| checked.iter().any(|profile| profile.server.route_id.as_ref() == Some(&route.id)));
        let is_led_elsewhere = |route_id: &String| {
            routes.iter().any(|route| &route.id == route_id) && import.moved_route_ids.contains(route_id)
        };
        // Before anything can be sent to the new place. Other profiles that use a changed route lead elsewhere now, too.
        for known in self.settings.profiles().await? {
            let now = checked.iter().find(|profile| profile.id == known.id);
            let moved = now.is_some_and(|now| import.moved_ids.contains(&now.id))
                || known.server.route_id.as_ref().is_some_and(is_led_elsewhere);
            let mut names = known.secret_names();
            names.retain(|name| moved || now.is_some_and(|now| !now.secret_names().contains(name)));
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
}
