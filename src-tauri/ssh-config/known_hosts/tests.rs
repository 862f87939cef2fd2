//! Cases by hand; `tests/connect/known_hosts.rs` holds the same rules against ssh itself.

use super::*;

const ED: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHFPqhWGEKi4x4QLZyFsPzTAbaBJKgtIp6AKNfFHmV8O";
const NOW: u64 = 1_800_000_000;

fn ed(number: u8) -> KeyBlob {
    key(&[b"ssh-ed25519", &[number; 32]])
}

fn ecdsa(number: u8) -> KeyBlob {
    let mut point = [number; 65];
    point[0] = 4;
    key(&[b"ecdsa-sha2-nistp256", b"nistp256", &point])
}

fn key(fields: &[&[u8]]) -> KeyBlob {
    KeyBlob::new(&blob(fields)).unwrap()
}

fn blob(fields: &[&[u8]]) -> Vec<u8> {
    fields.iter().flat_map(|field| [&(field.len() as u32).to_be_bytes(), *field].concat()).collect()
}

/// The end of a line: `ssh-ed25519 AAAA…`.
fn text(key: &KeyBlob) -> String {
    format!("{} {}", key.key_type(), key.to_base64())
}

fn known(contents: impl AsRef<[u8]>) -> KnownHosts {
    let mut known = KnownHosts::default();
    known.add(Path::new("/kh"), contents.as_ref());
    known
}

fn judge(contents: impl AsRef<[u8]>, host: &str, port: u16, key: &KeyBlob) -> HostKeyStatus {
    known(contents).judge_at(&HostName::new(host, port), &PresentedKey::Key(key.clone()), NOW)
}

fn line_of(status: &HostKeyStatus) -> usize {
    match status {
        HostKeyStatus::Known { place }
        | HostKeyStatus::KnownByAuthority { place }
        | HostKeyStatus::Revoked { place, .. } => place.line,
        other => panic!("{other:?}"),
    }
}

fn is_unknown(status: &HostKeyStatus) -> bool {
    matches!(status, HostKeyStatus::Unknown { .. })
}

fn is_changed(status: &HostKeyStatus) -> bool {
    matches!(status, HostKeyStatus::Changed { .. })
}

#[test]
fn any_matching_line_accepts() {
    let two = format!("# first\n\nh {}\nh {}\n", text(&ed(1)), text(&ed(2)));
    assert_eq!(line_of(&judge(&two, "h", 22, &ed(2))), 4);
    let changed = judge(&two, "h", 22, &ed(3));
    let HostKeyStatus::Changed { expected } = &changed else { panic!("{changed:?}") };
    assert_eq!(expected.len(), 2);
    assert_eq!(expected[0].place.to_string(), "/kh:3");
    assert_eq!((expected[0].key_type.as_str(), &expected[0].fingerprint), ("ssh-ed25519", &ed(1).fingerprint()));
    assert!(is_unknown(&judge(&two, "other", 22, &ed(3))));
}

#[test]
fn a_key_of_another_type_is_a_change() {
    assert!(is_changed(&judge(format!("h {}\n", text(&ed(1))), "h", 22, &ecdsa(1))));
}

#[test]
fn revoked_wins_over_everything_and_only_where_the_names_match() {
    let one = text(&ed(1));
    for (contents, line) in [
        (format!("@revoked * {one}\nh {one}\n"), 1),
        (format!("h {one}\n@revoked h {one}\n"), 2),
        (format!("@revoked\th\t{one}\n"), 1),
        (format!("@revoked *.x,h* {one}\nh {one}\n"), 1),
    ] {
        let status = judge(&contents, "h", 22, &ed(1));
        assert_eq!(
            (&status, line_of(&status)),
            (&HostKeyStatus::Revoked { place: Place::new("/kh", line), authority: false }, line)
        );
    }
    assert_eq!(line_of(&judge(format!("@revoked other {one}\nh {one}\n"), "h", 22, &ed(1))), 2);
    assert_eq!(line_of(&judge(format!("@revoked * {}\nh {one}\n", text(&ed(2))), "h", 22, &ed(1))), 2);
    // ssh would ask about this one; to name the host without its port is to mean the host.
    assert_eq!(line_of(&judge(format!("@revoked h {one}\n"), "h", 2222, &ed(1))), 1);
}

