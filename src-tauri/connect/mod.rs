//! From a saved profile to a working source of runs.

mod connection;
mod diagnose;
mod open;
mod profile;
pub mod question;
mod route;
pub mod secrets;
pub mod ssh;
pub mod steps;
pub mod suggest;
pub mod tls;
pub mod transfer;

pub use connection::{Connection, ConnectionState, KeepPin, Making, OnChange};
pub use diagnose::diagnose;
pub use open::{Opened, Ways, open};
pub use profile::{
    Auth, Environment, ExtraHeader, Keep, Profile, ProfileKind, Proxy, ServerSettings, Target, TlsSettings, Writes,
    parse_target, suggest_name,
};
pub use route::{Hop, Route};
