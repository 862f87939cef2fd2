//! From runs and columns to panels of small scatter plots.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::App;
use super::drawing::{Drawn, Paper, draw};
use super::values::{MarkedRuns, Read, ValueAxis};
use crate::cache::{Column, RunSet};
use crate::charts::{Dimension, Domain, Figure, FigureLayout, PanelChart, PanelLayout};
use crate::error::{AppError, Result};
use crate::sweep::{Param, association};
use crate::sync::Freshness;

/// What to draw as panels, as the window knows it: runs and columns, not values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunPanels {
    pub runs: RunSet,
    /// A column of panels for each; as many are drawn as have room.
    pub x: Vec<ValueAxis>,
    /// What all panels share upwards. Without it, each x is a row as well: a matrix.
    pub y: Option<ValueAxis>,
    /// Of x, those come first that y depends on most, and those that are the same in all runs are left out. Only where
    /// there is a y.
    pub by_association: bool,
    /// Without it, each point has the colour of its run.
    pub color: Option<ValueAxis>,
}

/// What a drawing of panels says about itself, which runs its points are, and how fresh the values are.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunPanelsLayout {
    #[serde(flatten)]
    pub layout: PanelLayout,
    /// One for each of the layout's columns.
    pub x: Vec<Column>,
    pub runs: MarkedRuns,
    pub freshness: Freshness,
}

/// What panels are drawn from.
pub(super) struct ReadPanels {
    pub chart: PanelChart,
    /// One for each x.
    x: Vec<Column>,
    pub read: Read,
}

impl App {
    /// The frame of panels.
    pub async fn draw_panels(&self, wanted: &RunPanels, paper: Paper) -> Result<Drawn<RunPanelsLayout>> {
        let ReadPanels { chart, mut x, read } = self.panels(wanted, paper).await?;
        let (layout, rgba) = draw(Figure::Panels(chart), paper).await?;
        let FigureLayout::Panels(layout) = layout else { return Err(AppError::internal("panels came back as others")) };
        x.truncate(layout.columns.len());
        let runs = read.marked_runs();
        Ok(Drawn { layout: RunPanelsLayout { layout: *layout, x, runs, freshness: read.freshness }, rgba })
    }

    /// The panels before they are drawn, and what they are made of.
    pub(super) async fn panels(&self, wanted: &RunPanels, paper: Paper) -> Result<ReadPanels> {
        let axes = wanted.x.iter().chain(&wanted.y).chain(&wanted.color);
        let read = self.read_values(&wanted.runs, axes, paper).await?;
        let y = wanted.y.as_ref().map(|y| read.dimension(y));
        let all = wanted.x.iter().map(|axis| (axis.column.clone(), read.dimension(axis)));
        let x: Vec<(Column, Dimension)> = match &y {
            Some(y) if wanted.by_association => telling_first(all.collect(), y),
            _ => all.collect(),
        };
        let (columns, x) = x.into_iter().unzip();
        let color = self.coloring(&read, wanted.color.as_ref(), paper.dark).await;
        Ok(ReadPanels { chart: PanelChart { title: None, x, y, color }, x: columns, read })
    }
}

/// Those that `y` depends on most come first; those that are the same everywhere are left out.
fn telling_first(all: Vec<(Column, Dimension)>, y: &Dimension) -> Vec<(Column, Dimension)> {
    let is_category = |of: &Dimension| matches!(of.domain, Domain::Categories(_));
    let metric = if is_category(y) { &[] } else { &*y.values };
    let mut rated: Vec<(f64, (Column, Dimension))> = Vec::new();
    for (column, x) in all {
        let first = x.values.first().copied().flatten();
        let is_same = x.values.iter().all(|value| *value == first);
        if !is_same {
            let param = Param { values: x.values.clone(), is_category: is_category(&x) };
            rated.push((association(&param, metric).unwrap_or(-1.0), (column, x)));
        }
    }
    rated.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    rated.into_iter().map(|(_, of)| of).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::app::{AnyChart, ChartFile, ChartTheme, FileFormat};
    use crate::cache::ColumnKind;
    use crate::cache::tests::{Logged, run};
    use crate::connect::{Profile, ProfileKind};
    use crate::entities::RunRef;

    fn axis(kind: ColumnKind, key: &str) -> ValueAxis {
        ValueAxis { column: Column { kind, key: key.to_owned() }, log: false, rank: false }
    }

    #[tokio::test]
    async fn the_param_that_a_metric_depends_on_is_the_first_panel_and_what_never_differs_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path(), folder.path(), None, Arc::new(|_| ())).await.unwrap();
        let server = Profile::new("a", ProfileKind::Server, "http://127.0.0.1:9");
        let profile = app.save_profile(server).await.unwrap();
        let source = app.connection(&profile.id).await.unwrap().source;
        let logged: Vec<_> = (0..40)
            .map(|i| {
                let depth = i * 7 % 10;
                let loss = f64::from((depth - 5) * (depth - 5));
                let of = run(&format!("r{i:02}")).param("epochs", "3").param("seed", &(i * 31 % 17).to_string());
                let of = of.param("depth", &depth.to_string()).metric("loss", loss);
                if i % 2 == 0 { of.param("warmup", "yes") } else { of }
            })
            .collect();
        app.cache.apply_runs(source, &logged, 1).await.unwrap();

        let listed = (0..40).map(|i| RunRef::new(&profile.id, format!("r{i:02}"))).collect();
        let mut wanted = RunPanels {
            runs: RunSet::Listed(listed),
            x: ["epochs", "seed", "warmup", "depth", "gone"].map(|key| axis(ColumnKind::Param, key)).to_vec(),
            y: Some(axis(ColumnKind::Metric, "loss")),
            by_association: true,
            color: None,
        };
        let paper = Paper { width_px: 700.0, height_px: 240.0, dpr: 1.0, dark: false, utc_offset_minutes: 0 };
        let drawn = async |wanted: &RunPanels, paper| app.draw_panels(wanted, paper).await.unwrap().layout;
        let keys = |layout: &RunPanelsLayout| -> Vec<String> { layout.x.iter().map(|of| of.key.clone()).collect() };
        let layout = drawn(&wanted, paper).await;
        assert_eq!(keys(&layout)[0], "depth");
        assert_eq!((layout.x.len(), layout.layout.rows.len(), layout.layout.hidden), (3, 1, 0), "{:?}", keys(&layout));
        let narrow = drawn(&wanted, Paper { width_px: 240.0, ..paper }).await;
        assert_eq!((keys(&narrow), narrow.layout.hidden), (keys(&layout)[..2].to_vec(), 1));

        wanted.by_association = false;
        assert_eq!(keys(&drawn(&wanted, paper).await), ["epochs", "seed", "warmup", "depth", "gone"]);
        wanted = RunPanels { y: None, x: vec![wanted.x[3].clone(), axis(ColumnKind::Metric, "loss")], ..wanted };
        let matrix = drawn(&wanted, paper).await;
        assert!(matrix.layout.is_matrix && matrix.layout.rows.len() == 2);

        let file = ChartFile {
            chart: AnyChart::Panels(wanted.clone()),
            title: "Panels".to_owned(),
            format: FileFormat::Csv,
            theme: ChartTheme::Light,
            width_px: 420.0,
            height_px: 240.0,
            dpi: 96.0,
            legend: false,
            utc_offset_minutes: 0,
        };
        let csv = String::from_utf8(app.chart_file(&file).await.unwrap()).unwrap();
        assert_eq!(csv.lines().take(2).collect::<Vec<_>>(), ["run,run_id,depth,loss", "name of r00,r00,0,25"]);
    }
}
