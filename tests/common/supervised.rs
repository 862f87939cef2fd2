//! Programs that end with the test that started them, in whatever way that ends.

use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::mlflow::repository;

/// The beginning of a command line; what follows is run for as long as its [`Supervised`] is there.
pub fn supervised() -> Command {
    let mut command = supervisor();
    command.arg("--");
    command
}

/// The same for what works in a folder of its own, which is removed when it has ended.
pub fn supervised_in(folder: &Path) -> Command {
    let mut command = supervisor();
    command.arg("--remove").arg(folder).arg("--");
    command
}

fn supervisor() -> Command {
    let mut command = Command::new("python3");
    command.arg(repository().join("tests/tools/supervise.py"));
    command
}

/// A supervised process, which ends with this value and with this program.
pub struct Supervised {
    pub supervisor: Child,
    lifeline: Option<ChildStdin>,
}

impl Supervised {
    pub fn start(mut command: Command) -> Self {
        let mut supervisor = command.stdin(Stdio::piped()).spawn().expect("the supervisor starts");
        let lifeline = supervisor.stdin.take();
        Self { supervisor, lifeline }
    }

    /// How it has ended by itself, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.supervisor.try_wait().expect("its state")
    }

    /// Waits until it is ready to serve; panics with its log where it ends before that, or takes too long.
    pub fn wait_until_ready(
        &mut self,
        name: &str,
        patience: Duration,
        ready: impl Fn() -> bool,
        log: impl Fn() -> String,
    ) {
        let started = Instant::now();
        while !ready() {
            let how = match self.ended() {
                Some(status) => format!("it ended ({status})"),
                None if started.elapsed() > patience => "it does not answer".to_owned(),
                None => {
                    std::thread::sleep(Duration::from_millis(20));
                    continue;
                }
            };
            panic!("{name} did not start (is it installed?): {how}. It says:\n{}", log());
        }
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        let _ = self.supervisor.wait();
    }
}
