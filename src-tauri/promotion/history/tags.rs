//! What the tags of a version say of its last promotion. Anybody can write tags: what makes no sense is not known.

use super::super::record::{self, Outcome};
use super::{AliasMove, Place, Recorded, When};
use crate::entities::{ModelVersion, tag_value};

/// The alias and the move that the tags of a version record, if they do.
pub(super) fn promotion_of(version: &ModelVersion) -> Option<(&str, AliasMove)> {
    let tag = |key| tag_value(&version.tags, key).map(str::trim);
    let said = |key| tag(key).filter(|text| !text.is_empty());
    let alias = said(record::ALIAS_TAG)?;
    let when = said(record::AT_TAG).and_then(time).map_or(When::NotKnown, |ms| When::At { ms });
    let from = match tag(record::PREVIOUS_TAG) {
        Some("") => Place::NoVersion,
        Some(number) if number != version.version && number.chars().all(|digit| digit.is_ascii_digit()) => {
            Some(number).into()
        }
        _ => Place::NotKnown,
    };
    let overridden = said(record::OVERRIDDEN_TAG).into_iter().flat_map(str::lines).map(str::to_owned);
    let approved_by = said(record::APPROVED_TAG).into_iter().flat_map(|text| text.split(", ")).map(str::to_owned);
    let made = AliasMove {
        alias: alias.to_owned(),
        when,
        from,
        to: Some(version.version.as_str()).into(),
        by: said(record::BY_TAG).map(str::to_owned),
        reason: said(record::REASON_TAG).unwrap_or_default().to_owned(),
        overridden: overridden.collect(),
        approved_by: approved_by.collect(),
        // An earlier one is left of a promotion before this.
        undone_at_ms: said(record::UNDONE_TAG).and_then(time).filter(|undone| when.is_before(*undone)),
        outcome: Outcome::Moved,
        warnings: Vec::new(),
        recorded: Recorded::Tags,
        promotion_id: None,
        plan_id: said(record::PLAN_TAG).map(str::to_owned),
    };
    Some((alias, made))
}

/// Epoch milliseconds of this century; anything else is a slip or a joke.
fn time(text: &str) -> Option<i64> {
    const FIRST_MS: i64 = 946_684_800_000;
    const LAST_MS: i64 = 4_102_444_800_000;
    text.parse().ok().filter(|ms| (FIRST_MS..LAST_MS).contains(ms))
}

/// Adds a move that tags record to those of the journal: where it is one of them, that one is recorded in both.
pub(super) fn add(moves: &mut Vec<AliasMove>, tagged: AliasMove) {
    let same_author = |each: &AliasMove| tagged.by.is_none() || each.by == tagged.by;
    let same = |each: &&mut AliasMove| {
        let same_time = match tagged.when {
            When::NotKnown => same_author(each),
            when => each.when == when,
        };
        each.recorded == Recorded::Journal && each.to == tagged.to && same_time
    };
    // The newest is the one whose tags were written last.
    match moves.iter_mut().filter(same).max_by_key(|each| each.when.bounds()) {
        Some(journaled) => {
            journaled.recorded = Recorded::Both;
            journaled.undone_at_ms = journaled.undone_at_ms.or(tagged.undone_at_ms);
        }
        None => moves.push(tagged),
    }
}
