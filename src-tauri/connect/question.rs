//! What only the user can decide while a connection is being made: trust of a key, a passphrase,
//! a second factor. Questions wait here until the window answers them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use async_trait::async_trait;
use parking_lot::{Mutex, MutexGuard};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use specta::Type;
use tokio::sync::oneshot;

use super::Keep;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum Question {
    /// An unknown host key. The session is already closed, so the user may take any time to answer.
    HostKey {
        /// `bastion.corp`, or `[bastion.corp]:2222`.
        host: String,
        /// Which hop of how many: `1 of 2`.
        hop: String,
        key_type: String,
        /// `SHA256:…`
        fingerprint: String,
        /// The picture that `ssh-keygen -lv` draws: lines of one width.
        art: String,
        /// Other names under which this very key is known, with file and line.
        known_as: Vec<String>,
        /// Something to know first: that the config forbids new keys, that the plain host is known.
        note: Option<String>,
    },
    /// A server certificate that no trusted authority has signed.
    Certificate {
        address: String,
        /// Why it is not trusted by itself.
        reason: String,
        subject: String,
        issuer: String,
        names: Vec<String>,
        /// RFC 3339 dates.
        not_before: String,
        not_after: String,
        /// SHA-256 of the certificate, as hexadecimal pairs with colons.
        fingerprint: String,
    },
    /// A password, passphrase or token that is kept nowhere, or that was refused.
    Secret {
        what: SecretKind,
        /// For whom or what: `ana@bastion.corp`, `~/.ssh/id_ed25519`, the profile's name.
        subject: String,
        /// The one before was wrong.
        again: bool,
        /// How the answer may be kept, the preferred way first.
        keeps: Vec<Keep>,
        /// Why the keyring is not among them.
        note: Option<String>,
    },
    /// The server's own questions (keyboard-interactive): often a second factor.
    Prompts {
        /// `ana@bastion.corp`
        subject: String,
        name: String,
        instruction: String,
        prompts: Vec<Prompt>,
    },
    /// A program that a config file wants to have run on this machine.
    Command {
        /// `ProxyCommand of gpu-box`
        purpose: String,
        command: String,
        /// `~/.ssh/config:14`
        from: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum SecretKind {
    KeyPassphrase,
    SshPassword,
    HttpPassword,
    Token,
    Header,
    ClientKeyPassphrase,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Prompt {
    /// What the server asks, without control characters.
    pub text: String,
    /// Whether what is typed may be seen.
    pub echo: bool,
}

/// A yes. A no is no answer.
#[derive(Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// As many as were asked for: none for a decision, one for a secret, one for each prompt.
    #[specta(type = Vec<String>)]
    pub values: Vec<SecretString>,
    pub keep: Keep,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Answer of {} values", self.values.len())
    }
}

/// Asks the user.
#[async_trait]
pub trait Ask: Send + Sync {
    /// None: the user said no, dismissed the question, or is not there.
    async fn ask(&self, question: Question) -> Option<Answer>;
}

/// Never asks: for connections that are made again by themselves.
pub struct Unattended;

#[async_trait]
impl Ask for Unattended {
    async fn ask(&self, _: Question) -> Option<Answer> {
        None
    }
}

/// Asks, and remembers whether the user said no.
pub struct DismissalRecorder {
    ask: Arc<dyn Ask>,
    dismissed: AtomicBool,
}

impl DismissalRecorder {
    pub fn new(ask: Arc<dyn Ask>) -> Arc<Self> {
        Arc::new(Self { ask, dismissed: AtomicBool::new(false) })
    }

    pub fn was_dismissed(&self) -> bool {
        self.dismissed.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Ask for DismissalRecorder {
    async fn ask(&self, question: Question) -> Option<Answer> {
        let answer = self.ask.ask(question).await;
        self.dismissed.fetch_or(answer.is_none(), Ordering::SeqCst);
        answer
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Pending {
    pub id: u32,
    /// Whose connection asks.
    pub profile_name: String,
    pub question: Question,
}

type Waiting = (Pending, oneshot::Sender<Option<Answer>>);

/// The questions that wait for the window, oldest first.
#[derive(Clone)]
pub struct Questions {
    waiting: Arc<Mutex<Vec<Waiting>>>,
    next_id: Arc<AtomicU32>,
    on_change: Arc<dyn Fn() + Send + Sync>,
}

impl Questions {
    pub fn new(on_change: impl Fn() + Send + Sync + 'static) -> Self {
        Self { waiting: Arc::default(), next_id: Arc::default(), on_change: Arc::new(on_change) }
    }

    /// Asks in the name of a profile.
    pub fn of(&self, profile_name: &str) -> Arc<dyn Ask> {
        Arc::new(Asker { questions: self.clone(), profile_name: profile_name.to_owned() })
    }

    pub fn pending(&self) -> Vec<Pending> {
        self.waiting().iter().map(|(pending, _)| pending.clone()).collect()
    }

    /// Answers a question, or dismisses it. One that is no longer asked is no matter.
    pub fn answer(&self, id: u32, answer: Option<Answer>) {
        let taken = {
            let mut waiting = self.waiting();
            let index = waiting.iter().position(|(pending, _)| pending.id == id);
            index.map(|index| waiting.remove(index))
        };
        if let Some((_, sender)) = taken {
            // The caller may have stopped waiting.
            let _heard = sender.send(answer);
            (self.on_change)();
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock()
    }
}

struct Asker {
    questions: Questions,
    profile_name: String,
}

#[async_trait]
impl Ask for Asker {
    async fn ask(&self, question: Question) -> Option<Answer> {
        let (sender, receiver) = oneshot::channel();
        let id = self.questions.next_id.fetch_add(1, Ordering::Relaxed);
        let pending = Pending { id, profile_name: self.profile_name.clone(), question };
        self.questions.waiting().push((pending, sender));
        (self.questions.on_change)();
        // A connection that is given up takes its question with it.
        let _withdrawn = WithdrawOnDrop { questions: &self.questions, id };
        receiver.await.ok().flatten()
    }
}

struct WithdrawOnDrop<'a> {
    questions: &'a Questions,
    id: u32,
}

impl Drop for WithdrawOnDrop<'_> {
    fn drop(&mut self) {
        self.questions.answer(self.id, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question() -> Question {
        Question::Command { purpose: "p".into(), command: "c".into(), from: "f:1".into() }
    }

    #[tokio::test]
    async fn a_question_waits_until_it_is_answered() {
        let questions = Questions::new(|| {});
        let asker = questions.of("vision");
        let asked = tokio::spawn(async move { asker.ask(question()).await });
        while questions.pending().is_empty() {
            tokio::task::yield_now().await;
        }
        let pending = questions.pending();
        assert_eq!(pending[0].profile_name, "vision");
        questions.answer(pending[0].id, Some(Answer { values: vec![], keep: Keep::Never }));
        assert!(asked.await.unwrap().is_some());
        assert!(questions.pending().is_empty());
    }

    #[tokio::test]
    async fn a_connection_that_is_given_up_takes_its_question_with_it() {
        let questions = Questions::new(|| {});
        let asker = questions.of("vision");
        let asked = tokio::spawn(async move { asker.ask(question()).await });
        while questions.pending().is_empty() {
            tokio::task::yield_now().await;
        }
        asked.abort();
        assert!(asked.await.is_err());
        assert!(questions.pending().is_empty());
    }
}
