//! The two back ends of the filter language agree: SQL over the cache, and evaluation of one run.

use std::collections::HashMap;

use super::*;
use crate::entities::DatasetInput;
use crate::query::{Check, Condition, Filter, Kinds, Verdict, evaluate};

const FILTERS: usize = 600;
const RUNS: usize = 40;
const METRICS: [&str; 3] = ["acc", "val loss", "日本"];
const TEXT_KEYS: [&str; 3] = ["opt", "lr", "my key"];
const TEXTS: [&str; 16] =
    ["adam", "Adam", "", "100%", "100", "1e2", " 1 ", "inf", "-inf", "nan", "a_b", "axb", "it's", "[x]", "ä", "Ä"];
const NUMBERS: [&str; 12] =
    ["0", "1", "-1.5", "0.1", "1e2", "100", "inf", "-inf", "nan", "1e400", "1.7976931348623157e308", "-0"];
const VALUES: [f64; 10] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, 0.0, -0.0, 1.0, -1.5, 0.1, 100.0];
const COMPARISONS: [&str; 6] = ["=", "!=", "<", "<=", ">", ">="];

/// xorshift: the same numbers every time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 16) % limit as u64).unwrap()
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

fn any_run(random: &mut Random, number: usize) -> Run {
    let mut made = run(&format!("{number:02}ab")).started(random.one(&[0, 1_000, 2_000, 3_000]));
    made.info.run_name = random.one(&["resnet", "ResNet 50%", "ä", ""]).to_owned();
    made.info.user_id = random.one(&["ana", "Ana", "bo"]).to_owned();
    made = made.with_status(random.one(&[RunStatus::Finished, RunStatus::Failed, RunStatus::Running]));
    if made.info.end_time_ms.is_some() && random.below(3) == 0 {
        made.info.end_time_ms = random.one(&[None, Some(0), Some(1_500), Some(700_000)]);
    }
    for key in METRICS {
        if random.below(3) > 0 {
            made = made.metric(key, random.one(&VALUES));
        }
    }
    for key in TEXT_KEYS {
        if random.below(3) > 0 {
            made = made.param(key, random.one(&TEXTS));
        }
        if random.below(3) > 0 {
            made = made.tag(key, random.one(&TEXTS));
        }
    }
    if random.below(4) > 0 {
        let name = made.info.run_name.clone();
        made = made.tag("mlflow.runName", &name);
    }
    for _ in 0..random.below(3) {
        made.dataset_inputs.push(DatasetInput {
            name: random.one(&["train", "Train", "100%"]).to_owned(),
            digest: random.one(&["d1", "D1"]).to_owned(),
            source_type: String::new(),
            source: String::new(),
            schema: None,
            profile: None,
            context: random.one(&[None, Some("eval"), Some("a_b")]).map(str::to_owned),
        });
    }
    made
}

