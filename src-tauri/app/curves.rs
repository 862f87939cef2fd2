//! From runs and a metric to a chart that can be drawn: histories from the cache as series.

use std::collections::HashSet;
use std::sync::Arc;

use serde::Serialize;
use specta::Type;

use super::by_profile::by_profile;
use super::curve_chart::{CurveChart, CurveRun};
use super::drawing::{Drawn, Paper, draw};
use super::groups::{CurveGroup, GroupAggregate, GroupProbe};
use super::points::{LeftOut, Points};
use super::read_curves::{CurveDifference, Curves, CurvesName};
use super::recent::Recent;
use super::{App, blocking};
use crate::charts::{
    self, Chart, Ends, Figure, FigureLayout, GroupCurve, PALETTE, Scale, Series, Smoothing, XAxis, YAxis,
};
use crate::entities::{MetricValue, RunRef};
use crate::error::{AppError, Result};
use crate::sync::{Freshness, Scope};

/// What a drawing says about itself, and how fresh its curves are: a chart without points has none only if they were
/// all read.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CurveLayout {
    #[serde(flatten)]
    pub layout: charts::Layout,
    /// What has no place over the metric that is x, since that has no value there: before its first one, or where it
    /// is not a finite number.
    pub without_x: LeftOut,
    /// What of a formula is left out, since another of its metrics has no point there.
    pub without_part: LeftOut,
    /// Runs that have points to draw.
    pub runs_with_points: u32,
    /// Of curves that are drawn minus a baseline.
    pub difference: Option<CurveDifference>,
    /// The groups of the chart, in order; where each is one curve, one for each series.
    pub groups: Vec<CurveGroup>,
    /// The colours of the runs as they are drawn, red, green and blue, where they are by a value; none: each has its own.
    pub inks: Option<Vec<[u8; 3]>>,
    /// In so many bins of x its groups are put together, where each x that a run has a point at would be too many.
    pub bins: Option<u32>,
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

impl CurveProbe {
    fn of(run: &RunRef, charts::Probe { x, y, y_smoothed }: charts::Probe) -> Self {
        Self { run: run.clone(), x, value: MetricValue(y), smoothed: MetricValue(y_smoothed) }
    }
}

impl App {
    /// The frame of a chart, drawn off the async threads.
    pub async fn draw_chart(&self, wanted: &CurveChart, paper: Paper) -> Result<Drawn<CurveLayout>> {
        let mut freshness = Vec::new();
        for of in by_profile(wanted.read_runs()) {
            let connection = self.connection(of.profile_id).await?;
            let scope = Scope::Histories { run_ids: of.run_ids, keys: wanted.metrics() };
            freshness.push(connection.freshness(&scope).await?);
        }
        let freshness = Freshness::joined(freshness);
        let Prepared { mut chart, of, groups, curves } = self.chart(wanted, paper.dark).await?;
        let in_bins = curves.iter().flat_map(|of| of.iter()).find(|curve| curve.in_bins);
        let bins = in_bins.map(|curve| u32::try_from(curve.x.len()).unwrap_or(u32::MAX));
        let by_value = wanted.color_by.is_some() && wanted.groups.is_none();
        let inks = by_value.then(|| chart.series.iter().map(|series| series.color).collect());
        chart.x.utc_offset_min = paper.utc_offset_minutes;
        let (layout, rgba) = draw(Figure::Lines(chart), paper).await?;
        let FigureLayout::Lines(layout) = layout else { return Err(AppError::internal("lines came back as others")) };
        let Curves { without_x, without_part, difference, .. } = *of;
        let runs_with_points = of.of_runs.iter().map(|points| u32::from(!points.x.is_empty())).sum();
        let layout = CurveLayout {
            layout,
            without_x,
            without_part,
            runs_with_points,
            difference,
            groups,
            inks,
            bins,
            freshness,
        };
        Ok(Drawn { layout, rgba })
    }

    /// The value nearest to `x` of every run, in the order of the runs; nothing where groups are curves.
    pub async fn probe_chart(&self, wanted: &CurveChart, x: f64) -> Result<Vec<CurveProbe>> {
        let Prepared { chart, curves: None, .. } = self.chart(wanted, false).await? else { return Ok(Vec::new()) };
        let probes = blocking(move || charts::probe(&chart, x)).await?;
        let runs = wanted.runs.iter().map(|run| &run.run);
        Ok(runs.zip(probes).filter_map(|(run, probe)| Some(CurveProbe::of(run, probe?))).collect())
    }

