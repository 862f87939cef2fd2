//! The vault with a real gnome-keyring: unlocked, locked, restarted, absent, and without a bus.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use podium::connect::Keep;
use podium::connect::question::{Answer, Ask, Question, SecretKind};
use podium::connect::secrets::{SealedStore, Slot, Vault, VaultError};
use secrecy::{ExposeSecret, SecretString};
use zbus::blocking::connection;

use crate::common::marks::Mark;
use crate::common::own_session::{GnomeKeyring, SessionBus, own_session};

const PASSWORD: &str = "the keyring's own password";

/// What the settings do, in a folder: one file for each slot.
struct Sealed {
    folder: std::path::PathBuf,
    slots: Mutex<BTreeMap<String, usize>>,
}

impl Sealed {
    fn below(folder: &Path) -> Arc<Self> {
        let folder = folder.join("data/sealed");
        std::fs::create_dir_all(&folder).unwrap();
        Arc::new(Self { folder, slots: Mutex::default() })
    }

    fn file(&self, slot_key: &str) -> std::path::PathBuf {
        let mut slots = self.slots.lock().unwrap();
        let number = slots.len();
        self.folder.join(slots.entry(slot_key.to_owned()).or_insert(number).to_string())
    }

    fn count(&self) -> usize {
        std::fs::read_dir(&self.folder).unwrap().count()
    }
}

#[async_trait]
impl SealedStore for Sealed {
    async fn sealed(&self, slot_key: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(std::fs::read(self.file(slot_key)).ok())
    }

    async fn seal(&self, slot_key: &str, bytes: &[u8]) -> Result<(), String> {
        std::fs::write(self.file(slot_key), bytes).map_err(|error| error.to_string())
    }

    async fn unseal(&self, slot_key: &str) -> Result<(), String> {
        let _ = std::fs::remove_file(self.file(slot_key));
        Ok(())
    }
}

/// Answers `answer`, to be kept the first way that is offered, and remembers the question.
struct Asked {
    questions: Mutex<Vec<(Vec<Keep>, Option<String>)>>,
}

#[async_trait]
impl Ask for Asked {
    async fn ask(&self, question: Question) -> Option<Answer> {
        let Question::Secret { keeps, note, .. } = question else { return None };
        let keep = keeps[0];
        self.questions.lock().unwrap().push((keeps, note));
        Some(Answer { values: vec!["answer".into()], keep })
    }
}

async fn obtain(vault: &Vault, slot: &Slot) -> (String, Result<(), VaultError>, Vec<(Vec<Keep>, Option<String>)>) {
    let asked = Asked { questions: Mutex::default() };
    let obtained = vault.obtain(slot, &asked, SecretKind::HttpPassword, "vision", Keep::Keyring, false).await.unwrap();
    let accepted = vault.accept(&obtained).await;
    (obtained.secret.expose_secret().to_owned(), accepted, asked.questions.into_inner().unwrap())
}

async fn kept(vault: &Vault, slot: &Slot) -> Option<String> {
    vault.get(slot).await.unwrap().map(|secret| secret.expose_secret().to_owned())
}

async fn keep(vault: &Vault, slot: &Slot, secret: &str) -> Result<(), VaultError> {
    vault.set(slot, &SecretString::from(secret), Keep::Keyring).await
}

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(test);
}

#[test]
fn an_unlocked_keyring_keeps_what_it_is_given() {
    let Some(folder) = own_session("keyring::an_unlocked_keyring_keeps_what_it_is_given", SessionBus::Running, &[])
    else {
        return;
    };
    let _keyring = GnomeKeyring::start(&folder, Some(PASSWORD));
    run(async {
        let sealed = Sealed::below(&folder);
        let vault = Vault::open(sealed.clone());
        let state = vault.state().await;
        assert!(state.usable, "{state:?}");
        let (password, token) = (Slot::profile("7a9d", "password"), Slot::profile("7a9d", "token"));
        assert_eq!(kept(&vault, &password).await, None);
        assert!(!vault.has(&password).await);

        let long = "eyJ0-a-token-that-is-long.".repeat(400);
        for secret in
            ["hunter2", "", "pässwörd ☃ \"\\\n\0", "2", "1", &"x".repeat(1499), &"x".repeat(1501), &long, "short"]
        {
            keep(&vault, &password, secret).await.unwrap();
            keep(&vault, &token, "another").await.unwrap();
            assert!(vault.has(&password).await);
            // Another vault is what the next start of the app has.
            let next = Vault::open(sealed.clone());
            assert_eq!(kept(&next, &password).await.as_deref(), Some(secret));
            assert_eq!(kept(&next, &token).await.as_deref(), Some("another"));
            assert_eq!(sealed.count(), usize::from(secret.len() > 1500), "only large secrets are sealed");
        }

        keep(&vault, &password, &long).await.unwrap();
        vault.forget(&password).await.unwrap();
        vault.forget(&password).await.unwrap();
        assert_eq!(kept(&vault, &password).await, None);
        assert!(!vault.has(&password).await);
        assert_eq!(sealed.count(), 0);

        // Kept only for this session, it comes back from nowhere.
        vault.set(&token, &"for now".into(), Keep::Session).await.unwrap();
        assert_eq!(kept(&vault, &token).await.as_deref(), Some("for now"));
        assert!(vault.state().await.usable, "it queues behind the job that was left");
        assert_eq!(kept(&Vault::open(sealed.clone()), &token).await, None);

        let slot = Slot::ssh_password("ana", "bastion", 22);
        assert_eq!(
            obtain(&vault, &slot).await,
            ("answer".into(), Ok(()), vec![(vec![Keep::Keyring, Keep::Session, Keep::Never], None)])
        );
        assert_eq!(obtain(&Vault::open(sealed), &slot).await, ("answer".into(), Ok(()), vec![]));
    });
}

