//! A chart as a file: the picture as on screen or for paper, or the exact values that it shows.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::bars::ReadBars;
use super::curves::Prepared;
use super::distribution::ReadDistribution;
use super::distribution_table::{write_statistics, write_values};
use super::drawing::Paper;
use super::importance::ReadImportance;
use super::{
    App, CurveChart, ImportantParam, MetricBars, RunDistribution, RunImportance, RunParallel, RunScatter, blocking,
};
use crate::artifacts;
use crate::cache::RunSet;
use crate::charts::{self, Dimension, Domain, DrawError, Figure, GroupCurve, Size, Theme, XKind};
use crate::entities::RunRef;
use crate::error::{AppError, Code, Result};

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
}

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

/// What a chart is drawn from.
struct Contents {
    figure: Figure,
    /// One for each series, bar, point or line; none where groups are the curves.
    runs: Vec<RunRef>,
    groups: Option<Arc<Vec<GroupCurve>>>,
    /// One for each bar, where bars are of params and not of runs.
    params: Option<Vec<ImportantParam>>,
}

impl Contents {
    fn of_runs(figure: Figure, runs: Vec<RunRef>) -> Self {
        Self { figure, runs, groups: None, params: None }
    }
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
        let contents = self.contents(wanted).await?;
        let names = self.names_of(&contents.runs).await?;
        if matches!(wanted.format, FileFormat::Csv | FileFormat::Statistics) {
            let of_values = wanted.format == FileFormat::Csv;
            return blocking(move || csv_of(&contents, &names, of_values)).await?.map_err(AppError::internal);
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

    async fn contents(&self, wanted: &ChartFile) -> Result<Contents> {
        let dark = wanted.theme == ChartTheme::Dark;
        let paper = Paper {
            width_px: wanted.width_px,
            height_px: wanted.height_px,
            dpr: 1.0,
            dark,
            utc_offset_minutes: wanted.utc_offset_minutes,
        };
        Ok(match &wanted.chart {
            AnyChart::Curves(of) => {
                let Prepared { mut chart, curves: groups, .. } = self.chart(of, dark).await?;
                chart.x.utc_offset_min = wanted.utc_offset_minutes;
                let runs = if groups.is_some() { &[][..] } else { &of.runs };
                let runs = runs.iter().map(|run| run.run.clone()).collect();
                Contents { groups, ..Contents::of_runs(Figure::Lines(chart), runs) }
            }
            AnyChart::Bars(of) => {
                let ReadBars { chart, runs, .. } = self.bars(of, paper).await?;
                Contents::of_runs(Figure::Bars(chart), runs)
            }
            AnyChart::Scatter(of) => {
                let (chart, read) = self.scatter(of, paper).await?;
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
        })
    }

    /// What the runs are called, those by their id that the cache does not have.
    async fn names_of(&self, runs: &[RunRef]) -> Result<Vec<String>> {
        let known = self.values(&RunSet::Listed(runs.to_vec()), &[]).await?;
        let known: HashMap<&RunRef, &String> = known.runs.iter().map(|of| (&of.run, &of.display_name)).collect();
        Ok(runs.iter().map(|run| known.get(run).map_or(&run.run_id, |name| *name).clone()).collect())
    }
}

/// The figure with what the window says around it: title, axis, legend.
fn with_words(figure: Figure, names: &[String], wanted: &ChartFile) -> Figure {
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

/// The values that a figure shows, each as it was logged: NaN and infinities are words, a missing value is empty. Or,
/// of a distribution, its statistics.
fn csv_of(of: &Contents, names: &[String], of_values: bool) -> std::result::Result<Vec<u8>, csv::Error> {
    let Contents { figure, runs, groups, params } = of;
    let mut table = csv::Writer::from_writer(Vec::new());
    let whose = |i: usize| [names.get(i).map_or("", |name| name), runs.get(i).map_or("", |run| &run.run_id)];
    match figure {
        Figure::Lines(chart) => {
            let x = match chart.x.kind {
                XKind::Step => "step",
                XKind::Time => "timestamp_ms",
                XKind::Relative => "relative_ms",
                XKind::Order => "order",
                XKind::Metric => "x",
            };
            if let Some(groups) = groups {
                let bins = if groups.iter().any(|of| of.in_bins) { "_bin_middle" } else { "" };
                table.write_record(["group", &format!("{x}{bins}"), "value", "low", "high", "runs"])?;
                for (series, group) in chart.series.iter().zip(groups.iter()) {
                    write_group(&mut table, &series.name, group)?;
                }
                return table.into_inner().map_err(|error| error.into_error().into());
            }
            table.write_record(["run", "run_id", x, "value"])?;
            for (i, series) in chart.series.iter().enumerate() {
                for (x, y) in series.x.iter().zip(series.y.iter()) {
                    let [name, id] = whose(i);
                    table.write_record([name, id, &x.to_string(), &y.to_string()])?;
                }
            }
        }
        Figure::Bars(chart) => {
            if let Some(params) = params {
                table.write_record(["param", "importance", "spread"])?;
                for of in params {
                    table.write_record([&of.column.key, &of.share.to_string(), &of.spread.to_string()])?;
                }
                return table.into_inner().map_err(|error| error.into_error().into());
            }
            table.write_record(["run", "run_id", "value"])?;
            for (i, bar) in chart.bars.iter().enumerate() {
                let [name, id] = whose(i);
                table.write_record([name, id, &bar.value.to_string()])?;
            }
        }
        Figure::Scatter(chart) => {
            let axes = [Some(&chart.x), Some(&chart.y), chart.color.dimension(), chart.size.as_ref()];
            let columns: Vec<&Dimension> = axes.into_iter().flatten().collect();
            write_dimensions(&mut table, &columns, runs.len(), whose)?;
        }
        Figure::Parallel(chart) => {
            let color = chart.color.dimension().filter(|_| chart.color_axis.is_none());
            let columns: Vec<&Dimension> = chart.axes.iter().map(|axis| &axis.dimension).chain(color).collect();
            write_dimensions(&mut table, &columns, runs.len(), whose)?;
        }
        Figure::Distribution(chart) if of_values => {
            write_values(&mut table, chart, whose, |run| cell(&chart.value, run))?;
        }
        Figure::Distribution(chart) => write_statistics(&mut table, chart)?,
        Figure::Versions(chart) => {
            table.write_record(["version", "registered_ms", "value"])?;
            let cell = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
            for version in &chart.versions {
                table.write_record([&version.label, &cell(version.at_ms), &cell(version.value)])?;
            }
        }
    }
    table.into_inner().map_err(|error| error.into_error().into())
}

/// Where too few runs have a value, the row says so and has none.
fn write_group(
    table: &mut csv::Writer<Vec<u8>>,
    name: &str,
    GroupCurve { x, y, band, counts, .. }: &GroupCurve,
) -> std::result::Result<(), csv::Error> {
    for ((((x, y), low), high), runs) in
        x.iter().zip(y.iter()).zip(band.low.iter()).zip(band.high.iter()).zip(counts.iter())
    {
        // Absent is empty: no run of a group has logged this NaN.
        let cells = [y, low, high].map(|value| if value.is_nan() { String::new() } else { value.to_string() });
        let [y, low, high] = cells.each_ref().map(String::as_str);
        table.write_record([name, &x.to_string(), y, low, high, &runs.to_string()])?;
    }
    Ok(())
}

fn write_dimensions<'a>(
    table: &mut csv::Writer<Vec<u8>>,
    columns: &[&Dimension],
    rows: usize,
    whose: impl Fn(usize) -> [&'a str; 2],
) -> std::result::Result<(), csv::Error> {
    let heads = columns.iter().map(|column| column.label.as_str());
    table.write_record(["run", "run_id"].into_iter().chain(heads))?;
    for row in 0..rows {
        let cells: Vec<String> = columns.iter().map(|column| cell(column, row)).collect();
        table.write_record(whose(row).into_iter().chain(cells.iter().map(String::as_str)))?;
    }
    Ok(())
}

fn cell(of: &Dimension, row: usize) -> String {
    let Some(value) = of.values.get(row).copied().flatten() else { return String::new() };
    match &of.domain {
        Domain::Categories(names) => names.get(value as usize).map_or_else(String::new, ToString::to_string),
        Domain::Numbers(_) | Domain::Time(_) | Domain::Durations(_) => value.to_string(),
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
    use super::*;
    use crate::app::CurveRun;
    use crate::cache::tests::{Logged, run};
    use crate::connect::{Profile, ProfileKind};

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
        let bars = MetricBars { key: "a/b".to_owned(), runs, highlighted: None };
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
                value: crate::app::ValueAxis { column: column.clone(), log: false },
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
        let bars = AnyChart::Bars(MetricBars { key: "a/b".to_owned(), runs: runs.clone(), highlighted: None });
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
