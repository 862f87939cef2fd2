//! The kinds of charts: what each is drawn from, and what its drawing says of itself.

use super::contour::{ContourChart, ContourLayout};
use super::distribution::{DistributionChart, DistributionLayout};
use super::heat::{HeatChart, HeatLayout};
use super::layout::{BarLayout, Layout};
use super::panels::{PanelChart, PanelLayout};
use super::parallel::{ParallelChart, ParallelLayout};
use super::scatter::{ScatterChart, ScatterLayout};
use super::spec::{BarChart, Chart};
use super::versions::{VersionsChart, VersionsLayout};

/// What can be drawn. Nothing in it refers to pixels, so the same value draws the screen, a PNG and an SVG.
#[derive(Clone, Debug)]
pub enum Figure {
    Lines(Chart),
    Bars(BarChart),
    Scatter(ScatterChart),
    Panels(PanelChart),
    Heat(HeatChart),
    Contour(ContourChart),
    Parallel(ParallelChart),
    Distribution(DistributionChart),
    Versions(VersionsChart),
}

/// Comes with every drawing. Lengths are CSS pixels from the top left corner.
#[derive(Clone, Debug, PartialEq)]
pub enum FigureLayout {
    Lines(Layout),
    Bars(BarLayout),
    Scatter(Box<ScatterLayout>),
    Panels(Box<PanelLayout>),
    Heat(Box<HeatLayout>),
    Contour(Box<ContourLayout>),
    Parallel(ParallelLayout),
    Distribution(Box<DistributionLayout>),
    Versions(VersionsLayout),
}
