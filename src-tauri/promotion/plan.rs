//! What moving an alias would mean, as a value: pure, nothing is asked or written here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::entities::{MetricValue, ModelVersion, RegisteredModel, Run};

/// The card that the user sees before anything is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PromotionPlan {
    pub model: String,
    pub alias: String,
    /// Who holds the alias now; nobody if absent.
    pub from_version: Option<String>,
    pub to_version: String,
    /// Metrics of the two source runs, by key; empty where neither run is known.
    pub metrics: Vec<MetricDelta>,
    /// Params that differ between the two source runs, by key.
    pub params: Vec<ParamDelta>,
    /// Why this cannot be done, in words for people; empty if it can.
    pub refusals: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MetricDelta {
    pub key: String,
    pub from: Option<MetricValue>,
    pub to: Option<MetricValue>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ParamDelta {
    pub key: String,
    pub from: Option<String>,
    pub to: Option<String>,
}

/// Plans moving `alias` of `model` (as just read) to `to_version`, one of `versions`. The runs
/// are those that the two versions came from, where they are known.
pub fn plan(
    model: &RegisteredModel,
    alias: &str,
    to_version: &str,
    versions: &[ModelVersion],
    from_run: Option<&Run>,
    to_run: Option<&Run>,
) -> PromotionPlan {
    let from_version = model.aliases.iter().find(|held| held.alias == alias).map(|held| held.version.clone());
    let mut refusals: Vec<String> = alias_refusal(alias).into_iter().collect();
    if from_version.as_deref() == Some(to_version) {
        refusals.push(format!("{alias} is already on version {to_version}."));
    }
    match versions.iter().find(|version| version.version == to_version) {
        None => refusals.push(format!("Version {to_version} of {} is no longer there.", model.name)),
        Some(version) if version.status != "READY" => {
            refusals.push(format!("Version {to_version} is not ready: its status is {}.", version.status));
        }
        Some(_) => {}
    }
    PromotionPlan {
        model: model.name.clone(),
        alias: alias.to_owned(),
        from_version,
        to_version: to_version.to_owned(),
        metrics: metric_deltas(from_run, to_run),
        params: param_deltas(from_run, to_run),
        refusals,
    }
}

/// Why the server would not take this as the name of an alias, if so.
/// The rules are those of MLflow (`mlflow/utils/validation.py`).
pub fn alias_refusal(alias: &str) -> Option<String> {
    let is_version = |text: &str| {
        text.strip_prefix(['v', 'V'])
            .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|digit| digit.is_ascii_digit()))
    };
    if alias.is_empty() {
        Some("An alias needs a name.".into())
    } else if alias.chars().count() > 255 {
        Some("The name of an alias is at most 255 characters long.".into())
    } else if !alias.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | '-')) {
        Some("The name of an alias holds letters, digits, - and _ only.".into())
    } else if alias.eq_ignore_ascii_case("latest") {
        Some("“latest” always means the newest version, so it cannot be an alias.".into())
    } else if is_version(alias) {
        Some(format!("“{alias}” means a version number, so it cannot be an alias."))
    } else {
        None
    }
}

fn metric_deltas(from: Option<&Run>, to: Option<&Run>) -> Vec<MetricDelta> {
    let metrics = |run: Option<&Run>| -> BTreeMap<String, MetricValue> {
        run.into_iter().flat_map(|run| &run.metrics).map(|metric| (metric.key.clone(), metric.value)).collect()
    };
    pairs(metrics(from), metrics(to)).map(|(key, from, to)| MetricDelta { key, from, to }).collect()
}

fn param_deltas(from: Option<&Run>, to: Option<&Run>) -> Vec<ParamDelta> {
    let params = |run: Option<&Run>| -> BTreeMap<String, String> {
        run.into_iter().flat_map(|run| &run.params).map(|param| (param.key.clone(), param.value.clone())).collect()
    };
    pairs(params(from), params(to))
        .filter(|(_, from, to)| from != to)
        .map(|(key, from, to)| ParamDelta { key, from, to })
        .collect()
}

