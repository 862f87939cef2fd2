//! Numbers with colons, everywhere that an address may stand.

use std::io::Write;
use std::net::TcpListener;

use podium::connect::question::Question;
use podium::connect::steps::StepState;
use podium::connect::{Keep, Profile};

use crate::app::test_app::{Reply, TestApp, is_up, route, server, until};
use crate::common::nginx::{Certified, LIKE_MLFLOW, Nginx, Site};
use crate::common::ports::free_port;
use crate::common::sshd::{Sshd, SshdOptions, text_of};

/// Where the machine has none, that is said past the capture of the test runner: this is not tested then.
fn has_ipv6() -> bool {
    let has = TcpListener::bind("[::1]:0").is_ok();
    if !has {
        let _ = writeln!(std::io::stderr(), "There is no IPv6 here: connections by it are not tested.");
    }
    has
}

async fn works(test_app: &TestApp, profile: &Profile) {
    let test = test_app.app.start_test(profile.clone(), None).await.unwrap();
    until("the end of the test", || test_app.app.read_test(test).unwrap().finished).await;
    let report = test_app.app.read_test(test).unwrap();
    assert!(report.steps.iter().all(|step| step.state != StepState::Failed), "{}", report.text);
    assert!(!report.text.contains(" ::1:"), "{}", report.text);
    let connection = test_app.app.connection(&profile.id).await.unwrap();
    test_app.until(&connection, is_up).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_and_a_hop_may_be_numbers_with_colons() {
    if !has_ipv6() {
        return;
    }
    let folder = Nginx::folder();
    let authority = Certified::itself(&folder, "Test authority", "");
    let shown = authority.issue("server", "subjectAltName=IP:::1");
    let lists = "location ~ (runs|registered-models)/search$ { default_type application/json; return 200 '{}'; }";
    let both = |site: Site, how: &str| {
        let here = format!("listen [::1]:{}{how};\n{lists}", site.port());
        site.with(here).with(LIKE_MLFLOW)
    };
    let sites = [both(Site::http(), ""), both(Site::https(&shown), " ssl")];
    let _nginx = Nginx::start(&folder, &sites);
    let test_app = TestApp::new().await.with(|question| match question {
        Question::HostKey { host, .. } if host.starts_with("[::1]:") => Reply::Yes,
        other => panic!("{other:?}"),
    });

    let plain = test_app.saved("plain", &format!("http://[::1]:{}", sites[0].port())).await;
    works(&test_app, &plain).await;
    let mut https = server("https", &format!("https://[::1]:{}", sites[1].port()));
    https.server.tls.ca_file = Some(authority.certificate.display().to_string());
    let https = test_app.save(https).await;
    works(&test_app, &https).await;

    let port = free_port();
    let mut sshd =
        Sshd::start(SshdOptions { config: vec![format!("ListenAddress [::1]:{port}")], ..SshdOptions::default() });
    let mut by_number = route(&sshd);
    (by_number.hops[0].host, by_number.hops[0].port) = ("::1".into(), Some(port));
    let by_number = test_app.app.save_route(by_number).await.unwrap();
    for (name, mut through) in [("plain through ssh", plain), ("https through ssh", https)] {
        (through.id, through.name) = (String::new(), name.to_owned());
        through.server.route_id = Some(by_number.id.clone());
        through.server.keep = Keep::Session;
        works(&test_app, &test_app.save(through).await).await;
    }
    assert_eq!(test_app.asked().len(), 1);
    // What was accepted is what ssh would have written.
    let pinned = std::fs::read_to_string(test_app.known_hosts()).unwrap();
    assert_eq!(pinned.trim(), format!("[::1]:{port} {}", sshd.host_key("ed25519")));
    sshd.port = port;
    text_of(sshd.ssh(&test_app.known_hosts()).args(["::1", "true"]));
}

/// What a server prints that was started with `--host ::`.
#[tokio::test(flavor = "multi_thread")]
async fn the_number_for_all_addresses_means_this_machine() {
    if !has_ipv6() {
        return;
    }
    let site = Site::http();
    let site = site.clone().with(format!("listen [::1]:{};\n{LIKE_MLFLOW}", site.port()));
    let _nginx = Nginx::start(&Nginx::folder(), std::slice::from_ref(&site));
    let test_app = TestApp::new().await;
    let connection = test_app.app.open_target(&format!("http://[::]:{}", site.port())).await.unwrap();
    assert_eq!(connection.profile().address, format!("http://[::1]:{}", site.port()));
}
