//! Charts: one drawing code for screen, PNG and SVG, on plotters. Knows nothing of the rest of the application.
//!
//! [`draw`] is the way through, for each kind of [`Figure`]. Bars are one file (`bars`). Lines may be groups of others
//! (`aggregate`, at `places` of x), or what is between them and a baseline (`difference`). They are cropped and
//! smoothed (`trace`); then it is decided where everything goes (`plan`), every curve is reduced to what its pixels
//! can show (`decimate`), and all is drawn (`axes`, `line`). Scatter plots, panels of small ones, heat maps, contours
//! and parallel coordinates (`scatter`, `panels`, `heat`, `contour`, `parallel`) share what a value of every run is as
//! a place (`dimension`) and as a colour (`coloring`). Boxes, violins, histograms and shares have a folder
//! (`distribution`), and a metric over the versions of a model has a file (`versions`). All draw on a surface measured
//! in CSS pixels (`canvas`), several of them on one `sheet`. Only `raster`, `sheet`, `strip`, `columns` and `stamps`
//! know pixels, and only `text` knows fonts.

mod aggregate;
mod axes;
mod bars;
mod canvas;
mod clip;
mod color_vision;
mod coloring;
mod columns;
mod contour;
mod curve;
mod decimate;
mod difference;
mod dimension;
mod distribution;
mod figure;
mod heat;
mod heat_bins;
mod heat_cells;
mod iso_lines;
mod layout;
mod leaders;
mod line;
mod outliers;
mod outline;
mod palette;
mod panels;
mod parallel;
mod places;
mod plan;
mod plane;
mod probe;
mod raster;
mod scale;
mod scatter;
mod shape;
mod sheet;
mod smooth;
mod spec;
mod stamps;
mod strip;
mod surface;
mod text;
mod theme;
mod ticks;
mod time;
mod tokens;
mod trace;
mod versions;

#[cfg(test)]
mod bars_tests;
#[cfg(test)]
mod contour_tests;
#[cfg(test)]
mod distribution_tests;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod heat_tests;
#[cfg(test)]
mod panels_tests;
#[cfg(test)]
mod parallel_tests;
#[cfg(test)]
mod scatter_tests;

use plotters::prelude::{DrawingBackend, SVGBackend};

pub use aggregate::{Aggregate, GroupCurve, Middle, Spread, aggregate};
pub use canvas::Canvas;
pub use coloring::{ColorScale, Coloring, ScaleNumbers};
pub use contour::{ContourChart, ContourLayout, SurfaceVerdict};
pub use difference::{Baseline, Partners, zero};
pub use dimension::{Dimension, DimensionLayout, Domain, Lane, LaneCount};
pub use distribution::{
    DistributionChart, DistributionForm, DistributionGroup, DistributionLayout, GroupNumbers, Summary, bins, largest,
    numbers, steps,
};
pub use figure::{Figure, FigureLayout};
pub use heat::{HeatCell, HeatChart, HeatLayout};
pub use heat_cells::CellStatistic;
pub use layout::{Axis, BarLayout, Layout, Note, Outliers, Rect};
pub use leaders::Leaders;
pub use palette::{PALETTE, PaletteColor, assign, nearest};
pub use panels::{PanelChart, PanelLayout, PanelSide};
pub use parallel::{ParallelAxis, ParallelAxisLayout, ParallelChart, ParallelLayout};
pub use probe::{Probe, nearest_index, probe};
pub use scatter::{ScatterChart, ScatterLayout};
pub use sheet::{Sheet, SheetText};
pub use spec::{Band, Bar, BarChart, Chart, Ends, Scale, Series, Size, Smoothing, SmoothingKind, XAxis, XKind, YAxis};
pub use theme::{DASHES, Theme};
pub use versions::{
    AliasLane, AliasTone, LaneSpan, SpanLayout, VersionPoint, VersionsChart, VersionsLayout, VersionsX,
};

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
    pub layout: FigureLayout,
}

