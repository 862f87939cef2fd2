//! Which files are an ssh_config, and their lines.

use std::collections::HashMap;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::config::ConfigError;
use crate::config::words::{Line, lines};

/// The user's file, which counts first, and the system's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFiles {
    pub(super) user: Option<PathBuf>,
    /// Named on purpose, as by `ssh -F`: it has to be there, and who may write it is up to the user.
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

/// A file and all files together are no larger than this.
const LARGEST_FILE: u64 = 1 << 20;
const LARGEST_SUM: usize = 4 << 20;
const MOST_FILES: usize = 1024;
/// For all passes over the files together.
const MOST_LINES: usize = 4_000_000;
const MOST_NAMES: usize = 100_000;

/// None where there is no such file.
type Loaded = Result<Option<Rc<Vec<Line>>>, ConfigError>;

/// The files as far as they were read. Each is read once, however often it is asked for.
pub(super) struct Loader {
    read: HashMap<PathBuf, Loaded>,
    bytes: usize,
    lines_left: usize,
    /// For the patterns of all Include lines together.
    pub names_left: usize,
}

impl Loader {
    pub fn new() -> Self {
        Self { read: HashMap::new(), bytes: 0, lines_left: MOST_LINES, names_left: MOST_NAMES }
    }

    /// The lines of a file; None where there is no such file. With `check`, only the user and root may be able to
    /// write it, as OpenSSH asks of the user's file and of all that is included.
    pub fn load(&mut self, file: &Path, check: bool) -> Loaded {
        if !self.read.contains_key(file) && self.read.len() >= MOST_FILES {
            return Err(too_much(file, &format!("more than {MOST_FILES} files")));
        }
        let loaded = match self.read.get(file) {
            Some(loaded) => loaded.clone(),
            None => {
                let loaded = self.read_file(file, check);
                self.read.insert(file.to_owned(), loaded.clone());
                loaded
            }
        };
        let lines = loaded.as_ref().ok().and_then(Option::as_ref).map_or(0, |lines| lines.len());
        match self.lines_left.checked_sub(lines + 1) {
            Some(left) => self.lines_left = left,
            None => return Err(too_much(file, &format!("more than {MOST_LINES} lines"))),
        }
        loaded
    }

    fn read_file(&mut self, file: &Path, check: bool) -> Loaded {
        let unreadable = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => Ok(None),
            _ => Err(ConfigError::Unreadable { file: file.to_owned(), reason: error.to_string() }),
        };
        // Asked before it is opened: to open a pipe waits for its other end.
        match std::fs::metadata(file) {
            // For OpenSSH a folder is an empty file.
            Ok(metadata) if !metadata.is_file() => return Ok(Some(Rc::default())),
            Ok(_) => {}
            Err(error) => return unreadable(error),
        }
        let mut contents = Vec::new();
        let opened = match std::fs::File::open(file) {
            Ok(opened) => opened,
            Err(error) => return unreadable(error),
        };
        if check && !is_ours(&opened) {
            return Err(ConfigError::WritableByOthers { file: file.to_owned() });
        }
        if let Err(error) = opened.take(LARGEST_FILE + 1).read_to_end(&mut contents) {
            return unreadable(error);
        }
        self.bytes += contents.len();
        if contents.len() as u64 > LARGEST_FILE {
            return Err(too_much(file, "one file of more than 1 MiB"));
        }
        if self.bytes > LARGEST_SUM {
            return Err(too_much(file, "more than 4 MiB in all"));
        }
        Ok(Some(Rc::new(lines(&contents))))
    }
}

fn too_much(file: &Path, limit: &str) -> ConfigError {
    ConfigError::TooMuch { file: file.to_owned(), limit: limit.to_owned() }
}

/// Only the user and root may write it. The group may, where the user is alone in it: some systems give each
/// user such a group, and their ssh allows for it.
#[cfg(unix)]
fn is_ours(file: &std::fs::File) -> bool {
    use std::os::unix::fs::MetadataExt;

    let Ok(metadata) = file.metadata() else { return false };
    let owner = metadata.uid();
    let mine = owner == 0 || owner == rustix::process::getuid().as_raw();
    mine && metadata.mode() & 0o002 == 0 && (metadata.mode() & 0o020 == 0 || is_alone_in(owner, metadata.gid()))
}

#[cfg(unix)]
fn is_alone_in(user: u32, group: u32) -> bool {
    let read = |file| std::fs::read_to_string(file).unwrap_or_default();
    members(&read("/etc/passwd"), &read("/etc/group"), group).is_some_and(|members| members == [user])
}

/// Who is in a group, by either list; None where one of them is not known.
#[cfg(unix)]
fn members(users: &str, groups: &str, group: u32) -> Option<Vec<u32>> {
    let fields = |line: &'_ str| line.split(':').map(str::to_owned).collect::<Vec<_>>();
    let users: Vec<_> = users.lines().map(fields).filter(|user| user.len() >= 4).collect();
    let number = |text: &str| text.parse::<u32>().ok();
    let listed = groups.lines().map(fields).find(|of| of.len() >= 4 && number(&of[2]) == Some(group))?;
    let mut members: Vec<u32> =
        users.iter().filter(|user| number(&user[3]) == Some(group)).filter_map(|user| number(&user[2])).collect();
    for name in listed[3].split(',').map(str::trim).filter(|name| !name.is_empty()) {
        members.push(users.iter().find(|user| user[0] == name).and_then(|user| number(&user[2]))?);
    }
    members.sort_unstable();
    members.dedup();
    Some(members)
}

#[cfg(not(unix))]
fn is_ours(_file: &std::fs::File) -> bool {
    true
}

#[cfg(all(test, unix))]
mod tests {
    use super::members;

    #[test]
    fn a_group_of_one_is_told_from_one_of_many() {
        let users =
            "root:x:0:0::/root:/bin/sh\nana:x:1000:1000::/home/ana:/bin/sh\nben:x:1001:1001::/home/ben:/bin/sh\n";
        let groups = "ana:x:1000:\nben:x:1001:ana\nstaff:x:50:ana\nodd:x:51:nobody\nempty:x:52:\n";
        assert_eq!(members(users, groups, 1000), Some(vec![1000]));
        assert_eq!(members(users, groups, 1001), Some(vec![1000, 1001]));
        assert_eq!(members(users, groups, 50), Some(vec![1000]));
        assert_eq!(members(users, groups, 51), None);
        assert_eq!(members(users, groups, 52), Some(vec![]));
        assert_eq!(members(users, groups, 53), None);
    }
}
