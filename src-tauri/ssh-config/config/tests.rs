//! Places, problems, what is refused before a file is read, and hostile files. What values mean is tested against ssh.

use std::path::{Path, PathBuf};

use super::*;
use crate::Place;

struct Folder(tempfile::TempDir);

impl Folder {
    fn with(config: &str) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.write("config", config);
        folder
    }

    fn write(&self, name: &str, contents: &str) {
        let file = self.path(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, contents).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn files(&self) -> ConfigFiles {
        ConfigFiles::at(Some(self.path("config")), Some(self.path("etc/ssh_config")), self.path("home"))
    }

    fn place(&self, name: &str, line: usize) -> Place {
        Place::new(self.path(name), line)
    }

    fn resolve(&self, host: &str) -> Result<Resolved, ConfigError> {
        resolve(&self.files(), &hop(host))
    }

    /// Lines and words of what is told.
    fn problems(&self, host: &str) -> Vec<(usize, String)> {
        let problems = self.resolve(host).unwrap().problems;
        problems.into_iter().map(|(place, words)| (place.line, words)).collect()
    }
}

fn hop(host: &str) -> Hop {
    Hop { host: host.to_owned(), use_config: true, ..Hop::default() }
}

#[test]
fn every_value_knows_its_place() {
    let folder = Folder::with(
        "# mine\nHost gpu\n  HostName gpu.corp\n  Include more\n\n  ProxyJump a,b\nHost *\n  User late\n  IdentityFile ~/.ssh/all\n",
    );
    folder.write("home/.ssh/more", "Port 2222\n\nUser ana\nIdentityFile ~/.ssh/one\n");
    folder.write("etc/ssh_config", "Host *\n  HostKeyAlias SYSTEM\n  IdentityFile ~/.ssh/all\n");
    let resolved = folder.resolve("gpu").unwrap();
    let from = |name: &str, line| Source::File(folder.place(name, line));
    assert_eq!(resolved.alias, "gpu");
    assert_eq!(resolved.host_name, Sourced { value: "gpu.corp".into(), source: from("config", 3) });
    assert_eq!(resolved.port, Sourced { value: 2222, source: from("home/.ssh/more", 1) });
    assert_eq!(resolved.user, Sourced { value: "ana".into(), source: from("home/.ssh/more", 3) });
    let keys = [("one", from("home/.ssh/more", 4)), ("all", from("config", 9))];
    let keys = keys.map(|(name, source)| Sourced { value: folder.path("home/.ssh").join(name), source });
    assert_eq!(resolved.identity_files, keys);
    assert!(resolved.proxy_jump.iter().all(|jump| jump.source == from("config", 6)));
    assert_eq!(resolved.host_key_alias.as_ref().unwrap().source, from("etc/ssh_config", 2));
    assert_eq!(resolved.agent, Sourced { value: Agent::OfTheSession, source: Source::Default });
    assert!(resolved.problems.is_empty());

    let given = Hop { port: Some(22), user: Some("ben".into()), agent: Some(" ".into()), ..hop("gpu") };
    let resolved = resolve(&folder.files(), &given).unwrap();
    assert_eq!(resolved.port, Sourced { value: 22, source: Source::Given });
    assert_eq!(resolved.user, Sourced { value: "ben".into(), source: Source::Given });
    assert_eq!(resolved.agent.source, Source::Default);

    let lines = shown(&resolved);
    let line = |label: &str| lines.iter().find(|line| line.label == label).unwrap();
    assert_eq!((line("Port").value.as_str(), line("Port").source.as_str()), ("22", "given here"));
    assert_eq!(line("Host name").source, folder.place("config", 3).to_string());
    assert_eq!(lines.iter().filter(|line| line.label == "Jump host").count(), 2);
    assert_eq!((line("Agent").value.as_str(), line("Agent").source.as_str()), ("of the session", "default"));
}

#[test]
fn without_the_config_no_file_is_asked() {
    let folder = Folder::with("Port nonsense\n");
    let plain = Hop { use_config: false, identity_file: Some("~/keys/50%".into()), ..hop("Gpu.Corp") };
    let resolved = resolve(&folder.files(), &plain).unwrap();
    assert_eq!(resolved.host_name, Sourced { value: "gpu.corp".into(), source: Source::Given });
    assert_eq!(resolved.port, Sourced { value: 22, source: Source::Default });
    // A file that was chosen has the name it has.
    assert_eq!(resolved.identity_files[0].value, folder.path("home/keys/50%"));
    assert_eq!(resolved.user_known_hosts_files[0], folder.path("home/.ssh/known_hosts"));
    assert!(folder.resolve("gpu").unwrap_err().to_string().contains("config:1"));
    let none = ConfigFiles::at(None, None, folder.path("home"));
    assert_eq!(resolve(&none, &hop("x")).unwrap().host_name.value, "x");
    let missing = ConfigFiles::at(Some(folder.path("missing")), Some(folder.path("too")), folder.path("home"));
    assert!(resolve(&missing, &hop("x")).unwrap().problems.is_empty());
    let named = ConfigFiles { user_is_named: true, ..missing };
    assert!(matches!(resolve(&named, &hop("x")), Err(ConfigError::Unreadable { .. })));
}

