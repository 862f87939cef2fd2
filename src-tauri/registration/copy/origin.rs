//! Where a copy came from, as tags of the new version say it.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::entities::Tag;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CopyOrigin {
    /// Of the server or database, as its profile has it.
    pub address: String,
    pub model: String,
    pub version: String,
    pub run_id: Option<String>,
}

impl CopyOrigin {
    /// `digest` is that of all files, where they were copied.
    pub fn tags(&self, digest: Option<&str>) -> Vec<Tag> {
        let mut tags = vec![
            Tag::new("podium.origin_server", &*self.address),
            Tag::new("podium.origin_model", &*self.model),
            Tag::new("podium.origin_version", &*self.version),
        ];
        tags.extend(self.run_id.as_ref().map(|id| Tag::new("podium.origin_run", id)));
        tags.extend(digest.map(|digest| Tag::new("podium.origin_digest", digest)));
        tags
    }
}

/// The tags that go along: those of the team. What Podium and MLflow wrote is of the version that it was written on,
/// and so is what others approved.
pub fn copied_tags(tags: &[Tag]) -> Vec<Tag> {
    let stays = |key: &str| key.starts_with("podium.") || key.starts_with("mlflow.") || key.starts_with("approval_");
    tags.iter().filter(|tag| !stays(&tag.key)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_the_team_go_along_and_records_do_not() {
        let tags = ["team", "podium.reason", "mlflow.x", "approval_status", "validation_status"];
        let tags: Vec<Tag> = tags.iter().map(|key| Tag::new(*key, "v")).collect();
        let kept: Vec<_> = copied_tags(&tags).into_iter().map(|tag| tag.key).collect();
        assert_eq!(kept, ["team", "validation_status"]);
    }
}
