//! Lines of one level through values on a grid: marching squares, with what meets joined to one line.

use std::collections::BTreeMap;

use super::clip::Point;

/// Values at the crossings of columns and rows, row by row.
pub struct Field {
    pub columns: usize,
    pub rows: usize,
    pub values: Vec<f64>,
}

impl Field {
    pub fn value(&self, column: usize, row: usize) -> f64 {
        self.values.get(row * self.columns + column).copied().unwrap_or(f64::NAN)
    }

    /// Between four values, at a place that is counted in columns and rows.
    pub fn between(&self, (x, y): Point) -> f64 {
        let cell = |at: f64, count: usize| (at.max(0.0) as usize).min(count.saturating_sub(2));
        let (column, row) = (cell(x, self.columns), cell(y, self.rows));
        let (right, down) = (x - column as f64, y - row as f64);
        let along = |row: usize| {
            let (from, to) = (self.value(column, row), self.value((column + 1).min(self.columns - 1), row));
            from * (1.0 - right) + to * right
        };
        along(row) * (1.0 - down) + along((row + 1).min(self.rows - 1)) * down
    }
}

/// Where a line crosses from one cell into the next: the column and row of the upper left end of the side, and whether
/// the side goes down.
type Side = (usize, usize, bool);

/// The lines on which the field has this value, as places counted in columns and rows. Closed ones end where they begin.
/// `is_shown` says of the middle of each piece whether it is.
pub fn iso_lines(field: &Field, level: f64, is_shown: impl Fn(Point) -> bool) -> Vec<Vec<Point>> {
    let mut next: BTreeMap<Side, Vec<Side>> = BTreeMap::new();
    for row in 0..field.rows.saturating_sub(1) {
        for column in 0..field.columns.saturating_sub(1) {
            for [from, to] in pieces(field, level, column, row) {
                let (a, b) = (crossing(field, level, from), crossing(field, level, to));
                if is_shown((f64::midpoint(a.0, b.0), f64::midpoint(a.1, b.1))) {
                    next.entry(from).or_default().push(to);
                    next.entry(to).or_default().push(from);
                }
            }
        }
    }
    let mut lines = Vec::new();
    // Open lines from their ends first; what is left then are closed ones.
    let ends: Vec<Side> = next.iter().filter(|(_, others)| others.len() == 1).map(|(side, _)| *side).collect();
    let all: Vec<Side> = next.keys().copied().collect();
    for start in ends.into_iter().chain(all) {
        let line = walk(&mut next, start);
        if line.len() > 1 {
            lines.push(line.into_iter().map(|side| crossing(field, level, side)).collect());
        }
    }
    lines
}

/// From a side as far as pieces lead that no line has taken yet.
fn walk(next: &mut BTreeMap<Side, Vec<Side>>, start: Side) -> Vec<Side> {
    let mut line = vec![start];
    let mut at = start;
    while let Some(to) = next.get_mut(&at).and_then(Vec::pop) {
        if let Some(back) = next.get_mut(&to)
            && let Some(place) = back.iter().position(|side| *side == at)
        {
            back.swap_remove(place);
        }
        line.push(to);
        at = to;
    }
    line
}

/// The pieces of the line in one cell: none, one, or two where opposite corners are on one side of the level.
fn pieces(field: &Field, level: f64, column: usize, row: usize) -> Vec<[Side; 2]> {
    let corner = |right: usize, down: usize| field.value(column + right, row + down);
    let corners = [corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1)];
    if corners.iter().any(|value| !value.is_finite()) {
        return Vec::new();
    }
    let above = corners.map(|value| value >= level);
    let (top, right) = ((column, row, false), (column + 1, row, true));
    let (bottom, left) = ((column, row + 1, false), (column, row, true));
    // Each side is between a corner and the next one.
    let sides = [top, right, bottom, left];
    let crossed: Vec<Side> = (0..4).filter(|i| above[*i] != above[(i + 1) % 4]).map(|i| sides[i]).collect();
    match crossed[..] {
        [a, b] => vec![[a, b]],
        [_, _, _, _] => {
            let middle = corners.iter().map(|value| value / 4.0).sum::<f64>();
            // What the middle belongs to is in one piece; the two other corners are cut off.
            if (middle >= level) == above[0] {
                vec![[top, right], [bottom, left]]
            } else {
                vec![[top, left], [right, bottom]]
            }
        }
        _ => Vec::new(),
    }
}

fn crossing(field: &Field, level: f64, (column, row, goes_down): Side) -> Point {
    let from = field.value(column, row);
    let to = if goes_down { field.value(column, row + 1) } else { field.value(column + 1, row) };
    let share = if to == from { 0.5 } else { ((level - from) / (to - from)).clamp(0.0, 1.0) };
    let (x, y) = (column as f64, row as f64);
    if goes_down { (x, y + share) } else { (x + share, y) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(columns: usize, rows: usize, value: impl Fn(f64, f64) -> f64) -> Field {
        let places = (0..rows * columns).map(|i| ((i % columns) as f64, (i / columns) as f64));
        Field { columns, rows, values: places.map(|(x, y)| value(x, y)).collect() }
    }

    #[test]
    fn a_level_of_a_hill_is_one_closed_line_around_it() {
        let hill = field(21, 21, |x, y| -(x - 10.0).hypot(y - 10.0));
        let lines = iso_lines(&hill, -5.0, |_| true);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].first(), lines[0].last());
        assert!(lines[0].iter().all(|(x, y)| ((x - 10.0).hypot(y - 10.0) - 5.0).abs() < 0.1));
        assert!(iso_lines(&hill, 1.0, |_| true).is_empty());
    }

    #[test]
    fn a_slope_has_one_open_line_and_what_is_not_shown_cuts_it() {
        let slope = field(9, 5, |x, _| x);
        let lines = iso_lines(&slope, 3.25, |_| true);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].len(), 5);
        assert!(lines[0].iter().all(|(x, _)| (x - 3.25).abs() < 1e-12));
        let cut = iso_lines(&slope, 3.25, |(_, y)| !(1.0..2.0).contains(&y));
        assert_eq!(cut.iter().map(Vec::len).sum::<usize>(), 5);
        assert_eq!(cut.len(), 2);
    }

    #[test]
    fn a_saddle_is_two_lines_that_do_not_cross() {
        for (level, above) in [(0.4, true), (0.6, false)] {
            let saddle = field(2, 2, |x, y| if x == y { 1.0 } else { 0.0 });
            let lines = iso_lines(&saddle, level, |_| true);
            assert_eq!(lines.len(), 2);
            let joins = |line: &Vec<Point>| line.iter().any(|(_, y)| *y == 0.0) && line.iter().any(|(x, _)| *x == 1.0);
            assert_eq!(lines.iter().any(joins), above, "{lines:?}");
        }
    }

    #[test]
    fn nothing_of_what_is_no_number_and_any_size() {
        assert!(iso_lines(&field(3, 3, |x, _| if x == 1.0 { f64::NAN } else { x }), 0.5, |_| true).is_empty());
        for (columns, rows) in [(0, 0), (1, 9), (2, 1)] {
            assert!(iso_lines(&field(columns, rows, |x, y| x + y), 0.5, |_| true).is_empty());
        }
        let of = field(3, 2, |x, y| x + 10.0 * y);
        assert_eq!([of.between((0.5, 0.5)), of.between((2.0, 1.0)), of.between((0.0, 0.0))], [5.5, 12.0, 0.0]);
    }
}
