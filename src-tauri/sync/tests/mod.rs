//! What the sync promises: the plan as a table, the engine against a store that fails on demand.

mod engine;
mod plan;
pub(super) mod store;
