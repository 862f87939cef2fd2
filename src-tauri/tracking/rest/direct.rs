//! Servers that this machine reaches by itself: over TCP, through a proxy, or at a unix socket.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{StreamExt, TryStreamExt};
use reqwest::redirect::Policy;
use rustls::ClientConfig;

use super::address::Address;
use super::http::{Deadline, HttpBody, HttpSend, Lane, NetError, Upload};
use super::trust::tls_failure;

/// Time to resolve, connect and agree on TLS.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// Shorter than the five seconds after which MLflow's own web server closes a quiet connection:
/// a request never meets a connection that is just being closed.
const IDLE_LIMIT: Duration = Duration::from_secs(4);

#[derive(Clone, Default)]
pub struct DirectOptions {
    /// Which authorities to trust and which client certificate to show; none for those of the system and no certificate.
    pub tls: Option<Arc<ClientConfig>>,
    pub proxy: Proxy,
    /// Where to connect to instead of what the address names; there is then no proxy.
    pub unix_socket: Option<PathBuf>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Proxy {
    /// The system's settings and `HTTPS_PROXY`, `NO_PROXY` and so on; never for this machine itself.
    #[default]
    System,
    None,
    /// `http://host:port`, `https://…`, `socks5://…` or `socks5h://…`, for this machine itself too.
    Fixed(String),
}

pub struct Direct {
    client: reqwest::Client,
    /// The proxy of the profile, which may be what is not there.
    proxy: Option<String>,
}

impl Direct {
    pub fn new(address: &Address, options: DirectOptions) -> Result<Arc<Self>, NetError> {
        // The first one in the process wins, and it is always this one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let proxy = match &options.proxy {
            Proxy::Fixed(url) => Some(reqwest::Proxy::all(url).map_err(|error| NetError::Unreachable {
                reason: format!("the proxy of the profile cannot be used: {}", deepest(&error)),
            })?),
            Proxy::System | Proxy::None => None,
        };
        let without_proxy = match &options.proxy {
            Proxy::System => address.is_loopback() || options.unix_socket.is_some(),
            Proxy::None | Proxy::Fixed(_) => true,
        };
        let build = |without_roots: bool| {
            let mut builder = reqwest::Client::builder()
                .user_agent(concat!("podium/", env!("CARGO_PKG_VERSION")))
                .redirect(Policy::none())
                .retry(reqwest::retry::never())
                // A connection for each request as long as it lasts, and a `Host` that may be any text.
                .http1_only()
                .connect_timeout(CONNECT_LIMIT)
                .pool_idle_timeout(IDLE_LIMIT)
                .tcp_nodelay(true);
            if without_proxy {
                builder = builder.no_proxy();
            }
            if let Some(proxy) = proxy.clone().filter(|_| options.unix_socket.is_none()) {
                builder = builder.proxy(proxy);
            }
            if let Some(tls) = &options.tls {
                builder = builder.tls_backend_preconfigured(ClientConfig::clone(tls));
            } else if without_roots {
                builder = builder.tls_certs_only([]);
            }
            at_socket(builder, options.unix_socket.as_ref())?
                .build()
                .map_err(|error| NetError::Unreachable { reason: deepest(&error) })
        };
        let client = match build(false) {
            // A machine without any CA certificates can still speak plain HTTP.
            Err(_) if !address.is_https() && options.tls.is_none() => build(true),
            built => built,
        };
        let proxy = match options.proxy {
            Proxy::Fixed(url) if options.unix_socket.is_none() => Some(url),
            _ => None,
        };
        Ok(Arc::new(Self { client: client?, proxy }))
    }
}

#[cfg(unix)]
fn at_socket(builder: reqwest::ClientBuilder, path: Option<&PathBuf>) -> Result<reqwest::ClientBuilder, NetError> {
    Ok(match path {
        Some(path) => builder.unix_socket(path.clone()),
        None => builder,
    })
}

