//! Crowds of small marks, painted straight into the pixels.
//!
//! A rasterizer of paths sorts the edges of everything it draws. For a hundred thousand discs of a few pixels, or ten
//! thousand lines across the picture, that costs more than the pixels do: so discs are stamped, and lines are painted
//! as a piece of each column that they cross. Where translucent marks overlap they add up: a crowd is stronger where it
//! is denser.

use std::ops::Range;

use super::outline::Point;

/// Some columns of a picture while a crowd is painted into them. The four channels of a pixel are the four parts of one
/// number, so that one multiplication changes all of them.
pub struct Sheet {
    /// The columns of the picture: the first, and how many.
    start: usize,
    width: usize,
    pixels: Vec<u64>,
}

impl Sheet {
    /// A copy of these columns of rows that have `width` pixels. Their first is column `start` of the picture.
    pub fn new(rows: &[u8], width: usize, start: usize, columns: &Range<usize>) -> Self {
        let rows = rows.as_chunks::<4>().0.chunks_exact(width.max(1));
        let pixels = rows.flat_map(|row| &row[columns.clone()]).map(|pixel| {
            let [r, g, b, a] = pixel.map(u64::from);
            r | g << 16 | b << 32 | a << 48
        });
        Self { start: start + columns.start, width: columns.len(), pixels: pixels.collect() }
    }

    /// Writes the columns back into the rows that they are of.
    pub fn write(&self, rows: &mut [u8], width: usize, columns: &Range<usize>) {
        let rows = rows.as_chunks_mut::<4>().0.chunks_exact_mut(width.max(1));
        for (row, painted) in rows.zip(self.pixels.chunks_exact(self.width.max(1))) {
            for (pixel, parts) in row[columns.clone()].iter_mut().zip(painted) {
                *pixel = [0, 16, 32, 48].map(|shift| (parts >> shift) as u8);
            }
        }
    }
}

/// A color at every strength: of 256 parts of a pixel it covers so many.
pub struct Shades([Shade; 257]);

#[derive(Clone, Copy)]
struct Shade {
    /// Red, green, blue, alpha, multiplied by alpha; red is lowest.
    parts: u64,
    /// What is left of the color below, of 256.
    rest: u64,
}

impl Shades {
    pub fn new(rgb: [u8; 3], alpha: f32) -> Self {
        Self(std::array::from_fn(|covered| {
            let alpha = alpha * covered as f32 / 256.0;
            let rest = 256 - (256.0 * alpha).round() as u64;
            // Whatever is lost in rounding, what was opaque stays so.
            let opaque = 255 - ((255 * rest + 128) >> 8);
            let part = |channel: u8| ((f32::from(channel) * alpha).round() as u64).min(opaque);
            Shade { parts: part(rgb[0]) | part(rgb[1]) << 16 | part(rgb[2]) << 32 | opaque << 48, rest }
        }))
    }
}

impl Shade {
    /// Lays it over a pixel.
    fn over(self, pixel: &mut u64) {
        const CHANNELS: u64 = 0x00ff_00ff_00ff_00ff;
        const HALF: u64 = 0x0080_0080_0080_0080;
        *pixel = ((*pixel * self.rest + HALF) >> 8 & CHANNELS) + self.parts;
    }
}

/// Along each side of a pixel, so many places of a disc's center look different.
const PHASES: usize = 4;

/// How much of each pixel a disc covers: one square of pixels for each place of its center inside a pixel.
pub struct Stamp {
    /// Pixels from the one with the center to the edge of a square.
    reach: isize,
    /// How much of each pixel is covered, of 256.
    squares: Vec<Vec<u16>>,
}

impl Stamp {
    pub fn new(radius: f64) -> Self {
        let reach = (radius + 0.5).ceil() as isize;
        let square = |phase: usize| {
            let middle = |phase: usize| (phase as f64 + 0.5) / PHASES as f64;
            let (cx, cy) = (middle(phase % PHASES), middle(phase / PHASES));
            let covered = |x: isize, y: isize| {
                let away = (x as f64 + 0.5 - cx).hypot(y as f64 + 0.5 - cy);
                ((radius + 0.5 - away).clamp(0.0, 1.0) * 256.0).round() as u16
            };
            (-reach..=reach).flat_map(|y| (-reach..=reach).map(move |x| covered(x, y))).collect()
        };
        Self { reach, squares: (0..PHASES * PHASES).map(square).collect() }
    }

