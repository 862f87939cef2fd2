//! The saved SSH routes.

use super::Settings;
use crate::connect::{InvalidField, Route};
use crate::error::{AppError, Code, Result};

impl Settings {
    pub async fn routes(&self) -> Result<Vec<Route>> {
        let rows: Vec<(String, String, String)> = sqlx::query_as("SELECT id, name, hops FROM route ORDER BY name")
            .fetch_all(&self.pool)
            .await
            .map_err(|error| self.failed(&error))?;
        rows.into_iter()
            .map(|(id, name, hops)| {
                Ok(Route { id, name, hops: serde_json::from_str(&hops).map_err(AppError::internal)? })
            })
            .collect()
    }

    pub async fn route(&self, route_id: &str) -> Result<Route> {
        self.routes().await?.into_iter().find(|route| route.id == route_id).ok_or_else(|| {
            AppError::new(Code::NotFound, "The SSH route of this profile was deleted. Edit the profile to choose one.")
        })
    }

    /// Saves a new route, or the changed one of the same id.
    pub async fn save_route(&self, route: &Route) -> Result<()> {
        let name = route.name.trim();
        if name.is_empty() {
            return Err(InvalidField::of("route", "A route needs a name.").into());
        }
        if route.hops.is_empty() || route.hops.iter().any(|hop| hop.host.trim().is_empty()) {
            return Err(InvalidField::of("route", "A route needs at least one host, and none may be empty.").into());
        }
        let taken: Option<(String,)> = sqlx::query_as("SELECT id FROM route WHERE name = ? AND id <> ?")
            .bind(name)
            .bind(&route.id)
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| self.failed(&error))?;
        if taken.is_some() {
            return Err(InvalidField::of("route", format!("Another route is already called “{name}”.")).into());
        }
        sqlx::query(
            "INSERT INTO route (id, name, hops) VALUES (?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, hops = excluded.hops",
        )
        .bind(&route.id)
        .bind(name)
        .bind(serde_json::to_string(&route.hops).map_err(AppError::internal)?)
        .execute(&self.pool)
        .await
        .map_err(|error| self.failed(&error))?;
        Ok(())
    }

    /// Forgets a route that no profile uses.
    pub async fn delete_route(&self, route_id: &str) -> Result<()> {
        let profiles = self.profiles().await?;
        let users: Vec<&str> = profiles
            .iter()
            .filter(|profile| profile.server.route_id.as_deref() == Some(route_id))
            .map(|profile| profile.name.as_str())
            .collect();
        if !users.is_empty() {
            let message = format!("This route is used by {}. Choose another one there first.", users.join(", "));
            return Err(AppError::new(Code::Refused, message));
        }
        sqlx::query("DELETE FROM route WHERE id = ?")
            .bind(route_id)
            .execute(&self.pool)
            .await
            .map_err(|error| self.failed(&error))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::{Hop, Profile, ProfileKind};

    #[tokio::test]
    async fn a_route_that_is_used_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (settings, _) = Settings::open(folder.path()).await.unwrap();
        let hop = Hop { host: "bastion".into(), use_config: true, ..Hop::default() };
        let route = Route { id: "r".into(), name: "office".into(), hops: vec![hop] };
        settings.save_route(&route).await.unwrap();
        assert_eq!(settings.routes().await.unwrap(), std::slice::from_ref(&route));
        let mut profile = Profile::new("vision", ProfileKind::Server, "http://h");
        profile.server.route_id = Some("r".into());
        settings.save_profile(&profile).await.unwrap();
        let error = settings.delete_route("r").await.unwrap_err();
        assert!(error.message.contains("vision"), "{error}");
        settings.delete_profile(&profile.id).await.unwrap();
        settings.delete_route("r").await.unwrap();
        assert_eq!(settings.route("r").await.unwrap_err().code, Code::NotFound);
        assert_eq!(settings.save_route(&Route { hops: vec![], ..route }).await.unwrap_err().code, Code::Refused);
    }
}