#[test]
fn wildcards_negations_and_capitals() {
    let one = text(&ed(1));
    for (names, host, port, matches) in [
        ("*.corp", "gpu.corp", 22, true),
        ("*.corp", "corp", 22, false),
        ("*.corp", "gpu.corp", 2222, false),
        ("[*.corp]:2222", "gpu.corp", 2222, true),
        ("[*.corp]:*", "gpu.corp", 2222, true),
        ("gpu-?.corp", "gpu-1.corp", 22, true),
        ("gpu-?.corp", "gpu-12.corp", 22, false),
        ("*.corp,!bad.corp", "bad.corp", 22, false),
        ("!bad.corp,*.corp", "good.corp", 22, true),
        ("!bad.corp", "good.corp", 22, false),
        ("GPU.Corp", "gpu.corp", 22, true),
        ("gpu.corp", "GPU.corp", 22, true),
        ("a,gpu.corp,b", "gpu.corp", 22, true),
        ("[gpu.corp]:2222", "gpu.corp", 22, false),
        ("2001:db8::1", "2001:DB8:0::1", 22, true),
        ("[::1]:2222", "::1", 2222, true),
    ] {
        let status = judge(format!("{names} {one}\n"), host, port, &ed(1));
        assert_eq!(matches!(status, HostKeyStatus::Known { .. }), matches, "{names} for {host}:{port}: {status:?}");
    }
}

#[test]
fn an_alias_stands_for_host_and_port() {
    let lines = known(format!("Cluster {}\n[h]:2222 {}\n", text(&ed(1)), text(&ed(2))));
    let name = HostName { alias: Some("cluster".into()), ..HostName::new("h", 2222) };
    assert_eq!(line_of(&lines.judge_at(&name, &PresentedKey::Key(ed(1)), NOW)), 1);
    assert!(is_changed(&lines.judge_at(&name, &PresentedKey::Key(ed(2)), NOW)));
}

#[test]
fn hashed_names() {
    let hidden = names::hash("[gpu.corp]:2222").unwrap();
    let contents = format!("{hidden} {}\n", text(&ed(1)));
    assert_eq!(line_of(&judge(&contents, "GPU.corp", 2222, &ed(1))), 1);
    assert!(is_unknown(&judge(&contents, "gpu.corp", 22, &ed(1))));
    // sshd(8) does not say of which name its example of a hash is; this one is made by ssh-keygen.
    let made = "|1|fVl/CIZ7OeVTBsvVFvFpc2o5jTs=|nonsense ssh-ed25519 AAAA";
    assert_eq!(known(made).problems().len(), 1);
    let two = format!("{hidden},gpu.corp {}\n", text(&ed(1)));
    assert!(is_unknown(&judge(two, "gpu.corp", 22, &ed(1))), "a hash stands alone");
}

