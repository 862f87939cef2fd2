//! Bar charts: one value per run, as a horizontal bar from zero with its name before and its value behind it.

use plotters::prelude::{Color, DrawingBackend, RGBColor};

use super::DrawError;
use super::axes::write_below;
use super::canvas::{Align, Canvas, LabelStyle, Surface};
use super::layout::{Axis, BarLayout, Note, Rect};
use super::plan::{is_bare, ticks_that_fit};
use super::scale::axis_around;
use super::spec::{Bar, BarChart, Scale};
use super::text::{fitted, width_px};
use super::theme::Theme;
use super::ticks::{Tick, number, number_ticks, short};

const ROW_PX: f64 = 20.0;
const THINNEST_ROW_PX: f64 = 3.0;
/// Rows that are thinner have neither names nor values.
const ROW_WITH_WORDS_PX: f64 = 13.0;
/// Between a name and the plot.
const NAME_GAP_PX: f64 = 8.0;
/// Between a bar and its value.
const VALUE_GAP_PX: f64 = 5.0;
/// The line of what is uncertain.
const SPREAD_PX: f64 = 1.5;

/// Where everything goes, in CSS pixels.
struct Plan {
    layout: BarLayout,
    ticks: Vec<Tick>,
    /// One for each row, or none where rows are too thin or too short for them.
    names: Vec<String>,
    values: Vec<String>,
    /// Left edge and middle of the title.
    title_at: (f64, f64),
    has_axis: bool,
}

pub fn draw<B: DrawingBackend>(chart: &BarChart, theme: &Theme, canvas: Canvas<B>) -> Result<BarLayout, DrawError> {
    let plan = arrange(chart, theme, canvas.size_px());
    let surface = canvas.open(&theme.surface)?;
    draw_axis(&surface, &plan, theme)?;
    draw_bars(&surface, chart, &plan, theme)?;
    if let Some(title) = chart.title.as_ref().filter(|_| plan.has_axis) {
        let style = LabelStyle { size_px: theme.title_px, color: theme.title, align: Align::Left, is_bold: true };
        surface.text(title, plan.title_at, &style)?;
    }
    surface.finish()?;
    Ok(plan.layout)
}

fn arrange(chart: &BarChart, theme: &Theme, size_px: (f64, f64)) -> Plan {
    let (width, height) = size_px;
    let is_bare = is_bare(size_px);
    let has_head = !is_bare && chart.title.is_some();
    let (pad, top) = if has_head { (12.0, 24.0 + theme.title_px) } else { (2.0, 4.0) };
    let below = if is_bare { 2.0 } else { theme.label_px + 11.0 };
    let room = (height - top - below - if has_head { 6.0 } else { 0.0 }).max(0.0);
    let row_px = (room / chart.bars.len().max(1) as f64).floor().clamp(THINNEST_ROW_PX, ROW_PX);
    let shown = chart.bars.len().min((room / row_px) as usize);
    let bars = &chart.bars[..shown];

    let has_words = !is_bare && row_px >= ROW_WITH_WORDS_PX;
    let name_room = 0.4 * width - pad - NAME_GAP_PX;
    let fit = |name: &str| fitted(name, name_room, theme.label_px).into_owned();
    let names: Vec<String> = bars.iter().filter(|_| has_words).map(|bar| fit(&bar.name)).collect();
    let left = if has_words { pad + widest(&names, theme) + NAME_GAP_PX } else { pad };
    let right = if is_bare { 2.0 } else { 14.0 };
    let plot_width = (width - left - right).max(8.0);
    let plot = Rect { x: left, y: top, width: plot_width, height: row_px * shown as f64 };

    let numbers: Vec<f64> = bars.iter().map(|bar| bar.value).collect();
    let mut values = if has_words { words_of(bars) } else { Vec::new() };
    let mut value_px = widest(&values, theme) + VALUE_GAP_PX;
    if value_px > plot_width * 0.5 {
        (values, value_px) = (Vec::new(), 0.0);
    }
    let reached: Vec<f64> = bars.iter().map(far_end).collect();
    let axis = axis(&reached, plot_width, if values.is_empty() { 0.0 } else { value_px });
    // Numbers under an empty plot would be made up.
    let has_numbers = numbers.iter().any(|number| number.is_finite());
    let ticks = if is_bare || !has_numbers {
        Vec::new()
    } else {
        ticks_that_fit(&axis, plot_width, theme.label_px, |wanted| number_ticks(&axis, wanted, false))
    };
    let row = |i: usize| Rect { x: 0.0, y: top + row_px * i as f64, width, height: row_px };
    let note = match bars.first() {
        None if chart.bars.is_empty() => Some(Note::NoPoints),
        Some(_) if !has_numbers && values.is_empty() => Some(Note::NoFinitePoints),
        _ => None,
    };
    let hidden = (chart.bars.len() - shown) as u32;
    let rows = (0..shown).map(row).collect();
    Plan {
        layout: BarLayout { width_px: width, height_px: height, plot, axis, rows, hidden, note },
        ticks,
        names,
        values,
        title_at: (pad, 12.0 + theme.title_px * 0.5),
        has_axis: !is_bare,
    }
}

