//! One value of every run: where it stands along an axis, or in a lane beside it where the axis has no place for it.

use std::sync::Arc;

use serde::Serialize;

use super::layout::Axis;
use super::plan::ticks_that_fit;
use super::scale::axis_around;
use super::spec::Scale;
use super::text::fitted;
use super::ticks::{Tick, number_ticks, short};
use super::time::{date, duration, duration_ticks, time_ticks};

/// One column of values, one for each run of a chart.
#[derive(Clone, Debug)]
pub struct Dimension {
    pub label: String,
    pub domain: Domain,
    /// `None` is a run that has no value; NaN and infinities are values. Of categories: indices into their names.
    pub values: Arc<[Option<f64>]>,
}

/// What the values are.
#[derive(Clone, Debug)]
pub enum Domain {
    Numbers(Scale),
    /// Milliseconds since 1970-01-01 UTC, and the minutes that local time is ahead of that.
    Time(i32),
    /// Milliseconds.
    Durations(Scale),
    /// Each has its own place, in this order, however many there are.
    Categories(Arc<[String]>),
}

/// Where the values without a place on the axis are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub enum Lane {
    /// Of runs that have no value.
    None,
    Nan,
    Infinite,
    /// Zero and negative values, beside a logarithmic axis.
    NonPositive,
}

/// A lane that is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct LaneCount {
    pub lane: Lane,
    pub runs: u32,
}

impl LaneCount {
    pub fn word(&self) -> String {
        let word = match self.lane {
            Lane::None => "none",
            Lane::Nan => "NaN",
            Lane::Infinite => "∞",
            Lane::NonPositive => "≤ 0",
        };
        format!("{word} ×{}", self.runs)
    }
}

/// What an axis of a chart means.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct DimensionLayout {
    pub label: String,
    /// Of categories: half before the first index to half behind the last.
    pub axis: Axis,
    /// How many categories there are; none for numbers.
    pub categories: Option<u32>,
    /// What they are called, in their order; none where they are too many for people to choose among.
    pub names: Option<Vec<String>>,
    pub lanes: Vec<LaneCount>,
}

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// From 0 to 1 along the axis.
    Axis(f64),
    /// By its index among the lanes of its dimension.
    Lane(usize),
}

/// A dimension and the axis that shows all its values.
pub struct Scaled<'a> {
    pub of: &'a Dimension,
    pub axis: Axis,
    /// In the order of [`Lane`].
    pub lanes: Vec<LaneCount>,
}

impl Dimension {
    /// The axis around the values, with `air` of its length at either end.
    pub fn scaled(&self, air: f64) -> Scaled<'_> {
        let mut lanes: Vec<LaneCount> = Vec::new();
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in self.values.iter() {
            match (self.lane(*value), value) {
                (None, Some(value)) => (low, high) = (low.min(*value), high.max(*value)),
                (lane, _) => {
                    let lane = lane.unwrap_or(Lane::None);
                    match lanes.iter_mut().find(|known| known.lane == lane) {
                        Some(known) => known.runs = known.runs.saturating_add(1),
                        None => lanes.push(LaneCount { lane, runs: 1 }),
                    }
                }
            }
        }
        lanes.sort_by_key(|known| known.lane);
        let scale = self.scale();
        let axis = match &self.domain {
            Domain::Categories(names) => Axis { min: -0.5, max: names.len().max(1) as f64 - 0.5, scale },
            _ if low <= high => {
                let axis = axis_around(low, high, scale, air);
                // What is never negative gets no room below zero.
                let from_zero = scale == Scale::Linear && low >= 0.0 && high > low && axis.min < 0.0;
                if from_zero { Axis { min: 0.0, ..axis } } else { axis }
            }
            _ if scale == Scale::Log => Axis { min: 0.1, max: 1.0, scale },
            _ => Axis { min: 0.0, max: 1.0, scale },
        };
        Scaled { of: self, axis, lanes }
    }

    fn scale(&self) -> Scale {
        match self.domain {
            Domain::Numbers(scale) | Domain::Durations(scale) => scale,
            Domain::Time(_) | Domain::Categories(_) => Scale::Linear,
        }
    }

    /// Where a value is that has no place on the axis.
    pub fn lane(&self, value: Option<f64>) -> Option<Lane> {
        match value {
            None => Some(Lane::None),
            Some(value) if value.is_nan() => Some(Lane::Nan),
            Some(value) if value.is_infinite() => Some(Lane::Infinite),
            Some(value) if !self.scale().has_place_for(value) => Some(Lane::NonPositive),
            // No name has this number: there is nothing to say about it.
            Some(value) if matches!(&self.domain, Domain::Categories(names) if !is_index(value, names.len())) => {
                Some(Lane::None)
            }
            Some(_) => None,
        }
    }
}

