//! Which server a command is for, and the open connection to it. Nobody is there to answer questions.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::mpsc;

use super::arguments::{Common, Which};
use super::tell;
use crate::app::App;
use crate::change::{Change, OnChange};
use crate::connect::question::Question;
use crate::connect::suggest::{self, FoundProfile};
use crate::connect::{Auth, Profile};
use crate::connection::{Connection, ConnectionState};
use crate::error::{AppError, Code, Result};

/// As `tauri.conf.json` calls the app: its data folder is named so.
const IDENTIFIER: &str = "io.github.podium";

type Secrets = Vec<(&'static str, SecretString)>;

pub(super) struct Server {
    pub app: App,
    pub profile: Profile,
    quiet: bool,
    /// Settings that end with the command, where none can be kept.
    _settings: Option<tempfile::TempDir>,
}

impl Server {
    pub async fn open(common: &Common) -> Result<Self> {
        let found = from_environment();
        let (hear, heard) = mpsc::unbounded_channel();
        let on_change: OnChange = Arc::new(move |change| {
            // Nobody listens any more once it is open.
            let _heard = hear.send(change);
        });
        let is_ci = common.profile.is_none() && found.is_some();
        let (app, settings) = open_app(on_change, is_ci).await?;
        let (profile, secrets) = choose(&app.settings.profiles().await?, common.profile.as_deref(), found)?;
        if !common.quiet {
            tell(&format!("Connecting to {} …", untrusted_text::line(&profile.address, 200)));
        }
        let connection = app.open_for_session(profile.clone(), secrets).await?;
        up(&app, &connection, heard).await?;
        Ok(Self { app, profile, quiet: common.quiet, _settings: settings })
    }

    pub fn progress(&self, words: &str) {
        if !self.quiet {
            tell(words);
        }
    }

    /// The number of the version that is meant.
    pub async fn version(&self, model: &str, which: &Which) -> Result<String> {
        match which {
            Which::Version(version) => Ok(version.clone()),
            Which::Alias(alias) => self.app.holder(&self.profile.id, model, alias).await?.ok_or_else(|| {
                AppError::new(Code::NotFound, format!("{model} has no alias {alias}, so no version is meant."))
            }),
        }
    }
}

/// MLflow's own variables and its credentials file.
fn from_environment() -> Option<FoundProfile> {
    let home = directories::UserDirs::new().map(|user| user.home_dir().to_owned());
    let credentials = home.and_then(|home| std::fs::read_to_string(suggest::credentials_file(&home)).ok());
    suggest::from_environment(variable, credentials.as_deref())
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The app with the settings of the window. Where no folder for them can be made and none is needed, as on a machine for
/// CI, with settings that end with the command.
async fn open_app(on_change: OnChange, is_ci: bool) -> Result<(App, Option<tempfile::TempDir>)> {
    let own = variable("PODIUM_DATA_DIR").map(PathBuf::from);
    let folder = own.or_else(|| Some(directories::BaseDirs::new()?.data_dir().join(IDENTIFIER)));
    let error = match folder {
        Some(folder) => match App::without_window(&folder, on_change.clone()).await {
            Ok(app) => return Ok((app, None)),
            Err(error) => error,
        },
        None => AppError::new(Code::Io, "This user has no home folder. Set PODIUM_DATA_DIR to a folder."),
    };
    if !is_ci {
        return Err(error);
    }
    tell(&format!("No journal is kept on this machine: {}", error.message));
    let folder = tempfile::tempdir().map_err(AppError::internal)?;
    Ok((App::without_window(folder.path(), on_change).await?, Some(folder)))
}

/// The profile that is meant, and the secrets of the environment that go to its server.
fn choose(saved: &[Profile], named: Option<&str>, found: Option<FoundProfile>) -> Result<(Profile, Secrets)> {
    let Some(name) = named else {
        let Some(found) = found else {
            let names: Vec<String> = saved.iter().map(|profile| format!("“{}”", profile.name)).collect();
            let known = if names.is_empty() { "none is saved".to_owned() } else { names.join(", ") };
            let message = format!("Which server? --profile NAME ({known}), or set MLFLOW_TRACKING_URI.");
            return Err(AppError::new(Code::BadTarget, message));
        };
        return Ok(of_environment(saved, found));
    };
    let profile = saved.iter().find(|profile| profile.name == name).cloned().ok_or_else(|| {
        let names: Vec<&str> = saved.iter().map(|profile| profile.name.as_str()).collect();
        let message = format!("There is no profile “{name}”. There are: {}.", names.join(", "));
        AppError::new(Code::BadTarget, message)
    })?;
    // A password of the environment goes to no other server than the one that the environment means.
    let secrets = match found {
        Some(found) if found.profile.address == profile.address && same_user(&found.profile, &profile) => found.secrets,
        Some(_) => Vec::new(),
        None => lone_secrets(&profile),
    };
    Ok((profile, secrets))
}

/// What the profile of the same place allows and asks for holds, whoever calls.
fn of_environment(saved: &[Profile], found: FoundProfile) -> (Profile, Secrets) {
    let FoundProfile { profile, secrets, .. } = found;
    let same = |other: &&Profile| {
        other.kind == profile.kind
            && other.address == profile.address
            && other.server.is_direct()
            && (profile.server.workspace.is_none() || other.server.workspace == profile.server.workspace)
    };
    match saved.iter().find(same) {
        Some(known) => {
            let mut known = known.clone();
            if profile.server.auth != Auth::None {
                known.server.auth = profile.server.auth;
            }
            (known, secrets)
        }
        None => {
            // The same one next time, so that the journal of this machine is its own.
            let workspace = profile.server.workspace.as_deref().unwrap_or_default();
            let id = format!("environment {} {workspace}", profile.address).trim().to_owned();
            (Profile { id, ..profile }, secrets)
        }
    }
}

fn same_user(found: &Profile, profile: &Profile) -> bool {
    found.server.auth == Auth::None || found.server.auth == profile.server.auth
}

/// A password or token in MLflow's variables, without an address beside it.
fn lone_secrets(profile: &Profile) -> Secrets {
    let secret = |name: &'static str, of: &str| variable(of).map(|text| (name, SecretString::from(text)));
    let found = match &profile.server.auth {
        Auth::None => None,
        Auth::Basic { username } => {
            let is_another = variable("MLFLOW_TRACKING_USERNAME").is_some_and(|other| other != *username);
            if is_another { None } else { secret("password", "MLFLOW_TRACKING_PASSWORD") }
        }
        Auth::Bearer => secret("token", "MLFLOW_TRACKING_TOKEN"),
    };
    found.into_iter().collect()
}

/// Waits until the store answers or does not. A question is answered with no.
async fn up(app: &App, connection: &Connection, mut heard: mpsc::UnboundedReceiver<Change>) -> Result<()> {
    let mut asked: Vec<String> = Vec::new();
    loop {
        match connection.state() {
            ConnectionState::Up { .. } => return Ok(()),
            ConnectionState::Down { mut error, .. } | ConnectionState::Reconnecting { mut error, .. } => {
                for words in asked {
                    error.message += &format!("\n{words}");
                }
                return Err(error);
            }
            ConnectionState::Connecting => {}
        }
        for pending in app.connect_context.questions.pending() {
            asked.push(unanswered(&pending.question));
            app.connect_context.questions.answer(pending.id, None);
        }
        // Also without a word: a change may come before it is waited for.
        let _or_late = tokio::time::timeout(Duration::from_millis(100), heard.recv()).await;
    }
}

/// What would have been asked, and what to do.
fn unanswered(question: &Question) -> String {
    match question {
        Question::Secret { subject, note, .. } => {
            let why = note.as_ref().map_or(String::new(), |note| format!(" ({note})"));
            format!(
                "A secret of {subject} is not at hand{why}. Keep it in the keyring with the window, or set \
                 MLFLOW_TRACKING_PASSWORD or MLFLOW_TRACKING_TOKEN."
            )
        }
        Question::HostKey { host, fingerprint, .. } => {
            format!("The host key {fingerprint} of {host} is not known. Connect once with the window to decide on it.")
        }
        Question::Certificate { address, fingerprint, .. } => format!(
            "The certificate {fingerprint} of {address} is not trusted. Connect once with the window to decide on it, or \
             name its authority with MLFLOW_TRACKING_SERVER_CERT_PATH."
        ),
        Question::Prompts { subject, .. } => {
            format!("{subject} asks for something that only a person can answer. Connect with the window.")
        }
        Question::Command { purpose, command, .. } => {
            format!("{purpose} wants to run “{command}”. Connect once with the window to decide on it.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::{ProfileKind, Writes};

    fn found(address: &str, auth: Auth) -> FoundProfile {
        let mut profile = Profile::new("env", ProfileKind::Server, address);
        profile.server.auth = auth;
        FoundProfile { profile, words: String::new(), secrets: vec![("password", SecretString::from("s"))] }
    }

    fn basic(username: &str) -> Auth {
        Auth::Basic { username: username.into() }
    }

    #[test]
    fn the_identifier_is_that_of_the_window() {
        let conf = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tauri.conf.json"));
        let conf: serde_json::Value = serde_json::from_str(conf).unwrap();
        assert_eq!(conf["identifier"], IDENTIFIER);
    }

    #[test]
    fn the_environment_means_the_saved_profile_of_its_place_with_all_that_it_forbids() {
        let mut saved = Profile::new("prod", ProfileKind::Server, "http://h:1");
        saved.writes = Writes::ReadOnly;
        let (profile, secrets) = choose(&[saved.clone()], None, Some(found("http://h:1", basic("bo")))).unwrap();
        assert_eq!(
            (profile.id, profile.writes, profile.server.auth),
            (saved.id.clone(), Writes::ReadOnly, basic("bo"))
        );
        assert_eq!(secrets.len(), 1);
        let (other, _) = choose(&[saved.clone()], None, Some(found("http://h:2", Auth::None))).unwrap();
        assert_eq!(other.id, "environment http://h:2");
        // At the end of an SSH way, the same address is another server.
        saved.server.route_id = Some("r".into());
        assert_ne!(choose(&[saved], None, Some(found("http://h:1", Auth::None))).unwrap().0.writes, Writes::ReadOnly);
    }

    #[test]
    fn a_password_goes_only_to_the_server_and_the_user_that_it_is_for() {
        let mut saved = Profile::new("prod", ProfileKind::Server, "http://h:1");
        saved.server.auth = basic("ana");
        let sent = |found| choose(&[saved.clone()], Some("prod"), found).unwrap().1.len();
        assert_eq!(sent(Some(found("http://h:1", basic("ana")))), 1);
        assert_eq!(sent(Some(found("http://h:1", basic("bo")))), 0);
        assert_eq!(sent(Some(found("http://h:2", basic("ana")))), 0);
        let unknown = choose(&[saved], Some("dev"), None).unwrap_err();
        assert!(unknown.message.contains("prod"), "{unknown}");
    }
}
