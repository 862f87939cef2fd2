//! What a connection asks of the user, the secrets it needs, and tests of it.

use secrecy::SecretString;
use serde::Deserialize;
use specta::Type;
use tauri::State;

use crate::app::{App, SecretInfo, TestReport};
use crate::connect::question::{Answer, Pending};
use crate::connect::secrets::KeyringState;
use crate::connect::{Keep, Profile, Route};
use crate::error::Result;

/// A secret on its way in. None ever goes out.
#[derive(Deserialize, Type)]
#[serde(transparent)]
#[specta(transparent)]
pub struct SecretText(#[specta(type = String)] SecretString);

/// What waits for an answer, oldest first.
#[tauri::command]
#[specta::specta]
pub async fn list_questions(app: State<'_, App>) -> Result<Vec<Pending>> {
    Ok(app.connect_context.questions.pending())
}

/// Answers a question; null is a no. One that is no longer asked is no matter.
#[tauri::command]
#[specta::specta]
pub async fn answer_question(app: State<'_, App>, id: u32, answer: Option<Answer>) -> Result<()> {
    app.connect_context.questions.answer(id, answer);
    Ok(())
}

/// The secrets that a profile speaks of, and whether they are kept. Their values never come here.
#[tauri::command]
#[specta::specta]
pub async fn list_secrets(app: State<'_, App>, profile_id: String) -> Result<Vec<SecretInfo>> {
    app.secrets(&profile_id).await
}

#[tauri::command]
#[specta::specta]
pub async fn set_secret(
    app: State<'_, App>,
    profile_id: String,
    name: String,
    value: SecretText,
    keep: Keep,
) -> Result<()> {
    app.replace_secret(&profile_id, &name, value.0, keep).await
}

#[tauri::command]
#[specta::specta]
pub async fn forget_secret(app: State<'_, App>, profile_id: String, name: String) -> Result<()> {
    app.forget_secret(&profile_id, &name).await
}

/// Whether the system's keyring can be used, in words; unlocks nothing.
#[tauri::command]
#[specta::specta]
pub async fn keyring_state(app: State<'_, App>) -> Result<KeyringState> {
    Ok(app.connect_context.vault.state().await)
}

/// Takes the keys of a host, the `changed_host` of a step, out of those that the user accepted here.
/// Answers with what was forgotten.
#[tauri::command]
#[specta::specta]
pub async fn forget_host(app: State<'_, App>, host: String) -> Result<Vec<String>> {
    app.forget_host(&host).await
}

/// Begins to test a connection step by step; both may be drafts. Answers with the number of the test.
#[tauri::command]
#[specta::specta]
pub async fn start_test(app: State<'_, App>, profile: Profile, route: Option<Route>) -> Result<u32> {
    app.start_test(profile, route).await
}

#[tauri::command]
#[specta::specta]
pub async fn read_test(app: State<'_, App>, id: u32) -> Result<TestReport> {
    app.read_test(id)
}

#[tauri::command]
#[specta::specta]
pub async fn stop_test(app: State<'_, App>, id: u32) -> Result<()> {
    app.stop_test(id);
    Ok(())
}
