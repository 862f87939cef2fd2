//! What a test of the app needs: an app of its own, a user who answers its questions, short ways to profiles
//! and servers, and a server's own word on what was asked of it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use podium::app::App;
use podium::connect::question::{Answer, Question};
use podium::connect::secrets::Vault;
use podium::connect::{Auth, Hop, Keep, Profile, ProfileKind, Route};
use podium::connection::{Connection, ConnectionState};
use podium::error::{AppError, Code};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::common::mlflow::repository;
use crate::common::nginx::{Nginx, Site};
use crate::common::sshd::Sshd;

/// Nothing takes as long; what does has failed.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// Longer than the pause before anything is tried again by itself: what has not come by then does not come.
pub const LONG_ENOUGH: Duration = Duration::from_millis(1500);

pub struct TestApp {
    pub app: Arc<App>,
    _folder: TempDir,
    questions: Arc<Mutex<Vec<Question>>>,
    user: Option<JoinHandle<()>>,
}

/// What the user does with a question.
pub enum Reply {
    Says(&'static str),
    Yes,
    No,
    /// Is not there.
    Waits,
}

impl TestApp {
    /// With a user who must not be asked anything.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sample = repository().join("src-tauri/sample");
        let mut app = App::open(&folder.path().join("data"), &sample, None, Arc::new(|_| {})).await.unwrap();
        // The tests must not touch the keyring of the user who runs them.
        app.connect_context.vault = Vault::in_memory();
        let test_app = Self { app: Arc::new(app), _folder: folder, questions: Arc::default(), user: None };
        test_app.with(|question| panic!("asked: {question:?}"))
    }

    /// Another user from here on.
    pub fn with(mut self, replies: impl Fn(&Question) -> Reply + Send + 'static) -> Self {
        self.user_is(replies);
        self
    }

