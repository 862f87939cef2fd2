//! What lies behind the last hop, and the stream of bytes to it.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use russh::ChannelStream;
use russh::client::Msg;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::session_status::SessionStatus;

/// Where something listens, as the last hop sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FarEnd {
    Tcp {
        host: String,
        port: u16,
    },
    /// A Unix socket.
    Socket {
        path: String,
    },
}

impl fmt::Display for FarEnd {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } if host.contains(':') => write!(formatter, "[{host}]:{port}"),
            Self::Tcp { host, port } => write!(formatter, "{host}:{port}"),
            Self::Socket { path } => formatter.write_str(path),
        }
    }
}

/// A channel to the far end. Where the session is lost it fails, so that a body that is cut short does
/// not look like one that came to its end.
pub struct FarStream {
    channel: ChannelStream<Msg>,
    status: Arc<SessionStatus>,
}

impl FarStream {
    pub fn new(channel: ChannelStream<Msg>, status: Arc<SessionStatus>) -> Self {
        Self { channel, status }
    }
}

impl AsyncRead for FarStream {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        ready!(Pin::new(&mut self.channel).poll_read(context, into))?;
        let at_end = into.filled().len() == before && into.remaining() > 0;
        match self.status.ended() {
            Some(why) if at_end => Poll::Ready(Err(io::Error::new(io::ErrorKind::ConnectionReset, why))),
            _ => Poll::Ready(Ok(())),
        }
    }
}

impl AsyncWrite for FarStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.channel).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.channel).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.channel).poll_shutdown(context)
    }
}
