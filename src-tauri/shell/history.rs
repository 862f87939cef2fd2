//! `podium history`: who moved the aliases of a model, and where one was at a time.

use serde::Serialize;

use super::arguments::{Common, History};
use super::server::Server;
use super::text::{self, Color, Row, Text, shown};
use super::{Exit, print, print_json};
use crate::app::ModelHistory;
use crate::error::{AppError, Code, Result};
use crate::promotion::{self, AliasHistory, AliasMove, HistoryFormat, Outcome, Place, Recorded, Span};

/// Where an alias was at the time that was asked for.
#[derive(Serialize)]
struct Answer<'a> {
    alias: &'a str,
    spans: Vec<Span>,
}

pub(super) async fn run(server: &Server, wanted: &History, common: &Common) -> Result<Exit> {
    let at = wanted.at.as_deref().map(time_of).transpose()?;
    server.progress(&format!("Reading the versions of {} …", shown(&wanted.model)));
    let mut history = server.app.read_history(&server.profile.id, &wanted.model).await?;
    history.aliases.retain(|each| wanted.alias.as_ref().is_none_or(|alias| each.alias == *alias));
    if let Some((start_ms, end_ms)) = at {
        return Ok(answer(&history.aliases, (start_ms, end_ms), common.json));
    }
    if wanted.csv {
        let file = promotion::history_file(&wanted.model, &history.aliases, HistoryFormat::Csv);
        print(&String::from_utf8_lossy(&file.map_err(AppError::internal)?));
    } else if common.json {
        print_json(&history);
    } else {
        print(&words(&wanted.model, &history));
    }
    Ok(Exit::Done)
}

/// A day from its beginning to its end here, or a moment.
fn time_of(text: &str) -> Result<(i64, i64)> {
    let zone = jiff::tz::TimeZone::system();
    let wrong = || {
        let message =
            format!("“{text}” is no time. A day is 2026-11-03, a time 2026-11-03T14:10 or 2026-11-03T14:10Z.");
        AppError::new(Code::BadTarget, message)
    };
    let moment = |ms: i64| Ok((ms, ms.saturating_add(1)));
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return moment(time.as_millisecond());
    }
    if text.contains(['T', 't', ' ']) {
        let time = text.parse::<jiff::civil::DateTime>().and_then(|time| time.to_zoned(zone)).map_err(|_| wrong())?;
        return moment(time.timestamp().as_millisecond());
    }
    let day = text.parse::<jiff::civil::Date>().map_err(|_| wrong())?;
    let begin = |day: jiff::civil::Date| day.to_zoned(zone.clone()).map(|time| time.timestamp().as_millisecond());
    let start_ms = begin(day).map_err(|_| wrong())?;
    let end_ms = day.tomorrow().and_then(begin).map_err(|_| wrong())?;
    Ok((start_ms, end_ms))
}

fn answer(aliases: &[AliasHistory], (start_ms, end_ms): (i64, i64), json: bool) -> Exit {
    let answers: Vec<Answer<'_>> = aliases
        .iter()
        .map(|each| Answer { alias: &each.alias, spans: promotion::held_between(&each.spans, start_ms, end_ms) })
        .collect();
    let is_known = |answer: &Answer<'_>| answer.spans.iter().all(|span| span.holder != Place::NotKnown);
    let exit = if !answers.is_empty() && answers.iter().all(is_known) { Exit::Done } else { Exit::NotKnown };
    if json {
        print_json(&answers);
        return exit;
    }
    let mut text = Text::new();
    if answers.is_empty() {
        text.line("No such alias is known.");
    }
    let mut rows = Vec::new();
    for answer in &answers {
        for span in &answer.spans {
            let from = span.start_ms.map_or(String::new(), text::time);
            let is_moment = end_ms - start_ms <= 1;
            let until = span
                .end_ms
                .filter(|_| !is_moment)
                .map_or(String::new(), |end_ms| format!("until {}", text::time(end_ms)));
            let holder = match (&span.holder, &span.why) {
                (Place::NotKnown, why) => format!("not known: {}", shown(why.as_deref().unwrap_or_default())),
                (holder, _) => text::place(holder),
            };
            let color = (span.holder == Place::NotKnown).then_some(Color::Warn);
            rows.push(Row { color, cells: vec![shown(answer.alias), from, until, holder] });
        }
    }
    text.table(&rows);
    print(&text.into_string());
    exit
}

fn words(model: &str, history: &ModelHistory) -> String {
    let mut text = Text::new();
    if history.aliases.is_empty() {
        text.line(&format!("Nothing is known of any alias of {}.", shown(model)));
    }
    for each in &history.aliases {
        text.line(&shown(&each.alias));
        let rows: Vec<Row> = each.moves.iter().map(row).collect();
        if rows.is_empty() {
            text.line("  No move was recorded or seen.");
        }
        text.table(&rows);
    }
    text.into_string()
}

fn row(each: &AliasMove) -> Row {
    let who = match (&each.by, each.recorded) {
        (Some(by), _) => shown(by),
        (None, Recorded::Nowhere) => "seen, recorded by nobody".to_owned(),
        (None, _) => "?".to_owned(),
    };
    let mut remarks = Vec::new();
    if !each.overridden.is_empty() {
        remarks.push(format!("overrode {}", each.overridden.join(", ")));
    }
    if !each.approved_by.is_empty() {
        remarks.push(format!("approved by {}", each.approved_by.join(", ")));
    }
    if let Some(undone_at_ms) = each.undone_at_ms {
        remarks.push(format!("undone {}", text::time(undone_at_ms)));
    }
    if each.outcome == Outcome::Unknown {
        remarks.push("outcome not known".to_owned());
    }
    remarks.extend(Some(each.reason.clone()).filter(|reason| !reason.is_empty()));
    let moved = format!("{} → {}", text::place(&each.from), text::place(&each.to));
    let color = match (each.recorded, each.outcome) {
        (Recorded::Nowhere, _) => Some(Color::Faint),
        (_, Outcome::Unknown) => Some(Color::Warn),
        _ => None,
    };
    Row { color, cells: vec![text::when(each.when), moved, who, shown(&remarks.join("; "))] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_an_end_and_a_time_is_a_moment() {
        let (start_ms, end_ms) = time_of("2026-11-03").unwrap();
        assert!((23..=25).contains(&((end_ms - start_ms) / 3_600_000)));
        assert_eq!(time_of("2026-11-03T14:10:00Z").unwrap(), (1_793_715_000_000, 1_793_715_000_001));
        assert_eq!(time_of("2026-11-03T16:10+02:00").unwrap().0, 1_793_715_000_000);
        let (here_ms, _) = time_of("2026-11-03 14:10").unwrap();
        assert!((start_ms..end_ms).contains(&here_ms));
        for text in ["yesterday", "2026-13-03", "2026-11-03T", "", "3"] {
            assert_eq!(time_of(text).unwrap_err().code, Code::BadTarget, "{text}");
        }
    }
}