#[test]
fn a_kept_secret_is_nowhere_to_be_read() {
    let Some(folder) = own_session("keyring::a_kept_secret_is_nowhere_to_be_read", SessionBus::Running, &[]) else {
        return;
    };
    let _keyring = GnomeKeyring::start(&folder, Some(PASSWORD));
    run(async {
        let vault = Vault::open(Sealed::below(&folder));
        let small = "a-marked-password-7Q2f";
        let large = "a-marked-token-9Xw4".repeat(100);
        keep(&vault, &Slot::profile("7a9d", "password"), small).await.unwrap();
        keep(&vault, &Slot::profile("7a9d", "token"), &large).await.unwrap();
        assert!(
            folder.join("data/keyrings/login.keyring").is_file(),
            "the place that is searched is not the right one"
        );
        for secret in [small, &large, "a-marked-token-9Xw4"] {
            let mark = Mark::of(secret);
            assert_eq!(mark.in_folder(&folder), Vec::<String>::new());
            assert_eq!(mark.in_processes(std::process::id()), Vec::<String>::new());
            assert_eq!(mark.within(format!("{vault:?}").as_bytes()), None);
        }
        // What is sealed is for its slot only, and of no use without its key.
        let files: Vec<_> = std::fs::read_dir(folder.join("data/sealed")).unwrap().collect();
        assert_eq!(files.len(), 1);
        let file = files[0].as_ref().unwrap().path();
        let mut bytes = std::fs::read(&file).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(&file, bytes).unwrap();
        assert_eq!(kept(&vault, &Slot::profile("7a9d", "token")).await, None);
    });
}

#[test]
fn a_locked_keyring_is_not_unlocked_in_vain_and_tells_a_no() {
    let Some(folder) =
        own_session("keyring::a_locked_keyring_is_not_unlocked_in_vain_and_tells_a_no", SessionBus::Running, &[])
    else {
        return;
    };
    run(async {
        let keyring = GnomeKeyring::start(&folder, Some(PASSWORD));
        let vault = Vault::open(Sealed::below(&folder));
        let (known, unknown) = (Slot::key_passphrase("/home/ana/.ssh/id_ed25519"), Slot::key_passphrase("/other"));
        keep(&vault, &known, "kept").await.unwrap();
        keyring.kill();

        let keyring = GnomeKeyring::start(&folder, None);
        let state = vault.state().await;
        assert!(state.usable && state.words.contains("locked"), "{state:?}");
        assert!(vault.has(&known).await, "what is locked is there all the same");
        assert!(!vault.has(&unknown).await);
        // No program can show the prompt, which the keyring tells as a no.
        assert_eq!(vault.get(&known).await.unwrap_err(), VaultError::Dismissed);
        assert_eq!(keep(&vault, &known, "new").await.unwrap_err(), VaultError::Dismissed);
        assert_eq!(keep(&vault, &unknown, "new").await.unwrap_err(), VaultError::Dismissed);
        assert_eq!(kept(&vault, &unknown).await, None, "what is not there is no reason to ask");

        let note = Some(VaultError::Dismissed.to_string());
        let (answer, accepted, questions) = obtain(&vault, &known).await;
        assert_eq!(
            (answer.as_str(), accepted, questions),
            ("answer", Ok(()), vec![(vec![Keep::Session, Keep::Never], note)])
        );
        // The keyring was offered, but then did not take it: it is kept for this session.
        let (_, accepted, questions) = obtain(&vault, &unknown).await;
        assert_eq!((accepted, questions[0].0[0]), (Err(VaultError::Dismissed), Keep::Keyring));
        assert_eq!(kept(&vault, &unknown).await.as_deref(), Some("answer"));
        keyring.kill();

        // The same vault finds the keyring that was started again, and what was in it.
        let _keyring = GnomeKeyring::start(&folder, Some(PASSWORD));
        assert_eq!(kept(&vault, &known).await.as_deref(), Some("answer"), "the session's comes first");
        assert_eq!(kept(&Vault::open(Sealed::below(&folder)), &known).await.as_deref(), Some("kept"));
        keep(&vault, &unknown, "now").await.unwrap();
    });
}

