//! From runs and columns to a contour: a smooth surface through one value over two others.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::App;
use super::drawing::{Drawn, Paper, draw};
use super::heat::numbers_of;
use super::values::{MarkedRuns, Read, ValueAxis};
use crate::cache::RunSet;
use crate::charts::{ContourChart, ContourLayout, Figure, FigureLayout};
use crate::error::{AppError, Result};
use crate::sync::Freshness;

/// What to draw as a contour, as the window knows it: runs and columns, not values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunContour {
    pub runs: RunSet,
    /// Words have no distances: with them there is no surface.
    pub x: ValueAxis,
    pub y: ValueAxis,
    /// What the surface is of. Words have no height. On a logarithmic scale it is of the logarithms.
    pub value: ValueAxis,
}

/// What a contour says about itself, which runs it is of, and how fresh the values are.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunContourLayout {
    #[serde(flatten)]
    pub layout: ContourLayout,
    pub runs: MarkedRuns,
    pub freshness: Freshness,
}

impl App {
    /// The frame of a contour.
    pub async fn draw_contour(&self, wanted: &RunContour, paper: Paper) -> Result<Drawn<RunContourLayout>> {
        let (chart, read) = self.contour(wanted, paper).await?;
        let (layout, rgba) = draw(Figure::Contour(chart), paper).await?;
        let FigureLayout::Contour(layout) = layout else {
            return Err(AppError::internal("a surface came back as another figure"));
        };
        let runs = read.marked_runs();
        Ok(Drawn { layout: RunContourLayout { layout: *layout, runs, freshness: read.freshness }, rgba })
    }

    /// The runs before they are drawn, and what they are made of.
    pub(super) async fn contour(&self, wanted: &RunContour, paper: Paper) -> Result<(ContourChart, Read)> {
        let read = self.read_values(&wanted.runs, [&wanted.x, &wanted.y, &wanted.value], paper).await?;
        let chart = ContourChart {
            title: None,
            x: read.dimension(&wanted.x),
            y: read.dimension(&wanted.y),
            value: numbers_of(&read, &wanted.value),
        };
        Ok((chart, read))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::app::{AnyChart, ChartFile, ChartTheme, FileFormat, TablePage};
    use crate::cache::tests::{Logged, run};
    use crate::cache::{Column, ColumnKind};
    use crate::charts::SurfaceVerdict;
    use crate::connect::{Profile, ProfileKind};
    use crate::entities::RunRef;

    const PAPER: Paper = Paper { width_px: 420.0, height_px: 240.0, dpr: 1.0, dark: false, utc_offset_minutes: 0 };

    #[tokio::test]
    async fn runs_have_a_surface_where_their_values_are_numbers_and_it_is_in_every_file() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path(), folder.path(), None, Arc::new(|_| ())).await.unwrap();
        let server = Profile::new("a", ProfileKind::Server, "http://127.0.0.1:9");
        let profile = app.save_profile(server).await.unwrap();
        let source = app.connection(&profile.id).await.unwrap().source;
        let ids: Vec<String> = (0..16).map(|i| format!("r{i}")).collect();
        let logged = ids.iter().zip(0u8..).map(|(id, i)| {
            let (depth, width) = (f64::from(i % 4), f64::from(i / 4));
            let of = run(id).param("depth", &depth.to_string()).param("width", &width.to_string());
            of.param("optimizer", ["adam", "lion"][usize::from(i % 2)]).metric("acc", depth + width)
        });
        let logged: Vec<_> = logged.collect();
        app.cache.apply_runs(source, &logged, 1).await.unwrap();

        let axis =
            |kind, key: &str| ValueAxis { column: Column { kind, key: key.to_owned() }, log: false, rank: false };
        let refs = ids.iter().map(|id| RunRef::new(&profile.id, id)).collect();
        let wanted = RunContour {
            runs: RunSet::Listed(refs),
            x: axis(ColumnKind::Param, "depth"),
            y: axis(ColumnKind::Param, "width"),
            value: axis(ColumnKind::Metric, "acc"),
        };
        let layout = app.draw_contour(&wanted, PAPER).await.unwrap().layout;
        let SurfaceVerdict::Fitted { runs, explained, .. } = layout.layout.verdict else {
            panic!("{:?}", layout.layout.verdict)
        };
        assert_eq!((runs, layout.runs.run_ids.len()), (16, 16));
        assert!(explained.is_some_and(|share| share > 0.3), "{explained:?}");
        let heights = &layout.layout.heights;
        assert_eq!(heights.len(), (layout.layout.columns * layout.layout.rows) as usize);
        // Up and to the right both values grow.
        let (first, last) =
            (heights[heights.len() - layout.layout.columns as usize], heights[layout.layout.columns as usize - 1]);
        assert!(first.zip(last).is_some_and(|(low, high)| low < 2.0 && high > 4.0), "{first:?} {last:?}");

        let words = RunContour { x: axis(ColumnKind::Param, "optimizer"), ..wanted.clone() };
        assert_eq!(app.draw_contour(&words, PAPER).await.unwrap().layout.layout.verdict, SurfaceVerdict::Words);

        let chart = AnyChart::Contour(wanted);
        let table = app.chart_table(&chart, TablePage { limit: 9, ..TablePage::default() }).await.unwrap();
        let heads: Vec<&str> = table.columns.iter().map(|head| head.name.as_str()).collect();
        assert_eq!((heads, table.total), (vec!["run", "run_id", "depth", "width", "acc"], 16));
        let file = ChartFile {
            chart,
            title: "acc over depth × width".to_owned(),
            format: FileFormat::Svg,
            theme: ChartTheme::Print,
            width_px: 420.0,
            height_px: 240.0,
            dpi: 96.0,
            legend: false,
            utc_offset_minutes: 0,
        };
        let svg = String::from_utf8(app.chart_file(&file).await.unwrap()).unwrap();
        assert!(svg.contains("acc over depth") && svg.contains("<polyline"), "no lines");
    }
}
