//! The list of registered models: what it says of each, and which of them are shown. Pure.
//!
//! What costs little is known of all models ([`row`]): names, aliases, tags, newest version, owner. The numbers
//! ([`numbers`]) are made from the leading versions of the models that are on screen, or of all where they are needed to
//! sort or to choose. [`find`] says which models are shown, in which order; [`folders`] puts many under a few names.

mod curve;
mod find;
mod folders;
mod numbers;
mod row;

pub use curve::Curve;
pub use find::{Facet, FacetCount, RegistrySort, SortBy, facets, in_order, is_in, matches};
pub use folders::{Folder, has_folders, level};
pub use numbers::{LastMove, ModelNumbers, deciding_key, numbers_of};
pub use row::{METRIC_TAG, ModelOwner, NewestVersion, OwnerSource, RegistryModel};