fn widest(words: &[String], theme: &Theme) -> f64 {
    words.iter().map(|word| width_px(word, theme.label_px, false)).fold(0.0, f64::max)
}

/// From zero to the largest value, and to the lowest if it is negative, with `beyond_px` for a value behind the longest
/// bar on either side.
fn axis(values: &[f64], room_px: f64, beyond_px: f64) -> Axis {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (low, high) = (finite().fold(0.0, f64::min), finite().fold(0.0, f64::max));
    let (low, high) = if low == high { (0.0, 1.0) } else { (low, high) };
    let mut axis = axis_around(low, high, Scale::Linear, 0.0);
    let sides = f64::from(u8::from(low < 0.0) + u8::from(high > 0.0));
    let beyond = beyond_px * (axis.max - axis.min) / (room_px - sides * beyond_px).max(room_px * 0.2);
    axis.min -= if low < 0.0 { beyond } else { 0.0 };
    axis.max += if high > 0.0 { beyond } else { 0.0 };
    axis
}

/// How far from zero a bar comes with its uncertainty.
fn far_end(bar: &Bar) -> f64 {
    bar.value + bar.spread.filter(|spread| spread.is_finite()).unwrap_or_default().copysign(bar.value)
}

/// Values, and how uncertain they are, with two digits of the largest uncertainty and as many decimals for all.
fn words_of(bars: &[Bar]) -> Vec<String> {
    let values: Vec<f64> = bars.iter().map(|bar| bar.value).collect();
    let spreads = || bars.iter().filter_map(|bar| bar.spread).filter(|spread| spread.is_finite());
    let widest = spreads().fold(0.0, f64::max);
    if widest <= 0.0 {
        return value_words(&values);
    }
    let step = 10f64.powf(widest.log10().floor() - 1.0).min(1.0);
    let largest = values.iter().copied().filter(|value| value.is_finite()).fold(widest, f64::max);
    let word = |value: f64| {
        // Beside much larger ones it would look like zero.
        let is_tiny = value != 0.0 && value.abs() < step / 2.0;
        if value.is_finite() && !is_tiny { number(value, step, largest) } else { short(value) }
    };
    let both = |bar: &Bar| match bar.spread {
        Some(spread) => format!("{} ± {}", word(bar.value), word(spread)),
        None => word(bar.value),
    };
    bars.iter().map(both).collect()
}

/// The values in words: four digits of the largest, and as many decimals for all of them as one of them needs.
fn value_words(values: &[f64]) -> Vec<String> {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let largest = finite().fold(0.0f64, |most, value| most.max(value.abs()));
    let mut step = 10f64.powf(largest.max(1e-300).log10().floor() - 3.0);
    let is_multiple = |value: f64, step: f64| ((value / step).round() - value / step).abs() < 1e-6;
    while step < 1.0 && largest >= 1e-3 && finite().all(|value| is_multiple(value, step * 10.0)) {
        step *= 10.0;
    }
    let word = |value: f64| match value {
        _ if value.is_nan() => "NaN".to_owned(),
        _ if value.is_infinite() => if value > 0.0 { "∞" } else { "\u{2212}∞" }.to_owned(),
        // Beside much larger ones it would look like zero.
        _ if value.abs() < step => short(value),
        _ => number(value, step, largest),
    };
    values.iter().copied().map(word).collect()
}

