//! Prompts, which MLflow keeps as registered models with a tag. They are told apart from models everywhere, listed by
//! themselves, and read from the server when they are looked at: nothing of them is cached.

use serde::Serialize;
use specta::Type;

use super::App;
use crate::entities::{ModelAlias, ModelVersion, RegisteredModel, Tag, tag_value};
use crate::error::Result;
use crate::tracking::Page;

const TEXT_TAG: &str = "mlflow.prompt.text";
/// No more prompts, and no more versions of one, are asked for.
const MOST: usize = 2_000;

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PromptList {
    /// By name.
    pub prompts: Vec<RegisteredModel>,
    /// Whether these are all.
    pub is_whole: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PromptVersions {
    /// Newest first.
    pub versions: Vec<PromptVersion>,
    pub aliases: Vec<ModelAlias>,
    pub is_whole: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PromptVersion {
    pub version: String,
    /// The prompt itself; for a chat its messages as JSON. None where the server has none.
    pub text: Option<String>,
    /// What was said of it as it was registered.
    pub description: String,
    pub creation_time_ms: Option<i64>,
    pub by: Option<String>,
    /// Those of people.
    pub tags: Vec<Tag>,
}

impl App {
    /// All prompts, read from the server this moment.
    pub async fn prompts(&self, profile_id: &str) -> Result<PromptList> {
        let store = self.connection(profile_id).await?.store()?;
        let mut prompts: Vec<RegisteredModel> = Vec::new();
        let mut token: Option<String> = None;
        let is_whole = loop {
            let Page { items, next_page_token } = store.search_prompts(token.as_deref()).await?;
            prompts.extend(items);
            token = next_page_token;
            if token.is_none() || prompts.len() >= MOST {
                break token.is_none();
            }
        };
        prompts.sort_by_cached_key(|prompt| (prompt.name.to_lowercase(), prompt.name.clone()));
        for prompt in &mut prompts {
            prompt.tags.retain(is_of_people);
        }
        Ok(PromptList { prompts, is_whole })
    }

    /// The versions of a prompt with their texts, read from the server this moment.
    pub async fn prompt_versions(&self, profile_id: &str, name: &str) -> Result<PromptVersions> {
        let store = self.connection(profile_id).await?.store()?;
        let aliases = store.get_registered_model(name).await?.aliases;
        let mut versions: Vec<PromptVersion> = Vec::new();
        let mut token: Option<String> = None;
        let is_whole = loop {
            let Page { items, next_page_token } = store.search_prompt_versions(name, token.as_deref()).await?;
            versions.extend(items.into_iter().map(PromptVersion::from));
            token = next_page_token;
            if token.is_none() || versions.len() >= MOST {
                break token.is_none();
            }
        };
        Ok(PromptVersions { versions, aliases, is_whole })
    }
}

impl From<ModelVersion> for PromptVersion {
    fn from(mut version: ModelVersion) -> Self {
        let text = tag_value(&version.tags, TEXT_TAG).map(str::to_owned);
        version.tags.retain(is_of_people);
        Self {
            version: version.version,
            text,
            description: version.description,
            creation_time_ms: version.creation_time_ms,
            by: Some(version.user_id).filter(|by| !by.is_empty() && by != "unknown"),
            tags: version.tags,
        }
    }
}

fn is_of_people(tag: &Tag) -> bool {
    !tag.key.starts_with("mlflow.") && !tag.key.starts_with("_mlflow")
}
