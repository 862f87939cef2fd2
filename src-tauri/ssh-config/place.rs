//! A line of a file, for people: `~/.ssh/known_hosts:14`.

use std::fmt;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    pub file: PathBuf,
    /// Counted from 1, comments and empty lines included.
    pub line: usize,
}

impl Place {
    pub fn new(file: impl Into<PathBuf>, line: usize) -> Self {
        Self { file: file.into(), line }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", shown(&self.file), self.line)
    }
}

/// A path with the home folder as `~`.
pub fn shown(path: &Path) -> String {
    shown_from(path, std::env::home_dir().as_deref())
}

fn shown_from(path: &Path, home: Option<&Path>) -> String {
    // An empty or a root home would shorten every path.
    let home = home.filter(|home| home.parent().is_some());
    match home.and_then(|home| path.strip_prefix(home).ok()) {
        Some(below) if below.as_os_str().is_empty() => "~".to_owned(),
        Some(below) => Path::new("~").join(below).display().to_string(),
        None => path.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_home_folder_is_a_tilde() {
        let from = |path: &str, home: &str| shown_from(Path::new(path), Some(Path::new(home)));
        assert_eq!(from("/home/ana/.ssh/known_hosts", "/home/ana"), "~/.ssh/known_hosts");
        assert_eq!(from("/home/ana", "/home/ana"), "~");
        assert_eq!(from("/home/anabel/x", "/home/ana"), "/home/anabel/x");
        assert_eq!(from("/etc/ssh/ssh_known_hosts", "/"), "/etc/ssh/ssh_known_hosts");
        assert_eq!(from("/etc/x", ""), "/etc/x");
        assert_eq!(Place::new("/etc/ssh/ssh_known_hosts", 3).to_string(), "/etc/ssh/ssh_known_hosts:3");
    }
}
