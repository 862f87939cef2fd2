//! `podium promote --old-to`: the alias moves, and the version before gets another one, as one plan.

use serde::Serialize;

use super::arguments::{Common, Promote};
use super::promote::{confirmed, refusals, words};
use super::server::Server;
use super::text::shown;
use super::{Exit, print, print_json, tell};
use crate::app::{MovePlanRequest, WantedMove};
use crate::entities::ModelAlias;
use crate::error::{AppError, Code, Result};
use crate::promotion::{MovePlan, PlanState, PromotionPlan};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    profile: &'a str,
    /// The card of each move, in the order in which they are made.
    moves: &'a [PromotionPlan],
    /// Absent where nothing was moved.
    plan: Option<&'a MovePlan>,
    /// Why nothing was moved.
    refusals: Vec<String>,
}

pub(super) async fn run(server: &Server, wanted: &Promote, old_to: &str, common: &Common) -> Result<Exit> {
    let (app, profile) = (&server.app, &server.profile);
    // A plan that stops halfway is finished or rolled back in the window, which knows its own profiles.
    if app.settings.profiles().await?.iter().all(|saved| saved.id != profile.id) {
        let message = "--old-to needs a profile of the window: --profile NAME. Nothing was changed.";
        return Err(AppError::new(Code::BadTarget, message));
    }
    let version = server.version(&wanted.model, &wanted.version).await?;
    let Some(old) = app.holder(&profile.id, &wanted.model, &wanted.alias).await? else {
        let message = format!("{} has no alias {}, so there is no version before.", wanted.model, wanted.alias);
        return Err(AppError::new(Code::NotFound, message));
    };
    server.progress("Reading the evidence for both moves …");
    let both = [(&*wanted.alias, version), (old_to, old)];
    let both = both.map(|(alias, version)| ModelAlias { alias: alias.to_owned(), version });
    let card = app.prepare_move_plan(&profile.id, &wanted.model, &both).await?;
    let report = |plan, refusals: &[String]| {
        if common.json {
            let (profile, refusals) = (profile.name.as_str(), refusals.to_vec());
            print_json(&Report { profile, moves: &card.moves, plan, refusals });
        }
    };
    for each in &card.moves {
        match common.json {
            true => tell(&words(each)),
            false => print(&words(each)),
        }
    }
    let is_rule = |rule: &String| card.moves.iter().any(|each| each.gates.iter().any(|gate| gate.rule == *rule));
    if let Some(other) = wanted.overridden.iter().find(|rule| !is_rule(rule)) {
        return Err(AppError::new(Code::NotFound, format!("There is no rule “{other}” for these aliases.")));
    }
    let of_each = card.moves.iter().flat_map(|each| refusals(each, &wanted.overridden));
    let refused: Vec<String> = card.refusals.iter().cloned().chain(of_each).collect();
    let Some(first) = card.moves.iter().find(|each| each.alias == wanted.alias).filter(|_| refused.is_empty()) else {
        report(None, &refused);
        tell(&format!("Nothing was changed. {}", refused.iter().map(|why| shown(why)).collect::<Vec<_>>().join(" ")));
        return Ok(Exit::Refused);
    };
    let confirmation = confirmed(profile.writes, first, wanted)?;
    let moves = card.moves.iter().map(|each| WantedMove {
        alias: each.alias.clone(),
        expected_version: each.from_version.clone(),
        version: each.to_version.clone(),
        overridden: wanted.overridden.clone(),
    });
    let request = MovePlanRequest {
        model: wanted.model.clone(),
        moves: moves.collect(),
        reason: wanted.reason.trim().to_owned(),
        confirmation: Some(confirmation),
    };
    server.progress(&format!("Moving {} and {} …", shown(&wanted.alias), shown(old_to)));
    let plan = app.start_move_plan(&profile.id, request).await?;
    report(Some(&plan), &[]);
    if plan.state == PlanState::Finished {
        if !common.json {
            let places =
                plan.moves.iter().map(|each| format!("{} is on v{} now.", shown(&each.alias), each.to_version));
            print(&format!("{}\n", places.collect::<Vec<_>>().join(" ")));
        }
        return Ok(Exit::Done);
    }
    let troubles =
        plan.moves.iter().filter_map(|each| each.trouble.as_deref().map(shown)).collect::<Vec<_>>().join(" ");
    tell(&format!(
        "It stopped halfway. {troubles} The window offers to finish it or to roll it back, on the page of {}.",
        shown(&plan.model)
    ));
    Ok(Exit::NotKnown)
}
