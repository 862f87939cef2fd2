//! An open profile: its part of the cache at once, and its store as soon as that answers.
//!
//! What is cached can be read from the first moment on. Behind that the store is opened, with
//! growing pauses between tries; when it is there, the sync starts and keeps the cache true.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use specta::Type;
use tokio::sync::Notify;

use super::{Profile, open_store};
use crate::cache::{Cache, SourceId};
use crate::change::Change;
use crate::error::{AppError, Code, Result};
use crate::sync::{Freshness, Scope, Sync};
use crate::tracking::{Capabilities, StoreError, TrackingStore};

const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How changes reach whoever shows them.
pub type OnChange = Arc<dyn Fn(Change) + Send + std::marker::Sync>;

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase", tag = "kind", rename_all_fields = "camelCase")]
pub enum ConnectionState {
    Connecting,
    Up {
        capabilities: Capabilities,
    },
    Down {
        error: AppError,
        /// When the next try is, if one is planned: only where trying again may help by itself.
        retry_in_ms: Option<u32>,
    },
}

/// Closes when the last clone is dropped: the sync stops, the store is let go.
pub struct Connection {
    pub source: SourceId,
    inner: Arc<Inner>,
    connecting: tokio::task::JoinHandle<()>,
}

struct Inner {
    profile: Profile,
    source: SourceId,
    cache: Cache,
    on_change: OnChange,
    try_now: Notify,
    state: Mutex<State>,
}

struct State {
    shown: ConnectionState,
    live: Option<Live>,
}

#[derive(Clone)]
struct Live {
    store: Arc<dyn TrackingStore>,
    sync: Arc<Sync>,
}

impl Connection {
    /// Opens the profile without waiting for its store. `store` is given where it was opened
    /// already, to find out whether the place answers at all.
    pub fn open(
        profile: Profile,
        source: SourceId,
        cache: Cache,
        store: Option<Arc<dyn TrackingStore>>,
        on_change: OnChange,
    ) -> Self {
        let inner = Arc::new(Inner {
            profile,
            source,
            cache,
            on_change,
            try_now: Notify::new(),
            state: Mutex::new(State { shown: ConnectionState::Connecting, live: None }),
        });
        if let Some(store) = store {
            inner.go_live(store);
        }
        let connecting = tokio::spawn(inner.clone().connect());
        Self { source, inner, connecting }
    }

    pub fn profile(&self) -> &Profile {
        &self.inner.profile
    }

    pub fn state(&self) -> ConnectionState {
        self.inner.state().shown.clone()
    }

    /// Tries again now, instead of after the pause.
    pub fn reconnect(&self) {
        self.inner.try_now.notify_one();
    }

    /// The store, for what is not cached and for writes.
    pub fn store(&self) -> Result<Arc<dyn TrackingStore>> {
        let state = self.inner.state();
        match (&state.live, &state.shown) {
            (Some(live), _) => Ok(live.store.clone()),
            (None, ConnectionState::Down { error, .. }) => Err(error.clone()),
            (None, _) => Err(AppError::new(
                Code::NotConnected,
                format!("Still connecting to {}. Try again in a moment.", self.inner.profile.address),
            )),
        }
    }

    /// Tells the sync what is on screen.
    pub fn looked_at(&self, scope: Scope) {
        if let Some(live) = self.inner.live() {
            live.sync.looked_at(scope);
        }
    }

    /// Brings `scope` up to date now, however fresh it is.
    pub fn refresh(&self, scope: Scope) {
        match self.inner.live() {
            Some(live) => live.sync.refresh(scope),
            None => self.reconnect(),
        }
    }

    /// How true the cache is for `scope`, with the connection's own trouble where there is no sync.
    pub async fn freshness(&self, scope: &Scope) -> Result<Freshness> {
        let mut freshness = match self.inner.live() {
            Some(live) => live.sync.freshness(scope).await,
            None => Freshness::cached(&self.inner.cache, self.source, scope).await?,
        };
        if freshness.error.is_none()
            && let ConnectionState::Down { error, .. } = self.state()
        {
            freshness.error = Some(error);
        }
        Ok(freshness)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.connecting.abort();
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        // The state is replaced as a whole, so a panic elsewhere cannot leave half of one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn live(&self) -> Option<Live> {
        self.state().live.clone()
    }

    async fn connect(self: Arc<Self>) {
        let mut pause = FIRST_PAUSE;
        while self.live().is_none() {
            let error = match open_store(&self.profile).await {
                Ok(store) => return self.go_live(store),
                Err(error) => error,
            };
            let again = may_pass(&error).then_some(pause);
            self.show(ConnectionState::Down {
                error: error.into(),
                retry_in_ms: again.map(|pause| u32::try_from(pause.as_millis()).unwrap_or(u32::MAX)),
            });
            match again {
                Some(pause) => {
                    tokio::select! {
                        () = tokio::time::sleep(pause) => {}
                        () = self.try_now.notified() => {}
                    }
                }
                None => self.try_now.notified().await,
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
            self.show(ConnectionState::Connecting);
        }
    }

    fn go_live(&self, store: Arc<dyn TrackingStore>) {
        let sync =
            Sync::start(store.clone(), self.cache.clone(), self.source, &self.profile.id, self.on_change.clone());
        let capabilities = store.capabilities().clone();
        self.state().live = Some(Live { store, sync: Arc::new(sync) });
        self.show(ConnectionState::Up { capabilities });
    }

    fn show(&self, shown: ConnectionState) {
        self.state().shown = shown;
        (self.on_change)(Change::Connection { profile_id: self.profile.id.clone() });
    }
}

/// Whether the trouble may go away by itself, so that trying again without being asked is right.
fn may_pass(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Unreachable { .. }
            | StoreError::TimedOut { .. }
            | StoreError::TooManyRequests { .. }
            | StoreError::ServerFailed { .. }
            | StoreError::DatabaseLocked { .. }
    )
}