    /// The value of one run nearest to `x` in each of these charts, none where it has none. The charts' own runs do not
    /// matter.
    pub async fn glance(&self, run: &RunRef, charts: &[CurveChart], x: f64) -> Result<Vec<Option<CurveProbe>>> {
        let mut probes = Vec::with_capacity(charts.len());
        for wanted in charts {
            let only = CurveRun { run: run.clone(), dash: 0 };
            let wanted = CurveChart { runs: vec![only], ..wanted.clone() };
            // What keeps a chart from being drawn is said by the chart.
            let Ok((place, curves)) = self.drawn_curves(&wanted, run).await else {
                probes.push(None);
                continue;
            };
            let smoothing = wanted.smoothing();
            let probed = blocking(move || {
                let Points { x: xs, y, breaks } = &curves.of_runs[place];
                let series = Series { x: xs.clone(), y: y.clone(), breaks: breaks.clone(), ..Series::default() };
                charts::probe(&Chart { series: vec![series], smoothing, ..Chart::default() }, x).into_iter().next()
            });
            probes.push(probed.await?.flatten().map(|probe| CurveProbe::of(run, probe)));
        }
        Ok(probes)
    }

    /// The curves that one of the run is among, and its place: of a chart that was drawn, or read for it alone.
    async fn drawn_curves(&self, of_run: &CurveChart, run: &RunRef) -> Result<(usize, Arc<Curves>)> {
        let name = CurvesName::of(of_run);
        let drawn = self.recent_curves.of_runs.find(|of| of.place_of(run, &name));
        match drawn {
            Some(drawn) => Ok(drawn),
            None => Ok((0, self.curves(of_run).await?)),
        }
    }

    /// What every group that is a curve says nearest to `x`, in the order of the groups; those without a value there
    /// are left out.
    pub async fn probe_groups(&self, wanted: &CurveChart, x: f64) -> Result<Vec<GroupProbe>> {
        let Prepared { groups, curves: Some(curves), .. } = self.chart(wanted, false).await? else {
            return Ok(Vec::new());
        };
        let probe = |(group, curve): (CurveGroup, &GroupCurve)| {
            let at = charts::nearest_index(&curve.x, x)?;
            let value = |column: &[f64]| MetricValue(column.get(at).copied().unwrap_or(f64::NAN));
            let probe = GroupProbe {
                x: curve.x[at],
                value: value(&curve.y),
                low: value(&curve.band.low),
                high: value(&curve.band.high),
                runs: curve.counts.get(at).copied().unwrap_or_default(),
                name: group.name,
                color: group.color,
                dash: group.dash,
            };
            Some(probe).filter(|probe| !probe.value.0.is_nan())
        };
        Ok(groups.into_iter().zip(curves.iter()).filter_map(probe).collect())
    }

    /// The curves before they are drawn, named by their run's id or by their group.
    pub(super) async fn chart(&self, wanted: &CurveChart, dark: bool) -> Result<Prepared> {
        let curves = self.curves(wanted).await?;
        let runs: Vec<RunRef> = wanted.runs.iter().map(|run| run.run.clone()).collect();
        let groups = match &wanted.groups {
            Some(grouping) => self.groups(&runs, &grouping.by, |place| !curves.of_runs[place].x.is_empty()).await?,
            None => Vec::new(),
        };
        let looks: Vec<(u8, u8)> = if wanted.groups.is_some() {
            looks_of_groups(runs.len(), &groups)
        } else {
            self.color_runs(&runs).await.into_iter().zip(wanted.runs.iter().map(|run| run.dash)).collect()
        };
        let inks = match &wanted.color_by {
            Some(by) if wanted.groups.is_none() => Some(self.inks(&runs, by, dark).await?),
            _ => None,
        };
        let of_runs = runs.iter().zip(&curves.of_runs).zip(looks).zip(0..);
        let of_runs = of_runs.map(|(((run, Points { x, y, breaks }), look), place)| {
            let plain = series(&run.run_id, look, dark);
            let ink = inks.as_ref().and_then(|inks| inks.get(place)).copied();
            Series {
                x: x.clone(),
                y: y.clone(),
                breaks: breaks.clone(),
                color: ink.unwrap_or(plain.color),
                // Dashes tell runs of one colour apart; here the colour is no run's own.
                dash: if ink.is_some() { 0 } else { plain.dash },
                ..plain
            }
        });
        let chart = Chart {
            series: of_runs.collect(),
            x: XAxis {
                kind: curves.kind,
                scale: wanted.x_scale,
                range: wanted.x_range.filter(|_| wanted.x_range_of == curves.kind),
                ends: if wanted.x_axis == curves.kind { wanted.x_ends } else { Ends::default() },
                ..XAxis::default()
            },
            y: YAxis {
                scale: wanted.y_scale,
                range: wanted.y_range,
                ends: wanted.y_ends,
                with_outliers: wanted.with_outliers,
            },
            smoothing: wanted.smoothing(),
            show_raw: wanted.smoothing > 0.0,
            highlighted: wanted.highlighted.as_ref().and_then(|of| runs.iter().position(|run| run == of)),
            ..Chart::default()
        };
        let prepared = Prepared { chart, of: curves, groups, curves: None };
        match wanted.groups.as_ref().and_then(|grouping| grouping.aggregate) {
            Some(how) => self.group(prepared, how, dark).await,
            None => Ok(prepared),
        }
    }

