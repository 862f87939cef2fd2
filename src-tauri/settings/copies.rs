//! Copies between servers that are under way or were left: one row each until they are done or given up.

use super::Settings;
use crate::error::{AppError, Result};
use crate::registration::CopyState;

impl Settings {
    pub async fn keep_copy(&self, state: &CopyState) -> Result<()> {
        let json = serde_json::to_string(state).map_err(AppError::internal)?;
        sqlx::query(
            "INSERT INTO copy (id, started_at_ms, state) VALUES (?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET state = excluded.state",
        )
        .bind(&state.id)
        .bind(state.started_at_ms)
        .bind(json)
        .execute(&self.pool)
        .await
        .map_err(|error| self.failed(&error))?;
        Ok(())
    }

    /// The newest first.
    pub async fn copies(&self) -> Result<Vec<CopyState>> {
        let rows: Vec<(String,)> = sqlx::query_as("SELECT state FROM copy ORDER BY started_at_ms DESC, id")
            .fetch_all(&self.pool)
            .await
            .map_err(|error| self.failed(&error))?;
        rows.iter().map(|(json,)| serde_json::from_str(json).map_err(AppError::internal)).collect()
    }

    pub async fn forget_copy(&self, id: &str) -> Result<()> {
        sqlx::query("DELETE FROM copy WHERE id = ?")
            .bind(id)
            .execute(&self.pool)
            .await
            .map_err(|error| self.failed(&error))?;
        Ok(())
    }
}
