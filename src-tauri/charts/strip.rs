//! One upright strip of a picture: from marks to pixels.
//!
//! Most marks are paths, which vello rasterizes. Bands and crowds of marks are painted by `columns` and `stamps`.

use vello_cpu::kurbo::{Affine, Cap, Join, Stroke};
use vello_cpu::{Level, PixmapMut, RasterizerSettings, RenderContext, RenderSettings, Resources, TargetInit};

use super::columns::Columns;
use super::outline::{discs_between, lines_between, outlines_between};
use super::shape::{Mark, Shape};
use super::stamps::{Shades, Sheet, Stamp, is_of_long_pieces, paint_line};
use super::text;

/// So many discs or lines after each other are a crowd.
const CROWD: usize = 1_000;
const CROWD_COLUMNS: usize = 128;

pub struct Strip {
    /// The columns of the picture: the first, and how many.
    start: usize,
    width: usize,
    height: u16,
    rows: Vec<u8>,
    /// What the context holds, and what is in `columns` for the time being, is not in `rows` yet. Never both.
    context: RenderContext,
    resources: Resources,
    is_pending: bool,
    columns: Option<Columns>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Bars,
    Discs,
    /// Thin, and of long pieces.
    Lines,
    Other,
}

impl Kind {
    fn of(mark: &Mark) -> Self {
        match &mark.shape {
            Shape::Bars(_) => Self::Bars,
            Shape::Discs(_) => Self::Discs,
            Shape::Stroke(width, lines) if *width < 2.5 && lines.iter().all(|line| is_of_long_pieces(line)) => {
                Self::Lines
            }
            _ => Self::Other,
        }
    }
}

impl Strip {
    pub fn new(start: usize, width: usize, height: u16) -> Self {
        let settings = RenderSettings { level: Level::try_detect().unwrap_or(Level::baseline()), num_threads: 0 };
        Self {
            start,
            width,
            height,
            rows: vec![0; width * usize::from(height) * 4],
            context: RenderContext::new_with(width as u16, height, settings),
            resources: Resources::new(),
            is_pending: false,
            columns: None,
        }
    }

    pub fn draw(&mut self, marks: &[Mark]) {
        for alike in marks.chunk_by(|a, b| Kind::of(a) == Kind::of(b)) {
            let Some(kind) = alike.first().map(Kind::of) else { continue };
            let count: usize = alike.iter().map(|mark| mark.shape.count()).sum();
            match kind {
                Kind::Bars => alike.iter().for_each(|mark| self.draw_bars(mark)),
                Kind::Lines | Kind::Discs if count > CROWD => self.draw_crowd(alike),
                _ => alike.iter().for_each(|mark| self.draw_path(mark)),
            }
        }
    }

    pub fn into_rows(mut self) -> Vec<u8> {
        self.settle();
        self.rows
    }

    /// Everything that was drawn is in `rows`.
    fn settle(&mut self) {
        if let Some(columns) = self.columns.take() {
            self.rows = columns.into_rows();
        }
        if std::mem::take(&mut self.is_pending) {
            self.context.flush();
            if let Some(target) = PixmapMut::new(self.width as u16, self.height, &mut self.rows) {
                let settings = RasterizerSettings { target_init: TargetInit::SrcOver, ..RasterizerSettings::default() };
                self.context.render_with(target, &mut self.resources, settings);
            }
            self.context.reset();
        }
    }

    fn draw_bars(&mut self, mark: &Mark) {
        if self.is_pending {
            self.settle();
        }
        let Shape::Bars(bars) = &mark.shape else { return };
        let (rgb, alpha) = parts(mark);
        let columns = self.columns.get_or_insert_with(|| Columns::from_rows(&self.rows, self.width, self.start));
        columns.paint(bars, rgb, alpha);
    }

    fn draw_crowd(&mut self, marks: &[Mark]) {
        self.settle();
        let shades: Vec<Shades> = marks.iter().map(parts).map(|(rgb, alpha)| Shades::new(rgb, alpha)).collect();
        // Few columns at a time, so that their pixels stay in the processor's own memory.
        for left in (0..self.width).step_by(CROWD_COLUMNS) {
            let columns = left..self.width.min(left + CROWD_COLUMNS);
            let mut sheet = Sheet::new(&self.rows, self.width, self.start, &columns);
            paint_crowd(&mut sheet, marks, &shades);
            sheet.write(&mut self.rows, self.width, &columns);
        }
    }

    fn draw_path(&mut self, mark: &Mark) {
        if self.columns.is_some() {
            self.settle();
        }
        self.is_pending = true;
        let (left, right) = (self.start as f64, (self.start + self.width) as f64);
        let shift = Affine::translate((-left, 0.0));
        self.context.set_transform(shift);
        self.context.set_paint(mark.color);
        match &mark.shape {
            Shape::Bars(_) => {}
            Shape::Fill(outlines) => self.context.fill_path(&outlines_between(outlines, left, right)),
            Shape::Discs(discs) => self.context.fill_path(&discs_between(discs, left, right)),
            Shape::Stroke(width, lines) => {
                let path = lines_between(lines, left - 2.0 * width, right + 2.0 * width);
                // The corners of thin lines cannot be seen, and round corners cost time.
                let join = if *width > 2.5 { Join::Round } else { Join::Bevel };
                self.context.set_stroke(Stroke::new(*width).with_join(join).with_caps(Cap::Round));
                self.context.stroke_path(&path);
            }
            Shape::Text(line, place) => write(&mut self.context, &mut self.resources, line, shift * *place),
        }
    }
}

fn paint_crowd(sheet: &mut Sheet, marks: &[Mark], shades: &[Shades]) {
    let mut stamp: Option<(f64, Stamp)> = None;
    for (mark, shades) in marks.iter().zip(shades) {
        match &mark.shape {
            Shape::Discs(discs) => {
                for (center, radius) in discs {
                    let known = stamp.take().filter(|(of, _)| of == radius);
                    let (_, stamp) = stamp.insert(known.unwrap_or_else(|| (*radius, Stamp::new(*radius))));
                    stamp.paint(sheet, *center, shades);
                }
            }
            Shape::Stroke(thick, lines) => lines.iter().for_each(|line| paint_line(sheet, line, *thick, shades)),
            _ => {}
        }
    }
}

fn parts(mark: &Mark) -> ([u8; 3], f32) {
    let [r, g, b, a] = mark.color.to_rgba8().to_u8_array();
    ([r, g, b], f32::from(a) / 255.0)
}

fn write(context: &mut RenderContext, resources: &mut Resources, line: &text::Line, place: Affine) {
    // Text may be turned, so its length counts in every direction.
    let at = place.translation();
    if at.x + line.width_px < 0.0 || at.x - line.width_px > f64::from(context.width()) {
        return;
    }
    context.set_transform(place);
    for run in &line.runs {
        let glyphs = run.glyphs.iter().map(|g| vello_cpu::Glyph { id: g.id, x: g.x, y: g.y });
        let builder = context.glyph_run(resources, &run.font).font_size(run.size_px).hint(false);
        // A glyph that cannot be drawn is left out; the others are there.
        builder.normalized_coords(&run.coordinates).fill_glyphs(glyphs).ok();
    }
}
