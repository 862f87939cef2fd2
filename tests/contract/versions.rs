//! Making registered models and their versions, and moving versions through the stages.

use podium::entities::{ModelVersion, Tag, tag_value};
use podium::tracking::{NewVersion, StoreError};

use crate::Subject;
use crate::common::mlflow::Version;

async fn uri_of(s: &Subject, run_id: &str) -> String {
    s.store.get_run(run_id).await.unwrap().info.artifact_uri
}

async fn from_run(s: &Subject) -> NewVersion {
    let run_id = s.fixture.run_id("plain").to_owned();
    NewVersion {
        source: format!("{}/model", uri_of(s, &run_id).await),
        run_id: Some(run_id),
        model_id: None,
        description: "trained on October: 十月".to_owned(),
        tags: vec![Tag::new("podium.registration", "a-1"), Tag::new("owner", "ana")],
    }
}

pub async fn a_registered_model_is_made_once(s: &Subject) {
    let name = format!("scratch made by {:?} {}", s.version, uuid::Uuid::new_v4());
    s.writer.create_registered_model(&name, "All of it").await.unwrap();
    let model = s.store.get_registered_model(&name).await.unwrap();
    assert_eq!((model.description.as_str(), model.aliases.len()), ("All of it", 0));
    assert!(model.creation_time_ms.is_some());
    let again = s.writer.create_registered_model(&name, "").await;
    assert!(matches!(again, Err(StoreError::Refused { .. })), "{again:?}");
    // Older servers make it.
    if s.version == Version::Newest {
        let answer = s.writer.create_registered_model("a/b", "").await;
        assert!(matches!(answer, Err(StoreError::Refused { .. })), "{answer:?}");
    }
}

pub async fn a_version_is_made_from_a_run(s: &Subject) {
    let name = s.fixture.new_model(1);
    let new = from_run(s).await;
    let made = s.writer.create_model_version(&name, &new).await.unwrap();
    assert_eq!((made.name.as_str(), made.version.as_str(), made.status.as_str()), (name.as_str(), "2", "READY"));
    let read = s.store.get_model_version(&name, "2").await.unwrap();
    assert_eq!((&read.source, &read.run_id, &read.description), (&new.source, &new.run_id, &new.description));
    assert_eq!(tag_value(&read.tags, "podium.registration"), Some("a-1"));
    assert_eq!(tag_value(&read.tags, "owner"), Some("ana"));
    assert_eq!(read.stage, "None");
    assert_eq!(s.writer.create_model_version(&name, &new).await.unwrap().version, "3", "sent twice it makes two");
}

pub async fn a_version_is_made_from_a_logged_model(s: &Subject) {
    let Some(model_id) = s.fixture.logged_model_id() else { return };
    let name = s.fixture.new_model(0);
    let new = NewVersion {
        source: format!("models:/{model_id}"),
        run_id: Some(s.fixture.run_id("plain").to_owned()),
        model_id: Some(model_id.to_owned()),
        ..NewVersion::default()
    };
    s.writer.create_model_version(&name, &new).await.unwrap();
    let read = s.store.get_model_version(&name, "1").await.unwrap();
    assert_eq!((&read.model_id, &read.run_id), (&new.model_id, &new.run_id));
    let logged = s.store.get_logged_model(model_id).await.unwrap();
    let versions = tag_value(&logged.tags, "mlflow.modelVersions").unwrap_or_default();
    assert!(versions.contains(&name), "the logged model knows of it: {versions}");
}

pub async fn a_version_is_made_from_a_version_of_another_model(s: &Subject) {
    let (name, other) = (s.fixture.new_model(0), s.fixture.new_model(0));
    s.writer.create_model_version(&name, &from_run(s).await).await.unwrap();
    let new = NewVersion {
        source: format!("models:/{name}/1"),
        run_id: Some(s.fixture.run_id("plain").to_owned()),
        ..NewVersion::default()
    };
    let made = s.writer.create_model_version(&other, &new).await.unwrap();
    assert_eq!((made.version.as_str(), &made.run_id, &made.source), ("1", &new.run_id, &new.source));
    // By the server's own word its files are those of the first.
    let server = &s.fixture.server;
    let place = |name: &str| {
        let question = serde_json::json!({ "name": name, "version": "1" });
        server.api("GET", "model-versions/get-download-uri", question)["artifact_uri"].clone()
    };
    assert_eq!(place(&other), place(&name));
}

pub async fn what_cannot_be_a_version_is_refused(s: &Subject) {
    let new = from_run(s).await;
    let answer = s.writer.create_model_version("no such model", &new).await;
    assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{answer:?}");
    let name = s.fixture.new_model(0);
    let nowhere = NewVersion { source: "models:/no such model/7".to_owned(), ..NewVersion::default() };
    assert!(s.writer.create_model_version(&name, &nowhere).await.is_err());
    let versions = s.store.search_model_versions(&name, None).await.unwrap().items;
    assert_eq!(versions.len(), 0, "{versions:?}");
}

async fn stages(s: &Subject, name: &str) -> Vec<String> {
    let mut versions: Vec<ModelVersion> = s.store.search_model_versions(name, None).await.unwrap().items;
    versions.reverse();
    versions.into_iter().map(|version| version.stage).collect()
}

pub async fn a_version_moves_through_the_stages(s: &Subject) {
    let name = s.fixture.new_model(2);
    for stage in ["Staging", "Production", "Archived", "None"] {
        s.writer.set_stage(&name, "2", stage, false).await.unwrap();
        assert_eq!(stages(s, &name).await, ["None", stage]);
    }
    for (version, stage, archive) in [("2", "Live", false), ("2", "Archived", true)] {
        let answer = s.writer.set_stage(&name, version, stage, archive).await;
        assert!(answer.is_err(), "{stage}: {answer:?}");
    }
    let answer = s.writer.set_stage(&name, "9", "Staging", false).await;
    assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{answer:?}");
    assert_eq!(stages(s, &name).await, ["None", "None"]);
}

pub async fn a_version_at_a_stage_archives_the_others(s: &Subject) {
    let name = s.fixture.new_model(4);
    for (version, stage) in [("1", "Production"), ("2", "Production"), ("3", "Staging")] {
        s.writer.set_stage(&name, version, stage, false).await.unwrap();
    }
    s.writer.set_stage(&name, "4", "Production", true).await.unwrap();
    assert_eq!(stages(s, &name).await, ["Archived", "Archived", "Staging", "Production"]);
}
