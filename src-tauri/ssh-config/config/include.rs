//! `Include`: from a pattern to files, as glob(3) with GLOB_TILDE, within bounds.

use std::path::{Component, Path, PathBuf};

use crate::config::ConfigFiles;
use crate::config::files::system_folder;
use crate::config::tokens::{Tokens, Unexpanded, tilde};

/// Files that one Include finds.
const MOST_FOUND: usize = 1024;

/// The files that a pattern names, sorted by their bytes; Err where there are too many to be meant. Every name that is
/// looked at is taken from `names_left`.
fn found(pattern: &Path, names_left: &mut usize) -> Result<Vec<PathBuf>, String> {
    let mut found = vec![PathBuf::new()];
    for component in pattern.components() {
        let Component::Normal(name) = component else {
            found.iter_mut().for_each(|path| path.push(component));
            continue;
        };
        let name = name.to_string_lossy();
        let parts = parts(&name);
        if let Some(literal) = literal(&parts) {
            found.iter_mut().for_each(|path| path.push(&literal));
            continue;
        }
        let mut next = Vec::new();
        for folder in &found {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                *names_left = names_left.checked_sub(1).ok_or("it looks through too many files")?;
                let name = entry.file_name();
                if is_match(&name.to_string_lossy(), &parts) {
                    next.push(folder.join(name));
                }
            }
        }
        if next.len() > MOST_FOUND {
            return Err(format!("it names more than {MOST_FOUND} files"));
        }
        found = next;
    }
    found.retain(|path| path.symlink_metadata().is_ok());
    found.sort();
    Ok(found)
}

/// The files that an Include names: from `~/.ssh` for the user's file, from the system's folder for that of the
/// system.
pub(super) fn included(
    files: &ConfigFiles,
    pattern: &str,
    of_user: bool,
    tokens: &Tokens,
    names_left: &mut usize,
) -> Result<Vec<PathBuf>, Unexpanded> {
    if pattern.is_empty() {
        return Err(Unexpanded::Wrong("an Include names nothing".to_owned()));
    }
    let expanded = tokens.expand(pattern, true)?;
    if expanded.starts_with('~') && !of_user {
        return Err(Unexpanded::Wrong(format!("the system's file includes {expanded:?} from a home folder")));
    }
    let Some(path) = tilde(&expanded, &files.home).map(PathBuf::from) else { return Ok(Vec::new()) };
    let anchored = if path.is_absolute() {
        path
    } else if of_user {
        files.home.join(".ssh").join(path)
    } else {
        files.system.as_deref().and_then(Path::parent).map_or_else(system_folder, Path::to_owned).join(path)
    };
    found(&anchored, names_left).map_err(|problem| Unexpanded::Wrong(format!("Include {pattern:?}: {problem}")))
}

enum Part {
    Star,
    One,
    Exactly(char),
    /// `[a-z]`, `[!a-z]`.
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

fn parts(pattern: &str) -> Vec<Part> {
    let pattern: Vec<char> = pattern.chars().collect();
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(&c) = pattern.get(at) {
        at += 1;
        parts.push(match c {
            '*' if matches!(parts.last(), Some(Part::Star)) => continue,
            '*' => Part::Star,
            '?' => Part::One,
            '\\' if !cfg!(windows) && at < pattern.len() => {
                at += 1;
                Part::Exactly(pattern[at - 1])
            }
            '[' => match class(&pattern[at..]) {
                Some((class, length)) => {
                    at += length;
                    class
                }
                None => Part::Exactly('['),
            },
            _ => Part::Exactly(c),
        });
    }
    parts
}

/// What stands behind a `[`, and how long it is with its `]`.
fn class(pattern: &[char]) -> Option<(Part, usize)> {
    let negated = matches!(pattern.first(), Some('!' | '^'));
    let first = usize::from(negated);
    // A `]` in the first place is one of the letters.
    let end = first + 1 + pattern.get(first + 1..)?.iter().position(|&c| c == ']')?;
    let mut ranges = Vec::new();
    let mut letters = &pattern[first..end];
    while let [from, rest @ ..] = letters {
        letters = match rest {
            ['-', to, rest @ ..] => {
                ranges.push((*from, *to));
                rest
            }
            rest => {
                ranges.push((*from, *from));
                rest
            }
        };
    }
    Some((Part::Class { negated, ranges }, end + 1))
}

fn literal(parts: &[Part]) -> Option<String> {
    parts.iter().map(|part| if let Part::Exactly(c) = part { Some(*c) } else { None }).collect()
}

fn is_match(name: &str, parts: &[Part]) -> bool {
    let name: Vec<char> = name.chars().collect();
    // Hidden files are named with their dot only.
    if name.first() == Some(&'.') && !matches!(parts.first(), Some(Part::Exactly('.'))) {
        return false;
    }
    let one = |part: &Part, c: char| match part {
        Part::Star => false,
        Part::One => true,
        Part::Exactly(exactly) => *exactly == c,
        Part::Class { negated, ranges } => ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *negated,
    };
    let (mut at, mut in_parts) = (0, 0);
    let mut star = None;
    while at < name.len() {
        match parts.get(in_parts) {
            Some(Part::Star) => {
                star = Some((in_parts, at));
                in_parts += 1;
            }
            Some(part) if one(part, name[at]) => {
                at += 1;
                in_parts += 1;
            }
            _ => {
                let Some((place, taken)) = star else { return false };
                star = Some((place, taken + 1));
                at = taken + 1;
                in_parts = place + 1;
            }
        }
    }
    parts[in_parts..].iter().all(|part| matches!(part, Part::Star))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_as_in_a_shell() {
        let is = |name: &str, pattern: &str| is_match(name, &parts(pattern));
        assert!(is("a.conf", "*.conf") && is("a.conf", "[a-c].c*f") && is("a]b", "a[]]b") && is("10-x", "[0-9][!a]-?"));
        assert!(!is(".a.conf", "*.conf") && is(".a.conf", ".*.conf") && !is("a.conf", "[!a]*") && !is("ab", "a"));
        assert!(is("[x", "[x") && is("a-", "a[-]") && is("aXbXc", "a*b**c") && !is("", "?"));
        assert_eq!(literal(&parts("plain")).as_deref(), Some("plain"));
        assert!(literal(&parts("a*")).is_none());
        if !cfg!(windows) {
            assert_eq!(literal(&parts(r"a\*b")).as_deref(), Some("a*b"));
        }
        assert!(!is(&"a".repeat(200), &"a*".repeat(100).replace("a*", "*a*b")));
    }

    #[test]
    fn files_are_found_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.conf", "a.conf", ".hidden.conf", "c.txt"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        std::fs::write(folder.path().join("sub/d.conf"), "").unwrap();
        let names = |pattern: &str| -> Vec<String> {
            let found = found(&folder.path().join(pattern), &mut 100).unwrap();
            found.iter().map(|path| path.strip_prefix(folder.path()).unwrap().display().to_string()).collect()
        };
        assert_eq!(names("*.conf"), ["a.conf", "b.conf"]);
        assert_eq!(names("*/*.conf"), ["sub/d.conf"]);
        assert_eq!(names("c.txt"), ["c.txt"]);
        assert!(names("none").is_empty() && names("none*").is_empty());
        assert!(found(&folder.path().join("*"), &mut 4).is_err());
    }
}
