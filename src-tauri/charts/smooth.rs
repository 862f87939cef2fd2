//! Smoothing, always over the full history of a run and by the formulas that others have published.
//!
//! - EMA: the debiased moving average of TensorBoard (`line-chart.ts`, `resmoothDataset`), which MLflow shows as well.
//! - Time-weighted EMA: the one of W&B (docs.wandb.ai, "Smooth line plots"): a point fades by how far x has gone on
//!   since, in thousandths of all the chart's x, so that curves with many points and with few are smoothed alike.
//! - Gaussian: the mean of the points around, weighted by a bell; `scipy.ndimage.gaussian_filter1d` but for the ends.
//! - Running mean: the mean of the points around, each as much.
//!
//! All kinds have one weight between 0 and 1. That of the moving averages is the share of the past that is kept. The
//! two others go over as many points as evens out noise as much as an EMA of that weight, [`points_evened`].
//! Where the points around would reach beyond an end, the mean is of those that there are.
//!
//! NaN and infinities neither enter an average nor reset it: they stay where they are, and the average goes on behind
//! them as if they had not been logged.

use std::borrow::Cow;
use std::ops::Range;

use super::spec::{Chart, Smoothing, SmoothingKind};

/// Smooths the curves of one chart.
pub struct Smoother(Kind);

enum Kind {
    /// The weight of the past at the next point.
    Ema(f64),
    /// The logarithm of the weight of the past after one unit of x.
    TimeWeighted(f64),
    /// Weights of the points around a point, which is in the middle.
    Around(Vec<f64>),
}

impl Smoother {
    /// None where the chart is not smoothed.
    pub fn of(chart: &Chart) -> Option<Self> {
        let Smoothing { kind, weight } = chart.smoothing;
        if !chart.smoothing.is_on() {
            return None;
        }
        let weight = weight.min(Smoothing::MOST);
        Some(Self(match kind {
            SmoothingKind::Ema => Kind::Ema(weight),
            SmoothingKind::TimeWeighted => Kind::TimeWeighted(fading_per_unit(weight, x_span(chart))),
            SmoothingKind::Gaussian => Kind::Around(bell(points_evened(weight))),
            SmoothingKind::Mean => Kind::Around(vec![1.0; 2 * mean_radius(points_evened(weight)) + 1]),
        }))
    }

    /// The smoothed values in `range`, of a pass with these points; the range is inside them.
    pub fn smooth(&self, xs: &[f64], ys: &[f64], range: Range<usize>) -> Vec<f64> {
        match &self.0 {
            Kind::Ema(weight) => average(&ys[..range.end], range.start, |_| *weight),
            Kind::TimeWeighted(fading) => {
                let mut before = None;
                average(&ys[..range.end], range.start, |index| {
                    let gone_on = xs[index] - before.replace(xs[index]).unwrap_or(xs[index]);
                    let kept = (fading * gone_on).exp();
                    if kept.is_nan() { 1.0 } else { kept }
                })
            }
            Kind::Around(weights) => around(ys, range, weights),
        }
    }

    /// The smoothed value of one point.
    pub fn at(&self, xs: &[f64], ys: &[f64], index: usize) -> Option<f64> {
        (index < ys.len()).then(|| self.smooth(xs, ys, index..index + 1)).and_then(|values| values.first().copied())
    }
}

/// So many independent points have a mean that is as even as an EMA of this weight: the reciprocal of the sum of its
/// squared shares.
fn points_evened(weight: f64) -> f64 {
    (1.0 + weight) / (1.0 - weight)
}

/// A mean over a point and this many on either side is over so many points, or one less or more.
fn mean_radius(points: f64) -> usize {
    ((points - 1.0) / 2.0).round() as usize
}

/// A bell that evens out as much as a mean of so many points, cut off at four standard deviations as SciPy does.
fn bell(points: f64) -> Vec<f64> {
    // The sum of the squared shares of a bell with the deviation s is 1 / (2 s √π).
    let deviation = points / (2.0 * std::f64::consts::PI.sqrt());
    let radius = (4.0 * deviation).round() as i32;
    (-radius..=radius).map(|away| (-0.5 * (f64::from(away) / deviation).powi(2)).exp()).collect()
}