/// Draws `figure` on any plotters backend.
pub fn draw<B: DrawingBackend>(figure: &Figure, theme: &Theme, canvas: Canvas<B>) -> Result<FigureLayout, DrawError> {
    Ok(match figure {
        Figure::Lines(chart) => FigureLayout::Lines(line::draw(chart, theme, canvas)?),
        Figure::Bars(chart) => FigureLayout::Bars(bars::draw(chart, theme, canvas)?),
        Figure::Parallel(chart) => FigureLayout::Parallel(parallel::draw(chart, theme, canvas)?),
        Figure::Distribution(chart) => FigureLayout::Distribution(Box::new(distribution::draw(chart, theme, canvas)?)),
        Figure::Versions(chart) => FigureLayout::Versions(versions::draw(chart, theme, canvas)?),
        Figure::Scatter(chart) => FigureLayout::Scatter(Box::new(scatter::draw(chart, theme, canvas)?)),
        Figure::Panels(chart) => FigureLayout::Panels(Box::new(panels::draw(chart, theme, canvas)?)),
        Figure::Contour(chart) => FigureLayout::Contour(Box::new(contour::draw(chart, theme, canvas)?)),
        Figure::Heat(chart) => FigureLayout::Heat(Box::new(heat::draw(chart, theme, canvas)?)),
    })
}

/// Draws for the screen. Takes no locks that another drawing holds for long, so charts can be drawn side by side.
pub fn frame(figure: &Figure, theme: &Theme, size: Size) -> Result<Frame, DrawError> {
    let (width, height) = device_size(size)?;
    let mut picture = raster::Picture::new(width, height);
    let backend = raster::Raster(&mut picture);
    let layout = draw(figure, theme, Canvas { backend, unit: size.dpr * raster::UNITS, columns_per_px: size.dpr })?;
    let mut rgba = picture.into_rgba();
    // Blending rounds. What lies on something opaque is opaque.
    rgba.as_chunks_mut::<4>().0.iter_mut().for_each(|pixel| pixel[3] = 255);
    Ok(Frame { width: u32::from(width), height: u32::from(height), rgba, layout })
}

/// Draws a PNG file; `size.dpr` is how many of its pixels are one CSS pixel.
pub fn png(figure: &Figure, theme: &Theme, size: Size) -> Result<Vec<u8>, DrawError> {
    let frame = frame(figure, theme, size)?;
    let rgb: Vec<u8> = frame.rgba.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
    encode(&rgb, frame.width, frame.height, size.dpr)
}

/// A PNG of pixels without transparency, `dpr` of which are one CSS pixel.
fn encode(rgb: &[u8], width: u32, height: u32, dpr: f64) -> Result<Vec<u8>, DrawError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let per_meter = (dpr * 96.0 / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_meter, yppu: per_meter, unit: png::Unit::Meter }));
    encoder.write_header()?.write_image_data(rgb)?;
    Ok(file)
}

/// Draws an SVG file. Its text asks for Inter and takes what the viewer has.
pub fn svg(figure: &Figure, theme: &Theme, size: Size) -> Result<String, DrawError> {
    Ok(svg_with_layout(figure, theme, size)?.0)
}

/// The same, with what the drawing says of itself.
pub fn svg_with_layout(figure: &Figure, theme: &Theme, size: Size) -> Result<(String, FigureLayout), DrawError> {
    const UNITS: f64 = 10.0;
    device_size(Size { dpr: 1.0, ..size })?;
    let (width, height) = ((size.width_px * UNITS) as u32, (size.height_px * UNITS) as u32);
    let mut file = String::new();
    let backend = SVGBackend::with_string(&mut file, (width, height));
    let layout = draw(figure, theme, Canvas { backend, unit: UNITS, columns_per_px: 2.0 })?;
    // The picture is in tenths of a pixel; what holds for all curves is said once, at the root.
    let root = format!("<svg width=\"{width}\" height=\"{height}\"");
    let outside = format!(
        "<svg width=\"{}\" height=\"{}\" stroke-linejoin=\"round\" stroke-linecap=\"round\"",
        size.width_px, size.height_px
    );
    Ok((file.replacen(&root, &outside, 1), layout))
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
