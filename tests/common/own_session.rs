//! A desktop session of a test's own: a home folder, a session bus, and a real gnome-keyring on it.
//!
//! What the environment names holds for a whole process, so a test that wants such a session runs itself
//! again as a process in one. Nothing on the bus is started by itself: there is a keyring when the test
//! starts one, and no program that could show its prompts.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use zbus::blocking::Connection;
use zbus::blocking::fdo::DBusProxy;

use super::supervised::{Supervised, supervised};

const PATIENCE: Duration = Duration::from_secs(60);
/// Tells the process in the session where it is.
const FOLDER: &str = "PODIUM_TEST_SESSION";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionBus {
    Running,
    Absent,
}

/// Runs the named test of this program again, alone and in a session of its own; panics with its output if
/// it fails there or leaves a process behind. Some: this is that run, and the session's folder.
pub fn own_session(test: &str, bus: SessionBus, environment: &[(&str, &str)]) -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return Some(folder.into());
    }
    let holder = tempfile::Builder::new().prefix("podium-session-").tempdir().expect("a folder");
    let folder = holder.path();
    for name in ["home", "data", "run"] {
        std::fs::create_dir(folder.join(name)).expect("a folder");
    }
    // Programs that put their sockets there insist on it.
    std::fs::set_permissions(folder.join("run"), std::fs::Permissions::from_mode(0o700)).expect("permissions");
    let daemon = (bus == SessionBus::Running).then(|| start_bus(folder));

    let mut again = supervised();
    again.arg(std::env::current_exe().expect("this program")).args([test, "--exact", "--nocapture"]);
    for name in ["DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "GNOME_KEYRING_CONTROL", "PODIUM_KEYRING"] {
        again.env_remove(name);
    }
    again.env(FOLDER, folder).env("HOME", folder.join("home"));
    again.env("XDG_DATA_HOME", folder.join("data")).env("XDG_RUNTIME_DIR", folder.join("run"));
    again.env("XDG_CONFIG_HOME", folder.join("home/config")).env("XDG_CACHE_HOME", folder.join("home/cache"));
    if daemon.is_some() {
        again.env("DBUS_SESSION_BUS_ADDRESS", bus_address(folder));
    }
    again.envs(environment.iter().copied());
    let mut running = logged(again, &folder.join("log"));
    let ended = ends_well(&mut running);
    drop((running, daemon));
    let log = std::fs::read(folder.join("log")).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    assert!(ended && log.contains("1 passed"), "{test} failed in its own session:\n{log}");
    assert_nothing_left(folder);
    None
}

/// A gnome-keyring on the bus of the session; killed at the end.
pub struct GnomeKeyring {
    daemon: Child,
}

impl GnomeKeyring {
    /// With the password it is unlocked, and made if there is none. Returns when it is on the bus.
    pub fn start(folder: &Path, password: Option<&str>) -> Self {
        let log = File::options().create(true).append(true).open(folder.join("keyring-log")).expect("a log file");
        // In the process group of the test, which the supervisor ends.
        let mut command = Command::new("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]).stdin(Stdio::piped());
        if password.is_some() {
            command.arg("--unlock");
        }
        command.stdout(log.try_clone().expect("a log file")).stderr(log);
        let mut daemon = command.spawn().expect("gnome-keyring-daemon starts (is gnome-keyring installed?)");
        let mut input = daemon.stdin.take().expect("its input");
        input.write_all(password.unwrap_or_default().as_bytes()).expect("the password is read");
        drop(input);
        let started = Self { daemon };
        wait_for_name(true);
        started
    }

    /// Ends it at once, and waits until the bus knows.
    pub fn kill(self) {
        drop(self);
        wait_for_name(false);
    }
}

impl Drop for GnomeKeyring {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

fn wait_for_name(expected: bool) {
    let connection = Connection::session().expect("the session's bus");
    let bus = DBusProxy::new(&connection).expect("the session's bus");
    let started = Instant::now();
    while bus.name_has_owner("org.freedesktop.secrets".try_into().expect("a name")).expect("an answer") != expected {
        assert!(started.elapsed() < PATIENCE, "the keyring did not start or end");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn bus_address(folder: &Path) -> String {
    format!("unix:path={}", folder.join("bus").display())
}

fn start_bus(folder: &Path) -> Supervised {
    let config = format!(
        "<busconfig><type>session</type><listen>{}</listen><auth>EXTERNAL</auth>\
         <policy context=\"default\">\
         <allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
        bus_address(folder)
    );
    std::fs::write(folder.join("bus.conf"), config).expect("a configuration");
    let mut command = supervised();
    command.args(["dbus-daemon", "--nofork", "--nopidfile", "--config-file"]).arg(folder.join("bus.conf"));
    let mut running = logged(command, &folder.join("bus-log"));
    let listens = || UnixStream::connect(folder.join("bus")).is_ok();
    let log = || std::fs::read_to_string(folder.join("bus-log")).unwrap_or_default();
    running.wait_until_ready("dbus-daemon", PATIENCE, listens, log);
    running
}

/// Starts it with its output in a file.
fn logged(mut command: Command, log: &Path) -> Supervised {
    let log = File::options().create(true).append(true).open(log).expect("a log file");
    command.stdout(log.try_clone().expect("a log file")).stderr(log);
    Supervised::start(command)
}

/// Whether it ended well, and in time.
fn ends_well(running: &mut Supervised) -> bool {
    let started = Instant::now();
    while started.elapsed() < PATIENCE * 15 {
        if let Some(status) = running.ended() {
            return status.success();
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}

/// Everything that was started in the session has its folder in its environment or its arguments.
fn assert_nothing_left(folder: &Path) {
    let name = folder.file_name().expect("a name").as_encoded_bytes();
    let left = || {
        let processes = std::fs::read_dir("/proc").expect("/proc").map(|entry| entry.expect("an entry").path());
        processes
            .filter(|process| {
                ["environ", "cmdline"].iter().any(|what| {
                    let shown = std::fs::read(process.join(what)).unwrap_or_default();
                    shown.windows(name.len()).any(|part| part == name)
                })
            })
            .map(|process| std::fs::read_to_string(process.join("cmdline")).unwrap_or_default().replace('\0', " "))
            .collect::<Vec<_>>()
    };
    let started = Instant::now();
    while !left().is_empty() {
        assert!(started.elapsed() < PATIENCE, "still running after the test: {:?}", left());
        std::thread::sleep(Duration::from_millis(50));
    }
}
