//! A store in memory that counts what it is asked and fails on demand.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;

use crate::entities::{ArtifactRoot, Experiment, LoggedModel, MetricPoint, ModelVersion, RegisteredModel, Run};
use crate::tracking::{ArtifactStore, Capabilities, Page, Result, RunsQuery, StoreError, TrackingStore};

pub struct ScriptedStore {
    capabilities: Capabilities,
    state: Mutex<State>,
}

#[derive(Default)]
pub struct State {
    pub experiments: Vec<Experiment>,
    pub runs: Vec<Run>,
    pub histories: HashMap<(String, String), Vec<MetricPoint>>,
    pub models: Vec<RegisteredModel>,
    pub versions: Vec<ModelVersion>,
    pub logged_models: Vec<LoggedModel>,
    /// What was asked, in words.
    pub asked: Vec<String>,
    /// The next answers: `Some` fails, `None` is as it should be.
    pub faults: VecDeque<Option<StoreError>>,
    /// What is refused, in words as in `asked`.
    pub forbidden: Vec<String>,
    /// Answers every page with the same token.
    pub stuck: bool,
}

impl ScriptedStore {
    pub fn new() -> Self {
        let capabilities = Capabilities {
            description: "scripted".to_owned(),
            version: None,
            aliases: true,
            logged_models: true,
            writable: true,
        };
        Self { capabilities, state: Mutex::default() }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// What was asked since the last time.
    pub fn take_asked(&self) -> Vec<String> {
        std::mem::take(&mut self.state().asked)
    }

    async fn ask(&self, what: String) -> Result<MutexGuard<'_, State>> {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        let mut state = self.state();
        if state.forbidden.contains(&what) {
            state.asked.push(what);
            return Err(StoreError::Forbidden { address: "there".to_owned(), message: "no".to_owned() });
        }
        state.asked.push(what);
        match state.faults.pop_front().flatten() {
            Some(error) => Err(error),
            None => Ok(state),
        }
    }
}

pub fn unreachable() -> StoreError {
    StoreError::Unreachable { address: "there".to_owned(), reason: "gone".to_owned() }
}

pub fn not_found() -> StoreError {
    StoreError::NotFound { message: "no such thing".to_owned() }
}

fn page<T: Clone>(all: &[T], token: Option<&str>, size: usize, stuck: bool) -> Page<T> {
    let from: usize = token.map_or(0, |token| token.parse().unwrap());
    let to = all.len().min(from + size);
    let next_page_token = if stuck { Some("0".to_owned()) } else { (to < all.len()).then(|| to.to_string()) };
    Page { items: all[from.min(to)..to].to_vec(), next_page_token }
}

#[async_trait]
impl TrackingStore for ScriptedStore {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn search_experiments(&self, page_token: Option<&str>) -> Result<Page<Experiment>> {
        let state = self.ask("experiments".to_owned()).await?;
        Ok(page(&state.experiments, page_token, 2, state.stuck))
    }

    async fn search_runs(&self, query: &RunsQuery) -> Result<Page<Run>> {
        let kind = match (&query.run_ids, query.started_since_ms, query.ended_since_ms) {
            (Some(run_ids), _, _) => format!("runs {}", run_ids.join(" ")),
            (_, Some(since), _) => format!("started since {since}"),
            (_, _, Some(since)) => format!("ended since {since}"),
            _ => format!("runs from {} ({})", query.page_token.as_deref().unwrap_or("0"), query.max_results),
        };
        let state = self.ask(kind).await?;
        let mut runs: Vec<Run> = state
            .runs
            .iter()
            .filter(|run| query.experiment_ids.contains(&run.info.experiment_id))
            .filter(|run| query.run_ids.as_ref().is_none_or(|ids| ids.contains(&run.info.run_id)))
            .filter(|run| query.started_since_ms.is_none_or(|since| run.info.start_time_ms >= Some(since)))
            .filter(|run| query.ended_since_ms.is_none_or(|since| run.info.end_time_ms >= Some(since)))
            .cloned()
            .collect();
        runs.sort_by_key(|run| std::cmp::Reverse(run.info.start_time_ms));
        Ok(page(&runs, query.page_token.as_deref(), query.max_results as usize, state.stuck))
    }

    async fn get_run(&self, run_id: &str) -> Result<Run> {
        let state = self.ask(format!("run {run_id}")).await?;
        state.runs.iter().find(|run| run.info.run_id == run_id).cloned().ok_or_else(not_found)
    }

    async fn get_metric_history(&self, run_id: &str, key: &str, token: Option<&str>) -> Result<Page<MetricPoint>> {
        let state = self.ask(format!("history {run_id} {key}")).await?;
        if !state.runs.iter().any(|run| run.info.run_id == run_id) {
            return Err(not_found());
        }
        let points = state.histories.get(&(run_id.to_owned(), key.to_owned())).cloned().unwrap_or_default();
        Ok(page(&points, token, 10, state.stuck))
    }

    async fn search_registered_models(&self, page_token: Option<&str>) -> Result<Page<RegisteredModel>> {
        let state = self.ask("models".to_owned()).await?;
        Ok(page(&state.models, page_token, 2, state.stuck))
    }

    async fn get_registered_model(&self, name: &str) -> Result<RegisteredModel> {
        let state = self.ask(format!("model {name}")).await?;
        state.models.iter().find(|model| model.name == name).cloned().ok_or_else(not_found)
    }

    async fn search_model_versions(&self, name: &str, page_token: Option<&str>) -> Result<Page<ModelVersion>> {
        let state = self.ask(format!("versions {name}")).await?;
        let versions: Vec<_> = state.versions.iter().filter(|version| version.name == name).cloned().collect();
        Ok(page(&versions, page_token, 2, state.stuck))
    }

    async fn search_all_model_versions(&self, page_token: Option<&str>) -> Result<Page<ModelVersion>> {
        let state = self.ask(format!("all versions from {}", page_token.unwrap_or("0"))).await?;
        let mut versions = state.versions.clone();
        versions.sort_by_key(|version| std::cmp::Reverse(version.last_updated_time_ms));
        Ok(page(&versions, page_token, 2, state.stuck))
    }

    async fn search_prompts(&self, _: Option<&str>) -> Result<Page<RegisteredModel>> {
        Err(not_found())
    }

    async fn search_prompt_versions(&self, _: &str, _: Option<&str>) -> Result<Page<ModelVersion>> {
        Err(not_found())
    }

    async fn get_model_version(&self, _: &str, _: &str) -> Result<ModelVersion> {
        Err(not_found())
    }
    async fn artifact_store_for(&self, _: &ArtifactRoot) -> Result<Box<dyn ArtifactStore>> {
        Err(not_found())
    }
    async fn get_logged_model(&self, model_id: &str) -> Result<LoggedModel> {
        let state = self.ask(format!("logged model {model_id}")).await?;
        state.logged_models.iter().find(|model| model.model_id == model_id).cloned().ok_or_else(not_found)
    }
    async fn search_logged_models(&self, experiment_ids: &[String], model_ids: &[String]) -> Result<Vec<LoggedModel>> {
        let state = self.ask(format!("logged models {} of {}", model_ids.join(" "), experiment_ids.join(" "))).await?;
        let wanted =
            |model: &&LoggedModel| model_ids.contains(&model.model_id) && experiment_ids.contains(&model.experiment_id);
        Ok(state.logged_models.iter().filter(wanted).cloned().collect())
    }
}
