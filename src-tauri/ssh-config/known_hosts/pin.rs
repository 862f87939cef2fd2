//! Writing what the user decided: one line for a key that was accepted, none for a host to forget.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use ring::rand::SecureRandom;

use super::names::{self, HostName};
use super::{Expected, KeyBlob, Place, contents, line};

/// Reading, changing and replacing a file is one act.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    #[error("“{name}” cannot be a name in a file of known hosts")]
    BadName { name: String },
    #[error("the host key was not saved: {}: {reason}", .file.display())]
    Io { file: PathBuf, reason: String },
}

/// Adds a line that makes `key` known for `name`, and says where it is. What is in the file stays as it
/// is; the file and its folder are made readable for the user only. With `hashed` the name cannot be read
/// out of the file. A key that is known already by a line of its own is not added again.
pub fn pin(file: &Path, name: &HostName, key: &KeyBlob, hashed: bool) -> Result<Place, PinError> {
    let bad_name = || PinError::BadName { name: name.known() };
    if !can_be_written(name) {
        return Err(bad_name());
    }
    let written = if hashed { names::hash(&name.known()).ok_or_else(bad_name)? } else { name.known() };
    let _turn = ONE_AT_A_TIME.lock();
    let before = contents(file).map_err(|reason| PinError::Io { file: file.to_owned(), reason })?;
    match line_of(&before, name, key) {
        Some(line) => Ok(Place::new(file, line)),
        None => {
            let after = with_line(before, &format!("{written} {} {}", key.key_type(), key.to_base64()));
            replace(file, &after)?;
            Ok(Place::new(file, after.iter().filter(|&&byte| byte == b'\n').count()))
        }
    }
}

/// Takes the keys of `name` out of the file and says which they were. Wildcards, `@revoked` and
/// `@cert-authority` lines stay, and so does a line for the other names that it has.
pub fn forget(file: &Path, name: &HostName) -> Result<Vec<Expected>, PinError> {
    let _turn = ONE_AT_A_TIME.lock();
    let before = contents(file).map_err(|reason| PinError::Io { file: file.to_owned(), reason })?;
    let (after, removed) = without_name(file, &before, name);
    if !removed.is_empty() {
        replace(file, &after)?;
    }
    Ok(removed)
}

/// What [`forget`] leaves of a file's contents, and what it takes out.
pub fn without_name(file: &Path, contents: &[u8], name: &HostName) -> (Vec<u8>, Vec<Expected>) {
    if !can_be_written(name) {
        // A name that is a pattern would take the lines of others.
        return (contents.to_owned(), Vec::new());
    }
    let known = name.known();
    let mut removed = Vec::new();
    let mut kept = Vec::with_capacity(contents.len());
    for (index, text) in contents.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let parsed = line::parse(text.strip_suffix(b"\n").unwrap_or(text)).ok().flatten();
        let line = parsed.filter(|line| line.marker.is_none());
        let Some((line, others)) = line.and_then(|line| line.names.without(&known).map(|others| (line, others))) else {
            kept.extend_from_slice(text);
            continue;
        };
        removed.push(Expected {
            key_type: line.key.key_type().to_owned(),
            fingerprint: line.key.fingerprint(),
            place: Place::new(file, index + 1),
        });
        if let Some(others) = others {
            let text = text.trim_ascii_start();
            let names = text.iter().position(|&byte| byte == b' ' || byte == b'\t').unwrap_or(text.len());
            kept.extend_from_slice(&others);
            kept.extend_from_slice(text.get(names..).unwrap_or_default());
        }
    }
    (kept, removed)
}

/// The line that is about `name` by its own name and has this key.
fn line_of(contents: &[u8], name: &HostName, key: &KeyBlob) -> Option<usize> {
    let known = name.known();
    let is_it = |text: &[u8]| {
        let line = line::parse(text).ok().flatten().filter(|line| line.marker.is_none() && line.key == *key);
        line.is_some_and(|line| line.names.matches(&known) && line.names.without(&known).is_some())
    };
    contents.split(|&byte| byte == b'\n').position(is_it).map(|index| index + 1)
}

fn with_line(mut contents: Vec<u8>, line: &str) -> Vec<u8> {
    if contents.last().is_some_and(|&last| last != b'\n') {
        contents.push(b'\n');
    }
    contents.extend_from_slice(line.as_bytes());
    contents.push(b'\n');
    contents
}

/// A name with these characters would mean something else when it is read again.
fn can_be_written(name: &HostName) -> bool {
    let host = name.principal();
    let bad = |c: char| c.is_whitespace() || c.is_control() || "@?*#[]|'\"\\,!".contains(c);
    !host.is_empty() && !host.contains(bad)
}

fn replace(file: &Path, contents: &[u8]) -> Result<(), PinError> {
    let failed = |error: std::io::Error| PinError::Io { file: file.to_owned(), reason: error.to_string() };
    // A link stays a link.
    let file = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    make_private_folder(folder).map_err(failed)?;
    let mut random = [0; 8];
    ring::rand::SystemRandom::new()
        .fill(&mut random)
        .map_err(|_| failed(std::io::Error::other("no random numbers")))?;
    let new = folder.join(format!(".known_hosts-{:016x}", u64::from_be_bytes(random)));
    let written = write_private(&new, contents)
        .and_then(|()| match std::fs::metadata(&file) {
            Ok(before) => std::fs::set_permissions(&new, before.permissions()),
            Err(_) => Ok(()),
        })
        .and_then(|()| std::fs::rename(&new, &file));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&new);
        failed(error)
    })
}

fn write_private(file: &Path, contents: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file: File = options.open(file)?;
    file.write_all(contents)?;
    file.sync_all()
}

fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
