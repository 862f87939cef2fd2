//! What a run has, for a condition that is asked of it.

use super::condition::{Attribute, DatasetPart, Subject};
use super::evaluate::{Value, Values};
use crate::clock::now_ms;
use crate::entities::{Run, RunDuration, tag_value};

impl Values for Run {
    fn of(&self, subject: &Subject) -> Vec<Value<'_>> {
        match subject {
            Subject::Metric(key) => {
                let found = self.metrics.iter().find(|metric| metric.key == *key);
                found.map(|metric| Value::Number(metric.value.0)).into_iter().collect()
            }
            Subject::Param(key) => {
                let found = self.params.iter().find(|param| param.key == *key);
                found.map(|param| Value::Text(&param.value)).into_iter().collect()
            }
            Subject::Tag(key) => tag_value(&self.tags, key).map(Value::Text).into_iter().collect(),
            Subject::Attribute(attribute) => attribute_of(self, *attribute).into_iter().collect(),
            Subject::Dataset(part) => {
                let texts = self.dataset_inputs.iter().filter_map(|input| match part {
                    DatasetPart::Name => Some(&input.name),
                    DatasetPart::Digest => Some(&input.digest),
                    DatasetPart::Context => input.context.as_ref(),
                });
                texts.map(|text| Value::Text(text)).collect()
            }
        }
    }
}

fn attribute_of(run: &Run, attribute: Attribute) -> Option<Value<'_>> {
    let info = &run.info;
    Some(match attribute {
        Attribute::RunName => Value::Text(&info.run_name),
        Attribute::RunId => Value::Text(&info.run_id),
        Attribute::Status => Value::Text(info.status.as_mlflow()),
        Attribute::UserId => Value::Text(&info.user_id),
        Attribute::ArtifactUri => Value::Text(&info.artifact_uri),
        Attribute::ExperimentId => Value::Text(&info.experiment_id),
        Attribute::StartTime => Value::Number(info.start_time_ms? as f64),
        Attribute::EndTime => Value::Number(info.end_time_ms? as f64),
        Attribute::Duration => Value::Number(duration_ms(info.duration(), now_ms())? as f64),
    })
}

/// A run that begins within the next minute has just begun: clocks differ.
fn duration_ms(duration: RunDuration, now_ms: i64) -> Option<i64> {
    const CLOCKS_DIFFER_MS: i64 = 60_000;
    match duration {
        RunDuration::Ended { duration_ms } => Some(duration_ms),
        RunDuration::Running { since_ms } => {
            (since_ms <= now_ms.saturating_add(CLOCKS_DIFFER_MS)).then(|| now_ms.saturating_sub(since_ms).max(0))
        }
        RunDuration::Unknown { .. } => None,
    }
}
