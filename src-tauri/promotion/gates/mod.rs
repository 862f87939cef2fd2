//! Rules that a version must pass before an alias of its model moves to it. Pure.
//!
//! The team keeps them on the server, in a tag of the registered model for each alias: one rule a line, in the language
//! of the filter field ([`crate::query::Filter::rule`]), such as `latency_ms <= champion * 1.1`. What is missing or NaN
//! leaves a gate unknown, and only a gate that passed is passed.
//!
//! Of a metric measured on several datasets every number must pass, each beside the champion's on the same dataset.
//! A version's tags are its own, those that MLflow writes (`mlflow.…`) also its run's. `dataset.digest = champion`
//! means the same datasets, all of them.

mod judge;
#[cfg(test)]
mod tests;
mod trial;
mod values;
mod words;

use serde::Serialize;
use specta::Type;

use super::alias::alias_tag;
use crate::entities::{MetricValue, RegisteredModel};
use crate::query::{Condition, Filter, FilterError, FilterErrorCode, Verdict};
pub use trial::{GateTrial, TriedRule, TriedVersion, try_rules};
pub use values::VersionValues;

pub(super) const TAG_PREFIX: &str = "podium.gates.";
const MAX_RULES: usize = 200;

/// A rule as the team wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Without white space around it.
    pub text: String,
    /// What it means, or why it cannot be read; places count UTF-16 units of all rules as typed.
    pub meaning: Result<Condition, FilterError>,
    /// Where it begins among all rules as typed, in UTF-16 units.
    pub start: u32,
}

/// A rule and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Gate {
    pub rule: String,
    pub verdict: Verdict,
    /// What the holder of the alias has, and what the version has; of a rule of several conditions those of the one
    /// that decided.
    pub from: Option<GateValue>,
    pub to: Option<GateValue>,
    /// In words for people.
    pub why: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum GateValue {
    Number { value: MetricValue },
    Text { text: String },
}

/// The tag of a registered model that has the rules for one alias.
pub fn gates_tag(alias: &str) -> String {
    format!("{TAG_PREFIX}{alias}")
}

/// The rules for `alias`.
pub fn rules_of(model: &RegisteredModel, alias: &str) -> Vec<Rule> {
    rules(alias_tag(&model.tags, TAG_PREFIX, alias).unwrap_or_default())
}

/// The rules of a text, one a line. One that cannot be read stays among them.
pub fn rules(text: &str) -> Vec<Rule> {
    let (mut all, mut before) = (Vec::new(), 0);
    for line in text.split('\n') {
        let rule = line.trim();
        let indent = line.len() - line.trim_start().len();
        let start = before + units(line.get(..indent).unwrap_or_default());
        let shifted = |error: FilterError| FilterError { start: error.start + start, end: error.end + start, ..error };
        if all.len() >= MAX_RULES && !rule.is_empty() {
            let message = format!("An alias may have {MAX_RULES} rules at most");
            let end = start + units(rule);
            let error = FilterError { code: FilterErrorCode::TooLong, message, start, end };
            all.push(Rule { text: rule.to_owned(), meaning: Err(error), start });
            return all;
        }
        match Filter::rule(rule) {
            // A line without a condition, such as an empty one.
            Ok(None) => {}
            Ok(Some(condition)) => all.push(Rule { text: rule.to_owned(), meaning: Ok(condition), start }),
            Err(error) => all.push(Rule { text: rule.to_owned(), meaning: Err(shifted(error)), start }),
        }
        before += units(line) + 1;
    }
    all
}

fn units(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

/// The tag's value for these rules: one a line, without empty ones.
pub fn written(rules: &[Rule]) -> String {
    rules.iter().map(|rule| rule.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// Asks the rules of `to`, beside the version that holds the alias: failed first, then unknown, then passed.
pub fn ask(rules: &[Rule], from: Option<&VersionValues>, to: &VersionValues) -> Vec<Gate> {
    let mut gates: Vec<Gate> = rules.iter().map(|rule| ask_one(rule, from, to)).collect();
    gates.sort_by_key(|gate| match gate.verdict {
        Verdict::Failed => 0,
        Verdict::Unknown => 1,
        Verdict::Passed => 2,
    });
    gates
}

fn ask_one(rule: &Rule, from: Option<&VersionValues>, to: &VersionValues) -> Gate {
    let condition = match &rule.meaning {
        Ok(condition) => condition,
        Err(error) => {
            let why = format!("The rule cannot be read. {error}");
            return Gate { rule: rule.text.clone(), verdict: Verdict::Unknown, from: None, to: None, why };
        }
    };
    let mut findings = Vec::new();
    let verdict = judge::judge(condition, from, to, &mut findings);
    let decided = findings.iter().position(|finding| finding.verdict == verdict).unwrap_or(0);
    let mut why: Vec<&str> = Vec::new();
    for finding in &findings {
        if !why.contains(&finding.why.as_str()) {
            why.push(&finding.why);
        }
    }
    let why = why.join("; ");
    let shown = findings.into_iter().nth(decided);
    let (from, to) = shown.map_or((None, None), |finding| (finding.from, finding.to));
    Gate { rule: rule.text.clone(), verdict, from, to, why }
}
