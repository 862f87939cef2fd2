//! Several aliases of one model moved as one: the card, the plan that is kept before its first write, and what becomes of a
//! plan that was interrupted.

mod carry_out;
mod hold;

use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::App;
use super::promoting::{Allowed, PromotionRequest};
use super::writing::{person, read_only_reason};
use crate::change::Change;
use crate::clock::now_ms;
use crate::connection::Connection;
use crate::entities::ModelAlias;
use crate::error::{AppError, Code, Result};
use crate::promotion::{self, MovePlan, MoveState, PlanEnd, PlanState, PlannedMove, PromotionPlan};
use crate::sync::Scope;
use crate::tracking::Writer;
use carry_out::Carrier;
use hold::{Hold, hold, is_held};

/// The card before several aliases move. Nothing has been written.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MovePlanCard {
    /// One for each move, in the order in which they are made.
    pub moves: Vec<PromotionPlan>,
    /// Why these moves cannot be one plan; what is in the way of one of them is on its own card.
    pub refusals: Vec<String>,
}

/// What the user confirmed on the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovePlanRequest {
    pub model: String,
    pub moves: Vec<WantedMove>,
    pub reason: String,
    /// What the profile's [`crate::connect::Writes`] asks for.
    pub confirmation: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct WantedMove {
    pub alias: String,
    /// Where the card said that the alias is.
    pub expected_version: Option<String>,
    pub version: String,
    /// Rules for this alias that the card showed as not passed, and that the reason overrides.
    pub overridden: Vec<String>,
}

/// An unfinished plan by where the aliases are now.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MovePlanLook {
    pub plan: MovePlan,
    /// Where the alias of each move is, as just read.
    pub now: Vec<Option<String>>,
    /// Somebody carries it out at this moment: nothing can be decided.
    pub under_way: bool,
    /// Why it can neither be finished nor rolled back from here, if so.
    pub refusal: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UnfinishedMovePlan {
    pub profile_id: String,
    /// As it was kept last.
    pub plan: MovePlan,
    /// Somebody carries it out at this moment.
    pub under_way: bool,
}

impl App {
    /// The card for moving several aliases, read from the server this moment.
    pub async fn prepare_move_plan(&self, profile_id: &str, name: &str, moves: &[ModelAlias]) -> Result<MovePlanCard> {
        let refusals = promotion::plan_refusals(moves.iter().map(|each| each.alias.as_str()));
        let cards = moves.iter().map(|each| self.prepare_promotion(profile_id, name, &each.alias, &each.version));
        let mut cards = try_join_all(cards).await?;
        let planned = cards.iter().map(|card| planned(&card.alias, card.from_version.clone(), &card.to_version));
        let order: Vec<String> = promotion::in_order(planned.collect()).into_iter().map(|each| each.alias).collect();
        cards.sort_by_key(|card| order.iter().position(|alias| *alias == card.alias));
        Ok(MovePlanCard { moves: cards, refusals })
    }

    /// Moves several aliases, one after the other. The plan is kept before the first write; where something comes in its
    /// way after that, it is answered as it is then: unfinished, and its moves say why.
    ///
    /// # Errors
    /// Nothing was moved, and no plan is left; but for an error of the settings ([`Code::Io`], [`Code::DiskFull`]), after
    /// which a plan may be left, as unfinished as it is.
    pub async fn start_move_plan(&self, profile_id: &str, wanted: MovePlanRequest) -> Result<MovePlan> {
        let (connection, writer) = self.may_write(profile_id, &wanted.model, wanted.confirmation.as_deref()).await?;
        let refusals = promotion::plan_refusals(wanted.moves.iter().map(|each| each.alias.as_str()));
        if let Some(refusal) = refusals.into_iter().next() {
            return Err(AppError::new(Code::Refused, refusal));
        }
        let model = writer.store().get_registered_model(&wanted.model).await?;
        let mut moves = Vec::new();
        for each in &wanted.moves {
            let found = promotion::place_of(&model.aliases, &each.alias);
            if found != each.expected_version.as_deref() {
                return Err(moved(&each.alias, found, each.expected_version.as_deref()));
            }
            let request = wanted.of(each);
            let Allowed { approved_by, overridden, .. } =
                self.allowed(&connection, writer.store(), &model, &request).await?;
            let planned = planned(&each.alias, each.expected_version.clone(), &each.version);
            moves.push(PlannedMove { approved_by, overridden, ..planned });
        }
        let plan = MovePlan {
            id: uuid::Uuid::new_v4().to_string(),
            model: wanted.model,
            by: person(&connection),
            at_ms: now_ms(),
            reason: wanted.reason,
            moves: promotion::in_order(moves),
            state: PlanState::Unfinished,
        };
        let hold = hold(&self.data_dir, &plan.id).await?;
        let mut carrier = Carrier { app: self, profile_id, writer: &writer, plan };
        self.settings.save_move_plan(profile_id, &carrier.plan, None).await?;
        let trouble = carrier.carry_out(PlanEnd::Finish).await;
        let nothing = !carrier.plan.has_begun();
        if nothing {
            self.settings.drop_move_plan(&carrier.plan.id).await?;
        }
        self.let_go(hold, &connection, &carrier.plan);
        match trouble? {
            Some(error) if nothing => Err(error),
            _ => Ok(carrier.plan),
        }
    }

