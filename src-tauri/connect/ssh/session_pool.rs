//! The SSH sessions of a tunnel, for questions and for downloads, and how a request gets one of them.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use super::attempt::{Attempt, BufferSizes, TimeLimits};
use super::chain::{self, Chain, ChainLease, TargetStream};
use super::error::SshError;
use super::exchange::{HttpFarEnd, Tls};
use super::options::TunnelOptions;
use super::remembered_login::RememberedLogin;
use super::state::TunnelState;
use super::target::FarEnd;
use crate::connect::question::{Ask, Unattended};
use crate::connect::steps::Steps;
use crate::tracking::rest::{Lane, NetError};
use ssh_config::config::Resolved;

/// How long a request waits while the tunnel connects again.
const WAIT: Duration = Duration::from_secs(2);
/// Downloads at the same time that cannot hold each other up.
const MOST_BULK: usize = 4;

pub struct SessionPool {
    pub options: TunnelOptions,
    pub far_end: HttpFarEnd,
    pub nudge: Notify,
    pub remembered: RememberedLogin,
    hops: Mutex<Arc<Vec<Resolved>>>,
    chains: Mutex<Chains>,
    making_bulk: tokio::sync::Mutex<()>,
    state: watch::Sender<TunnelState>,
}

#[derive(Default)]
struct Chains {
    api: Option<Arc<Chain>>,
    bulk: Vec<Arc<Chain>>,
    closed: bool,
}

impl SessionPool {
    pub fn new(options: TunnelOptions, hops: Vec<Resolved>) -> Self {
        let tls = options.tls.clone().map(|(config, name)| {
            let mut config = (*config).clone();
            // Here nothing else is spoken.
            config.alpn_protocols = vec![b"http/1.1".to_vec()];
            Tls { config: Arc::new(config), name }
        });
        let making = TunnelState::Reconnecting { reason: "connecting".to_owned(), attempt: 1, next_in_ms: None };
        Self {
            far_end: HttpFarEnd { target: options.target.clone(), tls },
            options,
            nudge: Notify::new(),
            remembered: RememberedLogin::default(),
            hops: Mutex::new(Arc::new(hops)),
            chains: Mutex::default(),
            making_bulk: tokio::sync::Mutex::default(),
            state: watch::Sender::new(making),
        }
    }

    pub fn states(&self) -> watch::Receiver<TunnelState> {
        self.state.subscribe()
    }

    pub fn show(&self, state: TunnelState) {
        self.state.send_if_modified(|shown| {
            let changed = *shown != state;
            *shown = state;
            changed
        });
    }

