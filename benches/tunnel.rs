//! Podium's tunnel beside `ssh -L` of this machine's OpenSSH: the same sshd, the same server behind
//! it, the same HTTP client in front. Here a ratio is Podium's figure divided by the peer's: rates
//! are in MiB/s (more is better), times in milliseconds (less is better).

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::StreamExt;
use podium::connect::question::Unattended;
use podium::connect::secrets::Vault;
use podium::connect::ssh::{Consents, FarEnd, Tunnel, TunnelOptions};
use podium::connect::steps::Steps;
use podium::connect::{Hop, Keep, Route};
use podium::tracking::rest::{Address, Deadline, Direct, DirectOptions, HttpSend, Lane};
use ssh_config::config::ConfigFiles;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::common::ports::free_port;
use crate::common::sshd::{Sshd, SshdOptions};

const MIB: u64 = 1 << 20;
const SMALL_CALLS: usize = 300;
/// How long the network is away, each time: pauses between tries have grown to their longest by the last.
const OUTAGES: [Duration; 3] = [Duration::from_secs(3), Duration::from_secs(9), Duration::from_secs(21)];

/// `mlflow` is the port of a real server, for the calls whose pace depends on how a server writes.
pub async fn measure(mlflow: u16) {
    let folder = tempfile::tempdir().unwrap();
    let mut sshd = Sshd::start(SshdOptions::default());
    let known = folder.path().join("known_hosts");
    let far = far_server().await;
    write_known(&known, &sshd, sshd.port);

    connect(&sshd, &known, folder.path(), far).await;
    let ours = tunnel(&sshd, sshd.port, folder.path(), mlflow).await;
    let theirs = Forward::start(&sshd, sshd.port, &known, mlflow).await;
    small_calls(&*ours, &theirs, mlflow).await;
    let ours = tunnel(&sshd, sshd.port, folder.path(), far).await;
    let theirs = Forward::start(&sshd, sshd.port, &known, far).await;
    bulk("tunnel_bulk_loopback", &*ours, &theirs, far, 256 * MIB, 3).await;
    during_a_download(&*ours, &theirs, far).await;
    drop((ours, theirs));

    let slow = slow_way(sshd.port, Duration::from_millis(50)).await;
    write_known(&known, &sshd, slow);
    let ours = tunnel(&sshd, slow, folder.path(), far).await;
    let theirs = Forward::start(&sshd, slow, &known, far).await;
    bulk("tunnel_bulk_rtt100", &*ours, &theirs, far, 128 * MIB, 1).await;
    drop((ours, theirs));
    write_known(&known, &sshd, sshd.port);
    back_after_outages(&mut sshd, &known, folder.path(), far).await;
}

/// From sshd being there again to the first answer, at its worst. Beside it `autossh`, which is what people put
/// around `ssh -L` for this, told to try as often as it can.
async fn back_after_outages(sshd: &mut Sshd, known: &Path, folder: &Path, far: u16) {
    let ours = tunnel(sshd, sshd.port, folder, far).await;
    let theirs = Forward::start_by("autossh", sshd, sshd.port, known, far).await;
    let (mut our_ms, mut their_ms) = (Vec::new(), Vec::new());
    for outage in OUTAGES {
        sshd.kill();
        tokio::time::sleep(outage).await;
        sshd.restart();
        let began = Instant::now();
        let (podium, peer) = tokio::join!(answered(&*ours, far, began), answered(&*theirs.http, theirs.port, began));
        our_ms.push(podium);
        their_ms.push(peer);
    }
    let worst = |taken: Vec<f64>| taken.into_iter().fold(0.0, f64::max);
    report("tunnel_back_after_outage", worst(our_ms), worst(their_ms));
}

