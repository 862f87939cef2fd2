//! Lists of points as paths of the rasterizer, with only what an upright strip of the picture needs.

use vello_cpu::kurbo::{BezPath, Circle, Shape};

use super::clip::cut;

/// A place in device pixels.
pub type Point = (f64, f64);

/// The part of the outlines in `left..right`, and a pixel more on either side.
pub fn outlines_between(outlines: &[Vec<Point>], left: f64, right: f64) -> BezPath {
    let mut path = BezPath::new();
    for outline in outlines {
        let from_left = cut(outline, |p| p.0 - (left - 1.0));
        let between = cut(&from_left, |p| right + 1.0 - p.0);
        let Some((&first, rest)) = between.split_first() else {
            continue;
        };
        path.move_to(first);
        rest.iter().for_each(|&point| path.line_to(point));
        path.close_path();
    }
    path
}

/// The runs of segments that reach into `left..right`.
pub fn lines_between(lines: &[Vec<Point>], left: f64, right: f64) -> BezPath {
    let mut path = BezPath::new();
    for line in lines {
        let mut is_open = false;
        for pair in line.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            if from.0.max(to.0) < left || from.0.min(to.0) > right {
                is_open = false;
                continue;
            }
            if !is_open {
                path.move_to(from);
                is_open = true;
            }
            path.line_to(to);
        }
    }
    path
}

/// The discs, given as center and radius, that reach into `left..right`.
pub fn discs_between(discs: &[(Point, f64)], left: f64, right: f64) -> BezPath {
    let mut path = BezPath::new();
    let inside = discs.iter().filter(|((x, _), radius)| x + radius >= left && x - radius <= right);
    for &(center, radius) in inside {
        path.extend(Circle::new(center, radius).path_elements(0.05));
    }
    path
}

/// The outline, turned so that x comes before y around it.
pub fn clockwise(mut outline: Vec<Point>) -> Vec<Point> {
    let pairs = outline.iter().zip(outline.iter().cycle().skip(1));
    let twice_the_area: f64 = pairs.map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum();
    if twice_the_area < 0.0 {
        outline.reverse();
    }
    outline
}
