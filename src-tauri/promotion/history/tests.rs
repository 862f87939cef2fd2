use super::super::side::tests::version;
use super::*;
use crate::entities::Tag;

/// 2024-01-01 00:00 UTC, and minutes after it.
fn at(minutes: i64) -> i64 {
    1_704_067_200_000 + minutes * 60_000
}

fn journal(id: &str, from: Option<&str>, to: &str, at_ms: i64) -> Promotion {
    Promotion {
        id: id.into(),
        model: "iris".into(),
        alias: "champion".into(),
        from_version: from.map(str::to_owned),
        to_version: Some(to.into()),
        by: "ana".into(),
        at_ms,
        reason: "better".into(),
        overridden: Vec::new(),
        approved_by: Vec::new(),
        undone_at_ms: None,
        plan_id: None,
        outcome: Outcome::Moved,
        warnings: Vec::new(),
    }
}

fn tagged(number: &str, tags: &[(&str, &str)]) -> ModelVersion {
    ModelVersion {
        tags: tags.iter().map(|(key, value)| Tag::new(format!("podium.{key}"), *value)).collect(),
        ..version(number, "READY")
    }
}

fn promoted(number: &str, by: &str, at_ms: i64, previous: &str) -> ModelVersion {
    let at = at_ms.to_string();
    tagged(number, &[("alias", "champion"), ("promoted_by", by), ("promoted_at", &at), ("previous_version", previous)])
}

fn seen(from: Option<&str>, to: Option<&str>, after: i64, before: i64) -> AliasSighting {
    AliasSighting {
        model: "iris".into(),
        alias: "champion".into(),
        from_version: from.map(str::to_owned),
        to_version: to.map(str::to_owned),
        after_ms: at(after),
        before_ms: at(before),
    }
}

fn champion(
    versions: &[ModelVersion],
    journal: &[Promotion],
    sightings: &[AliasSighting],
    holder: Option<(&str, i64)>,
) -> AliasHistory {
    let aliases: Vec<ModelAlias> = holder
        .map(|(version, _)| ModelAlias { alias: "champion".into(), version: version.into() })
        .into_iter()
        .collect();
    let as_of_ms = holder.map(|(_, as_of_ms)| as_of_ms);
    let all = histories(HistorySources { versions, journal, sightings, aliases: &aliases, as_of_ms });
    let [one] = <[AliasHistory; 1]>::try_from(all).unwrap();
    one
}

/// A line for each move, newest first: minutes, from and to, who and where that stands.
fn lines(history: &AliasHistory) -> Vec<String> {
    let minutes = |ms: i64| (ms - at(0)) / 60_000;
    let when = |when: When| match when {
        When::At { ms } => minutes(ms).to_string(),
        When::Between { after_ms, before_ms } => format!("{}..{}", minutes(after_ms), minutes(before_ms)),
        When::NotKnown => "?".to_owned(),
    };
    let line = |each: &AliasMove| {
        let (from, to) = (short(&each.from), short(&each.to));
        format!("{} {from}>{to} {} {:?}", when(each.when), each.by.as_deref().unwrap_or("-"), each.recorded)
    };
    history.moves.iter().map(line).collect()
}

fn short(place: &Place) -> String {
    match place {
        Place::Version { version } => version.clone(),
        Place::NoVersion => "none".to_owned(),
        Place::NotKnown => "?".to_owned(),
    }
}

/// Where the alias was at a minute.
fn on(history: &AliasHistory, minute: i64) -> String {
    let span = held_between(&history.spans, at(minute), at(minute) + 1);
    assert_eq!(span.len(), 1, "{span:?}");
    assert_eq!(span[0].why.is_some(), span[0].holder == Place::NotKnown, "{span:?}");
    short(&span[0].holder)
}

#[test]
fn a_move_in_tags_and_journal_is_one_entry_and_those_of_others_stand_beside_it() {
    let versions = [promoted("2", "ana", at(10), "1"), promoted("3", "bo", at(20), "2")];
    let history = champion(&versions, &[journal("a", Some("1"), "2", at(10))], &[], Some(("3", at(30))));
    assert_eq!(lines(&history), ["20 2>3 bo Tags", "10 1>2 ana Both"]);
    assert_eq!(history.moves[1].promotion_id.as_deref(), Some("a"));
    assert_eq!([5, 10, 19, 20, 29, 30].map(|minute| on(&history, minute)), ["?", "2", "2", "3", "3", "?"]);
}

