//! Aliases that were seen to have moved. Kept for ever, like the journal.

use super::Settings;
use crate::entities::AliasSighting;
use crate::error::Result;

impl Settings {
    pub async fn record_sightings(&self, profile_id: &str, sightings: &[AliasSighting]) -> Result<()> {
        let recorded = async {
            let mut transaction = self.pool.begin().await?;
            for seen in sightings {
                sqlx::query(
                    "INSERT INTO sighting (profile_id, model, alias, from_version, to_version, after_ms, before_ms)
                     VALUES (?, ?, ?, ?, ?, ?, ?)",
                )
                .bind(profile_id)
                .bind(&seen.model)
                .bind(&seen.alias)
                .bind(&seen.from_version)
                .bind(&seen.to_version)
                .bind(seen.after_ms)
                .bind(seen.before_ms)
                .execute(&mut *transaction)
                .await?;
            }
            transaction.commit().await
        };
        recorded.await.map_err(|error| self.failed(&error))
    }

    /// Those of one model, oldest first.
    pub async fn sightings(&self, profile_id: &str, model: &str) -> Result<Vec<AliasSighting>> {
        type Row = (String, Option<String>, Option<String>, i64, i64);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT alias, from_version, to_version, after_ms, before_ms FROM sighting
             WHERE profile_id = ? AND model = ? ORDER BY before_ms, id",
        )
        .bind(profile_id)
        .bind(model)
        .fetch_all(&self.pool)
        .await
        .map_err(|error| self.failed(&error))?;
        let sighting = |(alias, from_version, to_version, after_ms, before_ms)| AliasSighting {
            model: model.to_owned(),
            alias,
            from_version,
            to_version,
            after_ms,
            before_ms,
        };
        Ok(rows.into_iter().map(sighting).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_seen_of_a_model_comes_back_oldest_first() {
        let folder = tempfile::tempdir().unwrap();
        let (settings, _) = Settings::open(folder.path()).await.unwrap();
        let seen = |model: &str, to: Option<&str>, before_ms| AliasSighting {
            model: model.into(),
            alias: "champion".into(),
            from_version: None,
            to_version: to.map(str::to_owned),
            after_ms: 1,
            before_ms,
        };
        let of_churn = [seen("churn", Some("2"), 5), seen("churn", None, 3)];
        settings.record_sightings("p", &of_churn).await.unwrap();
        settings.record_sightings("p", &[seen("fraud", Some("2"), 4)]).await.unwrap();
        settings.record_sightings("q", &[seen("churn", Some("9"), 4)]).await.unwrap();
        let [last, first] = of_churn;
        assert_eq!(settings.sightings("p", "churn").await.unwrap(), [first, last]);
    }
}
