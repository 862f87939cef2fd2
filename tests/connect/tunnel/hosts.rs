//! Host keys: asked about once, pinned, and never again anything but that key.

use std::time::Duration;

use podium::connect::question::Question;
use podium::connect::ssh::{SshError, TunnelState};
use podium::connect::steps::{StepName, StepState};
use podium::tracking::rest::{Lane, NetError};

use super::far::Far;
use super::setup::{Asked, TunnelSetup, get, hello, wait_for};
use crate::common::sshd::{HostCertificate, Sshd, SshdOptions, make_key, public_key};

/// Nothing of who we are was told to a server: not even a name.
fn nothing_was_sent(sshd: &Sshd) {
    let log = sshd.log();
    for word in ["Accepted", "Failed", "Invalid user", "authenticating user"] {
        assert!(!log.contains(word), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_host_is_asked_about_once_and_pinned() {
    let (sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let setup = TunnelSetup::new();
    setup.host("gpu", &sshd, "");
    // The same key under another name is told.
    setup.add("theirs", &format!("other.corp {}\n", sshd.host_key("ed25519")));
    let asking = Duration::from_secs(2);
    let asked = Asked::agrees().after(asking);
    let began = std::time::Instant::now();
    let tunnel = setup.open(&far.end, &asked).await.unwrap();
    let took = began.elapsed();
    hello(&tunnel).await.unwrap();
    get(&tunnel, "/hello", Lane::Bulk).await.unwrap();

    let questions = asked.all();
    assert_eq!(questions.len(), 1, "{questions:?}");
    let Question::HostKey { host, hop, key_type, fingerprint, art, known_as, note } = &questions[0] else {
        panic!("{questions:?}");
    };
    assert_eq!((host.as_str(), hop.as_str(), key_type.as_str()), (sshd.known_name().as_str(), "1 of 1", "ED25519"));
    assert!(fingerprint.starts_with("SHA256:") && art.lines().count() == 11, "{fingerprint}\n{art}");
    assert!(known_as.len() == 1 && known_as[0].starts_with("other.corp ("), "{known_as:?}");
    assert_eq!(*note, None);
    let pinned = setup.read("ours");
    assert_eq!(pinned.trim(), format!("{} {}", sshd.known_name(), sshd.host_key("ed25519")));
    assert_eq!(setup.read("theirs").lines().count(), 1);

    // What was done twice is shown once, without the time of the asking.
    let list = setup.steps.list();
    assert_eq!(list.iter().filter(|step| step.name == StepName::HostKey).count(), 1, "{list:#?}");
    let step = setup.step(StepName::HostKey);
    assert!(step.state == StepState::Passed && step.detail.contains(fingerprint), "{step:?}");
    assert!(step.took_ms.unwrap() <= (took - asking).as_secs_f64() * 1000.0, "{step:?}");
    assert!(list.iter().all(|step| !matches!(step.state, StepState::Running | StepState::Failed)), "{list:#?}");

    drop(tunnel);
    let tunnel = setup.opened(&far.end).await;
    hello(&tunnel).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_asked_about_a_host_learns_which_files_were_not_read() {
    let (sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let setup = TunnelSetup::new();
    setup.host("gpu", &sshd, &format!("GlobalKnownHostsFile {}", setup.folder.path().display()));
    let asked = Asked::dismisses();
    setup.open(&far.end, &asked).await.err().unwrap();
    let questions = asked.all();
    let [Question::HostKey { note: Some(note), .. }] = questions.as_slice() else { panic!("{questions:?}") };
    assert!(note.contains(&format!("{} is not a file", setup.folder.path().display())), "{note}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_not_accepted_learns_nothing() {
    let (sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let setup = TunnelSetup::new();
    setup.host("gpu", &sshd, "");
    let error = setup.open(&far.end, &Asked::dismisses()).await.err().unwrap();
    assert!(matches!(&error, SshError::UnknownHost { host, .. } if *host == sshd.known_name()), "{error:?}");
    assert!(matches!(NetError::from(error.clone()), NetError::NeedsUser { .. }));
    assert!(error.is_final() && error.remedy().is_some());
    assert_eq!(setup.failed().name, StepName::HostKey);
    assert_eq!(setup.read("ours"), "");
    nothing_was_sent(&sshd);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_a_revoked_and_another_type_of_key_are_refused_without_a_question() {
    let far = Far::tcp().await;
    let keys = tempfile::tempdir().unwrap();
    let other = public_key(&make_key(keys.path(), "other", "ed25519", ""));
    for (kind, known, word) in [
        ("ed25519", "{name} {other}\n", "has changed"),
        ("ed25519", "@revoked * {own}\n{name} {own}\n", "revoked"),
        ("ed25519", "@revoked * {own}\n", "revoked"),
        ("ecdsa", "{name} {other}\n", "another type"),
    ] {
        let sshd = Sshd::start(SshdOptions { host_keys: vec![kind.to_owned()], ..SshdOptions::default() });
        let setup = TunnelSetup::new();
        setup.host("gpu", &sshd, "");
        let own = sshd.host_key(kind);
        let known = known.replace("{name}", &sshd.known_name()).replace("{own}", &own).replace("{other}", &other);
        setup.add("theirs", &known);
        let error = setup.open(&far.end, &Asked::nothing()).await.err().unwrap();
        assert!(matches!(error, SshError::HostKeyRefused { .. }), "{error:?}");
        assert!(error.to_string().contains(word), "{error}");
        assert!(error.to_string().contains("theirs:1"), "{error}");
        assert!(matches!(NetError::from(error), NetError::Untrusted { .. }));
        let step = setup.failed();
        assert!(step.name == StepName::HostKey && step.remedy.is_some(), "{step:?}");
        // One that is revoked is never accepted, whatever is forgotten.
        assert_eq!(step.changed_host, (word != "revoked").then(|| sshd.known_name()), "{step:?}");
        assert_eq!(setup.read("ours"), "");
        nothing_was_sent(&sshd);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strict_config_refuses_unknown_hosts_and_says_the_way_out() {
    let (sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let setup = TunnelSetup::new();
    setup.host("gpu", &sshd, "  StrictHostKeyChecking yes");
    let error = setup.open(&far.end, &Asked::nothing()).await.err().unwrap();
    assert!(error.to_string().contains("StrictHostKeyChecking") && error.to_string().contains("config:"), "{error}");
    nothing_was_sent(&sshd);
    setup.knows(&sshd);
    setup.opened(&far.end).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_key_of_another_type_than_the_first_is_asked_for() {
    let kinds = ["ed25519", "ecdsa", "rsa"].map(str::to_owned).to_vec();
    let (sshd, far) = (Sshd::start(SshdOptions { host_keys: kinds, ..SshdOptions::default() }), Far::tcp().await);
    for kind in ["rsa", "ecdsa"] {
        let setup = TunnelSetup::new();
        setup.host("gpu", &sshd, "");
        setup.add("theirs", &format!("{} {}\n", sshd.known_name(), sshd.host_key(kind)));
        setup.opened(&far.end).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_a_known_authority_needs_no_question() {
    let folder = tempfile::tempdir().unwrap();
    let authority = make_key(folder.path(), "ca", "ed25519", "");
    let host_certificate = Some(HostCertificate::of(&authority, "cluster"));
    let (sshd, far) = (Sshd::start(SshdOptions { host_certificate, ..SshdOptions::default() }), Far::tcp().await);
    let setup = TunnelSetup::new();
    setup.host("gpu", &sshd, "  HostKeyAlias cluster");
    setup.add("theirs", &format!("@cert-authority cluster {}\n", public_key(&authority)));
    setup.opened(&far.end).await;
    let step = setup.step(StepName::HostKey);
    assert!(step.detail.contains("authority"), "{step:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_hop_is_judged_as_well_as_the_first() {
    let far = Far::tcp().await;
    let (first, second) = (Sshd::start(SshdOptions::default()), Sshd::start(SshdOptions::default()));
    let setup = TunnelSetup::new();
    setup.host("bastion", &first, "");
    setup.host("gpu", &second, "  ProxyJump bastion");
    setup.knows(&first);
    setup.add("theirs", &format!("{} {}\n", second.known_name(), first.host_key("ed25519")));
    let error = setup.open(&far.end, &Asked::nothing()).await.err().unwrap();
    assert!(error.to_string().contains(&second.known_name()) && error.to_string().contains("changed"), "{error}");
    nothing_was_sent(&second);

    let setup = TunnelSetup::new();
    setup.host("bastion", &first, "");
    setup.host("gpu", &second, "  ProxyJump bastion");
    let asked = Asked::agrees();
    hello(&setup.open(&far.end, &asked).await.unwrap()).await.unwrap();
    let hops: Vec<String> = asked
        .all()
        .into_iter()
        .map(|question| match question {
            Question::HostKey { host, hop, .. } => format!("{hop} {host}"),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(hops, [format!("1 of 2 {}", first.known_name()), format!("2 of 2 {}", second.known_name())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_changes_while_the_way_is_lost_is_not_accepted() {
    let (mut sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let setup = TunnelSetup::of(&sshd);
    let tunnel = setup.opened(&far.end).await;
    sshd.kill();
    for name in ["host_ed25519", "host_ed25519.pub"] {
        std::fs::remove_file(sshd.folder.join(name)).unwrap();
    }
    make_key(&sshd.folder, "host_ed25519", "ed25519", "");
    std::fs::write(sshd.folder.join("log"), "").unwrap();
    sshd.restart();
    let state = wait_for(&tunnel, |state| matches!(state, TunnelState::Down { .. })).await;
    let TunnelState::Down { error } = state else { panic!() };
    assert!(matches!(error, SshError::HostKeyRefused { .. }), "{error:?}");
    assert!(matches!(hello(&tunnel).await, Err(NetError::Untrusted { .. })));
    assert!(matches!(get(&tunnel, "/hello", Lane::Bulk).await, Err(NetError::Untrusted { .. })));
    nothing_was_sent(&sshd);
}
