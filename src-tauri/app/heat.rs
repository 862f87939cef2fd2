//! From runs and columns to a heat map: cells of two values, coloured by a third.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::App;
use super::drawing::{Drawn, Paper, draw};
use super::values::{MarkedRuns, Read, ValueAxis};
use crate::cache::RunSet;
use crate::charts::{CellStatistic, Dimension, Domain, Figure, FigureLayout, HeatChart, HeatLayout, Scale};
use crate::error::{AppError, Result};
use crate::sync::Freshness;

/// What to draw as a heat map, as the window knows it: runs and columns, not values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunHeat {
    pub runs: RunSet,
    pub x: ValueAxis,
    pub y: ValueAxis,
    /// What the colours are of. Words have none.
    pub value: ValueAxis,
    pub statistic: CellStatistic,
    /// Into how many parts an axis of many numbers is cut; by itself into as many as the runs are enough for.
    pub parts: Option<u8>,
}

/// What a heat map says about itself, which runs it is of, and how fresh the values are.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunHeatLayout {
    #[serde(flatten)]
    pub layout: HeatLayout,
    pub runs: MarkedRuns,
    pub freshness: Freshness,
}

impl App {
    /// The frame of a heat map.
    pub async fn draw_heat(&self, wanted: &RunHeat, paper: Paper) -> Result<Drawn<RunHeatLayout>> {
        let (chart, read) = self.heat(wanted, paper).await?;
        let (layout, rgba) = draw(Figure::Heat(chart), paper).await?;
        let FigureLayout::Heat(layout) = layout else { return Err(AppError::internal("cells came back as others")) };
        let runs = read.marked_runs();
        Ok(Drawn { layout: RunHeatLayout { layout: *layout, runs, freshness: read.freshness }, rgba })
    }

    /// The cells before they are drawn, and what they are made of.
    pub(super) async fn heat(&self, wanted: &RunHeat, paper: Paper) -> Result<(HeatChart, Read)> {
        let read = self.read_values(&wanted.runs, [&wanted.x, &wanted.y, &wanted.value], paper).await?;
        let chart = HeatChart {
            title: None,
            x: read.dimension(&wanted.x),
            y: read.dimension(&wanted.y),
            value: numbers_of(&read, &wanted.value),
            statistic: wanted.statistic,
            parts: wanted.parts.map(usize::from),
        };
        Ok((chart, read))
    }
}

/// The numbers of a column: a run that has a word counts as one without a value.
pub(super) fn numbers_of(read: &Read, axis: &ValueAxis) -> Dimension {
    let of = read.dimension(axis);
    if !matches!(of.domain, Domain::Categories(_)) {
        return of;
    }
    Dimension { domain: Domain::Numbers(Scale::Linear), values: of.values.iter().map(|_| None).collect(), ..of }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::app::{AnyChart, ChartFile, ChartTheme, FileFormat};
    use crate::cache::tests::{Logged, run};
    use crate::cache::{Column, ColumnKind};
    use crate::connect::{Profile, ProfileKind};
    use crate::entities::RunRef;

    fn axis(kind: ColumnKind, key: &str, log: bool) -> ValueAxis {
        ValueAxis { column: Column { kind, key: key.to_owned() }, log, rank: false }
    }

    #[tokio::test]
    async fn cells_are_of_the_runs_with_both_params_and_say_of_how_many_their_value_is() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path(), folder.path(), None, Arc::new(|_| ())).await.unwrap();
        let server = Profile::new("a", ProfileKind::Server, "http://127.0.0.1:9");
        let profile = app.save_profile(server).await.unwrap();
        let source = app.connection(&profile.id).await.unwrap().source;
        let runs = [("a", "1e-3", 0.5), ("b", "1e-3", 0.7), ("c", "1e-2", f64::NAN), ("d", "1e-3", f64::NAN)];
        let logged = runs.map(|(id, lr, acc)| run(id).param("lr", lr).param("opt", "adam").metric("acc", acc));
        app.cache.apply_runs(source, &logged, 1).await.unwrap();
        app.cache.apply_runs(source, &[run("e").param("lr", "1e-2")], 1).await.unwrap();

        let listed = ["a", "b", "c", "d", "e"].map(|id| RunRef::new(&profile.id, id)).to_vec();
        let mut wanted = RunHeat {
            runs: RunSet::Listed(listed),
            x: axis(ColumnKind::Param, "lr", true),
            y: axis(ColumnKind::Param, "opt", false),
            value: axis(ColumnKind::Metric, "acc", false),
            statistic: CellStatistic::Mean,
            parts: None,
        };
        let paper = Paper { width_px: 300.0, height_px: 200.0, dpr: 1.0, dark: false, utc_offset_minutes: 0 };
        let drawn = async |wanted: &RunHeat| app.draw_heat(wanted, paper).await.unwrap().layout;
        let layout = drawn(&wanted).await;
        let cells: Vec<(&str, &str, u32, u32, Option<f64>)> = layout
            .layout
            .cells
            .iter()
            .map(|cell| (cell.x.as_str(), cell.y.as_str(), cell.runs, cell.counted, cell.value))
            .collect();
        assert_eq!(cells, [("0.001", "adam", 3, 2, Some(0.6)), ("0.01", "adam", 1, 0, None)]);
        assert_eq!(layout.layout.value.label, "mean of acc");
        assert_eq!((layout.runs.run_ids.len(), layout.layout.y.lanes[0].runs), (5, 1));
        let json = serde_json::to_value(&layout).unwrap();
        assert_eq!(json["cells"][0]["counted"], 2);
        assert!(json["yTenths"][4].is_null());

        let file = ChartFile {
            chart: AnyChart::Heat(wanted.clone()),
            title: "Heat".to_owned(),
            format: FileFormat::Csv,
            theme: ChartTheme::Light,
            width_px: 420.0,
            height_px: 240.0,
            dpi: 96.0,
            legend: false,
            utc_offset_minutes: 0,
        };
        let csv = String::from_utf8(app.chart_file(&file).await.unwrap()).unwrap();
        assert_eq!(csv.lines().take(2).collect::<Vec<_>>(), ["run,run_id,lr,opt,acc", "name of a,a,0.001,adam,0.5"]);
        let svg = app.chart_file(&ChartFile { format: FileFormat::Svg, ..file }).await.unwrap();
        assert!(String::from_utf8(svg).unwrap().contains("mean of acc"));

        wanted.statistic = CellStatistic::Max;
        assert_eq!(drawn(&wanted).await.layout.cells[0].value, Some(0.7));
        wanted.value = wanted.y.clone();
        assert!(drawn(&wanted).await.layout.cells.iter().all(|cell| cell.value.is_none()), "words have no mean");
    }
}
