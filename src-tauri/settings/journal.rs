//! The promotion journal: what was moved from here, newest first. Kept for ever.

use super::Settings;
use crate::error::{AppError, Result};
use crate::promotion::Promotion;

impl Settings {
    pub async fn record_promotion(&self, profile_id: &str, promotion: &Promotion) -> Result<()> {
        let json = serde_json::to_string(promotion).map_err(AppError::internal)?;
        sqlx::query(
            "INSERT INTO journal (id, profile_id, model, at_ms, promotion) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET promotion = excluded.promotion",
        )
        .bind(&promotion.id)
        .bind(profile_id)
        .bind(&promotion.model)
        .bind(promotion.at_ms)
        .bind(json)
        .execute(&self.pool)
        .await
        .map_err(|error| self.failed(&error))?;
        Ok(())
    }

    pub async fn promotions(&self, profile_id: &str, model: &str) -> Result<Vec<Promotion>> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT promotion FROM journal WHERE profile_id = ? AND model = ? ORDER BY at_ms DESC, rowid DESC",
        )
        .bind(profile_id)
        .bind(model)
        .fetch_all(&self.pool)
        .await
        .map_err(|error| self.failed(&error))?;
        rows.iter().map(|(json,)| serde_json::from_str(json).map_err(AppError::internal)).collect()
    }

    /// A promotion of this profile: one made on another server must never be undone on this one.
    pub async fn promotion(&self, profile_id: &str, promotion_id: &str) -> Result<Option<Promotion>> {
        let row: Option<(String,)> = sqlx::query_as("SELECT promotion FROM journal WHERE id = ? AND profile_id = ?")
            .bind(promotion_id)
            .bind(profile_id)
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| self.failed(&error))?;
        row.map(|(json,)| serde_json::from_str(&json).map_err(AppError::internal)).transpose()
    }
}
