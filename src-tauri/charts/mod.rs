//! Charts: one drawing code for screen, PNG and SVG, on plotters. Knows nothing of the rest of the application.
//!
//! [`draw`] is the way through: crop and smooth (`trace`), decide where everything goes (`plan`), reduce every curve to
//! what its pixels can show (`decimate`), draw (`axes`, `line`) on a sheet measured in CSS pixels (`canvas`). Only
//! `raster` and `columns` know pixels, and only `text` knows fonts.

mod axes;
mod canvas;
mod clip;
mod color_vision;
mod columns;
mod decimate;
mod layout;
mod line;
mod outliers;
mod outline;
mod palette;
mod plan;
mod probe;
mod raster;
mod scale;
mod smooth;
mod spec;
mod text;
mod theme;
mod ticks;
mod time;
mod tokens;
mod trace;

#[cfg(test)]
mod golden;

use plotters::prelude::{DrawingBackend, SVGBackend};
use rayon::prelude::*;

pub use canvas::Canvas;
pub use layout::{Axis, Layout, Note, Outliers, Rect};
pub use palette::{PALETTE, PaletteColor, assign};
pub use probe::{Probe, probe};
pub use spec::{Chart, Scale, Series, Size, XAxis, XKind, YAxis};
pub use theme::{DASHES, Theme};

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum DrawError {
    #[error("a picture of {0} by {1} pixels cannot be drawn")]
    Size(f64, f64),
    #[error("drawing failed: {0}")]
    Backend(String),
    #[error("the PNG could not be written: {0}")]
    Png(#[from] png::EncodingError),
}

impl DrawError {
    fn backend(error: impl std::error::Error) -> Self {
        Self::Backend(error.to_string())
    }
}

/// A picture for the screen.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Device pixels.
    pub width: u32,
    pub height: u32,
    /// Row by row: red, green, blue, alpha. Every pixel is opaque.
    pub rgba: Vec<u8>,
    pub layout: Layout,
}

/// Draws `chart` on any plotters backend.
pub fn draw<B: DrawingBackend>(chart: &Chart, theme: &Theme, canvas: Canvas<B>) -> Result<Layout, DrawError> {
    let size_px = canvas.size_px();
    let x = plan::x_axis(chart);
    let traces: Vec<trace::Trace> = chart.series.par_iter().map(|series| trace::trace(chart, series, &x)).collect();
    let outliers = outliers::outliers(&traces, &x, chart.y.scale);
    let y = plan::y_axis(chart, &traces, outliers.as_ref());
    let note = plan::note(chart, &traces);
    let plan = plan::arrange(chart, theme, size_px, x, y, note);
    let view = decimate::View { x, y, plot: plan.plot };
    let curves = line::curves(chart, &traces, theme, &view, canvas.columns_per_px);
    let counts = traces.iter().fold(trace::ValueCounts::default(), |all, t| all.and(t.counts));
    let layout = Layout {
        outliers,
        width_px: size_px.0,
        height_px: size_px.1,
        plot: plan.plot,
        x_kind: chart.x.kind,
        x,
        y,
        series_drawn: traces.iter().filter(|t| t.counts.extent.is_some()).count() as u32,
        series_total: chart.series.len() as u32,
        points_total: chart.series.iter().map(|s| s.len() as u32).sum(),
        points_most: chart.series.iter().map(|s| s.len() as u32).max().unwrap_or(0),
        series_at_one_x: chart.series.iter().filter(|s| s.is_at_one_x()).count() as u32,
        nan_points: counts.nan,
        infinite_points: counts.infinite,
        non_positive_points: counts.non_positive,
        has_bands: line::has_bands(&curves),
        note,
    };
    let surface = canvas.open(&theme.surface)?;
    axes::draw_axes(&surface, &plan, theme)?;
    line::draw_curves(&surface, &curves, &plan.plot)?;
    axes::draw_words(&surface, chart, &plan, theme)?;
    surface.finish()?;
    Ok(layout)
}

/// Draws for the screen. Takes no locks that another drawing holds for long, so charts can be drawn side by side.
pub fn frame(chart: &Chart, theme: &Theme, size: Size) -> Result<Frame, DrawError> {
    let (width, height) = device_size(size)?;
    let mut picture = raster::Picture::new(width, height);
    let backend = raster::Raster(&mut picture);
    let layout = draw(chart, theme, Canvas { backend, unit: size.dpr * raster::UNITS, columns_per_px: size.dpr })?;
    Ok(Frame { width: u32::from(width), height: u32::from(height), rgba: picture.into_rgba(), layout })
}

/// Draws a PNG file; `size.dpr` is how many of its pixels are one CSS pixel.
pub fn png(chart: &Chart, theme: &Theme, size: Size) -> Result<Vec<u8>, DrawError> {
    let frame = frame(chart, theme, size)?;
    let rgb: Vec<u8> = frame.rgba.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, frame.width, frame.height);
    encoder.set_color(png::ColorType::Rgb);
    let per_meter = (size.dpr * 96.0 / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_meter, yppu: per_meter, unit: png::Unit::Meter }));
    encoder.write_header()?.write_image_data(&rgb)?;
    Ok(file)
}

/// Draws an SVG file. Its text asks for Inter and takes what the viewer has.
pub fn svg(chart: &Chart, theme: &Theme, size: Size) -> Result<String, DrawError> {
    const UNITS: f64 = 10.0;
    device_size(Size { dpr: 1.0, ..size })?;
    let (width, height) = ((size.width_px * UNITS) as u32, (size.height_px * UNITS) as u32);
    let mut file = String::new();
    let backend = SVGBackend::with_string(&mut file, (width, height));
    draw(chart, theme, Canvas { backend, unit: UNITS, columns_per_px: 2.0 })?;
    // The picture is in tenths of a pixel; what holds for all curves is said once, at the root.
    let root = format!("<svg width=\"{width}\" height=\"{height}\"");
    let outside = format!(
        "<svg width=\"{}\" height=\"{}\" stroke-linejoin=\"round\" stroke-linecap=\"round\"",
        size.width_px, size.height_px
    );
    Ok(file.replacen(&root, &outside, 1))
}

/// Width and height in device pixels, if such a picture can be made.
fn device_size(size: Size) -> Result<(u16, u16), DrawError> {
    const LARGEST: f64 = 16_384.0;
    const MOST_PIXELS: f64 = 100e6;
    let (width, height) = ((size.width_px * size.dpr).round(), (size.height_px * size.dpr).round());
    let is_drawable =
        width >= 1.0 && height >= 1.0 && width <= LARGEST && height <= LARGEST && width * height <= MOST_PIXELS;
    if is_drawable { Ok((width as u16, height as u16)) } else { Err(DrawError::Size(width, height)) }
}
