//! HTTP over a chain: one request on a connection of its own, which waits for the next one afterwards.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use http::{HeaderValue, Request, Response, Uri, header};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;
use tokio::time::{Instant, Sleep, sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::chain::{Chain, ChainLease, Outgoing, Sender};
use super::stream::ByteStream;
use super::target::{FarEnd, FarStream};
use crate::tracking::rest::{HttpBody, NetError, tls_failure};

/// Silence in the middle of an answer, after which the session is asked whether it is still there.
const SUSPICIOUS: Duration = Duration::from_secs(4);
const READY_LIMIT: Duration = Duration::from_millis(100);
/// A server that is stopped takes connections, and says nothing.
const SHAKE_LIMIT: Duration = Duration::from_secs(10);

/// Whom to trust, and the name that the certificate has to be for.
pub struct Tls {
    pub config: Arc<rustls::ClientConfig>,
    pub name: ServerName<'static>,
}

/// Where requests go.
pub struct HttpFarEnd {
    pub target: FarEnd,
    pub tls: Option<Tls>,
}

impl HttpFarEnd {
    /// Sends one request over the chain; the answer keeps it busy until it is read or dropped.
    pub async fn exchange(
        &self,
        lease: ChainLease,
        request: Request<Outgoing>,
    ) -> Result<Response<HttpBody>, NetError> {
        let chain = lease.chain.clone();
        let mut request = ready_to_send(request);
        while let Some(mut sender) = chain.idle() {
            // It is ready a moment after its last answer was read; one that is not is given up.
            if !timeout(READY_LIMIT, sender.ready()).await.is_ok_and(|ready| ready.is_ok()) {
                continue;
            }
            match sender.try_send_request(request).await {
                Ok(answer) => return Ok(answered(answer, sender, lease)),
                // Closed in this very moment: nothing of the request was sent.
                Err(mut error) => match error.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(broken(&chain, &error.into_error())),
                },
            }
        }
        let mut sender = self.connect(&chain).await?;
        match sender.send_request(request).await {
            Ok(answer) => Ok(answered(answer, sender, lease)),
            Err(error) => Err(broken(&chain, &error)),
        }
    }

    pub async fn connect(&self, chain: &Chain) -> Result<Sender, NetError> {
        let stream = chain.open(&self.target).await?;
        match &self.tls {
            Some(tls) => speak(self.shake(tls, stream).await?).await,
            None => speak(stream).await,
        }
    }

    pub async fn shake(&self, tls: &Tls, stream: FarStream) -> Result<TlsStream<FarStream>, NetError> {
        let shaking = TlsConnector::from(tls.config.clone()).connect(tls.name.clone(), stream);
        let shaken = timeout(SHAKE_LIMIT, shaking).await.map_err(|_| NetError::TimedOut { limit: SHAKE_LIMIT })?;
        shaken.map_err(|error| {
            let failure = tls_failure(&error);
            failure.unwrap_or_else(|| NetError::Unreachable {
                reason: format!("{} closed the connection before TLS was agreed on: {error}", self.target),
            })
        })
    }
}

pub async fn speak(stream: impl ByteStream) -> Result<Sender, NetError> {
    let closed = |error: hyper::Error| NetError::Closed { reason: deepest(&error) };
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(closed)?;
    // Its failure is that of the request which it carries.
    tokio::spawn(connection);
    Ok(sender)
}

/// As it stands on the wire: the path alone, and a `Host`.
fn ready_to_send(request: Request<Outgoing>) -> Request<Outgoing> {
    let (mut head, body) = request.into_parts();
    if !head.headers.contains_key(header::HOST)
        && let Some(host) = head.uri.authority().and_then(|authority| host(authority, head.uri.scheme_str()))
    {
        head.headers.insert(header::HOST, host);
    }
    let agent = HeaderValue::from_static(concat!("podium/", env!("CARGO_PKG_VERSION")));
    head.headers.entry(header::USER_AGENT).or_insert(agent);
    head.headers.entry(header::ACCEPT).or_insert(HeaderValue::from_static("*/*"));
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    head.uri = path.parse().unwrap_or_else(|_| Uri::from_static("/"));
    Request::from_parts(head, body)
}

fn host(authority: &http::uri::Authority, scheme: Option<&str>) -> Option<HeaderValue> {
    let usual = match scheme {
        Some("https") => 443,
        _ => 80,
    };
    let text = match authority.port_u16() {
        Some(port) if port != usual => format!("{}:{port}", authority.host()),
        _ => authority.host().to_owned(),
    };
    HeaderValue::from_str(&text).ok()
}

fn answered(answer: Response<Incoming>, sender: Sender, lease: ChainLease) -> Response<HttpBody> {
    answer.map(|incoming| -> HttpBody {
        Box::pin(BodyStream { incoming, rest: Some((sender, lease)), silence: Box::pin(sleep(SUSPICIOUS)) })
    })
}

/// A body as it arrives. Read to its end it gives its connection back; dropped before, it ends it.
struct BodyStream {
    incoming: Incoming,
    rest: Option<(Sender, ChainLease)>,
    silence: Pin<Box<Sleep>>,
}

impl Stream for BodyStream {
    type Item = Result<Bytes, NetError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            match Pin::new(&mut this.incoming).poll_frame(context) {
                Poll::Pending => {
                    ready!(this.silence.as_mut().poll(context));
                    this.silence.as_mut().reset(Instant::now() + SUSPICIOUS);
                    if let Some((_, lease)) = &this.rest {
                        lease.chain.check();
                    }
                }
                Poll::Ready(Some(Ok(frame))) => {
                    if let Ok(data) = frame.into_data() {
                        this.silence.as_mut().reset(Instant::now() + SUSPICIOUS);
                        return Poll::Ready(Some(Ok(data)));
                    }
                }
                Poll::Ready(Some(Err(error))) => {
                    let failure = match this.rest.take() {
                        Some((_, lease)) => broken(&lease.chain, &error),
                        None => NetError::Closed { reason: deepest(&error) },
                    };
                    return Poll::Ready(Some(Err(failure)));
                }
                Poll::Ready(None) => {
                    if let Some((sender, lease)) = this.rest.take() {
                        lease.chain.put_back(sender);
                    }
                    return Poll::Ready(None);
                }
            }
        }
    }
}

/// Why an exchange ended: the loss of the session explains more than what HTTP saw of it.
fn broken(chain: &Chain, error: &hyper::Error) -> NetError {
    if chain.is_over() {
        return chain.why_lost().into();
    }
    NetError::Closed { reason: deepest(error) }
}

fn deepest(error: &hyper::Error) -> String {
    if error.is_incomplete_message() {
        return "the server closed the connection before its answer was complete".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_says_path_and_host_as_a_server_wants_them() {
        let empty = || Outgoing::Left(http_body_util::Full::new(Bytes::new()));
        let send = |uri: &str| ready_to_send(Request::get(uri).body(empty()).unwrap());
        let request = send("http://gpu:5000/api/2.0/mlflow?x=%2F");
        assert_eq!(
            (request.uri().to_string().as_str(), &request.headers()["host"]),
            ("/api/2.0/mlflow?x=%2F", &"gpu:5000"[..].parse::<HeaderValue>().unwrap())
        );
        assert_eq!(send("https://gpu:443").headers()["host"], "gpu");
        assert_eq!(send("http://[::1]:80/").headers()["host"], "[::1]");
        let mut own = Request::get("http://gpu/").body(empty()).unwrap();
        own.headers_mut().insert(header::HOST, HeaderValue::from_static("other"));
        assert_eq!(ready_to_send(own).headers()["host"], "other");
    }
}
