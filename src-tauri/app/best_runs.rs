//! Which runs of a scatter plot are the best of it: those that beat all before them, or that no other run beats.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::App;
use super::values::{Read, ValueAxis};
use crate::cache::ColumnKind;
use crate::charts::{Dimension, Domain, Leaders};
use crate::direction::Better;
use crate::error::Result;
use crate::sweep::{best_so_far, pareto_front};

/// What makes a run one of the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum BestKind {
    /// Its y is better than that of all runs to the left of it.
    SoFar,
    /// No other run is better in x or y without being worse in the other: the Pareto front.
    Front,
}

/// Which runs stand out as the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Best {
    pub kind: BestKind,
    /// Which way x is better, as the user says of this chart; without it, the direction of the metric holds.
    pub x_better: Option<Better>,
    pub y_better: Option<Better>,
}

/// The best runs of a scatter plot, and by what they are.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BestLayout {
    pub kind: BestKind,
    /// The directions that hold; none where none is known.
    pub x_better: Option<Better>,
    pub y_better: Option<Better>,
    /// Places among the runs of the chart, in the order of the line. None are known where a direction is missing, or
    /// where values are words.
    pub runs: Option<Vec<u32>>,
    /// How many runs have a finite number on both axes: only they are looked at.
    pub of: u32,
}

impl App {
    pub(super) async fn best(&self, read: &Read, best: Best, x: &ValueAxis, y: &ValueAxis) -> Result<BestLayout> {
        let x_better = self.better(read, best.x_better, x).await?;
        let y_better = self.better(read, best.y_better, y).await?;
        let (x, y) = (read.dimension(x), read.dimension(y));
        let runs = match (best.kind, x_better, y_better) {
            _ if [&x, &y].iter().any(|of| matches!(of.domain, Domain::Categories(_))) => None,
            (BestKind::SoFar, _, Some(better)) => Some(best_so_far(&x.values, &y.values, better).records),
            (BestKind::Front, Some(a), Some(b)) => Some(pareto_front((&x.values, a), (&y.values, b)).runs),
            _ => None,
        };
        let has_both = x.values.iter().zip(y.values.iter()).filter(|(x, y)| [x, y].iter().all(|of| is_finite(of)));
        let of = u32::try_from(has_both.count()).unwrap_or(u32::MAX);
        Ok(BestLayout { kind: best.kind, x_better, y_better, runs, of })
    }

    /// What the user says of this chart, or else what is known of the metric where the first run is.
    async fn better(&self, read: &Read, chosen: Option<Better>, axis: &ValueAxis) -> Result<Option<Better>> {
        let first = read.named().first().filter(|_| axis.column.kind == ColumnKind::Metric);
        match (chosen, first) {
            (None, Some(first)) => Ok(self.directions(&first.run.profile_id).await?.of(&axis.column.key).better),
            _ => Ok(chosen),
        }
    }
}

fn is_finite(value: &Option<f64>) -> bool {
    value.is_some_and(f64::is_finite)
}

impl BestLayout {
    /// How they are drawn, if they are known.
    pub(super) fn leaders(&self, x: &Dimension, y: &Dimension) -> Option<Leaders> {
        let runs = self.runs.clone()?;
        let by = |better: Option<Better>, of: &Dimension| match better {
            Some(Better::Higher) => format!("higher {}", of.label),
            Some(Better::Lower) => format!("lower {}", of.label),
            None => of.label.clone(),
        };
        let words = match self.kind {
            BestKind::SoFar => format!("best so far: {}", by(self.y_better, y)),
            BestKind::Front => {
                let (n, m) = (runs.len(), self.of);
                format!("{n} of {m} on the Pareto front: {}, {}", by(self.x_better, x), by(self.y_better, y))
            }
        };
        Some(Leaders { runs, goes_on: self.kind == BestKind::SoFar, words })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::app::{AnyChart, ChartFile, ChartTheme, FileFormat, Paper, RunScatter};
    use crate::cache::tests::{Logged, run};
    use crate::cache::{Column, RunSet};
    use crate::connect::{Profile, ProfileKind};
    use crate::direction::DirectionChoice;
    use crate::entities::RunRef;

    fn axis(kind: ColumnKind, key: &str, rank: bool) -> ValueAxis {
        ValueAxis { column: Column { kind, key: key.to_owned() }, log: false, rank }
    }

    const PAPER: Paper = Paper { width_px: 300.0, height_px: 200.0, dpr: 1.0, dark: false, utc_offset_minutes: 0 };

    #[tokio::test]
    async fn a_history_and_a_front_follow_the_directions_of_their_metrics_or_what_is_said_of_the_chart() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path(), folder.path(), None, Arc::new(|_| ())).await.unwrap();
        let server = Profile::new("a", ProfileKind::Server, "http://127.0.0.1:9");
        let profile = app.save_profile(server).await.unwrap();
        let source = app.connection(&profile.id).await.unwrap().source;
        // Listed in another order than that in which they began.
        let runs = [("d", 400, 0.7, 3.0), ("a", 100, 0.5, 9.0), ("c", 300, f64::NAN, 1.0), ("b", 200, 0.8, 4.0)];
        let logged = runs.map(|(id, start, acc, gap)| run(id).started(start).metric("acc", acc).metric("gap", gap));
        app.cache.apply_runs(source, &logged, 1).await.unwrap();

