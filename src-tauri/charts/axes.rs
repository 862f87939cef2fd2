//! What is around and behind the curves: grid, labels, title, legend.

use plotters::prelude::{Color, DrawingBackend, RGBColor};

use super::DrawError;
use super::canvas::{Align, LabelStyle, Surface};
use super::clip::{Point, dashed};
use super::plan::{BELOW_PX, LEGEND_LINE_PX, Plan};
use super::spec::Chart;
use super::text::width_px as text_width_px;
use super::theme::{Theme, dash_pattern};

/// Draws what lies behind the curves: a quiet grid with its labels, and no frame.
pub fn draw_axes<B: DrawingBackend>(surface: &Surface<B>, plan: &Plan, theme: &Theme) -> Result<(), DrawError> {
    if plan.is_bare {
        return Ok(());
    }
    let plot = &plan.plot;
    let label = LabelStyle { size_px: theme.label_px, color: theme.label, align: Align::Right, is_bold: false };
    for tick in &plan.y_ticks {
        let y = plot.bottom() - plan.y.position(tick.value) * plot.height;
        surface.line(&[(plot.x, y), (plot.right(), y)], theme.grid_px, theme.grid.to_rgba())?;
        surface.text(&tick.label, (plot.x - 8.0, y), &label)?;
    }
    let base = plot.bottom();
    surface.line(&[(plot.x, base), (plot.right(), base)], theme.grid_px, theme.base_line.to_rgba())?;
    let width = plot.right() + 12.0;
    for tick in &plan.x_ticks {
        let x = plot.x + plan.x.position(tick.value) * plot.width;
        surface.line(&[(x, base), (x, base + 4.0)], theme.grid_px, theme.base_line.to_rgba())?;
        let write =
            |text: &str, y: f64, color| write_below(surface, text, (x, y), width, &LabelStyle { color, ..label });
        write(&tick.label, plan.x_label_y, theme.label)?;
        if let Some(below) = &tick.below {
            write(below, plan.x_label_y + BELOW_PX, theme.label_quiet)?;
        }
    }
    Ok(())
}

/// Writes a word with its middle at `at`, or beside it where it would leave the picture, which ends at `width_px`.
pub fn write_below<B: DrawingBackend>(
    surface: &Surface<B>,
    text: &str,
    at: Point,
    width_px: f64,
    style: &LabelStyle<RGBColor>,
) -> Result<(), DrawError> {
    let half = text_width_px(text, style.size_px, style.is_bold) / 2.0;
    let at = (at.0.min(width_px - half).max(half + 2.0), at.1);
    surface.text(text, at, &LabelStyle { align: Align::Center, ..*style })
}

/// Writes what belongs to an exported chart: title, legend, the word for x.
pub fn draw_words<B: DrawingBackend>(
    surface: &Surface<B>,
    chart: &Chart,
    plan: &Plan,
    theme: &Theme,
) -> Result<(), DrawError> {
    if plan.is_bare {
        return Ok(());
    }
    if let Some(title) = &chart.title {
        let style = LabelStyle { size_px: theme.title_px, color: theme.title, align: Align::Left, is_bold: true };
        surface.text(title, (plan.left, plan.title_y), &style)?;
    }
    let style = LabelStyle { size_px: theme.label_px, color: theme.label, align: Align::Left, is_bold: false };
    for entry in &plan.legend {
        let Some(series) = entry.series.and_then(|i| chart.series.get(i)) else {
            surface.text(&entry.text, (entry.x, entry.y), &LabelStyle { color: theme.label_quiet, ..style })?;
            continue;
        };
        let [r, g, b] = series.color;
        let color = RGBColor(r, g, b).to_rgba();
        let line = vec![(entry.x, entry.y), (entry.x + LEGEND_LINE_PX, entry.y)];
        let strokes = match dash_pattern(series.dash) {
            Some(pattern) => dashed(&line, &pattern.iter().map(|p| p * 1.6).collect::<Vec<_>>()),
            None => vec![line],
        };
        for stroke in strokes {
            surface.line(&stroke, 2.0, color)?;
        }
        surface.text(&entry.text, (entry.x + LEGEND_LINE_PX + 6.0, entry.y), &style)?;
    }
    if let Some(word) = &chart.x.label {
        let at = (plan.plot.right(), plan.x_label_y + BELOW_PX);
        surface.text(word, at, &LabelStyle { align: Align::Right, color: theme.label_quiet, ..style })?;
    }
    Ok(())
}
