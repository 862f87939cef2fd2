//! Podium in a terminal or a script, without a window and without a display: `check`, `promote` and `history`.
//!
//! Each command is a file; what it does is what the window does, by the same functions of [`crate::app::App`].
//! [`arguments`] reads the command line, [`server`] opens the profile or the server of MLflow's own variables, [`text`] lays
//! out what people read. Answers go to standard output, as text or JSON; progress and questions to standard error. The
//! settings are shared with a window that may be open; there is no cache.

mod arguments;
mod check;
mod history;
mod promote;
mod promote_several;
mod server;
mod text;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use crate::error::{AppError, Code};
use arguments::{Command, Wrong};
use server::Server;

/// What a command comes to, for the shell that called it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// All gates passed; the alias was moved; the history is there.
    Done,
    /// A gate failed; the move was refused.
    Refused,
    /// Something is not known, or nothing could be asked.
    NotKnown,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::SUCCESS,
            Exit::Refused => Self::from(1),
            Exit::NotKnown => Self::from(2),
        }
    }
}

/// Runs a command of the shell. None where `arguments` (without the program's name) ask for something else.
pub fn run(arguments: &[OsString]) -> Option<ExitCode> {
    let (command, common) = match arguments::parse(arguments)? {
        Ok(Command::Help(words)) => {
            print(words);
            return Some(ExitCode::SUCCESS);
        }
        Ok(Command::Run(command, common)) => (command, common),
        Err(Wrong { message, usage }) => {
            tell(&format!("podium: {message}\n\n{usage}"));
            return Some(Exit::NotKnown.into());
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tell(&format!("podium: {error}"));
            return Some(Exit::NotKnown.into());
        }
    };
    let done = runtime.block_on(async {
        let server = Server::open(&common).await?;
        match &command {
            arguments::Task::Check(wanted) => check::run(&server, wanted, &common).await,
            arguments::Task::Promote(wanted) => match &wanted.old_to {
                Some(old_to) => promote_several::run(&server, wanted, old_to, &common).await,
                None => promote::run(&server, wanted, &common).await,
            },
            arguments::Task::History(wanted) => history::run(&server, wanted, &common).await,
        }
    });
    // What a keyring that does not answer keeps waiting is not waited for.
    runtime.shutdown_background();
    Some(done.unwrap_or_else(|error| failed(&error, common.json)).into())
}

fn failed(error: &AppError, json: bool) -> Exit {
    if json {
        print_json(&serde_json::json!({ "error": error }));
    }
    tell(&format!("podium: {}", untrusted_text::lines(&error.message, 2_000)));
    match error.code {
        Code::Refused
        | Code::GateNotPassed
        | Code::ApprovalMissing
        | Code::AliasMoved
        | Code::ReadOnly
        | Code::NeedsConfirmation
        | Code::Forbidden => Exit::Refused,
        _ => Exit::NotKnown,
    }
}

/// To standard output. A reader that has seen enough, such as `head`, is no error.
fn print(text: &str) {
    let mut output = std::io::stdout().lock();
    let _heard = output.write_all(text.as_bytes()).and_then(|()| output.flush());
}

fn print_json(value: &impl serde::Serialize) {
    match serde_json::to_string_pretty(value) {
        Ok(text) => print(&(text + "\n")),
        Err(error) => tell(&format!("podium: {error}")),
    }
}

/// To standard error.
fn tell(line: &str) {
    let _heard = writeln!(std::io::stderr(), "{line}");
}
