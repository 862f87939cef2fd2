//! The SSH sessions of a whole route, one for each hop, and the idle HTTP connections over the last one.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use http_body_util::{Either, Full};
use hyper::client::conn::http1::SendRequest;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::attempt::Attempt;
use super::error::SshError;
use super::hop;
use super::position::Position;
use super::session::Session;
use super::target::{FarEnd, FarStream};
use crate::tracking::rest::{Lane, Upload};
use ssh_config::config::Resolved;

/// Shorter than the five seconds after which MLflow's own web server closes a quiet connection.
const IDLE_LIMIT: Duration = Duration::from_secs(4);
const MOST_IDLE: usize = 8;

pub type Sender = SendRequest<Outgoing>;

/// What requests carry: bytes, or a file that is read as it is sent.
pub type Outgoing = Either<Full<Bytes>, Upload>;

/// Dropping it ends all its sessions.
pub struct Chain {
    /// From this machine outwards. The outer ones carry the inner ones.
    sessions: Vec<Session>,
    pub lane: Lane,
    idle: Mutex<Vec<(Instant, Sender)>>,
    /// Requests whose answers are not read to their end, and streams to other targets or of an exposed port.
    busy: AtomicUsize,
    checking: AtomicBool,
    /// The hop that was found to be silent.
    blamed: OnceLock<usize>,
}

/// As long as it is there, the chain has something to do.
pub struct ChainLease {
    pub chain: Arc<Chain>,
}

impl Drop for ChainLease {
    fn drop(&mut self) {
        self.chain.busy.fetch_sub(1, Ordering::AcqRel);
    }
}

impl ChainLease {
    pub async fn open(self, target: &FarEnd) -> Result<TargetStream, SshError> {
        let stream = self.chain.open(target).await?;
        Ok(TargetStream { stream, _lease: self })
    }
}

/// A stream to a target behind the last hop. The chain is busy as long as it is there.
pub struct TargetStream {
    stream: FarStream,
    _lease: ChainLease,
}

impl AsyncRead for TargetStream {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for TargetStream {
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

/// Connects to all hops, one over the other.
pub async fn make(attempt: &Attempt<'_>, hops: &[Resolved], lane: Lane) -> Result<Arc<Chain>, SshError> {
    let mut sessions: Vec<Session> = Vec::with_capacity(hops.len());
    for (index, hop) in hops.iter().enumerate() {
        let position = Position { number: index + 1, of: hops.len() };
        let session = hop::connect(attempt, hop, position, sessions.last()).await?;
        sessions.push(session);
    }
    if sessions.is_empty() {
        return Err(SshError::Config { what: "the route has no hops".to_owned() });
    }
    Ok(Arc::new(Chain {
        sessions,
        lane,
        idle: Mutex::default(),
        busy: AtomicUsize::new(0),
        checking: AtomicBool::new(false),
        blamed: OnceLock::new(),
    }))
}

impl Chain {
    fn last(&self) -> Result<&Session, SshError> {
        self.sessions.last().ok_or(SshError::Closed)
    }

    pub fn is_over(&self) -> bool {
        self.sessions.last().is_none_or(|session| session.status.is_over())
    }

    /// Waits for its end and says why; where an outer session took it along, that one's reason.
    pub async fn over(&self) -> SshError {
        if let Some(session) = self.sessions.last() {
            session.status.over().await;
        }
        self.why_lost()
    }

    pub fn why_lost(&self) -> SshError {
        let blamed = self.blamed.get().and_then(|hop| self.sessions.get(*hop));
        let first = blamed.or_else(|| self.sessions.iter().find(|session| session.status.is_over()));
        first.or(self.sessions.last()).map_or(SshError::Closed, |session| session.lost("it ended"))
    }

    pub fn cut(&self, why: &str) {
        for session in self.sessions.iter().rev() {
            session.cut(why);
        }
    }

    pub async fn open(&self, target: &FarEnd) -> Result<FarStream, SshError> {
        let session = self.last()?;
        let channel = match session.open(target).await {
            Err(SshError::Lost { .. }) => return Err(self.why_lost()),
            opened => opened?,
        };
        Ok(FarStream::new(channel.into_stream(), session.status.clone()))
    }

    /// Pings the far side if it is in doubt, and ends everything if there is no answer. Not while the caller may have
    /// left a body unread: a session that waits for its reader cannot answer.
    pub fn check(self: &Arc<Self>) {
        let may_be_held_up = self.lane == Lane::Bulk && self.busy() > 1;
        if may_be_held_up || self.is_over() || self.checking.swap(true, Ordering::AcqRel) {
            return;
        }
        let chain = self.clone();
        tokio::spawn(async move {
            chain.cut_if_dead().await;
            chain.checking.store(false, Ordering::Release);
        });
    }

    /// The blame is for the hop behind the last one that is heard: whatever is before that one lets it through.
    pub async fn cut_if_dead(&self) {
        let answers = join_all(self.sessions.iter().map(Session::answers)).await;
        let dead = answers.iter().rposition(|answers| *answers).map_or(0, |heard| heard + 1);
        if dead < self.sessions.len() {
            let _earlier = self.blamed.set(dead);
            self.cut("it no longer answers");
        }
    }

    pub fn busy(&self) -> usize {
        self.busy.load(Ordering::Acquire)
    }

    pub fn take(self: &Arc<Self>) -> ChainLease {
        self.busy.fetch_add(1, Ordering::AcqRel);
        ChainLease { chain: self.clone() }
    }

    /// An HTTP connection that waits for its next request.
    pub fn idle(&self) -> Option<Sender> {
        let mut idle = self.idle.lock();
        let now = Instant::now();
        idle.retain(|(since, sender)| now.duration_since(*since) < IDLE_LIMIT && !sender.is_closed());
        idle.pop().map(|(_, sender)| sender)
    }

    pub fn put_back(&self, sender: Sender) {
        if sender.is_closed() || self.is_over() {
            return;
        }
        let mut idle = self.idle.lock();
        if idle.len() < MOST_IDLE {
            idle.push((Instant::now(), sender));
        }
    }
}
