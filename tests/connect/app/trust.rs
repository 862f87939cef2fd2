//! Whom the app trusts: certificates that are pinned, host keys that have changed.

use podium::connect::question::Question;
use podium::connect::{Auth, Profile};
use podium::error::Code;

use super::test_app::{LONG_ENOUGH, Noted, Reply, TestApp, for_ana, is_up, says, server, until, with_password};
use crate::common::nginx::{Certified, LIKE_MLFLOW, Site};
use crate::common::sshd::{Sshd, SshdOptions, make_key};

/// A server that shows a certificate of its own making.
struct SelfSigned {
    noted: Noted,
    folder: tempfile::TempDir,
}

impl SelfSigned {
    fn start(lines: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let shown = Self::certificate(folder.path());
        Self { noted: Noted::new(Site::https(&shown), lines).started(), folder }
    }

    fn certificate(folder: &std::path::Path) -> Certified {
        Certified::itself(folder, "itself", "DNS:localhost,IP:127.0.0.1")
    }

    /// The same server with another certificate; what it says the new one is.
    fn renew(&mut self) -> String {
        self.noted.stop();
        let shown = Self::certificate(self.folder.path());
        self.noted.start();
        shown.fingerprint()
    }

    fn url(&self) -> String {
        format!("https://localhost:{}", self.noted.site.port())
    }
}

fn is_certificate(question: &Question) -> bool {
    matches!(question, Question::Certificate { .. })
}

async fn pin_of(test_app: &TestApp, profile: &Profile) -> Option<String> {
    test_app.app.settings.profile(&profile.id).await.unwrap().server.tls.pin
}