#[test]
fn what_was_seen_and_is_recorded_is_not_seen_twice() {
    let promotion = Promotion { undone_at_ms: Some(at(12)), ..journal("a", Some("1"), "2", at(10)) };
    let sightings = [
        seen(Some("1"), Some("2"), 9, 11),
        seen(Some("2"), Some("1"), 11, 13),
        // A colleague's clock is five minutes ahead.
        seen(Some("1"), Some("3"), 40, 41),
        // Nobody recorded this one.
        seen(Some("3"), Some("1"), 60, 61),
    ];
    let versions = [promoted("3", "bo", at(45), "1")];
    let history = champion(&versions, &[promotion], &sightings, Some(("1", at(70))));
    assert_eq!(lines(&history), ["60..61 3>1 - Nowhere", "45 1>3 bo Tags", "10 1>2 ana Journal"]);
    assert_eq!([10, 12, 50, 60, 61].map(|minute| on(&history, minute)), ["2", "1", "3", "?", "1"]);
}

#[test]
fn of_several_moves_between_two_looks_only_what_is_missing_is_said_to_be_unrecorded() {
    let journal = [journal("a", Some("1"), "2", at(10)), journal("b", Some("2"), "3", at(11))];
    let whole = champion(&[], &journal, &[seen(Some("1"), Some("3"), 9, 12)], None);
    assert_eq!(lines(&whole), ["11 2>3 ana Journal", "10 1>2 ana Journal"]);
    let after = champion(&[], &journal, &[seen(Some("1"), Some("4"), 9, 12)], None);
    assert_eq!(lines(&after)[0], "11..12 3>4 - Nowhere");
    let before = champion(&[], &journal, &[seen(Some("7"), Some("3"), 9, 12)], None);
    assert_eq!(lines(&before).last().unwrap(), "9..10 7>1 - Nowhere");
    assert_eq!(before.moves.len(), 3);
}

#[test]
fn one_record_explains_one_sighting_and_rather_the_one_that_it_falls_into() {
    let journal = [journal("a", Some("1"), "2", at(5))];
    let sightings =
        [seen(Some("1"), Some("2"), 0, 1), seen(Some("2"), Some("1"), 2, 3), seen(Some("1"), Some("2"), 4, 6)];
    let history = champion(&[], &journal, &sightings, None);
    assert_eq!(lines(&history), ["5 1>2 ana Journal", "2..3 2>1 - Nowhere", "0..1 1>2 - Nowhere"]);
}

#[test]
fn tags_that_make_no_sense_are_not_known_and_never_a_fault() {
    let garbage = ["", "yesterday", "-1", "1e12", "99999999999999999999", "0", "1704067200"];
    for when in garbage {
        let versions = [tagged("2", &[("alias", "champion"), ("promoted_at", when), ("previous_version", "two")])];
        let history = champion(&versions, &[], &[], Some(("2", at(9))));
        assert_eq!(lines(&history), ["? ?>2 - Tags"], "{when}");
        assert_eq!(on(&history, 3), "?");
    }
    let itself = [promoted("2", " ", at(1), "2")];
    assert_eq!(lines(&champion(&itself, &[], &[], None)), ["1 ?>2 - Tags"]);
    let first = [promoted("2", "ana", at(1), "")];
    assert_eq!(lines(&champion(&first, &[], &[], None)), ["1 none>2 ana Tags"]);
    // A time of an undoing that is older than the promotion is one of a promotion before it.
    let mut undone = promoted("2", "ana", at(5), "1");
    undone.tags.push(Tag::new("podium.undone_at", at(3).to_string()));
    assert_eq!(champion(&[undone.clone()], &[], &[], None).moves[0].undone_at_ms, None);
    undone.tags.last_mut().unwrap().value = at(7).to_string();
    let history = champion(&[undone], &[], &[], Some(("1", at(9))));
    assert_eq!([5, 6, 7, 8].map(|minute| on(&history, minute)), ["2", "2", "1", "1"]);
    // Tags of other tools, and tags without an alias, record nothing.
    let others = [tagged("2", &[("promoted_by", "ana"), ("promoted_at", "1704067200000")]), version("3", "READY")];
    assert!(
        histories(HistorySources { versions: &others, journal: &[], sightings: &[], aliases: &[], as_of_ms: None })
            .is_empty()
    );
}

