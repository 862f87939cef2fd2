//! Writing without a profile.

use podium::tracking::{Source, Writer, Writes};

/// The right to change anything at a store, which a test that opens one by hand gives to itself.
pub fn of(store: impl Into<Source>) -> Writer {
    store.into().writer(Writes::Allowed.consent("", None).unwrap())
}
