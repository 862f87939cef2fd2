//! What the board of a registered model shows of its versions: the few metrics that decide, and who made each. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::Serialize;
use specta::Type;

use super::evidence::{EvidenceSources, KnownRun, Measured, Measurement, MetricName, Owner, measured, measurements};
use crate::direction::{Direction, Directions};
use crate::entities::{LoggedModel, MetricValue, ModelAlias, ModelVersion, SourceRun, display_name, tag_value};

/// How many metrics have a column.
const MOST_COLUMNS: usize = 4;
/// Of so many metrics of runs the values are looked at: a few more than have a column, because some will turn out
/// to be those of logged models.
const MOST_CANDIDATES: usize = 16;

/// A metric that most versions have.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MetricColumn {
    pub name: MetricName,
    pub direction: Direction,
    /// The best of the values that are the versions' own; absent where no way is better, or nothing to compare.
    pub best: Option<MetricValue>,
}

/// A version and what is known of what it was made from.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionRow {
    pub version: ModelVersion,
    pub author: Option<Author>,
    /// Absent where the run is not known.
    pub run_name: Option<String>,
    /// Absent where the version has no logged model, or it is not known.
    pub logged_model_name: Option<String>,
    /// One per column of the board, in the same order.
    pub cells: Vec<Option<Measured>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Author {
    pub name: String,
    pub according_to: AuthorSource,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum AuthorSource {
    /// Who registered the version.
    Version,
    /// Who started the run.
    Run,
    /// Who a tag of the version or of its logged model names.
    Tag,
}

/// The metrics of runs that may get a column, of all that runs have and how many have each.
pub fn candidates(mut keys: Vec<(String, u32)>, directions: &Directions) -> Vec<String> {
    keys.sort_by_cached_key(|(key, runs)| (std::cmp::Reverse(*runs), weight(key, directions), key.clone()));
    keys.into_iter().take(MOST_CANDIDATES).map(|(key, _)| key).collect()
}

/// Which metrics have columns.
#[derive(Debug, Clone, Copy, Default)]
pub struct Chosen<'a> {
    /// The key of the one that decides, if the team chose it.
    pub deciding: Option<&'a str>,
    /// Those that the user wants beside it; None: those that most versions have.
    pub metrics: Option<&'a [MetricName]>,
}

/// The columns and rows of some versions, in their order: first the metric that decides, then those that were chosen or
/// that most versions have. Logged models and runs by their ids, as far as known.
pub fn board(
    aliases: &[ModelAlias],
    chosen: Chosen<'_>,
    versions: Vec<ModelVersion>,
    logged_models: &HashMap<String, LoggedModel>,
    runs: &HashMap<String, SourceRun>,
    directions: &Directions,
) -> (Vec<MetricColumn>, Vec<VersionRow>) {
    let mut numbers = numbers(&versions, logged_models, runs);
    let first = leader(aliases, &versions, &numbers).and_then(|leader| deciding(leader, chosen.deciding, directions));
    let names = match chosen.metrics {
        Some(metrics) => {
            let others = metrics.iter().filter(|name| Some(*name) != first.as_ref());
            first.iter().chain(others).cloned().collect()
        }
        None => shown(first, &numbers, directions),
    };
    let columns = names.iter().map(|name| column(name, &numbers, directions)).collect();
    let rows = versions.into_iter().zip(&mut numbers).map(|(version, numbers)| {
        let logged_model = version.model_id.as_ref().and_then(|id| logged_models.get(id));
        let run = version.run_id.as_ref().and_then(|id| runs.get(id));
        VersionRow {
            author: author(&version, run, logged_model),
            run_name: version
                .run_id
                .as_deref()
                .map(|run_id| display_name(run.map_or("", |run| run.run_name.as_str()), run_id)),
            logged_model_name: logged_model.map(|model| model.name.clone()),
            cells: names.iter().map(|name| numbers.remove(name)).collect(),
            version,
        }
    });
    (columns, rows.collect())
}

