//! From runs and a column to how its values are distributed, group by group.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::App;
use super::drawing::{Drawn, Paper, draw};
use super::groups::grouped;
use super::values::{MarkedRuns, Read, ValueAxis};
use crate::cache::{Column, ColumnKind, RunSet, Values};
use crate::charts::{
    DistributionChart, DistributionForm, DistributionGroup, DistributionLayout, Figure, FigureLayout, largest,
};
use crate::direction::Better;
use crate::error::{AppError, Result};
use crate::sync::Freshness;

/// What to draw as a distribution, as the window knows it: runs and columns, not values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunDistribution {
    pub runs: RunSet,
    pub value: ValueAxis,
    /// Runs with the same values of all of these are a group. Values that are missing are the same.
    pub by: Vec<Column>,
    pub form: DistributionForm,
    /// The groups of a histogram lie over each other instead of being stacked.
    pub overlaid: bool,
}

/// What a distribution says about itself, which runs its marks are, and how fresh the values are.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunDistributionLayout {
    #[serde(flatten)]
    pub layout: DistributionLayout,
    /// One for each of the layout's marks.
    pub runs: MarkedRuns,
    /// Which way the value is better; without one, shares are of runs at or below each value.
    pub better: Option<Better>,
    pub freshness: Freshness,
}

/// More groups than any picture has room for; only those have colours.
const MOST_COLORED: usize = 200;

impl App {
    /// The frame of a distribution.
    pub async fn draw_distribution(
        &self,
        wanted: &RunDistribution,
        paper: Paper,
    ) -> Result<Drawn<RunDistributionLayout>> {
        let ReadDistribution { chart, read, better } = self.distribution(wanted, paper).await?;
        let (layout, rgba) = draw(Figure::Distribution(chart), paper).await?;
        let FigureLayout::Distribution(layout) = layout else {
            return Err(AppError::internal("groups came back as others"));
        };
        let runs = read.marked_runs_at(&layout.marks);
        let layout = RunDistributionLayout { layout: *layout, runs, better, freshness: read.freshness };
        Ok(Drawn { layout, rgba })
    }

    /// The groups before they are drawn, and what they are made of.
    pub(super) async fn distribution(&self, wanted: &RunDistribution, paper: Paper) -> Result<ReadDistribution> {
        let keys = wanted.by.iter().map(|column| ValueAxis { column: column.clone(), log: false, rank: false });
        let axes: Vec<ValueAxis> = [wanted.value.clone()].into_iter().chain(keys).collect();
        let read = self.read_values(&wanted.runs, &axes, paper).await?;
        let better = self.better_of(&read, &wanted.value.column).await?;
        let value = read.dimension(&wanted.value);
        let columns: Vec<&Values> = wanted.by.iter().filter_map(|column| read.of(column)).collect();
        let has_value = |run: usize| value.values.get(run).is_some_and(|value| value.is_some_and(f64::is_finite));
        let mut groups = grouped(&wanted.by, &columns, (0..read.named().len()).zip(0..), has_value);
        let sizes: Vec<usize> = groups.iter().map(|group| group.with_points as usize).collect();
        let shown = largest(&sizes, MOST_COLORED);
        let mut places = 0..groups.len();
        self.color_groups(groups.iter_mut().filter(|_| places.next().is_some_and(|place| shown.contains(&place))));
        let group = |group: crate::app::CurveGroup| DistributionGroup {
            name: group.name,
            color: group.color,
            dash: group.dash,
            runs: group.runs,
        };
        let chart = DistributionChart {
            title: None,
            form: wanted.form,
            value,
            groups: groups.into_iter().map(group).collect(),
            overlaid: wanted.overlaid,
            more_is_better: better == Some(Better::Higher),
        };
        Ok(ReadDistribution { chart, read, better })
    }

    /// As the profile of the first run has it.
    async fn better_of(&self, read: &Read, column: &Column) -> Result<Option<Better>> {
        match read.named().first() {
            Some(first) if column.kind == ColumnKind::Metric => {
                Ok(self.directions(&first.run.profile_id).await?.of(&column.key).better)
            }
            _ => Ok(None),
        }
    }
}

