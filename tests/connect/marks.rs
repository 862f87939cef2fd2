//! Whether a secret that got somewhere would be found there: the other tests on secrets rest on it.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::common::marks::{Mark, process_tree};

const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn a_mark_is_found_in_every_spelling_and_place() {
    let secret = "Zß$\"\\ 7/q-mark+~ü;Ω#k=";
    let mark = Mark::of(secret);
    let json = serde_json::json!({ "token": secret }).to_string();
    let texts: Vec<Vec<u8>> = vec![
        secret.into(),
        json.clone().into(),
        "Z\\u00df$\\\"\\\\ 7/q-mark+".into(),
        serde_json::to_vec(&json).unwrap(),
        STANDARD.encode(format!("ana:{secret}")).into(),
        STANDARD.encode(format!("anna:{secret}")).into(),
        URL_SAFE.encode(format!("hanna:{secret}, and more")).into(),
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string().into(),
        format!("{:?}", secret.as_bytes()).into(),
        secret.bytes().map(|byte| format!("{byte:02x}")).collect::<String>().into(),
        secret.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        secret.as_bytes()[9..].into(),
    ];
    for text in &texts {
        let around = [b"\0\0 before ".as_slice(), text, b" after"].concat();
        assert!(mark.within(&around).is_some(), "not found in {:?}", String::from_utf8_lossy(text));
    }
    assert_eq!(mark.within(br#"{"token": "Z\u00df$", "q-mark": 7}"#), None);

    let folder = tempfile::tempdir().unwrap();
    assert_eq!(mark.in_folder(folder.path()), Vec::<String>::new());
    std::fs::create_dir(folder.path().join("below")).unwrap();
    std::fs::write(folder.path().join("below/file"), &texts[4]).unwrap();
    assert_eq!(mark.in_folder(folder.path()).len(), 1);
}

#[test]
fn a_mark_is_found_in_what_a_process_shows() {
    let mark = Mark::of("a-mark-of-a-process");
    // The shell's child is found too, and the lifeline ends both.
    let run = |name: &str, value: &str, argument: &str| {
        let mut command = std::process::Command::new("sh");
        command.args(["-c", "cat; true", "sh", argument]).env(name, value).stdin(std::process::Stdio::piped());
        command.spawn().unwrap()
    };
    for (value, argument, expected) in
        [("a-mark-of-a-process", "", "environ"), ("", "a-mark-of-a-process", "cmdline"), ("", "", "")]
    {
        let mut child = run("MARKED", value, argument);
        let started = Instant::now();
        while process_tree(child.id()).len() < 2 && started.elapsed() < PATIENCE {
            std::thread::yield_now();
        }
        let found = mark.in_processes(child.id());
        drop(child.stdin.take());
        child.wait().unwrap();
        assert_eq!(!found.is_empty(), !expected.is_empty(), "{found:?}");
        assert!(found.iter().all(|place| place.starts_with(expected)), "{found:?}");
    }
}
