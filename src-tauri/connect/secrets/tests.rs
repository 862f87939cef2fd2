//! The vault with keyrings that fail in ways a real one only fails on a bad day.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

use async_trait::async_trait;
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::*;

type Fault = Arc<dyn Fn(&str) -> Result<(), VaultError> + Send + Sync>;

/// A keyring in memory that does what `fault` says before each call.
struct Faulty {
    entries: Arc<Mutex<HashMap<String, Vec<u8>>>>,
    fault: Fault,
}

impl Keyring for Faulty {
    fn lock(&mut self) -> Result<LockState, VaultError> {
        (self.fault)("lock").map(|()| LockState::Open)
    }

    fn holds(&mut self, slot: &Slot) -> Result<bool, VaultError> {
        (self.fault)("holds").map(|()| self.entries.lock().contains_key(&slot.key()))
    }

    fn read(&mut self, slot: &Slot) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        (self.fault)("read").map(|()| self.entries.lock().get(&slot.key()).cloned().map(Zeroizing::new))
    }

    fn write(&mut self, slot: &Slot, value: &[u8]) -> Result<(), VaultError> {
        (self.fault)("write").map(|()| drop(self.entries.lock().insert(slot.key(), value.to_vec())))
    }

    fn delete(&mut self, slot: &Slot) -> Result<(), VaultError> {
        (self.fault)("delete").map(|()| drop(self.entries.lock().remove(&slot.key())))
    }
}

#[derive(Default)]
struct Sealed {
    rows: Mutex<HashMap<String, Vec<u8>>>,
    full: AtomicBool,
}

#[async_trait]
impl SealedStore for Sealed {
    async fn sealed(&self, slot_key: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(self.rows.lock().get(slot_key).cloned())
    }

    async fn seal(&self, slot_key: &str, bytes: &[u8]) -> Result<(), String> {
        if self.full.load(Ordering::Relaxed) {
            return Err("the disk is full".to_owned());
        }
        self.rows.lock().insert(slot_key.to_owned(), bytes.to_vec());
        Ok(())
    }

    async fn unseal(&self, slot_key: &str) -> Result<(), String> {
        self.rows.lock().remove(slot_key);
        Ok(())
    }
}

#[derive(Default)]
struct Parts {
    entries: Arc<Mutex<HashMap<String, Vec<u8>>>>,
    sealed: Arc<Sealed>,
    opened: Arc<AtomicUsize>,
}

impl Parts {
    fn vault(
        &self,
        patience: Duration,
        fault: impl Fn(&str) -> Result<(), VaultError> + Send + Sync + 'static,
    ) -> Vault {
        let (entries, opened, fault) = (Arc::clone(&self.entries), Arc::clone(&self.opened), Arc::new(fault));
        let open = move || -> Result<Box<dyn Keyring>, VaultError> {
            opened.fetch_add(1, Ordering::Relaxed);
            fault("open")?;
            Ok(Box::new(Faulty { entries: Arc::clone(&entries), fault: fault.clone() }))
        };
        Vault::patient(open, self.sealed.clone(), patience)
    }

    fn keys(&self) -> Vec<String> {
        let mut keys: Vec<_> = self.entries.lock().keys().cloned().collect();
        keys.sort();
        keys
    }
}

/// Fails the first `times` calls of one kind.
fn failing(
    call: &'static str,
    times: usize,
    error: VaultError,
) -> impl Fn(&str) -> Result<(), VaultError> + Send + Sync + 'static {
    let left = AtomicUsize::new(times);
    move |called| {
        let fails = called == call
            && left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
        if fails { Err(error.clone()) } else { Ok(()) }
    }
}

fn broken() -> VaultError {
    VaultError::Failed { reason: "it broke".to_owned() }
}

struct Answering {
    keep: Keep,
    asked: Mutex<Option<Question>>,
}

impl Answering {
    fn with(keep: Keep) -> Self {
        Self { keep, asked: Mutex::default() }
    }

    fn offered(&self) -> (Vec<Keep>, Option<String>) {
        match self.asked.lock().take() {
            Some(Question::Secret { keeps, note, .. }) => (keeps, note),
            other => panic!("{other:?}"),
        }
    }
}

#[async_trait]
impl Ask for Answering {
    async fn ask(&self, question: Question) -> Option<Answer> {
        *self.asked.lock() = Some(question);
        Some(Answer { values: vec!["answer".into()], keep: self.keep })
    }
}

fn slot() -> Slot {
    Slot::profile("7a9d", "password")
}

async fn kept(vault: &Vault) -> Option<String> {
    vault.get(&slot()).await.unwrap().map(|secret| secret.expose_secret().to_owned())
}

async fn obtain(vault: &Vault, ask: &Answering, preferred: Keep, again: bool) -> Option<Obtained> {
    vault.obtain(&slot(), ask, SecretKind::HttpPassword, "vision", preferred, again).await
}

