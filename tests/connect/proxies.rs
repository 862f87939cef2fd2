//! Real proxies: tinyproxy, and the SOCKS server that every `ssh -D` is.

use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use podium::tracking::StoreError;
use podium::tracking::rest::{DirectOptions, Options, Proxy};

use super::https::{connected_with, pinned, tls, trusting, world};
use crate::common::ports::free_port;
use crate::common::sshd::{Sshd, SshdOptions};
use crate::common::supervised::{Supervised, supervised};

/// A program, once it serves at its port.
fn serving(arguments: &[&str], port: u16) -> Supervised {
    let mut command = supervised();
    command.args(arguments);
    let mut serving = Supervised::start(command);
    let listens = || TcpStream::connect(("127.0.0.1", port)).is_ok();
    serving.wait_until_ready(arguments[0], Duration::from_secs(60), listens, String::new);
    serving
}

/// Tunnels to any port, and notes what it was asked for in `log`.
fn tinyproxy(folder: &Path, port: u16, lines: &str) -> Supervised {
    let config = folder.join("tinyproxy.conf");
    let text = format!(
        "Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 60\nMaxClients 20\nLogLevel Connect\nLogFile \"{}\"\n{lines}\n",
        folder.join("log").display()
    );
    std::fs::write(&config, text).unwrap();
    serving(&["tinyproxy", "-d", "-c", config.to_str().unwrap()], port)
}

#[tokio::test]
async fn an_https_server_behind_a_proxy_is_trusted_by_the_same_rules() {
    let (world, folder, port) = (world(), tempfile::tempdir().unwrap(), free_port());
    let proxy = tinyproxy(folder.path(), port, "");
    let through = |tls: &podium::connect::tls::Tls| DirectOptions {
        tls: Some(tls.config.clone()),
        proxy: Proxy::Fixed(format!("http://127.0.0.1:{port}")),
        ..DirectOptions::default()
    };
    let reach = async |port: u16, direct| {
        connected_with(&format!("https://localhost:{port}"), direct, Options::default()).await
    };
    let trusting = tls(&trusting(&world.ca));
    reach(world.vouched, through(&trusting)).await.unwrap();
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(log.contains(&format!("CONNECT localhost:{}", world.vouched)), "{log}");
    reach(world.self_signed, through(&tls(&pinned(&world.itself.fingerprint())))).await.unwrap();
    let error = reach(world.self_signed, through(&trusting)).await;
    assert!(matches!(error, Err(StoreError::Untrusted { .. })), "{error:?}");
    let shown = world.itself.fingerprint().replace(':', "").to_lowercase();
    assert_eq!(trusting.refused().unwrap().pin, shown);
    // Whose fault it is.
    let said = |what: &str| format!("through the proxy http://127.0.0.1:{port}: {what}");
    let error = reach(free_port(), through(&trusting)).await.unwrap_err().to_string();
    assert!(error.contains(&said("the proxy does not lead there")), "{error}");
    drop(proxy);
    let locked = tinyproxy(folder.path(), port, "BasicAuth ana secret");
    let error = reach(world.vouched, through(&trusting)).await.unwrap_err().to_string();
    assert!(error.contains(&said("the proxy wants a sign-in")), "{error}");
    drop(locked);
    let error = reach(world.vouched, through(&trusting)).await.unwrap_err().to_string();
    assert!(error.contains(&said("nothing listens there")), "{error}");
}

#[tokio::test]
async fn a_socks_proxy_is_used_and_never_gone_around() {
    let (world, sshd, port) = (world(), Sshd::start(SshdOptions::default()), free_port());
    let (key, sshd_port) = (sshd.client_key.display().to_string(), sshd.port.to_string());
    let (at, target) = (format!("127.0.0.1:{port}"), format!("{}@127.0.0.1", sshd.user));
    let mut arguments = vec!["ssh", "-N", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "IdentitiesOnly=yes"];
    arguments.extend(["-o", "UserKnownHostsFile=/dev/null", "-i", &key, "-p", &sshd_port, "-D", &at, &target]);
    let proxy = serving(&arguments, port);
    let proxied = Proxy::Fixed(format!("socks5h://127.0.0.1:{port}"));
    let through = DirectOptions { proxy: proxied, ..DirectOptions::default() };
    let url = format!("http://localhost:{}", world.plain);
    connected_with(&url, through.clone(), Options::default()).await.unwrap();
    let trusting = DirectOptions { tls: Some(tls(&trusting(&world.ca)).config), ..through.clone() };
    connected_with(&format!("https://localhost:{}", world.vouched), trusting, Options::default()).await.unwrap();
    drop(proxy);
    let error = connected_with(&url, through, Options::default()).await.unwrap_err().to_string();
    assert!(error.contains(&format!("proxy socks5h://127.0.0.1:{port}: the proxy does not answer")), "{error}");
}