#[test]
fn an_unanswered_prompt_holds_up_nothing_else() {
    let Some(folder) = own_session("keyring::an_unanswered_prompt_holds_up_nothing_else", SessionBus::Running, &[])
    else {
        return;
    };
    run(async {
        let keyring = GnomeKeyring::start(&folder, Some(PASSWORD));
        let vault = Vault::open(Sealed::below(&folder));
        let slot = Slot::profile("7a9d", "password");
        keep(&vault, &slot, "kept").await.unwrap();
        keyring.kill();

        // A prompter that never shows a prompt.
        let prompter = connection::Builder::session().unwrap().name("org.gnome.keyring.SystemPrompter").unwrap();
        let _prompter = prompter.build().unwrap();
        let keyring = GnomeKeyring::start(&folder, None);
        let vault_of_get = vault.clone();
        let slot_of_get = slot.clone();
        let get = tokio::spawn(async move { vault_of_get.get(&slot_of_get).await });
        while vault.state().await.usable {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(vault.state().await.words.contains("busy"));
        assert!(!vault.has(&slot).await);
        vault.set(&slot, &"for now".into(), Keep::Session).await.unwrap();
        assert!(!get.is_finished());
        // The prompt goes with the keyring.
        keyring.kill();
        assert_eq!(get.await.unwrap().unwrap_err(), VaultError::NoService);
    });
}

#[test]
fn a_keyring_that_is_started_later_is_found() {
    let Some(folder) = own_session("keyring::a_keyring_that_is_started_later_is_found", SessionBus::Running, &[])
    else {
        return;
    };
    run(async {
        let vault = Vault::open(Sealed::below(&folder));
        expect_none(&vault, &VaultError::NoService).await;
        let _keyring = GnomeKeyring::start(&folder, Some(PASSWORD));
        assert!(vault.state().await.usable);
        keep(&vault, &Slot::profile("7a9d", "password"), "kept").await.unwrap();
    });
}

#[test]
fn where_there_is_no_keyring_yet_the_user_is_asked_to_make_one() {
    let Some(folder) =
        own_session("keyring::where_there_is_no_keyring_yet_the_user_is_asked_to_make_one", SessionBus::Running, &[])
    else {
        return;
    };
    run(async {
        let keyring = GnomeKeyring::start(&folder, None);
        let vault = Vault::open(Sealed::below(&folder));
        let state = vault.state().await;
        assert!(state.usable && state.words.contains("no keyring yet"), "{state:?}");
        let slot = Slot::profile("7a9d", "password");
        assert_eq!(kept(&vault, &slot).await, None, "what cannot be there is no reason to ask");
        assert_eq!(keep(&vault, &slot, "secret").await.unwrap_err(), VaultError::Dismissed);
        vault.forget(&slot).await.unwrap();
        keyring.kill();
    });
}

#[test]
fn without_a_bus_there_is_no_keyring() {
    let Some(folder) = own_session("keyring::without_a_bus_there_is_no_keyring", SessionBus::Absent, &[]) else {
        return;
    };
    run(async { expect_none(&Vault::open(Sealed::below(&folder)), &VaultError::NoBus).await });
}

#[test]
fn the_keyring_can_be_switched_off() {
    let none = [("PODIUM_KEYRING", "none")];
    let Some(folder) = own_session("keyring::the_keyring_can_be_switched_off", SessionBus::Running, &none) else {
        return;
    };
    let _keyring = GnomeKeyring::start(&folder, Some(PASSWORD));
    run(async { expect_none(&Vault::open(Sealed::below(&folder)), &VaultError::NoService).await });
}

/// Everything says that there is no keyring, and why; secrets can still be kept for the session.
async fn expect_none(vault: &Vault, why: &VaultError) {
    let slot = Slot::profile("0", "password");
    let state = vault.state().await;
    assert_eq!((state.usable, state.words), (false, why.to_string()));
    assert_eq!(&vault.get(&slot).await.unwrap_err(), why);
    assert_eq!(&keep(vault, &slot, "secret").await.unwrap_err(), why);
    assert_eq!(&vault.forget(&slot).await.unwrap_err(), why);
    assert!(!vault.has(&slot).await);
    let (answer, accepted, questions) = obtain(vault, &slot).await;
    assert_eq!((answer.as_str(), accepted), ("answer", Ok(())));
    assert_eq!(questions, vec![(vec![Keep::Session, Keep::Never], Some(why.to_string()))]);
    assert!(vault.has(&slot).await);
    assert_eq!(kept(vault, &slot).await.as_deref(), Some("answer"));
}