#[tokio::test]
async fn a_failed_start_is_tried_again_at_the_next_use() {
    let parts = Parts::default();
    let vault = parts.vault(PATIENCE, failing("open", 2, VaultError::NoBus));
    assert_eq!(parts.opened.load(Ordering::Relaxed), 0, "nothing is opened before it is used");
    assert_eq!(vault.get(&slot()).await.unwrap_err(), VaultError::NoBus);
    assert!(!vault.has(&slot()).await);
    vault.set(&slot(), &"secret".into(), Keep::Keyring).await.unwrap();
    assert_eq!(kept(&vault).await.as_deref(), Some("secret"));
    assert_eq!(parts.opened.load(Ordering::Relaxed), 3, "what works is not opened again");
}

#[tokio::test]
async fn a_keyring_that_breaks_is_opened_anew_and_asked_once_more() {
    let parts = Parts::default();
    let vault = parts.vault(PATIENCE, failing("read", 1, broken()));
    vault.set(&slot(), &"secret".into(), Keep::Keyring).await.unwrap();
    assert_eq!(kept(&vault).await.as_deref(), Some("secret"));
    let vault = parts.vault(PATIENCE, failing("read", 2, broken()));
    assert!(vault.has(&slot()).await);
    assert_eq!(vault.get(&slot()).await.unwrap_err(), broken());
    // A no of the user's is not asked for twice.
    let vault = parts.vault(PATIENCE, failing("read", 1, VaultError::Dismissed));
    assert!(vault.has(&slot()).await);
    assert_eq!(vault.get(&slot()).await.unwrap_err(), VaultError::Dismissed);
}

#[tokio::test]
async fn a_keyring_that_panics_takes_nothing_with_it() {
    let parts = Parts::default();
    let first = AtomicBool::new(true);
    let vault = parts.vault(PATIENCE, move |call| {
        assert!(!(call == "read" && first.swap(false, Ordering::Relaxed)), "a test's panic");
        Ok(())
    });
    assert!(matches!(vault.get(&slot()).await.unwrap_err(), VaultError::Failed { .. }));
    assert_eq!(kept(&vault).await, None);
}

