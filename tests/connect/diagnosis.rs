//! The test of a connection against servers that have one thing wrong each: the step that is to blame fails with one
//! thing to do, nothing behind it is tried, and the report holds no secret.

use std::sync::OnceLock;

use podium::app::TestReport;
use podium::connect::question::Question;
use podium::connect::steps::{Step, StepName, StepState};
use podium::connect::{Profile, Proxy, Route};
use tokio::net::TcpListener;

use crate::app::test_app::{self, Noted, Reply, TestApp, for_ana, server, until, with_password};
use crate::common::mlflow::{MlflowServer, Options, Version};
use crate::common::nginx::{Certified, LIKE_MLFLOW, Nginx, Site};
use crate::common::ports::free_port;
use crate::common::sshd::{Sshd, SshdOptions, make_key};

const WRONG: &str = "Wrong-Passwort-äß-77";
const RIGHT: &str = "Right-Passwort-äß-88";

/// As far as a test of the connection looks.
fn like_mlflow() -> String {
    let empty = "default_type application/json; return 200 '{}';";
    format!("location ~ (runs|registered-models)/search$ {{ {empty} }}\n{LIKE_MLFLOW}")
}

/// A tracking server that only knows itself as mlflow.corp.
fn guarded() -> &'static MlflowServer {
    static GUARDED: OnceLock<MlflowServer> = OnceLock::new();
    GUARDED.get_or_init(|| {
        let arguments = ["--allowed-hosts", "mlflow.corp"].map(str::to_owned).to_vec();
        MlflowServer::start(Version::Newest, Options { arguments, ..Options::sample() })
    })
}

async fn tested(test_app: &TestApp, profile: &Profile, route: Option<Route>) -> TestReport {
    let test = test_app.app.start_test(profile.clone(), route).await.unwrap();
    until("the end of the test", || test_app.app.read_test(test).unwrap().finished).await;
    let report = test_app.app.read_test(test).unwrap();
    for secret in [WRONG, RIGHT] {
        assert!(!report.text.contains(secret) && !format!("{report:?}").contains(secret), "{}", report.text);
    }
    report
}

/// The one step that has failed, which is the last; all before it went well.
#[track_caller]
fn blamed<'a>(report: &'a TestReport, name: StepName, words: &[&str], remedy: &str) -> &'a Step {
    let text = &report.text;
    let (last, before) = report.steps.split_last().expect("steps");
    assert_eq!((last.name, last.state), (name, StepState::Failed), "{text}");
    for step in before {
        assert!(matches!(step.state, StepState::Passed | StepState::Warned | StepState::Skipped), "{text}");
    }
    for word in words {
        assert!(last.detail.contains(word), "no {word:?} in the detail:\n{text}");
    }
    assert!(last.remedy.as_ref().is_some_and(|said| said.contains(remedy)), "no {remedy:?} in the remedy:\n{text}");
    assert!(text.contains("FAILED") && text.contains("→ "), "{text}");
    last
}

/// Everything went well, and this was looked at, in this order.
#[track_caller]
fn is_fine(report: &TestReport, names: &[StepName]) {
    let text = &report.text;
    let bad = |step: &&Step| !matches!(step.state, StepState::Passed | StepState::Warned | StepState::Skipped);
    assert!(report.steps.iter().find(bad).is_none(), "{text}");
    let seen: Vec<StepName> = report.steps.iter().map(|step| step.name).collect();
    assert_eq!(seen, names, "{text}");
}

const OF_THE_SERVER: [StepName; 6] = [
    StepName::Http,
    StepName::Mlflow,
    StepName::Credentials,
    StepName::Permissions,
    StepName::Artifacts,
    StepName::Workspaces,
];

