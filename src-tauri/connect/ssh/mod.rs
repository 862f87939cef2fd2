//! SSH inside the process: from a route to sessions that HTTP runs over. No local port is opened.

pub mod config;
pub mod known_hosts;
pub mod place;
pub mod shown_key;