/// The numbers of each version.
pub fn numbers(
    versions: &[ModelVersion],
    logged_models: &HashMap<String, LoggedModel>,
    runs: &HashMap<String, SourceRun>,
) -> Vec<BTreeMap<MetricName, Measured>> {
    let made = made(versions, logged_models, runs);
    let of = |version: &ModelVersion| {
        let logged_model = version.model_id.as_ref().and_then(|id| logged_models.get(id));
        let run = version.run_id.as_ref().and_then(|id| {
            let (run, made) = (runs.get(id)?, made.get(id.as_str())?);
            Some(KnownRun {
                run_id: id,
                metrics: &run.metrics,
                params: &[],
                shared: made.shared(),
                measured_on_models: &made.measured_on_models,
            })
        });
        measured(EvidenceSources { logged_model, run })
    };
    versions.iter().map(of).collect()
}

/// What a run made, as far as its own outputs and the versions say.
#[derive(Default)]
struct Made<'a> {
    model_ids: BTreeSet<&'a str>,
    sources: BTreeSet<&'a str>,
    measured_on_models: HashSet<Measurement>,
}

impl Made<'_> {
    fn shared(&self) -> bool {
        self.model_ids.len() > 1 || self.sources.len() > 1
    }
}

fn made<'a>(
    versions: &'a [ModelVersion],
    logged_models: &HashMap<String, LoggedModel>,
    runs: &'a HashMap<String, SourceRun>,
) -> HashMap<&'a str, Made<'a>> {
    let mut all: HashMap<&str, Made<'a>> = HashMap::new();
    for version in versions {
        let Some(run_id) = version.run_id.as_deref() else { continue };
        let made = all.entry(run_id).or_default();
        made.sources.insert(&version.source);
        made.model_ids.extend(version.model_id.as_deref());
    }
    for (run_id, made) in &mut all {
        let outputs = runs.get(*run_id).into_iter().flat_map(|run| &run.model_ids);
        made.model_ids.extend(outputs.map(String::as_str));
        let models = made.model_ids.iter().filter_map(|id| logged_models.get(*id));
        made.measured_on_models = measurements(models, run_id);
    }
    all
}

/// The numbers that say what versions are compared by: the champion's, else the challenger's, else those of the newest
/// version that has any. `versions` come newest first, with the numbers of each.
pub fn leader<'a>(
    aliases: &[ModelAlias],
    versions: &[ModelVersion],
    numbers: &'a [BTreeMap<MetricName, Measured>],
) -> Option<&'a BTreeMap<MetricName, Measured>> {
    let of = |alias: &str| {
        let held = ModelAlias::find(aliases, alias)?;
        let at = versions.iter().position(|version| version.version == held.version)?;
        numbers.get(at).filter(|numbers| !numbers.is_empty())
    };
    of("champion").or_else(|| of("challenger")).or_else(|| numbers.iter().find(|numbers| !numbers.is_empty()))
}

/// The metric that decides: the one that the team chose, or of these numbers a figure of merit that was measured on
/// what was held out, if there is one.
pub fn deciding(
    numbers: &BTreeMap<MetricName, Measured>,
    chosen: Option<&str>,
    directions: &Directions,
) -> Option<MetricName> {
    let wanted = |name: &MetricName| match chosen {
        Some(key) => name.key == key,
        None => !name.key.starts_with("system/"),
    };
    let all = numbers.iter().filter(|(name, _)| wanted(name));
    let first = all.min_by_key(|(name, number)| (number.of == Owner::SharedRun, weight(&name.key, directions), *name));
    first.map(|(name, _)| name.clone())
}

/// The metrics that have a column: `first`, and those that most versions have.
fn shown(
    first: Option<MetricName>,
    numbers: &[BTreeMap<MetricName, Measured>],
    directions: &Directions,
) -> Vec<MetricName> {
    let mut counts: BTreeMap<&MetricName, usize> = BTreeMap::new();
    for name in numbers.iter().flat_map(BTreeMap::keys).filter(|name| !name.key.starts_with("system/")) {
        *counts.entry(name).or_default() += 1;
    }
    let mut names: Vec<(&MetricName, usize)> =
        counts.into_iter().filter(|(name, _)| Some(*name) != first.as_ref()).collect();
    names.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), weight(&name.key, directions)));
    first.iter().chain(names.into_iter().map(|(name, _)| name)).take(MOST_COLUMNS).cloned().collect()
}

