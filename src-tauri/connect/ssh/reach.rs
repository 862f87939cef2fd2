//! To the first byte of a hop: its name, its port, or the program or channel that leads there.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use super::attempt::Attempt;
use super::client_handler::io_in_words;
use super::command::{self, StderrTail};
use super::error::SshError;
use super::session::Session;
use super::stream::{ByteStream, SessionStream};
use super::target::FarEnd;
use crate::connect::steps::{StepName, StepState, Steps};
use ssh_config::config::{AddressFamily, Resolved, Source, Sourced};

/// RFC 8305: the next address is tried when the one before has not answered by then.
const NEXT_ADDRESS_AFTER: Duration = Duration::from_millis(250);

/// A stream to the SSH server of `hop`, and what the program in between complains about, if there is one.
pub async fn reach(
    attempt: &Attempt<'_>,
    steps: &Steps,
    hop: &Resolved,
    before: Option<&Session>,
) -> Result<(Box<dyn ByteStream>, Option<StderrTail>), SshError> {
    let address = address(hop);
    if let Some(before) = before {
        let step = steps.begin(StepName::Tcp, format!("{address} from {}", before.hop));
        let target = FarEnd::Tcp { host: hop.host_name.value.clone(), port: hop.port.value };
        return match before.open(&target).await {
            Ok(channel) => {
                step.pass("through the session");
                Ok((Box::new(channel.into_stream()), None))
            }
            Err(error) => {
                error.fail(step);
                Err(error)
            }
        };
    }
    if let Some(command) = &hop.proxy_command {
        let (program, stderr_tail) = run(attempt, steps, hop, command).await?;
        return Ok((program, Some(stderr_tail)));
    }
    let addresses = look_up(attempt, steps, hop).await?;
    let step = steps.begin(StepName::Tcp, address.clone());
    let limit = limit(attempt, hop);
    match connect(&addresses, hop.bind_address.as_ref(), limit).await {
        Ok(stream) => {
            let peer = stream.peer_addr().ok();
            if let Some(peer) = peer {
                attempt.remembered.remember_peer(peer);
            }
            step.pass(peer.map_or_else(|| "connected".to_owned(), |peer| peer.to_string()));
            Ok((SessionStream::tcp(stream), None))
        }
        Err(error) => {
            let error = if error.kind() == io::ErrorKind::TimedOut {
                SshError::TimedOut { hop: address, doing: "connecting".to_owned(), seconds: limit.as_secs() }
            } else {
                SshError::Connect { hop: address, reason: io_in_words(&error) }
            };
            error.fail(step);
            Err(error)
        }
    }
}

/// `bastion.corp:22`
pub fn address(hop: &Resolved) -> String {
    FarEnd::Tcp { host: hop.host_name.value.clone(), port: hop.port.value }.to_string()
}

fn limit(attempt: &Attempt<'_>, hop: &Resolved) -> Duration {
    let own = hop.connect_timeout_s.filter(|seconds| *seconds > 0).map(|seconds| Duration::from_secs(seconds.into()));
    own.map_or(attempt.limits.connect, |own| own.min(attempt.limits.connect_at_most))
}

async fn look_up(attempt: &Attempt<'_>, steps: &Steps, hop: &Resolved) -> Result<Vec<SocketAddr>, SshError> {
    let (host, port) = (hop.host_name.value.as_str(), hop.port.value);
    if let Ok(number) = host.parse::<IpAddr>() {
        steps.note(StepName::Dns, host, StepState::Skipped, "a number needs no name");
        return Ok(vec![SocketAddr::new(number, port)]);
    }
    let step = steps.begin(StepName::Dns, host);
    let found = match timeout(attempt.limits.connect, lookup_host((host, port))).await {
        Ok(found) => found.map(Iterator::collect::<Vec<_>>),
        Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the name server does not answer")),
    };
    let fits = |address: &SocketAddr| match hop.address_family {
        AddressFamily::Any => true,
        AddressFamily::Inet => address.is_ipv4(),
        AddressFamily::Inet6 => address.is_ipv6(),
    };
    let failure = match found {
        Ok(all) if all.iter().any(fits) => {
            let all: Vec<SocketAddr> = all.into_iter().filter(fits).collect();
            let shown: Vec<String> = all.iter().map(|address| address.ip().to_string()).collect();
            step.pass(shown.join(", "));
            return Ok(alternating(all));
        }
        Ok(_) => "it has no address of the wanted family (AddressFamily)".to_owned(),
        Err(error) => error.to_string(),
    };
    let error = SshError::NoHost { host: host.to_owned(), reason: failure };
    error.fail(step);
    Err(error)
}

