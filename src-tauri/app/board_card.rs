//! A board as it is to be saved, and its cards on the way into the file.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::any_chart::{AnyChart, Contents};
use super::chart_file::{ChartFile, ChartTheme, with_words};
use crate::charts::{DimensionLayout, Figure, FigureLayout, Lane, LaneCount, Theme};

/// Twelve of them stand beside each other.
pub(super) const COLUMNS: u8 = 12;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum BoardFormat {
    /// One page with its pictures and values in it, for any browser, without a network.
    Html,
    /// One picture.
    Png,
}

/// A board as it is to be saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BoardFile {
    pub title: String,
    /// What the runs were filtered by; empty: by nothing.
    pub filter: String,
    /// Which runs are drawn, in words.
    pub runs: String,
    /// Where the runs are from.
    pub profile_ids: Vec<String>,
    pub sections: Vec<BoardFileSection>,
    pub format: BoardFormat,
    pub theme: ChartTheme,
    pub width_px: f64,
    /// Of each card.
    pub height_px: f64,
    /// Pixels of a PNG per inch, of which 96 are one of the picture's own.
    pub dpi: f64,
    /// Names every run above its curves.
    pub legend: bool,
    pub utc_offset_minutes: i32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BoardFileSection {
    pub title: String,
    pub cards: Vec<BoardFileCard>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BoardFileCard {
    pub title: String,
    /// How it is drawn, in words.
    pub remarks: Vec<String>,
    /// How many of twelve columns it takes.
    pub span: u8,
    pub chart: AnyChart,
}

/// What is written above the cards.
#[derive(Debug, Clone)]
pub(super) struct Heading {
    pub title: String,
    /// A name and what is said of it.
    pub facts: Vec<(&'static str, String)>,
}

/// A card that can be drawn.
pub(super) struct Drawable {
    pub contents: Contents,
    pub names: Vec<String>,
    /// What its chart would be saved as by itself.
    pub file: ChartFile,
    pub remarks: Vec<String>,
}

/// A card in its place, or why it cannot be drawn.
pub(super) struct Card {
    pub title: String,
    pub span: u8,
    pub drawable: Result<Drawable, String>,
}

impl Drawable {
    /// The figure with what stands around it.
    pub fn figure(self) -> Figure {
        with_words(self.contents.figure, &self.names, &self.file)
    }
}

pub(super) fn theme_of(theme: ChartTheme) -> Theme {
    match theme {
        ChartTheme::Light => Theme::light(),
        ChartTheme::Dark => Theme::dark(),
        ChartTheme::Print => Theme::print(),
    }
}

/// What the picture does not show of what it is of.
pub(super) fn left_out(layout: &FigureLayout) -> Vec<String> {
    let of = |shown: usize, all: usize, what: &str| (shown < all).then(|| format!("{shown} of {all} {what} drawn"));
    match layout {
        FigureLayout::Lines(layout) => {
            let outliers = layout.outliers.as_ref().map(|outliers| {
                let values = if outliers.points == 1 { "value lies" } else { "values lie" };
                format!("{} {values} outside of the range of y", outliers.points)
            });
            let drawn = of(layout.series_drawn as usize, layout.series_total as usize, "curves");
            drawn.into_iter().chain(outliers).collect()
        }
        FigureLayout::Bars(layout) => {
            of(layout.rows.len(), layout.rows.len() + layout.hidden as usize, "bars").into_iter().collect()
        }
        FigureLayout::Distribution(layout) => {
            let groups = of(layout.groups.len(), layout.groups_total as usize, "groups");
            groups.into_iter().chain(without_place(&layout.value)).collect()
        }
        FigureLayout::Heat(layout) => [&layout.x, &layout.y].into_iter().flat_map(without_place).collect(),
        FigureLayout::Panels(layout) => {
            let shown = layout.columns.len();
            of(shown, shown + layout.hidden as usize, "values").into_iter().collect()
        }
        FigureLayout::Contour(layout) => {
            [&layout.x, &layout.y, &layout.value].into_iter().flat_map(without_place).collect()
        }
        // Every run has its place in these, those without a value in a lane of their own.
        _ => Vec::new(),
    }
}

/// "3 without lr", "1 NaN in lr": of an axis that has no lane to draw them in.
fn without_place(of: &DimensionLayout) -> Vec<String> {
    let words = |lane: Lane| match lane {
        Lane::None => "without",
        Lane::Nan => "NaN in",
        Lane::Infinite => "infinite in",
        Lane::NonPositive => "not positive in",
    };
    of.lanes.iter().map(|LaneCount { lane, runs }| format!("{runs} {} {}", words(*lane), of.label)).collect()
}