fn direct(address: &str) -> Profile {
    let mut profile = server("tested", address);
    profile.server.proxy = Proxy::None;
    profile
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_below_http_is_blamed_on_the_step_it_is_wrong_at() {
    let test_app = TestApp::new().await;
    let report = tested(&test_app, &direct("http://nowhere.invalid:5000"), None).await;
    blamed(&report, StepName::Dns, &[], "name");

    let report = tested(&test_app, &direct(&format!("http://127.0.0.1:{}", free_port())), None).await;
    blamed(&report, StepName::Tcp, &["refused"], "start the server");

    let mut socket = direct("http://localhost");
    socket.server.socket_path = Some("/nowhere/mlflow.sock".into());
    blamed(&tested(&test_app, &socket, None).await, StepName::Tcp, &["no such socket"], "path");

    let plain = Noted::new(Site::http(), &like_mlflow()).started();
    let report = tested(&test_app, &direct(&plain.url().replace("http:", "https:")), None).await;
    blamed(&report, StepName::Tls, &[], "http://");
    assert_eq!(test_app.asked(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_self_signed_server_is_asked_about_and_blamed_where_the_answer_is_no() {
    let folder = tempfile::tempdir().unwrap();
    let shown = Certified::itself(folder.path(), "itself", "DNS:localhost,IP:127.0.0.1");
    let site = Site::https(&shown).with(like_mlflow());
    let sshd = Sshd::start(SshdOptions::default());
    let _nginx = Nginx::start(&Nginx::folder(), std::slice::from_ref(&site));
    let mut test_app = TestApp::new().await.with(|_| Reply::No);
    let address = format!("https://localhost:{}", site.port());
    let route = test_app.route(&sshd).await;
    for way in [None, Some(route.clone())] {
        let report = tested(&test_app, &direct(&address), way.clone()).await;
        blamed(&report, StepName::Tls, &[], "CA file");
        let mut pinned = direct(&address);
        pinned.server.tls.pin = Some("ab".repeat(32));
        let asked = test_app.asked().len();
        let report = tested(&test_app, &pinned, way).await;
        blamed(&report, StepName::Tls, &[&shown.fingerprint()], "forget the pin");
        assert_eq!(test_app.asked().len(), asked, "a pin that does not fit is no question");
    }
    test_app.user_is(|_| Reply::Yes);
    for way in [None, Some(route)] {
        let report = tested(&test_app, &direct(&address), way).await;
        let tls = report.steps.iter().find(|step| step.name == StepName::Tls).unwrap();
        assert!(tls.state == StepState::Warned && tls.detail.contains("you trust it"), "{}", report.text);
        assert_eq!(report.steps.last().unwrap().name, StepName::Workspaces, "{}", report.text);
        assert!(report.steps.iter().all(|step| step.state != StepState::Failed), "{}", report.text);
    }
    assert!(
        test_app.asked().iter().all(|asked| matches!(asked, Question::Certificate { .. }))
            && test_app.asked().len() == 4
    );

    // Asked without TLS.
    let said = tested(&test_app, &direct(&address.replace("https:", "http:")), None).await;
    blamed(&said, StepName::Http, &[], "https://");
}

#[tokio::test(flavor = "multi_thread")]
async fn something_else_than_mlflow_is_named_as_such() {
    let test_app = TestApp::new().await;
    for lines in [
        "location / { default_type text/html; return 200 '<html><title>Jenkins</title></html>'; }",
        "location / { default_type application/json; return 200 '{}'; }",
        "location / { return 404; }",
    ] {
        let other = Noted::new(Site::http(), lines).started();
        let report = tested(&test_app, &direct(&other.url()), None).await;
        blamed(&report, StepName::Mlflow, &["not an MLflow server"], "address");
    }
    let away = Noted::new(Site::http(), "location / { return 302 http://login.corp/?ticket=1; }").started();
    let report = tested(&test_app, &direct(&away.url()), None).await;
    blamed(&report, StepName::Http, &["login.corp"], "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_is_asked_for_three_times_and_never_sent_once_more() {
    let ana = Noted::new(Site::http(), &for_ana(RIGHT, &like_mlflow())).started();
    let mut test_app = TestApp::new().await.with(|question| panic!("{question:?}"));
    let report = tested(&test_app, &direct(&ana.url()), None).await;
    blamed(&report, StepName::Credentials, &["401"], "user name and password");
    assert_eq!(test_app.asked(), []);

    test_app.user_is(|_| Reply::Says(WRONG));
    let report = tested(&test_app, &with_password(direct(&ana.url())), None).await;
    blamed(&report, StepName::Credentials, &["“ana”", "password is wrong"], "password again");
    assert_eq!(test_app.asked().len(), 3);
    // nginx names who signs in.
    let as_ana = || ana.requests().iter().filter(|line| line.contains(" ana [")).count();
    until("nginx has noted them", || as_ana() >= 3).await;
    assert_eq!(as_ana(), 3, "{:?}", ana.requests());

    test_app.user_is(|_| Reply::No);
    let report = tested(&test_app, &with_password(direct(&ana.url())), None).await;
    blamed(&report, StepName::Credentials, &["kept nowhere"], "Run the test again");

    test_app.user_is(|_| Reply::Says(RIGHT));
    let report = tested(&test_app, &with_password(direct(&ana.url())), None).await;
    assert_eq!(report.steps.last().unwrap().name, StepName::Workspaces, "{}", report.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn mlflow_that_does_not_know_our_name_is_reached_with_the_field_that_is_told() {
    let (sshd, test_app) = (Sshd::start(SshdOptions::default()), TestApp::new().await);
    let mut profile = direct(&guarded().url);
    let refused = tested(&test_app, &profile, None).await;
    blamed(&refused, StepName::Http, &[&format!("127.0.0.1:{}", guarded().port)], "Host header");

    profile.server.host_header = Some("mlflow.corp".into());
    let report = tested(&test_app, &profile, None).await;
    let below = [StepName::Config, StepName::Dns, StepName::Tcp, StepName::Tls];
    is_fine(&report, &[&below[..], &OF_THE_SERVER].concat());
    assert!(report.text.contains(&format!("MLflow {}", Version::Newest.release())), "{}", report.text);

    let report = tested(&test_app, &profile, Some(test_app.route(&sshd).await)).await;
    let below = [
        StepName::Config,
        StepName::Config,
        StepName::Dns,
        StepName::Tcp,
        StepName::Banner,
        StepName::KeyExchange,
        StepName::HostKey,
        StepName::Auth,
        StepName::Channel,
    ];
    is_fine(&report, &[&below[..], &OF_THE_SERVER].concat());
    assert_eq!(test_app.asked(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_on_the_way_through_ssh_is_blamed_on_the_step_it_is_wrong_at() {
    let test_app = TestApp::new().await;
    let far = Noted::new(Site::http(), &like_mlflow()).started();
    let profile = direct(&far.url());
    let sshd_with = |lines: &[&str]| {
        let config = lines.iter().map(|line| (*line).to_owned()).collect();
        Sshd::start(SshdOptions { config, ..SshdOptions::default() })
    };
    let way_of = |sshd: &Sshd| {
        test_app.knows(sshd);
        Some(test_app::route(sshd))
    };

    let mut gone = sshd_with(&[]);
    gone.kill();
    let report = tested(&test_app, &profile, way_of(&gone)).await;
    blamed(&report, StepName::Tcp, &["refused"], "sshd runs there");

    let no_ssh = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut route = way_of(&gone).unwrap();
    route.hops[0].port = Some(no_ssh.local_addr().unwrap().port());
    let speaking = tokio::spawn(async move {
        while let Ok((mut stream, _)) = no_ssh.accept().await {
            let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let report = tested(&test_app, &profile, Some(route)).await;
    blamed(&report, StepName::Banner, &["HTTP/1.1 400"], "port");
    speaking.abort();

    let only_keys = ["PasswordAuthentication no", "KbdInteractiveAuthentication no"];
    let refusing = Sshd::start(SshdOptions {
        refuse_client_key: true,
        config: only_keys.map(str::to_owned).to_vec(),
        ..SshdOptions::default()
    });
    let report = tested(&test_app, &profile, way_of(&refusing)).await;
    blamed(&report, StepName::Auth, &["publickey"], "");

    for line in ["AllowTcpForwarding no", "PermitOpen 127.0.0.1:1"] {
        let sshd = sshd_with(&[line]);
        let report = tested(&test_app, &profile, way_of(&sshd)).await;
        blamed(&report, StepName::Channel, &["does not allow"], line.split(' ').next().unwrap());
    }

    let sshd = sshd_with(&[]);
    let absent = direct(&format!("http://127.0.0.1:{}", free_port()));
    let report = tested(&test_app, &absent, way_of(&sshd)).await;
    blamed(&report, StepName::Channel, &["refused"], "Start the server");

    let mut socket = direct("http://localhost");
    socket.server.socket_path = Some("/nowhere/mlflow.sock".into());
    let report = tested(&test_app, &socket, way_of(&sshd)).await;
    blamed(&report, StepName::Channel, &["socket"], "correct the path");

    let keys = tempfile::tempdir().unwrap();
    let other = crate::common::sshd::public_key(&make_key(keys.path(), "other", "ed25519", ""));
    std::fs::write(test_app.known_hosts(), format!("{} {other}\n", sshd.known_name())).unwrap();
    let report = tested(&test_app, &profile, Some(test_app::route(&sshd))).await;
    let step = blamed(&report, StepName::HostKey, &["has changed", "known_hosts:1"], "forget the known key");
    // By this name it can be forgotten.
    assert_eq!(step.subject, sshd.known_name());
    assert_eq!(step.changed_host, Some(sshd.known_name()));
    assert_eq!(far.requests(), Vec::<String>::new());
    assert_eq!(test_app.asked(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_waits_for_an_answer_can_be_stopped() {
    let sshd = Sshd::start(SshdOptions::default());
    let ana = Noted::new(Site::http(), &for_ana(RIGHT, &like_mlflow())).started();
    let test_app = TestApp::new().await.with(|_| Reply::Waits);
    let pending = || test_app.app.connect_context.questions.pending().len();
    // The user has not accepted this host yet.
    let unknown = test_app::route(&sshd);
    for (profile, route, name) in [
        (with_password(direct(&ana.url())), None, StepName::Http),
        (direct(&ana.url()), Some(unknown), StepName::HostKey),
    ] {
        let test = test_app.app.start_test(profile, route).await.unwrap();
        until("a question", || pending() == 1).await;
        assert!(!test_app.app.read_test(test).unwrap().finished);
        test_app.app.stop_test(test);
        assert!(test_app.app.read_test(test).unwrap().finished);
        until("it is withdrawn", || pending() == 0).await;
        let stopped = || test_app.app.read_test(test).unwrap().steps.last().cloned();
        until("the step is stopped", || stopped().is_some_and(|step| step.state == StepState::Skipped)).await;
        let last = stopped().unwrap();
        assert_eq!((last.name, last.detail.as_str()), (name, "stopped"));
    }
    assert!(test_app.app.read_test(99).is_err());
}
