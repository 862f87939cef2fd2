//! The tables that people keep as JSON: what `mlflow.log_table` writes, and the other forms that
//! pandas has for a data frame. Only the first rows are taken, so it does not matter how long one is.

use std::collections::HashMap;

use super::json_parts::{BrokenJson, parts, string};
use super::table::{self, Table};

/// The table, if the document is one. If it is not `whole`, the rows before the cut.
pub fn table(text: &str, whole: bool) -> Option<Table> {
    let start = text.trim_start();
    if start.starts_with('[') {
        return records(start, whole);
    }
    split(start, whole).or_else(|| columns(start, whole)).or_else(|| rows_by_name(start, whole))
}

/// A JSON object in each line, as rows.
pub fn lines(text: &str, whole: bool) -> Option<Table> {
    let mut rows = Records::default();
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).peekable();
    while let Some(line) = lines.next() {
        if rows.is_full() {
            return rows.table(true);
        }
        match rows.add(line) {
            Some(()) => {}
            // The last line is half a line.
            None if !whole && lines.peek().is_none() => return rows.table(true),
            None => return None,
        }
    }
    rows.table(!whole)
}

/// `[{"a": 1, "b": 2}, …]`
fn records(text: &str, whole: bool) -> Option<Table> {
    let mut elements = parts(text, b'[')?;
    let mut rows = Records::default();
    loop {
        match elements.element() {
            Ok(Some(_)) if rows.is_full() => return rows.table(true),
            Ok(Some(element)) => rows.add(element)?,
            Ok(None) => return rows.table(false).filter(|_| elements.is_all()),
            Err(BrokenJson) if !whole => return rows.table(true),
            Err(BrokenJson) => return None,
        }
    }
}

/// Rows that name their columns themselves.
#[derive(Default)]
struct Records {
    columns: Vec<String>,
    places: HashMap<String, usize>,
    rows: Vec<Vec<String>>,
    values: usize,
    nested: usize,
    /// Whether there were more columns than can be shown.
    wider: bool,
}

impl Records {
    fn is_full(&self) -> bool {
        self.rows.len() >= table::most_rows(self.columns.len())
    }

    fn add(&mut self, object: &str) -> Option<()> {
        let mut members = parts(object, b'{')?;
        let mut row = vec![String::new(); self.columns.len()];
        while let Some((key, value)) = members.member().ok()? {
            self.values += 1;
            self.nested += usize::from(is_nested(value));
            let place = match self.places.get(&key) {
                Some(place) => *place,
                None if self.columns.len() >= table::MOST_COLUMNS => {
                    self.wider = true;
                    continue;
                }
                None => {
                    self.places.insert(key.clone(), self.columns.len());
                    self.columns.push(key);
                    row.push(String::new());
                    self.columns.len() - 1
                }
            };
            row[place] = cell(value);
        }
        members.is_all().then(|| self.rows.push(row))
    }

    /// Rows that are mostly trees read better as what they are.
    fn table(self, truncated: bool) -> Option<Table> {
        let is_table = !self.columns.is_empty() && self.nested * 2 <= self.values;
        is_table.then(|| Table::even(self.columns, self.rows, truncated || self.wider))
    }
}

/// `{"columns": […], "index": […], "data": [[…], …]}`, of which `mlflow.log_table` leaves out the
/// index; and `{"schema": …, "data": [{…}, …]}`.
fn split(text: &str, whole: bool) -> Option<Table> {
    let mut members = parts(text, b'{')?;
    let (mut columns, mut index, mut data, mut has_schema) = (None, None, None, false);
    let mut cut = false;
    loop {
        let key = match members.key() {
            Ok(Some(key)) => key,
            Ok(None) if members.is_all() => break,
            Err(BrokenJson) if !whole => {
                cut = true;
                break;
            }
            Ok(None) | Err(BrokenJson) => return None,
        };
        let value = match members.value() {
            Ok(value) => value,
            Err(BrokenJson) if !whole && key == "data" => {
                cut = true;
                members.rest()
            }
            Err(BrokenJson) => return None,
        };
        match key.as_str() {
            "columns" => columns = Some(list(value)?),
            "index" => index = Some(list(value)?),
            "data" => data = Some(value),
            "schema" => has_schema = true,
            "index_names" | "column_names" => {}
            _ => return None,
        }
        if cut {
            break;
        }
    }
    let data = data?.trim_start();
    if has_schema {
        return records(data, !cut).map(|table| Table { truncated: table.truncated || cut, ..table });
    }
    let columns = columns.filter(|columns| !columns.is_empty())?;
    let mut elements = parts(data, b'[')?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut truncated = cut;
    loop {
        match elements.element() {
            Ok(Some(_)) if rows.len() >= table::most_rows(columns.len()) => {
                truncated = true;
                break;
            }
            Ok(Some(row)) => rows.push(list(row)?),
            Ok(None) => break,
            Err(BrokenJson) if cut => break,
            Err(BrokenJson) => return None,
        }
    }
    Some(with_index(index, Table::even(columns, rows, truncated)))
}

