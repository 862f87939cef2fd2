//! From runs and a metric to a chart that can be drawn: histories from the cache as series.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::by_profile::by_profile;
use super::drawing::{Drawn, Paper, draw};
use super::points::{Points, axis_of, over_metric, points};
use super::{App, blocking};
use crate::cache::History;
use crate::charts::{
    self, Chart, Figure, FigureLayout, PALETTE, Scale, Series, Smoothing, SmoothingKind, XAxis, XKind, YAxis,
};
use crate::entities::{MetricValue, RunRef};
use crate::error::{AppError, Result};
use crate::sync::{Freshness, Scope};

/// What to draw, as the window knows it: runs and a metric, not points.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CurveChart {
    /// The metric.
    pub key: String,
    pub runs: Vec<CurveRun>,
    /// Drawn over something else where it tells no points apart; the layout says over what.
    pub x_axis: XKind,
    /// The metric that is x, for [`XKind::Metric`].
    pub x_metric: Option<String>,
    /// Time is linear whatever this says.
    pub x_scale: Scale,
    /// The visible part of x: steps, epoch ms, ms since the run's first point, places, or values of the metric.
    pub x_range: Option<(f64, f64)>,
    /// What `x_range` counts: it is a range of nothing else.
    pub x_range_of: XKind,
    pub y_scale: Scale,
    /// Values far from all others are inside the range of y as well.
    pub with_outliers: bool,
    pub smoothing_kind: SmoothingKind,
    /// Weight of the smoothing, 0 (off) to 0.999; for the moving averages it is the weight of the past.
    pub smoothing: f64,
    pub highlighted: Option<RunRef>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CurveRun {
    #[serde(flatten)]
    pub run: RunRef,
    /// 0 is a solid line; others tell runs of one colour apart.
    pub dash: u8,
}

/// What a drawing says about itself, and how fresh its curves are: a chart without points has none only if they were
/// all read.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CurveLayout {
    #[serde(flatten)]
    pub layout: charts::Layout,
    /// What has no place over the metric that is x.
    pub without_x: WithoutX,
    pub freshness: Freshness,
}

/// What cannot be drawn over another metric, since that has no value there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct WithoutX {
    /// Runs with points, none of which has an x.
    pub runs: u32,
    /// Points of the other runs: before the first x, or where it is not a finite number.
    pub points: u32,
}

/// A run's point nearest to an x. `value` is as logged, `smoothed` as drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CurveProbe {
    #[serde(flatten)]
    pub run: RunRef,
    pub x: f64,
    pub value: MetricValue,
    pub smoothed: MetricValue,
}

impl App {
    /// The frame of a chart, drawn off the async threads.
    pub async fn draw_chart(&self, wanted: &CurveChart, paper: Paper) -> Result<Drawn<CurveLayout>> {
        let mut freshness = Vec::new();
        for of in by_profile(wanted.runs.iter().map(|run| &run.run)) {
            let connection = self.connection(of.profile_id).await?;
            let keys = [Some(&wanted.key), wanted.x_metric()].into_iter().flatten().cloned().collect();
            let scope = Scope::Histories { run_ids: of.run_ids, keys };
            freshness.push(connection.freshness(&scope).await?);
        }
        let freshness = Freshness::joined(freshness);
        let (chart, without_x) = self.chart(wanted, paper.dark, paper.utc_offset_minutes).await?;
        let (layout, rgba) = draw(Figure::Lines(chart), paper).await?;
        let FigureLayout::Lines(layout) = layout else { return Err(AppError::internal("lines came back as others")) };
        Ok(Drawn { layout: CurveLayout { layout, without_x, freshness }, rgba })
    }

    /// The value of every run nearest to `x`, in the order of the runs.
    pub async fn probe_chart(&self, wanted: &CurveChart, x: f64) -> Result<Vec<CurveProbe>> {
        let (chart, _) = self.chart(wanted, false, 0).await?;
        let probes = blocking(move || charts::probe(&chart, x)).await?;
        Ok(wanted
            .runs
            .iter()
            .zip(probes)
            .filter_map(|(run, probe)| {
                let probe = probe?;
                Some(CurveProbe {
                    run: run.run.clone(),
                    x: probe.x,
                    value: MetricValue(probe.y),
                    smoothed: MetricValue(probe.y_smoothed),
                })
            })
            .collect())
    }

    /// The curves before they are drawn, named by their run's id.
    pub(super) async fn chart(
        &self,
        wanted: &CurveChart,
        dark: bool,
        utc_offset_min: i32,
    ) -> Result<(Chart, WithoutX)> {
        let curves = self.curves(wanted).await?;
        let (kind, without_x, curves) = (curves.kind, curves.without_x, &curves.of_runs);
        let runs: Vec<RunRef> = wanted.runs.iter().map(|run| run.run.clone()).collect();
        let colors = self.color_runs(&runs).await;
        let series = wanted
            .runs
            .iter()
            .zip(curves)
            .zip(colors)
            .map(|((run, Points { x, y, breaks }), color)| {
                let color = PALETTE[usize::from(color) % PALETTE.len()];
                Series {
                    name: run.run.run_id.clone(),
                    color: if dark { color.dark } else { color.light },
                    dash: run.dash,
                    x: x.clone(),
                    y: y.clone(),
                    breaks: breaks.clone(),
                }
            })
            .collect();
        let chart = Chart {
            series,
            x: XAxis {
                kind,
                scale: wanted.x_scale,
                range: wanted.x_range.filter(|_| wanted.x_range_of == kind),
                utc_offset_min,
                ..XAxis::default()
            },
            y: YAxis { scale: wanted.y_scale, range: None, with_outliers: wanted.with_outliers },
            smoothing: Smoothing { kind: wanted.smoothing_kind, weight: wanted.smoothing.clamp(0.0, 0.999) },
            show_raw: wanted.smoothing > 0.0,
            highlighted: wanted
                .highlighted
                .as_ref()
                .and_then(|highlighted| wanted.runs.iter().position(|run| run.run == *highlighted)),
            ..Chart::default()
        };
        Ok((chart, without_x))
    }

