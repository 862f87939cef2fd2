//! A chart of any kind, and what it is drawn from: for its file and for its table.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::bars::ReadBars;
use super::curves::Prepared;
use super::distribution::ReadDistribution;
use super::drawing::Paper;
use super::importance::ReadImportance;
use super::panels::ReadPanels;
use super::scatter::ReadScatter;
use super::{
    App, CurveChart, ImportantParam, MetricBars, RunContour, RunDistribution, RunHeat, RunImportance, RunPanels,
    RunParallel, RunScatter,
};
use crate::cache::RunSet;
use crate::charts::{Figure, GroupCurve};
use crate::entities::RunRef;
use crate::error::Result;

/// A chart of any kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", tag = "kind", content = "of")]
pub enum AnyChart {
    Curves(CurveChart),
    Bars(MetricBars),
    Scatter(RunScatter),
    Parallel(RunParallel),
    Importance(RunImportance),
    Distribution(RunDistribution),
    Panels(RunPanels),
    Heat(RunHeat),
    Contour(RunContour),
}

/// What a chart is drawn from.
pub(super) struct Contents {
    pub figure: Figure,
    /// One for each series, bar, point or line; none where groups are the curves.
    pub runs: Vec<RunRef>,
    pub groups: Option<Arc<Vec<GroupCurve>>>,
    /// One for each bar, where bars are of params and not of runs.
    pub params: Option<Vec<ImportantParam>>,
}

impl Contents {
    fn of_runs(figure: Figure, runs: Vec<RunRef>) -> Self {
        Self { figure, runs, groups: None, params: None }
    }
}

impl App {
    /// What the chart is drawn from, before it is drawn.
    pub(super) async fn contents(&self, chart: &AnyChart, paper: Paper) -> Result<Contents> {
        Ok(match chart {
            AnyChart::Curves(of) => {
                let Prepared { mut chart, curves: groups, .. } = self.chart(of, paper.dark).await?;
                chart.x.utc_offset_min = paper.utc_offset_minutes;
                let runs = if groups.is_some() { &[][..] } else { &of.runs };
                let runs = runs.iter().map(|run| run.run.clone()).collect();
                Contents { groups, ..Contents::of_runs(Figure::Lines(chart), runs) }
            }
            AnyChart::Bars(of) => {
                let ReadBars { chart, runs, .. } = self.bars(of, paper).await?;
                Contents::of_runs(Figure::Bars(chart), runs)
            }
            AnyChart::Scatter(of) => {
                let ReadScatter { chart, read, .. } = self.scatter(of, paper).await?;
                Contents::of_runs(Figure::Scatter(chart), read.runs())
            }
            AnyChart::Parallel(of) => {
                let (chart, read) = self.parallel(of, paper).await?;
                Contents::of_runs(Figure::Parallel(chart), read.runs())
            }
            AnyChart::Importance(of) => {
                let ReadImportance { chart, params, .. } = self.importance(of, paper).await?;
                Contents { params: Some(params), ..Contents::of_runs(Figure::Bars(chart), Vec::new()) }
            }
            AnyChart::Distribution(of) => {
                let ReadDistribution { chart, read, .. } = self.distribution(of, paper).await?;
                Contents::of_runs(Figure::Distribution(chart), read.runs())
            }
            AnyChart::Panels(of) => {
                let ReadPanels { chart, read, .. } = self.panels(of, paper).await?;
                Contents::of_runs(Figure::Panels(chart), read.runs())
            }
            AnyChart::Heat(of) => {
                let (chart, read) = self.heat(of, paper).await?;
                Contents::of_runs(Figure::Heat(chart), read.runs())
            }
            AnyChart::Contour(of) => {
                let (chart, read) = self.contour(of, paper).await?;
                Contents::of_runs(Figure::Contour(chart), read.runs())
            }
        })
    }

    /// What the runs are called, those by their id that the cache does not have.
    pub(super) async fn names_of(&self, runs: &[RunRef]) -> Result<Vec<String>> {
        let known = self.values(&RunSet::Listed(runs.to_vec()), &[]).await?;
        let known: HashMap<&RunRef, &String> = known.runs.iter().map(|of| (&of.run, &of.display_name)).collect();
        Ok(runs.iter().map(|run| known.get(run).map_or(&run.run_id, |name| *name).clone()).collect())
    }
}
