//! A PostgreSQL of the tests' own, in a folder of its own, reached through a socket in it.

use std::fs::File;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::supervised::{Supervised, supervised_in};

pub struct Postgres {
    folder: PathBuf,
    _running: Supervised,
}

impl Postgres {
    /// Starts an empty one and waits until it can be asked. Panics with its log where it cannot.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the database").keep();
        let user = User::of_server();
        if let Some(User { uid, gid, .. }) = &user {
            chown(&folder, Some(*uid), Some(*gid)).expect("the server's own folder");
        }
        let (data, log) = (folder.join("data"), folder.join("log"));
        let mut made = as_user(&user, Command::new("env"));
        made.arg(program("initdb")).arg("--pgdata").arg(&data);
        made.args(["--username=podium", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]);
        let made = made.current_dir(&folder).output().expect("initdb runs");
        assert!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
        let mut command = as_user(&user, supervised_in(&folder));
        command.arg(program("postgres")).arg("-D").arg(&data).arg("-k").arg(&folder);
        // It need not outlive the tests.
        for setting in ["listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off"] {
            command.args(["-c", setting]);
        }
        let output = File::create(&log).expect("a log file");
        command.current_dir(&folder).stdout(output.try_clone().expect("a log file")).stderr(output);
        let mut running = Supervised::start(command);
        running.wait_until_ready(
            "PostgreSQL",
            Duration::from_secs(60),
            || std::fs::read_to_string(&log).unwrap_or_default().contains("ready to accept connections"),
            || std::fs::read_to_string(&log).unwrap_or_default(),
        );
        Self { folder, _running: running }
    }

    /// Its database, as MLflow wants to have it said.
    pub fn uri(&self) -> String {
        format!("postgresql+psycopg2://podium@/postgres?host={}", self.folder.display())
    }
}

/// Whom the server runs as: it refuses to run as root.
struct User {
    uid: u32,
    gid: u32,
}

impl User {
    /// The one that Debian's package makes, where this is root; otherwise whoever runs the tests.
    fn of_server() -> Option<Self> {
        let number = |option: &str, name: &[&str]| {
            let told = Command::new("id").arg(option).args(name).output().expect("id runs");
            String::from_utf8_lossy(&told.stdout).trim().parse().ok()
        };
        if number("-u", &[]) != Some(0) {
            return None;
        }
        let uid = number("-u", &["postgres"]).expect("the user postgres, which comes with Debian's postgresql");
        Some(Self { uid, gid: number("-g", &["postgres"]).expect("its group") })
    }
}

/// What follows on the command line is run as this user.
fn as_user(user: &Option<User>, mut command: Command) -> Command {
    if let Some(User { uid, gid }) = user {
        command.arg("setpriv").args([format!("--reuid={uid}"), format!("--regid={gid}")]);
        command.args(["--clear-groups", "--"]);
    }
    command
}

/// A program of the newest PostgreSQL that is installed.
fn program(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let number = |path: &Path| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    let newest = versions.map(|entry| entry.path()).max_by_key(|path| number(path));
    let program = newest.map(|folder| folder.join("bin").join(name)).filter(|program| program.is_file());
    program.unwrap_or_else(|| panic!("PostgreSQL is not installed: no {name}. `make test` installs it."))
}
