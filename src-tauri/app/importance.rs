//! From runs, a metric and params to a bar chart: how much each param matters for the metric, the most important first.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::drawing::{Drawn, Paper, draw};
use super::values::{Read, ValueAxis};
use super::{App, blocking};
use crate::cache::{Column, RunSet};
use crate::charts::{self, Bar, BarChart, Dimension, Domain, Figure, FigureLayout, PALETTE};
use crate::error::{AppError, Result};
use crate::sweep::{Finding, Importance, Param, ParamImportance, Trend, importance};
use crate::sync::Freshness;

/// What to draw as importances, as the window knows it: runs and columns, not values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunImportance {
    pub runs: RunSet,
    /// What params are to explain, or its logarithm. Runs without a finite number are left out, as are those whose
    /// number is not positive where the logarithm is asked for.
    pub metric: ValueAxis,
    /// Any columns. Those that are the same in all runs, or different in each without being numbers, have no bar.
    pub params: Vec<Column>,
}

/// What a drawing of importances says about itself, and how fresh the values are.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunImportanceLayout {
    #[serde(flatten)]
    pub layout: charts::BarLayout,
    /// One for each of the layout's rows.
    pub params: Vec<ImportantParam>,
    /// How many runs were learnt from.
    pub runs_used: u32,
    /// Runs without a value of the metric that can be learnt from.
    pub left_out: u32,
    pub verdict: ImportanceVerdict,
    pub freshness: Freshness,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportantParam {
    pub column: Column,
    /// Of all importances, which together are 1.
    pub share: f64,
    /// The standard deviation of the share between forests.
    pub spread: f64,
    /// Where the metric goes when the param goes up; none where that is not clear, or the param is no number.
    pub trend: Option<Trend>,
}

/// Whether there is anything to say, and how much it says.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum ImportanceVerdict {
    /// Of the share of the metric's variance that the params explain in runs which were not learnt from: near zero or
    /// below, importances mean little.
    Explained { share: f64 },
    /// So many runs are needed for these params.
    TooFewRuns { needed: u32 },
    /// The metric is the same in all runs.
    SameEverywhere,
    /// No param differs between the runs.
    NothingVaries,
}

/// What a chart of importances is drawn from.
pub(super) struct ReadImportance {
    pub chart: BarChart,
    /// One for each bar.
    pub params: Vec<ImportantParam>,
    runs_used: u32,
    left_out: u32,
    verdict: ImportanceVerdict,
    freshness: Freshness,
}

impl App {
    /// The frame of a chart of importances.
    pub async fn draw_importance(&self, wanted: &RunImportance, paper: Paper) -> Result<Drawn<RunImportanceLayout>> {
        let ReadImportance { chart, mut params, runs_used, left_out, verdict, freshness } =
            self.importance(wanted, paper).await?;
        let (layout, rgba) = draw(Figure::Bars(chart), paper).await?;
        let FigureLayout::Bars(layout) = layout else { return Err(AppError::internal("bars came back as others")) };
        params.truncate(layout.rows.len());
        Ok(Drawn { layout: RunImportanceLayout { layout, params, runs_used, left_out, verdict, freshness }, rgba })
    }

    /// The bars before they are drawn, and what they say.
    pub(super) async fn importance(&self, wanted: &RunImportance, paper: Paper) -> Result<ReadImportance> {
        let axis = |column: &Column| ValueAxis { column: column.clone(), log: false, rank: false };
        let columns: Vec<Column> = wanted.params.iter().filter(|of| **of != wanted.metric.column).cloned().collect();
        let axes: Vec<ValueAxis> = columns.iter().map(axis).collect();
        let read = self.read_values(&wanted.runs, axes.iter().chain([&wanted.metric]), paper).await?;
        let metric = metric_of(&read, &wanted.metric);
        let params: Vec<Param> = axes.iter().map(|axis| param_of(&read.dimension(axis))).collect();
        let Importance { runs, left_out, finding } = blocking(move || importance(&metric, &params)).await?;
        let (found, verdict) = match finding {
            Finding::Params { params, explained } => (params, ImportanceVerdict::Explained { share: explained }),
            Finding::TooFewRuns { needed } => (Vec::new(), ImportanceVerdict::TooFewRuns { needed }),
            Finding::SameEverywhere => (Vec::new(), ImportanceVerdict::SameEverywhere),
            Finding::NothingVaries => (Vec::new(), ImportanceVerdict::NothingVaries),
        };
        let color = if paper.dark { PALETTE[0].dark } else { PALETTE[0].light };
        let bar = |of: &ParamImportance| {
            let name = read.dimension(&axes[of.param]).label;
            let name = match of.trend {
                Some(Trend::Up) => format!("{name} ↑"),
                Some(Trend::Down) => format!("{name} ↓"),
                None => name,
            };
            Bar { name, color, value: of.share, spread: Some(of.spread) }
        };
        let bars = found.iter().map(bar).collect();
        let important = |of: ParamImportance| {
            let column = columns[of.param].clone();
            ImportantParam { column, share: of.share, spread: of.spread, trend: of.trend }
        };
        Ok(ReadImportance {
            chart: BarChart { bars, ..BarChart::default() },
            params: found.into_iter().map(important).collect(),
            runs_used: runs,
            left_out,
            verdict,
            freshness: read.freshness,
        })
    }
}

