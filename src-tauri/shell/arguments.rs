//! The command line of the commands. Pure.

use std::collections::BTreeMap;
use std::ffi::OsString;

pub(super) const USAGE: &str = "\
Podium without a window, for terminals and CI

Usage:
  podium check   MODEL VERSION|@ALIAS [--alias NAME]
  podium promote MODEL VERSION|@ALIAS --alias NAME --reason TEXT [--old-to NAME] [--override RULE]... [--yes]
                 [--confirm MODEL]
  podium history MODEL [--alias NAME] [--at DATE] [--csv]

check    asks the rules (gates) for an alias of a version: champion, unless --alias says another
promote  moves an alias as the window does: the same evidence, rules, guard and record
history  who moved the aliases of a model, when and why

  --alias NAME      the alias that is meant
  --reason TEXT     why; it stays on the version, for the whole team
  --old-to NAME     the alias that the version before gets: challenger for a swap, or previous
  --override RULE   a rule, as written, that has not passed and shall not block; may be given several times
  --yes             the answer to the question before the move; without it, a terminal is asked
  --confirm MODEL   the model's name, where the profile wants it typed
  --at DATE         where the aliases were: a day (2026-11-03), or a time (2026-11-03T14:10, with or without an offset)
  --csv             the moves as CSV
  --profile NAME    a profile of the window; otherwise MLFLOW_TRACKING_URI and MLflow's other variables say which server
  --json            for programs
  -q, --quiet       no progress
  -h, --help

Exit codes:
  0  all gates passed; the alias was moved; the history is there
  1  a gate failed; the move was refused
  2  something is not known, the server cannot be asked, or the command line is wrong
";