#[test]
fn broken_lines_are_told_and_passed_over() {
    let one = text(&ed(1));
    let contents = [
        b"h ssh-ed25519 AAAA\n".as_slice(),
        b"h\n@revoke h x y\n@revoked @cert-authority h x y\n|1|x|y ssh-ed25519 AAAA\n",
        b"\xff\xfe\x00 \xff\n",
        format!("h ssh-rsa {}\n", ed(1).to_base64()).as_bytes(),
        b"h 1024 35 1234567890\n",
        &[b'x'; 1 << 20],
        b"\n  # a comment, and an empty line\n \t\r\n",
        format!("  h \t ssh-ed25519\t\t{}   a comment\r\n", ed(1).to_base64()).as_bytes(),
        format!("h {one}").as_bytes(),
    ]
    .concat();
    let lines = known(&contents);
    let told: Vec<usize> = lines.problems().iter().map(|problem| problem.place.line).collect();
    assert_eq!(told, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(lines.problems()[1].to_string(), "/kh:2: the line is cut short: names, key type and key are needed");
    assert_eq!(line_of(&lines.judge_at(&HostName::new("h", 22), &PresentedKey::Key(ed(1)), NOW)), 12);
    assert_eq!(lines.lines.len(), 2, "the last line needs no end");
}

#[test]
fn the_name_of_a_type_may_be_one_that_openssh_takes() {
    let rsa = key(&[b"ssh-rsa", &[1, 0, 1], &[0x7f; 256]]);
    for (said, taken) in [("rsa-sha2-512", true), ("RSA", true), ("ssh-dss", false)] {
        assert_eq!(known(format!("h {said} {}\n", rsa.to_base64())).lines.len(), usize::from(taken), "{said}");
    }
    assert_eq!(rsa.bits(), 2047);
}

#[test]
fn only_well_formed_keys_are_keys() {
    let mut long = blob(&[b"ssh-ed25519", &[1; 32]]);
    long.push(0);
    let point = |first: u8, length: usize| [vec![first], vec![1; length - 1]].concat();
    for (wrong, why) in [
        (long, "something behind it"),
        (blob(&[b"ssh-ed25519", &[1; 31]]), "too short"),
        (blob(&[b"ecdsa-sha2-nistp256", b"nistp384", &point(4, 97)]), "another curve"),
        (blob(&[b"ecdsa-sha2-nistp256", b"nistp256", &point(2, 33)]), "a compressed point"),
        (blob(&[b"ssh-rsa", &[1, 0, 1], &[0, 0x7f, 1]]), "a needless zero"),
        (blob(&[b"ssh-rsa", &[1, 0, 1], &[0x80, 1]]), "negative"),
        (blob(&[b"ssh-rsa", &[], &[1]]), "no exponent"),
        (blob(&[b"ssh-ed25519-cert-v01@openssh.com", &[1; 32]]), "a certificate"),
        (vec![0xff; 8], "a length beyond the end"),
        (Vec::new(), "nothing"),
    ] {
        assert_eq!(KeyBlob::new(&wrong), None, "{why}");
    }
}

#[test]
fn other_names_and_the_plain_host_are_told() {
    let contents = format!(
        "gpu,10.0.0.7 {one}\n{} {one}\n@revoked x {one}\n@cert-authority *.y {one}\nh {two}\n",
        names::hash("secret").unwrap(),
        one = text(&ed(1)),
        two = text(&ed(2)),
    );
    let HostKeyStatus::Unknown { known_as, plain_host, note } = judge(&contents, "h", 2222, &ed(1)) else { panic!() };
    let names: Vec<&str> = known_as.iter().map(|other| other.name.as_str()).collect();
    assert_eq!(names, ["gpu,10.0.0.7", "a hidden name"]);
    assert_eq!(plain_host, Some(PlainHost { place: Place::new("/kh", 5), same_key: false }));
    assert_eq!(note, None);
    let HostKeyStatus::Unknown { plain_host, .. } = judge(&contents, "h", 2222, &ed(2)) else { panic!() };
    assert!(plain_host.unwrap().same_key);
}

#[test]
fn another_name_of_a_key_never_looks_like_the_host_s() {
    let contents = format!("gp\u{200b}u,\u{202e}upg\u{7} {}\n", text(&ed(1)));
    let HostKeyStatus::Unknown { known_as, .. } = judge(&contents, "gpu", 22, &ed(1)) else { panic!() };
    assert_eq!(known_as[0].name, "gp\u{fffd}u,\u{fffd}upg\u{fffd}");
}

fn certificate() -> HostCertificate {
    HostCertificate {
        key: ed(1),
        authority: ed(9),
        signature_holds: true,
        for_host: true,
        principals: vec!["gpu.corp".into(), "*.lab".into()],
        valid_after_s: NOW - 10,
        valid_before_s: NOW + 10,
        critical_options: Vec::new(),
    }
}

fn judge_certificate(contents: &str, host: &str, certificate: &HostCertificate) -> HostKeyStatus {
    known(contents).judge_at(&HostName::new(host, 22), &PresentedKey::Certificate(certificate.clone()), NOW)
}

#[test]
fn an_authority_vouches_for_certificates_in_order_and_for_nothing_else() {
    let authority = format!("# the lab\n@cert-authority *.corp,*.lab {}\n", text(&ed(9)));
    let good = certificate();
    assert_eq!(line_of(&judge_certificate(&authority, "gpu.corp", &good)), 2);
    assert_eq!(line_of(&judge_certificate(&authority, "any.lab", &good)), 2);
    // Not its own key, and no plain key.
    assert!(is_unknown(&judge(&authority, "gpu.corp", 22, &ed(9))));
    assert!(is_unknown(&judge(&authority, "gpu.corp", 22, &ed(1))));
    // A line without the marker is no authority.
    assert!(is_changed(&judge_certificate(&authority.replace("@cert-authority ", ""), "gpu.corp", &good)));
    let forever = HostCertificate { valid_after_s: 0, valid_before_s: u64::MAX, ..certificate() };
    assert_eq!(line_of(&judge_certificate(&authority, "gpu.corp", &forever)), 2);
    for (wrong, said) in [
        (HostCertificate { for_host: false, ..certificate() }, "for a user"),
        (HostCertificate { valid_after_s: NOW + 1, ..certificate() }, "not valid yet"),
        (HostCertificate { valid_before_s: NOW, ..certificate() }, "expired"),
        (
            HostCertificate { principals: vec!["other.corp".into()], ..certificate() },
            "is for other.corp and not for gpu.corp",
        ),
        (
            HostCertificate { principals: vec!["gpu\u{200b}.corp".into(), "\u{202e}gpu\u{7}".into()], ..certificate() },
            "is for gpu\u{fffd}.corp, \u{fffd}gpu\u{fffd} and not for gpu.corp",
        ),
        (HostCertificate { principals: vec!["GPU.corp".into()], ..certificate() }, "is for GPU.corp"),
        (HostCertificate { principals: Vec::new(), ..certificate() }, "does not say which host"),
        (HostCertificate { critical_options: vec!["x".into()], ..certificate() }, "not understood: x"),
        (HostCertificate { signature_holds: false, ..certificate() }, "signature"),
        (HostCertificate { authority: ed(8), ..certificate() }, "not trusted"),
    ] {
        let status = judge_certificate(&authority, "gpu.corp", &wrong);
        let HostKeyStatus::Unknown { note: Some(note), .. } = &status else { panic!("{said}: {status:?}") };
        assert!(note.contains(said), "{note}");
        // What the plain key is worth it is worth with a useless certificate, too.
        let plain = format!("{authority}gpu.corp {}\n", text(&ed(1)));
        assert_eq!(line_of(&judge_certificate(&plain, "gpu.corp", &wrong)), 3, "{said}");
        let other = format!("{authority}gpu.corp {}\n", text(&ed(2)));
        assert!(is_changed(&judge_certificate(&other, "gpu.corp", &wrong)), "{said}");
    }
}

#[test]
fn an_authority_for_the_host_is_one_on_every_port() {
    let lines = known(format!("@cert-authority *.corp {}\n", text(&ed(9))));
    let name = HostName::new("gpu.corp", 2222);
    assert_eq!(line_of(&lines.judge_at(&name, &PresentedKey::Certificate(certificate()), NOW)), 1);
    assert!(lines.key_types(&name).authority);
}

#[test]
fn a_revoked_authority_and_a_revoked_key_in_a_certificate_are_refused() {
    let authority = format!("@cert-authority * {}\n", text(&ed(9)));
    for (number, of_authority) in [(9, true), (1, false)] {
        let contents = format!("{authority}@revoked * {}\ngpu.corp {}\n", text(&ed(number)), text(&ed(1)));
        let revoked = HostKeyStatus::Revoked { place: Place::new("/kh", 2), authority: of_authority };
        assert_eq!(judge_certificate(&contents, "gpu.corp", &certificate()), revoked);
    }
}

#[test]
fn what_to_ask_for_first() {
    let contents = format!(
        "h {}\nh {}\nh {}\n@revoked h {}\n[h]:2222 {}\n",
        text(&ecdsa(1)),
        text(&ed(1)),
        text(&ecdsa(2)),
        text(&ed(1)),
        text(&ed(3))
    );
    let types = |port| known(&contents).key_types(&HostName::new("h", port));
    assert_eq!(types(22), KnownTypes { keys: vec!["ecdsa-sha2-nistp256".into()], authority: false });
    assert_eq!(types(2222).keys, ["ssh-ed25519"]);
    assert!(types(23).keys.is_empty());
}

#[test]
fn missing_files_are_no_problem_and_others_are() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let known = KnownHosts::read(&[missing, "/dev/null".into(), folder.path().to_owned()]);
    assert_eq!(known.problems().len(), 1);
    assert!(known.problems()[0].to_string().ends_with(": is not a file"), "{}", known.problems()[0]);
}

