//! `Match`: its conditions against what is known of the hop so far.

use crate::config::pattern::{matches, matches_list};
use crate::config::words::Line;

/// What the conditions are held against.
pub(super) struct Facts<'a> {
    /// As it was asked for.
    pub asked: &'a str,
    /// With the HostName that is known so far.
    pub host: &'a str,
    pub user: &'a str,
    pub local_user: &'a str,
    pub tag: &'a str,
    /// `none`, `subsystem` or `shell`, as far as the files say; a tunnel runs no command.
    pub session: &'a str,
    pub final_pass: bool,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Matched {
    pub matched: bool,
    /// `final` was asked for, so the files are to be read twice.
    pub wants_final: bool,
    /// What only ssh itself can say. The block then does not match here.
    pub unknown: Option<String>,
    /// It may match more than some hosts by their names.
    pub for_all_hosts: bool,
}

/// Err in words where OpenSSH would stop.
pub(super) fn evaluate(line: &Line, facts: &Facts) -> Result<Matched, String> {
    let mut arguments = line.arguments.iter().flatten().map(String::as_str);
    let mut result = Matched { matched: true, for_all_hosts: true, ..Matched::default() };
    let mut conditions = 0;
    while let Some(condition) = arguments.next() {
        let (negated, name) = condition.strip_prefix('!').map_or((false, condition), |rest| (true, rest));
        let (name, joined) = name.split_once('=').map_or((name, None), |(name, value)| (name, Some(value)));
        let name = name.to_ascii_lowercase();
        if name == "all" {
            if conditions > 1 || arguments.next().is_some_and(|next| !next.is_empty()) {
                return Err("`all` stands beside other conditions of a Match".to_owned());
            }
            result.matched &= !negated;
            return Ok(result);
        }
        conditions += 1;
        let holds = if name == "final" || name == "canonical" {
            result.wants_final |= name == "final" && !negated;
            Some(facts.final_pass)
        } else {
            // Older versions of ssh take `host = a` and `host= a` too.
            let mut value = joined.or_else(|| arguments.next());
            let may_be_empty = matches!(name.as_str(), "tagged" | "command");
            if value == Some("=") || (value == Some("") && joined.is_some() && !may_be_empty) {
                value = arguments.next();
            }
            let value = value.filter(|value| may_be_empty || !value.is_empty());
            let value = value.ok_or_else(|| format!("the Match condition `{condition}` has no value"))?;
            match name.as_str() {
                "host" | "originalhost" => {
                    result.for_all_hosts = false;
                    let host = if name == "host" { facts.host } else { facts.asked };
                    Some(matches_list(&host.to_ascii_lowercase(), &value.to_ascii_lowercase()))
                }
                "user" => Some(matches_list(facts.user, value)),
                "localuser" => Some(matches_list(facts.local_user, value)),
                "tagged" => Some(if facts.tag.is_empty() { value.is_empty() } else { matches_list(facts.tag, value) }),
                "command" => Some(value.is_empty()),
                "sessiontype" => Some(value.split(',').any(|pattern| matches(facts.session, pattern))),
                _ => None,
            }
        };
        match holds {
            Some(holds) => result.matched &= holds != negated,
            // After a condition that does not hold, it does not matter any more.
            None if result.matched => {
                result.matched = false;
                result.unknown = Some(match name.as_str() {
                    "exec" => "`Match exec` runs a command of yours".to_owned(),
                    "localnetwork" => "`Match localnetwork` asks for the addresses of this machine".to_owned(),
                    "version" => "`Match version` asks for the version of ssh".to_owned(),
                    _ => format!("`Match {name}` is not known here"),
                });
            }
            None => {}
        }
    }
    if conditions == 0 {
        return Err("a Match has no condition".to_owned());
    }
    Ok(result)
}
