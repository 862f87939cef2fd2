//! A real sshd on a free loopback port, with host keys, certificates and settings of the test's choice.
//!
//! It runs as the user who runs the tests and lets only that user in. Everything about it is in one folder that
//! goes away with the value; `tests/tools/supervise.py` ends it also where the test process dies.

use std::fs::File;
use std::io::Read;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::far_machine::Place;
use super::ports::free_port;
use super::supervised::{Supervised, supervised};

const PATIENCE: Duration = Duration::from_secs(60);

/// How a server is started, where that is not the default.
#[derive(Clone, Debug, Default)]
pub struct SshdOptions {
    /// `ed25519`, `ecdsa`, `rsa`; one ed25519 key if none is named.
    pub host_keys: Vec<String>,
    /// Gives every host key a certificate.
    pub host_certificate: Option<HostCertificate>,
    /// Lines of sshd_config that go before the others, so that they win: `AllowTcpForwarding no`.
    pub config: Vec<String>,
    /// Lines of authorized_keys besides the one for [`Sshd::client_key`].
    pub authorized_keys: Vec<String>,
    /// [`Sshd::client_key`] is not let in.
    pub refuse_client_key: bool,
    /// Where it runs, if that is not this machine.
    pub place: Option<Place>,
}

#[derive(Clone, Debug)]
pub struct HostCertificate {
    /// The private key of the authority.
    pub authority: PathBuf,
    /// Comma-separated; empty for a certificate without principals.
    pub principals: String,
    /// As `ssh-keygen -V` reads it: `-1d:+1d`, `always:forever`.
    pub validity: String,
    /// Further arguments of ssh-keygen: `-O critical:x=y`, or none.
    pub arguments: Vec<String>,
}

impl HostCertificate {
    /// Valid now, for these names.
    pub fn of(authority: &Path, principals: &str) -> Self {
        Self {
            authority: authority.to_owned(),
            principals: principals.to_owned(),
            validity: "-1d:+1d".to_owned(),
            arguments: Vec::new(),
        }
    }
}

/// A running sshd.
pub struct Sshd {
    pub port: u16,
    /// Whom it lets in: the one who runs the test.
    pub user: String,
    /// Its own keys, configuration and log.
    pub folder: PathBuf,
    /// A key without a passphrase that is let in.
    pub client_key: PathBuf,
    /// As in [`Place::enter`].
    enter: Vec<String>,
    running: Option<Supervised>,
    _removed_at_the_end: tempfile::TempDir,
}

impl Sshd {
    /// Starts a server and waits until it greets. Panics with its log where it does not.
    pub fn start(options: SshdOptions) -> Self {
        let holder = tempfile::Builder::new().prefix("podium-sshd-").tempdir().expect("a folder");
        let folder = holder.path().to_owned();
        let client_key = make_key(&folder, "client", "ed25519", "");
        let mut authorized = options.authorized_keys.clone();
        if !options.refuse_client_key {
            authorized.push(public_key(&client_key));
        }
        std::fs::write(folder.join("authorized_keys"), authorized.join("\n") + "\n").expect("authorized keys");

        let Place { enter, port: listens_at, door: port } =
            options.place.clone().unwrap_or_else(|| Place::here(free_port()));
        let mut config = options.config.clone();
        let place = |name: &str| folder.join(name).display().to_string();
        config.push(format!("ListenAddress 127.0.0.1:{listens_at}"));
        config.push(format!("PidFile {}", place("pid")));
        config.push(format!("AuthorizedKeysFile {}", place("authorized_keys")));
        let mut kinds = options.host_keys.clone();
        if kinds.is_empty() {
            kinds.push("ed25519".to_owned());
        }
        for kind in &kinds {
            let key = make_key(&folder, &host_key_name(kind), kind, "");
            config.push(format!("HostKey {}", key.display()));
            if let Some(certificate) = &options.host_certificate {
                config.push(format!("HostCertificate {}", sign_host_key(&key, certificate).display()));
            }
        }
        for line in ["StrictModes no", "UsePAM no", "PermitRootLogin yes", "LogLevel VERBOSE", "MaxStartups 200"] {
            config.push(line.to_owned());
        }
        if has_penalties() {
            // Refused attempts are what half of the tests are about.
            config.push("PerSourcePenalties no".to_owned());
        }
        std::fs::write(folder.join("sshd_config"), config.join("\n") + "\n").expect("sshd_config");

        let user = text_of(Command::new("id").arg("-un")).trim().to_owned();
        let mut sshd = Self { port, user, folder, client_key, enter, running: None, _removed_at_the_end: holder };
        sshd.restart();
        sshd
    }

