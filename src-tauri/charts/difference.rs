//! Curves minus the curve of a baseline.
//!
//! A point is compared with what the baseline has at the same x or, where it has no point there, with the straight line
//! between its points on either side: never beyond its ends, and not next to a value that is no finite number. A point
//! without such a partner is left out and counted.

use super::curve::{Curve, single_valued, value_at};
use super::spec::Series;

/// A run that others are compared with, as a function of x.
pub struct Baseline(Curve);

/// How the points of a series were compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Partners {
    /// With a value between two points of the baseline.
    pub between: u32,
    /// With none: those are left out.
    pub without: u32,
}

impl Baseline {
    pub fn of(series: &Series) -> Self {
        Self(single_valued(series, None))
    }

    /// The series minus the baseline. NaN and infinities of the series stay.
    pub fn under(&self, series: &Series) -> (Series, Partners) {
        let Self(curve) = self;
        let mut partners = Partners::default();
        let (mut x, mut y, mut breaks) = (Vec::new(), Vec::new(), Vec::new());
        for pass in series.passes() {
            if !x.is_empty() && breaks.last() != Some(&x.len()) {
                breaks.push(x.len());
            }
            for (&at, &value) in series.x[pass.clone()].iter().zip(&series.y[pass]) {
                let reached = curve.partition_point(|point| point.0 <= at);
                let Some(partner) = value_at(curve, reached, at).filter(|partner| partner.is_finite()) else {
                    partners.without += 1;
                    continue;
                };
                let is_exact = reached > 0 && curve[reached - 1].0 == at;
                partners.between += u32::from(!is_exact);
                x.push(at);
                y.push(value - partner);
            }
        }
        breaks.retain(|start| *start < x.len());
        (Series { x: x.into(), y: y.into(), breaks: breaks.into(), ..series.clone() }, partners)
    }
}

/// The baseline compared with itself: zero wherever it has a finite value.
pub fn zero(series: &Series) -> Series {
    let flat = |y: &f64| if y.is_finite() { 0.0 } else { f64::NAN };
    Series { y: series.y.iter().map(flat).collect(), ..series.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAN: f64 = f64::NAN;

    fn series(x: &[f64], y: &[f64]) -> Series {
        Series { x: x.into(), y: y.into(), ..Series::default() }
    }

    fn minus(series: &Series, baseline: &Series) -> (Vec<f64>, Vec<f64>, Partners) {
        let (of, partners) = Baseline::of(baseline).under(series);
        (of.x.to_vec(), of.y.to_vec(), partners)
    }

    #[test]
    fn points_are_compared_at_their_x_or_between_two_points_and_never_beyond_the_ends() {
        let baseline = series(&[10.0, 20.0, 40.0], &[1.0, 3.0, 7.0]);
        let of = series(&[5.0, 10.0, 15.0, 20.0, 25.0, 40.0, 40.5], &[9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0]);
        let (x, y, partners) = minus(&of, &baseline);
        assert_eq!((x, y), (vec![10.0, 15.0, 20.0, 25.0, 40.0], vec![8.0, 7.0, 6.0, 5.0, 2.0]));
        assert_eq!(partners, Partners { between: 2, without: 2 });
        assert_eq!(minus(&of, &series(&[], &[])).2, Partners { between: 0, without: 7 });
    }

    #[test]
    fn what_is_next_to_nan_has_no_partner_and_what_is_nan_itself_stays() {
        let baseline = series(&[0.0, 1.0, 2.0, 3.0], &[1.0, NAN, 1.0, 1.0]);
        let of = series(&[0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0], &[3.0, 3.0, 3.0, 3.0, f64::INFINITY, NAN, 3.0]);
        let (x, y, partners) = minus(&of, &baseline);
        assert_eq!(x, [0.0, 2.0, 2.5, 3.0]);
        assert_eq!((y[0], y[1], y[2].is_nan(), y[3]), (2.0, f64::INFINITY, true, 2.0));
        assert_eq!(partners, Partners { between: 1, without: 3 });
    }

    #[test]
    fn repeated_steps_are_compared_with_the_last_and_passes_with_the_last_pass() {
        let mut baseline = series(&[0.0, 1.0, 1.0, 2.0, 3.0, 2.0, 3.0], &[0.0, 1.0, 2.0, 3.0, 4.0, 30.0, 40.0]);
        baseline.breaks = [5].into();
        let mut of = series(&[1.0, 1.0, 9.0, 0.0, 2.0], &[10.0, 20.0, 0.0, 5.0, 50.0]);
        of.breaks = [3].into();
        let (compared, partners) = Baseline::of(&baseline).under(&of);
        assert_eq!((&*compared.x, &*compared.y), (&[1.0, 1.0, 0.0, 2.0][..], &[8.0, 18.0, 5.0, 20.0][..]));
        assert_eq!((&*compared.breaks, partners.without), (&[2][..], 1));
    }

    #[test]
    fn the_baseline_itself_is_a_line_at_zero() {
        let of = zero(&series(&[0.0, 1.0, 1.0, 2.0], &[5.0, 6.0, 7.0, NAN]));
        assert_eq!(of.y[..3], [0.0; 3]);
        assert!(of.y[3].is_nan());
    }

    #[test]
    fn no_value_is_too_strange() {
        let ugly = [NAN, f64::INFINITY, -f64::INFINITY, f64::MAX, -f64::MAX, 0.0, -0.0, 5e-324, 1.0];
        for turn in 0..ugly.len() {
            let mut x = ugly;
            x.rotate_left(turn);
            let mut of = series(&x, &ugly);
            of.breaks = [3, 3, 7, 99].into();
            let (compared, partners) = Baseline::of(&series(&ugly, &x)).under(&of);
            assert_eq!(compared.x.len(), compared.y.len());
            assert_eq!(compared.x.len() + partners.without as usize, 9);
            assert!(compared.breaks.iter().all(|start| *start < compared.x.len()));
        }
    }
}
