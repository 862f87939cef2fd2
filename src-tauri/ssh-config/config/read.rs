//! One pass over the files for one host: what of them is meant for it.

use std::path::Path;
use std::rc::Rc;

use crate::Place;
use crate::config::check::checked;
use crate::config::files::Loader;
use crate::config::include::included;
use crate::config::keyword::{self, Kind};
use crate::config::matching::{self, Facts};
use crate::config::pattern::{matches_host, matches_list};
use crate::config::tokens::{Local, Tokens, Unexpanded};
use crate::config::values::{Value, Values};
use crate::config::words::Line;
use crate::config::{ConfigError, ConfigFiles, Source, address, forward, jump, port};

const DEEPEST_INCLUDE: usize = 16;
/// OpenSSH takes no more of them either.
const MOST_PATHS: usize = 100;
/// Those who fill a file with nonsense are not told about every line.
const MOST_PROBLEMS: usize = 200;

pub(super) struct Pass<'a> {
    pub files: &'a ConfigFiles,
    pub loader: &'a mut Loader,
    pub local: &'a Local,
    /// As it was asked for.
    pub asked: &'a str,
    /// The same in the first pass, the real name in the second.
    pub host: String,
    pub second: bool,
    pub values: Values,
    pub problems: Vec<(Place, String)>,
    pub wants_second: bool,
    /// Where and why only ssh itself can say.
    pub unknown: Vec<(Place, String)>,
}

/// How the lines of one file are read.
#[derive(Clone, Copy)]
struct Reading {
    of_user: bool,
    check: bool,
    /// Included where nothing applies: read for its mistakes only.
    never: bool,
    depth: usize,
}

/// The block that a line stands in.
#[derive(Clone, Copy)]
struct Block {
    applies: bool,
    for_all_hosts: bool,
}

