//! An SSH server that asks what real ones ask by PAM: passwords, codes, and nonsense. It forwards what it is
//! asked to, and writes down what it was told.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use russh::keys::PrivateKey;
use russh::server::{Auth, ChannelOpenHandle, Config, Handle, Handler, Msg, Response, Session};
use russh::{Channel, ChannelOpenFailure, MethodKind, MethodSet};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::common::sshd::make_key;

/// What it takes to be let in.
#[derive(Clone)]
pub enum Wants {
    Password(&'static str),
    /// A right password, then a round for each of these: the instruction, the prompts, the answers.
    Questions(Vec<Round>),
    /// Any key, and then the rounds.
    KeyAndQuestions(Vec<Round>),
}

#[derive(Clone)]
pub struct Round {
    pub instruction: &'static str,
    pub prompts: Vec<(&'static str, bool)>,
    pub answers: Vec<&'static str>,
}

pub fn round(prompts: &[(&'static str, bool)], answers: &[&'static str]) -> Round {
    Round { instruction: "", prompts: prompts.to_vec(), answers: answers.to_vec() }
}

pub struct Asking {
    pub port: u16,
    /// `ssh-ed25519 AAAA…`
    pub host_key: String,
    /// `password hunter2`, `answers 1,2`.
    pub told: Arc<Mutex<Vec<String>>>,
    /// The sessions that there were.
    pub sessions: Arc<Mutex<Vec<Handle>>>,
    /// Ends all sessions when it is sent.
    ends: tokio::sync::broadcast::Sender<()>,
    task: JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.task.abort();
        self.end_sessions();
    }
}

impl Asking {
    pub async fn start(wants: Wants) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = make_key(folder.path(), "host", "ed25519", "");
        let host_key = crate::common::sshd::public_key(&key);
        let methods = match wants {
            Wants::Password(_) => vec![MethodKind::Password],
            Wants::Questions(_) => vec![MethodKind::KeyboardInteractive],
            Wants::KeyAndQuestions(_) => vec![MethodKind::PublicKey],
        };
        let config = Arc::new(Config {
            keys: vec![PrivateKey::from_openssh(std::fs::read(&key).unwrap()).unwrap()],
            methods: MethodSet::from(methods.as_slice()),
            auth_rejection_time: std::time::Duration::from_millis(10),
            max_auth_attempts: 20,
            ..Config::default()
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let told = Arc::<Mutex<Vec<String>>>::default();
        let (ends, _) = tokio::sync::broadcast::channel(4);
        let handler = One { wants, told: told.clone(), round: 0 };
        let sessions = Arc::<Mutex<Vec<Handle>>>::default();
        let (ending, beginning) = (ends.clone(), sessions.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (config, handler, mut end) = (config.clone(), handler.clone(), ending.subscribe());
                let begun = beginning.clone();
                tokio::spawn(async move {
                    let Ok(session) = russh::server::run_stream(config, stream, handler).await else { return };
                    let handle = session.handle();
                    begun.lock().unwrap().push(handle.clone());
                    tokio::select! {
                        _ = session => {}
                        _ = end.recv() => {
                            let words = "go away".to_owned();
                            let _ = handle.disconnect(russh::Disconnect::ByApplication, words, String::new()).await;
                        }
                    }
                });
            }
        });
        Self { port, host_key, told, sessions, ends, task, _folder: folder }
    }

    pub fn end_sessions(&self) {
        let _ = self.ends.send(());
    }

    pub fn heard(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }
}

#[derive(Clone)]
struct One {
    wants: Wants,
    told: Arc<Mutex<Vec<String>>>,
    round: usize,
}

impl One {
    fn hear(&self, what: String) {
        self.told.lock().unwrap().push(what);
    }

    fn ask(&self, rounds: &[Round]) -> Auth {
        let Some(round) = rounds.get(self.round) else { return Auth::Accept };
        let prompts: Vec<(Cow<'static, str>, bool)> =
            round.prompts.iter().map(|(text, echo)| (Cow::Borrowed(*text), *echo)).collect();
        let (name, instructions) = (Cow::Borrowed("\u{1b}]0;PAM\u{7}"), Cow::Borrowed(round.instruction));
        Auth::Partial { name, instructions, prompts: prompts.into() }
    }
}

/// Refused, and free to be tried again.
fn again(method: MethodKind) -> Auth {
    let proceed_with_methods = Some(MethodSet::from([method].as_slice()));
    Auth::Reject { proceed_with_methods, partial_success: false }
}

impl Handler for One {
    type Error = russh::Error;

    async fn auth_password(&mut self, _: &str, password: &str) -> Result<Auth, russh::Error> {
        self.hear(format!("password {password}"));
        let right = matches!(self.wants, Wants::Password(right) if right == password);
        Ok(if right { Auth::Accept } else { again(MethodKind::Password) })
    }

    async fn auth_publickey(&mut self, _: &str, _: russh::server::VerifiedPublicKey<'_>) -> Result<Auth, russh::Error> {
        self.hear("a key".to_owned());
        let proceed_with_methods = Some(MethodSet::from([MethodKind::KeyboardInteractive].as_slice()));
        Ok(Auth::Reject { proceed_with_methods, partial_success: true })
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        _: &str,
        _: &str,
        response: Option<Response<'a>>,
    ) -> Result<Auth, russh::Error> {
        let (Wants::Questions(rounds) | Wants::KeyAndQuestions(rounds)) = self.wants.clone() else {
            return Ok(Auth::reject());
        };
        let Some(response) = response else {
            self.round = 0;
            return Ok(self.ask(&rounds));
        };
        let answers: Vec<String> = response.map(|one| String::from_utf8_lossy(&one).into_owned()).collect();
        self.hear(format!("answers {}", answers.join(",")));
        if answers != rounds[self.round].answers {
            return Ok(again(MethodKind::KeyboardInteractive));
        }
        self.round += 1;
        Ok(self.ask(&rounds))
    }

    async fn channel_open_direct_tcpip(
        &mut self,
        channel: Channel<Msg>,
        host: &str,
        port: u32,
        _: &str,
        _: u32,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        match TcpStream::connect((host, u16::try_from(port).unwrap())).await {
            Ok(mut far) => {
                reply.accept().await;
                tokio::spawn(async move {
                    let _ = tokio::io::copy_bidirectional(&mut channel.into_stream(), &mut far).await;
                });
            }
            Err(_) => reply.reject(ChannelOpenFailure::ConnectFailed).await,
        }
        Ok(())
    }
}
