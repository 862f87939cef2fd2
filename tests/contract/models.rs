//! Registered models, versions, aliases and their tags.

use std::collections::BTreeMap;

use podium::entities::{DatasetName, LoggedModel, ModelVersion, RegisteredModel, tag_value};
use podium::tracking::StoreError;

use serde_json::json;

use crate::common::mlflow::Version;
use crate::{Subject, all_pages};

fn aliases(model: &RegisteredModel) -> BTreeMap<&str, &str> {
    model.aliases.iter().map(|alias| (alias.alias.as_str(), alias.version.as_str())).collect()
}

async fn versions(s: &Subject, name: &str) -> Vec<ModelVersion> {
    all_pages(|token| async move { s.store.search_model_versions(name, token.as_deref()).await }).await
}

fn numbers(versions: &[ModelVersion]) -> Vec<&str> {
    versions.iter().map(|version| version.version.as_str()).collect()
}

pub async fn registered_models_come_with_aliases_and_without_prompts(s: &Subject) {
    let all = all_pages(|token| async move { s.store.search_registered_models(token.as_deref()).await }).await;
    // Other tests make models of their own, named `scratch …`, at the same time.
    let mut fixed: Vec<_> = all.iter().filter(|model| !model.name.starts_with("scratch ")).collect();
    fixed.sort_by(|a, b| a.name.cmp(&b.name));
    let names: Vec<_> = fixed.iter().map(|model| model.name.as_str()).collect();
    assert_eq!(names, ["empty-model", "fixture-model", "with gaps", "モデル 二"]);
    assert_eq!(aliases(fixed[1]), BTreeMap::from([("challenger", "4"), ("champion", "2"), ("shadow", "2")]));
    assert_eq!(aliases(fixed[3]), BTreeMap::new());
}

pub async fn prompts_are_found_by_themselves(s: &Subject) {
    let all = all_pages(|token| async move { s.store.search_prompts(token.as_deref()).await }).await;
    let names: Vec<_> = all.iter().map(|prompt| prompt.name.as_str()).collect();
    assert_eq!(names, ["a-prompt"]);
    let versions =
        all_pages(|token| async move { s.store.search_prompt_versions("a-prompt", token.as_deref()).await }).await;
    assert_eq!(numbers(&versions), [""; 0]);
}

pub async fn versions_of_all_models_are_those_of_each(s: &Subject) {
    let mut all = all_pages(|token| async move { s.store.search_all_model_versions(token.as_deref()).await }).await;
    all.retain(|version| !version.name.starts_with("scratch "));
    all.sort_by_key(|version| (version.name.clone(), std::cmp::Reverse(version.version.parse::<u64>().unwrap())));
    let mut each = Vec::new();
    for name in ["fixture-model", "with gaps", "モデル 二"] {
        each.extend(versions(s, name).await);
    }
    assert_eq!(all, each);
}

pub async fn a_registered_model_is_found_by_name(s: &Subject) {
    let model = s.store.get_registered_model("fixture-model").await.unwrap();
    assert_eq!((model.name.as_str(), model.description.as_str()), ("fixture-model", "Four versions"));
    assert_eq!(tag_value(&model.tags, "owner"), Some("ana"));
    assert_eq!(tag_value(&model.tags, "ゲート"), Some("accuracy >= 0.9"));
    assert_eq!(aliases(&model)["champion"], "2");
    assert!(model.creation_time_ms.is_some() && model.last_updated_time_ms.is_some());
    assert_eq!(s.store.get_registered_model("モデル 二").await.unwrap().description, "No aliases");
}

