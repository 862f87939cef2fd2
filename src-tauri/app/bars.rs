//! From runs and a metric to a bar chart: the latest value of each run, the best first.

use std::cmp::Ordering;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::App;
use super::color_by::ColorBy;
use super::drawing::{Drawn, Paper, draw};
use super::values::ValueAxis;
use crate::cache::{Column, ColumnKind, NamedRun, RunSet};
use crate::charts::{self, Bar, BarChart, Figure, FigureLayout, PALETTE};
use crate::direction::Better;
use crate::entities::{MetricValue, RunRef};
use crate::error::{AppError, Result};
use crate::sync::Freshness;

/// What to draw as bars, as the window knows it: runs and a metric, not values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MetricBars {
    /// The metric.
    pub key: String,
    pub runs: Vec<RunRef>,
    pub highlighted: Option<RunRef>,
    /// The colour of each bar by a value of its run; none: each has its own.
    pub color_by: Option<ColorBy>,
}

/// What a drawing of bars says about itself, and how fresh the values are.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MetricBarsLayout {
    #[serde(flatten)]
    pub layout: charts::BarLayout,
    /// One for each of the layout's rows.
    pub bars: Vec<RunValue>,
    /// The colours of the bars, red, green and blue, where they are by a value; none: each has its run's own.
    pub inks: Option<Vec<[u8; 3]>>,
    /// The best is first. Where neither way is better, the largest is.
    pub better: Option<Better>,
    /// How many of the asked runs have no value.
    pub missing: u32,
    /// Of the experiments of the runs.
    pub freshness: Freshness,
}

/// What a run logged last.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunValue {
    #[serde(flatten)]
    pub run: RunRef,
    pub value: MetricValue,
}

impl App {
    /// The frame of a bar chart.
    pub async fn draw_bars(&self, wanted: &MetricBars, paper: Paper) -> Result<Drawn<MetricBarsLayout>> {
        let ReadBars { chart, runs, better, freshness } = self.bars(wanted, paper).await?;
        let missing = wanted.runs.len() - runs.len();
        let values: Vec<f64> = chart.bars.iter().map(|bar| bar.value).collect();
        let inks = wanted.color_by.is_some().then(|| chart.bars.iter().map(|bar| bar.color).collect());
        let (layout, rgba) = draw(Figure::Bars(chart), paper).await?;
        let FigureLayout::Bars(layout) = layout else { return Err(AppError::internal("bars came back as others")) };
        let of_rows = runs.into_iter().zip(values).take(layout.rows.len());
        let layout = MetricBarsLayout {
            bars: of_rows.map(|(run, value)| RunValue { run, value: MetricValue(value) }).collect(),
            inks,
            better,
            missing: u32::try_from(missing).unwrap_or(u32::MAX),
            freshness,
            layout,
        };
        Ok(Drawn { layout, rgba })
    }

    /// The bars before they are drawn: runs without a value have none.
    pub(super) async fn bars(&self, wanted: &MetricBars, paper: Paper) -> Result<ReadBars> {
        let metric =
            ValueAxis { column: Column { kind: ColumnKind::Metric, key: wanted.key.clone() }, log: false, rank: false };
        let read = self.read_values(&RunSet::Listed(wanted.runs.clone()), [&metric], paper).await?;
        let better = match wanted.runs.first() {
            Some(first) => self.directions(&first.profile_id).await?.of(&wanted.key).better,
            None => None,
        };
        let colors = self.color_runs(&wanted.runs).await;
        let rgb = |color: u8| {
            let color = PALETTE[usize::from(color) % PALETTE.len()];
            if paper.dark { color.dark } else { color.light }
        };
        let colors: Vec<[u8; 3]> = match &wanted.color_by {
            Some(by) => self.inks(&wanted.runs, by, paper.dark).await?,
            None => colors.into_iter().map(rgb).collect(),
        };
        let colors: HashMap<&RunRef, [u8; 3]> = wanted.runs.iter().zip(colors).collect();
        let values = read.dimension(&metric).values;
        let mut bars: Vec<(RunRef, Bar)> = Vec::new();
        for (NamedRun { run, display_name, .. }, value) in read.named().iter().zip(values.iter()) {
            let Some(value) = *value else { continue };
            let color = colors.get(run).copied().unwrap_or_default();
            bars.push((run.clone(), Bar { name: display_name.clone(), color, value, spread: None }));
        }
        bars.sort_by(|(_, a), (_, b)| best_first(better, a.value, b.value));
        let (runs, bars): (Vec<RunRef>, Vec<Bar>) = bars.into_iter().unzip();
        let highlighted = wanted.highlighted.as_ref().and_then(|run| runs.iter().position(|of| of == run));
        let chart = BarChart { title: None, bars, highlighted };
        Ok(ReadBars { chart, runs, better, freshness: read.freshness })
    }
}

/// What a bar chart is drawn from.
pub(super) struct ReadBars {
    pub chart: BarChart,
    /// One for each bar.
    pub runs: Vec<RunRef>,
    better: Option<Better>,
    freshness: Freshness,
}

/// What is not a finite number comes last.
fn best_first(better: Option<Better>, a: f64, b: f64) -> Ordering {
    let descending = match better {
        Some(Better::Lower) => a.total_cmp(&b),
        Some(Better::Higher) | None => b.total_cmp(&a),
    };
    b.is_finite().cmp(&a.is_finite()).then(descending)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::cache::tests::{Logged, run};
    use crate::connect::{Profile, ProfileKind};
    use crate::direction::DirectionChoice;

    #[tokio::test]
    async fn the_best_run_is_first_and_the_layout_says_which_run_each_row_is() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path(), folder.path(), None, Arc::new(|_| ())).await.unwrap();
        let server = Profile::new("a", ProfileKind::Server, "http://127.0.0.1:9");
        let profile = app.save_profile(server).await.unwrap();
        let source = app.connection(&profile.id).await.unwrap().source;
        let logged = [("low", 0.1), ("nan", f64::NAN), ("high", 0.9)].map(|(id, value)| run(id).metric("gap", value));
        app.cache.apply_runs(source, &logged, 1).await.unwrap();
        app.cache.apply_runs(source, &[run("without")], 1).await.unwrap();

        let runs = ["nan", "without", "low", "high"].map(|run_id| RunRef::new(&profile.id, run_id)).to_vec();
        let wanted = MetricBars { key: "gap".to_owned(), runs, highlighted: None, color_by: None };
        let paper = Paper { width_px: 300.0, height_px: 200.0, dpr: 1.0, dark: false, utc_offset_minutes: 0 };
        let drawn = async || app.draw_bars(&wanted, paper).await.unwrap().layout;
        let order = |layout: &MetricBarsLayout| -> Vec<String> {
            assert_eq!((layout.bars.len(), layout.missing), (layout.layout.rows.len(), 1));
            layout.bars.iter().map(|bar| bar.run.run_id.clone()).collect()
        };
        let layout = drawn().await;
        assert_eq!((order(&layout), layout.better), (["high", "low", "nan"].map(str::to_owned).to_vec(), None));
        app.choose_direction(&profile.id, "gap", Some(DirectionChoice::Lower)).await.unwrap();
        let layout = drawn().await;
        assert_eq!(order(&layout), ["low", "high", "nan"]);
        let json = serde_json::to_value(&layout).unwrap();
        assert_eq!(json["better"], "lower");
        assert_eq!((&json["bars"][2]["runId"], &json["bars"][2]["value"]), (&"nan".into(), &"NaN".into()));
        assert_eq!(json["rows"].as_array().map(Vec::len), Some(3));
    }
}
