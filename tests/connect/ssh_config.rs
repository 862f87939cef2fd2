//! Whether an ssh_config means to us what it means to the machine's own `ssh -G`, field by field. In
//! tests/connect/ssh_config: a comment `# ask: a b` names the hosts to ask for, with `with` and what a command line
//! says; `#> name` begins a file beside, `{dir}` is their folder, `{user}` who runs the test. What is in `refused`
//! stops both.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use podium::connect::Hop;
use ssh_config::config::{
    AddressFamily, Agent, ConfigError, ConfigFiles, LookedUp, Resolved, Source, SshGReply, StrictHostKeyChecking,
    aliases, look_up, resolve, suggestions,
};

/// A variable that cargo gives to tests and to those whom they start.
const VARIABLE: &str = "CARGO_MANIFEST_DIR";

/// A file of the corpus where ssh can read it.
struct Case {
    folder: tempfile::TempDir,
    asks: Vec<Ask>,
}

/// A host, and what is said on the command line.
#[derive(Debug, Clone)]
struct Ask {
    host: String,
    with: Vec<String>,
}

impl Case {
    fn read(file: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = String::from_utf8(fs::read(file).unwrap()).unwrap();
        let text = text.replace("{dir}", folder.path().to_str().unwrap()).replace("{user}", &id("-un"));
        let mut name = "config";
        let mut contents = HashMap::from([(name, String::new())]);
        for line in text.split_inclusive('\n') {
            match line.strip_prefix("#> ") {
                Some(next) => {
                    name = next.trim();
                    contents.insert(name, String::new());
                }
                None => contents.get_mut(name).unwrap().push_str(line),
            }
        }
        for (name, contents) in &contents {
            write(&folder.path().join(name), contents);
        }
        let asks = text.lines().filter_map(|line| line.strip_prefix("# ask: ")).flat_map(Ask::read).collect();
        Self { folder, asks }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("config")
    }

    fn files(&self) -> ConfigFiles {
        ConfigFiles::at(Some(self.file()), None, home())
    }
}

impl Ask {
    fn read(line: &str) -> Vec<Self> {
        let (hosts, with) = line.split_once(" with ").unwrap_or((line, ""));
        let with: Vec<String> =
            with.split_whitespace().map(|word| word.replace('~', home().to_str().unwrap())).collect();
        // `*` and `"c` are no hosts for us: they are for ssh to tell the same from others.
        let hosts = hosts.split_whitespace().filter(|host| !host.contains(['*', '"']));
        hosts.map(|host| Self { host: host.to_owned(), with: with.clone() }).collect()
    }

    fn hop(&self) -> Hop {
        let mut hop = Hop { host: self.host.clone(), use_config: true, ..Hop::default() };
        for pair in self.with.chunks(2) {
            let value = pair[1].clone();
            match (pair[0].as_str(), value.split_once('=')) {
                ("-l", _) => hop.user = Some(value),
                ("-p", _) => hop.port = value.parse().ok(),
                ("-i", _) => hop.identity_file = Some(value),
                ("-o", Some(("IdentityAgent", value))) => hop.agent = Some(value.to_owned()),
                ("-o", Some(("CertificateFile", value))) => hop.certificate_file = Some(value.to_owned()),
                ("-o", Some(("IdentitiesOnly", value))) => hop.identities_only = Some(value == "yes"),
                other => panic!("what is {other:?}?"),
            }
        }
        hop
    }
}

fn write(file: &Path, contents: &str) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, contents).unwrap();
    #[cfg(unix)]
    fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}

fn corpus(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/connect/ssh_config").join(folder);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|file| file.extension().is_some_and(|kind| kind == "conf")).collect();
    files.sort();
    files
}

fn id(option: &str) -> String {
    String::from_utf8(Command::new("id").arg(option).output().unwrap().stdout).unwrap().trim().to_owned()
}

/// Where ssh thinks that this user lives, whatever `HOME` says.
fn home() -> PathBuf {
    let theirs = Theirs::ask(Command::new("ssh").args(["-G", "-F", "none", "x"])).unwrap();
    let known_hosts = theirs.one("userknownhostsfile").split(' ').next().unwrap().to_owned();
    Path::new(&known_hosts).parent().unwrap().parent().unwrap().to_owned()
}

