//! The agent that holds keys, wherever this system or the config has it.

use std::time::Duration;

use russh::keys::agent::client::{AgentClient, AgentStream};
use russh::keys::agent::{AgentIdentity, AgentSessionBinding};
use tokio::time::timeout;

use ssh_config::config::Agent;

/// An agent answers at once, or it waits for the user.
const LIMIT: Duration = Duration::from_secs(5);

pub type Connection = AgentClient<Box<dyn AgentStream + Send + Unpin>>;

/// A connection to the agent, and what it holds. None: there is none, and none was named. An agent is
/// told which session it signs for, so that keys that are for some hosts only can be used.
pub async fn connect(
    which: &Agent,
    binding: Option<&AgentSessionBinding>,
) -> Result<Option<(Connection, Vec<AgentIdentity>)>, String> {
    let listing = async {
        let connection = match which {
            Agent::None => return Ok(None),
            Agent::OfTheSession => of_the_session().await?,
            Agent::At(place) => Some(at(place).await.map_err(|error| format!("the agent at {place}: {error}"))?),
        };
        let Some(mut connection) = connection else { return Ok(None) };
        if let Some(binding) = binding {
            // Older agents do not know of it and say so.
            let _bound = connection.bind_session(binding, false).await;
        }
        match connection.request_identities().await {
            Ok(held) => Ok(Some((connection, held))),
            Err(error) => Err(format!("the agent does not say which keys it holds: {error}")),
        }
    };
    timeout(LIMIT, listing).await.unwrap_or_else(|_| Err("the agent does not answer".to_owned()))
}

#[cfg(unix)]
async fn of_the_session() -> Result<Option<Connection>, String> {
    let Some(socket) = std::env::var_os("SSH_AUTH_SOCK").filter(|socket| !socket.is_empty()) else { return Ok(None) };
    let connected = AgentClient::connect_uds(&socket).await;
    connected.map(|agent| Some(agent.dynamic())).map_err(|error| format!("the agent of SSH_AUTH_SOCK: {error}"))
}

#[cfg(unix)]
async fn at(place: &str) -> Result<Connection, russh::keys::Error> {
    Ok(AgentClient::connect_uds(place).await?.dynamic())
}

/// The pipe of Windows' own OpenSSH agent.
#[cfg(windows)]
const PIPE: &str = r"\\.\pipe\openssh-ssh-agent";

#[cfg(windows)]
async fn of_the_session() -> Result<Option<Connection>, String> {
    if let Ok(agent) = AgentClient::connect_named_pipe(PIPE).await {
        return Ok(Some(agent.dynamic()));
    }
    Ok(AgentClient::connect_pageant().await.ok().map(AgentClient::dynamic))
}

#[cfg(windows)]
async fn at(place: &str) -> Result<Connection, russh::keys::Error> {
    if place.eq_ignore_ascii_case("pageant") {
        return Ok(AgentClient::connect_pageant().await?.dynamic());
    }
    if !is_own_pipe(place) {
        let other = std::io::Error::other(r"only a pipe of this machine (\\.\pipe\…) can be an agent");
        return Err(russh::keys::Error::IO(other));
    }
    Ok(AgentClient::connect_named_pipe(place).await?.dynamic())
}

/// Whether this is a pipe of this machine: Windows would present its user to another one in order to open a pipe there.
pub fn is_own_pipe(pipe: &str) -> bool {
    let pipe = pipe.replace('/', "\\").to_ascii_lowercase();
    let name = pipe.strip_prefix(r"\\.\pipe\").or_else(|| pipe.strip_prefix(r"\\?\pipe\"));
    name.is_some_and(|name| !name.is_empty() && !name.split('\\').any(|part| part == ".."))
}

#[cfg(test)]
mod tests {
    use super::is_own_pipe;

    #[test]
    fn a_pipe_of_another_machine_is_no_agent() {
        for own in [r"\\.\pipe\openssh-ssh-agent", "//./pipe/x", r"\\.\PIPE\a\b"] {
            assert!(is_own_pipe(own), "{own}");
        }
        for other in [r"\\evil\pipe\x", "//evil/pipe/x", r"\\.\pipe\", r"\\.\pipe\..\..\UNC\evil\pipe\x", "agent"] {
            assert!(!is_own_pipe(other), "{other}");
        }
    }
}
