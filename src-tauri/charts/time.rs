//! Ticks of an axis of time: clock and calendar for points in time, plain durations for relative time.

use super::layout::Axis;
use super::spec::Scale;
use super::ticks::{Tick, multiples, nice_step, number_ticks, short};

const SECOND: f64 = 1e3;
const MINUTE: f64 = 60.0 * SECOND;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
const CALENDAR_ENDS_MS: f64 = 8.64e15;

/// What a clock shows in equal steps, in milliseconds, up to two weeks.
#[rustfmt::skip]
const STEPS: [f64; 32] = [
    1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0,
    SECOND, 2.0 * SECOND, 5.0 * SECOND, 10.0 * SECOND, 15.0 * SECOND, 30.0 * SECOND,
    MINUTE, 2.0 * MINUTE, 5.0 * MINUTE, 10.0 * MINUTE, 15.0 * MINUTE, 30.0 * MINUTE,
    HOUR, 2.0 * HOUR, 3.0 * HOUR, 6.0 * HOUR, 12.0 * HOUR,
    DAY, 2.0 * DAY, 4.0 * DAY, 5.0 * DAY, 7.0 * DAY, 14.0 * DAY,
];

/// Ticks for milliseconds since 1970-01-01 UTC, written in the time of `utc_offset_min`.
///
/// Digits only, largest unit first (2026-11-03, 14:02), so that no language is assumed. The day is written under the
/// first hour shown and wherever a new one begins; the same goes for the year under days.
pub fn time_ticks(axis: &Axis, wanted: usize, utc_offset_min: i32) -> Vec<Tick> {
    if axis.min.abs().max(axis.max.abs()) > CALENDAR_ENDS_MS {
        return number_ticks(&Axis { scale: Scale::Linear, ..*axis }, wanted, true);
    }
    let offset = f64::from(utc_offset_min) * MINUTE;
    let (min, max) = (axis.min + offset, axis.max + offset);
    let rough = (max - min) / wanted.clamp(2, 50) as f64;
    let step = STEPS.into_iter().find(|s| *s >= rough);
    let local: Vec<f64> = match step {
        Some(step) => multiples(min, max, step),
        None => month_starts(min, max, rough),
    };
    let mut last = None;
    let label = |at: f64| {
        let (year, month, day) = date_of(at);
        let date = date(at, 0);
        let (label, below) = match step {
            Some(step) if step < DAY => (clock(at, step), Some(date)),
            Some(_) => (format!("{month:02}-{day:02}"), Some(format!("{year:04}"))),
            None if rough < 200.0 * DAY => (format!("{year:04}-{month:02}"), None),
            None => (format!("{year:04}"), None),
        };
        let is_new = below != last;
        last.clone_from(&below);
        Tick { value: at - offset, label, below: below.filter(|_| is_new) }
    };
    local.into_iter().map(label).collect()
}

