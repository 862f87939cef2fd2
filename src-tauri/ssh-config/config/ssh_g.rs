//! `ssh -G`, asked about what only it can know.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::OnceCell;

use crate::Hop;
use crate::Place;
use crate::config::command_guard::CommandGuard;
use crate::config::files::{Loader, system_folder};
use crate::config::finish::Unresolved;
use crate::config::keyword::{self, Kind};
use crate::config::tokens::{Tokens, tilde};
use crate::config::values::Value;
use crate::config::{ConfigError, ConfigFiles, Resolved, Source, address, collect_values, port, words};

/// A `Match exec` may ask the network.
const LIMIT: Duration = Duration::from_secs(20);

/// What a hop comes to, or what to ask to know it.
#[derive(Debug)]
pub enum LookedUp {
    Resolved(Box<Resolved>),
    /// There is a `Match exec`, a `Match localnetwork`, a CanonicalizeHostname.
    NeedsSshG(Box<SshGQuery>),
}

/// A hop that only ssh itself can resolve.
#[derive(Debug)]
pub struct SshGQuery {
    files: ConfigFiles,
    hop: Hop,
    own: Unresolved,
    /// Where we had to give up first.
    place: Place,
    /// What ssh says without a file.
    defaults: OnceCell<SshGOutput>,
}

/// As [`super::resolve`], without leaving out what only ssh can say. Reads files, so it blocks.
pub fn look_up(files: &ConfigFiles, hop: &Hop) -> Result<LookedUp, ConfigError> {
    let own = collect_values(files, &mut Loader::new(), hop)?;
    let Some((place, _)) = own.unknown.first().cloned() else {
        return Ok(LookedUp::Resolved(Box::new(own.finish()?)));
    };
    Ok(LookedUp::NeedsSshG(Box::new(SshGQuery {
        files: files.clone(),
        hop: hop.clone(),
        own,
        place,
        defaults: OnceCell::new(),
    })))
}

/// What came of asking ssh.
#[derive(Debug)]
pub enum SshGReply {
    Resolved(Box<Resolved>),
    /// The commands of `Match exec` that it wants to run, and was kept from running, as a shell would get them. What
    /// it said is worth nothing without them.
    Wants(Vec<String>),
}

impl SshGQuery {
    /// Where ssh has to be asked for the first time.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What `ssh -G` says about the hop. Of the commands in the files it can only run those that are `agreed` to:
    /// a [`CommandGuard`] stands before all of them, whatever we understand of the files ourselves. A value that we find too
    /// has the place where we found it; one that only ssh finds has the place that made us ask.
    pub async fn ask(&self, agreed: &[String]) -> Result<SshGReply, ConfigError> {
        let alias = &self.own.asked;
        let guard = CommandGuard::new(agreed).map_err(|error| failed(alias, &error.to_string()))?;
        let without_files = async || asked(&guard, alias, vec!["-F".into(), "none".into()], &self.hop).await;
        let defaults = self.defaults.get_or_try_init(without_files).await?;
        let answers = asked(&guard, alias, which(&self.files, defaults), &self.hop).await;
        let wanted = guard.kept_back();
        if !wanted.is_empty() {
            return Ok(SshGReply::Wants(wanted));
        }
        let merged = merged(&self.own, &answers?, defaults, &Source::File(self.place.clone()));
        Ok(SshGReply::Resolved(Box::new(merged.finish()?)))
    }
}

fn failed(alias: &str, reason: &str) -> ConfigError {
    ConfigError::SshG { alias: alias.to_owned(), reason: reason.to_owned() }
}

/// The files that ssh is to read; its own, where ours are the same. Its home is the one in passwd, whatever `$HOME`
/// says: that stands in its defaults.
fn which(files: &ConfigFiles, defaults: &SshGOutput) -> Vec<OsString> {
    let is = |file: &Option<_>, own: &Path| file.as_deref().is_some_and(|file: &Path| file == own);
    let own_folder = files.home.join(".ssh");
    let known_hosts = defaults.get("userknownhostsfile").and_then(|values| values.first()?.split(' ').next());
    let is_home = known_hosts.is_some_and(|file| Path::new(file).parent() == Some(&own_folder));
    let is_own = is(&files.user, &own_folder.join("config")) && is(&files.system, &system_folder().join("ssh_config"));
    if is_home && is_own && !files.user_is_named {
        return Vec::new();
    }
    vec!["-F".into(), files.user.as_ref().map_or_else(|| "none".into(), |user| user.clone().into_os_string())]
}

type SshGOutput = HashMap<String, Vec<String>>;

