//! Colors, type and lengths of a chart, in CSS pixels; light and dark. The colors are those of the window's own tokens.

use plotters::style::RGBColor;

/// Everything about the look that is not the data's.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Behind everything; opaque.
    pub surface: RGBColor,
    pub grid: RGBColor,
    /// The lowest line of the plot.
    pub base_line: RGBColor,
    pub title: RGBColor,
    /// Axis labels, the legend.
    pub label: RGBColor,
    /// Behind a label: days under hours, the word for the axis.
    pub label_quiet: RGBColor,
    pub label_px: f64,
    pub title_px: f64,
    pub grid_px: f64,
    /// Share of its color that a series keeps while another one is highlighted.
    pub faded: f64,
    /// Share of its color that the raw history keeps behind the smoothed curve.
    pub raw: f64,
}

/// The family names that an SVG asks for. Pixels are drawn with the embedded Inter.
pub const FONT_FAMILY: &str = "Inter, system-ui, sans-serif";

impl Theme {
    pub fn light() -> Self {
        Self {
            surface: RGBColor(0xff, 0xff, 0xff),
            grid: RGBColor(0xec, 0xee, 0xf1),
            base_line: RGBColor(0xcf, 0xd3, 0xd9),
            title: RGBColor(0x1b, 0x1e, 0x24),
            label: RGBColor(0x5c, 0x63, 0x70),
            label_quiet: RGBColor(0x8b, 0x92, 0xa0),
            ..Self::dark()
        }
    }

    pub fn dark() -> Self {
        Self {
            surface: RGBColor(0x1a, 0x1c, 0x20),
            grid: RGBColor(0x2b, 0x2e, 0x34),
            base_line: RGBColor(0x3a, 0x3e, 0x46),
            title: RGBColor(0xe6, 0xe8, 0xec),
            label: RGBColor(0x9a, 0xa1, 0xad),
            label_quiet: RGBColor(0x6b, 0x72, 0x7f),
            label_px: 11.0,
            title_px: 13.0,
            grid_px: 1.0,
            faded: 0.2,
            raw: 0.28,
        }
    }

    /// How wide a curve is: thinner where many share the plot.
    pub fn stroke_px(&self, series: usize) -> f64 {
        match series {
            0..=16 => 1.6,
            17..=48 => 1.3,
            _ => 1.0,
        }
    }

    /// How opaque a band from minimum to maximum is: many overlap, and each must still be seen.
    pub fn band(&self, series: usize) -> f64 {
        match series {
            0..=2 => 0.30,
            3..=8 => 0.24,
            9..=32 => 0.18,
            _ => 0.13,
        }
    }
}

/// What tells curves of one colour apart: lengths of strokes and gaps, in widths of the stroke.
pub const DASHES: [&[f64]; 3] = [&[5.0, 3.0], &[1.5, 2.5], &[8.0, 3.0, 1.5, 3.0]];

/// `None` is a solid line.
pub fn dash_pattern(dash: u8) -> Option<&'static [f64]> {
    let index = usize::from(dash.checked_sub(1)?);
    Some(DASHES[index % DASHES.len()])
}
