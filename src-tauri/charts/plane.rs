//! Two axes around a plot that is full of colour, for heat maps and contours: labels without a grid, what the colours mean,
//! and each run as a dot.

use plotters::prelude::{Color, DrawingBackend, RGBColor};

use super::DrawError;
use super::axes::write_below;
use super::canvas::{Align, LabelStyle, Surface};
use super::coloring::{Colors, draw_legend};
use super::dimension::Scaled;
use super::layout::Rect;
use super::plan::is_bare;
use super::text::{fitted, width_px};
use super::theme::Theme;
use super::ticks::Tick;

/// Where everything goes, in CSS pixels.
pub struct Plane {
    pub plot: Rect,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
    pad: f64,
    /// Middles of the lines of text above the plot.
    title_y: f64,
    head_y: f64,
    is_bare: bool,
}

const HEAD_PX: f64 = 20.0;

impl Plane {
    /// `ticks_up` are given the height of the plot, `ticks_across` its width; an empty plot has none.
    pub fn new(
        theme: &Theme,
        (width, height): (f64, f64),
        has_title: bool,
        is_empty: bool,
        ticks_up: impl FnOnce(f64) -> Vec<Tick>,
        ticks_across: impl FnOnce(f64) -> Vec<Tick>,
    ) -> Self {
        let is_bare = is_bare((width, height));
        let has_title = !is_bare && has_title;
        let pad = if has_title { 12.0 } else { 2.0 };
        let title_y = 12.0 + theme.title_px * 0.5;
        let mut top = if has_title { 16.0 + theme.title_px } else { 0.0 };
        let head_y = top + HEAD_PX * 0.5;
        top += if is_bare { 2.0 } else { HEAD_PX + 4.0 };
        let label_px = theme.label_px;
        // Labels, and the name of x below them.
        let below = if is_bare { 2.0 } else { 2.0 * label_px + 17.0 + if has_title { 6.0 } else { 0.0 } };
        let plot_height = (height - top - below).max(8.0);
        let is_empty = is_bare || is_empty;
        let y_ticks = if is_empty { Vec::new() } else { ticks_up(plot_height) };
        let widest = y_ticks.iter().map(|tick| width_px(&tick.label, label_px, false)).fold(0.0, f64::max);
        let left = if is_bare { 2.0 } else { pad + ((widest + 10.0).max(36.0) / 4.0).ceil() * 4.0 };
        let right = if is_bare { 2.0 } else { 14.0 };
        let plot = Rect { x: left, y: top, width: (width - left - right).max(8.0), height: plot_height };
        let x_ticks = if is_empty { Vec::new() } else { ticks_across(plot.width) };
        Self { plot, x_ticks, y_ticks, pad, title_y, head_y, is_bare }
    }

    /// Where a run stands from the left, if the axis has a place for it.
    pub fn across(&self, x: &Scaled, run: usize) -> Option<f64> {
        Some(self.plot.x + x.axis.position(x.on_axis(run)?).clamp(0.0, 1.0) * self.plot.width)
    }

    /// And from the top.
    pub fn down(&self, y: &Scaled, run: usize) -> Option<f64> {
        Some(self.plot.bottom() - y.axis.position(y.on_axis(run)?).clamp(0.0, 1.0) * self.plot.height)
    }

    pub fn draw_axes<B: DrawingBackend>(
        &self,
        surface: &Surface<B>,
        (x, y): (&Scaled, &Scaled),
        theme: &Theme,
    ) -> Result<(), DrawError> {
        if self.is_bare {
            return Ok(());
        }
        let plot = &self.plot;
        let label = LabelStyle { size_px: theme.label_px, color: theme.label, align: Align::Right, is_bold: false };
        let bottom = plot.bottom();
        for line in [[(plot.x, plot.y), (plot.x, bottom)], [(plot.x, bottom), (plot.right(), bottom)]] {
            surface.line(&line, theme.grid_px, theme.base_line.to_rgba())?;
        }
        for tick in &self.y_ticks {
            let at = bottom - y.axis.position(tick.value) * plot.height;
            surface.text(&tick.label, (plot.x - 8.0, at), &label)?;
        }
        let label_y = bottom + 7.0 + theme.label_px * 0.5;
        for tick in &self.x_ticks {
            let at = plot.x + x.axis.position(tick.value) * plot.width;
            surface.line(&[(at, bottom), (at, bottom + 4.0)], theme.grid_px, theme.base_line.to_rgba())?;
            let text = match &tick.below {
                Some(day) if self.x_ticks.len() == 1 => format!("{day} {}", tick.label),
                _ => tick.label.clone(),
            };
            write_below(surface, &text, (at, label_y), plot.right() + 12.0, &label)?;
        }
        Ok(())
    }

    /// The title, what the axes are of with what has no place on them, and what the colours mean.
    pub fn draw_words<B: DrawingBackend>(
        &self,
        surface: &Surface<B>,
        title: Option<&str>,
        (x, y): (&Scaled, &Scaled),
        colors: &Colors,
        theme: &Theme,
    ) -> Result<(), DrawError> {
        if self.is_bare {
            return Ok(());
        }
        let plot = &self.plot;
        let style =
            LabelStyle { size_px: theme.label_px, color: theme.label_quiet, align: Align::Left, is_bold: false };
        if let Some(title) = title {
            let bold = LabelStyle { size_px: theme.title_px, color: theme.title, is_bold: true, ..style };
            surface.text(title, (self.pad, self.title_y), &bold)?;
        }
        let room = plot.right() - self.pad;
        let y_word = fitted(&format!("↑ {}", y.words_with_lanes()), room * 0.4, theme.label_px).into_owned();
        surface.text(&y_word, (self.pad, self.head_y), &style)?;
        let legend_room = room - width_px(&y_word, theme.label_px, false) - 16.0;
        draw_legend(surface, colors, theme, (plot.right(), self.head_y), legend_room)?;
        let x_word = fitted(&format!("{} →", x.words_with_lanes()), plot.width, theme.label_px).into_owned();
        let below = plot.bottom() + 12.0 + theme.label_px * 1.5;
        surface.text(&x_word, (plot.right(), below), &LabelStyle { align: Align::Right, ..style })
    }
}

/// How large and strong the dots of so many runs are.
pub fn dot_of(runs: usize) -> (f64, f64) {
    match runs {
        0..=500 => (1.8, 0.75),
        501..=5_000 => (1.3, 0.5),
        _ => (1.0, 0.25),
    }
}

/// A dot for each run that both axes have a place for, with a halo that keeps it apart from what is behind it.
pub fn draw_dots<B: DrawingBackend>(
    surface: &Surface<B>,
    (across, down): (&[Option<f64>], &[Option<f64>]),
    (radius, strength): (f64, f64),
    ink: impl Fn(usize) -> RGBColor,
    theme: &Theme,
) -> Result<(), DrawError> {
    let places = || {
        let both = across.iter().zip(down).enumerate();
        both.filter_map(|(run, (x, y))| Some((run, ((*x)?, (*y)?))))
    };
    places().try_for_each(|(_, at)| surface.dot(at, radius + 0.8, theme.surface.mix(strength * 0.6)))?;
    places().try_for_each(|(run, at)| surface.dot(at, radius, ink(run).mix(strength)))
}
