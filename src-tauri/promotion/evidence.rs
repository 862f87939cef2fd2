//! Whose numbers a version has. Pure.
//!
//! A run may have logged several models, so a version's own numbers are those of its logged model; what that does not
//! have is taken from the run, and says so. A run that logged several models measured its numbers on one of them,
//! and which one nothing says: such numbers are shown and decide nothing.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::entities::{DatasetName, LoggedModel, Metric, MetricValue, ModelMetric, Param};

/// Metrics of one key on two datasets are two metrics.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MetricName {
    pub key: String,
    /// What it was measured on, where the metric says so.
    pub dataset: Option<DatasetName>,
}

/// A number of a version, and whose it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Measured {
    pub value: MetricValue,
    pub step: i64,
    /// The window has no use for it, and a board has thousands of numbers.
    #[serde(skip)]
    pub timestamp_ms: i64,
    pub of: Owner,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Owner {
    LoggedModel,
    Run,
    /// A run that logged several models: the number may be another one's.
    SharedRun,
}

/// What is known of what a version was made from.
#[derive(Debug, Clone, Copy, Default)]
pub struct EvidenceSources<'a> {
    pub logged_model: Option<&'a LoggedModel>,
    pub run: Option<KnownRun<'a>>,
}

#[derive(Debug, Clone, Copy)]
pub struct KnownRun<'a> {
    pub run_id: &'a str,
    pub metrics: &'a [Metric],
    pub params: &'a [Param],
    /// It logged more than one model.
    pub shared: bool,
    /// What is known to have been measured on a logged model, of this version or another.
    pub measured_on_models: &'a HashSet<Measurement>,
}

/// Key, step and timestamp in ms: what a run and a logged model keep alike of one call of `log_metric`.
pub type Measurement = (String, i64, i64);

fn measurement(metric: &Metric) -> Measurement {
    (metric.key.clone(), metric.step, metric.timestamp_ms)
}

/// What a run measured on these logged models.
pub fn measurements<'a>(models: impl IntoIterator<Item = &'a LoggedModel>, run_id: &str) -> HashSet<Measurement> {
    let of_run = |metric: &&ModelMetric| metric.run_id.as_deref().is_none_or(|other| other == run_id);
    let all = models.into_iter().flat_map(|model| &model.metrics).filter(of_run);
    all.map(|metric| measurement(&metric.metric)).collect()
}

/// The numbers of a version.
pub fn measured(known: EvidenceSources<'_>) -> BTreeMap<MetricName, Measured> {
    let mut all = BTreeMap::new();
    let of_model: &[ModelMetric] = known.logged_model.map_or(&[], |model| &model.metrics);
    // On whatever dataset: the run's number of such a key is one of the model's, or another model's.
    let own_keys: HashSet<&str> = of_model.iter().map(|metric| metric.metric.key.as_str()).collect();
    if let Some(run) = known.run {
        let of = if run.shared { Owner::SharedRun } else { Owner::Run };
        for metric in run.metrics {
            if own_keys.contains(metric.key.as_str()) || run.measured_on_models.contains(&measurement(metric)) {
                continue;
            }
            let name = MetricName { key: metric.key.clone(), dataset: None };
            all.insert(name, number(metric, metric.value, of));
        }
    }
    for ModelMetric { metric, dataset, run_id } in of_model {
        let name = MetricName { key: metric.key.clone(), dataset: dataset.clone() };
        let value = if is_lost_nan(metric, run_id.as_deref(), known.run) { f64::NAN } else { metric.value.0 };
        all.insert(name, number(metric, MetricValue(value), Owner::LoggedModel));
    }
    all
}

fn number(metric: &Metric, value: MetricValue, of: Owner) -> Measured {
    Measured { value, step: metric.step, timestamp_ms: metric.timestamp_ms, of }
}

/// The params of a version by key; those of its logged model count before those of its run.
pub fn params(known: EvidenceSources<'_>) -> BTreeMap<String, String> {
    let of_run = known.run.iter().flat_map(|run| run.params);
    let of_model = known.logged_model.iter().flat_map(|model| &model.params);
    of_run.chain(of_model).map(|param| (param.key.clone(), param.value.clone())).collect()
}

