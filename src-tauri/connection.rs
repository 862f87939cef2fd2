//! An open profile: its part of the cache at once, and its store as soon as that answers. Here alone a profile, its
//! store, the cache and the sync meet.
//!
//! What is cached can be read from the first moment on. Behind that the store is opened, with
//! growing pauses between tries; when it is there, the sync starts and keeps the cache true.

use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{Fuse, FusedFuture};
use parking_lot::{Mutex, MutexGuard};
use serde::Serialize;
use specta::Type;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::cache::{Cache, SourceId};
use crate::change::{Change, OnChange};
use crate::connect::question::{Ask, DismissalRecorder, Unattended};
use crate::connect::ssh::{Exposure, Tunnel, TunnelState};
use crate::connect::steps::Steps;
use crate::connect::{ConnectContext, KeepPin, OpenedSource, Profile, Route, open, through_ssh};
use crate::error::{AppError, Code, Result};
use crate::sync::{Freshness, OnSightings, Scope, Sync, WatchList};
use crate::tracking::rest::Address;
use crate::tracking::{Capabilities, NoConsent, Source, StoreError, TrackingStore, Writer, Writes};

const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// Short enough that a user who plugs the network in again need not wait.
const LONGEST_PAUSE: Duration = Duration::from_secs(4);

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase", tag = "kind", rename_all_fields = "camelCase")]
pub enum ConnectionState {
    Connecting,
    Up {
        capabilities: Capabilities,
    },
    /// It was up, and the way there is being made again by itself.
    Reconnecting {
        error: AppError,
        retry_in_ms: Option<u32>,
    },
    Down {
        error: AppError,
        /// When the next try is, if one is planned: only where trying again may help by itself.
        retry_in_ms: Option<u32>,
    },
}

/// Closes when the last clone is dropped: the sync stops, the store and the tunnel are let go.
pub struct Connection {
    pub source: SourceId,
    inner: Arc<Inner>,
    task: JoinHandle<()>,
}

/// What a connection is made from.
pub struct ConnectionParts {
    pub profile: Profile,
    pub route: Option<Route>,
    pub source: SourceId,
    pub cache: Cache,
    pub context: ConnectContext,
    /// Saves the pin in the profile.
    pub keep_pin: KeepPin,
    pub on_change: OnChange,
    /// Is told of aliases that others moved.
    pub on_sightings: OnSightings,
    /// What the sync keeps up to date.
    pub watch_list: WatchList,
}

struct Inner {
    parts: ConnectionParts,
    /// The profile with the certificate that was trusted over this connection: asked for once, and any
    /// other one is refused from then on.
    trusting: OnceLock<Profile>,
    /// The user wants it made now, and is there to be asked.
    wanted: Notify,
    state: Mutex<State>,
}

struct State {
    shown: ConnectionState,
    /// Whether the attempt that is going on may ask the user.
    asks: bool,
    live: Option<Live>,
    exposure: Option<Exposure>,
    /// It was closed, and nothing may come to life any more.
    ended: bool,
}

#[derive(Clone)]
struct Live {
    source: Source,
    sync: Arc<Sync>,
    tunnel: Option<Arc<Tunnel>>,
}

impl Connection {
    /// Opens the profile without waiting for its store. `opened` is given where that was done
    /// already, to find out whether the place answers at all.
    pub fn open(parts: ConnectionParts, opened: Option<OpenedSource>) -> Self {
        let source = parts.source;
        let inner = Arc::new(Inner {
            parts,
            trusting: OnceLock::new(),
            wanted: Notify::new(),
            state: Mutex::new(State {
                shown: ConnectionState::Connecting,
                asks: true,
                live: None,
                exposure: None,
                ended: false,
            }),
        });
        if let Some(opened) = &opened {
            inner.go_live(opened);
        }
        let task = tokio::spawn(inner.clone().run(opened));
        Self { source, inner, task }
    }

    pub fn profile(&self) -> &Profile {
        self.inner.profile()
    }

    pub fn state(&self) -> ConnectionState {
        self.inner.state().shown.clone()
    }

