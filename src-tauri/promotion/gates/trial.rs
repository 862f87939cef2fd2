//! Rules as they are typed, asked of all versions of a model before anybody saves them. Pure.

use serde::Serialize;
use specta::Type;

use super::super::side::Side;
use super::{Rule, VersionValues, ask_one};
use crate::query::{FilterError, Verdict};

/// How many versions are told of by name; the counts are of all.
const MOST_TOLD: usize = 200;

/// What rules would come to, if they were saved.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct GateTrial {
    /// In the order typed.
    pub rules: Vec<TriedRule>,
    /// The version that holds the alias, with which `champion` compares.
    pub holder: Option<String>,
    /// How many versions there are, and how many pass all rules.
    pub versions: u32,
    pub passed: u32,
    /// The newest versions, newest first.
    pub newest: Vec<TriedVersion>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TriedRule {
    pub text: String,
    /// Why it cannot be read, if so; places count UTF-16 units of `text`.
    pub error: Option<FilterError>,
    /// How many versions pass it, fail it, or leave it unknown.
    pub passed: u32,
    pub failed: u32,
    pub unknown: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TriedVersion {
    pub version: String,
    /// Of all rules together.
    pub verdict: Verdict,
    /// Of each rule, in their order.
    pub verdicts: Vec<Verdict>,
    /// What was compared, of each rule, in words for people.
    pub why: Vec<String>,
}

/// Asks `rules` of each version, newest first, beside the one that holds the alias.
pub fn try_rules(rules: &[Rule], holder: Option<&Side>, versions: &[Side]) -> GateTrial {
    let from = holder.map(VersionValues::from);
    let mut tried: Vec<TriedRule> = rules.iter().map(TriedRule::new).collect();
    let (mut passed, mut newest) = (0, Vec::new());
    for side in versions {
        let to = VersionValues::from(side);
        let gates: Vec<_> = rules.iter().map(|rule| ask_one(rule, from.as_ref(), &to)).collect();
        for (rule, gate) in tried.iter_mut().zip(&gates) {
            match gate.verdict {
                Verdict::Passed => rule.passed += 1,
                Verdict::Failed => rule.failed += 1,
                Verdict::Unknown => rule.unknown += 1,
            }
        }
        let verdict = Verdict::all(gates.iter().map(|gate| gate.verdict));
        passed += u32::from(verdict == Verdict::Passed);
        if newest.len() < MOST_TOLD {
            let (verdicts, why) = gates.into_iter().map(|gate| (gate.verdict, gate.why)).unzip();
            newest.push(TriedVersion { version: side.version.version.clone(), verdict, verdicts, why });
        }
    }
    GateTrial {
        rules: tried,
        holder: holder.map(|side| side.version.version.clone()),
        versions: u32::try_from(versions.len()).unwrap_or(u32::MAX),
        passed,
        newest,
    }
}

impl TriedRule {
    fn new(rule: &Rule) -> Self {
        let error = rule.meaning.as_ref().err().map(|error| {
            let (start, end) = (error.start.saturating_sub(rule.start), error.end.saturating_sub(rule.start));
            FilterError { start, end, ..error.clone() }
        });
        Self { text: rule.text.clone(), error, passed: 0, failed: 0, unknown: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::evidence::tests::metric;
    use super::super::super::side::tests::{run, side};
    use super::super::rules;
    use super::*;

    #[test]
    fn each_rule_is_counted_over_all_versions_and_what_cannot_be_read_says_where() {
        let of = |number: &str, acc: &[f64]| {
            let metrics: Vec<_> = acc.iter().map(|value| metric("acc", *value, 0)).collect();
            side(number, Some(run(number, &metrics, &[])), None)
        };
        let versions = [of("3", &[0.9]), of("2", &[0.5]), of("1", &[])];
        let trial = try_rules(&rules("acc >= 0.8\n\n  acc >= champion\nacc >= high"), Some(&versions[1]), &versions);
        let counts: Vec<_> = trial.rules.iter().map(|rule| (rule.passed, rule.failed, rule.unknown)).collect();
        assert_eq!(counts, [(1, 1, 1), (2, 0, 1), (0, 0, 3)]);
        let error = trial.rules[2].error.as_ref().unwrap();
        assert_eq!((error.start, error.end), (7, 11), "within the rule, not within all rules");
        assert_eq!((trial.holder.as_deref(), trial.versions, trial.passed), (Some("2"), 3, 0));
        let verdicts: Vec<_> = trial.newest.iter().map(|version| version.verdict).collect();
        assert_eq!(verdicts, [Verdict::Unknown, Verdict::Failed, Verdict::Unknown]);
        assert!(trial.newest[2].why[0].contains("no metric acc"));
        let read = try_rules(&rules("acc >= 0.8"), None, &versions);
        assert_eq!((read.passed, read.newest[0].verdict), (1, Verdict::Passed));
        assert_eq!(try_rules(&[], None, &versions).passed, 3, "no rule holds nothing back");
    }
}
