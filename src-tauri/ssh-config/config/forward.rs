//! `LocalForward`: the tunnels that people have now, offered as profiles.

use std::path::Path;

use crate::Hop;
use crate::config::aliases::Alias;
use crate::config::files::Loader;
use crate::config::tokens::Tokens;
use crate::config::{ConfigFiles, Source, aliases, collect_values, port};
use crate::{Place, shown};

/// A `LocalForward` of a host whose far end looks like HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forward {
    pub alias: String,
    /// The `LocalForward` line.
    pub place: Place,
    /// As written: `5000`, `127.0.0.1:5000`, or a socket.
    pub listen: String,
    /// As seen from the far side: `http://localhost:5000`, or `http://localhost` where it is a socket.
    pub address: String,
    target: Target,
}

impl Forward {
    /// The unix socket at the far end, where it is one.
    pub fn socket_path(&self) -> Option<String> {
        match &self.target {
            Target::Socket(path) => Some(path.clone()),
            Target::Tcp(..) => None,
        }
    }

    pub fn words(&self) -> String {
        let Self { alias, place, listen, target, .. } = self;
        let port = if listen.contains('/') { "" } else { "port " };
        let target = match target {
            Target::Socket(path) => path.clone(),
            Target::Tcp(host, port) => format!("{}:{port}", bracketed(host)),
        };
        format!("Host {alias} in {}:{} forwards {port}{listen} to {target}", shown(&place.file), place.line)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Tcp(String, u16),
    Socket(String),
}

/// Every named host with a `LocalForward` to what looks like HTTP, in the order of the files. What is said for all
/// hosts is no reason to offer one of them.
pub fn suggestions(files: &ConfigFiles) -> Vec<Forward> {
    let mut loader = Loader::new();
    let mut found = Vec::new();
    let listed = aliases::listed(files, &mut loader);
    for alias in listed.found.iter().filter(|alias| listed.may_forward(&alias.name)) {
        match of_alias(files, &mut loader, alias) {
            Some(forwards) => found.extend(forwards),
            // A file that ssh would stop at, or all together too much: the rest would say the same.
            None => break,
        }
    }
    found
}

fn of_alias(files: &ConfigFiles, loader: &mut Loader, alias: &Alias) -> Option<Vec<Forward>> {
    let hop = Hop { host: alias.name.clone(), use_config: true, ..Hop::default() };
    let unresolved = collect_values(files, loader, &hop).ok()?;
    if unresolved.values.flag("clearallforwardings") == Some(true) {
        return Some(Vec::new());
    }
    let mut forwards: Vec<Forward> = Vec::new();
    for value in unresolved.values.all("localforward").iter().filter(|value| !value.for_all_hosts) {
        let (Source::File(place), [listen, to]) = (&value.source, value.words.as_slice()) else { continue };
        let target = match parse(listen, to)? {
            // Only paths have tokens.
            Target::Socket(path) => Target::Socket(unresolved.tokens().expand(&path, false).ok()?),
            target => target,
        };
        let Some(address) = address(&target) else { continue };
        if !forwards.iter().any(|known| known.target == target) {
            let (alias, place, listen) = (alias.name.clone(), place.clone(), listen.clone());
            forwards.push(Forward { alias, place, listen, address, target });
        }
    }
    Some(forwards)
}

/// Ports whose servers speak something else.
const NOT_HTTP: &[u16] = &[
    21, 22, 23, 25, 53, 88, 110, 111, 119, 135, 139, 143, 161, 389, 445, 465, 514, 548, 554, 587, 631, 636, 873, 993,
    995, 1080, 1194, 1433, 1521, 1883, 2049, 2181, 2222, 3128, 3260, 3306, 3389, 3690, 4369, 5060, 5222, 5432, 5433,
    5671, 5672, 5900, 5901, 5902, 5938, 6000, 6379, 6380, 6432, 6443, 6667, 8883, 9042, 9092, 9418, 11211, 26257,
    27017, 27018, 50051,
];
const NOT_HTTP_SOCKETS: &[&str] =
    &["agent", ".s.pgsql", "mysql", "docker", "podman", "containerd", "x11", "redis", "dbus", "wayland", "pulse"];

fn address(target: &Target) -> Option<String> {
    match target {
        Target::Socket(path) => {
            let name = Path::new(path).file_name()?.to_string_lossy().to_ascii_lowercase();
            (!NOT_HTTP_SOCKETS.iter().any(|other| name.contains(other))).then(|| "http://localhost".to_owned())
        }
        Target::Tcp(_, port) if NOT_HTTP.contains(port) => None,
        Target::Tcp(host, 80) => Some(format!("http://{}", bracketed(host))),
        Target::Tcp(host, 443) => Some(format!("https://{}", bracketed(host))),
        Target::Tcp(host, 8443) => Some(format!("https://{}:8443", bracketed(host))),
        Target::Tcp(host, port) => Some(format!("http://{}:{port}", bracketed(host))),
    }
}

fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

/// Where a `LocalForward` goes to: `[[host:]port|path] [host:port|path]`, as `parse_forward` in OpenSSH's readconf.c.
pub(super) fn parse(listen: &str, to: &str) -> Option<Target> {
    // Room for longer ones is not there in OpenSSH either.
    let text = Tokens::default().expand(&format!("{listen}:{to}").replace('%', "%%"), true).ok()?;
    if text.len() >= 256 * 4 {
        return None;
    }
    let fields = fields(text.trim_start())?;
    let as_port = |text: &str| port(text).filter(|&port| port > 0);
    let tcp = |host: &str, to: &str| Some(Target::Tcp(host.to_owned(), as_port(to)?));
    match fields.as_slice() {
        [(_, true), (to, true)] => Some(Target::Socket(to.clone())),
        [(port, false), (to, true)] => as_port(port).map(|_| Target::Socket(to.clone())),
        [(_, true), (host, _), (to, _)] => tcp(host, to),
        [(_, false), (port, _), (to, true)] => as_port(port).map(|_| Target::Socket(to.clone())),
        [(port, false), (host, _), (to, false)] => as_port(port).and_then(|_| tcp(host, to)),
        [_, (port, _), (host, _), (to, _)] => as_port(port).and_then(|_| tcp(host, to)),
        _ => None,
    }
}

/// The fields between colons, and whether each is a path. Brackets keep colons, a backslash keeps the next letter.
fn fields(text: &str) -> Option<Vec<(String, bool)>> {
    let mut fields = Vec::new();
    let mut rest = text;
    while !rest.is_empty() && fields.len() < 5 {
        if let Some(inside) = rest.strip_prefix('[') {
            let (field, behind) = inside.split_once(']')?;
            fields.push((field.to_owned(), field.contains('/')));
            rest = if behind.is_empty() { "" } else { behind.strip_prefix(':')? };
            continue;
        }
        let mut field = String::new();
        let mut letters = rest.char_indices();
        let mut end = rest.len();
        let mut is_path = false;
        while let Some((at, letter)) = letters.next() {
            match letter {
                ':' => {
                    end = at + 1;
                    break;
                }
                '\\' => field.push(letters.next()?.1),
                _ => {
                    is_path |= letter == '/';
                    field.push(letter);
                }
            }
        }
        fields.push((field, is_path));
        rest = &rest[end..];
    }
    (fields.len() < 5).then_some(fields)
}
