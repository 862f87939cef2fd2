//! The steps to a server that is reached without SSH: name, port, TLS. They are taken by hand, so
//! that each has its own time and its own failure.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use rustls_pki_types::ServerName;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::connect::open::Transport;
use crate::connect::ssh::FarEnd;
use crate::connect::steps::{RunningStep, StepName, StepState, Steps};
use crate::connect::tls::{self, RefusedCertificate, TlsInput};
use crate::connect::{Profile, Proxy, TlsSettings};
use crate::tracking::rest::tls_failure;

/// As long as a real attempt has.
const LIMIT: Duration = Duration::from_secs(10);

pub const SHOWN: &str = "the certificate is shown to you";
pub const TRUSTED: &str = "no authority vouches for the certificate; you trust it";
pub const TRUSTED_REMEDY: &str =
    "A certificate of an authority, or a CA file in the profile, would make this unnecessary.";

/// Whether the server can be asked anything; a step says why where it cannot.
pub async fn reach(profile: &Profile, transport: &mut Transport<'_>, steps: &Steps) -> bool {
    if let Some(path) = &profile.server.socket_path {
        return socket(path, steps).await;
    }
    if let Proxy::Fixed { url } = &profile.server.proxy {
        for name in [StepName::Dns, StepName::Tcp, StepName::Tls] {
            steps.note(name, transport.address.host(), StepState::Skipped, format!("left to the proxy {url}"));
        }
        return true;
    }
    // What cannot be reached by itself may still be reached by the system's proxy.
    let by_proxy = profile.server.proxy == Proxy::System && has_system_proxy() && !transport.address.is_loopback();
    match tcp(transport, steps, by_proxy).await {
        Some(stream) if transport.address.is_https() => shake(transport, stream, steps).await,
        Some(_) => {
            steps.note(StepName::Tls, transport.address.host(), StepState::Skipped, "the address is http://");
            true
        }
        None => by_proxy,
    }
}

#[cfg(unix)]
async fn socket(path: &str, steps: &Steps) -> bool {
    let step = steps.begin(StepName::Tcp, path);
    match timeout(LIMIT, tokio::net::UnixStream::connect(path)).await {
        Ok(Ok(_)) => {
            step.pass("the socket takes connections");
            true
        }
        Ok(Err(error)) => {
            let (what, remedy) = match error.kind() {
                ErrorKind::NotFound => ("there is no such socket", "Check the path; start the server."),
                ErrorKind::PermissionDenied => ("you may not use this socket", "Ask for the right to write to it."),
                ErrorKind::ConnectionRefused => ("no server listens on it any more", "Start the server."),
                _ => ("it cannot be used", "Check the path."),
            };
            step.fail(format!("{what} ({error})"), remedy);
            false
        }
        Err(_) => {
            step.fail(format!("no answer within {} s", LIMIT.as_secs()), "Look at the server: it takes no connection.");
            false
        }
    }
}

#[cfg(not(unix))]
async fn socket(path: &str, steps: &Steps) -> bool {
    let step = steps.begin(StepName::Tcp, path);
    step.fail("this system has no unix sockets of its own", "Use an address with a port.");
    false
}

async fn tcp(transport: &Transport<'_>, steps: &Steps, by_proxy: bool) -> Option<TcpStream> {
    // It is the failure of an attempt only where there is no other way.
    let end = |step: RunningStep, detail: String, remedy: &str| match by_proxy {
        true => step.warn(detail, format!("Where only a proxy leads there, all is well. {remedy}")),
        false => step.fail(detail, remedy),
    };
    let (host, port) = (transport.address.host(), transport.address.port());
    let step = steps.begin(StepName::Dns, &host);
    let found = match timeout(LIMIT, lookup_host((host.as_str(), port))).await {
        Ok(Ok(found)) => found.collect::<Vec<_>>(),
        Ok(Err(error)) => {
            end(
                step,
                format!("there is no host of this name ({error})"),
                "Check the name and the network; a name inside a company may need its VPN, or an SSH route.",
            );
            return None;
        }
        Err(_) => {
            let detail = format!("no answer within {} s", LIMIT.as_secs());
            end(step, detail, "Check the network and its name servers.");
            return None;
        }
    };
    step.pass(found.iter().map(|at| at.ip().to_string()).collect::<Vec<_>>().join(", "));
    let step = steps.begin(StepName::Tcp, FarEnd::Tcp { host: host.clone(), port }.to_string());
    let mut failures = Vec::new();
    let mut refused = false;
    for at in found {
        match timeout(LIMIT, TcpStream::connect(at)).await {
            Ok(Ok(stream)) => {
                step.pass(format!("connected to {at}"));
                return Some(stream);
            }
            Ok(Err(error)) => {
                refused |= error.kind() == ErrorKind::ConnectionRefused;
                failures.push(format!("{at}: {error}"));
            }
            Err(_) => failures.push(format!("{at}: no answer within {} s", LIMIT.as_secs())),
        }
    }
    let remedy = match refused {
        true => "Nothing listens on this port: check it, and start the server (mlflow server --host …).",
        false => "A firewall may be in between: check the network and the VPN, or go through an SSH route.",
    };
    let what = match failures.is_empty() {
        true => "the name stands for no address".to_owned(),
        false => failures.join("; "),
    };
    end(step, what, remedy);
    None
}