/// What a distribution is drawn from.
pub(super) struct ReadDistribution {
    pub chart: DistributionChart,
    pub read: Read,
    better: Option<Better>,
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::cache::tests::{Logged, run};
    use crate::charts::Lane;
    use crate::connect::{Profile, ProfileKind};
    use crate::entities::RunRef;

    const PAPER: Paper = Paper { width_px: 300.0, height_px: 200.0, dpr: 1.0, dark: false, utc_offset_minutes: 0 };

    #[tokio::test]
    async fn runs_are_grouped_and_the_layout_says_which_run_each_mark_is() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path(), folder.path(), None, Arc::new(|_| ())).await.unwrap();
        let server = Profile::new("a", ProfileKind::Server, "http://127.0.0.1:9");
        let profile = app.save_profile(server).await.unwrap();
        let source = app.connection(&profile.id).await.unwrap().source;
        let runs =
            [("a", "sgd", 0.3), ("b", "adam", 0.9), ("c", "sgd", 0.1), ("d", "sgd", f64::NAN), ("e", "sgd", 0.2)];
        let logged = runs.map(|(id, optimizer, acc)| run(id).param("optimizer", optimizer).metric("val_acc", acc));
        app.cache.apply_runs(source, &logged, 1).await.unwrap();
        app.cache.apply_runs(source, &[run("f")], 1).await.unwrap();
        let column = |kind: ColumnKind, key: &str| Column { kind, key: key.to_owned() };
        let mut wanted = RunDistribution {
            runs: RunSet::Listed(
                ["f", "e", "d", "c", "b", "a", "gone"].map(|id| RunRef::new(&profile.id, id)).to_vec(),
            ),
            value: ValueAxis { column: column(ColumnKind::Metric, "val_acc"), log: false, rank: false },
            by: vec![column(ColumnKind::Param, "optimizer")],
            form: DistributionForm::Box,
            overlaid: false,
        };
        for form in [DistributionForm::Box, DistributionForm::Violin, DistributionForm::Edf] {
            wanted.form = form;
            let layout = app.draw_distribution(&wanted, PAPER).await.unwrap().layout;
            assert_eq!(layout.runs.run_ids, ["b", "c", "e", "a"], "group by group, ascending");
            let groups = &layout.layout.groups;
            let said: Vec<(&str, u32)> = groups.iter().map(|group| (group.name.as_str(), group.values)).collect();
            assert_eq!(said, [("adam", 1), ("sgd", 3), ("optimizer not set", 0)]);
            let lanes: Vec<(Lane, u32)> = groups.iter().flat_map(|of| &of.lanes).map(|of| (of.lane, of.runs)).collect();
            assert_eq!(lanes, [(Lane::Nan, 1), (Lane::None, 1)]);
            assert_eq!(
                groups[1].summary.map(|of| (of.q1, of.median, of.outliers)),
                Some((0.15000000000000002, 0.2, 0))
            );
            assert_eq!(layout.better, Some(Better::Higher));
            let json = serde_json::to_value(&layout).unwrap();
            assert_eq!(json["groups"][2]["summary"], serde_json::Value::Null);
            assert_eq!(json.get("marks"), None, "the runs say it");
        }
        wanted.form = DistributionForm::Histogram;
        let layout = app.draw_distribution(&wanted, PAPER).await.unwrap().layout;
        assert_eq!(layout.runs.run_ids, ["c", "e", "a", "b"], "bin by bin");
        // The colour of a group of curves is the colour of its box.
        let curves = app.groups(&[RunRef::new(&profile.id, "b")], &wanted.by, |_| true).await.unwrap();
        assert_eq!(curves[0].color, layout.layout.groups[0].color);
        wanted.by.clear();
        let layout = app.draw_distribution(&wanted, PAPER).await.unwrap().layout;
        assert_eq!(layout.layout.groups.iter().map(|of| (of.name.as_str(), of.values)).collect::<Vec<_>>(), [("", 4)]);
    }
}
