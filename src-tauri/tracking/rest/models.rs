//! Registered models, their versions, aliases and tags on a tracking server.

use http::Method;
use serde::Deserialize;
use serde_json::json;

use crate::entities::{ModelAlias, ModelVersion, RegisteredModel, is_prompt};
use crate::tracking::{NewVersion, Page, Result};

use super::client::{Call, Client};
use super::page::page;
use super::wire::{Int, Text, WireTag, list, tags};

/// Models in a page; each brings its latest versions along, so fewer than the 1000 allowed.
const MODELS_PAGE: u32 = 200;
/// Versions in a page. Servers up to 2.1 take no notice and answer all of them.
const VERSIONS_PAGE: u32 = 1000;

/// A filter that lets prompts through and nothing else; without it, servers leave them out.
const PROMPTS: &str = "tags.`mlflow.prompt.is_prompt` = 'true'";

const MODELS: &str = "api/2.0/mlflow/registered-models";
const VERSIONS: &str = "api/2.0/mlflow/model-versions";

#[derive(Deserialize)]
struct FoundModels {
    #[serde(default, deserialize_with = "list")]
    registered_models: Vec<WireModel>,
    #[serde(default)]
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct OneModel {
    registered_model: WireModel,
}

#[derive(Deserialize)]
struct WireModel {
    #[serde(default)]
    name: Text,
    #[serde(default)]
    description: Text,
    #[serde(default)]
    creation_timestamp: Int,
    #[serde(default)]
    last_updated_timestamp: Int,
    #[serde(default, deserialize_with = "list")]
    tags: Vec<WireTag>,
    #[serde(default, deserialize_with = "list")]
    aliases: Vec<WireAlias>,
}

#[derive(Deserialize)]
struct WireAlias {
    #[serde(default)]
    alias: Text,
    #[serde(default)]
    version: Text,
}

#[derive(Deserialize)]
struct FoundVersions {
    #[serde(default, deserialize_with = "list")]
    model_versions: Vec<WireVersion>,
    #[serde(default)]
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct OneVersion {
    model_version: WireVersion,
}

#[derive(Deserialize)]
struct WireVersion {
    #[serde(default)]
    name: Text,
    #[serde(default)]
    version: Text,
    #[serde(default)]
    description: Text,
    #[serde(default)]
    creation_timestamp: Int,
    #[serde(default)]
    last_updated_timestamp: Int,
    #[serde(default)]
    user_id: Text,
    #[serde(default)]
    current_stage: Text,
    #[serde(default)]
    source: Text,
    #[serde(default)]
    run_id: Text,
    #[serde(default)]
    model_id: Text,
    #[serde(default)]
    status: Text,
    #[serde(default)]
    status_message: Text,
    #[serde(default, deserialize_with = "list")]
    tags: Vec<WireTag>,
}

pub async fn search(client: &Client, page_token: Option<&str>) -> Result<Page<RegisteredModel>> {
    let call =
        Call::get(format!("{MODELS}/search")).query("max_results", MODELS_PAGE.to_string()).page_token(page_token);
    let found: FoundModels = client.ask(call).await?;
    // Servers leave prompts out by themselves from 2.21 on, where they came into being; a
    // look-alike may not.
    let models = found.registered_models.into_iter().map(RegisteredModel::from).filter(|model| !is_prompt(&model.tags));
    page(&client.address, models.collect(), found.next_page_token, page_token)
}

pub async fn search_prompts(client: &Client, page_token: Option<&str>) -> Result<Page<RegisteredModel>> {
    let call = Call::get(format!("{MODELS}/search"))
        .query("filter", PROMPTS)
        .query("max_results", MODELS_PAGE.to_string())
        .page_token(page_token);
    let found: FoundModels = client.ask(call).await?;
    let models = found.registered_models.into_iter().map(RegisteredModel::from).filter(|model| is_prompt(&model.tags));
    page(&client.address, models.collect(), found.next_page_token, page_token)
}

pub async fn search_prompt_versions(
    client: &Client,
    name: &str,
    page_token: Option<&str>,
) -> Result<Page<ModelVersion>> {
    search_versions_where(client, name, &format!("{} AND {PROMPTS}", named(name)), page_token).await
}

pub async fn get(client: &Client, name: &str) -> Result<RegisteredModel> {
    let one: OneModel = client.ask(Call::get(format!("{MODELS}/get")).query("name", name)).await?;
    Ok(one.registered_model.into())
}

pub async fn search_versions(client: &Client, name: &str, page_token: Option<&str>) -> Result<Page<ModelVersion>> {
    search_versions_where(client, name, &named(name), page_token).await
}

async fn search_versions_where(
    client: &Client,
    name: &str,
    filter: &str,
    page_token: Option<&str>,
) -> Result<Page<ModelVersion>> {
    let call = Call::get(format!("{VERSIONS}/search"))
        .query("filter", filter)
        .query("max_results", VERSIONS_PAGE.to_string())
        .query("order_by", "version_number DESC")
        .page_token(page_token);
    let found: FoundVersions = client.ask(call).await?;
    // Some databases compare the name without regard to case, and a pattern finds other names too.
    let versions = found.model_versions.into_iter().map(ModelVersion::from).filter(|version| version.name == name);
    let mut versions: Vec<ModelVersion> = versions.collect();
    // Servers that know no order_by for versions answer all of them at once.
    versions.sort_by_key(|version| std::cmp::Reverse(version.version.parse::<u64>().unwrap_or_default()));
    page(&client.address, versions, found.next_page_token, page_token)
}

pub async fn search_all_versions(client: &Client, page_token: Option<&str>) -> Result<Page<ModelVersion>> {
    let call = Call::get(format!("{VERSIONS}/search"))
        .query("max_results", VERSIONS_PAGE.to_string())
        .query("order_by", "last_updated_timestamp DESC")
        .page_token(page_token);
    let found: FoundVersions = client.ask(call).await?;
    let versions = found.model_versions.into_iter().map(ModelVersion::from);
    let versions = versions.filter(|version| !is_prompt(&version.tags)).collect();
    page(&client.address, versions, found.next_page_token, page_token)
}

pub async fn get_version(client: &Client, name: &str, version: &str) -> Result<ModelVersion> {
    let call = Call::get(format!("{VERSIONS}/get")).query("name", name).query("version", version);
    let one: OneVersion = client.ask(call).await?;
    Ok(one.model_version.into())
}

pub async fn create(client: &Client, name: &str, description: &str) -> Result<()> {
    let body = json!({ "name": name, "description": description });
    client.command(Call::command(Method::POST, &format!("{MODELS}/create"), &body)).await
}

pub async fn create_version(client: &Client, name: &str, new: &NewVersion) -> Result<ModelVersion> {
    let mut body = json!({ "name": name, "source": new.source, "description": new.description, "tags": new.tags });
    // An id that is empty is not one that is absent: servers from 3.16 on refuse it.
    for (key, id) in [("run_id", &new.run_id), ("model_id", &new.model_id)] {
        if let Some(id) = id {
            body[key] = json!(id);
        }
    }
    let one: OneVersion = client.ask(Call::command(Method::POST, &format!("{VERSIONS}/create"), &body)).await?;
    Ok(one.model_version.into())
}

pub async fn set_stage(client: &Client, name: &str, version: &str, stage: &str, archive_others: bool) -> Result<()> {
    let body = json!({ "name": name, "version": version, "stage": stage, "archive_existing_versions": archive_others });
    client.command(Call::command(Method::POST, &format!("{VERSIONS}/transition-stage"), &body)).await
}

pub async fn set_alias(client: &Client, name: &str, alias: &str, version: &str) -> Result<()> {
    let body = json!({ "name": name, "alias": alias, "version": version });
    client.command(Call::command(Method::POST, &format!("{MODELS}/alias"), &body)).await
}

pub async fn delete_alias(client: &Client, name: &str, alias: &str) -> Result<()> {
    let body = json!({ "name": name, "alias": alias });
    client.command(Call::command(Method::DELETE, &format!("{MODELS}/alias"), &body)).await
}

pub async fn describe(client: &Client, name: &str, description: &str) -> Result<()> {
    let body = json!({ "name": name, "description": description });
    client.command(Call::command(Method::PATCH, &format!("{MODELS}/update"), &body)).await
}

pub async fn describe_version(client: &Client, name: &str, version: &str, description: &str) -> Result<()> {
    let body = json!({ "name": name, "version": version, "description": description });
    client.command(Call::command(Method::PATCH, &format!("{VERSIONS}/update"), &body)).await
}

pub async fn set_tag(client: &Client, name: &str, key: &str, value: &str) -> Result<()> {
    let body = json!({ "name": name, "key": key, "value": value });
    client.command(Call::command(Method::POST, &format!("{MODELS}/set-tag"), &body)).await
}

pub async fn delete_tag(client: &Client, name: &str, key: &str) -> Result<()> {
    let body = json!({ "name": name, "key": key });
    client.command(Call::command(Method::DELETE, &format!("{MODELS}/delete-tag"), &body)).await
}

pub async fn set_version_tag(client: &Client, name: &str, version: &str, key: &str, value: &str) -> Result<()> {
    let body = json!({ "name": name, "version": version, "key": key, "value": value });
    client.command(Call::command(Method::POST, &format!("{VERSIONS}/set-tag"), &body)).await
}

pub async fn delete_version_tag(client: &Client, name: &str, version: &str, key: &str) -> Result<()> {
    let body = json!({ "name": name, "version": version, "key": key });
    client.command(Call::command(Method::DELETE, &format!("{VERSIONS}/delete-tag"), &body)).await
}

/// A filter that lets the versions of `name` through. The filter language has two quotation marks and no way to escape
/// one: a name with both is asked for as a pattern, in which `_` is any character.
fn named(name: &str) -> String {
    match (name.contains('\''), name.contains('"')) {
        (false, _) => format!("name = '{name}'"),
        (true, false) => format!("name = \"{name}\""),
        // Some databases read a backslash in a pattern as a mark of their own.
        (true, true) => format!("name LIKE '{}'", name.replace(['\'', '"', '\\'], "_")),
    }
}

impl From<WireModel> for RegisteredModel {
    fn from(wire: WireModel) -> Self {
        let aliases = wire.aliases.into_iter().map(|wire| ModelAlias { alias: wire.alias.0, version: wire.version.0 });
        Self {
            name: wire.name.0,
            description: wire.description.0,
            creation_time_ms: wire.creation_timestamp.0,
            last_updated_time_ms: wire.last_updated_timestamp.0,
            tags: tags(wire.tags),
            aliases: aliases.collect(),
        }
    }
}

impl From<WireVersion> for ModelVersion {
    fn from(wire: WireVersion) -> Self {
        let source = wire.source.0;
        // Searches leave the id out: only the source names the logged model then.
        let model_id = wire.model_id.some().or_else(|| Self::model_id_of(&source));
        Self {
            name: wire.name.0,
            version: wire.version.0,
            description: wire.description.0,
            creation_time_ms: wire.creation_timestamp.0,
            last_updated_time_ms: wire.last_updated_timestamp.0,
            user_id: wire.user_id.0,
            stage: wire.current_stage.some().unwrap_or_else(|| "None".to_owned()),
            run_id: wire.run_id.some(),
            model_id,
            source,
            status: wire.status.some().unwrap_or_else(|| "READY".to_owned()),
            status_message: wire.status_message.0,
            tags: tags(wire.tags),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_texts_and_absent_fields_have_meanings() {
        let found: FoundVersions = serde_json::from_str(
            r#"{"model_versions":[{"name":"churn","version":"2","source":"models:/m-1","run_id":"","current_stage":"None"},
                {"name":"churn","version":3,"source":"s3://x","run_id":"r","model_id":"m-2","status":"FAILED_REGISTRATION"}]}"#,
        )
        .expect("versions");
        let versions: Vec<ModelVersion> = found.model_versions.into_iter().map(ModelVersion::from).collect();
        assert_eq!((versions[0].run_id.as_deref(), versions[0].model_id.as_deref()), (None, Some("m-1")));
        assert_eq!(versions[0].status, "READY");
        assert_eq!((versions[1].version.as_str(), versions[1].model_id.as_deref()), ("3", Some("m-2")));
        assert_eq!(versions[1].stage, "None");
    }

    #[test]
    fn prompts_are_told_from_models() {
        let found: FoundModels = serde_json::from_str(
            r#"{"registered_models":[{"name":"p","tags":[{"key":"mlflow.prompt.is_prompt","value":"true"}]},
                {"name":"m","aliases":[{"alias":"champion","version":7}]}]}"#,
        )
        .expect("models");
        let models: Vec<RegisteredModel> = found.registered_models.into_iter().map(RegisteredModel::from).collect();
        assert!(is_prompt(&models[0].tags) && !is_prompt(&models[1].tags));
        assert_eq!(models[1].aliases, [ModelAlias { alias: "champion".to_owned(), version: "7".to_owned() }]);
    }

    #[test]
    fn every_name_can_be_asked_for() {
        assert_eq!(named("churn"), "name = 'churn'");
        assert_eq!(named("o'brien"), "name = \"o'brien\"");
        assert_eq!(named("the \"best\""), "name = 'the \"best\"'");
        assert_eq!(named("o'brien's \"best\\\""), "name LIKE 'o_brien_s _best__'");
    }
}
