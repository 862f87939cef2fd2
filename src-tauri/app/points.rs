//! From histories to points: over what they are drawn, in which order, and where a curve begins anew.

use std::sync::Arc;

use serde::Serialize;
use specta::Type;

use crate::cache::History;
use crate::charts::XKind;

/// The points of one run, as long as each other. See [`crate::charts::Series`].
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Points {
    pub x: Arc<[f64]>,
    pub y: Arc<[f64]>,
    pub breaks: Arc<[usize]>,
}

/// What of a chart cannot be drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LeftOut {
    /// Runs with points, none of which is drawn.
    pub runs: u32,
    /// Points of the other runs.
    pub points: u32,
}

impl LeftOut {
    /// Counts a run of which so many points are left out and so many are not.
    pub fn count(&mut self, left_out: usize, kept: usize) {
        if kept == 0 {
            self.runs += u32::from(left_out > 0);
        } else {
            self.points = self.points.saturating_add(u32::try_from(left_out).unwrap_or(u32::MAX));
        }
    }
}

/// What a chart of these histories is drawn over when `wanted` was asked for: that, if it tells the
/// points of any run apart. Scripts that never pass a step have 0 everywhere, and logs that were
/// imported have one time.
pub(super) fn axis_of(histories: &[Option<History>], wanted: XKind) -> XKind {
    let tells_apart = |kind: XKind| {
        histories.iter().flatten().any(|history| match kind {
            XKind::Step => differ(&history.steps),
            XKind::Time | XKind::Relative => differ(&history.timestamps_ms),
            XKind::Order => history.len() > 1,
            // Not in these histories: see `over_metric`.
            XKind::Metric => false,
        })
    };
    let instead = if wanted == XKind::Step { XKind::Relative } else { XKind::Step };
    [wanted, instead, XKind::Order].into_iter().find(|kind| tells_apart(*kind)).unwrap_or(wanted)
}

fn differ(numbers: &[i64]) -> bool {
    numbers.windows(2).any(|pair| pair[0] != pair[1])
}

pub(super) fn points(history: &History, kind: XKind) -> Points {
    let times = || history.timestamps_ms.iter().map(|time| *time as f64);
    let x: Vec<f64> = match kind {
        XKind::Step => return over_steps(history),
        XKind::Time => times().collect(),
        XKind::Relative => {
            let first = history.timestamps_ms.iter().min().copied().unwrap_or(0) as f64;
            times().map(|time| time - first).collect()
        }
        XKind::Order | XKind::Metric => (1..=history.len()).map(|place| place as f64).collect(),
    };
    if x.is_sorted() {
        return Points { x: x.into(), y: history.values.as_slice().into(), breaks: Arc::default() };
    }
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|a, b| x[*a].total_cmp(&x[*b]));
    Points {
        x: order.iter().map(|index| x[*index]).collect(),
        y: order.iter().map(|index| history.values[*index]).collect(),
        breaks: Arc::default(),
    }
}

/// The points of one metric over another one of the same run. Each is at the value that the other one had at its step,
/// or, where that step is not logged, at the last step before. Points before its first value, and where it is not a
/// finite number, have no place and are left out.
///
/// Where x goes back, a curve begins anew, as a run that was resumed does; where it goes up and down all the time, its
/// points are put in order.
pub(super) fn over_metric(history: &History, x_history: &History) -> Points {
    let x_at = |step: i64| {
        let after = x_history.steps.partition_point(|known| *known <= step);
        after.checked_sub(1).and_then(|last| x_history.values.get(last)).copied().filter(|x| x.is_finite())
    };
    let placed = history.steps.iter().zip(&history.values).filter_map(|(step, y)| Some((x_at(*step)?, *y)));
    let mut placed: Vec<(f64, f64)> = placed.collect();
    let goes_back = |at: &usize| placed[*at].0 < placed[*at - 1].0;
    let mut breaks: Vec<usize> = (1..placed.len()).filter(goes_back).collect();
    let pieces = breaks.len() + 1;
    let length = placed.len() / pieces;
    if length < SHORT_PASS || (pieces > FEW_PASSES && length < LONG_PASS) || pieces > MOST_PASSES {
        placed.sort_by(|a, b| a.0.total_cmp(&b.0));
        breaks.clear();
    }
    let (x, y): (Vec<f64>, Vec<f64>) = placed.into_iter().unzip();
    Points { x: x.into(), y: y.into(), breaks: breaks.into() }
}

