//! Profiles: list, add by typing a target, rename, delete, open.

use serde::Serialize;
use specta::Type;
use tauri::State;

use crate::app::App;
use crate::connect::{Connection, ConnectionState, Profile};
use crate::error::Result;

/// A profile and how its connection stands.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OpenProfile {
    pub profile: Profile,
    pub state: ConnectionState,
}

impl From<&Connection> for OpenProfile {
    fn from(connection: &Connection) -> Self {
        Self { profile: connection.profile().clone(), state: connection.state() }
    }
}

#[tauri::command]
#[specta::specta]
pub async fn list_profiles(app: State<'_, App>) -> Result<Vec<Profile>> {
    app.settings.profiles().await
}

/// Opens what `text` stands for: an address, an `mlflow.db`, a folder with one, `sample`, or the
/// name of a profile. A place that is new becomes a profile once it has answered; if it does not
/// answer, nothing is saved.
#[tauri::command]
#[specta::specta]
pub async fn open_target(app: State<'_, App>, text: String) -> Result<OpenProfile> {
    Ok(OpenProfile::from(&*app.open_target(&text).await?))
}

/// Opens a saved profile at once: what is cached can be read, and the connection is made behind.
#[tauri::command]
#[specta::specta]
pub async fn open_profile(app: State<'_, App>, profile_id: String) -> Result<OpenProfile> {
    Ok(OpenProfile::from(&*app.connection(&profile_id).await?))
}

/// Tries to connect again now.
#[tauri::command]
#[specta::specta]
pub async fn reconnect(app: State<'_, App>, profile_id: String) -> Result<()> {
    app.connection(&profile_id).await?.reconnect();
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub async fn rename_profile(app: State<'_, App>, profile_id: String, name: String) -> Result<()> {
    app.rename_profile(&profile_id, &name).await
}

/// Forgets the profile and everything cached for it. The source itself is not touched.
#[tauri::command]
#[specta::specta]
pub async fn delete_profile(app: State<'_, App>, profile_id: String) -> Result<()> {
    app.delete_profile(&profile_id).await
}
