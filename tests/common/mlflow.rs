//! Real tracking servers on free loopback ports, of the newest MLflow and of a 2.x release.
//!
//! The environments are made by `make test` in `.cache/mlflow-<version>`, as pinned in
//! `tests/tools/mlflow-3.txt` and `mlflow-2.txt`; `PODIUM_MLFLOW_NEWEST` and `PODIUM_MLFLOW_2` may name
//! another `mlflow` program. A server ends with the value that holds it, and also when the test
//! process dies: `tests/tools/supervise.py` watches for that.

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use base64::Engine;
use serde_json::Value;

use super::far_machine::Place;
use super::fault::{Request, Response};
use super::ports::free_port;
use super::supervised::{Supervised, supervised_in};

/// Slow machines get their time: importing MLflow alone takes half a minute on a busy one.
const START_PATIENCE: Duration = Duration::from_secs(180);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    Newest,
    Two,
}

impl Version {
    fn pinned(self) -> (&'static str, &'static str) {
        match self {
            Self::Newest => ("PODIUM_MLFLOW_NEWEST", include_str!("../tools/mlflow-3.txt")),
            Self::Two => ("PODIUM_MLFLOW_2", include_str!("../tools/mlflow-2.txt")),
        }
    }

    /// The release that is pinned for the tests, such as `2.22.5`.
    pub fn release(self) -> &'static str {
        self.pinned().1.lines().find_map(|line| line.strip_prefix("mlflow==")).expect("a pinned release").trim()
    }

    /// The `mlflow` program of this version's environment.
    pub fn program(self) -> PathBuf {
        let variable = self.pinned().0;
        let program = std::env::var_os(variable)
            .map_or_else(|| repository().join(format!(".cache/mlflow-{}/bin/mlflow", self.release())), PathBuf::from);
        assert!(
            program.is_file(),
            "MLflow {} is not installed: {} does not exist. `make test` makes the environment; \
             {variable} may name another mlflow program.",
            self.release(),
            program.display()
        );
        program
    }

    /// The Python beside the `mlflow` program.
    pub fn python(self) -> PathBuf {
        self.program().with_file_name("python")
    }
}

pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// How a server is started, where that is not the default.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A workspace (`mlflow.db`, perhaps packed as `mlflow.db.gz`, and `mlartifacts/`) that the
    /// server gets a copy of; without it the server starts empty.
    pub workspace: Option<PathBuf>,
    /// Such as `/ml`.
    pub static_prefix: Option<String>,
    /// Further arguments of `mlflow server`.
    pub arguments: Vec<String>,
    /// Further environment of `mlflow server`.
    pub environment: Vec<(String, String)>,
    /// Instead of a SQLite file in its folder.
    pub backend_store: Option<String>,
    /// Where it runs, if that is not this machine. Its door is for what the test itself asks.
    pub place: Option<Place>,
}

impl Options {
    /// The shipped sample workspace, served.
    pub fn sample() -> Self {
        Self { workspace: Some(repository().join("src-tauri/sample")), ..Self::default() }
    }
}

/// A running tracking server, with a SQLite store unless another was asked for, in a folder of its own.
pub struct MlflowServer {
    /// Where it is asked, static prefix included, without a slash at the end.
    pub url: String,
    /// What it works in: `mlflow.db` and `mlartifacts/`.
    pub folder: PathBuf,
    /// What it prints.
    pub log: PathBuf,
    pub version: Version,
    pub port: u16,
    door: u16,
    prefix: String,
    /// The `Authorization` that the test itself asks with.
    authorization: Option<String>,
    _running: Supervised,
}

