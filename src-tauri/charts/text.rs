//! Letters to glyphs: shapes a line of text with the embedded Inter, and with fonts of the system where Inter has no glyph.
//!
//! Looking for the system's fonts is slow, so it happens once, and only when a text needs it: a Japanese run name does,
//! axis labels never do, and a picture without such a text is the same on every machine.

use std::borrow::Cow;
use std::sync::LazyLock;

use parking_lot::Mutex;
use parley::fontique::{Blob, Collection, CollectionOptions};
use parley::{FontContext, FontData, FontFamily, FontFeatures, FontWeight, LayoutContext, PositionedLayoutItem};
use parley::{FontFamilyName, StyleProperty, TextWrapMode};

const REGULAR: &[u8] = include_bytes!("fonts/Inter-Regular.ttf");
const SEMIBOLD: &[u8] = include_bytes!("fonts/Inter-SemiBold.ttf");
/// The two letter forms that the window uses as well.
const LETTERS: &str = "\"cv05\", \"ss03\"";
/// The same, and figures of equal width.
const FIGURES: &str = "\"tnum\", \"cv05\", \"ss03\"";

/// One line of shaped text; positions are pixels from the left end of the base line, y downwards.
#[derive(Clone, Debug)]
pub struct Line {
    pub runs: Vec<Run>,
    pub width_px: f64,
    /// Every letter has a glyph.
    pub is_complete: bool,
}

/// Glyphs of one font.
#[derive(Clone, Debug)]
pub struct Run {
    pub font: FontData,
    pub size_px: f32,
    /// Where a variable font stands on its axes.
    pub coordinates: Vec<i16>,
    pub glyphs: Vec<Glyph>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glyph {
    pub id: u32,
    pub x: f32,
    pub y: f32,
}

/// Shapes one line; line breaks in `text` are drawn as spaces.
pub fn shape(text: &str, size_px: f64, is_bold: bool) -> Line {
    static EMBEDDED: LazyLock<Mutex<Shaper>> = LazyLock::new(|| Mutex::new(Shaper::new(false)));
    static SYSTEM: LazyLock<Mutex<Shaper>> = LazyLock::new(|| Mutex::new(Shaper::new(true)));
    let shape_with = |shaper: &Mutex<Shaper>| {
        // A panic in another thread leaves caches behind, nothing that could be half true.
        shaper.lock().shape(text, size_px, is_bold)
    };
    let line = shape_with(&EMBEDDED);
    if line.is_complete { line } else { shape_with(&SYSTEM) }
}

pub fn width_px(text: &str, size_px: f64, is_bold: bool) -> f64 {
    shape(text, size_px, is_bold).width_px
}

/// As much of `text` as fits, with an ellipsis where something is missing.
pub fn fitted(text: &str, room_px: f64, size_px: f64) -> Cow<'_, str> {
    if width_px(text, size_px, false) <= room_px {
        return Cow::Borrowed(text);
    }
    let ends: Vec<usize> = text.char_indices().map(|(i, _)| i).collect();
    let with = |count: usize| format!("{}…", text[..ends[count]].trim_end());
    let fits = |count: &usize| width_px(&with(*count), size_px, false) <= room_px;
    let all: Vec<usize> = (0..ends.len()).collect();
    let count = all.partition_point(fits).saturating_sub(1);
    Cow::Owned(with(count))
}

struct Shaper {
    fonts: FontContext,
    scratch: LayoutContext<()>,
}

impl Shaper {
    fn new(with_system_fonts: bool) -> Self {
        let options = CollectionOptions { shared: false, system_fonts: with_system_fonts };
        let mut fonts = FontContext { collection: Collection::new(options), ..FontContext::default() };
        for data in [REGULAR, SEMIBOLD] {
            fonts.collection.register_fonts(Blob::from(data.to_vec()), None);
        }
        Self { fonts, scratch: LayoutContext::new() }
    }

    fn shape(&mut self, text: &str, size_px: f64, is_bold: bool) -> Line {
        let text = text.replace(|c: char| c.is_control(), " ");
        let mut builder = self.scratch.ranged_builder(&mut self.fonts, &text, 1.0, false);
        let weight = if is_bold { FontWeight::SEMI_BOLD } else { FontWeight::NORMAL };
        builder.push_default(FontFamily::from(FontFamilyName::named("Inter")));
        builder.push_default(StyleProperty::FontSize(size_px as f32));
        builder.push_default(StyleProperty::FontWeight(weight));
        // Among figures of equal width a hyphen is as wide as they are, which tears names and dates apart.
        let features = if text.contains('-') { LETTERS } else { FIGURES };
        builder.push_default(StyleProperty::FontFeatures(FontFeatures::from(features)));
        builder.push_default(StyleProperty::TextWrapMode(TextWrapMode::NoWrap));
        let mut layout = builder.build(&text);
        layout.break_all_lines(None);
        let base = layout.first_baseline().unwrap_or_default();
        let items = layout.lines().flat_map(|line| line.items().collect::<Vec<_>>());
        let runs: Vec<Run> = items
            .filter_map(|item| {
                let PositionedLayoutItem::GlyphRun(run) = item else {
                    return None;
                };
                let glyphs = run.positioned_glyphs().map(|g| Glyph { id: g.id, x: g.x, y: g.y - base });
                Some(Run {
                    font: run.run().font().clone(),
                    size_px: run.run().font_size(),
                    coordinates: run.run().normalized_coords().iter().map(|c| c.to_bits()).collect(),
                    glyphs: glyphs.collect(),
                })
            })
            .collect();
        let is_complete = runs.iter().flat_map(|run| &run.glyphs).all(|glyph| glyph.id != 0);
        Line { runs, width_px: f64::from(layout.full_width()), is_complete }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_equally_wide() {
        let widths: Vec<f64> = ["1111", "8888", "4070"].iter().map(|t| width_px(t, 11.0, false)).collect();
        assert!(widths[0] > 20.0, "{widths:?}");
        assert!(widths.iter().all(|w| (w - widths[0]).abs() < 1e-3), "{widths:?}");
    }

    #[test]
    fn labels_need_no_font_of_the_system() {
        let embedded = Shaper::new(false).shape("0123456789.,:-\u{2212}…+ kMBTe min msd lérégő Дельта α", 11.0, true);
        assert!(embedded.is_complete);
        assert!(!embedded.runs.is_empty());
    }

    #[test]
    fn what_does_not_fit_ends_in_an_ellipsis() {
        let name = "resnet50-imagenet-lr0.001-seed7";
        assert_eq!(fitted(name, 1e3, 11.0), name);
        let short = fitted(name, 80.0, 11.0);
        assert!(short.ends_with('…') && short.len() > 8, "{short}");
        assert!(width_px(&short, 11.0, false) <= 80.0);
        assert_eq!(fitted(name, 0.0, 11.0), "…");
    }

    #[test]
    fn a_text_of_line_breaks_stays_one_line() {
        let line = shape("a\nb\r\nc", 11.0, false);
        assert!(line.runs.iter().flat_map(|r| &r.glyphs).all(|g| g.y == 0.0));
    }
}