/// Puts the index before the columns, if it says more than the number of the row.
fn with_index(index: Option<Vec<String>>, table: Table) -> Table {
    let counts = |index: &Vec<String>| index.iter().enumerate().all(|(at, name)| *name == at.to_string());
    let Some(index) = index.filter(|index| !counts(index)) else { return table };
    let Table { mut columns, mut rows, truncated } = table;
    columns.insert(0, "index".to_owned());
    let mut names = index.into_iter();
    for row in &mut rows {
        row.insert(0, names.next().unwrap_or_default());
    }
    Table::even(columns, rows, truncated)
}

/// `{"column": {"0": value, "1": value, …}, …}`, as pandas writes unless it is told otherwise: the
/// inner names are numbers, and the same in every column.
fn columns(text: &str, whole: bool) -> Option<Table> {
    let mut outer = parts(text, b'{')?;
    let (mut columns, mut index, mut cells): (_, Vec<String>, Vec<Vec<String>>) = (Vec::new(), Vec::new(), Vec::new());
    let mut truncated = false;
    let is_number = |name: &String| name.parse::<i64>().is_ok();
    loop {
        let (name, value) = match outer.member() {
            Ok(Some(_)) if columns.len() >= table::MOST_COLUMNS => {
                truncated = true;
                break;
            }
            Ok(Some(member)) => member,
            Ok(None) if outer.is_all() => break,
            Err(BrokenJson) if !whole => {
                truncated = true;
                break;
            }
            Ok(None) | Err(BrokenJson) => return None,
        };
        let mut inner = parts(value, b'{')?;
        let mut own = Vec::new();
        while let Some((row, value)) = inner.member().ok()? {
            if own.len() >= table::most_rows(columns.len() + 1) {
                truncated = true;
                break;
            }
            if columns.is_empty() && is_number(&row) {
                index.push(row);
            } else if index.get(own.len()) != Some(&row) {
                return None;
            }
            own.push(cell(value));
        }
        if own.is_empty() || own.len() < index.len() && !truncated {
            return None;
        }
        columns.push(name);
        cells.push(own);
    }
    if columns.is_empty() || columns.iter().all(is_number) {
        return None;
    }
    let mut columns_of_cells: Vec<_> = cells.into_iter().map(Vec::into_iter).collect();
    let mut rows: Vec<Vec<String>> = Vec::new();
    while rows.len() < index.len().min(table::most_rows(columns.len())) {
        rows.push(columns_of_cells.iter_mut().map(|cells| cells.next().unwrap_or_default()).collect());
    }
    Some(with_index(Some(index), Table::even(columns, rows, truncated)))
}

/// `{"row": {"column": value, …}, …}`, where all rows have the same columns.
fn rows_by_name(text: &str, whole: bool) -> Option<Table> {
    let mut outer = parts(text, b'{')?;
    let mut names = Vec::new();
    let mut rows = Records::default();
    let mut truncated = false;
    loop {
        match outer.member() {
            Ok(Some(_)) if rows.is_full() => {
                truncated = true;
                break;
            }
            Ok(Some((name, value))) => {
                let (columns, values) = (rows.columns.len(), rows.values);
                rows.add(value)?;
                let own = rows.values - values;
                if own == 0 || !names.is_empty() && (rows.columns.len() != columns || own != columns) {
                    return None;
                }
                names.push(name);
            }
            Ok(None) if outer.is_all() => break,
            Err(BrokenJson) if !whole => {
                truncated = true;
                break;
            }
            Ok(None) | Err(BrokenJson) => return None,
        }
    }
    let is_table = names.len() > 1 && rows.nested == 0 && !rows.wider;
    is_table.then(|| with_index(Some(names), Table::even(rows.columns, rows.rows, truncated)))
}

