//! Which files are an ssh_config.

use std::path::PathBuf;

/// The user's file, which counts first, and the system's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFiles {
    pub(super) user: Option<PathBuf>,
    /// Named on purpose, as by `ssh -F`: it has to be there, and whoever named it answers for who may write it.
    pub(super) user_is_named: bool,
    pub(super) system: Option<PathBuf>,
    /// What `~` and `%d` are.
    pub(super) home: PathBuf,
}

impl ConfigFiles {
    /// `~/.ssh/config` and `/etc/ssh/ssh_config` (on Windows `%USERPROFILE%\.ssh\config` and
    /// `%PROGRAMDATA%\ssh\ssh_config`). `PODIUM_SSH_CONFIG` names another file in place of both, as `ssh -F` does,
    /// and `none` asks no file.
    pub fn of_this_user() -> Self {
        let home = std::env::home_dir().unwrap_or_default();
        match std::env::var_os("PODIUM_SSH_CONFIG").filter(|named| !named.is_empty()) {
            Some(named) if named.eq_ignore_ascii_case("none") => Self::at(None, None, home),
            Some(named) => Self { user_is_named: true, ..Self::at(Some(named.into()), None, home) },
            None => Self::at(Some(home.join(".ssh").join("config")), Some(system_folder().join("ssh_config")), home),
        }
    }

    /// Files that need not be there.
    pub fn at(user: Option<PathBuf>, system: Option<PathBuf>, home: PathBuf) -> Self {
        Self { user, user_is_named: false, system, home }
    }
}

pub(super) fn system_folder() -> PathBuf {
    if cfg!(windows) {
        let data = std::env::var_os("PROGRAMDATA").unwrap_or_else(|| r"C:\ProgramData".into());
        PathBuf::from(data).join("ssh")
    } else {
        PathBuf::from("/etc/ssh")
    }
}
