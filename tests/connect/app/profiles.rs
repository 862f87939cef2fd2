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

use super::desk::{Desk, Noted, Reply, for_ana, route, says, server, until, with_password};
use crate::common::nginx::{LIKE_MLFLOW, Site};
use crate::common::sshd::{Sshd, SshdOptions};

fn with_experiment(name: &str) -> Noted {
    Noted::new(Site::http(), &LIKE_MLFLOW.replace("Default", name)).started()
}

/// Names of the experiments that are cached, once there are any.
async fn shown(desk: &Desk, profile: &Profile) -> Vec<String> {
    desk.up(profile).await;
    desk.app.watch(vec![(profile.id.clone(), Scope::Experiments)]);
    let began = std::time::Instant::now();
    loop {
        let names = cached(desk, profile).await;
        if !names.is_empty() {
            return names;
        }
        assert!(began.elapsed() < super::desk::PATIENCE, "nothing is synced");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn cached(desk: &Desk, profile: &Profile) -> Vec<String> {
    let source = desk.open(profile).await.source;
    let experiments = desk.app.cache.experiments(source).await.unwrap();
    experiments.into_iter().map(|(experiment, _)| experiment.name).collect()
}

async fn has(desk: &Desk, profile: &Profile, name: &str) -> bool {
    desk.app.connect_context.vault.has(&Slot::profile(&profile.id, name)).await
}

async fn keep(desk: &Desk, profile: &Profile, names: &[&str]) {
    for name in names {
        desk.app.replace_secret(&profile.id, name, "secret".into(), Keep::Session).await.unwrap();
        assert!(has(desk, profile, name).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_address_is_another_server() {
    let (first, mut second) = (with_experiment("first"), with_experiment("second"));
    let desk = Desk::new().await;
    let mut profile = desk.saved("it", &first.url()).await;
    assert_eq!(shown(&desk, &profile).await, ["first"]);
    let before = desk.open(&profile).await;
    // Renamed only, it is the same one still.
    profile.name = "renamed".into();
    let mut profile = desk.save(profile).await;
    assert_eq!(cached(&desk, &profile).await, ["first"]);
    second.stop();
    profile.address = second.url();
    let profile = desk.save(profile).await;
    assert_eq!(cached(&desk, &profile).await, Vec::<String>::new());
    second.start();
    assert_eq!(shown(&desk, &profile).await, ["second"]);
    assert_ne!(desk.open(&profile).await.source, before.source);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_address_at_the_end_of_another_route_is_another_server() {
    let (near, far) = (Sshd::start(SshdOptions::default()), Sshd::start(SshdOptions::default()));
    let server_of_both = with_experiment("both");
    let desk = Desk::new().await;
    let (near, far) = (desk.route(&near).await, desk.route(&far).await);
    let mut profile = server("it", &server_of_both.url());
    profile.server.route_id = Some(near.id.clone());
    let mut profile = desk.save(profile).await;
    shown(&desk, &profile).await;
    let source = desk.open(&profile).await.source;

    // Another key for the same host is the same place.
    let mut same = near.clone();
    same.hops[0].identities_only = Some(false);
    desk.app.save_route(same).await.unwrap();
    assert_eq!(desk.open(&profile).await.source, source);
    profile.server.route_id = Some(far.id.clone());
    let mut profile = desk.save(profile).await;
    assert_ne!(desk.open(&profile).await.source, source);
    let source = desk.open(&profile).await.source;
    // So is the route itself when it is led elsewhere.
    desk.app.save_route(podium::connect::Route { hops: near.hops, ..far }).await.unwrap();
    assert_ne!(desk.open(&profile).await.source, source);
    let source = desk.open(&profile).await.source;
    profile.server.route_id = None;
    let mut profile = desk.save(profile).await;
    assert_ne!(desk.open(&profile).await.source, source);
    let source = desk.open(&profile).await.source;
    profile.server.workspace = Some("vision".into());
    let profile = desk.save(profile).await;
    assert_ne!(desk.open(&profile).await.source, source);
}

#[tokio::test(flavor = "multi_thread")]
async fn profiles_are_copied_beside_the_original_and_keep_the_order_they_are_given() {
    let desk = Desk::new().await;
    let first = desk.save(with_password(server("first", "http://127.0.0.1:1"))).await;
    let second = desk.saved("second", "http://127.0.0.1:2").await;
    keep(&desk, &first, &["password"]).await;
    let copy = desk.app.duplicate_profile(&first.id).await.unwrap();
    assert!(!has(&desk, &copy, "password").await);
    assert_eq!((copy.server.clone(), copy.address.clone()), (first.server.clone(), first.address.clone()));
    let names = async || -> Vec<String> {
        desk.app.settings.profiles().await.unwrap().into_iter().map(|profile| profile.name).collect()
    };
    assert_eq!(names().await, ["first", "first (2)", "second"]);
    desk.app.order_profiles(&[second.id.clone(), copy.id.clone()]).await.unwrap();
    assert_eq!(names().await, ["second", "first (2)", "first"]);
    let error = desk.app.save_profile(Profile { name: "second".into(), ..copy }).await.unwrap_err();
    says(&error, Code::Refused, &["“second”"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_go_with_what_they_were_for() {
    let desk = Desk::new().await;
    let mut profile = with_password(server("it", "http://127.0.0.1:1"));
    profile.server.headers = vec![ExtraHeader { name: "X-Key".into(), value: None }];
    let mut profile = desk.save(profile).await;
    keep(&desk, &profile, &["password", "header:x-key"]).await;
    profile.name = "renamed".into();
    let mut profile = desk.save(profile).await;
    assert!(has(&desk, &profile, "password").await && has(&desk, &profile, "header:x-key").await);
    profile.server.auth = Auth::Bearer;
    let profile = desk.save(profile).await;
    assert!(!has(&desk, &profile, "password").await && has(&desk, &profile, "header:x-key").await);
    keep(&desk, &profile, &["token"]).await;
    desk.app.delete_profile(&profile.id).await.unwrap();
    assert!(!has(&desk, &profile, "token").await && !has(&desk, &profile, "header:x-key").await);
    assert_eq!(desk.app.connection(&profile.id).await.err().unwrap().code, Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_is_the_same_here_and_new_elsewhere() {
    let sshd = Sshd::start(SshdOptions::default());
    let (here, there) = (Desk::new().await, Desk::new().await);
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
    let desk = Desk::new().await;
    let sshd = Sshd::start(SshdOptions::default());
    let way = desk.app.save_route(route(&sshd)).await.unwrap();
    let by_route = |name: &str| {
        let mut profile = with_password(server(name, "http://127.0.0.1:1"));
        profile.server.route_id = Some(way.id.clone());
        profile
    };
    let moved = desk.save(with_password(server("moved", "http://127.0.0.1:1"))).await;
    let stays = desk.save(with_password(server("stays", "http://127.0.0.1:1"))).await;
    let (named, unnamed) = (desk.save(by_route("named")).await, desk.save(by_route("unnamed")).await);
    let renew = async || {
        for profile in [&moved, &stays, &named, &unnamed] {
            keep(&desk, profile, &["password"]).await;
        }
    };
    let names = |names: &[&str]| -> Vec<String> { names.iter().map(|name| (*name).to_owned()).collect() };
    renew().await;
    let text = desk.app.export_profiles(&[moved.id.clone(), stays.id.clone()]).await.unwrap();
    let text = text.replacen("http://127.0.0.1:1", "http://127.0.0.1:2", 1);
    let plan = desk.app.preview_import(&text).await.unwrap();
    assert_eq!(plan.profiles[0].missing_secrets, ["password"]);
    assert!(has(&desk, &moved, "password").await, "a preview changes nothing");
    desk.app.apply_import(&text, &names(&["stays"])).await.unwrap();
    assert!(has(&desk, &moved, "password").await, "it was not chosen");
    desk.app.apply_import(&text, &names(&["moved", "stays"])).await.unwrap();
    assert!(!has(&desk, &moved, "password").await && has(&desk, &stays, "password").await);

    // The same route by its name, to another host: all who go by it are led elsewhere.
    renew().await;
    let text = desk.app.export_profiles(std::slice::from_ref(&named.id)).await.unwrap();
    let text = text.replace("\"host\": \"127.0.0.1\"", "\"host\": \"elsewhere\"");
    let plan = desk.app.preview_import(&text).await.unwrap();
    assert_eq!(plan.profiles[0].missing_secrets, ["password"]);
    desk.app.apply_import(&text, &names(&["named"])).await.unwrap();
    assert_eq!(desk.app.settings.routes().await.unwrap()[0].hops[0].host, "elsewhere");
    assert!(!has(&desk, &named, "password").await && !has(&desk, &unnamed, "password").await);
    assert!(has(&desk, &stays, "password").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_stays_behind_where_a_profile_or_its_route_is_led_elsewhere() {
    let desk = Desk::new().await;
    let sshd = Sshd::start(SshdOptions::default());
    let way = desk.app.save_route(route(&sshd)).await.unwrap();
    let mut profile = with_password(server("it", "http://127.0.0.1:1"));
    profile.server.route_id = Some(way.id.clone());
    let profile = desk.save(profile).await;
    keep(&desk, &profile, &["password"]).await;

    let renamed = Profile { name: "renamed".into(), ..profile.clone() };
    desk.app.save_profile(renamed).await.unwrap();
    let mut way = way;
    way.hops[0].identities_only = Some(false);
    desk.app.save_route(way.clone()).await.unwrap();
    assert!(has(&desk, &profile, "password").await, "it leads where it led");

    let elsewhere = Profile { address: "http://127.0.0.1:2".into(), ..profile.clone() };
    desk.app.save_profile(elsewhere).await.unwrap();
    assert!(!has(&desk, &profile, "password").await);
    keep(&desk, &profile, &["password"]).await;
    way.hops[0].host = "elsewhere".into();
    desk.app.save_route(way).await.unwrap();
    assert!(!has(&desk, &profile, "password").await);
}

/// A test of what is in the editor may lead anywhere; nothing that is kept goes there.
#[tokio::test(flavor = "multi_thread")]
async fn a_test_of_an_edited_address_is_not_given_the_kept_password() {
    let desk = Desk::new().await.with(|_| Reply::No);
    let there = Noted::new(Site::http(), LIKE_MLFLOW).started();
    let profile = desk.save(with_password(server("it", "http://127.0.0.1:1"))).await;
    keep(&desk, &profile, &["password"]).await;
    let edited = Profile { address: there.url(), ..profile.clone() };
    let test = desk.app.start_test(edited, None).await.unwrap();
    until("the test is over", || desk.app.read_test(test).unwrap().finished).await;
    assert!(matches!(&desk.asked()[..], [Question::Secret { .. }]), "{:?}", desk.asked());
    assert!(has(&desk, &profile, "password").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_takes_name_and_password_out_of_a_pasted_address() {
    let desk = Desk::new().await;
    let there = Noted::new(Site::http(), &for_ana("pa55", LIKE_MLFLOW)).started();
    let pasted = there.url().replace("http://", "http://ana:pa55@");
    let test = desk.app.start_test(server("it", &pasted), None).await.unwrap();
    until("the test is over", || desk.app.read_test(test).unwrap().finished).await;
    let report = desk.app.read_test(test).unwrap().text;
    assert!(report.contains("signed in as ana") && !report.contains("pa55"), "{report}");
    assert_eq!(desk.asked(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_does_not_answer_becomes_no_profile() {
    let desk = Desk::new().await.with(|_| Reply::No);
    let refused = desk.app.open_target("http://127.0.0.1:1").await.err().unwrap();
    assert_eq!(refused.code, Code::Unreachable);
    assert_eq!(desk.app.settings.profiles().await.unwrap(), []);
    // A profile at a socket only bears the address.
    let there = with_experiment("there");
    let mut at_socket = server("socket", &there.url());
    at_socket.server.socket_path = Some("/nowhere.sock".into());
    let at_socket = desk.save(at_socket).await;
    let opened = desk.app.open_target(&there.url()).await.unwrap();
    assert_ne!(opened.profile().id, at_socket.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_place_typed_twice_is_one_profile() {
    let desk = Desk::new().await;
    let there = with_experiment("there");
    let url = there.url();
    let (one, other) = tokio::join!(desk.app.open_target(&url), desk.app.open_target(&url));
    assert_eq!(one.unwrap().profile().id, other.unwrap().profile().id);
    assert_eq!(desk.app.settings.profiles().await.unwrap().len(), 1);
    let (one, other) = tokio::join!(desk.app.open_target("sample"), desk.app.open_target("sample"));
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
    let desk = Desk::new().await;
    let there = with_experiment("there");
    let profile = desk.saved("there", &there.url()).await;
    let held = desk.up(&profile).await;
    desk.app.delete_profile(&profile.id).await.unwrap();
    assert_eq!(held.store().err().unwrap().code, Code::NotConnected);
    assert!(matches!(held.state(), ConnectionState::Down { retry_in_ms: None, .. }));
}