fn is_index(value: f64, count: usize) -> bool {
    value >= 0.0 && value.fract() == 0.0 && value < count as f64
}

impl Scaled<'_> {
    pub fn layout(&self) -> DimensionLayout {
        const MOST_NAMED: usize = 200;
        let names = match &self.of.domain {
            Domain::Categories(names) => Some(names),
            Domain::Numbers(_) | Domain::Time(_) | Domain::Durations(_) => None,
        };
        DimensionLayout {
            label: self.of.label.clone(),
            axis: self.axis,
            categories: names.map(|names| u32::try_from(names.len()).unwrap_or(u32::MAX)),
            names: names.filter(|names| names.len() <= MOST_NAMED).map(|names| names.to_vec()),
            lanes: self.lanes.clone(),
        }
    }

    /// Where the value of a run stands; a run beyond the list has none.
    pub fn place(&self, run: usize) -> Place {
        let value = self.of.values.get(run).copied().flatten();
        match (self.of.lane(value), value) {
            (None, Some(value)) => Place::Axis(self.axis.position(value).clamp(0.0, 1.0)),
            (lane, _) => {
                let lane = lane.unwrap_or(Lane::None);
                Place::Lane(self.lanes.iter().position(|known| known.lane == lane).unwrap_or_default())
            }
        }
    }

    /// The value of a run, if the axis has a place for it.
    pub fn on_axis(&self, run: usize) -> Option<f64> {
        let value = self.of.values.get(run).copied().flatten();
        value.filter(|_| self.of.lane(value).is_none())
    }

    /// Whether any run has a place on the axis.
    pub fn has_places(&self) -> bool {
        (0..self.of.values.len()).any(|run| matches!(self.place(run), Place::Axis(_)))
    }

    /// The label, and that the scale is no ordinary one.
    pub fn words(&self) -> String {
        if self.of.scale() == Scale::Log { format!("{} · log", self.of.label) } else { self.of.label.clone() }
    }

    /// The same, and how many runs the axis has no place for, where no lanes show them.
    pub fn words_with_lanes(&self) -> String {
        let lanes = self.lanes.iter().map(LaneCount::word);
        [self.words()].into_iter().chain(lanes).collect::<Vec<String>>().join(", ")
    }

    /// One value with nothing beside it; of categories, the name.
    pub fn word(&self, value: f64) -> String {
        match &self.of.domain {
            Domain::Numbers(_) => short(value),
            Domain::Time(utc_offset_min) => date(value, *utc_offset_min),
            Domain::Durations(_) => duration(value),
            Domain::Categories(names) => names.get(value as usize).cloned().unwrap_or_default(),
        }
    }

    /// Ticks beside each other, as many as have room for their labels.
    pub fn ticks_across(&self, room_px: f64, label_px: f64) -> Vec<Tick> {
        if let Domain::Categories(names) = &self.of.domain {
            const SLOT_PX: f64 = 56.0;
            let slot = room_px / names.len().max(1) as f64;
            let every = (SLOT_PX / slot.max(1e-9)).ceil().max(1.0);
            return category_ticks(names, every as usize, slot * every - 8.0, label_px);
        }
        ticks_that_fit(&self.axis, room_px, label_px, |wanted| self.number_ticks(wanted))
    }

    /// Ticks above each other, with labels of at most `width_px`, in one line each.
    pub fn ticks_upwards(&self, room_px: f64, width_px: f64, label_px: f64) -> Vec<Tick> {
        let row_px = label_px + 3.0;
        if let Domain::Categories(names) = &self.of.domain {
            let every = (row_px * names.len() as f64 / room_px.max(1.0)).ceil().max(1.0);
            return category_ticks(names, every as usize, width_px, label_px);
        }
        let mut ticks = self.number_ticks((room_px / 26.0) as usize);
        for tick in &mut ticks {
            if let Some(below) = tick.below.take() {
                tick.label = format!("{below} {}", tick.label);
            }
        }
        ticks
    }

    /// Ticks at the values themselves, above each other, where there are only a few of them, as of what was tried in a
    /// sweep. Those that have no room beside the one below are left out.
    pub fn value_ticks(&self, room_px: f64, label_px: f64) -> Option<Vec<Tick>> {
        const FEW: usize = 8;
        if !matches!(self.of.domain, Domain::Numbers(_)) {
            return None;
        }
        let mut values: Vec<f64> = Vec::new();
        for value in self.of.values.iter().copied().filter(|value| self.of.lane(*value).is_none()).flatten() {
            if !values.contains(&value) {
                values.push(value);
            }
            if values.len() > FEW {
                return None;
            }
        }
        values.sort_by(f64::total_cmp);
        let mut reached = f64::NEG_INFINITY;
        values.retain(|value| {
            let at = self.axis.position(*value).clamp(0.0, 1.0) * room_px;
            let has_room = at - reached >= label_px + 2.0;
            reached = if has_room { at } else { reached };
            has_room
        });
        Some(values.into_iter().map(|value| Tick::new(value, short(value))).collect())
    }

    /// About so many ticks at round values; of categories there are none.
    pub fn number_ticks(&self, wanted: usize) -> Vec<Tick> {
        match self.of.domain {
            Domain::Time(utc_offset_min) => time_ticks(&self.axis, wanted, utc_offset_min),
            Domain::Durations(_) => duration_ticks(&self.axis, wanted),
            Domain::Numbers(_) | Domain::Categories(_) => number_ticks(&self.axis, wanted, false),
        }
    }
}