/// Held-out figures decide more than those of training, and both more than what is no figure of merit: the less,
/// the earlier it comes.
fn weight(key: &str, directions: &Directions) -> u8 {
    match directions.of(key).better {
        _ if key.to_lowercase().contains("train") => 2,
        Some(_) => 0,
        None => 1,
    }
}

fn column(name: &MetricName, numbers: &[BTreeMap<MetricName, Measured>], directions: &Directions) -> MetricColumn {
    let direction = directions.of(&name.key);
    let own = numbers.iter().filter_map(|numbers| numbers.get(name)).filter(|number| number.of != Owner::SharedRun);
    let best = direction.better.and_then(|better| better.best(own.map(|number| number.value.0)));
    MetricColumn { name: name.clone(), direction, best: best.map(MetricValue) }
}

fn author(version: &ModelVersion, run: Option<&SourceRun>, logged_model: Option<&LoggedModel>) -> Option<Author> {
    // MLflow writes "unknown" where it was not told.
    let known = |name: &&str| !name.trim().is_empty() && *name != "unknown";
    let author = |name: &str, according_to| Author { name: name.to_owned(), according_to };
    let tagged = || {
        let of_version = ["author", "mlflow.user", "created_by", "registered_by", "user"]
            .iter()
            .filter_map(|key| tag_value(&version.tags, key));
        let of_model = logged_model.and_then(|model| tag_value(&model.tags, "mlflow.user"));
        of_version.chain(of_model).find(known)
    };
    Some(version.user_id.as_str())
        .filter(known)
        .map(|name| author(name, AuthorSource::Version))
        .or_else(|| Some(run?.user_id.as_str()).filter(known).map(|name| author(name, AuthorSource::Run)))
        .or_else(|| tagged().map(|name| author(name, AuthorSource::Tag)))
}

#[cfg(test)]
mod tests {
    use super::super::evidence::tests::{logged, metric};
    use super::super::side::tests::version;
    use super::*;
    use crate::entities::{Metric, Tag};

    fn made_from(number: &str, run_id: &str, model_id: Option<&str>) -> ModelVersion {
        ModelVersion {
            run_id: Some(run_id.to_owned()),
            model_id: model_id.map(str::to_owned),
            source: model_id.map_or_else(|| format!("runs:/{run_id}/model"), |id| format!("models:/{id}")),
            ..version(number, "READY")
        }
    }

    fn run(metrics: &[Metric]) -> SourceRun {
        SourceRun {
            run_name: "owl".to_owned(),
            user_id: "ana".to_owned(),
            metrics: metrics.to_vec(),
            ..SourceRun::default()
        }
    }

    fn words(columns: &[MetricColumn], rows: &[VersionRow]) -> Vec<String> {
        let cell = |cell: &Option<Measured>| match cell {
            Some(number) => format!("{} {:?}", number.value.0, number.of),
            None => "-".to_owned(),
        };
        let column = |column: &MetricColumn| {
            let dataset = column.name.dataset.as_ref().map_or(String::new(), |dataset| format!(" on {}", dataset.name));
            format!("{}{dataset}, best {:?}", column.name.key, column.best.map(|best| best.0))
        };
        let row = |row: &VersionRow| row.cells.iter().map(cell).collect::<Vec<_>>().join(" | ");
        columns.iter().map(column).chain(rows.iter().map(row)).collect()
    }

    #[test]
    fn two_models_of_one_run_have_each_their_own_numbers() {
        let models = [
            logged("m-1", &[(metric("val_acc", 0.95, 1), None)], &[]),
            logged("m-2", &[(metric("val_acc", 0.7, 2), None)], &[]),
        ];
        let models = models.map(|model| (model.model_id.clone(), model)).into();
        let runs = HashMap::from([("r".to_owned(), run(&[metric("val_acc", 0.7, 2), metric("hours", 4.0, 1)]))]);
        let versions = vec![made_from("2", "r", Some("m-2")), made_from("1", "r", Some("m-1"))];
        let (columns, rows) = board(&[], Chosen::default(), versions, &models, &runs, &Directions::default());
        assert_eq!(
            words(&columns, &rows),
            [
                "val_acc, best Some(0.95)",
                "hours, best None",
                "0.7 LoggedModel | 4 SharedRun",
                "0.95 LoggedModel | 4 SharedRun",
            ]
        );
    }

