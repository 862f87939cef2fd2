//! The list of registered models as the window asks for it: a window onto those that are found, and how many there are
//! of each kind.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::App;
use super::recent::Recent;
use crate::cache::{NEWEST_VERSIONS, SourceId};
use crate::entities::ModelVersion;
use crate::error::Result;
use crate::registry::{
    Facet, FacetCount, Folder, ModelNumbers, RegistryModel, RegistrySort, SortBy, deciding_key, facets, has_folders,
    in_order, is_in, level, matches, numbers_of,
};
use crate::sync::{Freshness, Scope};

/// What is kept in memory of each profile until it changes: the models, and the numbers of all of them.
pub(super) type RecentModels = Recent<String, Vec<RegistryModel>>;
pub(super) type RecentNumbers = Recent<String, HashMap<String, ModelNumbers>>;

/// Up to so many models the numbers of all are read, so that every choice says how many it has.
const READ_AT_ONCE: usize = 400;
/// The most rows of a window.
const MOST_ROWS: u32 = 200;

/// A window onto the registered models of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RegistryView {
    /// All of them must be found: in the name, description, an alias, a tag, a version or the owner; `owner:`, `tag:`,
    /// `alias:`, `version:` and `name:` say where.
    pub words: String,
    pub facet: Option<Facet>,
    /// Only what is in this folder, and folders as rows before the models; empty is the outermost. None: all models in
    /// one list.
    pub folder: Option<String>,
    pub sort: RegistrySort,
    pub offset: u32,
    /// At most 200.
    pub limit: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RegistryAnswer {
    /// The folders at this place, if folders were asked for: all of them, before the models.
    pub folders: Vec<Folder>,
    pub rows: Vec<RegistryRow>,
    pub offset: u32,
    /// Models that are found, at this place.
    pub matching: u32,
    /// All models.
    pub total: u32,
    /// Whether names have folders at all.
    pub has_folders: bool,
    /// Of the models that the words find, whatever the folder.
    pub facets: Vec<FacetCount>,
    /// How fresh the models are, and then their versions and numbers.
    pub freshness: Freshness,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RegistryRow {
    #[serde(flatten)]
    pub model: RegistryModel,
    pub numbers: ModelNumbers,
}

impl App {
    /// A window onto the registered models, as the cache has them.
    pub async fn registry(&self, profile_id: &str, view: &RegistryView) -> Result<RegistryAnswer> {
        let connection = self.connection(profile_id).await?;
        let freshness = Freshness::joined(vec![
            connection.freshness(&Scope::Models).await?,
            connection.freshness(&Scope::Registry).await?,
        ]);
        let models = self.registry_models(profile_id, connection.source).await?;
        let of_all = view.sort.by.needs_numbers()
            || view.facet.is_some_and(Facet::needs_numbers)
            || models.len() <= READ_AT_ONCE;
        let known = match of_all {
            true => Some(self.numbers_of_all(profile_id, connection.source, &models).await?),
            false => None,
        };
        let numbers = |model: &RegistryModel| known.as_ref().and_then(|known| known.get(&model.name));

        let found: Vec<&RegistryModel> = models.iter().filter(|model| matches(model, &view.words)).collect();
        let counts = facets(found.iter().map(|model| (*model, numbers(model))));
        let chosen = |model: &&RegistryModel| {
            view.facet.is_none_or(|facet| is_in(facet, model, numbers(model)).unwrap_or(false))
        };
        let found: Vec<&RegistryModel> = found.into_iter().filter(chosen).collect();
        let (folders, mut shown) = match &view.folder {
            Some(path) => {
                let level = level(found.iter().map(|model| model.name.as_str()), path);
                (level.folders, level.names.into_iter().filter_map(|at| found.get(at).copied()).collect())
            }
            None => (Vec::new(), found),
        };
        // They come by name.
        if view.sort != (RegistrySort { by: SortBy::Name, descending: false }) {
            shown.sort_by(|a, b| in_order((a, numbers(a)), (b, numbers(b)), view.sort));
        }
        let matching = shown.len();
        let window = shown.into_iter().skip(view.offset as usize).take(view.limit.min(MOST_ROWS) as usize);
        let window: Vec<&RegistryModel> = window.collect();
        let rows = match &known {
            Some(known) => window.into_iter().filter_map(|model| row(model, known)).collect(),
            None => {
                let read = self.numbers(profile_id, connection.source, &window).await?;
                window.into_iter().filter_map(|model| row(model, &read)).collect()
            }
        };
        Ok(RegistryAnswer {
            folders,
            rows,
            offset: view.offset,
            matching: count(matching),
            total: count(models.len()),
            has_folders: has_folders(models.iter().map(|model| model.name.as_str())),
            facets: counts,
            freshness,
        })
    }

    async fn registry_models(&self, profile_id: &str, source: SourceId) -> Result<Arc<Vec<RegistryModel>>> {
        let generation = self.recent_models.generation();
        if let Some(models) = self.recent_models.get(&profile_id.to_owned()) {
            return Ok(models);
        }
        let listed = self.cache.listed_models(source).await?;
        let models: Arc<Vec<RegistryModel>> = Arc::new(listed.into_iter().map(RegistryModel::from).collect());
        self.recent_models.put(generation, profile_id.to_owned(), models.clone());
        Ok(models)
    }

    async fn numbers_of_all(
        &self,
        profile_id: &str,
        source: SourceId,
        models: &[RegistryModel],
    ) -> Result<Arc<HashMap<String, ModelNumbers>>> {
        let generation = self.recent_numbers.generation();
        if let Some(known) = self.recent_numbers.get(&profile_id.to_owned()) {
            return Ok(known);
        }
        let mut all = HashMap::with_capacity(models.len());
        // In parts, so that never the versions of thousands of models are in memory at once.
        for part in models.chunks(READ_AT_ONCE) {
            let part: Vec<&RegistryModel> = part.iter().collect();
            all.extend(self.numbers(profile_id, source, &part).await?);
        }
        let all = Arc::new(all);
        self.recent_numbers.put(generation, profile_id.to_owned(), all.clone());
        Ok(all)
    }

    /// The numbers of these models, from their leading versions: all metrics of those with an alias and of the newest
    /// ones, and of the rest only the metric that decides.
    async fn numbers(
        &self,
        profile_id: &str,
        source: SourceId,
        models: &[&RegistryModel],
    ) -> Result<HashMap<String, ModelNumbers>> {
        let directions = self.directions(profile_id).await?;
        let names: Vec<&str> = models.iter().map(|model| model.name.as_str()).collect();
        let held: Vec<(&str, &str)> = models
            .iter()
            .flat_map(|model| model.aliases.iter().map(|held| (model.name.as_str(), held.version.as_str())))
            .collect();
        let versions = self.cache.leading_versions(source, &names, NEWEST_VERSIONS, &held).await?;
        let ids: BTreeSet<&str> =
            versions.values().flatten().filter_map(|version| version.model_id.as_deref()).collect();
        let logged_models = self.cache.logged_models(source, &ids.into_iter().collect::<Vec<_>>()).await?;
        let led = |model: &RegistryModel| {
            let of_model: &[ModelVersion] = versions.get(&model.name).map_or(&[], Vec::as_slice);
            let held: HashSet<&str> = model.aliases.iter().map(|held| held.version.as_str()).collect();
            let leads =
                move |(at, version): &(usize, &ModelVersion)| *at < 3 || held.contains(version.version.as_str());
            of_model.iter().enumerate().filter(leads).map(|(_, version)| version).collect::<Vec<_>>()
        };
        let leading: BTreeSet<&str> =
            models.iter().flat_map(|model| led(model)).filter_map(|version| version.run_id.as_deref()).collect();
        let leading: Vec<&str> = leading.into_iter().collect();
        let mut runs = self.cache.source_runs_by_id(source, &leading, None).await?;
        let deciding: HashMap<&str, String> = models
            .iter()
            .filter_map(|model| {
                let led: Vec<ModelVersion> = led(model).into_iter().cloned().collect();
                let key = deciding_key(model, &led, &logged_models, &runs, &directions)?;
                Some((model.name.as_str(), key))
            })
            .collect();
        for (key, run_ids) in rest_by_key(&versions, &deciding, &leading) {
            let found = self.cache.source_runs_by_id(source, &run_ids, Some(&[key])).await?;
            for (run_id, run) in found {
                // A run that led another model has all its metrics already.
                runs.entry(run_id).or_insert(run);
            }
        }
        let numbers = |model: &&RegistryModel| {
            let of_model: &[ModelVersion] = versions.get(&model.name).map_or(&[], Vec::as_slice);
            let key = deciding.get(model.name.as_str()).map(String::as_str);
            (model.name.clone(), numbers_of(model, key, of_model, &logged_models, &runs, &directions))
        };
        Ok(models.iter().map(numbers).collect())
    }
}

/// The runs that are still to be read, by the metric that is wanted of them.
fn rest_by_key<'a>(
    versions: &'a HashMap<String, Vec<ModelVersion>>,
    deciding: &'a HashMap<&str, String>,
    leading: &[&str],
) -> HashMap<&'a str, Vec<&'a str>> {
    let leading: HashSet<&str> = leading.iter().copied().collect();
    let mut rest: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for (name, versions) in versions {
        let Some(key) = deciding.get(name.as_str()) else { continue };
        let runs = versions.iter().filter_map(|version| version.run_id.as_deref());
        rest.entry(key).or_default().extend(runs.filter(|run_id| !leading.contains(run_id)));
    }
    rest.into_iter().map(|(key, run_ids)| (key, run_ids.into_iter().collect())).collect()
}

