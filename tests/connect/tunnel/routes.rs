//! Routes that lead over something, and routes that lead nowhere.

use std::sync::atomic::Ordering;

use podium::connect::question::Question;
use podium::connect::ssh::{FarEnd, SshError};
use podium::connect::steps::{StepName, StepState};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::far::Far;
use super::setup::{Asked, TunnelSetup, get, hello, lost_and_back};
use crate::common::sshd::{Sshd, SshdOptions};
use podium::tracking::rest::{Lane, NetError};

#[tokio::test(flavor = "multi_thread")]
async fn a_jump_host_leads_to_the_next() {
    let far = Far::tcp().await;
    let (first, second) = (Sshd::start(SshdOptions::default()), Sshd::start(SshdOptions::default()));
    let setup = TunnelSetup::new();
    setup.host("bastion", &first, "");
    setup.host("gpu", &second, "  ProxyJump bastion");
    setup.knows(&first);
    setup.knows(&second);
    let tunnel = setup.opened(&far.end).await;
    hello(&tunnel).await.unwrap();
    assert_eq!(get(&tunnel, "/bytes/3000000", Lane::Bulk).await.unwrap().len(), 3_000_000);
    assert_eq!(tunnel.description(), "gpu via bastion");
    let tcp: Vec<String> =
        setup.steps.list().iter().filter(|step| step.name == StepName::Tcp).map(|step| step.subject.clone()).collect();
    let expected = [format!("127.0.0.1:{}", first.port), format!("127.0.0.1:{} from bastion", second.port)];
    assert_eq!(tcp, expected);
    assert!(setup.step(StepName::Channel).subject.ends_with("from gpu via bastion"));

    // The same as a route of two hops.
    let plain = setup.open_by(&["bastion", "gpu"], &far.end, &Asked::nothing()).await.unwrap();
    assert_eq!(plain.description(), "gpu via bastion");
    // The first takes the second along, and both come back.
    lost_and_back(&tunnel, || first.drop_sessions()).await;
    hello(&tunnel).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_target_is_reached_beside_the_server() {
    let (far, other, sshd) = (Far::tcp().await, Far::tcp().await, Sshd::start(SshdOptions::default()));
    let setup = TunnelSetup::of(&sshd);
    let tunnel = setup.opened(&far.end).await;
    let mut stream = tunnel.open(&other.end).await.unwrap();
    stream.write_all(b"GET /hello HTTP/1.1\r\nhost: other\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    hello(&tunnel).await.unwrap();
    assert_eq!((other.requests.load(Ordering::SeqCst), far.requests.load(Ordering::SeqCst)), (1, 1));
    let nowhere = FarEnd::Tcp { host: "127.0.0.1".to_owned(), port: 1 };
    let refused = tunnel.open(&nowhere).await.err().unwrap();
    assert!(matches!(&refused, NetError::Unreachable { reason } if reason.contains("nothing listens")), "{refused:?}");
    hello(&tunnel).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_port_is_told_from_a_forbidden_one() {
    let far = Far::tcp().await;
    let nowhere = FarEnd::Tcp { host: "127.0.0.1".to_owned(), port: 1 };
    let (open, closed) = (Sshd::start(SshdOptions::default()), |line: &str| SshdOptions {
        config: vec![line.to_owned()],
        ..SshdOptions::default()
    });
    let setup = TunnelSetup::of(&open);
    let error = setup.open(&nowhere, &Asked::nothing()).await.err().unwrap();
    assert!(
        matches!(&error, SshError::TargetRefused { reason, .. } if reason.contains("nothing listens")),
        "{error:?}"
    );
    assert_eq!(setup.failed().name, StepName::Channel);
    assert!(!error.is_final());
    let unknown = FarEnd::Tcp { host: "no-such-host.invalid".to_owned(), port: 5000 };
    let error = setup.open(&unknown, &Asked::nothing()).await.err().unwrap();
    assert!(matches!(&error, SshError::TargetRefused { reason, .. } if reason.contains("no such name")), "{error:?}");

    let no_socket = FarEnd::Socket { path: setup.path("none.sock").display().to_string() };
    let error = setup.open(&no_socket, &Asked::nothing()).await.err().unwrap();
    assert!(matches!(&error, SshError::TargetRefused { reason, .. } if reason.contains("no such socket")), "{error:?}");

    for line in ["PermitOpen 127.0.0.1:9", "AllowTcpForwarding no"] {
        let sshd = Sshd::start(closed(line));
        let setup = TunnelSetup::of(&sshd);
        let error = setup.open(&far.end, &Asked::nothing()).await.err().unwrap();
        assert!(matches!(error, SshError::Prohibited { .. }), "{line}: {error:?}");
        let remedy = error.remedy().unwrap();
        assert!(remedy.contains("PermitOpen") && remedy.contains("AllowTcpForwarding"), "{remedy}");
        let step = setup.step(StepName::Auth);
        assert_eq!(step.state, StepState::Passed, "{step:?}");
    }
    assert_eq!(far.connections.load(Ordering::SeqCst), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_ssh_server_is_told() {
    let far = Far::tcp().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // What is closed with something unread is reset, and the last words are lost.
            let _greeting = stream.read(&mut [0; 1024]).await.unwrap();
            stream.write_all(b"HTTP/1.1 400 Bad\x1b Request\r\n\r\n").await.unwrap();
        }
    });
    let setup = TunnelSetup::new();
    setup.add("config", &format!("Host gpu\n  HostName 127.0.0.1\n  Port {port}\n"));
    let error = setup.open(&far.end, &Asked::nothing()).await.err().unwrap();
    assert!(matches!(&error, SshError::NotSsh { said, .. } if said.contains("HTTP/1.1 400 Bad Request")), "{error:?}");
    assert_eq!(setup.failed().name, StepName::Banner);

    let setup = TunnelSetup::new();
    setup.add("config", "Host gpu\n  HostName 127.0.0.1\n  Port 1\n");
    let error = setup.open(&far.end, &Asked::nothing()).await.err().unwrap();
    assert!(matches!(&error, SshError::Connect { hop, .. } if hop == "127.0.0.1:1"), "{error:?}");
    let step = setup.failed();
    assert!(step.name == StepName::Tcp && step.remedy.is_some(), "{step:?}");

    let setup = TunnelSetup::new();
    setup.add("config", "Host gpu\n  HostName no-such-host.invalid\n");
    let error = setup.open(&far.end, &Asked::nothing()).await.err().unwrap();
    assert!(matches!(error, SshError::NoHost { .. }), "{error:?}");
    assert_eq!(setup.failed().name, StepName::Dns);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_command_runs_with_consent_and_not_without() {
    let (sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let setup = TunnelSetup::new();
    let ran = setup.path("ran");
    // bash itself is a way to a port.
    let script = setup.path("way.sh");
    let text = format!("echo $$ > {}\nexec 3<>/dev/tcp/$1/$2\ncat <&3 & exec cat >&3\n", ran.display());
    std::fs::write(&script, text).unwrap();
    setup.host("gpu", &sshd, &format!("  ProxyCommand bash {} %h %p", script.display()));
    setup.knows(&sshd);

    let asked = Asked::dismisses();
    let error = setup.open(&far.end, &asked).await.err().unwrap();
    assert!(matches!(&error, SshError::NoConsent { command, .. } if command.starts_with("bash ")), "{error:?}");
    assert!(!ran.exists());
    let Question::Command { purpose, command, from } = &asked.all()[0] else { panic!("{:?}", asked.all()) };
    assert_eq!((purpose.as_str(), from.ends_with("config:2")), ("ProxyCommand of gpu", true), "{from}");
    assert!(command.ends_with(&format!("127.0.0.1 {}", sshd.port)), "{command}");

    let asked = Asked::agrees();
    let tunnel = setup.open(&far.end, &asked).await.unwrap();
    hello(&tunnel).await.unwrap();
    get(&tunnel, "/bytes/1000", Lane::Bulk).await.unwrap();
    assert_eq!(asked.all().len(), 1);
    let last = std::fs::read_to_string(&ran).unwrap();
    let process = std::path::Path::new("/proc").join(last.trim());
    assert!(process.exists());
    drop(tunnel);
    let started = std::time::Instant::now();
    while process.exists() {
        assert!(started.elapsed() < super::setup::PATIENCE, "the command outlives its tunnel");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    // The consent is for this command at this place, until the app closes.
    setup.opened(&far.end).await;
    setup.add("config", "# another line\n");
    setup.opened(&far.end).await;
    let text = setup.read("config").replace("way.sh", "./way.sh");
    std::fs::write(setup.path("config"), text).unwrap();
    assert!(setup.open(&far.end, &Asked::dismisses()).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_command_s_last_complaint_is_told() {
    let (sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let setup = TunnelSetup::new();
    setup.host("gpu", &sshd, "  ProxyCommand sh -c 'echo first >&2; echo no way there >&2; exit 3'");
    let error = setup.open(&far.end, &Asked::agrees()).await.err().unwrap();
    assert!(matches!(&error, SshError::Command { said, .. } if said == "no way there"), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_command_that_is_still_running_has_not_failed() {
    let far = Far::tcp().await;
    let setup = TunnelSetup::new();
    setup.add("config", "Host gpu\n  ProxyCommand sh -c 'echo just so you know >&2; exec sleep 600'\n");
    let error = setup.open(&far.end, &Asked::agrees()).await.err().unwrap();
    assert!(matches!(&error, SshError::TimedOut { doing, .. } if doing.contains("greeting")), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_match_exec_runs_with_consent_and_decides_as_for_ssh() {
    let (sshd, far) = (Sshd::start(SshdOptions::default()), Far::tcp().await);
    let setup = TunnelSetup::new();
    let ran = setup.path("ran");
    let count = || std::fs::read_to_string(&ran).map_or(0, |lines| lines.lines().count());
    // In the office the host is where it is; elsewhere nowhere.
    let exec = format!("echo %n >> {}", ran.display());
    setup.add("config", &format!("Match originalhost gpu exec \"{exec}\"\n  Port {}\n", sshd.port));
    setup.host("gpu", &sshd, "");
    let elsewhere = setup.read("config").replacen(
        &format!("HostName 127.0.0.1\n  Port {}", sshd.port),
        "HostName 127.0.0.1\n  Port 1",
        1,
    );
    std::fs::write(setup.path("config"), &elsewhere).unwrap();
    setup.knows(&sshd);

    let asked = Asked::dismisses();
    let error = setup.open(&far.end, &asked).await.err().unwrap();
    let expanded = exec.replace("%n", "gpu");
    assert!(matches!(&error, SshError::NoConsent { command, .. } if *command == expanded), "{error:?}");
    assert_eq!((count(), setup.failed().name), (0, StepName::Config));
    let Question::Command { purpose, command, from } = &asked.all()[0] else { panic!("{:?}", asked.all()) };
    assert_eq!((purpose.as_str(), command), ("Match exec for gpu", &expanded));
    assert!(from.contains("config"), "{from}");

    let asked = Asked::agrees();
    let tunnel = setup.open(&far.end, &asked).await.unwrap();
    hello(&tunnel).await.unwrap();
    let runs = count();
    assert!(runs > 0 && asked.all().len() == 1);
    let config = setup.step(StepName::Config);
    assert_eq!(config.state, StepState::Passed, "{config:?}");
    assert!(config.detail.ends_with(&format!("127.0.0.1:{}", sshd.port)), "{config:?}");
    // What comes back by itself does not ask the user, and runs nothing.
    lost_and_back(&tunnel, || sshd.drop_sessions()).await;
    assert_eq!(count(), runs);
    // A wish to connect again looks anew: the machine may be elsewhere now.
    tunnel.reconnect(std::sync::Arc::new(Asked::nothing())).await.unwrap();
    assert!(count() > runs);
}
