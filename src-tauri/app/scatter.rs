//! From runs and columns to a scatter plot: one point per run.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::App;
use super::best_runs::{Best, BestLayout};
use super::drawing::{Drawn, Paper, draw};
use super::values::{MarkedRuns, Read, ValueAxis};
use crate::cache::RunSet;
use crate::charts::{Figure, FigureLayout, ScatterChart, ScatterLayout};
use crate::error::{AppError, Result};
use crate::sync::Freshness;

/// What to draw as a scatter plot, as the window knows it: runs and columns, not values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunScatter {
    pub runs: RunSet,
    pub x: ValueAxis,
    pub y: ValueAxis,
    /// Without it, each point has the colour of its run.
    pub color: Option<ValueAxis>,
    pub size: Option<ValueAxis>,
    /// Without it, no run stands out.
    pub best: Option<Best>,
}

/// What a scatter plot says about itself, which runs its points are, and how fresh the values are.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunScatterLayout {
    #[serde(flatten)]
    pub layout: ScatterLayout,
    pub best: Option<BestLayout>,
    pub runs: MarkedRuns,
    pub freshness: Freshness,
}

impl App {
    /// The frame of a scatter plot.
    pub async fn draw_scatter(&self, wanted: &RunScatter, paper: Paper) -> Result<Drawn<RunScatterLayout>> {
        let ReadScatter { chart, best, read } = self.scatter(wanted, paper).await?;
        let (layout, rgba) = draw(Figure::Scatter(chart), paper).await?;
        let FigureLayout::Scatter(layout) = layout else {
            return Err(AppError::internal("points came back as others"));
        };
        let runs = read.marked_runs();
        Ok(Drawn { layout: RunScatterLayout { layout: *layout, best, runs, freshness: read.freshness }, rgba })
    }

    /// The points before they are drawn, and what they are made of.
    pub(super) async fn scatter(&self, wanted: &RunScatter, paper: Paper) -> Result<ReadScatter> {
        let axes = [Some(&wanted.x), Some(&wanted.y), wanted.color.as_ref(), wanted.size.as_ref()];
        let read = self.read_values(&wanted.runs, axes.into_iter().flatten(), paper).await?;
        let best = match wanted.best {
            Some(best) => Some(self.best(&read, best, &wanted.x, &wanted.y).await?),
            None => None,
        };
        let (x, y) = (read.dimension(&wanted.x), read.dimension(&wanted.y));
        let chart = ScatterChart {
            title: None,
            leaders: best.as_ref().and_then(|best| best.leaders(&x, &y)),
            x,
            y,
            color: self.coloring(&read, wanted.color.as_ref(), paper.dark).await,
            size: wanted.size.as_ref().map(|size| read.dimension(size)),
        };
        Ok(ReadScatter { chart, best, read })
    }
}

/// What a scatter plot is drawn from.
pub(super) struct ReadScatter {
    pub chart: ScatterChart,
    pub best: Option<BestLayout>,
    pub read: Read,
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::cache::tests::{Logged, run};
    use crate::cache::{Cell, Column, ColumnKind, ProfileExperiments, RunsView};
    use crate::charts::Lane;
    use crate::connect::{Profile, ProfileKind};
    use crate::entities::{LifecycleStage, MetricValue, RunRef};

    fn axis(kind: ColumnKind, key: &str, log: bool) -> ValueAxis {
        ValueAxis { column: Column { kind, key: key.to_owned() }, log, rank: false }
    }

    const PAPER: Paper = Paper { width_px: 300.0, height_px: 200.0, dpr: 1.0, dark: false, utc_offset_minutes: 0 };

    #[tokio::test]
    async fn listed_runs_and_found_ones_are_points_and_the_layout_says_which_run_each_is() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path(), folder.path(), None, Arc::new(|_| ())).await.unwrap();
        let server = Profile::new("a", ProfileKind::Server, "http://127.0.0.1:9");
        let profile = app.save_profile(server).await.unwrap();
        let source = app.connection(&profile.id).await.unwrap().source;
        let runs = [("a", "1e-3", 0.1), ("b", "1e-4", f64::NAN), ("c", "0", 0.9)];
        let logged = runs.map(|(id, lr, acc)| run(id).param("lr", lr).metric("acc", acc));
        app.cache.apply_runs(source, &logged, 1).await.unwrap();
        app.cache.apply_runs(source, &[run("d").param("lr", "1e-2")], 1).await.unwrap();

        let listed = ["d", "b", "a", "gone"].map(|id| RunRef::new(&profile.id, id)).to_vec();
        let mut wanted = RunScatter {
            runs: RunSet::Listed(listed),
            x: axis(ColumnKind::Param, "lr", true),
            y: axis(ColumnKind::Metric, "acc", false),
            color: None,
            size: None,
            best: None,
        };
        let layout = app.draw_scatter(&wanted, PAPER).await.unwrap().layout;
        assert_eq!(
            (&*layout.runs.run_ids, &*layout.runs.profiles),
            (&["d", "b", "a"].map(str::to_owned)[..], &[0; 3][..])
        );
        let lanes = |layout: &RunScatterLayout| -> Vec<(Lane, u32)> {
            layout.layout.y.lanes.iter().map(|lane| (lane.lane, lane.runs)).collect()
        };
        assert_eq!(lanes(&layout), [(Lane::None, 1), (Lane::Nan, 1)]);
        assert_eq!(layout.layout.color, None);

        wanted.runs = RunSet::Found(RunsView {
            scope: vec![ProfileExperiments { profile_id: profile.id.clone(), experiment_ids: vec!["1".to_owned()] }],
            filter: "metrics.acc > 0".to_owned(),
            sort: Vec::new(),
            columns: Vec::new(),
            lifecycle_stage: LifecycleStage::Active,
            offset: 0,
            limit: 0,
        });
        wanted.color = Some(axis(ColumnKind::Attribute, "status", true));
        let layout = app.draw_scatter(&wanted, PAPER).await.unwrap().layout;
        assert_eq!(layout.runs.run_ids.len(), 2, "{:?}", layout.runs);
        let x = &layout.layout.x;
        assert_eq!(x.lanes.iter().map(|lane| (lane.lane, lane.runs)).collect::<Vec<_>>(), [(Lane::NonPositive, 1)]);
        assert_eq!(
            layout.layout.color.as_ref().map(|color| (color.label.as_str(), color.categories)),
            Some(("Status", Some(1)))
        );
        let json = serde_json::to_value(&layout).unwrap();
        assert_eq!(json["xTenths"].as_array().map(Vec::len), Some(2));
        assert_eq!(json["runs"]["profileIds"][0], profile.id.as_str());

        let columns = [wanted.x.column.clone(), wanted.y.column.clone(), axis(ColumnKind::Tag, "none", false).column];
        let of = async |id: &str| app.marked_values(&RunRef::new(&profile.id, id), &columns).await.unwrap();
        let values = of("a").await.unwrap();
        assert_eq!(values.cells, [Some(Cell::Number(MetricValue(1e-3))), Some(Cell::Number(MetricValue(0.1))), None]);
        assert!(values.color.is_some());
        assert_eq!(of("gone").await, None);
    }
}
