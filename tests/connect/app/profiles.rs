//! Profiles that are changed, copied, handed on and deleted: what they knew and what was kept for them.

use std::sync::Arc;
use std::time::Duration;

use podium::app::App;
use podium::connect::question::Question;
use podium::connect::secrets::{Slot, Vault, VaultError};
use podium::connect::{Auth, ExtraHeader, Keep, Profile};
use podium::connection::ConnectionState;
use podium::error::Code;
use podium::sync::Scope;
use secrecy::ExposeSecret;

use super::test_app::{Noted, Reply, TestApp, for_ana, route, says, server, until, with_password};
use crate::common::nginx::{LIKE_MLFLOW, Site};
use crate::common::sshd::{Sshd, SshdOptions};

fn with_experiment(name: &str) -> Noted {
    Noted::new(Site::http(), &LIKE_MLFLOW.replace("Default", name)).started()
}

/// Names of the experiments that are cached, once there are any.
async fn shown(test_app: &TestApp, profile: &Profile) -> Vec<String> {
    test_app.up(profile).await;
    test_app.app.watch(vec![(profile.id.clone(), Scope::Experiments)]);
    let began = std::time::Instant::now();
    loop {
        let names = cached(test_app, profile).await;
        if !names.is_empty() {
            return names;
        }
        assert!(began.elapsed() < super::test_app::PATIENCE, "nothing is synced");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn cached(test_app: &TestApp, profile: &Profile) -> Vec<String> {
    let source = test_app.open(profile).await.source;
    let experiments = test_app.app.cache.experiments(source).await.unwrap();
    experiments.into_iter().map(|(experiment, _)| experiment.name).collect()
}

async fn has(test_app: &TestApp, profile: &Profile, name: &str) -> bool {
    test_app.app.connect_context.vault.has(&Slot::profile(&profile.id, name)).await
}

async fn keep(test_app: &TestApp, profile: &Profile, names: &[&str]) {
    for name in names {
        test_app.app.replace_secret(&profile.id, name, "secret".into(), Keep::Session).await.unwrap();
        assert!(has(test_app, profile, name).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_address_is_another_server() {
    let (first, mut second) = (with_experiment("first"), with_experiment("second"));
    let test_app = TestApp::new().await;
    let mut profile = test_app.saved("it", &first.url()).await;
    assert_eq!(shown(&test_app, &profile).await, ["first"]);
    let before = test_app.open(&profile).await;
    // Renamed only, it is the same one still.
    profile.name = "renamed".into();
    let mut profile = test_app.save(profile).await;
    assert_eq!(cached(&test_app, &profile).await, ["first"]);
    second.stop();
    profile.address = second.url();
    let profile = test_app.save(profile).await;
    assert_eq!(cached(&test_app, &profile).await, Vec::<String>::new());
    second.start();
    assert_eq!(shown(&test_app, &profile).await, ["second"]);
    assert_ne!(test_app.open(&profile).await.source, before.source);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_address_at_the_end_of_another_route_is_another_server() {
    let (near, far) = (Sshd::start(SshdOptions::default()), Sshd::start(SshdOptions::default()));
    let server_of_both = with_experiment("both");
    let test_app = TestApp::new().await;
    let (near, far) = (test_app.route(&near).await, test_app.route(&far).await);
    let mut profile = server("it", &server_of_both.url());
    profile.server.route_id = Some(near.id.clone());
    let mut profile = test_app.save(profile).await;
    shown(&test_app, &profile).await;
    let source = test_app.open(&profile).await.source;

    // Another key for the same host is the same place.
    let mut same = near.clone();
    same.hops[0].identities_only = Some(false);
    test_app.app.save_route(same).await.unwrap();
    assert_eq!(test_app.open(&profile).await.source, source);
    profile.server.route_id = Some(far.id.clone());
    let mut profile = test_app.save(profile).await;
    assert_ne!(test_app.open(&profile).await.source, source);
    let source = test_app.open(&profile).await.source;
    // So is the route itself when it is led elsewhere.
    test_app.app.save_route(podium::connect::Route { hops: near.hops, ..far }).await.unwrap();
    assert_ne!(test_app.open(&profile).await.source, source);
    let source = test_app.open(&profile).await.source;
    profile.server.route_id = None;
    let mut profile = test_app.save(profile).await;
    assert_ne!(test_app.open(&profile).await.source, source);
    let source = test_app.open(&profile).await.source;
    profile.server.workspace = Some("vision".into());
    let profile = test_app.save(profile).await;
    assert_ne!(test_app.open(&profile).await.source, source);
}

#[tokio::test(flavor = "multi_thread")]
async fn profiles_are_copied_beside_the_original_and_keep_the_order_they_are_given() {
    let test_app = TestApp::new().await;
    let first = test_app.save(with_password(server("first", "http://127.0.0.1:1"))).await;
    let second = test_app.saved("second", "http://127.0.0.1:2").await;
    keep(&test_app, &first, &["password"]).await;
    let copy = test_app.app.duplicate_profile(&first.id).await.unwrap();
    assert!(!has(&test_app, &copy, "password").await);
    assert_eq!((copy.server.clone(), copy.address.clone()), (first.server.clone(), first.address.clone()));
    let names = async || -> Vec<String> {
        test_app.app.settings.profiles().await.unwrap().into_iter().map(|profile| profile.name).collect()
    };
    assert_eq!(names().await, ["first", "first (2)", "second"]);
    test_app.app.order_profiles(&[second.id.clone(), copy.id.clone()]).await.unwrap();
    assert_eq!(names().await, ["second", "first (2)", "first"]);
    let error = test_app.app.save_profile(Profile { name: "second".into(), ..copy }).await.unwrap_err();
    says(&error, Code::Refused, &["“second”"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_go_with_what_they_were_for() {
    let test_app = TestApp::new().await;
    let mut profile = with_password(server("it", "http://127.0.0.1:1"));
    profile.server.headers = vec![ExtraHeader { name: "X-Key".into(), value: None }];
    let mut profile = test_app.save(profile).await;
    keep(&test_app, &profile, &["password", "header:x-key"]).await;
    profile.name = "renamed".into();
    let mut profile = test_app.save(profile).await;
    assert!(has(&test_app, &profile, "password").await && has(&test_app, &profile, "header:x-key").await);
    profile.server.auth = Auth::Bearer;
    let profile = test_app.save(profile).await;
    assert!(!has(&test_app, &profile, "password").await && has(&test_app, &profile, "header:x-key").await);
    keep(&test_app, &profile, &["token"]).await;
    test_app.app.delete_profile(&profile.id).await.unwrap();
    assert!(!has(&test_app, &profile, "token").await && !has(&test_app, &profile, "header:x-key").await);
    assert_eq!(test_app.app.connection(&profile.id).await.err().unwrap().code, Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_is_the_same_here_and_new_elsewhere() {
    let sshd = Sshd::start(SshdOptions::default());
    let (here, there) = (TestApp::new().await, TestApp::new().await);
    let mut profile = with_password(server("it", "http://127.0.0.1:1"));
    profile.server.route_id = Some(here.route(&sshd).await.id);
    let profile = here.save(profile).await;
    keep(&here, &profile, &["password"]).await;
    let text = here.app.export_profiles(&[]).await.unwrap();
    assert_eq!(here.app.apply_import(&text, &["it".into()]).await.unwrap(), 1);
    assert_eq!(here.app.settings.profiles().await.unwrap(), std::slice::from_ref(&profile));
    assert!(has(&here, &profile, "password").await, "it leads where it led");
    assert_eq!(there.app.apply_import(&text, &["other".into()]).await.unwrap(), 0);
    assert_eq!(
        (there.app.settings.profiles().await.unwrap(), there.app.settings.routes().await.unwrap()),
        (vec![], vec![])
    );
    assert_eq!(there.app.apply_import(&text, &["it".into()]).await.unwrap(), 1);
    assert_eq!(there.app.export_profiles(&[]).await.unwrap(), text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_leads_elsewhere_takes_no_secret_along() {
    let test_app = TestApp::new().await;
    let sshd = Sshd::start(SshdOptions::default());
    let way = test_app.app.save_route(route(&sshd)).await.unwrap();
    let by_route = |name: &str| {
        let mut profile = with_password(server(name, "http://127.0.0.1:1"));
        profile.server.route_id = Some(way.id.clone());
        profile
    };
    let moved = test_app.save(with_password(server("moved", "http://127.0.0.1:1"))).await;
    let stays = test_app.save(with_password(server("stays", "http://127.0.0.1:1"))).await;
    let (named, unnamed) = (test_app.save(by_route("named")).await, test_app.save(by_route("unnamed")).await);
    let renew = async || {
        for profile in [&moved, &stays, &named, &unnamed] {
            keep(&test_app, profile, &["password"]).await;
        }
    };
    let names = |names: &[&str]| -> Vec<String> { names.iter().map(|name| (*name).to_owned()).collect() };
    renew().await;
    let text = test_app.app.export_profiles(&[moved.id.clone(), stays.id.clone()]).await.unwrap();
    let text = text.replacen("http://127.0.0.1:1", "http://127.0.0.1:2", 1);
    let plan = test_app.app.preview_import(&text).await.unwrap();
    assert_eq!(plan.profiles[0].missing_secrets, ["password"]);
    assert!(has(&test_app, &moved, "password").await, "a preview changes nothing");
    test_app.app.apply_import(&text, &names(&["stays"])).await.unwrap();
    assert!(has(&test_app, &moved, "password").await, "it was not chosen");
    test_app.app.apply_import(&text, &names(&["moved", "stays"])).await.unwrap();
    assert!(!has(&test_app, &moved, "password").await && has(&test_app, &stays, "password").await);

    // The same route by its name, to another host: all who go by it are led elsewhere.
    renew().await;
    let text = test_app.app.export_profiles(std::slice::from_ref(&named.id)).await.unwrap();
    let text = text.replace("\"host\": \"127.0.0.1\"", "\"host\": \"elsewhere\"");
    let plan = test_app.app.preview_import(&text).await.unwrap();
    assert_eq!(plan.profiles[0].missing_secrets, ["password"]);
    test_app.app.apply_import(&text, &names(&["named"])).await.unwrap();
    assert_eq!(test_app.app.settings.routes().await.unwrap()[0].hops[0].host, "elsewhere");
    assert!(!has(&test_app, &named, "password").await && !has(&test_app, &unnamed, "password").await);
    assert!(has(&test_app, &stays, "password").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_stays_behind_where_a_profile_or_its_route_is_led_elsewhere() {
    let test_app = TestApp::new().await;
    let sshd = Sshd::start(SshdOptions::default());
    let way = test_app.app.save_route(route(&sshd)).await.unwrap();
    let mut profile = with_password(server("it", "http://127.0.0.1:1"));
    profile.server.route_id = Some(way.id.clone());
    let profile = test_app.save(profile).await;
    keep(&test_app, &profile, &["password"]).await;

    let renamed = Profile { name: "renamed".into(), ..profile.clone() };
    test_app.app.save_profile(renamed).await.unwrap();
    let mut way = way;
    way.hops[0].identities_only = Some(false);
    test_app.app.save_route(way.clone()).await.unwrap();
    assert!(has(&test_app, &profile, "password").await, "it leads where it led");

    let elsewhere = Profile { address: "http://127.0.0.1:2".into(), ..profile.clone() };
    test_app.app.save_profile(elsewhere).await.unwrap();
    assert!(!has(&test_app, &profile, "password").await);
    keep(&test_app, &profile, &["password"]).await;
    way.hops[0].host = "elsewhere".into();
    test_app.app.save_route(way).await.unwrap();
    assert!(!has(&test_app, &profile, "password").await);
}

/// A test of what is in the editor may lead anywhere; nothing that is kept goes there.
#[tokio::test(flavor = "multi_thread")]
async fn a_test_of_an_edited_address_is_not_given_the_kept_password() {
    let test_app = TestApp::new().await.with(|_| Reply::No);
    let there = Noted::new(Site::http(), LIKE_MLFLOW).started();
    let profile = test_app.save(with_password(server("it", "http://127.0.0.1:1"))).await;
    keep(&test_app, &profile, &["password"]).await;
    let edited = Profile { address: there.url(), ..profile.clone() };
    let test = test_app.app.start_test(edited, None).await.unwrap();
    until("the test is over", || test_app.app.read_test(test).unwrap().finished).await;
    assert!(matches!(&test_app.asked()[..], [Question::Secret { .. }]), "{:?}", test_app.asked());
    assert!(has(&test_app, &profile, "password").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_takes_name_and_password_out_of_a_pasted_address() {
    let test_app = TestApp::new().await;
    let there = Noted::new(Site::http(), &for_ana("pa55", LIKE_MLFLOW)).started();
    let pasted = there.url().replace("http://", "http://ana:pa55@");
    let test = test_app.app.start_test(server("it", &pasted), None).await.unwrap();
    until("the test is over", || test_app.app.read_test(test).unwrap().finished).await;
    let report = test_app.app.read_test(test).unwrap().text;
    assert!(report.contains("signed in as ana") && !report.contains("pa55"), "{report}");
    assert_eq!(test_app.asked(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_does_not_answer_becomes_no_profile() {
    let test_app = TestApp::new().await.with(|_| Reply::No);
    let refused = test_app.app.open_target("http://127.0.0.1:1").await.err().unwrap();
    assert_eq!(refused.code, Code::Unreachable);
    assert_eq!(test_app.app.settings.profiles().await.unwrap(), []);
    // A profile at a socket only bears the address.
    let there = with_experiment("there");
    let mut at_socket = server("socket", &there.url());
    at_socket.server.socket_path = Some("/nowhere.sock".into());
    let at_socket = test_app.save(at_socket).await;
    let opened = test_app.app.open_target(&there.url()).await.unwrap();
    assert_ne!(opened.profile().id, at_socket.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_place_typed_twice_is_one_profile() {
    let test_app = TestApp::new().await;
    let there = with_experiment("there");
    let url = there.url();
    let (one, other) = tokio::join!(test_app.app.open_target(&url), test_app.app.open_target(&url));
    assert_eq!(one.unwrap().profile().id, other.unwrap().profile().id);
    assert_eq!(test_app.app.settings.profiles().await.unwrap().len(), 1);
    let (one, other) = tokio::join!(test_app.app.open_target("sample"), test_app.app.open_target("sample"));
    assert_eq!(one.unwrap().profile().id, other.unwrap().profile().id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_that_says_no_leaves_no_half_of_a_profile() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = App::open(folder.path(), folder.path(), None, Arc::new(|_| {})).await.unwrap();
    app.connect_context.vault = Vault::with_store(|| Err(VaultError::Dismissed), Arc::new(app.settings.clone()));
    let mut profile = server("ana's", "http://ana:pa55@127.0.0.1:9");
    profile.server.keep = Keep::Keyring;
    let saved = app.save_profile(profile).await.unwrap();
    assert_eq!(saved.address, "http://127.0.0.1:9");
    let kept = app.connect_context.vault.get(&Slot::profile(&saved.id, "password")).await.unwrap();
    assert_eq!(kept.unwrap().expose_secret(), "pa55");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_is_deleted_is_closed_for_those_who_still_hold_it() {
    let test_app = TestApp::new().await;
    let there = with_experiment("there");
    let profile = test_app.saved("there", &there.url()).await;
    let held = test_app.up(&profile).await;
    test_app.app.delete_profile(&profile.id).await.unwrap();
    assert_eq!(held.store().err().unwrap().code, Code::NotConnected);
    assert!(matches!(held.state(), ConnectionState::Down { retry_in_ms: None, .. }));
}
