//! How the values of runs are distributed, group by group: as boxes, violins, a histogram, or the share of runs that is
//! at least as good.
//!
//! The numbers come from `summary`, `density`, `bins` and `edf`, which know nothing of pictures. Boxes and violins
//! stand in `slots`, one for each group; histograms and shares are drawn over one `plane`. A `sample` is the values of a
//! group, and `swarm` keeps points beside each other apart.

mod bins;
mod boxes;
mod density;
mod edf;
mod histogram;
mod plane;
mod sample;
mod shares;
mod slots;
mod summary;
mod swarm;
mod violins;

use plotters::prelude::DrawingBackend;
use serde::{Deserialize, Serialize};

use super::DrawError;
use super::canvas::{Canvas, Surface};
use super::clip::Point;
use super::dimension::{Dimension, DimensionLayout, Domain, LaneCount, Scaled};
use super::layout::{Note, Rect};
use super::theme::Theme;
pub use edf::{Edf, edf};
pub use sample::largest;
use sample::{Sample, samples};
pub use summary::Summary;

/// The values of one column of runs, in groups.
#[derive(Clone, Debug)]
pub struct DistributionChart {
    /// Drawn above the plot. The window shows its own title and leaves this empty; exports set it.
    pub title: Option<String>,
    pub form: DistributionForm,
    /// Categories have no distribution: nothing is drawn of them.
    pub value: Dimension,
    /// In the order in which they stand. Where not all have room, those with the most values are drawn.
    pub groups: Vec<DistributionGroup>,
    /// The groups of a histogram lie over each other instead of being stacked.
    pub overlaid: bool,
    /// Shares are of runs that have a value or more, not of those that have it or less.
    pub more_is_better: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub enum DistributionForm {
    /// The median in a box between the quartiles, whiskers, and every value that is far from the others as a point.
    #[default]
    Box,
    /// How dense the values lie, to both sides of a line, with the quartiles.
    Violin,
    /// How many values lie in each of some ranges.
    Histogram,
    /// The empirical distribution function.
    Edf,
}

#[derive(Clone, Debug)]
pub struct DistributionGroup {
    /// Empty where all runs are one group.
    pub name: String,
    /// An index into the palette.
    pub color: u8,
    /// 0 is a solid line; others tell groups of one colour apart.
    pub dash: u8,
    /// Places among the runs of the chart.
    pub runs: Vec<u32>,
}

/// Where everything is, and what the shapes are made of.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct DistributionLayout {
    pub width_px: f64,
    pub height_px: f64,
    pub plot: Rect,
    pub form: DistributionForm,
    /// The axis of the values that are drawn, and what no axis has a place for, of all runs.
    pub value: DimensionLayout,
    /// The values go from left to right; otherwise from the bottom up.
    pub lies: bool,
    /// Those that are drawn, in the order in which they stand.
    pub groups: Vec<GroupNumbers>,
    pub groups_total: u32,
    pub runs_total: u32,
    /// Of a histogram only.
    pub bins: Vec<DistributionBin>,
    /// What can be pointed at as a whole: the bins of a histogram, otherwise the groups.
    pub stops: Vec<DistributionStop>,
    /// Where each value stands, in tenths of a pixel from the left and from the top: stop by stop, ascending in each.
    pub x_tenths: Vec<i32>,
    pub y_tenths: Vec<i32>,
    /// The marks that are drawn as points of their own; none: all of them. The others are inside a shape.
    pub points: Option<Vec<u32>>,
    /// The run of each mark, as its place among the runs of the chart.
    #[serde(skip)]
    pub marks: Vec<u32>,
    /// Why nothing is there, if nothing is.
    pub note: Option<Note>,
}

/// What is known of the values of a group.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct GroupNumbers {
    pub name: String,
    /// An index into the palette.
    pub color: u8,
    /// How many runs have a value that has a place on the axis.
    pub values: u32,
    /// Those that have none.
    pub lanes: Vec<LaneCount>,
    /// None without any value.
    pub summary: Option<Summary>,
}

/// The values from `from` to `to`; the latter only in the last bin.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct DistributionBin {
    pub from: f64,
    pub to: f64,
    /// One for each group.
    pub counts: Vec<u32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct DistributionStop {
    pub rect: Rect,
    /// Its marks are this one and those after it.
    pub first_mark: u32,
    pub marks: u32,
}

/// What a form draws of the samples.
struct Drawn {
    plot: Rect,
    lies: bool,
    bins: Vec<DistributionBin>,
    stops: Vec<DistributionStop>,
    marks: Vec<Mark>,
}

/// The value of a run, and where it is in the picture.
#[derive(Clone, Copy)]
struct Mark {
    run: u32,
    at: Point,
    is_point: bool,
}

