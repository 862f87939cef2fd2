//! The number that decides about a model: what its champion and its challenger have, and how it went over versions.

use std::collections::HashMap;

use serde::Serialize;
use specta::Type;

use super::curve::{Curve, curve};
use super::row::RegistryModel;
use crate::direction::{Better, Direction, Directions};
use crate::entities::{LoggedModel, ModelVersion, SourceRun, tag_value};
use crate::promotion::{
    AliasMove, HistorySources, Measured, MetricName, Owner, Place, When, deciding, histories, leader, numbers,
};

const APPROVAL_TAG: &str = "approval_status";

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelNumbers {
    /// Absent where no leading version has a number.
    pub metric: Option<MetricName>,
    pub direction: Direction,
    pub champion: Option<Measured>,
    pub challenger: Option<Measured>,
    /// Of the newest version, where there is no champion.
    pub newest: Option<Measured>,
    /// Both numbers are known to be the versions' own, so that one can be better.
    pub decides: bool,
    pub curve: Option<Curve>,
    /// A version waits for an approval.
    pub approval_asked: bool,
    /// The last move of an alias that tags of the leading versions record.
    pub last_move: Option<LastMove>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LastMove {
    pub alias: String,
    pub from: Place,
    pub to: Place,
    pub by: Option<String>,
    /// When it was made, or taken back.
    pub at_ms: i64,
    /// It was taken back.
    pub is_undone: bool,
}

impl ModelNumbers {
    /// How much better the challenger is than the champion, whichever way the metric is better.
    pub fn improvement(&self) -> Option<f64> {
        let (champion, challenger) = (self.champion.as_ref()?, self.challenger.as_ref()?);
        let gain = challenger.value.0 - champion.value.0;
        match self.direction.better.filter(|_| self.decides && gain.is_finite())? {
            Better::Higher => Some(gain),
            Better::Lower => Some(-gain),
        }
    }
}

/// The key of the metric that decides, by the leading versions with all their numbers; then only this key need be read
/// of the others.
pub fn deciding_key(
    model: &RegistryModel,
    versions: &[ModelVersion],
    logged_models: &HashMap<String, LoggedModel>,
    runs: &HashMap<String, SourceRun>,
    directions: &Directions,
) -> Option<String> {
    if model.chosen_metric.is_some() {
        return model.chosen_metric.clone();
    }
    let measured = numbers(versions, logged_models, runs);
    deciding(leader(&model.aliases, versions, &measured)?, None, directions).map(|name| name.key)
}

/// Of a model with these of its versions, newest first. `chosen` is the metric that its team chose, if it did.
pub fn numbers_of(
    model: &RegistryModel,
    chosen: Option<&str>,
    versions: &[ModelVersion],
    logged_models: &HashMap<String, LoggedModel>,
    runs: &HashMap<String, SourceRun>,
    directions: &Directions,
) -> ModelNumbers {
    let measured = numbers(versions, logged_models, runs);
    let metric = leader(&model.aliases, versions, &measured).and_then(|leader| deciding(leader, chosen, directions));
    let place = |alias: &str| {
        let held = model.holder(alias)?;
        versions.iter().position(|version| version.version == held.version)
    };
    let value = |at: Option<usize>| measured.get(at?)?.get(metric.as_ref()?).cloned();
    let (champion_at, challenger_at) = (place("champion"), place("challenger"));
    let (champion, challenger) = (value(champion_at), value(challenger_at));
    let own = |number: &Option<Measured>| number.as_ref().is_some_and(|number| number.of != Owner::SharedRun);
    let of_run = |number: &Option<Measured>| number.as_ref().is_some_and(|number| number.of != Owner::LoggedModel);
    let run = |at: Option<usize>| versions.get(at?).and_then(|version| version.run_id.as_deref());
    let same_run = run(champion_at).is_some() && run(champion_at) == run(challenger_at);
    let values: Vec<Option<f64>> = (0..versions.len()).rev().map(|at| Some(value(Some(at))?.value.0)).collect();
    let oldest_first = |at: usize| values.len() - 1 - at;
    let waits = |version: &ModelVersion| tag_value(&version.tags, APPROVAL_TAG) == Some("pending");
    ModelNumbers {
        direction: metric.as_ref().map(|metric| directions.of(&metric.key)).unwrap_or_default(),
        decides: own(&champion) && own(&challenger) && !(same_run && of_run(&champion) && of_run(&challenger)),
        newest: value((!versions.is_empty()).then_some(0)).filter(|_| champion_at.is_none()),
        curve: curve(&values, champion_at.map(oldest_first), challenger_at.map(oldest_first)),
        approval_asked: versions.iter().any(waits),
        last_move: last_move(versions),
        champion,
        challenger,
        metric,
    }
}

fn last_move(versions: &[ModelVersion]) -> Option<LastMove> {
    let sources = HistorySources { versions, journal: &[], sightings: &[], aliases: &[], as_of_ms: None };
    let moves = histories(sources).into_iter().flat_map(|alias| alias.moves);
    let at = |made: AliasMove| match made.when {
        When::At { ms } => Some(LastMove {
            at_ms: made.undone_at_ms.unwrap_or(ms),
            is_undone: made.undone_at_ms.is_some(),
            alias: made.alias,
            from: made.from,
            to: made.to,
            by: made.by,
        }),
        When::Between { .. } | When::NotKnown => None,
    };
    moves.filter_map(at).max_by_key(|made| made.at_ms)
}

#[cfg(test)]
pub mod tests {
    use super::super::row::tests::listed;
    use super::*;
    use crate::entities::{Metric, MetricValue};

    pub fn of_accuracy(champion: Option<f64>, challenger: Option<f64>) -> ModelNumbers {
        let measured = |value: Option<f64>| {
            value.map(|value| Measured { value: MetricValue(value), step: 0, timestamp_ms: 0, of: Owner::Run })
        };
        ModelNumbers {
            metric: Some(MetricName { key: "accuracy".to_owned(), dataset: None }),
            direction: Directions::default().of("accuracy"),
            champion: measured(champion),
            challenger: measured(challenger),
            newest: None,
            decides: true,
            curve: None,
            approval_asked: false,
            last_move: None,
        }
    }

    fn version(number: &str, run_id: &str) -> ModelVersion {
        let json = format!(
            r#"{{"name":"m","version":"{number}","description":"","creationTimeMs":1,"lastUpdatedTimeMs":1,"userId":"",
                "stage":"None","source":"runs:/{run_id}/model","runId":"{run_id}","modelId":null,"status":"READY","tags":[]}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    fn run(run_id: &str, metrics: &[(&str, f64)]) -> (String, SourceRun) {
        let metric = |(key, value): &(&str, f64)| Metric {
            key: (*key).to_owned(),
            value: MetricValue(*value),
            timestamp_ms: 0,
            step: 0,
        };
        let run = SourceRun {
            run_id: run_id.to_owned(),
            metrics: metrics.iter().map(metric).collect(),
            ..SourceRun::default()
        };
        (run_id.to_owned(), run)
    }

    #[test]
    fn the_champions_best_known_metric_decides_and_the_challenger_is_measured_by_it() {
        let model: RegistryModel = listed("m", &[("Champion", "2"), ("challenger", "3")], &[]).into();
        let versions = ["4", "3", "2", "1"].map(|number| version(number, number));
        let runs = HashMap::from([
            run("4", &[("depth", 1.0)]),
            run("3", &[("loss", 0.2), ("depth", 2.0)]),
            run("2", &[("depth", 1.0), ("train_loss", 0.1), ("loss", 0.3)]),
        ]);
        let of = |chosen| numbers_of(&model, chosen, &versions, &HashMap::new(), &runs, &Directions::default());
        let found = of(None);
        assert_eq!(found.metric.as_ref().map(|name| name.key.as_str()), Some("loss"));
        assert_eq!((found.champion.as_ref().unwrap().value.0, found.challenger.as_ref().unwrap().value.0), (0.3, 0.2));
        assert!((found.improvement().unwrap() - 0.1).abs() < 1e-9, "lower is better");
        assert_eq!(found.curve.as_ref().map(|curve| (curve.measured, curve.versions)), Some((2, 4)));
        let chosen = of(Some("depth"));
        assert_eq!((chosen.metric.as_ref().map(|name| name.key.as_str()), chosen.improvement()), (Some("depth"), None));
        assert_eq!(of(Some("gone")).metric, None, "the team's choice is not replaced by another");
    }

    #[test]
    fn two_versions_of_one_run_have_one_number_and_nothing_is_better() {
        let model: RegistryModel = listed("m", &[("champion", "1"), ("challenger", "2")], &[]).into();
        let versions = [version("2", "r"), version("1", "r")];
        let runs = HashMap::from([run("r", &[("acc", 0.5)])]);
        let found = numbers_of(&model, None, &versions, &HashMap::new(), &runs, &Directions::default());
        assert!(found.champion.is_some() && found.challenger.is_some());
        assert_eq!((found.decides, found.improvement()), (false, None));
    }

    #[test]
    fn a_model_without_numbers_has_no_metric() {
        let model: RegistryModel = listed("m", &[("champion", "1")], &[]).into();
        let found =
            numbers_of(&model, None, &[version("1", "r")], &HashMap::new(), &HashMap::new(), &Directions::default());
        assert_eq!((found.metric, found.champion, found.curve), (None, None, None));
    }
}
