//! The bytes below a session: a TCP connection, a channel of the hop before, or a program's pipes;
//! read in large pieces, and cut off from outside where a session has to end at once.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::oneshot;

use super::quickack::QuickAck;

/// One read of the network takes several packets of 32 KiB.
const BUFFER_BYTES: usize = 128 << 10;
/// RFC 4253, 4.2: the greeting has at most 255 bytes, and lines may come before it.
const LONGEST_GREETING_BYTES: usize = 4096;

pub trait ByteStream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> ByteStream for S {}

/// What a session runs over.
pub struct SessionStream {
    inner: Box<dyn ByteStream>,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    /// None once it was cut.
    cut: Option<oneshot::Receiver<()>>,
    greeting: Option<(Vec<u8>, oneshot::Sender<String>)>,
}

/// Ends the session when it is dropped.
pub struct CloseGuard {
    _cut: oneshot::Sender<()>,
}

impl SessionStream {
    pub fn tcp(stream: tokio::net::TcpStream) -> Box<dyn ByteStream> {
        Box::new(QuickAck::new(stream))
    }

    /// The receiver hears the first line with which the other side presents itself, or nothing where
    /// it hangs up before.
    pub fn new(inner: Box<dyn ByteStream>) -> (Self, CloseGuard, oneshot::Receiver<String>) {
        let (cut_sender, cut) = oneshot::channel();
        let (greeting_sender, greeting) = oneshot::channel();
        let buffer = vec![0; BUFFER_BYTES].into_boxed_slice();
        let stream =
            Self { inner, buffer, start: 0, end: 0, cut: Some(cut), greeting: Some((Vec::new(), greeting_sender)) };
        (stream, CloseGuard { _cut: cut_sender }, greeting)
    }

    fn is_cut(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        // Nothing is ever sent: it is ready when the other half is gone.
        match self.cut.as_mut().map(|cut| Pin::new(cut).poll(context)) {
            Some(Poll::Pending) => Ok(()),
            Some(Poll::Ready(_)) | None => {
                self.cut = None;
                Err(io::Error::new(io::ErrorKind::ConnectionAborted, "the session was ended"))
            }
        }
    }

    fn listen_for_greeting(&mut self) {
        let Some((heard, _)) = &mut self.greeting else { return };
        heard.extend_from_slice(self.buffer.get(self.start..self.end).unwrap_or_default());
        let text = String::from_utf8_lossy(heard).into_owned();
        let complete = text.split_inclusive('\n').find(|line| line.starts_with("SSH-") && line.ends_with('\n'));
        let said = match complete {
            Some(line) => line.to_owned(),
            None if heard.len() > LONGEST_GREETING_BYTES || self.start == self.end => text,
            None => return,
        };
        if let Some((_, sender)) = self.greeting.take() {
            // The caller may have stopped waiting.
            let _heard = sender.send(untrusted_text::line(&said, 200));
        }
    }
}

impl AsyncRead for SessionStream {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.start == this.end {
            this.is_cut(context)?;
            let mut buffer = ReadBuf::new(&mut this.buffer);
            let read = ready!(Pin::new(&mut this.inner).poll_read(context, &mut buffer));
            this.start = 0;
            // After a failure as after the end there is nothing.
            this.end = if read.is_ok() { buffer.filled().len() } else { 0 };
            this.listen_for_greeting();
            read?;
        }
        let piece = this.buffer.get(this.start..this.end).unwrap_or_default();
        let taken = piece.len().min(into.remaining());
        into.put_slice(piece.get(..taken).unwrap_or_default());
        this.start += taken;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for SessionStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.is_cut(context)?;
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.is_cut(context)?;
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.is_cut(context)?;
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn a_greeting_cannot_move_the_cursor_or_hide_anything() {
        let (mut server, client) = tokio::io::duplex(1024);
        let (mut stream, _close_guard, greeting) = SessionStream::new(Box::new(client));
        server.write_all("SSH-2.0-Open\u{200b}SSH\u{202e} x\u{1b}[2J\r\n".as_bytes()).await.unwrap();
        let _read = stream.read(&mut [0; 1024]).await.unwrap();
        assert_eq!(greeting.await.unwrap(), "SSH-2.0-OpenSSH x[2J");
    }
}