    /// Starts it again on the same port with the same keys and settings, ending it first if it runs.
    pub fn restart(&mut self) {
        self.kill();
        make_privilege_separation_folder();
        let _ = std::fs::remove_file(self.folder.join("pid"));
        let log = File::options().create(true).append(true).open(self.folder.join("log")).expect("a log file");
        let mut command = supervised();
        command.args(&self.enter).args(["/usr/sbin/sshd", "-D", "-e", "-f"]).arg(self.folder.join("sshd_config"));
        command.stdout(log.try_clone().expect("a log file")).stderr(log);
        let mut running = Supervised::start(command);
        running.wait_until_ready("sshd", PATIENCE, || self.pid().is_some() && self.greets(), || self.log());
        self.running = Some(running);
    }

    /// Ends it and all its sessions at once, as a power cut would; the port refuses from then on.
    pub fn kill(&mut self) {
        // Stopped first: what stands still makes no more children.
        self.freeze();
        signal("KILL", &self.processes());
        self.running = None;
    }

    /// Nothing is answered any more, and no connection ends.
    pub fn freeze(&self) {
        let mut stopped = Vec::new();
        loop {
            let all = self.processes();
            signal("STOP", &all);
            if all == stopped {
                return;
            }
            stopped = all;
        }
    }

    pub fn thaw(&self) {
        signal("CONT", &self.processes());
    }

