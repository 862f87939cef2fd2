//! Decides where everything goes, before anything is drawn: axes, ticks, margins, legend.

use super::layout::{Axis, Note, Outliers, Rect};
use super::scale::{axis_around, axis_asked, with_ends};
use super::spec::{Chart, Scale, XKind};
use super::text::{fitted, width_px};
use super::theme::Theme;
use super::ticks::{Tick, number_ticks};
use super::time::{duration_ticks, time_ticks};
use super::trace::{Trace, x_extent};

/// Where everything goes, in CSS pixels.
pub struct Plan {
    pub plot: Rect,
    pub x: Axis,
    pub y: Axis,
    pub x_ticks: Vec<Tick>,
    pub y_ticks: Vec<Tick>,
    /// Half way up the title's letters, if there is one.
    pub title_y: f64,
    pub legend: Vec<LegendEntry>,
    /// Left edge of title and legend.
    pub left: f64,
    /// Half way up the labels under the plot.
    pub x_label_y: f64,
    /// Too small for words: only curves are drawn.
    pub is_bare: bool,
}

/// A name in the legend. `series` is none for the last entry if it only counts those that had no room.
pub struct LegendEntry {
    pub series: Option<usize>,
    pub text: String,
    pub x: f64,
    pub y: f64,
}

pub const LEGEND_LINE_PX: f64 = 14.0;
const LEGEND_ROW_PX: f64 = 18.0;
/// Between the two lines of text under a plot.
pub const BELOW_PX: f64 = 13.0;

/// The axis of x: what was asked for, or all there is.
pub fn x_axis(chart: &Chart) -> Axis {
    let is_log = chart.x.scale == Scale::Log && chart.x.kind != XKind::Time;
    let scale = if is_log { Scale::Log } else { Scale::Linear };
    if let Some(axis) = axis_asked(chart.x.range, scale) {
        return axis;
    }
    let extents = chart.series.iter().filter_map(|s| x_extent(s, scale));
    let all = extents.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let axis = match (all, scale) {
        (Some((low, high)), Scale::Linear) if low == high && chart.x.kind != XKind::Metric => {
            let around: f64 = if matches!(chart.x.kind, XKind::Step | XKind::Order) { 1.0 } else { 30_000.0 };
            // Next to a very large value, so small a distance is nothing.
            let around = around.max(low.abs() * 1e-9);
            Axis { min: low - around, max: low + around, scale }
        }
        (Some((low, high)), _) => axis_around(low, high, scale, 0.0),
        (None, Scale::Linear | Scale::Symlog) => Axis { min: 0.0, max: 1.0, scale },
        (None, Scale::Log) => Axis { min: 1.0, max: 10.0, scale },
    };
    with_ends(axis, chart.x.ends)
}

/// The axis of y: what was asked for, or what the traces show (of that, the rest beside outliers) and a little air.
pub fn y_axis(chart: &Chart, traces: &[Trace], outliers: Option<&Outliers>) -> Axis {
    const AIR: f64 = 0.05;
    let scale = chart.y.scale;
    if let Some(axis) = axis_asked(chart.y.range, scale) {
        return axis;
    }
    let rest = outliers.filter(|_| !chart.y.with_outliers).map(|of| (of.rest_low, of.rest_high));
    let extents = traces.iter().filter_map(|t| t.counts.extent);
    let axis = match (rest.or_else(|| extents.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))), scale) {
        (Some((low, high)), _) => {
            let axis = axis_around(low, high, scale, AIR);
            // A metric that is never negative gets no room below zero.
            let from_zero = scale != Scale::Log && low >= 0.0 && high > low && axis.min < 0.0;
            if from_zero { Axis { min: 0.0, ..axis } } else { axis }
        }
        (None, Scale::Linear | Scale::Symlog) => Axis { min: 0.0, max: 1.0, scale },
        (None, Scale::Log) => Axis { min: 0.1, max: 1.0, scale },
    };
    with_ends(axis, chart.y.ends)
}

/// Why nothing is there, if nothing is.
pub fn note(chart: &Chart, traces: &[Trace]) -> Option<Note> {
    if traces.iter().any(|t| t.counts.extent.is_some()) {
        return None;
    }
    if chart.series.iter().all(|s| s.is_empty()) {
        return Some(Note::NoPoints);
    }
    let drawable = |s: &super::spec::Series| {
        let mut pairs = s.x.iter().zip(s.y.iter());
        pairs.any(|(&x, &y)| chart.x.scale.has_place_for(x) && chart.y.scale.has_place_for(y))
    };
    Some(if chart.series.iter().any(drawable) { Note::NothingInRange } else { Note::NoFinitePoints })
}

/// Too small for words.
pub fn is_bare((width_px, height_px): (f64, f64)) -> bool {
    width_px < 120.0 || height_px < 72.0
}

