//! What the window keeps, and how it was started.

use serde::Serialize;
use specta::Type;
use tauri::State;

use crate::app::App;
use crate::error::Result;

/// How this start of the app came about.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Launch {
    /// What was given on the command line; answered once, so that a reload does not repeat it.
    pub target: Option<String>,
    /// Sentences for the user about what had to be repaired at the start.
    pub notices: Vec<String>,
    pub version: String,
}

#[tauri::command]
#[specta::specta]
pub async fn launch(app: State<'_, App>) -> Result<Launch> {
    Ok(Launch {
        target: app.take_launch_target(),
        notices: app.notices().to_vec(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}

/// A value the window saved under `key`, as JSON text.
#[tauri::command]
#[specta::specta]
pub async fn get_value(app: State<'_, App>, key: String) -> Result<Option<String>> {
    app.settings.value(&key).await
}

#[tauri::command]
#[specta::specta]
pub async fn set_value(app: State<'_, App>, key: String, json: String) -> Result<()> {
    app.settings.set_value(&key, &json).await
}
