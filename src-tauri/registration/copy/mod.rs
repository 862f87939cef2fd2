//! Copying a version to another registered model, of the same server or of another.
//!
//! On one server the new version names the old one as its source. Between servers its files are copied into a run that
//! is made for them, with the params and metrics of the one they came from; the version is made once every file is
//! there and was read back as it was sent. How far a copy is, is kept after every [`Step`], so that it goes on where it
//! was left, whatever ended it.

mod files;
mod origin;
mod plan;
mod state;
mod take;

pub use files::{FileSize, files_of, place_of};
pub use origin::{CopyOrigin, copied_tags};
pub use plan::{CopyPlan, CopyWay, Destination, OfferedWay, plan_copy, referring};
pub use state::{Carrier, CopiedFile, CopyState, Step};
pub use take::{CopyEnds, CopyProgress, CopyTrouble, KeepCopy, carrier_of, go_on};