pub async fn versions_come_newest_first(s: &Subject) {
    let found = versions(s, "fixture-model").await;
    assert_eq!(numbers(&found), ["4", "3", "2", "1"]);
    let second = &found[2];
    assert_eq!(second.name, "fixture-model");
    assert_eq!(second.description, "second: 二番");
    assert_eq!(second.run_id.as_deref(), Some(s.fixture.run_id("shuffled")));
    assert!(second.source.ends_with(&format!("{}/artifacts/model", s.fixture.run_id("shuffled"))), "{}", second.source);
    assert_eq!((second.status.as_str(), second.stage.as_str()), ("READY", "None"));
    assert_eq!(tag_value(&second.tags, "validation_status"), Some("approved"));
    assert_eq!(tag_value(&second.tags, "run_name"), Some("shuffled"));
    assert!(second.creation_time_ms.is_some());
    assert_eq!(found[1].description, "", "none was given");
    let one = s.store.get_model_version("fixture-model", "2").await.unwrap();
    assert_eq!((one.description.as_str(), &one.source, &one.run_id), ("second: 二番", &second.source, &second.run_id));
    assert_eq!(numbers(&versions(s, "モデル 二").await), ["1"]);
    assert_eq!(numbers(&versions(s, "empty-model").await), [""; 0]);
}

pub async fn deleted_versions_are_gone(s: &Subject) {
    assert_eq!(numbers(&versions(s, "with gaps").await), ["3", "1"]);
    let answer = s.store.get_model_version("with gaps", "2").await;
    assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{answer:?}");
}

pub async fn unknown_models_are_not_found(s: &Subject) {
    for name in ["no such model", "it's"] {
        let answer = s.store.get_registered_model(name).await;
        assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{name}: {answer:?}");
        let answer = s.store.get_model_version(name, "1").await;
        assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{name}: {answer:?}");
        assert_eq!(numbers(&versions(s, name).await), [""; 0], "{name}");
    }
    let answer = s.store.get_model_version("fixture-model", "99").await;
    assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{answer:?}");
}

pub async fn an_alias_is_set_moved_and_read_back(s: &Subject) {
    let name = s.fixture.new_model(3);
    s.writer.set_alias(&name, "champion", "1").await.unwrap();
    s.writer.set_alias(&name, "challenger", "3").await.unwrap();
    s.writer.set_alias(&name, "champion", "3").await.unwrap();
    let model = s.store.get_registered_model(&name).await.unwrap();
    assert_eq!(aliases(&model), BTreeMap::from([("challenger", "3"), ("champion", "3")]));
    assert_eq!(s.fixture.alias(&name, "champion").as_deref(), Some("3"), "by the server's own word");
    s.writer.set_alias(&name, "champion", "2").await.unwrap();
    assert_eq!(s.fixture.alias(&name, "champion").as_deref(), Some("2"));
    assert_eq!(s.fixture.alias(&name, "challenger").as_deref(), Some("3"), "the other one stayed");
    // Case matters on SQLite: this is another alias.
    s.writer.set_alias(&name, "Champion", "1").await.unwrap();
    assert_eq!(s.fixture.alias(&name, "champion").as_deref(), Some("2"));
}

pub async fn an_alias_to_a_missing_version_is_not_found(s: &Subject) {
    let name = s.fixture.new_model(1);
    s.writer.set_alias(&name, "champion", "1").await.unwrap();
    for (model, version) in [(name.as_str(), "7"), ("no such model", "1")] {
        let answer = s.writer.set_alias(model, "champion", version).await;
        assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{model} {version}: {answer:?}");
    }
    assert_eq!(s.fixture.alias(&name, "champion").as_deref(), Some("1"), "nothing was moved");
}

pub async fn an_alias_is_deleted_even_if_it_was_not_there(s: &Subject) {
    let name = s.fixture.new_model(1);
    s.writer.set_alias(&name, "champion", "1").await.unwrap();
    s.writer.delete_alias(&name, "champion").await.unwrap();
    assert_eq!(s.fixture.alias(&name, "champion"), None);
    s.writer.delete_alias(&name, "champion").await.unwrap();
    s.writer.delete_alias(&name, "never was").await.unwrap_or_else(|error| {
        assert!(matches!(error, StoreError::Refused { .. }), "a name that cannot be: {error:?}");
    });
}

