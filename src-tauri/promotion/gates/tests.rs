//! What rules say of versions, beside a small evaluator that calculates with whole numbers.

use super::super::evidence::tests::{logged, metric, param};
use super::super::side::Side;
use super::super::side::tests::{model, run, side};
use super::*;
use crate::entities::{DatasetInput, Metric, Tag};
use crate::query::Verdict::{Failed, Passed, Unknown};

fn tag(key: &str, value: &str) -> Tag {
    Tag { key: key.to_owned(), value: value.to_owned() }
}

fn dataset(digest: &str) -> DatasetInput {
    DatasetInput {
        name: "eval".to_owned(),
        digest: digest.to_owned(),
        source_type: String::new(),
        source: String::new(),
        schema: None,
        profile: None,
        context: None,
    }
}

fn of_run(number: &str, metrics: &[Metric], params: &[(&str, &str)], tags: &[Tag], digests: &[&str]) -> Side {
    let params: Vec<_> = params.iter().map(|(key, value)| param(key, value)).collect();
    let mut run = run(&format!("run{number}"), metrics, &params);
    run.dataset_inputs = digests.iter().map(|digest| dataset(digest)).collect();
    let mut side = side(number, Some(run), None);
    side.version.tags = tags.to_vec();
    side
}

fn champion() -> Side {
    let metrics = [
        metric("accuracy", 0.93, 0),
        metric("latency_ms", 7.1, 0),
        metric("nan", f64::NAN, 0),
        metric("now_nan", 1.0, 0),
        metric("most", f64::INFINITY, 0),
        metric("only_champion", 1.0, 0),
    ];
    of_run("31", &metrics, &[("lr", "0.1"), ("size", "1e3")], &[tag("validation_status", "approved")], &["d1", "d2"])
}

fn challenger() -> Side {
    let metrics = [
        metric("accuracy", 0.92, 0),
        metric("latency_ms", 7.81, 0),
        metric("nan", 1.0, 0),
        metric("now_nan", f64::NAN, 0),
        metric("most", f64::INFINITY, 0),
        metric("only_challenger", 1.0, 0),
        metric("f1 macro", 0.9, 0),
        metric("it's \"odd\" `名前`", 0.9, 0),
        metric("champion", 2.0, 0),
    ];
    let tags = [tag("validation_status", "pending"), tag("owner", "champion"), tag("broken", "nan")];
    of_run("33", &metrics, &[("lr", "0.10"), ("size", "999")], &tags, &["d2", "d1"])
}

fn gate(rule: &str, from: Option<&Side>, to: &Side) -> Gate {
    let rules = rules(rule);
    assert_eq!(rules.len(), 1, "{rules:?}");
    ask(&rules, from.map(VersionValues::from).as_ref(), &to.into()).remove(0)
}

