//! The promotion journal: what was moved from here or tried to be, newest first. Kept for ever.

use sqlx::SqliteConnection;

use super::Settings;
use crate::error::{AppError, Result};
use crate::promotion::Promotion;

impl Settings {
    pub async fn record_promotion(&self, profile_id: &str, promotion: &Promotion) -> Result<()> {
        let json = serde_json::to_string(promotion).map_err(AppError::internal)?;
        let recorded = async {
            let mut connection = self.pool.acquire().await?;
            Self::write_entry(&mut connection, profile_id, promotion, json).await
        };
        recorded.await.map_err(|error| self.failed(&error))
    }

    /// Writes an entry, which is `json`, or writes it anew.
    pub(super) async fn write_entry(
        connection: &mut SqliteConnection,
        profile_id: &str,
        promotion: &Promotion,
        json: String,
    ) -> std::result::Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO journal (id, profile_id, model, at_ms, promotion) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET promotion = excluded.promotion",
        )
        .bind(&promotion.id)
        .bind(profile_id)
        .bind(&promotion.model)
        .bind(promotion.at_ms)
        .bind(json)
        .execute(connection)
        .await?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promotion::Outcome;

    #[tokio::test]
    async fn entries_of_older_versions_are_moves_that_were_made() {
        let folder = tempfile::tempdir().unwrap();
        let (settings, _) = Settings::open(folder.path()).await.unwrap();
        let old = r#"{"id":"1","model":"churn","alias":"champion","fromVersion":"1","toVersion":"2","by":"ana",
            "atMs":1,"reason":"","undoneAtMs":null,"warnings":[]}"#;
        sqlx::query("INSERT INTO journal (id, profile_id, model, at_ms, promotion) VALUES ('1', 'p', 'churn', 1, ?)")
            .bind(old)
            .execute(&settings.pool)
            .await
            .unwrap();
        let made = settings.promotion("p", "1").await.unwrap().unwrap();
        assert_eq!(made.outcome, Outcome::Moved);
        let tried = Promotion { id: "2".into(), at_ms: 2, outcome: Outcome::Unknown, ..made.clone() };
        settings.record_promotion("p", &tried).await.unwrap();
        assert_eq!(settings.promotions("p", "churn").await.unwrap(), [tried, made]);
    }
}
