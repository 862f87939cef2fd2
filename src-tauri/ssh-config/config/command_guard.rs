//! Keeps `ssh -G` from running commands that the user has not agreed to.
//!
//! OpenSSH runs a `Match exec` as `$SHELL -c COMMAND` (`execute_in_shell` in its readconf.c). The shell that it gets
//! here is a script: it hands on what was agreed to, and notes all else without running it. So we need not
//! understand the files in just the way that ssh does.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

/// A command is one line: an ssh_config knows no other.
const SCRIPT: &str = r#"#!/bin/sh
lines="
$PODIUM_AGREED
"
shell=$PODIUM_SHELL
noted=$PODIUM_NOTED
unset PODIUM_AGREED PODIUM_SHELL PODIUM_NOTED
case $lines in
*"
$2
"*) SHELL=$shell exec "$shell" -c "$2" ;;
esac
printf '%s\n' "$2" >>"$noted"
exit 1
"#;

pub(super) struct CommandGuard {
    folder: tempfile::TempDir,
    agreed: String,
}

impl CommandGuard {
    /// Err where no program can be put, and where there is no such shell to stand in for.
    pub fn new(agreed: &[String]) -> io::Result<Self> {
        // A folder for temporary files may be one that no program runs from.
        let folders = [std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from), Some(std::env::temp_dir())];
        let mut failure = io::Error::other("there is no folder for it");
        for folder in folders.into_iter().flatten().filter(|folder| folder.is_absolute()) {
            match in_folder(&folder) {
                Ok(folder) => return Ok(Self { folder, agreed: agreed.join("\n") }),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    pub fn stand_before(&self, ssh: &mut Command) {
        let shell = std::env::var_os("SHELL").filter(|shell| Path::new(shell).is_absolute());
        ssh.env("SHELL", self.folder.path().join("shell"))
            .env("PODIUM_SHELL", shell.unwrap_or_else(|| "/bin/sh".into()))
            .env("PODIUM_AGREED", &self.agreed)
            .env("PODIUM_NOTED", self.folder.path().join("noted"));
    }

    /// The commands that were not run, each once, in their order.
    pub fn kept_back(&self) -> Vec<String> {
        let noted = std::fs::read(self.folder.path().join("noted")).unwrap_or_default();
        let mut commands: Vec<String> = Vec::new();
        for line in String::from_utf8_lossy(&noted).lines() {
            if !commands.iter().any(|known| known == line) {
                commands.push(line.to_owned());
            }
        }
        commands
    }

    /// Where ssh writes what it complains about.
    pub fn complaints(&self) -> io::Result<Stdio> {
        Ok(File::create(self.folder.path().join("stderr"))?.into())
    }

    pub fn complained(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.folder.path().join("stderr")).unwrap_or_default()).into_owned()
    }
}

#[cfg(unix)]
fn in_folder(folder: &Path) -> io::Result<tempfile::TempDir> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;

    // Only its owner may look into it: tempfile sees to that.
    let folder = tempfile::Builder::new().prefix("podium-").tempdir_in(folder)?;
    let shell = folder.path().join("shell");
    File::options().write(true).create_new(true).mode(0o700).open(&shell)?.write_all(SCRIPT.as_bytes())?;
    rustix::fs::access(&shell, rustix::fs::Access::EXEC_OK)?;
    Ok(folder)
}

#[cfg(not(unix))]
fn in_folder(_: &Path) -> io::Result<tempfile::TempDir> {
    let words = "on this system ssh cannot be kept from running commands of the file unasked";
    Err(io::Error::new(io::ErrorKind::Unsupported, words))
}
