//! Notices that this machine reaches a peer through another network: a cable, a network, a VPN came or went.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;

use tokio::time::interval;

const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Waits until packets to `peer` would come from another address than now, or from none any more; for
/// ever where there is no peer to look at. What it misses is found by pings.
pub async fn change(peer: Option<SocketAddr>) {
    let Some(peer) = peer else { return std::future::pending().await };
    let before = source(peer);
    let mut ticks = interval(LOOK_EVERY);
    loop {
        ticks.tick().await;
        if source(peer) != before {
            return;
        }
    }
}

/// The address that this machine would use towards `peer`. A datagram socket that is connected sends
/// nothing; it only asks the system for the route.
fn source(peer: SocketAddr) -> Option<IpAddr> {
    let any: SocketAddr = if peer.is_ipv4() { ([0; 4], 0).into() } else { ([0u16; 8], 0).into() };
    let socket = UdpSocket::bind(any).ok()?;
    socket.connect(peer).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_way_that_stays_is_no_news() {
        let peer: SocketAddr = "127.0.0.1:22".parse().unwrap();
        assert_eq!(source(peer), Some(IpAddr::from([127, 0, 0, 1])));
        let waited = tokio::time::timeout(Duration::from_millis(1500), change(Some(peer))).await;
        assert!(waited.is_err());
    }
}
