//! Colours of curves and bars by a value of their runs, and the scale that says what they mean.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::App;
use super::drawing::Paper;
use super::values::ValueAxis;
use crate::cache::RunSet;
pub use crate::charts::ColorScale;
use crate::charts::{Coloring, Domain, Theme};
use crate::entities::RunRef;
use crate::error::Result;

/// What the colour of a run's curve or bar says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ColorBy {
    #[serde(flatten)]
    pub value: ValueAxis,
    /// Two hues, for what is below and what is above; without it one that grows stronger. Only numbers have it, and
    /// then they are not logarithmic.
    pub around: Option<Around>,
    /// What the clock on the wall is ahead of UTC, for colours by time.
    pub utc_offset_minutes: i32,
}

/// The middle of a diverging scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", tag = "kind", content = "of")]
pub enum Around {
    Zero,
    /// What this run has; where it has no number, zero.
    Run(RunRef),
}

impl App {
    /// The colour of each run by its value, in the order asked: red, green, blue.
    pub(super) async fn inks(&self, runs: &[RunRef], by: &ColorBy, dark: bool) -> Result<Vec<[u8; 3]>> {
        let (of, coloring) = self.colored(runs, by, dark).await?;
        let theme = if dark { Theme::dark() } else { Theme::light() };
        let colors = coloring.colors(of.len(), &theme);
        let places: HashMap<&RunRef, usize> = of.iter().zip(0..).collect();
        // A run that the cache does not have is grey, as one without a value.
        let ink = |run: &RunRef| colors.ink(places.get(run).copied().unwrap_or(usize::MAX));
        Ok(runs.iter().map(ink).map(|color| [color.0, color.1, color.2]).collect())
    }

    /// What the colours of these runs mean.
    pub async fn color_scale(&self, runs: &[RunRef], by: &ColorBy, dark: bool) -> Result<Option<ColorScale>> {
        let (of, coloring) = self.colored(runs, by, dark).await?;
        let theme = if dark { Theme::dark() } else { Theme::light() };
        Ok(coloring.colors(of.len(), &theme).scale())
    }

    /// The runs that the cache has, and their colours; the one in the middle is among them.
    async fn colored(&self, runs: &[RunRef], by: &ColorBy, dark: bool) -> Result<(Vec<RunRef>, Coloring)> {
        let middle = match &by.around {
            Some(Around::Run(run)) => Some(run),
            Some(Around::Zero) | None => None,
        };
        let beside = middle.filter(|run| !runs.contains(run));
        let asked = RunSet::Listed(runs.iter().chain(beside).cloned().collect());
        let axis = ValueAxis { log: by.value.log && by.around.is_none(), ..by.value.clone() };
        let utc_offset_minutes = by.utc_offset_minutes;
        let paper = Paper { width_px: 1.0, height_px: 1.0, dpr: 1.0, dark, utc_offset_minutes };
        let read = self.read_values(&asked, [&axis], paper).await?;
        let (runs, dimension) = (read.runs(), read.dimension(&axis));
        let is_number = matches!(dimension.domain, Domain::Numbers(_) | Domain::Durations(_));
        if by.around.is_none() || !is_number {
            return Ok((runs, Coloring::By(dimension)));
        }
        let of_run =
            |run: &RunRef| dimension.values.get(runs.iter().position(|known| known == run)?).copied().flatten();
        let middle = middle.and_then(of_run).filter(|value| value.is_finite()).unwrap_or(0.0);
        Ok((runs, Coloring::Around(dimension, middle)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::{CurveChart, CurveRun, GroupAggregate, Grouping, MetricBars};
    use super::*;
    use crate::cache::tests::{Logged, run};
    use crate::cache::{Column, ColumnKind};
    use crate::connect::{Profile, ProfileKind};

    const PAPER: Paper = Paper { width_px: 300.0, height_px: 200.0, dpr: 1.0, dark: true, utc_offset_minutes: 0 };

    fn by(kind: ColumnKind, key: &str, around: Option<Around>) -> ColorBy {
        let value = ValueAxis { column: Column { kind, key: key.to_owned() }, log: false, rank: false };
        ColorBy { value, around, utc_offset_minutes: 0 }
    }

    fn rgb(color: plotters::style::RGBColor) -> [u8; 3] {
        [color.0, color.1, color.2]
    }

    #[tokio::test]
    async fn curves_and_bars_are_coloured_by_a_value_and_a_run_without_it_is_grey() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path(), folder.path(), None, Arc::new(|_| ())).await.unwrap();
        let server = Profile::new("a", ProfileKind::Server, "http://127.0.0.1:9");
        let profile = app.save_profile(server).await.unwrap();
        let source = app.connection(&profile.id).await.unwrap().source;
        let logged = [
            run("low").param("lr", "0.1").param("opt", "adam").metric("gain", -2.0),
            run("high").param("lr", "0.3").param("opt", "sgd").metric("gain", 1.0),
            run("none").metric("gain", 0.5),
        ];
        app.cache.apply_runs(source, &logged, 1).await.unwrap();
        let runs = ["high", "unknown", "low", "none"].map(|id| RunRef::new(&profile.id, id)).to_vec();
        let theme = Theme::dark();
        let grey = rgb(theme.label_quiet);

        let lr = by(ColumnKind::Param, "lr", None);
        let mut chart = CurveChart {
            key: "gain".to_owned(),
            runs: runs.iter().map(|run| CurveRun { run: run.clone(), dash: 1 }).collect(),
            color_by: Some(lr.clone()),
            ..CurveChart::default()
        };
        let drawn = app.draw_chart(&chart, PAPER).await.unwrap().layout;
        assert_eq!(drawn.inks, Some(vec![rgb(theme.ramp(1.0)), grey, rgb(theme.ramp(0.0)), grey]));
        // Groups have colours of their own.
        chart.groups = Some(Grouping { by: vec![lr.value.column.clone()], aggregate: Some(GroupAggregate::default()) });
        assert_eq!(app.draw_chart(&chart, PAPER).await.unwrap().layout.inks, None);

        let bars = |color_by| MetricBars { key: "gain".to_owned(), runs: runs.clone(), highlighted: None, color_by };
        let around = by(ColumnKind::Metric, "gain", Some(Around::Zero));
        let drawn = app.draw_bars(&bars(Some(around)), PAPER).await.unwrap().layout;
        let inks = drawn.inks.unwrap();
        let of_run = |run_id: &str| inks[drawn.bars.iter().position(|bar| bar.run.run_id == run_id).unwrap()];
        assert_eq!(of_run("low"), rgb(theme.diverging(0.0)), "the farthest from zero");
        assert_ne!(of_run("high"), rgb(theme.diverging(1.0)), "half as far on the other side");
        assert_eq!(app.draw_bars(&bars(None), PAPER).await.unwrap().layout.inks, None);

        // Around what a run has, which need not be shown.
        let around = by(ColumnKind::Metric, "gain", Some(Around::Run(RunRef::new(&profile.id, "low"))));
        let scale = app.color_scale(&runs[..1], &around, true).await.unwrap().unwrap();
        let numbers = scale.numbers.unwrap();
        assert_eq!((numbers.middle.as_deref(), numbers.high.as_str()), (Some("\u{2212}2"), "1"));
        let scale =
            app.color_scale(&runs, &by(ColumnKind::Param, "opt", Some(Around::Zero)), true).await.unwrap().unwrap();
        assert_eq!((scale.names, scale.numbers), (vec!["adam".to_owned(), "sgd".to_owned()], None));
        assert_eq!(scale.lanes[0].runs, 1, "the run without the param; one that is not cached is none");
    }
}