    /// Connects again now, by the wish of a user who can be asked. While an attempt is made by itself
    /// the wish waits for its end, and is fulfilled if that went well.
    pub fn reconnect(&self) {
        let state = self.inner.state();
        if !(state.asks && state.shown == ConnectionState::Connecting) {
            self.inner.wanted.notify_one();
        }
    }

    /// From here on only this certificate counts (SHA-256), unless another was trusted before.
    pub fn trust(&self, pin: &str) {
        self.inner.trust(pin);
    }

    /// Closes now, also for those who still hold a clone: nothing more is fetched or written to the cache.
    pub fn end(&self) {
        self.task.abort();
        let words = format!("The connection to “{}” was closed.", self.profile().name);
        let closed = ConnectionState::Down { error: AppError::new(Code::NotConnected, words), retry_in_ms: None };
        let mut state = self.inner.state();
        let let_go = (state.live.take(), state.exposure.take());
        (state.shown, state.ended) = (closed, true);
        drop(state);
        drop(let_go);
    }

    /// Checks at once whether the connection is still there: the machine woke up, or the window came back.
    pub fn check_now(&self) {
        if let Some(Live { tunnel: Some(tunnel), .. }) = self.inner.live() {
            tunnel.check_now();
        }
    }

    /// The store, for what is not cached.
    pub fn store(&self) -> Result<Arc<dyn TrackingStore>> {
        Ok(self.opened_source()?.store().clone())
    }

    /// The one way to change something: a [`Writer`] for one change of `name`, such as a registered model, if the
    /// profile lets it be changed. `confirmation` is what the user confirmed it with ([`Writes::consent`]).
    ///
    /// # Errors
    /// [`Code::ReadOnly`] and [`Code::NeedsConfirmation`] where the profile does not consent, whatever the window did;
    /// those of [`Connection::store`].
    pub fn writer(&self, name: &str, confirmation: Option<&str>) -> Result<Writer> {
        let profile = self.profile();
        let refused = |refusal| match refusal {
            NoConsent::NotConfirmed => AppError::new(
                Code::NeedsConfirmation,
                format!("“{}” wants every change confirmed. Nothing was changed.", profile.name),
            ),
            NoConsent::NotTyped => AppError::new(
                Code::NeedsConfirmation,
                format!("“{}” wants the name typed: {name}. Nothing was changed.", profile.name),
            ),
            NoConsent::ReadOnly => AppError::new(
                Code::ReadOnly,
                format!("The profile “{}” is read-only. Nothing was changed.", profile.name),
            ),
        };
        let consent = profile.writes.consent(name, confirmation).map_err(refused)?;
        Ok(self.opened_source()?.writer(consent))
    }

    fn opened_source(&self) -> Result<Source> {
        let state = self.inner.state();
        match (&state.live, &state.shown) {
            (Some(live), _) => Ok(live.source.clone()),
            (None, ConnectionState::Down { error, .. }) => Err(error.clone()),
            (None, _) => Err(AppError::new(
                Code::NotConnected,
                format!("Still connecting to {}. Try again in a moment.", self.profile().address),
            )),
        }
    }

    /// Opens or closes a port on this machine that leads to the server; answers with its address. One
    /// that is open stays as it is: a program may be using it.
    pub async fn expose(&self, on: bool) -> Result<Option<String>> {
        if on && let Some(open) = self.exposure() {
            return Ok(Some(open));
        }
        let tunnel = match self.inner.live() {
            _ if !on => None,
            Some(Live { tunnel: Some(tunnel), .. }) => Some(tunnel),
            _ => {
                let words = "Only a server that is reached through SSH, and is connected, can be exposed.";
                return Err(AppError::new(Code::Unsupported, words));
            }
        };
        let exposure = match tunnel {
            Some(tunnel) => Some(tunnel.expose().await.map_err(|error| {
                AppError::new(Code::Io, format!("No port of this machine could be opened: {error}"))
            })?),
            None => None,
        };
        self.inner.state().exposure = exposure;
        self.inner.tell();
        Ok(self.exposure())
    }