#[test]
fn what_is_not_obeyed_is_told() {
    let folder = Folder::with(
        "NewKeyword x\nHost a\n  ProxyUseFdpass no\n  PKCS11Provider /x.so\n  SecurityKeyProvider internal\n  Ciphers aes128-ctr\n  \
         StrictHostKeyChecking no\n  NewKeyword x\nHost b\n  BindInterface eth0\nMatch newcondition x\n  Port 5\n\
         Host a\n  IdentityFile ${PODIUM_NOT_SET}/x\n  ControlMaster auto\n  GSSAPIAuthentication yes\n  KexAlgorithms x\n",
    );
    let problems = folder.problems("a");
    let lines: Vec<usize> = problems.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [1, 4, 6, 8, 17, 11, 14, 7], "{problems:?}");
    assert!(problems.iter().all(|(_, words)| !words.contains('\n') && words.len() < 200), "{problems:?}");
    assert_eq!(folder.problems("b").iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 8, 10, 11]);
    assert!(matches!(look_up(&folder.files(), &hop("a")), Ok(LookedUp::NeedsSshG(_))));

    let folder = Folder::with(
        "CanonicalizeHostname yes\nHost a\nMatch canonical host a\n  Port 5\nTag x\nMatch tagged x,y\n  User t\n",
    );
    let resolved = folder.resolve("a").unwrap();
    assert_eq!((resolved.port.value, resolved.problems.len(), resolved.problems[0].0.line), (5, 1, 1));
    assert_eq!(Folder::with("Tag x\nMatch tagged x,y\n  User t\n").resolve("a").unwrap().user.value, "t");
    let tags = Folder::with(
        "Match tagged \"\"\n  Port 5\nMatch tagged x\n  User never\nMatch sessiontype shell command=\"\"\n  ConnectTimeout 3\n",
    );
    let resolved = tags.resolve("a").unwrap();
    assert_eq!((resolved.port.value, resolved.connect_timeout_s), (5, Some(3)));
    assert_ne!(resolved.user.value, "never");
    let refused = Folder::with("Host a\n  RefuseConnection \"use b\"\n");
    assert!(matches!(refused.resolve("a"), Err(ConfigError::Refused { reason, .. }) if reason == "use b"));
    assert!(refused.resolve("b").is_ok());
}

#[test]
fn names_that_a_shell_could_misread_are_refused() {
    let folder = Folder::with("ProxyCommand nc %h %r\n");
    for host in ["", " ", "-oProxyCommand=x", "a;b", "a b", "$(x)", "`x`", "a\nb", "a|b", "a,b", &"a".repeat(300)] {
        assert!(matches!(folder.resolve(host), Err(ConfigError::BadName { .. })), "{host:?}");
    }
    for user in ["-x", "a;b", "a`b", "a -x", "a\\", "a\nb", "(a)"] {
        let hop = Hop { user: Some(user.into()), ..hop("a") };
        assert!(matches!(resolve(&folder.files(), &hop), Err(ConfigError::BadName { .. })), "{user:?}");
    }
    let hop = Hop { user: Some("DOMAIN\\ana b".into()), ..hop("fe80::1%eth0") };
    assert_eq!(resolve(&folder.files(), &hop).unwrap().proxy_command.unwrap().value, "nc fe80::1%eth0 DOMAIN\\ana b");
    assert!(matches!(Folder::with("HostName %h%h%h\n").resolve(&"a".repeat(200)), Err(ConfigError::Syntax { .. })));
}

#[test]
fn names_are_listed_with_their_blocks() {
    let folder = Folder::with(
        "Host one two *.corp !no\n  HostName first\nInclude etc_not more\nHost two three\n  User ana\n  User never\nMatch all\n  User no\n",
    );
    folder.write("home/.ssh/more", "Host four\n  HostName %h.corp\nHost one\n");
    folder.write("etc/ssh_config", "Host five \"si x\"\n  Include relative\n");
    folder.write("etc/relative", "Host six\n");
    let listed = aliases(&folder.files());
    let names: Vec<&str> = listed.iter().map(|alias| alias.name.as_str()).collect();
    assert_eq!(names, ["one", "two", "four", "three", "five", "si x", "six"]);
    assert_eq!(listed[0].host_name.as_deref(), Some("first"));
    assert_eq!((listed[1].user.as_deref(), listed[1].place.line), (None, 1));
    assert_eq!(listed[2].host_name.as_deref(), Some("%h.corp"));
    assert_eq!((listed[3].user.as_deref(), &listed[3].place), (Some("ana"), &folder.place("config", 4)));
    // What is wrong elsewhere hides no names.
    assert_eq!(aliases(&Folder::with("Port x\nHost a\n").files()).len(), 1);
}