/// The logarithm of what is kept after one unit of x, where all the chart's x is `span`.
fn fading_per_unit(weight: f64, span: f64) -> f64 {
    /// W&B calls it VIEWPORT_SCALE.
    const SPAN_UNITS: f64 = 1000.0;
    weight.sqrt().min(0.999).ln() * (SPAN_UNITS / span)
}

/// From the smallest to the largest x of all series, whatever part is shown.
fn x_span(chart: &Chart) -> f64 {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for series in &chart.series {
        // They ascend in every pass.
        for pass in series.passes() {
            let mut finite = series.x[pass].iter().copied().filter(|x| x.is_finite());
            let first = finite.next();
            let last = finite.next_back().or(first);
            low = first.map_or(low, |x| low.min(x));
            high = last.map_or(high, |x| high.max(x));
        }
    }
    high - low
}

/// The debiased average of all values, from `start` on. `kept` is asked at every finite value how much of the past is
/// left there.
///
/// With n the sum of all weights so far, the usual quotient of two running sums is the same as
/// `mean + (value - mean) / n`, which keeps a constant series exactly constant.
fn average(values: &[f64], start: usize, mut kept: impl FnMut(usize) -> f64) -> Vec<f64> {
    let (mut mean, mut weights) = (0.0, 0.0);
    let mut smoothed = Vec::with_capacity(values.len() - start);
    for (index, &value) in values.iter().enumerate() {
        let mut here = value;
        if value.is_finite() {
            weights = weights * kept(index) + 1.0;
            let share = 1.0 / weights;
            // Written as two products where the difference overflows and the mean does not.
            let next = mean + share * (value - mean);
            mean = if next.is_finite() { next } else { (1.0 - share) * mean + share * value };
            here = mean;
        }
        if index >= start {
            smoothed.push(here);
        }
    }
    smoothed
}

fn around(values: &[f64], range: Range<usize>, weights: &[f64]) -> Vec<f64> {
    let is_finite = |value: &f64| value.is_finite();
    let finite: Cow<[f64]> = match values.iter().all(is_finite) {
        true => Cow::Borrowed(values),
        false => values.iter().copied().filter(is_finite).collect(),
    };
    let mut place = values[..range.start].iter().filter(|value| is_finite(value)).count();
    let mut smooth = |value: &f64| {
        if !value.is_finite() {
            return *value;
        }
        place += 1;
        weighted_mean(&finite, place - 1, weights)
    };
    values[range].iter().map(&mut smooth).collect()
}

/// The mean of the values around `middle`. `weights` are as many before their middle as behind it.
fn weighted_mean(values: &[f64], middle: usize, weights: &[f64]) -> f64 {
    let radius = weights.len() / 2;
    let start = middle.saturating_sub(radius);
    let values_around = &values[start..(middle + radius + 1).min(values.len())];
    let weights = &weights[start + radius - middle..][..values_around.len()];
    let center = values[middle];
    // As distances from the middle, so that a constant series stays exactly constant.
    let (sum, all) = sums(values_around, weights, center);
    let mean = center + sum / all;
    if mean.is_finite() {
        return mean;
    }
    values_around.iter().zip(weights).map(|(value, weight)| value * (weight / all)).sum()
}

/// The weighted sum of the distances from `center`, and the sum of the weights.
fn sums(values: &[f64], weights: &[f64], center: f64) -> (f64, f64) {
    // Several sums beside each other, which the processor adds up at the same time.
    const LANES: usize = 8;
    let (mut sum, mut all) = ([0.0; LANES], [0.0; LANES]);
    let mut add = |values: &[f64], weights: &[f64]| {
        for (lane, (value, weight)) in values.iter().zip(weights).enumerate() {
            sum[lane] += weight * (value - center);
            all[lane] += weight;
        }
    };
    let (whole, rest) = values.as_chunks::<LANES>();
    let (whole_weights, rest_weights) = weights.as_chunks::<LANES>();
    for (values, weights) in whole.iter().zip(whole_weights) {
        add(values, weights);
    }
    add(rest, rest_weights);
    (sum.iter().sum(), all.iter().sum())
}

#[cfg(test)]
#[path = "smooth_tests.rs"]
mod tests;
