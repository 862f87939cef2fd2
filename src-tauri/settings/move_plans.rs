//! Plans of several moves, with what has become of each move. Kept for ever, like the journal; those that are unfinished
//! are offered again.

use super::Settings;
use crate::error::{AppError, Result};
use crate::promotion::{MovePlan, PlanState, Promotion};

impl Settings {
    /// Keeps a plan as it is now, and an entry of the journal with it: both or neither.
    pub async fn save_move_plan(&self, profile_id: &str, plan: &MovePlan, promotion: Option<&Promotion>) -> Result<()> {
        let json = serde_json::to_string(plan).map_err(AppError::internal)?;
        let entry = promotion.map(serde_json::to_string).transpose().map_err(AppError::internal)?;
        let saved = async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query(
                "INSERT INTO move_plan (id, profile_id, model, unfinished, at_ms, plan) VALUES (?, ?, ?, ?, ?, ?)
                 ON CONFLICT (id) DO UPDATE SET unfinished = excluded.unfinished, plan = excluded.plan",
            )
            .bind(&plan.id)
            .bind(profile_id)
            .bind(&plan.model)
            .bind(plan.state == PlanState::Unfinished)
            .bind(plan.at_ms)
            .bind(json)
            .execute(&mut *transaction)
            .await?;
            if let (Some(promotion), Some(entry)) = (promotion, entry) {
                Self::write_entry(&mut transaction, profile_id, promotion, entry).await?;
            }
            transaction.commit().await
        };
        saved.await.map_err(|error| self.failed(&error))
    }

    /// Forgets a plan for which nothing was written.
    pub async fn drop_move_plan(&self, plan_id: &str) -> Result<()> {
        sqlx::query("DELETE FROM move_plan WHERE id = ?")
            .bind(plan_id)
            .execute(&self.pool)
            .await
            .map_err(|error| self.failed(&error))?;
        Ok(())
    }

    /// A plan of this profile: one of another server must never be carried out on this one.
    pub async fn move_plan(&self, profile_id: &str, plan_id: &str) -> Result<Option<MovePlan>> {
        let row: Option<(String,)> = sqlx::query_as("SELECT plan FROM move_plan WHERE id = ? AND profile_id = ?")
            .bind(plan_id)
            .bind(profile_id)
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| self.failed(&error))?;
        row.map(|(json,)| serde_json::from_str(&json).map_err(AppError::internal)).transpose()
    }

    /// The unfinished plans of all profiles that are there, each with the id of its profile; oldest first.
    pub async fn unfinished_move_plans(&self) -> Result<Vec<(String, MovePlan)>> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT profile_id, plan FROM move_plan
             WHERE unfinished AND profile_id IN (SELECT id FROM profile) ORDER BY at_ms, rowid",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(|error| self.failed(&error))?;
        let plan = |(profile_id, json): (String, String)| {
            serde_json::from_str(&json).map(|plan| (profile_id, plan)).map_err(AppError::internal)
        };
        rows.into_iter().map(plan).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::{Profile, ProfileKind};

    fn plan(id: &str, state: PlanState) -> MovePlan {
        MovePlan {
            id: id.into(),
            model: "churn".into(),
            by: "ana".into(),
            at_ms: 1,
            reason: "better".into(),
            moves: Vec::new(),
            state,
        }
    }

    #[tokio::test]
    async fn a_plan_stays_until_it_is_finished_and_belongs_to_its_profile() {
        let folder = tempfile::tempdir().unwrap();
        let (settings, _) = Settings::open(folder.path()).await.unwrap();
        let profile = Profile::new("work", ProfileKind::Server, "http://h");
        settings.save_profile(&profile).await.unwrap();
        let mut first = plan("1", PlanState::Unfinished);
        settings.save_move_plan(&profile.id, &first, None).await.unwrap();
        settings.save_move_plan("gone", &plan("2", PlanState::Unfinished), None).await.unwrap();
        assert_eq!(settings.unfinished_move_plans().await.unwrap(), [(profile.id.clone(), first.clone())]);
        assert_eq!(settings.move_plan("gone", "1").await.unwrap(), None);
        first.state = PlanState::Finished;
        settings.save_move_plan(&profile.id, &first, None).await.unwrap();
        assert_eq!(settings.unfinished_move_plans().await.unwrap(), []);
        assert_eq!(settings.move_plan(&profile.id, "1").await.unwrap(), Some(first));
        settings.drop_move_plan("1").await.unwrap();
        assert_eq!(settings.move_plan(&profile.id, "1").await.unwrap(), None);
    }
}
