//! ProxyCommand: a program of a config file whose pipes lead to a host. It runs only with consent.

use std::io;
use std::pin::Pin;
use std::process::Stdio;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, BufReader, ReadBuf};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::sync::watch;
use tokio::time::timeout;

/// A running program, as a stream. It is killed when this is dropped.
pub struct Program {
    stdin: ChildStdin,
    stdout: ChildStdout,
    _child: Child,
}

/// The last line that a program wrote to stderr.
#[derive(Debug, Clone)]
pub struct StderrTail {
    line: watch::Receiver<String>,
}

/// How long to wait for the rest of stderr. Something that a program left running may hold its pipe open.
pub const LAST_WORDS: Duration = Duration::from_secs(1);

impl StderrTail {
    /// What it is when a program has ended: its pipes do not end in any order, so the last line may still be on
    /// its way when nothing else comes any more.
    pub async fn at_its_end(&self, limit: Duration) -> String {
        let mut line = self.line.clone();
        let _ = timeout(limit, async { while line.changed().await.is_ok() {} }).await;
        line.borrow().clone()
    }
}

pub fn start(command: &str) -> io::Result<(Program, StderrTail)> {
    let mut shell = shell(command);
    shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = shell.spawn()?;
    let no_pipe = || io::Error::other("the program has no pipes");
    let stdin = child.stdin.take().ok_or_else(no_pipe)?;
    let stdout = child.stdout.take().ok_or_else(no_pipe)?;
    let stderr = child.stderr.take().ok_or_else(no_pipe)?;
    let (heard, line) = watch::channel(String::new());
    tokio::spawn(listen(stderr, heard));
    Ok((Program { stdin, stdout, _child: child }, StderrTail { line }))
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

async fn listen(stderr: ChildStderr, heard: watch::Sender<String>) {
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
        let line = untrusted_text::line(&String::from_utf8_lossy(&bytes), 300);
        if !line.is_empty() {
            heard.send_replace(line);
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

#[cfg(all(test, unix))]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    #[tokio::test]
    async fn the_last_words_are_waited_for_but_not_for_ever() {
        let (mut program, stderr_tail) =
            start("sh -c 'echo first >&2; exec >&-; sleep 0.2; echo no way there >&2'").unwrap();
        assert_eq!(program.read(&mut [0]).await.unwrap(), 0);
        assert_eq!(stderr_tail.at_its_end(Duration::from_secs(60)).await, "no way there");

        let (mut program, stderr_tail) = start("sh -c 'echo first >&2; exec >&-; sleep 60'").unwrap();
        assert_eq!(program.read(&mut [0]).await.unwrap(), 0);
        assert_eq!(stderr_tail.at_its_end(LAST_WORDS).await, "first");
    }
}
