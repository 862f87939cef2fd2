//! Values in lines and columns, as a table of the first rows.

pub const MOST_ROWS: usize = 10_000;
pub const MOST_COLUMNS: usize = 1000;
/// A few long rows may not make all the others as long.
pub const MOST_CELLS: usize = 500_000;
const MOST_CELL_CHARS: usize = 1000;
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub columns: Vec<String>,
    /// Each as long as `columns`.
    pub rows: Vec<Vec<String>>,
    /// Whether there is more than is here.
    pub truncated: bool,
}

/// How many rows of `columns` cells can be shown.
pub fn most_rows(columns: usize) -> usize {
    MOST_ROWS.min(MOST_CELLS / columns.clamp(1, MOST_COLUMNS))
}

pub fn cut_cell(mut cell: String) -> String {
    if let Some((end, _)) = cell.char_indices().nth(MOST_CELL_CHARS) {
        cell.truncate(end);
        cell.push('…');
    }
    cell
}

impl Table {
    /// Makes all rows as long as the longest, within what can be shown.
    pub fn even(mut columns: Vec<String>, mut rows: Vec<Vec<String>>, mut truncated: bool) -> Self {
        let width = rows.iter().map(Vec::len).chain([columns.len()]).max().unwrap_or_default();
        truncated |= width > MOST_COLUMNS || rows.len() > most_rows(width);
        rows.truncate(most_rows(width));
        for row in rows.iter_mut().chain([&mut columns]) {
            row.resize(width.min(MOST_COLUMNS), String::new());
            for cell in row {
                *cell = cut_cell(std::mem::take(cell));
            }
        }
        Self { columns, rows, truncated }
    }
}

/// The first rows of `text`, the first of all as the names of the columns. `whole` says whether
/// the text is all of the file; if not, its last line is taken for half a line.
pub fn read(text: &str, whole: bool, tabs: bool) -> Table {
    // Excel says so itself.
    let said = text.strip_prefix("sep=").and_then(|rest| Some((*rest.as_bytes().first()?, rest.get(1..)?)));
    let (separator, text) = match said.filter(|(_, rest)| rest.starts_with(['\r', '\n'])) {
        Some((separator, rest)) => (separator, rest.trim_start_matches(['\r', '\n'])),
        None if tabs => (b'\t', text),
        None => (separator(text), text),
    };
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut truncated = !whole;
    let mut ended = true;
    for record in reader.records() {
        // Of what a text can be, nothing is an error to a flexible reader.
        let Ok(record) = record else { break };
        if rows.len() > most_rows(record.len()) {
            ended = false;
            truncated = true;
            break;
        }
        rows.push(record.iter().map(ToOwned::to_owned).collect::<Vec<_>>());
    }
    if !whole && ended && rows.len() > 1 {
        rows.pop();
    }
    let columns = if rows.is_empty() { Vec::new() } else { rows.remove(0) };
    Table::even(columns, rows, truncated)
}

/// The separator that cuts the first lines into the most columns, all into the same number.
fn separator(text: &str) -> u8 {
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).take(20).collect();
    let columns = |separator: u8| {
        let of = |line: &&str| {
            let mut quoted = false;
            line.bytes()
                .filter(|&byte| {
                    quoted ^= byte == b'"';
                    byte == separator && !quoted
                })
                .count()
        };
        let first = lines.first().map(of).unwrap_or_default();
        let even = lines.iter().all(|line| of(line) == first);
        (first > 0 && even, first)
    };
    // Of equals the last wins; the comma is the likeliest.
    SEPARATORS.into_iter().rev().max_by_key(|separator| columns(*separator)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_found() {
        for (text, expected) in [
            ("a,b\n1,2\n", vec!["a", "b"]),
            ("a;b;c\n1,5;2;3\n", vec!["a", "b", "c"]),
            ("a\tb\n1\t2\n", vec!["a", "b"]),
            ("a|b\n1|2\n", vec!["a", "b"]),
            ("\"x;y\",b\n\"1;2\",3\n", vec!["x;y", "b"]),
            ("single\n1\n", vec!["single"]),
            ("sep=|\r\na;b|c\r\n1|2\r\n", vec!["a;b", "c"]),
            ("sep=\n1\n", vec!["sep="]),
            ("a,b\r1,2\r3,4\r", vec!["a", "b"]),
        ] {
            assert_eq!(read(text, true, false).columns, expected, "{text}");
        }
    }

    #[test]
    fn quotes_line_breaks_and_uneven_rows() {
        let table = read("a,b\n\"x, \"\"y\"\"\nz\",2\n3\n4,5,6\n", true, false);
        assert_eq!(table.columns, ["a", "b", ""]);
        assert_eq!(table.rows, [["x, \"y\"\nz", "2", ""], ["3", "", ""], ["4", "5", "6"]]);
        assert!(!table.truncated);
        assert_eq!(read("", true, false), Table { columns: vec![], rows: vec![], truncated: false });
    }

    #[test]
    fn only_the_first_rows_and_never_half_a_row() {
        let long: String = (0..=MOST_ROWS + 5).map(|i| format!("{i},x\n")).collect();
        let table = read(&long, true, false);
        assert_eq!((table.rows.len(), table.truncated), (MOST_ROWS, true));
        let exact: String = (0..=MOST_ROWS).map(|i| format!("{i},x\n")).collect();
        let table = read(&exact, true, false);
        assert_eq!((table.rows.len(), table.truncated), (MOST_ROWS, false));
        let table = read("a,b\n1,2\n3,", false, false);
        assert_eq!((table.rows, table.truncated), (vec![vec!["1".to_owned(), "2".to_owned()]], true));
    }

    #[test]
    fn wide_rows_long_cells_and_an_open_quote_are_bounded() {
        let wide = format!("{}\n", "a,".repeat(5000));
        let table = read(&wide, true, false);
        assert_eq!((table.columns.len(), table.truncated), (MOST_COLUMNS, true));
        let open = format!("a,b\n\"{}", "x\n".repeat(100_000));
        let table = read(&open, true, false);
        assert_eq!(table.rows[0][0].chars().count(), MOST_CELL_CHARS + 1);
    }
}