/// Words are no numbers to explain: a run that has one counts as one without a value.
fn metric_of(read: &Read, axis: &ValueAxis) -> Vec<Option<f64>> {
    let Dimension { values, domain, .. } = read.dimension(axis);
    let number =
        |value: f64| if axis.log { Some(value).filter(|value| *value > 0.0).map(f64::ln) } else { Some(value) };
    let is_category = matches!(domain, Domain::Categories(_));
    values.iter().map(|value| value.filter(|_| !is_category).and_then(number)).collect()
}

fn param_of(of: &Dimension) -> Param {
    Param { values: of.values.clone(), is_category: matches!(of.domain, Domain::Categories(_)) }
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

    #[tokio::test]
    async fn the_param_that_the_metric_is_made_of_is_first_and_the_layout_says_what_was_learnt_from() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path(), folder.path(), None, Arc::new(|_| ())).await.unwrap();
        let server = Profile::new("a", ProfileKind::Server, "http://127.0.0.1:9");
        let profile = app.save_profile(server).await.unwrap();
        let source = app.connection(&profile.id).await.unwrap().source;
        let ids: Vec<String> = (0..60).map(|i| format!("r{i:02}")).collect();
        let logged = ids.iter().enumerate().map(|(i, id)| {
            let (depth, optimizer) = (i * 7 % 12, ["adam", "sgd"][i % 2]);
            let value = if i == 5 { f64::NAN } else { -(depth as f64) + if optimizer == "sgd" { 2.0 } else { 0.0 } };
            run(id)
                .param("depth", &depth.to_string())
                .param("optimizer", optimizer)
                .param("seed", &(i * 37 % 101).to_string())
                .param("epochs", "3")
                .param("name", &format!("run {i}"))
                .metric("acc", value)
        });
        app.cache.apply_runs(source, &logged.collect::<Vec<_>>(), 1).await.unwrap();
        app.cache.apply_runs(source, &[run("without").param("depth", "3")], 1).await.unwrap();

        let column = |kind: ColumnKind, key: &str| Column { kind, key: key.to_owned() };
        let listed = |ids: &[String]| RunSet::Listed(ids.iter().map(|id| RunRef::new(&profile.id, id)).collect());
        let mut wanted = RunImportance {
            runs: listed(&[&ids[..], &["without".to_owned()]].concat()),
            metric: ValueAxis { column: column(ColumnKind::Metric, "acc"), log: false, rank: false },
            params: ["seed", "depth", "epochs", "optimizer", "name"].map(|key| column(ColumnKind::Param, key)).to_vec(),
        };
        wanted.params.push(wanted.metric.column.clone());
        let paper = Paper { width_px: 400.0, height_px: 200.0, dpr: 1.0, dark: false, utc_offset_minutes: 0 };
        let drawn = async |wanted: &RunImportance| app.draw_importance(wanted, paper).await.unwrap().layout;
        let layout = drawn(&wanted).await;
        let found: Vec<(&str, Option<Trend>)> =
            layout.params.iter().map(|of| (of.column.key.as_str(), of.trend)).collect();
        assert_eq!(found, [("depth", Some(Trend::Down)), ("optimizer", None), ("seed", None)]);
        assert_eq!((layout.runs_used, layout.left_out, layout.layout.rows.len()), (59, 2, 3));
        assert!(
            matches!(layout.verdict, ImportanceVerdict::Explained { share } if share > 0.9),
            "{:?}",
            layout.verdict
        );
        let json = serde_json::to_value(&layout).unwrap();
        assert_eq!((&json["verdict"]["kind"], &json["params"][0]["trend"]), (&"explained".into(), &"down".into()));

        let file = ChartFile {
            chart: AnyChart::Importance(wanted.clone()),
            title: String::new(),
            format: FileFormat::Csv,
            theme: ChartTheme::Light,
            width_px: 400.0,
            height_px: 200.0,
            dpi: 96.0,
            legend: false,
            utc_offset_minutes: 0,
        };
        let csv = String::from_utf8(app.chart_file(&file).await.unwrap()).unwrap();
        let first = format!("depth,{},{}", layout.params[0].share, layout.params[0].spread);
        assert_eq!(csv.lines().take(2).collect::<Vec<_>>(), ["param,importance,spread", first.as_str()]);
        let svg = ChartFile { format: FileFormat::Svg, ..file };
        let svg = String::from_utf8(app.chart_file(&svg).await.unwrap()).unwrap();
        assert!(svg.contains("depth ↓"), "{svg}");

        // Only five are above zero and have a logarithm; words are no numbers, and eight runs say nothing.
        wanted.metric.log = true;
        assert_eq!(drawn(&wanted).await.left_out, 56);
        wanted.metric = ValueAxis { column: column(ColumnKind::Param, "optimizer"), log: false, rank: false };
        assert_eq!(drawn(&wanted).await.runs_used, 0);
        wanted = RunImportance {
            runs: listed(&ids[6..14]),
            metric: ValueAxis { column: column(ColumnKind::Metric, "acc"), log: false, rank: false },
            ..wanted
        };
        let layout = drawn(&wanted).await;
        assert_eq!((layout.runs_used, layout.verdict), (8, ImportanceVerdict::TooFewRuns { needed: 10 }));
        assert_eq!((layout.params.len(), layout.layout.note), (0, Some(charts::Note::NoPoints)));
    }
}
