//! SSH inside the process: from a route to sessions that HTTP runs over. No local port is opened.

mod agent;
mod attempt;
mod auth;
mod chain;
mod command;
mod consent;
mod error;
mod exchange;
mod expose;
mod gate;
mod hop;
mod host_key;
mod life;
mod lookup;
mod memory;
mod network;
mod plan;
mod quickack;
mod reach;
mod session;
pub mod shown_key;
mod stream;
mod supervise;
mod target;
mod tunnel;
mod way;

pub use agent::is_own_pipe;
pub use chain::TargetStream;
pub use consent::Consents;
pub use error::SshError;
pub use expose::Exposure;
pub use target::FarEnd;
pub use tunnel::{Tunnel, TunnelOptions, TunnelState};
