//! Whom the app trusts: certificates that are pinned, host keys that have changed.

use podium::connect::question::Question;
use podium::connect::{Auth, Profile};
use podium::error::Code;

use super::desk::{Desk, LONG_ENOUGH, Noted, Reply, for_ana, is_up, says, server, until, with_password};
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

async fn pin_of(desk: &Desk, profile: &Profile) -> Option<String> {
    desk.app.settings.profile(&profile.id).await.unwrap().server.tls.pin
}

/// Waits until the pin is in the settings, and gives the profile with it.
async fn pinned(desk: &Desk, profile: &Profile) -> Profile {
    let began = std::time::Instant::now();
    while pin_of(desk, profile).await.is_none() {
        assert!(began.elapsed() < super::desk::PATIENCE, "never pinned");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    desk.app.settings.profile(&profile.id).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_asked_about_once_and_no_other_one_is_taken() {
    let mut own = SelfSigned::start(LIKE_MLFLOW);
    let desk =
        Desk::new().await.with(|question| if is_certificate(question) { Reply::Yes } else { panic!("{question:?}") });
    let profile = desk.saved("own", &own.url()).await;
    let connection = desk.up(&profile).await;
    assert_eq!(desk.asked().len(), 1);
    let profile = pinned(&desk, &profile).await;

    // The connection that asked knows it too.
    assert_eq!(connection.profile().server.tls.pin, profile.server.tls.pin);
    connection.reconnect();
    until("connected anew", || own.noted.requests().len() > 8 && is_up(&connection.state())).await;
    assert_eq!(desk.asked().len(), 1);
    let renewed = own.renew();
    let asked_before = own.noted.requests().len();
    connection.reconnect();
    says(&desk.given_up(&connection).await, Code::Untrusted, &[]);

    // And so does every later one.
    drop(connection);
    desk.app.save_profile(profile.clone()).await.unwrap();
    let (connection, error) = desk.down(&profile).await;
    says(&error, Code::Untrusted, &["pin"]);
    tokio::time::sleep(LONG_ENOUGH).await;
    assert_eq!((own.noted.requests().len(), desk.asked().len()), (asked_before, 1));
    drop(connection);

    // The way out: the pin is forgotten, and the new certificate is asked about.
    let mut forgotten = profile.clone();
    forgotten.server.tls.pin = None;
    desk.save(forgotten).await;
    desk.up(&profile).await;
    let asked = desk.asked();
    let [_, Question::Certificate { fingerprint, .. }] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(*fingerprint, renewed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_to_a_certificate_is_not_asked_again_by_itself() {
    let own = SelfSigned::start(LIKE_MLFLOW);
    let desk = Desk::new().await.with(|_| Reply::No);
    let profile = desk.saved("own", &own.url()).await;
    let (connection, error) = desk.down(&profile).await;
    says(&error, Code::Untrusted, &[&own.url()]);
    tokio::time::sleep(LONG_ENOUGH).await;
    assert_eq!((own.noted.requests().len(), desk.asked().len()), (0, 1));
    assert_eq!(pin_of(&desk, &profile).await, None);
    connection.reconnect();
    until("asked by wish", || desk.asked().len() == 2).await;
    desk.given_up(&connection).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_a_test_has_met_is_known_to_the_connection_that_waits() {
    let own = SelfSigned::start(LIKE_MLFLOW);
    let mut desk = Desk::new().await.with(|_| Reply::No);
    let profile = desk.saved("own", &own.url()).await;
    let (connection, _) = desk.down(&profile).await;
    assert_eq!(desk.asked().len(), 1);
    desk.user_is(|question| if is_certificate(question) { Reply::Yes } else { panic!("{question:?}") });
    let test = desk.app.start_test(profile.clone(), None).await.unwrap();
    until("the end of the test", || desk.app.read_test(test).unwrap().finished).await;
    let profile = pinned(&desk, &profile).await;
    until("the connection has heard", || connection.profile().server.tls.pin == profile.server.tls.pin).await;
    connection.reconnect();
    desk.until(&connection, is_up).await;
    assert_eq!(desk.asked().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_asked_for_once_and_only_of_a_server_that_is_trusted() {
    let own = SelfSigned::start(&for_ana("right", LIKE_MLFLOW));
    let mut desk = Desk::new().await.with(|question| if is_certificate(question) { Reply::Yes } else { Reply::No });
    let profile = desk.save(with_password(server("own", &own.url()))).await;
    let (connection, error) = desk.down(&profile).await;
    says(&error, Code::NeedsUser, &["password"]);
    let asked = desk.asked();
    assert!(asked.len() == 2 && is_certificate(&asked[0]) && !is_certificate(&asked[1]), "{asked:?}");
    // Trust was given, whatever became of the password.
    pinned(&desk, &profile).await;
    desk.user_is(|_| Reply::Says("right"));
    connection.reconnect();
    desk.until(&connection, is_up).await;
    assert!(desk.asked().len() == 3 && !is_certificate(&desk.asked()[2]), "{:?}", desk.asked());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_place_is_saved_with_the_certificate_it_was_trusted_by() {
    let own = SelfSigned::start(LIKE_MLFLOW);
    let desk = Desk::new().await.with(|_| Reply::Yes);
    let opened = desk.app.open_target(&own.url()).await.unwrap();
    let saved = desk.app.settings.profile(&opened.profile().id).await.unwrap();
    assert!(saved.server.tls.pin.is_some());
    assert_eq!(desk.asked().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_stays_behind_when_a_profile_goes_elsewhere() {
    let (own, other) = (SelfSigned::start(LIKE_MLFLOW), SelfSigned::start(LIKE_MLFLOW));
    let desk = Desk::new().await.with(|_| Reply::Yes);
    let profile = desk.saved("own", &own.url()).await;
    desk.up(&profile).await;
    let mut profile = pinned(&desk, &profile).await;
    let pin = profile.server.tls.pin.clone();

    // A test of a draft that leads elsewhere pins nothing in the profile as it is.
    let draft = Profile { address: other.url(), ..profile.clone() };
    let mut draft = draft;
    draft.server.tls.pin = None;
    let test = desk.app.start_test(draft, None).await.unwrap();
    until("the end of the test", || desk.app.read_test(test).unwrap().finished).await;
    assert_eq!(desk.asked().len(), 2);
    assert_eq!(pin_of(&desk, &profile).await, pin);

    profile.address = other.url();
    let profile = desk.save(profile).await;
    assert_eq!(profile.server.tls.pin, None);
    desk.up(&profile).await;
    assert!(desk.asked().len() == 3 && desk.asked().iter().all(is_certificate), "{:?}", desk.asked());
    assert_ne!(pinned(&desk, &profile).await.server.tls.pin, pin);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_host_key_is_refused_until_the_old_one_is_forgotten() {
    let mut sshd = Sshd::start(SshdOptions::default());
    let far = Noted::new(Site::http(), LIKE_MLFLOW).started();
    let desk = Desk::new().await.with(|question| match question {
        Question::HostKey { .. } => Reply::Yes,
        other => panic!("{other:?}"),
    });
    let route = desk.app.save_route(super::desk::route(&sshd)).await.unwrap();
    let mut profile = server("far", &far.url());
    profile.server.route_id = Some(route.id);
    let profile = desk.save(profile).await;
    let connection = desk.up(&profile).await;
    assert_eq!(desk.asked().len(), 1);

    let fingerprint = |asked: &Question| match asked {
        Question::HostKey { fingerprint, .. } => fingerprint.clone(),
        other => panic!("{other:?}"),
    };
    let old = fingerprint(&desk.asked()[0]);
    for end in ["", ".pub"] {
        std::fs::remove_file(sshd.folder.join(format!("host_ed25519{end}"))).unwrap();
    }
    make_key(&sshd.folder, "host_ed25519", "ed25519", "");
    sshd.restart();

    // First the connection that was up, then a new one.
    let error = desk.given_up(&connection).await;
    let place = format!("{}:1", desk.known_hosts().display());
    says(&error, Code::Untrusted, &["has changed", &old, &place]);
    drop(connection);
    desk.app.save_profile(profile.clone()).await.unwrap();
    let requests = far.requests().len();
    let (connection, error) = desk.down(&profile).await;
    says(&error, Code::Untrusted, &["has changed", &old, &place, "forget"]);
    assert_eq!(error.message.matches("SHA256:").count(), 3, "{error}");
    tokio::time::sleep(LONG_ENOUGH).await;
    let met = || sshd.log().matches("Connection from").count();
    let before = met();
    connection.reconnect();
    until("the wish is being fulfilled", || met() > before).await;
    desk.given_up(&connection).await;
    assert_eq!((far.requests().len(), desk.asked().len()), (requests, 1));
    assert!(!sshd.log().rsplit("Server listening").next().unwrap().contains("Accepted"), "{}", sshd.log());

    let forgotten = desk.app.forget_host(&sshd.known_name()).await.unwrap();
    assert_eq!(forgotten, [format!("ssh-ed25519 {old}")]);
    connection.reconnect();
    desk.until(&connection, is_up).await;
    let new = fingerprint(&desk.asked()[1]);
    assert!(new != old && error.message.contains(&new), "{new} {error}");
    let nothing = desk.app.forget_host("other.corp").await.unwrap_err();
    says(&nothing, Code::NotFound, &["other.corp", "ssh-keygen -R"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_in_the_test_of_a_draft_is_for_that_draft_only() {
    let first = Noted::new(Site::http(), &for_ana("right", LIKE_MLFLOW)).started();
    let second = Noted::new(Site::http(), &for_ana("other", LIKE_MLFLOW)).started();
    let desk = Desk::new().await.with(|_| Reply::Says("right"));
    for (number, noted) in [&first, &second].into_iter().enumerate() {
        let mut draft = with_password(server("draft", &noted.url()));
        draft.server.auth = Auth::Basic { username: "ana".into() };
        let test = desk.app.start_test(draft, None).await.unwrap();
        until("the end of the test", || desk.app.read_test(test).unwrap().finished).await;
        let asked = desk.asked().len();
        assert_eq!(asked, if number == 0 { 1 } else { 4 }, "{:?}", desk.asked());
    }
    // The password of the first was never sent to the second unasked: it was typed for it.
    assert_eq!(desk.app.settings.profiles().await.unwrap(), []);
}
