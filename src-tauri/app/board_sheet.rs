//! A board as one picture: its cards in rows, as they stand in the window.

use super::board_card::{BoardFile, COLUMNS, Card, Heading, left_out, theme_of};
use crate::charts::{DrawError, Rect, Sheet, SheetText, Size};
use crate::error::{AppError, Code, Result};

const EDGE_PX: f64 = 24.0;
const GAP_PX: f64 = 12.0;
const TITLE_PX: f64 = 34.0;
const FACT_PX: f64 = 18.0;
const FACT_NAME_PX: f64 = 56.0;
const SECTION_PX: f64 = 30.0;
/// What a card says of itself, below its chart.
const REMARK_PX: f64 = 20.0;

pub(super) struct Picture {
    sheet: Sheet,
    width_px: f64,
    height_px: f64,
    /// Where the next row of cards begins.
    top_px: f64,
    /// How many columns of the row are taken.
    taken: u8,
}

impl Picture {
    pub fn begin(wanted: &BoardFile, heading: &Heading) -> Result<Self> {
        let size = Size { width_px: wanted.width_px, height_px: height(wanted, heading), dpr: wanted.dpi / 96.0 };
        let sheet = Sheet::new(theme_of(wanted.theme), size).map_err(failed)?;
        let mut picture =
            Self { sheet, width_px: wanted.width_px, height_px: wanted.height_px, top_px: EDGE_PX, taken: 0 };
        picture.line(&heading.title, TITLE_PX, SheetText::Title)?;
        for (name, said) in &heading.facts {
            let at = picture.row(FACT_PX);
            let value = Rect { x: at.x + FACT_NAME_PX, width: (at.width - FACT_NAME_PX).max(1.0), ..at };
            picture.write(name, Rect { width: FACT_NAME_PX, ..at }, SheetText::Quiet)?;
            picture.write(said, value, SheetText::Plain)?;
            picture.top_px += FACT_PX;
        }
        picture.top_px += GAP_PX;
        Ok(picture)
    }

    pub fn section(&mut self, title: &str) -> Result<()> {
        self.end_row();
        self.line(title, SECTION_PX, SheetText::Heading)
    }

    /// Answers why the card could not be drawn, if it could not; that is written in its place.
    pub fn card(&mut self, card: Card) -> Result<Option<String>> {
        if self.taken + card.span > COLUMNS {
            self.end_row();
        }
        let column_px = (self.width_px - 2.0 * EDGE_PX + GAP_PX) / f64::from(COLUMNS);
        let place = Rect {
            x: (EDGE_PX + column_px * f64::from(self.taken)).round(),
            y: self.top_px,
            width: (column_px * f64::from(card.span) - GAP_PX).round().max(8.0),
            height: self.height_px,
        };
        self.taken += card.span;
        self.sheet.outline(place);
        let inner = Rect { x: place.x + 1.0, y: place.y + 1.0, width: place.width - 2.0, height: place.height - 2.0 };
        let chart = Rect { height: inner.height - REMARK_PX, ..inner };
        let below = Rect { x: inner.x + 10.0, y: chart.bottom(), width: inner.width - 20.0, height: REMARK_PX - 3.0 };
        let outcome = card.drawable.and_then(|drawable| {
            let remarks = drawable.remarks.clone();
            let layout = self.sheet.draw(&drawable.figure(), chart).map_err(|error| error.to_string())?;
            Ok([remarks, left_out(&layout)].concat())
        });
        match outcome {
            Ok(remarks) => {
                self.write(&remarks.join(" · "), below, SheetText::Quiet)?;
                Ok(None)
            }
            Err(why) => {
                let line = |from_top: f64| Rect { y: inner.y + from_top, height: 22.0, ..below };
                self.write(&card.title, line(8.0), SheetText::Heading)?;
                self.write(&format!("Not drawn: {why}"), line(32.0), SheetText::Plain)?;
                Ok(Some(why))
            }
        }
    }

    pub fn finish(self) -> Result<Vec<u8>> {
        self.sheet.into_png().map_err(failed)
    }

    fn end_row(&mut self) {
        if self.taken > 0 {
            self.top_px += self.height_px + GAP_PX;
            self.taken = 0;
        }
    }

    fn row(&self, height_px: f64) -> Rect {
        Rect { x: EDGE_PX, y: self.top_px, width: (self.width_px - 2.0 * EDGE_PX).max(1.0), height: height_px }
    }

    fn line(&mut self, text: &str, height_px: f64, look: SheetText) -> Result<()> {
        self.write(text, self.row(height_px), look)?;
        self.top_px += height_px;
        Ok(())
    }

    fn write(&mut self, text: &str, at: Rect, look: SheetText) -> Result<()> {
        if text.trim().is_empty() || at.width < 1.0 {
            return Ok(());
        }
        self.sheet.write(text, at, look).map_err(failed)
    }
}

/// Of the whole sheet: what `begin`, `section` and `card` take of it.
fn height(wanted: &BoardFile, heading: &Heading) -> f64 {
    let head_px = EDGE_PX + TITLE_PX + FACT_PX * heading.facts.len() as f64 + GAP_PX;
    let sections = wanted.sections.iter().map(|section| {
        let (mut rows, mut taken) = (u32::from(!section.cards.is_empty()), 0);
        for card in &section.cards {
            let span = card.span.clamp(1, COLUMNS);
            if taken + span > COLUMNS {
                (rows, taken) = (rows + 1, 0);
            }
            taken += span;
        }
        SECTION_PX + f64::from(rows) * (wanted.height_px + GAP_PX)
    });
    head_px + sections.sum::<f64>() + EDGE_PX
}

fn failed(error: DrawError) -> AppError {
    match error {
        DrawError::Size(width, height) => AppError::new(
            Code::Unsupported,
            format!(
                "A picture of {width:.0} by {height:.0} pixels is too large. Choose fewer dots per inch, close sections \
                 of the board, or save it as a page."
            ),
        ),
        DrawError::Backend(_) | DrawError::Png(_) => AppError::internal(error),
    }
}