async fn answered(http: &dyn HttpSend, port: u16, since: Instant) -> f64 {
    loop {
        let request = http::Request::get(format!("http://127.0.0.1:{port}/small")).body(Bytes::new()).unwrap();
        if http.send(request, Lane::Api, Deadline::after(Duration::from_secs(1))).await.is_ok() {
            return ms(since);
        }
        assert!(since.elapsed() < Duration::from_secs(300), "it does not come back");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// From nothing to the first answer.
async fn connect(sshd: &Sshd, known: &Path, folder: &Path, far: u16) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..9 {
        let began = Instant::now();
        let way = tunnel(sshd, sshd.port, folder, far).await;
        get(&*way, Lane::Api, far, "/small").await;
        ours.push(ms(began));
        let began = Instant::now();
        let way = Forward::start(sshd, sshd.port, known, far).await;
        get(&*way.http, Lane::Api, way.port, "/small").await;
        theirs.push(ms(began));
    }
    report("tunnel_connect", middle(ours), middle(theirs));
}

/// Small calls to a tracking server, one after the other.
async fn small_calls(ours: &dyn HttpSend, theirs: &Forward, mlflow: u16) {
    let (mut our_ms, mut their_ms) = (Vec::new(), Vec::new());
    for _ in 0..SMALL_CALLS {
        let began = Instant::now();
        get(ours, Lane::Api, mlflow, "/version").await;
        our_ms.push(ms(began));
        let began = Instant::now();
        get(&*theirs.http, Lane::Api, theirs.port, "/version").await;
        their_ms.push(ms(began));
    }
    report("tunnel_small_p99", p99(our_ms), p99(their_ms));
}

async fn bulk(name: &str, ours: &dyn HttpSend, theirs: &Forward, far: u16, bytes: u64, times: usize) {
    let path = format!("/bulk/{bytes}");
    // Sessions that are made when they are first needed are not what is measured.
    get(ours, Lane::Bulk, far, "/bulk/1048576").await;
    get(&*theirs.http, Lane::Bulk, theirs.port, "/bulk/1048576").await;
    let rate = |began: Instant| bytes as f64 / MIB as f64 / began.elapsed().as_secs_f64();
    let (mut our_rates, mut their_rates) = (Vec::new(), Vec::new());
    for _ in 0..times {
        let began = Instant::now();
        assert_eq!(get(ours, Lane::Bulk, far, &path).await, bytes);
        our_rates.push(rate(began));
        let began = Instant::now();
        assert_eq!(get(&*theirs.http, Lane::Bulk, theirs.port, &path).await, bytes);
        their_rates.push(rate(began));
    }
    report(name, middle(our_rates), middle(their_rates));
}

/// Small calls while a download runs at full speed and the body of another is not read.
async fn during_a_download(ours: &dyn HttpSend, theirs: &Forward, far: u16) {
    let our_ms = small_beside_bulk(ours, far).await;
    let their_ms = small_beside_bulk(&*theirs.http, theirs.port).await;
    report("api_during_download_p99", p99(our_ms), p99(their_ms));
}

async fn small_beside_bulk(http: &dyn HttpSend, port: u16) -> Vec<f64> {
    let unread = send(http, Lane::Bulk, port, &format!("/bulk/{}", 4096 * MIB)).await;
    let mut read = send(http, Lane::Bulk, port, &format!("/bulk/{}", 65_536 * MIB)).await.into_body();
    let calls = async {
        let mut taken = Vec::new();
        for _ in 0..SMALL_CALLS {
            let began = Instant::now();
            get(http, Lane::Api, port, "/small").await;
            taken.push(ms(began));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        taken
    };
    let download = async {
        while let Some(chunk) = read.next().await {
            chunk.unwrap();
        }
        unreachable!("the download is longer than the measurement")
    };
    let taken = tokio::select! { taken = calls => taken, never = download => never };
    drop(unread);
    taken
}

async fn tunnel(sshd: &Sshd, port: u16, folder: &Path, far: u16) -> Arc<Tunnel> {
    let hop = Hop {
        host: "127.0.0.1".to_owned(),
        port: Some(port),
        user: Some(sshd.user.clone()),
        identity_file: Some(sshd.client_key.display().to_string()),
        agent: Some("none".to_owned()),
        identities_only: Some(true),
        ..Hop::default()
    };
    let options = TunnelOptions {
        route: Route { id: "bench".to_owned(), name: "bench".to_owned(), hops: vec![hop] },
        config: ConfigFiles::at(None, None, folder.to_owned()),
        own_known_hosts: folder.join("known_hosts"),
        vault: Vault::in_memory(),
        keep: Keep::Never,
        consents: Consents::default(),
        target: FarEnd::Tcp { host: "127.0.0.1".to_owned(), port: far },
        tls: None,
    };
    Tunnel::connect(options, Arc::new(Unattended), &Steps::unwatched()).await.unwrap()
}

/// `ssh -N -L`, by itself or in the hands of `autossh`, and an HTTP client at its near end.
struct Forward {
    port: u16,
    http: Arc<Direct>,
    ssh: Child,
}

impl Forward {
    async fn start(sshd: &Sshd, port: u16, known: &Path, far: u16) -> Self {
        Self::start_by("ssh", sshd, port, known, far).await
    }

    /// Waits until the port listens, which `ssh` opens when it is signed in.
    async fn start_by(program: &str, sshd: &Sshd, port: u16, known: &Path, far: u16) -> Self {
        let local = free_port();
        let mut ssh = Command::new(program);
        if program == "autossh" {
            // No monitoring port but ssh's own keepalive, and no giving up where ssh ends at once.
            ssh.args(["-M", "0", "-o", "ServerAliveInterval=1", "-o", "ServerAliveCountMax=2"]);
            ssh.env("AUTOSSH_GATETIME", "0")
                .env("AUTOSSH_POLL", "1")
                .env("AUTOSSH_FIRST_POLL", "1")
                .stderr(Stdio::null());
        }
        ssh.args(["-F", "none", "-N", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none"]);
        ssh.args(["-o", "StrictHostKeyChecking=yes", "-o", "GlobalKnownHostsFile=none"]);
        ssh.arg("-o").arg(format!("UserKnownHostsFile={}", known.display()));
        ssh.args(["-L", &format!("127.0.0.1:{local}:127.0.0.1:{far}"), "-p", &port.to_string(), "-l", &sshd.user]);
        ssh.arg("-i").arg(&sshd.client_key).arg("127.0.0.1").stdin(Stdio::null());
        let ssh = ssh.spawn().expect("ssh");
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", local)).await.is_err() {
            assert!(began.elapsed() < Duration::from_secs(30), "ssh -L does not come up");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let address = Address::parse(&format!("http://127.0.0.1:{local}")).unwrap();
        Self { port: local, http: Direct::new(&address, DirectOptions::default()).unwrap(), ssh }
    }
}

impl Drop for Forward {
    fn drop(&mut self) {
        // So that autossh takes its ssh along.
        let _gone = Command::new("kill").arg(self.ssh.id().to_string()).status();
        let _reaped = self.ssh.wait();
    }
}

async fn get(http: &dyn HttpSend, lane: Lane, port: u16, path: &str) -> u64 {
    let mut body = send(http, lane, port, path).await.into_body();
    let mut length = 0;
    while let Some(chunk) = body.next().await {
        length += chunk.unwrap().len() as u64;
    }
    length
}

async fn send(
    http: &dyn HttpSend,
    lane: Lane,
    port: u16,
    path: &str,
) -> http::Response<podium::tracking::rest::HttpBody> {
    let request = http::Request::get(format!("http://127.0.0.1:{port}{path}")).body(Bytes::new()).unwrap();
    http.send(request, lane, Deadline::after(Duration::from_secs(60))).await.unwrap()
}

/// A server that is never what is waited for.
async fn far_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            stream.set_nodelay(true).unwrap();
            tokio::spawn(answer_all(stream));
        }
    });
    port
}