    /// Paints a disc.
    pub fn paint(&self, sheet: &mut Sheet, center: Point, shades: &Shades) {
        let Sheet { start, width, ref mut pixels } = *sheet;
        let (x, y) = (center.0.floor(), center.1.floor());
        if !(x.abs() < 1e6 && y.abs() < 1e6) {
            return;
        }
        let phase = |at: f64| (((at - at.floor()) * PHASES as f64) as usize).min(PHASES - 1);
        let square = &self.squares[phase(center.1) * PHASES + phase(center.0)];
        // Where the square begins, and the part of it that is in these rows.
        let (left, top) = (x as isize - self.reach - start as isize, y as isize - self.reach);
        let side = 2 * self.reach + 1;
        let height = (pixels.len() / width.max(1)) as isize;
        let columns = (-left).clamp(0, side)..(width as isize - left).clamp(0, side);
        if columns.is_empty() {
            return;
        }
        for row in (-top).clamp(0, side)..(height - top).clamp(0, side) {
            let covered = &square[(row * side + columns.start) as usize..(row * side + columns.end) as usize];
            let first = ((top + row) * width as isize + left + columns.start) as usize;
            for (pixel, covered) in pixels[first..].iter_mut().zip(covered) {
                if *covered > 0 {
                    shades.0[usize::from(*covered)].over(pixel);
                }
            }
        }
    }
}

/// Whether this is a line of few long pieces that go to the right, such as one of parallel coordinates.
pub fn is_of_long_pieces(line: &[Point]) -> bool {
    const LEAST_PX: f64 = 8.0;
    line.len() > 1 && line.windows(2).all(|pair| pair[1].0 - pair[0].0 >= LEAST_PX)
}

/// Paints such a line.
pub fn paint_line(sheet: &mut Sheet, line: &[Point], thick: f64, shades: &Shades) {
    // Heights are counted in parts of a pixel: whole numbers are much faster than others here.
    const PARTS: f64 = 65_536.0;
    let (start, end) = (sheet.start, sheet.start + sheet.width);
    let bottom = ((sheet.pixels.len() / sheet.width.max(1)) as i64) << 16;
    for pair in line.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let first = (from.0.round().max(0.0) as usize).max(start);
        let last = (to.0.round().max(0.0) as usize).min(end);
        if first >= last {
            continue;
        }
        let slope = (to.1 - from.1) / (to.0 - from.0);
        // Upright, a slanted line is thicker.
        let tall = (thick * slope.hypot(1.0) * PARTS) as i64;
        let step = (slope * PARTS) as i64;
        let top = ((from.1 + (first as f64 + 0.5 - from.0) * slope) * PARTS) as i64;
        let mut top = top.saturating_sub(tall / 2);
        let last_top = top.saturating_add(step.saturating_mul((last - first) as i64));
        let is_inside = top.min(last_top) >= 0 && top.max(last_top).saturating_add(tall) < bottom;
        for column in first - start..last - start {
            if is_inside {
                sheet.paint_piece(column, top, top + tall, shades);
                top += step;
            } else {
                let piece = (top.clamp(0, bottom), top.saturating_add(tall).clamp(0, bottom));
                sheet.paint_piece(column, piece.0, piece.1, shades);
                top = top.saturating_add(step);
            }
        }
    }
}