    pub fn user_is(&mut self, replies: impl Fn(&Question) -> Reply + Send + 'static) {
        let (app, questions) = (self.app.clone(), self.questions.clone());
        let before = self.user.replace(tokio::spawn(async move {
            let mut heard = Vec::new();
            loop {
                for pending in app.connect_context.questions.pending() {
                    if heard.contains(&pending.id) {
                        continue;
                    }
                    heard.push(pending.id);
                    questions.lock().unwrap().push(pending.question.clone());
                    let answer = |values| Some(Answer { values, keep: Keep::Session });
                    match replies(&pending.question) {
                        Reply::Says(text) => {
                            app.connect_context.questions.answer(pending.id, answer(vec![text.into()]))
                        }
                        Reply::Yes => app.connect_context.questions.answer(pending.id, answer(vec![])),
                        Reply::No => app.connect_context.questions.answer(pending.id, None),
                        Reply::Waits => {}
                    }
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }));
        if let Some(before) = before {
            before.abort();
        }
    }

    /// All that was asked so far; panics where the user did, who was asked what must not be asked.
    pub fn asked(&self) -> Vec<Question> {
        let questions = self.questions.lock().unwrap().clone();
        assert!(
            !self.user.as_ref().is_some_and(JoinHandle::is_finished),
            "the last of these was too much: {questions:?}"
        );
        questions
    }

    pub async fn save(&self, profile: Profile) -> Profile {
        self.app.save_profile(profile).await.unwrap()
    }

    /// A profile of an address that is saved.
    pub async fn saved(&self, name: &str, address: &str) -> Profile {
        self.save(server(name, address)).await
    }

    /// A route over this server, whose host key is known.
    pub async fn route(&self, sshd: &Sshd) -> Route {
        self.knows(sshd);
        self.app.save_route(route(sshd)).await.unwrap()
    }

    pub fn known_hosts(&self) -> PathBuf {
        self.app.data_dir().join("known_hosts")
    }

    pub fn knows(&self, sshd: &Sshd) {
        let before = std::fs::read_to_string(self.known_hosts()).unwrap_or_default();
        let line = format!("{before}{} {}\n", sshd.known_name(), sshd.host_key("ed25519"));
        std::fs::write(self.known_hosts(), line).unwrap();
    }

    pub async fn open(&self, profile: &Profile) -> Arc<Connection> {
        self.app.connection(&profile.id).await.unwrap()
    }

    /// Opens and waits until it is up.
    pub async fn up(&self, profile: &Profile) -> Arc<Connection> {
        let connection = self.open(profile).await;
        self.until(&connection, is_up).await;
        connection
    }

    /// Opens and waits until nothing more is tried.
    pub async fn down(&self, profile: &Profile) -> (Arc<Connection>, AppError) {
        let connection = self.open(profile).await;
        let error = self.given_up(&connection).await;
        (connection, error)
    }

    pub async fn given_up(&self, connection: &Connection) -> AppError {
        let given_up = |state: &ConnectionState| matches!(state, ConnectionState::Down { retry_in_ms: None, .. });
        match self.until(connection, given_up).await {
            ConnectionState::Down { error, .. } => error,
            other => panic!("{other:?}"),
        }
    }

    pub async fn until(&self, connection: &Connection, wanted: impl Fn(&ConnectionState) -> bool) -> ConnectionState {
        let began = Instant::now();
        loop {
            let state = connection.state();
            if wanted(&state) {
                return state;
            }
            assert!(began.elapsed() < PATIENCE, "it stays {state:?}; asked: {:?}", self.asked());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some(user) = &self.user {
            user.abort();
        }
    }
}

/// Waits until it is so; `what` is for who reads of the failure.
pub async fn until(what: &str, so: impl Fn() -> bool) {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < PATIENCE, "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub fn is_up(state: &ConnectionState) -> bool {
    matches!(state, ConnectionState::Up { .. })
}

pub fn is_reconnecting(state: &ConnectionState) -> bool {
    matches!(state, ConnectionState::Reconnecting { .. })
}

#[track_caller]
pub fn says(error: &AppError, code: Code, words: &[&str]) {
    assert_eq!(error.code, code, "{error}");
    for word in words {
        assert!(error.message.contains(word), "no {word:?} in: {error}");
    }
}

pub fn server(name: &str, address: &str) -> Profile {
    Profile { id: String::new(), ..Profile::new(name, ProfileKind::Server, address) }
}

pub fn with_password(profile: Profile) -> Profile {
    let mut profile = profile;
    profile.server.auth = Auth::Basic { username: "ana".into() };
    profile.server.keep = Keep::Session;
    profile
}

pub fn route(sshd: &Sshd) -> Route {
    let hop = Hop {
        host: "127.0.0.1".into(),
        port: Some(sshd.port),
        user: Some(sshd.user.clone()),
        identity_file: Some(sshd.client_key.display().to_string()),
        agent: Some("none".into()),
        identities_only: Some(true),
        ..Hop::default()
    };
    Route { id: String::new(), name: format!("by {}", sshd.port), hops: vec![hop] }
}

/// A server that notes every request.
pub struct Noted {
    pub site: Site,
    log: PathBuf,
    _folder: TempDir,
    nginx: Option<Nginx>,
}

impl Noted {
    /// Not started yet.
    pub fn new(site: Site, lines: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("requests");
        let site = site.with(format!("access_log \"{}\";\n{lines}", log.display()));
        Self { site, log, _folder: folder, nginx: None }
    }

    pub fn started(mut self) -> Self {
        self.start();
        self
    }

    pub fn start(&mut self) {
        self.nginx = Some(Nginx::start(&Nginx::folder(), std::slice::from_ref(&self.site)));
    }

    pub fn stop(&mut self) {
        self.nginx = None;
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.site.port())
    }

    /// A line for each request that was answered.
    pub fn requests(&self) -> Vec<String> {
        lines(&self.log)
    }
}

fn lines(file: &Path) -> Vec<String> {
    std::fs::read_to_string(file).unwrap_or_default().lines().map(str::to_owned).collect()
}

/// The lines of a site that lets in ana with this password, and a stranger to nothing.
pub fn for_ana(password: &str, lines: &str) -> String {
    use base64::Engine;
    let both = base64::engine::general_purpose::STANDARD.encode(format!("ana:{password}"));
    format!("if ($http_authorization != 'Basic {both}') {{ return 401; }}\n{lines}")
}