    /// Takes the place of a chart of runs: one curve for each group.
    async fn group(&self, prepared: Prepared, how: GroupAggregate, dark: bool) -> Result<Prepared> {
        let Prepared { mut chart, of, groups, .. } = prepared;
        let whole = Chart { x: XAxis { range: None, ends: Ends::default(), ..chart.x.clone() }, ..chart.clone() };
        let mut curves = self.group_curves(whole, &of, &groups, how).await?;
        // Of a part of x, more of what is told apart by x can be shown than of all of it.
        if chart.x.is_part() && curves.iter().any(|curve| curve.in_bins) {
            curves = self.group_curves(chart.clone(), &of, &groups, how).await?;
        }
        let highlighted = chart.highlighted;
        chart.highlighted = highlighted.and_then(|run| groups.iter().position(|of| of.places().contains(&run)));
        // The curves of the runs were smoothed before they were put together.
        chart.smoothing = Smoothing::default();
        let of_groups = groups.iter().zip(curves.iter()).map(|(group, curve)| Series {
            x: curve.x.clone(),
            y: curve.y.clone(),
            band: Some(curve.band.clone()),
            ..series(&group.name, (group.color, group.dash), dark)
        });
        chart.series = of_groups.collect();
        Ok(Prepared { chart, of, groups, curves: Some(curves) })
    }

    /// One curve for each group of what `runs` shows of x.
    async fn group_curves(
        &self,
        runs: Chart,
        of: &Arc<Curves>,
        groups: &[CurveGroup],
        how: GroupAggregate,
    ) -> Result<Arc<Vec<GroupCurve>>> {
        let (smoothing, shown, scale) = (runs.smoothing, (runs.x.range, runs.x.ends), runs.x.scale);
        let groups: Vec<Vec<usize>> = groups.iter().map(CurveGroup::places).collect();
        let question = GroupsQuestion { curves: of.clone(), groups, how, smoothing, shown, scale };
        let generation = self.recent_curves.groups.generation();
        if let Some(curves) = self.recent_curves.groups.get(&question) {
            return Ok(curves);
        }
        let places = question.groups.clone();
        let curves = Arc::new(blocking(move || charts::aggregate(&runs, &places, &how.into())).await?);
        self.recent_curves.groups.put(generation, question, curves.clone());
        Ok(curves)
    }
}

/// A chart that can be drawn, and what it is made of.
pub(super) struct Prepared {
    pub chart: Chart,
    /// Of the runs.
    of: Arc<Curves>,
    pub groups: Vec<CurveGroup>,
    /// Of the groups, where each is one curve.
    pub curves: Option<Arc<Vec<GroupCurve>>>,
}

/// The colour and dash of each run by its group.
fn looks_of_groups(runs: usize, groups: &[CurveGroup]) -> Vec<(u8, u8)> {
    let mut looks = vec![(0, 0); runs];
    for group in groups {
        for place in group.places() {
            if let Some(look) = looks.get_mut(place) {
                *look = (group.color, group.dash);
            }
        }
    }
    looks
}

/// A series without points.
fn series(name: &str, (color, dash): (u8, u8), dark: bool) -> Series {
    let color = PALETTE[usize::from(color) % PALETTE.len()];
    Series { name: name.to_owned(), color: if dark { color.dark } else { color.light }, dash, ..Series::default() }
}

/// What the curves of groups are made of.
struct GroupsQuestion {
    curves: Arc<Curves>,
    groups: Vec<Vec<usize>>,
    how: GroupAggregate,
    smoothing: Smoothing,
    /// The shown part of x.
    shown: (Option<(f64, f64)>, Ends),
    /// Of x.
    scale: Scale,
}

impl PartialEq for GroupsQuestion {
    fn eq(&self, other: &Self) -> bool {
        let rest = |of: &Self| (of.how, of.smoothing, of.shown, of.scale);
        Arc::ptr_eq(&self.curves, &other.curves) && self.groups == other.groups && rest(self) == rest(other)
    }
}

/// The curves of the charts on screen.
#[derive(Default)]
pub(super) struct RecentCurves {
    pub of_runs: Recent<CurvesName, Curves>,
    groups: Recent<GroupsQuestion, Vec<GroupCurve>>,
}

impl RecentCurves {
    pub(super) fn clear(&self) {
        self.of_runs.clear();
        self.groups.clear();
    }

    /// The histories of these metrics of these runs have changed.
    pub(super) fn forget(&self, profile_id: &str, run_ids: &[String], keys: &[String]) {
        let run_ids: HashSet<&String> = run_ids.iter().collect();
        let is_changed = |run: &RunRef| run.profile_id == profile_id && run_ids.contains(&run.run_id);
        let dropped = self.of_runs.forget(|of| of.is_of_any(keys) && of.read_runs().any(is_changed));
        self.groups.forget(|of| dropped.iter().any(|curves| Arc::ptr_eq(curves, &of.curves)));
    }
}
