//! Connections that are lost: killed, frozen, cut in the middle of an answer; and how they come back.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use podium::connect::ssh::{SshError, TunnelState};
use podium::tracking::rest::{Deadline, HttpSend, Lane, NetError};

use super::far::Far;
use super::setup::{Asked, PATIENCE, TunnelSetup, get, hello, send, wait_for};
use crate::common::sshd::{Sshd, SshdOptions};

fn is_lost(state: &TunnelState) -> bool {
    matches!(state, TunnelState::Reconnecting { .. })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_started_again_is_found_again() {
    let (mut sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let setup = TunnelSetup::of(&sshd);
    let tunnel = setup.opened(&far.end).await;
    get(&tunnel, "/bytes/1000", Lane::Bulk).await.unwrap();
    sshd.kill();
    wait_for(&tunnel, is_lost).await;
    // Nothing is sent by another way meanwhile, and no request waits long.
    let failure = hello(&tunnel).await.unwrap_err();
    assert!(matches!(&failure, NetError::Unreachable { reason } if reason == "reconnecting to gpu"), "{failure:?}");
    let failure = get(&tunnel, "/hello", Lane::Bulk).await.unwrap_err();
    assert!(matches!(failure, NetError::Unreachable { .. }), "{failure:?}");
    let told = wait_for(&tunnel, |state| matches!(state, TunnelState::Reconnecting { attempt: 3.., .. })).await;
    let TunnelState::Reconnecting { reason, .. } = told else { panic!() };
    assert!(reason.contains("connection refused"), "{reason}");
    sshd.restart();
    wait_for(&tunnel, |state| *state == TunnelState::Up).await;
    hello(&tunnel).await.unwrap();
    get(&tunnel, "/bytes/1000", Lane::Bulk).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_waits_for_a_way_that_is_back_in_a_moment() {
    let (sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let setup = TunnelSetup::of(&sshd);
    let tunnel = setup.opened(&far.end).await;
    // On a busy machine a login may take longer than a request waits.
    for _ in 0..10 {
        let mut states = tunnel.watch();
        sshd.drop_sessions();
        tokio::time::timeout(PATIENCE, states.changed()).await.unwrap().unwrap();
        if hello(&tunnel).await.is_ok() {
            return;
        }
        wait_for(&tunnel, |state| *state == TunnelState::Up).await;
    }
    panic!("no request has waited");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_cut_short_is_an_error_and_never_an_end() {
    let (sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let setup = TunnelSetup::of(&sshd);
    let tunnel = setup.opened(&far.end).await;
    for (path, lane) in [("/half", Lane::Api), ("/endless", Lane::Api), ("/endless", Lane::Bulk)] {
        let mut body = send(&tunnel, path, lane).await.unwrap().into_body();
        assert!(body.next().await.unwrap().is_ok());
        sshd.drop_sessions();
        let rest = tokio::time::timeout(PATIENCE, body.next()).await.expect("the body ends");
        assert!(matches!(rest, Some(Err(NetError::Closed { .. }))), "{path}: {rest:?}");
        // That it is lost may be heard here before it is shown.
        let began = std::time::Instant::now();
        while let Err(error) = hello(&tunnel).await {
            assert!(began.elapsed() < PATIENCE, "{error:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_falls_silent_in_a_download_is_noticed_and_found_again() {
    let (sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let setup = TunnelSetup::of(&sshd);
    let tunnel = setup.opened(&far.end).await;
    let mut body = send(&tunnel, "/bytes/300000000", Lane::Bulk).await.unwrap().into_body();
    assert!(body.next().await.unwrap().is_ok());
    sshd.freeze();
    // The reader goes on until there is nothing, and hears that it will get no more.
    let end = async {
        loop {
            match body.next().await {
                Some(Ok(_)) => {}
                other => return other,
            }
        }
    };
    let end = tokio::time::timeout(PATIENCE, end).await.expect("the body ends");
    assert!(matches!(end, Some(Err(NetError::Closed { .. }))), "{end:?}");
    // A question finds it out for its own session.
    let request = http::Request::get("http://mlflow/hello").body(bytes::Bytes::new()).unwrap();
    assert!(tunnel.send(request, Lane::Api, Deadline::after(Duration::from_secs(40))).await.is_err());
    wait_for(&tunnel, is_lost).await;
    sshd.thaw();
    wait_for(&tunnel, |state| *state == TunnelState::Up).await;
    hello(&tunnel).await.unwrap();
    assert_eq!(get(&tunnel, "/bytes/1000000", Lane::Bulk).await.unwrap().len(), 1_000_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_wake_up_a_dead_way_is_noticed_without_a_request() {
    let (sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let setup = TunnelSetup::of(&sshd);
    let tunnel = setup.opened(&far.end).await;
    tunnel.check_now();
    hello(&tunnel).await.unwrap();
    assert_eq!(*tunnel.watch().borrow(), TunnelState::Up);
    sshd.freeze();
    tunnel.check_now();
    wait_for(&tunnel, is_lost).await;
    sshd.thaw();
    tunnel.check_now();
    wait_for(&tunnel, |state| *state == TunnelState::Up).await;
    hello(&tunnel).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hop_that_fell_silent_is_blamed_and_no_other() {
    let (first, second) = (Sshd::start(SshdOptions::default()), Sshd::start(SshdOptions::default()));
    let far = Far::tcp().await;
    let setup = TunnelSetup::new();
    setup.host("bastion", &first, "");
    setup.host("gpu", &second, "  ProxyJump bastion");
    setup.knows(&first);
    setup.knows(&second);
    for (silent, name) in [(&first, "bastion"), (&second, "gpu")] {
        let tunnel = setup.opened(&far.end).await;
        silent.freeze();
        tunnel.check_now();
        let state = wait_for(&tunnel, is_lost).await;
        let TunnelState::Reconnecting { reason, .. } = state else { panic!() };
        assert!(reason.contains(&format!("the connection to {name} was lost: it no longer answers")), "{reason}");
        silent.thaw();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_no_longer_let_in_is_told_once_and_tried_again_by_wish_alone() {
    let (sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let setup = TunnelSetup::of(&sshd);
    let tunnel = setup.opened(&far.end).await;
    let authorized = std::fs::read_to_string(sshd.folder.join("authorized_keys")).unwrap();
    std::fs::write(sshd.folder.join("authorized_keys"), "").unwrap();
    sshd.drop_sessions();
    let state = wait_for(&tunnel, |state| matches!(state, TunnelState::Down { .. })).await;
    let TunnelState::Down { error } = state else { panic!() };
    // A password might still help, and only the user has one.
    assert!(matches!(error, SshError::NeedsUser { .. } | SshError::AuthRefused { .. }), "{error:?}");
    assert!(hello(&tunnel).await.is_err());
    assert!(tunnel.reconnect(Arc::new(Asked::dismisses())).await.is_err());
    std::fs::write(sshd.folder.join("authorized_keys"), authorized).unwrap();
    tunnel.reconnect(Arc::new(Asked::nothing())).await.unwrap();
    assert_eq!(*tunnel.watch().borrow(), TunnelState::Up);
    hello(&tunnel).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_that_is_given_up_leaves_the_tunnel_to_itself() {
    let (mut sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let setup = TunnelSetup::of(&sshd);
    let tunnel = setup.opened(&far.end).await;
    sshd.freeze();
    let wish = tunnel.reconnect(Arc::new(Asked::nothing()));
    assert!(tokio::time::timeout(Duration::from_millis(300), wish).await.is_err());
    sshd.restart();
    wait_for(&tunnel, |state| *state == TunnelState::Up).await;
    hello(&tunnel).await.unwrap();
}