fn over_steps(history: &History) -> Points {
    let order = passes(history).unwrap_or_else(|| vec![(0..history.len()).collect()]);
    let lengths = order.iter().map(Vec::len);
    let ends = lengths.scan(0, |end, length| {
        *end += length;
        Some(*end)
    });
    let breaks = ends.take(order.len().saturating_sub(1)).collect();
    let indices = || order.iter().flatten();
    Points {
        x: indices().map(|index| history.steps[*index] as f64).collect(),
        y: indices().map(|index| history.values[*index]).collect(),
        breaks,
    }
}

/// A point that comes this many points late is put in its place: several threads log beside each other.
const LATE: usize = 3;
/// Where this many passes or fewer are found, each is a run that was resumed; where there are more,
/// only if they are long. Many short ones are several writers that log the same steps.
const FEW_PASSES: usize = 8;
const LONG_PASS: usize = 8;
/// Over a metric that falls, every point goes back: those are no passes.
const SHORT_PASS: usize = 3;
const MOST_PASSES: usize = 1_000;

/// A run that is resumed from a checkpoint logs steps again that it has logged before. Each time
/// its step goes back, a new pass begins: indices into the history, whose steps ascend. `None`
/// where all points are one curve.
fn passes(history: &History) -> Option<Vec<Vec<usize>>> {
    // Points are sorted by step and then by time: where the times ascend too, no step ever went back.
    if history.timestamps_ms.is_sorted() {
        return None;
    }
    let step = |index: usize| history.steps[index];
    let mut in_time: Vec<usize> = (0..history.len()).collect();
    in_time.sort_by_key(|index| (history.timestamps_ms[*index], step(*index)));
    let mut passes: Vec<Vec<usize>> = Vec::new();
    for index in in_time {
        let Some(pass) = passes.last_mut() else {
            passes.push(vec![index]);
            continue;
        };
        let back = pass.iter().rev().take(LATE + 1).take_while(|before| step(**before) > step(index)).count();
        let place = pass.len() - back;
        let is_again = back > 0 && place.checked_sub(1).is_some_and(|before| step(pass[before]) == step(index));
        if back > LATE || is_again {
            passes.push(vec![index]);
        } else {
            pass.insert(place, index);
        }
    }
    let are_resumes =
        passes.len() <= FEW_PASSES || (passes.len() <= MOST_PASSES && history.len() / passes.len() >= LONG_PASS);
    (are_resumes && overlap(&passes, step)).then_some(passes)
}

