//! A history as a file: CSV for a spreadsheet, JSON for a program.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::super::record::Outcome;
use super::{AliasHistory, AliasMove, Place, Recorded, When};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum HistoryFormat {
    Csv,
    Json,
}

impl HistoryFormat {
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}

const COLUMNS: [&str; 16] = [
    "model",
    "alias",
    "at",
    "after",
    "before",
    "from_version",
    "to_version",
    "by",
    "reason",
    "overridden_gates",
    "approved_by",
    "undone_at",
    "outcome",
    "recorded_in",
    "plan",
    "warnings",
];

/// One record for each move, newest first, alias by alias. Times are RFC 3339 in UTC.
pub fn history_file(model: &str, histories: &[AliasHistory], format: HistoryFormat) -> Result<Vec<u8>, csv::Error> {
    let moves = histories.iter().flat_map(|history| &history.moves);
    match format {
        HistoryFormat::Csv => {
            let mut table = csv::Writer::from_writer(Vec::new());
            table.write_record(COLUMNS)?;
            for each in moves {
                table.write_record(record(model, each).map(|(_, cell)| plain(&cell.unwrap_or_default())))?;
            }
            table.into_inner().map_err(|error| error.into_error().into())
        }
        HistoryFormat::Json => {
            let object = |each| -> serde_json::Map<String, serde_json::Value> {
                record(model, each).into_iter().map(|(key, cell)| (key.to_owned(), cell.into())).collect()
            };
            let mut bytes =
                serde_json::to_vec_pretty(&moves.map(object).collect::<Vec<_>>()).map_err(std::io::Error::from)?;
            bytes.push(b'\n');
            Ok(bytes)
        }
    }
}

/// The cells of a move; absent where something is not known or does not apply. No version is the word `none`.
fn record(model: &str, each: &AliasMove) -> [(&'static str, Option<String>); 16] {
    let (at, after, before) = match each.when {
        When::At { ms } => (rfc_3339(ms), None, None),
        When::Between { after_ms, before_ms } => (None, rfc_3339(after_ms), rfc_3339(before_ms)),
        When::NotKnown => (None, None, None),
    };
    let place = |place: &Place| match place {
        Place::Version { version } => Some(version.clone()),
        Place::NoVersion => Some("none".to_owned()),
        Place::NotKnown => None,
    };
    let text = |text: String| Some(text).filter(|text| !text.is_empty());
    let outcome = match each.outcome {
        Outcome::Moved => "moved",
        Outcome::Unknown => "unknown",
    };
    let recorded = match each.recorded {
        Recorded::Tags => "tags",
        Recorded::Journal => "journal",
        Recorded::Both => "tags and journal",
        Recorded::Nowhere => "nowhere: seen",
    };
    let cells = [
        Some(model.to_owned()),
        Some(each.alias.clone()),
        at,
        after,
        before,
        place(&each.from),
        place(&each.to),
        each.by.clone(),
        text(each.reason.clone()),
        text(each.overridden.join("\n")),
        text(each.approved_by.join(", ")),
        each.undone_at_ms.and_then(rfc_3339),
        Some(outcome.to_owned()),
        Some(recorded.to_owned()),
        each.plan_id.clone(),
        text(each.warnings.join("\n")),
    ];
    let mut columns = COLUMNS.into_iter();
    cells.map(|cell| (columns.next().unwrap_or_default(), cell))
}

fn rfc_3339(ms: i64) -> Option<String> {
    jiff::Timestamp::from_millisecond(ms).ok().map(|time| time.to_string())
}

/// A spreadsheet takes a text that begins so for a formula, and anybody can write a tag: it gets an apostrophe in front,
/// which says that it is a text.
fn plain(cell: &str) -> String {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}