/// The families in turn, beginning with that of the first.
fn alternating(all: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = all.first().is_some_and(SocketAddr::is_ipv6);
    let (mut ones, mut others): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.is_ipv6() == first_is_v6);
    let mut sorted = Vec::new();
    ones.reverse();
    others.reverse();
    while !ones.is_empty() || !others.is_empty() {
        sorted.extend(ones.pop());
        sorted.extend(others.pop());
    }
    sorted
}

/// The first of the addresses that answers; they are begun one after another, and the slow ones go on.
async fn connect(addresses: &[SocketAddr], bind: Option<&Sourced<String>>, limit: Duration) -> io::Result<TcpStream> {
    let deadline = Instant::now() + limit;
    let from: Option<IpAddr> = match bind {
        Some(bind) => Some(bind.value.parse().map_err(|_| {
            io::Error::new(io::ErrorKind::InvalidInput, format!("BindAddress {} is not a number", bind.value))
        })?),
        None => None,
    };
    let silent = || io::Error::new(io::ErrorKind::TimedOut, "it does not answer");
    let mut failure = None;
    let mut running = JoinSet::new();
    let mut left = addresses.iter().copied();
    let mut next_at = Instant::now();
    loop {
        let waiting = left.len() > 0;
        tokio::select! {
            () = sleep_until(next_at), if waiting => {
                if let Some(address) = left.next() {
                    running.spawn(one(address, from));
                    next_at = Instant::now() + NEXT_ADDRESS_AFTER;
                }
            }
            Some(ended) = running.join_next(), if !running.is_empty() => match ended {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => {
                    // An answer of a host says more than that this machine has no network of that family (IPv6).
                    if failure.is_none() || error.kind() != io::ErrorKind::NetworkUnreachable {
                        failure = Some(error);
                    }
                    next_at = Instant::now();
                    if !waiting && running.is_empty() {
                        return Err(failure.unwrap_or_else(silent));
                    }
                }
                Err(_) => {}
            },
            () = sleep_until(deadline) => {
                return Err(failure.map_or_else(silent, |error| io::Error::new(io::ErrorKind::TimedOut, error.to_string())));
            }
            else => return Err(failure.unwrap_or_else(silent)),
        }
    }
}

async fn one(address: SocketAddr, from: Option<IpAddr>) -> io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if let Some(from) = from {
        socket.bind(SocketAddr::new(from, 0))?;
    }
    socket.connect(address).await
}

async fn run(
    attempt: &Attempt<'_>,
    steps: &Steps,
    hop: &Resolved,
    command: &Sourced<String>,
) -> Result<(Box<dyn ByteStream>, StderrTail), SshError> {
    let from = match &command.source {
        Source::File(place) => place.to_string(),
        Source::Given | Source::Default => "this route".to_owned(),
    };
    let line = &command.value;
    let mut step = Some(steps.begin(StepName::Tcp, format!("ProxyCommand of {}", hop.alias)));
    let purpose = format!("ProxyCommand of {}", hop.alias);
    let result = attempt.consents.obtain(attempt.ask, &mut step, purpose, line, &from).await;
    let started = result.and_then(|()| {
        let failed = |error: io::Error| SshError::Command { hop: hop.alias.clone(), said: error.to_string() };
        command::start(line).map_err(failed)
    });
    let Some(step) = step else { return Err(SshError::Closed) };
    match started {
        Ok((program, stderr_tail)) => {
            step.pass(format!("runs ({from})"));
            Ok((Box::new(program), stderr_tail))
        }
        Err(error) => {
            error.fail(step);
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_take_turns() {
        let parse = |text: &str| -> Vec<SocketAddr> { text.split(' ').map(|one| one.parse().unwrap()).collect() };
        let sorted = alternating(parse("[::1]:1 [::2]:1 1.1.1.1:1 2.2.2.2:1 3.3.3.3:1"));
        assert_eq!(sorted, parse("[::1]:1 1.1.1.1:1 [::2]:1 2.2.2.2:1 3.3.3.3:1"));
    }

    #[tokio::test]
    async fn an_address_that_refuses_does_not_hold_up_the_next() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let good = listener.local_addr().unwrap();
        let bad: SocketAddr = "127.0.0.1:1".parse().unwrap();
        let stream = connect(&[bad, good], None, Duration::from_secs(20)).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), good);
        let refused = connect(&[bad], None, Duration::from_secs(20)).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
        assert_eq!(connect(&[], None, Duration::from_millis(50)).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