    /// An unfinished plan by where the aliases are now, read from the server this moment. Writes nothing.
    pub async fn look_at_move_plan(&self, profile_id: &str, plan_id: &str) -> Result<MovePlanLook> {
        let connection = self.connection(profile_id).await?;
        let under_way = is_held(&self.data_dir, &self.kept(profile_id, plan_id).await?.id);
        // After that: who held it has kept what became of it before letting go.
        let mut plan = self.kept(profile_id, plan_id).await?;
        let model = connection.store()?.get_registered_model(&plan.model).await?;
        if !under_way && plan.state == PlanState::Unfinished {
            promotion::settle(&mut plan, &model.aliases, now_ms());
        }
        let now = places(&plan, &model.aliases);
        Ok(MovePlanLook { plan, now, under_way, refusal: read_only_reason(&connection) })
    }

    /// Finishes an unfinished plan or rolls it back, if the aliases still are where the user saw them (`seen`, one for each
    /// move). Those that another user has moved are left where they are. Answers with the plan as it is then: unfinished
    /// where something came in its way, and its moves say what.
    ///
    /// # Errors
    /// Nothing was moved; but for errors of the settings, as in [`App::start_move_plan`].
    pub async fn end_move_plan(
        &self,
        profile_id: &str,
        plan_id: &str,
        end: PlanEnd,
        seen: &[Option<String>],
        confirmation: Option<&str>,
    ) -> Result<MovePlan> {
        let hold = self.held(profile_id, plan_id).await?;
        // Who held it before may have ended it.
        let plan = self.kept(profile_id, plan_id).await?;
        if plan.state != PlanState::Unfinished {
            return Err(AppError::new(Code::Refused, "This plan has ended already. Nothing was moved."));
        }
        let (connection, writer) = self.may_write(profile_id, &plan.model, confirmation).await?;
        let model = writer.store().get_registered_model(&plan.model).await?;
        let now = places(&plan, &model.aliases);
        if seen.len() != now.len() {
            return Err(AppError::internal("where the aliases were seen does not fit the plan"));
        }
        for (each, (found, seen)) in plan.moves.iter().zip(now.iter().zip(seen)) {
            if found != seen {
                return Err(moved(&each.alias, found.as_deref(), seen.as_deref()));
            }
        }
        let mut carrier = Carrier { app: self, profile_id, writer: &writer, plan };
        carrier.settle(&model.aliases).await?;
        if end == PlanEnd::Finish {
            for index in 0..carrier.plan.moves.len() {
                let each = &carrier.plan.moves[index];
                if matches!(each.state, MoveState::Waiting | MoveState::RolledBack) {
                    let request = again(&carrier.plan, each);
                    let Allowed { approved_by, overridden, .. } =
                        self.allowed(&connection, writer.store(), &model, &request).await?;
                    let each = &mut carrier.plan.moves[index];
                    (each.approved_by, each.overridden) = (approved_by, overridden);
                }
            }
        }
        carrier.tag_what_is_not().await?;
        let trouble = carrier.carry_out(end).await;
        self.let_go(Some(hold), &connection, &carrier.plan);
        trouble?;
        Ok(carrier.plan)
    }

