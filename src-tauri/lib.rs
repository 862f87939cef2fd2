//! Podium, a desktop browser for MLflow experiments. This page is the map.
//!
//! One window, one direction of flow:
//!
//! - **Read.** The window reads only the cache, so offline is the normal path. [`commands`] ask
//!   [`app`], which answers from [`cache`] in milliseconds and does nothing else. What the window
//!   shows it says by itself: it watches [`scope`]s, and [`sync`] keeps those true. Sync plans,
//!   fetches from a [`tracking`] store, writes one transaction and says so in a [`change`]; the
//!   window reads again what it shows.
//! - **Write.** To the server first, then the cache, then the same change. Only a [`tracking::Writer`] can
//!   write, and only an open [`connection`] gives one, with what the user confirmed. Moving an alias is
//!   [`promotion`]: a plan, a guarded write, a journal. Making a version is [`registration`].
//! - **Connect.** A profile becomes a way to its server ([`connect`]): secrets from the vault, TLS, SSH
//!   hops if it has a route, and the user, who is asked what only he can decide. What is made again by
//!   itself ([`connection`]) never asks.
//! - **Without a window.** [`shell`] asks the same [`app`] in a terminal: gates, promotion, history.
//! - **Draw.** Series from the cache become a frame in [`charts`]; points never enter the window.
//!
//! | Module | What it is |
//! |---|---|
//! | [`entities`] | MLflow's nouns as plain data |
//! | [`tracking`] | where runs come from: a server over HTTP, or an `mlflow.db` opened directly; a store reads, a writer changes, an artifact store has files |
//! | [`connect`] | from a saved profile to a working store |
//! | [`connection`] | an open profile: its store, its part of the cache and its sync; the way to a [`tracking::Writer`] |
//! | [`query`] | the filter language: what a filter says, asked of the cache or of one run, and what the window colours |
//! | [`cache`] | SQLite: runs and models in one file, histories in one per server |
//! | [`scope`] | what the window can watch: a list, an experiment, a run, some histories, a model, the registry |
//! | [`sync`] | keeps the cache true for what is watched: a pure plan and an engine |
//! | [`charts`] | plotters on vello_cpu: one drawing code for screen, PNG and SVG |
//! | [`sweep`] | what many runs teach: which params matter, which runs none beats; pure |
//! | [`artifacts`] | what a file is, and how to show or save it; which files and packages a run has |
//! | [`promotion`] | moving an alias so that no user's change is lost; whose numbers a version has |
//! | [`mod@clock`] | what time it is on this machine |
//! | [`use_it`] | ready-to-paste ways to use a version; pure |
//! | [`registration`] | making versions of registered models, so that one wish makes one version |
//! | [`registry`] | what the list of all registered models says of each; pure |
//! | [`direction`] | which way a metric is better, for every screen |
//! | [`settings`] | the small durable database: profiles, places, journal |
//! | [`app`] | the one shared value that ties these together |
//! | [`shell`] | the commands for terminals and CI |
//! | [`ssh_config`], [`untrusted_text`] | crates of their own: OpenSSH's files by OpenSSH's rules, and text of others made fit to be shown |
//! | [`migrate`] | from an older shape of a database file to the newest |
//! | [`error`] | the one error the window sees |
//! | [`commands`], [`bindings`] | the boundary, and the list of it from which the window's types are generated |
//!
//! Where to look: a run is fetched in `tracking/rest/runs.rs` or `tracking/local/runs.rs`, stored in
//! `cache/run.rs`, found in `cache/search.rs` by a filter that `query/parser.rs` reads, drawn in
//! `charts/line.rs`.

pub mod app;
pub mod artifacts;
pub mod bindings;
pub mod cache;
pub mod change;
pub mod charts;
mod clock;
pub mod commands;
pub mod connect;
pub mod connection;
pub mod direction;
pub mod entities;
pub mod error;
mod launch;
mod migrate;
mod private_files;
pub mod promotion;
pub mod query;
pub mod registration;
pub mod registry;
pub mod scope;
pub mod settings;
mod shell;
pub mod sweep;
pub mod sync;
pub mod tracking;
pub mod use_it;

pub use launch::run;
