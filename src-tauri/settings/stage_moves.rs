//! Stages that were set from here or tried to be, newest first. Kept for ever.

use super::Settings;
use crate::error::{AppError, Result};
use crate::promotion::StageMove;

impl Settings {
    pub async fn record_stage_move(&self, profile_id: &str, made: &StageMove) -> Result<()> {
        let json = serde_json::to_string(made).map_err(AppError::internal)?;
        sqlx::query(
            "INSERT INTO stage_move (id, profile_id, model, at_ms, made) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET made = excluded.made",
        )
        .bind(&made.id)
        .bind(profile_id)
        .bind(&made.model)
        .bind(made.at_ms)
        .bind(json)
        .execute(&self.pool)
        .await
        .map_err(|error| self.failed(&error))?;
        Ok(())
    }

    pub async fn stage_moves(&self, profile_id: &str, model: &str) -> Result<Vec<StageMove>> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT made FROM stage_move WHERE profile_id = ? AND model = ? ORDER BY at_ms DESC, rowid DESC",
        )
        .bind(profile_id)
        .bind(model)
        .fetch_all(&self.pool)
        .await
        .map_err(|error| self.failed(&error))?;
        rows.iter().map(|(json,)| serde_json::from_str(json).map_err(AppError::internal)).collect()
    }

    /// One of this profile: what was made on another server must never be undone on this one.
    pub async fn stage_move(&self, profile_id: &str, id: &str) -> Result<Option<StageMove>> {
        let row: Option<(String,)> = sqlx::query_as("SELECT made FROM stage_move WHERE id = ? AND profile_id = ?")
            .bind(id)
            .bind(profile_id)
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| self.failed(&error))?;
        row.map(|(json,)| serde_json::from_str(&json).map_err(AppError::internal)).transpose()
    }
}
