//! The colours that runs were first shown with, or that the user chose. Kept as long as their profile.

use super::Settings;
use crate::error::Result;

impl Settings {
    /// Every run of a profile that has a colour, and whether the user chose it.
    pub async fn run_colors(&self, profile_id: &str) -> Result<Vec<(String, u8, bool)>> {
        sqlx::query_as("SELECT run_id, color, chosen FROM run_color WHERE profile_id = ?")
            .bind(profile_id)
            .fetch_all(&self.pool)
            .await
            .map_err(|error| self.failed(&error))
    }

    /// Keeps the colour that the user chose for a run, in place of the one it had.
    pub async fn choose_run_color(&self, profile_id: &str, run_id: &str, color: u8) -> Result<()> {
        sqlx::query(
            "INSERT INTO run_color (profile_id, run_id, color, chosen) VALUES (?, ?, ?, 1)
             ON CONFLICT DO UPDATE SET color = excluded.color, chosen = 1",
        )
        .bind(profile_id)
        .bind(run_id)
        .bind(color)
        .execute(&self.pool)
        .await
        .map(|_| ())
        .map_err(|error| self.failed(&error))
    }

    /// Keeps the colours of runs that had none; one that is kept already is not changed.
    pub async fn keep_run_colors(&self, profile_id: &str, colors: &[(String, u8)]) -> Result<()> {
        let kept = async {
            let mut transaction = self.pool.begin().await?;
            for (run_id, color) in colors {
                sqlx::query(
                    "INSERT INTO run_color (profile_id, run_id, color) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                )
                .bind(profile_id)
                .bind(run_id)
                .bind(color)
                .execute(&mut *transaction)
                .await?;
            }
            transaction.commit().await
        };
        kept.await.map_err(|error| self.failed(&error))
    }
}
