//! From runs and a metric to a chart that can be drawn: histories from the cache as series.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::by_profile::by_profile;
use super::drawing::{Drawn, Paper, draw};
use super::points::{Points, axis_of, points};
use super::{App, blocking};
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
    /// The visible part of x: steps, epoch ms, or ms since the run's first point.
    pub x_range: Option<(f64, f64)>,
    /// What `x_range` counts: it is a range of nothing else.
    pub x_range_of: XKind,
    pub y_log: bool,
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
    pub freshness: Freshness,
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
            let scope = Scope::Histories { run_ids: of.run_ids, keys: vec![wanted.key.clone()] };
            freshness.push(connection.freshness(&scope).await?);
        }
        let freshness = Freshness::joined(freshness);
        let chart = self.chart(wanted, paper.dark, paper.utc_offset_minutes).await?;
        let (layout, rgba) = draw(Figure::Lines(chart), paper).await?;
        let FigureLayout::Lines(layout) = layout else { return Err(AppError::internal("lines came back as others")) };
        Ok(Drawn { layout: CurveLayout { layout, freshness }, rgba })
    }

    /// The value of every run nearest to `x`, in the order of the runs.
    pub async fn probe_chart(&self, wanted: &CurveChart, x: f64) -> Result<Vec<CurveProbe>> {
        let chart = self.chart(wanted, false, 0).await?;
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

    async fn chart(&self, wanted: &CurveChart, dark: bool, utc_offset_min: i32) -> Result<Chart> {
        let curves = self.curves(wanted).await?;
        let (kind, curves) = (curves.kind, &curves.of_runs);
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
        Ok(Chart {
            series,
            x: XAxis {
                kind,
                range: wanted.x_range.filter(|_| wanted.x_range_of == kind),
                utc_offset_min,
                ..XAxis::default()
            },
            y: YAxis {
                scale: if wanted.y_log { Scale::Log } else { Scale::Linear },
                range: None,
                with_outliers: wanted.with_outliers,
            },
            smoothing: Smoothing { kind: wanted.smoothing_kind, weight: wanted.smoothing.clamp(0.0, 0.999) },
            show_raw: wanted.smoothing > 0.0,
            highlighted: wanted
                .highlighted
                .as_ref()
                .and_then(|highlighted| wanted.runs.iter().position(|run| run.run == *highlighted)),
            ..Chart::default()
        })
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
            runs: wanted.runs.iter().map(|run| run.run.clone()).collect(),
        };
        let mut histories = vec![None; name.runs.len()];
        for of in by_profile(&name.runs) {
            let connection = self.connection(of.profile_id).await?;
            let found = self.cache.histories(connection.source, &of.run_ids, &name.key).await?;
            for (place, history) in of.places.into_iter().zip(found) {
                if let Some(slot) = histories.get_mut(place) {
                    *slot = history;
                }
            }
        }
        let kind = axis_of(&histories, wanted.x_axis);
        let points = |history: Option<_>| history.map_or_else(Points::default, |history| points(&history, kind));
        let curves = Arc::new(Curves { kind, of_runs: histories.into_iter().map(points).collect() });
        self.recent_curves.put(generation, name, curves.clone());
        Ok(curves)
    }
}

/// The points of a chart's runs, and what their x is.
struct Curves {
    kind: XKind,
    of_runs: Vec<Points>,
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
    runs: Vec<RunRef>,
}

impl CurvesName {
    fn is_of(&self, wanted: &CurveChart) -> bool {
        (&self.key, self.x_axis) == (&wanted.key, wanted.x_axis)
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
