//! Programs that end with the test that started them, in whatever way that ends.

use std::process::{Child, ChildStdin, Command, Stdio};

use super::mlflow::repository;

/// The beginning of a command line; what follows is run for as long as its [`Supervised`] is there.
pub fn supervised() -> Command {
    let mut command = Command::new("python3");
    command.arg(repository().join("tests/tools/supervise.py")).arg("--").stdin(Stdio::piped());
    command
}

/// A supervised process, which ends with this value and with this program.
pub struct Supervised {
    pub supervisor: Child,
    lifeline: Option<ChildStdin>,
}

impl Supervised {
    pub fn start(mut command: Command) -> Self {
        let mut supervisor = command.spawn().expect("the supervisor starts");
        let lifeline = supervisor.stdin.take();
        Self { supervisor, lifeline }
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        let _ = self.supervisor.wait();
    }
}