fn row(model: &RegistryModel, numbers: &HashMap<String, ModelNumbers>) -> Option<RegistryRow> {
    Some(RegistryRow { model: model.clone(), numbers: numbers.get(&model.name)?.clone() })
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::tests::{Logged, run};
    use crate::change::Change;
    use crate::connect::{Profile, ProfileKind};
    use crate::entities::{ModelAlias, RegisteredModel, Tag};

    fn model(name: &str, aliases: &[(&str, &str)]) -> RegisteredModel {
        RegisteredModel {
            name: name.to_owned(),
            description: String::new(),
            creation_time_ms: None,
            last_updated_time_ms: None,
            tags: vec![Tag::new("team", "crm")],
            aliases: aliases
                .iter()
                .map(|(alias, version)| ModelAlias { alias: (*alias).to_owned(), version: (*version).to_owned() })
                .collect(),
        }
    }

    fn version(name: &str, version: &str, run_id: &str) -> ModelVersion {
        let json = format!(
            r#"{{"name":"{name}","version":"{version}","description":"","creationTimeMs":1,"lastUpdatedTimeMs":1,
                "userId":"ana","stage":"None","source":"runs:/{run_id}/model","runId":"{run_id}","modelId":null,
                "status":"READY","tags":[]}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    fn view(words: &str) -> RegistryView {
        RegistryView {
            words: words.to_owned(),
            facet: None,
            folder: None,
            sort: RegistrySort { by: SortBy::Name, descending: false },
            offset: 0,
            limit: 100,
        }
    }

    fn names(answer: &RegistryAnswer) -> Vec<&str> {
        answer.rows.iter().map(|row| row.model.name.as_str()).collect()
    }

    #[tokio::test]
    async fn a_window_onto_models_has_their_numbers_and_says_how_many_there_are_of_each_kind() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path(), folder.path(), None, Arc::new(|_| ())).await.unwrap();
        let server = Profile::new("a", ProfileKind::Server, "http://127.0.0.1:9");
        let profile = app.save_profile(server).await.unwrap();
        let source = app.connection(&profile.id).await.unwrap().source;
        let models = [
            model("vision/vit", &[("champion", "1"), ("challenger", "2")]),
            model("vision/resnet", &[("Champion", "2"), ("challenger", "1")]),
            model("churn", &[]),
        ];
        app.cache.replace_registered_models(source, &models).await.unwrap();
        let versions = ["vision/vit", "vision/resnet"]
            .into_iter()
            .flat_map(|name| ["1", "2"].map(|number| version(name, number, number)))
            .collect::<Vec<_>>();
        app.cache.apply_model_versions(source, &versions).await.unwrap();
        let runs = [run("1").metric("loss", 0.3).metric("depth", 3.0), run("2").metric("loss", 0.2)];
        app.cache.apply_runs(source, &runs, 1).await.unwrap();

        let all = app.registry(&profile.id, &view("")).await.unwrap();
        assert_eq!(names(&all), ["churn", "vision/resnet", "vision/vit"]);
        assert_eq!((all.total, all.matching, all.has_folders), (3, 3, true));
        let counts: Vec<(Facet, Option<u32>)> = all.facets.iter().map(|count| (count.facet, count.models)).collect();
        assert_eq!(counts, Facet::ALL.into_iter().zip([1, 0, 2, 1, 2].map(Some)).collect::<Vec<_>>());
        let vit = &all.rows[2].numbers;
        assert_eq!(vit.metric.as_ref().map(|metric| metric.key.as_str()), Some("loss"));
        assert!(vit.improvement().unwrap() > 0.0 && all.rows[1].numbers.improvement().unwrap() < 0.0);
        assert_eq!(vit.curve.as_ref().map(|curve| curve.measured), Some(2));
        assert_eq!((&all.rows[0].numbers.metric, all.rows[0].model.version_count), (&None, 0));

        let better = RegistryView { facet: Some(Facet::ChallengerBetter), ..view("") };
        assert_eq!(names(&app.registry(&profile.id, &better).await.unwrap()), ["vision/vit"]);
        let by_gain = RegistryView { sort: RegistrySort { by: SortBy::Gain, descending: false }, ..view("") };
        let found = app.registry(&profile.id, &by_gain).await.unwrap();
        assert_eq!(names(&found), ["vision/resnet", "vision/vit", "churn"]);
        let folders = RegistryView { folder: Some(String::new()), ..view("") };
        let found = app.registry(&profile.id, &folders).await.unwrap();
        assert_eq!(
            (names(&found), found.folders[0].path.as_str(), found.folders[0].models),
            (vec!["churn"], "vision/", 2)
        );
        assert_eq!(app.registry(&profile.id, &view("nothing")).await.unwrap().matching, 0);

        // What is kept in memory is forgotten with the news of it.
        app.cache.apply_registered_model(source, &model("churn", &[("champion", "1")])).await.unwrap();
        app.tell(Change::Model { profile_id: profile.id.clone(), name: "churn".to_owned() });
        let counts = app.registry(&profile.id, &view("")).await.unwrap().facets;
        assert_eq!(counts.iter().find(|count| count.facet == Facet::WithoutChampion).unwrap().models, Some(0));
    }
}