#[test]
fn a_pinned_key_is_known_and_can_be_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new/known_hosts");
    let name = HostName::new("GPU.corp", 2222);
    assert_eq!(pin(&file, &name, &ed(1), false), Ok(Place::new(&file, 1)));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), format!("[gpu.corp]:2222 {}\n", text(&ed(1))));
    #[cfg(unix)]
    for (path, mode) in [(file.as_path(), 0o600), (file.parent().unwrap(), 0o700)] {
        let permissions = std::fs::metadata(path).unwrap().permissions();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&permissions) & 0o777, mode);
    }
    assert_eq!(pin(&file, &name, &ed(1), true), Ok(Place::new(&file, 1)), "not twice");
    assert_eq!(pin(&file, &name, &ecdsa(1), true), Ok(Place::new(&file, 2)));
    assert!(!std::fs::read_to_string(&file).unwrap().lines().nth(1).unwrap().contains("gpu"));
    let known = || KnownHosts::read(std::slice::from_ref(&file));
    assert_eq!(line_of(&known().judge(&name, &PresentedKey::Key(ecdsa(1)))), 2);
    let gone = forget(&file, &name).unwrap();
    assert_eq!(gone.iter().map(|gone| gone.place.line).collect::<Vec<_>>(), [1, 2]);
    assert!(is_unknown(&known().judge(&name, &PresentedKey::Key(ed(1)))));
    assert_eq!(forget(&file, &name), Ok(Vec::new()));
    assert_eq!(std::fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "no new files are left over");
}