fn pairs<T>(
    mut from: BTreeMap<String, T>,
    mut to: BTreeMap<String, T>,
) -> impl Iterator<Item = (String, Option<T>, Option<T>)> {
    let keys: std::collections::BTreeSet<String> = from.keys().chain(to.keys()).cloned().collect();
    keys.into_iter().map(move |key| {
        let pair = (from.remove(&key), to.remove(&key));
        (key, pair.0, pair.1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entities::{LifecycleStage, Metric, ModelAlias, Param, RunInfo, RunStatus};

    fn model(aliases: &[(&str, &str)]) -> RegisteredModel {
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

    fn version(number: &str, status: &str) -> ModelVersion {
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
            tags: Vec::new(),
        }
    }

    fn run(metrics: &[(&str, f64)], params: &[(&str, &str)]) -> Run {
        Run {
            info: RunInfo {
                run_id: "r".into(),
                run_name: "r".into(),
                experiment_id: "1".into(),
                user_id: "ana".into(),
                status: RunStatus::Finished,
                start_time_ms: None,
                end_time_ms: None,
                artifact_uri: String::new(),
                lifecycle_stage: LifecycleStage::Active,
            },
            metrics: metrics
                .iter()
                .map(|(key, value)| Metric { key: (*key).into(), value: MetricValue(*value), timestamp_ms: 0, step: 0 })
                .collect(),
            params: params.iter().map(|(key, value)| Param { key: (*key).into(), value: (*value).into() }).collect(),
            tags: Vec::new(),
            dataset_inputs: Vec::new(),
            model_outputs: Vec::new(),
        }
    }

    #[test]
    fn the_plan_says_who_holds_the_alias_and_what_differs() {
        let (old, new) = (
            run(&[("acc", 0.90), ("loss", 0.3)], &[("lr", "1"), ("depth", "5")]),
            run(&[("acc", 0.95)], &[("lr", "2"), ("depth", "5")]),
        );
        let versions = [version("3", "READY"), version("4", "READY")];
        let plan = plan(&model(&[("champion", "3")]), "champion", "4", &versions, Some(&old), Some(&new));
        assert_eq!(plan.from_version.as_deref(), Some("3"));
        assert_eq!(plan.refusals, Vec::<String>::new());
        assert_eq!(
            plan.metrics[0],
            MetricDelta { key: "acc".into(), from: Some(MetricValue(0.90)), to: Some(MetricValue(0.95)) }
        );
        assert_eq!(plan.metrics[1].to, None);
        assert_eq!(plan.params, [ParamDelta { key: "lr".into(), from: Some("1".into()), to: Some("2".into()) }]);
    }

    #[test]
    fn an_alias_nobody_holds_comes_from_nowhere() {
        let plan = plan(&model(&[("champion", "3")]), "staging", "3", &[version("3", "READY")], None, None);
        assert_eq!((plan.from_version, plan.refusals.len()), (None, 0));
    }

    #[test]
    fn what_cannot_be_done_is_said_before_it_is_tried() {
        let refusals = |alias: &str, to: &str| {
            let versions = [version("3", "READY"), version("4", "PENDING_REGISTRATION")];
            plan(&model(&[("champion", "3")]), alias, to, &versions, None, None).refusals
        };
        assert!(refusals("champion", "3")[0].contains("already on version 3"));
        assert!(refusals("champion", "4")[0].contains("PENDING_REGISTRATION"));
        assert!(refusals("champion", "9")[0].contains("no longer there"));
        assert_eq!(refusals("latest", "3").len(), 1);
    }

    #[test]
    fn alias_names_follow_the_servers_rules() {
        for good in ["champion", "Champion", "a-b_c", "v", "v1x", "最良"] {
            assert_eq!(alias_refusal(good), None, "{good}");
        }
        for bad in ["", "a b", "a/b", "LATEST", "v1", "V22", &"x".repeat(256)] {
            assert!(alias_refusal(bad).is_some(), "{bad}");
        }
    }
}