pub fn draw<B: DrawingBackend>(
    chart: &DistributionChart,
    theme: &Theme,
    canvas: Canvas<B>,
) -> Result<DistributionLayout, DrawError> {
    let size_px = canvas.size_px();
    let all = chart.value.scaled(0.0);
    let mut samples = samples(chart);
    let groups_total = count(samples.len());
    let plan = match chart.form {
        DistributionForm::Box | DistributionForm::Violin => {
            Plan::Slots(slots::Form::of(chart, theme, size_px, &samples))
        }
        DistributionForm::Histogram | DistributionForm::Edf => Plan::Plane,
    };
    sample::keep_largest(&mut samples, plan.most());
    let shown = Dimension { values: sample::values_of(&samples), ..chart.value.clone() };
    let scaled = shown.scaled(plan.air());
    samples.iter_mut().for_each(|sample| sample.place_on(&scaled.axis));
    let note = note(chart, &samples);

    let surface = canvas.open(&theme.surface)?;
    let picture = Picture { chart, theme, size_px, samples: &samples, scaled: &scaled, groups_total, note };
    let drawn = match plan {
        Plan::Slots(form) => draw_in_slots(&picture, &slots::draw(&picture, form, &surface)?, &surface)?,
        Plan::Plane if chart.form == DistributionForm::Histogram => histogram::draw(&picture, &surface)?,
        Plan::Plane => shares::draw(&picture, &surface)?,
    };
    surface.finish()?;

    let Drawn { plot, lies, bins, stops, marks } = drawn;
    let tenths = |px: f64| (px * 10.0).round() as i32;
    let points: Vec<u32> = (0..).zip(&marks).filter(|(_, mark)| mark.is_point).map(|(at, _)| at).collect();
    Ok(DistributionLayout {
        width_px: size_px.0,
        height_px: size_px.1,
        plot,
        form: chart.form,
        value: DimensionLayout { axis: scaled.axis, ..all.layout() },
        lies,
        groups: samples.iter().map(|sample| sample.numbers(&scaled.axis)).collect(),
        groups_total,
        runs_total: count(chart.value.values.len()),
        bins,
        stops,
        x_tenths: marks.iter().map(|mark| tenths(mark.at.0)).collect(),
        y_tenths: marks.iter().map(|mark| tenths(mark.at.1)).collect(),
        points: Some(points).filter(|points| points.len() < marks.len()),
        marks: marks.iter().map(|mark| mark.run).collect(),
        note,
    })
}

fn draw_in_slots<B: DrawingBackend>(
    picture: &Picture,
    slots: &slots::Slots,
    surface: &Surface<B>,
) -> Result<Drawn, DrawError> {
    let Picture { chart, theme, samples, scaled: Scaled { axis, .. }, .. } = picture;
    let (mut marks, mut stops) = (Vec::new(), Vec::new());
    for (slot, sample) in samples.iter().enumerate() {
        let first_mark = count(marks.len());
        let color = theme.palette[usize::from(sample.group.color) % theme.palette.len()];
        let of_slot: Vec<Mark> = match chart.form {
            DistributionForm::Violin => violins::draw(surface, slots, slot, sample, axis, color, theme)?,
            _ => boxes::draw(surface, slots, slot, sample, axis, color, theme)?,
        };
        stops.push(DistributionStop { rect: slots.rect(slot), first_mark, marks: count(of_slot.len()) });
        marks.extend(of_slot);
    }
    Ok(Drawn { plot: slots.plot, lies: slots.lies, bins: Vec::new(), stops, marks })
}

/// The numbers of all groups, with or without room in a picture.
pub fn numbers(chart: &DistributionChart) -> Vec<GroupNumbers> {
    let axis = chart.value.scaled(0.0).axis;
    samples(chart).iter().map(|sample| sample.numbers(&axis)).collect()
}

/// The bins of the values of all groups.
pub fn bins(chart: &DistributionChart) -> Vec<DistributionBin> {
    histogram::bins_of(&samples(chart), &chart.value.scaled(0.0).axis)
}

/// The steps of all groups.
pub fn steps(chart: &DistributionChart) -> Vec<Edf> {
    samples(chart).iter().map(|sample| edf(&sample.values(), chart.more_is_better)).collect()
}

/// What all forms are drawn from.
struct Picture<'a> {
    chart: &'a DistributionChart,
    theme: &'a Theme,
    size_px: (f64, f64),
    samples: &'a [Sample<'a>],
    scaled: &'a Scaled<'a>,
    groups_total: u32,
    note: Option<Note>,
}

enum Plan {
    Slots(slots::Form),
    Plane,
}

impl Plan {
    /// So many groups are drawn at most.
    fn most(&self) -> usize {
        match self {
            Self::Slots(form) => form.most,
            Self::Plane => plane::MOST_GROUPS,
        }
    }

    /// The share of the axis beyond the values, at either end.
    fn air(&self) -> f64 {
        match self {
            Self::Slots(_) => 0.05,
            Self::Plane => 0.02,
        }
    }
}

fn note(chart: &DistributionChart, samples: &[Sample]) -> Option<Note> {
    let has_values = samples.iter().any(|sample| !sample.entries.is_empty());
    let is_text = matches!(chart.value.domain, Domain::Categories(_));
    let is_logged = || chart.value.values.iter().any(Option::is_some);
    (!has_values).then(|| if !is_text && is_logged() { Note::NoFinitePoints } else { Note::NoPoints })
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
