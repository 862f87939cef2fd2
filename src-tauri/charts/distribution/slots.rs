//! Boxes and violins: a slot for each group, beside each other along an axis of values. They stand upright while their
//! names have room beside each other; otherwise they lie, each behind its name.

use plotters::prelude::{Color, DrawingBackend};

use super::super::DrawError;
use super::super::axes::write_below;
use super::super::canvas::{Align, LabelStyle, Surface};
use super::super::clip::Point;
use super::super::dimension::Scaled;
use super::super::layout::Rect;
use super::super::plan::is_bare;
use super::super::text::{fitted, width_px};
use super::super::theme::Theme;
use super::super::ticks::Tick;
use super::sample::Sample;
use super::{DistributionChart, Picture, count};

const HEAD_PX: f64 = 20.0;
const THINNEST_UPRIGHT_PX: f64 = 26.0;
const THINNEST_LYING_PX: f64 = 17.0;
/// Between the names of neighbours.
const NAME_GAP_PX: f64 = 8.0;
/// For the labels of an upright axis, before they are known.
const TICKS_PX: f64 = 40.0;
const RIGHT_PX: f64 = 14.0;

/// Which way the slots go, and how many have room.
pub struct Form {
    lies: bool,
    pub most: usize,
}

impl Form {
    pub fn of(chart: &DistributionChart, theme: &Theme, size_px: (f64, f64), samples: &[Sample]) -> Self {
        let frame = Frame::of(chart, theme, size_px);
        let across = size_px.0 - frame.pad - TICKS_PX - RIGHT_PX;
        let upright = ((across / THINNEST_UPRIGHT_PX) as usize).max(1);
        let slot = across / samples.len().max(1) as f64;
        let fits = |sample: &Sample| width_px(&sample.group.name, theme.label_px, false) <= slot - NAME_GAP_PX;
        let is_named = samples.iter().any(|sample| !sample.group.name.is_empty());
        if frame.is_bare || (is_named && samples.len() <= upright && samples.iter().all(fits)) {
            return Self { lies: false, most: upright };
        }
        let down = size_px.1 - frame.top - frame.below(theme, true);
        Self { lies: true, most: ((down / THINNEST_LYING_PX) as usize).max(1) }
    }
}

/// What is around the slots.
struct Frame {
    is_bare: bool,
    pad: f64,
    title_y: f64,
    head_y: f64,
    top: f64,
    has_title: bool,
}

impl Frame {
    fn of(chart: &DistributionChart, theme: &Theme, size_px: (f64, f64)) -> Self {
        let is_bare = is_bare(size_px);
        let has_title = !is_bare && chart.title.is_some();
        let above = if has_title { 16.0 + theme.title_px } else { 0.0 };
        Self {
            is_bare,
            pad: if has_title { 12.0 } else { 2.0 },
            title_y: 12.0 + theme.title_px * 0.5,
            head_y: above + HEAD_PX * 0.5,
            top: above + if is_bare { 2.0 } else { HEAD_PX + 4.0 },
            has_title,
        }
    }

    /// The height of the words under the plot: one line of numbers, or a name and a size.
    fn below(&self, theme: &Theme, lies: bool) -> f64 {
        if self.is_bare {
            return 2.0;
        }
        let lines = if lies { theme.label_px } else { 2.0 * theme.label_px + 3.0 };
        lines + 11.0 + if self.has_title { 6.0 } else { 0.0 }
    }
}

/// Where the slots are.
pub struct Slots {
    pub plot: Rect,
    /// The values go from left to right.
    pub lies: bool,
    /// How wide one is, across the values.
    pub slot_px: f64,
}

impl Slots {
    /// The place of a share of the axis of values, and of so many pixels to the side of the middle of a slot.
    pub fn at(&self, slot: usize, share: f64, aside_px: f64) -> Point {
        let across = self.slot_px * (slot as f64 + 0.5) + aside_px;
        let Rect { x, y, width, height } = self.plot;
        if self.lies { (x + share * width, y + across) } else { (x + across, y + (1.0 - share) * height) }
    }

    /// How long the axis of values is.
    pub fn length_px(&self) -> f64 {
        if self.lies { self.plot.width } else { self.plot.height }
    }

    /// All of a slot.
    pub fn rect(&self, slot: usize) -> Rect {
        let (start, Rect { x, y, width, height }) = (self.slot_px * slot as f64, self.plot);
        if self.lies {
            Rect { x, y: y + start, width, height: self.slot_px }
        } else {
            Rect { x: x + start, y, width: self.slot_px, height }
        }
    }
}