impl Pass<'_> {
    pub fn read_all(&mut self) -> Result<(), ConfigError> {
        if let Some(user) = &self.files.user {
            let named = self.files.user_is_named;
            let reading = Reading { of_user: true, check: !named, never: false, depth: 0 };
            if !self.read_first(user, reading)? && named {
                let reason = "PODIUM_SSH_CONFIG names it, and it is not there".to_owned();
                return Err(ConfigError::Unreadable { file: user.clone(), reason });
            }
        }
        if let Some(system) = &self.files.system {
            self.read_first(system, Reading { of_user: false, check: false, never: false, depth: 0 })?;
        }
        Ok(())
    }

    /// OpenSSH goes on without the user's or the system's file where it may not read it.
    fn read_first(&mut self, file: &Path, reading: Reading) -> Result<bool, ConfigError> {
        match self.loader.load(file, reading.check) {
            Ok(Some(lines)) => {
                self.read_lines(file, &lines, reading, Block { applies: true, for_all_hosts: true })?;
                Ok(true)
            }
            Ok(None) => Ok(false),
            Err(ConfigError::Unreadable { reason, .. }) if !self.files.user_is_named => {
                self.tell(&Place::new(file, 1), format!("the file cannot be read: {reason}"));
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }

    fn read_lines(
        &mut self,
        file: &Path,
        lines: &Rc<Vec<Line>>,
        reading: Reading,
        mut block: Block,
    ) -> Result<(), ConfigError> {
        for line in lines.iter() {
            let place = Place::new(file, line.number);
            self.read_line(line, &place, reading, &mut block)?;
        }
        Ok(())
    }

    fn read_line(
        &mut self,
        line: &Line,
        place: &Place,
        reading: Reading,
        block: &mut Block,
    ) -> Result<(), ConfigError> {
        let syntax = |problem: String| ConfigError::Syntax { place: place.clone(), problem };
        let Some((name, kind)) = keyword::find(&line.keyword) else {
            self.tell_unknown(line, place);
            return Ok(());
        };
        if line.rest.is_empty() {
            return Err(syntax(format!("{} has no value", line.keyword)));
        }
        let Some(arguments) = &line.arguments else {
            return Err(syntax(format!("a quote is not closed behind {}", line.keyword)));
        };
        let value = |words: Vec<String>| Value {
            words,
            source: Source::File(place.clone()),
            of_user: reading.of_user,
            for_all_hosts: block.for_all_hosts,
        };
        let one = || match arguments.as_slice() {
            [] => Err(syntax(format!("{} has no value", line.keyword))),
            [only] if only.is_empty() => Err(syntax(format!("{} has an empty value", line.keyword))),
            [only] => Ok(only),
            [_, more, ..] => Err(syntax(format!("{:?} is too much behind {}", more, line.keyword))),
        };
        match kind {
            Kind::Host => {
                if arguments.iter().any(String::is_empty) {
                    return Err(syntax("a Host has an empty pattern".to_owned()));
                }
                let all = |pattern: &String| pattern.starts_with('!') || pattern.trim_matches(['*', '?']).is_empty();
                *block = Block {
                    applies: !reading.never && matches_host(&self.host, arguments),
                    for_all_hosts: arguments.iter().all(all),
                };
            }
            Kind::Match => {
                let host = self.host_so_far();
                let facts = Facts {
                    asked: self.asked,
                    host: &host,
                    user: self.values.text("user").unwrap_or(&self.local.user),
                    local_user: &self.local.user,
                    tag: self.values.text("tag").unwrap_or_default(),
                    session: match self.values.text("sessiontype") {
                        Some(kind) if kind.eq_ignore_ascii_case("subsystem") => "subsystem",
                        Some(kind) if kind.eq_ignore_ascii_case("none") => "none",
                        _ => "shell",
                    },
                    final_pass: self.second,
                };
                let matched = matching::evaluate(line, &facts).map_err(syntax)?;
                self.wants_second |= matched.wants_final;
                if let Some(unknown) = matched.unknown.filter(|_| !reading.never) {
                    self.leave_to_ssh(place, unknown);
                }
                *block = Block { applies: matched.matched && !reading.never, for_all_hosts: matched.for_all_hosts };
            }
            Kind::Include => {
                for pattern in arguments {
                    self.include(pattern, place, reading, *block)?;
                }
            }
            Kind::Ignored => {}
            Kind::ToldOfUser { words } => {
                if block.applies && reading.of_user && !self.values.has(name) {
                    self.values.set_if_unset(name, value(arguments.clone()));
                    self.tell(place, format!("{} is not supported: {words}", line.keyword));
                }
            }
            Kind::Told { words, harmless } => {
                let said = arguments.first().map_or("", String::as_str);
                if block.applies && !self.values.has(name) {
                    self.values.set_if_unset(name, value(arguments.clone()));
                    if !harmless.iter().any(|harmless| said.eq_ignore_ascii_case(harmless)) {
                        self.tell(place, format!("{} is not supported: {words}", line.keyword));
                    }
                }
            }
            Kind::Refuse => {
                let reason = one()?;
                if block.applies {
                    return Err(ConfigError::Refused { place: place.clone(), reason: reason.clone() });
                }
            }
            Kind::Text | Kind::Choice(_) | Kind::Port | Kind::Time | Kind::File | Kind::Agent => {
                let word = one()?;
                checked(kind, word).map_err(|problem| syntax(format!("{} {problem}", line.keyword)))?;
                let is_said = kind != Kind::Time || word != "none";
                if block.applies && is_said {
                    if kind == Kind::File {
                        self.values.add(name, value(vec![word.clone()]));
                        if self.values.all(name).len() > MOST_PATHS {
                            return Err(syntax(format!("more than {MOST_PATHS} {}", line.keyword)));
                        }
                    } else {
                        self.values.set_if_unset(name, value(vec![word.clone()]));
                    }
                }
            }
            Kind::List => {
                let none = arguments.iter().any(|word| word.eq_ignore_ascii_case("none"));
                if arguments.iter().any(String::is_empty) || (none && arguments.len() > 1) {
                    return Err(syntax(format!("{} has an empty value, or `none` beside others", line.keyword)));
                }
                if block.applies && !arguments.is_empty() {
                    self.values.set_if_unset(name, value(arguments.clone()));
                }
            }
            Kind::Command => {
                if block.applies {
                    self.values.set_if_unset(name, value(vec![line.command().to_owned()]));
                }
            }
            Kind::Jump => {
                let said = line.command();
                if said.eq_ignore_ascii_case("none") {
                    if block.applies {
                        self.values.set_if_unset(name, value(vec!["none".to_owned()]));
                    }
                } else if jump::parse(said).is_none() {
                    return Err(syntax(format!("{said:?} is no list of hosts to jump over")));
                } else if block.applies && !self.values.has(name) && !self.values.has("proxycommand") {
                    self.values.set_if_unset(name, value(vec![said.to_owned()]));
                    // A ProxyCommand that follows counts for nothing.
                    self.values.set_if_unset("proxycommand", value(vec!["none".to_owned()]));
                }
            }
            Kind::Forward => {
                if !matches!(arguments.as_slice(), [from, to] if forward::parse(from, to).is_some()) {
                    return Err(syntax(format!("{:?} is no port and what it is forwarded to", line.rest)));
                }
                if block.applies && self.values.all(name).len() < MOST_PATHS {
                    self.values.add(name, value(arguments.clone()));
                }
            }
        }
        Ok(())
    }

    fn include(&mut self, pattern: &str, place: &Place, reading: Reading, block: Block) -> Result<(), ConfigError> {
        let host = self.host_so_far();
        let tokens = Tokens {
            local: Some(self.local),
            host: Some(&host),
            asked: Some(self.asked),
            port: Some(self.values.text("port").and_then(port).unwrap_or(22)),
            user: Some(self.values.text("user").unwrap_or(&self.local.user)),
            alias: Some(self.values.text("hostkeyalias").unwrap_or(&host)),
            jump: Some(""),
        };
        let found = match included(self.files, pattern, reading.of_user, &tokens, &mut self.loader.names_left) {
            Ok(found) => found,
            Err(Unexpanded::Wrong(problem)) => return Err(ConfigError::Syntax { place: place.clone(), problem }),
            Err(Unexpanded::NotSet(variable)) => {
                self.tell(place, format!("nothing is included, as the environment has no {variable}"));
                return Ok(());
            }
        };
        if reading.depth >= DEEPEST_INCLUDE && !found.is_empty() {
            return Err(ConfigError::IncludeDepth { place: place.clone() });
        }
        for file in found {
            let inside =
                Reading { check: true, never: reading.never || !block.applies, depth: reading.depth + 1, ..reading };
            if let Some(lines) = self.loader.load(&file, true)? {
                self.read_lines(&file, &lines, inside, block)?;
            }
        }
        Ok(())
    }

    /// The name with the HostName that is known so far.
    fn host_so_far(&self) -> String {
        match self.values.text("hostname") {
            Some(_) if self.second => self.host.clone(),
            Some(name) => {
                let tokens = Tokens { host: Some(self.asked), ..Tokens::default() };
                let expanded = tokens.expand(name, false);
                expanded.ok().filter(|name| address::is_bounded(name)).unwrap_or_else(|| self.host.clone())
            }
            None => self.host.clone(),
        }
    }

    fn tell_unknown(&mut self, line: &Line, place: &Place) {
        let ignored = self.values.text("ignoreunknown").map(str::to_ascii_lowercase);
        if !ignored.is_some_and(|ignored| matches_list(&line.keyword, &ignored)) {
            self.tell(place, format!("{} is no keyword known here; the line is left out", shortened(&line.keyword)));
        }
    }

    pub fn leave_to_ssh(&mut self, place: &Place, why: String) {
        if self.unknown.len() < MOST_PROBLEMS && !self.unknown.iter().any(|(known, _)| known == place) {
            self.unknown.push((place.clone(), why));
        }
    }

    pub fn tell(&mut self, place: &Place, problem: String) {
        let told = (place.clone(), problem);
        if self.problems.len() < MOST_PROBLEMS && !self.problems.contains(&told) {
            self.problems.push(told);
        }
    }
}

fn shortened(text: &str) -> String {
    format!("{:?}", text.chars().take(40).collect::<String>())
}