/// What `ssh -G` says.
struct Theirs(HashMap<String, Vec<String>>);

impl Theirs {
    fn ask(command: &mut Command) -> Result<Self, String> {
        let output = command.output().unwrap();
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let mut said: HashMap<String, Vec<String>> = HashMap::new();
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            let (keyword, value) = line.split_once(' ').unwrap_or((line, ""));
            said.entry(keyword.to_owned()).or_default().push(value.to_owned());
        }
        Ok(Self(said))
    }

    fn of(file: &Path, ask: &Ask) -> Result<Self, String> {
        Self::ask(Command::new("ssh").arg("-G").arg("-F").arg(file).args(&ask.with).arg("--").arg(&ask.host))
    }

    fn all(&self, keyword: &str) -> Vec<String> {
        self.0.get(keyword).cloned().unwrap_or_default()
    }

    fn one(&self, keyword: &str) -> String {
        self.all(keyword).first().cloned().unwrap_or_default()
    }

    /// ssh says these as they are written, and expands them when it uses them.
    fn expanded(&self, text: &str, host: &str, of_command: bool) -> String {
        let name = gethostname::gethostname().into_string().unwrap();
        let alias = Some(self.one("hostkeyalias")).filter(|alias| !alias.is_empty()).unwrap_or_else(|| host.to_owned());
        let hash = self.one("controlpath").rsplit('/').next().unwrap().to_owned();
        let mut result = String::new();
        let text = match text.strip_prefix("~/").filter(|_| !of_command) {
            Some(below) => home().join(below).to_str().unwrap().to_owned(),
            None => text.to_owned(),
        };
        let text =
            if of_command { text } else { text.replace(&format!("${{{VARIABLE}}}"), env!("CARGO_MANIFEST_DIR")) };
        let mut letters = text.chars();
        while let Some(letter) = letters.next() {
            if letter != '%' {
                result.push(letter);
                continue;
            }
            result.push_str(&match letters.next().unwrap() {
                '%' => "%".to_owned(),
                'h' => self.one("hostname"),
                'n' => host.to_owned(),
                'p' => self.one("port"),
                'r' => self.one("user"),
                'k' => alias.clone(),
                'd' => home().to_str().unwrap().to_owned(),
                'u' => id("-un"),
                'i' => id("-u"),
                'l' => name.clone(),
                'L' => name.split('.').next().unwrap().to_owned(),
                'C' => hash.clone(),
                other => panic!("%{other}"),
            });
        }
        result
    }

    fn paths(&self, keyword: &str, host: &str) -> Vec<String> {
        let named = self.all(keyword).into_iter().filter(|path| !path.eq_ignore_ascii_case("none"));
        let mut paths: Vec<String> = named.map(|path| self.expanded(&path, host, false)).collect();
        // A key that is given and in the file is there twice, which makes no difference.
        let mut seen = HashSet::new();
        paths.retain(|path| seen.insert(path.clone()));
        paths
    }
}

