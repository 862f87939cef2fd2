//! What the files of a version say of it.

use std::collections::BTreeMap;

use super::signature::Signature;

/// What the files of a version say, as far as they were read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Packaged {
    pub signature: Option<Signature>,
    /// Packages and what is asked of each, by name.
    pub requirements: Option<BTreeMap<String, String>>,
    /// Why they could not be read, if so.
    pub unread: Option<String>,
}
