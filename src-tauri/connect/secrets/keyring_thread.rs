//! The one thread that talks to the keyring: keyrings block, forbid async code, or mix up calls from
//! several threads. It is started at the first use.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::VaultError;
use super::keyring::Keyring;

/// How the thread opens the keyring; tried again at the next use if it fails.
pub type OpenKeyring = dyn Fn() -> Result<Box<dyn Keyring>, VaultError> + Send + Sync;

type Job = Box<dyn FnOnce(&mut KeyringWorker) + Send>;

/// How long to wait for an answer that does not need the user to unlock the keyring.
const WITHOUT_PROMPT_LIMIT: Duration = Duration::from_secs(10);
/// A job that takes longer than this waits for the user.
const AT_ONCE: Duration = Duration::from_secs(2);

/// A handle to the thread, which ends when this is dropped and its last answer is given.
pub struct KeyringThread {
    open: Arc<OpenKeyring>,
    jobs: Mutex<Option<Sender<Job>>>,
    busy_since: Arc<Mutex<Option<Instant>>>,
    patience: Duration,
}

impl KeyringThread {
    pub fn new(open: Arc<OpenKeyring>, patience: Duration) -> Self {
        Self { open, jobs: Mutex::default(), busy_since: Arc::default(), patience }
    }

    /// Has something done that may wait for the user. Past the patience it is [`VaultError::Waiting`];
    /// what was not begun by then is not begun.
    pub async fn ask<T: Send + 'static>(
        &self,
        act: impl Fn(&mut dyn Keyring) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        self.within(self.patience, act).await
    }

    /// Has something done that never waits for the user, but may have to queue behind what does.
    pub async fn ask_without_prompt<T: Send + 'static>(
        &self,
        act: impl Fn(&mut dyn Keyring) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let busy_since = *self.busy_since.lock();
        if busy_since.is_some_and(|since| since.elapsed() > AT_ONCE) {
            return Err(VaultError::Waiting);
        }
        self.within(self.patience.min(WITHOUT_PROMPT_LIMIT), act).await
    }

    /// Has something done without waiting for it.
    pub fn ask_and_forget(&self, act: impl Fn(&mut dyn Keyring) -> Result<(), VaultError> + Send + 'static) {
        let left = self.queue(Box::new(move |worker| {
            if let Err(error) = worker.run(&act) {
                tracing::debug!(%error, "the keyring was left as it is");
            }
        }));
        if let Err(error) = left {
            tracing::debug!(%error, "the keyring was left as it is");
        }
    }

    async fn within<T: Send + 'static>(
        &self,
        limit: Duration,
        act: impl Fn(&mut dyn Keyring) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let (sender, receiver) = oneshot::channel();
        self.queue(Box::new(move |worker| {
            // The caller may have stopped waiting; then the job is not begun.
            if !sender.is_closed() {
                let _heard = sender.send(worker.run(&act));
            }
        }))?;
        match tokio::time::timeout(limit, receiver).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(VaultError::Failed { reason: "it broke in the middle of a request".to_owned() }),
            Err(_) => Err(VaultError::Waiting),
        }
    }

    fn queue(&self, job: Job) -> Result<(), VaultError> {
        let mut jobs = self.jobs.lock();
        let job = match &*jobs {
            Some(sender) => match sender.send(job) {
                Ok(()) => return Ok(()),
                Err(refused) => refused.0,
            },
            None => job,
        };
        let (sender, receiver) = channel();
        let (open, busy_since) = (Arc::clone(&self.open), Arc::clone(&self.busy_since));
        std::thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(move || KeyringWorker { open, keyring: None, busy_since }.work(&receiver))
            .map_err(|error| VaultError::Failed { reason: error.to_string() })?;
        // The receiver is there until the thread ends.
        let _ = sender.send(job);
        *jobs = Some(sender);
        Ok(())
    }
}

/// What the thread has in hand.
struct KeyringWorker {
    open: Arc<OpenKeyring>,
    keyring: Option<Box<dyn Keyring>>,
    busy_since: Arc<Mutex<Option<Instant>>>,
}

impl KeyringWorker {
    fn work(mut self, jobs: &Receiver<Job>) {
        while let Ok(job) = jobs.recv() {
            self.set_busy(Some(Instant::now()));
            // The keyring that panicked is gone by then: [`KeyringWorker::run`] has it in hand only while it works.
            if catch_unwind(AssertUnwindSafe(|| job(&mut self))).is_err() {
                tracing::error!("the keyring panicked");
            }
            self.set_busy(None);
        }
    }

    fn set_busy(&self, since: Option<Instant>) {
        *self.busy_since.lock() = since;
    }

    /// A keyring that was restarted knows nothing of its old guests: what fails with one that was
    /// opened earlier is tried once more with a new one.
    fn run<T>(&mut self, act: &dyn Fn(&mut dyn Keyring) -> Result<T, VaultError>) -> Result<T, VaultError> {
        if let Some(mut keyring) = self.keyring.take() {
            let answer = act(&mut *keyring);
            if !is_broken(&answer) {
                self.keyring = Some(keyring);
                return answer;
            }
        }
        let mut keyring = (self.open)()?;
        let answer = act(&mut *keyring);
        if !is_broken(&answer) {
            self.keyring = Some(keyring);
        }
        answer
    }
}

fn is_broken<T>(answer: &Result<T, VaultError>) -> bool {
    matches!(answer, Err(VaultError::NoBus | VaultError::NoService | VaultError::Failed { .. }))
}
