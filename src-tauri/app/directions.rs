//! Which way metrics are better. What the user says is kept in the settings, with its profile; this is the one way to it.

use super::App;
use crate::change::Change;
use crate::direction::{DirectionChoice, Directions};
use crate::error::Result;

impl App {
    pub async fn directions(&self, profile_id: &str) -> Result<Directions> {
        self.settings.directions(profile_id).await
    }

    /// Keeps what the user says of a metric, and has every screen that shows it read again.
    pub async fn choose_direction(
        &self,
        profile_id: &str,
        metric: &str,
        choice: Option<DirectionChoice>,
    ) -> Result<()> {
        self.settings.profile(profile_id).await?;
        self.settings.choose_direction(profile_id, metric, choice).await?;
        self.tell(Change::Directions { profile_id: profile_id.to_owned() });
        Ok(())
    }
}