    /// The address that the server has on this machine while it is exposed.
    pub fn exposure(&self) -> Option<String> {
        let at = self.inner.state().exposure.as_ref().map(|exposure| exposure.address)?;
        let mut url = url::Url::parse(&self.profile().address).ok()?;
        url.set_ip_host(at.ip()).ok()?;
        url.set_port(Some(at.port())).ok()?;
        Some(url.as_str().trim_end_matches('/').to_owned())
    }

    /// Brings `scope` up to date now, however fresh it is.
    pub fn refresh(&self, scope: Scope) {
        match self.inner.live() {
            Some(live) => live.sync.refresh(scope),
            None => self.reconnect(),
        }
    }

    /// How true the cache is for `scope`, with the connection's own trouble where there is any. Ask before reading what
    /// is shown: then it is at least as new as this says, and nothing that was read meanwhile is taken for missing.
    pub async fn freshness(&self, scope: &Scope) -> Result<Freshness> {
        let mut freshness = match self.inner.live() {
            Some(live) => live.sync.freshness(scope).await,
            None => Freshness::cached(&self.inner.parts.cache, self.source, scope).await?,
        };
        if let ConnectionState::Down { error, .. } | ConnectionState::Reconnecting { error, .. } = self.state() {
            freshness.error = Some(error);
        }
        Ok(freshness)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        // The state is replaced as a whole, so a panic elsewhere cannot leave half of one.
        self.state.lock()
    }

    fn live(&self) -> Option<Live> {
        self.state().live.clone()
    }

    fn profile(&self) -> &Profile {
        self.trusting.get().unwrap_or(&self.parts.profile)
    }

    fn pin_keeper(self: &Arc<Self>) -> KeepPin {
        let inner = Arc::downgrade(self);
        Arc::new(move |pin| {
            let Some(inner) = inner.upgrade() else { return };
            inner.trust(pin);
            (inner.parts.keep_pin)(pin);
        })
    }

    fn trust(&self, pin: &str) {
        let mut profile = self.parts.profile.clone();
        profile.server.tls.pin = Some(pin.to_owned());
        // Once a certificate is pinned, the user is not asked about another one.
        let _only = self.trusting.set(profile);
    }

    /// The user, who can be asked.
    fn user(&self) -> Arc<dyn Ask> {
        self.parts.context.questions.of(&self.parts.profile.name)
    }

    async fn run(self: Arc<Self>, opened: Option<OpenedSource>) {
        let mut tunnel = match opened {
            Some(opened) => opened.tunnel,
            None => self.connected(None).await,
        };
        loop {
            self.watch(tunnel.clone()).await;
            tunnel = self.connected(tunnel).await;
        }
    }

