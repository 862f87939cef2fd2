//! One guarded move after the other, each kept before and after its write.

use super::super::App;
use super::super::promoting::written;
use super::super::writing::existing;
use crate::change::Change;
use crate::clock::now_ms;
use crate::entities::ModelAlias;
use crate::error::{AppError, Code, Result};
use crate::promotion::{
    self, MovePlan, MoveState, Outcome, PlanEnd, PlanState, PlannedMove, Promotion, PromotionError,
};
use crate::tracking::Writer;

/// A plan that is carried out.
pub(super) struct Carrier<'a> {
    pub app: &'a App,
    pub profile_id: &'a str,
    pub writer: &'a Writer,
    pub plan: MovePlan,
}

impl Carrier<'_> {
    /// Goes on to an end of the plan. Answers with what is in the way, if it does not get there; the moves say it too.
    ///
    /// # Errors
    /// Where the settings cannot be written. What was kept last is still true: a move that is under way may have been made.
    pub async fn carry_out(&mut self, end: PlanEnd) -> Result<Option<AppError>> {
        loop {
            let known = self.plan.changed().len();
            let found = match self.writer.store().get_registered_model(&self.plan.model).await {
                Ok(model) => model.aliases,
                Err(error) => {
                    if let Some(each) = promotion::next_move(&self.plan, end).map(|index| &mut self.plan.moves[index]) {
                        each.trouble = Some(error.to_string());
                    }
                    self.save(None).await?;
                    return Ok(Some(error.into()));
                }
            };
            self.settle(&found).await?;
            let changed = self.plan.changed();
            if changed.len() > known {
                return Ok(Some(AppError::new(Code::AliasMoved, changed.join(" "))));
            }
            let Some(index) = promotion::next_move(&self.plan, end) else { break };
            if let Some(trouble) = self.make(index, end).await? {
                return Ok(Some(trouble));
            }
        }
        self.plan.state = match end {
            PlanEnd::Finish => PlanState::Finished,
            PlanEnd::RollBack => PlanState::RolledBack,
        };
        self.save(None).await?;
        Ok(None)
    }

    /// Sets each move to what is true of it by where its alias was found, and the journal with it, where Podium ended
    /// before it knew.
    pub async fn settle(&mut self, found: &[ModelAlias]) -> Result<()> {
        let before: Vec<PlannedMove> = self.plan.moves.clone();
        promotion::settle(&mut self.plan, found, now_ms());
        for (index, was) in before.iter().enumerate() {
            let is = self.plan.moves[index].state;
            let entry = match (was.state, is) {
                (MoveState::UnderWay, MoveState::Done) => {
                    let told = format!("No answer came to this move. {} was found on it later.", was.alias);
                    Some(Promotion { at_ms: was.at_ms, ..self.entry(index, Outcome::Moved, told).await? })
                }
                (MoveState::UnderWay, MoveState::Left) if was.promotion_id.is_none() => {
                    let told = "No answer came to this move, and another user has moved the alias since.".to_owned();
                    Some(Promotion { at_ms: was.at_ms, ..self.entry(index, Outcome::Unknown, told).await? })
                }
                // It was not made: another try is another entry.
                (MoveState::UnderWay, MoveState::Waiting) => {
                    self.plan.moves[index].promotion_id = None;
                    None
                }
                (MoveState::RollingBack, MoveState::RolledBack) => {
                    let told = "No answer came to its undoing, which was found done later.".to_owned();
                    let undone_at_ms = Some(now_ms());
                    Some(Promotion { undone_at_ms, ..self.entry(index, Outcome::Moved, told).await? })
                }
                (MoveState::RollingBack, MoveState::Left) if was.trouble.is_none() => {
                    let told = "An undo was tried. What became of it is not known.".to_owned();
                    Some(self.entry(index, Outcome::Moved, told).await?)
                }
                _ => None,
            };
            if let Some(entry) = entry {
                self.save(Some(&entry)).await?;
            }
        }
        self.save(None).await
    }

    /// Writes the record on versions of moves that were made and have none.
    pub async fn tag_what_is_not(&mut self) -> Result<()> {
        for index in 0..self.plan.moves.len() {
            let PlannedMove { state, tagged, promotion_id, .. } = &self.plan.moves[index];
            if let (MoveState::Done, false, Some(id)) = (state, tagged, promotion_id)
                && let Some(entry) = self.app.settings.promotion(self.profile_id, id).await?
            {
                self.tag(index, entry).await?;
            }
        }
        Ok(())
    }

    async fn make(&mut self, index: usize, end: PlanEnd) -> Result<Option<AppError>> {
        let before = self.plan.moves[index].state;
        let under_way = match end {
            PlanEnd::Finish => MoveState::UnderWay,
            PlanEnd::RollBack => MoveState::RollingBack,
        };
        self.set(index, under_way, None);
        self.save(None).await?;
        let PlannedMove { alias, from_version, to_version, .. } = &self.plan.moves[index];
        let (start, finish) = (from_version.as_deref(), Some(to_version.as_str()));
        let (from, to) = if end == PlanEnd::Finish { (start, finish) } else { (finish, start) };
        let step = promotion::Step { model: &self.plan.model, alias, from, to };
        let moved = promotion::move_alias(self.writer, step, |tried| self.app.pause(tried)).await;
        match moved {
            Ok(()) if end == PlanEnd::Finish => {
                let entry = self.new_entry(index, Outcome::Moved);
                self.set(index, MoveState::Done, None);
                self.save(Some(&entry)).await?;
                self.tag(index, entry).await?;
                Ok(None)
            }
            Ok(()) => {
                self.undone(index).await?;
                Ok(None)
            }
            Err(error) => match written(&error) {
                Some(outcome) => {
                    self.doubt(index, outcome, &error).await?;
                    Ok(Some(error.into()))
                }
                None => {
                    self.set(index, before, Some(error.to_string()));
                    self.save(None).await?;
                    Ok(Some(error.into()))
                }
            },
        }
    }

    /// A move was taken back.
    async fn undone(&mut self, index: usize) -> Result<()> {
        let mut entry = self.entry(index, Outcome::Moved, String::new()).await?;
        entry.undone_at_ms = Some(now_ms());
        self.set(index, MoveState::RolledBack, None);
        self.save(Some(&entry)).await?;
        let warnings = promotion::write_undone_tag(self.writer, &entry).await;
        if !warnings.is_empty() {
            entry.warnings.extend(warnings);
            self.save(Some(&entry)).await?;
        }
        Ok(())
    }

    /// What became of a write is not known, or another user has moved the alias again at once: the next look tells where
    /// it is.
    async fn doubt(&mut self, index: usize, outcome: Outcome, error: &PromotionError) -> Result<()> {
        let each = &mut self.plan.moves[index];
        each.trouble = Some(error.to_string());
        let entry = match each.state {
            MoveState::RollingBack => self.entry(index, Outcome::Moved, format!("An undo was tried. {error}")).await?,
            _ => Promotion { warnings: vec![error.to_string()], ..self.new_entry(index, outcome) },
        };
        self.save(Some(&entry)).await
    }

    /// Writes the record of a move that was made on its version.
    async fn tag(&mut self, index: usize, mut entry: Promotion) -> Result<()> {
        let number = &self.plan.moves[index].to_version;
        let warnings = match existing(self.writer.store().get_model_version(&self.plan.model, number).await) {
            Ok(version) => {
                let before = version.map(|version| version.tags).unwrap_or_default();
                promotion::write_tags(self.writer, &entry, &before).await
            }
            Err(error) => vec![format!("The record on version {number} was not written: {error}")],
        };
        self.plan.moves[index].tagged = true;
        entry.warnings.extend(warnings);
        self.save(Some(&entry)).await
    }

    /// The entry of a move in the journal with another warning; a new one where there is none.
    async fn entry(&mut self, index: usize, outcome: Outcome, warning: String) -> Result<Promotion> {
        let known = match &self.plan.moves[index].promotion_id {
            Some(id) => self.app.settings.promotion(self.profile_id, id).await?,
            None => None,
        };
        let mut entry = known.unwrap_or_else(|| self.new_entry(index, outcome));
        entry.outcome = outcome;
        entry.warnings.extend(Some(warning).filter(|warning| !warning.is_empty()));
        Ok(entry)
    }

    fn new_entry(&mut self, index: usize, outcome: Outcome) -> Promotion {
        let MovePlan { id: plan_id, model, by, reason, moves, .. } = &mut self.plan;
        let each = &mut moves[index];
        let id = uuid::Uuid::new_v4().to_string();
        each.promotion_id = Some(id.clone());
        Promotion {
            id,
            model: model.clone(),
            alias: each.alias.clone(),
            from_version: each.from_version.clone(),
            to_version: Some(each.to_version.clone()),
            by: by.clone(),
            // Its write was sent then.
            at_ms: each.at_ms,
            reason: reason.clone(),
            overridden: each.overridden.clone(),
            approved_by: each.approved_by.clone(),
            undone_at_ms: None,
            plan_id: Some(plan_id.clone()),
            outcome,
            warnings: Vec::new(),
        }
    }

    fn set(&mut self, index: usize, state: MoveState, trouble: Option<String>) {
        let each = &mut self.plan.moves[index];
        (each.state, each.at_ms, each.trouble) = (state, now_ms(), trouble);
    }

    /// Keeps the plan as it is now, with an entry of the journal, and says so.
    async fn save(&self, entry: Option<&Promotion>) -> Result<()> {
        self.app.settings.save_move_plan(self.profile_id, &self.plan, entry).await?;
        self.app.tell(Change::Model { profile_id: self.profile_id.to_owned(), name: self.plan.model.clone() });
        Ok(())
    }
}
