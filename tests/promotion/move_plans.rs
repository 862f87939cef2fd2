//! Several aliases moved as one, on a registry that fails halfway or is changed by another user meanwhile.

use std::sync::Arc;

use podium::app::{App, MovePlanRequest, WantedMove};
use podium::connect::{Profile, ProfileKind};
use podium::entities::ModelAlias;
use podium::error::Code;
use podium::promotion::{HistoryFormat, MovePlan, MoveState, Outcome, PlanEnd, PlanState};

use super::common::fault::{FaultServer, Request};
use super::registry::{Fate, Registry, State, is_alias_write};

const START: [(&str, &str); 2] = [("champion", "31"), ("challenger", "33")];

struct Desk {
    registry: Arc<Registry>,
    app: App,
    profile: Profile,
    _server: FaultServer,
    _folder: tempfile::TempDir,
}

impl Desk {
    async fn new(fates: impl FnMut(&Request, &mut State) -> Fate + Send + 'static) -> Self {
        let (registry, server) = Registry::start(&START, fates);
        let (folder, mut app) = super::app().await;
        app.retry_pause = std::time::Duration::from_millis(1);
        let profile = app.save_profile(Profile::new("work", ProfileKind::Server, &server.url)).await.unwrap();
        super::connected(&app, &profile).await;
        Self { registry, app, profile, _server: server, _folder: folder }
    }

    async fn swap(&self) -> podium::error::Result<MovePlan> {
        self.app.start_move_plan(&self.profile.id, swap()).await
    }

    async fn end(&self, plan: &MovePlan, end: PlanEnd) -> podium::error::Result<MovePlan> {
        let look = self.app.look_at_move_plan(&self.profile.id, &plan.id).await.unwrap();
        assert!(!look.under_way && look.refusal.is_none());
        self.app.end_move_plan(&self.profile.id, &plan.id, end, &look.now, None).await
    }

    fn places(&self) -> (String, String) {
        (self.registry.on("champion").unwrap(), self.registry.on("challenger").unwrap())
    }

    async fn unfinished(&self) -> usize {
        self.app.unfinished_move_plans().await.unwrap().len()
    }
}

pub fn swap() -> MovePlanRequest {
    let moved = |alias: &str, from: &str, to: &str| WantedMove {
        alias: alias.into(),
        expected_version: Some(from.into()),
        version: to.into(),
        overridden: Vec::new(),
    };
    MovePlanRequest {
        model: "churn".into(),
        moves: vec![moved("champion", "31", "33"), moved("challenger", "33", "31")],
        reason: "better".into(),
        confirmation: None,
    }
}

fn states(plan: &MovePlan) -> Vec<MoveState> {
    plan.moves.iter().map(|each| each.state).collect()
}

fn obeyed(_: &Request, _: &mut State) -> Fate {
    Fate::Obeyed
}