/// Every field of the two, where they are not the same.
fn differences(ours: &Resolved, theirs: &Theirs, ask: &Ask, default: &Theirs) -> Vec<String> {
    let mut different = Vec::new();
    let mut same = |field: &str, ours: String, theirs: String| {
        if ours != theirs {
            different.push(format!("{field}: ours {ours:?}, theirs {theirs:?}"));
        }
    };
    let yes = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
    let flag = |keyword: &str| match theirs.one(keyword).as_str() {
        "no" | "false" => "no".to_owned(),
        _ => "yes".to_owned(),
    };
    let shown = |paths: Vec<&Path>| paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" ");
    let text = |value: &Option<ssh_config::config::Sourced<String>>| {
        value.as_ref().map_or(String::new(), |value| value.value.clone())
    };

    same("hostname", ours.host_name.value.clone(), theirs.one("hostname"));
    same("port", ours.port.value.to_string(), theirs.one("port"));
    same("user", ours.user.value.clone(), theirs.one("user"));
    let old = |path: &String| !["id_dsa", "id_xmss", "id_mldsa44_ed25519"].iter().any(|old| path.ends_with(old));
    let keys = theirs.paths("identityfile", &ask.host).into_iter().filter(old).collect::<Vec<_>>().join(" ");
    same("identityfile", shown(ours.identity_files.iter().map(|file| file.value.as_path()).collect()), keys);
    let certificates = theirs.paths("certificatefile", &ask.host).join(" ");
    same(
        "certificatefile",
        shown(ours.certificate_files.iter().map(|file| file.value.as_path()).collect()),
        certificates,
    );
    let agent = match &ours.agent.value {
        Agent::None => "none".to_owned(),
        Agent::OfTheSession => String::new(),
        Agent::At(socket) => socket.clone(),
    };
    same("identityagent", agent, theirs.one("identityagent").replace("SSH_AUTH_SOCK", ""));
    same("identitiesonly", yes(ours.identities_only.value), theirs.one("identitiesonly"));
    let jumps = ours.proxy_jump.iter().map(|jump| {
        let jump = &jump.value;
        let user = jump.user.as_ref().map_or(String::new(), |user| format!("{user}@"));
        let port = jump.port.map_or(String::new(), |port| format!(":{port}"));
        let number = jump.host.contains(':') || jump.host.chars().all(|c| c.is_ascii_digit() || c == '.');
        format!("{user}{}{port}", if number { format!("[{}]", jump.host) } else { jump.host.clone() })
    });
    same("proxyjump", jumps.collect::<Vec<_>>().join(","), theirs.one("proxyjump").replace(", ", ","));
    let command = theirs.one("proxycommand");
    same("proxycommand", text(&ours.proxy_command), theirs.expanded(&command, &ask.host, true));
    same("hostkeyalias", text(&ours.host_key_alias), theirs.one("hostkeyalias"));
    let none = |files: String| if files == "none" { String::new() } else { files };
    same(
        "userknownhostsfile",
        shown(ours.user_known_hosts_files.iter().map(PathBuf::as_path).collect()),
        none(theirs.one("userknownhostsfile")),
    );
    same(
        "globalknownhostsfile",
        shown(ours.global_known_hosts_files.iter().map(PathBuf::as_path).collect()),
        none(theirs.one("globalknownhostsfile")),
    );
    let strict = match ours.strict_host_key_checking.value {
        StrictHostKeyChecking::Yes => "true",
        StrictHostKeyChecking::Ask => "ask",
        StrictHostKeyChecking::AcceptNew => "accept-new",
        StrictHostKeyChecking::No => "false",
    };
    same("stricthostkeychecking", strict.to_owned(), theirs.one("stricthostkeychecking").replace("off", "false"));
    same("hashknownhosts", yes(ours.hash_known_hosts), flag("hashknownhosts"));
    let algorithms = ours.host_key_algorithms.as_ref().map(|algorithms| algorithms.value.join(","));
    same(
        "hostkeyalgorithms",
        algorithms.unwrap_or_else(|| default.one("hostkeyalgorithms")),
        theirs.one("hostkeyalgorithms"),
    );
    let preferred = ours.preferred_authentications.as_ref().map(|ways| ways.value.join(","));
    same("preferredauthentications", preferred.unwrap_or_default(), theirs.one("preferredauthentications"));
    same("passwordauthentication", yes(ours.password_authentication), flag("passwordauthentication"));
    same(
        "kbdinteractiveauthentication",
        yes(ours.kbd_interactive_authentication),
        flag("kbdinteractiveauthentication"),
    );
    same("pubkeyauthentication", yes(ours.pubkey_authentication), flag("pubkeyauthentication"));
    let seconds = |seconds: Option<u32>| seconds.unwrap_or(0).to_string();
    same("connecttimeout", seconds(ours.connect_timeout_s), theirs.one("connecttimeout").replace("none", "0"));
    same("serveraliveinterval", seconds(ours.server_alive_interval_s), theirs.one("serveraliveinterval"));
    let family = match ours.address_family {
        AddressFamily::Any => "any",
        AddressFamily::Inet => "inet",
        AddressFamily::Inet6 => "inet6",
    };
    same("addressfamily", family.to_owned(), theirs.one("addressfamily"));
    same("bindaddress", text(&ours.bind_address), theirs.one("bindaddress"));
    different
}

