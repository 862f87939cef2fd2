//! What is wrong with a filter, and where.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use specta::Type;

/// Says what is wrong in words for people. `start` and `end` count UTF-16 units of the filter as
/// typed, as the window counts; they are equal at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct FilterError {
    pub code: FilterErrorCode,
    pub message: String,
    pub start: u32,
    pub end: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum FilterErrorCode {
    /// It ends too early, or a quotation mark is not closed: the rest may still be typed.
    Incomplete,
    /// Something else should stand at this place.
    Unexpected,
    /// Nothing has this name.
    UnknownName,
    /// A name without a prefix that several kinds of things have.
    AmbiguousName,
    /// The value, or the operator, is not one for this field.
    WrongType,
    /// More conditions, names, values or parentheses than are taken.
    TooLong,
}

/// An error at a range of bytes, before the text is at hand to count UTF-16 units.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Problem {
    pub code: FilterErrorCode,
    pub message: String,
    /// Bytes of the filter.
    pub at: Range<usize>,
}

impl Problem {
    pub fn new(code: FilterErrorCode, message: impl Into<String>, at: Range<usize>) -> Self {
        Self { code, message: message.into(), at }
    }

    /// The same for the window. `text` is the filter as typed.
    pub fn in_text(self, text: &str) -> FilterError {
        let Self { code, message, at } = self;
        FilterError { code, message, start: utf16_units(text, at.start), end: utf16_units(text, at.end) }
    }
}

/// The UTF-16 units of `text` before a byte of it.
pub(super) fn utf16_units(text: &str, byte: usize) -> u32 {
    let before = text.char_indices().take_while(|(position, _)| *position < byte);
    let units: usize = before.map(|(_, character)| character.len_utf16()).sum();
    u32::try_from(units).unwrap_or(u32::MAX)
}
