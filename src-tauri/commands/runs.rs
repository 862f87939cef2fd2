//! Runs: the table's window, its columns, one run, runs side by side.

use serde::Serialize;
use specta::Type;
use tauri::State;

use crate::app::App;
use crate::cache::{ColumnInfo, Comparison, CurveInfo, RunRow, RunsView, RunsWindow};
use crate::entities::Run;
use crate::error::{AppError, Code, Result};
use crate::sync::{Freshness, Scope};

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunsAnswer {
    pub window: RunsWindow,
    pub freshness: Freshness,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunPage {
    pub run: Run,
    /// An index into the palette of [`super::settings::Launch`].
    pub color: u8,
    pub parent: Option<RunRow>,
    pub children: Vec<RunRow>,
    pub curves: Vec<CurveInfo>,
}

/// The runs on screen, from the cache, and how fresh they are. Tells the sync what is looked at.
#[tauri::command]
#[specta::specta]
pub async fn search_runs(app: State<'_, App>, profile_id: String, view: RunsView) -> Result<RunsAnswer> {
    let connection = app.connection(&profile_id).await?;
    for experiment_id in &view.experiment_ids {
        connection.looked_at(Scope::Experiment(experiment_id.clone()));
    }
    let mut window = app.cache.search_runs(connection.source, &view).await?;
    color(&mut window.rows);
    let freshness = match view.experiment_ids.first() {
        Some(first) => connection.freshness(&Scope::Experiment(first.clone())).await?,
        None => Freshness::default(),
    };
    Ok(RunsAnswer { window, freshness })
}

/// The columns that runs of these experiments can show, most filled first.
#[tauri::command]
#[specta::specta]
pub async fn list_columns(
    app: State<'_, App>,
    profile_id: String,
    experiment_ids: Vec<String>,
) -> Result<Vec<ColumnInfo>> {
    let connection = app.connection(&profile_id).await?;
    Ok(app.cache.columns(connection.source, &experiment_ids).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn get_run(app: State<'_, App>, profile_id: String, run_id: String) -> Result<RunPage> {
    let connection = app.connection(&profile_id).await?;
    let cached = app.cache.run(connection.source, &run_id).await?;
    if cached.is_none() {
        connection.looked_at(Scope::Run(run_id.clone()));
    }
    let run = cached.ok_or_else(|| {
        AppError::new(
            Code::NotFound,
            "This run is not in the cache yet. It is asked for; if it does not appear, it is gone.",
        )
    })?;
    connection.looked_at(Scope::Experiment(run.info.experiment_id.clone()));
    let mut parent = match crate::entities::tag_value(&run.tags, "mlflow.parentRunId") {
        Some(parent_id) => app.cache.comparison(connection.source, &[parent_id.to_owned()]).await?.runs.pop(),
        None => None,
    };
    color(parent.as_mut_slice());
    let mut children = app.cache.child_runs(connection.source, &run_id).await?;
    color(&mut children);
    Ok(RunPage {
        color: crate::charts::run_color(&run_id),
        parent,
        children,
        curves: app.cache.curves(connection.source, std::slice::from_ref(&run_id)).await?,
        run,
    })
}

/// Params, metrics and tags of some runs side by side, in the order asked.
#[tauri::command]
#[specta::specta]
pub async fn compare_runs(app: State<'_, App>, profile_id: String, run_ids: Vec<String>) -> Result<Comparison> {
    let connection = app.connection(&profile_id).await?;
    let mut comparison = app.cache.comparison(connection.source, &run_ids).await?;
    // A place that was kept may name runs that the cache has not seen, or has lost.
    for run_id in &run_ids {
        if comparison.runs.iter().all(|run| &run.run_id != run_id) {
            connection.looked_at(Scope::Run(run_id.clone()));
        }
    }
    color(&mut comparison.runs);
    Ok(comparison)
}

/// The metrics of these runs that have a curve.
#[tauri::command]
#[specta::specta]
pub async fn list_curves(app: State<'_, App>, profile_id: String, run_ids: Vec<String>) -> Result<Vec<CurveInfo>> {
    let connection = app.connection(&profile_id).await?;
    Ok(app.cache.curves(connection.source, &run_ids).await?)
}

/// The cache knows no colours: they are the charts'.
fn color(rows: &mut [RunRow]) {
    for row in rows {
        row.color = crate::charts::run_color(&row.run_id);
    }
}
