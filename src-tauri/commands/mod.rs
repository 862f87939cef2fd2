//! The boundary: one file per noun, each command a few lines that ask [`crate::app::App`].
//!
//! Every command answers or fails with an [`crate::error::AppError`]. Reads come from the cache
//! and tell the sync what is being looked at; writes go to the server first.

pub mod artifacts;
pub mod charts;
pub mod experiments;
pub mod models;
pub mod profiles;
pub mod runs;
pub mod settings;
