//! What histograms and shares are drawn over: values from left to right, and how many upwards. A legend says which
//! group is which, and how large it is.

use plotters::prelude::{Color, DrawingBackend, RGBColor};

use super::super::DrawError;
use super::super::axes::write_below;
use super::super::canvas::{Align, LabelStyle, Surface};
use super::super::clip::Point;
use super::super::coloring::draw_names;
use super::super::layout::{Axis, Rect};
use super::super::plan::is_bare;
use super::super::text::{fitted, width_px};
use super::super::theme::Theme;
use super::super::ticks::Tick;
use super::{Picture, count};

/// More groups over each other cannot be told apart.
pub const MOST_GROUPS: usize = 12;
const HEAD_PX: f64 = 20.0;
const NAME_PX: f64 = 84.0;

/// The plane, with everything around it drawn.
pub struct Plane {
    pub plot: Rect,
    pub upwards: Axis,
}

impl Plane {
    /// The place of a share of the axis of values, and of a number of the axis upwards.
    pub fn at(&self, share: f64, number: f64) -> Point {
        let Rect { x, width, height, .. } = self.plot;
        (x + share * width, self.plot.bottom() - self.upwards.position(number) * height)
    }
}

/// Draws what is around: `ticks` are made for a number of them, `word` says what is counted upwards.
pub fn draw<B: DrawingBackend>(
    picture: &Picture,
    upwards: Axis,
    word: &str,
    ticks: impl Fn(usize) -> Vec<Tick>,
    surface: &Surface<B>,
) -> Result<Plane, DrawError> {
    let Picture { chart, theme, size_px, scaled, .. } = *picture;
    let (width, height) = size_px;
    let is_bare = is_bare(size_px);
    let has_title = !is_bare && chart.title.is_some();
    let pad = if has_title { 12.0 } else { 2.0 };
    let above = if has_title { 16.0 + theme.title_px } else { 0.0 };
    let top = above + if is_bare { 2.0 } else { HEAD_PX + 4.0 };
    let below = if is_bare { 2.0 } else { theme.label_px + 11.0 + if has_title { 6.0 } else { 0.0 } };
    let plot_height = (height - top - below).max(8.0);
    let has_ticks = !is_bare && picture.note.is_none();
    let up_ticks = if has_ticks { ticks((plot_height / 26.0) as usize) } else { Vec::new() };
    let widest = up_ticks.iter().map(|tick| width_px(&tick.label, theme.label_px, false)).fold(0.0, f64::max);
    let left = if is_bare { 2.0 } else { pad + ((widest + 10.0).max(28.0) / 4.0).ceil() * 4.0 };
    let right = if is_bare { 2.0 } else { 14.0 };
    let plot = Rect { x: left, y: top, width: (width - left - right).max(8.0), height: plot_height };
    let plane = Plane { plot, upwards };

    let label = LabelStyle { size_px: theme.label_px, color: theme.label, align: Align::Right, is_bold: false };
    for tick in &up_ticks {
        let (_, y) = plane.at(0.0, tick.value);
        surface.line(&[(plot.x, y), (plot.right(), y)], theme.grid_px, theme.grid.to_rgba())?;
        surface.text(&tick.label, (plot.x - 8.0, y), &label)?;
    }
    if has_ticks {
        let across = scaled.ticks_across(plot.width, theme.label_px);
        let (bottom, base) = (plot.bottom(), theme.base_line.to_rgba());
        surface.line(&[(plot.x, bottom), (plot.right(), bottom)], theme.grid_px, base)?;
        for tick in &across {
            let x = plot.x + scaled.axis.position(tick.value) * plot.width;
            surface.line(&[(x, bottom), (x, bottom + 4.0)], theme.grid_px, base)?;
            let text = match &tick.below {
                Some(day) if across.len() == 1 => format!("{day} {}", tick.label),
                _ => tick.label.clone(),
            };
            write_below(surface, &text, (x, bottom + 7.0 + theme.label_px * 0.5), plot.right() + 12.0, &label)?;
        }
    }
    if is_bare {
        return Ok(plane);
    }
    let quiet = LabelStyle { color: theme.label_quiet, align: Align::Left, ..label };
    if let Some(title) = &chart.title {
        let bold = LabelStyle { size_px: theme.title_px, color: theme.title, is_bold: true, ..quiet };
        surface.text(title, (pad, 12.0 + theme.title_px * 0.5), &bold)?;
    }
    let head_y = above + HEAD_PX * 0.5;
    let room = plot.right() - pad;
    let words = format!("↑ {word}   → {}", scaled.words());
    let words = fitted(&words, room * 0.55, theme.label_px);
    surface.text(&words, (pad, head_y), &quiet)?;
    let room = room - width_px(&words, theme.label_px, false) - 14.0;
    draw_legend(surface, picture, theme, (plot.right(), head_y), room)?;
    Ok(plane)
}

fn draw_legend<B: DrawingBackend>(
    surface: &Surface<B>,
    picture: &Picture,
    theme: &Theme,
    (right, y): Point,
    room: f64,
) -> Result<(), DrawError> {
    let quiet = LabelStyle { size_px: theme.label_px, color: theme.label_quiet, align: Align::Right, is_bold: false };
    if let [only] = picture.samples
        && only.group.name.is_empty()
    {
        return surface.text(&only.size_word(), (right, y), &quiet);
    }
    let (mut right, mut room) = (right, room);
    // The window says it beside its own title.
    if picture.chart.title.is_some() && count(picture.samples.len()) < picture.groups_total {
        let word = format!("{} of {} groups", picture.samples.len(), picture.groups_total);
        surface.text(&word, (right, y), &quiet)?;
        let taken = width_px(&word, theme.label_px, false) + 12.0;
        (right, room) = (right - taken, room - taken);
    }
    let named: Vec<(RGBColor, String)> = picture
        .samples
        .iter()
        .map(|sample| {
            let color = theme.palette[usize::from(sample.group.color) % theme.palette.len()];
            // The size is never cut off.
            (color, format!("{} {}", fitted(&sample.group.name, NAME_PX, theme.label_px), sample.entries.len()))
        })
        .collect();
    draw_names(surface, &named, theme, (right, y), room)
}