/// The values of an array as cells; none where it is no array or is broken.
fn list(text: &str) -> Option<Vec<String>> {
    let mut elements = parts(text, b'[')?;
    let mut cells = Vec::new();
    while let Some(value) = elements.element().ok()? {
        cells.push(cell(value));
    }
    Some(cells)
}

fn is_nested(value: &str) -> bool {
    value.starts_with(['{', '['])
}

fn cell(value: &str) -> String {
    match value {
        "null" => String::new(),
        value if value.starts_with('"') => string(value),
        value => table::cut_cell(value.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<(Vec<String>, Vec<Vec<String>>, bool)> {
        table(text, true).map(|table| (table.columns, table.rows, table.truncated))
    }

    fn grid(columns: &[&str], rows: &[&[&str]]) -> Option<(Vec<String>, Vec<Vec<String>>, bool)> {
        let texts = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        Some((texts(columns), rows.iter().map(|row| texts(row)).collect(), false))
    }

    #[test]
    fn a_logged_table_is_a_table() {
        let found = shown(r#"{"columns":["q","score"],"data":[["why?",0.5],["ok",null],["short"]]}"#);
        assert_eq!(found, grid(&["q", "score"], &[&["why?", "0.5"], &["ok", ""], &["short", ""]]));
        let numbers = shown(r#"{"columns":[0,1,null,true],"data":[[1,NaN,-Infinity,{"a":[1]}]]}"#);
        assert_eq!(numbers, grid(&["0", "1", "", "true"], &[&["1", "NaN", "-Infinity", r#"{"a":[1]}"#]]));
        let pair = shown(r#"{"columns":[["a","x"],["a","y"]],"data":[[1,2]]}"#);
        assert_eq!(pair, grid(&[r#"["a","x"]"#, r#"["a","y"]"#], &[&["1", "2"]]));
    }

    #[test]
    fn every_form_of_a_data_frame_is_the_same_table() {
        let expected = grid(&["a", "b"], &[&["1", "x"], &["2", "y"]]);
        for text in [
            r#"{"columns":["a","b"],"data":[[1,"x"],[2,"y"]]}"#,
            r#"{"columns":["a","b"],"index":[0,1],"data":[[1,"x"],[2,"y"]]}"#,
            r#"{"data":[[1,"x"],[2,"y"]],"columns":["a","b"]}"#,
            r#"[{"a":1,"b":"x"},{"a":2,"b":"y"}]"#,
            r#"[{"a":1,"b":"x"},{"b":"y","a":2}]"#,
            r#"{"a":{"0":1,"1":2},"b":{"0":"x","1":"y"}}"#,
            r#"{"0":{"a":1,"b":"x"},"1":{"a":2,"b":"y"}}"#,
            r#"{"a":{"0":1,"1":2},"b":{"0":"x","1":"y"}} "#,
            r#"{"schema":{"fields":[{"name":"a"}],"pandas_version":"1.4.0"},"data":[{"a":1,"b":"x"},{"a":2,"b":"y"}]}"#,
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
        let named = grid(&["index", "a"], &[&["train", "1"], &["test", "2"]]);
        for text in
            [r#"{"columns":["a"],"index":["train","test"],"data":[[1],[2]]}"#, r#"{"train":{"a":1},"test":{"a":2}}"#]
        {
            assert_eq!(shown(text), named, "{text}");
        }
        let sparse = shown(r#"[{"a":1},{"b":null,"c":2}]"#);
        assert_eq!(sparse, grid(&["a", "b", "c"], &[&["1", "", ""], &["", "", "2"]]));
    }

    #[test]
    fn what_is_no_table_is_not_made_one() {
        for text in [
            "{}",
            "[]",
            "[{}]",
            "3",
            "",
            "[1,2]",
            "[[1,2],[3,4]]",
            r#"{"columns":[],"data":[]}"#,
            r#"{"columns":["a"],"data":[[1]],"x":1}"#,
            r#"{"columns":["a"],"data":[1]}"#,
            r#"{"columns":["a"]}"#,
            r#"[{"a":{"b":1}},{"a":{"b":2}}]"#,
            r#"[{"a":1},2]"#,
            r#"[{"a":1}] x"#,
            r#"{"lr":0.1,"model":{"a":1}}"#,
            r#"{"model":{"a":1}}"#,
            r#"{"a":{"x":1},"b":{"y":1}}"#,
            r#"{"a":{"x":1},"b":{"x":1,"y":1}}"#,
            r#"{"a":{"x":{}},"b":{"x":{}}}"#,
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
    }

    #[test]
    fn a_cut_table_has_the_rows_before_the_cut() {
        for text in [
            r#"{"columns":["a"],"data":[["x"],["yy"],["zzz"]]}"#,
            r#"{"columns":["a"],"index":[0,1,2],"data":[["x"],["yy"],["zzz"]]}"#,
            r#"[{"a":"x"},{"a":"yy"},{"a":"zzz"}]"#,
            r#"{"p":{"a":"x"},"q":{"a":"yy"},"r":{"a":"zzz"}}"#,
            r#"{"a":{"0":"x","1":"yy"},"b":{"0":"zzz","1":""}}"#,
        ] {
            let rows = shown(text).unwrap().1;
            let first = text.find("yy").unwrap();
            for end in first..text.len() {
                let cut = table(&text[..end], false);
                match cut {
                    Some(cut) => {
                        assert!(cut.truncated && cut.rows.len() <= rows.len(), "{}", &text[..end]);
                        for (row, whole) in cut.rows.iter().zip(&rows) {
                            assert!(whole.starts_with(row), "{} -> {row:?}", &text[..end]);
                        }
                    }
                    // One row or half a column may be anything.
                    None => assert!(text.starts_with(r#"{"p""#) || text.starts_with(r#"{"a""#), "{}", &text[..end]),
                }
                assert_eq!(table(&text[..end], true), None);
            }
        }
    }

    #[test]
    fn lines_of_records() {
        let found = lines("{\"a\":1}\n\n{\"a\":NaN,\"b\":\"x\"}\n", true).unwrap();
        assert_eq!(found.rows, [["1", ""], ["NaN", "x"]]);
        assert_eq!(
            lines("{\"a\":1}\n{\"a\":", false).map(|table| (table.rows.len(), table.truncated)),
            Some((1, true))
        );
        for text in ["{\"a\":1}\n{\"a\":", "{\"a\":1}\nwords", "", "{\"a\":{}}", "1\n2"] {
            assert_eq!(lines(text, true), None, "{text}");
        }
    }

    #[test]
    fn a_table_of_many_rows_is_cut_and_one_of_many_columns_stays_small() {
        let rows = vec!["[1,2]"; table::MOST_ROWS + 5].join(",");
        let found = table(&format!(r#"{{"columns":["a","b"],"data":[{rows}]}}"#), true).unwrap();
        assert_eq!((found.rows.len(), found.truncated), (table::MOST_ROWS, true));
        let column: Vec<String> = (0..5000).map(|i| format!(r#""{i}":{i}"#)).collect();
        let column = column.join(",");
        let found = table(&format!(r#"{{"a":{{{column}}},"b":{{{column}}}}}"#), true).unwrap();
        assert_eq!((found.rows.len(), &found.rows[4999], found.truncated), (5000, &vec!["4999".to_owned(); 2], false));
        let keys: Vec<String> = (0..20_000).map(|i| format!(r#"{{"k{i}":1}}"#)).collect();
        let found = table(&format!("[{}]", keys.join(",")), true).unwrap();
        assert!(found.truncated && found.columns.len() <= table::MOST_COLUMNS);
        assert!(found.rows.len() * found.columns.len() <= table::MOST_CELLS);
    }
}
