//! The exponential moving average that MLflow and TensorBoard show, over the full history.
//!
//! NaN and infinities neither enter the average nor reset it: they stay where they are, and the average goes on
//! behind them as if they had not been logged.

/// Smooths `values`; `weight` is how much of the past is kept, in `0..1`.
///
/// The average is debiased, so the first value is itself and not a fraction of itself. With
/// `d_n = 1 - weight^n`, the usual quotient of two running sums is the same as
/// `s_n = s_(n-1) + (1 - weight) / d_n * (y_n - s_(n-1))`, which keeps a constant series exactly constant.
pub fn smooth(values: &[f64], weight: f64) -> Vec<f64> {
    let mut average = Average::new(weight);
    values.iter().map(|&value| average.next(value)).collect()
}

/// The smoothed value at `index`, without keeping those before it.
pub fn smooth_at(values: &[f64], weight: f64, index: usize) -> Option<f64> {
    let mut average = Average::new(weight);
    let upto = values.get(..=index)?;
    upto.iter().map(|&value| average.next(value)).last()
}

struct Average {
    weight: f64,
    mean: f64,
    /// `1 - weight^n` after n finite values.
    debias: f64,
}

impl Average {
    fn new(weight: f64) -> Self {
        let weight = if weight.is_finite() { weight.clamp(0.0, 0.9999) } else { 0.0 };
        Self { weight, mean: 0.0, debias: 0.0 }
    }

    fn next(&mut self, value: f64) -> f64 {
        if !value.is_finite() {
            return value;
        }
        self.debias = self.weight * self.debias + (1.0 - self.weight);
        let share = (1.0 - self.weight) / self.debias;
        // Written as two products, since `value - mean` can overflow where the mean cannot.
        let next = self.mean + share * (value - self.mean);
        self.mean = if next.is_finite() { next } else { (1.0 - share) * self.mean + share * value };
        self.mean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The textbook form: two running sums and a quotient.
    fn reference(values: &[f64], weight: f64) -> Vec<f64> {
        let (mut sum, mut norm) = (0.0, 0.0);
        let step = |&y: &f64| {
            sum = weight * sum + (1.0 - weight) * y;
            norm = weight * norm + (1.0 - weight);
            sum / norm
        };
        values.iter().map(step).collect()
    }

    #[test]
    fn equals_the_debiased_average() {
        let values: Vec<f64> = (0..500).map(|i| (i as f64 * 0.37).sin() + 0.01 * i as f64).collect();
        for weight in [0.0, 0.3, 0.6, 0.9, 0.99] {
            for (ours, theirs) in smooth(&values, weight).iter().zip(reference(&values, weight)) {
                assert!((ours - theirs).abs() < 1e-9, "{ours} is not {theirs} at weight {weight}");
            }
        }
    }

    #[test]
    fn the_first_value_is_itself_and_a_constant_stays_exactly_constant() {
        assert_eq!(smooth(&[5.0, 7.0], 0.9)[0], 5.0);
        assert!(smooth(&[0.1; 1000], 0.97).iter().all(|&v| v == 0.1));
    }

    #[test]
    fn what_is_not_finite_is_kept_and_does_not_poison_what_follows() {
        let with = smooth(&[1.0, f64::NAN, 3.0, f64::INFINITY, 5.0], 0.5);
        let without = smooth(&[1.0, 3.0, 5.0], 0.5);
        assert!(with[1].is_nan());
        assert_eq!(with[3], f64::INFINITY);
        assert_eq!([with[0], with[2], with[4]], [without[0], without[1], without[2]]);
    }

    #[test]
    fn weights_out_of_bounds_are_brought_into_them() {
        assert_eq!(smooth(&[1.0, 9.0], -3.0), [1.0, 9.0]);
        assert_eq!(smooth(&[1.0, 9.0], f64::NAN), [1.0, 9.0]);
        assert!(smooth(&[1.0, 9.0], 5.0).iter().all(|v| v.is_finite()));
        assert!(smooth(&[f64::MAX, -f64::MAX, f64::MAX], 0.5).iter().all(|v| v.is_finite()));
    }

    #[test]
    fn one_value_of_it_equals_all_of_it() {
        let values = [1.0, f64::NAN, -4.0, 2.0];
        assert_eq!(smooth_at(&values, 0.8, 3), Some(smooth(&values, 0.8)[3]));
        assert_eq!(smooth_at(&values, 0.8, 4), None);
    }
}