    /// Tries until it is there, beginning by the wish of the user. Tries that are made by themselves
    /// do not ask the user. Where the user says no while `before` is still open, all stays as it was.
    async fn connected(self: &Arc<Self>, before: Option<Arc<Tunnel>>) -> Option<Arc<Tunnel>> {
        let parts = &self.parts;
        let keep_pin = self.pin_keeper();
        let mut pause = FIRST_PAUSE;
        let (mut by_wish, mut is_first) = (true, true);
        loop {
            self.state().asks = by_wish;
            self.show(ConnectionState::Connecting);
            let ask = DismissalRecorder::new(if by_wish { self.user() } else { Arc::new(Unattended) });
            if by_wish {
                self.wish_is_fulfilled();
            }
            let steps = Steps::unwatched();
            let opening = open(self.profile(), parts.route.as_ref(), &parts.context, ask.clone(), &steps, &keep_pin);
            let error = match opening.await {
                Ok(opened) => {
                    self.go_live(&opened);
                    self.wish_is_fulfilled();
                    return opened.tunnel;
                }
                Err(error) => error,
            };
            let still = match &before {
                // Also while it connects again by itself.
                Some(tunnel) => Some(tunnel.watch().borrow().clone()),
                // Nothing has been tried since it last was.
                None => (is_first && self.live().is_some()).then_some(TunnelState::Up),
            };
            is_first = false;
            if let Some(still @ (TunnelState::Up | TunnelState::Reconnecting { .. })) = still
                && by_wish
                && ask.was_dismissed()
            {
                self.show_tunnel(still);
                return before;
            }
            let again = error.is_transient().then_some(pause);
            self.show(ConnectionState::Down { error: error.into(), retry_in_ms: again.map(whole_ms) });
            by_wish = match again {
                Some(pause) => tokio::select! {
                    () = self.wanted.notified() => true,
                    () = tokio::time::sleep(pause) => false,
                },
                None => {
                    self.wanted.notified().await;
                    true
                }
            };
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// A second click on the same button is no second wish.
    fn wish_is_fulfilled(&self) {
        let _wish = self.wanted.notified().now_or_never();
    }

    fn go_live(&self, opened: &OpenedSource) {
        let parts = &self.parts;
        let (source, tunnel) = (opened.source.clone(), opened.tunnel.clone());
        let sync = Arc::new(Sync::start(
            source.store().clone(),
            parts.cache.clone(),
            parts.source,
            &parts.profile.id,
            parts.on_change.clone(),
            parts.on_sightings.clone(),
        ));
        let capabilities = self.capabilities(&source);
        {
            let mut state = self.state();
            if state.ended {
                return;
            }
            // A port that was opened for the tunnel before leads nowhere now.
            state.exposure = None;
            state.live = Some(Live { source, sync: sync.clone(), tunnel });
        }
        parts.watch_list.join(&parts.profile.id, &sync);
        self.show(ConnectionState::Up { capabilities });
    }

    /// What the source can do, as far as the profile lets it.
    fn capabilities(&self, source: &Source) -> Capabilities {
        let capabilities = source.store().capabilities();
        let writable = capabilities.writable && self.parts.profile.writes != Writes::ReadOnly;
        Capabilities { writable, ..capabilities.clone() }
    }

    /// Shows the state of the tunnel, until the user wants to connect anew.
    async fn watch(&self, tunnel: Option<Arc<Tunnel>>) {
        let Some(tunnel) = tunnel else {
            return self.wanted.notified().await;
        };
        let mut states = tunnel.watch();
        if !matches!(*states.borrow(), TunnelState::Up) {
            // It was lost before it was watched.
            states.mark_changed();
        }
        // A wish that is being fulfilled. Its failure is the tunnel's next state, and the end of both is seen at once.
        let mut wish = pin!(Fuse::terminated());
        loop {
            tokio::select! {
                _ = &mut wish => {}
                changed = states.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let now = states.borrow_and_update().clone();
                    self.show_tunnel(now);
                }
                () = self.wanted.notified() => {
                    if matches!(*states.borrow(), TunnelState::Up) {
                        return;
                    }
                    if wish.is_terminated() {
                        wish.set(tunnel.reconnect(self.user()).fuse());
                    }
                }
            }
        }
    }

    fn show_tunnel(&self, now: TunnelState) {
        let Some(live) = self.live() else { return };
        match now {
            TunnelState::Up => {
                self.show(ConnectionState::Up { capabilities: self.capabilities(&live.source) });
                live.sync.wake();
            }
            TunnelState::Reconnecting { reason, next_in_ms, .. } => {
                let error = StoreError::Unreachable { address: self.parts.profile.address.clone(), reason };
                self.show(ConnectionState::Reconnecting { error: error.into(), retry_in_ms: next_in_ms });
            }
            TunnelState::Down { error } => {
                let error = match Address::parse(&self.parts.profile.address) {
                    Ok(address) => through_ssh(&address, error),
                    Err(unusable) => unusable,
                };
                self.show(ConnectionState::Down { error: error.into(), retry_in_ms: None });
            }
        }
    }

    fn show(&self, shown: ConnectionState) {
        self.state().shown = shown;
        self.tell();
    }

    fn tell(&self) {
        (self.parts.on_change)(Change::Connection { profile_id: self.parts.profile.id.clone() });
    }
}

fn whole_ms(pause: Duration) -> u32 {
    u32::try_from(pause.as_millis()).unwrap_or(u32::MAX)
}
