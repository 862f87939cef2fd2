//! A smooth surface through values of runs over two axes: at each place the mean of the runs around it, the nearer the
//! more (kernel regression with a Gaussian kernel, Nadaraya and Watson 1964). It never leaves the range of the values.

use rayon::prelude::*;

/// A run: where it is as shares of both axes, and its value as a share of its own scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    pub x: f64,
    pub y: f64,
    pub value: f64,
}

/// Runs at fewer places say nothing about what is between them.
pub const LEAST_PLACES: usize = 8;
/// Standard deviations of the kernel that are tried, each √2 smaller than the one before: the first is this share of an
/// axis.
const WIDEST: f64 = 0.4;
const WIDTHS: usize = 9;
/// So many runs are enough to judge a width by.
const JUDGED: usize = 500;
/// The surface goes so many widths of the kernel away from the nearest run, and no farther.
const REACH: f64 = 2.0;
/// Nor farther than so many times the usual distance to the next run, however smooth the values are.
const USUAL: f64 = 4.0;
/// Weights below e to the minus this are nothing.
const NOTHING: f64 = 30.0;

pub struct Fit<'a> {
    samples: &'a [Sample],
    /// The kernel's standard deviation, as a share of each axis: of those tried the one by which runs are told best by
    /// the others.
    pub width: f64,
    /// Of the variance of the values, the share that each run's neighbours tell of it; runs at its own place do not
    /// count. Below zero, one mean for all tells more. None where all values are the same.
    pub explained: Option<f64>,
    /// How far it is from half of the runs to the next one at most.
    usual: f64,
}

/// The surface at one place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub value: f64,
    /// How far away the nearest run is, as a share of the axes.
    pub nearest: f64,
}

/// How many different places the samples are at.
pub fn places(samples: &[Sample]) -> usize {
    let mut places: Vec<(u64, u64)> = samples.iter().map(|of| (of.x.to_bits(), of.y.to_bits())).collect();
    places.sort_unstable();
    places.dedup();
    places.len()
}

impl<'a> Fit<'a> {
    /// None where the samples are at too few places.
    pub fn of(samples: &'a [Sample]) -> Option<Self> {
        if places(samples) < LEAST_PLACES {
            return None;
        }
        let every = samples.len().div_ceil(JUDGED);
        let judged: Vec<Judged> = samples.par_iter().step_by(every).map(|of| Judged::new(of, samples)).collect();
        let mut away: Vec<f64> = judged.iter().map(|of| of.nearest).collect();
        away.sort_by(f64::total_cmp);
        // A kernel that does not reach the next run only repeats what each run says.
        let usual = away[away.len() / 2];
        let narrowest = usual / REACH;
        let error = |width: usize| judged.iter().map(|of| of.errors[width]).sum::<f64>() / judged.len() as f64;
        let wide_enough = |width: &usize| *width == 0 || width_of(*width) >= narrowest;
        let best = (0..WIDTHS).filter(wide_enough).min_by(|a, b| error(*a).total_cmp(&error(*b)))?;
        let mean = judged.iter().map(|of| of.value).sum::<f64>() / judged.len() as f64;
        let variance = judged.iter().map(|of| (of.value - mean).powi(2)).sum::<f64>() / judged.len() as f64;
        let explained = (variance > 1e-24).then(|| 1.0 - error(best) / variance);
        Some(Self { samples, width: width_of(best), explained, usual })
    }

    /// How far from the nearest run there is a surface.
    pub fn reach(&self) -> f64 {
        (REACH * self.width).min(USUAL * self.usual)
    }

    pub fn at(&self, x: f64, y: f64) -> Estimate {
        let away = |of: &Sample| (of.x - x).powi(2) + (of.y - y).powi(2);
        let nearest = self.samples.iter().map(away).fold(f64::INFINITY, f64::min);
        let scale = 2.0 * self.width * self.width;
        let (mut sum, mut weights) = (0.0, 0.0);
        for of in self.samples {
            // Only what is farther than the nearest counts, so that far from all runs no weight is lost.
            let exponent = (away(of) - nearest) / scale;
            if exponent < NOTHING {
                let weight = (-exponent).exp();
                sum += weight * of.value;
                weights += weight;
            }
        }
        Estimate { value: sum / weights, nearest: nearest.sqrt() }
    }
}

fn width_of(width: usize) -> f64 {
    WIDEST * 0.5f64.powf(width as f64 / 2.0)
}

/// A run as the others tell it.
struct Judged {
    value: f64,
    /// How far the nearest run at another place is.
    nearest: f64,
    /// The squared error of each width.
    errors: [f64; WIDTHS],
}

