//! Changing something at a source of runs. No function that writes can be called without a [`Writer`], and there is no
//! `Writer` without the consent of the profile.

use std::sync::Arc;

use async_trait::async_trait;

use super::consent::WriteConsent;
use super::{Result, TrackingStore};

/// A server or a database that was opened. Reading it takes no consent; writing takes that of its profile. Clones are
/// the same source.
#[derive(Clone)]
pub struct Source {
    store: Arc<dyn TrackingStore>,
    write_store: Arc<dyn WriteStore>,
}

impl Source {
    pub(super) fn of<S: TrackingStore + WriteStore + 'static>(store: S) -> Self {
        let store = Arc::new(store);
        Self { store: store.clone(), write_store: store }
    }

    /// What is read.
    pub fn store(&self) -> &Arc<dyn TrackingStore> {
        &self.store
    }

    /// The only way to a [`Writer`]. A consent is for one change that the user wants, so it is taken.
    pub fn writer(&self, _consent: WriteConsent) -> Writer {
        Writer { source: self.clone() }
    }
}

/// The right to change something at one source of runs. Each write is sent once and never repeated.
///
/// # How to get one
///
/// The app asks the open connection of the profile, with what the user confirmed:
/// [`Connection::writer`](crate::connection::Connection::writer). A test that opens a store without a profile says itself
/// what is allowed: `Source::from(store).writer(Writes::Allowed.consent(name, None)?)`.
///
/// A store alone can only be read:
///
/// ```compile_fail,E0599
/// async fn promote(store: &dyn podium::tracking::TrackingStore) {
///     let _moved = store.set_alias("churn", "champion", "2").await;
/// }
/// ```
///
/// so can a server or a database that was opened by hand:
///
/// ```compile_fail,E0599
/// async fn promote(server: podium::tracking::rest::RestStore, database: podium::tracking::local::LocalStore) {
///     let _moved = server.set_alias("churn", "champion", "2").await;
///     let _moved = database.set_alias("churn", "champion", "2").await;
/// }
/// ```
///
/// and a consent cannot be made up:
///
/// ```compile_fail,E0423
/// fn writer(source: &podium::tracking::Source) -> podium::tracking::Writer {
///     source.writer(podium::tracking::WriteConsent(()))
/// }
/// ```
///
/// With a `Writer` the same compiles:
///
/// ```no_run
/// use podium::tracking::{Result, Source, Writes};
///
/// async fn promote(source: &Source) -> Result<()> {
///     if let Ok(consent) = Writes::Confirmed.consent("churn", Some("yes")) {
///         source.writer(consent).set_alias("churn", "champion", "2").await?;
///     }
///     Ok(())
/// }
/// ```
pub struct Writer {
    source: Source,
}

impl Writer {
    /// The same source, to be read before and after a write.
    pub fn store(&self) -> &dyn TrackingStore {
        &*self.source.store
    }

    pub async fn set_run_tag(&self, run_id: &str, key: &str, value: &str) -> Result<()> {
        self.source.write_store.set_run_tag(run_id, key, value).await
    }

    pub async fn delete_run_tag(&self, run_id: &str, key: &str) -> Result<()> {
        self.source.write_store.delete_run_tag(run_id, key).await
    }

    /// Points `alias` at `version`. The server has no compare-and-set: the last writer wins.
    pub async fn set_alias(&self, name: &str, alias: &str, version: &str) -> Result<()> {
        self.source.write_store.set_alias(name, alias, version).await
    }

    /// Succeeds also where there was no such alias.
    pub async fn delete_alias(&self, name: &str, alias: &str) -> Result<()> {
        self.source.write_store.delete_alias(name, alias).await
    }

    /// An empty text takes the description away.
    pub async fn describe_registered_model(&self, name: &str, description: &str) -> Result<()> {
        self.source.write_store.describe_registered_model(name, description).await
    }

    /// An empty text takes the description away.
    pub async fn describe_model_version(&self, name: &str, version: &str, description: &str) -> Result<()> {
        self.source.write_store.describe_model_version(name, version, description).await
    }

    pub async fn set_registered_model_tag(&self, name: &str, key: &str, value: &str) -> Result<()> {
        self.source.write_store.set_registered_model_tag(name, key, value).await
    }

    pub async fn delete_registered_model_tag(&self, name: &str, key: &str) -> Result<()> {
        self.source.write_store.delete_registered_model_tag(name, key).await
    }

    pub async fn set_model_version_tag(&self, name: &str, version: &str, key: &str, value: &str) -> Result<()> {
        self.source.write_store.set_model_version_tag(name, version, key, value).await
    }

    pub async fn delete_model_version_tag(&self, name: &str, version: &str, key: &str) -> Result<()> {
        self.source.write_store.delete_model_version_tag(name, version, key).await
    }
}

/// How each kind of store writes. Known in this module only: all others write through a [`Writer`], whose methods say
/// what each does.
#[async_trait]
pub(super) trait WriteStore: Send + Sync {
    async fn set_run_tag(&self, run_id: &str, key: &str, value: &str) -> Result<()>;
    async fn delete_run_tag(&self, run_id: &str, key: &str) -> Result<()>;
    async fn set_alias(&self, name: &str, alias: &str, version: &str) -> Result<()>;
    async fn delete_alias(&self, name: &str, alias: &str) -> Result<()>;
    async fn describe_registered_model(&self, name: &str, description: &str) -> Result<()>;
    async fn describe_model_version(&self, name: &str, version: &str, description: &str) -> Result<()>;
    async fn set_registered_model_tag(&self, name: &str, key: &str, value: &str) -> Result<()>;
    async fn delete_registered_model_tag(&self, name: &str, key: &str) -> Result<()>;
    async fn set_model_version_tag(&self, name: &str, version: &str, key: &str, value: &str) -> Result<()>;
    async fn delete_model_version_tag(&self, name: &str, version: &str, key: &str) -> Result<()>;
}
