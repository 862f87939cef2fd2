//! Profiles: saved, duplicated, ordered, deleted.

use secrecy::SecretString;

use super::App;
use crate::change::Change;
use crate::connect::secrets::Slot;
use crate::connect::{Auth, Profile, ProfileKind, suggest};
use crate::error::Result;

impl App {
    /// Saves a profile; an empty id is a new one. A name and password in the address become the
    /// sign-in. An open connection of it is closed, so that the next read opens it the new way. A pin
    /// and every secret stay behind with the server they were for, and so does a secret that the profile
    /// no longer speaks of.
    pub async fn save_profile(&self, mut profile: Profile) -> Result<Profile> {
        let password = take_sign_in(&mut profile);
        let mut profile = profile.checked()?;
        if let Some(route_id) = &profile.server.route_id {
            self.settings.route(route_id).await?;
        }
        if profile.id.is_empty() {
            profile.id = uuid::Uuid::new_v4().to_string();
        }
        let before = self.settings.profiles().await?.into_iter().find(|before| before.id == profile.id);
        let mut gone = Vec::new();
        if let Some(before) = &before {
            let moved = before.leads_elsewhere(&profile);
            if moved && before.server.tls.pin == profile.server.tls.pin {
                profile.server.tls.pin = None;
            }
            gone = before.secret_names();
            gone.retain(|name| moved || !profile.secret_names().contains(name));
        }
        // First, so that nothing of the old place is there to be sent to the new one.
        self.forget_secrets(&profile.id, gone).await;
        self.settings.save_profile(&profile).await?;
        self.close(&profile.id).await;
        self.tell(Change::Profiles);
        if let Some(password) = password {
            self.hold_secret(&profile, "password", password).await;
        }
        Ok(profile)
    }

    /// A copy with a name of its own, beside the original and without its secrets.
    pub async fn duplicate_profile(&self, profile_id: &str) -> Result<Profile> {
        let profiles = self.settings.profiles().await?;
        let original = self.settings.profile(profile_id).await?;
        let copy =
            Profile { id: uuid::Uuid::new_v4().to_string(), name: free_name(&original.name, &profiles), ..original };
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
        // From here on it cannot be opened any more.
        self.close(profile_id).await;
        self.tell(Change::Profiles);
        self.forget_secrets(profile_id, profile.secret_names()).await;
        self.colors.forget(profile_id).await;
        self.cache.forget(profile_id).await?;
        Ok(())
    }

    /// A keyring that cannot be asked is no reason to keep a profile.
    pub(super) async fn forget_secrets(&self, profile_id: &str, names: Vec<String>) {
        let slots: Vec<Slot> = names.iter().map(|name| Slot::profile(profile_id, name)).collect();
        if let Err(error) = self.connect_context.vault.forget_owner(&slots).await {
            tracing::warn!(%error, "a secret of a profile may still be in the keyring");
        }
    }
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

/// `name`, or where a profile has it already `name (2)` and so on.
pub(super) fn free_name(name: &str, profiles: &[Profile]) -> String {
    let taken = |name: &str| profiles.iter().any(|profile| profile.name == name);
    if !taken(name) {
        return name.to_owned();
    }
    (2..).map(|number| format!("{name} ({number})")).find(|name| !taken(name)).unwrap_or_else(|| name.to_owned())
}