fn any_filter(random: &mut Random, depth: usize) -> String {
    if depth > 0 && random.below(2) == 0 {
        let parts: Vec<String> = (0..=random.below(3)).map(|_| any_filter(random, depth - 1)).collect();
        let joined = parts.join(random.one(&[" and ", " or ", " "]));
        return format!("{}({joined})", random.one(&["", "", "not "]));
    }
    let quoted = |text: &str| format!("\"{text}\"");
    let text_test = |random: &mut Random, texts: &[&str]| match random.below(8) {
        0..3 => format!("{} {}", random.one(&COMPARISONS), quoted(random.one(texts))),
        3 => {
            format!("{} ({}, {})", random.one(&["in", "not in"]), quoted(random.one(texts)), quoted(random.one(texts)))
        }
        4 => random.one(&["is null", "is not null"]).to_owned(),
        5 => format!("{} {}", random.one(&["like", "not like", "ilike"]), quoted(random.one(texts))),
        _ => {
            let pattern = random.one(&["a%", "%d%", "_dam", "%", "%_", "A__m", "[x]", "%0\\%", "ä", "%a%b%"]);
            format!("{} {}", random.one(&["like", "not like", "ilike", "not ilike"]), quoted(pattern))
        }
    };
    let number_test = |random: &mut Random, numbers: &[&str]| match random.below(5) {
        0 => format!("{} ({}, {})", random.one(&["in", "not in"]), random.one(numbers), random.one(numbers)),
        1 => random.one(&["is null", "is not null"]).to_owned(),
        _ => format!("{} {}", random.one(&COMPARISONS), random.one(numbers)),
    };
    match random.below(10) {
        0..3 => format!("metrics.`{}` {}", random.one(&METRICS), number_test(random, &NUMBERS)),
        3 => format!("acc {}", number_test(random, &NUMBERS)),
        4 | 5 => {
            let prefix = random.one(&["params", "tags"]);
            let test = if random.below(2) == 0 { number_test(random, &NUMBERS) } else { text_test(random, &TEXTS) };
            format!("{prefix}.`{}` {test}", random.one(&TEXT_KEYS))
        }
        6 => {
            let (key, texts): (_, &[&str]) = random.one(&[
                ("status", &["FINISHED", "failed", "Running"][..]),
                ("user", &["ana", "Ana"]),
                ("run_id", &["01ab", "07AB"]),
                ("run_name", &["resnet", "ResNet 50%", "ä"]),
                ("experiment_id", &["1", "2"]),
                ("artifact_uri", &["mlflow-artifacts:/1/01ab/artifacts"]),
            ]);
            if random.below(4) == 0 {
                format!("{key} = {}", texts[0])
            } else {
                format!("{key} {}", text_test(random, texts))
            }
        }
        7 => {
            let key = random.one(&["start_time", "end_time", "duration"]);
            let numbers: &[&str] =
                if key == "duration" { &["10m", "59s", "0", "1e3"] } else { &["1000", "1500.5", "'1970-01-02'"] };
            format!("{key} {}", number_test(random, numbers))
        }
        8 => format!(
            "dataset.{} {}",
            random.one(&["name", "digest", "context"]),
            text_test(random, &["train", "100%", "d1", "eval", "a_b"])
        ),
        _ => random.one(&["resnet", "RES", "'50%'", "0", "ä", "AB", "missing"]).to_owned(),
    }
}

#[tokio::test]
async fn the_cache_finds_the_runs_that_pass() {
    let (_folder, cache, source) = cache().await;
    let random = &mut Random(0x9e37_79b9_7f4a_7c15);
    let runs: Vec<Run> = (0..RUNS).map(|number| any_run(random, number)).collect();
    cache.apply_runs(source, &runs, 1).await.unwrap();
    let kinds_of = |name: &str| Kinds {
        is_metric: METRICS.contains(&name),
        is_param: TEXT_KEYS.contains(&name),
        is_tag: TEXT_KEYS.contains(&name) || name == "mlflow.runName",
    };
    let mut verdicts: HashMap<String, usize> = HashMap::new();
    for _ in 0..FILTERS {
        let text = any_filter(random, 2);
        let condition = Filter::parse(&text).unwrap().unwrap().condition(kinds_of).unwrap();
        let found = matching_ids(&cache, source, &RunsView { filter: text.clone(), ..view() }).await;
        // Here an unknown part can make the cache say yes.
        let has_complement = text.contains("not ") || text.contains("!=");
        for run in &runs {
            let verdict = evaluate(&condition, run);
            let is_found = found.contains(&run.info.run_id);
            match verdict {
                Verdict::Passed => assert!(is_found, "{text}\npasses {run:?}, which the cache does not find"),
                Verdict::Failed => assert!(!is_found, "{text}\nfails {run:?}, which the cache finds"),
                Verdict::Unknown => {
                    assert!(!is_found || has_complement, "{text}\nis unknown of {run:?}, which the cache finds");
                }
            }
            *verdicts.entry(format!("{verdict:?}")).or_default() += 1;
        }
    }
    println!("{verdicts:?}");
    assert!(verdicts.len() == 3 && verdicts.values().all(|count| *count > FILTERS), "{verdicts:?}");
}

#[tokio::test]
async fn dates_are_those_of_the_machines_time_zone() {
    let (_folder, cache, _) = cache().await;
    for date in ["2026-11-01", "2026-03-29 12:30", "2026-07-15T14:00", "1999-12-31 23:59:59", "1970-01-02"] {
        let by_sqlite: i64 = sqlx::query_scalar("SELECT 1000 * unixepoch(?, 'utc')")
            .bind(date)
            .fetch_one(&cache.reader())
            .await
            .unwrap();
        let filter = Filter::parse(&format!("start_time = '{date}'")).unwrap().unwrap();
        let condition = filter.condition(|_| Kinds::default()).unwrap();
        let Condition::Test { check: Check::Number(_, time_ms), .. } = condition else { panic!("{condition:?}") };
        assert_eq!(time_ms, by_sqlite as f64, "{date}");
    }
}
