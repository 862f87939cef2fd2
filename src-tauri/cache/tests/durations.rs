//! How long runs took: the same wherever it is said.

use super::*;
use crate::cache::{Cell, ComparisonRow};
use crate::entities::{NoDuration, RunDuration};

const HOUR_MS: i64 = 3_600_000;

/// A run by its id, its status, when it starts and ends in epoch ms, and what is said of it.
type Case = (&'static str, RunStatus, Option<i64>, Option<i64>, RunDuration);

fn cases(now_ms: i64) -> Vec<Case> {
    use RunStatus::{Failed, Finished, Killed, Running, Scheduled};
    let unknown = |why| RunDuration::Unknown { why };
    let start_ms = now_ms - HOUR_MS;
    let running = RunDuration::Running { since_ms: start_ms };
    let ended = |duration_ms| RunDuration::Ended { duration_ms };
    vec![
        ("ended", Finished, Some(start_ms), Some(start_ms + 5_000), ended(5_000)),
        ("at-once", Failed, Some(start_ms), Some(start_ms), ended(0)),
        ("running", Running, Some(start_ms), None, running),
        ("resumed", Running, Some(start_ms), Some(start_ms + 5_000), running),
        ("ahead", Running, Some(now_ms + HOUR_MS), None, RunDuration::Running { since_ms: now_ms + HOUR_MS }),
        ("scheduled", Scheduled, Some(start_ms), None, unknown(NoDuration::NotStarted)),
        ("killed", Killed, Some(start_ms), None, unknown(NoDuration::NoEnd)),
        ("backwards", Finished, Some(start_ms), Some(start_ms - 1), unknown(NoDuration::EndsBeforeStart)),
        ("no-start", Finished, None, Some(start_ms), unknown(NoDuration::NoStart)),
        ("start-0", Finished, Some(0), Some(start_ms), unknown(NoDuration::NoStart)),
        ("nothing", Running, None, None, unknown(NoDuration::NoStart)),
    ]
}

#[tokio::test]
async fn rows_filters_sorts_and_comparisons_say_the_same() {
    let (_folder, cache, source) = cache().await;
    let now_ms =
        i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis()).unwrap();
    let cases = cases(now_ms);
    let runs = cases.iter().map(|(id, status, start_time_ms, end_time_ms, _)| {
        let mut run = run(id);
        run.info.status = *status;
        (run.info.start_time_ms, run.info.end_time_ms) = (*start_time_ms, *end_time_ms);
        run
    });
    cache.apply_runs(source, &runs.collect::<Vec<_>>(), 1).await.unwrap();

    let window = cache.search_runs(&view()).await.unwrap();
    for (id, .., expected) in &cases {
        let row = window.rows.iter().find(|row| row.run.run_id == *id).unwrap();
        assert_eq!(row.duration, *expected, "{id}");
    }

    // Nothing is known of a run that starts ahead of this machine's clock.
    let mut known: Vec<&str> = cases
        .iter()
        .filter(|(id, .., duration)| !matches!(duration, RunDuration::Unknown { .. }) && *id != "ahead")
        .map(|(id, ..)| *id)
        .collect();
    known.sort_unstable();
    let sorted_ids = |filter: &'static str| {
        let cache = &cache;
        async move {
            let mut ids = ids_of_filter(cache, source, filter).await;
            ids.sort_unstable();
            ids
        }
    };
    assert_eq!(sorted_ids("duration IS NOT NULL").await, known);
    assert_eq!(sorted_ids("attributes.duration >= 0").await, known);
    assert_eq!(sorted_ids("attributes.duration < 1h").await, ["at-once", "ended"]);
    assert_eq!(sorted_ids("attributes.duration >= 1h and duration < 2h").await, ["resumed", "running"]);
    assert_eq!(sorted_ids("duration IS NULL").await.len(), cases.len() - known.len());

    for descending in [false, true] {
        let mut ids = ids(&cache, source, &sorted(ColumnKind::Attribute, "duration", descending)).await;
        ids.truncate(known.len());
        let longest = if descending { &ids[..2] } else { &ids[2..] };
        assert!(longest.iter().all(|id| ["running", "resumed"].contains(&id.as_str())), "{ids:?}");
        ids.sort_unstable();
        assert_eq!(ids, known, "what is not known comes last");
    }

    let asked = refs(&cases.iter().map(|(id, ..)| *id).collect::<Vec<_>>());
    let comparison = cache.comparison(&asked).await.unwrap();
    let row: &ComparisonRow = comparison.attributes.iter().find(|row| row.key == "duration").unwrap();
    for ((id, .., duration), cell) in cases.iter().zip(&row.cells) {
        match (duration, cell) {
            (RunDuration::Ended { duration_ms }, Some(Cell::Number(ms))) => {
                assert_eq!(ms.0, *duration_ms as f64, "{id}")
            }
            (RunDuration::Running { .. }, Some(Cell::Number(ms))) => assert!(ms.0 >= HOUR_MS as f64, "{id}: {ms:?}"),
            (_, cell) => assert!(cell.is_none() && !known.contains(id), "{id}: {cell:?}"),
        }
    }
}