#[test]
fn what_is_missing_or_nan_never_passes_and_the_rest_is_compared() {
    let (champion, challenger) = (champion(), challenger());
    let cases = [
        ("accuracy >= 0.90", Passed, "0.92 is at least 0.9"),
        ("accuracy > 0.92", Failed, "0.92 is not over 0.92"),
        ("accuracy >= champion", Failed, "0.92 is under 0.93, the number of v31"),
        ("accuracy >= champion - 0.01", Passed, "0.92 is at least 0.92, which is 0.93 - 0.01 of v31"),
        ("accuracy>=champion-0.01", Passed, "0.92 is at least 0.92"),
        ("latency_ms <= champion * 1.1", Passed, "7.81 is at most 7.81, which is 7.1 * 1.1 of v31"),
        ("latency_ms <= CHAMPION *1.09", Failed, "7.81 is over 7.739, which is 7.1 * 1.09 of v31"),
        ("latency_ms < champion / 0.5 AND accuracy > 0", Passed, "0.92 is over 0"),
        ("missing >= 0.90", Unknown, "v33 has no metric missing"),
        ("missing != 0.90", Unknown, "v33 has no metric missing"),
        ("NOT missing >= 0.90", Unknown, "v33 has no metric missing"),
        ("missing IS NULL", Passed, "v33 has no metric missing"),
        ("only_champion >= champion", Unknown, "v33 has no metric only_champion"),
        ("only_challenger >= champion", Unknown, "v31 has no metric only_challenger"),
        ("only_challenger != champion", Unknown, "v31 has no metric only_challenger"),
        ("nan = champion", Unknown, "v31 has NaN"),
        ("nan != champion", Unknown, "v31 has NaN"),
        ("now_nan <= champion", Unknown, "NaN compares with nothing"),
        ("NOT now_nan <= champion * 2", Unknown, "NaN compares with nothing"),
        ("now_nan < 1", Unknown, "NaN compares with nothing"),
        ("most >= champion * 2", Passed, "inf is at least"),
        ("tag.validation_status = 'approved'", Failed, "“pending” differs from “approved”"),
        ("tag.validation_status = champion", Failed, "“pending” differs from “approved”, which v31 has"),
        ("tag.validation_status = 'champion'", Failed, "“pending” differs from “champion”"),
        ("tag.owner = 'champion'", Passed, "“champion” equals “champion”"),
        ("tag.owner = champion", Unknown, "the tag owner is not set on v31"),
        ("tag.fairness_review = 'done'", Unknown, "the tag fairness_review is not set on v33"),
        ("tag.broken < 5", Unknown, "“nan” is no number"),
        ("param.lr = champion", Failed, "“0.10” differs from “0.1”"),
        ("param.lr <= champion", Passed, "“0.10” is at most 0.1"),
        ("param.size < champion", Passed, "“999” is under 1000"),
        ("param.size < champion * 0.5", Failed, "“999” is not under 500, which is 1000 * 0.5 of v31"),
        ("tag.validation_status > champion * 2", Unknown, "“approved”, which is no number"),
        ("dataset.digest = champion", Passed, "the same as of v31"),
        ("dataset.digest != champion", Failed, "the same as of v31"),
        ("dataset.digest = 'd2'", Passed, "one of 2 does"),
        ("dataset.context = champion", Unknown, "not known to have a dataset with a context"),
        ("accuracy > 0.99 OR tag.owner IN ('champion')", Passed, "0.92 is not over 0.99; “champion” is in the list"),
        ("status = finished", Passed, "“FINISHED” equals “FINISHED”"),
        ("champion > 1", Passed, "2 is over 1"),
    ];
    for (rule, verdict, why) in cases {
        let gate = gate(rule, Some(&champion), &challenger);
        assert_eq!(gate.verdict, verdict, "{rule}: {gate:?}");
        assert!(gate.why.contains(why), "{rule}: {}", gate.why);
    }
}

#[test]
fn a_gate_carries_what_both_have_and_those_that_did_not_pass_come_first() {
    let (champion, challenger) = (champion(), challenger());
    let rules = rules("accuracy >= 0.9\n\n  missing > 1\r\ntag.validation_status = 'approved'");
    let gates = ask(&rules, Some(&(&champion).into()), &(&challenger).into());
    let number = |value| Some(GateValue::Number { value: MetricValue(value) });
    let text = |text: &str| Some(GateValue::Text { text: text.to_owned() });
    let seen: Vec<_> = gates.iter().map(|gate| (gate.verdict, gate.from.clone(), gate.to.clone())).collect();
    let expected =
        [(Failed, text("approved"), text("pending")), (Unknown, None, None), (Passed, number(0.93), number(0.92))];
    assert_eq!(seen, expected);
    assert_eq!(gates[1].rule, "missing > 1");
}

#[test]
fn without_a_holder_only_what_compares_with_one_is_unknown() {
    let challenger = challenger();
    assert_eq!(gate("accuracy >= 0.9", None, &challenger).verdict, Passed);
    let unknown = gate("accuracy >= champion", None, &challenger);
    assert_eq!((unknown.verdict, unknown.from), (Unknown, None));
    assert!(unknown.why.contains("no version holds the alias"));
}

