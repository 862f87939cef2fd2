//! Looks for a secret where none may be: in files, and in what the system shows of processes.
//!
//! A secret is looked for as it is and in the spellings it could get on its way: hexadecimal, base64,
//! percent-encoded, escaped for JSON, UTF-16. Also half of it counts, as databases cut what they store.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What JavaScript's encodeURIComponent encodes.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// A secret that can be recognized.
pub struct Mark {
    /// Every spelling with its name; by first byte, so that a byte of a file is compared with few.
    spellings: BTreeMap<u8, Vec<(String, Vec<u8>)>>,
}

impl Mark {
    /// At least 16 bytes, and nothing that could stand anywhere by chance.
    pub fn of(secret: &str) -> Self {
        assert!(secret.len() >= 16, "a mark of {} bytes could be found anywhere", secret.len());
        let middle = (secret.len() / 2..).find(|index| secret.is_char_boundary(*index)).expect("a middle");
        let mut seen = BTreeSet::new();
        let mut spellings: BTreeMap<u8, Vec<(String, Vec<u8>)>> = BTreeMap::new();
        for (part, text) in [("all", secret), ("first half", &secret[..middle]), ("second half", &secret[middle..])] {
            for (spelling, bytes) in spellings_of(text) {
                if seen.insert(bytes.clone()) {
                    spellings.entry(bytes[0]).or_default().push((format!("{part}, {spelling}"), bytes));
                }
            }
        }
        Self { spellings }
    }

    /// How it is spelled where it is found: `all, base64`.
    pub fn within(&self, bytes: &[u8]) -> Option<&str> {
        bytes.iter().enumerate().find_map(|(index, first)| {
            let (name, _) = self.spellings.get(first)?.iter().find(|(_, text)| bytes[index..].starts_with(text))?;
            Some(name.as_str())
        })
    }

    /// Every file below a folder that has it in its content or its name, with the spelling. What cannot be
    /// read has vanished meanwhile or is no file; links are not followed.
    pub fn in_folder(&self, folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
            for entry in entries.map(|entry| entry.expect("an entry")) {
                let path = entry.path();
                if let Some(spelling) = self.within(entry.file_name().as_encoded_bytes()) {
                    found.push(format!("{} (its name; {spelling})", path.display()));
                }
                let kind = entry.file_type().expect("a kind");
                if kind.is_dir() {
                    folders.push(path);
                } else if kind.is_file()
                    && let Some(spelling) = self.within(&std::fs::read(&path).unwrap_or_default())
                {
                    found.push(format!("{} ({spelling})", path.display()));
                }
            }
        }
        found
    }

    /// Where the environment or the arguments of a process, or of one that it started, have it.
    pub fn in_processes(&self, root: u32) -> Vec<String> {
        let mut found = Vec::new();
        for pid in process_tree(root) {
            for what in ["environ", "cmdline"] {
                // What has ended has nothing to show.
                let shown = std::fs::read(format!("/proc/{pid}/{what}")).unwrap_or_default();
                if let Some(spelling) = self.within(&shown) {
                    found.push(format!("{what} of process {pid} ({spelling})"));
                }
            }
        }
        found
    }
}

/// A process and all that it started, as far as they have not been left to others.
pub fn process_tree(root: u32) -> Vec<u32> {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for entry in std::fs::read_dir("/proc").expect("/proc") {
        let Some(pid) = entry.expect("an entry").file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // The name in parentheses may hold anything; behind it come the state and the parent.
        let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse().ok());
        if let Some(parent) = parent {
            children.entry(parent).or_default().push(pid);
        }
    }
    let mut tree = vec![root];
    let mut next = 0;
    while let Some(pid) = tree.get(next).copied() {
        tree.extend(children.get(&pid).into_iter().flatten());
        next += 1;
    }
    tree
}

fn spellings_of(text: &str) -> Vec<(String, Vec<u8>)> {
    let hex = |case: fn(u8) -> String| text.bytes().map(case).collect::<Vec<_>>();
    let (lower, upper) = (hex(|byte| format!("{byte:02x}")), hex(|byte| format!("{byte:02X}")));
    let percent = |pairs: &[String]| pairs.iter().map(|pair| format!("%{pair}")).collect::<String>();
    let encoded = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let as_component = utf8_percent_encode(text, COMPONENT).to_string();
    let json = serde_json::to_string(text).expect("JSON");
    let json = json[1..json.len() - 1].to_owned();
    let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let mut spellings = vec![
        ("as it is".to_owned(), text.as_bytes().to_vec()),
        ("hexadecimal".to_owned(), lower.concat().into_bytes()),
        ("hexadecimal".to_owned(), upper.concat().into_bytes()),
        ("hexadecimal pairs".to_owned(), lower.join(":").into_bytes()),
        ("hexadecimal pairs".to_owned(), upper.join(":").into_bytes()),
        ("percent-encoded".to_owned(), encoded.to_lowercase().into_bytes()),
        ("percent-encoded".to_owned(), encoded.replace("%20", "+").into_bytes()),
        ("percent-encoded".to_owned(), encoded.into_bytes()),
        ("percent-encoded".to_owned(), as_component.into_bytes()),
        ("percent-encoded".to_owned(), percent(&lower).into_bytes()),
        ("percent-encoded".to_owned(), percent(&upper).into_bytes()),
        ("as JSON".to_owned(), json_in_ascii(&json).into_bytes()),
        ("as JSON in JSON".to_owned(), json.replace('\\', "\\\\").replace('"', "\\\"").into_bytes()),
        ("as JSON".to_owned(), json.into_bytes()),
        (
            "as a list of bytes".to_owned(),
            text.bytes().map(|b| b.to_string()).collect::<Vec<_>>().join(",").into_bytes(),
        ),
        (
            "as a list of bytes".to_owned(),
            text.bytes().map(|b| b.to_string()).collect::<Vec<_>>().join(", ").into_bytes(),
        ),
        ("UTF-16".to_owned(), utf16(u16::to_le_bytes)),
        ("UTF-16".to_owned(), utf16(u16::to_be_bytes)),
    ];
    for shift in 0..3 {
        spellings.push((format!("base64 from byte {shift}"), base64_core(&STANDARD, text, shift)));
        spellings.push((format!("base64 from byte {shift}"), base64_core(&URL_SAFE, text, shift)));
    }
    spellings
}

/// `"é"` as `\u00e9`, the way Python and others write JSON.
fn json_in_ascii(json: &str) -> String {
    let escaped = |c: char| {
        let mut units = [0; 2];
        c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>()
    };
    json.chars().map(|c| if c.is_ascii() { c.to_string() } else { escaped(c) }).collect()
}

/// The characters of base64 that depend on nothing but the text, where `shift` bytes go before it: a
/// password is encoded behind its user's name.
fn base64_core(engine: &impl Engine, text: &str, shift: usize) -> Vec<u8> {
    let mut bytes = vec![0; shift];
    bytes.extend_from_slice(text.as_bytes());
    let encoded = engine.encode(&bytes);
    let from = [0, 2, 3][shift];
    let until = bytes.len() * 8 / 6;
    encoded.as_bytes()[from..until].to_vec()
}
