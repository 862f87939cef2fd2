//! What the integration tests share: real tracking servers, the data in them, a server that
//! misbehaves on purpose, and the real window.
#![allow(dead_code)] // Each test file uses its own part of this.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot be set up has failed.

pub mod accessible;
pub mod far_machine;
pub mod fault;
pub mod fixture;
pub mod marks;
pub mod mlflow;
pub mod nginx;
#[cfg(target_os = "linux")]
pub mod own_session;
pub mod ports;
#[cfg(unix)]
pub mod postgres;
pub mod sshd;
pub mod supervised;
pub mod webdriver;
pub mod writer;