#[test]
fn names_may_be_hostile() {
    let (champion, challenger) = (champion(), challenger());
    for rule in ["`f1 macro` >= 0.85", "metrics.`f1 macro` > 0.85", "metrics.\"f1 macro\" > 0.85"] {
        assert_eq!(gate(rule, Some(&champion), &challenger).verdict, Passed, "{rule}");
    }
    let mut odd = challenger;
    let keys = ["名前 🦀", "a/b.c-d", "x AND y", "100%", "' OR '1'='1"];
    odd.version.tags = keys.iter().map(|key| tag(key, key)).collect();
    for key in keys {
        let rule = format!("tags.`{key}` = \"{key}\"");
        assert_eq!(gate(&rule, Some(&champion), &odd).verdict, Passed, "{rule}");
    }
    for noise in ["'", "(((", "🦀 >", "accuracy >= champion *", "\0", "champion", &"(".repeat(9_999)] {
        assert_eq!(gate(noise, Some(&champion), &odd).verdict, Unknown, "{noise}");
    }
}

#[test]
fn several_datasets_must_all_pass_each_beside_its_own() {
    let of = |number, a: f64, b: f64| {
        let metrics = [(metric("acc", a, 0), Some("a")), (metric("acc", b, 0), Some("b"))];
        side(number, None, Some(logged(number, &metrics, &[])))
    };
    let (from, to) = (of("1", 0.8, 0.9), of("2", 0.85, 0.89));
    assert_eq!(gate("acc > 0.7", Some(&from), &to).verdict, Passed);
    let failed = gate("acc >= champion", Some(&from), &to);
    assert_eq!((failed.verdict, failed.why.as_str()), (Failed, "0.89 is under 0.9, the number of v1, on b (1)"));
    assert_eq!(gate("dataset.name = champion", Some(&from), &to).verdict, Passed);
    let elsewhere = side("2", None, Some(logged("2", &[(metric("acc", 0.99, 0), Some("c"))], &[])));
    assert_eq!(gate("acc >= champion", Some(&from), &elsewhere).verdict, Unknown);
    assert_eq!(gate("dataset.name = champion", Some(&from), &elsewhere).verdict, Failed);
}

#[test]
fn a_number_that_may_be_another_models_is_unknown() {
    let shared = |number, model_id| {
        let mut side = side(number, Some(run("r", &[metric("acc", 0.9, 0)], &[])), Some(logged(model_id, &[], &[])));
        side.siblings.push(logged("m-other", &[], &[]));
        side
    };
    let gate_of_shared = gate("acc > 0.5", None, &shared("1", "m-1"));
    assert_eq!(gate_of_shared.verdict, Unknown);
    assert!(gate_of_shared.why.contains("another one’s"));
    let one_run = |number| side(number, Some(run("r", &[metric("acc", 0.9, 0)], &[])), None);
    assert_eq!(gate("acc >= champion", Some(&one_run("1")), &one_run("2")).verdict, Unknown);
    assert_eq!(gate("acc >= 0.9", Some(&one_run("1")), &one_run("2")).verdict, Passed);
}

#[test]
fn a_rule_that_cannot_be_read_says_where_and_what_was_expected() {
    let cases = [
        ("accuracy", 8, 8, "Expected an operator"),
        ("🦀 > 1\n  accuracy >= ", 20, 20, "champion * 1.1"),
        ("accuracy >= champion *", 22, 22, "Expected a number"),
        ("accuracy >= champion * x", 23, 24, "found x"),
        ("accuracy >= champion / 0", 23, 24, "found 0"),
        ("accuracy >= champion*NaN", 21, 24, "found NaN"),
        ("accuracy >= champion resnet", 27, 27, "Expected an operator"),
        ("accuracy >= high", 12, 16, "compared with a number"),
        ("tag.a IN (champion)", 10, 18, "champion stands alone"),
        ("dataset.digest > champion", 0, 14, "it has no order"),
        ("dataset.digest = champion * 2", 0, 14, "is a text"),
        ("status = champion + 1", 0, 6, "is a text"),
        ("dataset.size > 1", 0, 12, "name, digest and context"),
    ];
    for (text, start, end, words) in cases {
        let rules = rules(text);
        let error = rules.last().unwrap().meaning.as_ref().unwrap_err();
        assert!(error.message.contains(words), "{text}: {error}");
        assert_eq!((error.start, error.end), (start, end), "{text}: {error}");
    }
    let many = rules(&"a > 1\n".repeat(MAX_RULES + 5));
    assert_eq!((many.len(), many.last().unwrap().meaning.is_err()), (MAX_RULES + 1, true));
}

