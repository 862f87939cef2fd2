//! From a saved profile to a working source of runs.

mod connection;
mod profile;
pub mod question;
mod route;
pub mod secrets;
pub mod ssh;
pub mod steps;
pub mod suggest;
pub mod transfer;

pub use connection::{Connection, ConnectionState, OnChange};
pub use profile::{
    Auth, Environment, ExtraHeader, Keep, Profile, ProfileKind, Proxy, ServerSettings, Target, TlsSettings, Writes,
    parse_target, suggest_name,
};
pub use route::{Hop, Route};

use std::path::Path;
use std::sync::Arc;

use crate::tracking::{self, TrackingStore};

/// Opens what the profile points at: one round of questions to a server, or one look at a file.
pub async fn open_store(profile: &Profile) -> tracking::Result<Arc<dyn TrackingStore>> {
    Ok(match profile.kind {
        ProfileKind::Server => Arc::new(tracking::rest::RestStore::connect(&profile.address).await?),
        ProfileKind::Local | ProfileKind::Sample => {
            Arc::new(tracking::local::LocalStore::open(Path::new(&profile.address)).await?)
        }
    })
}
