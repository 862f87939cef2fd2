//! What moving an alias would mean, as a value: pure, nothing is asked or written here.

use std::collections::BTreeMap;

use serde::Serialize;
use specta::Type;

use super::alias::holder;
use super::approval::ApprovalPlan;
use super::evidence::{Measured, MetricName, Owner};
use super::facts::{Fact, facts};
use super::gates::{Gate, VersionValues, ask, rules_of};
use super::seeds::{SeedSpread, spread};
use super::side::{MadeFrom, Side};
use crate::direction::{Direction, Directions};
use crate::entities::{ModelAlias, ModelVersion, RegisteredModel};

/// The card that the user sees before anything is written.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PromotionPlan {
    pub model: String,
    pub alias: String,
    /// The version that the alias is on now; absent if the alias does not exist.
    pub from_version: Option<String>,
    pub to_version: String,
    /// What the two versions were made from: whose numbers these are.
    pub from: Option<MadeFrom>,
    pub to: Option<MadeFrom>,
    /// Metrics of the two versions, by key and dataset.
    pub metrics: Vec<MetricDelta>,
    /// Params that differ between the two versions, by key.
    pub params: Vec<ParamDelta>,
    /// Data, signature, requirements and code, in this order; none where the version is not there.
    pub facts: Vec<Fact>,
    /// The rules for this alias, asked of the version: failed first, then unknown, then passed.
    pub gates: Vec<Gate>,
    /// Where the model asks for the approval of others: how far that is.
    pub approval: Option<ApprovalPlan>,
    /// What there is to say of metrics or params besides, such as why there are none.
    pub metrics_note: Option<String>,
    pub params_note: Option<String>,
    /// What could not be read, and why: the rest is shown without it.
    pub unread: Vec<String>,
    /// Why this cannot be done, in words for people; empty if it can.
    pub refusals: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MetricDelta {
    pub name: MetricName,
    pub from: Option<Measured>,
    pub to: Option<Measured>,
    pub direction: Direction,
    /// Both are known to be the versions' own, so that one can be better.
    pub decides: bool,
    /// Both are one number, that of the run that both versions came from: no difference follows from it.
    pub same_run: bool,
    /// How far runs are apart that differ from the run of the version to come in their seed only.
    pub seeds: Option<SeedSpread>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ParamDelta {
    pub key: String,
    pub from: Option<String>,
    pub to: Option<String>,
}

/// Plans moving `alias` of `model` (as just read) to `to_version`. The sides are the version that holds it now and
/// the one that it goes to; absent where there is none.
pub fn plan(
    model: &RegisteredModel,
    alias: &str,
    to_version: &str,
    from: Option<&Side>,
    to: Option<&Side>,
    directions: &Directions,
    approval: Option<ApprovalPlan>,
) -> PromotionPlan {
    let from_version = holder(model, alias);
    let same_run = from.and_then(Side::run_id).is_some_and(|run_id| to.and_then(Side::run_id) == Some(run_id));
    let (metrics, metrics_note) = metric_deltas(from, to, same_run, directions);
    let (params, params_note) = param_deltas(from, to, same_run);
    PromotionPlan {
        model: model.name.clone(),
        alias: alias.to_owned(),
        to_version: to_version.to_owned(),
        from: from.map(Side::made_from),
        to: to.map(Side::made_from),
        metrics,
        params,
        facts: facts(from, to),
        gates: gates(model, alias, from, to),
        approval,
        metrics_note,
        params_note,
        unread: from.into_iter().chain(to).flat_map(|side| side.unread.clone()).collect(),
        refusals: refusals(model, alias, from_version.as_deref(), to_version, to.map(|side| &side.version)),
        from_version,
    }
}

/// What the rules of `model` for `alias` come to. None of a version that is not there: it cannot be moved to anyway.
pub fn gates(model: &RegisteredModel, alias: &str, from: Option<&Side>, to: Option<&Side>) -> Vec<Gate> {
    let rules = rules_of(model, alias);
    let from = from.filter(|_| !rules.is_empty()).map(VersionValues::from);
    to.filter(|_| !rules.is_empty()).map(|to| ask(&rules, from.as_ref(), &to.into())).unwrap_or_default()
}

/// Why `alias` cannot be moved from where the user saw it to a version of `model` (both as just read), in words for
/// people; empty if it can.
pub fn refusals(
    model: &RegisteredModel,
    alias: &str,
    from_version: Option<&str>,
    to_version: &str,
    to: Option<&ModelVersion>,
) -> Vec<String> {
    let mut refusals: Vec<String> = alias_refusal(alias).into_iter().collect();
    let other_case = |held: &&ModelAlias| held.alias != alias && held.alias.to_lowercase() == alias.to_lowercase();
    if let Some(held) = model.aliases.iter().find(other_case)
        && holder(model, alias).is_none()
    {
        refusals.push(format!(
            "{} has the alias “{}” already. Some servers take names that differ only in their case for one alias.",
            model.name, held.alias
        ));
    }
    if from_version == Some(to_version) {
        refusals.push(format!("{alias} is already on version {to_version}."));
    }
    match to {
        None => refusals.push(format!("Version {to_version} of {} is no longer there.", model.name)),
        Some(version) => refusals.extend(status_refusal(version)),
    }
    refusals
}

fn status_refusal(version: &ModelVersion) -> Option<String> {
    let number = &version.version;
    match version.status.as_str() {
        "READY" => None,
        "PENDING_REGISTRATION" => Some(format!("Version {number} is not ready: its registration is still under way.")),
        "FAILED_REGISTRATION" => {
            Some(format!("Version {number} is not ready: its registration failed, so its files may be missing."))
        }
        other => Some(format!("Version {number} is not ready: the server says {other}.")),
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

fn metric_deltas(
    from: Option<&Side>,
    to: Option<&Side>,
    same_run: bool,
    directions: &Directions,
) -> (Vec<MetricDelta>, Option<String>) {
    let measured = |side: Option<&Side>| side.map(Side::measured).unwrap_or_default();
    let (of_from, of_to) = (measured(from), measured(to));
    let note = note("metric", from, to, of_from.is_empty(), of_to.is_empty());
    let of_run = |number: &Option<Measured>| number.as_ref().is_some_and(|number| number.of != Owner::LoggedModel);
    let shared = |number: &Option<Measured>| number.as_ref().is_some_and(|number| number.of == Owner::SharedRun);
    let to_side = to;
    let delta = |(name, from, to): (MetricName, Option<Measured>, Option<Measured>)| {
        let same_run = same_run && of_run(&from) && of_run(&to);
        // What was measured on a dataset is not known of other runs.
        let own = to.as_ref().is_some_and(|number| number.of != Owner::SharedRun) && name.dataset.is_none();
        let seeds = to_side.filter(|_| own).and_then(|side| side.seeds.get(&name.key));
        MetricDelta {
            seeds: seeds.and_then(|values| spread(values)),
            direction: directions.of(&name.key),
            decides: from.is_some() && to.is_some() && !same_run && !shared(&from) && !shared(&to),
            same_run,
            name,
            from,
            to,
        }
    };
    (pairs(of_from, of_to).map(delta).collect(), note)
}

fn param_deltas(from: Option<&Side>, to: Option<&Side>, same_run: bool) -> (Vec<ParamDelta>, Option<String>) {
    let params = |side: Option<&Side>| side.map(Side::params).unwrap_or_default();
    let (of_from, of_to) = (params(from), params(to));
    let (none_from, none_to, same) = (of_from.is_empty(), of_to.is_empty(), of_from.len());
    let all = pairs(of_from, of_to).map(|(key, from, to)| ParamDelta { key, from, to });
    // Without another version to compare with, nothing differs.
    let differing: Vec<ParamDelta> = all.filter(|param| from.is_some() && param.from != param.to).collect();
    let note = note("param", from, to, none_from, none_to).or_else(|| match (differing.is_empty(), same_run, same) {
        (false, _, _) => None,
        (true, true, _) => {
            Some("Both versions come from one run, whose params say nothing of what differs.".to_owned())
        }
        (true, false, 1) => Some("The only param is the same in both versions.".to_owned()),
        (true, false, same) => Some(format!("All {same} params are the same in both versions.")),
    });
    (differing, note)
}

/// Why there is nothing, or nothing to compare with, if so. `what` is `metric` or `param`.
fn note(what: &str, from: Option<&Side>, to: Option<&Side>, none_from: bool, none_to: bool) -> Option<String> {
    let lacks = |side: &Side| {
        let number = &side.version.version;
        match side.is_known() {
            true => format!("No {what} of version {number} was logged."),
            false => {
                format!("The {what}s of version {number} are not known: neither its run nor a logged model is there.")
            }
        }
    };
    let lacking: Vec<String> = [(from, none_from), (to, none_to)]
        .into_iter()
        .filter_map(|(side, none)| side.filter(|_| none).map(lacks))
        .collect();
    match from {
        _ if !lacking.is_empty() => Some(lacking.join(" ")),
        None if what == "param" => Some("No version holds the alias, so there is nothing to compare with.".to_owned()),
        _ => None,
    }
}

fn pairs<K: Ord + Clone, T>(
    mut from: BTreeMap<K, T>,
    mut to: BTreeMap<K, T>,
) -> impl Iterator<Item = (K, Option<T>, Option<T>)> {
    let keys: std::collections::BTreeSet<K> = from.keys().chain(to.keys()).cloned().collect();
    keys.into_iter().map(move |key| {
        let pair = (from.remove(&key), to.remove(&key));
        (key, pair.0, pair.1)
    })
}

#[cfg(test)]
pub mod tests {
    use super::super::evidence::tests::{logged, metric, param};
    use super::super::side::tests::*;
    use super::*;
    use crate::direction::Better;

    fn planned(from: &Side, to: &Side) -> PromotionPlan {
        plan(&model(&[("champion", "3")]), "champion", "4", Some(from), Some(to), &Directions::default(), None)
    }

    fn values(delta: &MetricDelta) -> (&str, Option<f64>, Option<f64>) {
        let value = |number: &Option<Measured>| number.as_ref().map(|number| number.value.0);
        (&delta.name.key, value(&delta.from), value(&delta.to))
    }

    #[test]
    fn the_plan_says_who_holds_the_alias_and_what_differs() {
        let (old, new) = (
            run("a", &[metric("acc", 0.90, 0), metric("loss", 0.3, 0)], &[param("lr", "1"), param("depth", "5")]),
            run("b", &[metric("acc", 0.95, 0)], &[param("lr", "2"), param("depth", "5")]),
        );
        let plan = planned(&side("3", Some(old), None), &side("4", Some(new), None));
        assert_eq!(plan.from_version.as_deref(), Some("3"));
        assert_eq!(plan.refusals, Vec::<String>::new());
        assert_eq!(values(&plan.metrics[0]), ("acc", Some(0.90), Some(0.95)));
        assert_eq!(plan.metrics[0].direction.better, Some(Better::Higher));
        assert_eq!(values(&plan.metrics[1]), ("loss", Some(0.3), None));
        assert!(plan.metrics[0].decides && !plan.metrics[1].decides);
        assert_eq!(plan.params, [ParamDelta { key: "lr".into(), from: Some("1".into()), to: Some("2".into()) }]);
        assert_eq!((plan.metrics_note, plan.params_note), (None, None));
    }

    #[test]
    fn two_models_of_one_run_are_compared_by_their_own_numbers() {
        let of_run = run("r", &[metric("val_acc", 0.7, 2), metric("hours", 4.0, 0)], &[param("lr", "1")]);
        let one = |number, model_id, value, step| {
            side(number, Some(of_run.clone()), Some(logged(model_id, &[(metric("val_acc", value, step), None)], &[])))
        };
        let (mut from, mut to) = (one("3", "m-1", 0.95, 1), one("4", "m-2", 0.7, 2));
        from.siblings.extend(to.logged_model.clone());
        to.siblings.extend(from.logged_model.clone());
        let plan = planned(&from, &to);
        assert_eq!(values(&plan.metrics[0]), ("hours", Some(4.0), Some(4.0)));
        assert!(plan.metrics[0].same_run && !plan.metrics[0].decides, "one number of one run is no comparison");
        assert_eq!(values(&plan.metrics[1]), ("val_acc", Some(0.95), Some(0.7)));
        assert!(!plan.metrics[1].same_run && plan.metrics[1].decides);
        assert!(plan.params_note.unwrap().contains("one run"));
    }

    #[test]
    fn what_is_missing_is_called_missing_and_never_equal() {
        let bare = side("3", None, None);
        let known = side("4", Some(run("b", &[metric("acc", 0.9, 0)], &[param("lr", "1")])), None);
        let plan = planned(&bare, &known);
        assert_eq!(values(&plan.metrics[0]), ("acc", None, Some(0.9)));
        assert!(plan.metrics_note.unwrap().contains("metrics of version 3 are not known"));
        assert!(plan.params_note.unwrap().contains("params of version 3 are not known"));
        let plan = planned(&bare, &side("4", Some(run("b", &[], &[])), None));
        assert!(plan.params_note.unwrap().ends_with("No param of version 4 was logged."));
        let same = |number, run_id| side(number, Some(run(run_id, &[], &[param("lr", "1"), param("d", "2")])), None);
        assert_eq!(
            planned(&same("3", "a"), &same("4", "b")).params_note.unwrap(),
            "All 2 params are the same in both versions."
        );
    }

    #[test]
    fn an_alias_that_does_not_exist_comes_from_nowhere() {
        let to = side("3", Some(run("b", &[metric("acc", 0.9, 0)], &[param("lr", "1")])), None);
        let plan = plan(&model(&[("champion", "3")]), "staging", "3", None, Some(&to), &Directions::default(), None);
        assert_eq!((plan.from_version, plan.refusals.len()), (None, 0));
        assert_eq!((plan.params.len(), plan.metrics.len()), (0, 1));
        assert!(plan.params_note.unwrap().contains("nothing to compare with"));
    }

    #[test]
    fn what_cannot_be_done_is_said_before_it_is_tried() {
        let refusals = |alias: &str, to: Option<&ModelVersion>, number: &str| {
            let model = model(&[("champion", "3"), ("Shadow", "1")]);
            refusals(&model, alias, holder(&model, alias).as_deref(), number, to)
        };
        let ready = version("3", "READY");
        assert!(refusals("champion", Some(&ready), "3")[0].contains("already on version 3"));
        for (status, word) in
            [("PENDING_REGISTRATION", "under way"), ("FAILED_REGISTRATION", "failed"), ("ODD", "says ODD")]
        {
            let [refusal] = &refusals("champion", Some(&version("4", status)), "4")[..] else { panic!("{status}") };
            assert!(refusal.contains(word), "{refusal}");
        }
        assert!(refusals("champion", None, "9")[0].contains("no longer there"));
        assert_eq!(refusals("latest", Some(&ready), "3").len(), 1);
        assert!(refusals("shadow", Some(&ready), "3")[0].contains("“Shadow” already"));
        assert_eq!(refusals("Shadow", Some(&ready), "3"), Vec::<String>::new());
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
