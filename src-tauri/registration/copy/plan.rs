//! What copying a version would mean. Pure.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{CopyOrigin, FileSize, copied_tags};
use crate::entities::{ModelVersion, Tag};
use crate::tracking::NewVersion;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum CopyWay {
    /// On one server: the new version names the old one as its source.
    Reference,
    /// The new version has the same source, at a place that both servers reach.
    Place,
    /// The files are copied.
    Files,
}

/// The card before a version is copied. Nothing has been written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CopyPlan {
    /// Of this wish: carried out twice it makes one version.
    pub id: String,
    pub origin: CopyOrigin,
    pub description: String,
    /// Those that go along.
    pub tags: Vec<Tag>,
    /// The best first.
    pub ways: Vec<OfferedWay>,
    pub files: Vec<FileSize>,
    /// Of all files; absent where a size is not known.
    pub bytes: Option<u64>,
    /// Why nothing can be copied, in words for people; empty if it can.
    pub refusals: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OfferedWay {
    pub way: CopyWay,
    /// Why it cannot be gone, in words for people.
    pub refusal: Option<String>,
}

/// What is known of where a copy goes.
pub enum Destination {
    SameServer,
    /// Another one: why files cannot be put there, if so.
    OtherServer {
        upload_refusal: Option<String>,
    },
}

/// Plans copying `version`. `files` are those that it has, or why they cannot be read.
pub fn plan_copy(
    id: String,
    address: &str,
    version: &ModelVersion,
    files: Result<Vec<FileSize>, String>,
    destination: &Destination,
) -> CopyPlan {
    let files_refusal = match (&files, destination) {
        (Err(why), _) => Some(format!("The files cannot be read from here. {why}")),
        (Ok(files), _) if files.is_empty() => Some("The version has no files.".to_owned()),
        (Ok(_), Destination::OtherServer { upload_refusal }) => upload_refusal.clone(),
        (Ok(_), Destination::SameServer) => None,
    };
    let by_files = OfferedWay { way: CopyWay::Files, refusal: files_refusal };
    let ways = match destination {
        Destination::SameServer => vec![OfferedWay { way: CopyWay::Reference, refusal: None }],
        Destination::OtherServer { .. } => {
            let place = OfferedWay { way: CopyWay::Place, refusal: place_refusal(&version.source) };
            if by_files.refusal.is_some() && place.refusal.is_none() {
                vec![place, by_files]
            } else {
                vec![by_files, place]
            }
        }
    };
    let mut refusals = Vec::new();
    if version.status != "READY" {
        let status = version.status.to_lowercase().replace('_', " ");
        refusals.push(format!("Version {} is not ready: {status}.", version.version));
    }
    if ways.iter().all(|offered| offered.refusal.is_some()) {
        refusals.extend(ways.iter().filter_map(|offered| offered.refusal.clone()));
    }
    let files = files.unwrap_or_default();
    CopyPlan {
        id,
        origin: CopyOrigin {
            address: address.to_owned(),
            model: version.name.clone(),
            version: version.version.clone(),
            run_id: version.run_id.clone(),
        },
        description: version.description.clone(),
        tags: copied_tags(&version.tags),
        bytes: sum_of(files.iter().map(|file| file.size_bytes)),
        ways,
        files,
        refusals,
    }
}

/// Of all sizes, none where one is not known. A server can say any number.
pub(super) fn sum_of(sizes: impl IntoIterator<Item = Option<u64>>) -> Option<u64> {
    sizes.into_iter().try_fold(0_u64, |sum, size| Some(sum.saturating_add(size?)))
}

/// Only a store of its own is at the same place for two servers.
fn place_refusal(source: &str) -> Option<String> {
    const STORES: [&str; 9] = ["s3", "r2", "b2", "gs", "wasbs", "abfss", "dbfs", "hdfs", "oss"];
    let scheme = source.split_once("://").map_or("", |(scheme, _)| scheme);
    (!STORES.contains(&scheme)).then(|| format!("The source {source} is a place that only its own server knows."))
}

