//! Passwords, second factors, and whatever else a server may ask.

use std::sync::Arc;
use std::time::Duration;

use podium::connect::Keep;
use podium::connect::question::{Prompt, Question, SecretKind};
use podium::connect::secrets::Slot;
use podium::connect::ssh::{SshError, TunnelState};
use podium::connect::steps::StepName;
use podium::tracking::rest::{Lane, NetError};

use super::asking::{Asking, Round, Wants, round};
use super::far::Far;
use super::setup::{Asked, TunnelSetup, answer, get, hello, lost_and_back, wait_for};
use crate::common::sshd::make_key;

fn site_of(server: &Asking) -> TunnelSetup {
    let setup = TunnelSetup::new();
    setup.add(
        "config",
        &format!("Host gpu\n  HostName 127.0.0.1\n  Port {}\n  User ana\n  IdentityAgent none\n", server.port),
    );
    setup.add("ours", &format!("[127.0.0.1]:{} {}\n", server.port, server.host_key));
    setup
}

fn slot(server: &Asking) -> Slot {
    Slot::ssh_password("ana", "127.0.0.1", server.port)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_asked_for_until_it_is_right_and_kept_then() {
    let (server, far) = (Asking::start(Wants::Password("hunter2")).await, Far::tcp().await);
    let setup = site_of(&server);
    let asked = Asked::with(|question| match question {
        Question::Secret { what: SecretKind::SshPassword, again: false, .. } => answer(&["hunter1"], Keep::Session),
        Question::Secret { what: SecretKind::SshPassword, again: true, .. } => answer(&["hunter2"], Keep::Session),
        other => panic!("{other:?}"),
    });
    let tunnel = setup.open(&far.end, &asked).await.unwrap();
    hello(&tunnel).await.unwrap();
    get(&tunnel, "/hello", Lane::Bulk).await.unwrap();
    assert_eq!(server.heard(), ["password hunter1", "password hunter2", "password hunter2"]);
    assert!(setup.vault.get(&slot(&server)).await.unwrap().is_some());
    let auth = setup.step(StepName::Auth);
    assert!(auth.detail.contains("accepted: the password") && !auth.detail.contains("hunter"), "{auth:?}");
    // It comes back by itself.
    lost_and_back(&tunnel, || server.end_sessions()).await;
    hello(&tunnel).await.unwrap();
    assert_eq!(asked.all().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn three_wrong_passwords_are_enough_and_none_is_kept() {
    let (server, far) = (Asking::start(Wants::Password("hunter2")).await, Far::tcp().await);
    let setup = site_of(&server);
    let asked = Asked::says(&["wrong"]);
    let error = setup.open(&far.end, &asked).await.err().unwrap();
    assert!(matches!(error, SshError::AuthRefused { .. }), "{error:?}");
    assert!(!error.to_string().contains("wrong"), "{error}");
    assert_eq!(server.heard().len(), 3);
    assert!(setup.vault.get(&slot(&server)).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_password_among_the_questions_is_a_password() {
    let wants = Wants::Questions(vec![round(&[("Password: ", false)], &["hunter2"])]);
    let (server, far) = (Asking::start(wants).await, Far::tcp().await);
    let setup = site_of(&server);
    let asked = Asked::says(&["hunter2"]);
    let tunnel = setup.open(&far.end, &asked).await.unwrap();
    get(&tunnel, "/hello", Lane::Bulk).await.unwrap();
    let questions = asked.all();
    assert!(matches!(questions.as_slice(), [Question::Secret { what: SecretKind::SshPassword, .. }]), "{questions:?}");
    assert!(setup.vault.get(&slot(&server)).await.unwrap().is_some());
    drop(tunnel);
    setup.opened(&far.end).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_asked_in_the_server_s_words_and_never_behind_the_user_s_back() {
    let code = Round {
        instruction: "Look at your\u{202e} token\u{7}\nnow",
        prompts: vec![("Verification\u{1b}[2J code: ", false), ("Your name? ", true)],
        answers: vec!["123456", "ana"],
    };
    let wants = Wants::KeyAndQuestions(vec![round(&[("Password: ", false)], &["hunter2"]), code]);
    let (server, far) = (Asking::start(wants).await, Far::tcp().await);
    let setup = site_of(&server);
    let key = make_key(setup.folder.path(), "key", "ed25519", "");
    setup.add("config", &format!("  IdentityFile {}\n", key.display()));
    let asked = Asked::with(|question| match question {
        Question::Secret { .. } => answer(&["hunter2"], Keep::Session),
        Question::Prompts { .. } => answer(&["123456", "ana"], Keep::Keyring),
        other => panic!("{other:?}"),
    });
    let tunnel = setup.open(&far.end, &asked).await.unwrap();
    hello(&tunnel).await.unwrap();
    get(&tunnel, "/hello", Lane::Bulk).await.unwrap();
    let questions = asked.all();
    // The downloads' session took the code once more, while the user was there.
    let [
        Question::Secret { .. },
        Question::Prompts { subject, name, instruction, prompts },
        Question::Prompts { subject: again, .. },
    ] = questions.as_slice()
    else {
        panic!("{questions:?}");
    };
    assert_eq!((subject.as_str(), again.as_str()), ("ana@gpu", "ana@gpu (once more, for downloads)"));
    assert_eq!((name.as_str(), instruction.as_str()), ("]0;PAM", "Look at your token\nnow"));
    let expected = [
        Prompt { text: "Verification[2J code:".into(), echo: false },
        Prompt { text: "Your name?".into(), echo: true },
    ];
    assert_eq!(prompts.as_slice(), expected);

    let before = server.heard().len();
    server.end_sessions();
    let state = wait_for(&tunnel, |state| *state != TunnelState::Up).await;
    assert!(matches!(state, TunnelState::Down { error: SshError::NeedsUser { .. } }), "{state:?}");
    assert!(matches!(hello(&tunnel).await, Err(NetError::NeedsUser { .. })));
    assert!(matches!(get(&tunnel, "/hello", Lane::Bulk).await, Err(NetError::NeedsUser { .. })));
    tunnel.check_now();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(server.heard().len(), before, "{:?}", server.heard());

    tunnel.reconnect(Arc::new(asked.clone())).await.unwrap();
    hello(&tunnel).await.unwrap();
    // The password was kept, the code was not.
    assert_eq!(asked.all().len(), 5, "{:?}", asked.all());
}

#[tokio::test(flavor = "multi_thread")]
async fn unanswered_questions_end_the_attempt() {
    let wants = Wants::Questions(vec![round(&[("Code: ", false)], &["1"])]);
    let (server, far) = (Asking::start(wants).await, Far::tcp().await);
    let setup = site_of(&server);
    let asked = Asked::dismisses();
    let error = setup.open(&far.end, &asked).await.err().unwrap();
    assert!(matches!(error, SshError::NeedsUser { .. }), "{error:?}");
    assert_eq!((asked.all().len(), server.heard().len()), (1, 0));

    // Wrong ones are asked for again, three times in all.
    let asked = Asked::says(&["2"]);
    let error = setup.open(&far.end, &asked).await.err().unwrap();
    assert!(matches!(error, SshError::AuthRefused { .. }), "{error:?}");
    assert_eq!((asked.all().len(), server.heard().len()), (3, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_questions_is_not_shown() {
    let wants = Wants::Questions(vec![round(&[("?", true); 200], &[])]);
    let (server, far) = (Asking::start(wants).await, Far::tcp().await);
    let error = site_of(&server).open(&far.end, &Asked::nothing()).await.err().unwrap();
    assert!(error.to_string().contains("200 questions"), "{error}");

    // Rounds without a question are answered, and not without end.
    let wants = Wants::Questions(vec![round(&[], &[]); 100]);
    let server = Asking::start(wants).await;
    let error = site_of(&server).open(&far.end, &Asked::nothing()).await.err().unwrap();
    assert!(error.to_string().contains("without end"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_kept_for_one_machine_is_not_sent_to_another_at_the_same_address() {
    let (server, far) = (Asking::start(Wants::Password("hunter2")).await, Far::tcp().await);
    let setup = site_of(&server);
    setup.add("config", "  HostKeyAlias other-machine\n");
    setup.add("ours", &format!("other-machine {}\n", server.host_key));
    setup.vault.set(&slot(&server), &"of the first".into(), Keep::Session).await.unwrap();
    let asked = Asked::says(&["hunter2"]);
    let _tunnel = setup.open(&far.end, &asked).await.unwrap();
    assert_eq!(server.heard(), ["password hunter2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_cannot_open_a_channel_to_us() {
    let (server, far) = (Asking::start(Wants::Password("hunter2")).await, Far::tcp().await);
    let setup = site_of(&server);
    let asked = Asked::says(&["hunter2"]);
    let tunnel = setup.open(&far.end, &asked).await.unwrap();
    let first = || server.sessions.lock().unwrap().first().cloned();
    let session = loop {
        match first() {
            Some(session) => break session,
            // It may be logged in before it is noted.
            None => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    };
    assert!(session.channel_open_agent().await.is_err());
    assert!(session.channel_open_session().await.is_err());
    assert!(session.channel_open_x11("127.0.0.1", 6000).await.is_err());
    assert!(session.channel_open_direct_tcpip("127.0.0.1", 1, "127.0.0.1", 1).await.is_err());
    assert!(session.channel_open_forwarded_tcpip("127.0.0.1", 1, "127.0.0.1", 1).await.is_err());
    assert!(session.channel_open_direct_streamlocal("/run/x").await.is_err());
    assert!(session.channel_open_forwarded_streamlocal("/run/x").await.is_err());
    hello(&tunnel).await.unwrap();
}
