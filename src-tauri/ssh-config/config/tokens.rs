//! What stands for something else in a value: `%h` and its like, `${ENV}`, and `~`.

use std::path::{Path, PathBuf};

use ring::digest;

/// No path, command or name grows longer than this by what is put into it.
const LONGEST_VALUE: usize = 16 * 1024;

/// This machine and its user, as tokens know them.
#[derive(Debug, Clone)]
pub(super) struct Local {
    pub home: PathBuf,
    /// `%u`.
    pub user: String,
    /// `%i`.
    pub uid: String,
    /// `%l`, with the domain where the system says it so.
    pub host: String,
}

impl Local {
    pub fn with_home(home: &Path) -> Self {
        let host = gethostname::gethostname().to_string_lossy().into_owned();
        Self { home: home.to_owned(), user: user_name(), uid: uid(), host }
    }
}

/// The values of the tokens. What is None is not known (yet) and not allowed.
#[derive(Debug, Clone, Default)]
pub(super) struct Tokens<'a> {
    pub local: Option<&'a Local>,
    /// `%h`, the real name.
    pub host: Option<&'a str>,
    /// `%n`, as it was asked for.
    pub asked: Option<&'a str>,
    /// `%p`.
    pub port: Option<u16>,
    /// `%r`.
    pub user: Option<&'a str>,
    /// `%k`.
    pub alias: Option<&'a str>,
    /// `%j`, the last hop before this one.
    pub jump: Option<&'a str>,
}

/// Why a value cannot be expanded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unexpanded {
    /// OpenSSH stops at these.
    Wrong(String),
    /// The environment has no such variable; more likely here than in a shell.
    NotSet(String),
}

impl Tokens<'_> {
    fn value(&self, token: char) -> Option<String> {
        let short = |host: &str| host.split('.').next().unwrap_or_default().to_owned();
        match token {
            '%' => Some("%".to_owned()),
            'h' => self.host.map(str::to_owned),
            'n' => self.asked.map(str::to_owned),
            'p' => self.port.map(|port| port.to_string()),
            'r' => self.user.map(str::to_owned),
            'k' => self.alias.map(str::to_owned),
            'j' => self.jump.map(str::to_owned),
            'd' => self.local.map(|local| local.home.display().to_string()),
            'u' => self.local.map(|local| local.user.clone()),
            'i' => self.local.map(|local| local.uid.clone()),
            'l' => self.local.map(|local| local.host.clone()),
            'L' => self.local.map(|local| short(&local.host)),
            'C' => self.connection(),
            _ => None,
        }
    }

    /// `%C`: SHA-1 over `%l%h%p%r%j`, as OpenSSH 9.8 and later make it.
    fn connection(&self) -> Option<String> {
        let port = self.port?.to_string();
        let parts = [self.local?.host.as_str(), self.host?, &port, self.user?, self.jump.unwrap_or_default()];
        let digest = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, parts.concat().as_bytes());
        Some(digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Tokens, and `${ENV}` where `environment` says so.
    pub fn expand(&self, text: &str, environment: bool) -> Result<String, Unexpanded> {
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        let mut missing = None;
        while let Some(at) = rest.find(['%', '$']) {
            let (before, from) = rest.split_at(at);
            result.push_str(before);
            if let Some(named) = from.strip_prefix("${").filter(|_| environment) {
                let (name, behind) = named
                    .split_once('}')
                    .filter(|(name, _)| !name.is_empty())
                    .ok_or_else(|| Unexpanded::Wrong(format!("`${{` in {text:?} has no name or no `}}`")))?;
                match variable(name) {
                    Some(value) => result.push_str(&value),
                    None => missing = missing.or(Some(name.to_owned())),
                }
                rest = behind;
            } else if let Some(behind) = from.strip_prefix('%') {
                let token = behind.chars().next().unwrap_or(' ');
                let value = self.value(token).ok_or_else(|| {
                    Unexpanded::Wrong(format!("%{} stands for nothing in {text:?}", token.escape_debug()))
                })?;
                result.push_str(&value);
                rest = &behind[token.len_utf8()..];
            } else {
                result.push('$');
                rest = &from[1..];
            }
            if result.len() > LONGEST_VALUE {
                return Err(Unexpanded::Wrong(format!("a value is longer than {LONGEST_VALUE} bytes")));
            }
        }
        result.push_str(rest);
        missing.map_or(Ok(result), |name| Err(Unexpanded::NotSet(name)))
    }
}

fn variable(name: &str) -> Option<String> {
    // `var_os` panics at no name, but a name with `=` or NUL is none.
    (!name.contains(['=', '\0'])).then(|| std::env::var(name).ok()).flatten()
}

/// `~` and `~/…`; `~name` by the list of users.
pub(super) fn tilde(text: &str, home: &Path) -> Option<String> {
    let Some(rest) = text.strip_prefix('~') else { return Some(text.to_owned()) };
    let is_separator = |c| c == '/' || (cfg!(windows) && c == '\\');
    let (name, below) = rest.find(is_separator).map_or((rest, ""), |at| rest.split_at(at));
    let home =
        if name.is_empty() { home.to_owned() } else { PathBuf::from(password_entry(|entry| entry[0] == name)?.home) };
    let home = home.display().to_string();
    let below = below.trim_start_matches(is_separator);
    Some(if home.ends_with(is_separator) { format!("{home}{below}") } else { format!("{home}/{below}") })
}

struct PasswordEntry {
    name: String,
    home: String,
}

/// A line of `/etc/passwd`: there is no other way to it without unsafe code. People from a directory service are not
/// in it.
fn password_entry(is: impl Fn(&[&str]) -> bool) -> Option<PasswordEntry> {
    let users = if cfg!(unix) { std::fs::read_to_string("/etc/passwd").ok()? } else { String::new() };
    users
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|entry| entry.len() >= 6 && is(entry))
        .map(|entry| PasswordEntry { name: entry[0].to_owned(), home: entry[5].to_owned() })
}

#[cfg(unix)]
fn uid() -> String {
    rustix::process::getuid().as_raw().to_string()
}

#[cfg(not(unix))]
fn uid() -> String {
    "0".to_owned()
}

fn user_name() -> String {
    let uid = uid();
    let listed = password_entry(|entry| entry[2] == uid).map(|entry| entry.name);
    let variables = if cfg!(windows) { ["USERNAME", "USER"] } else { ["LOGNAME", "USER"] };
    listed
        .or_else(|| variables.into_iter().find_map(|name| variable(name).filter(|name| !name.is_empty())))
        .unwrap_or_default()
}
