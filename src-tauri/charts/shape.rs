//! What a picture is made of: shapes in one colour.

use vello_cpu::color::{AlphaColor, Srgb};
use vello_cpu::kurbo::Affine;

use super::columns::Bar;
use super::outline::Point;
use super::text;

pub struct Mark {
    pub color: AlphaColor<Srgb>,
    pub shape: Shape,
}

/// Lengths are device pixels.
pub enum Shape {
    /// Outlines that all turn the same way, so that one never cuts a hole into another.
    Fill(Vec<Vec<Point>>),
    Stroke(f64, Vec<Vec<Point>>),
    /// A band.
    Bars(Vec<Bar>),
    /// Centers and radii.
    Discs(Vec<(Point, f64)>),
    /// Where the left end of the base line is, and how far it is turned.
    Text(text::Line, Affine),
}

impl Shape {
    /// Of how many discs or lines it is.
    pub fn count(&self) -> usize {
        match self {
            Self::Discs(discs) => discs.len(),
            Self::Stroke(_, lines) => lines.len(),
            Self::Fill(_) | Self::Bars(_) | Self::Text(..) => 1,
        }
    }
}
