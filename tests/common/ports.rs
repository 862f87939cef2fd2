//! Loopback ports for servers that cannot be told to take any.

use std::net::{TcpListener, UdpSocket};
use std::sync::Mutex;

/// A port on which nothing listens, kept for this process alone as long as it lives.
///
/// It is none of those that the systems give to outgoing connections, from 32768 on: it stays free while its
/// server is down for a moment. The test programs run side by side, and a server listens only some time after its
/// port was chosen; so the port of the same number is taken in the other protocol, UDP, which no test here uses.
pub fn free_port() -> u16 {
    static KEPT: Mutex<Vec<UdpSocket>> = Mutex::new(Vec::new());
    // Where the search begins only saves time.
    let start = std::process::id().wrapping_mul(61);
    let mut kept = KEPT.lock().expect("the kept ports");
    for step in 0..12_000 {
        let port = u16::try_from(20_000 + start.wrapping_add(step) % 12_000).expect("a port");
        let Ok(hold) = UdpSocket::bind(("127.0.0.1", port)) else { continue };
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            kept.push(hold);
            return port;
        }
    }
    panic!("no port from 20000 to 32000 is free")
}
