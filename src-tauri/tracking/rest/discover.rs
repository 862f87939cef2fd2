//! Finds out what answers at an address: whether it is a tracking server at all, which, and what
//! it can do. Nothing is concluded from a name or a version that can be asked instead.

use http::HeaderValue;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::tracking::{Capabilities, Result, StoreError};

use super::client::{Api, Call, Client, WORKSPACE};
use super::experiments::{self, Found};
use super::logged_models;

/// What servers of 3.9 and later say of themselves to anyone.
#[derive(Debug, Clone, Deserialize)]
pub struct ServerInfo {
    pub store_type: String,
    /// Since 3.10.
    #[serde(default)]
    pub workspaces_enabled: bool,
    #[serde(default)]
    pub artifacts_presigned_only: bool,
}

pub const SERVER_INFO: &str = "api/3.0/mlflow/server-info";

/// Fails with what stands in the way: unreachable, a login, a refusal, or another program.
/// The client learns by which name this server knows its API, and to name the workspace.
pub async fn capabilities(client: &mut Client, workspace: Option<&str>) -> Result<Capabilities> {
    use StoreError::{HostRefused, NeedsUser, TimedOut, Unauthenticated, Unreachable, Untrusted};
    // The first question stands alone, so that an address where nothing listens fails once.
    let info = client.ask::<ServerInfo>(Call::get(SERVER_INFO)).await;
    // Nor is a password that was refused sent once more: accounts are locked for that.
    if let Err(
        error @ (Unreachable { .. }
        | TimedOut { .. }
        | Untrusted { .. }
        | NeedsUser { .. }
        | HostRefused { .. }
        | Unauthenticated { .. }),
    ) = info
    {
        return Err(error);
    }
    if let Some(name) = workspace {
        choose_workspace(client, name, &info)?;
    }
    let found = match client.ask::<Found>(experiments::question(1, None)).await {
        Err(error @ StoreError::NoSuchEndpoint { .. }) => {
            client.api = Api::Ajax;
            client.ask::<Found>(experiments::question(1, None)).await.map_err(|_| not_there(client, error))?
        }
        found => found.map_err(|error| not_there(client, error))?,
    };
    let (version, aliases, logged_models) = futures_util::join!(
        version(client),
        exists(
            client,
            // A model of this name need not exist: the server has to look for it to say so.
            Call::get("api/2.0/mlflow/registered-models/alias").query("name", "podium").query("alias", "champion"),
        ),
        exists(client, logged_models::question("m-0")),
    );
    // An empty object is a page without experiments, and also what another program may answer.
    if found.experiments.is_empty() && info.is_err() && version.is_none() {
        return Err(StoreError::NotMlflow {
            address: client.address.to_string(),
            reason: "its answer does not show that it is MLflow".to_owned(),
        });
    }
    let description = match (&version, &info) {
        (Some(version), _) => format!("MLflow {version}"),
        (None, Ok(info)) => format!("MLflow with a {}", untrusted_text::line(&info.store_type, 40)),
        (None, Err(_)) => "an MLflow server that does not say its version".to_owned(),
    };
    // Servers before 2.3, where aliases came, are read and never written to.
    Ok(Capabilities { description, version, aliases, logged_models, writable: aliases })
}

/// From here on every request is for this workspace.
pub fn choose_workspace(client: &mut Client, name: &str, info: &Result<ServerInfo>) -> Result<()> {
    match info {
        Ok(info) if info.workspaces_enabled => {}
        Ok(_)
        | Err(StoreError::Unsupported { .. } | StoreError::NoSuchEndpoint { .. } | StoreError::NotFound { .. }) => {
            return Err(StoreError::Unsupported {
                what: format!("the workspace “{name}”"),
                reason: format!("{} has no workspaces; the profile should name none", client.address),
            });
        }
        Err(error) => return Err(error.clone()),
    }
    let value = HeaderValue::from_str(name)
        .map_err(|_| StoreError::Refused { message: format!("“{name}” cannot be the name of a workspace") })?;
    client.headers.insert(WORKSPACE, value);
    Ok(())
}

/// The version, which stands below the prefix from 3.7 on and at the root before.
async fn version(client: &Client) -> Option<String> {
    let below = client.text(Call::get("version")).await.ok().and_then(|text| release(&text));
    match (below, client.address.root()) {
        (None, Some(root)) => client.at(root).text(Call::get("version")).await.ok().and_then(|text| release(&text)),
        (below, _) => below,
    }
}

/// A text that can only be a release number: `3.17.2`, `2.0.0rc0`, `3.19.0.dev0`.
fn release(text: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let mut parts = text.split('.');
    let numeric =
        |part: Option<&str>| part.is_some_and(|part| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit()));
    let plain = text.len() <= 40 && text.bytes().all(|c| c.is_ascii_alphanumeric() || b".+-_".contains(&c));
    (plain && numeric(parts.next()) && numeric(parts.next())).then(|| text.to_owned())
}

/// Whether the server has an endpoint: it has, if it answers in any way but that it has not.
async fn exists(client: &Client, call: Call<'_>) -> bool {
    use StoreError::{Forbidden, NotFound, Refused};
    matches!(client.ask::<IgnoredAny>(call).await, Ok(_) | Err(NotFound { .. } | Refused { .. } | Forbidden { .. }))
}

/// A server without the question that all of them answer is none, or stands elsewhere.
fn not_there(client: &Client, error: StoreError) -> StoreError {
    let address = client.address.to_string();
    match error {
        StoreError::NoSuchEndpoint { .. } => StoreError::NotMlflow {
            address,
            reason: "something answers there, but not MLflow's API; if the server has a --static-prefix, it belongs \
                     to the address"
                .to_owned(),
        },
        StoreError::BadAnswer { reason, .. } | StoreError::Refused { message: reason } => {
            StoreError::NotMlflow { address, reason }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_release_number_is_a_version() {
        for text in ["3.17.2", "2.22.5\n", "3.0.0rc1", "3.19.0.dev0", "2.1"] {
            assert_eq!(release(text.as_bytes()).as_deref(), Some(text.trim()));
        }
        for text in ["", "<html>", "3", "v3.1", "3.x", "10.0.0.1 is your address", "{\"version\":\"3.1\"}"] {
            assert_eq!(release(text.as_bytes()), None, "{text}");
        }
    }
}