        let listed = runs.map(|(id, ..)| RunRef::new(&profile.id, id)).to_vec();
        let history = Best { kind: BestKind::SoFar, x_better: None, y_better: None };
        let mut wanted = RunScatter {
            runs: RunSet::Listed(listed),
            x: axis(ColumnKind::Attribute, "start_time", true),
            y: axis(ColumnKind::Metric, "acc", false),
            color: None,
            size: None,
            best: Some(history),
        };
        let best = async |wanted: &RunScatter| app.draw_scatter(wanted, PAPER).await.unwrap().layout.best.unwrap();
        let layout = app.draw_scatter(&wanted, PAPER).await.unwrap().layout;
        assert_eq!(layout.layout.x.label, "Order of start");
        let found = layout.best.unwrap();
        assert_eq!((found.y_better, found.runs, found.of), (Some(Better::Higher), Some(vec![1, 3]), 3));

        let file = ChartFile {
            chart: AnyChart::Scatter(wanted.clone()),
            title: "History".to_owned(),
            format: FileFormat::Csv,
            theme: ChartTheme::Light,
            width_px: 420.0,
            height_px: 240.0,
            dpi: 96.0,
            legend: false,
            utc_offset_minutes: 0,
        };
        let csv = String::from_utf8(app.chart_file(&file).await.unwrap()).unwrap();
        let rows: Vec<&str> = csv.lines().collect();
        assert_eq!(rows[0], "run,run_id,Order of start,acc,best");
        assert_eq!(rows[1..3], ["name of d,d,4,0.7,no", "name of a,a,1,0.5,yes"]);
        let svg = app.chart_file(&ChartFile { format: FileFormat::Svg, ..file }).await.unwrap();
        assert!(String::from_utf8(svg).unwrap().contains("best so far: higher acc"));

        // Nothing says which way a gap is better: then no run stands out.
        wanted.x = axis(ColumnKind::Metric, "gap", false);
        wanted.best = Some(Best { kind: BestKind::Front, ..history });
        let found = best(&wanted).await;
        assert_eq!((found.x_better, found.y_better, found.runs), (None, Some(Better::Higher), None));
        let said = Best { x_better: Some(Better::Higher), ..wanted.best.unwrap() };
        wanted.best = Some(said);
        assert_eq!(best(&wanted).await.runs, Some(vec![1, 3]));
        app.choose_direction(&profile.id, "acc", Some(DirectionChoice::Lower)).await.unwrap();
        assert_eq!(best(&wanted).await.runs, Some(vec![1]), "the settings are read again");
        wanted.best = Some(Best { x_better: Some(Better::Lower), y_better: Some(Better::Higher), ..said });
        assert_eq!(best(&wanted).await.runs, Some(vec![0, 3]));

        // Words are neither higher nor lower, and no run is of none.
        wanted.x = axis(ColumnKind::Attribute, "run_name", false);
        assert_eq!(best(&wanted).await.runs, None);
        wanted = RunScatter { runs: RunSet::Listed(Vec::new()), x: wanted.y.clone(), ..wanted };
        assert_eq!(best(&wanted).await.of, 0);
    }
}
