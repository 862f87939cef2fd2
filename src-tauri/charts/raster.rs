//! Plotters' drawing backend on vello_cpu: from what plotters draws to pixels.
//!
//! Plotters counts in whole numbers, so this backend says that it is eight times as large as it is: positions are
//! eighths of a pixel. What plotters draws is first only noted down. Then the picture is cut into upright strips, and
//! each strip is drawn by its own thread, which sees no more of a long curve than its strip needs.

use std::convert::Infallible;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend};
use plotters_backend::{DrawingErrorKind, FontStyle, FontTransform};
use rayon::prelude::*;
use vello_cpu::color::AlphaColor;
use vello_cpu::kurbo::Affine;

use super::columns::bars_of;
use super::outline::{Point, clockwise};
use super::shape::{Mark, Shape};
use super::strip::Strip;
use super::text;

/// How many of plotters' units are one device pixel.
pub const UNITS: f64 = 8.0;

/// Plotters' SVG divides font sizes by this; drawing code multiplies by it, so this backend divides as well.
pub const FONT_FACTOR: f64 = 1.24;

type Done = Result<(), DrawingErrorKind<Infallible>>;

/// A picture of so many device pixels, as notes of what to draw.
pub struct Picture {
    width: u16,
    height: u16,
    marks: Vec<Mark>,
}

impl Picture {
    pub fn new(width: u16, height: u16) -> Self {
        Self { width, height, marks: Vec::new() }
    }

    /// The pixels, row by row: red, green, blue, alpha. Opaque wherever the picture was filled first, which `draw` does.
    pub fn into_rgba(self) -> Vec<u8> {
        const LEAST_WIDTH: usize = 200;
        let (width, height) = (usize::from(self.width), usize::from(self.height));
        let threads = rayon::current_num_threads().min(width / LEAST_WIDTH).max(1);
        let strip_width = width.div_ceil(threads).next_multiple_of(4);
        let starts: Vec<usize> = (0..width).step_by(strip_width).collect();
        let strip = |&start: &usize| self.strip(start, strip_width.min(width - start));
        let mut strips: Vec<Vec<u8>> = starts.par_iter().map(strip).collect();
        if strips.len() == 1 {
            return strips.remove(0);
        }
        let mut rgba = vec![0; width * height * 4];
        rgba.par_chunks_exact_mut(width * 4).enumerate().for_each(|(y, row)| {
            for (part, pixels) in row.chunks_mut(strip_width * 4).zip(&strips) {
                part.copy_from_slice(&pixels[y * part.len()..(y + 1) * part.len()]);
            }
        });
        rgba
    }

    /// The pixels of the columns `start..start + width`.
    fn strip(&self, start: usize, width: usize) -> Vec<u8> {
        let mut strip = Strip::new(start, width, self.height);
        strip.draw(&self.marks);
        strip.into_rows()
    }

    fn add(&mut self, color: BackendColor, shape: Shape) -> Done {
        if color.alpha <= 0.0 {
            return Ok(());
        }
        let (r, g, b) = color.rgb;
        let color = AlphaColor::from_rgba8(r, g, b, (color.alpha.min(1.0) * 255.0).round() as u8);
        // Neighbours that look the same are drawn as one: faster, and translucent pieces of a curve that overlap
        // (its dashes, its dots) are no darker than the rest of it.
        if let Some(last) = self.marks.last_mut().filter(|last| last.color == color) {
            match (&mut last.shape, shape) {
                (Shape::Fill(all), Shape::Fill(more)) => all.extend(more),
                (Shape::Bars(all), Shape::Bars(more)) => all.extend(more),
                (Shape::Discs(all), Shape::Discs(more)) => all.extend(more),
                (Shape::Stroke(width, all), Shape::Stroke(other, more)) if *width == other => all.extend(more),
                (_, shape) => self.marks.push(Mark { color, shape }),
            }
        } else {
            self.marks.push(Mark { color, shape });
        }
        Ok(())
    }
}

/// What plotters draws on.
pub struct Raster<'a>(pub &'a mut Picture);