/// Lays out a chart of this size around its axes.
pub fn arrange(chart: &Chart, theme: &Theme, size_px: (f64, f64), x: Axis, y: Axis, note: Option<Note>) -> Plan {
    let (width, height) = size_px;
    let is_bare = is_bare(size_px);
    // Numbers beside an empty plot would be made up.
    let has_ticks = !is_bare && matches!(note, None | Some(Note::NothingInRange));
    let has_head = !is_bare && (chart.title.is_some() || chart.legend);
    let pad = if has_head { 12.0 } else { 2.0 };
    let mut top = if has_head { 12.0 } else { 8.0 };
    let title_y = top + theme.title_px * 0.5;
    if chart.title.is_some() && has_head {
        top += theme.title_px + 9.0;
    }
    let legend = if chart.legend && has_head { legend(chart, theme, size_px, pad, top) } else { Vec::new() };
    if let Some(last) = legend.last() {
        top = last.y + LEGEND_ROW_PX * 0.5 + 6.0;
    } else if has_head {
        top += 4.0;
    }
    let label_px = theme.label_px;
    let room_below = if is_bare { 2.0 } else { label_px + 11.0 };
    let has_days = chart.x.kind == XKind::Time;
    let has_word = !is_bare && chart.x.label.is_some();
    let below = room_below + if !is_bare && (has_days || has_word) { BELOW_PX } else { 0.0 };
    let bottom = height - below - if has_head { 6.0 } else { 0.0 };
    let plot_height = (bottom - top).max(8.0);
    let y_ticks = if has_ticks { number_ticks(&y, (plot_height / 26.0) as usize, false) } else { Vec::new() };
    let widest = y_ticks.iter().map(|t| width_px(&t.label, label_px, false)).fold(0.0, f64::max);
    // In steps of four, so that charts beside each other have their plots at the same place more often.
    let left = if is_bare { 2.0 } else { pad + ((widest + 10.0).max(36.0) / 4.0).ceil() * 4.0 };
    let right = if is_bare { 2.0 } else { 14.0 };
    let plot = Rect { x: left, y: top, width: (width - left - right).max(8.0), height: plot_height };
    let x_ticks = if has_ticks { x_ticks_that_fit(chart, &x, plot.width, label_px) } else { Vec::new() };
    Plan {
        plot,
        x,
        y,
        x_ticks,
        y_ticks,
        title_y,
        legend,
        left: pad,
        x_label_y: plot.bottom() + 7.0 + label_px * 0.5,
        is_bare,
    }
}

fn x_ticks_that_fit(chart: &Chart, axis: &Axis, room_px: f64, label_px: f64) -> Vec<Tick> {
    ticks_that_fit(axis, room_px, label_px, |wanted| match chart.x.kind {
        XKind::Step | XKind::Order => number_ticks(axis, wanted, axis.scale == Scale::Linear),
        XKind::Metric => number_ticks(axis, wanted, false),
        XKind::Time => time_ticks(axis, wanted, chart.x.utc_offset_min),
        XKind::Relative => duration_ticks(axis, wanted),
    })
}

/// As many ticks beside each other as have room for their labels; `ticks_of` makes about so many.
pub fn ticks_that_fit(axis: &Axis, room_px: f64, label_px: f64, ticks_of: impl Fn(usize) -> Vec<Tick>) -> Vec<Tick> {
    const GAP_PX: f64 = 18.0;
    let half = |t: &Tick| {
        let below = t.below.as_ref().map_or(0.0, |b| width_px(b, label_px, false));
        width_px(&t.label, label_px, false).max(below) / 2.0
    };
    let fits = |ticks: &[Tick]| {
        ticks.windows(2).all(|w| {
            let apart = (axis.position(w[1].value) - axis.position(w[0].value)) * room_px;
            apart >= half(&w[0]) + half(&w[1]) + GAP_PX
        })
    };
    let most = ((room_px / 64.0) as usize).max(2);
    let ticks = (2..=most).rev().map(&ticks_of).find(|ticks| fits(ticks));
    // One number does not say how long the axis is: where labels are short, more of them fit.
    let more = || (most + 1..=most + 3).map(&ticks_of).find(|ticks| ticks.len() > 1 && fits(ticks));
    let ticks = match ticks {
        Some(ticks) if ticks.len() > 1 => Some(ticks),
        one => more().or(one),
    };
    ticks.unwrap_or_else(|| ticks_of(2).into_iter().take(1).collect())
}

/// Names in rows, as many as there is room for in a third of the height.
fn legend(chart: &Chart, theme: &Theme, size_px: (f64, f64), left: f64, top: f64) -> Vec<LegendEntry> {
    const NAME_PX: f64 = 220.0;
    const GAP_PX: f64 = 16.0;
    let right = size_px.0 - left;
    let rows = (size_px.1 / 3.0 / LEGEND_ROW_PX).floor().max(1.0);
    let last_y = top + LEGEND_ROW_PX * (rows - 0.5);
    let mut entries: Vec<LegendEntry> = Vec::new();
    let (mut x, mut y) = (left, top + LEGEND_ROW_PX * 0.5);
    for (index, series) in chart.series.iter().enumerate() {
        let text = fitted(&series.name, NAME_PX, theme.label_px).into_owned();
        let width = LEGEND_LINE_PX + 6.0 + width_px(&text, theme.label_px, false);
        if x > left && x + width > right {
            (x, y) = (left, y + LEGEND_ROW_PX);
        }
        if y > last_y {
            // The last name gives its place to the number of those that are missing.
            if let Some(entry) = entries.last_mut() {
                *entry = LegendEntry { series: None, text: format!("+{}", chart.series.len() - index + 1), ..*entry };
            }
            break;
        }
        entries.push(LegendEntry { series: Some(index), text, x, y });
        x += width + GAP_PX;
    }
    entries
}
