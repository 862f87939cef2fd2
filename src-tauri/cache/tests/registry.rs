//! All registered models at once.

use super::models::{model, version};
use super::*;
use crate::entities::ModelVersion;
use crate::entities::tests::logged_model;

fn of(number: &str, run_id: &str, model_id: Option<&str>) -> ModelVersion {
    let by = if number == "1" { "ana" } else { "bo" };
    ModelVersion {
        user_id: by.to_owned(),
        model_id: model_id.map(str::to_owned),
        creation_time_ms: number.parse().ok(),
        ..version("churn", number, Some(run_id))
    }
}

#[tokio::test]
async fn a_model_is_listed_with_its_newest_and_oldest_version() {
    let (_folder, cache, source) = cache().await;
    cache.replace_registered_models(source, &[model("churn", "2"), model("fraud", "1")]).await.unwrap();
    let versions = [of("9", "a", None), of("10", "b", None), of("1", "c", None)];
    assert!(cache.apply_model_versions(source, &versions).await.unwrap());
    assert!(!cache.apply_model_versions(source, &versions).await.unwrap(), "nothing differs");
    let listed = cache.listed_models(source).await.unwrap();
    let [churn, fraud] = &listed[..] else { panic!("{listed:?}") };
    assert_eq!((churn.model.name.as_str(), churn.version_count), ("churn", 3));
    let end = |version: &Option<crate::cache::ListedVersion>| {
        version.as_ref().map(|end| (end.version.clone(), end.user_id.clone(), end.creation_time_ms))
    };
    assert_eq!(end(&churn.newest), Some(("10".to_owned(), "bo".to_owned(), Some(10))));
    assert_eq!(end(&churn.oldest), Some(("1".to_owned(), "ana".to_owned(), Some(1))));
    assert_eq!((fraud.version_count, &fraud.newest), (0, &None));

    let kept = [("churn".to_owned(), "9".to_owned())];
    assert_eq!(cache.forget_other_versions(source, &kept).await.unwrap(), 2);
    assert_eq!(cache.model_versions(source, "churn").await.unwrap(), versions[..1]);
}

#[tokio::test]
async fn the_newest_versions_and_those_with_an_alias_lead() {
    let (_folder, cache, source) = cache().await;
    cache.replace_registered_models(source, &[model("churn", "2")]).await.unwrap();
    let versions: Vec<ModelVersion> =
        (1..=70).map(|number| of(&number.to_string(), &format!("r{number}"), Some(&format!("m-{number}")))).collect();
    cache.apply_model_versions(source, &versions).await.unwrap();
    let leading =
        cache.leading_versions(source, &["churn", "none"], 3, &[("churn", "2"), ("none", "1")]).await.unwrap();
    let numbers: Vec<&str> = leading["churn"].iter().map(|version| version.version.as_str()).collect();
    assert_eq!((numbers, leading.len()), (vec!["70", "69", "68", "2"], 1));

    let missing = cache.missing_leading_runs(source).await.unwrap();
    assert_eq!((missing.len(), missing[0].as_str(), missing[1].as_str()), (61, "r2", "r70"));
    cache
        .apply_runs(source, &[run("r2").metric("acc", 0.5).metric("system/cpu", 1.0).metric("loss", 0.1)], 1)
        .await
        .unwrap();
    assert_eq!(cache.missing_leading_runs(source).await.unwrap()[0], "r70");
    assert_eq!(cache.unknown_runs(source, &["r2".to_owned(), "r3".to_owned()]).await.unwrap(), ["r3"]);
    let states = cache.leading_logged_models(source).await.unwrap();
    assert_eq!((states.len(), states[0].model_id.as_str(), states[0].experiment_id.is_some()), (61, "m-2", true));

    let of = async |keys: Option<&[&str]>| {
        let found = cache.source_runs_by_id(source, &["r2", "r3"], keys).await.unwrap();
        let mut keys: Vec<String> = found["r2"].metrics.iter().map(|metric| metric.key.clone()).collect();
        keys.sort();
        keys
    };
    assert_eq!(of(None).await, ["acc", "loss"], "without system metrics");
    assert_eq!(of(Some(&["loss"])).await, ["loss"]);
    cache.apply_logged_models(source, &["m-2".to_owned()], &[logged_model("m-2", 0.9)], 1).await.unwrap();
    assert_eq!(cache.logged_models(source, &["m-2", "m-3"]).await.unwrap().len(), 1);
}
