//! ssh_config as OpenSSH reads it: from an alias to what a session needs, with the place each value
//! came from.
//!
//! Checked field by field against `ssh -G` in tests/connect/ssh_config.rs. Where we differ, we mean to:
//! - A keyword or a Match condition that we do not know is told in `problems`, as it may be of a newer version;
//!   OpenSSH stops at it. So does it at a variable that is not set, which outside of a shell is no surprise.
//! - `Match exec`, `Match localnetwork` and CanonicalizeHostname are left to `ssh -G` ([`look_up`]); [`resolve`],
//!   which only shows, leaves them out.
//! - `~` and `%d` are the home that the caller says, not the one in /etc/passwd.
//! - A name that a shell could take for more than a name is refused for every hop, also for those of a ProxyJump.
//! - Of the default key files only those of today's kinds are looked for: no DSA, no XMSS.

mod address;
mod algorithms;
mod aliases;
mod check;
mod command_guard;
mod error;
mod files;
mod finish;
mod forward;
mod include;
mod jump;
mod keyword;
mod matching;
mod pattern;
mod read;
mod resolved;
mod shown;
mod ssh_g;
#[cfg(test)]
mod tests;
mod tokens;
mod values;
mod words;

use crate::Hop;

pub use aliases::{Alias, aliases};
pub use error::ConfigError;
pub use files::ConfigFiles;
pub use forward::{Forward, suggestions};
pub use resolved::{AddressFamily, Agent, Jump, Resolved, Source, Sourced, StrictHostKeyChecking};
pub use shown::{ShownLine, shown};
pub use ssh_g::{LookedUp, SshGQuery, SshGReply, look_up};

use files::Loader;
use finish::Unresolved;
use read::Pass;
use tokens::{Local, Tokens};
use values::{Value, Values};

/// What the files say about a hop, under what the hop itself says, as far as they alone can say it. Reads
/// files, so it blocks; a hop that does not `use_config` asks none.
pub fn resolve(files: &ConfigFiles, hop: &Hop) -> Result<Resolved, ConfigError> {
    collect_values(files, &mut Loader::new(), hop)?.finish()
}

fn collect_values(files: &ConfigFiles, loader: &mut Loader, hop: &Hop) -> Result<Unresolved, ConfigError> {
    let asked = hop.host.trim();
    if !address::is_host(asked) {
        return Err(ConfigError::BadName { what: "host name", name: shortened(asked) });
    }
    if let Some(user) = given(&hop.user).filter(|user| !address::is_user(user)) {
        return Err(ConfigError::BadName { what: "user name", name: shortened(user) });
    }
    let local = Local::with_home(&files.home);
    let values = given_by(hop);
    if !hop.use_config {
        let (asked, host) = (asked.to_owned(), address::canonical(asked));
        return Ok(Unresolved { local, asked, host, values, problems: Vec::new(), unknown: Vec::new() });
    }
    let mut pass = Pass {
        files,
        loader,
        local: &local,
        asked,
        host: asked.to_owned(),
        second: false,
        values,
        problems: Vec::new(),
        wants_second: false,
        unknown: Vec::new(),
    };
    pass.read_all()?;
    if let Some(name) = pass.values.first("hostname").cloned() {
        let tokens = Tokens { host: Some(asked), ..Tokens::default() };
        pass.host = match (tokens.expand(name.text(), false), &name.source) {
            (Ok(host), _) if address::is_bounded(&host) => host,
            (_, Source::File(place)) => {
                let problem = format!("HostName {:?} is no name", shortened(name.text()));
                return Err(ConfigError::Syntax { place: place.clone(), problem });
            }
            _ => return Err(ConfigError::BadName { what: "host name", name: shortened(name.text()) }),
        };
    }
    pass.host = address::canonical(&pass.host);
    let canonicalize = pass.values.first("canonicalizehostname").cloned();
    if let Some(Value { source: Source::File(place), .. }) =
        canonicalize.filter(|_| pass.values.flag("canonicalizehostname") == Some(true))
    {
        pass.leave_to_ssh(&place, "CanonicalizeHostname asks the DNS for the name".to_owned());
        pass.wants_second = true;
    }
    if pass.wants_second {
        let host = pass.host.clone();
        // A HostName that only the second reading would find comes too late.
        match pass.values.has("hostname") {
            true => pass.values.replace("hostname", host),
            false => pass.values.set_if_unset("hostname", Value::given(host)),
        }
        pass.second = true;
        pass.read_all()?;
    }
    let Pass { host, values, problems, unknown, .. } = pass;
    let asked = asked.to_owned();
    Ok(Unresolved { local, asked, host, values, problems, unknown })
}

/// What a command line would say: it comes before the files.
fn given_by(hop: &Hop) -> Values {
    let mut values = Values::default();
    let texts = [("user", &hop.user), ("identityagent", &hop.agent)];
    let paths = [("identityfile", &hop.identity_file), ("certificatefile", &hop.certificate_file)];
    for (keyword, text) in texts.into_iter().chain(paths) {
        if let Some(text) = given(text) {
            values.set_if_unset(keyword, Value::given(text));
        }
    }
    if let Some(port) = hop.port.filter(|&port| port > 0) {
        values.set_if_unset("port", Value::given(port.to_string()));
    }
    if let Some(only) = hop.identities_only {
        values.set_if_unset("identitiesonly", Value::given(if only { "yes" } else { "no" }));
    }
    values
}

/// A field that is not left empty.
fn given(field: &Option<String>) -> Option<&str> {
    field.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

fn shortened(name: &str) -> String {
    name.chars().take(80).collect()
}

/// A port by its number, or by one of the few names that stand for one in an ssh_config.
fn port(text: &str) -> Option<u16> {
    const NAMES: [(&str, u16); 4] = [("ssh", 22), ("http", 80), ("https", 443), ("http-alt", 8080)];
    text.parse().ok().or_else(|| NAMES.iter().find(|(name, _)| *name == text).map(|(_, port)| *port))
}

/// `90`, `90s`, `1h30m`, `1.5`: seconds, without their fractions.
fn seconds(text: &str) -> Option<u32> {
    let mut total: u64 = 0;
    let mut rest = text;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (number, behind) =
            rest.split_at(rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len()));
        let unit = behind.chars().next().unwrap_or('s').to_ascii_lowercase();
        let factor = match unit {
            's' => 1,
            'm' => 60,
            'h' => 60 * 60,
            'd' => 24 * 60 * 60,
            'w' => 7 * 24 * 60 * 60,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').map_or((number, None), |(whole, rest)| (whole, Some(rest)));
        if fraction.is_some_and(|fraction| factor > 1 || fraction.is_empty() || fraction.contains('.')) {
            return None;
        }
        let whole: u64 = if whole.is_empty() && fraction.is_some() { 0 } else { whole.parse().ok()? };
        total = total.checked_add(whole.checked_mul(factor)?).filter(|&total| total <= i32::MAX as u64)?;
        rest = behind.get(1..).unwrap_or_default();
    }
    u32::try_from(total).ok()
}
