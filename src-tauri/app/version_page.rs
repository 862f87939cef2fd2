//! One version of a registered model: what it was made from, who holds it, whether it may be promoted. What its files say is
//! asked for by itself, because only the server has it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use specta::Type;

use super::App;
use super::writing::read_only_reason;
use crate::artifacts::{MlModel, Package, ml_model, model_files};
use crate::cache::SourceId;
use crate::direction::Direction;
use crate::entities::{
    ArtifactRoot, LifecycleStage, LoggedModel, ModelVersion, Param, RegisteredModel, Run, RunStatus, display_name,
};
use crate::error::{AppError, Code, Result};
use crate::promotion::{
    self, AliasMove, Author, Chosen, Gate, Measured, MetricName, Place, Side, Signature, VersionOrigin, When,
};
use crate::registration::place_of;
use crate::sync::{Freshness, Scope};

/// The user does not wait longer for files.
const FILES_WITHIN: Duration = Duration::from_secs(12);

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionAnswer {
    /// None where the cache does not have the version; the freshness says whether that means that there is none.
    pub page: Option<VersionPage>,
    pub freshness: Freshness,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionPage {
    pub version: ModelVersion,
    /// Those that it holds.
    pub aliases: Vec<String>,
    pub author: Option<Author>,
    pub origin: VersionOrigin,
    /// None where the version names no run.
    pub run: Option<VersionRun>,
    pub logged_model: Option<VersionLoggedModel>,
    pub datasets: Vec<VersionDataset>,
    pub metrics: Vec<VersionMetric>,
    /// By key; those of its logged model count before those of its run.
    pub params: Vec<Param>,
    /// What the rules for each guarded alias come to, as the cache has the numbers.
    pub gates: Vec<VersionGates>,
    /// Moves of aliases to or from it, newest first.
    pub moves: Vec<AliasMove>,
    /// Where its files are, and the folder in it; None where its source names neither a run nor a logged model.
    pub files: Option<(ArtifactRoot, String)>,
    /// The numbers of the versions before and after it.
    pub older: Option<String>,
    pub newer: Option<String>,
    /// Why nothing can be changed here, if so.
    pub read_only_reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionRun {
    pub run_id: String,
    pub display_name: String,
    /// None where the run is not on this machine: not read yet, or gone for good.
    pub known: Option<KnownVersionRun>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KnownVersionRun {
    pub experiment_id: String,
    pub experiment_name: Option<String>,
    pub status: RunStatus,
    pub start_time_ms: Option<i64>,
    pub is_deleted: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionLoggedModel {
    pub model_id: String,
    /// None where it was not read.
    pub name: Option<String>,
    pub status: Option<String>,
    pub model_type: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionDataset {
    pub name: String,
    pub digest: String,
    /// What the run read it for, such as `training`; empty where nothing says.
    pub context: String,
    /// Where it is; empty where nothing says.
    pub source: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionMetric {
    pub name: MetricName,
    pub measured: Measured,
    pub direction: Direction,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionGates {
    pub alias: String,
    /// The version that holds the alias; rules may compare with it.
    pub holder: Option<String>,
    /// Failed first, then unknown, then passed.
    pub gates: Vec<Gate>,
}

/// What the files of a version say. Absent is what is not there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionFiles {
    pub ml_model: Option<MlModel>,
    pub signature: Option<Signature>,
    pub requirements: Option<Vec<Package>>,
}

impl App {
    /// A version as the cache has it.
    pub async fn version_page(&self, profile_id: &str, name: &str, number: &str) -> Result<VersionAnswer> {
        let connection = self.connection(profile_id).await?;
        let source = connection.source;
        let freshness = connection.freshness(&Scope::Model(name.to_owned())).await?;
        let versions = self.cache.model_versions(source, name).await?;
        let at = versions.iter().position(|version| version.version == number);
        let (Some(model), Some(at)) = (self.cache.registered_model(source, name).await?, at) else {
            return Ok(VersionAnswer { page: None, freshness });
        };
        let beside = |at: Option<usize>| at.and_then(|at| versions.get(at)).map(|version| version.version.clone());
        let version = versions[at].clone();
        let side = self.cached_side(source, version.clone()).await?;
        let page = VersionPage {
            aliases: held_by(&model, number),
            author: None,
            origin: VersionOrigin::of(&version),
            run: self.version_run(source, &version, side.run.as_ref()).await?,
            logged_model: version.model_id.as_ref().map(|id| logged_model(id, side.logged_model.as_ref())),
            datasets: datasets(&side),
            metrics: Vec::new(),
            params: params(&side),
            gates: self.version_gates(source, &model, &versions, &side).await?,
            moves: self.moves_of(profile_id, name, number).await?,
            files: version.files(),
            older: beside(Some(at + 1)),
            newer: beside(at.checked_sub(1)),
            read_only_reason: read_only_reason(&connection),
            version,
        };
        let page = self.with_numbers(profile_id, source, page, &versions).await?;
        Ok(VersionAnswer { page: Some(page), freshness })
    }

    /// What the files of a version say, read from the server.
    pub async fn version_files(&self, profile_id: &str, name: &str, number: &str) -> Result<VersionFiles> {
        let connection = self.connection(profile_id).await?;
        let versions = self.cache.model_versions(connection.source, name).await?;
        let version = versions.into_iter().find(|version| version.version == number);
        let version = version.ok_or_else(|| {
            AppError::new(Code::NotFound, format!("Version {number} of {name} is not on this machine yet."))
        })?;
        let store = connection.store()?;
        let Ok((root, folder)) = place_of(&*store, &version).await else {
            let why = format!("Nothing says where the files of this version are: its source is {}.", version.source);
            return Err(AppError::new(Code::NotFound, why));
        };
        let read = tokio::time::timeout(FILES_WITHIN, model_files(&*store, &root, &folder)).await;
        let files = read.map_err(|_| {
            let message = format!("The files did not come within {} s.", FILES_WITHIN.as_secs());
            AppError::new(Code::TimedOut, message)
        })??;
        Ok(VersionFiles {
            signature: files.ml_model.as_deref().and_then(Signature::of_ml_model),
            ml_model: files.ml_model.as_deref().map(ml_model),
            requirements: files.requirements,
        })
    }

    /// A version with what the cache has of what it was made from.
    pub(super) async fn cached_side(&self, source: SourceId, version: ModelVersion) -> Result<Side> {
        let run = match &version.run_id {
            Some(run_id) => self.cache.run(source, run_id).await?,
            None => None,
        };
        let outputs = run.iter().flat_map(|run| &run.model_outputs).map(|output| output.model_id.as_str());
        let ids: Vec<&str> = outputs.chain(version.model_id.as_deref()).collect();
        let mut models = self.cache.logged_models(source, &ids).await?;
        let own = version.model_id.as_ref().and_then(|id| models.remove(id));
        Ok(Side::of(version, own, run, models.into_values().collect()))
    }

    async fn version_run(
        &self,
        source: SourceId,
        version: &ModelVersion,
        run: Option<&Run>,
    ) -> Result<Option<VersionRun>> {
        let Some(run_id) = &version.run_id else { return Ok(None) };
        let known = match run {
            Some(run) => {
                let experiments = self.cache.experiments(source).await?;
                let experiment = experiments
                    .into_iter()
                    .map(|(experiment, _)| experiment)
                    .find(|experiment| experiment.experiment_id == run.info.experiment_id);
                Some(KnownVersionRun {
                    experiment_id: run.info.experiment_id.clone(),
                    experiment_name: experiment.map(|experiment| experiment.name),
                    status: run.info.status,
                    start_time_ms: run.info.start_time_ms,
                    is_deleted: run.info.lifecycle_stage == LifecycleStage::Deleted,
                })
            }
            None => None,
        };
        let display_name = display_name(run.map_or("", |run| run.info.run_name.as_str()), run_id);
        Ok(Some(VersionRun { run_id: run_id.clone(), display_name, known }))
    }

    /// What the rules for each alias come to of this version.
    async fn version_gates(
        &self,
        source: SourceId,
        model: &RegisteredModel,
        versions: &[ModelVersion],
        side: &Side,
    ) -> Result<Vec<VersionGates>> {
        let mut all = Vec::new();
        for alias in promotion::guarded_aliases(model) {
            if promotion::rules_of(model, &alias).is_empty() {
                continue;
            }
            let holder = model.aliases.iter().find(|held| held.alias == alias).map(|held| held.version.clone());
            let held = versions.iter().find(|version| Some(&version.version) == holder.as_ref());
            let from = match held {
                Some(version) => Some(self.cached_side(source, version.clone()).await?),
                None => None,
            };
            let gates = promotion::gates(model, &alias, from.as_ref(), Some(side));
            all.push(VersionGates { alias, holder, gates });
        }
        Ok(all)
    }

    async fn moves_of(&self, profile_id: &str, name: &str, number: &str) -> Result<Vec<AliasMove>> {
        let history = self.model_history(profile_id, name).await?;
        let is_it = |place: &Place| matches!(place, Place::Version { version } if version == number);
        let all = history.aliases.into_iter().flat_map(|alias| alias.moves);
        let mut moves: Vec<AliasMove> = all.filter(|each| is_it(&each.from) || is_it(&each.to)).collect();
        moves.sort_by_key(|each| std::cmp::Reverse(newest_ms(each.when)));
        Ok(moves)
    }

    /// With its numbers, and who made it: as the board of the model has them.
    async fn with_numbers(
        &self,
        profile_id: &str,
        source: SourceId,
        page: VersionPage,
        versions: &[ModelVersion],
    ) -> Result<VersionPage> {
        // Of the same run, because a run that made several models has numbers that may be another one's.
        let is_beside = |other: &&ModelVersion| {
            other.version == page.version.version || (other.run_id.is_some() && other.run_id == page.version.run_id)
        };
        let beside: Vec<ModelVersion> = versions.iter().filter(is_beside).cloned().collect();
        let run_ids: Vec<&str> = page.version.run_id.as_deref().into_iter().collect();
        let runs = self.cache.source_runs_by_id(source, &run_ids, None).await?;
        let made = runs.values().flat_map(|run| run.model_ids.iter().map(String::as_str));
        let ids: Vec<&str> = beside.iter().filter_map(|version| version.model_id.as_deref()).chain(made).collect();
        let logged_models = self.cache.logged_models(source, &ids).await?;
        let directions = self.directions(profile_id).await?;
        let at = beside.iter().position(|other| other.version == page.version.version);
        let numbers = at.and_then(|at| promotion::numbers(&beside, &logged_models, &runs).into_iter().nth(at));
        let metric = |(name, measured): (MetricName, Measured)| VersionMetric {
            direction: directions.of(&name.key),
            name,
            measured,
        };
        let (_, rows) = {
            let version = vec![page.version.clone()];
            promotion::board(&[], Chosen::default(), version, &logged_models, &runs, &directions)
        };
        Ok(VersionPage {
            metrics: numbers.into_iter().flatten().map(metric).collect(),
            author: rows.into_iter().next().and_then(|row| row.author),
            ..page
        })
    }
}

/// None sorts as the oldest.
fn newest_ms(when: When) -> Option<i64> {
    match when {
        When::At { ms } => Some(ms),
        When::Between { before_ms, .. } => Some(before_ms),
        When::NotKnown => None,
    }
}

fn held_by(model: &RegisteredModel, number: &str) -> Vec<String> {
    let held = model.aliases.iter().filter(|held| held.version == number);
    held.map(|held| held.alias.clone()).collect()
}

fn logged_model(id: &str, known: Option<&LoggedModel>) -> VersionLoggedModel {
    let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    VersionLoggedModel {
        model_id: id.to_owned(),
        name: known.and_then(|model| said(&model.name)),
        status: known.and_then(|model| said(&model.status)),
        model_type: known.and_then(|model| said(&model.model_type)),
    }
}

/// What the run read, and what else its logged model was measured on.
fn datasets(side: &Side) -> Vec<VersionDataset> {
    let of_run = side.run.iter().flat_map(|run| &run.dataset_inputs).map(|input| VersionDataset {
        name: input.name.clone(),
        digest: input.digest.clone(),
        context: input.context.clone().unwrap_or_default(),
        source: input.source.clone(),
    });
    let mut all: Vec<VersionDataset> = of_run.collect();
    let metrics = side.logged_model.iter().flat_map(|model| &model.metrics);
    for dataset in metrics.filter_map(|metric| metric.dataset.as_ref()) {
        if !all.iter().any(|known| known.name == dataset.name && known.digest == dataset.digest) {
            let (name, digest) = (dataset.name.clone(), dataset.digest.clone());
            all.push(VersionDataset { name, digest, context: String::new(), source: String::new() });
        }
    }
    all.sort();
    all.dedup();
    all
}

fn params(side: &Side) -> Vec<Param> {
    let of_run = side.run.iter().flat_map(|run| &run.params);
    let of_model = side.logged_model.iter().flat_map(|model| &model.params);
    let by_key: BTreeMap<&str, &str> =
        of_run.chain(of_model).map(|param| (param.key.as_str(), param.value.as_str())).collect();
    by_key.into_iter().map(|(key, value)| Param { key: key.to_owned(), value: value.to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::cache::tests::{Logged, run};
    use crate::connect::{Profile, ProfileKind};
    use crate::entities::{ModelAlias, Tag};
    use crate::query::Verdict;

    fn version(number: &str, run_id: Option<&str>, source: &str) -> ModelVersion {
        let json = serde_json::json!({
            "name": "churn", "version": number, "description": "", "creationTimeMs": 1, "lastUpdatedTimeMs": 1,
            "userId": "ana", "stage": "None", "source": source, "runId": run_id, "modelId": null, "status": "READY",
            "statusMessage": "", "tags": [],
        });
        serde_json::from_value(json).unwrap()
    }

    #[tokio::test]
    async fn a_page_says_what_is_known_of_a_version_and_what_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path(), folder.path(), None, Arc::new(|_| ())).await.unwrap();
        let profile = app.save_profile(Profile::new("a", ProfileKind::Server, "http://127.0.0.1:9")).await.unwrap();
        let source = app.connection(&profile.id).await.unwrap().source;
        let model = RegisteredModel {
            name: "churn".to_owned(),
            description: String::new(),
            creation_time_ms: None,
            last_updated_time_ms: None,
            tags: vec![Tag::new("podium.gates.champion", "loss <= champion\ntag.reviewed = 'yes'")],
            aliases: vec![ModelAlias { alias: "champion".to_owned(), version: "1".to_owned() }],
        };
        app.cache.replace_registered_models(source, &[model]).await.unwrap();
        let versions = [
            version("1", Some("1"), "runs:/1/model"),
            version("2", Some("2"), "runs:/2/model"),
            version("3", None, "models:/dev/churn/7"),
            version("4", Some("gone"), "s3://elsewhere"),
        ];
        app.cache.apply_model_versions(source, &versions).await.unwrap();
        let runs = [run("1").metric("loss", 0.3), run("2").metric("loss", 0.2).param("depth", "7")];
        app.cache.apply_runs(source, &runs, 1).await.unwrap();

        let page = async |number: &str| app.version_page(&profile.id, "churn", number).await.unwrap().page;
        let second = page("2").await.unwrap();
        assert_eq!((second.older.as_deref(), second.newer.as_deref()), (Some("1"), Some("3")));
        assert_eq!((second.metrics[0].name.key.as_str(), second.metrics[0].measured.value.0), ("loss", 0.2));
        assert_eq!(second.params, [Param { key: "depth".to_owned(), value: "7".to_owned() }]);
        assert_eq!(second.author.as_ref().map(|author| author.name.as_str()), Some("ana"));
        assert!(second.run.as_ref().is_some_and(|run| run.known.as_ref().is_some_and(|known| !known.is_deleted)));
        let [gates] = second.gates.as_slice() else { panic!("{:?}", second.gates) };
        assert_eq!((gates.alias.as_str(), gates.holder.as_deref()), ("champion", Some("1")));
        let verdicts: Vec<Verdict> = gates.gates.iter().map(|gate| gate.verdict).collect();
        assert_eq!(verdicts, [Verdict::Unknown, Verdict::Passed], "the tag is missing, the loss is less");
        assert_eq!(page("1").await.unwrap().aliases, ["champion"]);

        let third = page("3").await.unwrap();
        assert_eq!((third.run, third.files), (None, None));
        assert_eq!(third.origin, VersionOrigin::Version { model: "dev/churn".to_owned(), version: "7".to_owned() });
        let fourth = page("4").await.unwrap();
        assert!(fourth.run.is_some_and(|run| run.known.is_none()) && fourth.metrics.is_empty());
        assert_eq!(page("9").await, None);
    }
}
