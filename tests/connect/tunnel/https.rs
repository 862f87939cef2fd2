//! HTTPS behind the last hop: TLS runs inside the channel, from here to the server itself.

use std::sync::Arc;

use podium::connect::TlsSettings;
use podium::connect::ssh::{FarEnd, Tunnel, TunnelOptions};
use podium::connect::steps::{StepName, StepState};
use podium::connect::tls::{TlsInput, client_config};
use podium::tracking::rest::{Lane, NetError};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::setup::{Asked, PATIENCE, TunnelSetup, get, hello};
use crate::common::nginx::Certified;
use crate::common::sshd::{Sshd, SshdOptions};

/// A server for `mlflow.corp`, whose name means something here only to the certificate.
async fn https(shown: &Certified) -> FarEnd {
    let chain = vec![CertificateDer::from_pem_file(&shown.certificate).unwrap()];
    let key = PrivateKeyDer::from_pem_file(&shown.key).unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            tokio::spawn(async move {
                let mut heard = vec![0; 4096];
                while let Ok(1..) = stream.read(&mut heard).await {
                    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").await.unwrap();
                    stream.flush().await.unwrap();
                }
            });
        }
    });
    FarEnd::Tcp { host: "127.0.0.1".to_owned(), port }
}

fn trusting(roots: &[&Certified]) -> Arc<ClientConfig> {
    let mut store = RootCertStore::empty();
    for root in roots {
        store.add(CertificateDer::from_pem_file(&root.certificate).unwrap()).unwrap();
    }
    let mut config = ClientConfig::builder().with_root_certificates(store).with_no_client_auth();
    // What others may offer; the tunnel speaks one of them.
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Arc::new(config)
}

async fn opened(setup: &TunnelSetup, far: &FarEnd, name: &'static str, trusted: &[&Certified]) -> Arc<Tunnel> {
    let tls = Some((trusting(trusted), ServerName::try_from(name).unwrap()));
    let options = TunnelOptions { tls, ..setup.options(&["gpu"], far) };
    Tunnel::connect(options, Arc::new(Asked::nothing()), &setup.steps).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_checked_for_the_name_of_the_address() {
    let sshd = Sshd::start(SshdOptions::default());
    let setup = TunnelSetup::of(&sshd);
    let authority = Certified::itself(setup.folder.path(), "ca", "");
    let far = https(&authority.issue("mlflow", "subjectAltName=DNS:mlflow.corp")).await;

    let tunnel = opened(&setup, &far, "mlflow.corp", &[&authority]).await;
    hello(&tunnel).await.unwrap();
    assert_eq!(get(&tunnel, "/hello", Lane::Bulk).await.unwrap(), b"hello");
    let step = setup.step(StepName::Tls);
    assert!(
        step.state == StepState::Passed && step.subject == "mlflow.corp" && step.detail.contains("TLS"),
        "{step:?}"
    );

    for (name, trusted) in [("other.corp", vec![&authority]), ("mlflow.corp", vec![])] {
        let tunnel = opened(&setup, &far, name, &trusted).await;
        let step = setup.step(StepName::Tls);
        assert!(step.state == StepState::Failed && step.remedy.is_some(), "{step:?}");
        // The tunnel itself is fine: a user who is asked to trust the certificate can go on with it.
        let failure = hello(&tunnel).await.unwrap_err();
        assert!(matches!(failure, NetError::Untrusted { .. }), "{failure:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_self_signed_server_is_refused_with_its_fingerprint_and_accepted_once_that_is_trusted() {
    let sshd = Sshd::start(SshdOptions::default());
    let setup = TunnelSetup::of(&sshd);
    let far = https(&Certified::itself(setup.folder.path(), "mlflow", "DNS:mlflow.corp")).await;
    let settings = TlsSettings::default();
    let tls = client_config(TlsInput { settings: &settings, client_key_passphrase: None }).unwrap();
    let name = ServerName::try_from("mlflow.corp").unwrap();
    let options = TunnelOptions { tls: Some((tls.config.clone(), name)), ..setup.options(&["gpu"], &far) };
    let tunnel = Tunnel::connect(options, Arc::new(Asked::nothing()), &setup.steps).await.unwrap();

    let failure = hello(&tunnel).await.unwrap_err();
    assert!(matches!(&failure, NetError::Untrusted { reason } if reason.contains("self-signed")), "{failure:?}");
    tls.trust(&tls.refused().unwrap().pin);
    hello(&tunnel).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_is_told_from_one_that_is_not_trusted() {
    let sshd = Sshd::start(SshdOptions::default());
    let setup = TunnelSetup::of(&sshd);
    let authority = Certified::itself(setup.folder.path(), "ca", "");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let far = FarEnd::Tcp { host: "127.0.0.1".to_owned(), port };
    let tunnel = opened(&setup, &far, "mlflow.corp", &[&authority]).await;
    let failure = hello(&tunnel).await.unwrap_err();
    assert!(matches!(&failure, NetError::Unreachable { reason } if reason.contains("TLS")), "{failure:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_stopped_holds_nothing_up_for_ever() {
    let sshd = Sshd::start(SshdOptions::default());
    let setup = TunnelSetup::of(&sshd);
    // The system takes the connection, and no byte comes.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let far = FarEnd::Tcp { host: "127.0.0.1".to_owned(), port: listener.local_addr().unwrap().port() };
    let opening = opened(&setup, &far, "mlflow.corp", &[]);
    let tunnel = tokio::time::timeout(PATIENCE, opening).await.expect("it is given up");
    let step = setup.step(StepName::Tls);
    assert!(step.state == StepState::Failed && step.detail.contains("10 s"), "{step:?}");
    let failure = hello(&tunnel).await.unwrap_err();
    assert!(matches!(failure, NetError::TimedOut { .. }), "{failure:?}");
}