    #[test]
    fn a_model_without_numbers_does_not_get_those_of_its_sibling() {
        let models = [logged("m-1", &[(metric("acc", 0.95, 1), None)], &[]), logged("m-2", &[], &[])];
        let models = models.map(|model| (model.model_id.clone(), model)).into();
        let runs = HashMap::from([("r".to_owned(), run(&[metric("acc", 0.95, 1)]))]);
        let versions = vec![made_from("2", "r", Some("m-2")), made_from("1", "r", Some("m-1"))];
        let (columns, rows) = board(&[], Chosen::default(), versions, &models, &runs, &Directions::default());
        assert_eq!(words(&columns, &rows), ["acc, best None", "-", "0.95 LoggedModel"]);
    }

    #[test]
    fn numbers_on_two_datasets_have_a_column_each() {
        let on = |value, dataset| (metric("acc", value, 0), Some(dataset));
        let models = [logged("m-1", &[on(0.9, "a"), on(0.8, "b")], &[]), logged("m-2", &[on(0.7, "b")], &[])];
        let models = models.map(|model| (model.model_id.clone(), model)).into();
        let versions = vec![made_from("2", "r2", Some("m-2")), made_from("1", "r1", Some("m-1"))];
        let (columns, rows) = board(&[], Chosen::default(), versions, &models, &HashMap::new(), &Directions::default());
        assert_eq!(
            words(&columns, &rows),
            [
                "acc on b, best Some(0.8)",
                "acc on a, best None",
                "0.7 LoggedModel | -",
                "0.8 LoggedModel | 0.9 LoggedModel",
            ]
        );
    }

    #[test]
    fn the_metrics_of_most_versions_decide_and_held_out_ones_first() {
        let runs = HashMap::from([
            ("1".to_owned(), run(&["auc", "train_loss", "x"].map(|key| metric(key, 1.0, 0)))),
            ("2".to_owned(), run(&["auc", "train_loss", "system/cpu"].map(|key| metric(key, 2.0, 0)))),
            ("3".to_owned(), run(&["auc", "depth", "system/cpu"].map(|key| metric(key, 2.0, 0)))),
        ]);
        let versions = ["3", "2", "1"].map(|run_id| made_from(run_id, run_id, None)).to_vec();
        let (columns, _) = board(&[], Chosen::default(), versions, &HashMap::new(), &runs, &Directions::default());
        let keys: Vec<&str> = columns.iter().map(|column| column.name.key.as_str()).collect();
        assert_eq!(keys, ["auc", "train_loss", "depth", "x"]);
        let keys = [("x", 2), ("train_acc", 3), ("acc", 3), ("depth", 3)].map(|(key, runs)| (key.to_owned(), runs));
        assert_eq!(candidates(keys.into(), &Directions::default()), ["acc", "depth", "train_acc", "x"]);
    }

    #[test]
    fn the_author_is_who_registered_it_then_whose_run_it_was_then_whom_a_tag_names() {
        let name =
            |version: &ModelVersion, run: Option<&SourceRun>| author(version, run, None).map(|author| author.name);
        let by_run = run(&[]);
        let mut version = made_from("1", "r", None);
        version.user_id = "unknown".to_owned();
        version.tags = vec![Tag::new("podium.promoted_by", "eve"), Tag::new("owner", "eve"), Tag::new("author", "bo")];
        assert_eq!(name(&version, None).as_deref(), Some("bo"));
        assert_eq!(name(&version, Some(&by_run)).as_deref(), Some("ana"));
        version.user_id = "chika".to_owned();
        assert_eq!(name(&version, Some(&by_run)).as_deref(), Some("chika"));
    }
}
