//! Experiments of a tracking server.

use serde::{Deserialize, Serialize};

use crate::entities::{Experiment, LifecycleStage};
use crate::tracking::{Page, Result};

use super::client::{Call, Client};
use super::page::page;
use super::wire::{Int, Text, WireTag, list, tags};

/// Experiments in a page; every server takes this many.
const PAGE: u32 = 1000;

#[derive(Serialize)]
struct Search<'a> {
    max_results: u32,
    view_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    page_token: Option<&'a str>,
}

#[derive(Deserialize)]
pub(super) struct Found {
    #[serde(default, deserialize_with = "list")]
    pub(super) experiments: Vec<WireExperiment>,
    #[serde(default)]
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct WireExperiment {
    #[serde(default)]
    experiment_id: Text,
    #[serde(default)]
    name: Text,
    #[serde(default)]
    artifact_location: Text,
    #[serde(default)]
    lifecycle_stage: Text,
    #[serde(default)]
    creation_time: Int,
    #[serde(default)]
    last_update_time: Int,
    #[serde(default, deserialize_with = "list")]
    tags: Vec<WireTag>,
}

pub async fn search(client: &Client, page_token: Option<&str>) -> Result<Page<Experiment>> {
    let found: Found = client.ask(question(PAGE, page_token)).await?;
    let experiments = found.experiments.into_iter().map(Experiment::from).collect();
    page(&client.address, experiments, found.next_page_token, page_token)
}

/// The question every tracking server answers, so that it is also what tells one.
pub(super) fn question(max_results: u32, page_token: Option<&str>) -> Call<'static> {
    Call::search("api/2.0/mlflow/experiments/search", &Search { max_results, view_type: "ALL", page_token })
}

pub(super) fn lifecycle_stage(text: &str) -> LifecycleStage {
    if text.eq_ignore_ascii_case("deleted") { LifecycleStage::Deleted } else { LifecycleStage::Active }
}

impl From<WireExperiment> for Experiment {
    fn from(wire: WireExperiment) -> Self {
        Self {
            experiment_id: wire.experiment_id.0,
            name: wire.name.0,
            artifact_location: wire.artifact_location.0,
            lifecycle_stage: lifecycle_stage(&wire.lifecycle_stage.0),
            creation_time_ms: wire.creation_time.0,
            last_update_time_ms: wire.last_update_time.0,
            tags: tags(wire.tags),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_experiment_of_a_server_before_1_29_has_no_times() {
        let found: Found = serde_json::from_str(
            r#"{"experiments":[{"experiment_id":"7","name":"日本/語","lifecycle_stage":"deleted"},
                {"experiment_id":8,"name":"x","creation_time":"12","tags":[{"key":"a","value":"b"}]}]}"#,
        )
        .expect("a page");
        let experiments: Vec<Experiment> = found.experiments.into_iter().map(Experiment::from).collect();
        assert_eq!(experiments[0].creation_time_ms, None);
        assert_eq!(experiments[0].lifecycle_stage, LifecycleStage::Deleted);
        assert_eq!(experiments[1].experiment_id, "8");
        assert_eq!(experiments[1].creation_time_ms, Some(12));
        assert_eq!(experiments[1].lifecycle_stage, LifecycleStage::Active);
        assert_eq!(experiments[1].tags[0].value, "b");
    }
}
