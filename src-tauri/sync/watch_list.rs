//! What the window watches, of every profile, and the syncs that keep it up to date.

use std::sync::{Arc, Weak};

use parking_lot::{Mutex, MutexGuard};

use super::{Scope, Sync};

/// Clones are the same list.
#[derive(Clone, Default)]
pub struct WatchList {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    /// With the profile's id.
    watched: Vec<(String, Scope)>,
    syncs: Vec<(String, Weak<Sync>)>,
}

impl WatchList {
    /// The window watches these from now on, each with its profile's id, in place of all that it watched before.
    pub fn replace(&self, watched: Vec<(String, Scope)>) {
        let mut inner = self.lock();
        inner.watched = watched;
        inner.syncs.retain(|(_, sync)| sync.strong_count() > 0);
        for (profile_id, sync) in &inner.syncs {
            if let Some(sync) = sync.upgrade() {
                sync.watch(inner.of(profile_id));
            }
        }
    }

    /// From now on `sync` keeps up to date what is watched of this profile.
    pub fn join(&self, profile_id: &str, sync: &Arc<Sync>) {
        let mut inner = self.lock();
        inner.syncs.push((profile_id.to_owned(), Arc::downgrade(sync)));
        // Under the lock, so that a list that comes meanwhile is not overwritten by this one.
        sync.watch(inner.of(profile_id));
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock()
    }
}

impl Inner {
    fn of(&self, profile_id: &str) -> Vec<Scope> {
        let of_profile = self.watched.iter().filter(|(of, _)| of == profile_id);
        of_profile.map(|(_, scope)| scope.clone()).collect()
    }
}
