//! Registered models, aliases and versions.

use super::*;
use crate::entities::tests::logged_model;
use crate::entities::{DatasetInput, ModelAlias, ModelVersion, RegisteredModel, Run};
use crate::query::{DatasetPart, Subject};

pub fn model(name: &str, champion: &str) -> RegisteredModel {
    RegisteredModel {
        name: name.to_owned(),
        description: String::new(),
        creation_time_ms: Some(1),
        last_updated_time_ms: None,
        tags: vec![Tag::new("owner", "ana")],
        aliases: vec![ModelAlias { alias: "champion".to_owned(), version: champion.to_owned() }],
    }
}

pub fn version(name: &str, version: &str, run_id: Option<&str>) -> ModelVersion {
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
        status_message: String::new(),
        tags: Vec::new(),
    }
}

#[tokio::test]
async fn a_new_list_says_which_models_differ() {
    let (_folder, cache, source) = cache().await;
    let replace = async |models: &[RegisteredModel]| -> Vec<String> {
        let differing = cache.replace_registered_models(source, models).await.unwrap();
        differing.into_iter().map(|model| model.name).collect()
    };
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
async fn source_runs_come_at_once_with_the_metrics_that_are_wanted() {
    let (_folder, cache, source) = cache().await;
    let versions =
        [version("churn", "3", Some("gone")), version("churn", "2", Some("b")), version("churn", "1", Some("a"))];
    cache.replace_model_versions(source, "churn", &versions).await.unwrap();
    let runs = [
        run("a").metric("acc", 0.9).metric("loss", f64::NAN).metric("system/cpu", 1.0),
        run("b").metric("acc", 0.8),
        run("c").metric("acc", 0.7),
    ];
    cache.apply_runs(source, &runs, 1).await.unwrap();
    let keys = cache.source_metric_keys(source, "churn").await.unwrap();
    assert_eq!(keys, [("acc".to_owned(), 2), ("loss".to_owned(), 1)]);
    let found = cache.source_runs(source, "churn", &["acc".to_owned(), "loss".to_owned()]).await.unwrap();
    assert_eq!(found.len(), 2);
    let mut metrics = found["a"].metrics.clone();
    metrics.sort_by(|a, b| a.key.cmp(&b.key));
    assert_eq!(metrics, cache.run(source, "a").await.unwrap().unwrap().metrics[..2]);
    assert_eq!(found["b"].metrics.len(), 1);
    assert!(cache.source_runs(source, "churn", &[]).await.unwrap()["a"].metrics.is_empty());
}

#[tokio::test]
async fn source_runs_come_with_what_is_asked_of_them() {
    let (_folder, cache, source) = cache().await;
    let versions = [version("churn", "2", Some("b")), version("churn", "1", Some("a"))];
    cache.replace_model_versions(source, "churn", &versions).await.unwrap();
    let read = DatasetInput {
        name: "d".to_owned(),
        digest: "d1".to_owned(),
        source_type: "local".to_owned(),
        source: "/d".to_owned(),
        schema: None,
        profile: None,
        context: Some("training".to_owned()),
    };
    let runs = [
        Run {
            dataset_inputs: vec![read],
            ..run("a").metric("acc", 0.9).metric("loss", 0.1).param("lr", "1").param("z", "5")
        },
        run("b").metric("acc", f64::NAN),
        run("c").metric("acc", 0.7),
    ];
    cache.apply_runs(source, &runs, 1).await.unwrap();
    let of = async |subjects: &[&Subject]| cache.source_runs_for(source, "churn", subjects).await.unwrap();
    let whole = cache.run(source, "a").await.unwrap().unwrap();
    let bare = of(&[]).await;
    assert_eq!((bare.len(), &bare["a"].info), (2, &whole.info));
    assert!(bare["a"].metrics.is_empty() && bare["a"].params.is_empty() && bare["a"].dataset_inputs.is_empty());
    let acc = Subject::Metric("acc".to_owned());
    let lr = Subject::Param("lr".to_owned());
    let digest = Subject::Dataset(DatasetPart::Digest);
    let found = of(&[&acc, &lr, &acc, &digest]).await;
    assert_eq!(found["a"].metrics, whole.metrics[..1], "asked twice, told once");
    assert_eq!((found["a"].params.len(), found["a"].params[0].value.as_str()), (1, "1"));
    assert_eq!(found["a"].dataset_inputs, whole.dataset_inputs);
    assert!(found["b"].metrics[0].value.0.is_nan() && found["b"].params.is_empty());
}

#[tokio::test]
async fn logged_models_are_kept_as_long_as_a_version_names_them() {
    let (_folder, cache, source) = cache().await;
    cache.apply_registered_model(source, &model("churn", "1")).await.unwrap();
    let of = |number, model_id: &str| ModelVersion {
        model_id: Some(model_id.to_owned()),
        ..version("churn", number, Some("a"))
    };
    cache.replace_model_versions(source, "churn", &[of("2", "m-2"), of("1", "m-1")]).await.unwrap();
    cache.apply_runs(source, &[run("a")], 1).await.unwrap();
    let states = cache.logged_model_states(source, "churn").await.unwrap();
    assert_eq!(states.iter().map(|state| state.model_id.as_str()).collect::<Vec<_>>(), ["m-1", "m-2"]);
    assert!(states.iter().all(|state| state.experiment_id.is_some() && state.seen_ms.is_none()));
    let asked = ["m-1".to_owned(), "m-2".to_owned()];
    let found = [logged_model("m-1", 0.9)];
    assert!(cache.apply_logged_models(source, &asked, &found, 7).await.unwrap());
    assert!(!cache.apply_logged_models(source, &asked, &found, 8).await.unwrap(), "nothing differs");
    let states = cache.logged_model_states(source, "churn").await.unwrap();
    assert!(states.iter().all(|state| state.seen_ms == Some(8)));
    assert_eq!(cache.logged_models_of(source, "churn").await.unwrap().len(), 1);
    assert!(cache.apply_logged_models(source, &asked, &[], 9).await.unwrap(), "it was deleted");
    cache.remove_registered_model(source, "churn").await.unwrap();
    assert_eq!(cache.logged_model(source, "m-1").await.unwrap(), None);
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
