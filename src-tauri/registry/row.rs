//! What is said of a registered model without a look at its runs.

use serde::Serialize;
use specta::Type;

use crate::cache::{ListedModel, ListedVersion};
use crate::entities::{ModelAlias, Tag, tag_value};
use crate::promotion::gates_tag;

/// A tag of a registered model: the key of the metric that decides, if its team chose one.
pub const METRIC_TAG: &str = "podium.metric";
/// Who may be named as owner by a tag of the model.
const OWNER_TAGS: [&str; 5] = ["owner", "author", "mlflow.user", "created_by", "registered_by"];
/// Of a longer description only the beginning is sent: it is one line of a table.
const LONGEST_DESCRIPTION: usize = 300;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RegistryModel {
    pub name: String,
    pub description: String,
    /// Champion, challenger, then the others by name.
    pub aliases: Vec<ModelAlias>,
    /// Without those that MLflow and this app keep there.
    pub tags: Vec<Tag>,
    /// Versions that are known: none before the first sync of them.
    pub version_count: u32,
    pub newest: Option<NewestVersion>,
    pub owner: Option<ModelOwner>,
    pub creation_time_ms: Option<i64>,
    pub last_updated_time_ms: Option<i64>,
    /// The key of the metric that decides, if its team chose one.
    pub chosen_metric: Option<String>,
    /// The team has rules for its champion.
    pub has_gates: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NewestVersion {
    pub version: String,
    pub creation_time_ms: Option<i64>,
    /// Who registered it, where the server says so.
    pub by: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelOwner {
    pub name: String,
    pub according_to: OwnerSource,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum OwnerSource {
    /// A tag of the model.
    Tag,
    /// Who registered its first version.
    FirstVersion,
    /// Who registered its newest version.
    NewestVersion,
}

impl RegistryModel {
    /// The alias of this name, in whatever case.
    pub fn holder(&self, alias: &str) -> Option<&ModelAlias> {
        ModelAlias::find(&self.aliases, alias)
    }
}

impl From<ListedModel> for RegistryModel {
    fn from(ListedModel { model, version_count, newest, oldest }: ListedModel) -> Self {
        let owner = owner(&model.tags, oldest.as_ref(), newest.as_ref());
        let mut aliases = model.aliases;
        aliases.sort_by_cached_key(|held| {
            let lower = held.alias.to_lowercase();
            let place = ["champion", "challenger"].iter().position(|first| *first == lower);
            (place.unwrap_or(usize::MAX), lower, held.alias.clone())
        });
        let champion = ModelAlias::find(&aliases, "champion").map_or("champion", |held| held.alias.as_str());
        let has_gates = tag_value(&model.tags, &gates_tag(champion)).is_some_and(|rules| !rules.trim().is_empty());
        let chosen_metric = tag_value(&model.tags, METRIC_TAG).map(str::to_owned);
        let is_own = |tag: &Tag| !tag.key.starts_with("mlflow.") && !tag.key.starts_with("podium.");
        Self {
            name: model.name,
            description: model.description.chars().take(LONGEST_DESCRIPTION).collect(),
            aliases,
            tags: model.tags.into_iter().filter(is_own).collect(),
            version_count,
            newest: newest.map(|newest| NewestVersion {
                by: known(&newest.user_id).map(str::to_owned),
                version: newest.version,
                creation_time_ms: newest.creation_time_ms,
            }),
            owner,
            creation_time_ms: model.creation_time_ms,
            last_updated_time_ms: model.last_updated_time_ms,
            chosen_metric,
            has_gates,
        }
    }
}

fn owner(tags: &[Tag], oldest: Option<&ListedVersion>, newest: Option<&ListedVersion>) -> Option<ModelOwner> {
    let of = |name: &str, according_to| ModelOwner { name: name.to_owned(), according_to };
    let tagged = OWNER_TAGS.iter().filter_map(|key| known(tag_value(tags, key)?)).next();
    let by = |version: Option<&ListedVersion>, according_to| {
        version.and_then(|version| known(&version.user_id)).map(|name| of(name, according_to))
    };
    tagged
        .map(|name| of(name, OwnerSource::Tag))
        .or_else(|| by(oldest, OwnerSource::FirstVersion))
        .or_else(|| by(newest, OwnerSource::NewestVersion))
}

/// MLflow writes "unknown" where it was not told.
fn known(name: &str) -> Option<&str> {
    Some(name.trim()).filter(|name| !name.is_empty() && *name != "unknown")
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::entities::RegisteredModel;

    pub fn listed(name: &str, aliases: &[(&str, &str)], tags: &[(&str, &str)]) -> ListedModel {
        let version = |version: &str, user_id: &str| ListedVersion {
            version: version.to_owned(),
            user_id: user_id.to_owned(),
            creation_time_ms: Some(5),
        };
        ListedModel {
            model: RegisteredModel {
                name: name.to_owned(),
                description: String::new(),
                creation_time_ms: Some(1),
                last_updated_time_ms: Some(2),
                tags: tags.iter().map(|(key, value)| Tag::new(*key, *value)).collect(),
                aliases: aliases
                    .iter()
                    .map(|(alias, version)| ModelAlias { alias: (*alias).to_owned(), version: (*version).to_owned() })
                    .collect(),
            },
            version_count: 9,
            newest: Some(version("9", "bo")),
            oldest: Some(version("1", "unknown")),
        }
    }

    #[test]
    fn the_champion_comes_first_in_whatever_case_and_tags_of_ours_are_left_out() {
        let aliases = [("shadow", "3"), ("challenger", "2"), ("Champion", "1"), ("canary", "4")];
        let row: RegistryModel =
            listed("m", &aliases, &[("podium.gates.champion", "x"), ("team", "crm"), ("mlflow.a", "b")]).into();
        let names: Vec<&str> = row.aliases.iter().map(|held| held.alias.as_str()).collect();
        assert_eq!(names, ["Champion", "challenger", "canary", "shadow"]);
        assert_eq!(row.tags, [Tag::new("team", "crm")]);
        assert_eq!(row.holder("champion").map(|held| held.version.as_str()), Some("1"));
        assert_eq!(row.holder("staging"), None);
    }

    #[test]
    fn the_owner_is_whom_a_tag_names_then_who_registered_the_first_version_whose_author_is_known() {
        let owner = |tags: &[(&str, &str)]| RegistryModel::from(listed("m", &[], tags)).owner;
        let tagged = ModelOwner { name: "ana".to_owned(), according_to: OwnerSource::Tag };
        assert_eq!(owner(&[("owner", " ana ")]), Some(tagged));
        let registered = ModelOwner { name: "bo".to_owned(), according_to: OwnerSource::NewestVersion };
        assert_eq!(owner(&[("owner", "")]), Some(registered));
    }
}