/// Draws what is around the slots.
pub fn draw<B: DrawingBackend>(
    picture: &Picture,
    Form { lies, .. }: Form,
    surface: &Surface<B>,
) -> Result<Slots, DrawError> {
    let Picture { chart, theme, size_px: (width, height), samples, scaled, .. } = *picture;
    let frame = Frame::of(chart, theme, picture.size_px);
    let has_ticks = !frame.is_bare && picture.note.is_none();
    let below = frame.below(theme, lies);
    let plot_height = (height - frame.top - below).max(8.0);
    let label = |text: &str| width_px(text, theme.label_px, false);
    let widest = |words: &[String]| words.iter().map(|word| label(word)).fold(0.0, f64::max);
    let mut ticks = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut sizes: Vec<String> = Vec::new();
    let (mut left, mut right) = (frame.pad, if frame.is_bare { 2.0 } else { RIGHT_PX });
    if has_ticks {
        sizes = samples.iter().map(Sample::size_word).collect();
        if lies {
            let room = 0.4 * width;
            names = samples.iter().map(|s| fitted(&s.group.name, room, theme.label_px).into_owned()).collect();
            left += widest(&names) + NAME_GAP_PX;
            right = (widest(&sizes) + NAME_GAP_PX + frame.pad).max(RIGHT_PX);
        } else {
            ticks = scaled.ticks_upwards(plot_height, 0.3 * width, theme.label_px);
            let labels: Vec<String> = ticks.iter().map(|tick| tick.label.clone()).collect();
            left += ((widest(&labels) + 10.0).max(36.0) / 4.0).ceil() * 4.0;
            names = samples.iter().map(|sample| sample.group.name.clone()).collect();
        }
    }
    let plot = Rect { x: left, y: frame.top, width: (width - left - right).max(8.0), height: plot_height };
    if has_ticks && lies {
        ticks = scaled.ticks_across(plot.width, theme.label_px);
    }
    let across = if lies { plot.height } else { plot.width };
    let slots = Slots { plot, lies, slot_px: across / samples.len().max(1) as f64 };

    draw_axis(surface, &slots, scaled, &ticks, theme)?;
    draw_words(surface, picture, &frame, &slots, &names, &sizes)?;
    Ok(slots)
}

/// A quiet line at each number, with the number beside it.
fn draw_axis<B: DrawingBackend>(
    surface: &Surface<B>,
    Slots { plot, lies, .. }: &Slots,
    scaled: &Scaled,
    ticks: &[Tick],
    theme: &Theme,
) -> Result<(), DrawError> {
    let label = LabelStyle { size_px: theme.label_px, color: theme.label, align: Align::Right, is_bold: false };
    for tick in ticks {
        let share = scaled.axis.position(tick.value);
        if *lies {
            let x = plot.x + share * plot.width;
            surface.line(&[(x, plot.y), (x, plot.bottom())], theme.grid_px, theme.grid.to_rgba())?;
            let label_y = plot.bottom() + 7.0 + theme.label_px * 0.5;
            let word = match &tick.below {
                Some(day) if ticks.len() == 1 => format!("{day} {}", tick.label),
                _ => tick.label.clone(),
            };
            write_below(surface, &word, (x, label_y), plot.right() + 12.0, &label)?;
        } else {
            let y = plot.bottom() - share * plot.height;
            surface.line(&[(plot.x, y), (plot.right(), y)], theme.grid_px, theme.grid.to_rgba())?;
            surface.text(&tick.label, (plot.x - 8.0, y), &label)?;
        }
    }
    if ticks.is_empty() {
        return Ok(());
    }
    let bottom = plot.bottom();
    surface.line(&[(plot.x, bottom), (plot.right(), bottom)], theme.grid_px, theme.base_line.to_rgba())
}

/// The title, what the axis is of, how many groups are left out, and the name and size of each group.
fn draw_words<B: DrawingBackend>(
    surface: &Surface<B>,
    picture: &Picture,
    frame: &Frame,
    slots: &Slots,
    names: &[String],
    sizes: &[String],
) -> Result<(), DrawError> {
    if frame.is_bare {
        return Ok(());
    }
    let Picture { chart, theme, size_px, samples, scaled, groups_total, .. } = *picture;
    let quiet = LabelStyle { size_px: theme.label_px, color: theme.label_quiet, align: Align::Left, is_bold: false };
    if let Some(title) = &chart.title {
        let bold = LabelStyle { size_px: theme.title_px, color: theme.title, is_bold: true, ..quiet };
        surface.text(title, (frame.pad, frame.title_y), &bold)?;
    }
    let right = size_px.0 - if slots.lies { frame.pad } else { RIGHT_PX };
    let mut room = right - frame.pad;
    // The window says it beside its own title.
    if chart.title.is_some() && count(samples.len()) < groups_total {
        let word = format!("{} of {groups_total} groups", samples.len());
        surface.text(&word, (right, frame.head_y), &LabelStyle { align: Align::Right, ..quiet })?;
        room -= width_px(&word, theme.label_px, false) + 12.0;
    }
    let word = if slots.lies { format!("→ {}", scaled.words()) } else { format!("↑ {}", scaled.words()) };
    surface.text(&fitted(&word, room, theme.label_px), (frame.pad, frame.head_y), &quiet)?;

    let named = LabelStyle { color: theme.label, ..quiet };
    for (slot, (name, size)) in names.iter().zip(sizes).enumerate() {
        let (x, y) = slots.at(slot, 0.0, 0.0);
        if slots.lies {
            surface.text(name, (x - NAME_GAP_PX, y), &LabelStyle { align: Align::Right, ..named })?;
            surface.text(size, (right, y), &LabelStyle { align: Align::Right, ..quiet })?;
        } else {
            let (name_y, edge) = (y + 7.0 + theme.label_px * 0.5, slots.plot.right() + 12.0);
            write_below(surface, name, (x, name_y), edge, &named)?;
            let short = format!("n {}", samples.get(slot).map_or(0, |sample| sample.entries.len()));
            let has_room = width_px(size, theme.label_px, false) <= slots.slot_px - 4.0;
            let size = if has_room { size } else { &short };
            write_below(surface, size, (x, name_y + theme.label_px + 3.0), edge, &quiet)?;
        }
    }
    Ok(())
}