/// Waits until the pin is in the settings, and gives the profile with it.
async fn pinned(test_app: &TestApp, profile: &Profile) -> Profile {
    let began = std::time::Instant::now();
    while pin_of(test_app, profile).await.is_none() {
        assert!(began.elapsed() < super::test_app::PATIENCE, "never pinned");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    test_app.app.settings.profile(&profile.id).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_asked_about_once_and_no_other_one_is_taken() {
    let mut own = SelfSigned::start(LIKE_MLFLOW);
    let test_app = TestApp::new()
        .await
        .with(|question| if is_certificate(question) { Reply::Yes } else { panic!("{question:?}") });
    let profile = test_app.saved("own", &own.url()).await;
    let connection = test_app.up(&profile).await;
    assert_eq!(test_app.asked().len(), 1);
    let profile = pinned(&test_app, &profile).await;

    // The connection that asked knows it too.
    assert_eq!(connection.profile().server.tls.pin, profile.server.tls.pin);
    connection.reconnect();
    until("connected anew", || own.noted.requests().len() > 8 && is_up(&connection.state())).await;
    assert_eq!(test_app.asked().len(), 1);
    let renewed = own.renew();
    let asked_before = own.noted.requests().len();
    connection.reconnect();
    says(&test_app.given_up(&connection).await, Code::Untrusted, &[]);

    // And so does every later one.
    drop(connection);
    test_app.app.save_profile(profile.clone()).await.unwrap();
    let (connection, error) = test_app.down(&profile).await;
    says(&error, Code::Untrusted, &["pin"]);
    tokio::time::sleep(LONG_ENOUGH).await;
    assert_eq!((own.noted.requests().len(), test_app.asked().len()), (asked_before, 1));
    drop(connection);

    // The way out: the pin is forgotten, and the new certificate is asked about.
    let mut forgotten = profile.clone();
    forgotten.server.tls.pin = None;
    test_app.save(forgotten).await;
    test_app.up(&profile).await;
    let asked = test_app.asked();
    let [_, Question::Certificate { fingerprint, .. }] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(*fingerprint, renewed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_to_a_certificate_is_not_asked_again_by_itself() {
    let own = SelfSigned::start(LIKE_MLFLOW);
    let test_app = TestApp::new().await.with(|_| Reply::No);
    let profile = test_app.saved("own", &own.url()).await;
    let (connection, error) = test_app.down(&profile).await;
    says(&error, Code::Untrusted, &[&own.url()]);
    tokio::time::sleep(LONG_ENOUGH).await;
    assert_eq!((own.noted.requests().len(), test_app.asked().len()), (0, 1));
    assert_eq!(pin_of(&test_app, &profile).await, None);
    connection.reconnect();
    until("asked by wish", || test_app.asked().len() == 2).await;
    test_app.given_up(&connection).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_a_test_has_met_is_known_to_the_connection_that_waits() {
    let own = SelfSigned::start(LIKE_MLFLOW);
    let mut test_app = TestApp::new().await.with(|_| Reply::No);
    let profile = test_app.saved("own", &own.url()).await;
    let (connection, _) = test_app.down(&profile).await;
    assert_eq!(test_app.asked().len(), 1);
    test_app.user_is(|question| if is_certificate(question) { Reply::Yes } else { panic!("{question:?}") });
    let test = test_app.app.start_test(profile.clone(), None).await.unwrap();
    until("the end of the test", || test_app.app.read_test(test).unwrap().finished).await;
    let profile = pinned(&test_app, &profile).await;
    until("the connection has heard", || connection.profile().server.tls.pin == profile.server.tls.pin).await;
    connection.reconnect();
    test_app.until(&connection, is_up).await;
    assert_eq!(test_app.asked().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_asked_for_once_and_only_of_a_server_that_is_trusted() {
    let own = SelfSigned::start(&for_ana("right", LIKE_MLFLOW));
    let mut test_app =
        TestApp::new().await.with(|question| if is_certificate(question) { Reply::Yes } else { Reply::No });
    let profile = test_app.save(with_password(server("own", &own.url()))).await;
    let (connection, error) = test_app.down(&profile).await;
    says(&error, Code::NeedsUser, &["password"]);
    let asked = test_app.asked();
    assert!(asked.len() == 2 && is_certificate(&asked[0]) && !is_certificate(&asked[1]), "{asked:?}");
    // Trust was given, whatever became of the password.
    pinned(&test_app, &profile).await;
    test_app.user_is(|_| Reply::Says("right"));
    connection.reconnect();
    test_app.until(&connection, is_up).await;
    assert!(test_app.asked().len() == 3 && !is_certificate(&test_app.asked()[2]), "{:?}", test_app.asked());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_place_is_saved_with_the_certificate_it_was_trusted_by() {
    let own = SelfSigned::start(LIKE_MLFLOW);
    let test_app = TestApp::new().await.with(|_| Reply::Yes);
    let opened = test_app.app.open_target(&own.url()).await.unwrap();
    let saved = test_app.app.settings.profile(&opened.profile().id).await.unwrap();
    assert!(saved.server.tls.pin.is_some());
    assert_eq!(test_app.asked().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_stays_behind_when_a_profile_goes_elsewhere() {
    let (own, other) = (SelfSigned::start(LIKE_MLFLOW), SelfSigned::start(LIKE_MLFLOW));
    let test_app = TestApp::new().await.with(|_| Reply::Yes);
    let profile = test_app.saved("own", &own.url()).await;
    test_app.up(&profile).await;
    let mut profile = pinned(&test_app, &profile).await;
    let pin = profile.server.tls.pin.clone();

    // A test of a draft that leads elsewhere pins nothing in the profile as it is.
    let draft = Profile { address: other.url(), ..profile.clone() };
    let mut draft = draft;
    draft.server.tls.pin = None;
    let test = test_app.app.start_test(draft, None).await.unwrap();
    until("the end of the test", || test_app.app.read_test(test).unwrap().finished).await;
    assert_eq!(test_app.asked().len(), 2);
    assert_eq!(pin_of(&test_app, &profile).await, pin);

    profile.address = other.url();
    let profile = test_app.save(profile).await;
    assert_eq!(profile.server.tls.pin, None);
    test_app.up(&profile).await;
    assert!(test_app.asked().len() == 3 && test_app.asked().iter().all(is_certificate), "{:?}", test_app.asked());
    assert_ne!(pinned(&test_app, &profile).await.server.tls.pin, pin);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_host_key_is_refused_until_the_old_one_is_forgotten() {
    let mut sshd = Sshd::start(SshdOptions::default());
    let far = Noted::new(Site::http(), LIKE_MLFLOW).started();
    let test_app = TestApp::new().await.with(|question| match question {
        Question::HostKey { .. } => Reply::Yes,
        other => panic!("{other:?}"),
    });
    let route = test_app.app.save_route(super::test_app::route(&sshd)).await.unwrap();
    let mut profile = server("far", &far.url());
    profile.server.route_id = Some(route.id);
    let profile = test_app.save(profile).await;
    let connection = test_app.up(&profile).await;
    assert_eq!(test_app.asked().len(), 1);

    let fingerprint = |asked: &Question| match asked {
        Question::HostKey { fingerprint, .. } => fingerprint.clone(),
        other => panic!("{other:?}"),
    };
    let old = fingerprint(&test_app.asked()[0]);
    for end in ["", ".pub"] {
        std::fs::remove_file(sshd.folder.join(format!("host_ed25519{end}"))).unwrap();
    }
    make_key(&sshd.folder, "host_ed25519", "ed25519", "");
    sshd.restart();

    // First the connection that was up, then a new one.
    let error = test_app.given_up(&connection).await;
    let place = format!("{}:1", test_app.known_hosts().display());
    says(&error, Code::Untrusted, &["has changed", &old, &place]);
    drop(connection);
    test_app.app.save_profile(profile.clone()).await.unwrap();
    let requests = far.requests().len();
    let (connection, error) = test_app.down(&profile).await;
    says(&error, Code::Untrusted, &["has changed", &old, &place, "forget"]);
    assert_eq!(error.message.matches("SHA256:").count(), 3, "{error}");
    tokio::time::sleep(LONG_ENOUGH).await;
    let met = || sshd.log().matches("Connection from").count();
    let before = met();
    connection.reconnect();
    until("the wish is being fulfilled", || met() > before).await;
    test_app.given_up(&connection).await;
    assert_eq!((far.requests().len(), test_app.asked().len()), (requests, 1));
    assert!(!sshd.log().rsplit("Server listening").next().unwrap().contains("Accepted"), "{}", sshd.log());

    let forgotten = test_app.app.forget_host(&sshd.known_name()).await.unwrap();
    assert_eq!(forgotten, [format!("ssh-ed25519 {old}")]);
    connection.reconnect();
    test_app.until(&connection, is_up).await;
    let new = fingerprint(&test_app.asked()[1]);
    assert!(new != old && error.message.contains(&new), "{new} {error}");
    let nothing = test_app.app.forget_host("other.corp").await.unwrap_err();
    says(&nothing, Code::NotFound, &["other.corp", "ssh-keygen -R"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_in_the_test_of_a_draft_is_for_that_draft_only() {
    let first = Noted::new(Site::http(), &for_ana("right", LIKE_MLFLOW)).started();
    let second = Noted::new(Site::http(), &for_ana("other", LIKE_MLFLOW)).started();
    let test_app = TestApp::new().await.with(|_| Reply::Says("right"));
    for (number, noted) in [&first, &second].into_iter().enumerate() {
        let mut draft = with_password(server("draft", &noted.url()));
        draft.server.auth = Auth::Basic { username: "ana".into() };
        let test = test_app.app.start_test(draft, None).await.unwrap();
        until("the end of the test", || test_app.app.read_test(test).unwrap().finished).await;
        let asked = test_app.asked().len();
        assert_eq!(asked, if number == 0 { 1 } else { 4 }, "{:?}", test_app.asked());
    }
    // The password of the first was never sent to the second unasked: it was typed for it.
    assert_eq!(test_app.app.settings.profiles().await.unwrap(), []);
}
