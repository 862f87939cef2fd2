//! Runs as screens show them: from the cache, with how fresh exactly that is.

use std::collections::BTreeSet;

use serde::Serialize;
use specta::Type;

use super::App;
use super::by_profile::by_profile;
use crate::cache::{
    ColumnInfo, ColumnKind, Comparison, CurveInfo, LostExperiment, ProfileExperiments, RunRow, RunsView, RunsWindow,
};
use crate::charts::PALETTE;
use crate::connection::Connection;
use crate::entities::{Run, RunDuration, RunRef, tag_value};
use crate::error::Result;
use crate::sync::{Freshness, Scope};

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunsAnswer {
    pub window: RunsWindow,
    /// Those of the asked experiments that are no longer on the server.
    pub lost: Vec<LostExperiment>,
    /// Of each of the asked experiments, in the order asked.
    pub freshness: Vec<ExperimentFreshness>,
}

/// How true the cache is for the runs of one experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ExperimentFreshness {
    pub profile_id: String,
    pub experiment_id: String,
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
    /// Of the experiments of the others.
    pub freshness: Vec<ExperimentFreshness>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MissingRun {
    #[serde(flatten)]
    pub run: RunRef,
    /// Whether it is asked for, cannot be read, or is gone.
    pub freshness: Freshness,
}

impl App {
    /// A window onto the runs of some experiments.
    pub async fn search_runs(&self, view: &RunsView) -> Result<RunsAnswer> {
        let mut freshness = Vec::new();
        for of in &view.scope {
            let connection = self.connection(&of.profile_id).await?;
            freshness.extend(freshness_of_experiments(&connection, of.experiment_ids.iter().cloned()).await?);
        }
        let mut window = self.cache.search_runs(view).await?;
        self.show_colors(&mut window.rows).await;
        let lost = self.cache.lost_experiments(&view.scope).await?;
        Ok(RunsAnswer { window, lost, freshness })
    }

    /// The columns that runs of these experiments can show, most filled first. What the user says of a metric's
    /// direction counts as the first profile has it.
    pub async fn columns(&self, scope: &[ProfileExperiments]) -> Result<Vec<ColumnInfo>> {
        for of in scope {
            self.connection(&of.profile_id).await?;
        }
        let mut columns = self.cache.columns(scope).await?;
        let Some(first) = scope.first() else { return Ok(columns) };
        let directions = self.directions(&first.profile_id).await?;
        for info in columns.iter_mut().filter(|info| info.column.kind == ColumnKind::Metric) {
            info.direction = directions.of(&info.column.key);
        }
        Ok(columns)
    }

    /// The metrics of these runs, and whether they have a curve as far as is known.
    pub async fn curve_list(&self, runs: &[RunRef]) -> Result<Vec<CurveInfo>> {
        let mut of_profiles = Vec::new();
        for of in by_profile(runs) {
            let connection = self.connection(of.profile_id).await?;
            of_profiles.push(self.cache.curves(connection.source, &of.run_ids).await?);
        }
        Ok(CurveInfo::joined(of_profiles))
    }

    pub async fn run_page(&self, asked: &RunRef) -> Result<RunAnswer> {
        let connection = self.connection(&asked.profile_id).await?;
        let freshness = connection.freshness(&Scope::Run(asked.run_id.clone())).await?;
        let Some(run) = self.cache.run(connection.source, &asked.run_id).await? else {
            return Ok(RunAnswer { page: None, freshness });
        };
        let mut parent = match tag_value(&run.tags, "mlflow.parentRunId") {
            Some(parent_id) => self.cache.comparison(&[RunRef::new(&asked.profile_id, parent_id)]).await?.runs.pop(),
            None => None,
        };
        let mut children = self.cache.child_runs(connection.source, &asked.run_id).await?;
        // Of many children the first are enough to use up the palette.
        let family = parent.iter().chain(children.iter().take(PALETTE.len())).map(|row| row.run.clone());
        let together: Vec<RunRef> = std::iter::once(asked.clone()).chain(family).collect();
        let color = self.color_runs(&together).await.first().copied().unwrap_or_default();
        self.show_colors(parent.as_mut_slice()).await;
        self.show_colors(&mut children).await;
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

    /// Params, metrics and tags of some runs side by side, in the order asked. What the user says of a metric's
    /// direction counts as the profile of the first run has it.
    pub async fn compare_runs(&self, runs: &[RunRef]) -> Result<ComparisonAnswer> {
        let known = self.cache.comparison(runs).await?.runs;
        let mut freshness = Vec::new();
        // A place that was kept may name runs that the cache has not seen, or has lost.
        let mut missing = Vec::new();
        for of in by_profile(runs) {
            let connection = self.connection(of.profile_id).await?;
            let its = known.iter().filter(|row| row.run.profile_id == of.profile_id);
            let experiment_ids: BTreeSet<String> = its.map(|row| row.experiment_id.clone()).collect();
            freshness.extend(freshness_of_experiments(&connection, experiment_ids).await?);
            for run_id in of.run_ids {
                let run = RunRef::new(of.profile_id, run_id);
                if known.iter().all(|row| row.run != run) {
                    let freshness = connection.freshness(&Scope::Run(run.run_id.clone())).await?;
                    missing.push(MissingRun { run, freshness });
                }
            }
        }
        let mut comparison = self.cache.comparison(runs).await?;
        let together: Vec<RunRef> = comparison.runs.iter().map(|row| row.run.clone()).collect();
        self.color_runs(&together).await;
        self.show_colors(&mut comparison.runs).await;
        if let Some(first) = runs.first() {
            let directions = self.directions(&first.profile_id).await?;
            for row in &mut comparison.metrics {
                row.direction = directions.of(&row.key);
            }
        }
        missing.retain(|missing| !together.contains(&missing.run));
        Ok(ComparisonAnswer { comparison, missing, freshness })
    }
}

pub(super) async fn freshness_of_experiments(
    connection: &Connection,
    experiment_ids: impl IntoIterator<Item = String>,
) -> Result<Vec<ExperimentFreshness>> {
    let profile_id = &connection.profile().id;
    let mut all = Vec::new();
    for experiment_id in experiment_ids {
        let freshness = connection.freshness(&Scope::Experiment(experiment_id.clone())).await?;
        all.push(ExperimentFreshness { profile_id: profile_id.clone(), experiment_id, freshness });
    }
    Ok(all)
}