/// A quiet grid with numbers under it, and zero.
fn draw_axis<B: DrawingBackend>(surface: &Surface<B>, plan: &Plan, theme: &Theme) -> Result<(), DrawError> {
    let BarLayout { plot, axis, width_px, .. } = &plan.layout;
    if !plan.has_axis || plan.ticks.is_empty() {
        return Ok(());
    }
    let label = LabelStyle { size_px: theme.label_px, color: theme.label, align: Align::Center, is_bold: false };
    let label_y = plot.bottom() + 7.0 + theme.label_px * 0.5;
    for tick in &plan.ticks {
        let x = plot.x + axis.position(tick.value) * plot.width;
        surface.line(&[(x, plot.y), (x, plot.bottom())], theme.grid_px, theme.grid.to_rgba())?;
        write_below(surface, &tick.label, (x, label_y), width_px - 2.0, &label)?;
    }
    let zero = plot.x + axis.position(0.0) * plot.width;
    surface.line(&[(zero, plot.y), (zero, plot.bottom())], theme.grid_px, theme.base_line.to_rgba())
}

fn draw_bars<B: DrawingBackend>(
    surface: &Surface<B>,
    chart: &BarChart,
    plan: &Plan,
    theme: &Theme,
) -> Result<(), DrawError> {
    let BarLayout { plot, axis, rows, .. } = &plan.layout;
    let highlighted = chart.highlighted.filter(|highlighted| *highlighted < rows.len());
    let x_of = |value: f64| plot.x + axis.position(value).clamp(0.0, 1.0) * plot.width;
    let zero = x_of(0.0);
    for (i, (bar, row)) in chart.bars.iter().zip(rows).enumerate() {
        let (strength, word_color) = match highlighted {
            Some(highlighted) if highlighted == i => (1.0, theme.title),
            Some(_) => (theme.faded, theme.label_quiet),
            None => (1.0, theme.label),
        };
        // A value without a bar is written where there is room for it.
        let is_left =
            if bar.value.is_finite() { bar.value < 0.0 || axis.max <= 0.0 } else { axis.max <= 0.0 && axis.min < 0.0 };
        let mut end = zero;
        if bar.value.is_finite() {
            // A value that is not zero is counts, however small it is beside the others.
            let least = if bar.value == 0.0 { 0.0 } else { 1.0 };
            end = if is_left { x_of(bar.value).min(zero - least) } else { x_of(bar.value).max(zero + least) };
            let [r, g, b] = bar.color;
            let gap = (row.height * 0.38).round().max(1.0);
            let (top, bottom) = (row.y + (gap / 2.0).floor(), row.bottom() - (gap / 2.0).ceil());
            let corners = vec![(zero, top), (end, top), (end, bottom), (zero, bottom)];
            // Opaque even where it is faint, so that no line of the grid runs through it.
            let paper = theme.surface;
            let mix = |ink: u8, paper: u8| (f64::from(ink) * strength + f64::from(paper) * (1.0 - strength)) as u8;
            surface.fill(corners, RGBColor(mix(r, paper.0), mix(g, paper.1), mix(b, paper.2)).to_rgba())?;
        }
        let middle = row.y + row.height / 2.0;
        if let Some(spread) = bar.spread.filter(|spread| spread.is_finite() && bar.value.is_finite()) {
            let (low, high) = (x_of(bar.value - spread), x_of(bar.value + spread));
            surface.line(&[(low, middle), (high, middle)], SPREAD_PX, word_color.mix(strength))?;
            end = if is_left { end.min(low) } else { end.max(high) };
        }
        let style = LabelStyle { size_px: theme.label_px, color: word_color, align: Align::Right, is_bold: false };
        if let Some(name) = plan.names.get(i) {
            surface.text(name, (plot.x - NAME_GAP_PX, middle), &style)?;
        }
        if let Some(value) = plan.values.get(i) {
            let color = if bar.value.is_finite() { word_color } else { theme.label_quiet };
            let (x, align) =
                if is_left { (end - VALUE_GAP_PX, Align::Right) } else { (end + VALUE_GAP_PX, Align::Left) };
            surface.text(value, (x, middle), &LabelStyle { color, align, ..style })?;
        }
    }
    Ok(())
}
