//! Connections against real parts: sshd, ssh, nginx, MLflow with its own sign-in, a keyring.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A panic is how a test fails.

mod common;

#[path = "connect/app/mod.rs"]
mod app;
#[path = "connect/diagnosis.rs"]
mod diagnosis;
#[path = "connect/https.rs"]
mod https;
#[path = "connect/ipv6.rs"]
mod ipv6;
#[path = "connect/keyring.rs"]
mod keyring;
#[path = "connect/known_hosts.rs"]
mod known_hosts;
#[path = "connect/marks.rs"]
mod marks;
#[path = "connect/proxies.rs"]
mod proxies;
#[path = "connect/servers.rs"]
mod servers;
#[path = "connect/ssh_config.rs"]
mod ssh_config;
#[path = "connect/tunnel/mod.rs"]
mod tunnel;
