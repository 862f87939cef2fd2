//! Moving an alias so that no user's change is lost.
//!
//! The server has no compare-and-set and keeps no history: the last writer wins, silently. So a
//! promotion is a [plan](PromotionPlan) that the user sees, a [guarded write](move_alias) that first re-reads where the
//! alias is and then reads it back, a record in version tags and in the journal, and an undo with
//! the same guard. Several aliases of one model are moved as one by a [plan](MovePlan) that outlives a crash.
//!
//! Rules of the team that a version must pass first are [`mod@gates`]; others whose consent a model asks for give it in
//! [`approval`]. What is known of earlier moves is merged in [`history`].
//!
//! What speaks for or against a move besides metrics and params, such as data and signature, are [`facts`]; [`seeds`] say
//! how much a difference is worth.
//!
//! Whose numbers a version has is decided in [`evidence`], for the card and for the [`mod@board`].

mod alias;
mod approval;
mod board;
mod evidence;
mod facts;
mod gates;
mod guarded_move;
mod history;
mod move_plan;
mod origin;
mod packaged;
mod plan;
mod record;
mod seeds;
mod side;
mod signature;
mod stage;

pub use approval::{
    Approval, ApprovalPlan, ApprovalRequest, ApprovalState, OpenRequest, Policy, SeenMetric, Vote, WAITS_MS,
    approval_of, approval_plan, approved_by, no_vote, open_requests, policy_of, policy_tag, policy_text,
    tags_fingerprint, write_decision, write_request, write_vote,
};
pub use board::{Author, AuthorSource, Chosen, MetricColumn, VersionRow, board, candidates, deciding, leader, numbers};
pub use evidence::{Measured, MetricName, Owner};
pub use facts::{Fact, FactKind, FactVerdict};
pub use gates::{
    Gate, GateTrial, GateValue, Rule, TriedRule, TriedVersion, VersionValues, ask, gates_tag, rules, rules_of,
    try_rules, written,
};
pub use guarded_move::{PromotionError, Step, move_alias};
pub use history::{
    AliasHistory, AliasMove, HistoryFormat, HistorySources, Place, Recorded, Span, When, held_between, histories,
    history_file,
};
pub use move_plan::{
    MovePlan, MoveState, PlanEnd, PlanState, PlannedMove, in_order, next_move, place_of, plan_refusals, settle,
};
pub use origin::VersionOrigin;
pub use packaged::Packaged;
pub use plan::{MetricDelta, ParamDelta, PromotionPlan, gates, plan, refusals};
pub use record::{Outcome, OverriddenGate, Promotion, write_tags, write_undone_tag};
pub use seeds::SeedSpread;
pub use side::{MadeFrom, Side};
pub use signature::Signature;
pub use stage::{StageError, StageMove, StagePlan, all_versions, move_stage, plan_stage, undo_stage, write_stage_tag};

/// The aliases of a model that rules or approval may guard: its own, champion and challenger, and those that its tags are
/// about. Each once, by name.
pub fn guarded_aliases(model: &crate::entities::RegisteredModel) -> Vec<String> {
    alias::aliases_of(model, &[gates::TAG_PREFIX, approval::POLICY_PREFIX])
}
