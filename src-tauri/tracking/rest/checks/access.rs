//! What we may do with a server, and in which workspace.

use serde::Deserialize;

use crate::tracking::rest::client::{Call, Client};
use crate::tracking::rest::{experiments, models};

use super::{Finding, ServerChecks};

/// Of MLflow's own sign-in (`--app-name basic-auth`); other ones say nothing like it.
#[derive(Deserialize)]
struct CurrentUser {
    user: User,
}

#[derive(Deserialize)]
struct User {
    #[serde(default)]
    is_admin: bool,
    /// Until 3.x had roles, what was granted stood here.
    #[serde(default)]
    experiment_permissions: Vec<Grant>,
    #[serde(default)]
    registered_model_permissions: Vec<Grant>,
}

#[derive(Deserialize)]
struct Grants {
    #[serde(default)]
    permissions: Vec<Grant>,
}

#[derive(Deserialize)]
struct Grant {
    #[serde(default)]
    permission: String,
    #[serde(default)]
    resource_type: String,
}

#[derive(Deserialize)]
struct Workspaces {
    #[serde(default)]
    workspaces: Vec<Workspace>,
}

#[derive(Deserialize)]
struct Workspace {
    #[serde(default)]
    name: String,
}

impl ServerChecks {
    /// What may be read and, where the server says so, what may be changed.
    pub async fn permissions(&self) -> Finding {
        let client = self.inside();
        if let Err(error) = experiments::search(&client, None).await {
            return Finding::failed(&error);
        }
        let reads = match models::search(&client, None).await {
            Ok(_) => "reads experiments and models",
            Err(_) => "reads experiments, but not models",
        };
        let user = match client.ask::<CurrentUser>(Call::get("api/2.0/mlflow/users/current")).await {
            Ok(current) => Some(current.user),
            // Since 3.x; before, one had to know one's name.
            Err(_) => match self.username() {
                Some(name) => {
                    let call = Call::get("api/2.0/mlflow/users/get").query("username", name);
                    client.ask::<CurrentUser>(call).await.ok().map(|current| current.user)
                }
                None => None,
            },
        };
        match user {
            None => Finding::good(format!("{reads}; what may be changed shows when it is tried")),
            Some(user) if user.is_admin => Finding::good("reads and changes everything: an administrator"),
            Some(user) => {
                let (experiments, models) = may_change(&client, user).await;
                Finding::good(match (experiments, models) {
                    (0, 0) => {
                        format!("{reads}; was given no right to change any, beyond what is its own or everybody's")
                    }
                    _ => {
                        format!("{reads}; changes {} and {}", count(experiments, "experiment"), count(models, "model"))
                    }
                })
            }
        }
    }

    /// Whether the server has workspaces, and the one that is meant.
    pub async fn workspaces(&self) -> Finding {
        let on = self.info.as_ref().is_some_and(|info| info.workspaces_enabled);
        let chosen = self.workspace.as_deref();
        if !on {
            return match chosen {
                None => Finding::not_here("the server has none"),
                Some(name) => Finding::bad(
                    format!("the server has no workspaces, and the profile names “{name}”"),
                    "Take the workspace out of the profile.",
                ),
            };
        }
        let listed = self.client.ask::<Workspaces>(Call::get("api/3.0/mlflow/workspaces")).await;
        let names: Vec<String> = match listed {
            Ok(listed) => listed.workspaces.into_iter().map(|workspace| workspace.name).collect(),
            Err(error) => {
                return Finding::warn(
                    format!("they cannot be listed: {error}"),
                    "Ask the administrator of the server for their names.",
                );
            }
        };
        let shown = some_of(&names);
        match chosen {
            None => Finding::good(format!("the default one is used; there are: {shown}")),
            Some(name) if names.iter().any(|other| other == name) => Finding::good(format!("“{name}” is there")),
            Some(name) => Finding::bad(
                format!("there is no workspace “{name}”, or it may not be seen; there are: {shown}"),
                "Choose one of these in the profile.",
            ),
        }
    }
}

/// On how many experiments and models a right to change them was given.
async fn may_change(client: &Client, user: User) -> (usize, usize) {
    let granted = client.ask::<Grants>(Call::get("api/3.0/mlflow/users/current/permissions")).await;
    let changes = |grant: &&Grant| ["EDIT", "MANAGE"].contains(&grant.permission.as_str());
    match granted {
        Ok(Grants { permissions }) => {
            let of =
                |kind: &str| permissions.iter().filter(changes).filter(|grant| grant.resource_type == kind).count();
            (of("experiment"), of("registered_model"))
        }
        Err(_) => (
            user.experiment_permissions.iter().filter(changes).count(),
            user.registered_model_permissions.iter().filter(changes).count(),
        ),
    }
}

/// Names of workspaces, to choose the right one of.
fn some_of(names: &[String]) -> String {
    names.iter().take(20).map(|name| untrusted_text::name(name, 80)).collect::<Vec<_>>().join(", ")
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_workspace_looks_like_another() {
        let names = ["vision".to_owned(), "vi\u{200b}sion\u{202e}\n".to_owned(), "x".repeat(500)];
        assert_eq!(some_of(&names), format!("vision, vi\u{fffd}sion\u{fffd}\u{fffd}, {}…", "x".repeat(80)));
    }
}
