//! The values of a group, in order.

use std::sync::Arc;

use super::super::dimension::{Domain, Lane, LaneCount};
use super::super::layout::Axis;
use super::summary::summary;
use super::{DistributionChart, DistributionGroup, GroupNumbers, count};

/// A group and those of its values that have a place on the axis.
pub struct Sample<'a> {
    pub group: &'a DistributionGroup,
    /// Ascending by value, those of equal values by run.
    pub entries: Vec<Entry>,
    /// How many runs have no place, and why.
    pub lanes: Vec<LaneCount>,
}

#[derive(Clone, Copy)]
pub struct Entry {
    /// Its place among the runs of the chart.
    pub run: u32,
    pub value: f64,
    /// Where it stands along the axis, from 0 to 1.
    pub share: f64,
}

/// One for each group of the chart. Of categories all are without values.
pub fn samples(chart: &DistributionChart) -> Vec<Sample<'_>> {
    let is_text = matches!(chart.value.domain, Domain::Categories(_));
    let sample = |group| {
        let mut sample = Sample { group, entries: Vec::new(), lanes: Vec::new() };
        for &run in &sample.group.runs {
            let value = chart.value.values.get(run as usize).copied().flatten();
            match (chart.value.lane(value), value) {
                (None, Some(value)) if !is_text => sample.entries.push(Entry { run, value, share: 0.0 }),
                (lane, _) => add(&mut sample.lanes, lane.unwrap_or(Lane::None)),
            }
        }
        sample.entries.sort_by(|a, b| a.value.total_cmp(&b.value).then(a.run.cmp(&b.run)));
        sample.lanes.sort_by_key(|known| known.lane);
        sample
    };
    chart.groups.iter().map(sample).collect()
}

fn add(lanes: &mut Vec<LaneCount>, lane: Lane) {
    match lanes.iter_mut().find(|known| known.lane == lane) {
        Some(known) => known.runs = known.runs.saturating_add(1),
        None => lanes.push(LaneCount { lane, runs: 1 }),
    }
}

/// The places of the `most` largest sizes, ascending; of equal ones, those that come first.
pub fn largest(sizes: &[usize], most: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(sizes[*place]));
    order.truncate(most);
    order.sort_unstable();
    order
}

/// Keeps the samples with the most values, in their order.
pub fn keep_largest(samples: &mut Vec<Sample>, most: usize) {
    let sizes: Vec<usize> = samples.iter().map(|sample| sample.entries.len()).collect();
    let kept = largest(&sizes, most);
    let mut places = 0..sizes.len();
    samples.retain(|_| places.next().is_some_and(|place| kept.contains(&place)));
}

pub fn values_of(samples: &[Sample]) -> Arc<[Option<f64>]> {
    samples.iter().flat_map(|sample| &sample.entries).map(|entry| Some(entry.value)).collect()
}

impl Sample<'_> {
    pub fn values(&self) -> Vec<f64> {
        self.entries.iter().map(|entry| entry.value).collect()
    }

    pub fn place_on(&mut self, axis: &Axis) {
        for entry in &mut self.entries {
            entry.share = axis.position(entry.value).clamp(0.0, 1.0);
        }
    }

    pub fn numbers(&self, axis: &Axis) -> GroupNumbers {
        GroupNumbers {
            name: self.group.name.clone(),
            color: self.group.color,
            values: count(self.entries.len()),
            lanes: self.lanes.clone(),
            summary: summary(&self.values(), axis),
        }
    }

    /// "n 12", or "n 12 of 15" where some runs have no value that can be drawn.
    pub fn size_word(&self) -> String {
        let (values, runs) = (self.entries.len(), self.group.runs.len());
        if values == runs { format!("n {values}") } else { format!("n {values} of {runs}") }
    }
}

#[cfg(test)]
mod tests {
    use super::largest;

    #[test]
    fn the_largest_keep_their_order_and_the_first_of_equals_stays() {
        assert_eq!(largest(&[2, 9, 2, 5, 2], 3), [0, 1, 3]);
        assert_eq!(largest(&[1, 1], 9), [0, 1]);
        assert!(largest(&[], 3).is_empty() && largest(&[4], 0).is_empty());
    }
}
