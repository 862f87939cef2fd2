//! The runs of a scatter plot that lead all others, and the line in steps that joins them.

use plotters::prelude::{Color, DrawingBackend};

use super::DrawError;
use super::canvas::Surface;
use super::clip::Point;
use super::dimension::{Place, Scaled};
use super::theme::{Theme, mix};

/// Runs that stand out; the others step back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Leaders {
    /// Places of runs, in the order in which the line joins them: from each of them across, and then up or down to the
    /// next.
    pub runs: Vec<u32>,
    /// Behind the last of them, the line goes on across as far as there are points.
    pub goes_on: bool,
    /// Who they are, written above an exported plot.
    pub words: String,
}

/// What is left of the color of the runs that do not lead.
pub const OTHERS: f64 = 0.4;

impl Leaders {
    /// For each of so many runs, whether it is one of them.
    pub fn of_runs(&self, runs: usize) -> Vec<bool> {
        let mut leads = vec![false; runs];
        for run in &self.runs {
            if let Some(leads) = leads.get_mut(*run as usize) {
                *leads = true;
            }
        }
        leads
    }

    /// Joins the leaders that both axes have a place for.
    pub fn draw_line<B: DrawingBackend>(
        &self,
        surface: &Surface<B>,
        centers: &[Point],
        (x, y): (&Scaled, &Scaled),
        theme: &Theme,
    ) -> Result<(), DrawError> {
        let is_inside = |run: usize| [x, y].iter().all(|axis| matches!(axis.place(run), Place::Axis(_)));
        let runs = self.runs.iter().map(|run| *run as usize).filter(|run| is_inside(*run));
        let places: Vec<Point> = runs.filter_map(|run| centers.get(run).copied()).collect();
        let mut line = steps(&places);
        if let (true, Some(last)) = (self.goes_on, places.last()) {
            let points = centers.iter().enumerate().filter(|(run, _)| matches!(x.place(*run), Place::Axis(_)));
            line.push((points.map(|(_, center)| center.0).fold(last.0, f64::max), last.1));
        }
        if line.len() < 2 {
            return Ok(());
        }
        surface.line(&line, 1.6, mix(theme.surface, theme.title, 0.75).to_rgba())
    }
}

/// The corners of the line, without those that are no corners.
fn steps(places: &[Point]) -> Vec<Point> {
    let mut line: Vec<Point> = Vec::with_capacity(2 * places.len());
    for place in places {
        if let Some(before) = line.last().copied() {
            line.push((place.0, before.1));
        }
        line.push(*place);
    }
    line.dedup();
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_across_before_it_goes_up_or_down() {
        assert_eq!(steps(&[(0.0, 9.0), (4.0, 5.0), (6.0, 5.0)]), [(0.0, 9.0), (4.0, 9.0), (4.0, 5.0), (6.0, 5.0)]);
        assert_eq!(steps(&[(1.0, 1.0); 3]), [(1.0, 1.0)]);
        assert_eq!(steps(&[]), []);
    }
}
