//! Where a hop is in its route.

/// Which hop of how many.
#[derive(Debug, Clone, Copy)]
pub struct Position {
    pub number: usize,
    pub of: usize,
}
