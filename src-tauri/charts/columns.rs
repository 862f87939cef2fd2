//! Bands, painted straight into the pixels.
//!
//! The outline of a band of noise has a tall edge at every column, which is the worst case of a rasterizer of paths and
//! the simplest of all pictures: upright bars beside each other.

use super::outline::Point;

/// One bar, in device pixels; whole numbers across, so that neighbours meet without a seam.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    pub left: usize,
    pub right: usize,
    pub top: f64,
    pub bottom: f64,
}

/// The bars of an outline that goes along the tops of bars and back along their bottoms; none if it is not like that.
pub fn bars_of(outline: &[Point]) -> Option<Vec<Bar>> {
    let (tops, bottoms) = outline.split_at(outline.len() / 2);
    if outline.len() < 8 || !outline.len().is_multiple_of(4) {
        return None;
    }
    let mut bars = Vec::with_capacity(tops.len() / 2);
    let mut reached = 0.0;
    for (top, bottom) in tops.chunks_exact(2).zip(bottoms.rchunks_exact(2)) {
        let (&[a, b], &[c, d]) = (top.as_array()?, bottom.as_array()?);
        let is_bar = a.1 == b.1 && c.1 == d.1 && a.0 == d.0 && b.0 == c.0 && a.0 >= reached && b.0 >= a.0;
        // A gap to the bar before is filled by slanted edges, which bars do not have.
        let is_next = bars.is_empty() || a.0 == reached;
        if !(is_bar && is_next && a.1 <= d.1) {
            return None;
        }
        reached = b.0;
        let (left, right) = (a.0.round() as usize, b.0.round() as usize);
        bars.push(Bar { left, right, top: a.1.max(0.0), bottom: d.1.max(0.0) });
    }
    Some(bars)
}

/// A strip of a picture, column by column: a bar is one piece of memory here, and in rows it is not.
pub struct Columns {
    /// Red, green, blue, alpha, multiplied by alpha.
    rgba: Vec<u8>,
    height: usize,
    /// The column of the picture that is the strip's first.
    start: usize,
}

impl Columns {
    pub fn from_rows(rows: &[u8], width: usize, start: usize) -> Self {
        let height = rows.len() / 4 / width.max(1);
        Self { rgba: turned(rows, width, height), height, start }
    }

    pub fn into_rows(self) -> Vec<u8> {
        let width = self.rgba.len() / 4 / self.height.max(1);
        turned(&self.rgba, self.height, width)
    }

    /// Paints the part of the bars that is in this strip.
    pub fn paint(&mut self, bars: &[Bar], rgb: [u8; 3], alpha: f32) {
        let height = self.height as f64;
        let whole = Paint::new(rgb, alpha);
        for bar in bars {
            let (top, bottom) = (bar.top.min(height), bar.bottom.min(height));
            let columns = bar.left.max(self.start)..bar.right;
            for column in columns {
                let at = (column - self.start) * self.height * 4;
                let Some(column) = self.rgba.get_mut(at..at + self.height * 4) else { break };
                let mut partly = |y: f64, covered: f64| {
                    let at = y as usize * 4;
                    if let Some(pixel) = column.get_mut(at..at + 4).filter(|_| covered > 0.0) {
                        Paint::new(rgb, alpha * covered as f32).over(pixel);
                    }
                };
                let (first, last) = (top.ceil(), bottom.floor());
                if first > last {
                    // Inside a single pixel.
                    partly(last, bottom - top);
                    continue;
                }
                partly(top.floor(), first - top);
                partly(last, bottom - last);
                whole.over(&mut column[first as usize * 4..last as usize * 4]);
            }
        }
    }
}

/// Columns of pixels as rows, or the other way around.
fn turned(pixels: &[u8], width: usize, height: usize) -> Vec<u8> {
    // In small squares, which stay in the fastest memory whichever way they are read.
    const SIDE: usize = 16;
    let mut out = vec![0; pixels.len()];
    for top in (0..height).step_by(SIDE) {
        for left in (0..width).step_by(SIDE) {
            for x in left..(left + SIDE).min(width) {
                for y in top..(top + SIDE).min(height) {
                    let (from, to) = ((y * width + x) * 4, (x * height + y) * 4);
                    out[to..to + 4].copy_from_slice(&pixels[from..from + 4]);
                }
            }
        }
    }
    out
}