#[cfg(not(unix))]
fn at_socket(builder: reqwest::ClientBuilder, path: Option<&PathBuf>) -> Result<reqwest::ClientBuilder, NetError> {
    match path {
        Some(_) => Err(NetError::Unreachable { reason: "this system has no unix sockets of its own".to_owned() }),
        None => Ok(builder),
    }
}

#[async_trait]
impl HttpSend for Direct {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        // Each request has a connection of its own here as long as it lasts.
        _lane: Lane,
        deadline: Deadline,
    ) -> Result<http::Response<HttpBody>, NetError> {
        self.execute(reqwest::Request::try_from(request).map_err(|error| failure(&error))?, deadline).await
    }

    async fn upload(
        &self,
        request: http::Request<Upload>,
        deadline: Deadline,
    ) -> Result<http::Response<HttpBody>, NetError> {
        let request = reqwest::Request::try_from(request.map(reqwest::Body::wrap)).map_err(|error| failure(&error))?;
        self.execute(request, deadline).await
    }
}

impl Direct {
    async fn execute(
        &self,
        request: reqwest::Request,
        deadline: Deadline,
    ) -> Result<http::Response<HttpBody>, NetError> {
        let answer = tokio::time::timeout_at(deadline.at, self.client.execute(request))
            .await
            .map_err(|_| NetError::TimedOut { limit: deadline.limit })?
            .map_err(|error| self.unanswered(&error))?;
        let (mut head, ()) = http::Response::new(()).into_parts();
        head.status = answer.status();
        head.version = answer.version();
        head.headers = answer.headers().clone();
        let body = answer.bytes_stream().map_err(|error| failure(&error)).boxed();
        Ok(http::Response::from_parts(head, body))
    }

    fn unanswered(&self, error: &reqwest::Error) -> NetError {
        match (failure(error), &self.proxy) {
            (NetError::Unreachable { reason }, Some(proxy)) => {
                NetError::Unreachable { reason: format!("through the proxy {proxy}: {reason}") }
            }
            (NetError::TimedOut { limit }, Some(proxy)) => {
                NetError::Silent { reason: format!("the proxy {proxy} did not answer within {} s", limit.as_secs()) }
            }
            (failure, _) => failure,
        }
    }
}

fn failure(error: &reqwest::Error) -> NetError {
    if let Some(failure) = tls_failure(error) {
        failure
    } else if error.is_connect() && error.is_timeout() {
        NetError::TimedOut { limit: CONNECT_LIMIT }
    } else if error.is_dns() {
        NetError::Unreachable { reason: "there is no host of this name".to_owned() }
    } else if error.is_connect() || error.is_builder() {
        NetError::Unreachable { reason: deepest(error) }
    } else {
        NetError::Closed { reason: deepest(error) }
    }
}

/// The innermost cause, which says what happened, where the outer ones say where in the code.
fn deepest(error: &reqwest::Error) -> String {
    use std::io::ErrorKind;
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    match cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind) {
        Some(ErrorKind::ConnectionRefused) => "nothing listens there (connection refused)".to_owned(),
        Some(ErrorKind::ConnectionReset) => "the connection was reset".to_owned(),
        // With a host and a port there is no file to be missing: this is a socket's.
        Some(ErrorKind::NotFound) => "there is no such socket".to_owned(),
        Some(ErrorKind::PermissionDenied) => "you may not use this socket".to_owned(),
        // The types of proxy errors are private to the library: only their text tells them apart.
        _ => match cause.to_string().as_str() {
            "tunnel error: unsuccessful" => "the proxy does not lead there".to_owned(),
            "tunnel error: proxy authorization required" => {
                "the proxy wants a sign-in of its own, which Podium cannot give".to_owned()
            }
            "SOCKS error: failed to create underlying connection" => "the proxy does not answer".to_owned(),
            words => words.to_owned(),
        },
    }
}
