//! Values in a filter as numbers: plain ones, durations and moments.

use jiff::civil;
use jiff::tz::TimeZone;

use super::tree::Literal;

/// A param's or tag's text as a number, where all of it is one. NaN is not: it does not compare.
pub fn number_of(text: &str) -> Option<f64> {
    let text = text.trim();
    let first = text.bytes().next()?;
    if !(first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.' | b'i' | b'I')) {
        return None;
    }
    text.parse::<f64>().ok().filter(|number| !number.is_nan())
}

/// A metric's value as a server's database has it: it keeps the largest number in place of an
/// infinity, so that is what `inf` means. Digits too many for a number are more than that.
pub(super) fn metric_number(literal: &Literal) -> Option<f64> {
    let number = literal.number()?;
    let is_named = !literal.text.bytes().any(|byte| byte.is_ascii_digit());
    Some(if is_named && number.is_infinite() { number.clamp(f64::MIN, f64::MAX) } else { number })
}

/// Milliseconds of `90000`, `90s`, `10m`, `1.5h`, `2d` or `500ms`.
pub(super) fn duration_ms(text: &str) -> Option<f64> {
    let text = text.trim();
    let unit_at = text.find(|character: char| character.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let unit_ms = match unit {
        "" | "ms" => 1.0,
        "s" => 1e3,
        "m" | "min" => 60e3,
        "h" => 3_600e3,
        "d" => 86_400e3,
        // An exponent or an infinity.
        _ => return text.parse().ok().filter(|number: &f64| !number.is_nan()),
    };
    number.parse::<f64>().ok().map(|number| number * unit_ms)
}

/// Epoch milliseconds of a number, or of a date with or without a time of day in this machine's time
/// zone.
pub(super) fn time_ms(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        return (!number.is_nan()).then_some(number);
    }
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let known = ["0000-00-00", "0000-00-00 00:00", "0000-00-00T00:00", "0000-00-00 00:00:00", "0000-00-00T00:00:00"];
    if !known.contains(&shape.as_str()) {
        return None;
    }
    let local: civil::DateTime = text.parse().ok()?;
    let moment = local.to_zoned(TimeZone::system()).ok()?;
    Some(moment.timestamp().as_millisecond() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        for (text, expected) in [
            ("90000", Some(90_000.0)),
            ("500ms", Some(500.0)),
            ("90s", Some(90_000.0)),
            ("1.5h", Some(5_400_000.0)),
            ("2d", Some(172_800_000.0)),
            ("1e3", Some(1_000.0)),
            ("inf", Some(f64::INFINITY)),
            ("nan", None),
            ("long", None),
            ("s", None),
            ("", None),
        ] {
            assert_eq!(duration_ms(text), expected, "{text}");
        }
    }

    #[test]
    fn moments_are_numbers_or_dates_of_the_calendar() {
        assert_eq!(time_ms("1000.5"), Some(1_000.5));
        assert_eq!(time_ms("2026-07-02").unwrap() - time_ms("2026-07-01 12:00").unwrap(), 43_200_000.0);
        assert_eq!(time_ms("2026-07-01T12:00:30").unwrap() - time_ms("2026-07-01T12:00").unwrap(), 30_000.0);
        for wrong in ["soon", "nan", "2026-02-30", "2026-13-01", "2026-7-1", "2026-07-01 12", "2026-07-01 12:00Z"] {
            assert_eq!(time_ms(wrong), None, "{wrong}");
        }
    }
}