pub async fn reserved_and_malformed_aliases_are_refused(s: &Subject) {
    let name = s.fixture.new_model(1);
    for alias in ["latest", "Latest", "v1", "V22", "two words", "", "a/b"] {
        let answer = s.writer.set_alias(&name, alias, "1").await;
        assert!(matches!(answer, Err(StoreError::Refused { .. })), "{alias:?}: {answer:?}");
    }
    assert_eq!(aliases(&s.store.get_registered_model(&name).await.unwrap()), BTreeMap::new());
}

pub async fn descriptions_are_written_and_taken_away(s: &Subject) {
    let name = s.fixture.new_model(2);
    let long = "## Über\n\n".repeat(400);
    for text in ["ünder `review`\n\n- \"it's\" 100 %", long.as_str(), ""] {
        s.writer.describe_registered_model(&name, text).await.unwrap();
        s.writer.describe_model_version(&name, "1", text).await.unwrap();
        assert_eq!(s.store.get_registered_model(&name).await.unwrap().description, text);
        assert_eq!(s.store.get_model_version(&name, "1").await.unwrap().description, text);
    }
    s.writer.describe_model_version(&name, "2", "other").await.unwrap();
    assert_eq!(s.store.get_model_version(&name, "1").await.unwrap().description, "", "the other one stayed");
    let before = s.store.get_registered_model(&name).await.unwrap();
    assert!(before.last_updated_time_ms > before.creation_time_ms, "a description is a change with a time");
    for (model, version) in [("no such model", "1"), (name.as_str(), "9")] {
        let answer = s.writer.describe_model_version(model, version, "x").await;
        assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{model} {version}: {answer:?}");
    }
    let answer = s.writer.describe_registered_model("no such model", "x").await;
    assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{answer:?}");
}

pub async fn tags_may_be_empty(s: &Subject) {
    let name = s.fixture.new_model(1);
    s.writer.set_registered_model_tag(&name, "reviewed", "").await.unwrap();
    s.writer.set_model_version_tag(&name, "1", "reviewed", "").await.unwrap();
    assert_eq!(tag_value(&s.store.get_registered_model(&name).await.unwrap().tags, "reviewed"), Some(""));
    assert_eq!(tag_value(&s.store.get_model_version(&name, "1").await.unwrap().tags, "reviewed"), Some(""));
}

pub async fn registered_model_tags_are_set_and_deleted(s: &Subject) {
    let name = s.fixture.new_model(0);
    for value in ["accuracy >= 0.9", "変更 \"後\"", ""] {
        s.writer.set_registered_model_tag(&name, "podium.gate/一", value).await.unwrap();
        let model = s.store.get_registered_model(&name).await.unwrap();
        assert_eq!(tag_value(&model.tags, "podium.gate/一"), Some(value));
    }
    s.writer.delete_registered_model_tag(&name, "podium.gate/一").await.unwrap();
    assert_eq!(s.store.get_registered_model(&name).await.unwrap().tags, []);
    let answer = s.writer.set_registered_model_tag("no such model", "a", "b").await;
    assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{answer:?}");
}

pub async fn version_tags_are_set_and_deleted(s: &Subject) {
    let name = s.fixture.new_model(2);
    for value in ["ana", "千佳 & co", ""] {
        s.writer.set_model_version_tag(&name, "2", "podium.promoted_by", value).await.unwrap();
        let version = s.store.get_model_version(&name, "2").await.unwrap();
        assert_eq!(tag_value(&version.tags, "podium.promoted_by"), Some(value));
    }
    let all = versions(s, &name).await;
    assert_eq!(tag_value(&all[0].tags, "podium.promoted_by"), Some(""), "the listing has them too");
    assert_eq!(all[1].tags, [], "version 1 has none");
    s.writer.delete_model_version_tag(&name, "2", "podium.promoted_by").await.unwrap();
    assert_eq!(s.store.get_model_version(&name, "2").await.unwrap().tags, []);
    let answer = s.writer.set_model_version_tag(&name, "9", "a", "b").await;
    assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{answer:?}");
}

