//! A TCP connection that acknowledges small packets at once. sshd sends a small answer in two pieces and
//! holds the second back until the first is acknowledged, for which Linux takes 40 ms otherwise.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Larger reads are downloads, which acknowledgements at every read would slow down.
#[cfg(target_os = "linux")]
const SMALL_BYTES: usize = 4096;

pub struct QuickAck {
    stream: TcpStream,
}

impl QuickAck {
    pub fn new(stream: TcpStream) -> Self {
        // Without it everything still works, only more slowly.
        let _not_set = stream.set_nodelay(true);
        Self { stream }
    }

    /// The system forgets it after a while, so it is said again after each small read.
    #[cfg(target_os = "linux")]
    fn after_reading(&self, bytes: usize) {
        if bytes > 0 && bytes < SMALL_BYTES {
            let _not_set = socket2::SockRef::from(&self.stream).set_tcp_quickack(true);
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn after_reading(&self, _bytes: usize) {}
}

impl AsyncRead for QuickAck {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, into))?;
        self.after_reading(into.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for QuickAck {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
