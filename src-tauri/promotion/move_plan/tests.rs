use super::super::side::tests::model;
use super::*;

fn planned(alias: &str, from: Option<&str>, to: &str) -> PlannedMove {
    PlannedMove {
        alias: alias.into(),
        from_version: from.map(str::to_owned),
        to_version: to.into(),
        state: MoveState::Waiting,
        at_ms: 1,
        trouble: None,
        overridden: Vec::new(),
        approved_by: Vec::new(),
        promotion_id: None,
        tagged: false,
    }
}

fn plan(moves: Vec<PlannedMove>) -> MovePlan {
    MovePlan {
        id: "p".into(),
        model: "iris".into(),
        by: "ana".into(),
        at_ms: 1,
        reason: String::new(),
        moves: in_order(moves),
        state: PlanState::Unfinished,
    }
}

fn swap() -> MovePlan {
    plan(vec![planned("champion", Some("31"), "33"), planned("challenger", Some("33"), "31")])
}

fn names(plan: &MovePlan) -> Vec<&str> {
    plan.moves.iter().map(|each| each.alias.as_str()).collect()
}

fn states(plan: &MovePlan) -> Vec<MoveState> {
    plan.moves.iter().map(|each| each.state).collect()
}

/// The plan in these states, settled by where the two aliases are.
fn settled(states: [MoveState; 2], champion: &str, challenger: &str) -> MovePlan {
    let mut plan = swap();
    for (each, state) in plan.moves.iter_mut().zip(states) {
        each.state = state;
    }
    settle(&mut plan, &model(&[("champion", champion), ("challenger", challenger)]).aliases, 2);
    plan
}

#[test]
fn a_version_gets_its_next_alias_before_it_loses_the_one_it_has() {
    let moves = vec![planned("production", Some("5"), "7"), planned("previous", Some("3"), "5")];
    assert_eq!(names(&plan(moves)), ["previous", "production"]);
    let chain = vec![planned("a", Some("1"), "2"), planned("b", Some("9"), "1"), planned("c", None, "9")];
    assert_eq!(names(&plan(chain)), ["c", "b", "a"]);
    // In a circle, the one that was named first.
    assert_eq!(names(&swap()), ["champion", "challenger"]);
    let apart = vec![planned("a", Some("1"), "2"), planned("b", Some("3"), "4")];
    assert_eq!(names(&plan(apart)), ["a", "b"]);
}

#[test]
fn what_is_no_plan_is_said() {
    assert_eq!(plan_refusals(["champion", "challenger"]), Vec::<String>::new());
    assert!(plan_refusals(["champion"])[0].contains("two moves"));
    assert!(plan_refusals(["champion", "Champion"])[0].contains("twice"), "some servers take both for one");
}

#[test]
fn halfway_a_plan_goes_on_or_back() {
    use MoveState::{Done, Waiting};
    let half = settled([Done, Waiting], "33", "33");
    assert_eq!(states(&half), [Done, Waiting]);
    assert_eq!((next_move(&half, PlanEnd::Finish), next_move(&half, PlanEnd::RollBack)), (Some(1), Some(0)));
    assert!(half.has_begun() && half.changed().is_empty());
    let whole = settled([Done, Done], "33", "31");
    assert_eq!((next_move(&whole, PlanEnd::Finish), next_move(&whole, PlanEnd::RollBack)), (None, Some(1)));
    let none = settled([Waiting, Waiting], "31", "33");
    assert_eq!((next_move(&none, PlanEnd::Finish), next_move(&none, PlanEnd::RollBack)), (Some(0), None));
    assert!(!none.has_begun());
}

#[test]
fn what_became_of_a_lost_write_is_told_by_where_the_alias_is() {
    use MoveState::{Done, Left, RolledBack, RollingBack, UnderWay, Waiting};
    for (state, champion, is) in [
        (UnderWay, "33", Done),
        (UnderWay, "31", Waiting),
        (UnderWay, "40", Left),
        (RollingBack, "31", RolledBack),
        (RollingBack, "33", Done),
        (RollingBack, "40", Left),
    ] {
        assert_eq!(settled([state, Waiting], champion, "33").moves[0].state, is, "{state:?} on {champion}");
    }
}

#[test]
fn what_another_user_moved_is_left_both_ways_and_said() {
    use MoveState::{Done, Left, RolledBack, Waiting};
    for (state, champion) in [
        (Waiting, "40"),
        // By another user: rolling back must not take that away.
        (Waiting, "33"),
        (Done, "40"),
        // Taken back by another user: finishing must not move it again.
        (Done, "31"),
        (RolledBack, "33"),
    ] {
        let plan = settled([state, Waiting], champion, "33");
        assert_eq!(plan.moves[0].state, Left, "{state:?} on {champion}");
        assert_eq!((next_move(&plan, PlanEnd::Finish), next_move(&plan, PlanEnd::RollBack)), (Some(1), None));
        let [changed] = plan.changed().try_into().unwrap();
        assert!(changed.contains("champion") && changed.contains(&format!("on version {champion} now")), "{changed}");
    }
    let mut plan = settled([Done, Waiting], "40", "33");
    settle(&mut plan, &model(&[("champion", "33"), ("challenger", "33")]).aliases, 3);
    assert_eq!(plan.moves[0].state, Left, "it is the other user’s from then on");
}

#[test]
fn a_new_alias_goes_back_to_nowhere() {
    let mut plan = plan(vec![planned("previous", None, "5"), planned("production", Some("5"), "7")]);
    settle(&mut plan, &model(&[("production", "5")]).aliases, 2);
    assert_eq!(states(&plan), [MoveState::Waiting, MoveState::Waiting]);
    plan.moves[0].state = MoveState::UnderWay;
    settle(&mut plan, &model(&[("production", "5"), ("previous", "5")]).aliases, 2);
    assert_eq!(states(&plan), [MoveState::Done, MoveState::Waiting]);
}