/// What a logged model measured, in words: key, dataset, value, step.
fn measured(model: &LoggedModel) -> Vec<String> {
    let word = |metric: &podium::entities::ModelMetric| {
        let on = |DatasetName { name, digest }: &DatasetName| format!(" on {name} {digest}");
        let dataset = metric.dataset.as_ref().map_or(String::new(), on);
        format!("{}{dataset}: {} at {}", metric.metric.key, metric.metric.value.0, metric.metric.step)
    };
    model.metrics.iter().map(word).collect()
}

pub async fn a_logged_model_has_its_own_numbers(s: &Subject) {
    let experiment_id = s.fixture.experiment_id("unicode").to_owned();
    if s.version == Version::Two {
        let answer = s.store.search_logged_models(&[experiment_id], &["m-0".to_owned()]).await;
        assert!(matches!(answer, Err(StoreError::Unsupported { .. })), "{answer:?}");
        return;
    }
    let server = &s.fixture.server;
    let run_id = s.fixture.new_run("two models");
    let made = [3, 5].map(|depth| {
        let params = json!([{ "key": "depth", "value": depth.to_string() }]);
        let body = json!({ "experiment_id": experiment_id, "name": "net", "source_run_id": run_id, "params": params });
        let made = server.api("POST", "logged-models", body);
        made["model"]["info"]["model_id"].as_str().unwrap().to_owned()
    });
    let log = |model_id: &String, key: &str, value: f64, step: i64, dataset: Option<&str>| {
        let mut body = json!({ "run_id": run_id, "key": key, "value": value, "step": step, "timestamp": 1 + step, "model_id": model_id });
        if let Some(name) = dataset {
            body["dataset_name"] = json!(name);
            body["dataset_digest"] = json!("d1");
        }
        server.api("POST", "runs/log-metric", body);
    };
    log(&made[0], "acc", 0.95, 1, None);
    log(&made[0], "acc", 0.9, 0, None);
    log(&made[0], "f1", 0.5, 2, Some("birds"));
    log(&made[0], "f1", 0.6, 3, Some("猫"));
    log(&made[1], "acc", 0.7, 2, None);
    let one = s.store.get_logged_model(&made[0]).await.unwrap();
    assert_eq!(measured(&one), ["acc: 0.95 at 1", "f1 on birds d1: 0.5 at 2", "f1 on 猫 d1: 0.6 at 3"]);
    assert_eq!(one.params[0].value, "3");
    assert_eq!(one.metrics[0].run_id.as_deref(), Some(run_id.as_str()));
    assert_eq!(one.metrics[0].metric.timestamp_ms, 2);

    let asked = [made[0].clone(), made[1].clone(), "m-00000000000000000000000000000000".to_owned()];
    let mut found = s.store.search_logged_models(&[experiment_id], &asked).await.unwrap();
    found.sort_by_key(|model| made.iter().position(|id| *id == model.model_id));
    assert_eq!(found.len(), 2);
    assert_eq!(found[0], one, "a search says the same");
    assert_eq!(measured(&found[1]), ["acc: 0.7 at 2"]);
    let elsewhere = s.store.search_logged_models(&["0".to_owned()], &asked).await.unwrap();
    assert_eq!(elsewhere, [], "they are in another experiment");

    let name = s.fixture.new_model(0);
    let body = json!({ "name": name, "source": format!("models:/{}", made[1]), "run_id": run_id, "model_id": made[1] });
    server.api("POST", "model-versions/create", body);
    assert_eq!(versions(s, &name).await[0].model_id.as_deref(), Some(made[1].as_str()));
}