/// The version to ask for where it is to have the files of `version` without a copy of them.
pub fn referring(version: &ModelVersion, way: CopyWay, description: String, tags: Vec<Tag>) -> NewVersion {
    // In the path of a URI these would mean something else.
    let is_plain = !version.name.contains(['?', '#', '%', '+', '@', '/']);
    match way {
        CopyWay::Reference if is_plain => NewVersion {
            source: format!("models:/{}/{}", version.name, version.version),
            run_id: version.run_id.clone(),
            // The server takes it from the version that is named.
            model_id: None,
            description,
            tags,
        },
        CopyWay::Reference => NewVersion {
            source: version.source.clone(),
            run_id: version.run_id.clone(),
            model_id: version.model_id.clone(),
            description,
            tags,
        },
        // Its run is not known there.
        CopyWay::Place | CopyWay::Files => {
            NewVersion { source: version.source.clone(), run_id: None, model_id: None, description, tags }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(source: &str) -> ModelVersion {
        let json = format!(
            r#"{{"name":"churn","version":"3","description":"d","creationTimeMs":1,"lastUpdatedTimeMs":1,"userId":"",
                "stage":"None","source":"{source}","runId":"r1","modelId":null,"status":"READY",
                "tags":[{{"key":"team","value":"risk"}},{{"key":"podium.reason","value":"x"}}]}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    fn ways(source: &str, files: Result<Vec<FileSize>, String>, upload_refusal: Option<&str>) -> Vec<(CopyWay, bool)> {
        let there = Destination::OtherServer { upload_refusal: upload_refusal.map(str::to_owned) };
        let plan = plan_copy("1".into(), "http://dev", &version(source), files, &there);
        assert_eq!(plan.refusals.is_empty(), plan.ways.iter().any(|offered| offered.refusal.is_none()), "{plan:?}");
        plan.ways.iter().map(|offered| (offered.way, offered.refusal.is_none())).collect()
    }

    #[test]
    fn files_are_copied_where_both_ends_can_and_a_store_of_its_own_can_be_named() {
        use CopyWay::{Files, Place};
        let files = || Ok(vec![FileSize { path: "MLmodel".into(), size_bytes: Some(3) }]);
        let unread = || Err("They are elsewhere.".to_owned());
        assert_eq!(ways("mlflow-artifacts:/1/r1/artifacts/model", files(), None), [(Files, true), (Place, false)]);
        assert_eq!(ways("s3://b/1/r1/artifacts/model", files(), None), [(Files, true), (Place, true)]);
        assert_eq!(ways("s3://b/1/r1/artifacts/model", unread(), None), [(Place, true), (Files, false)]);
        assert_eq!(ways("s3://b/m", files(), Some("no proxy")), [(Place, true), (Files, false)]);
        assert_eq!(ways("mlflow-artifacts:/1/x", files(), Some("no proxy")), [(Files, false), (Place, false)]);
        assert_eq!(ways("/data/x", Ok(Vec::new()), None), [(Files, false), (Place, false)]);
    }

    #[test]
    fn on_one_server_the_version_itself_is_the_source() {
        let of = |name: &str| ModelVersion { name: name.to_owned(), ..version("models:/m-1") };
        let new = referring(&of("churn gbdt"), CopyWay::Reference, String::new(), Vec::new());
        assert_eq!((new.source.as_str(), new.run_id.as_deref()), ("models:/churn gbdt/3", Some("r1")));
        // Such a name cannot stand in a URI.
        let new = referring(&of("50% off?"), CopyWay::Reference, String::new(), Vec::new());
        assert_eq!(new.source, "models:/m-1");
        let plan = plan_copy("1".into(), "http://dev", &version("s3://x"), Ok(Vec::new()), &Destination::SameServer);
        assert_eq!((plan.ways.len(), plan.ways[0].way), (1, CopyWay::Reference));
        assert_eq!((plan.tags.len(), plan.bytes), (1, Some(0)));
    }
}
