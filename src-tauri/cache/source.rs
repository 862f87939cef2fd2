//! Whose rows these are: one profile's store at one address.

use sqlx::{Connection, Executor, Row};

use super::{Cache, Result, owner};

/// Every row of the cache belongs to one. Never used again once forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SourceId(pub(super) i64);

pub(super) struct KnownSource {
    id: i64,
    profile_id: String,
    address: String,
}

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
        let mut sources = self.inner.sources.lock();
        sources.retain(|source| source.profile_id != profile_id);
        sources.push(KnownSource { id, profile_id: profile_id.to_owned(), address: address.to_owned() });
        Ok(SourceId(id))
    }

    /// Forgets all that was seen through a profile, and overwrites it in the files. A file that a newer program left
    /// (`Opened::BesideNewer`) keeps what it has.
    pub async fn forget(&self, profile_id: &str) -> Result<()> {
        self.inner.sources.lock().retain(|source| source.profile_id != profile_id);
        let writer = self.writer();
        let id: Option<i64> = sqlx::query_scalar("SELECT id FROM source WHERE profile_id = ?")
            .bind(profile_id)
            .fetch_optional(&writer)
            .await?;
        self.inner.histories.forget(profile_id, id).await;
        let Some(id) = id else { return Ok(()) };
        let mut connection = writer.acquire().await?;
        connection.execute("PRAGMA secure_delete = ON").await?;
        let deleted = async {
            let mut transaction = connection.begin().await?;
            owner::delete(&mut transaction, id).await?;
            transaction.commit().await?;
            Result::Ok(())
        }
        .await;
        connection.execute("PRAGMA secure_delete = OFF").await?;
        deleted?;
        // The log beside the file holds copies until it is written back and cut.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        drop(connection);
        self.compact().await;
        Ok(())
    }

    pub(super) async fn register_sources_again(&self) -> Result<()> {
        let sources: Vec<(i64, String, String)> = {
            let sources = self.inner.sources.lock();
            sources.iter().map(|s| (s.id, s.profile_id.clone(), s.address.clone())).collect()
        };
        for (id, profile_id, address) in sources {
            sqlx::query("INSERT OR IGNORE INTO source (id, profile_id, address) VALUES (?, ?, ?)")
                .bind(id)
                .bind(profile_id)
                .bind(address)
                .execute(&self.writer())
                .await?;
        }
        Ok(())
    }
}
