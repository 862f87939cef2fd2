//! No secret is where it does not belong. The app is used with marked ones on every way that a secret
//! goes; then everything that it wrote, said or showed of itself is searched for them.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used)] // A panic is how a test fails.

mod common;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::marks::Mark;
use common::mlflow::repository;
use common::nginx::{Certified, LIKE_MLFLOW, Nginx, Site};
use common::own_session::{GnomeKeyring, SessionBus, own_session};
use common::sshd::{Sshd, SshdOptions, make_key, public_key};
use podium::app::App;
use podium::connect::question::{Answer, Question, SecretKind};
use podium::connect::{Auth, ExtraHeader, Hop, Keep, Profile, ProfileKind, Route};
use podium::connection::ConnectionState;

const PASSWORD: &str = "Mark-Passwort äöü \"7\" 54fd9";
const WRONG: &str = "Mark-Falsches-Passwort-11c7a";
const IN_ADDRESS: &str = "Mark-Passwort-in-der-Adresse-e8";
const TOKEN: &str = "mark-token-3f9c0b7d55aa41e2";
const PASSPHRASE: &str = "Mark-Passphrase korrekt Pferd 83b1";
const CLIENT_KEY: &str = "Mark-Passphrase-client-key-92d0";
/// As `Debug` and everything else would show it.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn marked_secrets_are_nowhere() {
    let name = "marked_secrets_are_nowhere";
    let Some(session) = own_session(name, SessionBus::Running, &[]) else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(use_everything(&session));
}

