//! One hop and a key file: questions, downloads, a Unix socket, a port on this machine.

use std::sync::atomic::Ordering;
use std::time::Duration;

use podium::connect::ssh::TunnelState;
use podium::connect::steps::{StepName, StepState};
use podium::tracking::rest::{Lane, NetError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::far::Far;
use super::setup::{TunnelSetup, get, hello, send};
use crate::common::sshd::{Sshd, SshdOptions};

#[tokio::test(flavor = "multi_thread")]
async fn a_key_file_and_a_known_host_lead_to_the_server_without_a_question() {
    let (sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let setup = TunnelSetup::of(&sshd);
    let tunnel = setup.opened(&far.end).await;

    hello(&tunnel).await.unwrap();
    let head = String::from_utf8(get(&tunnel, "/head", Lane::Api).await.unwrap()).unwrap();
    assert!(head.starts_with("GET /head HTTP/1.1\r\n"), "{head}");
    assert!(head.to_lowercase().contains("host: mlflow.corp:5000"), "{head}");
    assert_eq!(get(&tunnel, "/bytes/5000000", Lane::Bulk).await.unwrap(), vec![7; 5_000_000]);
    assert_eq!(tunnel.description(), "gpu");
    assert_eq!(*tunnel.watch().borrow(), TunnelState::Up);

    let names: Vec<StepName> = setup.steps.list().iter().map(|step| step.name).collect();
    use StepName::{Auth, Banner, Channel, Config, Dns, HostKey, KeyExchange, Tcp};
    assert_eq!(names, [Config, Dns, Tcp, Banner, KeyExchange, HostKey, Auth, Channel]);
    for step in setup.steps.list() {
        assert!(matches!(step.state, StepState::Passed | StepState::Skipped), "{step:?}");
    }
    assert!(setup.step(Banner).detail.starts_with("SSH-2.0-OpenSSH"), "{:?}", setup.step(Banner));
    let host_key = setup.step(HostKey).detail;
    assert!(
        host_key.contains("SHA256:") && host_key.contains("known from") && host_key.ends_with("theirs:1"),
        "{host_key}"
    );
    let auth = setup.step(Auth).detail;
    assert!(auth.contains("accepted: ") && auth.contains("client (ssh-ed25519 SHA256:"), "{auth}");
    assert_eq!(setup.read("ours"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_that_follow_each_other_share_a_connection() {
    let (sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let setup = TunnelSetup::of(&sshd);
    let tunnel = setup.opened(&far.end).await;
    for _ in 0..20 {
        hello(&tunnel).await.unwrap();
    }
    // One that was quiet for seconds is not used again, and a machine may be that slow.
    let connections = far.connections.load(Ordering::SeqCst);
    assert!(connections <= 5, "{connections}");
    let many = (0..30).map(|_| hello(&tunnel));
    for done in futures_util::future::join_all(many).await {
        done.unwrap();
    }
    assert_eq!(far.requests.load(Ordering::SeqCst), 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unread_download_holds_up_nothing() {
    let (sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let setup = TunnelSetup::of(&sshd);
    let tunnel = setup.opened(&far.end).await;
    let unread = send(&tunnel, "/bytes/200000000", Lane::Bulk).await.unwrap();
    // More than the session takes in before it waits for its reader.
    tokio::time::sleep(Duration::from_millis(500)).await;
    for _ in 0..20 {
        hello(&tunnel).await.unwrap();
    }
    // Another download goes past it too.
    assert_eq!(get(&tunnel, "/bytes/1000000", Lane::Bulk).await.unwrap().len(), 1_000_000);
    drop(unread);
    assert_eq!(*tunnel.watch().borrow(), TunnelState::Up);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_does_not_come_ends_by_its_deadline() {
    let (sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let setup = TunnelSetup::of(&sshd);
    let tunnel = setup.opened(&far.end).await;
    use podium::tracking::rest::{Deadline, HttpSend};
    let limit = Duration::from_millis(4500);
    let request = http::Request::get("http://mlflow/never").body(bytes::Bytes::new()).unwrap();
    let failure = tunnel.send(request, Lane::Api, Deadline::after(limit)).await.err();
    assert_eq!(failure, Some(NetError::TimedOut { limit }));
    // It was asked whether it is still there meanwhile, and it was.
    assert_eq!(*tunnel.watch().borrow(), TunnelState::Up);
    hello(&tunnel).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_may_listen_on_a_unix_socket() {
    let sshd = Sshd::start(SshdOptions::default());
    let setup = TunnelSetup::of(&sshd);
    let far = Far::socket(&setup.path("mlflow.sock")).await;
    let tunnel = setup.opened(&far.end).await;
    hello(&tunnel).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exposed_port_leads_to_the_server_until_it_is_closed() {
    let (sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let setup = TunnelSetup::of(&sshd);
    let tunnel = setup.opened(&far.end).await;
    let exposure = tunnel.expose().await.unwrap();
    let address = exposure.address;
    assert!(address.ip().is_loopback());
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /hello HTTP/1.1\r\n\r\n").await.unwrap();
    let mut heard = vec![0; 43];
    stream.read_exact(&mut heard).await.unwrap();
    assert!(heard.ends_with(b"\r\n\r\nhello"), "{}", String::from_utf8_lossy(&heard));

    drop(exposure);
    // The open connection ends, and there is no new one.
    assert!(matches!(stream.read(&mut heard).await, Ok(0) | Err(_)));
    assert!(TcpStream::connect(address).await.is_err());
    hello(&tunnel).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_tunnel_leaves_nothing_open() {
    let (sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let setup = TunnelSetup::of(&sshd);
    let tunnel = setup.opened(&far.end).await;
    let mut states = tunnel.watch();
    get(&tunnel, "/hello", Lane::Bulk).await.unwrap();
    drop(tunnel);
    assert!(matches!(*states.borrow_and_update(), TunnelState::Down { .. }));
    let closed =
        || sshd.log().matches("Connection closed by").count() + sshd.log().matches("Disconnected from").count();
    let started = std::time::Instant::now();
    while sshd.log().matches("Accepted publickey").count() != 2 || closed() < 2 {
        assert!(started.elapsed() < super::setup::PATIENCE, "{}", sshd.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
