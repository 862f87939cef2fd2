//! The saved profiles, in the user's order.

use super::Settings;
use crate::connect::{Profile, ProfileKind};
use crate::error::{AppError, Code, Result};

impl Settings {
    pub async fn profiles(&self) -> Result<Vec<Profile>> {
        let rows: Vec<(String, String, String, String)> =
            sqlx::query_as("SELECT id, name, kind, address FROM profile ORDER BY position, name")
                .fetch_all(&self.pool)
                .await
                .map_err(|error| self.failed(&error))?;
        Ok(rows
            .into_iter()
            .filter_map(|(id, name, kind, address)| {
                Some(Profile { id, name, kind: ProfileKind::from_text(&kind)?, address })
            })
            .collect())
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
            return Err(AppError::new(Code::Refused, format!("Another profile is already called “{name}”.")));
        }
        sqlx::query(
            "INSERT INTO profile (id, name, kind, address, position)
             VALUES (?, ?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM profile))
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, address = excluded.address",
        )
        .bind(&profile.id)
        .bind(name)
        .bind(profile.kind.as_text())
        .bind(&profile.address)
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
        Profile { id: id.into(), name: name.into(), kind: ProfileKind::Server, address: "http://h".into() }
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
}
