//! Large secrets as sealed boxes; the keys that open them are in the keyring.

use async_trait::async_trait;

use super::Settings;
use crate::connect::secrets::SealedStore;
use crate::error::Result;

#[async_trait]
impl SealedStore for Settings {
    async fn sealed(&self, slot_key: &str) -> std::result::Result<Option<Vec<u8>>, String> {
        self.read_sealed(slot_key).await.map_err(|error| error.message)
    }

    async fn seal(&self, slot_key: &str, bytes: &[u8]) -> std::result::Result<(), String> {
        self.write_sealed(slot_key, bytes).await.map_err(|error| error.message)
    }

    async fn unseal(&self, slot_key: &str) -> std::result::Result<(), String> {
        self.delete_sealed(slot_key).await.map_err(|error| error.message)
    }
}

impl Settings {
    async fn write_sealed(&self, slot: &str, value: &[u8]) -> Result<()> {
        sqlx::query("INSERT INTO sealed (slot, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value")
            .bind(slot)
            .bind(value)
            .execute(&self.pool)
            .await
            .map_err(|error| self.failed(&error))?;
        Ok(())
    }

    async fn read_sealed(&self, slot: &str) -> Result<Option<Vec<u8>>> {
        let row: Option<(Vec<u8>,)> = sqlx::query_as("SELECT value FROM sealed WHERE slot = ?")
            .bind(slot)
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| self.failed(&error))?;
        Ok(row.map(|(value,)| value))
    }

    async fn delete_sealed(&self, slot: &str) -> Result<()> {
        sqlx::query("DELETE FROM sealed WHERE slot = ?")
            .bind(slot)
            .execute(&self.pool)
            .await
            .map_err(|error| self.failed(&error))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sealed_boxes_come_back_and_go() {
        let folder = tempfile::tempdir().unwrap();
        let (settings, _) = Settings::open(folder.path()).await.unwrap();
        settings.seal("a", b"1").await.unwrap();
        settings.seal("a", b"2").await.unwrap();
        assert_eq!(settings.sealed("a").await.unwrap().as_deref(), Some(&b"2"[..]));
        settings.unseal("a").await.unwrap();
        assert_eq!(settings.sealed("a").await.unwrap(), None);
    }
}
