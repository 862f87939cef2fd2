//! How each part of a scope came out of a sync: one that fails is neither hidden by the others nor stops them.

use std::collections::BTreeMap;

use super::error::Result;
use super::{SyncError, What};
use crate::tracking::StoreError;

/// Why a part could not be read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Failure {
    /// The first of its errors.
    pub error: SyncError,
    /// How many runs or histories it concerns, where a part has several.
    pub count: u32,
}

#[derive(Debug)]
pub(super) struct Outcome {
    /// `None` until a step of the part has ended.
    parts: BTreeMap<What, Option<std::result::Result<(), Failure>>>,
    /// Why nothing more can be read, if so.
    stopped: Option<SyncError>,
}

impl Outcome {
    /// Of a sync that reads these parts.
    pub fn of(parts: impl IntoIterator<Item = What>) -> Self {
        Self { parts: parts.into_iter().map(|what| (what, None)).collect(), stopped: None }
    }

    /// Whether this part is to be read, and still can be.
    pub fn wants(&self, what: What) -> bool {
        self.stopped.is_none() && self.parts.contains_key(&what)
    }

    pub fn is_stopped(&self) -> bool {
        self.stopped.is_some()
    }

    /// A step of a part has ended.
    pub fn note(&mut self, what: What, result: Result<()>) {
        let part = self.parts.entry(what).or_default();
        let Err(error) = result else {
            part.get_or_insert(Ok(()));
            return;
        };
        if ends_all(&error) {
            self.stop(error.clone());
        }
        match self.parts.entry(what).or_default() {
            Some(Err(failure)) => failure.count += 1,
            part => *part = Some(Err(Failure { error, count: 1 })),
        }
    }

    /// Nothing more can be read.
    pub fn stop(&mut self, error: SyncError) {
        self.stopped.get_or_insert(error);
    }

    /// Whether every step of this part went well, if the sync ended now.
    pub fn is_well(&self, what: What) -> bool {
        match self.parts.get(&what) {
            Some(Some(result)) => result.is_ok(),
            Some(None) => self.stopped.is_none(),
            None => false,
        }
    }

    pub fn errors(&self) -> impl Iterator<Item = &SyncError> {
        let parts = self.parts.values().filter_map(|part| Some(&part.as_ref()?.as_ref().err()?.error));
        parts.chain(&self.stopped)
    }

    /// The parts that were to be read. One that had nothing to read went well, unless its turn never came.
    pub fn into_parts(self) -> impl Iterator<Item = (What, std::result::Result<(), Failure>)> {
        let rest = match self.stopped {
            Some(error) => Err(Failure { error, count: 0 }),
            None => Ok(()),
        };
        self.parts.into_iter().map(move |(what, part)| (what, part.unwrap_or_else(|| rest.clone())))
    }
}

/// Whether nothing else can be read either: there is no way to the store or no room in the cache, or the server asks
/// for a pause. Other errors are of what was asked, and something else may well be answered.
fn ends_all(error: &SyncError) -> bool {
    match error {
        SyncError::Cache(_) => true,
        SyncError::Store(StoreError::ServerFailed { status, .. }) => matches!(status, 502..=504),
        SyncError::Store(error) => !matches!(
            error,
            StoreError::Forbidden { .. }
                | StoreError::NotFound { .. }
                | StoreError::Refused { .. }
                | StoreError::BadAnswer { .. }
                | StoreError::NotMlflow { .. }
                | StoreError::Unsupported { .. }
                | StoreError::NoSuchEndpoint { .. }
                | StoreError::DatabaseCorrupt { .. }
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::store::{not_found, unreachable};
    use super::*;

    fn parts(outcome: Outcome) -> Vec<(What, Option<u32>)> {
        outcome.into_parts().map(|(what, result)| (what, result.err().map(|failure| failure.count))).collect()
    }

    #[test]
    fn a_part_that_fails_takes_no_other_with_it() {
        let mut outcome = Outcome::of([What::Model, What::Versions, What::SourceRuns]);
        outcome.note(What::Model, Err(not_found().into()));
        outcome.note(What::SourceRuns, Ok(()));
        outcome.note(What::SourceRuns, Err(not_found().into()));
        outcome.note(What::SourceRuns, Err(not_found().into()));
        outcome.note(What::SourceRuns, Ok(()));
        assert!(outcome.wants(What::Versions) && outcome.is_well(What::Versions));
        let expected = [(What::Model, Some(1)), (What::Versions, None), (What::SourceRuns, Some(2))];
        assert_eq!(parts(outcome), expected);
    }

    #[test]
    fn what_is_never_reached_has_not_gone_well() {
        let mut outcome = Outcome::of([What::Model, What::Versions, What::SourceRuns]);
        outcome.note(What::Model, Ok(()));
        outcome.note(What::Versions, Err(unreachable().into()));
        assert!(!outcome.wants(What::SourceRuns) && !outcome.is_well(What::SourceRuns) && outcome.is_well(What::Model));
        assert_eq!(parts(outcome), [(What::Model, None), (What::Versions, Some(1)), (What::SourceRuns, Some(0))]);
    }
}
