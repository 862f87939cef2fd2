//! Several charts and some words on one sheet of pixels.

use plotters::style::RGBColor;

use super::canvas::{Align, Canvas, LabelStyle};
use super::layout::Rect;
use super::raster::{Picture, Raster, UNITS};
use super::text::fitted;
use super::{DrawError, Figure, FigureLayout, Size, Theme, encode, frame};

/// How words on a sheet look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetText {
    Title,
    Heading,
    Plain,
    Quiet,
}

/// A picture that is drawn piece by piece; places are CSS pixels from its top left corner.
pub struct Sheet {
    theme: Theme,
    dpr: f64,
    width: usize,
    height: usize,
    /// Row by row: red, green, blue.
    rgb: Vec<u8>,
}

impl Sheet {
    /// # Errors
    /// `Size` where the sheet would be too large to be made, or nothing.
    pub fn new(theme: Theme, Size { width_px, height_px, dpr }: Size) -> Result<Self, DrawError> {
        const LONGEST: f64 = 32_768.0;
        const MOST_PIXELS: f64 = 64e6;
        let (width, height) = ((width_px * dpr).round(), (height_px * dpr).round());
        let is_possible = |side: f64| (1.0..=LONGEST).contains(&side);
        if !is_possible(width) || !is_possible(height) || width * height > MOST_PIXELS {
            return Err(DrawError::Size(width, height));
        }
        let (width, height) = (width as usize, height as usize);
        let RGBColor(r, g, b) = theme.surface;
        Ok(Self { theme, dpr, width, height, rgb: [r, g, b].repeat(width * height) })
    }

    /// Draws the figure as for the screen.
    pub fn draw(&mut self, figure: &Figure, at: Rect) -> Result<FigureLayout, DrawError> {
        let size = Size { width_px: at.width, height_px: at.height, dpr: self.dpr };
        let drawn = frame(figure, &self.theme, size)?;
        self.put(&drawn.rgba, drawn.width as usize, at);
        Ok(drawn.layout)
    }

    /// Writes one line, half way up `at`; what has no room ends in an ellipsis.
    pub fn write(&mut self, text: &str, at: Rect, look: SheetText) -> Result<(), DrawError> {
        let (width, height) = ((at.width * self.dpr).round(), (at.height * self.dpr).round());
        if !(1.0..=f64::from(u16::MAX)).contains(&width) || !(1.0..=f64::from(u16::MAX)).contains(&height) {
            return Err(DrawError::Size(width, height));
        }
        let theme = &self.theme;
        let (size_px, color) = match look {
            SheetText::Title => (theme.title_px * 1.5, theme.title),
            SheetText::Heading => (theme.title_px, theme.title),
            SheetText::Plain => (theme.label_px, theme.label),
            SheetText::Quiet => (theme.label_px, theme.label_quiet),
        };
        let is_bold = matches!(look, SheetText::Title | SheetText::Heading);
        // Bold letters are a little wider than those that are measured.
        let room_px = if is_bold { at.width * 0.92 } else { at.width };
        let mut picture = Picture::new(width as u16, height as u16);
        let canvas = Canvas { backend: Raster(&mut picture), unit: self.dpr * UNITS, columns_per_px: self.dpr };
        let surface = canvas.open(&theme.surface)?;
        let style = LabelStyle { size_px, color, align: Align::Left, is_bold };
        surface.text(&fitted(text, room_px, size_px), (0.0, at.height / 2.0), &style)?;
        surface.finish()?;
        self.put(&picture.into_rgba(), width as usize, at);
        Ok(())
    }

    /// A thin line around a place.
    pub fn outline(&mut self, at: Rect) {
        let RGBColor(r, g, b) = self.theme.grid;
        let thickness = self.dpr.round().max(1.0) as usize;
        let (left, top) = ((at.x * self.dpr).round() as usize, (at.y * self.dpr).round() as usize);
        let (right, bottom) = ((at.right() * self.dpr).round() as usize, (at.bottom() * self.dpr).round() as usize);
        for y in top..bottom.min(self.height) {
            let is_edge = y < top + thickness || y + thickness >= bottom;
            for x in left..right.min(self.width) {
                if is_edge || x < left + thickness || x + thickness >= right {
                    self.rgb[(y * self.width + x) * 3..][..3].copy_from_slice(&[r, g, b]);
                }
            }
        }
    }

    pub fn into_png(self) -> Result<Vec<u8>, DrawError> {
        encode(&self.rgb, self.width as u32, self.height as u32, self.dpr)
    }

    /// What reaches over the edge of the sheet is cut off.
    fn put(&mut self, rgba: &[u8], width: usize, at: Rect) {
        let (left, top) = ((at.x * self.dpr).round() as usize, (at.y * self.dpr).round() as usize);
        let visible = width.min(self.width.saturating_sub(left));
        for (row, pixels) in rgba.chunks_exact(width * 4).enumerate().take(self.height.saturating_sub(top)) {
            let start = ((top + row) * self.width + left) * 3;
            let target = self.rgb[start..start + visible * 3].as_chunks_mut::<3>().0;
            for (to, from) in target.iter_mut().zip(pixels.as_chunks::<4>().0) {
                to.copy_from_slice(&from[..3]);
            }
        }
    }
}