    pub fn description(&self) -> String {
        let hops = self.hops();
        let names: Vec<&str> = hops.iter().rev().map(|hop| hop.alias.as_str()).collect();
        match names.split_first() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, before)) => format!("{last} via {}", before.join(", ")),
            None => String::new(),
        }
    }

    /// Begins again as if nothing had been asked yet.
    pub fn plan_anew(&self, hops: Vec<Resolved>) {
        *self.hops.lock() = Arc::new(hops);
        self.remembered.begin_anew();
    }

    pub async fn make(
        &self,
        ask: &dyn Ask,
        steps: &Steps,
        lane: Lane,
        limits: TimeLimits,
    ) -> Result<Arc<Chain>, SshError> {
        let attempt = Attempt {
            ask,
            steps,
            vault: &self.options.vault,
            keep: self.options.keep,
            remembered: &self.remembered,
            consents: &self.options.consents,
            own_known_hosts: &self.options.own_known_hosts,
            limits,
            buffers: BufferSizes::of(lane),
            purpose: if lane == Lane::Bulk { " (once more, for downloads)" } else { "" },
        };
        chain::make(&attempt, &self.hops(), lane).await
    }

    pub fn use_for_questions(&self, chain: Arc<Chain>) {
        let mut chains = self.chains();
        if !chains.closed {
            chains.api = Some(chain);
        }
    }

    pub fn api(&self) -> Option<Arc<Chain>> {
        self.chains().api.clone()
    }

    /// Where the first login needed the user, so does the second: it is made now, while the user is there. Otherwise
    /// downloads get their sessions when they need them.
    pub async fn prepare_downloads(&self, ask: &dyn Ask) {
        if !self.remembered.needs_user() {
            return;
        }
        match self.make(ask, &Steps::unwatched(), Lane::Bulk, TimeLimits::ATTENDED).await {
            Ok(chain) => {
                let mut chains = self.chains();
                if !chains.closed {
                    chains.bulk.push(chain);
                }
            }
            Err(error) => tracing::warn!(%error, "no session for downloads"),
        }
        self.remembered.forget();
    }

    /// Ends all sessions; new ones may follow.
    pub fn end(&self, why: &str) {
        let mut chains = self.chains();
        let ended = Chains { closed: chains.closed, ..Chains::default() };
        let ended = std::mem::replace(&mut *chains, ended);
        drop(chains);
        for chain in ended.api.iter().chain(&ended.bulk) {
            chain.cut(why);
        }
    }

    /// Ends all sessions for ever.
    pub fn close(&self) {
        // First, so that none slips in behind the end.
        self.chains().closed = true;
        self.end("the tunnel was closed");
        self.show(TunnelState::Down { error: SshError::Closed });
    }

    /// After a lost connection: idle sessions for downloads are dropped, and those in use are checked.
    pub fn doubt_downloads(&self) {
        let mut chains = self.chains();
        chains.bulk.retain(|chain| chain.busy() > 0 && !chain.is_over());
        for chain in &chains.bulk {
            chain.check();
        }
    }

    /// A session for a question. While the tunnel connects again, it waits for the new one.
    pub async fn for_question(&self) -> Result<ChainLease, NetError> {
        Ok(self.live_chain().await?.take())
    }

    async fn live_chain(&self) -> Result<Arc<Chain>, NetError> {
        let mut states = self.states();
        let waiting = async {
            loop {
                if let Some(chain) = self.api().filter(|chain| !chain.is_over()) {
                    return Ok(chain);
                }
                if let TunnelState::Down { error } = states.borrow_and_update().clone() {
                    return Err(error.into());
                }
                if states.changed().await.is_err() {
                    return Err(SshError::Closed.into());
                }
            }
        };
        let reason = || format!("reconnecting to {}", self.description());
        timeout(WAIT, waiting).await.unwrap_or_else(|_| Err(NetError::Unreachable { reason: reason() }))
    }

    /// A session for a download: one that has nothing to do, or a new one, or the least busy.
    pub async fn for_download(&self) -> Result<ChainLease, NetError> {
        if let Some(lease) = self.free_bulk() {
            return Ok(lease);
        }
        // Without a session for questions there is none for downloads either.
        self.live_chain().await?;
        let _one = self.making_bulk.lock().await;
        if let Some(lease) = self.free_bulk() {
            return Ok(lease);
        }
        let others = self.chains().bulk.len();
        if others >= MOST_BULK || self.remembered.needs_user() {
            let least = self.chains().bulk.iter().min_by_key(|chain| chain.busy()).cloned();
            let needs_user = || NetError::NeedsUser {
                reason: format!("{} wants you to log in once more for downloads: connect again", self.description()),
            };
            return least.map(|chain| chain.take()).ok_or_else(needs_user);
        }
        match self.make(&Unattended, &Steps::unwatched(), Lane::Bulk, TimeLimits::ATTENDED).await {
            Ok(chain) => {
                let lease = chain.take();
                let mut chains = self.chains();
                if chains.closed {
                    return Err(SshError::Closed.into());
                }
                chains.bulk.push(chain);
                Ok(lease)
            }
            Err(error) => match self.chains().bulk.first().cloned() {
                // A server that lets in so many and no more.
                Some(chain) => Ok(chain.take()),
                None => Err(error.into()),
            },
        }
    }

    /// A stream to anything that the last hop can reach.
    pub async fn open(&self, target: &FarEnd) -> Result<TargetStream, NetError> {
        Ok(self.for_download().await?.open(target).await?)
    }

    fn free_bulk(&self) -> Option<ChainLease> {
        let mut chains = self.chains();
        chains.bulk.retain(|chain| !chain.is_over());
        chains.bulk.iter().find(|chain| chain.busy() == 0).map(Chain::take)
    }

    fn hops(&self) -> Arc<Vec<Resolved>> {
        self.hops.lock().clone()
    }

    fn chains(&self) -> MutexGuard<'_, Chains> {
        self.chains.lock()
    }
}
