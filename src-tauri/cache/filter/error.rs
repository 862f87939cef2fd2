//! What is wrong with a filter, and where.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use specta::Type;

/// Says what is wrong in words for people. `start` and `end` count characters (Unicode scalar
/// values) of the filter as typed; they are equal at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct FilterError {
    pub message: String,
    pub start: u32,
    pub end: u32,
}

/// An error at a range of bytes, before the text is at hand to count characters.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Problem {
    pub message: String,
    pub at: Range<usize>,
}

impl Problem {
    pub fn new(message: impl Into<String>, at: Range<usize>) -> Self {
        Self { message: message.into(), at }
    }

    pub fn in_text(self, text: &str) -> FilterError {
        let chars_before = |byte: usize| {
            let count = text.char_indices().take_while(|(position, _)| *position < byte).count();
            u32::try_from(count).unwrap_or(u32::MAX)
        };
        FilterError { message: self.message, start: chars_before(self.at.start), end: chars_before(self.at.end) }
    }
}