/// Writes of the second alias fail.
fn second_fails(request: &Request, _: &mut State) -> Fate {
    let is_second = is_alias_write(request) && String::from_utf8_lossy(&request.body).contains("challenger");
    if is_second { Fate::Refused(503) } else { Fate::Obeyed }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_aliases_are_swapped_recorded_and_taken_back_as_one() {
    let desk = Desk::new(obeyed).await;
    let wanted = [("champion", "33"), ("challenger", "31")];
    let wanted = wanted.map(|(alias, version)| ModelAlias { alias: alias.into(), version: version.into() });
    let card = desk.app.prepare_move_plan(&desk.profile.id, "churn", &wanted).await.unwrap();
    let shown: Vec<_> = card.moves.iter().map(|each| (each.alias.as_str(), each.from_version.as_deref())).collect();
    assert_eq!(shown, [("champion", Some("31")), ("challenger", Some("33"))]);
    assert!(card.refusals.is_empty() && card.moves.iter().all(|each| each.refusals.is_empty()), "{card:?}");

    let plan = desk.swap().await.unwrap();
    assert_eq!((plan.state, states(&plan)), (PlanState::Finished, vec![MoveState::Done, MoveState::Done]));
    assert_eq!(desk.places(), ("33".into(), "31".into()));
    let journal = desk.app.settings.promotions(&desk.profile.id, "churn").await.unwrap();
    assert_eq!(journal.len(), 2);
    assert!(journal.iter().all(|entry| entry.plan_id.as_ref() == Some(&plan.id)), "{journal:?}");
    for (version, alias, previous) in [("33", "champion", "31"), ("31", "challenger", "33")] {
        let state = desk.registry.state();
        assert_eq!(state.tag(version, "podium.plan"), Some(plan.id.as_str()));
        assert_eq!(
            (state.tag(version, "podium.alias"), state.tag(version, "podium.previous_version")),
            (Some(alias), Some(previous))
        );
    }
    assert_eq!(desk.unfinished().await, 0);

    let back = desk.app.undo_promotion(&desk.profile.id, &journal[0].id, None).await.unwrap();
    assert!(back.undone_at_ms.is_some());
    assert_eq!(desk.places(), ("31".into(), "33".into()));
    let journal = desk.app.settings.promotions(&desk.profile.id, "churn").await.unwrap();
    assert!(journal.iter().all(|entry| entry.undone_at_ms.is_some()), "{journal:?}");
    assert!(desk.registry.state().tag("33", "podium.undone_at").is_some());
    let again = desk.app.undo_promotion(&desk.profile.id, &journal[0].id, None).await.unwrap_err();
    assert!(again.message.contains("rolled back already"), "{again:?}");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("history.csv");
    let choose = async |_| Ok(Some(file.clone()));
    desk.app.save_history(&desk.profile.id, "churn", None, HistoryFormat::Csv, choose).await.unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text.lines().filter(|line| line.contains(&plan.id)).count(), 2, "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_stops_halfway_is_kept_and_ends_both_ways() {
    for end in [PlanEnd::Finish, PlanEnd::RollBack] {
        let desk = Desk::new(second_fails).await;
        let plan = desk.swap().await.unwrap();
        assert_eq!((plan.state, states(&plan)), (PlanState::Unfinished, vec![MoveState::Done, MoveState::Waiting]));
        assert!(plan.moves[1].trouble.as_ref().unwrap().contains("503"), "{plan:?}");
        assert_eq!(desk.places(), ("33".into(), "33".into()));
        assert_eq!(desk.unfinished().await, 1);
        let undo = desk.app.undo_promotion(&desk.profile.id, plan.moves[0].promotion_id.as_ref().unwrap(), None).await;
        assert!(undo.unwrap_err().message.contains("unfinished"));
        // Still in trouble: the plan stays as it is.
        if end == PlanEnd::Finish {
            let tried = desk.end(&plan, end).await.unwrap();
            assert_eq!(states(&tried), [MoveState::Done, MoveState::Waiting]);
        }
        desk.registry.behave(obeyed);
        let ended = desk.end(&plan, end).await.unwrap();
        let expected = match end {
            PlanEnd::Finish => (PlanState::Finished, ("33".to_owned(), "31".to_owned())),
            PlanEnd::RollBack => (PlanState::RolledBack, ("31".to_owned(), "33".to_owned())),
        };
        assert_eq!((ended.state, desk.places()), expected);
        assert_eq!(desk.unfinished().await, 0);
        let twice = desk.app.end_move_plan(&desk.profile.id, &plan.id, end, &[None, None], None).await;
        assert!(twice.unwrap_err().message.contains("ended already"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_user_moved_meanwhile_is_said_and_left() {
    for end in [PlanEnd::Finish, PlanEnd::RollBack] {
        let desk = Desk::new(second_fails).await;
        let plan = desk.swap().await.unwrap();
        desk.registry.behave(obeyed);
        let seen = [Some("33".to_owned()), Some("33".to_owned())];
        desk.registry.state().aliases.insert("champion".into(), "40".into());
        let error = desk.app.end_move_plan(&desk.profile.id, &plan.id, end, &seen, None).await.unwrap_err();
        assert!(error.code == Code::AliasMoved && error.message.contains("version 40"), "{error:?}");
        assert_eq!(desk.places(), ("40".into(), "33".into()), "nothing was moved");
        let look = desk.app.look_at_move_plan(&desk.profile.id, &plan.id).await.unwrap();
        assert_eq!(states(&look.plan), [MoveState::Left, MoveState::Waiting]);
        assert_eq!(look.plan.changed().len(), 1);
        let ended = desk.end(&plan, end).await.unwrap();
        let expected = match end {
            PlanEnd::Finish => (PlanState::Finished, ("40".to_owned(), "31".to_owned())),
            PlanEnd::RollBack => (PlanState::RolledBack, ("40".to_owned(), "33".to_owned())),
        };
        assert_eq!((ended.state, desk.places()), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_user_between_two_moves_stops_the_plan() {
    // Once champion has moved, another user moves challenger.
    let desk = Desk::new(|request, state| {
        if is_alias_write(request) && String::from_utf8_lossy(&request.body).contains("champion") {
            state.aliases.insert("challenger".into(), "50".into());
        }
        Fate::Obeyed
    })
    .await;
    let plan = desk.swap().await.unwrap();
    assert_eq!((plan.state, states(&plan)), (PlanState::Unfinished, vec![MoveState::Done, MoveState::Left]));
    assert_eq!(desk.places(), ("33".into(), "50".into()));
    assert_eq!(desk.end(&plan, PlanEnd::RollBack).await.unwrap().state, PlanState::RolledBack);
    assert_eq!(desk.places(), ("31".into(), "50".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_of_a_plan_that_wrote_nothing() {
    let desk = Desk::new(|request, _| if is_alias_write(request) { Fate::Refused(403) } else { Fate::Obeyed }).await;
    assert_eq!(desk.swap().await.unwrap_err().code, Code::Forbidden);
    desk.registry.state().aliases.insert("challenger".into(), "40".into());
    let stale = desk.swap().await.unwrap_err();
    assert!(stale.code == Code::AliasMoved && stale.message.contains("challenger is on version 40"), "{stale:?}");
    let one = MovePlanRequest { moves: swap().moves[..1].to_vec(), ..swap() };
    assert_eq!(desk.app.start_move_plan(&desk.profile.id, one).await.unwrap_err().code, Code::Refused);
    assert_eq!((desk.unfinished().await, desk.registry.state().log.len()), (0, 0));
    assert_eq!(desk.app.settings.promotions(&desk.profile.id, "churn").await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_and_approval_of_every_alias_hold_for_the_plan() {
    let desk = Desk::new(obeyed).await;
    let rule = "tag.validation_status = 'approved'";
    desk.registry.state().model_tags.insert("podium.gates.challenger".into(), rule.into());
    let error = desk.swap().await.unwrap_err();
    assert!(error.code == Code::GateNotPassed && error.message.contains("challenger"), "{error:?}");
    let mut wanted = swap();
    wanted.moves[1].overridden = vec![rule.into()];
    desk.registry.state().model_tags.insert("podium.approval.champion".into(), "1".into());
    let error = desk.app.start_move_plan(&desk.profile.id, wanted.clone()).await.unwrap_err();
    assert!(error.code == Code::ApprovalMissing && error.message.contains("champion"), "{error:?}");
    assert_eq!((desk.unfinished().await, desk.registry.state().log.len()), (0, 0));
    desk.registry.state().model_tags.remove("podium.approval.champion");
    let plan = desk.app.start_move_plan(&desk.profile.id, wanted).await.unwrap();
    assert_eq!((plan.state, plan.moves[1].overridden.len()), (PlanState::Finished, 1));
    assert!(desk.registry.state().tag("31", "podium.overridden_gates").unwrap().starts_with(rule));
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_came_meanwhile_hold_for_what_is_left_and_never_for_the_way_back() {
    let desk = Desk::new(second_fails).await;
    let plan = desk.swap().await.unwrap();
    desk.registry.behave(obeyed);
    desk.registry.state().model_tags.insert("podium.gates.challenger".into(), "tag.reviewed = 'yes'".into());
    assert_eq!(desk.end(&plan, PlanEnd::Finish).await.unwrap_err().code, Code::GateNotPassed);
    assert_eq!(desk.places(), ("33".into(), "33".into()));
    assert_eq!(desk.end(&plan, PlanEnd::RollBack).await.unwrap().state, PlanState::RolledBack);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_answer_never_came_is_found_out_at_the_next_look() {
    // The first write is obeyed, and then nothing can be read for a while.
    let desk = Desk::new(|request, state| match state.log.is_empty() {
        true if is_alias_write(request) => Fate::ObeyedAnd(504),
        true => Fate::Obeyed,
        false => Fate::Refused(403),
    })
    .await;
    let plan = desk.swap().await.unwrap();
    assert_eq!((plan.state, states(&plan)), (PlanState::Unfinished, vec![MoveState::UnderWay, MoveState::Waiting]));
    let journal = desk.app.settings.promotions(&desk.profile.id, "churn").await.unwrap();
    assert!(matches!(journal.as_slice(), [one] if one.outcome == Outcome::Unknown), "{journal:?}");
    desk.registry.behave(obeyed);
    assert_eq!(desk.end(&plan, PlanEnd::Finish).await.unwrap().state, PlanState::Finished);
    assert_eq!(desk.places(), ("33".into(), "31".into()));
    let journal = desk.app.settings.promotions(&desk.profile.id, "churn").await.unwrap();
    assert!(journal.len() == 2 && journal.iter().all(|entry| entry.outcome == Outcome::Moved), "{journal:?}");
    assert_eq!(desk.registry.state().tag("33", "podium.plan"), Some(plan.id.as_str()), "its record was written late");
}
