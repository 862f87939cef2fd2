//! Registered models, their versions and aliases, and the logged models of MLflow 3.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{ArtifactRoot, Metric, Param, Tag};

/// A name that points at exactly one version of a registered model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelAlias {
    pub alias: String,
    pub version: String,
}

impl ModelAlias {
    /// The alias of this name in lower case: exactly, or else in another case. Servers tell `Champion` from `champion`,
    /// people do not.
    pub fn find<'a>(aliases: &'a [Self], name: &str) -> Option<&'a Self> {
        let exact = aliases.iter().find(|held| held.alias == name);
        exact.or_else(|| aliases.iter().find(|held| held.alias.to_lowercase() == name))
    }
}

/// An alias that was elsewhere than at the look before: it moved between the two. No version: it was not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AliasSighting {
    pub model: String,
    pub alias: String,
    pub from_version: Option<String>,
    pub to_version: Option<String>,
    /// When the one look and when the other was, in epoch milliseconds.
    pub after_ms: i64,
    pub before_ms: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RegisteredModel {
    pub name: String,
    pub description: String,
    pub creation_time_ms: Option<i64>,
    /// Not bumped when an alias moves.
    pub last_updated_time_ms: Option<i64>,
    pub tags: Vec<Tag>,
    pub aliases: Vec<ModelAlias>,
}

/// A version's `version` is a text of digits, as MLflow has it. Its aliases are not here:
/// servers leave them out of searches, so [`RegisteredModel::aliases`] is the one place for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelVersion {
    pub name: String,
    pub version: String,
    pub description: String,
    pub creation_time_ms: Option<i64>,
    pub last_updated_time_ms: Option<i64>,
    pub user_id: String,
    /// `None`, `Staging`, `Production` or `Archived`.
    pub stage: String,
    pub source: String,
    pub run_id: Option<String>,
    pub model_id: Option<String>,
    /// `READY`, `PENDING_REGISTRATION` or `FAILED_REGISTRATION`.
    pub status: String,
    /// Why it is so, in the server's words; mostly empty.
    #[serde(default)]
    pub status_message: String,
    pub tags: Vec<Tag>,
}

impl ModelVersion {
    /// Where its files are: a root and a folder in it. None where its source names neither a logged model nor a run.
    pub fn files(&self) -> Option<(ArtifactRoot, String)> {
        if let Some(id) = &self.model_id {
            return Some((ArtifactRoot::LoggedModel(id.clone()), String::new()));
        }
        let in_run =
            |run_id: &str, path: &str| Some((ArtifactRoot::Run(run_id.to_owned()), path.trim_matches('/').to_owned()));
        if let Some((run_id, path)) = self.source.strip_prefix("runs:/").and_then(|rest| rest.split_once('/')) {
            return in_run(run_id, path);
        }
        let run_id = self.run_id.as_deref()?;
        let (_, path) = self.source.split_once(&format!("/{run_id}/artifacts/"))?;
        in_run(run_id, path)
    }

    /// The logged model that a source names: `models:/m-4f…`, or a folder of its files.
    pub fn model_id_of(source: &str) -> Option<String> {
        let id = match source.strip_prefix("models:/") {
            Some(id) => id.trim_start_matches('/'),
            None => {
                let (folder, _) = source.split_once("/artifacts")?;
                let (rest, id) = folder.rsplit_once('/')?;
                rest.ends_with("/models").then_some(id)?
            }
        };
        (id.starts_with("m-") && !id.contains(['/', '@'])).then(|| id.to_owned())
    }
}

/// What metrics were measured on, as MLflow names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DatasetName {
    pub name: String,
    pub digest: String,
}

/// The latest value of one metric of a logged model on one dataset. Metrics of one key on two datasets are two metrics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelMetric {
    pub metric: Metric,
    pub dataset: Option<DatasetName>,
    /// The run that measured it, which may be another than the one that made the model.
    pub run_id: Option<String>,
}

