//! Logging in by keys: of files, with passphrases, of an agent, with certificates.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use podium::connect::Keep;
use podium::connect::question::{Question, SecretKind};
use podium::connect::ssh::{SshError, TunnelState};
use podium::connect::steps::StepName;
use podium::tracking::rest::{Lane, NetError};

use super::far::Far;
use super::setup::{Asked, PATIENCE, TunnelSetup, answer, get, hello, wait_for};
use crate::common::sshd::{Sshd, SshdOptions, make_key, public_key, text_of};
use crate::common::supervised::{Supervised, supervised};

/// A real agent with some keys.
struct SshAgent {
    socket: PathBuf,
    _running: Supervised,
    _folder: tempfile::TempDir,
}

impl SshAgent {
    fn with(keys: &[&Path]) -> Self {
        Self::asking("true", &[], keys)
    }

    /// One that runs `script` to ask its user, about keys that were added with `-c`.
    fn asking(script: &str, options: &[&str], keys: &[&Path]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("agent");
        let askpass = folder.path().join("askpass");
        std::fs::write(&askpass, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&askpass, Permissions::from_mode(0o700)).unwrap();
        let mut command = supervised();
        command.args(["ssh-agent", "-D", "-a"]).arg(&socket).stdout(Stdio::null());
        command.env("SSH_ASKPASS", &askpass).env("SSH_ASKPASS_REQUIRE", "force");
        let mut running = Supervised::start(command);
        let listens = || UnixStream::connect(&socket).is_ok();
        running.wait_until_ready("ssh-agent", PATIENCE, listens, String::new);
        for key in keys {
            text_of(Command::new("ssh-add").arg("-q").args(options).arg(key).env("SSH_AUTH_SOCK", &socket));
        }
        Self { socket, _running: running, _folder: folder }
    }
}

