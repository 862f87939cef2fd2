//! Which way metrics are better, where the user has said so: by profile and metric. Kept as long as the profile.

use super::Settings;
use crate::direction::{DirectionChoice, Directions};
use crate::error::Result;

impl Settings {
    /// What the user has said of the metrics of a profile.
    pub async fn directions(&self, profile_id: &str) -> Result<Directions> {
        let rows: Vec<(String, String)> = sqlx::query_as("SELECT metric, better FROM direction WHERE profile_id = ?")
            .bind(profile_id)
            .fetch_all(&self.pool)
            .await
            .map_err(|error| self.failed(&error))?;
        let choice = |better: &str| match better {
            "higher" => DirectionChoice::Higher,
            "lower" => DirectionChoice::Lower,
            _ => DirectionChoice::None,
        };
        Ok(Directions(rows.into_iter().map(|(metric, better)| (metric, choice(&better))).collect()))
    }

    /// Keeps what the user says of a metric; with `None` its name decides again.
    pub async fn choose_direction(
        &self,
        profile_id: &str,
        metric: &str,
        choice: Option<DirectionChoice>,
    ) -> Result<()> {
        let better = choice.map(|choice| match choice {
            DirectionChoice::Higher => "higher",
            DirectionChoice::Lower => "lower",
            DirectionChoice::None => "none",
        });
        let question = match better {
            Some(better) => {
                sqlx::query("INSERT OR REPLACE INTO direction (better, profile_id, metric) VALUES (?, ?, ?)")
                    .bind(better)
            }
            None => sqlx::query("DELETE FROM direction WHERE profile_id = ? AND metric = ?"),
        };
        question.bind(profile_id).bind(metric).execute(&self.pool).await.map_err(|error| self.failed(&error))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::{Profile, ProfileKind};
    use crate::direction::{Better, Direction};

    async fn with_profile(folder: &std::path::Path) -> Settings {
        let (settings, _) = Settings::open(folder).await.unwrap();
        let profile = Profile { id: "p".into(), ..Profile::new("a", ProfileKind::Server, "http://h") };
        settings.save_profile(&profile).await.unwrap();
        settings
    }

    #[tokio::test]
    async fn a_choice_is_kept_for_its_profile_until_it_is_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let settings = with_profile(folder.path()).await;
        settings.choose_direction("p", "it's \"gap\"", Some(DirectionChoice::Lower)).await.unwrap();
        settings.choose_direction("p", "loss", Some(DirectionChoice::Higher)).await.unwrap();
        settings.choose_direction("p", "loss", Some(DirectionChoice::None)).await.unwrap();
        drop(settings);
        let (settings, _) = Settings::open(folder.path()).await.unwrap();
        let directions = settings.directions("p").await.unwrap();
        assert_eq!(directions.of("it's \"gap\""), Direction { better: Some(Better::Lower), chosen: true });
        assert_eq!(directions.of("loss"), Direction { better: None, chosen: true });
        assert_eq!(settings.directions("q").await.unwrap(), Directions::default());
        settings.choose_direction("p", "loss", None).await.unwrap();
        let directions = settings.directions("p").await.unwrap();
        assert_eq!(directions.of("loss"), Direction { better: Some(Better::Lower), chosen: false });
    }
    #[tokio::test]
    async fn choices_are_forgotten_with_their_profile() {
        let folder = tempfile::tempdir().unwrap();
        let settings = with_profile(folder.path()).await;
        settings.choose_direction("p", "loss", Some(DirectionChoice::Higher)).await.unwrap();
        // One that is saved again keeps them.
        let profile = settings.profile("p").await.unwrap();
        settings.save_profile(&profile).await.unwrap();
        assert!(settings.directions("p").await.unwrap() != Directions::default());
        settings.delete_profile("p").await.unwrap();
        assert_eq!(settings.directions("p").await.unwrap(), Directions::default());
    }
}
