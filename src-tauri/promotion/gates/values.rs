//! What a version has, for the rules of its model.

use std::collections::BTreeMap;

use super::super::evidence::{Measured, MetricName};
use super::super::side::Side;
use crate::entities::{LoggedModel, ModelVersion, Run, tag_value};
use crate::query::{DatasetPart, Subject, Value, Values};

/// A version with the numbers of its logged model and its run, each under its name.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionValues<'a> {
    pub version: &'a ModelVersion,
    pub run: Option<&'a Run>,
    pub logged_model: Option<&'a LoggedModel>,
    pub metrics: BTreeMap<MetricName, Measured>,
    pub params: BTreeMap<String, String>,
}

impl<'a> From<&'a Side> for VersionValues<'a> {
    fn from(side: &'a Side) -> Self {
        Self {
            version: &side.version,
            run: side.run.as_ref(),
            logged_model: side.logged_model.as_ref(),
            metrics: side.measured(),
            params: side.params(),
        }
    }
}

impl VersionValues<'_> {
    pub(super) fn number(&self) -> &str {
        &self.version.version
    }

    /// Its numbers of one metric: one, or one for each dataset.
    pub(super) fn measured<'b>(&'b self, key: &'b str) -> impl Iterator<Item = (&'b MetricName, &'b Measured)> {
        let first = MetricName { key: key.to_owned(), dataset: None };
        self.metrics.range(first..).take_while(move |(name, _)| name.key == key)
    }

    fn datasets(&self, part: DatasetPart) -> Vec<&str> {
        let metrics = self.logged_model.iter().flat_map(|model| &model.metrics);
        let measured_on = metrics.filter_map(|metric| metric.dataset.as_ref()).filter_map(|dataset| match part {
            DatasetPart::Name => Some(dataset.name.as_str()),
            DatasetPart::Digest => Some(dataset.digest.as_str()),
            DatasetPart::Context => None,
        });
        let of_run = self.run.map(|run| run.of(&Subject::Dataset(part))).unwrap_or_default();
        let of_run = of_run.into_iter().filter_map(|value| match value {
            Value::Text(text) => Some(text),
            Value::Number(_) => None,
        });
        let mut all: Vec<&str> = measured_on.chain(of_run).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl Values for VersionValues<'_> {
    fn of(&self, subject: &Subject) -> Vec<Value<'_>> {
        match subject {
            Subject::Metric(key) => self.measured(key).map(|(_, number)| Value::Number(number.value.0)).collect(),
            Subject::Param(key) => self.params.get(key).map(|text| Value::Text(text)).into_iter().collect(),
            Subject::Tag(key) => {
                let of_run = || self.run.filter(|_| key.starts_with("mlflow.")).map(|run| &run.tags);
                let found = tag_value(&self.version.tags, key).or_else(|| tag_value(of_run()?, key));
                found.map(Value::Text).into_iter().collect()
            }
            Subject::Attribute(_) => self.run.map(|run| run.of(subject)).unwrap_or_default(),
            Subject::Dataset(part) => self.datasets(*part).into_iter().map(Value::Text).collect(),
        }
    }
}
