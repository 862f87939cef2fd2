//! `podium promote`: the card of the window, in a terminal.

use std::io::{BufRead, IsTerminal, Write};

use serde::Serialize;

use super::arguments::{Common, Promote};
use super::server::Server;
use super::text::{self, Color, Row, Text, shown};
use super::{Exit, print, print_json, tell};
use crate::app::PromotionRequest;
use crate::connect::Writes;
use crate::direction::Better;
use crate::error::{AppError, Code, Result};
use crate::promotion::{Measured, MetricDelta, Promotion, PromotionPlan};
use crate::query::Verdict;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    profile: &'a str,
    plan: &'a PromotionPlan,
    /// Absent where nothing was moved.
    promotion: Option<&'a Promotion>,
    /// Why nothing was moved.
    refusals: Vec<String>,
}

pub(super) async fn run(server: &Server, wanted: &Promote, common: &Common) -> Result<Exit> {
    let version = server.version(&wanted.model, &wanted.version).await?;
    server.progress(&format!("Reading the evidence for version {version} …"));
    let (app, profile) = (&server.app, &server.profile);
    let plan = app.prepare_promotion(&profile.id, &wanted.model, &wanted.alias, &version).await?;
    let report = |promotion, refusals: &[String]| {
        if common.json {
            print_json(&Report { profile: &profile.name, plan: &plan, promotion, refusals: refusals.to_vec() });
        }
    };
    match common.json {
        true => tell(&words(&plan)),
        false => print(&words(&plan)),
    }
    if let Some(other) = wanted.overridden.iter().find(|rule| !plan.gates.iter().any(|gate| gate.rule == **rule)) {
        return Err(AppError::new(Code::NotFound, format!("There is no rule “{other}” for {}.", wanted.alias)));
    }
    let refusals = refusals(&plan, &wanted.overridden);
    if !refusals.is_empty() {
        report(None, &refusals);
        tell(&format!("Nothing was changed. {}", refusals.iter().map(|why| shown(why)).collect::<Vec<_>>().join(" ")));
        return Ok(Exit::Refused);
    }
    let confirmation = confirmed(profile.writes, &plan, wanted)?;
    let request = PromotionRequest {
        model: wanted.model.clone(),
        alias: wanted.alias.clone(),
        expected_version: plan.from_version.clone(),
        version,
        reason: wanted.reason.trim().to_owned(),
        overridden: wanted.overridden.clone(),
        confirmation: Some(confirmation),
    };
    server.progress(&format!("Moving {} …", shown(&wanted.alias)));
    let made = app.promote(&profile.id, request).await?;
    report(Some(&made), &[]);
    if !common.json {
        print(&format!("{} is on v{} now.\n", shown(&made.alias), made.to_version.as_deref().unwrap_or("?")));
    }
    for warning in &made.warnings {
        tell(&shown(warning));
    }
    Ok(Exit::Done)
}

/// Why it may not be moved; empty if it may.
pub(super) fn refusals(plan: &PromotionPlan, overridden: &[String]) -> Vec<String> {
    let open = plan.gates.iter().filter(|gate| gate.verdict != Verdict::Passed && !overridden.contains(&gate.rule));
    let open = open.map(|gate| format!("A gate has not passed: {} ({}).", gate.rule, gate.why));
    plan.refusals.iter().cloned().chain(open).collect()
}