fn with_agent(setup: &TunnelSetup, sshd: &Sshd, agent: &SshAgent, lines: &str) {
    setup.host_with("gpu", sshd, &format!("{lines}\n  IdentityAgent {}", agent.socket.display()));
    setup.knows(sshd);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_s_key_opens_the_door() {
    let (sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let agent = SshAgent::with(&[&sshd.client_key]);
    let setup = TunnelSetup::new();
    with_agent(&setup, &sshd, &agent, "");
    let tunnel = setup.opened(&far.end).await;
    hello(&tunnel).await.unwrap();
    let auth = setup.step(StepName::Auth).detail;
    assert!(auth.contains("of the agent (ssh-ed25519 SHA256:"), "{auth}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_waits_for_its_user_is_not_asked_again_and_again() {
    let (sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let folder = tempfile::tempdir().unwrap();
    let (away, asked) = (folder.path().join("away"), folder.path().join("asked"));
    let (away_path, asked_path) = (away.display(), asked.display());
    let script = format!("echo asked >> {asked_path}; while [ -e {away_path} ]; do sleep 0.1; done; echo yes");
    let agent = SshAgent::asking(&script, &["-c"], &[&sshd.client_key]);
    let setup = TunnelSetup::new();
    with_agent(&setup, &sshd, &agent, "");
    let tunnel = setup.opened(&far.end).await;
    hello(&tunnel).await.unwrap();
    std::fs::write(&away, "").unwrap();
    sshd.drop_sessions();
    let TunnelState::Down { error } = wait_for(&tunnel, |state| matches!(state, TunnelState::Down { .. })).await else {
        panic!();
    };
    assert!(matches!(&error, SshError::NeedsUser { what, .. } if what.contains("agent")), "{error:?}");
    assert_eq!(std::fs::read_to_string(&asked).unwrap().lines().count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_keys_of_an_agent_are_told_and_identities_only_is_the_way_out() {
    let keys = tempfile::tempdir().unwrap();
    let wrong: Vec<PathBuf> =
        (0..4).map(|number| make_key(keys.path(), &format!("wrong{number}"), "ed25519", "")).collect();
    let sshd = Sshd::start(SshdOptions { config: vec!["MaxAuthTries 3".to_owned()], ..SshdOptions::default() });
    let far = Far::tcp().await;
    let mut all: Vec<&Path> = wrong.iter().map(PathBuf::as_path).collect();
    all.push(&sshd.client_key);
    let agent = SshAgent::with(&all);

    let setup = TunnelSetup::new();
    with_agent(&setup, &sshd, &agent, "");
    let error = setup.open(&far.end, &Asked::nothing()).await.err().unwrap();
    assert!(matches!(error, SshError::AuthRefused { .. }) && error.is_final(), "{error:?}");
    assert!(error.remedy().unwrap().contains("IdentitiesOnly"), "{error:?}");
    let step = setup.failed();
    assert!(step.name == StepName::Auth && step.detail.matches("refused").count() >= 3, "{step:?}");

    // The named key is the agent's own, known by its public half alone.
    let public = keys.path().join("named.pub");
    std::fs::write(&public, public_key(&sshd.client_key)).unwrap();
    for named in [public.clone(), public.with_extension("")] {
        let setup = TunnelSetup::new();
        let lines = format!("  IdentitiesOnly yes\n  IdentityFile {}", named.display());
        with_agent(&setup, &sshd, &agent, &lines);
        setup.opened(&far.end).await;
        let auth = setup.step(StepName::Auth).detail;
        assert!(auth.contains("of the agent") && !auth.contains("refused"), "{auth}");
    }
    // Without IdentitiesOnly it is at least the first.
    let setup = TunnelSetup::new();
    with_agent(&setup, &sshd, &agent, &format!("  IdentityFile {}", sshd.client_key.display()));
    setup.opened(&far.end).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_not_there_is_told_and_files_are_used() {
    let (sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let setup = TunnelSetup::new();
    setup.host("gpu", &sshd, "  IdentityAgent /nowhere/agent");
    setup.knows(&sshd);
    setup.opened(&far.end).await;
    let auth = setup.step(StepName::Auth).detail;
    assert!(auth.contains("the agent at /nowhere/agent"), "{auth}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passphrase_is_asked_for_once_and_only_where_the_key_would_do() {
    let keys = tempfile::tempdir().unwrap();
    let locked = make_key(keys.path(), "locked", "ed25519", "open sesame");
    let useless = make_key(keys.path(), "useless", "ed25519", "other");
    // OpenSSH's own format tells the public half without the passphrase.
    std::fs::remove_file(locked.with_extension("pub")).unwrap_or_default();
    let public = text_of(Command::new("ssh-keygen").args(["-y", "-P", "open sesame", "-f"]).arg(&locked));
    let sshd =
        Sshd::start(SshdOptions { authorized_keys: vec![public], refuse_client_key: true, ..SshdOptions::default() });
    let far = Far::tcp().await;
    let setup = TunnelSetup::new();
    let lines = format!("  IdentityFile {}\n  IdentityFile {}", useless.display(), locked.display());
    setup.host_with("gpu", &sshd, &lines);
    setup.knows(&sshd);

    let asked = Asked::with(|question| match question {
        Question::Secret { again: false, .. } => answer(&["wrong"], Keep::Session),
        Question::Secret { again: true, .. } => answer(&["open sesame"], Keep::Session),
        other => panic!("{other:?}"),
    });
    let tunnel = setup.open(&far.end, &asked).await.unwrap();
    hello(&tunnel).await.unwrap();
    get(&tunnel, "/bytes/1000", Lane::Bulk).await.unwrap();
    let questions = asked.all();
    assert_eq!(questions.len(), 2, "{questions:?}");
    for question in &questions {
        let Question::Secret { what, subject, .. } = question else { panic!("{question:?}") };
        assert_eq!((*what, subject.ends_with("locked")), (SecretKind::KeyPassphrase, true), "{subject}");
    }
    for step in setup.steps.list() {
        assert!(!step.detail.contains("sesame"), "{step:?}");
    }
    drop(tunnel);
    // It is kept now.
    let tunnel = setup.opened(&far.end).await;
    hello(&tunnel).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_passphrase_needs_the_user() {
    let keys = tempfile::tempdir().unwrap();
    let locked = make_key(keys.path(), "locked", "ed25519", "open sesame");
    let authorized_keys = vec![public_key(&locked)];
    let sshd = Sshd::start(SshdOptions { authorized_keys, refuse_client_key: true, ..SshdOptions::default() });
    let far = Far::tcp().await;
    let setup = TunnelSetup::new();
    setup.host_with("gpu", &sshd, &format!("  IdentityFile {}", locked.display()));
    setup.knows(&sshd);
    let asked = Asked::dismisses();
    let error = setup.open(&far.end, &asked).await.err().unwrap();
    assert!(matches!(&error, SshError::NeedsUser { what, .. } if what.contains("passphrase")), "{error:?}");
    assert!(matches!(NetError::from(error), NetError::NeedsUser { .. }));
    // Also where the server would take a password: who has dismissed one question is not asked the next.
    assert_eq!(asked.all().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_kept_nowhere_is_not_used_again_without_asking() {
    let keys = tempfile::tempdir().unwrap();
    let locked = make_key(keys.path(), "locked", "ed25519", "open sesame");
    let authorized_keys = vec![public_key(&locked)];
    let mut sshd = Sshd::start(SshdOptions { authorized_keys, refuse_client_key: true, ..SshdOptions::default() });
    let far = Far::tcp().await;
    let setup = TunnelSetup::new();
    setup.host_with("gpu", &sshd, &format!("  IdentityFile {}", locked.display()));
    setup.knows(&sshd);
    let asked = Asked::with(|_| answer(&["open sesame"], Keep::Never));
    let tunnel = setup.open(&far.end, &asked).await.unwrap();
    // The downloads' session was made while the user was there.
    get(&tunnel, "/bytes/1000", Lane::Bulk).await.unwrap();
    assert_eq!(asked.all().len(), 1);
    sshd.restart();
    let state = wait_for(&tunnel, |state| matches!(state, TunnelState::Down { .. })).await;
    assert!(matches!(state, TunnelState::Down { error: SshError::NeedsUser { .. } }), "{state:?}");
    assert_eq!(asked.all().len(), 1);
    assert!(matches!(hello(&tunnel).await, Err(NetError::NeedsUser { .. })));

    tunnel.reconnect(std::sync::Arc::new(asked.clone())).await.unwrap();
    assert_eq!(asked.all().len(), 2);
    hello(&tunnel).await.unwrap();
    get(&tunnel, "/bytes/1000", Lane::Bulk).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_usual_type_of_key_signs() {
    let keys = tempfile::tempdir().unwrap();
    let far = Far::tcp().await;
    for (kind, passphrase) in [("rsa", ""), ("rsa", "a passphrase"), ("ecdsa", ""), ("ed25519", "a passphrase")] {
        let key = make_key(keys.path(), &format!("{kind}{}", passphrase.len()), kind, passphrase);
        let authorized_keys = vec![public_key(&key)];
        let sshd = Sshd::start(SshdOptions { authorized_keys, refuse_client_key: true, ..SshdOptions::default() });
        let setup = TunnelSetup::new();
        setup.host_with("gpu", &sshd, &format!("  IdentityFile {}", key.display()));
        setup.knows(&sshd);
        let asked = if passphrase.is_empty() { Asked::nothing() } else { Asked::says(&[passphrase]) };
        if let Err(error) = setup.open(&far.end, &asked).await {
            panic!("{kind}: {error}\n{:#?}\n{}", setup.steps.list(), sshd.log());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_format_that_hides_its_public_half_is_opened_first() {
    let keys = tempfile::tempdir().unwrap();
    let key = make_key(keys.path(), "old", "ecdsa", "");
    let authorized_keys = vec![public_key(&key)];
    text_of(
        Command::new("ssh-keygen").args(["-q", "-p", "-m", "PKCS8", "-P", "", "-N", "a passphrase", "-f"]).arg(&key),
    );
    assert!(std::fs::read_to_string(&key).unwrap().contains("BEGIN ENCRYPTED PRIVATE KEY"));
    std::fs::remove_file(keys.path().join("old.pub")).unwrap();
    let sshd = Sshd::start(SshdOptions { authorized_keys, refuse_client_key: true, ..SshdOptions::default() });
    let far = Far::tcp().await;
    let setup = TunnelSetup::new();
    setup.host_with("gpu", &sshd, &format!("  IdentityFile {}", key.display()));
    setup.knows(&sshd);
    let tunnel = setup.open(&far.end, &Asked::says(&["a passphrase"])).await;
    hello(&tunnel.unwrap()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_opens_where_the_key_alone_does_not() {
    let keys = tempfile::tempdir().unwrap();
    let authority = make_key(keys.path(), "ca", "ed25519", "");
    let trusted = keys.path().join("ca.pub");
    let sshd = Sshd::start(SshdOptions {
        config: vec![format!("TrustedUserCAKeys {}", trusted.display())],
        refuse_client_key: true,
        ..SshdOptions::default()
    });
    let far = Far::tcp().await;
    for kind in ["ed25519", "rsa", "ecdsa"] {
        let key = make_key(keys.path(), kind, kind, "");
        let mut sign = Command::new("ssh-keygen");
        sign.args(["-q", "-I", "ana", "-n", &sshd.user, "-s"]).arg(&authority);
        text_of(sign.arg(keys.path().join(format!("{kind}.pub"))));
        let certificate = keys.path().join(format!("{kind}-cert.pub"));
        let elsewhere = keys.path().join(format!("{kind}.certificate"));
        // Beside the key, where it is found by itself; named; and in an agent.
        for way in ["beside", "named", "agent"] {
            let setup = TunnelSetup::new();
            let agent = SshAgent::with(
                if way == "agent" { std::slice::from_ref(&key) } else { &[] }
                    .iter()
                    .map(PathBuf::as_path)
                    .collect::<Vec<_>>()
                    .as_slice(),
            );
            if way == "named" {
                std::fs::rename(&certificate, &elsewhere).unwrap();
            }
            let file = format!("  IdentityFile {}\n", key.display());
            let lines = match way {
                "beside" => file,
                "named" => format!("{file}  CertificateFile {}\n", elsewhere.display()),
                _ => String::new(),
            };
            with_agent(&setup, &sshd, &agent, &lines);
            if let Err(error) = setup.open(&far.end, &Asked::nothing()).await {
                panic!("{kind} {way}: {error}\n{:#?}\n{}", setup.steps.list(), sshd.log());
            }
            let auth = setup.step(StepName::Auth).detail;
            assert!(auth.contains("accepted: certificate for"), "{kind} {way}: {auth}");
            if way == "named" {
                std::fs::rename(&elsewhere, &certificate).unwrap();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_wait_for_an_answer_gets_it_at_the_next_try() {
    let keys = tempfile::tempdir().unwrap();
    let locked = make_key(keys.path(), "locked", "ed25519", "open sesame");
    let sshd = Sshd::start(SshdOptions {
        config: vec!["LoginGraceTime 10".to_owned()],
        authorized_keys: vec![public_key(&locked)],
        refuse_client_key: true,
        ..SshdOptions::default()
    });
    let far = Far::tcp().await;
    let setup = TunnelSetup::new();
    setup.host_with("gpu", &sshd, &format!("  IdentityFile {}", locked.display()));
    let asked = Asked::says(&["open sesame"]).after(Duration::from_secs(12));
    let tunnel = setup.open(&far.end, &asked).await.unwrap();
    hello(&tunnel).await.unwrap();
    // The host key and the passphrase, each once.
    assert_eq!(asked.all().len(), 2, "{:?}", asked.all());
    assert_eq!(sshd.log().matches("Postponed publickey").count(), 2, "{}", sshd.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_not_authorized_is_told_with_what_was_tried() {
    let sshd = Sshd::start(SshdOptions {
        config: vec!["PasswordAuthentication no".to_owned(), "KbdInteractiveAuthentication no".to_owned()],
        refuse_client_key: true,
        ..SshdOptions::default()
    });
    let far = Far::tcp().await;
    let setup = TunnelSetup::of(&sshd);
    let error = setup.open(&far.end, &Asked::nothing()).await.err().unwrap();
    let SshError::AuthRefused { offered, tried, remedy, .. } = &error else { panic!("{error:?}") };
    assert_eq!(offered, "publickey");
    assert!(tried.contains("client (ssh-ed25519 SHA256:") && tried.ends_with("refused"), "{tried}");
    assert!(remedy.contains("authorized_keys"), "{remedy}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_methods_that_the_config_prefers_are_used() {
    let (sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    for (lines, works) in [
        ("  PreferredAuthentications publickey", true),
        ("  PreferredAuthentications hostbased,gssapi-with-mic", false),
        ("  PubkeyAuthentication no\n  PasswordAuthentication no\n  KbdInteractiveAuthentication no", false),
    ] {
        let setup = TunnelSetup::new();
        setup.host("gpu", &sshd, lines);
        setup.knows(&sshd);
        match setup.open(&far.end, &Asked::nothing()).await {
            Ok(_) => assert!(works, "{lines}"),
            Err(SshError::AuthRefused { tried, .. }) => assert!(!works && tried == "nothing", "{lines}: {tried}"),
            Err(error) => panic!("{lines}: {error:?}"),
        }
    }
    assert_eq!(sshd.log().matches("Accepted publickey").count(), 1, "{}", sshd.log());
}