    /// Takes a whole finished plan back, if each alias is still where it was put.
    pub(super) async fn undo_plan(&self, profile_id: &str, plan_id: &str, confirmation: Option<&str>) -> Result<()> {
        let hold = self.held(profile_id, plan_id).await?;
        let mut plan = self.kept(profile_id, plan_id).await?;
        let refused = |refusal: &str| Err(AppError::new(Code::Refused, refusal));
        match plan.state {
            PlanState::Finished => {}
            PlanState::RolledBack => return refused("This plan was rolled back already."),
            PlanState::Unfinished => {
                return refused(
                    "This move is one of a plan that is unfinished: the model’s page offers to roll it back.",
                );
            }
        }
        let (connection, writer) = self.may_write(profile_id, &plan.model, confirmation).await?;
        let model = writer.store().get_registered_model(&plan.model).await?;
        for each in plan.moves.iter().filter(|each| each.state == MoveState::Done) {
            let (found, put) = (promotion::place_of(&model.aliases, &each.alias), Some(each.to_version.as_str()));
            if found != put {
                return Err(moved(&each.alias, found, put));
            }
        }
        plan.state = PlanState::Unfinished;
        let mut carrier = Carrier { app: self, profile_id, writer: &writer, plan };
        let trouble = carrier.carry_out(PlanEnd::RollBack).await;
        let begun = |each: &PlannedMove| matches!(each.state, MoveState::RollingBack | MoveState::RolledBack);
        let begun = carrier.plan.moves.iter().any(begun);
        if !begun && matches!(trouble, Ok(Some(_))) {
            carrier.plan.state = PlanState::Finished;
            self.settings.save_move_plan(profile_id, &carrier.plan, None).await?;
        }
        self.let_go(Some(hold), &connection, &carrier.plan);
        let Some(mut error) = trouble? else { return Ok(()) };
        if begun {
            error.message = format!(
                "The plan was taken back in part. {} The model’s page offers to finish it or to roll it back.",
                error.message
            );
        }
        Err(error)
    }

    /// The plans that are unfinished, of all profiles, oldest first.
    pub async fn unfinished_move_plans(&self) -> Result<Vec<UnfinishedMovePlan>> {
        let plans = self.settings.unfinished_move_plans().await?;
        let unfinished = |(profile_id, plan): (String, MovePlan)| UnfinishedMovePlan {
            under_way: is_held(&self.data_dir, &plan.id),
            profile_id,
            plan,
        };
        Ok(plans.into_iter().map(unfinished).collect())
    }

    async fn may_write(
        &self,
        profile_id: &str,
        name: &str,
        confirmation: Option<&str>,
    ) -> Result<(std::sync::Arc<Connection>, Writer)> {
        let connection = self.connection(profile_id).await?;
        let writer = connection.writer(name, confirmation)?;
        match read_only_reason(&connection) {
            Some(refusal) => Err(AppError::new(Code::Refused, refusal)),
            None => Ok((connection, writer)),
        }
    }

    /// Lets others have the plan, and says that it is no longer carried out.
    fn let_go(&self, hold: Option<Hold>, connection: &Connection, plan: &MovePlan) {
        drop(hold);
        self.tell(Change::Model { profile_id: connection.profile().id.clone(), name: plan.model.clone() });
        connection.refresh(Scope::Model(plan.model.clone()));
    }

    async fn kept(&self, profile_id: &str, plan_id: &str) -> Result<MovePlan> {
        let plan = self.settings.move_plan(profile_id, plan_id).await?;
        plan.ok_or_else(|| AppError::new(Code::NotFound, "This plan is not on this machine. Nothing was moved."))
    }

    async fn held(&self, profile_id: &str, plan_id: &str) -> Result<Hold> {
        let plan = self.kept(profile_id, plan_id).await?;
        hold(&self.data_dir, &plan.id).await?.ok_or_else(|| {
            AppError::new(Code::Refused, "This plan is being carried out at this moment. Look again once it has ended.")
        })
    }
}

impl MovePlanRequest {
    fn of(&self, each: &WantedMove) -> PromotionRequest {
        PromotionRequest {
            model: self.model.clone(),
            alias: each.alias.clone(),
            expected_version: each.expected_version.clone(),
            version: each.version.clone(),
            reason: self.reason.clone(),
            overridden: each.overridden.clone(),
            confirmation: None,
        }
    }
}

/// What is left of a plan is judged again, with the rules that its reason overrode then.
fn again(plan: &MovePlan, each: &PlannedMove) -> PromotionRequest {
    PromotionRequest {
        model: plan.model.clone(),
        alias: each.alias.clone(),
        expected_version: each.from_version.clone(),
        version: each.to_version.clone(),
        reason: plan.reason.clone(),
        overridden: each.overridden.iter().map(|gate| gate.rule.clone()).collect(),
        confirmation: None,
    }
}

fn planned(alias: &str, from_version: Option<String>, to_version: &str) -> PlannedMove {
    PlannedMove {
        alias: alias.to_owned(),
        from_version,
        to_version: to_version.to_owned(),
        state: MoveState::Waiting,
        at_ms: now_ms(),
        trouble: None,
        overridden: Vec::new(),
        approved_by: Vec::new(),
        promotion_id: None,
        tagged: false,
    }
}

fn places(plan: &MovePlan, found: &[ModelAlias]) -> Vec<Option<String>> {
    plan.moves.iter().map(|each| promotion::place_of(found, &each.alias).map(str::to_owned)).collect()
}

fn moved(alias: &str, found: Option<&str>, seen: Option<&str>) -> AppError {
    let error =
        promotion::PromotionError::Moved { alias: alias.to_owned(), expected: seen.into(), found: found.into() };
    error.into()
}