async fn use_everything(session: &Path) {
    let keyring = GnomeKeyring::start(session, Some("the keyring's own password"));
    let data = session.join("data/podium");
    let log = session.join("app.log");
    log_everything(&log);
    let large = format!("mark-cookie-{}", "0123456789abcdef-session-".repeat(100));
    let marks = [PASSWORD, WRONG, IN_ADDRESS, TOKEN, PASSPHRASE, CLIENT_KEY, &large];

    // A server behind SSH that wants a password, one that wants a token and a large cookie, and one
    // that wants a client certificate.
    let folder = Nginx::folder();
    let of_whom = |value: &str| format!("if ($http_authorization != '{value}') {{ return 401; }}\n{LIKE_MLFLOW}");
    let basic = format!("Basic {}", STANDARD.encode(format!("ana:{PASSWORD}")));
    let in_address = format!("Basic {}", STANDARD.encode(format!("ana:{IN_ADDRESS}")));
    let authority = Certified::itself(&folder, "authority", "DNS:authority");
    let shown = authority.issue("server", "subjectAltName = DNS:localhost");
    let client = authority.issue("client", "extendedKeyUsage = clientAuth");
    let key = format!("pkcs8 -topk8 -v2 aes-256-cbc -passout pass:{CLIENT_KEY}");
    let client_key = client.key_as("client-encrypted.key", &key);
    let large_headers = "large_client_header_buffers 8 32k;";
    let sites = [
        Site::http().with(of_whom(&basic)),
        Site::http().with(format!("{large_headers}\n{}", of_whom(&format!("Bearer {TOKEN}")))),
        Site::http().with(of_whom(&in_address)),
        Site::https(&shown).with(format!(
            "ssl_client_certificate {};\nssl_verify_client on;\n{LIKE_MLFLOW}",
            authority.certificate.display()
        )),
    ];
    let nginx = Nginx::start(&folder, &sites);
    let key = make_key(&folder, "id_marked", "ed25519", PASSPHRASE);
    let sshd = Sshd::start(SshdOptions { authorized_keys: vec![public_key(&key)], ..SshdOptions::default() });

    let sample = repository().join("src-tauri/sample");
    let app = Arc::new(App::open(&data, &sample, None, Arc::new(|_| {})).await.unwrap());
    let said = Arc::new(Mutex::new(String::new()));
    let answering = tokio::spawn(answer(app.clone(), said.clone()));

    // A key with a passphrase, then a password of which the first one is wrong: both are asked for.
    let route = app.save_route(route(&sshd, &key)).await.unwrap();
    let mut behind_ssh = server("behind-ssh", sites[0].port());
    behind_ssh.server.route_id = Some(route.id);
    behind_ssh.server.auth = Auth::Basic { username: "ana".into() };
    let behind_ssh = app.save_profile(behind_ssh).await.unwrap();
    up(&app, &behind_ssh, &said).await;

    let mut by_token = server("by-token", sites[1].port());
    by_token.server.auth = Auth::Bearer;
    by_token.server.headers = vec![ExtraHeader { name: "Cookie".into(), value: None }];
    let by_token = app.save_profile(by_token).await.unwrap();
    app.replace_secret(&by_token.id, "token", TOKEN.into(), Keep::Keyring).await.unwrap();
    app.replace_secret(&by_token.id, "header:cookie", large.as_str().into(), Keep::Keyring).await.unwrap();
    up(&app, &by_token, &said).await;

    // As people paste them, in a profile and as a target.
    let text = format!("http://ana:{IN_ADDRESS}@127.0.0.1:{}", sites[2].port());
    let opened = app.open_target(&text).await.unwrap();
    note(&said, opened.profile());
    assert_eq!(opened.profile().address, format!("http://127.0.0.1:{}", sites[2].port()));
    let pasted = Profile { address: text, ..server("pasted", 1) };
    let pasted = app.save_profile(pasted).await.unwrap();
    up(&app, &pasted, &said).await;

    let mut certified = Profile { address: format!("https://localhost:{}", sites[3].port()), ..server("certified", 1) };
    certified.server.tls.ca_file = Some(authority.certificate.display().to_string());
    certified.server.tls.client_certificate_file = Some(client.certificate.display().to_string());
    certified.server.tls.client_key_file = Some(client_key.display().to_string());
    let certified = app.save_profile(certified).await.unwrap();
    up(&app, &certified, &said).await;

    for profile in [&behind_ssh, &by_token, &pasted, &certified] {
        let test = app.start_test(profile.clone(), None).await.unwrap();
        let began = Instant::now();
        while !app.read_test(test).unwrap().finished {
            assert!(began.elapsed() < PATIENCE, "{:?}", app.read_test(test));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let report = app.read_test(test).unwrap();
        assert!(report.text.contains("MLflow 3.17.2"), "{}", report.text);
        note(&said, &report);
        note(&said, &app.secrets(&profile.id).await.unwrap());
    }
    let export = app.export_profiles(&[]).await.unwrap();
    note(&said, &export);
    note(&said, &app.preview_import(&export).await.unwrap());
    note(&said, &app.settings.profiles().await.unwrap());
    note(&said, &app.duplicate_profile(&by_token.id).await.unwrap());
    let unusable = app.open_target(&format!("ftp://ana:{IN_ADDRESS}@host")).await.map(|_| ()).unwrap_err();
    note(&said, &unusable);
    write!(said.lock().unwrap(), "{:?} {:?}", app.connect_context.vault, app.connect_context.questions.pending())
        .unwrap();

    answering.abort();
    let said = said.lock().unwrap().clone();
    let logged = std::fs::read_to_string(&log).unwrap();
    assert!(logged.contains("russh") && logged.contains("hyper"), "the log is as talkative as it can be");
    for mark in marks {
        let looked_for = Mark::of(mark);
        assert_eq!(looked_for.within(said.as_bytes()), None, "what the window is told:\n{said}");
        // Settings, cache, known hosts, the log, and the files of the keyring.
        assert_eq!(looked_for.in_folder(session), Vec::<String>::new());
        assert_eq!(looked_for.in_processes(std::process::id()), Vec::<String>::new());
    }

    // The search would find them: a header whose value is not called secret lies in the settings.
    let mut open = app.settings.profile(&by_token.id).await.unwrap();
    open.server.headers.push(ExtraHeader { name: "X-Open".into(), value: Some(TOKEN.into()) });
    app.save_profile(open).await.unwrap();
    assert!(!Mark::of(TOKEN).in_folder(&data).is_empty(), "the search finds what is there");
    drop((nginx, keyring));
}

/// Answers as a user does, once wrongly, and notes what was asked.
async fn answer(app: Arc<App>, said: Arc<Mutex<String>>) {
    let mut wrong_before = false;
    loop {
        for pending in app.connect_context.questions.pending() {
            note(&said, &pending);
            let values = match &pending.question {
                Question::Secret { what: SecretKind::KeyPassphrase, .. } => vec![PASSPHRASE.into()],
                Question::Secret { what: SecretKind::ClientKeyPassphrase, .. } => vec![CLIENT_KEY.into()],
                Question::Secret { what: SecretKind::HttpPassword, .. } if !wrong_before => {
                    wrong_before = true;
                    vec![WRONG.into()]
                }
                Question::Secret { what: SecretKind::HttpPassword, .. } => vec![PASSWORD.into()],
                Question::HostKey { .. } => vec![],
                other => panic!("nothing else is asked: {other:?}"),
            };
            let keep = match &pending.question {
                Question::Secret { keeps, .. } => {
                    assert_eq!(keeps[0], Keep::Keyring, "there is a keyring");
                    Keep::Keyring
                }
                _ => Keep::Never,
            };
            app.connect_context.questions.answer(pending.id, Some(Answer { values, keep }));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn up(app: &App, profile: &Profile, said: &Mutex<String>) {
    let connection = app.connection(&profile.id).await.unwrap();
    let began = Instant::now();
    loop {
        let state = connection.state();
        note(said, &state);
        match state {
            ConnectionState::Up { .. } => return,
            ConnectionState::Down { error, retry_in_ms: None } => panic!("{}: {error}", profile.name),
            _ => assert!(began.elapsed() < PATIENCE, "{}: {state:?}", profile.name),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What goes to the window, and what a careless line of code would print of it.
fn note<T: serde::Serialize + std::fmt::Debug>(said: &Mutex<String>, what: &T) {
    let mut said = said.lock().unwrap();
    writeln!(said, "{}\n{what:?}", serde_json::to_string(what).unwrap()).unwrap();
}

fn server(name: &str, port: u16) -> Profile {
    Profile { id: String::new(), ..Profile::new(name, ProfileKind::Server, &format!("http://127.0.0.1:{port}")) }
}

fn route(sshd: &Sshd, key: &Path) -> Route {
    let hop = Hop {
        host: "127.0.0.1".into(),
        port: Some(sshd.port),
        user: Some(sshd.user.clone()),
        identity_file: Some(key.display().to_string()),
        agent: Some("none".into()),
        identities_only: Some(true),
        ..Hop::default()
    };
    Route { id: String::new(), name: "marked".into(), hops: vec![hop] }
}

/// Every crate, at its most talkative.
fn log_everything(file: &PathBuf) {
    let file = std::fs::File::create(file).unwrap();
    tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(Mutex::new(file)).init();
}
