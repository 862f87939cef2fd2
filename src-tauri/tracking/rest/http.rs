//! The one seam for everything that speaks HTTP, and its backend for servers reached directly.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt, TryStreamExt};
use reqwest::redirect::Policy;
use tokio::time::Instant;

use super::address::Address;

/// The bytes of an answer as they arrive.
pub type HttpBody = BoxStream<'static, Result<Bytes, NetError>>;

/// The moment by which an answer has to be there.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    pub at: Instant,
    /// How long that was when it began, to be said when it has passed.
    pub limit: Duration,
}

impl Deadline {
    pub fn after(limit: Duration) -> Self {
        Self { at: Instant::now() + limit, limit }
    }
}

/// What can go wrong below HTTP. No text here contains a URL or a header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// No connection came about: name, network, port, TLS.
    #[error("{reason}")]
    Unreachable { reason: String },
    /// The deadline passed, or the connection could not be made in time.
    #[error("no answer within {} s", .limit.as_secs())]
    TimedOut { limit: Duration },
    /// There was a connection and it ended before the answer did.
    #[error("{reason}")]
    Closed { reason: String },
    /// The other side's identity is not trusted: a certificate, a host key. Trying again is of no use.
    #[error("{reason}")]
    Untrusted { reason: String },
    /// Only the user can open the way: a passphrase, a second factor, a decision.
    #[error("{reason}")]
    NeedsUser { reason: String },
}

/// Which connection a request goes over. A download that nobody reads must never hold up a
/// question, and where many streams share one connection only separate ones can keep that promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Answers that are read to their end at once.
    Api,
    /// Bodies that are read as somebody wants them.
    Bulk,
}

/// Sends one request and returns the head of its answer; the body follows as a stream. Redirects
/// are answers like any other, nothing is retried, no cookie is kept, no `Origin` is sent.
#[async_trait]
pub trait HttpSend: Send + Sync {
    /// `deadline` is for the head; whoever reads the body watches the clock there.
    async fn send(
        &self,
        request: http::Request<Bytes>,
        lane: Lane,
        deadline: Deadline,
    ) -> Result<http::Response<HttpBody>, NetError>;
}

/// Time to resolve, connect and agree on TLS.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// Shorter than the five seconds after which MLflow's own web server closes a quiet connection:
/// a request never meets a connection that is just being closed.
const IDLE_LIMIT: Duration = Duration::from_secs(4);

/// A server that this machine reaches by itself.
pub struct Direct {
    client: reqwest::Client,
}

impl Direct {
    pub fn new(address: &Address) -> Result<Arc<Self>, NetError> {
        // The first one in the process wins, and it is always this one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let build = |without_roots: bool| {
            let mut builder = reqwest::Client::builder()
                .user_agent(concat!("podium/", env!("CARGO_PKG_VERSION")))
                .redirect(Policy::none())
                .retry(reqwest::retry::never())
                .connect_timeout(CONNECT_LIMIT)
                .pool_idle_timeout(IDLE_LIMIT)
                .tcp_nodelay(true);
            if address.is_loopback() {
                builder = builder.no_proxy();
            }
            if without_roots {
                builder = builder.tls_certs_only([]);
            }
            builder.build()
        };
        let client = match build(false) {
            // A machine without any CA certificates can still speak plain HTTP.
            Err(_) if !address.is_https() => build(true),
            built => built,
        };
        let client = client.map_err(|error| NetError::Unreachable { reason: deepest(&error) })?;
        Ok(Arc::new(Self { client }))
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
        let request = reqwest::Request::try_from(request).map_err(|error| failure(&error))?;
        let answer = tokio::time::timeout_at(deadline.at, self.client.execute(request))
            .await
            .map_err(|_| NetError::TimedOut { limit: deadline.limit })?
            .map_err(|error| failure(&error))?;
        let (mut head, ()) = http::Response::new(()).into_parts();
        head.status = answer.status();
        head.version = answer.version();
        head.headers = answer.headers().clone();
        let body = answer.bytes_stream().map_err(|error| failure(&error)).boxed();
        Ok(http::Response::from_parts(head, body))
    }
}

fn failure(error: &reqwest::Error) -> NetError {
    if error.is_connect() && error.is_timeout() {
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
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    match cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind) {
        Some(std::io::ErrorKind::ConnectionRefused) => "nothing listens there (connection refused)".to_owned(),
        Some(std::io::ErrorKind::ConnectionReset) => "the connection was reset".to_owned(),
        _ => cause.to_string(),
    }
}