#[test]
fn the_rules_of_an_alias_are_those_of_its_name_in_any_case() {
    let mut model = model(&[("champion", "3")]);
    model.tags = vec![tag("podium.gates.Champion", "a > 1\nb > 1"), tag("podium.gates.staging", "c > 1")];
    assert_eq!(rules_of(&model, "champion").len(), 2);
    assert_eq!(rules_of(&model, "staging").len(), 1);
    assert_eq!(rules_of(&model, "other"), []);
    model.tags.push(tag(&gates_tag("champion"), ""));
    assert_eq!(rules_of(&model, "champion"), []);
}

/// Numbers in thousandths; none where it is missing, and the inner none where it is NaN.
type Thousandths = Option<Option<i128>>;

enum Tree {
    Fixed { key: usize, comparison: usize, wanted: i128 },
    Champion { key: usize, comparison: usize, change: Option<(char, i128)> },
    Tag { wanted: usize, equal: bool },
    All(Vec<Tree>),
    Any(Vec<Tree>),
    Not(Box<Tree>),
}

const KEYS: [&str; 3] = ["acc", "f1 macro", "損失"];
const COMPARISONS: [&str; 6] = ["=", "!=", "<", "<=", ">", ">="];
const TEXTS: [&str; 3] = ["yes", "it is", "champion"];
const NUMBERS: [i128; 8] = [-1_000, 0, 10, 500, 920, 930, 1_000, 1_100];

struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    fn number(&mut self) -> i128 {
        NUMBERS[self.below(NUMBERS.len())]
    }

    fn thousandths(&mut self) -> Thousandths {
        match self.below(6) {
            0 => None,
            1 => Some(None),
            _ => Some(Some(self.number())),
        }
    }

    fn tree(&mut self, depth: usize) -> Tree {
        let (key, comparison) = (self.below(KEYS.len()), self.below(COMPARISONS.len()));
        match self.below(if depth == 0 { 3 } else { 6 }) {
            0 => Tree::Fixed { key, comparison, wanted: self.number() },
            1 => {
                let sign = ['*', '/', '+', '-'][self.below(4)];
                let by = self.number();
                let change = (self.below(4) > 0 && (sign != '/' || by > 0)).then_some((sign, by));
                Tree::Champion { key, comparison, change }
            }
            2 => Tree::Tag { wanted: self.below(TEXTS.len()), equal: self.below(2) == 0 },
            3 => Tree::Not(Box::new(self.tree(depth - 1))),
            many => {
                let parts = (0..2 + self.below(2)).map(|_| self.tree(depth - 1)).collect();
                if many == 4 { Tree::All(parts) } else { Tree::Any(parts) }
            }
        }
    }

    fn written(&mut self, tree: &Tree) -> String {
        let key = |key: &usize| match KEYS[*key] {
            spaced if spaced.contains(' ') => format!("`{spaced}`"),
            plain => format!("metrics.{plain}"),
        };
        let mut joined = |parts: &[Tree], word: &str| {
            let parts: Vec<String> = parts.iter().map(|part| self.written(part)).collect();
            format!("({})", parts.join(word))
        };
        match tree {
            Tree::All(parts) => joined(parts, " AND "),
            Tree::Any(parts) => joined(parts, " or "),
            Tree::Not(inner) => format!("NOT ({})", self.written(inner)),
            Tree::Fixed { key: of, comparison, wanted } => {
                format!("{} {} {}", key(of), COMPARISONS[*comparison], *wanted as f64 / 1e3)
            }
            Tree::Champion { key: of, comparison, change } => {
                let change = change.map_or(String::new(), |(sign, by)| {
                    let space = |yes| if yes { " " } else { "" };
                    let (before, after) = (space(self.below(2) == 0), space(self.below(2) == 0));
                    format!("{before}{sign}{after}{}", by as f64 / 1e3)
                });
                format!("{}{}champion{change}", key(of), COMPARISONS[*comparison])
            }
            Tree::Tag { wanted, equal } => {
                format!("tag.`the tag` {} '{}'", if *equal { "=" } else { "<>" }, TEXTS[*wanted])
            }
        }
    }
}