async fn shake(transport: &mut Transport<'_>, mut stream: TcpStream, steps: &Steps) -> bool {
    let host = transport.address.host();
    let mut step = steps.begin(StepName::Tls, &host);
    let Ok(name) = ServerName::try_from(host.clone()) else {
        step.fail("this is no name that TLS could check", "Correct the address.");
        return false;
    };
    loop {
        let Some(config) = transport.tls.as_ref().map(|tls| tls.config.clone()) else { return true };
        let error = match timeout(LIMIT, TlsConnector::from(config).connect(name.clone(), stream)).await {
            Ok(Ok(_)) if transport.pin.is_some() => {
                step.warn(TRUSTED, TRUSTED_REMEDY);
                return true;
            }
            Ok(Ok(stream)) => {
                let (_, session) = stream.get_ref();
                let version = session.protocol_version().map_or("TLS", |version| version.as_str().unwrap_or("TLS"));
                let trusted = match &transport.profile.server.tls.pin {
                    Some(_) => "the pinned certificate",
                    None => "an authority vouches for the certificate",
                };
                step.pass(format!("{}, {trusted}", version.replace('_', ".")));
                return true;
            }
            Ok(Err(error)) => error,
            Err(_) => {
                step.fail(format!("no answer within {} s", LIMIT.as_secs()), "Check whether the port speaks TLS.");
                return false;
            }
        };
        let refused = transport.tls.as_ref().and_then(|tls| tls.refused());
        if refused.is_some() && transport.pin.is_none() {
            step.say(StepState::Asking, SHOWN);
            let asked = Instant::now();
            let trusted = transport.trusts().await;
            step.forget_time_since(asked);
            if trusted && let Ok(again) = TcpStream::connect((host.as_str(), transport.address.port())).await {
                step.say(StepState::Running, "");
                stream = again;
                continue;
            }
        }
        let (reason, remedy) = match &refused {
            Some(refused) => not_trusted(refused),
            None => (
                tls_failure(&error).map_or_else(|| error.to_string(), |failure| failure.to_string()),
                "Check whether the address should begin with http://, and whether a client certificate is needed.",
            ),
        };
        step.fail(reason, remedy);
        return false;
    }
}

/// Whether it is TLS that the port of an `http://` address speaks.
pub async fn speaks_tls(transport: &Transport<'_>) -> bool {
    let host = transport.address.host();
    let Ok(name) = ServerName::try_from(host.clone()) else { return false };
    let settings = TlsSettings::default();
    let building = move || tls::client_config(TlsInput { settings: &settings, client_key_passphrase: None });
    let Ok(Ok(tls)) = tokio::task::spawn_blocking(building).await else { return false };
    let Ok(stream) = TcpStream::connect((host.as_str(), transport.address.port())).await else { return false };
    let shaken = timeout(LIMIT, TlsConnector::from(tls.config.clone()).connect(name, stream)).await;
    // A certificate that is not trusted is one all the same.
    matches!(shaken, Ok(Ok(_))) || tls.refused().is_some()
}

/// What is the matter with a certificate, and the one thing to do.
pub fn not_trusted(refused: &RefusedCertificate) -> (String, &'static str) {
    if refused.pinned_changed {
        let reason = format!("{} (it shows {})", refused.reason, refused.fingerprint);
        (
            reason,
            "Ask the administrator of the server whether the certificate was renewed; then forget the pin in the profile.",
        )
    } else {
        let remedy = "Name the authority’s CA file in the profile, or trust this one certificate when you are asked.";
        (refused.reason.clone(), remedy)
    }
}

fn has_system_proxy() -> bool {
    ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
        || cfg!(any(target_os = "macos", windows))
}
