//! The numbers that the shapes of a distribution are made of, as a table. Of all groups, whether a picture has room for
//! them or not.

use csv::Writer;

use crate::charts::{self, DistributionChart, DistributionForm, Figure, Lane};

type Result<T> = std::result::Result<T, csv::Error>;

/// All of it as CSV; nothing of any other figure.
pub(super) fn statistics(of: &Figure) -> Result<Vec<u8>> {
    let mut table = Writer::from_writer(Vec::new());
    if let Figure::Distribution(chart) = of {
        write_statistics(&mut table, chart)?;
    }
    table.into_inner().map_err(|error| error.into_error().into())
}

/// Of boxes and violins a row for each group, of a histogram one for each group of each bin, of shares one for each
/// step of each group.
fn write_statistics(table: &mut Writer<Vec<u8>>, chart: &DistributionChart) -> Result<()> {
    let names = || chart.groups.iter().map(|group| group.name.as_str());
    match chart.form {
        DistributionForm::Box | DistributionForm::Violin => write_groups(table, chart),
        DistributionForm::Histogram => {
            table.write_record(["from", "to", "group", "runs"])?;
            for bin in charts::bins(chart) {
                for (name, count) in names().zip(&bin.counts) {
                    table.write_record([&bin.from.to_string(), &bin.to.to_string(), name, &count.to_string()])?;
                }
            }
            Ok(())
        }
        DistributionForm::Edf => {
            let share = if chart.more_is_better { "share_at_or_above" } else { "share_at_or_below" };
            table.write_record(["group", &chart.value.label, share])?;
            for (name, steps) in names().zip(charts::steps(chart)) {
                for (value, share) in steps.values.iter().zip(&steps.shares) {
                    table.write_record([name, &value.to_string(), &share.to_string()])?;
                }
            }
            Ok(())
        }
    }
}

/// A group without any value has no quartiles: those cells are empty.
fn write_groups(table: &mut Writer<Vec<u8>>, chart: &DistributionChart) -> Result<()> {
    const LANES: [Lane; 4] = [Lane::None, Lane::Nan, Lane::Infinite, Lane::NonPositive];
    let counted = ["group", "values", "without", "nan", "infinite", "not_positive"];
    let measured = ["min", "whisker_low", "q1", "median", "q3", "whisker_high", "max", "mean", "outliers"];
    table.write_record(counted.into_iter().chain(measured))?;
    for group in charts::numbers(chart) {
        let lane = |lane: Lane| group.lanes.iter().find(|known| known.lane == lane).map_or(0, |known| known.runs);
        let counts = [group.values].into_iter().chain(LANES.map(lane)).map(|count| count.to_string());
        let numbers = group.summary.map_or_else(
            || vec![String::new(); measured.len()],
            |of| {
                let numbers = [of.min, of.low, of.q1, of.median, of.q3, of.high, of.max, of.mean];
                numbers.iter().map(f64::to_string).chain([of.outliers.to_string()]).collect()
            },
        );
        let cells: Vec<String> = [group.name.clone()].into_iter().chain(counts).chain(numbers).collect();
        table.write_record(&cells)?;
    }
    Ok(())
}