#[test]
fn forwards_for_all_hosts_offer_none() {
    let folder = Folder::with(
        "LocalForward 1 a:5000\nHost a b\nHost a\n  LocalForward 2 a:5000\nHost *\n  LocalForward 3 a:5001\n",
    );
    let offered = suggestions(&folder.files());
    assert_eq!(offered.len(), 1, "{offered:?}");
    assert_eq!((offered[0].alias.as_str(), offered[0].listen.as_str(), offered[0].place.line), ("a", "2", 4));
    assert_eq!(offered[0].socket_path(), None);
    let folder = Folder::with(
        "Host s\n  LocalForward 5000 /run/%r/mlflow.sock\n  User ana\n  LocalForward 9 /run/docker.sock\n",
    );
    let offered = suggestions(&folder.files());
    assert_eq!(offered[0].socket_path().as_deref(), Some("/run/ana/mlflow.sock"));
    assert_eq!((offered.len(), offered[0].address.as_str()), (1, "http://localhost"));
    assert!(offered[0].words().ends_with("forwards port 5000 to /run/ana/mlflow.sock"), "{}", offered[0].words());
}

#[test]
fn forwards_are_found_wherever_they_are_said() {
    let folder = Folder::with(
        "Host a\n  Include more\nMatch originalhost b\n  LocalForward 2 x:5000\nHost b\nHost c*\n  LocalForward 3 y:5000\nHost c1\n",
    );
    folder.write("home/.ssh/more", "LocalForward 1 z:5000\nHost b\n  LocalForward 4 never:5000\n");
    let offered: Vec<_> = suggestions(&folder.files()).into_iter().map(|of| (of.alias, of.listen)).collect();
    let expected = [("a", "1"), ("b", "2"), ("c1", "3")].map(|(alias, listen)| (alias.to_owned(), listen.to_owned()));
    assert_eq!(offered, expected);
}

/// To come to an end, and soon, is all that is asked of these.
#[test]
fn hostile_files_end_soon() {
    let long = "a".repeat(200);
    let stars = "*a".repeat(2000) + "b";
    for config in [
        format!("Include {0}\nInclude {0}\n", "{dir}/config"),
        "Include /*/*/*/*\n".repeat(50_000),
        format!("Host {}\n", format!("{stars} ").repeat(200)),
        format!("Match host {}\n", vec![stars.as_str(); 200].join(",")).repeat(2),
        format!("HostName {}\n", "%h".repeat(100_000)),
        format!("ProxyCommand {}\n", "%h".repeat(400_000)),
        "Host a\n LocalForward 1 b:2\n".repeat(40_000),
        (0..40_000).map(|n| format!("Host h{n}\nLocalForward 1 b:2\n")).collect(),
        "Port 1\n".repeat(140_000),
        "x".repeat(2_000_000),
        "Unknown x\n".repeat(100_000),
        "IdentityFile ${HOME}%h\n".repeat(90),
        "Match exec x\n".repeat(80_000),
        "\0\u{1}\"\n='\\\n".repeat(1000),
    ] {
        let folder = Folder::with("");
        folder.write("config", &config.replace("{dir}", &folder.0.path().display().to_string()));
        let _ = folder.resolve(&long).map(|resolved| shown(&resolved));
        let _ = aliases(&folder.files());
        let _ = suggestions(&folder.files());
    }
    let folder = Folder::with("Include {dir}");
    folder.write("config", &format!("Include {}\n", folder.path("config").display()));
    assert!(matches!(folder.resolve("a"), Err(ConfigError::IncludeDepth { .. })));
    folder.write("config", &"x".repeat(1_100_000));
    assert!(matches!(folder.resolve("a"), Err(ConfigError::TooMuch { .. })));
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_folder_is_an_empty_file() {
    let folder = Folder::with("Include pipe sub\nHost a\n  Port 5\n");
    std::fs::create_dir_all(folder.path("home/.ssh/sub")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(folder.path("home/.ssh/pipe")).status();
    assert!(made.unwrap().success());
    assert_eq!(folder.resolve("a").unwrap().port.value, 5);
}

#[test]
fn times_and_ports_are_read_as_by_ssh() {
    for (text, expected) in [
        ("90", Some(90)),
        ("1h30m5s", Some(5405)),
        ("2W", Some(1_209_600)),
        ("1.5", Some(1)),
        ("0", Some(0)),
        ("", None),
        ("1.5m", None),
        ("5x", None),
        ("-1", None),
        ("1.", None),
        ("99999999999", None),
        ("9999999w", None),
    ] {
        assert_eq!(seconds(text), expected, "{text}");
    }
    assert_eq!((port("22"), port("ssh"), port("65536"), port("x")), (Some(22), Some(22), None, None));
}

#[test]
fn a_portable_file_is_read_in_place_of_both() {
    // The environment of a test is everyone's, so only what does not depend on it is asked.
    let files = ConfigFiles::of_this_user();
    if std::env::var_os("PODIUM_SSH_CONFIG").is_none() {
        assert!(files.user.as_deref().is_some_and(|file| file.ends_with(Path::new(".ssh").join("config"))));
        assert!(files.system.is_some() && !files.user_is_named);
    }
}
