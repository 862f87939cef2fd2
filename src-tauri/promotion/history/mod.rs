//! Where an alias was and who moved it, from all that is known of that. Pure.
//!
//! The server keeps no history. What there is: the tags that a promotion leaves on its version ([`mod@tags`], the last one of
//! each version), the journal of this machine, and what a sync saw: an alias elsewhere than at the look before ([`seen`]).
//! One move that several of them know is one entry; one that nobody recorded has two times, between which it was.
//!
//! Times of records are those of the clocks of the machines that made them. From the moves follow the [`spans`] in which an
//! alias was on one version, where that is certain; [`mod@file`] is all of it as CSV and JSON.

mod file;
mod seen;
mod spans;
mod tags;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::Serialize;
use specta::Type;

use super::record::{Outcome, Promotion};
use crate::entities::{AliasSighting, ModelAlias, ModelVersion};

pub use file::{HistoryFormat, history_file};
pub use spans::{Span, held_between};

/// What a history is made from.
#[derive(Debug, Clone, Copy)]
pub struct HistorySources<'a> {
    /// All versions of the model, for their tags.
    pub versions: &'a [ModelVersion],
    /// The journal of this machine.
    pub journal: &'a [Promotion],
    pub sightings: &'a [AliasSighting],
    /// Where the aliases are now, and when that was read.
    pub aliases: &'a [ModelAlias],
    pub as_of_ms: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AliasHistory {
    pub alias: String,
    /// Newest first; those of which no time is known come last.
    pub moves: Vec<AliasMove>,
    /// Where it was when, oldest first and without gaps; the first has no start and the last no end.
    pub spans: Vec<Span>,
}

/// One move of an alias, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AliasMove {
    pub alias: String,
    pub when: When,
    pub from: Place,
    pub to: Place,
    /// Absent where nobody recorded the move, or the record does not say.
    pub by: Option<String>,
    pub reason: String,
    /// Rules that had not passed, each with what it compared.
    pub overridden: Vec<String>,
    /// Who approved it, where the model asked for that.
    pub approved_by: Vec<String>,
    pub undone_at_ms: Option<i64>,
    pub outcome: Outcome,
    pub warnings: Vec<String>,
    pub recorded: Recorded,
    /// Of the entry in the journal of this machine.
    pub promotion_id: Option<String>,
    /// Of the plan of several moves that it was one of.
    pub plan_id: Option<String>,
}

/// When a move was: epoch milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum When {
    At { ms: i64 },
    Between { after_ms: i64, before_ms: i64 },
    NotKnown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Place {
    Version { version: String },
    NoVersion,
    NotKnown,
}

/// Where a move stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Recorded {
    /// In the tags of the version, for everybody.
    Tags,
    /// In the journal of this machine only.
    Journal,
    Both,
    /// Nowhere: it was seen to have happened.
    Nowhere,
}

impl From<Option<&str>> for Place {
    fn from(version: Option<&str>) -> Self {
        version.map_or(Self::NoVersion, |version| Self::Version { version: version.to_owned() })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Version { version } => write!(formatter, "version {version}"),
            Self::NoVersion => formatter.write_str("no version"),
            Self::NotKnown => formatter.write_str("an unknown version"),
        }
    }
}

impl When {
    fn is_before(self, ms: i64) -> bool {
        self.bounds().is_none_or(|(first, _)| first <= ms)
    }

    /// The first and the last moment at which it may have been.
    fn bounds(self) -> Option<(i64, i64)> {
        match self {
            Self::At { ms } => Some((ms, ms)),
            Self::Between { after_ms, before_ms } => Some((after_ms, before_ms.max(after_ms))),
            Self::NotKnown => None,
        }
    }
}

/// What is known of one alias.
#[derive(Default)]
struct Known<'a> {
    moves: Vec<AliasMove>,
    sightings: Vec<&'a AliasSighting>,
    holder: Option<&'a str>,
}

/// The history of every alias that the model has or had, by name.
pub fn histories(of: HistorySources<'_>) -> Vec<AliasHistory> {
    let mut known: BTreeMap<&str, Known<'_>> = BTreeMap::new();
    for promotion in of.journal {
        known.entry(&promotion.alias).or_default().moves.push(journaled(promotion));
    }
    for version in of.versions {
        if let Some((alias, tagged)) = tags::promotion_of(version) {
            tags::add(&mut known.entry(alias).or_default().moves, tagged);
        }
    }
    for sighting in of.sightings {
        known.entry(&sighting.alias).or_default().sightings.push(sighting);
    }
    for held in of.aliases {
        known.entry(&held.alias).or_default().holder = Some(&held.version);
    }
    known.into_iter().map(|(alias, known)| history(alias, known, of.as_of_ms)).collect()
}

fn history(alias: &str, mut known: Known<'_>, as_of_ms: Option<i64>) -> AliasHistory {
    let unrecorded = seen::unrecorded(&known.moves, &known.sightings);
    known.moves.extend(unrecorded);
    // Newest first; of one moment in the order in which they were found.
    known.moves.sort_by_key(|each| std::cmp::Reverse(each.when.bounds().map(|(first, last)| (last, first))));
    let now = as_of_ms.map(|ms| (ms, Place::from(known.holder)));
    AliasHistory { alias: alias.to_owned(), spans: spans::spans(alias, &known.moves, now), moves: known.moves }
}

fn journaled(promotion: &Promotion) -> AliasMove {
    let overridden = promotion.overridden.iter().map(|gate| format!("{} ({})", gate.rule, gate.why));
    AliasMove {
        alias: promotion.alias.clone(),
        when: When::At { ms: promotion.at_ms },
        from: promotion.from_version.as_deref().into(),
        to: promotion.to_version.as_deref().into(),
        by: Some(promotion.by.clone()).filter(|by| !by.trim().is_empty()),
        reason: promotion.reason.clone(),
        overridden: overridden.collect(),
        approved_by: promotion.approved_by.clone(),
        undone_at_ms: promotion.undone_at_ms,
        outcome: promotion.outcome,
        warnings: promotion.warnings.clone(),
        recorded: Recorded::Journal,
        promotion_id: Some(promotion.id.clone()),
        plan_id: promotion.plan_id.clone(),
    }
}
