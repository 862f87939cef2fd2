//! Runs as screens show them: from the cache, with how fresh exactly that is.

use std::collections::BTreeSet;

use serde::Serialize;
use specta::Type;

use super::App;
use crate::cache::{ColumnInfo, ColumnKind, Comparison, CurveInfo, LostExperiment, RunRow, RunsView, RunsWindow};
use crate::charts::PALETTE;
use crate::connection::Connection;
use crate::entities::{Run, RunDuration, tag_value};
use crate::error::Result;
use crate::sync::{Freshness, Scope};

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunsAnswer {
    pub window: RunsWindow,
    /// Those of the asked experiments that are no longer on the server.
    pub lost: Vec<LostExperiment>,
    pub freshness: Freshness,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunPage {
    pub run: Run,
    /// What the run is called on screen.
    pub display_name: String,
    pub duration: RunDuration,
    /// An index into the palette.
    pub color: u8,
    pub parent: Option<RunRow>,
    pub children: Vec<RunRow>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunAnswer {
    /// None where the cache does not have the run; the freshness says whether that means that there is none.
    pub page: Option<RunPage>,
    pub freshness: Freshness,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ComparisonAnswer {
    pub comparison: Comparison,
    /// Those of the asked runs that the cache does not have.
    pub missing: Vec<MissingRun>,
    pub freshness: Freshness,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MissingRun {
    pub run_id: String,
    /// Whether it is asked for, cannot be read, or is gone.
    pub freshness: Freshness,
}

impl App {
    /// A window onto the runs of some experiments.
    pub async fn search_runs(&self, profile_id: &str, view: &RunsView) -> Result<RunsAnswer> {
        let connection = self.connection(profile_id).await?;
        let freshness = freshness_of_experiments(&connection, view.experiment_ids.iter().cloned()).await?;
        let mut window = self.cache.search_runs(connection.source, view).await?;
        self.show_colors(profile_id, &mut window.rows).await;
        let lost = self.cache.lost_experiments(connection.source, &view.experiment_ids).await?;
        Ok(RunsAnswer { window, lost, freshness })
    }

    /// The columns that runs of these experiments can show, most filled first.
    pub async fn columns(&self, profile_id: &str, experiment_ids: &[String]) -> Result<Vec<ColumnInfo>> {
        let connection = self.connection(profile_id).await?;
        let mut columns = self.cache.columns(connection.source, experiment_ids).await?;
        let directions = self.directions(profile_id).await?;
        for info in columns.iter_mut().filter(|info| info.column.kind == ColumnKind::Metric) {
            info.direction = directions.of(&info.column.key);
        }
        Ok(columns)
    }

    /// The metrics of these runs, and whether they have a curve as far as is known.
    pub async fn curve_list(&self, profile_id: &str, run_ids: &[String]) -> Result<Vec<CurveInfo>> {
        let connection = self.connection(profile_id).await?;
        Ok(self.cache.curves(connection.source, run_ids).await?)
    }

    pub async fn run_page(&self, profile_id: &str, run_id: &str) -> Result<RunAnswer> {
        let connection = self.connection(profile_id).await?;
        let freshness = connection.freshness(&Scope::Run(run_id.to_owned())).await?;
        let Some(run) = self.cache.run(connection.source, run_id).await? else {
            return Ok(RunAnswer { page: None, freshness });
        };
        let mut parent = match tag_value(&run.tags, "mlflow.parentRunId") {
            Some(parent_id) => self.cache.comparison(connection.source, &[parent_id.to_owned()]).await?.runs.pop(),
            None => None,
        };
        let mut children = self.cache.child_runs(connection.source, run_id).await?;
        // Of many children the first are enough to use up the palette.
        let family = parent.iter().chain(children.iter().take(PALETTE.len())).map(|row| row.run_id.as_str());
        let together: Vec<&str> = std::iter::once(run_id).chain(family).collect();
        let color = self.color_runs(profile_id, &together).await.first().copied().unwrap_or_default();
        self.show_colors(profile_id, parent.as_mut_slice()).await;
        self.show_colors(profile_id, &mut children).await;
        let page = RunPage {
            display_name: run.info.display_name(),
            duration: run.info.duration(),
            color,
            parent,
            children,
            run,
        };
        Ok(RunAnswer { page: Some(page), freshness })
    }

    /// Params, metrics and tags of some runs side by side, in the order asked.
    pub async fn compare_runs(&self, profile_id: &str, run_ids: &[String]) -> Result<ComparisonAnswer> {
        let connection = self.connection(profile_id).await?;
        let known = self.cache.comparison(connection.source, run_ids).await?.runs;
        let experiment_ids: BTreeSet<String> = known.iter().map(|run| run.experiment_id.clone()).collect();
        let freshness = freshness_of_experiments(&connection, experiment_ids).await?;
        // A place that was kept may name runs that the cache has not seen, or has lost.
        let mut missing = Vec::new();
        for run_id in run_ids.iter().filter(|run_id| known.iter().all(|run| run.run_id != **run_id)) {
            let freshness = connection.freshness(&Scope::Run(run_id.clone())).await?;
            missing.push(MissingRun { run_id: run_id.clone(), freshness });
        }
        let mut comparison = self.cache.comparison(connection.source, run_ids).await?;
        let together: Vec<&str> = comparison.runs.iter().map(|run| run.run_id.as_str()).collect();
        self.color_runs(profile_id, &together).await;
        self.show_colors(profile_id, &mut comparison.runs).await;
        let directions = self.directions(profile_id).await?;
        for row in &mut comparison.metrics {
            row.direction = directions.of(&row.key);
        }
        missing.retain(|missing| comparison.runs.iter().all(|run| run.run_id != missing.run_id));
        Ok(ComparisonAnswer { comparison, missing, freshness })
    }
}

async fn freshness_of_experiments(
    connection: &Connection,
    experiment_ids: impl IntoIterator<Item = String>,
) -> Result<Freshness> {
    let mut all = Vec::new();
    for experiment_id in experiment_ids {
        all.push(connection.freshness(&Scope::Experiment(experiment_id)).await?);
    }
    Ok(Freshness::joined(all))
}
