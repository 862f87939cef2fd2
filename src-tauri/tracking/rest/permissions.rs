//! What the user may do with a registered model, asked of MLflow's own sign-in (`--app-name basic-auth`).
//!
//! Up to 3.12 a user reads the permissions that were given to him, and not the server's default for all others: where
//! none was given, it is not known. From 3.13 on the server says what counts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header;
use serde::Deserialize;

use crate::entities::ModelPermission;
use crate::tracking::{Result, StoreError};

use super::client::{Call, Client};
use super::wire::{Text, list};

#[derive(Deserialize)]
struct Effective {
    #[serde(default)]
    permission: Text,
}

#[derive(Deserialize)]
struct Current {
    user: WireUser,
}

#[derive(Deserialize)]
struct WireUser {
    #[serde(default)]
    is_admin: bool,
    #[serde(default, deserialize_with = "list")]
    registered_model_permissions: Vec<Given>,
}

#[derive(Deserialize)]
struct Given {
    #[serde(default)]
    name: Text,
    #[serde(default)]
    permission: Text,
}

/// None where the server does not say: it has no users, or another sign-in than MLflow's.
pub async fn of_model(client: &Client, name: &str) -> Result<Option<ModelPermission>> {
    let Some(username) = username(client) else { return Ok(None) };
    let answer = match effective(client, &username, name).await {
        Err(StoreError::NoSuchEndpoint { .. }) => given(client, &username, name).await,
        answer => answer,
    };
    match answer {
        Err(StoreError::NoSuchEndpoint { .. } | StoreError::NotFound { .. } | StoreError::Forbidden { .. }) => Ok(None),
        answer => answer,
    }
}

/// From 3.13 on.
async fn effective(client: &Client, username: &str, name: &str) -> Result<Option<ModelPermission>> {
    let call = Call::get("api/3.0/mlflow/users/permissions/get")
        .query("username", username)
        .query("resource_type", "registered_model")
        .query("resource_id", name);
    let said: Effective = client.ask(call).await?;
    let permission = ModelPermission::from_mlflow(&said.permission.0);
    if permission == Some(ModelPermission::Manage) {
        return Ok(permission);
    }
    // An administrator may do everything, whatever was given to him.
    let current: Current = client.ask(Call::get("api/2.0/mlflow/users/current")).await?;
    Ok(if current.user.is_admin { Some(ModelPermission::Manage) } else { permission })
}

/// Up to 3.12.
async fn given(client: &Client, username: &str, name: &str) -> Result<Option<ModelPermission>> {
    let call = Call::get("api/2.0/mlflow/users/get").query("username", username);
    let Current { user } = client.ask(call).await?;
    if user.is_admin {
        return Ok(Some(ModelPermission::Manage));
    }
    let own = user.registered_model_permissions.into_iter().find(|given| given.name.0 == name);
    Ok(own.and_then(|given| ModelPermission::from_mlflow(&given.permission.0)))
}

/// The name that the profile signs in with, where that is one.
fn username(client: &Client) -> Option<String> {
    let value = client.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let both = STANDARD.decode(value.strip_prefix("Basic ")?.trim()).ok()?;
    let (username, _) = std::str::from_utf8(&both).ok()?.split_once(':')?;
    Some(username.to_owned())
}
