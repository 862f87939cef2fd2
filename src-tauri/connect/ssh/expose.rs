//! A port on this machine that leads to the far end, for programs that can use nothing else. Every program
//! on this machine can use it, so it is opened only by wish, and closes with its value.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::copy_bidirectional_with_sizes;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::session_pool::SessionPool;
use super::tunnel::Tunnel;

const BUFFER_BYTES: usize = 64 << 10;

pub struct Exposure {
    /// `127.0.0.1` and a port that was free.
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Exposure {
    fn drop(&mut self) {
        // Its connections are in the task, and end with it.
        self.task.abort();
    }
}

impl Tunnel {
    /// Opens the port. What runs over it is taken for downloads.
    pub async fn expose(self: &Arc<Self>) -> io::Result<Exposure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(listen(listener, self.pool.clone()));
        Ok(Exposure { address, task })
    }
}

async fn listen(listener: TcpListener, pool: Arc<SessionPool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(carry(stream, pool.clone()));
                }
                // Too many open files: some of them will close.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
}

async fn carry(mut local: TcpStream, pool: Arc<SessionPool>) {
    // Without it everything still works, only more slowly.
    let _not_set = local.set_nodelay(true);
    let Ok(mut far) = pool.open(&pool.far_end.target).await else { return };
    // However it ends, both sides see it.
    let _ended = copy_bidirectional_with_sizes(&mut local, &mut far, BUFFER_BYTES, BUFFER_BYTES).await;
}
