//! The datasets of runs side by side. Pure.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use super::view::{Cell, ComparisonRow};

/// A schema with more characters than this is told by how many columns it has and a sum of its text.
const LONGEST_SCHEMA: usize = 160;

/// A dataset that one of the compared runs read.
#[derive(Debug, Clone)]
pub struct ReadDataset {
    /// Where the run stands among the compared ones.
    pub place: usize,
    pub name: String,
    /// Such as `training`.
    pub context: Option<String>,
    pub digest: String,
    /// JSON text as the run logged it.
    pub schema: Option<String>,
}

/// Two rows for each dataset and context, the digests and, where a run logged one, the schemas. A run that read several
/// versions of one dataset has all of them in its cell.
pub fn dataset_rows(datasets: Vec<ReadDataset>, run_count: usize) -> Vec<ComparisonRow> {
    let mut by_name: BTreeMap<String, [Vec<Vec<String>>; 2]> = BTreeMap::new();
    for dataset in datasets {
        let ReadDataset { place, name, context, digest, schema } = dataset;
        let title = context.filter(|context| !context.is_empty()).map_or(name.clone(), |of| format!("{name} ({of})"));
        let none = || vec![Vec::new(); run_count];
        let [digests, schemas] = by_name.entry(title).or_insert_with(|| [none(), none()]);
        if let Some(cell) = digests.get_mut(place) {
            cell.push(digest);
        }
        if let (Some(cell), Some(schema)) = (schemas.get_mut(place), schema) {
            cell.push(schema_words(&schema));
        }
    }
    let one = |key: String, cells: Vec<Vec<String>>| {
        let cell = |mut texts: Vec<String>| {
            texts.sort();
            texts.dedup();
            (!texts.is_empty()).then(|| Cell::Text(texts.join(", ")))
        };
        ComparisonRow::of(key, cells.into_iter().map(cell).collect())
    };
    let mut rows = Vec::new();
    for (title, [digests, schemas]) in by_name {
        let has_schema = schemas.iter().any(|texts| !texts.is_empty());
        rows.push(one(title.clone(), digests));
        if has_schema {
            rows.push(one(format!("{title}: schema"), schemas));
        }
    }
    rows
}

/// The columns of a schema with their types. What does not read as one of MLflow's is told by its own text.
fn schema_words(schema: &str) -> String {
    let columns = columns(schema);
    let text = columns.as_ref().map_or_else(|| schema.to_owned(), |columns| columns.join(", "));
    if text.chars().count() <= LONGEST_SCHEMA {
        return text;
    }
    let mut sum = DefaultHasher::new();
    text.hash(&mut sum);
    let size = columns.map_or_else(|| format!("{} bytes", schema.len()), |all| format!("{} columns", all.len()));
    format!("{size}, {:08x}", sum.finish() as u32)
}

fn columns(schema: &str) -> Option<Vec<String>> {
    let read: Value = serde_json::from_str(schema).ok()?;
    let all = read.get("mlflow_colspec")?.as_array()?;
    all.iter()
        .map(|column| {
            let of_type = column.get("type")?;
            let of_type = of_type.as_str().map_or_else(|| of_type.to_string(), str::to_owned);
            Some(match column.get("name").and_then(Value::as_str) {
                Some(name) => format!("{name} {of_type}"),
                None => of_type,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(place: usize, context: Option<&str>, digest: &str, schema: Option<&str>) -> ReadDataset {
        ReadDataset {
            place,
            name: "churn".to_owned(),
            context: context.map(str::to_owned),
            digest: digest.to_owned(),
            schema: schema.map(str::to_owned),
        }
    }

    fn words(rows: &[ComparisonRow]) -> Vec<String> {
        let cell = |cell: &Option<Cell>| match cell {
            Some(Cell::Text(text)) => text.clone(),
            _ => "none".to_owned(),
        };
        let line = |row: &ComparisonRow| {
            let cells: Vec<String> = row.cells.iter().map(cell).collect();
            format!("{}: {} {}", row.key, cells.join(" | "), if row.differs { "differ" } else { "same" })
        };
        rows.iter().map(line).collect()
    }

    #[test]
    fn a_dataset_is_compared_where_it_was_read_for_the_same() {
        let datasets = vec![
            read(0, Some("training"), "a1", None),
            read(1, Some("training"), "b2", None),
            read(0, Some("eval"), "a1", None),
            read(1, Some("eval"), "a1", None),
            read(1, Some("training"), "a1", None),
            read(7, None, "no such run", None),
        ];
        let rows = words(&dataset_rows(datasets, 2));
        assert_eq!(
            rows,
            ["churn: none | none same", "churn (eval): a1 | a1 same", "churn (training): a1 | a1, b2 differ"]
        );
    }

    #[test]
    fn schemas_are_columns_with_types_and_long_ones_still_differ() {
        let short = r#"{"mlflow_colspec":[{"type":"long","name":"age"},{"type":{"a":1}}]}"#;
        assert_eq!(schema_words(short), r#"age long, {"a":1}"#);
        for other in ["", "{", "[]", r#"{"mlflow_colspec":[7]}"#, r#"{"mlflow_tensorspec":[]}"#] {
            assert_eq!(schema_words(other), other);
        }
        let long = |last: &str| {
            let names = (0..1000).map(|i| format!(r#"{{"type":"long","name":"c{i}"}},"#));
            format!(r#"{{"mlflow_colspec":[{}{{"type":"{last}"}}]}}"#, names.collect::<String>())
        };
        let (one, other) = (schema_words(&long("long")), schema_words(&long("double")));
        assert!(one.starts_with("1001 columns, ") && one != other, "{one} {other}");
        let schemas = vec![read(0, None, "a", Some(&long("long"))), read(1, None, "a", Some(&long("double")))];
        let rows = dataset_rows(schemas, 2);
        assert_eq!(rows.iter().map(|row| row.differs).collect::<Vec<_>>(), [false, true]);
    }
}