/// Whether any two passes have steps of each other between theirs. Parts that only came in another
/// order are one curve.
fn overlap(passes: &[Vec<usize>], step: impl Fn(usize) -> i64) -> bool {
    let ends = |pass: &Vec<usize>| Some((step(*pass.first()?), step(*pass.last()?)));
    let mut ranges: Vec<(i64, i64)> = passes.iter().filter_map(ends).collect();
    ranges.sort_unstable();
    ranges.windows(2).any(|pair| pair[1].0 <= pair[0].1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entities::{MetricPoint, MetricValue};

    /// (step, timestamp, value)
    fn history(points: &[(i64, i64, f64)]) -> History {
        let point = |&(step, timestamp_ms, value)| MetricPoint { step, timestamp_ms, value: MetricValue(value) };
        History::from_points(points.iter().map(point).collect())
    }

    /// Steps in the order they were logged, a second apart.
    fn logged(steps: &[i64]) -> History {
        let points: Vec<_> = steps.iter().zip(0..).map(|(step, i)| (*step, 1_000 * i, i as f64)).collect();
        history(&points)
    }

    fn passes_of(history: &History) -> Vec<Vec<f64>> {
        let Points { x, y, breaks } = points(history, XKind::Step);
        assert_eq!((x.len(), y.len()), (history.len(), history.len()), "no point is lost");
        let starts = std::iter::once(0).chain(breaks.iter().copied());
        let ends = breaks.iter().copied().chain([x.len()]);
        starts.zip(ends).map(|(start, end)| x[start..end].to_vec()).collect()
    }

    #[test]
    fn a_step_that_goes_back_begins_a_new_pass() {
        let resumed = logged(&[0, 1, 2, 3, 4, 2, 3, 4, 5, 6]);
        assert_eq!(passes_of(&resumed), [vec![0.0, 1.0, 2.0, 3.0, 4.0], vec![2.0, 3.0, 4.0, 5.0, 6.0]]);
        assert_eq!(*points(&resumed, XKind::Step).y, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
        // From the very last step, and between the steps that were there.
        assert_eq!(passes_of(&logged(&[0, 1, 2, 1, 2, 3])).len(), 2);
        assert_eq!(passes_of(&logged(&[0, 10, 20, 30, 40, 50, 15, 25, 35])).len(), 2);
        let epochs: Vec<i64> = (0..20).flat_map(|_| 0..50).collect();
        assert_eq!(passes_of(&logged(&epochs)).len(), 20);
        // The script's last word, without a step.
        assert_eq!(passes_of(&logged(&[0, 1, 2, 3, 0])), [vec![0.0, 1.0, 2.0, 3.0], vec![0.0]]);
        // By the clock there is no way back.
        assert!(points(&resumed, XKind::Relative).breaks.is_empty());
    }

    #[test]
    fn one_curve_stays_one_however_it_was_logged() {
        let backwards: Vec<i64> = (0..100).rev().collect();
        let halves: Vec<i64> = (50..100).chain(0..50).collect();
        let late: Vec<i64> = [0, 1, 2, 4, 3, 5, 8, 7, 6, 9].to_vec();
        let three_values_each: Vec<i64> = (0..30).flat_map(|step| [step; 3]).collect();
        for steps in [&backwards[..], &halves, &late, &three_values_each, &[0; 9], &[], &[7]] {
            let passes = passes_of(&logged(steps));
            assert_eq!(passes.len(), 1, "{steps:?}");
            assert!(passes[0].is_sorted());
        }
        // Two writers of the same steps, one of them always a step behind.
        let writers: Vec<i64> = (0..500).flat_map(|step| [step + 1, step]).collect();
        assert_eq!(passes_of(&logged(&writers)).len(), 1);
        // One time for everything says nothing about the order.
        assert_eq!(passes_of(&history(&[(0, 5, 1.0), (1, 5, 2.0), (0, 5, 3.0), (1, 5, 4.0)])).len(), 1);
    }

    #[test]
    fn what_tells_no_point_apart_is_no_axis() {
        let no_steps = Some(history(&[(0, 10, 3.0), (0, 20, 2.0), (0, 30, 1.0)]));
        let no_times = Some(history(&[(1, 0, 3.0), (2, 0, 2.0)]));
        let neither = Some(history(&[(7, 7, 3.0), (7, 7, 2.0)]));
        let one = Some(history(&[(9, 9, 9.0)]));
        let both = Some(history(&[(-1, 10, 3.0), (0, 20, 2.0)]));
        let cases = [
            (vec![no_steps.clone()], XKind::Step, XKind::Relative),
            (vec![no_steps.clone(), one.clone(), None], XKind::Step, XKind::Relative),
            (vec![no_steps.clone()], XKind::Time, XKind::Time),
            (vec![no_times.clone()], XKind::Time, XKind::Step),
            (vec![no_times.clone()], XKind::Relative, XKind::Step),
            (vec![neither.clone()], XKind::Step, XKind::Order),
            (vec![neither.clone()], XKind::Time, XKind::Order),
            (vec![neither, no_steps.clone()], XKind::Step, XKind::Relative),
            // One run with steps is enough: the others stand where they were logged.
            (vec![no_steps, both.clone()], XKind::Step, XKind::Step),
            (vec![both], XKind::Step, XKind::Step),
            // Nothing to tell apart.
            (vec![one.clone()], XKind::Step, XKind::Step),
            (vec![one, None], XKind::Relative, XKind::Relative),
            (vec![], XKind::Step, XKind::Step),
        ];
        for (histories, wanted, drawn) in cases {
            assert_eq!(axis_of(&histories, wanted), drawn, "{wanted:?} of {histories:?}");
        }
    }

    #[test]
    fn every_axis_ascends_and_relative_time_begins_at_the_first_point() {
        let history = history(&[(0, 3_000, 1.0), (1, 2_000, 2.0), (2, 4_000, 3.0)]);
        let relative = points(&history, XKind::Relative);
        assert_eq!((&*relative.x, &*relative.y), (&[0.0, 1_000.0, 2_000.0][..], &[2.0, 1.0, 3.0][..]));
        assert_eq!(*points(&history, XKind::Time).x, [2_000.0, 3_000.0, 4_000.0]);
        assert_eq!(*points(&history, XKind::Order).x, [1.0, 2.0, 3.0]);
    }

    fn over(y: &[(i64, f64)], x: &[(i64, f64)]) -> (Vec<f64>, Vec<f64>, Vec<usize>) {
        let of = |points: &[(i64, f64)]| {
            history(&points.iter().map(|(step, value)| (*step, *step, *value)).collect::<Vec<_>>())
        };
        let Points { x, y, breaks } = over_metric(&of(y), &of(x));
        (x.to_vec(), y.to_vec(), breaks.to_vec())
    }

    #[test]
    fn over_a_metric_a_point_is_at_its_value_of_that_step_or_the_last_before() {
        let epochs = [(10, 1.0), (20, 2.0), (30, f64::NAN), (40, 4.0)];
        let loss: Vec<(i64, f64)> = [5, 10, 15, 19, 20, 30, 35, 40, 99].into_iter().zip((0..).map(f64::from)).collect();
        let (x, y, breaks) = over(&loss, &epochs);
        assert_eq!(x, [1.0, 1.0, 1.0, 2.0, 4.0, 4.0]);
        assert_eq!(y, [1.0, 2.0, 3.0, 4.0, 7.0, 8.0], "before the first epoch and at NaN there is no place");
        assert!(breaks.is_empty());
        // Of several values at one step it is the last.
        assert_eq!(over(&[(7, 0.5)], &[(7, 1.0), (7, 3.0)]).0, [3.0]);
        assert_eq!(over(&loss, &[]), (vec![], vec![], vec![]));
    }

    #[test]
    fn where_the_metric_goes_back_a_curve_begins_anew_unless_it_does_so_all_the_time() {
        let steps = |x: &[f64]| x.iter().zip(0..).map(|(x, step)| (step, *x)).collect::<Vec<_>>();
        let of = |x: &[f64]| over(&steps(&vec![0.0; x.len()]), &steps(x));
        let cycles: Vec<f64> = (0..40).map(|i| f64::from(i % 20)).collect();
        assert_eq!(of(&cycles), (cycles.clone(), vec![0.0; 40], vec![20]));
        let falling: Vec<f64> = (0..6).rev().map(f64::from).collect();
        assert_eq!(of(&falling).0, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        let jitter: Vec<f64> = (0..200).map(|i| f64::from(i + 5 * (i % 2))).collect();
        let (x, _, breaks) = of(&jitter);
        assert!(x.is_sorted() && breaks.is_empty());
    }
}