async fn asked(guard: &CommandGuard, alias: &str, files: Vec<OsString>, hop: &Hop) -> Result<SshGOutput, ConfigError> {
    let wrong = |error: std::io::Error| failed(alias, &error.to_string());
    let mut command = Command::new("ssh");
    command.arg("-G").args(files);
    // What conditions are held against; all else that the hop says stands over what ssh says.
    if let Some(port) = hop.port.filter(|&port| port > 0) {
        command.arg("-p").arg(port.to_string());
    }
    if let Some(user) = hop.user.as_deref().map(str::trim).filter(|user| !user.is_empty()) {
        command.arg("-l").arg(user);
    }
    command.arg("--").arg(alias);
    // What a command leaves running in the background may hold on to stderr: a file has no end to wait for.
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(guard.complaints().map_err(wrong)?);
    guard.stand_before(&mut command);
    let running = in_its_own_group(command).map_err(wrong)?;
    let output = tokio::time::timeout(LIMIT, running).await;
    let output =
        output.map_err(|_| failed(alias, &format!("nothing came within {} s", LIMIT.as_secs())))?.map_err(wrong)?;
    if !output.status.success() {
        // The last line only counts the mistakes.
        let complaints = guard.complained();
        let said = complaints.lines().rfind(|line| !line.trim().is_empty() && !line.contains("terminating,"));
        let said: String = said.unwrap_or("it failed without a word").chars().filter(|c| !c.is_control()).collect();
        return Err(failed(alias, said.trim()));
    }
    let mut answers = SshGOutput::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        if let Some((keyword, value)) = line.split_once(' ') {
            answers.entry(keyword.to_owned()).or_default().push(value.to_owned());
        }
    }
    Ok(answers)
}

/// Runs it. When the caller drops the future, the program ends with all that it has started.
fn in_its_own_group(mut command: Command) -> std::io::Result<impl Future<Output = std::io::Result<Output>>> {
    #[cfg(unix)]
    command.process_group(0);
    let child = command.kill_on_drop(true).spawn()?;
    let group = Group(child.id());
    Ok(async move {
        let output = child.wait_with_output().await;
        std::mem::forget(group);
        output
    })
}

/// The number of a process that leads a group; ends all of it when dropped.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(leader) = self.0.and_then(|id| rustix::process::Pid::from_raw(id.cast_signed())) {
            let _ended = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }
}

/// What was given, then what ssh says where it is not what ssh says without a file.
fn merged(own: &Unresolved, answers: &SshGOutput, defaults: &SshGOutput, source: &Source) -> Unresolved {
    let mut result = own.values.given();
    let answer = |keyword: &str| answers.get(keyword).and_then(|values| values.first()).cloned();
    let host = answer("hostname").map_or_else(|| own.host.clone(), |name| address::canonical(&name));
    let user = answer("user").unwrap_or_default();
    let tokens = Tokens {
        host: Some(&host),
        user: Some(&user),
        port: answer("port").and_then(|text| port(&text)),
        ..own.tokens()
    };
    for (answered, values) in answers {
        let Some((keyword, kind)) = keyword::find(answered) else { continue };
        let known = own.values.all(keyword);
        let is_default = match keyword {
            "hostname" => known.is_empty() && host == own.host,
            _ => Some(values) == defaults.get(answered),
        };
        if is_default {
            continue;
        }
        for answer in values {
            let words = value_words(keyword, kind, answer);
            let found = known.iter().find(|value| is_same(keyword, value, &words, &tokens, own));
            let value = found.cloned().unwrap_or_else(|| Value {
                words,
                source: source.clone(),
                of_user: true,
                for_all_hosts: false,
            });
            match kind {
                Kind::File | Kind::Forward => result.add(keyword, value),
                // What ssh makes of a ProxyJump is the same for us.
                Kind::Jump => {
                    result.set_if_unset(keyword, value);
                    result.set_if_unset("proxycommand", Value::given("none"));
                }
                _ => result.set_if_unset(keyword, value),
            }
        }
    }
    Unresolved { host: host.clone(), values: result, unknown: Vec::new(), ..own.clone() }
}

/// The words of a value as a file would say them. Tokens are expanded in some of them already.
fn value_words(keyword: &str, kind: Kind, answer: &str) -> Vec<String> {
    let literal = |word: &str| word.replace('%', "%%");
    match kind {
        Kind::List => words::arguments(answer).unwrap_or_default().iter().map(|word| literal(word)).collect(),
        Kind::Forward => answer.split(' ').map(str::to_owned).collect(),
        _ if ["hostname", "identityagent", "user"].contains(&keyword) => vec![literal(answer)],
        _ => vec![answer.to_owned()],
    }
}

/// Whether a value of ours is the one that ssh says.
fn is_same(keyword: &str, ours: &Value, theirs: &[String], tokens: &Tokens, own: &Unresolved) -> bool {
    if keyword == "hostname" {
        return theirs.first().is_some_and(|name| *name == own.host);
    }
    let expanded = |word: &String| {
        let with_home = tilde(word, &own.local.home)?;
        tokens.expand(&with_home, true).ok()
    };
    // The words of a list stand there without their quotes.
    let all: Option<Vec<String>> = ours.words.iter().map(expanded).collect();
    ours.words == theirs
        || all.is_some_and(|all| all.join(" ") == theirs.join(" ").replace("%%", "%"))
        || (ours.words.len() == theirs.len()
            && ours.words.iter().zip(theirs).all(|(ours, theirs)| {
                ours.eq_ignore_ascii_case(theirs) || expanded(ours).is_some_and(|ours| Some(ours) == expanded(theirs))
            }))
}