impl ModelMetric {
    /// Of all that was ever logged the latest of each key and dataset, by (step, timestamp, value), in their order.
    pub fn latest(mut logged: Vec<Self>) -> Vec<Self> {
        let of = |metric: &Self| (metric.metric.key.clone(), metric.dataset.clone());
        logged.sort_by(|a, b| {
            let (x, y) = (&a.metric, &b.metric);
            let newer = (y.step, y.timestamp_ms).cmp(&(x.step, x.timestamp_ms));
            of(a).cmp(&of(b)).then(newer).then(y.value.0.total_cmp(&x.value.0))
        });
        logged.dedup_by(|later, first| of(later) == of(first));
        logged
    }
}

/// A model logged by a run (MLflow 3). Its files live under the model, not under the run, and so do its params and
/// metrics: a run may have logged several models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoggedModel {
    pub model_id: String,
    pub experiment_id: String,
    pub name: String,
    pub artifact_uri: String,
    pub status: String,
    pub model_type: String,
    pub source_run_id: Option<String>,
    pub creation_time_ms: Option<i64>,
    pub tags: Vec<Tag>,
    pub params: Vec<Param>,
    pub metrics: Vec<ModelMetric>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entities::MetricValue;

    #[test]
    fn a_logged_model_is_named_by_a_source() {
        let hex = "m-4f2a00000000000000000000000000aa";
        for source in [
            format!("models:/{hex}"),
            format!("models:///{hex}"),
            format!("mlflow-artifacts:/1/models/{hex}/artifacts"),
            format!("s3://bucket/1/models/{hex}/artifacts/"),
        ] {
            assert_eq!(ModelVersion::model_id_of(&source).as_deref(), Some(hex), "{source}");
        }
        for other in [
            "models:/churn/3",
            "models:/churn@champion",
            "models:/m-x/3",
            "runs:/abc/model",
            "/tmp/m-1",
            "mlflow-artifacts:/1/0a/artifacts/model",
            "s3://m-bucket/artifacts",
            "",
        ] {
            assert_eq!(ModelVersion::model_id_of(other), None, "{other}");
        }
    }

    #[test]
    fn the_files_of_a_version_are_those_of_its_logged_model_or_in_a_folder_of_a_run() {
        let files = |source: &str, model_id: Option<&str>| {
            let json = format!(
                r#"{{"name":"m","version":"1","description":"","creationTimeMs":1,"lastUpdatedTimeMs":1,"userId":"",
                    "stage":"None","source":"{source}","runId":"r1","modelId":null,"status":"READY","tags":[]}}"#
            );
            let version: ModelVersion = serde_json::from_str(&json).unwrap();
            ModelVersion { model_id: model_id.map(str::to_owned), ..version }.files()
        };
        let run = |id: &str, folder: &str| Some((ArtifactRoot::Run(id.to_owned()), folder.to_owned()));
        assert_eq!(
            files("models:/m-1", Some("m-1")),
            Some((ArtifactRoot::LoggedModel("m-1".to_owned()), String::new()))
        );
        assert_eq!(files("runs:/r2/a/model/", None), run("r2", "a/model"));
        assert_eq!(files("mlflow-artifacts:/1/r1/artifacts/model", None), run("r1", "model"));
        assert_eq!((files("s3://elsewhere/model", None), files("models:/other/3", None)), (None, None));
    }

    #[test]
    fn the_latest_metric_of_each_key_and_dataset_counts() {
        let logged = |key: &str, dataset: Option<&str>, step, timestamp_ms, value| ModelMetric {
            metric: Metric { key: key.to_owned(), value: MetricValue(value), timestamp_ms, step },
            dataset: dataset.map(|name| DatasetName { name: name.to_owned(), digest: "1".to_owned() }),
            run_id: None,
        };
        let all = vec![
            logged("acc", None, 1, 9, 0.1),
            logged("acc", Some("b"), 0, 1, 0.5),
            logged("acc", None, 2, 1, 0.2),
            logged("acc", Some("a"), 0, 1, 0.4),
            logged("acc", Some("a"), 0, 2, 0.3),
            logged("acc", None, 2, 1, 0.15),
        ];
        let kept =
            [logged("acc", None, 2, 1, 0.2), logged("acc", Some("a"), 0, 2, 0.3), logged("acc", Some("b"), 0, 1, 0.5)];
        assert_eq!(ModelMetric::latest(all), kept);
    }
}
