//! A real nginx on free loopback ports and unix sockets, and the certificates that it and its clients show.
//!
//! Everything about it is in one folder that goes away with the value; `tests/tools/supervise.py` ends it also
//! where the test process dies.

use std::fs::File;
use std::net::TcpStream;
use std::os::unix::fs::FileExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::ports::free_port;
use super::sshd::text_of;
use super::supervised::{Supervised, supervised_in};

const PATIENCE: Duration = Duration::from_secs(60);

/// Answers as a tracking server of MLflow 3.17.2 with one experiment does, as far as connecting to it goes.
pub const LIKE_MLFLOW: &str = r#"
    location = /version { default_type text/html; return 200 "3.17.2"; }
    location ~ /server-info$ { default_type application/json; return 200 '{"store_type":"SqlStore"}'; }
    location ~ /experiments/search$ { default_type application/json;
        return 200 '{"experiments":[{"experiment_id":"0","name":"Default"}]}'; }
    location / { default_type application/json;
        return 404 '{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"not found"}'; }
"#;

/// A certificate and its key, as PEM files.
#[derive(Clone, Debug)]
pub struct Certified {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Certified {
    /// As `openssl req -x509` makes it: its own authority (CA:TRUE). `names` are like `DNS:localhost,IP:127.0.0.1`.
    pub fn itself(folder: &Path, name: &str, names: &str) -> Self {
        let made = Self::named(folder, name);
        let mut command = Command::new("openssl");
        command.args(["req", "-x509", "-days", "3", "-subj", &format!("/CN={name}")]).args(NEW_KEY);
        command.arg("-keyout").arg(&made.key).arg("-out").arg(&made.certificate);
        if !names.is_empty() {
            command.args(["-addext", &format!("subjectAltName={names}")]);
        }
        text_of(&mut command);
        made
    }

    /// As `openssl x509 -req` makes it when it is told nothing else: X.509 version 1, no names, signed by itself.
    pub fn version_1(folder: &Path, name: &str) -> Self {
        let made = Self::named(folder, name);
        let request = Self::request(folder, name);
        let mut command = Command::new("openssl");
        command.args(["x509", "-req", "-days", "3", "-in"]).arg(request).arg("-signkey").arg(&made.key);
        text_of(command.arg("-out").arg(&made.certificate));
        made
    }

    /// Signed by this authority, valid now.
    pub fn issue(&self, name: &str, extensions: &str) -> Self {
        self.issue_for(name, extensions, "20240101000000Z", "20490101000000Z")
    }

    /// Signed by this authority, for a time such as `20240101000000Z`; `extensions` are lines as openssl reads them.
    pub fn issue_for(&self, name: &str, extensions: &str, from: &str, until: &str) -> Self {
        let folder = self.key.parent().expect("a folder");
        let made = Self::named(folder, name);
        let request = Self::request(folder, name);
        let place = |end: &str| folder.join(format!("{name}.{end}"));
        std::fs::write(place("index"), "").expect("a list of certificates");
        let config = format!(
            "[ca]\ndefault_ca = it\n[it]\ndatabase = {}\nnew_certs_dir = {}\nrand_serial = yes\ndefault_md = sha256\n\
             policy = any\nx509_extensions = issued\n[any]\ncommonName = supplied\n[issued]\n{extensions}\n",
            place("index").display(),
            folder.display()
        );
        std::fs::write(place("cnf"), config).expect("a configuration");
        let mut command = Command::new("openssl");
        command.args(["ca", "-batch", "-notext", "-startdate", from, "-enddate", until, "-config"]).arg(place("cnf"));
        command.arg("-cert").arg(&self.certificate).arg("-keyfile").arg(&self.key);
        text_of(command.arg("-in").arg(request).arg("-out").arg(&made.certificate));
        made
    }

    /// SHA-256 of the certificate as openssl says it: `AB:CD:…`.
    pub fn fingerprint(&self) -> String {
        let mut command = Command::new("openssl");
        let said = text_of(command.args(["x509", "-noout", "-fingerprint", "-sha256", "-in"]).arg(&self.certificate));
        said.trim().rsplit('=').next().expect("a fingerprint").to_owned()
    }

    /// The key written anew by openssl, beside it; `arguments` such as `pkcs8 -topk8 -v2 aes-256-cbc -passout pass:x`.
    pub fn key_as(&self, name: &str, arguments: &str) -> PathBuf {
        let to = self.key.with_extension(name);
        let mut command = Command::new("openssl");
        text_of(command.args(arguments.split(' ')).arg("-in").arg(&self.key).arg("-out").arg(&to));
        to
    }

    fn named(folder: &Path, name: &str) -> Self {
        Self { certificate: folder.join(format!("{name}.pem")), key: folder.join(format!("{name}.key")) }
    }

