//! Making versions of registered models: from a folder of a run, from a logged model, or as a [`mod@copy`] of another.
//!
//! What can become a version is found by [`sources`]; a server gives each new version the next number, so the same
//! request sent twice makes two of them. [`create_version`] therefore marks what it asks for, and looks for its mark
//! before it asks again.

mod copy;
mod create;
mod error;
mod source;

pub use copy::{
    Carrier, CopiedFile, CopyEnds, CopyOrigin, CopyPlan, CopyProgress, CopyState, CopyTrouble, CopyWay, Destination,
    FileSize, KeepCopy, OfferedWay, carrier_of, copied_tags, files_of, go_on, place_of, plan_copy, referring,
};
pub use create::{BY_TAG, MARK_TAG, create_model, create_version, marked};
pub use error::RegistrationError;
pub use source::{ModelSource, Sources, source_in, sources};
