//! Files of known hosts and the names that are looked up in them: nothing panics or takes long, only what is
//! written in a file is known by it, and what is pinned is found again.
//!
//! Input: a line with the name, then the file. `{1}` and `{2}` in the file stand for two good keys, which
//! no fuzzer would find by itself.

#![no_main]

use std::mem;
use std::path::Path;

use libfuzzer_sys::fuzz_target;

use ssh_config::known_hosts::{
    HostCertificate, HostName, KeyBlob, KnownHosts, PresentedKey, HostKeyStatus, fingerprint_sha256, randomart, without_name,
};

const NOW_S: u64 = 1_800_000_000;

fuzz_target!(|data: &[u8]| {
    // The bytes of a key by themselves.
    if let Some(key) = KeyBlob::new(data) {
        assert_eq!(key.bytes(), data);
        assert_eq!(KeyBlob::from_base64(key.to_base64().as_bytes()).as_ref(), Some(&key));
        assert_eq!(key.fingerprint(), fingerprint_sha256(data));
        assert!(randomart(&key).lines().count() == 11 && randomart(&key).lines().all(|line| line.len() == 19));
    }

    let (first, file) = data.split_at(data.iter().position(|&byte| byte == b'\n').unwrap_or(0));
    let name = name(&String::from_utf8_lossy(first));
    let (one, two) = (key(1), key(2));
    let file = replaced(&replaced(file, b"{1}", &text(&one)), b"{2}", &text(&two));
    let mut known = KnownHosts::default();
    known.add(Path::new("/known_hosts"), &file);

    let places = known.places(&name);
    let types = known.key_types(&name);
    for key in [&one, &two] {
        let written = contains(&file, key.to_base64().as_bytes());
        let certificate = HostCertificate {
            key: key.clone(),
            authority: self::key(2),
            signature_holds: true,
            for_host: true,
            principals: vec![name.known(), name.host.to_ascii_lowercase()],
            valid_after_s: 0,
            valid_before_s: u64::MAX,
            critical_options: Vec::new(),
        };
        for shown in [PresentedKey::Key(key.clone()), PresentedKey::Certificate(certificate)] {
            let status = known.judge_at(&name, &shown, NOW_S);
            let refused = status.refusal(&name, &shown).is_some();
            match &status {
                HostKeyStatus::Known { place } => {
                    assert!(written && places.contains(place));
                    assert!(types.keys.iter().any(|of| of == key.key_type()));
                }
                HostKeyStatus::KnownByAuthority { .. } => {
                    assert!(types.authority && matches!(shown, PresentedKey::Certificate(_)));
                    assert!(contains(&file, b"@cert-authority"));
                }
                HostKeyStatus::Changed { expected } => {
                    assert!(refused && expected.iter().all(|of| places.contains(&of.place)))
                }
                HostKeyStatus::Revoked { .. } => assert!(refused && contains(&file, b"@revoked")),
                HostKeyStatus::Unknown { .. } => assert!(!refused),
            }
            // To revoke a key refuses it whatever else is said, and where the names match only.
            let mut revoking = known.clone();
            revoking.add(Path::new("/more"), format!("@revoked * {}", text(key)).as_bytes());
            assert!(matches!(revoking.judge_at(&name, &shown, NOW_S), HostKeyStatus::Revoked { .. }));
        }
        // What is known stays known whatever stands before or behind it, unless it is revoked.
        let mut pinned = known.clone();
        let line = format!("{} {}", name.known(), text(key));
        pinned.add(Path::new("/pinned"), line.as_bytes());
        let shown = PresentedKey::Key(key.clone());
        let plain = name.known().contains(|c: char| c.is_whitespace() || c.is_control() || "@*?#[]|,!".contains(c));
        if !plain && !name.known().is_empty() && name.known().len() < 1000 {
            let status = pinned.judge_at(&name, &shown, NOW_S);
            assert!(matches!(status, HostKeyStatus::Known { .. } | HostKeyStatus::Revoked { .. }), "{name:?}: {status:?}");
        }
    }
    // To forget a name takes nothing from others, and is done at once.
    let (forgotten, _removed) = without_name(Path::new("/known_hosts"), &file, &name);
    assert_eq!(without_name(Path::new("/known_hosts"), &forgotten, &name), (forgotten.clone(), Vec::new()));
    let mut less = KnownHosts::default();
    less.add(Path::new("/known_hosts"), &forgotten);
    for other in ["elsewhere", "elsewhere.corp"].map(|host| HostName::new(host, 22)) {
        if other.known() != name.known() {
            let status = |known: &KnownHosts| mem::discriminant(&known.judge_at(&other, &PresentedKey::Key(key(1)), NOW_S));
            assert_eq!(status(&known), status(&less), "{}", String::from_utf8_lossy(&forgotten));
        }
    }
    for problem in known.problems() {
        assert!(problem.place.line >= 1 && !problem.to_string().contains('\n'));
    }
});

/// `host`, `host port`, or `host port alias`.
fn name(text: &str) -> HostName {
    let mut words = text.split(' ');
    let host = words.next().unwrap_or_default().to_owned();
    let port = words.next().and_then(|port| port.parse().ok()).unwrap_or(22);
    HostName { host, port, alias: words.next().map(str::to_owned) }
}

fn key(number: u8) -> KeyBlob {
    let mut blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20".to_vec();
    blob.extend([number; 32]);
    KeyBlob::new(&blob).expect("a good key")
}

fn text(key: &KeyBlob) -> String {
    format!("{} {}", key.key_type(), key.to_base64())
}

fn replaced(file: &[u8], what: &[u8], by: &str) -> Vec<u8> {
    let mut result = Vec::with_capacity(file.len());
    let mut rest = file;
    while let Some(at) = rest.windows(what.len()).position(|window| window == what) {
        result.extend_from_slice(&rest[..at]);
        result.extend_from_slice(by.as_bytes());
        rest = &rest[at + what.len()..];
    }
    result.extend_from_slice(rest);
    result
}

fn contains(file: &[u8], what: &[u8]) -> bool {
    file.windows(what.len()).any(|window| window == what)
}
