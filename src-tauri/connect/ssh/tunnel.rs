//! A tunnel: HTTP to a server that only the last hop of a route can reach, and streams to anything else that it can
//! reach. Questions and downloads have sessions of their own, and a lost connection is made again by
//! itself.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout_at};

use super::attempt::{BufferSizes, TimeLimits};
use super::chain::{Chain, Outgoing, TargetStream};
use super::error::SshError;
use super::exchange::{HttpFarEnd, speak};
use super::lookup::look_up;
use super::options::TunnelOptions;
use super::session_pool::SessionPool;
use super::state::TunnelState;
use super::supervise::{self, Phase};
use super::target::FarEnd;
use crate::connect::question::Ask;
use crate::connect::steps::{StepName, Steps};
use crate::tracking::rest::{Deadline, HttpBody, HttpSend, Lane, NetError, Upload};

/// After this long without a response head the session is checked.
const SUSPICIOUS: Duration = Duration::from_secs(3);

/// Dropping it closes all its sessions.
pub struct Tunnel {
    pub(super) pool: Arc<SessionPool>,
    supervisor: Mutex<Option<JoinHandle<()>>>,
    /// One wish of the user at a time.
    wish: tokio::sync::Mutex<()>,
}

impl Tunnel {
    /// Connects once for questions, writing what it does to `steps` and asking where something is
    /// needed. That the server's certificate is not trusted is told by its step and by each request; the
    /// tunnel itself is open then.
    pub async fn connect(options: TunnelOptions, ask: Arc<dyn Ask>, steps: &Steps) -> Result<Arc<Self>, SshError> {
        let hops = look_up(&options, &*ask, steps).await?;
        let pool = Arc::new(SessionPool::new(options, hops));
        let chain = pool.make(&*ask, steps, Lane::Api, TimeLimits::ATTENDED).await?;
        try_target(&pool.far_end, &chain, &pool.description(), steps).await?;
        pool.use_for_questions(chain);
        pool.prepare_downloads(&*ask).await;
        let tunnel = Arc::new(Self { pool, supervisor: Mutex::default(), wish: tokio::sync::Mutex::default() });
        tunnel.pool.show(TunnelState::Up);
        tunnel.supervise(Phase::Up);
        Ok(tunnel)
    }

    /// A stream to `target` as the last hop sees it, which may be another one than HTTP goes to. It is taken for a
    /// download, and keeps its session as long as it is open.
    pub async fn open(&self, target: &FarEnd) -> Result<TargetStream, NetError> {
        self.pool.open(target).await
    }

    pub fn watch(&self) -> watch::Receiver<TunnelState> {
        self.pool.states()
    }

    /// Makes everything anew by the wish of the user, who may be asked.
    pub async fn reconnect(&self, ask: Arc<dyn Ask>) -> Result<(), SshError> {
        let _one = self.wish.lock().await;
        // A wish that is given up leaves the tunnel to itself again.
        let mut on_drop = SuperviseOnDrop { tunnel: self, next: Some(Phase::Lost("not connected again".to_owned())) };
        if let Some(supervisor) = self.stop_supervising() {
            // Only then does it say no more.
            let _ended = supervisor.await;
        }
        self.pool.end("connecting anew");
        self.pool.show(TunnelState::Reconnecting { reason: "connecting anew".into(), attempt: 1, next_in_ms: None });
        let made = self.make_anew(&*ask).await;
        on_drop.next = None;
        match made {
            Ok(()) => {
                self.pool.show(TunnelState::Up);
                self.supervise(Phase::Up);
                Ok(())
            }
            Err(error) => {
                if error.is_final() {
                    self.pool.show(TunnelState::Down { error: error.clone() });
                } else {
                    self.supervise(Phase::Lost(error.to_string()));
                }
                Err(error)
            }
        }
    }

    async fn make_anew(&self, ask: &dyn Ask) -> Result<(), SshError> {
        // The config may be what the user has just corrected.
        let hops = look_up(&self.pool.options, ask, &Steps::unwatched()).await?;
        self.pool.plan_anew(hops);
        let chain = self.pool.make(ask, &Steps::unwatched(), Lane::Api, TimeLimits::ATTENDED).await?;
        self.pool.use_for_questions(chain);
        self.pool.prepare_downloads(ask).await;
        Ok(())
    }

