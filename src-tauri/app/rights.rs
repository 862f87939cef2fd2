//! What the user may do with a registered model, known before anything is tried.

use serde::Serialize;
use specta::Type;

use super::App;
use crate::connection::Connection;
use crate::entities::ModelPermission;
use crate::error::Result;
use crate::tracking::TrackingStore;

/// Both refusals are absent where the server does not say what the user may do: then it may be tried.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelRights {
    pub permission: Option<ModelPermission>,
    /// Why no alias, stage, tag or version can be set or made, in words for people.
    pub edit_refusal: Option<String>,
    /// Why nothing can be taken away.
    pub manage_refusal: Option<String>,
}

impl App {
    /// As far as the server can say it. Trouble in asking says nothing of the rights.
    pub async fn model_rights(&self, profile_id: &str, name: &str) -> Result<ModelRights> {
        let connection = self.connection(profile_id).await?;
        let Ok(store) = connection.store() else { return Ok(ModelRights::default()) };
        Ok(rights(&connection, &*store, name).await)
    }
}

pub(super) async fn rights(connection: &Connection, store: &dyn TrackingStore, name: &str) -> ModelRights {
    let permission = store.model_permission(name).await.unwrap_or_else(|error| {
        tracing::debug!(%error, "permissions could not be asked");
        None
    });
    of(permission, name, &super::writing::person(connection))
}

fn of(permission: Option<ModelPermission>, name: &str, user: &str) -> ModelRights {
    let lacks = |needed: ModelPermission, word: &str| {
        permission.filter(|permission| *permission < needed).map(|permission| {
            let has = match permission {
                ModelPermission::Nothing => "no permission",
                ModelPermission::Read => "only READ",
                ModelPermission::Edit | ModelPermission::Manage => "only EDIT",
            };
            format!("{user} has {has} on {name}; this needs {word}.")
        })
    };
    ModelRights {
        permission,
        edit_refusal: lacks(ModelPermission::Edit, "EDIT"),
        manage_refusal: lacks(ModelPermission::Manage, "MANAGE"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_may_be_tried_and_what_is_lacking_is_said() {
        assert_eq!(of(None, "churn", "ana"), ModelRights::default());
        let read = of(Some(ModelPermission::Read), "churn", "ana");
        assert_eq!(read.edit_refusal.as_deref(), Some("ana has only READ on churn; this needs EDIT."));
        let edit = of(Some(ModelPermission::Edit), "churn", "ana");
        assert_eq!(edit.edit_refusal, None);
        assert_eq!(edit.manage_refusal.as_deref(), Some("ana has only EDIT on churn; this needs MANAGE."));
        assert_eq!(of(Some(ModelPermission::Manage), "churn", "ana").manage_refusal, None);
        let nothing = of(Some(ModelPermission::Nothing), "churn", "ana");
        assert_eq!(nothing.edit_refusal.as_deref(), Some("ana has no permission on churn; this needs EDIT."));
    }
}
