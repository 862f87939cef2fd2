//! From runs and columns to parallel coordinates: one line per run.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::App;
use super::drawing::{Drawn, Paper, draw};
use super::values::{MarkedRuns, Read, ValueAxis};
use crate::cache::RunSet;
use crate::charts::{Figure, FigureLayout, ParallelAxis, ParallelChart, ParallelLayout};
use crate::error::{AppError, Result};
use crate::sync::Freshness;

/// What to draw as parallel coordinates, as the window knows it: runs and columns, not values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunParallel {
    pub runs: RunSet,
    /// From left to right.
    pub axes: Vec<RunParallelAxis>,
    /// Without it, each line has the colour of its run.
    pub color: Option<ValueAxis>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunParallelAxis {
    #[serde(flatten)]
    pub value: ValueAxis,
    /// The largest value is at the bottom.
    pub flipped: bool,
    /// From and to, as the layout's axis counts. Runs outside, or without a value, step back.
    pub brush: Option<(f64, f64)>,
}

/// What a drawing of parallel coordinates says about itself, which runs its lines are, and how fresh the values are.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunParallelLayout {
    #[serde(flatten)]
    pub layout: ParallelLayout,
    pub runs: MarkedRuns,
    pub freshness: Freshness,
}

impl App {
    /// The frame of parallel coordinates.
    pub async fn draw_parallel(&self, wanted: &RunParallel, paper: Paper) -> Result<Drawn<RunParallelLayout>> {
        let (chart, read) = self.parallel(wanted, paper).await?;
        let (layout, rgba) = draw(Figure::Parallel(chart), paper).await?;
        let FigureLayout::Parallel(layout) = layout else { return Err(AppError::internal("axes came back as others")) };
        let runs = read.marked_runs();
        Ok(Drawn { layout: RunParallelLayout { layout, runs, freshness: read.freshness }, rgba })
    }

    /// The lines before they are drawn, and what they are made of.
    pub(super) async fn parallel(&self, wanted: &RunParallel, paper: Paper) -> Result<(ParallelChart, Read)> {
        let columns = wanted.axes.iter().map(|axis| &axis.value).chain(&wanted.color);
        let read = self.read_values(&wanted.runs, columns, paper).await?;
        let axis = |axis: &RunParallelAxis| ParallelAxis {
            dimension: read.dimension(&axis.value),
            flipped: axis.flipped,
            brush: axis.brush,
        };
        let chart = ParallelChart {
            title: None,
            axes: wanted.axes.iter().map(axis).collect(),
            color: self.coloring(&read, wanted.color.as_ref(), paper.dark).await,
            color_axis: wanted.axes.iter().position(|axis| Some(&axis.value) == wanted.color.as_ref()),
        };
        Ok((chart, read))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::cache::tests::{Logged, run};
    use crate::cache::{Column, ColumnKind};
    use crate::connect::{Profile, ProfileKind};
    use crate::entities::RunRef;

    #[tokio::test]
    async fn the_layout_says_which_runs_are_inside_the_brushes() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path(), folder.path(), None, Arc::new(|_| ())).await.unwrap();
        let server = Profile::new("a", ProfileKind::Server, "http://127.0.0.1:9");
        let profile = app.save_profile(server).await.unwrap();
        let source = app.connection(&profile.id).await.unwrap().source;
        let runs = [("a", "sgd", 0.1), ("b", "adam", 0.7), ("c", "sgd", 0.9)];
        let logged = runs.map(|(id, optimizer, acc)| run(id).param("optimizer", optimizer).metric("acc", acc));
        app.cache.apply_runs(source, &logged, 1).await.unwrap();
        let axis = |kind: ColumnKind, key: &str, brush: Option<(f64, f64)>| RunParallelAxis {
            value: ValueAxis { column: Column { kind, key: key.to_owned() }, log: false, rank: false },
            flipped: false,
            brush,
        };
        let accuracy = axis(ColumnKind::Metric, "acc", Some((0.5, 1.0)));
        let wanted = RunParallel {
            runs: RunSet::Listed(["c", "a", "b"].map(|id| RunRef::new(&profile.id, id)).to_vec()),
            color: Some(accuracy.value.clone()),
            axes: vec![axis(ColumnKind::Param, "optimizer", Some((0.6, 1.4))), accuracy],
        };
        let paper = Paper { width_px: 500.0, height_px: 200.0, dpr: 1.0, dark: true, utc_offset_minutes: 0 };
        let layout = app.draw_parallel(&wanted, paper).await.unwrap().layout;
        // "sgd" is the second of both optimizers.
        assert_eq!(layout.layout.inside, Some(vec![0]));
        assert_eq!(layout.runs.run_ids, ["c", "a", "b"]);
        assert_eq!(layout.layout.axes[0].dimension.categories, Some(2));
        let json = serde_json::to_value(&layout).unwrap();
        assert_eq!(json["axes"][1]["yTenths"].as_array().map(Vec::len), Some(3));
    }
}