/// None is unknown.
fn expected(tree: &Tree, was: &[Thousandths], is: &[Thousandths], text: Option<usize>) -> Option<bool> {
    let holds = |comparison: usize, is: i128, wanted: i128| {
        [is == wanted, is != wanted, is < wanted, is <= wanted, is > wanted, is >= wanted][comparison]
    };
    let each =
        |parts: &[Tree]| -> Vec<Option<bool>> { parts.iter().map(|part| expected(part, was, is, text)).collect() };
    match tree {
        Tree::Fixed { key, comparison, wanted } => Some(holds(*comparison, is[*key]??, *wanted)),
        Tree::Champion { key, comparison, change } => {
            let (is, was) = (is[*key]??, was[*key]??);
            Some(match change {
                None => holds(*comparison, is, was),
                Some(('+', by)) => holds(*comparison, is, was + by),
                Some(('-', by)) => holds(*comparison, is, was - by),
                Some(('*', by)) => holds(*comparison, is * 1_000, was * by),
                Some((_, by)) => holds(*comparison, is * by, was * 1_000),
            })
        }
        Tree::Tag { wanted, equal } => Some((text? == *wanted) == *equal),
        Tree::Not(inner) => expected(inner, was, is, text).map(|passed| !passed),
        Tree::All(parts) if each(parts).contains(&Some(false)) => Some(false),
        Tree::Any(parts) if each(parts).contains(&Some(true)) => Some(true),
        Tree::All(parts) | Tree::Any(parts) if each(parts).contains(&None) => None,
        Tree::All(_) => Some(true),
        Tree::Any(_) => Some(false),
    }
}

#[test]
fn ten_thousand_rules_come_to_what_whole_numbers_come_to() {
    let mut dice = Dice(11);
    let mut seen = [0; 3];
    for _ in 0..10_000 {
        let mut numbers = || (0..KEYS.len()).map(|_| dice.thousandths()).collect::<Vec<_>>();
        let (was, is) = (numbers(), numbers());
        let text = Some(dice.below(TEXTS.len() + 1)).filter(|at| *at < TEXTS.len());
        let side = |number: &str, numbers: &[Thousandths], text: Option<usize>| {
            let value = |number: Option<i128>| number.map_or(f64::NAN, |number| number as f64 / 1e3);
            let metrics = KEYS.iter().zip(numbers);
            let metrics: Vec<_> = metrics.filter_map(|(key, number)| Some(metric(key, value((*number)?), 0))).collect();
            let tags: Vec<_> = text.map(|at| tag("the tag", TEXTS[at])).into_iter().collect();
            of_run(number, &metrics, &[], &tags, &[])
        };
        let tree = dice.tree(3);
        let rule = dice.written(&tree);
        let gate = gate(&rule, Some(&side("1", &was, None)), &side("2", &is, text));
        let verdict = match expected(&tree, &was, &is, text) {
            Some(true) => Passed,
            Some(false) => Failed,
            None => Unknown,
        };
        assert_eq!(gate.verdict, verdict, "{rule}: {was:?} {is:?} {text:?} {gate:?}");
        seen[verdict as usize] += 1;
    }
    assert!(seen.iter().all(|times| *times > 1_000), "{seen:?}");
}
