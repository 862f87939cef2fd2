//! Small values by key, as JSON text: where one was, columns, zoom. The window owns their shape.

use super::Settings;
use crate::error::Result;

impl Settings {
    pub async fn value(&self, key: &str) -> Result<Option<String>> {
        let row: Option<(String,)> = sqlx::query_as("SELECT json FROM value WHERE key = ?")
            .bind(key)
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| self.failed(&error))?;
        Ok(row.map(|(json,)| json))
    }

    pub async fn set_value(&self, key: &str, json: &str) -> Result<()> {
        sqlx::query("INSERT INTO value (key, json) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET json = excluded.json")
            .bind(key)
            .bind(json)
            .execute(&self.pool)
            .await
            .map_err(|error| self.failed(&error))?;
        Ok(())
    }
}
