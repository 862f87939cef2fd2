//! Reads a column as SQLite coerces it. SQLite's columns hold what they were given, so a text
//! that is not UTF-8 or a number kept as text is shown as well as it can be, not refused.

use sqlx::sqlite::SqliteRow;
use sqlx::{Error, Row};

pub fn text(row: &SqliteRow, index: usize) -> Result<String, Error> {
    optional_text(row, index).map(Option::unwrap_or_default)
}

pub fn optional_text(row: &SqliteRow, index: usize) -> Result<Option<String>, Error> {
    let bytes: Option<&[u8]> = row.try_get_unchecked(index)?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned()))
}

pub fn integer(row: &SqliteRow, index: usize) -> Result<i64, Error> {
    optional_integer(row, index).map(Option::unwrap_or_default)
}

pub fn optional_integer(row: &SqliteRow, index: usize) -> Result<Option<i64>, Error> {
    row.try_get_unchecked(index)
}

pub fn real(row: &SqliteRow, index: usize) -> Result<f64, Error> {
    let value: Option<f64> = row.try_get_unchecked(index)?;
    Ok(value.unwrap_or_default())
}
