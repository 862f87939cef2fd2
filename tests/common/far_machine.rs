//! Another machine, as far as the network goes: a network namespace of Linux. What listens on its loopback can be
//! reached from over there, and from here through a door only.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use super::mlflow::repository;
use super::ports::free_port;
use super::sshd::text_of;
use super::supervised::{Supervised, supervised};

/// It ends, with its doors, when this is dropped.
pub struct FarMachine {
    enter: Vec<String>,
    running: Vec<Supervised>,
}

impl FarMachine {
    /// None where the user who runs the tests may not have one. That is said on the terminal: tests are weaker then.
    pub fn start() -> Option<Self> {
        let id = |what: &str| text_of(Command::new("id").arg(what)).trim().to_owned();
        let (user, group) = (id("-u"), id("-g"));
        let is_root = user == "0";
        let unshare = if is_root { "unshare --net" } else { "unshare --net --user --map-root-user" };
        let (holder, pid) = tool(words(unshare), words("hold"));
        if pid.is_empty() {
            return Self::not_allowed();
        }
        let enter = if is_root {
            format!("nsenter --target {pid} --net")
        } else {
            // Inside, one is root; sshd and its users are to be whom they are here.
            format!(
                "nsenter --target {pid} --user --net --preserve-credentials \
                 unshare --user --map-user={user} --map-group={group}"
            )
        };
        let far = Self { enter: words(&enter), running: vec![holder] };
        match Command::new(&far.enter[0]).args(&far.enter[1..]).arg("true").status() {
            Ok(status) if status.success() => Some(far),
            _ => Self::not_allowed(),
        }
    }

    fn not_allowed() -> Option<Self> {
        // Past the capture of the test runner.
        let told = "No network namespace is allowed here: the far side's loopback is this machine's own.";
        let _ = writeln!(std::io::stderr(), "{told}");
        None
    }

    /// A place for a server over there, with a door to it.
    pub fn place(&mut self) -> Place {
        let (door, port) = (free_port(), free_port());
        let arguments = [words(&format!("door {door} {port} --")), self.enter.clone()].concat();
        let (running, said) = tool(Vec::new(), arguments);
        assert_eq!(said, "open", "no door at port {door}");
        self.running.push(running);
        Place { enter: self.enter.clone(), port, door }
    }
}

/// Where a server of the tests is.
#[derive(Clone, Debug)]
pub struct Place {
    /// The command that runs another command there; empty for here.
    pub enter: Vec<String>,
    /// Where it is to listen on the loopback there.
    pub port: u16,
    /// The port of this machine's loopback that leads to it.
    pub door: u16,
}

impl Place {
    /// This machine.
    pub fn here(port: u16) -> Self {
        Self { enter: Vec::new(), port, door: port }
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// `far_machine.py` at work, with the first line that it says; an empty one where it fails.
fn tool(before: Vec<String>, arguments: Vec<String>) -> (Supervised, String) {
    let mut command = supervised();
    command.args(before).arg("python3").arg(repository().join("tests/tools/far_machine.py")).args(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut running = Supervised::start(command);
    let mut said = String::new();
    let stdout = running.supervisor.stdout.take().expect("its output");
    let _ = BufReader::new(stdout).read_line(&mut said);
    (running, said.trim().to_owned())
}
