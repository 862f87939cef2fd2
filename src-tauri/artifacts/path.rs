//! From an artifact's path, which a stranger chose, to a name that is safe on this machine.
//!
//! A server gives out what was logged, and on its system `plots\\loss.txt` or `...` are names like
//! any other. So only a path that climbs or is absolute is refused. A name that is impossible or
//! misleading on some system is rewritten when it is saved: `2024-01-01T10:00.png` too.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;

use crate::tracking::{Result, StoreError};

/// Names may have 255 bytes on most file systems; this leaves room for a suffix of ours.
const MOST_NAME_BYTES: usize = 200;
const MOST_SEGMENTS: usize = 64;

/// Names that Windows takes for devices, with any extension.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// The name under which the artifact at `path` may be saved.
///
/// # Errors
/// `UnsafePath` where the path is hostile by its shape.
pub fn safe_file_name(path: &str) -> Result<String> {
    let segments = check(path)?;
    Ok(safe_name(segments.last().copied().unwrap_or_default()))
}

/// The segments of a path that stays in its root.
pub fn check(path: &str) -> Result<Vec<&str>> {
    let refuse = |reason: &str| Err(StoreError::UnsafePath { path: path.to_owned(), reason: reason.to_owned() });
    if path.starts_with('/') {
        return refuse("it is absolute");
    }
    if path.contains('\0') {
        return refuse("it contains a NUL character");
    }
    let segments: Vec<&str> = path.split('/').filter(|segment| !matches!(*segment, "" | ".")).collect();
    if segments.is_empty() {
        return refuse("it names nothing");
    }
    if segments.contains(&"..") {
        return refuse("it leads out of its folder");
    }
    if segments.len() > MOST_SEGMENTS {
        return refuse("it is too deep");
    }
    Ok(segments)
}

/// One segment, composed (NFC), without what some file system cannot keep or what would show the
/// name as another one.
fn safe_name(segment: &str) -> String {
    let composed: String = segment.nfc().map(|c| if is_usable(c) { c } else { '_' }).collect();
    // Windows drops dots and spaces at the end, and what is left of `...` would be the folder above.
    let name = match composed.trim_end_matches(['.', ' ']).trim_start() {
        "" => "_",
        name => name,
    };
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let name = if is_device(&stem) { format!("_{name}") } else { name.to_owned() };
    shorten(&name)
}

fn is_usable(c: char) -> bool {
    let turns_text = matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    !c.is_control() && !turns_text && !"<>:\"|?*/\\\u{2028}\u{2029}".contains(c)
}

fn is_device(stem: &str) -> bool {
    let numbered = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    DEVICES.contains(&stem) || numbered.is_some_and(|n| n.chars().count() == 1 && "0123456789¹²³".contains(n))
}

/// Cuts the middle of a long name, so that the extension stays.
fn shorten(name: &str) -> String {
    if name.len() <= MOST_NAME_BYTES {
        return name.to_owned();
    }
    let extension = name.rfind('.').map(|at| &name[at..]).filter(|extension| extension.len() <= 16).unwrap_or_default();
    let mut end = MOST_NAME_BYTES - extension.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{extension}", name[..end].trim_end_matches(['.', ' ']))
}

/// Keeps names apart that a file system may take for the same one: `A.txt`, `a.txt`.
#[derive(Default)]
pub struct UsedNames {
    names: HashSet<String>,
    /// The number to try next, by name.
    numbers: HashMap<String, u32>,
}

impl UsedNames {
    /// The name itself, or with a number where it or its like has been given out before.
    pub fn unique(&mut self, name: String) -> String {
        if self.names.insert(name.to_lowercase()) {
            return name;
        }
        let (stem, extension) = match name.rfind('.') {
            Some(at) if at > 0 => name.split_at(at),
            _ => (name.as_str(), ""),
        };
        let number = self.numbers.entry(name.to_lowercase()).or_insert(2);
        loop {
            let candidate = format!("{stem} ({number}){extension}");
            *number += 1;
            if self.names.insert(candidate.to_lowercase()) {
                return candidate;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_shapes_are_refused() {
        let deep = "a/".repeat(65);
        for path in ["", ".", "./", "/", "..", "../x", "a/../b", "a/..", "/etc/passwd", "a\0.txt", &deep] {
            assert!(matches!(safe_file_name(path), Err(StoreError::UnsafePath { .. })), "{path:?}");
        }
    }

    #[test]
    fn names_that_some_system_cannot_keep_are_rewritten() {
        for (path, expected) in [
            ("model/MLmodel", "MLmodel"),
            ("images/loss+step+3.png", "loss+step+3.png"),
            ("plots/学習曲線.png", "学習曲線.png"),
            ("10:00?.png", "10_00_.png"),
            ("a<b>|\"c*.txt", "a_b___c_.txt"),
            ("name.", "name"),
            ("name . ", "name"),
            ("CON", "_CON"),
            ("con.tar.gz", "_con.tar.gz"),
            ("con .txt", "_con .txt"),
            ("LPT9.txt", "_LPT9.txt"),
            ("com¹", "_com¹"),
            ("computer.txt", "computer.txt"),
            ("line\nbreak\u{1b}.txt", "line_break_.txt"),
            ("gpj.exe\u{202e}.png", "gpj.exe_.png"),
            ("zero\u{200b}width", "zero_width"),
            ("e\u{301}.txt", "é.txt"),
            ("file.txt:stream", "file.txt_stream"),
            (".hidden", ".hidden"),
            ("plots\\loss.txt", "plots_loss.txt"),
            ("a\\..\\b", "a_.._b"),
            ("\\\\server\\share", "__server_share"),
            ("C:evil", "C_evil"),
            ("c:/windows", "windows"),
            ("...", "_"),
            ("a/.. ", "_"),
            (". .", "_"),
            (" ", "_"),
            ("a/ /b", "b"),
        ] {
            assert_eq!(safe_file_name(path).unwrap(), expected, "{path:?}");
        }
    }

    #[test]
    fn long_names_are_cut_and_keep_their_extension() {
        let name = safe_file_name(&format!("{}.parquet", "é".repeat(300))).unwrap();
        assert!(name.len() <= MOST_NAME_BYTES && name.ends_with("é.parquet"), "{name}");
        let no_extension = safe_file_name(&"x.".repeat(200)).unwrap();
        assert!(no_extension.len() <= MOST_NAME_BYTES && !no_extension.ends_with('.'));
    }

    #[test]
    fn many_of_one_name_take_no_longer_each() {
        let mut taken = UsedNames::default();
        let names: HashSet<_> = (0..50_000).map(|_| taken.unique("_".to_owned())).collect();
        assert_eq!(names.len(), 50_000);
    }

    #[test]
    fn names_that_differ_only_in_case_are_kept_apart() {
        let mut taken = UsedNames::default();
        let names = ["A.txt", "a.txt", "a (2).txt", "a.txt", "README", "readme", ".env", ".ENV"];
        let given: Vec<_> = names.iter().map(|name| taken.unique((*name).to_owned())).collect();
        let expected = ["A.txt", "a (2).txt", "a (2) (2).txt", "a (3).txt", "README", "readme (2)", ".env", ".ENV (2)"];
        assert_eq!(given, expected);
    }
}