/// MLflow keeps a NaN of a logged model as 0, and the same measurement of its run as NaN.
fn is_lost_nan(metric: &Metric, run_id: Option<&str>, run: Option<KnownRun<'_>>) -> bool {
    let Some(run) = run.filter(|run| metric.value.0 == 0.0 && run_id == Some(run.run_id)) else { return false };
    run.metrics.iter().any(|other| other.value.0.is_nan() && measurement(other) == measurement(metric))
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::entities::tests::logged_model;

    pub fn metric(key: &str, value: f64, step: i64) -> Metric {
        Metric { key: key.to_owned(), value: MetricValue(value), timestamp_ms: 1, step }
    }

    pub fn param(key: &str, value: &str) -> Param {
        Param { key: key.to_owned(), value: value.to_owned() }
    }

    pub fn logged(model_id: &str, metrics: &[(Metric, Option<&str>)], params: &[Param]) -> LoggedModel {
        let of = |(metric, dataset): &(Metric, Option<&str>)| ModelMetric {
            metric: metric.clone(),
            dataset: dataset.map(|name| DatasetName { name: name.to_owned(), digest: "1".to_owned() }),
            run_id: Some("r".to_owned()),
        };
        LoggedModel {
            params: params.to_vec(),
            metrics: metrics.iter().map(of).collect(),
            ..logged_model(model_id, 0.0)
        }
    }

    fn run<'a>(
        metrics: &'a [Metric],
        params: &'a [Param],
        measured_on_models: &'a HashSet<Measurement>,
    ) -> KnownRun<'a> {
        KnownRun { run_id: "r", metrics, params, shared: false, measured_on_models }
    }

    fn words(all: &BTreeMap<MetricName, Measured>) -> Vec<String> {
        let word = |(name, number): (&MetricName, &Measured)| {
            let dataset = name.dataset.as_ref().map_or(String::new(), |dataset| format!(" on {}", dataset.name));
            format!("{}{dataset} {} {:?}", name.key, number.value.0, number.of)
        };
        all.iter().map(word).collect()
    }

    #[test]
    fn the_numbers_are_those_of_the_logged_model_and_then_those_of_the_run() {
        let model = logged("m-1", &[(metric("acc", 0.9, 1), None)], &[param("depth", "3")]);
        let metrics = [metric("acc", 0.7, 2), metric("hours", 4.0, 0)];
        let of_run = [param("depth", "9"), param("lr", "0.1")];
        let no_others = HashSet::new();
        let known = EvidenceSources { logged_model: Some(&model), run: Some(run(&metrics, &of_run, &no_others)) };
        assert_eq!(words(&measured(known)), ["acc 0.9 LoggedModel", "hours 4 Run"]);
        assert_eq!(
            params(known).into_iter().collect::<Vec<_>>(),
            [("depth".to_owned(), "3".to_owned()), ("lr".to_owned(), "0.1".to_owned())]
        );
    }

    #[test]
    fn one_key_on_several_datasets_stays_several_metrics() {
        let on = |value, dataset| (metric("acc", value, 0), dataset);
        let model = logged("m-1", &[on(0.95, None), on(0.9, Some("a")), on(0.8, Some("b"))], &[]);
        let metrics = [metric("acc", 0.8, 0)];
        let no_others = HashSet::new();
        let known = EvidenceSources { logged_model: Some(&model), run: Some(run(&metrics, &[], &no_others)) };
        assert_eq!(
            words(&measured(known)),
            ["acc 0.95 LoggedModel", "acc on a 0.9 LoggedModel", "acc on b 0.8 LoggedModel"]
        );
    }

    #[test]
    fn a_number_that_another_model_of_the_run_measured_is_not_this_versions() {
        let (mine, other) = (logged("m-2", &[], &[]), logged("m-1", &[(metric("acc", 0.95, 1), None)], &[]));
        let metrics = [metric("acc", 0.95, 1), metric("loss", 0.2, 1)];
        let on_models = measurements([&mine, &other], "r");
        let run = KnownRun { shared: true, ..run(&metrics, &[], &on_models) };
        let known = EvidenceSources { logged_model: Some(&mine), run: Some(run) };
        assert_eq!(words(&measured(known)), ["loss 0.2 SharedRun"]);
    }

    #[test]
    fn a_nan_that_mlflow_keeps_as_zero_is_read_from_the_run() {
        let model = logged("m-1", &[(metric("loss", 0.0, 1), None), (metric("zero", 0.0, 1), None)], &[]);
        let metrics = [metric("loss", f64::NAN, 1), metric("zero", f64::NAN, 2)];
        let no_others = HashSet::new();
        let known = EvidenceSources { logged_model: Some(&model), run: Some(run(&metrics, &[], &no_others)) };
        assert_eq!(words(&measured(known)), ["loss NaN LoggedModel", "zero 0 LoggedModel"]);
    }
}
