//! Where an alias was at a time, and where that does not follow from what is known.

use serde::Serialize;
use specta::Type;

use super::super::record::Outcome;
use super::{AliasMove, Place};

/// From `start_ms` to before `end_ms`, in epoch milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Span {
    /// None: since ever.
    pub start_ms: Option<i64>,
    /// None: until now and on.
    pub end_ms: Option<i64>,
    pub holder: Place,
    /// Why the holder is not known, in a sentence.
    pub why: Option<String>,
}

/// A move or its undoing.
struct Event {
    first_ms: i64,
    last_ms: i64,
    from: Place,
    /// Where it may have put the alias.
    to: Vec<Place>,
}

/// The spans of an alias by its moves. `now` is where it is, and when that was read.
pub(super) fn spans(alias: &str, moves: &[AliasMove], now: Option<(i64, Place)>) -> Vec<Span> {
    let mut events: Vec<Event> = moves.iter().flat_map(events_of).collect();
    events.sort_by_key(|event| (event.last_ms, event.first_ms));
    let mut line = Line { spans: Vec::new(), reached_ms: None };
    let mut held: Option<Vec<Place>> = None;
    for Event { first_ms, last_ms, from, to } in events {
        let holder = match &held {
            None => Err(format!("No move of {alias} before this is known.")),
            Some(held) => agreed(alias, held, &from),
        };
        line.until(Some(first_ms), holder);
        let targets = to.iter().map(Place::to_string).collect::<Vec<_>>().join(" or ");
        line.until(Some(last_ms), Err(format!("{alias} went from {from} to {targets} at some time in between.")));
        held = Some(to);
    }
    match (now, held) {
        (Some((as_of_ms, place)), Some(held)) => line.until(Some(as_of_ms), agreed(alias, &held, &place)),
        (Some((as_of_ms, place)), None) => {
            let why = format!("No move of {alias} was recorded or seen; it was found on {place} after this.");
            line.until(Some(as_of_ms), Err(why));
        }
        (None, _) => {}
    }
    line.until(None, Err(format!("{alias} has not been read since.")));
    line.spans
}

/// The spans within a time, cut to it.
pub fn held_between(spans: &[Span], start_ms: i64, end_ms: i64) -> Vec<Span> {
    let within = spans.iter().filter_map(|span| {
        let start = span.start_ms.unwrap_or(i64::MIN).max(start_ms);
        let end = span.end_ms.unwrap_or(i64::MAX).min(end_ms);
        (start < end).then(|| Span { start_ms: Some(start), end_ms: Some(end), ..span.clone() })
    });
    within.collect()
}

struct Line {
    spans: Vec<Span>,
    /// The end of the last span.
    reached_ms: Option<i64>,
}

impl Line {
    /// Goes on to `end_ms`, if that is later.
    fn until(&mut self, end_ms: Option<i64>, holder: Result<Place, String>) {
        if let (Some(end_ms), Some(reached_ms)) = (end_ms, self.reached_ms)
            && end_ms <= reached_ms
        {
            return;
        }
        let (holder, why) = holder.map_or_else(|why| (Place::NotKnown, Some(why)), |holder| (holder, None));
        match self.spans.last_mut().filter(|last| last.holder == holder && last.why == why) {
            Some(last) => last.end_ms = end_ms,
            None => self.spans.push(Span { start_ms: self.reached_ms, end_ms, holder, why }),
        }
        self.reached_ms = end_ms;
    }
}

/// Where it was between a move that may have put it there and where it was found next.
fn agreed(alias: &str, held: &[Place], found: &Place) -> Result<Place, String> {
    match (held, found) {
        ([held], Place::NotKnown) if *held != Place::NotKnown => Ok(held.clone()),
        (_, Place::NotKnown) => Err(format!("What became of the move of {alias} before this is not known.")),
        (held, found) if held.contains(found) => Ok(found.clone()),
        (held, found) => {
            let left = held.iter().map(Place::to_string).collect::<Vec<_>>().join(" or ");
            Err(format!("{alias} was left on {left} and next found on {found}. Nobody recorded the move in between."))
        }
    }
}

fn events_of(each: &AliasMove) -> Vec<Event> {
    let Some((first_ms, last_ms)) = each.when.bounds() else { return Vec::new() };
    let to = match each.outcome {
        Outcome::Moved => vec![each.to.clone()],
        Outcome::Unknown => vec![each.to.clone(), each.from.clone()],
    };
    let made = Event { first_ms, last_ms, from: each.from.clone(), to };
    let undone = each.undone_at_ms.map(|ms| Event {
        first_ms: ms,
        last_ms: ms,
        from: each.to.clone(),
        to: vec![each.from.clone()],
    });
    std::iter::once(made).chain(undone).collect()
}