async fn answer_all(mut stream: TcpStream) -> std::io::Result<()> {
    let block = vec![b'x'; 256 * 1024];
    let mut asked = Vec::new();
    loop {
        while !asked.ends_with(b"\r\n\r\n") {
            if stream.read_buf(&mut asked).await? == 0 {
                return Ok(());
            }
        }
        let line = String::from_utf8_lossy(&asked).into_owned();
        let path = line.split(' ').nth(1).unwrap_or_default();
        let mut left = path.strip_prefix("/bulk/").and_then(|bytes| bytes.parse().ok()).unwrap_or(1200);
        stream.write_all(format!("HTTP/1.1 200 OK\r\ncontent-length: {left}\r\n\r\n").as_bytes()).await?;
        while left > 0 {
            let now = left.min(block.len());
            stream.write_all(&block[..now]).await?;
            left -= now;
        }
        asked.clear();
    }
}

/// A port that leads to `to`, every byte `delay` late, each way.
async fn slow_way(to: u16, delay: Duration) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let far = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
            for stream in [&near, &far] {
                stream.set_nodelay(true).unwrap();
            }
            let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
            tokio::spawn(late(near_in, far_out, delay));
            tokio::spawn(late(far_in, near_out, delay));
        }
    });
    port
}

async fn late(mut from: tokio::net::tcp::OwnedReadHalf, mut to: tokio::net::tcp::OwnedWriteHalf, delay: Duration) {
    let (sender, mut receiver) = mpsc::unbounded_channel::<(Instant, Bytes)>();
    tokio::spawn(async move {
        while let Some((due, bytes)) = receiver.recv().await {
            tokio::time::sleep_until(due.into()).await;
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
    });
    let mut block = vec![0; 256 * 1024];
    while let Ok(read @ 1..) = from.read(&mut block).await {
        if sender.send((Instant::now() + delay, Bytes::copy_from_slice(&block[..read]))).is_err() {
            return;
        }
    }
}

fn write_known(file: &Path, sshd: &Sshd, port: u16) {
    std::fs::write(file, format!("[127.0.0.1]:{port} {}\n", sshd.host_key("ed25519"))).unwrap();
}

fn report(name: &str, podium: f64, peer: f64) {
    println!("bench {name} podium={podium:.1} peer={peer:.1} ratio={:.2}", podium / peer);
}

fn ms(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1000.0
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn p99(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() * 99 / 100]
}