impl Judged {
    fn new(of: &Sample, samples: &[Sample]) -> Self {
        let away = |other: &Sample| (other.x - of.x).powi(2) + (other.y - of.y).powi(2);
        let others = || samples.iter().map(|other| (away(other), other.value)).filter(|(away, _)| *away > 0.0);
        let nearest = others().map(|(away, _)| away).fold(f64::INFINITY, f64::min);
        let mut sums = [(0.0, 0.0); WIDTHS];
        for (away, value) in others() {
            let exponent = (away - nearest) / (2.0 * WIDEST * WIDEST);
            let mut weight = (-exponent).exp();
            for (sum, weights) in &mut sums {
                *sum += weight * value;
                *weights += weight;
                // The next width is √2 smaller: its exponent is twice this one.
                weight *= weight;
            }
        }
        let error = |(sum, weights): (f64, f64)| (sum / weights - of.value).powi(2);
        Self { value: of.value, nearest: nearest.sqrt(), errors: sums.map(error) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers between 0 and 1 that only look random.
    fn noise(seed: u64) -> impl Iterator<Item = f64> {
        let mut state = seed.wrapping_mul(7).wrapping_add(1);
        std::iter::from_fn(move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            Some((state >> 33) as f64 / (1u64 << 31) as f64)
        })
    }

    fn samples(count: usize, value: impl Fn(f64, f64, f64) -> f64) -> Vec<Sample> {
        let places = noise(3).zip(noise(11)).zip(noise(5)).take(count);
        places.map(|((x, y), chance)| Sample { x, y, value: value(x, y, chance) }).collect()
    }

    #[test]
    fn a_smooth_hill_is_found_and_noise_is_not_taken_for_one() {
        let hill = |x: f64, y: f64| 1.0 - (x - 0.6).powi(2) - (y - 0.4).powi(2);
        let runs = samples(300, |x, y, chance| hill(x, y) + 0.05 * (chance - 0.5));
        let fit = Fit::of(&runs).unwrap();
        assert!(fit.explained.unwrap() > 0.9, "{:?}", fit.explained);
        assert!((fit.at(0.6, 0.4).value - 1.0).abs() < 0.06, "{:?}", fit.at(0.6, 0.4));
        assert!(fit.at(0.6, 0.4).value > fit.at(0.1, 0.9).value + 0.2);
        let chance = samples(300, |_, _, chance| chance);
        let fit = Fit::of(&chance).unwrap();
        assert!(fit.explained.unwrap() < 0.1, "{:?}", fit.explained);
        assert!(fit.width > 0.2, "what is only noise is smoothed most: {}", fit.width);
    }

    #[test]
    fn it_is_the_weighted_mean_that_its_formula_says() {
        let runs = samples(40, |x, y, _| x * y);
        let fit = Fit::of(&runs).unwrap();
        for (x, y) in [(0.3, 0.7), (0.99, 0.01), (-3.0, 9.0)] {
            let weight = |of: &Sample| (-((of.x - x).powi(2) + (of.y - y).powi(2)) / (2.0 * fit.width.powi(2))).exp();
            let weights: f64 = runs.iter().map(weight).sum();
            let expected = runs.iter().map(|of| weight(of) * of.value).sum::<f64>() / weights;
            let found = fit.at(x, y).value;
            assert!(weights == 0.0 || (found - expected).abs() < 1e-9, "{found} is not {expected}");
            assert!((0.0..=1.0).contains(&found), "it never leaves the range of the values: {found}");
        }
    }

    #[test]
    fn runs_at_one_place_do_not_tell_each_other() {
        // Each place thrice with its own value, which is another's nowhere: told by repetition, all would be explained.
        let places: Vec<(f64, f64, f64)> =
            samples(40, |_, _, chance| chance).iter().map(|of| (of.x, of.y, of.value)).collect();
        let thrice = places.iter().flat_map(|(x, y, value)| [Sample { x: *x, y: *y, value: *value }; 3]);
        let thrice: Vec<Sample> = thrice.collect();
        assert!(Fit::of(&thrice).unwrap().explained.unwrap() < 0.2);
        assert_eq!(super::places(&thrice), 40);
    }

    #[test]
    fn few_places_have_no_surface_and_one_value_everywhere_explains_nothing() {
        let seven: Vec<Sample> = samples(7, |x, _, _| x).iter().flat_map(|of| [*of; 9]).collect();
        assert!(Fit::of(&seven).is_none() && Fit::of(&[]).is_none());
        let flat = samples(9, |_, _, _| 0.5);
        let fit = Fit::of(&flat).unwrap();
        assert_eq!((fit.explained, fit.at(0.2, 0.2).value), (None, 0.5));
        assert!(fit.at(7.0, 7.0).nearest > fit.reach());
    }

    #[test]
    fn neighbours_of_a_grid_are_within_reach() {
        let at = |i: usize| (i % 4) as f64 / 3.0;
        let grid: Vec<Sample> = (0..16).map(|i| Sample { x: at(i), y: at(i / 4), value: at(i) }).collect();
        let fit = Fit::of(&grid).unwrap();
        assert!(fit.reach() >= 1.0 / 3.0, "{}", fit.width);
        assert!(fit.at(0.5, 0.5).nearest < fit.reach(), "the middle between four runs");
    }
}
