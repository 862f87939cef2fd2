//! What the tables of a database have, found out by asking SQLite. Columns and tables came with
//! the years (1.0 to 3.18), and a database may be migrated to any of those states.

use std::collections::{HashMap, HashSet};

use sqlx::SqliteConnection;

use super::row;

/// The one workspace that is shown where a database has several (3.10 and newer).
pub const WORKSPACE: &str = "default";

/// Without these there is nothing to show. `latest_metrics` came with 1.0, `is_nan` with 1.8.
const NEEDED: &[(&str, &[&str])] = &[
    ("experiments", &["experiment_id", "name", "artifact_location", "lifecycle_stage"]),
    ("runs", &["run_uuid", "experiment_id", "name", "user_id", "status", "start_time", "end_time", "artifact_uri"]),
    ("metrics", &["run_uuid", "key", "value", "timestamp", "step", "is_nan"]),
    ("latest_metrics", &["run_uuid", "key", "value", "timestamp", "step", "is_nan"]),
    ("params", &["run_uuid", "key", "value"]),
    ("tags", &["run_uuid", "key", "value"]),
    ("experiment_tags", &["experiment_id", "key", "value"]),
    ("registered_models", &["name", "description"]),
    ("registered_model_tags", &["name", "key", "value"]),
    ("model_versions", &["name", "version", "source", "run_id", "current_stage", "status"]),
    ("model_version_tags", &["name", "version", "key", "value"]),
];

#[derive(Debug, Clone)]
pub struct Schema {
    /// Alembic's name of the migration, for people.
    pub revision: String,
    pub experiment_times: bool,
    pub datasets: bool,
    pub aliases: bool,
    pub logged_models: bool,
    pub logged_model_metrics: bool,
    /// A version keeps the place that its source stood for when it was made.
    pub storage_location: bool,
    /// Experiments and registered models belong to a workspace.
    pub workspaces: bool,
    /// An index leads from a run to its metrics, but not on to one metric of it (before 3.11).
    pub metrics_by_run_only: bool,
    /// The longest run tag, in characters.
    pub run_tag_chars: usize,
}

/// Why a database cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// It has no table of MLflow's at all.
    Foreign,
    /// It is MLflow's, but `what` is not there yet.
    TooOld { what: String },
}

/// Reads the shape of the database. The outer error is SQLite's.
pub async fn read(connection: &mut SqliteConnection) -> Result<Result<Schema, Mismatch>, sqlx::Error> {
    let mut tables: HashMap<String, HashSet<String>> = HashMap::new();
    let mut run_tag_type = String::new();
    let columns = sqlx::query(
        "SELECT m.name, c.name, c.type FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table'",
    );
    for row in columns.fetch_all(&mut *connection).await? {
        let (table, column) = (row::text(&row, 0)?, row::text(&row, 1)?);
        if table == "tags" && column == "value" {
            run_tag_type = row::text(&row, 2)?;
        }
        tables.entry(table).or_default().insert(column);
    }
    let has = |table: &str, column: &str| tables.get(table).is_some_and(|columns| columns.contains(column));
    if !has("alembic_version", "version_num") || !tables.contains_key("experiments") || !tables.contains_key("runs") {
        return Ok(Err(Mismatch::Foreign));
    }
    for (table, columns) in NEEDED {
        if let Some(column) = columns.iter().find(|column| !has(table, column)) {
            return Ok(Err(Mismatch::TooOld { what: format!("{table}.{column}") }));
        }
    }
    let metric_indexes = "SELECT group_concat(i.name) FROM pragma_index_list('metrics') AS l, pragma_index_info(l.name) AS i \
                          GROUP BY l.name";
    let mut metric_keys = Vec::new();
    for row in sqlx::query(metric_indexes).fetch_all(&mut *connection).await? {
        metric_keys.push(row::text(&row, 0)?);
    }
    let revision = sqlx::query("SELECT version_num FROM alembic_version LIMIT 1").fetch_optional(connection).await?;
    Ok(Ok(Schema {
        revision: revision.map(|row| row::text(&row, 0)).transpose()?.unwrap_or_default(),
        experiment_times: has("experiments", "creation_time") && has("experiments", "last_update_time"),
        datasets: has("datasets", "dataset_uuid") && has("inputs", "input_uuid") && has("input_tags", "input_uuid"),
        aliases: has("registered_model_aliases", "alias"),
        // `inputs.step` came with the logged models: it is where a run's outputs are kept.
        logged_models: has("logged_models", "model_id") && has("inputs", "step"),
        logged_model_metrics: has("logged_model_metrics", "dataset_digest"),
        storage_location: has("model_versions", "storage_location"),
        workspaces: has("experiments", "workspace") && has("registered_models", "workspace"),
        metrics_by_run_only: metric_keys.iter().any(|keys| keys == "run_uuid")
            && !metric_keys.iter().any(|keys| keys.starts_with("run_uuid,key")),
        run_tag_chars: limit_of(&run_tag_type).unwrap_or(5000),
    }))
}

/// The 8000 of `VARCHAR(8000)`.
fn limit_of(column_type: &str) -> Option<usize> {
    column_type.split_once('(')?.1.trim_end_matches(')').parse().ok()
}

impl Schema {
    /// A condition that keeps the rows of the workspace shown, for the end of a `WHERE`.
    pub fn in_workspace(&self) -> &'static str {
        if self.workspaces { "AND workspace = 'default'" } else { "" }
    }

    /// The alias table came with 2.3; what is older is shown and left alone.
    pub fn writable(&self) -> bool {
        self.aliases
    }
}