impl Sheet {
    /// Paints from one height to another, in parts of a pixel.
    #[inline(always)]
    fn paint_piece(&mut self, column: usize, upper: i64, lower: i64, shades: &Shades) {
        let mut paint = |at: usize, covered: usize| {
            if let (Some(pixel), Some(shade)) = (self.pixels.get_mut(at), shades.0.get(covered)) {
                shade.over(pixel);
            }
        };
        let (row, last_row) = ((upper >> 16) as usize, (lower >> 16) as usize);
        let mut at = row * self.width + column;
        if row == last_row {
            return paint(at, ((lower - upper) >> 8) as usize);
        }
        paint(at, 256 - (upper >> 8 & 255) as usize);
        for _ in row + 1..last_row {
            at += self.width;
            paint(at, 256);
        }
        paint(at + self.width, (lower >> 8 & 255) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: usize = 12;
    const HEIGHT: usize = 9;

    /// What is painted on white paper.
    fn on_white(height: usize, start: usize, paint: impl Fn(&mut Sheet)) -> Vec<u8> {
        let mut rows = vec![255u8; WIDTH * height * 4];
        let mut sheet = Sheet::new(&rows, WIDTH, start, &(0..WIDTH));
        paint(&mut sheet);
        sheet.write(&mut rows, WIDTH, &(0..WIDTH));
        rows
    }

    fn stamped(centers: &[Point], radius: f64, alpha: f32, start: usize) -> Vec<u8> {
        let (stamp, shades) = (Stamp::new(radius), Shades::new([0, 0, 0], alpha));
        let rows = on_white(HEIGHT, start, |sheet| {
            centers.iter().for_each(|center| stamp.paint(sheet, *center, &shades));
        });
        assert!(rows.chunks_exact(4).all(|pixel| pixel[3] == 255));
        rows
    }

    fn ink(rows: &[u8]) -> f64 {
        rows.chunks_exact(4).map(|pixel| f64::from(255 - pixel[0]) / 255.0).sum()
    }

    #[test]
    fn a_stamp_has_the_area_of_its_disc_wherever_it_stands() {
        for radius in [1.0, 2.3, 3.0] {
            let area = std::f64::consts::PI * radius * radius;
            for at in [(5.5, 4.5), (5.0, 4.0), (5.2, 4.9)] {
                let ink = ink(&stamped(&[at], radius, 1.0, 0));
                assert!((ink / area - 1.0).abs() < 0.1, "{radius} at {at:?}: {ink} of {area}");
            }
        }
    }

    #[test]
    fn a_disc_across_two_strips_is_one_disc() {
        let at = [(11.6, 4.2)];
        let both = ink(&stamped(&at, 3.0, 1.0, 0)) + ink(&stamped(&at, 3.0, 1.0, WIDTH));
        let whole = ink(&stamped(&[(5.6, 4.2)], 3.0, 1.0, 0));
        assert!((both - whole).abs() < 1e-9, "{both} {whole}");
    }

    #[test]
    fn what_is_outside_or_nowhere_paints_nothing_and_an_edge_paints_its_part() {
        let nowhere = [(f64::NAN, 1.0), (1e300, 0.0), (-40.0, 4.0), (4.0, 90.0), (f64::INFINITY, 2.0)];
        assert_eq!(ink(&stamped(&nowhere, 3.0, 1.0, 0)), 0.0);
        let corner = ink(&stamped(&[(0.0, 0.0), (12.0, 9.0)], 3.0, 1.0, 0));
        assert!((corner / (std::f64::consts::PI * 4.5) - 1.0).abs() < 0.15, "{corner}");
    }

    #[test]
    fn discs_add_up() {
        let once = stamped(&[(5.5, 4.5)], 2.0, 0.3, 0);
        let thrice = stamped(&[(5.5, 4.5); 3], 2.0, 0.3, 0);
        let center = (4 * WIDTH + 5) * 4;
        assert!(
            once[center].abs_diff(179) < 2 && thrice[center].abs_diff(87) < 5,
            "{} {}",
            once[center],
            thrice[center]
        );
    }

    #[test]
    fn a_line_is_as_thick_as_it_is_however_it_slants() {
        for slope in [0.0, 0.5, -1.0] {
            let (from, to) = ((0.0, 20.0), (12.0, 20.0 + 12.0 * slope));
            assert!(is_of_long_pieces(&[from, to]));
            let rows = on_white(40, 0, |sheet| paint_line(sheet, &[from, to], 1.5, &Shades::new([0, 0, 0], 1.0)));
            assert!(rows.chunks_exact(4).all(|pixel| pixel[3] == 255));
            let ink = ink(&rows);
            let area = 12.0 * 1.5 * f64::hypot(slope, 1.0);
            assert!((ink / area - 1.0).abs() < 0.03, "{slope}: {ink} of {area}");
        }
    }

    #[test]
    fn each_strip_has_its_part_of_a_line_and_what_is_outside_is_nowhere() {
        let painted = |line: &[Point], start: usize| {
            ink(&on_white(HEIGHT, start, |sheet| paint_line(sheet, line, 1.0, &Shades::new([0, 0, 0], 1.0))))
        };
        let line = [(0.0, 4.0), (20.0, 4.0)];
        assert_eq!([0, 12].map(|start| painted(&line, start).round()), [12.0, 8.0]);
        for outside in [[(0.0, -30.0), (12.0, -9.0)], [(0.0, 80.0), (12.0, 1e9)], [(-1e9, 1e300), (12.0, -1e300)]] {
            painted(&outside, 0);
        }
        assert_eq!(painted(&[(0.0, -30.0), (12.0, -9.0)], 0), 0.0);
        assert_eq!(painted(&[(0.0, f64::NAN), (12.0, f64::NAN)], 24), 0.0);
    }

    #[test]
    fn a_sheet_is_some_columns_and_leaves_the_others_alone() {
        let mut rows: Vec<u8> = (0..WIDTH * HEIGHT * 4).map(|i| i as u8).collect();
        let before = rows.clone();
        let columns = 3..7;
        let mut sheet = Sheet::new(&rows, WIDTH, 100, &columns);
        sheet.write(&mut rows, WIDTH, &columns);
        assert_eq!(rows, before);
        paint_line(&mut sheet, &[(0.0, 4.5), (200.0, 4.5)], 1.0, &Shades::new([9, 9, 9], 1.0));
        sheet.write(&mut rows, WIDTH, &columns);
        let painted = |at: &usize| rows[4 * at..][..4] != before[4 * at..][..4];
        let painted: Vec<usize> = (0..WIDTH * HEIGHT).filter(painted).collect();
        assert_eq!(painted, [4 * WIDTH + 3, 4 * WIDTH + 4, 4 * WIDTH + 5, 4 * WIDTH + 6]);
    }

    #[test]
    fn curves_and_upright_lines_are_not_of_long_pieces() {
        for line in
            [&[(0.0, 0.0), (1.0, 5.0)][..], &[(0.0, 0.0), (0.0, 50.0)], &[(9.0, 0.0), (0.0, 0.0)], &[(1.0, 1.0)]]
        {
            assert!(!is_of_long_pieces(line), "{line:?}");
        }
    }
}
