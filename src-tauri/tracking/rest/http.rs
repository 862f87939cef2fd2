//! The one seam for everything that speaks HTTP.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::BoxStream;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Instant;

/// The bytes of an answer as they arrive.
pub type HttpBody = BoxStream<'static, Result<Bytes, NetError>>;

/// A file on its way to a server: its bytes are read as they are sent.
pub struct Upload {
    pub length: u64,
    pub stream: Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send + Sync>>,
}

impl Body for Upload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let piece = ready!(self.stream.as_mut().poll_next(context));
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}

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
    /// A proxy or an SSH hop in between did not answer in time.
    #[error("{reason}")]
    Silent { reason: String },
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

/// Which connection a request goes over. A download whose body is not read must never hold up a
/// question, and where many streams share one connection only separate ones can keep that promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Answers that are read to their end at once.
    Api,
    /// Bodies that the caller reads at its own pace.
    Bulk,
}

/// Sends one request and returns the head of its answer; the body follows as a stream. Redirects
/// are answers like any other, nothing is retried, no cookie is kept, no `Origin` is sent.
#[async_trait]
pub trait HttpSend: Send + Sync {
    /// `deadline` is for the head; the reader of the body has a limit of its own.
    async fn send(
        &self,
        request: http::Request<Bytes>,
        lane: Lane,
        deadline: Deadline,
    ) -> Result<http::Response<HttpBody>, NetError>;

    /// Likewise with a body that is read as it is sent, on a connection for bodies.
    async fn upload(
        &self,
        request: http::Request<Upload>,
        deadline: Deadline,
    ) -> Result<http::Response<HttpBody>, NetError>;
}
