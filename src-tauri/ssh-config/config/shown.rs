//! What a hop resolves to, as lines to show.

use serde::Serialize;
use specta::Type;

use crate::config::{Agent, Resolved, Source, Sourced, StrictHostKeyChecking};
use crate::place;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ShownLine {
    /// `Host name`.
    pub label: String,
    pub value: String,
    /// `~/.ssh/config:14`, `given here`, `default`.
    pub source: String,
}

/// What matters to a person, in the order of a connection. Defaults are shown only where they are of interest.
pub fn shown(resolved: &Resolved) -> Vec<ShownLine> {
    let mut lines = Vec::new();
    let mut line = |label: &str, value: String, source: &Source| {
        lines.push(ShownLine { label: label.to_owned(), value, source: words(source) });
    };
    let host = &resolved.host_name;
    line("Host name", host.value.clone(), &host.source);
    line("Port", resolved.port.value.to_string(), &resolved.port.source);
    line("User", resolved.user.value.clone(), &resolved.user.source);
    for Sourced { value, source } in &resolved.proxy_jump {
        let user = value.user.as_ref().map_or(String::new(), |user| format!("{user}@"));
        let port = value.port.map_or(String::new(), |port| format!(":{port}"));
        let host = if value.host.contains(':') { format!("[{}]", value.host) } else { value.host.clone() };
        line("Jump host", format!("{user}{host}{port}"), source);
    }
    if let Some(command) = &resolved.proxy_command {
        line("Proxy command", command.value.clone(), &command.source);
    }
    for (label, files) in [("Key file", &resolved.identity_files), ("Certificate", &resolved.certificate_files)] {
        for file in files.iter().filter(|file| file.source != Source::Default) {
            line(label, place::shown(&file.value), &file.source);
        }
        if let [first, ..] = files.as_slice()
            && first.source == Source::Default
        {
            let names = files.iter().filter_map(|file| file.value.file_name()).map(|name| name.to_string_lossy());
            let folder = first.value.parent().map(place::shown).unwrap_or_default();
            line(label, format!("{} in {folder}", names.collect::<Vec<_>>().join(", ")), &first.source);
        }
    }
    let agent = match &resolved.agent.value {
        Agent::None => "none".to_owned(),
        Agent::OfTheSession => "of the session".to_owned(),
        Agent::At(socket) => place::shown(socket.as_ref()),
    };
    line("Agent", agent, &resolved.agent.source);
    if resolved.identities_only.value {
        line("Keys offered", "only those named here".to_owned(), &resolved.identities_only.source);
    }
    if let Some(alias) = &resolved.host_key_alias {
        line("Host key known as", alias.value.clone(), &alias.source);
    }
    if let Some(algorithms) = &resolved.host_key_algorithms {
        line("Host key algorithms", algorithms.value.join(", "), &algorithms.source);
    }
    let strict = &resolved.strict_host_key_checking;
    if strict.source != Source::Default {
        let value = match strict.value {
            StrictHostKeyChecking::Yes => "unknown ones are refused",
            StrictHostKeyChecking::Ask => "unknown ones are asked about",
            StrictHostKeyChecking::AcceptNew | StrictHostKeyChecking::No => {
                "unknown ones are asked about, although the file does not say so"
            }
        };
        line("Host keys", value.to_owned(), &strict.source);
    }
    if let Some(preferred) = &resolved.preferred_authentications {
        line("Ways to sign in", preferred.value.join(", "), &preferred.source);
    }
    if let Some(address) = &resolved.bind_address {
        line("From address", address.value.clone(), &address.source);
    }
    lines
}

fn words(source: &Source) -> String {
    match source {
        Source::Given => "given here".to_owned(),
        Source::File(place) => place.to_string(),
        Source::Default => "default".to_owned(),
    }
}