/// A color ready to be laid over others.
struct Paint {
    /// Four times red, green, blue, alpha, multiplied by alpha.
    parts: [u8; 16],
    /// What is left of the color below, of 256.
    rest: u16,
}

impl Paint {
    fn new(rgb: [u8; 3], alpha: f32) -> Self {
        let part = |channel: u8| (f32::from(channel) * alpha).round() as u8;
        let rest = 256 - (256.0 * alpha).round() as u16;
        // Whatever is lost in rounding, what was opaque stays so.
        let opaque = 255 - ((255 * rest + 128) >> 8) as u8;
        let one = [part(rgb[0]), part(rgb[1]), part(rgb[2]), opaque];
        let mut parts = [0; 16];
        parts.chunks_exact_mut(4).for_each(|pixel| pixel.copy_from_slice(&one));
        Self { parts, rest }
    }

    fn over(&self, pixels: &mut [u8]) {
        let lay = |channel: &mut u8, part: &u8| {
            let below = ((u16::from(*channel) * self.rest + 128) >> 8) as u8;
            *channel = below.saturating_add(*part);
        };
        let mut fours = pixels.chunks_exact_mut(16);
        for four in &mut fours {
            four.iter_mut().zip(&self.parts).for_each(|(channel, part)| lay(channel, part));
        }
        fours.into_remainder().iter_mut().zip(&self.parts).for_each(|(channel, part)| lay(channel, part));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_BARS: [Point; 8] =
        [(2.0, 1.0), (4.0, 1.0), (4.0, 0.5), (5.0, 0.5), (5.0, 3.0), (4.0, 3.0), (4.0, 2.25), (2.0, 2.25)];

    #[test]
    fn a_band_is_bars_and_nothing_else_is() {
        let first = Bar { left: 2, right: 4, top: 1.0, bottom: 2.25 };
        let second = Bar { left: 4, right: 5, top: 0.5, bottom: 3.0 };
        assert_eq!(bars_of(&TWO_BARS), Some(vec![first, second]));
        let mut slanted = TWO_BARS;
        slanted[1].1 = 1.5;
        assert_eq!(bars_of(&slanted), None);
        assert_eq!(bars_of(&TWO_BARS[..3]), None);
        assert_eq!(bars_of(&[]), None);
    }

    #[test]
    fn bars_cover_what_they_say_and_partly_where_they_end() {
        let rgba = [255u8; 6 * 4 * 4];
        let bars = bars_of(&TWO_BARS).unwrap_or_default();
        // A strip that begins at column 3.
        let mut columns = Columns::from_rows(&rgba, 6, 3);
        columns.paint(&bars, [0, 0, 0], 1.0);
        let rgba = columns.into_rows();
        let red = |x: usize, y: usize| rgba[(y * 6 + x) * 4];
        assert_eq!([red(0, 0), red(0, 1), red(0, 3)], [255, 0, 255]);
        assert!((190..=192).contains(&red(0, 2)), "a quarter is covered: {}", red(0, 2));
        assert!((127..=128).contains(&red(1, 0)), "half is covered: {}", red(1, 0));
        assert_eq!([red(1, 2), red(2, 1)], [0, 255]);
    }

    #[test]
    fn many_layers_of_a_color_come_close_to_it_and_stay_opaque() {
        let mut columns = Columns::from_rows(&[255u8; 4], 1, 0);
        let bar = Bar { left: 0, right: 1, top: 0.0, bottom: 1.0 };
        for _ in 0..500 {
            columns.paint(&[bar], [200, 0, 255], 0.13);
        }
        let rgba = columns.into_rows();
        assert!(rgba[0].abs_diff(200) < 6 && rgba[1] < 6 && rgba[2] > 249, "{rgba:?}");
        assert_eq!(rgba[3], 255);
    }
}
