//! Where an axis of numbers has its lines, and what is written beside them.
//!
//! Lines are at multiples of 1, 2 or 5 times a power of ten. Labels have the digits that tell neighbours apart, and
//! no more: 1.5k, 3.4M, 0.0012, 1e-5.

use super::layout::Axis;
use super::spec::Scale;

/// One line of the grid and its label.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    pub value: f64,
    pub label: String,
    /// A second line of text: the day under an hour, where it begins.
    pub below: Option<String>,
}

impl Tick {
    pub fn new(value: f64, label: String) -> Self {
        Self { value, label, below: None }
    }
}

/// About `wanted` ticks, never outside the axis. `whole` keeps them on whole numbers, for what is counted.
pub fn number_ticks(axis: &Axis, wanted: usize, whole: bool) -> Vec<Tick> {
    let wanted = wanted.clamp(2, 50);
    if axis.scale != Scale::Linear {
        let values = if axis.scale == Scale::Log { log_values(axis, wanted) } else { symlog_values(axis, wanted) };
        if values.len() >= 2 {
            return values.into_iter().map(|v| Tick::new(v, short(v))).collect();
        }
    }
    let least = if whole { 1.0 } else { 0.0 };
    let step = nice_step((axis.max - axis.min) / wanted as f64).max(least);
    let values = multiples(axis.min, axis.max, step);
    let largest = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    values.into_iter().map(|v| Tick::new(v, number(v, step, largest))).collect()
}

/// The smallest of 1, 2, 5 times a power of ten that is not below `rough`.
pub fn nice_step(rough: f64) -> f64 {
    let power = 10f64.powf(rough.max(f64::MIN_POSITIVE).log10().floor()).max(f64::MIN_POSITIVE);
    let steps = [1.0, 2.0, 5.0, 10.0];
    let factor = steps.into_iter().find(|f| f * power >= rough * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * power
}

/// The multiples of `step` in `min..=max`; ends early where floating point has no more of them.
pub fn multiples(min: f64, max: f64, step: f64) -> Vec<f64> {
    let dust = step * 1e-9;
    let first = ((min - dust) / step).ceil();
    let mut values: Vec<f64> = Vec::new();
    for i in 0..100 {
        let value = (first + f64::from(i)) * step;
        let is_new = values.last().is_none_or(|&last| value > last);
        if !value.is_finite() || !is_new || value > max + dust {
            break;
        }
        values.push(if value.abs() < dust { 0.0 } else { value });
    }
    values
}

/// Powers of ten, or 1, 2, 5 of each where there is room. Fewer than two where the axis is too short for that.
fn log_values(axis: &Axis, wanted: usize) -> Vec<f64> {
    let (low, high) = (axis.min.log10(), axis.max.log10());
    let decades = high - low;
    let factors: &[f64] = if decades * 3.0 <= wanted as f64 * 1.3 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let every = (decades / wanted as f64).ceil().max(1.0) as i32;
    let exponents = (low.floor() as i32..=high.ceil() as i32).filter(|e| e % every == 0);
    exponents
        .flat_map(|e| factors.iter().map(move |f| f * 10f64.powi(e)))
        .filter(|v| *v >= axis.min * (1.0 - 1e-9) && *v <= axis.max * (1.0 + 1e-9))
        .collect()
}

/// Zero and the powers of ten to both sides of it where the axis is logarithmic.
fn symlog_values(axis: &Axis, wanted: usize) -> Vec<f64> {
    let (from, to) = (axis.linear_within().log10().ceil(), axis.min.abs().max(axis.max.abs()).log10().floor());
    let sides = usize::from(axis.min < 0.0) + usize::from(axis.max > 0.0);
    let decades = (to - from + 1.0).max(0.0) as usize;
    let every = (decades * sides).div_ceil(wanted.saturating_sub(1).max(1)).max(1);
    let powers: Vec<f64> = (0..decades).step_by(every).map(|down| 10f64.powi(to as i32 - down as i32)).collect();
    let below = powers.iter().map(|power| -power);
    let above = powers.iter().rev().copied();
    below.chain([0.0]).chain(above).filter(|value| (axis.min..=axis.max).contains(value)).collect()
}

/// `value` among neighbours that are `step` apart, on an axis whose largest label is `largest`.
pub fn number(value: f64, step: f64, largest: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let unit = unit_of(largest);
    if !(1e-3..1e15).contains(&largest) {
        return scientific(value, step);
    }
    if largest >= 1e3 && decimals(step / unit.0) <= 2 {
        let (size, letter) = unit_of(value.abs());
        let text = trimmed(value.abs() / size, decimals(step / size));
        return format!("{}{text}{letter}", sign(value));
    }
    format!("{}{}", sign(value), grouped(value.abs(), decimals(step)))
}

/// A number with no neighbours to be told from: at most three digits.
pub fn short(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let step = 10f64.powf(value.abs().log10().floor() - 2.0);
    if !(1e-3 * 0.999..1e15).contains(&value.abs()) {
        return scientific(value, step);
    }
    let (size, letter) = unit_of(value.abs());
    format!("{}{}{letter}", sign(value), trimmed(value.abs() / size, decimals(step / size)))
}

/// The minus of typography, which is as wide as a plus; exponents keep the one that can be pasted.
fn sign(value: f64) -> &'static str {
    if value < 0.0 { "\u{2212}" } else { "" }
}