#[test]
fn foreign_lines_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("known_hosts");
    let one = text(&ed(1));
    // A byte for each character, so that this is no UTF-8.
    let bytes = |text: &str| text.chars().map(|c| u8::try_from(c).unwrap()).collect::<Vec<u8>>();
    let before = format!(
        "# mine\r\n\n \t a,H,b \t{one} note\r\n\u{ff} broken\nh,!x {one}\n*h {one}\n@revoked h {one}\nother {one}"
    );
    std::fs::write(&file, bytes(&before)).unwrap();
    let gone = forget(&file, &HostName::new("h", 22)).unwrap();
    assert_eq!(gone.iter().map(|gone| gone.place.line).collect::<Vec<_>>(), [3, 5]);
    let after = format!("# mine\r\n\na,b \t{one} note\r\n\u{ff} broken\n*h {one}\n@revoked h {one}\nother {one}");
    assert_eq!(std::fs::read(&file).unwrap(), bytes(&after));
    assert_eq!(pin(&file, &HostName::new("new", 22), &ed(2), false).unwrap().line, 8);
    assert_eq!(std::fs::read(&file).unwrap(), bytes(&format!("{after}\nnew {}\n", text(&ed(2)))));
}

#[test]
fn names_that_would_mean_something_else_are_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("known_hosts");
    for bad in ["", "*", "a b", "a,b", "!a", "@revoked", "#a", "|1|x|y", "a\nb", "[a]:1"] {
        assert!(matches!(pin(&file, &HostName::new(bad, 22), &ed(1), false), Err(PinError::BadName { .. })), "{bad:?}");
    }
    assert!(!file.exists());
    assert_eq!(pin(&file, &HostName::new("fe80::1", 2222), &ed(1), false).unwrap().line, 1);
}

#[test]
fn fingerprint_and_picture_are_those_of_ssh_keygen() {
    let key = KeyBlob::from_base64(ED.split(' ').nth(1).unwrap().as_bytes()).unwrap();
    assert_eq!(key.fingerprint(), "SHA256:shEIFaACQ7aKI/4Dz1h4sSEOYBFkNdzXQRgD5LhGAtc");
    assert_eq!(
        randomart(&key).lines().collect::<Vec<_>>(),
        [
            "+--[ED25519 256]--+",
            "|*BO*=+.o=o.      |",
            "|*=.oEo o..       |",
            "|=o o..o          |",
            "|=.oo.  .         |",
            "|B oo+ o S        |",
            "|o=.+   +         |",
            "| .B   .          |",
            "| ..+             |",
            "|   ..            |",
            "+----[SHA256]-----+",
        ]
    );
    assert_eq!((key.short_type(), key.bits()), ("ED25519", 256));
}

#[test]
fn patterns_with_many_stars_end_in_time() {
    let pattern = "*a".repeat(500) + "b";
    assert!(!names::matches_pattern("a".repeat(1000).as_bytes(), pattern.as_bytes()));
    assert!(names::matches_pattern("a".repeat(1000).as_bytes(), "*a".repeat(500).as_bytes()));
    assert!(names::matches_pattern(b"", b"**"));
    assert!(!names::matches_pattern(b"", b"?"));
}

#[test]
fn a_refusal_names_both_keys_and_the_line() {
    let contents = format!("h {}\n@revoked * {}\n", text(&ed(1)), text(&ed(2)));
    let refusal = |key: &KeyBlob| {
        let shown = PresentedKey::Key(key.clone());
        let name = HostName::new("h", 22);
        known(&contents).judge(&name, &shown).refusal(&name, &shown)
    };
    assert_eq!(refusal(&ed(1)), None);
    let Refusal { what, remedy } = refusal(&ed(3)).unwrap();
    for part in ["of h has changed", &ed(3).fingerprint(), &ed(1).fingerprint(), "/kh:1"] {
        assert!(what.contains(part), "{what}");
    }
    assert!(remedy.contains(&ed(3).fingerprint()) && remedy.contains("(/kh:1)"), "{remedy}");
    assert!(refusal(&ecdsa(1)).unwrap().what.contains("another type"));
    assert!(refusal(&ed(2)).unwrap().what.contains("revoked in /kh:2"));
}