    /// Ends the sessions; new connections are served.
    pub fn drop_sessions(&self) {
        let listener = self.pid();
        let sessions: Vec<u32> = self.processes().into_iter().filter(|pid| Some(*pid) != listener).collect();
        signal("KILL", &sessions);
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        let log = std::fs::read(self.folder.join("log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    /// Waits for a log line with `text`; panics with the log where none comes.
    pub fn wait_for_log(&self, text: &str) {
        let started = Instant::now();
        while !self.log().contains(text) {
            assert!(started.elapsed() < PATIENCE, "sshd never logged {text:?}:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The public part of a host key as known_hosts has it: `ssh-ed25519 AAAA…`.
    pub fn host_key(&self, kind: &str) -> String {
        public_key(&self.folder.join(host_key_name(kind)))
    }

    /// The name it is looked up by when it is asked for as 127.0.0.1.
    pub fn known_name(&self) -> String {
        format!("[127.0.0.1]:{}", self.port)
    }

    /// The machine's own `ssh`, without any user's settings, that logs in here and runs `true`; further
    /// options can be added.
    pub fn ssh(&self, known_hosts: &Path) -> Command {
        let mut ssh = Command::new("ssh");
        ssh.args([
            "-F",
            "none",
            "-T",
            "-n",
            "-o",
            "BatchMode=yes",
            "-o",
            "IdentitiesOnly=yes",
            "-o",
            "IdentityAgent=none",
        ]);
        ssh.args(["-o", "StrictHostKeyChecking=yes", "-o", "GlobalKnownHostsFile=none", "-o", "UpdateHostKeys=no"]);
        ssh.arg("-o").arg(format!("UserKnownHostsFile={}", known_hosts.display()));
        ssh.arg("-i").arg(&self.client_key).args(["-p", &self.port.to_string(), "-l", &self.user]);
        ssh.env_remove("SSH_AUTH_SOCK").stdin(Stdio::null());
        ssh
    }

    fn pid(&self) -> Option<u32> {
        std::fs::read_to_string(self.folder.join("pid")).ok()?.trim().parse().ok()
    }

    /// The listener and everything it started, in order of their ids. Its sessions are process groups of their own.
    fn processes(&self) -> Vec<u32> {
        let Some((listener, _)) = self.pid().zip(self.running.as_ref()) else { return Vec::new() };
        let parents = parents();
        let mut all = vec![listener];
        let mut next = 0;
        while let Some(&parent) = all.get(next) {
            all.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
            next += 1;
        }
        all.sort_unstable();
        all
    }

    fn greets(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return false };
        let mut greeting = [0; 4];
        let timed = stream.set_read_timeout(Some(PATIENCE));
        timed.is_ok() && stream.read_exact(&mut greeting).is_ok() && &greeting == b"SSH-"
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A new key pair `folder/name`, of a type as `ssh-keygen -t` names it; the path of the private part.
pub fn make_key(folder: &Path, name: &str, kind: &str, passphrase: &str) -> PathBuf {
    let path = folder.join(name);
    let mut command = Command::new("ssh-keygen");
    // The fewest rounds: the tests are not what has to resist guessing.
    command.args(["-q", "-t", kind, "-N", passphrase, "-a", "1", "-C", name, "-f"]).arg(&path);
    text_of(&mut command);
    path
}

/// The public part of a key pair, without its comment.
pub fn public_key(private: &Path) -> String {
    let path = private.with_file_name(format!("{}.pub", private.file_name().expect("a name").to_string_lossy()));
    let text = std::fs::read_to_string(&path).expect("a public key");
    text.split(' ').take(2).collect::<Vec<_>>().join(" ").trim().to_owned()
}

/// Signs a host key; the path of the certificate.
pub fn sign_host_key(key: &Path, certificate: &HostCertificate) -> PathBuf {
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-h", "-I", "a host", "-V", &certificate.validity, "-s"]).arg(&certificate.authority);
    if !certificate.principals.is_empty() {
        command.args(["-n", &certificate.principals]);
    }
    text_of(command.args(&certificate.arguments).arg(key));
    key.with_file_name(format!("{}-cert.pub", key.file_name().expect("a name").to_string_lossy()))
}

/// What a command prints; panics with its complaint where it fails.
pub fn text_of(command: &mut Command) -> String {
    let Output { status, stdout, stderr } =
        command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}\n{}", String::from_utf8_lossy(&stderr));
    String::from_utf8_lossy(&stdout).into_owned()
}

fn host_key_name(kind: &str) -> String {
    format!("host_{kind}")
}

/// Every process of this machine with its parent.
fn parents() -> Vec<(u32, u32)> {
    let entries = std::fs::read_dir("/proc").expect("the list of processes").flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid: u32| {
        // `12 (a name with any) characters) S 1 …`: the parent is second behind the name.
        let stat = std::fs::read(format!("/proc/{pid}/stat")).ok()?;
        let stat = String::from_utf8_lossy(&stat).into_owned();
        Some((pid, stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()?))
    })
    .collect()
}

fn signal(name: &str, processes: &[u32]) {
    for process in processes {
        // One that ended in the meantime is no matter.
        let kill = format!("kill -{name} {process} 2>/dev/null");
        let _ = Command::new("sh").args(["-c", &kill]).status();
    }
}

/// As root, sshd puts its unprivileged half into this folder, which the system's service would have made.
fn make_privilege_separation_folder() {
    if text_of(Command::new("id").arg("-u")).trim() == "0" {
        let _ = std::fs::create_dir_all("/run/sshd");
    }
}

/// From 9.8 on, sshd lets an address wait that was refused before.
fn has_penalties() -> bool {
    static HAS: OnceLock<bool> = OnceLock::new();
    *HAS.get_or_init(|| {
        let output = Command::new("ssh").arg("-V").output().expect("ssh is there");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let version: String = text.chars().skip_while(|c| *c != '_').skip(1).take_while(|c| *c != 'p').collect();
        let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or(0));
        (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (9, 8)
    })
}
