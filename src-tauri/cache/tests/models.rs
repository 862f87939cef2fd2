//! Registered models, aliases and versions.

use super::*;
use crate::entities::{ModelAlias, ModelVersion, RegisteredModel};

fn model(name: &str, champion: &str) -> RegisteredModel {
    RegisteredModel {
        name: name.to_owned(),
        description: String::new(),
        creation_time_ms: Some(1),
        last_updated_time_ms: None,
        tags: vec![Tag::new("owner", "ana")],
        aliases: vec![ModelAlias { alias: "champion".to_owned(), version: champion.to_owned() }],
    }
}

fn version(name: &str, version: &str, run_id: Option<&str>) -> ModelVersion {
    ModelVersion {
        name: name.to_owned(),
        version: version.to_owned(),
        description: String::new(),
        creation_time_ms: Some(1),
        last_updated_time_ms: None,
        user_id: String::new(),
        stage: "None".to_owned(),
        source: "models:/m".to_owned(),
        run_id: run_id.map(str::to_owned),
        model_id: None,
        status: "READY".to_owned(),
        tags: Vec::new(),
    }
}

#[tokio::test]
async fn a_new_list_says_which_models_differ() {
    let (_folder, cache, source) = cache().await;
    let replace = async |models: &[RegisteredModel]| cache.replace_registered_models(source, models).await.unwrap();
    assert_eq!(replace(&[model("churn", "1"), model("fraud", "2")]).await, ["churn", "fraud"]);
    assert!(replace(&[model("fraud", "2"), model("churn", "1")]).await.is_empty());
    assert_eq!(replace(&[model("churn", "7")]).await, ["churn", "fraud"]);
    assert_eq!(cache.registered_models(source).await.unwrap(), [model("churn", "7")]);
    assert_eq!(cache.registered_model(source, "fraud").await.unwrap(), None);
}

#[tokio::test]
async fn a_moved_alias_is_a_change() {
    let (_folder, cache, source) = cache().await;
    assert!(cache.apply_registered_model(source, &model("churn", "1")).await.unwrap());
    assert!(!cache.apply_registered_model(source, &model("churn", "1")).await.unwrap());
    assert!(cache.apply_registered_model(source, &model("churn", "2")).await.unwrap());
    assert_eq!(cache.registered_model(source, "churn").await.unwrap(), Some(model("churn", "2")));
}

#[tokio::test]
async fn versions_come_newest_first_and_as_numbers() {
    let (_folder, cache, source) = cache().await;
    let versions = [version("churn", "9", Some("a")), version("churn", "10", None), version("churn", "2", Some("b"))];
    assert!(cache.replace_model_versions(source, "churn", &versions).await.unwrap());
    assert!(!cache.replace_model_versions(source, "churn", &versions).await.unwrap());
    let found = cache.model_versions(source, "churn").await.unwrap();
    assert_eq!(found.iter().map(|version| version.version.as_str()).collect::<Vec<_>>(), ["10", "9", "2"]);
    assert_eq!(cache.versions_of_run(source, "a").await.unwrap(), versions[..1]);
    assert_eq!(cache.missing_source_runs(source, "churn").await.unwrap(), ["a", "b"]);
    cache.apply_runs(source, &[run("a")], 1).await.unwrap();
    assert_eq!(cache.missing_source_runs(source, "churn").await.unwrap(), ["b"]);
    let mut tagged = versions[2].clone();
    tagged.tags.push(Tag::new("status", "approved"));
    cache.apply_model_version(source, &tagged).await.unwrap();
    assert_eq!(cache.model_versions(source, "churn").await.unwrap()[2], tagged);
}

#[tokio::test]
async fn a_removed_model_takes_its_versions_along() {
    let (_folder, cache, source) = cache().await;
    cache.apply_registered_model(source, &model("churn", "1")).await.unwrap();
    cache.replace_model_versions(source, "churn", &[version("churn", "1", None)]).await.unwrap();
    assert!(cache.remove_registered_model(source, "churn").await.unwrap());
    assert!(!cache.remove_registered_model(source, "churn").await.unwrap());
    assert!(cache.model_versions(source, "churn").await.unwrap().is_empty());
}
