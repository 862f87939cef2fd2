//! Where the curves of a group are put together: at each x that any of them has a point at, or in bins of x where
//! those are too many to look at all curves in each.

use super::curve::Curve;
use super::layout::Axis;

/// An exact chart has no more places times curves than this, over all its groups.
const MOST_VALUES: usize = 8_000_000;

/// The places of all groups of a chart.
pub enum Places {
    /// For each group its own: ascending, each once.
    Exact(Vec<Vec<f64>>),
    /// The same for all groups.
    Bins(Bins),
}

/// The axis in equal pieces, as it is drawn: of a logarithmic one each is as many times longer than the one before.
#[derive(Clone, Copy)]
pub struct Bins(pub Axis);

impl Bins {
    pub const COUNT: usize = 2_000;

    /// The smallest x that is in this bin and not in the one before; of the one behind the last, beyond the axis.
    pub fn edge(&self, bin: usize) -> f64 {
        match bin {
            0 => self.0.min,
            Self::COUNT.. => self.0.max.next_up(),
            _ => self.0.value(bin as f64 / Self::COUNT as f64),
        }
    }

    pub fn middle(&self, bin: usize) -> f64 {
        self.0.value((bin as f64 + 0.5) / Self::COUNT as f64)
    }
}

/// The places of groups of curves, where `axis` is that of x. Of a part of x, exact ones are those that are on the axis
/// and one to either side of it.
pub fn places(groups: &[Vec<&Curve>], axis: &Axis, is_part: bool) -> Places {
    let mut left = MOST_VALUES;
    let part = Some(axis).filter(|_| is_part);
    let mut exact = Vec::with_capacity(groups.len());
    for curves in groups {
        let count = curves.len().max(1);
        let Some(xs) = union(curves, part, left / count) else { return Places::Bins(Bins(*axis)) };
        left -= xs.len() * count;
        exact.push(xs);
    }
    Places::Exact(exact)
}

/// Every x of any curve, ascending, each once; none if they are more than `most`.
fn union(curves: &[&Curve], part: Option<&Axis>, most: usize) -> Option<Vec<f64>> {
    let mut all: Vec<f64> = Vec::new();
    for curve in curves {
        let shown = part.map_or(curve.as_slice(), |axis| shown(curve, axis));
        if shown.len() > most {
            return None;
        }
        let is_same = all.len() == shown.len() && all.iter().zip(shown).all(|(x, point)| *x == point.0);
        if !is_same {
            all = merged(&all, shown);
        }
        if all.len() > most {
            return None;
        }
    }
    Some(all)
}

/// The points on the axis and one to either side.
fn shown<'a>(curve: &'a Curve, axis: &Axis) -> &'a [(f64, f64)] {
    let from = curve.partition_point(|point| point.0 < axis.min).saturating_sub(1);
    let to = (curve.partition_point(|point| point.0 <= axis.max) + 1).min(curve.len());
    curve.get(from..to).unwrap_or_default()
}

fn merged(xs: &[f64], points: &[(f64, f64)]) -> Vec<f64> {
    let mut all = Vec::with_capacity(xs.len().max(points.len()));
    let (mut xs, mut points) = (xs.iter().copied().peekable(), points.iter().map(|point| point.0).peekable());
    while let Some(next) = match (xs.peek(), points.peek()) {
        (Some(x), Some(point)) => Some(x.min(*point)),
        (x, point) => x.or(point).copied(),
    } {
        all.push(next);
        xs.next_if(|x| *x == next);
        points.next_if(|point| *point == next);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::spec::Scale;
    use super::*;

    const AXIS: Axis = Axis { min: 0.0, max: 1e6, scale: Scale::Linear };

    fn curve(xs: impl Iterator<Item = f64>) -> Curve {
        xs.map(|x| (x, 1.0)).collect()
    }

    #[test]
    fn exact_places_are_each_x_once() {
        let curves = [curve([0.0, 2.0, 4.0].into_iter()), curve([1.0, 2.0, 9.0].into_iter()), Curve::new()];
        let Places::Exact(exact) = places(&[curves.iter().collect(), Vec::new()], &AXIS, false) else { panic!("bins") };
        assert_eq!(exact, [vec![0.0, 1.0, 2.0, 4.0, 9.0], vec![]]);
        let part = Axis { min: 1.5, max: 1.7, ..AXIS };
        let Places::Exact(exact) = places(&[curves.iter().collect()], &part, true) else { panic!("bins") };
        assert_eq!(exact, [[0.0, 1.0, 2.0]], "one to either side, of each curve");
    }

    /// How much work the places of these groups are, if they are exact.
    fn work(groups: &[Vec<&Curve>]) -> Option<usize> {
        match places(groups, &AXIS, false) {
            Places::Exact(exact) => Some(exact.iter().zip(groups).map(|(xs, curves)| xs.len() * curves.len()).sum()),
            Places::Bins(_) => None,
        }
    }

    #[test]
    fn the_work_of_exact_places_has_a_bound_however_the_curves_are_grouped() {
        // 400 curves at 200 places of their own each are 80,000 places, and 32 million values.
        let apart: Vec<Curve> = (0..400).map(|i| curve((0..200).map(move |j| f64::from(400 * j + i)))).collect();
        let all: Vec<&Curve> = apart.iter().collect();
        assert_eq!(work(std::slice::from_ref(&all)), None);
        assert_eq!(work(&[all[..50].to_vec()]), Some(50 * 50 * 200));
        let single: Vec<Vec<&Curve>> = all.iter().map(|curve| vec![*curve]).collect();
        assert_eq!(work(&single), Some(400 * 200), "a curve by itself is never too many");
        let halves: Vec<Vec<&Curve>> = all.chunks(200).map(<[_]>::to_vec).collect();
        assert_eq!(work(&halves), None, "two groups of eight million values each");
        // Where all have the same x, so many places are little work.
        let same: Vec<Curve> = (0..400).map(|_| curve((0..20_000).map(f64::from))).collect();
        assert_eq!(work(&[same.iter().collect()]), Some(400 * 20_000));
    }

    #[test]
    fn bins_are_equal_pieces_of_the_axis_with_its_ends_inside() {
        for (min, max, scale) in [(-3.0, 5.0, Scale::Linear), (1e-3, 1e9, Scale::Log), (-1e300, 1e300, Scale::Linear)] {
            let bins = Bins(Axis { min, max, scale });
            assert!(bins.edge(0) <= min && bins.edge(Bins::COUNT) > max);
            for bin in 0..Bins::COUNT {
                let (from, middle, to) = (bins.edge(bin), bins.middle(bin), bins.edge(bin + 1));
                assert!(from < middle && middle < to, "{from} {middle} {to}");
            }
        }
    }
}