    /// The points of every run of the chart, empty where nothing is cached yet.
    async fn curves(&self, wanted: &CurveChart) -> Result<Arc<Curves>> {
        let generation = self.recent_curves.generation();
        if let Some(curves) = self.recent_curves.get(wanted) {
            return Ok(curves);
        }
        let name = CurvesName {
            key: wanted.key.clone(),
            x_axis: wanted.x_axis,
            x_metric: wanted.x_metric().cloned(),
            runs: wanted.runs.iter().map(|run| run.run.clone()).collect(),
        };
        let histories = self.histories(&name.runs, &name.key).await?;
        let x_histories = match &name.x_metric {
            Some(metric) => self.histories(&name.runs, metric).await?,
            None => Vec::new(),
        };
        let curves = Arc::new(blocking(move || curves_of(&histories, &x_histories, name.x_axis)).await?);
        self.recent_curves.put(generation, name, curves.clone());
        Ok(curves)
    }

    /// The history of one metric of each run; none where the cache has none.
    async fn histories(&self, runs: &[RunRef], key: &str) -> Result<Vec<Option<History>>> {
        let mut histories = vec![None; runs.len()];
        for of in by_profile(runs) {
            let connection = self.connection(of.profile_id).await?;
            let found = self.cache.histories(connection.source, &of.run_ids, key).await?;
            for (place, history) in of.places.into_iter().zip(found) {
                if let Some(slot) = histories.get_mut(place) {
                    *slot = history;
                }
            }
        }
        Ok(histories)
    }
}

/// `x_histories` are of the metric that is x, one for each run, if a metric is.
fn curves_of(histories: &[Option<History>], x_histories: &[Option<History>], wanted: XKind) -> Curves {
    let (mut curves, none) = (Curves::default(), History::default());
    let pairs = histories.iter().zip(x_histories).filter(|_| wanted == XKind::Metric);
    for (history, x_history) in pairs {
        let history = history.as_ref().unwrap_or(&none);
        let points = over_metric(history, x_history.as_ref().unwrap_or(&none));
        let lost = history.len() - points.x.len();
        if points.x.is_empty() {
            curves.without_x.runs += u32::from(lost > 0);
        } else {
            curves.without_x.points += u32::try_from(lost).unwrap_or(u32::MAX);
        }
        curves.of_runs.push(points);
    }
    let tells_apart = |of: &Points| of.x.windows(2).any(|pair| pair[0] != pair[1]);
    if curves.of_runs.iter().any(tells_apart) {
        return Curves { kind: XKind::Metric, ..curves };
    }
    let kind = axis_of(histories, if wanted == XKind::Metric { XKind::Step } else { wanted });
    let points = |history: &Option<History>| history.as_ref().map_or_else(Points::default, |of| points(of, kind));
    Curves { kind, of_runs: histories.iter().map(points).collect(), without_x: WithoutX::default() }
}

impl CurveChart {
    fn x_metric(&self) -> Option<&String> {
        self.x_metric.as_ref().filter(|_| self.x_axis == XKind::Metric)
    }
}

/// The points of a chart's runs, and what their x is.
#[derive(Default)]
struct Curves {
    kind: XKind,
    of_runs: Vec<Points>,
    without_x: WithoutX,
}

/// The curves of the charts on screen, so that following the mouse does not read the database.
/// Emptied whenever a history changes.
#[derive(Default)]
pub(super) struct RecentCurves {
    generation: AtomicU64,
    kept: Mutex<VecDeque<(CurvesName, Arc<Curves>)>>,
}

struct CurvesName {
    key: String,
    x_axis: XKind,
    x_metric: Option<String>,
    runs: Vec<RunRef>,
}

impl CurvesName {
    fn is_of(&self, wanted: &CurveChart) -> bool {
        (&self.key, self.x_axis, self.x_metric.as_ref()) == (&wanted.key, wanted.x_axis, wanted.x_metric())
            && self.runs.iter().eq(wanted.runs.iter().map(|run| &run.run))
    }
}

impl RecentCurves {
    /// About a screenful of charts.
    const KEPT: usize = 12;

    pub(super) fn clear(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        self.kept.lock().clear();
    }

    fn generation(&self) -> u64 {
        self.generation.load(Ordering::SeqCst)
    }

    fn get(&self, wanted: &CurveChart) -> Option<Arc<Curves>> {
        let kept = self.kept.lock();
        kept.iter().find(|(name, _)| name.is_of(wanted)).map(|(_, curves)| curves.clone())
    }

    /// Keeps what was read, unless something changed since reading began.
    fn put(&self, generation: u64, name: CurvesName, curves: Arc<Curves>) {
        let mut kept = self.kept.lock();
        if generation == self.generation() {
            kept.truncate(Self::KEPT - 1);
            kept.push_front((name, curves));
        }
    }
}
