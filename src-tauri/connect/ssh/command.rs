//! ProxyCommand: a program of a config file whose pipes lead to a host. It runs only with consent.

use std::io;
use std::pin::Pin;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, BufReader, ReadBuf};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

use crate::foreign;

/// A running program, as a stream. It is killed when this is dropped.
pub struct Program {
    stdin: ChildStdin,
    stdout: ChildStdout,
    _child: Child,
}

/// The last line that a program complained with.
#[derive(Debug, Clone, Default)]
pub struct Complaint {
    line: Arc<Mutex<String>>,
}

impl Complaint {
    pub fn text(&self) -> String {
        self.line.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

pub fn start(command: &str) -> io::Result<(Program, Complaint)> {
    let mut shell = shell(command);
    shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = shell.spawn()?;
    let no_pipe = || io::Error::other("the program has no pipes");
    let stdin = child.stdin.take().ok_or_else(no_pipe)?;
    let stdout = child.stdout.take().ok_or_else(no_pipe)?;
    let complaint = Complaint::default();
    if let Some(stderr) = child.stderr.take() {
        tokio::spawn(listen(stderr, complaint.clone()));
    }
    Ok((Program { stdin, stdout, _child: child }, complaint))
}

#[cfg(unix)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("/bin/sh");
    // As OpenSSH does: the program takes the place of the shell, so that no half of it outlives the other.
    shell.arg("-c").arg(format!("exec {command}"));
    shell
}

#[cfg(windows)]
fn shell(command: &str) -> Command {
    /// `CREATE_NO_WINDOW`: no console flashes up.
    const NO_WINDOW: u32 = 0x0800_0000;
    let mut shell = Command::new("cmd");
    shell.arg("/c").raw_arg(command).creation_flags(NO_WINDOW);
    shell
}

async fn listen(stderr: ChildStderr, complaint: Complaint) {
    let mut reader = BufReader::new(stderr);
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        // A line without an end is no reason to run out of memory.
        let mut limited = tokio::io::AsyncReadExt::take(&mut reader, 64 << 10);
        match limited.read_until(b'\n', &mut bytes).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let line = foreign::line(&String::from_utf8_lossy(&bytes), 300);
        if !line.is_empty() {
            *complaint.line.lock().unwrap_or_else(PoisonError::into_inner) = line;
        }
    }
}

impl AsyncRead for Program {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stdout).poll_read(context, into)
    }
}

impl AsyncWrite for Program {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stdin).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stdin).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stdin).poll_shutdown(context)
    }
}
