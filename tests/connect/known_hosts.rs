//! Whether we trust a host key exactly where the machine's own `ssh` does, and know the same lines about a
//! name as `ssh-keygen -F`; where we mean to be stricter, it is said.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use podium::connect::ssh::presented_key;
use russh::keys::PublicKeyOrCertificate;
use ssh_config::known_hosts::{
    HostKeyStatus, HostName, KeyBlob, KnownHosts, PresentedKey, fingerprint_sha256, forget, pin, randomart,
};

use crate::common::sshd::{HostCertificate, Sshd, SshdOptions, make_key, public_key, text_of};

/// What a known_hosts file is made of, by a letter for each.
struct Keys {
    folder: tempfile::TempDir,
}

impl Keys {
    fn make() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, kind) in [("other", "ed25519"), ("other_ecdsa", "ecdsa"), ("ca", "ed25519"), ("other_ca", "ecdsa")] {
            make_key(folder.path(), name, kind, "");
        }
        make_key(folder.path(), "rsa_ca", "rsa", "");
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `text` with `{other}` as that key, `{ed25519}` as the server's own and `{port}` as its port.
    fn filled(&self, text: &str, sshd: &Sshd) -> String {
        let mut text = text.replace("{port}", &sshd.port.to_string());
        for kind in ["ed25519", "ecdsa", "rsa"] {
            let name = format!("{{{kind}}}");
            if text.contains(&name) {
                text = text.replace(&name, &sshd.host_key(kind));
            }
        }
        for name in ["other", "other_ecdsa", "ca", "other_ca", "rsa_ca"] {
            text = text.replace(&format!("{{{name}}}"), &public_key(&self.path(name)));
        }
        text
    }

    fn write(&self, contents: &[u8]) -> PathBuf {
        let file = self.path("known_hosts");
        std::fs::write(&file, contents).unwrap();
        file
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Known,
    Authority,
    Unknown,
    Changed,
    Revoked,
}

use Says::{Authority, Changed, Known, Revoked, Unknown};

fn says(status: &HostKeyStatus) -> Says {
    match status {
        HostKeyStatus::Known { .. } => Known,
        HostKeyStatus::KnownByAuthority { .. } => Authority,
        HostKeyStatus::Unknown { .. } => Unknown,
        HostKeyStatus::Changed { .. } => Changed,
        HostKeyStatus::Revoked { .. } => Revoked,
    }
}

struct Catch(Arc<Mutex<Option<PresentedKey>>>);

impl russh::client::Handler for Catch {
    type Error = russh::Error;

    async fn check_server_key(&mut self, server: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
        *self.0.lock().unwrap() = presented_key::presented(server);
        Ok(false)
    }
}

/// What the server shows to a client that asks for what is known, and what we say to that.
fn ours(sshd: &Sshd, known: &KnownHosts, name: &HostName) -> HostKeyStatus {
    let preferred = presented_key::asked_first(&known.key_types(name), russh::Preferred::default());
    let config = Arc::new(russh::client::Config { preferred, ..Default::default() });
    let caught = Arc::new(Mutex::new(None));
    let connecting = russh::client::connect(config, ("127.0.0.1", sshd.port), Catch(caught.clone()));
    let refused = tokio::runtime::Runtime::new().unwrap().block_on(connecting).err();
    let shown = caught.lock().unwrap().take();
    known.judge(name, &shown.unwrap_or_else(|| panic!("no host key: {refused:?}")))
}