#[test]
fn an_ssh_config_says_to_us_what_it_says_to_ssh() {
    let default = Theirs::ask(Command::new("ssh").args(["-G", "-F", "none", "x"])).unwrap();
    let mut wrong = Vec::new();
    let (mut files, mut asked) = (0, 0);
    for file in corpus("") {
        let case = Case::read(&file);
        assert!(!case.asks.is_empty(), "{}", file.display());
        files += 1;
        for ask in &case.asks {
            asked += 1;
            let at = format!("{} {} {}", file.file_name().unwrap().display(), ask.host, ask.with.join(" "));
            let theirs = Theirs::of(&case.file(), ask);
            match (resolve(&case.files(), &ask.hop()), theirs) {
                (Ok(ours), Ok(theirs)) => {
                    let differences = differences(&ours, &theirs, ask, &default);
                    wrong.extend(differences.into_iter().map(|difference| format!("{at}: {difference}")));
                }
                (ours, theirs) => wrong.push(format!("{at}: ours {ours:?}, theirs {:?}", theirs.err())),
            }
        }
    }
    assert!(files >= 25 && asked >= 100, "{files} files, {asked} questions");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_stops_ssh_stops_us() {
    let mut wrong = Vec::new();
    for file in corpus("refused") {
        let text = fs::read_to_string(&file).unwrap();
        let case = Case::read(&file);
        let mut contents = fs::read_to_string(case.file()).unwrap();
        if text.contains("itself") {
            contents = format!("Include {}\n", case.file().display());
        }
        write(&case.file(), &contents);
        let ask = Ask { host: "a".to_owned(), with: Vec::new() };
        let theirs = Theirs::of(&case.file(), &ask);
        match (resolve(&case.files(), &ask.hop()), theirs) {
            (Err(error), Err(_)) => assert!(error.to_string().contains(case.file().to_str().unwrap()), "{error}"),
            (ours, theirs) => wrong.push(format!("{}: ours {ours:?}, theirs {:?}", file.display(), theirs.err())),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Files where ssh looks by itself: only a mount of one's own makes it look elsewhere.
struct OwnPlace {
    folder: tempfile::TempDir,
}

impl OwnPlace {
    /// None where this machine does not allow mounts.
    fn make(config: &str, system: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let users = fs::read_to_string("/etc/passwd").unwrap();
        let number = id("-u");
        let moved = users.lines().map(|user| {
            let mut fields: Vec<&str> = user.split(':').collect();
            if fields.get(2) == Some(&number.as_str()) {
                fields[5] = folder.path().to_str().unwrap();
            }
            fields.join(":") + "\n"
        });
        write(&folder.path().join("passwd"), &moved.collect::<String>());
        write(&folder.path().join(".ssh/config"), config);
        write(&folder.path().join("etc/ssh_config"), system);
        let own = Self { folder };
        own.command(&["true"]).status().is_ok_and(|status| status.success()).then_some(own)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("unshare");
        command.args(["--map-current-user", "--keep-caps", "--mount", "sh", "-c"]);
        command.arg("mount --bind \"$0/passwd\" /etc/passwd && mount --bind \"$0/etc\" /etc/ssh && exec \"$@\"");
        // An Include asks the environment for the home, all else asks the list of users.
        command.arg(self.folder.path()).args(words).env("HOME", self.folder.path());
        command
    }

    fn files(&self) -> ConfigFiles {
        let folder = self.folder.path();
        let (user, system) = (folder.join(".ssh/config"), folder.join("etc/ssh_config"));
        ConfigFiles::at(Some(user), Some(system), folder.to_owned())
    }
}

#[test]
fn the_users_file_comes_before_that_of_the_system() {
    let user =
        "Include conf.d/* ~/more\nHost a\n  User ana\n  IdentityFile ~/.ssh/same\nMatch final host a.real\n  Port 7\n";
    let system = "Include ssh_config.d/*.conf\nHost *\n  User late\n  IdentityFile ~/.ssh/same\n  HashKnownHosts yes\n";
    let Some(own) = OwnPlace::make(user, system) else {
        eprintln!("not tried: no mounts of one's own here");
        return;
    };
    let folder = own.folder.path();
    write(&folder.join(".ssh/conf.d/one"), "Host a\n  HostName a.real\n");
    write(&folder.join("more"), "Host b\n  IdentityFile %d/more\n  User %r\n".replace("%r", "ben").as_str());
    write(&folder.join("etc/ssh_config.d/x.conf"), "Host b\n  Port 99\n  User never\n");
    for host in ["a", "b", "c"] {
        let theirs = Theirs::ask(&mut own.command(&["ssh", "-G", host])).unwrap();
        let ask = Ask { host: host.to_owned(), with: Vec::new() };
        let ours = resolve(&own.files(), &ask.hop()).unwrap();
        let user_file = |name: &str| folder.join(".ssh").join(name).display().to_string();
        assert_eq!(
            (ours.host_name.value, ours.port.value, ours.user.value),
            (theirs.one("hostname"), theirs.one("port").parse().unwrap(), theirs.one("user"),),
            "{host}"
        );
        assert_eq!(ours.hash_known_hosts, theirs.one("hashknownhosts") == "yes");
        let keys: Vec<String> = ours.identity_files.iter().map(|key| key.value.display().to_string()).collect();
        match host {
            "a" => assert_eq!(keys, [user_file("same")]),
            "b" => assert_eq!(keys, [folder.join("more").display().to_string(), user_file("same")]),
            _ => assert_eq!(keys, [user_file("same")]),
        }
    }
}

/// The system's file may not include from a home, and others may not write what is read.
#[test]
#[cfg(unix)]
fn what_others_may_write_is_not_followed() {
    let Some(own) = OwnPlace::make("Include ~/more\n", "") else {
        eprintln!("not tried: no mounts of one's own here");
        return;
    };
    let more = own.folder.path().join("more");
    let config = own.folder.path().join(".ssh/config");
    let set =
        |file: &Path, mode| fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    write(&more, "Port 5\n");
    let hop = Hop { host: "a".to_owned(), use_config: true, ..Hop::default() };
    let both = || {
        let theirs = Theirs::ask(&mut own.command(&["ssh", "-G", "a"]));
        (resolve(&own.files(), &hop), theirs.map(|theirs| theirs.one("port")))
    };
    let (ours, theirs) = both();
    assert_eq!((ours.unwrap().port.value.to_string(), theirs), ("5".to_owned(), Ok("5".to_owned())));
    for (file, mode) in [(&more, 0o602), (&config, 0o606), (&config, 0o666)] {
        set(file, mode);
        let (ours, theirs) = both();
        assert_eq!(ours, Err(ConfigError::WritableByOthers { file: file.clone() }));
        assert!(theirs.is_err());
        set(file, 0o644);
    }
    assert!(both().0.is_ok());
    write(&own.folder.path().join("etc/ssh_config"), "Include ~/more\n");
    let (ours, theirs) = both();
    assert!(matches!(ours, Err(ConfigError::Syntax { .. })) && theirs.is_err(), "{ours:?}");
}

fn wanted(answer: Result<SshGReply, ConfigError>) -> Vec<String> {
    match answer.unwrap() {
        SshGReply::Wants(commands) => commands,
        SshGReply::Resolved(resolved) => panic!("{resolved:?}"),
    }
}

fn resolved(answer: Result<SshGReply, ConfigError>) -> Resolved {
    match answer.unwrap() {
        SshGReply::Resolved(resolved) => *resolved,
        SshGReply::Wants(commands) => panic!("{commands:?}"),
    }
}

/// Versions of ssh differ in how they read these; what counts is that nothing runs that was not agreed to.
#[tokio::test]
async fn nothing_that_ssh_would_run_runs_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let (file, ran) = (folder.path().join("config"), folder.path().join("ran"));
    let inc = folder.path().join("inc");
    let touch = format!("touch {}", ran.display());
    write(&inc, &format!("Match exec \"{touch}\"\n"));
    let include = format!("Include {}\n", inc.display());
    let mut run_by_ssh = 0;
    for config in [
        format!("Match exec \"{touch}\"\n"),
        format!("Host b\n{include}Match exec true\n"),
        format!("Match originalhost b\n{include}Match exec true\n"),
        format!("Match host=a=exec=\"{touch}\"\nMatch exec true\n"),
        format!("Match host \"a\"exec \"{touch}\"user root\nMatch exec true\n"),
        format!("Match !exec a=exec=\"{touch}\"\n"),
        format!("Match exec true\n  CanonicalizeHostname yes\nMatch canonical exec \"{touch}\"\n"),
        format!("Match !final exec true\nMatch canonical exec \"{touch}\"\n"),
        format!("Match exec true\n  HostName b\nMatch final\nHost b\n{include}"),
        format!("Match localnetwork 127.0.0.0/8 exec \"{touch}\"\n"),
        format!("\u{feff}HostName b\nMatch exec true\nMatch host a exec \"{touch}\"\n"),
    ] {
        write(&file, &config);
        let _ = fs::remove_file(&ran);
        let _ = Command::new("ssh").args(["-G", "-F"]).arg(&file).arg("a").output().unwrap();
        let is_run = fs::remove_file(&ran).is_ok();
        run_by_ssh += usize::from(is_run);
        let hop = Hop { host: "a".to_owned(), use_config: true, ..Hop::default() };
        let Ok(LookedUp::NeedsSshG(ssh)) = look_up(&ConfigFiles::at(Some(file.clone()), None, home()), &hop) else {
            assert!(!is_run || config.starts_with(['\u{feff}', 'M']), "{config}");
            continue;
        };
        // Whatever else is agreed to.
        let mut agreed = Vec::new();
        let mut asked = false;
        while let Ok(SshGReply::Wants(commands)) = ssh.ask(&agreed).await {
            asked |= commands.contains(&touch);
            agreed.extend(commands.into_iter().filter(|command| *command != touch));
            if asked {
                break;
            }
        }
        assert!(!ran.exists() && asked >= is_run, "{config}");
    }
    assert!(run_by_ssh > 3, "the cases are none");
}

#[tokio::test]
async fn a_command_that_leaves_something_running_holds_nothing_up() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config");
    let command = "sleep 60 & true";
    write(&file, &format!("Match exec \"{command}\"\n  Port 7\n"));
    let hop = Hop { host: "a".to_owned(), use_config: true, ..Hop::default() };
    let Ok(LookedUp::NeedsSshG(ssh)) = look_up(&ConfigFiles::at(Some(file), None, home()), &hop) else { panic!() };
    let answer = resolved(ssh.ask(&[command.to_owned()]).await);
    assert_eq!(answer.port.value, 7);
}

#[tokio::test]
async fn what_only_ssh_can_say_is_asked_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config");
    let ran = folder.path().join("ran");
    let exec = format!("touch {} && test %n = a", ran.display());
    write(
        &file,
        &format!(
            "Host a b\n  User ana\n  IdentityFile ~/.ssh/%r_key\n  UserKnownHostsFile \"/known of/%h\" /two\n\
             Match originalhost a,b exec \"{exec}\"\n  Port 2222\n  HostName executed\n  IdentityFile /keys/%h\n  ProxyJump x,y\n\
             Match localnetwork 127.0.0.0/8\n"
        )
        .replace("Match localnetwork 127.0.0.0/8\n", "Host *\n  ConnectTimeout 4\n"),
    );
    let files = ConfigFiles::at(Some(file.clone()), None, home());
    let hop = |host: &str| Hop {
        host: host.to_owned(),
        use_config: true,
        identity_file: Some("/keys/given".to_owned()),
        ..Hop::default()
    };
    // Nothing is run before it is asked for.
    let open = |host: &str| match look_up(&files, &hop(host)).unwrap() {
        LookedUp::NeedsSshG(ssh) => Some(ssh),
        LookedUp::Resolved(resolved) => {
            assert_eq!(*resolved, resolve(&files, &hop(host)).unwrap());
            None
        }
    };
    assert!(open("c").is_none());
    let (a, b) = (open("a").unwrap(), open("b").unwrap());
    let without = resolve(&files, &hop("a")).unwrap();
    assert_eq!((without.port.value, without.host_name.value.as_str()), (22, "a"));
    assert!(without.problems.iter().any(|(place, words)| place.line == 5 && words.contains("exec")));
    let command = |host: &str| vec![exec.replace("%n", host)];
    assert_eq!(wanted(a.ask(&[]).await), command("a"));
    assert_eq!(wanted(a.ask(&command("b")).await), command("a"));
    assert!(!ran.exists());

    let with = resolved(a.ask(&command("a")).await);
    assert!(ran.exists());
    let from = |line| Source::File(ssh_config::Place::new(&file, line));
    assert_eq!((with.port.value, &with.port.source), (2222, &from(5)));
    assert_eq!((with.host_name.value.as_str(), &with.host_name.source), ("executed", &from(5)));
    assert_eq!((with.user.value.as_str(), &with.user.source), ("ana", &from(2)));
    assert_eq!(with.connect_timeout_s, Some(4));
    let keys: Vec<_> = with.identity_files.iter().map(|key| (key.value.clone(), key.source.clone())).collect();
    let own = home().join(".ssh/ana_key");
    assert_eq!(keys, [("/keys/given".into(), Source::Given), (own, from(3)), ("/keys/executed".into(), from(5))]);
    assert_eq!(
        with.user_known_hosts_files,
        without
            .user_known_hosts_files
            .iter()
            .map(|file| { PathBuf::from(file.to_str().unwrap().replace("/a", "/executed")) })
            .collect::<Vec<_>>()
    );
    assert_eq!(with.proxy_jump.iter().map(|jump| jump.value.host.as_str()).collect::<Vec<_>>(), ["x", "y"]);
    assert_eq!(with.preferred_authentications, None);

    let other = resolved(b.ask(&command("b")).await);
    assert_eq!(
        Resolved { problems: Vec::new(), ..other },
        Resolved { problems: Vec::new(), ..resolve(&files, &hop("b")).unwrap() }
    );
    // What stops ssh stops us too, in its words.
    for (more, word) in [("Match newcondition x\n", "bad match condition"), ("NewKeyword\n", "newkeyword")] {
        write(&file, &format!("Match exec true\nPort 5\n{more}"));
        let error = open("a").unwrap().ask(&["true".to_owned()]).await.unwrap_err();
        assert!(
            matches!(&error, ConfigError::SshG { .. }) && error.to_string().to_lowercase().contains(word),
            "{error}"
        );
    }
}

#[test]
fn the_tunnels_of_today_are_offered() {
    let case = Case::read(&corpus("").into_iter().find(|file| file.ends_with("forwards.conf")).unwrap());
    let offered = suggestions(&case.files());
    // Every one is a forward that ssh would make, with the same far end.
    for forward in &offered {
        let theirs = Theirs::of(&case.file(), &Ask { host: forward.alias.clone(), with: Vec::new() }).unwrap();
        let far = forward.socket_path().unwrap_or_else(|| {
            let address = forward.address.split_once("//").unwrap().1;
            let (host, port) = match address.rsplit_once(':').filter(|(_, port)| !port.contains(']')) {
                Some(both) => both,
                None => (address, if forward.address.starts_with("https") { "443" } else { "80" }),
            };
            format!("[{}]:{port}", host.trim_matches(['[', ']']))
        });
        let lines = theirs.all("localforward");
        assert!(lines.iter().any(|line| line.split(' ').nth(1) == Some(&far)), "{far} is not in {lines:?}");
    }
    let shown: Vec<String> = offered.iter().map(|forward| format!("{} {}", forward.alias, forward.address)).collect();
    let expected = [
        "gpu-box http://localhost:5000",
        "two http://mlflow.internal",
        "two http://10.0.0.7:5001",
        "two https://localhost",
        "sockets http://localhost",
        "sockets http://localhost",
        "sockets http://localhost:8000",
        "v6 http://[fd00::1]:5000",
        "v6 http://localhost:5005",
        "wild-1 http://localhost:5000",
        "jupyter http://localhost:8888",
        "named https://localhost",
    ];
    assert_eq!(
        shown,
        expected.iter().filter(|line| !line.starts_with("wild-1")).map(|line| (*line).to_owned()).collect::<Vec<_>>()
    );
    let words = offered[0].words();
    assert!(
        words.starts_with("Host gpu-box in ") && words.ends_with("config:3 forwards port 5000 to localhost:5000"),
        "{words}"
    );
    let names: Vec<String> = aliases(&case.files()).into_iter().map(|alias| alias.name).collect();
    assert_eq!(names, ["gpu-box", "two", "sockets", "v6", "database", "jupyter", "cleared", "named"]);
}