/// The day of milliseconds since 1970-01-01 UTC, in the time of `utc_offset_min`.
pub fn date(ms: f64, utc_offset_min: i32) -> String {
    let at = ms + f64::from(utc_offset_min) * MINUTE;
    if at.abs() > CALENDAR_ENDS_MS {
        return short(ms);
    }
    let (year, month, day) = date_of(at);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Ticks for durations in milliseconds: 500 ms, 30 s, 1 min 30 s, 2 h, 3 d.
pub fn duration_ticks(axis: &Axis, wanted: usize) -> Vec<Tick> {
    let wanted = wanted.clamp(2, 50);
    let values = if axis.scale == Scale::Log {
        let round = [1.0, 10.0, 100.0, SECOND, 10.0 * SECOND, MINUTE, 10.0 * MINUTE, HOUR, 10.0 * HOUR];
        let days = (0..12).map(|e| DAY * 10f64.powi(e));
        let inside = round.into_iter().chain(days).filter(|v| (axis.min..=axis.max).contains(v));
        let inside: Vec<f64> = inside.collect();
        let every = inside.len().div_ceil(wanted).max(1);
        inside.into_iter().step_by(every).collect()
    } else {
        let rough = (axis.max - axis.min) / wanted as f64;
        let in_days = || nice_step(rough / DAY) * DAY;
        let fits = |s: &f64| *s >= rough && *s <= 2.0 * DAY;
        let step = if rough < 1.0 { nice_step(rough) } else { STEPS.into_iter().find(fits).unwrap_or_else(in_days) };
        multiples(axis.min, axis.max, step)
    };
    values.into_iter().map(|v| Tick::new(v, duration(v))).collect()
}

/// At most two neighbouring units, the larger one first.
pub fn duration(ms: f64) -> String {
    let sign = if ms < 0.0 { "\u{2212}" } else { "" };
    let size = ms.abs();
    if size == 0.0 {
        return "0".into();
    }
    if size < SECOND {
        return format!("{sign}{} ms", (size * 1e6).round() / 1e6);
    }
    if size >= 1e5 * DAY {
        return format!("{sign}{:e} d", (size / DAY).round());
    }
    let units = [(DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s")];
    let at = units.iter().position(|(unit, _)| size >= *unit).unwrap_or(3);
    let (unit, name) = units[at];
    let Some((small, small_name)) = units.get(at + 1) else {
        return format!("{sign}{} s", (size / SECOND * 1e3).round() / 1e3);
    };
    let rest = ((size % unit) / small).round();
    match rest {
        0.0 => format!("{sign}{} {name}", (size / unit).floor()),
        _ => format!("{sign}{} {name} {rest} {small_name}", (size / unit).floor()),
    }
}

fn clock(at: f64, step: f64) -> String {
    let of_day = at.rem_euclid(DAY);
    let (hour, minute) = ((of_day / HOUR) as u32, (of_day % HOUR / MINUTE) as u32);
    let second = (of_day % MINUTE / SECOND) as u32;
    match step {
        s if s >= MINUTE => format!("{hour:02}:{minute:02}"),
        s if s >= SECOND => format!("{hour:02}:{minute:02}:{second:02}"),
        _ => format!("{hour:02}:{minute:02}:{second:02}.{:03}", (of_day % SECOND) as u32),
    }
}

/// First days of every so many months or years, about `rough` apart.
fn month_starts(min: f64, max: f64, rough: f64) -> Vec<f64> {
    const MONTH: f64 = 30.44 * DAY;
    let months = [1.0, 2.0, 3.0, 6.0].into_iter().find(|m| m * MONTH >= rough);
    let every = months.unwrap_or_else(|| 12.0 * nice_step((rough / (12.0 * MONTH)).max(1.0))) as i64;
    let (year, month, _) = date_of(min);
    let first = (year * 12 + i64::from(month) - 1).div_euclid(every) * every;
    let start_of = |count: i64| days_from_date(count.div_euclid(12), count.rem_euclid(12) as u32 + 1) as f64 * DAY;
    let starts = (0..100).map(|i| start_of(first + i * every));
    starts.skip_while(|at| *at < min).take_while(|at| *at <= max).collect()
}

/// Year, month and day of milliseconds since 1970. After Howard Hinnant, "chrono-compatible low-level date algorithms".
fn date_of(ms: f64) -> (i64, u32, u32) {
    let days = (ms / DAY).floor() as i64 + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u32;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 } as u32;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Days since 1970 of the first of a month; the inverse of [`date_of`], from the same source.
fn days_from_date(year: i64, month: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = i64::from((month + 9) % 12);
    let day_of_year = (153 * month_from_march + 2) / 5;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-03 14:00 UTC.
    const START: f64 = 1_793_714_400_000.0;

    fn shown(length: f64, wanted: usize, offset: i32) -> Vec<(String, Option<String>)> {
        let axis = Axis { min: START, max: START + length, scale: Scale::Linear };
        time_ticks(&axis, wanted, offset).into_iter().map(|t| (t.label, t.below)).collect()
    }

    #[test]
    fn hours_name_their_day_where_it_begins() {
        let ticks = shown(18.0 * HOUR, 4, 0);
        let labels: Vec<&str> = ticks.iter().map(|t| t.0.as_str()).collect();
        assert_eq!(labels, ["18:00", "00:00", "06:00"]);
        assert_eq!(ticks[0].1.as_deref(), Some("2026-11-03"));
        assert_eq!(ticks[1].1.as_deref(), Some("2026-11-04"));
        assert_eq!(ticks[2].1, None);
    }

    #[test]
    fn local_time_shifts_the_labels_and_where_days_begin() {
        assert_eq!(shown(2.0 * HOUR, 2, 540)[0], ("23:00".into(), Some("2026-11-03".into())));
        assert_eq!(shown(2.0 * HOUR, 2, 540)[1], ("00:00".into(), Some("2026-11-04".into())));
    }

    #[test]
    fn every_length_has_ticks_inside_it_and_labels_that_differ() {
        let mut length = 3.0;
        while length < 2e12 {
            for offset in [-720, 0, 345, 540] {
                let axis = Axis { min: START + 0.5, max: START + 0.5 + length, scale: Scale::Linear };
                let ticks = time_ticks(&axis, 6, offset);
                assert!(ticks.iter().all(|t| (axis.min..=axis.max).contains(&t.value)), "{length} ms");
                assert!(ticks.windows(2).all(|w| w[0].value < w[1].value), "{length} ms: {ticks:?}");
                assert!((2..=7).contains(&ticks.len()), "{length} ms: {ticks:?}");
                let same = |w: &[Tick]| w[0].label == w[1].label && w[1].below.is_none();
                assert!(!ticks.windows(2).any(same), "{length} ms: {ticks:?}");
            }
            length *= 1.37;
        }
    }

    #[test]
    fn dates_are_the_calendars() {
        assert_eq!(date_of(0.0), (1970, 1, 1));
        assert_eq!(date_of(-1.0), (1969, 12, 31));
        assert_eq!(date_of(951_782_400_000.0), (2000, 2, 29));
        assert_eq!(date_of(START), (2026, 11, 3));
        for year in 1900..2200 {
            for month in 1..=12 {
                assert_eq!(date_of(days_from_date(year, month) as f64 * DAY), (year, month, 1));
            }
        }
    }

    #[test]
    fn durations_have_two_units_at_most() {
        let said = |ms: f64| duration(ms);
        assert_eq!(said(250.0), "250 ms");
        assert_eq!(said(1_500.0), "1.5 s");
        assert_eq!(said(90.0 * SECOND), "1 min 30 s");
        assert_eq!(said(2.0 * HOUR), "2 h");
        assert_eq!(said(30.0 * HOUR), "1 d 6 h");
        assert_eq!(said(-HOUR), "\u{2212}1 h");
    }

    #[test]
    fn relative_axes_step_as_clocks_do() {
        let labels = |max: f64, scale| {
            let min = if scale == Scale::Log { 500.0 } else { 0.0 };
            let ticks = duration_ticks(&Axis { min, max, scale }, 4);
            ticks.into_iter().map(|t| t.label).collect::<Vec<_>>()
        };
        assert_eq!(labels(3.0 * MINUTE, Scale::Linear), ["0", "1 min", "2 min", "3 min"]);
        assert_eq!(labels(90.0 * MINUTE, Scale::Linear), ["0", "30 min", "1 h", "1 h 30 min"]);
        assert_eq!(labels(HOUR, Scale::Log), ["1 s", "1 min", "1 h"]);
    }
}
