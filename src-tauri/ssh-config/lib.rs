//! What the files of OpenSSH say, read by OpenSSH's own rules: [`config`] tells how a host is reached,
//! [`known_hosts`] which host keys are trusted. Nearly pure: files are read where the caller says, and nothing is
//! sent anywhere. The one program that may run is `ssh -G`, and only where the caller asks for it ([`config::SshGQuery`]).

pub mod config;
mod hop;
pub mod known_hosts;
mod place;

pub use hop::Hop;
pub use place::{Place, shown};
