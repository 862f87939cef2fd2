//! Several aliases of one model moved as one, such as champion and challenger swapped. Pure.
//!
//! The server moves one alias at a time, so there are halfway states, and a crash or a lost connection can leave one. A
//! [`MovePlan`] is kept on this machine before its first write, with the state of each move. Where it stands is found out by
//! reading the aliases again ([`settle`]); then it goes on to the end or back to the beginning, one guarded move at a time
//! ([`next_move`]). An alias that another user has moved is left where it is, both ways.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::guarded_move::AliasPlace;
use super::record::OverriddenGate;
use crate::entities::ModelAlias;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MovePlan {
    /// A UUID.
    pub id: String,
    pub model: String,
    /// The user's name on this machine.
    pub by: String,
    pub at_ms: i64,
    pub reason: String,
    /// In the order in which they are made; they are rolled back from the end.
    pub moves: Vec<PlannedMove>,
    pub state: PlanState,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlannedMove {
    pub alias: String,
    /// Where it was when the plan was made; none: the alias did not exist.
    pub from_version: Option<String>,
    pub to_version: String,
    pub state: MoveState,
    /// Since when it is in this state.
    pub at_ms: i64,
    /// What went wrong, or what another user has changed.
    pub trouble: Option<String>,
    /// Gates that had not passed; the plan's reason says why it moves all the same.
    pub overridden: Vec<OverriddenGate>,
    pub approved_by: Vec<String>,
    /// Its entry in the journal, once there is one.
    pub promotion_id: Option<String>,
    /// The tags of the version were written, as far as the server let us.
    pub tagged: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum PlanState {
    Unfinished,
    Finished,
    RolledBack,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum MoveState {
    /// Not made.
    Waiting,
    /// Its write is about to be sent, or was. While nobody carries the plan out, whether it was made is not known.
    UnderWay,
    Done,
    /// The same as [`Self::UnderWay`] of the move back.
    RollingBack,
    RolledBack,
    /// Another user has moved the alias since: it is left where it is.
    Left,
}

/// To which end of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum PlanEnd {
    Finish,
    RollBack,
}

/// The order in which moves are made: a version that an alias leaves and another one is to hold has that one first, so
/// that it is never without. Where this goes round in a circle, as in a swap, the move that was named first comes first.
pub fn in_order(mut left: Vec<PlannedMove>) -> Vec<PlannedMove> {
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let is_awaited = |leaving: &PlannedMove| {
            left.iter().any(|each| {
                each.alias != leaving.alias && leaving.from_version.as_deref() == Some(each.to_version.as_str())
            })
        };
        let first = left.iter().position(|each| !is_awaited(each)).unwrap_or(0);
        ordered.push(left.remove(first));
    }
    ordered
}

/// Why moves of these aliases cannot be one plan, in words for people; empty if they can. What holds of each alone is not
/// among it.
pub fn plan_refusals<'a>(aliases: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut known: Vec<String> = Vec::new();
    let mut refusals = Vec::new();
    for alias in aliases {
        let lower = alias.to_lowercase();
        if known.contains(&lower) {
            refusals.push(format!("{alias} is named twice: an alias is on one version."));
        }
        known.push(lower);
    }
    if known.len() < 2 {
        refusals.push("A plan is of two moves or more.".to_owned());
    }
    refusals
}

/// Sets each move to what is true of it by where the aliases were just found.
pub fn settle(plan: &mut MovePlan, found: &[ModelAlias], now_ms: i64) {
    for each in &mut plan.moves {
        let place = place_of(found, &each.alias);
        let state = each.settled(place);
        let trouble = (state == MoveState::Left).then(|| each.moved_by_another(place));
        if state != each.state {
            (each.state, each.at_ms, each.trouble) = (state, now_ms, trouble);
        } else if trouble.is_some() {
            each.trouble = trouble;
        }
    }
}

/// The move that comes next on the way to an end of a plan that was just [settled](settle); none: it has got there.
pub fn next_move(plan: &MovePlan, end: PlanEnd) -> Option<usize> {
    match end {
        PlanEnd::Finish => {
            plan.moves.iter().position(|each| matches!(each.state, MoveState::Waiting | MoveState::RolledBack))
        }
        PlanEnd::RollBack => plan.moves.iter().rposition(|each| each.state == MoveState::Done),
    }
}

/// The version that holds an alias.
pub fn place_of<'a>(found: &'a [ModelAlias], alias: &str) -> Option<&'a str> {
    found.iter().find(|held| held.alias == alias).map(|held| held.version.as_str())
}

impl MovePlan {
    /// Whether anything was written for it, or may have been.
    pub fn has_begun(&self) -> bool {
        self.moves
            .iter()
            .any(|each| each.promotion_id.is_some() || !matches!(each.state, MoveState::Waiting | MoveState::Left))
    }

    /// What another user has changed, in sentences.
    pub fn changed(&self) -> Vec<String> {
        let left = self.moves.iter().filter(|each| each.state == MoveState::Left);
        left.filter_map(|each| each.trouble.clone()).collect()
    }
}

impl PlannedMove {
    fn settled(&self, place: Option<&str>) -> MoveState {
        use MoveState::{Done, Left, RolledBack, RollingBack, UnderWay, Waiting};
        let (at_start, at_end) = (place == self.from_version.as_deref(), place == Some(self.to_version.as_str()));
        match self.state {
            Waiting if at_start => Waiting,
            UnderWay if at_start => Waiting,
            UnderWay | Done | RollingBack if at_end => Done,
            RollingBack | RolledBack if at_start => RolledBack,
            _ => Left,
        }
    }

    fn moved_by_another(&self, place: Option<&str>) -> String {
        let (start, end) = (AliasPlace::from(self.from_version.as_deref()), AliasPlace::from(Some(&*self.to_version)));
        let (alias, place) = (&self.alias, AliasPlace::from(place));
        match self.state {
            MoveState::Waiting | MoveState::RolledBack => {
                format!("Another user has moved {alias}: it is on {place} now, and not on {start}.")
            }
            MoveState::Done => format!("Another user has moved {alias}: it is on {place} now, and not on {end}."),
            MoveState::Left => format!("Another user has moved {alias}: it is on {place} now."),
            MoveState::UnderWay | MoveState::RollingBack => {
                format!("Another user has moved {alias}: it is on {place} now, and on neither {start} nor {end}.")
            }
        }
    }
}