#[derive(Debug, PartialEq)]
pub(super) enum Command {
    Help(&'static str),
    Run(Task, Common),
}

#[derive(Debug, PartialEq)]
pub(super) enum Task {
    Check(Check),
    Promote(Promote),
    History(History),
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct Common {
    pub profile: Option<String>,
    pub json: bool,
    pub quiet: bool,
}

#[derive(Debug, PartialEq)]
pub(super) struct Check {
    pub model: String,
    pub version: Which,
    pub alias: String,
}

#[derive(Debug, PartialEq)]
pub(super) struct Promote {
    pub model: String,
    pub version: Which,
    pub alias: String,
    /// The alias that the version before gets.
    pub old_to: Option<String>,
    pub reason: String,
    pub overridden: Vec<String>,
    pub yes: bool,
    pub confirm: Option<String>,
}

#[derive(Debug, PartialEq)]
pub(super) struct History {
    pub model: String,
    pub alias: Option<String>,
    pub at: Option<String>,
    pub csv: bool,
}

/// `3`, or `@challenger` for the version that holds it.
#[derive(Debug, PartialEq)]
pub(super) enum Which {
    Version(String),
    Alias(String),
}

#[derive(Debug, PartialEq)]
pub(super) struct Wrong {
    pub message: String,
    pub usage: &'static str,
}

const WITH_VALUE: &[&str] = &["alias", "old-to", "reason", "override", "confirm", "at", "profile"];
const COMMON: &[&str] = &["profile", "json", "quiet", "help"];

/// None where the first argument is none of the commands.
pub(super) fn parse(arguments: &[OsString]) -> Option<Result<Command, Wrong>> {
    let own: &[&str] = match arguments.first()?.to_str()? {
        "check" => &["alias"],
        "promote" => &["alias", "old-to", "reason", "override", "yes", "confirm"],
        "history" => &["alias", "at", "csv"],
        _ => return None,
    };
    Some(read(arguments, own).map_err(|message| Wrong { message, usage: USAGE }))
}

fn read(arguments: &[OsString], own: &[&str]) -> Result<Command, String> {
    let mut words = Vec::new();
    for argument in arguments {
        words.push(argument.to_str().ok_or_else(|| format!("{} is no UTF-8", argument.display()))?);
    }
    let mut given = Given::read(words.get(1..).unwrap_or_default(), own)?;
    if given.flag("help") {
        return Ok(Command::Help(USAGE));
    }
    let common = Common { profile: given.value("profile")?, json: given.flag("json"), quiet: given.flag("quiet") };
    let task = match words.first() {
        Some(&"check") => Task::Check(Check {
            model: given.place("MODEL")?,
            version: Which::of(given.place("VERSION or @ALIAS")?),
            alias: given.value("alias")?.unwrap_or_else(|| "champion".to_owned()),
        }),
        Some(&"promote") => Task::Promote(Promote {
            model: given.place("MODEL")?,
            version: Which::of(given.place("VERSION or @ALIAS")?),
            alias: given.value("alias")?.ok_or("--alias NAME says which alias is to be moved")?,
            old_to: given.value("old-to")?,
            reason: given
                .value("reason")?
                .filter(|reason| !reason.trim().is_empty())
                .ok_or("--reason TEXT says why; it stays on the version")?,
            overridden: given.values("override"),
            yes: given.flag("yes"),
            confirm: given.value("confirm")?,
        }),
        _ => {
            let (model, csv) = (given.place("MODEL")?, given.flag("csv"));
            let history = History { model, alias: given.value("alias")?, at: given.value("at")?, csv };
            if csv && (common.json || history.at.is_some()) {
                return Err("--csv goes with neither --json nor --at".to_owned());
            }
            Task::History(history)
        }
    };
    match given.places.first() {
        Some(more) => Err(format!("what is “{more}”?")),
        None => Ok(Command::Run(task, common)),
    }
}

impl Which {
    fn of(text: String) -> Self {
        match text.strip_prefix('@') {
            Some(alias) => Self::Alias(alias.to_owned()),
            None => Self::Version(text),
        }
    }
}

/// What was given, to be taken piece by piece.
#[derive(Default)]
struct Given {
    places: Vec<String>,
    flags: Vec<String>,
    values: BTreeMap<String, Vec<String>>,
}

impl Given {
    fn read(words: &[&str], own: &[&str]) -> Result<Self, String> {
        let mut given = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let option = match *word {
                "-h" => "help",
                "-q" => "quiet",
                "--" => {
                    given.places.extend(words.by_ref().map(|rest| (*rest).to_owned()));
                    break;
                }
                word => match word.strip_prefix("--") {
                    Some(option) => option,
                    None if word.starts_with('-') && word.len() > 1 => {
                        return Err(format!("there is no option {word}"));
                    }
                    None => {
                        given.places.push(word.to_owned());
                        continue;
                    }
                },
            };
            let (name, value) = option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value)));
            if !own.contains(&name) && !COMMON.contains(&name) {
                return Err(format!("there is no option --{name} here"));
            }
            if !WITH_VALUE.contains(&name) {
                if value.is_some() {
                    return Err(format!("--{name} takes no value"));
                }
                given.flags.push(name.to_owned());
                continue;
            }
            let value = match value {
                Some(value) => value,
                None => words.next().ok_or_else(|| format!("--{name} needs a value"))?,
            };
            given.values.entry(name.to_owned()).or_default().push(value.to_owned());
        }
        Ok(given)
    }

    fn place(&mut self, what: &str) -> Result<String, String> {
        if self.places.is_empty() { Err(format!("{what} is missing")) } else { Ok(self.places.remove(0)) }
    }

    fn flag(&self, name: &str) -> bool {
        self.flags.iter().any(|flag| flag == name)
    }

    fn values(&mut self, name: &str) -> Vec<String> {
        self.values.remove(name).unwrap_or_default()
    }

    fn value(&mut self, name: &str) -> Result<Option<String>, String> {
        let mut values = self.values(name);
        if values.len() > 1 {
            return Err(format!("--{name} is given more than once"));
        }
        Ok(values.pop())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &[&str]) -> Option<Result<Command, String>> {
        let words: Vec<OsString> = line.iter().map(OsString::from).collect();
        parse(&words).map(|read| read.map_err(|wrong| wrong.message))
    }

    fn wrong(line: &[&str]) -> String {
        parsed(line).unwrap().unwrap_err()
    }

    #[test]
    fn what_is_no_command_is_left_to_the_window() {
        for line in [&[][..], &["sample"], &["--help"], &["http://host", "check"], &["Check"]] {
            assert_eq!(parsed(line), None, "{line:?}");
        }
    }

    #[test]
    fn a_check_asks_for_champion_unless_another_alias_is_named() {
        let check = |line: &[&str]| match parsed(line) {
            Some(Ok(Command::Run(Task::Check(check), common))) => (check, common),
            other => panic!("{other:?}"),
        };
        let (first, common) = check(&["check", "churn", "3"]);
        assert_eq!(
            first,
            Check { model: "churn".into(), version: Which::Version("3".into()), alias: "champion".into() }
        );
        assert_eq!(common, Common::default());
        let (second, common) = check(&["check", "-q", "--alias=prod", "churn", "--json", "@next", "--profile", "a b"]);
        assert_eq!((second.version, second.alias.as_str()), (Which::Alias("next".into()), "prod"));
        assert_eq!(common, Common { profile: Some("a b".into()), json: true, quiet: true });
        // A model with a strange name.
        assert_eq!(check(&["check", "--", "--churn", "3"]).0.model, "--churn");
    }

    #[test]
    fn a_promotion_needs_an_alias_and_a_reason_and_takes_rules_as_they_are_written() {
        let line = ["promote", "churn", "3", "--alias", "champion", "--reason", "-5 % loss", "--override", "a = 1"];
        let more = ["--override=b = 'c=d'", "--yes", "--confirm", "churn"];
        let read = parsed(&[&line[..], &more[..]].concat());
        let Some(Ok(Command::Run(Task::Promote(promote), _))) = read else { panic!("{read:?}") };
        assert_eq!((promote.reason.as_str(), promote.yes), ("-5 % loss", true));
        assert_eq!(
            (promote.overridden, promote.confirm),
            (vec!["a = 1".into(), "b = 'c=d'".into()], Some("churn".into()))
        );
        assert_eq!(promote.old_to, None);
        let Some(Ok(Command::Run(Task::Promote(swap), _))) = parsed(&[&line[..], &["--old-to", "next"]].concat())
        else {
            panic!("{line:?}")
        };
        assert_eq!(swap.old_to.as_deref(), Some("next"));
        assert!(wrong(&["promote", "churn", "3", "--reason", "x"]).contains("--alias"));
        assert!(wrong(&["promote", "churn", "3", "--alias", "a", "--reason", " "]).contains("--reason"));
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for (line, word) in [
            (&["check"][..], "MODEL is missing"),
            (&["check", "churn"], "VERSION or @ALIAS is missing"),
            (&["check", "churn", "3", "4"], "what is “4”?"),
            (&["check", "churn", "3", "--reason", "x"], "no option --reason here"),
            (&["check", "churn", "3", "-v"], "no option -v"),
            (&["check", "churn", "3", "--alias"], "--alias needs a value"),
            (&["check", "churn", "3", "--alias", "a", "--alias", "b"], "more than once"),
            (&["check", "churn", "3", "--json=yes"], "takes no value"),
            (&["history", "churn", "--csv", "--json"], "--csv"),
        ] {
            assert!(wrong(line).contains(word), "{line:?}: {}", wrong(line));
        }
        assert_eq!(parsed(&["history", "--help"]), Some(Ok(Command::Help(USAGE))));
    }
}
