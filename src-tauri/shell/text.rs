//! What people read in a terminal: aligned, coloured only there, and nothing of a server's text moves the cursor.

use std::io::IsTerminal;

use crate::entities::MetricValue;
use crate::promotion::{Gate, GateValue, Place, When};
use crate::query::Verdict;

#[derive(Debug, Clone, Copy)]
pub(super) enum Color {
    Good,
    Bad,
    Warn,
    Faint,
}

/// Lines of a text, with colours if it goes to a terminal that has some.
pub(super) struct Text {
    lines: String,
    colored: bool,
}

impl Text {
    pub fn new() -> Self {
        let colored = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { lines: String::new(), colored }
    }

    pub fn line(&mut self, line: &str) {
        self.lines += line.trim_end();
        self.lines.push('\n');
    }

    /// Rows under each other, two spaces in and two between the columns. The last column may be as long as it likes.
    pub fn table(&mut self, rows: &[Row]) {
        let widest = |column: usize| {
            rows.iter().filter_map(|row| row.cells.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        for row in rows {
            let last = row.cells.len().saturating_sub(1);
            let mut line = String::new();
            for (column, cell) in row.cells.iter().enumerate() {
                let gap = if column == last { 0 } else { widest(column) - cell.chars().count() };
                let cell = if column == 0 { self.painted(cell, row.color) } else { cell.clone() };
                line += &format!("  {cell}{}", " ".repeat(gap));
            }
            self.line(&line);
        }
    }

    fn painted(&self, text: &str, color: Option<Color>) -> String {
        let code = match color.filter(|_| self.colored) {
            None => return text.to_owned(),
            Some(Color::Good) => 32,
            Some(Color::Bad) => 31,
            Some(Color::Warn) => 33,
            Some(Color::Faint) => 2,
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    pub fn into_string(self) -> String {
        self.lines
    }
}

pub(super) struct Row {
    pub color: Option<Color>,
    pub cells: Vec<String>,
}

/// Text of others on one line.
pub(super) fn shown(text: &str) -> String {
    untrusted_text::line(text, 300)
}

/// A line for each gate, those that have not passed first.
pub(super) fn gates(gates: &[Gate], from: Option<&str>, to: &str) -> Vec<Row> {
    let row = |gate: &Gate| {
        let (sign, color) = match gate.verdict {
            Verdict::Passed => ("passed", Color::Good),
            Verdict::Failed => ("failed", Color::Bad),
            Verdict::Unknown => ("unknown", Color::Warn),
        };
        let of = |version: &str, value: &Option<GateValue>| format!("v{version} {}", self::value(value.as_ref()));
        let mut cells = vec![sign.to_owned(), shown(&gate.rule)];
        cells.extend(from.map(|from| of(from, &gate.from)));
        cells.extend([of(to, &gate.to), shown(&gate.why)]);
        Row { color: Some(color), cells }
    };
    gates.iter().map(row).collect()
}

fn value(value: Option<&GateValue>) -> String {
    match value {
        None => "missing".to_owned(),
        Some(GateValue::Number { value }) => number(*value),
        Some(GateValue::Text { text }) => shown(text),
    }
}

/// With all its digits: a rounded one could seem to be on the other side of a limit.
pub(super) fn number(value: MetricValue) -> String {
    let size = value.0.abs();
    match size != 0.0 && size.is_finite() && !(1e-4..1e15).contains(&size) {
        true => format!("{:e}", value.0),
        false => value.0.to_string(),
    }
}

/// `v3`, `no version` or `?`.
pub(super) fn place(place: &Place) -> String {
    match place {
        Place::Version { version } => format!("v{}", shown(version)),
        Place::NoVersion => "no version".to_owned(),
        Place::NotKnown => "?".to_owned(),
    }
}

pub(super) fn when(when: When) -> String {
    match when {
        When::At { ms } => time(ms),
        When::Between { after_ms, before_ms } => {
            let (after, before) = (time(after_ms), time(before_ms));
            if after == before { after } else { format!("{after} … {before}") }
        }
        When::NotKnown => "at an unknown time".to_owned(),
    }
}

/// In the time zone of this machine.
pub(super) fn time(ms: i64) -> String {
    match jiff::Timestamp::from_millisecond(ms) {
        Ok(time) => time.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Err(_) => format!("{ms} ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other_and_nothing_moves_the_cursor() {
        let row =
            |cells: &[&str]| Row { color: Some(Color::Bad), cells: cells.iter().map(|cell| shown(cell)).collect() };
        let mut text = Text { lines: String::new(), colored: false };
        text.table(&[row(&["failed", "acc > 1", "no"]), row(&["passed", "\u{1b}[31mlöss\n< 2", "yes"])]);
        assert_eq!(text.into_string(), "  failed  acc > 1       no\n  passed  [31mlöss < 2  yes\n");
    }
}