impl MlflowServer {
    /// Starts a server and waits until it answers. Panics with its log where it does not.
    pub fn start(version: Version, options: Options) -> Self {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let name = format!("podium-mlflow-{}-{}-{number}", version.release(), std::process::id());
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR"));
        // In memory where that can be: SQLite waits for the disk at every commit, and on a busy one
        // two writers run into each other's time limit.
        let memory = Path::new("/dev/shm");
        let folder = match std::fs::create_dir(memory.join(&name)) {
            Ok(()) => memory.join(&name),
            Err(_) => kept.join(&name),
        };
        let log = kept.join(format!("{name}.log"));
        std::fs::create_dir_all(&folder).expect("a folder for the server");
        if let Some(workspace) = &options.workspace {
            copy_workspace(workspace, &folder).expect("a copy of the workspace");
        }
        let Place { enter, port, door } = options.place.unwrap_or_else(|| Place::here(free_port()));
        let mut command = supervised_in(&folder);
        command.args(enter).arg(version.program()).args(["server", "--host", "127.0.0.1", "--workers", "1"]);
        command.args(["--port", &port.to_string()]);
        let database = || format!("sqlite:///{}", folder.join("mlflow.db").display());
        command.arg("--backend-store-uri").arg(options.backend_store.clone().unwrap_or_else(database));
        command.arg("--artifacts-destination").arg(folder.join("mlartifacts"));
        let prefix = options.static_prefix.unwrap_or_default();
        if !prefix.is_empty() {
            command.args(["--static-prefix", &prefix]);
        }
        command.args(&options.arguments);
        // Nothing of the developer's own MLflow settings may reach in.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("MLFLOW_")) {
            command.env_remove(name);
        }
        // No usage reports, and no job runners: those are five more processes.
        command.env("MLFLOW_DISABLE_TELEMETRY", "true").env("DO_NOT_TRACK", "true");
        command.env("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false");
        command.envs(options.environment);
        let output = File::create(&log).expect("a log file");
        command.current_dir(&folder).stdout(output.try_clone().expect("a log file")).stderr(output);
        let mut running = Supervised::start(command);
        // Before 3.7 the health check is not below the prefix.
        let paths = [format!("{prefix}/health"), "/health".to_owned()];
        let answers = |path: &String| matches!(ask(door, "GET", path, None, None), Ok((200, body)) if body == b"OK");
        running.wait_until_ready(
            &format!("MLflow {}", version.release()),
            START_PATIENCE,
            || paths.iter().any(answers),
            || std::fs::read_to_string(&log).unwrap_or_default(),
        );
        let url = format!("http://127.0.0.1:{port}{prefix}");
        Self { url, folder, log, version, port, door, prefix, authorization: None, _running: running }
    }

    /// The test itself asks as this user, with this password.
    pub fn signed_in(self, (name, password): (&str, &str)) -> Self {
        let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{name}:{password}"));
        Self { authorization: Some(format!("Basic {encoded}")), ..self }
    }

    /// The server's own answer to `method /api/2.0/mlflow/{path}`, or to `/api/{path}` where that begins with `3.0/`. A GET carries `body` as its query,
    /// a list as a repeated key. Panics with the answer where that is not 200.
    pub fn api(&self, method: &str, path: &str, body: Value) -> Value {
        for _ in 0..5 {
            let (status, answer) = self.try_api(method, path, body.clone());
            // What a server says when another request is writing to its SQLite file at that moment.
            if status == 503 && answer["error_code"] == "TEMPORARILY_UNAVAILABLE" {
                std::thread::sleep(Duration::from_millis(500));
                continue;
            }
            assert!(status == 200, "{method} {path}: {status} {answer}");
            return answer;
        }
        panic!("{method} {path}: the server's database stays locked")
    }

    /// Like [`Self::api`], with the status, whatever it is.
    pub fn try_api(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let path = if path.starts_with("3.0/") { path.to_owned() } else { format!("2.0/mlflow/{path}") };
        let mut target = format!("{}/api/{path}", self.prefix);
        let mut sent = None;
        if method == "GET" {
            let mut query = Vec::new();
            for (key, value) in body.as_object().into_iter().flatten() {
                for value in value.as_array().unwrap_or(&vec![value.clone()]) {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    query.push(format!("{key}={}", escape(&text)));
                }
            }
            target = format!("{target}?{}", query.join("&"));
        } else {
            sent = Some(body.to_string());
        }
        let authorization = self.authorization.as_deref();
        let answered = ask(self.door, method, &target, authorization, sent.as_deref());
        let (status, answer) = answered.expect("the server answers");
        let text = String::from_utf8_lossy(&answer).into_owned();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }
}

/// Copies a workspace; a database that is packed with gzip is unpacked.
pub fn copy_workspace(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if entry.file_type()?.is_dir() {
            copy_workspace(&entry.path(), &to.join(name))?;
        } else if name == "mlflow.db.gz" {
            let mut packed = flate2::read::GzDecoder::new(File::open(entry.path())?);
            std::io::copy(&mut packed, &mut File::create(to.join("mlflow.db"))?)?;
        } else {
            std::fs::copy(entry.path(), to.join(name))?;
        }
    }
    Ok(())
}

/// What the server at `port` answers to a request that another client made.
pub fn passed_on(port: u16, request: &Request) -> Response {
    let body = String::from_utf8_lossy(&request.body);
    match ask(port, &request.method, &request.target, request.header("authorization"), Some(&body)) {
        Ok((status, answer)) => Response::new(status, "application/json", answer),
        Err(_) => Response::no_answer(),
    }
}

/// One request by hand, so that what a test asks the server does not pass through what it tests.
fn ask(
    port: u16,
    method: &str,
    target: &str,
    authorization: Option<&str>,
    body: Option<&str>,
) -> std::io::Result<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let body = body.unwrap_or_default();
    let signed_in = authorization.map_or(String::new(), |value| format!("Authorization: {value}\r\n"));
    // HTTP/1.0: the answer ends with the connection, and is never chunked.
    let head = format!(
        "{method} {target} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
         {signed_in}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let split = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(answer.len());
    let status = String::from_utf8_lossy(&answer[..split.min(32)]).split(' ').nth(1).and_then(|code| code.parse().ok());
    Ok((status.unwrap_or(0), answer.get(split + 4..).unwrap_or_default().to_vec()))
}

/// Percent-encodes everything but letters, digits, `-`, `_` and `.`.
pub fn escape(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    text.bytes().map(|byte| if keep(byte) { (byte as char).to_string() } else { format!("%{byte:02X}") }).collect()
}