#[test]
fn tags_without_a_time_are_the_journals_newest_of_that_version() {
    let versions = [tagged("2", &[("alias", "champion"), ("promoted_by", "ana")])];
    let journal = [journal("a", Some("1"), "2", at(10)), journal("b", Some("1"), "2", at(20))];
    assert_eq!(lines(&champion(&versions, &journal, &[], None)), ["20 1>2 ana Both", "10 1>2 ana Journal"]);
    let by_another = [tagged("2", &[("alias", "champion"), ("promoted_by", "bo")])];
    assert_eq!(lines(&champion(&by_another, &journal, &[], None))[2], "? ?>2 bo Tags");
}

#[test]
fn what_contradicts_itself_is_not_known() {
    // Left on 2, and next found on 5.
    let journal = [journal("a", Some("1"), "2", at(10)), journal("b", Some("5"), "6", at(20))];
    let history = champion(&[], &journal, &[], Some(("9", at(30))));
    assert_eq!([15, 25].map(|minute| on(&history, minute)), ["?", "?"]);
    let span = held_between(&history.spans, at(15), at(16)).remove(0);
    assert!(span.why.unwrap().contains("left on version 2 and next found on version 5"));
}

#[test]
fn a_move_without_an_answer_counts_as_what_was_found_next() {
    let lost = Promotion { outcome: Outcome::Unknown, ..journal("a", Some("1"), "2", at(10)) };
    let moved = champion(&[], std::slice::from_ref(&lost), &[], Some(("2", at(30))));
    assert_eq!([11, 29].map(|minute| on(&moved, minute)), ["2", "2"]);
    let stayed = champion(&[], std::slice::from_ref(&lost), &[], Some(("1", at(30))));
    assert_eq!(on(&stayed, 20), "1");
    assert_eq!(on(&champion(&[], &[lost], &[], None), 20), "?");
}

#[test]
fn the_parts_of_a_day_are_said() {
    let journal = [journal("a", Some("1"), "2", at(10)), journal("b", Some("2"), "3", at(20))];
    let history = champion(&[], &journal, &[], Some(("3", at(90))));
    let day: Vec<_> = held_between(&history.spans, at(15), at(60)).iter().map(|span| short(&span.holder)).collect();
    assert_eq!(day, ["2", "3"]);
    let gaps = history.spans.windows(2).all(|pair| pair[0].end_ms == pair[1].start_ms);
    assert!(gaps && history.spans[0].start_ms.is_none() && history.spans.last().unwrap().end_ms.is_none());
}

#[test]
fn an_alias_that_nobody_moved_says_what_is_known() {
    let history = champion(&[], &[], &[], Some(("3", at(30))));
    assert_eq!(history.moves, []);
    let spans = held_between(&history.spans, at(0), at(40));
    assert!(spans[0].why.as_ref().unwrap().contains("found on version 3"), "{spans:?}");
}

#[test]
fn a_file_has_every_move_and_no_formula() {
    let mut promotion = journal("a", None, "2", at(10));
    promotion.reason = "=HYPERLINK(\"http://evil\")\nsecond, line".into();
    promotion.by = "@ana".into();
    let history = champion(&[], &[promotion], &[seen(Some("2"), None, 20, 21)], None);
    let csv = history_file("iris", std::slice::from_ref(&history), HistoryFormat::Csv).unwrap();
    let mut read = csv::Reader::from_reader(csv.as_slice());
    let rows: Vec<Vec<String>> = read.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    assert_eq!(rows[0][..8], ["iris", "champion", "", "2024-01-01T00:20:00Z", "2024-01-01T00:21:00Z", "2", "none", ""]);
    assert_eq!(rows[1][2..8], ["2024-01-01T00:10:00Z", "", "", "none", "2", "'@ana"]);
    assert_eq!(rows[1][8], "'=HYPERLINK(\"http://evil\")\nsecond, line");
    let json = history_file("iris", &[history], HistoryFormat::Json).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json[1]["by"], "@ana");
    assert_eq!((&json[0]["recorded_in"], &json[0]["by"]), (&"nowhere: seen".into(), &serde_json::Value::Null));
}