fn pixels(point: BackendCoord) -> Point {
    (f64::from(point.0) / UNITS, f64::from(point.1) / UNITS)
}

/// Puts a line that runs along the pixels exactly onto them, so that it is sharp.
fn onto_pixels(at: f64, width: f64) -> f64 {
    if width.round() as i64 % 2 == 1 { at.floor() + 0.5 } else { at.round() }
}

impl DrawingBackend for Raster<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        let units = UNITS as u32;
        (u32::from(self.0.width) * units, u32::from(self.0.height) * units)
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Done {
        self.draw_rect(point, (point.0 + 1, point.1 + 1), &color, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Done {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, style: &S, fill: bool) -> Done {
        let corners = [a, (b.0, a.1), b, (a.0, b.1)];
        if fill { self.fill_polygon(corners, style) } else { self.draw_path(corners.into_iter().chain([a]), style) }
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Done {
        let mut width = f64::from(style.stroke_width()) / UNITS;
        let mut points: Vec<Point> = path.into_iter().map(pixels).collect();
        if let [from, to] = &mut points[..] {
            if from.1 == to.1 {
                width = width.round().max(1.0);
                from.1 = onto_pixels(from.1, width);
                to.1 = from.1;
            } else if from.0 == to.0 {
                width = width.round().max(1.0);
                from.0 = onto_pixels(from.0, width);
                to.0 = from.0;
            }
        }
        self.0.add(style.color(), Shape::Stroke(width, vec![points]))
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> Done {
        let (center, radius) = (pixels(center), f64::from(radius) / UNITS);
        if fill {
            return self.0.add(style.color(), Shape::Discs(vec![(center, radius)]));
        }
        let corner = |i: i32| {
            let angle = f64::from(i) / 48.0 * std::f64::consts::TAU;
            (center.0 + radius * angle.cos(), center.1 + radius * angle.sin())
        };
        let ring = Shape::Stroke(f64::from(style.stroke_width()) / UNITS, vec![(0..=48).map(corner).collect()]);
        self.0.add(style.color(), ring)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, outline: I, style: &S) -> Done {
        let outline: Vec<Point> = outline.into_iter().map(pixels).collect();
        let shape = bars_of(&outline).map(Shape::Bars);
        self.0.add(style.color(), shape.unwrap_or_else(|| Shape::Fill(vec![clockwise(outline)])))
    }

    /// Anchors mean what they mean in plotters' SVG: the base line is 0.76 em below `Top`, half the height of an x
    /// below `Center` and the same above `Bottom`.
    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, at: BackendCoord) -> Done {
        const X_HEIGHT_EM: f64 = 0.546;
        let size = style.size() / FONT_FACTOR / UNITS;
        let line = text::shape(text, size, matches!(style.style(), FontStyle::Bold));
        let across = match style.anchor().h_pos {
            HPos::Left => 0.0,
            HPos::Right => -line.width_px,
            HPos::Center => -line.width_px / 2.0,
        };
        let down = match style.anchor().v_pos {
            VPos::Top => 0.76,
            VPos::Center => X_HEIGHT_EM / 2.0,
            VPos::Bottom => -X_HEIGHT_EM / 2.0,
        };
        let at = pixels(at);
        let place = match style.transform() {
            // A base line on whole pixels keeps small figures sharp.
            FontTransform::None => Affine::translate((at.0 + across, (at.1 + down * size).round())),
            turned => {
                let quarters = match turned {
                    FontTransform::Rotate90 => 1.0,
                    FontTransform::Rotate180 => 2.0,
                    _ => 3.0,
                };
                let turn = Affine::rotate(quarters * std::f64::consts::FRAC_PI_2);
                Affine::translate(at) * turn * Affine::translate((across, down * size))
            }
        };
        self.0.add(style.color(), Shape::Text(line, place))
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        style: &T,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let size = style.size() / FONT_FACTOR;
        let width = text::width_px(text, size, matches!(style.style(), FontStyle::Bold));
        Ok((width.ceil() as u32, size.ceil() as u32))
    }
}
