//! Whose rows these are: one profile's store at one address.

use std::sync::PoisonError;

use sqlx::{Executor, Row};

use super::{Cache, Result};

/// Every row of the cache belongs to one. Never used again once forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SourceId(pub(super) i64);

pub(super) struct KnownSource {
    id: i64,
    profile_id: String,
    address: String,
}

/// Tables with a `source` column; the others hang on `experiment` and `run`.
const OF_SOURCE: [&str; 8] =
    ["sync_state", "logged_model", "model_version", "registered_model", "run", "experiment", "name", "source"];

impl Cache {
    /// The source of a profile, made if need be. Where the profile now points to another
    /// address, what the cache knew of the old one is forgotten first.
    pub async fn source(&self, profile_id: &str, address: &str) -> Result<SourceId> {
        let known = sqlx::query("SELECT id, address FROM source WHERE profile_id = ?")
            .bind(profile_id)
            .fetch_optional(&self.reader())
            .await?;
        let mut id = None;
        if let Some(row) = known {
            let same_address = row.try_get::<&str, _>("address")? == address;
            if same_address {
                id = Some(row.try_get("id")?);
            } else {
                self.forget(profile_id).await?;
            }
        }
        let id = match id {
            Some(id) => id,
            None => sqlx::query("INSERT INTO source (profile_id, address) VALUES (?, ?)")
                .bind(profile_id)
                .bind(address)
                .execute(&self.writer())
                .await?
                .last_insert_rowid(),
        };
        let mut sources = self.inner.sources.lock().unwrap_or_else(PoisonError::into_inner);
        sources.retain(|source| source.profile_id != profile_id);
        sources.push(KnownSource { id, profile_id: profile_id.to_owned(), address: address.to_owned() });
        Ok(SourceId(id))
    }

    /// Forgets all that was seen through a profile, and overwrites it in the file.
    pub async fn forget(&self, profile_id: &str) -> Result<()> {
        self.inner
            .sources
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|source| source.profile_id != profile_id);
        let writer = self.writer();
        let id: Option<i64> = sqlx::query_scalar("SELECT id FROM source WHERE profile_id = ?")
            .bind(profile_id)
            .fetch_optional(&writer)
            .await?;
        let Some(id) = id else { return Ok(()) };
        let mut connection = writer.acquire().await?;
        connection.execute("PRAGMA secure_delete = ON").await?;
        let deleted = delete_source(&mut connection, id).await;
        connection.execute("PRAGMA secure_delete = OFF").await?;
        deleted?;
        // Pages that were split while rows came in still hold copies of them, and so does the log
        // beside the file until it is written back and cut.
        if let Err(error) = connection.execute("VACUUM").await {
            tracing::warn!(%error, "the space of what was forgotten is not given back");
        }
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        Ok(())
    }

    pub(super) async fn register_sources_again(&self) -> Result<()> {
        let sources: Vec<(i64, String, String)> = {
            let sources = self.inner.sources.lock().unwrap_or_else(PoisonError::into_inner);
            sources.iter().map(|s| (s.id, s.profile_id.clone(), s.address.clone())).collect()
        };
        for (id, profile_id, address) in sources {
            sqlx::query("INSERT INTO source (id, profile_id, address) VALUES (?, ?, ?)")
                .bind(id)
                .bind(profile_id)
                .bind(address)
                .execute(&self.writer())
                .await?;
        }
        Ok(())
    }
}

async fn delete_source(connection: &mut sqlx::SqliteConnection, id: i64) -> Result<()> {
    let mut transaction = sqlx::Connection::begin(connection).await?;
    for table in ["metric", "param", "tag", "dataset_input", "history"] {
        let sql = format!("DELETE FROM {table} WHERE run IN (SELECT id FROM run WHERE source = ?)");
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).execute(&mut *transaction).await?;
    }
    for table in ["column_count", "dataset"] {
        let sql = format!("DELETE FROM {table} WHERE experiment IN (SELECT id FROM experiment WHERE source = ?)");
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).execute(&mut *transaction).await?;
    }
    for table in OF_SOURCE {
        let column = if table == "source" { "id" } else { "source" };
        let sql = format!("DELETE FROM {table} WHERE {column} = ?");
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}