    /// After the machine woke up, the network changed, or the window came to the front: looks whether the
    /// connection is still there. One that waits for its next try is tried now.
    pub fn check_now(&self) {
        self.pool.nudge.notify_one();
    }

    /// `gpu-box via bastion.corp`
    pub fn description(&self) -> String {
        self.pool.description()
    }

    fn supervise(&self, phase: Phase) {
        let task = tokio::spawn(supervise::supervise(self.pool.clone(), phase));
        let before = self.supervisor.lock().replace(task);
        if let Some(before) = before {
            before.abort();
        }
    }

    fn stop_supervising(&self) -> Option<JoinHandle<()>> {
        let task = self.supervisor.lock().take();
        task.inspect(JoinHandle::abort)
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        self.stop_supervising();
        self.pool.close();
    }
}

struct SuperviseOnDrop<'a> {
    tunnel: &'a Tunnel,
    next: Option<Phase>,
}

impl Drop for SuperviseOnDrop<'_> {
    fn drop(&mut self) {
        if let Some(phase) = self.next.take() {
            self.tunnel.supervise(phase);
        }
    }
}

/// Opens the first connection to the far end; it serves the first request then.
async fn try_target(far_end: &HttpFarEnd, chain: &Chain, from: &str, steps: &Steps) -> Result<(), SshError> {
    let step = steps.begin(StepName::Channel, format!("{} from {from}", far_end.target));
    let stream = match chain.open(&far_end.target).await {
        Ok(stream) => stream,
        Err(error) => {
            error.fail(step);
            return Err(error);
        }
    };
    step.pass("it is open");
    let spoken = match &far_end.tls {
        None => speak(stream).await,
        Some(tls) => {
            let name = tls.name.to_str();
            let step = steps.begin(StepName::Tls, name);
            match far_end.shake(tls, stream).await {
                Ok(stream) => {
                    let version = stream.get_ref().1.protocol_version();
                    step.pass(version.map_or_else(String::new, |version| format!("{version:?}")));
                    speak(stream).await
                }
                Err(error) => {
                    step.fail(error.to_string(), tls_remedy(&error));
                    return Ok(());
                }
            }
        }
    };
    if let Ok(sender) = spoken {
        chain.put_back(sender);
    }
    Ok(())
}

fn tls_remedy(error: &NetError) -> &'static str {
    match error {
        NetError::Untrusted { .. } => "Add the authority in the profile's TLS settings, or trust this certificate.",
        _ => "Check the address (https or http) and the profile's TLS settings.",
    }
}

#[async_trait]
impl HttpSend for Tunnel {
    /// While the tunnel connects again a request waits for it, two seconds at most.
    async fn send(
        &self,
        request: Request<Bytes>,
        lane: Lane,
        deadline: Deadline,
    ) -> Result<Response<HttpBody>, NetError> {
        self.exchange(request.map(|body| Outgoing::Left(Full::new(body))), lane, deadline).await
    }

    async fn upload(&self, request: Request<Upload>, deadline: Deadline) -> Result<Response<HttpBody>, NetError> {
        self.exchange(request.map(Outgoing::Right), Lane::Bulk, deadline).await
    }
}

impl Tunnel {
    async fn exchange(
        &self,
        request: Request<Outgoing>,
        lane: Lane,
        deadline: Deadline,
    ) -> Result<Response<HttpBody>, NetError> {
        let whole = async {
            let lease = match lane {
                Lane::Api => self.pool.for_question().await?,
                Lane::Bulk => self.pool.for_download().await?,
            };
            let chain = lease.chain.clone();
            let exchange = self.pool.far_end.exchange(lease, request);
            tokio::pin!(exchange);
            loop {
                tokio::select! {
                    biased;
                    answer = &mut exchange => return answer,
                    () = sleep(SUSPICIOUS) => chain.check(),
                }
            }
        };
        timeout_at(deadline.at, whole).await.unwrap_or(Err(NetError::TimedOut { limit: deadline.limit }))
    }
}

impl BufferSizes {
    pub fn of(lane: Lane) -> Self {
        match lane {
            Lane::Api => Self::API,
            Lane::Bulk => Self::BULK,
        }
    }
}