fn category_ticks(names: &[String], every: usize, width_px: f64, label_px: f64) -> Vec<Tick> {
    let named = names.iter().enumerate().step_by(every.max(1));
    named.map(|(index, name)| Tick::new(index as f64, fitted(name, width_px, label_px).into_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dimension(domain: Domain, values: &[Option<f64>]) -> Dimension {
        Dimension { label: "lr".into(), domain, values: values.into() }
    }

    fn names(count: usize) -> Domain {
        Domain::Categories((0..count).map(|i| format!("name {i}")).collect())
    }

    #[test]
    fn what_has_no_place_on_the_axis_has_a_lane_and_is_counted() {
        let values =
            [Some(0.1), None, Some(f64::NAN), Some(0.0), Some(10.0), None, Some(f64::NEG_INFINITY), Some(-1.0)];
        let of = dimension(Domain::Numbers(Scale::Log), &values);
        let scaled = of.scaled(0.0);
        let lanes: Vec<(Lane, u32)> = scaled.lanes.iter().map(|lane| (lane.lane, lane.runs)).collect();
        let expected = [(Lane::None, 2), (Lane::Nan, 1), (Lane::Infinite, 1), (Lane::NonPositive, 2)];
        assert_eq!(lanes, expected);
        let places: Vec<Place> = (0..9).map(|run| scaled.place(run)).collect();
        assert_eq!(places[0], Place::Axis(0.0));
        assert_eq!(places[4], Place::Axis(1.0));
        assert_eq!([places[1], places[2], places[3], places[6]], [0, 1, 3, 2].map(Place::Lane));
        assert_eq!(places[8], Place::Lane(0), "a run that the values do not reach");
        assert_eq!(scaled.lanes[0].word(), "none ×2");
        assert_eq!(scaled.words(), "lr · log");
    }

    #[test]
    fn zero_is_a_value_and_missing_is_not_zero() {
        let of = dimension(Domain::Numbers(Scale::Linear), &[Some(0.0), None, Some(4.0)]);
        let scaled = of.scaled(0.05);
        assert_eq!((scaled.axis.min, scaled.place(0)), (0.0, Place::Axis(0.0)));
        assert_eq!(scaled.place(1), Place::Lane(0));
        assert_eq!(scaled.lanes, [LaneCount { lane: Lane::None, runs: 1 }]);
    }

    #[test]
    fn every_category_has_its_own_place_however_many_there_are() {
        let count = 20_000;
        let values: Vec<Option<f64>> = (0..count).map(|i| Some(i as f64)).collect();
        let of = dimension(names(count), &values);
        let scaled = of.scaled(0.05);
        let mut last = -1.0;
        for run in 0..count {
            let Place::Axis(at) = scaled.place(run) else { panic!("no place for {run}") };
            assert!(at > last);
            last = at;
        }
        assert_eq!(scaled.layout().categories, Some(20_000));
        let ticks = scaled.ticks_upwards(140.0, 90.0, 11.0);
        assert!((8..=11).contains(&ticks.len()), "{}", ticks.len());
        assert!((2..=6).contains(&scaled.ticks_across(300.0, 11.0).len()));
    }

    #[test]
    fn an_index_without_a_name_has_no_value() {
        let of = dimension(names(2), &[Some(0.0), Some(2.0), Some(-1.0), Some(0.5), Some(1.0)]);
        let scaled = of.scaled(0.0);
        let places: Vec<Place> = (0..5).map(|run| scaled.place(run)).collect();
        assert_eq!(places[1..4], [Place::Lane(0); 3]);
        assert_eq!([places[0], places[4]], [Place::Axis(0.25), Place::Axis(0.75)]);
    }

    #[test]
    fn axes_of_any_values_are_finite_and_their_places_inside_them() {
        let ugly = [1e308, -1e308, f64::MAX, 5e-324, 0.0, f64::NAN, f64::INFINITY, 7.0];
        for domain in [
            Domain::Numbers(Scale::Linear),
            Domain::Numbers(Scale::Log),
            Domain::Time(i32::MIN),
            Domain::Durations(Scale::Log),
            names(0),
            names(3),
        ] {
            for count in 0..=ugly.len() {
                let values: Vec<Option<f64>> = ugly[..count].iter().copied().map(Some).collect();
                let of = dimension(domain.clone(), &values);
                let scaled = of.scaled(0.05);
                assert!(scaled.axis.min < scaled.axis.max && (scaled.axis.max - scaled.axis.min).is_finite());
                for run in 0..count {
                    match scaled.place(run) {
                        Place::Axis(at) => assert!((0.0..=1.0).contains(&at), "{at}"),
                        Place::Lane(lane) => assert!(lane < scaled.lanes.len()),
                    }
                }
                scaled.ticks_across(100.0, 11.0);
                scaled.ticks_upwards(1.0, 1.0, 11.0);
            }
        }
    }

    #[test]
    fn a_few_values_are_their_own_ticks() {
        let sizes = [64.0, 512.0, 128.0, 64.0, 130.0, f64::NAN].map(Some);
        let of = dimension(Domain::Numbers(Scale::Linear), &sizes);
        let labels = |of: &Dimension| -> Option<Vec<String>> {
            let ticks = of.scaled(0.0).value_ticks(150.0, 11.0)?;
            Some(ticks.into_iter().map(|tick| tick.label).collect())
        };
        assert_eq!(labels(&of), Some(["64", "128", "512"].map(str::to_owned).to_vec()), "130 has no room");
        let many: Vec<Option<f64>> = (0..9).map(|i| Some(f64::from(i))).collect();
        assert_eq!(labels(&dimension(Domain::Numbers(Scale::Linear), &many)), None);
        assert_eq!(labels(&dimension(names(3), &[Some(1.0)])), None);
    }

    #[test]
    fn times_above_each_other_say_their_day() {
        let start = 1_793_714_400_000.0;
        let of = dimension(Domain::Time(0), &[Some(start), Some(start + 7_200_000.0)]);
        let ticks = of.scaled(0.0).ticks_upwards(150.0, 90.0, 11.0);
        assert!(ticks[0].label.starts_with("2026-11-0") && ticks.iter().all(|tick| tick.below.is_none()), "{ticks:?}");
    }
}
