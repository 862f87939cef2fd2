//! From a saved profile to a working source of runs.
//!
//! A [`Profile`] says what is there and how it is reached; a [`Route`] is the SSH part of that. [`open()`]
//! connects once: [`secrets`], [`tls`], [`ssh`], then the first round of questions to the server. What
//! is done meanwhile is told as [`steps`], which is also what a test of a connection ([`diagnose()`]) shows; what
//! only the user can decide is a [`question`]. [`suggest`] and [`transfer`] are where profiles come from. What keeps
//! a profile open, and connects it again, is [`crate::connection`].

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

pub use diagnose::diagnose;
pub use open::{ConnectContext, KeepPin, OpenedSource, open, through_ssh};
pub use profile::{
    Auth, Environment, ExtraHeader, InvalidField, Keep, Profile, ProfileKind, Proxy, ServerSettings, Target,
    TlsSettings, expand_home, parse_target, suggest_name,
};
pub use route::{Hop, Route};

pub use crate::tracking::Writes;