/// The confirmation that the profile asks for, from the command line or the terminal.
pub(super) fn confirmed(writes: Writes, plan: &PromotionPlan, wanted: &Promote) -> Result<String> {
    if writes == Writes::Typed {
        if let Some(typed) = &wanted.confirm {
            return Ok(typed.clone());
        }
        let question = format!("This profile asks for the model’s name. Type {} to move {}: ", plan.model, plan.alias);
        return answer(&question).ok_or_else(|| {
            let message =
                format!("This profile asks for the model’s name: --confirm {}. Nothing was changed.", plan.model);
            AppError::new(Code::NeedsConfirmation, message)
        });
    }
    if wanted.yes || wanted.confirm.as_deref() == Some(plan.model.as_str()) {
        return Ok("yes".to_owned());
    }
    let question = format!("Move {} to v{}? [y/N] ", plan.alias, plan.to_version);
    match answer(&question) {
        Some(said) if ["y", "yes"].contains(&said.to_lowercase().as_str()) => Ok(said),
        Some(_) => Err(AppError::new(Code::NeedsConfirmation, "Nothing was changed.")),
        None => {
            Err(AppError::new(Code::NeedsConfirmation, "Nobody can be asked here: add --yes. Nothing was changed."))
        }
    }
}

/// What a person answers; none where none is there.
fn answer(question: &str) -> Option<String> {
    let (input, mut output) = (std::io::stdin(), std::io::stderr());
    if !input.is_terminal() || !output.is_terminal() {
        return None;
    }
    write!(output, "{}", untrusted_text::name(question, 500)).and_then(|()| output.flush()).ok()?;
    let mut line = String::new();
    input.lock().read_line(&mut line).ok().filter(|read| *read > 0)?;
    Some(line.trim().to_owned())
}

pub(super) fn words(plan: &PromotionPlan) -> String {
    let mut text = Text::new();
    let (alias, from, to) = (shown(&plan.alias), plan.from_version.as_deref(), &plan.to_version);
    let from_words = from.map_or("no version".to_owned(), |from| format!("v{from}"));
    text.line(&format!("{}: {alias} from {from_words} to v{to}", shown(&plan.model)));
    if !plan.metrics.is_empty() {
        text.line("Metrics");
        let rows: Vec<Row> = plan.metrics.iter().map(|delta| metric(delta, from, to)).collect();
        text.table(&rows);
    }
    if !plan.params.is_empty() {
        text.line("Params that differ");
        let said = |value: &Option<String>| value.as_ref().map_or("not logged".to_owned(), |value| shown(value));
        let row = |cells: Vec<String>| Row { color: None, cells };
        let rows: Vec<Row> = plan
            .params
            .iter()
            .map(|param| row(vec![shown(&param.key), said(&param.from), "→".to_owned(), said(&param.to)]))
            .collect();
        text.table(&rows);
    }
    for note in [&plan.metrics_note, &plan.params_note].into_iter().flatten().chain(&plan.unread) {
        text.line(&shown(note));
    }
    text.line(if plan.gates.is_empty() { "There are no rules." } else { "Gates" });
    text.table(&text::gates(&plan.gates, from, to));
    text.into_string()
}

fn metric(delta: &MetricDelta, from: Option<&str>, to: &str) -> Row {
    let MetricDelta { name, from: was, to: is, direction, decides, same_run, .. } = delta;
    let dataset = name.dataset.as_ref().map_or(String::new(), |dataset| format!(" on {}", shown(&dataset.name)));
    let value = |measured: &Option<Measured>| {
        measured.as_ref().map_or("missing".to_owned(), |measured| text::number(measured.value))
    };
    let mut cells = vec![format!("{}{dataset}", shown(&name.key))];
    cells.extend(from.map(|from| format!("v{from} {}", value(was))));
    cells.push(format!("v{to} {}", value(is)));
    let change = match (was, is) {
        (Some(was), Some(is)) => is.value.0 - was.value.0,
        _ => f64::NAN,
    };
    let (word, color) = match direction.better {
        _ if *same_run => ("the number of their one run", None),
        Some(better) if *decides && !change.is_nan() && change != 0.0 => {
            match (change > 0.0) == (better == Better::Higher) {
                true => ("better", Some(Color::Good)),
                false => ("worse", Some(Color::Bad)),
            }
        }
        _ => ("", None),
    };
    cells.push(word.to_owned());
    Row { color, cells }
}