fn unit_of(size: f64) -> (f64, &'static str) {
    match size {
        s if s >= 1e12 => (1e12, "T"),
        s if s >= 1e9 => (1e9, "B"),
        s if s >= 1e6 => (1e6, "M"),
        s if s >= 1e3 => (1e3, "k"),
        _ => (1.0, ""),
    }
}

/// How many decimals tell numbers apart that differ by `step`.
fn decimals(step: f64) -> usize {
    (-(step.log10() + 1e-9).floor()).clamp(0.0, 20.0) as usize
}

fn trimmed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').into(),
        false => text,
    }
}

fn scientific(value: f64, step: f64) -> String {
    let exponent = value.abs().log10().floor();
    let digits = (exponent - (step.log10() + 1e-9).floor()).clamp(0.0, 15.0) as usize;
    let text = format!("{:.digits$e}", value.abs());
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    let mantissa = match mantissa.contains('.') {
        true => mantissa.trim_end_matches('0').trim_end_matches('.'),
        false => mantissa,
    };
    format!("{}{mantissa}e{power}", sign(value))
}

/// 1234567.5 as 1,234,567.5.
fn grouped(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    if whole.len() < 5 {
        return text;
    }
    let mut out = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(min: f64, max: f64, scale: Scale, wanted: usize) -> Vec<String> {
        let ticks = number_ticks(&Axis { min, max, scale }, wanted, false);
        ticks.into_iter().map(|t| t.label).collect()
    }

    #[test]
    fn labels_have_the_digits_that_matter() {
        let linear = |min, max| labels(min, max, Scale::Linear, 4);
        assert_eq!(linear(0.0, 2000.0), ["0", "500", "1k", "1.5k", "2k"]);
        assert_eq!(linear(0.0, 1.0), ["0", "0.5", "1.0"]);
        assert_eq!(linear(-0.3, 0.3), ["\u{2212}0.2", "0", "0.2"]);
        assert_eq!(linear(0.0, 0.005), ["0", "0.002", "0.004"]);
        assert_eq!(linear(0.0, 4e-5), ["0", "1e-5", "2e-5", "3e-5", "4e-5"]);
        assert_eq!(linear(0.9123, 0.9127), ["0.9123", "0.9124", "0.9125", "0.9126", "0.9127"]);
        assert_eq!(linear(1e6, 1e6 + 40.0), ["1,000,000", "1,000,010", "1,000,020", "1,000,030", "1,000,040"]);
        assert_eq!(linear(0.0, 3.4e6), ["0", "1M", "2M", "3M"]);
        assert_eq!(linear(0.0, 4e20), ["0", "1e20", "2e20", "3e20", "4e20"]);
    }

    #[test]
    fn a_log_axis_has_powers_of_ten_and_what_is_between_when_there_is_room() {
        assert_eq!(labels(0.1, 1.0, Scale::Log, 4), ["0.1", "0.2", "0.5", "1"]);
        assert_eq!(labels(1e-6, 1.0, Scale::Log, 7), ["1e-6", "1e-5", "1e-4", "0.001", "0.01", "0.1", "1"]);
        assert_eq!(labels(1e-12, 1e12, Scale::Log, 5).len(), 5);
        assert_eq!(labels(-20.0, 500.0, Scale::Symlog, 9), ["\u{2212}10", "\u{2212}1", "0", "1", "10", "100"]);
        assert_eq!(labels(0.0, 5_000.0, Scale::Symlog, 4), ["0", "10", "100", "1k"]);
        assert_eq!(labels(300.0, 500.0, Scale::Symlog, 4), ["300", "350", "400", "450", "500"]);
        // Too short for powers of ten: straight multiples instead.
        assert_eq!(labels(3.1, 4.4, Scale::Log, 4), ["3.5", "4.0"]);
    }

    #[test]
    fn what_is_counted_has_no_halves() {
        let ticks = number_ticks(&Axis { min: 0.0, max: 2.0, scale: Scale::Linear }, 9, true);
        assert_eq!(ticks.iter().map(|t| t.value).collect::<Vec<_>>(), [0.0, 1.0, 2.0]);
    }

    #[test]
    fn any_axis_gets_a_few_ticks_inside_it_and_all_labels_differ() {
        let ends = [-1e300, -5e7, -1.0, -1e-9, 0.0, 3e-200, 1e-5, 0.1, 0.9999, 1.0, 7.0, 1234.5, 1e9, 1e300];
        for (i, &min) in ends.iter().enumerate() {
            for &max in &ends[i + 1..] {
                for scale in [Scale::Linear, Scale::Log] {
                    if scale == Scale::Log && min <= 0.0 {
                        continue;
                    }
                    let ticks = number_ticks(&Axis { min, max, scale }, 6, false);
                    assert!((2..=22).contains(&ticks.len()), "{min} to {max} {scale:?}: {ticks:?}");
                    let slack = (max - min) * 1e-6;
                    assert!(ticks.iter().all(|t| t.value >= min - slack && t.value <= max + slack));
                    let all_differ = ticks.windows(2).all(|w| w[0].label != w[1].label);
                    assert!(all_differ, "{min} to {max} {scale:?}: {ticks:?}");
                }
            }
        }
    }
}
