//! A chart as a file: the picture as on screen or for paper, or the exact values that it shows.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::any_chart::AnyChart;
use super::chart_table::table_of;
use super::distribution_table::statistics;
use super::drawing::Paper;
use super::{App, CurveChart, blocking};
use crate::artifacts;
use crate::charts::{self, DrawError, Figure, Size, Theme, XKind};
use crate::error::{AppError, Code, Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum FileFormat {
    Png,
    /// With its text as text.
    Svg,
    /// The values, one row per point or run.
    Csv,
    /// The numbers that the shapes of a distribution are made of, as CSV; of no other chart.
    Statistics,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ChartTheme {
    Light,
    Dark,
    /// White, with larger type.
    Print,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChartFile {
    pub chart: AnyChart,
    /// Above the picture, and what the file is called at first.
    pub title: String,
    pub format: FileFormat,
    pub theme: ChartTheme,
    pub width_px: f64,
    pub height_px: f64,
    /// Pixels of a PNG per inch, of which 96 are one of the picture's own.
    pub dpi: f64,
    /// Names every run under the title.
    pub legend: bool,
    pub utc_offset_minutes: i32,
}

impl App {
    /// Saves the chart where `choose`, which is given a file name, says. Answers with the path, or nothing where
    /// `choose` did.
    pub async fn save_chart<C: Future<Output = Result<Option<PathBuf>>>>(
        &self,
        wanted: &ChartFile,
        choose: impl FnOnce(String) -> C,
    ) -> Result<Option<PathBuf>> {
        // Made first: nobody is asked where to save what cannot be made.
        let bytes = self.chart_file(wanted).await?;
        let Some(target) = choose(file_name(wanted)?).await? else { return Ok(None) };
        artifacts::save_bytes(&bytes, &target).await?;
        Ok(Some(target))
    }

    /// The bytes of the file.
    pub async fn chart_file(&self, wanted: &ChartFile) -> Result<Vec<u8>> {
        let size = Size { width_px: wanted.width_px, height_px: wanted.height_px, dpr: wanted.dpi / 96.0 };
        let theme = match wanted.theme {
            ChartTheme::Light => Theme::light(),
            ChartTheme::Dark => Theme::dark(),
            ChartTheme::Print => Theme::print(),
        };
        if wanted.format == FileFormat::Statistics && !matches!(wanted.chart, AnyChart::Distribution(_)) {
            return Err(AppError::new(
                Code::Unsupported,
                "Only distributions have statistics. Save the values as CSV.",
            ));
        }
        let paper = Paper {
            width_px: wanted.width_px,
            height_px: wanted.height_px,
            dpr: 1.0,
            dark: wanted.theme == ChartTheme::Dark,
            utc_offset_minutes: wanted.utc_offset_minutes,
        };
        let contents = self.contents(&wanted.chart, paper).await?;
        let names = self.names_of(&contents.runs).await?;
        if wanted.format == FileFormat::Csv {
            return blocking(move || table_of(&contents, &names).csv()).await?.map_err(AppError::internal);
        }
        if wanted.format == FileFormat::Statistics {
            return blocking(move || statistics(&contents.figure)).await?.map_err(AppError::internal);
        }
        let figure = with_words(contents.figure, &names, wanted);
        let format = wanted.format;
        let drawn = blocking(move || match format {
            FileFormat::Svg => charts::svg(&figure, &theme, size).map(String::into_bytes),
            FileFormat::Png | FileFormat::Csv | FileFormat::Statistics => charts::png(&figure, &theme, size),
        });
        drawn.await?.map_err(|error| match error {
            DrawError::Size(..) => AppError::new(Code::Unsupported, error.to_string()),
            DrawError::Backend(_) | DrawError::Png(_) => AppError::internal(error),
        })
    }
}

/// The figure with what the window says around it: title, axis, legend.
pub(super) fn with_words(figure: Figure, names: &[String], wanted: &ChartFile) -> Figure {
    let title = Some(wanted.title.clone()).filter(|title| !title.is_empty());
    match figure {
        Figure::Lines(mut chart) => {
            for (series, name) in chart.series.iter_mut().zip(names) {
                series.name.clone_from(name);
            }
            chart.x.label = Some(word_of(chart.x.kind, &wanted.chart).to_owned());
            chart.legend = wanted.legend;
            chart.title = title;
            Figure::Lines(chart)
        }
        Figure::Bars(chart) => Figure::Bars(charts::BarChart { title, ..chart }),
        Figure::Scatter(chart) => Figure::Scatter(charts::ScatterChart { title, ..chart }),
        Figure::Parallel(chart) => Figure::Parallel(charts::ParallelChart { title, ..chart }),
        Figure::Distribution(chart) => Figure::Distribution(charts::DistributionChart { title, ..chart }),
        Figure::Versions(chart) => Figure::Versions(charts::VersionsChart { title, ..chart }),
        Figure::Panels(chart) => Figure::Panels(charts::PanelChart { title, ..chart }),
        Figure::Contour(chart) => Figure::Contour(charts::ContourChart { title, ..chart }),
        Figure::Heat(chart) => Figure::Heat(charts::HeatChart { title, ..chart }),
    }
}

fn word_of(kind: XKind, chart: &AnyChart) -> &str {
    match kind {
        XKind::Step => "step",
        XKind::Time => "time",
        XKind::Relative => "time since start",
        XKind::Order => "order",
        XKind::Metric => match chart {
            AnyChart::Curves(CurveChart { x_metric: Some(metric), .. }) => metric,
            _ => "value",
        },
    }
}

/// A title becomes a name that every machine can keep.
fn file_name(wanted: &ChartFile) -> Result<String> {
    let end = match wanted.format {
        FileFormat::Png => "png",
        FileFormat::Svg => "svg",
        FileFormat::Csv => "csv",
        FileFormat::Statistics => "statistics.csv",
    };
    let title = if wanted.title.trim().is_empty() { "chart" } else { wanted.title.trim() };
    Ok(artifacts::safe_file_name(&format!("{}.{end}", title.replace('/', "-").replace('\0', "")))?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::app::{CurveRun, MetricBars, RunDistribution};
    use crate::cache::RunSet;
    use crate::cache::tests::{Logged, run};
    use crate::connect::{Profile, ProfileKind};
    use crate::entities::RunRef;

    async fn open(folder: &std::path::Path) -> (App, Vec<RunRef>) {
        let app = App::open(folder, folder, None, Arc::new(|_| ())).await.unwrap();
        let server = Profile::new("a", ProfileKind::Server, "http://127.0.0.1:9");
        let profile = app.save_profile(server).await.unwrap();
        let source = app.connection(&profile.id).await.unwrap().source;
        let logged = [("first", 0.5), ("second, 二", f64::NAN)].map(|(id, value)| run(id).metric("a/b", value));
        app.cache.apply_runs(source, &logged, 1).await.unwrap();
        (app, ["first", "second, 二"].map(|id| RunRef::new(&profile.id, id)).to_vec())
    }

    fn file(chart: AnyChart, format: FileFormat) -> ChartFile {
        ChartFile {
            chart,
            title: String::new(),
            format,
            theme: ChartTheme::Light,
            width_px: 300.0,
            height_px: 180.0,
            dpi: 96.0,
            legend: false,
            utc_offset_minutes: 0,
        }
    }

    #[tokio::test]
    async fn a_png_is_the_frame_on_screen_and_a_table_holds_the_exact_values() {
        let folder = tempfile::tempdir().unwrap();
        let (app, runs) = open(folder.path()).await;
        let bars = MetricBars { key: "a/b".to_owned(), runs, highlighted: None, color_by: None };
        let paper = Paper { width_px: 300.0, height_px: 180.0, dpr: 1.0, dark: false, utc_offset_minutes: 0 };
        let frame = app.draw_bars(&bars, paper).await.unwrap();

        let png = app.chart_file(&file(AnyChart::Bars(bars.clone()), FileFormat::Png)).await.unwrap();
        let mut picture = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
        let mut rgb = vec![0; picture.output_buffer_size().unwrap()];
        picture.next_frame(&mut rgb).unwrap();
        let on_screen: Vec<u8> = frame.rgba.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        assert!(rgb == on_screen, "the exported picture is another one");

        let csv = app.chart_file(&file(AnyChart::Bars(bars.clone()), FileFormat::Csv)).await.unwrap();
        assert_eq!(
            String::from_utf8(csv).unwrap(),
            "run,run_id,value\nname of first,first,0.5\n\"name of second, 二\",\"second, 二\",NaN\n"
        );
        let print = ChartFile {
            theme: ChartTheme::Print,
            title: "a/b <1>".to_owned(),
            ..file(AnyChart::Bars(bars), FileFormat::Svg)
        };
        let svg = String::from_utf8(app.chart_file(&print).await.unwrap()).unwrap();
        assert!(svg.contains("a/b &lt;1&gt;") && svg.contains("name of first"), "{svg}");
    }

    #[tokio::test]
    async fn a_distribution_has_a_table_of_its_values_and_one_of_what_its_shapes_are_made_of() {
        let folder = tempfile::tempdir().unwrap();
        let (app, runs) = open(folder.path()).await;
        let column = crate::cache::Column { kind: crate::cache::ColumnKind::Metric, key: "a/b".to_owned() };
        let table = async |form, format| {
            let of = RunDistribution {
                runs: RunSet::Listed(runs.clone()),
                value: crate::app::ValueAxis { column: column.clone(), log: false, rank: false },
                by: Vec::new(),
                form,
                overlaid: false,
            };
            String::from_utf8(app.chart_file(&file(AnyChart::Distribution(of), format)).await.unwrap()).unwrap()
        };
        let values = table(charts::DistributionForm::Box, FileFormat::Csv).await;
        assert_eq!(
            values,
            "group,run,run_id,a/b\n,name of first,first,0.5\n,\"name of second, 二\",\"second, 二\",NaN\n"
        );
        let groups = table(charts::DistributionForm::Violin, FileFormat::Statistics).await;
        let said = groups.lines().last().unwrap();
        assert_eq!(said, ",1,0,1,0,0,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0", "{groups}");
        assert_eq!(groups.lines().next().unwrap().split(',').count(), said.split(',').count());
        let bins = table(charts::DistributionForm::Histogram, FileFormat::Statistics).await;
        assert!(bins.starts_with("from,to,group,runs\n0.4") && bins.ends_with(",,1\n"), "{bins}");
        let steps = table(charts::DistributionForm::Edf, FileFormat::Statistics).await;
        assert_eq!(steps, "group,a/b,share_at_or_below\n,0.5,1\n");
        let bars =
            AnyChart::Bars(MetricBars { key: "a/b".to_owned(), runs: runs.clone(), highlighted: None, color_by: None });
        let error = app.chart_file(&file(bars, FileFormat::Statistics)).await.unwrap_err();
        assert_eq!(error.code, Code::Unsupported);
    }

    #[tokio::test]
    async fn a_file_is_called_after_its_chart_and_what_cannot_be_made_asks_for_no_place() {
        let folder = tempfile::tempdir().unwrap();
        let (app, runs) = open(folder.path()).await;
        let runs = runs.into_iter().map(|run| CurveRun { run, dash: 0 }).collect();
        let curves = CurveChart { key: "a/b".to_owned(), runs, ..CurveChart::default() };
        let mut wanted = ChartFile { title: "a/b".to_owned(), ..file(AnyChart::Curves(curves), FileFormat::Csv) };
        let target = folder.path().join("there.csv");
        let choose = async |name: String| {
            assert_eq!(name, "a-b.csv");
            Ok(Some(target.clone()))
        };
        assert_eq!(app.save_chart(&wanted, choose).await.unwrap(), Some(target.clone()));
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "run,run_id,step,value\n");

        wanted.format = FileFormat::Png;
        for (width_px, dpi) in [(0.0, 96.0), (f64::NAN, 96.0), (300.0, 1e9)] {
            wanted = ChartFile { width_px, dpi, ..wanted };
            let error = app.save_chart(&wanted, async |_| unreachable!()).await.unwrap_err();
            assert_eq!(error.code, Code::Unsupported, "{error}");
        }
        wanted = ChartFile { width_px: 300.0, dpi: 96.0, ..wanted };
        let nowhere = folder.path().join("no such folder/a.png");
        let error = app.save_chart(&wanted, async |_| Ok(Some(nowhere.clone()))).await.unwrap_err();
        assert_eq!(error.code, Code::Io, "{error}");
    }
}
