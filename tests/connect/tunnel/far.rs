//! A small web server to be reached: on loopback, or on a Unix socket.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use podium::connect::ssh::FarEnd;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UnixListener};
use tokio::task::JoinHandle;

/// `/hello` is answered at once, `/bytes/N` with N bytes, `/head` with the head of the request, `/never`
/// never, `/half` with half of what it promises and then nothing, `/endless` without a length and an end.
pub struct Far {
    pub end: FarEnd,
    pub connections: Arc<AtomicUsize>,
    pub requests: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Drop for Far {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Far {
    pub async fn tcp() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let end = FarEnd::Tcp { host: "127.0.0.1".to_owned(), port };
        let (connections, requests) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let counts = (connections.clone(), requests.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counts.0.fetch_add(1, Ordering::SeqCst);
                stream.set_nodelay(true).unwrap();
                tokio::spawn(serve(stream, counts.1.clone()));
            }
        });
        Self { end, connections, requests, task }
    }

    pub async fn socket(path: &Path) -> Self {
        let listener = UnixListener::bind(path).unwrap();
        let end = FarEnd::Socket { path: path.display().to_string() };
        let (connections, requests) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let counts = (connections.clone(), requests.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counts.0.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, counts.1.clone()));
            }
        });
        Self { end, connections, requests, task }
    }
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, requests: Arc<AtomicUsize>) -> std::io::Result<()> {
    let mut heard = Vec::new();
    loop {
        let head = loop {
            if let Some(end) = heard.windows(4).position(|four| four == b"\r\n\r\n") {
                break heard.drain(..end + 4).collect::<Vec<u8>>();
            }
            if stream.read_buf(&mut heard).await? == 0 {
                return Ok(());
            }
        };
        requests.fetch_add(1, Ordering::SeqCst);
        let head = String::from_utf8(head).unwrap();
        let path = head.split(' ').nth(1).unwrap().to_owned();
        let mut more = 0;
        let body = match path.as_str() {
            "/hello" => b"hello".to_vec(),
            "/head" => head.into_bytes(),
            "/never" => std::future::pending().await,
            "/half" => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf").await?;
                std::future::pending().await
            }
            "/endless" => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nsome").await?;
                std::future::pending().await
            }
            path => match path.strip_prefix("/bytes/") {
                Some(count) => {
                    more = count.parse().unwrap();
                    Vec::new()
                }
                None => panic!("{path} was not expected"),
            },
        };
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len() + more);
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(&body).await?;
        let piece = vec![7; 1 << 20];
        while more > 0 {
            let now = more.min(piece.len());
            stream.write_all(&piece[..now]).await?;
            more -= now;
        }
    }
}
