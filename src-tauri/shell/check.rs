//! `podium check`: the gates for an alias, asked of a version.

use serde::Serialize;

use super::arguments::{Check, Common};
use super::server::Server;
use super::text::{self, Color, Row, Text, shown};
use super::{Exit, print, print_json};
use crate::app::VersionCheck;
use crate::error::Result;
use crate::query::Verdict;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    profile: &'a str,
    verdict: Verdict,
    #[serde(flatten)]
    check: &'a VersionCheck,
}

pub(super) async fn run(server: &Server, wanted: &Check, common: &Common) -> Result<Exit> {
    let version = server.version(&wanted.model, &wanted.version).await?;
    server.progress(&format!("Asking the rules for {} of version {version} …", shown(&wanted.alias)));
    let check = server.app.check_version(&server.profile.id, &wanted.model, &wanted.alias, &version).await?;
    let verdict = verdict(&check);
    match common.json {
        true => print_json(&Report { profile: &server.profile.name, verdict, check: &check }),
        false => print(&words(&check)),
    }
    Ok(match verdict {
        Verdict::Passed => Exit::Done,
        Verdict::Failed => Exit::Refused,
        Verdict::Unknown => Exit::NotKnown,
    })
}

/// A version that could not be moved to at all has failed.
fn verdict(check: &VersionCheck) -> Verdict {
    let gates = check.gates.iter().map(|gate| gate.verdict);
    let refused = (!check.refusals.is_empty()).then_some(Verdict::Failed);
    Verdict::all(gates.chain(refused).collect::<Vec<_>>())
}

fn words(check: &VersionCheck) -> String {
    let VersionCheck { model, alias, from_version, version, gates, refusals, unread } = check;
    let mut text = Text::new();
    let holder = from_version.as_ref().map_or("on no version".to_owned(), |held| format!("on v{held}"));
    text.line(&format!("{} v{version} for {}, which is {holder} now", shown(model), shown(alias)));
    let is_another = from_version.as_deref().filter(|from| from != version);
    text.table(&text::gates(gates, is_another, version));
    if gates.is_empty() {
        text.line(&format!("There are no rules for {}.", shown(alias)));
    }
    let said = refusals.iter().map(|refusal| ("refused", Color::Bad, refusal));
    let said = said.chain(unread.iter().map(|unread| ("not read", Color::Warn, unread)));
    let rows: Vec<Row> = said
        .map(|(sign, color, words)| Row { color: Some(color), cells: vec![sign.to_owned(), shown(words)] })
        .collect();
    text.table(&rows);
    text.into_string()
}
