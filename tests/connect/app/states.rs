//! How a connection stands, and who is asked when: servers that come late, passwords that are wrong, ways that are
//! cut.

use std::time::Duration;

use podium::connect::question::{Question, SecretKind};
use podium::connect::{Keep, Profile};
use podium::connection::ConnectionState;
use podium::error::Code;
use podium::sync::Scope;

use super::test_app::{
    LONG_ENOUGH, Noted, Reply, TestApp, for_ana, is_reconnecting, is_up, says, server, until, with_password,
};
use crate::common::nginx::{LIKE_MLFLOW, Site};
use crate::common::sshd::{Sshd, SshdOptions, make_key, public_key};

fn wrong_at_first(question: &Question) -> Reply {
    match question {
        Question::Secret { what: SecretKind::HttpPassword, again: false, .. } => Reply::Says("wrong"),
        Question::Secret { what: SecretKind::HttpPassword, again: true, .. } => Reply::No,
        other => panic!("asked: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_comes_late_is_found_without_being_asked_for() {
    let test_app = TestApp::new().await;
    let mut late = Noted::new(Site::http(), LIKE_MLFLOW);
    let profile = test_app.saved("late", &late.url()).await;
    let connection = test_app.open(&profile).await;
    let down = |state: &ConnectionState| matches!(state, ConnectionState::Down { retry_in_ms: Some(_), .. });
    let ConnectionState::Down { error, .. } = test_app.until(&connection, down).await else { panic!() };
    says(&error, Code::Unreachable, &["refused"]);
    // But for the moment in which it is tried again.
    until("that is said", || connection.store().is_err_and(|error| error.code == Code::Unreachable)).await;
    late.start();
    test_app.until(&connection, is_up).await;
    assert_eq!(test_app.asked(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_of_a_server_that_is_not_there_is_not_asked_for() {
    let test_app = TestApp::new().await.with(|_| Reply::Says("right"));
    let mut late = Noted::new(Site::http(), &for_ana("right", LIKE_MLFLOW));
    let profile = test_app.save(with_password(server("late", &late.url()))).await;
    let connection = test_app.open(&profile).await;
    test_app.until(&connection, |state| matches!(state, ConnectionState::Down { retry_in_ms: Some(_), .. })).await;
    assert_eq!(test_app.asked(), []);
    late.start();
    // Nor does a try that is made by itself ask the user.
    says(&test_app.given_up(&connection).await, Code::NeedsUser, &["the password of “late” is kept nowhere"]);
    assert_eq!(test_app.asked(), []);
    connection.reconnect();
    test_app.until(&connection, is_up).await;
    assert_eq!(test_app.asked().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_asked_for_three_times_and_then_only_by_wish() {
    let mut test_app = TestApp::new().await.with(|_| Reply::Says("wrong"));
    let server_of_ana = Noted::new(Site::http(), &for_ana("right", LIKE_MLFLOW)).started();
    let profile = test_app.save(with_password(server("ana's", &server_of_ana.url()))).await;
    let (connection, error) = test_app.down(&profile).await;
    says(&error, Code::Unauthenticated, &["401"]);
    let again: Vec<bool> =
        test_app.asked().iter().map(|asked| matches!(asked, Question::Secret { again: true, .. })).collect();
    assert_eq!(again, [false, true, true]);
    // One without a sign-in, to see whether the server is there, and one for each password: accounts are locked.
    until("nginx has noted them", || server_of_ana.requests().len() >= 4).await;
    tokio::time::sleep(LONG_ENOUGH).await;
    assert_eq!((server_of_ana.requests().len(), test_app.asked().len()), (4, 3));

    test_app.user_is(wrong_at_first);
    // Two clicks are one wish.
    connection.reconnect();
    connection.reconnect();
    until("asked again", || test_app.asked().len() == 5).await;
    says(&test_app.given_up(&connection).await, Code::NeedsUser, &["was refused (401)"]);
    tokio::time::sleep(LONG_ENOUGH).await;
    assert_eq!((server_of_ana.requests().len(), test_app.asked().len()), (6, 5));
    assert!(matches!(connection.state(), ConnectionState::Down { retry_in_ms: None, .. }));

    test_app.user_is(|_| Reply::Says("right"));
    connection.reconnect();
    test_app.until(&connection, is_up).await;
    assert_eq!(test_app.asked().len(), 6);
    // It has proved right, and is kept the way the user chose.
    test_app.app.save_profile(profile.clone()).await.unwrap();
    test_app.up(&profile).await;
    assert_eq!(test_app.asked().len(), 6);
    test_app.app.replace_secret(&profile.id, "password", "wrong".into(), Keep::Session).await.unwrap();
    test_app.up(&profile).await;
    assert_eq!(test_app.asked().len(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_sshd_does_not_take_is_not_offered_again_and_again() {
    let only_keys = ["PasswordAuthentication no", "KbdInteractiveAuthentication no"].map(str::to_owned).to_vec();
    let options = SshdOptions { refuse_client_key: true, config: only_keys, ..SshdOptions::default() };
    let (sshd, test_app) = (Sshd::start(options), TestApp::new().await);
    let mut profile = server("refused", "http://127.0.0.1:5000");
    profile.server.route_id = Some(test_app.route(&sshd).await.id);
    let profile = test_app.save(profile).await;
    let knocks = || sshd.log().matches("Connection from").count();
    let before = knocks();
    let (connection, error) = test_app.down(&profile).await;
    says(&error, Code::NeedsUser, &["127.0.0.1", "publickey"]);
    assert_eq!(knocks() - before, 1, "{}", sshd.log());
    tokio::time::sleep(LONG_ENOUGH).await;
    assert_eq!(knocks() - before, 1, "{}", sshd.log());
    connection.reconnect();
    until("another try by wish", || knocks() - before == 2).await;
    test_app.given_up(&connection).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_while_connecting_again_leaves_an_open_way_as_it_is() {
    let (sshd, mut test_app) = (Sshd::start(SshdOptions::default()), TestApp::new().await);
    let far = Noted::new(Site::http(), LIKE_MLFLOW).started();
    let mut profile = server("far", &far.url());
    profile.server.route_id = Some(test_app.route(&sshd).await.id);
    let connection = test_app.up(&test_app.save(profile).await).await;
    std::fs::write(test_app.known_hosts(), "").unwrap();
    test_app.user_is(|_| Reply::No);
    connection.reconnect();
    until("a question", || test_app.asked().len() == 1).await;
    test_app.until(&connection, is_up).await;
    connection.store().unwrap().search_experiments(None).await.unwrap();
    // What the user cannot be asked about is told: here a host whose key is another now.
    let other = make_key(&sshd.folder, "other", "ed25519", "");
    std::fs::write(test_app.known_hosts(), format!("{} {}\n", sshd.known_name(), public_key(&other))).unwrap();
    connection.reconnect();
    says(&test_app.given_up(&connection).await, Code::Untrusted, &["known_hosts"]);
    assert_eq!(test_app.asked().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_sshd_forbids_is_not_tried_again_by_itself() {
    let config = vec!["AllowTcpForwarding no".to_owned()];
    let sshd = Sshd::start(SshdOptions { config, ..SshdOptions::default() });
    let test_app = TestApp::new().await;
    let mut profile = server("forbidden", "http://127.0.0.1:5000");
    profile.server.route_id = Some(test_app.route(&sshd).await.id);
    let (_, error) = test_app.down(&test_app.save(profile).await).await;
    says(&error, Code::NeedsUser, &["AllowTcpForwarding"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_way_is_made_again_and_never_gone_around() {
    let (mut sshd, test_app) = (Sshd::start(SshdOptions::default()), TestApp::new().await);
    // It could be reached without SSH as well.
    let far = Noted::new(Site::http(), LIKE_MLFLOW).started();
    let mut profile = server("far", &far.url());
    let route = test_app.route(&sshd).await;
    profile.server.route_id = Some(route.id.clone());
    let profile = test_app.save(profile).await;
    let connection = test_app.up(&profile).await;
    let experiments = async || test_app.app.cache.experiments(connection.source).await.unwrap().len();
    test_app.app.watch(vec![(profile.id.clone(), Scope::Experiments)]);
    while experiments().await == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }

    sshd.kill();
    test_app.until(&connection, is_reconnecting).await;
    // What nginx has answered it notes a moment later.
    tokio::time::sleep(LONG_ENOUGH).await;
    let asked_before = far.requests().len();
    assert_eq!(experiments().await, 1);
    let store = connection.store().unwrap();
    assert!(store.search_experiments(None).await.is_err());
    connection.refresh(Scope::Experiments);
    let began = std::time::Instant::now();
    loop {
        let freshness = connection.freshness(&Scope::Experiments).await.unwrap();
        assert!(freshness.error.is_some() && began.elapsed() < super::test_app::PATIENCE, "{freshness:?}");
        if !freshness.syncing {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(far.requests().len(), asked_before, "{:?}", far.requests());

    sshd.restart();
    test_app.until(&connection, is_up).await;
    // Without being asked for: the sync is woken.
    until("the sync is woken", || far.requests().len() > asked_before).await;
    store.search_experiments(None).await.unwrap();
    assert_eq!(test_app.asked(), []);

    // The route is gone from the file, as if another program had written there.
    let database = format!("sqlite://{}", test_app.app.data_dir().join("settings.db").display());
    let pool = sqlx::SqlitePool::connect(&database).await.unwrap();
    assert_eq!(sqlx::query("DELETE FROM route").execute(&pool).await.unwrap().rows_affected(), 1);
    drop((connection, store));
    test_app.app.replace_secret(&profile.id, "password", "closes it".into(), Keep::Session).await.unwrap();
    tokio::time::sleep(LONG_ENOUGH).await;
    let asked_before = far.requests().len();
    let error = test_app.app.connection(&profile.id).await.err().unwrap();
    says(&error, Code::NotFound, &["SSH route", "deleted"]);
    let error = test_app.app.save_profile(profile.clone()).await.unwrap_err();
    assert_eq!(error.code, Code::NotFound);
    assert!(test_app.app.start_test(profile, None).await.is_err());
    tokio::time::sleep(LONG_ENOUGH).await;
    assert_eq!(far.requests().len(), asked_before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_goes_with_what_it_was_about() {
    let test_app = TestApp::new().await.with(|_| Reply::Waits);
    let asking = Noted::new(Site::http(), &for_ana("right", LIKE_MLFLOW)).started();
    let pending = || test_app.app.connect_context.questions.pending().len();
    for change in ["address", "secret", "deleted"] {
        let profile = test_app.save(with_password(server(change, &asking.url()))).await;
        test_app.open(&profile).await;
        until("a question", || pending() == 1).await;
        test_app.saved(&format!("beside {change}"), "http://127.0.0.1:1").await;
        assert_eq!(pending(), 1, "what happens to another profile is no matter");
        match change {
            "address" => drop(test_app.save(Profile { address: "http://127.0.0.1:1".into(), ..profile }).await),
            "secret" => {
                test_app.app.replace_secret(&profile.id, "password", "right".into(), Keep::Session).await.unwrap();
            }
            _ => test_app.app.delete_profile(&profile.id).await.unwrap(),
        }
        until("no question", || pending() == 0).await;
    }
}
