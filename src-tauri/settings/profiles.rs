//! The saved profiles, in the user's order.

use serde::{Deserialize, Serialize};

use super::Settings;
use crate::connect::{Environment, InvalidField, Profile, ProfileKind, ServerSettings, Writes};
use crate::error::{AppError, Code, Result};

/// What of a profile is one column of JSON. A field that an older version did not write has its default.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Column {
    environment: Environment,
    writes: Writes,
    server: ServerSettings,
    artifact_folders: Vec<String>,
}

impl Settings {
    pub async fn profiles(&self) -> Result<Vec<Profile>> {
        let rows: Vec<(String, String, String, String, String)> =
            sqlx::query_as("SELECT id, name, kind, address, settings FROM profile ORDER BY position, name")
                .fetch_all(&self.pool)
                .await
                .map_err(|error| self.failed(&error))?;
        let mut profiles = Vec::with_capacity(rows.len());
        for (id, name, kind, address, column) in rows {
            let Some(kind) = ProfileKind::from_text(&kind) else { continue };
            let column: Column = serde_json::from_str(&column).map_err(|error| {
                AppError::new(Code::Io, format!("The profile “{name}” was saved by another version of Podium: {error}"))
            })?;
            let Column { environment, writes, server, artifact_folders } = column;
            profiles.push(Profile { id, name, kind, address, environment, writes, server, artifact_folders });
        }
        Ok(profiles)
    }

    pub async fn profile(&self, profile_id: &str) -> Result<Profile> {
        let profiles = self.profiles().await?;
        profiles
            .into_iter()
            .find(|profile| profile.id == profile_id)
            .ok_or_else(|| AppError::new(Code::NotFound, "This profile was deleted. Choose another one."))
    }

    /// Saves a new profile, or the changed one of the same id. A name that another profile has is
    /// refused.
    pub async fn save_profile(&self, profile: &Profile) -> Result<()> {
        let name = profile.name.trim();
        if name.is_empty() {
            return Err(AppError::new(Code::Refused, "A profile needs a name."));
        }
        let taken: Option<(String,)> = sqlx::query_as("SELECT id FROM profile WHERE name = ? AND id <> ?")
            .bind(name)
            .bind(&profile.id)
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| self.failed(&error))?;
        if taken.is_some() {
            return Err(InvalidField::of("name", format!("Another profile is already called “{name}”.")).into());
        }
        let column = Column {
            environment: profile.environment,
            writes: profile.writes,
            server: profile.server.clone(),
            artifact_folders: profile.artifact_folders.clone(),
        };
        let column = serde_json::to_string(&column).map_err(AppError::internal)?;
        sqlx::query(
            "INSERT INTO profile (id, name, kind, address, settings, position)
             VALUES (?, ?, ?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM profile))
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, address = excluded.address,
                 settings = excluded.settings",
        )
        .bind(&profile.id)
        .bind(name)
        .bind(profile.kind.as_text())
        .bind(&profile.address)
        .bind(column)
        .execute(&self.pool)
        .await
        .map_err(|error| self.failed(&error))?;
        Ok(())
    }

    /// Puts the profiles into this order; one that is not named keeps its place behind them.
    pub async fn order_profiles(&self, profile_ids: &[String]) -> Result<()> {
        let ids = serde_json::to_string(profile_ids).map_err(AppError::internal)?;
        sqlx::query(
            "UPDATE profile SET position = coalesce(
                 (SELECT key FROM json_each(?1) WHERE value = profile.id),
                 (SELECT count(*) FROM json_each(?1)) + position)",
        )
        .bind(ids)
        .execute(&self.pool)
        .await
        .map_err(|error| self.failed(&error))?;
        Ok(())
    }

    /// Forgets the profile; its promotions stay in the journal.
    pub async fn delete_profile(&self, profile_id: &str) -> Result<()> {
        sqlx::query("DELETE FROM profile WHERE id = ?")
            .bind(profile_id)
            .execute(&self.pool)
            .await
            .map_err(|error| self.failed(&error))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(id: &str, name: &str) -> Profile {
        Profile { id: id.into(), ..Profile::new(name, ProfileKind::Server, "http://h") }
    }

    #[tokio::test]
    async fn two_profiles_cannot_share_a_name_but_one_can_be_renamed() {
        let folder = tempfile::tempdir().unwrap();
        let (settings, _) = Settings::open(folder.path()).await.unwrap();
        settings.save_profile(&profile("1", "vision")).await.unwrap();
        settings.save_profile(&profile("2", "churn")).await.unwrap();
        let error = settings.save_profile(&profile("2", "vision")).await.unwrap_err();
        assert_eq!(error.code, Code::Refused);
        settings.save_profile(&profile("2", "churn-team")).await.unwrap();
        let names: Vec<_> = settings.profiles().await.unwrap().into_iter().map(|profile| profile.name).collect();
        assert_eq!(names, ["vision", "churn-team"]);
        settings.delete_profile("1").await.unwrap();
        assert_eq!(settings.profile("1").await.unwrap_err().code, Code::NotFound);
    }

    #[tokio::test]
    async fn how_a_server_is_reached_comes_back_as_it_was_saved() {
        let folder = tempfile::tempdir().unwrap();
        let (settings, _) = Settings::open(folder.path()).await.unwrap();
        let mut saved = profile("1", "vision");
        saved.environment = Environment::Production;
        saved.writes = Writes::Typed;
        saved.server.route_id = Some("r".into());
        saved.server.auth = crate::connect::Auth::Basic { username: "ana".into() };
        settings.save_profile(&saved).await.unwrap();
        assert_eq!(settings.profile("1").await.unwrap(), saved);
        // A profile of the first version has an empty column.
        sqlx::query("UPDATE profile SET settings = '{}'").execute(&settings.pool).await.unwrap();
        assert_eq!(settings.profile("1").await.unwrap(), profile("1", "vision"));
    }

    #[tokio::test]
    async fn profiles_keep_the_order_they_were_given() {
        let folder = tempfile::tempdir().unwrap();
        let (settings, _) = Settings::open(folder.path()).await.unwrap();
        for (id, name) in [("1", "a"), ("2", "b"), ("3", "c"), ("4", "d")] {
            settings.save_profile(&profile(id, name)).await.unwrap();
        }
        settings.order_profiles(&["3".into(), "1".into()]).await.unwrap();
        settings.save_profile(&profile("5", "e")).await.unwrap();
        let names: Vec<_> = settings.profiles().await.unwrap().into_iter().map(|profile| profile.name).collect();
        assert_eq!(names, ["c", "a", "b", "d", "e"]);
    }
}
