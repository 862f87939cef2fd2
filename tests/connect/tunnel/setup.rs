//! What a test of a tunnel needs: config, known hosts, a user to ask, and short ways to ask a server.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt;
use podium::connect::question::{Answer, Ask, Question};
use podium::connect::secrets::Vault;
use podium::connect::ssh::{Consents, FarEnd, SshError, Tunnel, TunnelOptions, TunnelState};
use podium::connect::steps::{Step, StepName, StepState, Steps};
use podium::connect::{Hop, Keep, Route};
use podium::tracking::rest::{Deadline, HttpBody, HttpSend, Lane, NetError};
use secrecy::SecretString;
use ssh_config::config::ConfigFiles;

use crate::common::sshd::Sshd;

/// Nothing takes as long; what does has failed.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub struct TunnelSetup {
    pub folder: tempfile::TempDir,
    pub vault: Vault,
    pub consents: Consents,
    pub steps: Steps,
}

impl TunnelSetup {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config"), "").unwrap();
        Self { folder, vault: Vault::in_memory(), consents: Consents::default(), steps: Steps::unwatched() }
    }

    /// A setup whose config has `gpu` for this server, with its key and its host key known.
    pub fn of(sshd: &Sshd) -> Self {
        let setup = Self::new();
        setup.host("gpu", sshd, "");
        setup.knows(sshd);
        setup
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Adds a `Host` to the config; `lines` go first, so they win.
    pub fn host(&self, alias: &str, sshd: &Sshd, lines: &str) {
        let key = format!("  IdentityFile {}\n", sshd.client_key.display());
        self.host_with(alias, sshd, &format!("{lines}\n{key}"));
    }

    pub fn host_with(&self, alias: &str, sshd: &Sshd, lines: &str) {
        let text = format!(
            "Host {alias}\n{lines}\n  HostName 127.0.0.1\n  Port {}\n  User {}\n  IdentityAgent none\n  \
             UserKnownHostsFile {}\n  GlobalKnownHostsFile none\n",
            sshd.port,
            sshd.user,
            self.path("theirs").display()
        );
        self.add("config", &text);
    }

    pub fn knows(&self, sshd: &Sshd) {
        self.add("theirs", &format!("{} {}\n", sshd.known_name(), sshd.host_key("ed25519")));
    }

    pub fn add(&self, name: &str, text: &str) {
        let before = std::fs::read_to_string(self.path(name)).unwrap_or_default();
        std::fs::write(self.path(name), before + text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    pub fn options(&self, hops: &[&str], target: &FarEnd) -> TunnelOptions {
        let hop = |host: &&str| Hop { host: (*host).to_owned(), use_config: true, ..Hop::default() };
        TunnelOptions {
            route: Route { id: "r".to_owned(), name: "route".to_owned(), hops: hops.iter().map(hop).collect() },
            config: ConfigFiles::at(Some(self.path("config")), None, self.folder.path().to_owned()),
            own_known_hosts: self.path("ours"),
            vault: self.vault.clone(),
            keep: Keep::Session,
            consents: self.consents.clone(),
            target: target.clone(),
            tls: None,
        }
    }

    /// Opens a tunnel to `gpu`.
    pub async fn open(&self, target: &FarEnd, asked: &Asked) -> Result<Arc<Tunnel>, SshError> {
        self.open_by(&["gpu"], target, asked).await
    }

    pub async fn open_by(&self, hops: &[&str], target: &FarEnd, asked: &Asked) -> Result<Arc<Tunnel>, SshError> {
        let opening = Tunnel::connect(self.options(hops, target), Arc::new(asked.clone()), &self.steps);
        tokio::time::timeout(PATIENCE, opening).await.expect("the tunnel neither opens nor fails")
    }

    /// Opens one without a question, or panics with the steps.
    pub async fn opened(&self, target: &FarEnd) -> Arc<Tunnel> {
        match self.open(target, &Asked::nothing()).await {
            Ok(tunnel) => tunnel,
            Err(error) => panic!("{error}\n{:#?}", self.steps.list()),
        }
    }

    /// The last step of a name.
    pub fn step(&self, name: StepName) -> Step {
        let list = self.steps.list();
        let step = list.iter().rev().find(|step| step.name == name);
        step.unwrap_or_else(|| panic!("no {name:?} in {list:#?}")).clone()
    }

    /// The last step that failed, whichever it is.
    pub fn failed(&self) -> Step {
        let list = self.steps.list();
        let step = list.iter().rev().find(|step| step.state == StepState::Failed);
        step.unwrap_or_else(|| panic!("nothing failed in {list:#?}")).clone()
    }
}

type Decide = Arc<dyn Fn(&Question) -> Option<Answer> + Send + Sync>;

/// A user who answers by rule, and what was asked.
#[derive(Clone)]
pub struct Asked {
    decide: Decide,
    pub delay: Duration,
    pub questions: Arc<Mutex<Vec<Question>>>,
}

impl Asked {
    pub fn with(decide: impl Fn(&Question) -> Option<Answer> + Send + Sync + 'static) -> Self {
        Self { decide: Arc::new(decide), delay: Duration::ZERO, questions: Arc::default() }
    }

    /// A user who must not be asked.
    pub fn nothing() -> Self {
        Self::with(|question| panic!("asked: {question:?}"))
    }

    pub fn dismisses() -> Self {
        Self::with(|_| None)
    }

    pub fn agrees() -> Self {
        Self::with(|_| yes())
    }

    pub fn says(values: &[&str]) -> Self {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        Self::with(move |_| answer(&values.iter().map(String::as_str).collect::<Vec<_>>(), Keep::Session))
    }

    pub fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    pub fn all(&self) -> Vec<Question> {
        self.questions.lock().unwrap().clone()
    }
}

pub fn yes() -> Option<Answer> {
    answer(&[], Keep::Session)
}

pub fn answer(values: &[&str], keep: Keep) -> Option<Answer> {
    Some(Answer { values: values.iter().map(|value| SecretString::from(*value)).collect(), keep })
}

#[async_trait]
impl Ask for Asked {
    async fn ask(&self, question: Question) -> Option<Answer> {
        tokio::time::sleep(self.delay).await;
        self.questions.lock().unwrap().push(question.clone());
        (self.decide)(&question)
    }
}

pub async fn send(tunnel: &Tunnel, path: &str, lane: Lane) -> Result<http::Response<HttpBody>, NetError> {
    let request = http::Request::get(format!("http://mlflow.corp:5000{path}")).body(Bytes::new()).unwrap();
    let sending = tunnel.send(request, lane, Deadline::after(Duration::from_secs(50)));
    tokio::time::timeout(PATIENCE, sending).await.expect("a request ends by its deadline")
}

/// A whole answer.
pub async fn get(tunnel: &Tunnel, path: &str, lane: Lane) -> Result<Vec<u8>, NetError> {
    let mut body = send(tunnel, path, lane).await?.into_body();
    let mut whole = Vec::new();
    while let Some(piece) = tokio::time::timeout(PATIENCE, body.next()).await.expect("the body goes on") {
        whole.extend_from_slice(&piece?);
    }
    Ok(whole)
}

pub async fn hello(tunnel: &Tunnel) -> Result<(), NetError> {
    assert_eq!(get(tunnel, "/hello", Lane::Api).await?, b"hello");
    Ok(())
}

/// Cuts the way, and waits until it has been lost and is back, however fast both are.
pub async fn lost_and_back(tunnel: &Tunnel, cut: impl FnOnce()) {
    let mut states = tunnel.watch();
    cut();
    tokio::time::timeout(PATIENCE, states.changed()).await.expect("it is lost").expect("the tunnel lives");
    wait_for(tunnel, |state| *state == TunnelState::Up).await;
}

/// Waits until the tunnel is in a state, and gives all states that were seen up to then.
pub async fn wait_for(tunnel: &Tunnel, wanted: impl Fn(&TunnelState) -> bool) -> TunnelState {
    let mut states = tunnel.watch();
    let waiting = states.wait_for(wanted);
    tokio::time::timeout(PATIENCE, waiting).await.expect("the state comes").expect("the tunnel lives").clone()
}