#[tokio::test]
async fn what_was_given_up_is_not_done_later() {
    let parts = Parts::default();
    let (go, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let vault = parts.vault(Duration::from_millis(50), move |call| {
        if call == "read" {
            let _ = gate.lock().recv();
        }
        Ok(())
    });
    // Waits for a user who does not come; everything behind it waits too, and is given up.
    assert_eq!(vault.get(&slot()).await.unwrap_err(), VaultError::Waiting);
    assert_eq!(vault.set(&slot(), &"late".into(), Keep::Keyring).await.unwrap_err(), VaultError::Waiting);
    assert!(!vault.state().await.usable);
    drop(go);
    let vault = Vault { kept: vault.kept.clone(), ..Vault::default() };
    while vault.holds(&slot()).await == Err(VaultError::Waiting) {}
    assert_eq!(parts.keys(), Vec::<String>::new());
}

#[tokio::test]
async fn a_secret_is_in_one_place() {
    let parts = Parts::default();
    let vault = parts.vault(PATIENCE, |_| Ok(()));
    for (keep, in_keyring, there) in
        [(Keep::Session, false, true), (Keep::Keyring, true, true), (Keep::Never, false, false)]
    {
        vault.set(&slot(), &"first".repeat(1000).into(), Keep::Keyring).await.unwrap();
        vault.set(&slot(), &"second".into(), keep).await.unwrap();
        // Queues behind the job that was left.
        assert!(vault.state().await.usable);
        assert_eq!(kept(&vault).await.as_deref(), there.then_some("second"), "{keep:?}");
        assert_eq!(parts.keys().contains(&slot().key()), in_keyring, "{keep:?}");
        assert!(parts.sealed.rows.lock().is_empty(), "{keep:?}");
    }
}

#[tokio::test]
async fn a_large_secret_that_cannot_be_sealed_leaves_the_old_one() {
    let parts = Parts::default();
    let vault = parts.vault(PATIENCE, |_| Ok(()));
    vault.set(&slot(), &"old".into(), Keep::Keyring).await.unwrap();
    parts.sealed.full.store(true, Ordering::Relaxed);
    let full = vault.set(&slot(), &"new".repeat(1000).into(), Keep::Keyring).await.unwrap_err();
    assert!(full.to_string().contains("disk is full"));
    assert_eq!(kept(&vault).await.as_deref(), Some("old"));
}

#[tokio::test]
async fn a_sealed_secret_without_its_key_is_asked_for_again() {
    let parts = Parts::default();
    let vault = parts.vault(PATIENCE, |_| Ok(()));
    vault.set(&slot(), &"x".repeat(5000).into(), Keep::Keyring).await.unwrap();
    let row = parts.sealed.rows.lock()[&slot().key()].clone();
    assert!(row.len() >= 5000 && !row.windows(8).any(|part| part == b"xxxxxxxx"));
    parts.entries.lock().remove(&Slot::sealing_key().key());
    let ask = Answering::with(Keep::Keyring);
    let obtained = obtain(&vault, &ask, Keep::Keyring, false).await.unwrap();
    assert_eq!(ask.offered(), (vec![Keep::Keyring, Keep::Session, Keep::Never], None));
    vault.accept(&obtained).await.unwrap();
    assert_eq!(kept(&vault).await.as_deref(), Some("answer"));
}

#[tokio::test]
async fn an_answer_is_kept_only_once_it_proved_right() {
    let parts = Parts::default();
    let vault = parts.vault(PATIENCE, |_| Ok(()));
    let ask = Answering::with(Keep::Keyring);
    let obtained = obtain(&vault, &ask, Keep::Session, false).await.unwrap();
    assert_eq!(ask.offered().0, vec![Keep::Session, Keep::Keyring, Keep::Never]);
    assert_eq!(kept(&vault).await, None);
    vault.accept(&obtained).await.unwrap();
    assert_eq!(parts.keys(), vec![slot().key()]);

    // What the user once put there is found whatever the profile prefers, and is not asked for.
    assert!(obtain(&vault, &ask, Keep::Never, false).await.unwrap().fresh.is_none());
    assert!(ask.asked.lock().is_none());
    // But it is not tried a second time.
    assert!(obtain(&vault, &ask, Keep::Keyring, true).await.unwrap().fresh.is_some());
    assert_eq!(ask.offered().0, vec![Keep::Keyring, Keep::Session, Keep::Never]);
    assert!(!format!("{obtained:?} {vault:?}").contains("answer"));
}

#[tokio::test]
async fn where_the_keyring_cannot_be_used_it_is_not_offered() {
    for again in [false, true] {
        for (preferred, offered) in [
            (Keep::Keyring, vec![Keep::Session, Keep::Never]),
            (Keep::Session, vec![Keep::Session, Keep::Never]),
            (Keep::Never, vec![Keep::Never, Keep::Session]),
        ] {
            let vault = Parts::default().vault(PATIENCE, failing("open", usize::MAX, VaultError::NoService));
            let ask = Answering::with(offered[0]);
            obtain(&vault, &ask, preferred, again).await.unwrap();
            assert_eq!(ask.offered(), (offered, Some(VaultError::NoService.to_string())));
        }
    }
}

#[tokio::test]
async fn what_the_keyring_does_not_take_is_kept_for_the_session() {
    let parts = Parts::default();
    let vault = parts.vault(PATIENCE, failing("write", usize::MAX, VaultError::Dismissed));
    let obtained = obtain(&vault, &Answering::with(Keep::Keyring), Keep::Keyring, false).await.unwrap();
    assert_eq!(vault.accept(&obtained).await, Err(VaultError::Dismissed));
    assert_eq!(kept(&vault).await.as_deref(), Some("answer"));
    assert_eq!(parts.keys(), Vec::<String>::new());
}

#[tokio::test]
async fn forgetting_goes_on_where_one_fails() {
    let parts = Parts::default();
    let vault = parts.vault(PATIENCE, |_| Ok(()));
    let slots = [slot(), Slot::profile("7a9d", "token")];
    for slot in &slots {
        vault.set(slot, &"x".repeat(5000).into(), Keep::Keyring).await.unwrap();
    }
    let vault = parts.vault(PATIENCE, failing("delete", 1, VaultError::Dismissed));
    assert_eq!(vault.forget_owner(&slots).await, Err(VaultError::Dismissed));
    assert_eq!(parts.keys(), [slots[0].key(), Slot::sealing_key().key()]);
    assert!(parts.sealed.rows.lock().is_empty());
}

#[tokio::test]
async fn memory_alone_takes_everything_for_the_session() {
    let vault = Vault::in_memory();
    assert!(!vault.state().await.usable);
    vault.set(&slot(), &"secret".into(), Keep::Keyring).await.unwrap();
    assert!(vault.has(&slot()).await);
    vault.forget(&slot()).await.unwrap();
    assert!(!vault.has(&slot()).await);
}

#[test]
fn labels_say_what_is_in_an_entry() {
    assert_eq!(Slot::profile("7a9d2c41-33", "token").label(), "Podium: token of profile 7a9d2c41");
    assert_eq!(Slot::key_passphrase("~/.ssh/id").label(), "Podium: passphrase of ~/.ssh/id");
    assert_eq!(Slot::ssh_password("ana", "bastion", 22).label(), "Podium: SSH password of ana@bastion:22");
}
