//! Cutting polylines: to the plot, and into dashes. Plotters has neither, and an SVG should hold only what is seen.

use super::layout::Rect;

/// A place in the picture, in CSS pixels.
pub type Point = (f64, f64);

/// The pieces of `line` inside `rect`. After Liang and Barsky (1984), segment by segment.
pub fn clip(line: &[Point], rect: &Rect) -> Vec<Vec<Point>> {
    let mut pieces = Vec::new();
    let mut piece: Vec<Point> = Vec::new();
    for pair in line.windows(2) {
        let Some((from, to)) = clip_segment(pair[0], pair[1], rect) else {
            finish(&mut piece, &mut pieces);
            continue;
        };
        if piece.last() != Some(&from) {
            finish(&mut piece, &mut pieces);
            piece.push(from);
        }
        piece.push(to);
    }
    finish(&mut piece, &mut pieces);
    pieces
}

fn finish(piece: &mut Vec<Point>, pieces: &mut Vec<Vec<Point>>) {
    if piece.len() > 1 {
        pieces.push(std::mem::take(piece));
    }
    piece.clear();
}

fn clip_segment(from: Point, to: Point, rect: &Rect) -> Option<(Point, Point)> {
    let inside = |p: Point| p.0 >= rect.x && p.0 <= rect.right() && p.1 >= rect.y && p.1 <= rect.bottom();
    if inside(from) && inside(to) {
        return Some((from, to));
    }
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    let sides =
        [(-dx, from.0 - rect.x), (dx, rect.right() - from.0), (-dy, from.1 - rect.y), (dy, rect.bottom() - from.1)];
    for (towards, distance) in sides {
        if towards == 0.0 {
            if distance < 0.0 {
                return None;
            }
        } else if towards < 0.0 {
            enter = enter.max(distance / towards);
        } else {
            leave = leave.min(distance / towards);
        }
    }
    if enter > leave || !(dx.is_finite() && dy.is_finite()) {
        return None;
    }
    // An end that is inside stays exactly where it is, so that pieces join.
    let at = |share: f64| (from.0 + dx * share, from.1 + dy * share);
    let start = if enter > 0.0 { at(enter) } else { from };
    let end = if leave < 1.0 { at(leave) } else { to };
    Some((start, end))
}

/// The part of an area that is inside `rect`, as an outline; empty if nothing is.
pub fn clip_area(outline: Vec<Point>, rect: &Rect) -> Vec<Point> {
    let sides: [&dyn Fn(Point) -> f64; 4] =
        [&|p| p.0 - rect.x, &|p| rect.right() - p.0, &|p| p.1 - rect.y, &|p| rect.bottom() - p.1];
    sides.iter().fold(outline, |outline, inside| cut(&outline, inside))
}

/// The part of an outline where `inside` is not negative. After Sutherland and Hodgman (1974), for one straight edge.
pub fn cut(outline: &[Point], inside: impl Fn(Point) -> f64) -> Vec<Point> {
    let mut kept = Vec::with_capacity(outline.len());
    let Some(&last) = outline.last() else {
        return kept;
    };
    let mut from = last;
    for &to in outline {
        let (a, b) = (inside(from), inside(to));
        if (a < 0.0) != (b < 0.0) {
            let share = a / (a - b);
            kept.push((from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share));
        }
        if b >= 0.0 {
            kept.push(to);
        }
        from = to;
    }
    kept
}

/// The strokes of a dashed `line`; `pattern` is stroke, gap, stroke, gap … in pixels.
pub fn dashed(line: &[Point], pattern: &[f64]) -> Vec<Vec<Point>> {
    let Some(&first) = line.first() else {
        return Vec::new();
    };
    if pattern.iter().sum::<f64>() < 0.1 {
        return vec![line.to_vec()];
    }
    let mut strokes = Vec::new();
    let mut stroke = vec![first];
    let (mut at, mut left) = (0, pattern[0]);
    for pair in line.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        let mut length = (to.0 - from.0).hypot(to.1 - from.1);
        while length > left {
            let share = left / length;
            from = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
            length -= left;
            stroke.push(from);
            if at % 2 == 0 {
                strokes.push(std::mem::take(&mut stroke));
            }
            stroke = vec![from];
            at = (at + 1) % pattern.len();
            left = pattern[at];
        }
        left -= length;
        stroke.push(to);
    }
    if at % 2 == 0 && stroke.len() > 1 {
        strokes.push(stroke);
    }
    strokes
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOX: Rect = Rect { x: 0.0, y: 0.0, width: 10.0, height: 10.0 };

    #[test]
    fn what_is_inside_is_untouched() {
        let line = [(0.0, 0.0), (5.0, 10.0), (10.0, 3.0)];
        assert_eq!(clip(&line, &BOX), [line.to_vec()]);
    }

    #[test]
    fn a_line_that_leaves_and_comes_back_is_two_pieces() {
        let line = [(0.0, 5.0), (2.0, 5.0), (4.0, -5.0), (6.0, 5.0), (10.0, 5.0)];
        let pieces = clip(&line, &BOX);
        assert_eq!(pieces, [vec![(0.0, 5.0), (2.0, 5.0), (3.0, 0.0)], vec![(5.0, 0.0), (6.0, 5.0), (10.0, 5.0)]]);
    }

    #[test]
    fn nothing_outside_survives() {
        let mut seed = 9u64;
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 40) as f64 / (1u64 << 24) as f64 * 40.0 - 15.0
        };
        let line: Vec<Point> = (0..2_000).map(|_| (next(), next())).collect();
        let pieces = clip(&line, &BOX);
        let close = |v: f64| (-1e-9..=10.0 + 1e-9).contains(&v);
        assert!(pieces.len() > 100);
        assert!(pieces.iter().flatten().all(|p| close(p.0) && close(p.1)));
        assert!(clip(&[(-5.0, -1.0), (20.0, -1.0)], &BOX).is_empty());
        assert_eq!(clip(&[(-1e12, 5.0), (1e12, 5.0)], &BOX).len(), 1);
    }

    #[test]
    fn an_area_is_cut_at_every_side_and_gone_outside() {
        let within = [(2.0, 2.0), (8.0, 2.0), (8.0, 8.0)];
        assert_eq!(clip_area(within.to_vec(), &BOX), within);
        let all = clip_area(vec![(-50.0, -50.0), (50.0, -50.0), (50.0, 50.0), (-50.0, 50.0)], &BOX);
        let mut corners = all.clone();
        corners.sort_by(|a, b| a.partial_cmp(b).unwrap());
        assert_eq!(corners, [(0.0, 0.0), (0.0, 10.0), (10.0, 0.0), (10.0, 10.0)]);
        // A slope leaves where it crosses the side, not below its end.
        let slope = clip_area(vec![(0.0, 5.0), (10.0, -5.0), (10.0, 9.0), (0.0, 9.0)], &BOX);
        assert!(slope.contains(&(5.0, 0.0)), "{slope:?}");
        assert!(clip_area(vec![(20.0, 0.0), (30.0, 0.0), (30.0, 9.0)], &BOX).is_empty());
        assert!(clip_area(Vec::new(), &BOX).is_empty());
    }

    #[test]
    fn dashes_have_the_length_of_the_pattern() {
        let strokes = dashed(&[(0.0, 0.0), (4.0, 0.0), (20.0, 0.0)], &[3.0, 2.0]);
        let ends: Vec<(f64, f64)> = strokes.iter().map(|s| (s[0].0, s[s.len() - 1].0)).collect();
        assert_eq!(ends, [(0.0, 3.0), (5.0, 8.0), (10.0, 13.0), (15.0, 18.0)]);
    }
}
