//! Columns of the table of versions that the user chooses: what there is to choose from, and what each version has there.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use specta::Type;

use super::App;
use crate::entities::{LoggedModel, ModelVersion, Run, tag_value};
use crate::error::Result;
use crate::promotion::{MetricName, Signature};
use crate::query::{DatasetPart, Subject};

const HISTORY_TAG: &str = "mlflow.log-model.history";

/// A column of words; those of numbers come with the board.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", tag = "kind", content = "of")]
pub enum VersionColumn {
    /// Of its logged model, else of its run.
    Param(String),
    /// Of the version.
    Tag(String),
    Signature,
    Datasets,
}

/// What there is to choose from, by name.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionColumnChoices {
    pub metrics: Vec<MetricName>,
    /// With how many runs or logged models have each.
    pub params: Vec<(String, u32)>,
    /// With how many versions have each.
    pub tags: Vec<(String, u32)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionCells {
    pub version: String,
    /// In the order of the columns that were asked for; None where it has none, or that is not known.
    pub cells: Vec<Option<String>>,
}

impl App {
    pub async fn version_column_choices(&self, profile_id: &str, name: &str) -> Result<VersionColumnChoices> {
        let source = self.connection(profile_id).await?.source;
        let versions = self.cache.model_versions(source, name).await?;
        let logged_models = self.cache.logged_models_of(source, name).await?;
        let of_runs = self.cache.source_metric_keys(source, name).await?;
        let of_runs = of_runs.into_iter().map(|(key, _)| MetricName { key, dataset: None });
        let of_models = logged_models
            .values()
            .flat_map(|model| &model.metrics)
            .map(|metric| MetricName { key: metric.metric.key.clone(), dataset: metric.dataset.clone() });
        let mut metrics: Vec<MetricName> = of_runs.chain(of_models).collect();
        metrics.sort();
        metrics.dedup();
        let mut params: BTreeMap<String, u32> = self.cache.source_param_keys(source, name).await?.into_iter().collect();
        for param in logged_models.values().flat_map(|model| &model.params) {
            *params.entry(param.key.clone()).or_default() += 1;
        }
        let mut tags: BTreeMap<String, u32> = BTreeMap::new();
        for tag in versions.iter().flat_map(|version| &version.tags) {
            *tags.entry(tag.key.clone()).or_default() += 1;
        }
        Ok(VersionColumnChoices { metrics, params: params.into_iter().collect(), tags: tags.into_iter().collect() })
    }

    /// What all versions have in these columns, newest first.
    pub async fn version_cells(
        &self,
        profile_id: &str,
        name: &str,
        columns: &[VersionColumn],
    ) -> Result<Vec<VersionCells>> {
        let source = self.connection(profile_id).await?.source;
        let versions = self.cache.model_versions(source, name).await?;
        let logged_models = self.cache.logged_models_of(source, name).await?;
        let subjects: Vec<Subject> = columns.iter().filter_map(VersionColumn::subject).collect();
        let runs = match subjects.is_empty() {
            true => HashMap::new(),
            false => self.cache.source_runs_for(source, name, &subjects.iter().collect::<Vec<_>>()).await?,
        };
        let cells = |version: ModelVersion| {
            let run = version.run_id.as_ref().and_then(|id| runs.get(id));
            let model = version.model_id.as_ref().and_then(|id| logged_models.get(id));
            let cells = columns.iter().map(|column| column.of(&version, run, model)).collect();
            VersionCells { version: version.version, cells }
        };
        Ok(versions.into_iter().map(cells).collect())
    }
}

impl VersionColumn {
    /// What of a run it looks at.
    fn subject(&self) -> Option<Subject> {
        match self {
            Self::Param(key) => Some(Subject::Param(key.clone())),
            Self::Tag(_) => None,
            Self::Signature => Some(Subject::Tag(HISTORY_TAG.to_owned())),
            Self::Datasets => Some(Subject::Dataset(DatasetPart::Name)),
        }
    }

    fn of(&self, version: &ModelVersion, run: Option<&Run>, model: Option<&LoggedModel>) -> Option<String> {
        match self {
            Self::Param(key) => {
                let of_model = model.iter().flat_map(|model| &model.params);
                let mut params = of_model.chain(run.iter().flat_map(|run| &run.params));
                params.find(|param| param.key == *key).map(|param| param.value.clone())
            }
            Self::Tag(key) => tag_value(&version.tags, key).map(str::to_owned),
            Self::Signature => {
                let history = tag_value(&run?.tags, HISTORY_TAG)?;
                let (_, folder) = version.files()?;
                let signature = Signature::of_history(history, &folder, version.model_id.as_deref())?;
                Some(signature.words())
            }
            Self::Datasets => {
                let mut names: Vec<String> =
                    run?.dataset_inputs.iter().map(|input| format!("{} {}", input.name, input.digest)).collect();
                names.sort();
                names.dedup();
                (!names.is_empty()).then(|| names.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::cache::tests::{Logged, run};
    use crate::connect::{Profile, ProfileKind};
    use crate::entities::RegisteredModel;

    #[tokio::test]
    async fn a_version_has_what_its_run_and_its_tags_say_and_nothing_where_they_say_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path(), folder.path(), None, Arc::new(|_| ())).await.unwrap();
        let profile = app.save_profile(Profile::new("a", ProfileKind::Server, "http://127.0.0.1:9")).await.unwrap();
        let source = app.connection(&profile.id).await.unwrap().source;
        let model = RegisteredModel {
            name: "churn".to_owned(),
            description: String::new(),
            creation_time_ms: None,
            last_updated_time_ms: None,
            tags: Vec::new(),
            aliases: Vec::new(),
        };
        app.cache.replace_registered_models(source, &[model]).await.unwrap();
        let version = |number: &str, run_id: Option<&str>, tags: serde_json::Value| -> ModelVersion {
            serde_json::from_value(serde_json::json!({
                "name": "churn", "version": number, "description": "", "creationTimeMs": 1, "lastUpdatedTimeMs": 1,
                "userId": "", "stage": "None", "source": "runs:/1/model", "runId": run_id, "modelId": null,
                "status": "READY", "statusMessage": "", "tags": tags,
            }))
            .unwrap()
        };
        let tags = serde_json::json!([{ "key": "team", "value": "" }]);
        let versions = [version("1", Some("1"), tags), version("2", None, serde_json::json!([]))];
        app.cache.apply_model_versions(source, &versions).await.unwrap();
        let history = r#"[{"artifact_path":"model","signature":{"inputs":"[{\"type\":\"long\"}]"}}]"#;
        let logged = run("1").metric("loss", 0.3).param("depth", "7").tag(HISTORY_TAG, history);
        app.cache.apply_runs(source, &[logged], 1).await.unwrap();

        let choices = app.version_column_choices(&profile.id, "churn").await.unwrap();
        assert_eq!(choices.metrics, [MetricName { key: "loss".to_owned(), dataset: None }]);
        assert_eq!(choices.params, [("depth".to_owned(), 1)]);
        assert_eq!(choices.tags, [("team".to_owned(), 1)]);
        let columns = [
            VersionColumn::Param("depth".to_owned()),
            VersionColumn::Tag("team".to_owned()),
            VersionColumn::Signature,
            VersionColumn::Datasets,
        ];
        let cells = app.version_cells(&profile.id, "churn", &columns).await.unwrap();
        assert_eq!((cells[0].version.as_str(), &cells[0].cells), ("2", &vec![None; 4]));
        let words = |word: &str| Some(word.to_owned());
        assert_eq!(cells[1].cells, [words("7"), words(""), words("1 input, 0 outputs"), None]);
    }
}