/// What ssh says, by its exit and its complaint.
fn theirs(sshd: &Sshd, known_hosts: &Path, name: &HostName) -> Says {
    let mut ssh = sshd.ssh(known_hosts);
    if let Some(alias) = &name.alias {
        ssh.arg("-o").arg(format!("HostKeyAlias={alias}"));
    }
    let output = ssh.arg("-v").args([&name.host, "true"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let found_authority = said.contains("Found CA key in");
    let trusted = said.contains("Found key in") || found_authority;
    match output.status.code() {
        Some(0) if found_authority && !said.contains("No matching CA found") => Authority,
        Some(0) if trusted => Known,
        _ if said.contains("REVOKED HOST KEY") => Revoked,
        _ if said.contains("HOST IDENTIFICATION HAS CHANGED") => Changed,
        _ if said.contains("key is known for") => Unknown,
        other => panic!("{other:?}: {said}"),
    }
}

/// The lines that ssh-keygen finds about a name.
fn found_by_ssh_keygen(known_hosts: &Path, name: &str) -> Vec<usize> {
    let output = Command::new("ssh-keygen").args(["-l", "-F", name, "-f"]).arg(known_hosts).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let numbers = text.lines().filter_map(|line| line.strip_prefix("# ")?.split(": line ").nth(1));
    numbers.map(|number| number.split(' ').next().unwrap().parse().unwrap()).collect()
}

fn hashed(keys: &Keys, contents: &str) -> String {
    let file = keys.path("hashed");
    std::fs::write(&file, contents).unwrap();
    text_of(Command::new("ssh-keygen").args(["-q", "-H", "-f"]).arg(&file));
    std::fs::read_to_string(&file).unwrap()
}

fn by_address(sshd: &Sshd, host: &str) -> HostName {
    HostName::new(host, sshd.port)
}

fn by_alias(sshd: &Sshd, alias: &str) -> HostName {
    HostName { alias: Some(alias.to_owned()), ..by_address(sshd, "127.0.0.1") }
}

/// Holds one file against ssh and ssh-keygen.
fn compare(keys: &Keys, sshd: &Sshd, contents: &[u8], name: &HostName, expected: Says) {
    let case = format!("{name}:\n{}", String::from_utf8_lossy(contents).chars().take(2000).collect::<String>());
    let file = keys.write(contents);
    let known = KnownHosts::read(std::slice::from_ref(&file));
    let status = ours(sshd, &known, name);
    assert_eq!(says(&status), expected, "we say {status:?} of {case}");
    assert_eq!(theirs(sshd, &file, name), expected, "ssh says otherwise of {case}");
    compare_lines(&known, &file, name, &case);
}

fn compare_lines(known: &KnownHosts, file: &Path, name: &HostName, case: &str) {
    let lines: Vec<usize> = known.places(name).iter().map(|place| place.line).collect();
    assert_eq!(lines, found_by_ssh_keygen(file, &name.known()), "the lines about {case}");
}

#[test]
fn plain_keys_are_trusted_exactly_where_ssh_trusts_them() {
    let keys = Keys::make();
    let sshd = Sshd::start(SshdOptions {
        host_keys: ["ed25519", "ecdsa", "rsa"].map(str::to_owned).to_vec(),
        ..SshdOptions::default()
    });
    let one = "[127.0.0.1]:{port}";
    for (contents, expected) in [
        (String::new(), Unknown),
        (format!("{one} {{ed25519}}\n"), Known),
        // A type that is not the preferred one is asked for.
        (format!("{one} {{rsa}}\n"), Known),
        (format!("{one} {{ecdsa}}\n"), Known),
        (format!("{one} {{other}}\n"), Changed),
        (format!("{one} {{other_ecdsa}}\n"), Changed),
        // Two keys of one type, the second right; and the right one of another type.
        (format!("{one} {{other}}\n{one} {{ed25519}}\n"), Known),
        (format!("{one} {{ed25519}}\n{one} {{other}}\n"), Known),
        (format!("@revoked * {{ed25519}}\n{one} {{ed25519}}\n"), Revoked),
        (format!("{one} {{ed25519}}\n@revoked {one} {{ed25519}}\n"), Revoked),
        (format!("@revoked * {{other}}\n{one} {{ed25519}}\n"), Known),
        (format!("@revoked elsewhere {{ed25519}}\n{one} {{ed25519}}\n"), Known),
        (format!("{one}\t{{ed25519}}\n"), Known),
        (format!("  {one}  {{ed25519}}   a comment\r\n"), Known),
        (format!("a,b,{one},c {{ed25519}}\n"), Known),
        (format!("{one} ssh-ed25519 AAAA\n{one} broken\n{one}\n{one} {{ed25519}}\n"), Known),
        (format!("{one} ssh-ed25519 AAAA\n"), Unknown),
        ("[127.*]:{port} {ed25519}\n".to_owned(), Known),
        ("[127.0.0.?]:* {ed25519}\n".to_owned(), Known),
        ("[*]:*,![127.0.0.1]:{port} {ed25519}\n".to_owned(), Unknown),
        ("![127.0.0.2]:{port},*:{port} {ed25519}\n".to_owned(), Known),
        ("* {other}\n".to_owned(), Changed),
        // An authority's key is no host's key.
        ("@cert-authority * {ed25519}\n".to_owned(), Unknown),
        (format!("# {one} {{ed25519}}\n"), Unknown),
        (format!("@strange {one} {{ed25519}}\n"), Unknown),
        (format!("@revoked @revoked {one} {{ed25519}}\n{one} {{ed25519}}\n"), Known),
        (format!("{}{one} {{ed25519}}", "#\n \n\n"), Known),
        (format!("{} {{ed25519}}\n{one} {{ed25519}}\n", "x".repeat(1 << 20)), Known),
    ] {
        compare(&keys, &sshd, keys.filled(&contents, &sshd).as_bytes(), &by_address(&sshd, "127.0.0.1"), expected);
    }
    let not_text = [b"\xff\xfe \xff\n".as_slice(), keys.filled("[127.0.0.1]:{port} {rsa}", &sshd).as_bytes()].concat();
    compare(&keys, &sshd, &not_text, &by_address(&sshd, "127.0.0.1"), Known);

    for (contents, alias, expected) in [
        ("Cluster {ed25519}\n", "cluster", Known),
        ("cluster {ed25519}\n", "CLUSTER", Known),
        ("[cluster]:{port} {ed25519}\n", "cluster", Unknown),
        ("*.corp,!bad.corp {ed25519}\n", "bad.corp", Unknown),
        ("*.corp,!bad.corp {ed25519}\n", "good.corp", Known),
        ("*.corp {other}\n", "good.corp", Changed),
        ("!bad.corp {ed25519}\n", "good.corp", Unknown),
        ("gpu-?.corp {ed25519}\n", "gpu-12.corp", Unknown),
        ("[127.0.0.1]:{port} {other}\ncluster {ed25519}\n", "cluster", Known),
    ] {
        compare(&keys, &sshd, keys.filled(contents, &sshd).as_bytes(), &by_alias(&sshd, alias), expected);
    }

    for (contents, expected) in [("[127.0.0.1]:{port} {ed25519}\n", Known), ("[127.0.0.1]:{port} {other}\n", Changed)] {
        let hidden = hashed(&keys, &keys.filled(contents, &sshd));
        assert!(hidden.starts_with("|1|"), "{hidden}");
        compare(&keys, &sshd, hidden.as_bytes(), &by_address(&sshd, "127.0.0.1"), expected);
    }
    let hidden = hashed(&keys, &keys.filled("cluster {ed25519}\n", &sshd)).replace(" ssh", ",other ssh");
    compare(&keys, &sshd, hidden.as_bytes(), &by_alias(&sshd, "cluster"), Unknown);
}

#[test]
fn a_server_that_has_only_a_key_of_another_type_has_changed() {
    let keys = Keys::make();
    let sshd = Sshd::start(SshdOptions { host_keys: vec!["ecdsa".to_owned()], ..SshdOptions::default() });
    let contents = keys.filled("[127.0.0.1]:{port} {other}\n", &sshd);
    compare(&keys, &sshd, contents.as_bytes(), &by_address(&sshd, "127.0.0.1"), Changed);
}

#[test]
fn where_we_are_stricter_than_ssh() {
    let keys = Keys::make();
    let sshd = Sshd::start(SshdOptions::default());
    let name = by_address(&sshd, "127.0.0.1");
    for (contents, we, ssh) in [
        // The key of the same host on port 22 is a hint and no more.
        ("127.0.0.1 {ed25519}\n", Unknown, Known),
        // A host that is revoked is revoked on all its ports.
        ("@revoked 127.0.0.1 {ed25519}\n", Revoked, Revoked),
        ("127.0.0.1 {ed25519}\n@revoked 127.0.0.1 {ed25519}\n[127.0.0.1]:{port} {ed25519}\n", Revoked, Known),
    ] {
        let file = keys.write(keys.filled(contents, &sshd).as_bytes());
        let status = ours(&sshd, &KnownHosts::read(std::slice::from_ref(&file)), &name);
        assert_eq!((says(&status), theirs(&sshd, &file, &name)), (we, ssh), "{contents}");
        if let HostKeyStatus::Unknown { plain_host, .. } = status {
            assert!(plain_host.unwrap().same_key);
        }
    }
}

#[test]
fn certificates_are_trusted_exactly_where_ssh_trusts_them() {
    let keys = Keys::make();
    let ca = keys.path("ca");
    let authority = "@cert-authority *.corp,localhost,cluster {ca}\n";
    let changed = |change: fn(&mut HostCertificate)| {
        let mut certificate = HostCertificate::of(&ca, "gpu.corp,*.lab,localhost,cluster");
        change(&mut certificate);
        certificate
    };
    let good = changed(|_| {});
    let start = |kind: &str, certificate: &HostCertificate| {
        Sshd::start(SshdOptions {
            host_keys: vec![kind.to_owned()],
            host_certificate: Some(certificate.clone()),
            ..SshdOptions::default()
        })
    };
    for kind in ["ed25519", "ecdsa", "rsa"] {
        let sshd = start(kind, &good);
        let contents = keys.filled(authority, &sshd);
        compare(&keys, &sshd, contents.as_bytes(), &by_alias(&sshd, "gpu.corp"), Authority);
    }

    let sshd = start("ed25519", &good);
    for (contents, alias, expected) in [
        (authority, "cluster", Authority),
        (authority, "other.corp", Unknown),
        (authority, "gpu.lab", Unknown),
        ("@cert-authority * {other_ca}\n", "cluster", Unknown),
        ("@cert-authority * {other_ca}\n@cert-authority * {ca}\n", "cluster", Authority),
        ("@cert-authority * {ca}\n@revoked * {ca}\n", "cluster", Revoked),
        ("@cert-authority * {ca}\n@revoked * {ed25519}\n", "cluster", Revoked),
        ("@cert-authority * {ca}\n@revoked * {other}\n", "cluster", Authority),
        ("@cert-authority *,!cluster {ca}\n", "cluster", Unknown),
        ("* {ca}\n", "cluster", Changed),
        // A certificate that no known authority signed is worth its plain key.
        ("cluster {ed25519}\n", "cluster", Known),
        ("@cert-authority * {other_ca}\ncluster {ed25519}\n", "cluster", Known),
        ("@cert-authority * {ca}\ncluster {other}\n", "cluster", Authority),
        ("@cert-authority * {other_ca}\ncluster {other}\n", "cluster", Changed),
        ("@cert-authority * {ca}\nother.corp {ed25519}\n", "other.corp", Known),
        ("", "cluster", Unknown),
    ] {
        compare(&keys, &sshd, keys.filled(contents, &sshd).as_bytes(), &by_alias(&sshd, alias), expected);
    }
    let hidden = hashed(&keys, &keys.filled("@cert-authority cluster {ca}\n", &sshd));
    compare(&keys, &sshd, hidden.as_bytes(), &by_alias(&sshd, "cluster"), Authority);
    // Without an alias the port is part of the name, but not of what an authority vouches for.
    for (names, host, expected) in [
        ("[localhost]:{port}", "localhost", Authority),
        ("localhost", "localhost", Authority),
        ("[*]:{port}", "127.0.0.1", Unknown),
    ] {
        let contents = keys.filled(&format!("@cert-authority {names} {{ca}}\n"), &sshd);
        compare(&keys, &sshd, contents.as_bytes(), &by_address(&sshd, host), expected);
    }

    for (why, certificate) in [
        ("expired", changed(|of| of.validity = "-2d:-1d".to_owned())),
        ("not yet", changed(|of| of.validity = "+1d:+2d".to_owned())),
        ("other names", changed(|of| of.principals = "other,GPU.corp".to_owned())),
        ("a condition", changed(|of| of.arguments = ["-O", "critical:x=y"].map(str::to_owned).to_vec())),
        (
            "signed with SHA-1",
            HostCertificate {
                arguments: ["-t", "ssh-rsa"].map(str::to_owned).to_vec(),
                ..HostCertificate::of(&keys.path("rsa_ca"), "gpu.corp")
            },
        ),
    ] {
        let sshd = start("ed25519", &certificate);
        let both = "@cert-authority * {ca}\n@cert-authority * {rsa_ca}\n";
        for (more, expected) in [("", Unknown), ("gpu.corp {ed25519}\n", Known), ("gpu.corp {other}\n", Changed)] {
            println!("a certificate that is {why}");
            let contents = keys.filled(&format!("{both}{more}"), &sshd);
            compare(&keys, &sshd, contents.as_bytes(), &by_alias(&sshd, "gpu.corp"), expected);
        }
    }
    let signed = HostCertificate { authority: keys.path("rsa_ca"), ..HostCertificate::of(&ca, "gpu.corp") };
    let sshd = start("ecdsa", &signed);
    let contents = keys.filled("@cert-authority * {rsa_ca}\n", &sshd);
    compare(&keys, &sshd, contents.as_bytes(), &by_alias(&sshd, "gpu.corp"), Authority);
    let signed = HostCertificate { authority: keys.path("other_ca"), ..HostCertificate::of(&ca, "gpu.corp") };
    let sshd = start("ecdsa", &signed);
    let contents = keys.filled("@cert-authority * {other_ca}\n", &sshd);
    compare(&keys, &sshd, contents.as_bytes(), &by_alias(&sshd, "gpu.corp"), Authority);
    compare(&keys, &sshd, contents.as_bytes(), &by_alias(&sshd, "gpu.lab"), Unknown);

    // Here ssh itself has changed at the end of 2025, and we go with the new: wildcards in a certificate
    // count, and one that names no host is for none.
    for (principals, expected) in [("*.corp", Authority), ("", Unknown)] {
        let mut certificate = good.clone();
        certificate.principals = principals.to_owned();
        let sshd = start("ed25519", &certificate);
        let known = KnownHosts::read(&[keys.write(keys.filled("@cert-authority * {ca}\n", &sshd).as_bytes())]);
        assert_eq!(says(&ours(&sshd, &known, &by_alias(&sshd, "gpu.corp"))), expected);
        assert_eq!(says(&ours(&sshd, &known, &by_alias(&sshd, "gpu.lab"))), Unknown);
    }
}

#[test]
fn what_we_pin_ssh_trusts_and_what_we_forget_it_does_not() {
    let keys = Keys::make();
    let sshd = Sshd::start(SshdOptions::default());
    let file = keys.path("data/known_hosts");
    for (name, hidden) in [
        (by_address(&sshd, "127.0.0.1"), false),
        (by_address(&sshd, "LOCALHOST"), true),
        (by_alias(&sshd, "cluster"), false),
        (by_alias(&sshd, "hidden"), true),
    ] {
        let known = || KnownHosts::read(std::slice::from_ref(&file));
        let text = sshd.host_key("ed25519");
        let key = KeyBlob::from_base64(text.split(' ').nth(1).unwrap().as_bytes()).unwrap();
        let place = pin(&file, &name, &key, hidden).unwrap();
        assert_eq!(ours(&sshd, &known(), &name), HostKeyStatus::Known { place });
        assert_eq!(theirs(&sshd, &file, &name), Known);
        compare_lines(&known(), &file, &name, "a pinned key");
        let gone = forget(&file, &name).unwrap();
        assert_eq!(gone.iter().map(|gone| gone.fingerprint.clone()).collect::<Vec<_>>(), [key.fingerprint()]);
        assert_eq!(theirs(&sshd, &file, &name), Unknown);
        pin(&file, &name, &key, hidden).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 4);
}

#[test]
fn fingerprints_and_pictures_are_those_of_ssh_keygen() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, bits) in [
        ("ed25519", ""),
        ("ed25519", ""),
        ("ecdsa", "256"),
        ("ecdsa", "384"),
        ("ecdsa", "521"),
        ("rsa", "1024"),
        ("rsa", "2048"),
        ("dsa", ""),
    ] {
        let file = folder.path().join(format!("{kind}{bits}"));
        let _ = std::fs::remove_file(&file);
        let mut make = Command::new("ssh-keygen");
        make.args(["-q", "-t", kind, "-N", "", "-C", "c", "-f"]).arg(&file);
        if !bits.is_empty() {
            make.args(["-b", bits]);
        }
        if kind == "dsa" {
            // Newer ones know it no more.
            if !make.output().unwrap().status.success() {
                continue;
            }
        } else {
            text_of(&mut make);
        }
        let key = public_key(&file);
        let key = KeyBlob::from_base64(key.split(' ').nth(1).unwrap().as_bytes()).unwrap();
        let said = text_of(Command::new("ssh-keygen").args(["-lv", "-f"]).arg(&file));
        assert_eq!(fingerprint_sha256(key.bytes()), key.fingerprint());
        let ours = format!("{} {} c ({})\n{}\n", key.bits(), key.fingerprint(), key.short_type(), randomart(&key));
        assert_eq!(ours, said);
    }
}