    fn request(folder: &Path, name: &str) -> PathBuf {
        let request = folder.join(format!("{name}.csr"));
        let mut command = Command::new("openssl");
        command.args(["req", "-new", "-subj", &format!("/CN={name}")]).args(NEW_KEY);
        text_of(command.arg("-keyout").arg(Self::named(folder, name).key).arg("-out").arg(&request));
        request
    }
}

const NEW_KEY: &[&str] = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/// One site of an nginx.
#[derive(Clone, Debug)]
pub struct Site {
    listen: Listen,
    lines: Vec<String>,
}

#[derive(Clone, Debug)]
enum Listen {
    Port(u16, &'static str),
    Socket(PathBuf, &'static str),
}

impl Site {
    pub fn http() -> Self {
        Self { listen: Listen::Port(free_port(), ""), lines: Vec::new() }
    }

    pub fn https(shown: &Certified) -> Self {
        Self { listen: Listen::Port(free_port(), " ssl"), lines: Vec::new() }.shows(shown)
    }

    pub fn at_socket(path: &Path) -> Self {
        Self { listen: Listen::Socket(path.to_owned(), ""), lines: Vec::new() }
    }

    pub fn https_at_socket(path: &Path, shown: &Certified) -> Self {
        Self { listen: Listen::Socket(path.to_owned(), " ssl"), lines: Vec::new() }.shows(shown)
    }

    /// Lines of its `server` block.
    pub fn with(mut self, lines: impl Into<String>) -> Self {
        self.lines.push(lines.into());
        self
    }

    pub fn port(&self) -> u16 {
        match self.listen {
            Listen::Port(port, _) => port,
            Listen::Socket(..) => panic!("this site has no port"),
        }
    }

    fn shows(self, shown: &Certified) -> Self {
        self.with(format!("ssl_certificate \"{}\";", shown.certificate.display()))
            .with(format!("ssl_certificate_key \"{}\";", shown.key.display()))
    }

    fn text(&self) -> String {
        let listen = match &self.listen {
            Listen::Port(port, ssl) => format!("127.0.0.1:{port}{ssl}"),
            Listen::Socket(path, ssl) => format!("unix:{}{ssl}", path.display()),
        };
        format!("server {{\nlisten {listen};\n{}\n}}\n", self.lines.join("\n"))
    }

    fn answers(&self) -> bool {
        match &self.listen {
            Listen::Port(port, _) => TcpStream::connect(("127.0.0.1", *port)).is_ok(),
            Listen::Socket(path, _) => UnixStream::connect(path).is_ok(),
        }
    }
}

/// A running nginx.
pub struct Nginx {
    pub folder: PathBuf,
    /// Held open: the folder is gone by the time it is read to say why nothing started.
    log: File,
    _running: Supervised,
}

impl Nginx {
    /// A folder for an nginx and its certificates, removed when it ends.
    pub fn folder() -> PathBuf {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("podium-nginx-{}-{number}", std::process::id()));
        std::fs::create_dir(&folder).expect("a folder");
        folder
    }

    /// Starts one with these sites in a folder of [`Self::folder`]. Panics with its log where it does not start.
    pub fn start(folder: &Path, sites: &[Site]) -> Self {
        let place = |name: &str| folder.join(name).display().to_string();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {};\n", place(kind)))
            .concat();
        let user = text_of(Command::new("id").arg("-un"));
        let group = text_of(Command::new("id").arg("-gn"));
        let config = format!(
            "user {} {};\nworker_processes 1;\npid {};\nerror_log stderr info;\nevents {{}}\n\
             http {{\naccess_log off;\n{temporary}\n{}}}\n",
            user.trim(),
            group.trim(),
            place("pid"),
            sites.iter().map(Site::text).collect::<String>()
        );
        std::fs::write(place("nginx.conf"), config).expect("nginx.conf");
        let log = File::options().create(true).truncate(true).read(true).write(true).open(place("log"));
        let log = log.expect("a log file");
        let mut command = supervised_in(folder);
        command.args(["/usr/sbin/nginx", "-e", "stderr", "-g", "daemon off;", "-p"]).arg(folder).arg("-c");
        command.arg(place("nginx.conf"));
        command.stdout(log.try_clone().expect("a log file")).stderr(log.try_clone().expect("a log file"));
        let mut running = Supervised::start(command);
        running.wait_until_ready("nginx", PATIENCE, || sites.iter().all(Site::answers), || text_so_far(&log));
        Self { folder: folder.to_owned(), log, _running: running }
    }

    pub fn log(&self) -> String {
        text_so_far(&self.log)
    }
}

fn text_so_far(log: &File) -> String {
    let mut text = vec![0; 64 << 10];
    let length = log.read_at(&mut text, 0).unwrap_or_default();
    String::from_utf8_lossy(&text[..length]).into_owned()
}
