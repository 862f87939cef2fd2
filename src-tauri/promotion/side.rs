//! A version and all that is known of it: one of the two sides of a promotion.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;
use specta::Type;

use super::evidence::{self, EvidenceSources, KnownRun, Measured, Measurement, MetricName, measurements};
use super::packaged::Packaged;
use crate::entities::{LoggedModel, ModelVersion, Run};

/// A version as it was just read, with what it was made from as far as that is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    pub version: ModelVersion,
    pub logged_model: Option<LoggedModel>,
    pub run: Option<Run>,
    /// Other logged models of the run, as far as they are known.
    pub siblings: Vec<LoggedModel>,
    /// What could not be read, in sentences.
    pub unread: Vec<String>,
    pub packaged: Packaged,
    /// By metric, the numbers of the runs that differ from its run in their seed only, its own among them.
    pub seeds: BTreeMap<String, Vec<f64>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MadeFrom {
    pub logged_model_name: Option<String>,
    pub run_id: Option<String>,
    pub run_name: Option<String>,
    /// When the version was registered and by whom, and when its run began: epoch milliseconds.
    pub registered_at_ms: Option<i64>,
    pub registered_by: Option<String>,
    pub trained_at_ms: Option<i64>,
}

impl Side {
    /// Without its files and runs of other seeds, which take longer to read.
    pub fn of(
        version: ModelVersion,
        logged_model: Option<LoggedModel>,
        run: Option<Run>,
        siblings: Vec<LoggedModel>,
    ) -> Self {
        let (unread, packaged, seeds) = Default::default();
        Self { version, logged_model, run, siblings, unread, packaged, seeds }
    }

    pub(super) fn run_id(&self) -> Option<&str> {
        self.version.run_id.as_deref()
    }

    /// Its numbers.
    pub(super) fn measured(&self) -> BTreeMap<MetricName, Measured> {
        evidence::measured(self.known(&self.measurements()))
    }

    pub(super) fn params(&self) -> BTreeMap<String, String> {
        evidence::params(self.known(&HashSet::new()))
    }

    pub(super) fn made_from(&self) -> MadeFrom {
        MadeFrom {
            logged_model_name: self.logged_model.as_ref().map(|model| model.name.clone()),
            run_id: self.version.run_id.clone(),
            run_name: self.run.as_ref().map(|run| run.info.display_name()),
            registered_at_ms: self.version.creation_time_ms,
            // MLflow writes "unknown" where it was not told.
            registered_by: Some(self.version.user_id.trim().to_owned()).filter(|by| !by.is_empty() && by != "unknown"),
            trained_at_ms: self.run.as_ref().and_then(|run| run.info.start_time_ms),
        }
    }

    fn measurements(&self) -> HashSet<Measurement> {
        measurements(self.logged_model.iter().chain(&self.siblings), self.run_id().unwrap_or_default())
    }

    fn known<'a>(&'a self, measured_on_models: &'a HashSet<Measurement>) -> EvidenceSources<'a> {
        let own = self.version.model_id.as_deref();
        let outputs = self.run.iter().flat_map(|run| &run.model_outputs).map(|output| output.model_id.as_str());
        let siblings = self.siblings.iter().map(|model| model.model_id.as_str());
        let models: HashSet<&str> = own.into_iter().chain(outputs).chain(siblings).collect();
        let run = self.run.as_ref().map(|run| KnownRun {
            run_id: &run.info.run_id,
            metrics: &run.metrics,
            params: &run.params,
            shared: models.len() > 1,
            measured_on_models,
        });
        EvidenceSources { logged_model: self.logged_model.as_ref(), run }
    }

    pub(super) fn is_known(&self) -> bool {
        self.logged_model.is_some() || self.run.is_some()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::entities::{LifecycleStage, Metric, ModelAlias, Param, RegisteredModel, RunInfo, RunStatus};

    pub fn model(aliases: &[(&str, &str)]) -> RegisteredModel {
        RegisteredModel {
            name: "iris".into(),
            description: String::new(),
            creation_time_ms: None,
            last_updated_time_ms: None,
            tags: Vec::new(),
            aliases: aliases
                .iter()
                .map(|(alias, version)| ModelAlias { alias: (*alias).into(), version: (*version).into() })
                .collect(),
        }
    }

    pub fn version(number: &str, status: &str) -> ModelVersion {
        ModelVersion {
            name: "iris".into(),
            version: number.into(),
            description: String::new(),
            creation_time_ms: None,
            last_updated_time_ms: None,
            user_id: String::new(),
            stage: "None".into(),
            source: String::new(),
            run_id: None,
            model_id: None,
            status: status.into(),
            status_message: String::new(),
            tags: Vec::new(),
        }
    }

    pub fn run(run_id: &str, metrics: &[Metric], params: &[Param]) -> Run {
        Run {
            info: RunInfo {
                run_id: run_id.into(),
                run_name: "owl".into(),
                experiment_id: "1".into(),
                user_id: "ana".into(),
                status: RunStatus::Finished,
                start_time_ms: None,
                end_time_ms: None,
                artifact_uri: String::new(),
                lifecycle_stage: LifecycleStage::Active,
            },
            metrics: metrics.to_vec(),
            params: params.to_vec(),
            tags: Vec::new(),
            dataset_inputs: Vec::new(),
            model_outputs: Vec::new(),
        }
    }

    pub fn side(number: &str, run: Option<Run>, logged_model: Option<LoggedModel>) -> Side {
        let version = ModelVersion {
            run_id: run.as_ref().map(|run| run.info.run_id.clone()),
            model_id: logged_model.as_ref().map(|model| model.model_id.clone()),
            ..version(number, "READY")
        };
        Side::of(version, logged_model, run, Vec::new())
    }
}
