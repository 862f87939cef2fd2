//! Figures are drawn here, off the async threads, for the screen that asked.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::blocking;
use crate::charts::{self, Figure, FigureLayout, Size, Theme};
use crate::error::{AppError, Result};

/// The paper to draw on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Paper {
    pub width_px: f64,
    pub height_px: f64,
    /// Device pixels per CSS pixel.
    pub dpr: f64,
    pub dark: bool,
    /// What the clock on the wall is ahead of UTC.
    pub utc_offset_minutes: i32,
}

/// A drawn chart: what the drawing says about itself, and its pixels row by row: red, green, blue, alpha.
pub struct Drawn<L> {
    pub layout: L,
    pub rgba: Vec<u8>,
}

/// The layout has the same kind as the figure.
pub(super) async fn draw(figure: Figure, paper: Paper) -> Result<(FigureLayout, Vec<u8>)> {
    let theme = if paper.dark { Theme::dark() } else { Theme::light() };
    let size = Size { width_px: paper.width_px, height_px: paper.height_px, dpr: paper.dpr };
    let frame = blocking(move || charts::frame(&figure, &theme, size)).await?.map_err(AppError::internal)?;
    Ok((frame.layout, frame.rgba))
}
