//! A plotters backend as a surface measured in CSS pixels.
//!
//! Screen, PNG and SVG differ only in how many of the backend's units are one CSS pixel. That number is used here and
//! nowhere else: plotters' own coordinate system takes CSS pixels to units, and lengths are multiplied.

use std::ops::Range;

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::element::{Circle, PathElement, Polygon, Text};
use plotters::prelude::{Cartesian2d, Color, DrawingArea, DrawingBackend, IntoDrawingArea, RGBAColor};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, ShapeStyle, TextStyle};

use super::DrawError;
use super::clip::Point;
use super::raster::FONT_FACTOR;
use super::theme::FONT_FAMILY;

/// A backend, how many of its units make one CSS pixel, and how many columns of a curve it can show in one.
pub struct Canvas<B> {
    pub backend: B,
    pub unit: f64,
    pub columns_per_px: f64,
}

/// How a text stands at the place it is written.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Align {
    #[default]
    Left,
    Center,
    Right,
}

/// The look of a text.
#[derive(Clone, Copy, Debug)]
pub struct LabelStyle<C> {
    pub size_px: f64,
    pub color: C,
    pub align: Align,
    pub is_bold: bool,
}

/// What is drawn on. All positions and lengths are CSS pixels.
pub struct Surface<B: DrawingBackend> {
    area: DrawingArea<B, Cartesian2d<RangedCoordf64, RangedCoordf64>>,
    unit: f64,
}

impl<B: DrawingBackend> Canvas<B> {
    /// Width and height in CSS pixels.
    pub fn size_px(&self) -> (f64, f64) {
        let (width, height) = self.backend.get_size();
        (f64::from(width) / self.unit, f64::from(height) / self.unit)
    }

    /// A surface painted in one color.
    pub fn open(self, color: &impl Color) -> Result<Surface<B>, DrawError> {
        let (width, height) = self.size_px();
        let root: DrawingArea<B, Shift> = self.backend.into_drawing_area();
        root.fill(color).map_err(DrawError::backend)?;
        let (across, down): (Range<i32>, Range<i32>) = root.get_pixel_range();
        let area = root.apply_coord_spec(Cartesian2d::new(0.0..width, 0.0..height, (across, down)));
        Ok(Surface { area, unit: self.unit })
    }
}

impl<B: DrawingBackend> Surface<B> {
    pub fn line(&self, points: &[Point], width_px: f64, color: RGBAColor) -> Result<(), DrawError> {
        let style = ShapeStyle { color, filled: false, stroke_width: self.units(width_px) };
        self.area.draw(&PathElement::new(points, style)).map_err(DrawError::backend)
    }

    pub fn fill(&self, outline: Vec<Point>, color: RGBAColor) -> Result<(), DrawError> {
        self.area.draw(&Polygon::new(outline, color)).map_err(DrawError::backend)
    }

    pub fn dot(&self, at: Point, radius_px: f64, color: RGBAColor) -> Result<(), DrawError> {
        self.area.draw(&Circle::new(at, self.units(radius_px), color.filled())).map_err(DrawError::backend)
    }

    /// Writes one line; `at` is half way up its figures.
    pub fn text<C: Color>(&self, text: &str, at: Point, label: &LabelStyle<C>) -> Result<(), DrawError> {
        let across = match label.align {
            Align::Left => HPos::Left,
            Align::Center => HPos::Center,
            Align::Right => HPos::Right,
        };
        let weight = if label.is_bold { FontStyle::Bold } else { FontStyle::Normal };
        let size = label.size_px * self.unit * FONT_FACTOR;
        let font = FontDesc::new(FontFamily::Name(FONT_FAMILY), size, weight);
        let style = TextStyle::from(font).color(&label.color).pos(Pos::new(across, VPos::Center));
        // Backends put half the height of an x at the middle; figures are higher than an x by this much.
        const FIGURE_EM: f64 = 0.09;
        let at = (at.0, at.1 + FIGURE_EM * label.size_px);
        self.area.draw(&Text::new(text, at, style)).map_err(DrawError::backend)
    }

    /// Says that nothing more will be drawn.
    pub fn finish(self) -> Result<(), DrawError> {
        self.area.present().map_err(DrawError::backend)
    }

    fn units(&self, length_px: f64) -> u32 {
        (length_px * self.unit).round().max(1.0) as u32
    }
}
