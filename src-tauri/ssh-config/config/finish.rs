//! From the values of the files to what a session needs: defaults filled in, tokens expanded.

use std::path::PathBuf;

use crate::Place;
use crate::config::files::system_folder;
use crate::config::tokens::{Local, Tokens, Unexpanded, tilde};
use crate::config::values::{Value, Values};
use crate::config::{
    AddressFamily, Agent, ConfigError, Jump, Resolved, Source, Sourced, StrictHostKeyChecking, algorithms, jump, port,
    seconds,
};

/// In OpenSSH's order, in `~/.ssh`.
const DEFAULT_IDENTITIES: &[&str] = &["id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk"];

/// All that is known of a hop before it is finished.
#[derive(Debug, Clone)]
pub(super) struct Unresolved {
    pub local: Local,
    /// As it was asked for.
    pub asked: String,
    /// The real name.
    pub host: String,
    pub values: Values,
    pub problems: Vec<(Place, String)>,
    /// Where and why only ssh itself can say; told as problems where it is not asked.
    pub unknown: Vec<(Place, String)>,
}

impl Unresolved {
    fn port(&self) -> u16 {
        self.values.text("port").and_then(port).unwrap_or(22)
    }

    fn user(&self) -> &str {
        self.values.text("user").unwrap_or(&self.local.user)
    }

    pub fn tokens(&self) -> Tokens<'_> {
        Tokens {
            local: Some(&self.local),
            host: Some(&self.host),
            asked: Some(&self.asked),
            port: Some(self.port()),
            user: Some(self.user()),
            alias: Some(self.values.text("hostkeyalias").unwrap_or(&self.asked)),
            jump: Some(""),
        }
    }

    pub fn finish(mut self) -> Result<Resolved, ConfigError> {
        let left_out = |(place, why)| (place, format!("{why}; ssh itself is asked about it when a connection is made"));
        self.problems.extend(std::mem::take(&mut self.unknown).into_iter().map(left_out));
        self.expand_user()?;
        let proxy_jump = self.proxy_jump()?;
        let host_key_alias = self
            .values
            .sourced("hostkeyalias")
            .map(|alias| Sourced { value: alias.value.to_ascii_lowercase(), ..alias });
        let last_jump = proxy_jump.last().map_or(String::new(), |jump| jump.value.host.clone());
        // Taken apart from `self`, which is told of problems meanwhile.
        let known = Known {
            host: self.host.clone(),
            user: self.user().to_owned(),
            port: self.port(),
            alias: host_key_alias.as_ref().map_or(&self.asked, |alias| &alias.value).clone(),
            jump: last_jump,
        };
        let identity_files = self.paths("identityfile", &known, DEFAULT_IDENTITIES)?;
        let certificate_files = self.paths("certificatefile", &known, &[])?;
        let agent = self.agent(&known)?;
        let proxy_command = self.proxy_command(&known, proxy_jump.is_empty())?;
        let user_known_hosts_files = self.user_known_hosts(&known)?;
        let strict_host_key_checking = self.strict();
        let list = |keyword| {
            let split = |text: String| text.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
            self.values.sourced(keyword).map(|said| Sourced { value: split(said.value), source: said.source })
        };
        let values = &self.values;
        let flag = |keyword, default| values.flag(keyword).unwrap_or(default);
        let time = |keyword| values.text(keyword).and_then(seconds).filter(|&seconds| seconds > 0);
        let source = |keyword| values.first(keyword).map_or(Source::Default, |value| value.source.clone());
        Ok(Resolved {
            host_name: Sourced {
                value: self.host.clone(),
                source: values.first("hostname").map_or(Source::Given, |value| value.source.clone()),
            },
            port: Sourced { value: self.port(), source: source("port") },
            user: Sourced { value: self.user().to_owned(), source: source("user") },
            identity_files,
            certificate_files,
            agent,
            identities_only: Sourced { value: flag("identitiesonly", false), source: source("identitiesonly") },
            proxy_jump,
            proxy_command,
            host_key_alias,
            user_known_hosts_files,
            global_known_hosts_files: self.global_known_hosts(),
            strict_host_key_checking,
            hash_known_hosts: flag("hashknownhosts", false),
            host_key_algorithms: values
                .sourced("hostkeyalgorithms")
                .map(|said| Sourced { value: algorithms::host_key_algorithms(&said.value), source: said.source }),
            preferred_authentications: list("preferredauthentications"),
            password_authentication: flag("passwordauthentication", true),
            kbd_interactive_authentication: flag("kbdinteractiveauthentication", true),
            pubkey_authentication: flag("pubkeyauthentication", true),
            connect_timeout_s: time("connecttimeout"),
            server_alive_interval_s: time("serveraliveinterval"),
            address_family: match values.text("addressfamily").map(str::to_ascii_lowercase).as_deref() {
                Some("inet") => AddressFamily::Inet,
                Some("inet6") => AddressFamily::Inet6,
                _ => AddressFamily::Any,
            },
            bind_address: values.sourced("bindaddress"),
            alias: self.asked,
            problems: self.problems,
        })
    }

    /// `User` may hold tokens since OpenSSH 10.1; before, it was taken as it is.
    fn expand_user(&mut self) -> Result<(), ConfigError> {
        let Some(value) = self.values.first("user").filter(|value| value.source != Source::Given).cloned() else {
            return Ok(());
        };
        let expanded = Tokens { user: None, ..self.tokens() }.expand(value.text(), true);
        match expanded {
            Ok(expanded) => self.values.replace("user", expanded),
            Err(why) => {
                if let Source::File(place) = &value.source {
                    self.problems.push((place.clone(), format!("User is taken as it is written: {}", words(why))));
                }
            }
        }
        Ok(())
    }

    fn proxy_jump(&mut self) -> Result<Vec<Sourced<Jump>>, ConfigError> {
        let Some(value) = self.values.first("proxyjump").filter(|value| value.text() != "none") else {
            return Ok(Vec::new());
        };
        let tokens = Tokens { local: None, jump: None, ..self.tokens() };
        let expand = |text: String| tokens.expand(&text, false);
        let expanded = |jump: Jump| {
            let user = jump.user.map(expand).transpose()?;
            Ok(Jump { host: expand(jump.host)?, user, port: jump.port })
        };
        let jumps: Result<Vec<Jump>, Unexpanded> =
            jump::parse(value.text()).unwrap_or_default().into_iter().map(expanded).collect();
        let jumps = jumps.map_err(|why| wrong(value, why))?;
        if let (Some(last), Source::File(place)) = (jumps.last(), &value.source) {
            let user = last.user.as_deref().unwrap_or(self.user());
            if last.host == self.host && last.port.unwrap_or(22) == self.port() && user == self.user() {
                return Err(ConfigError::JumpLoop { place: place.clone(), host: last.host.clone() });
            }
        }
        Ok(jumps.into_iter().map(|jump| Sourced { value: jump, source: value.source.clone() }).collect())
    }

    fn proxy_command(&self, known: &Known, no_jump: bool) -> Result<Option<Sourced<String>>, ConfigError> {
        let said = self.values.first("proxycommand");
        let Some(value) = said.filter(|value| no_jump && !value.text().eq_ignore_ascii_case("none")) else {
            return Ok(None);
        };
        let tokens = Tokens { local: None, jump: None, ..known.tokens(self) };
        let command = tokens.expand(value.text(), false).map_err(|why| wrong(value, why))?;
        Ok(Some(Sourced { value: command, source: value.source.clone() }))
    }

    /// Paths that add up. `none` among them is left out, and is enough for the defaults not to count.
    fn paths(
        &mut self,
        keyword: &'static str,
        known: &Known,
        defaults: &[&str],
    ) -> Result<Vec<Sourced<PathBuf>>, ConfigError> {
        if !self.values.has(keyword) {
            let folder = self.local.home.join(".ssh");
            let default = |name: &&str| Sourced { value: folder.join(name), source: Source::Default };
            return Ok(defaults.iter().map(default).collect());
        }
        let mut paths: Vec<Sourced<PathBuf>> = Vec::new();
        for value in self.values.all(keyword).to_vec() {
            if value.text().eq_ignore_ascii_case("none") {
                continue;
            }
            if let Some(path) = self.path(&value, known)? {
                let path = Sourced { value: PathBuf::from(path), source: value.source };
                if !paths.iter().any(|known| known.value == path.value) {
                    paths.push(path);
                }
            }
        }
        Ok(paths)
    }

    /// None where a variable is not set, which is told.
    fn path(&mut self, value: &Value, known: &Known) -> Result<Option<String>, ConfigError> {
        let text = value.text();
        let Some(with_home) = tilde(text, &self.local.home) else {
            self.tell(value, format!("{text:?} names the home of an unknown user, so it is left out"));
            return Ok(None);
        };
        match known.tokens(self).expand(&with_home, true) {
            Ok(path) => Ok(Some(path)),
            // A file that was chosen has the name it has.
            Err(_) if value.source == Source::Given => Ok(Some(with_home)),
            Err(Unexpanded::NotSet(variable)) => {
                self.tell(value, format!("{text:?} is left out, as the environment has no {variable}"));
                Ok(None)
            }
            Err(why) => Err(wrong(value, why)),
        }
    }

    fn agent(&mut self, known: &Known) -> Result<Sourced<Agent>, ConfigError> {
        let Some(value) = self.values.first("identityagent").cloned() else {
            return Ok(Sourced { value: Agent::OfTheSession, source: Source::Default });
        };
        let text = value.text();
        let agent = if text.eq_ignore_ascii_case("none") {
            Agent::None
        } else if text == "SSH_AUTH_SOCK" {
            Agent::OfTheSession
        } else if let Some(variable) = text.strip_prefix('$').filter(|name| !name.starts_with('{')) {
            match std::env::var(variable) {
                Ok(socket) if !socket.is_empty() => Agent::At(socket),
                _ => {
                    self.tell(&value, format!("there is no agent, as the environment has no {variable}"));
                    Agent::None
                }
            }
        } else {
            self.path(&value, known)?.map_or(Agent::None, Agent::At)
        };
        Ok(Sourced { value: agent, source: value.source })
    }

    fn user_known_hosts(&mut self, known: &Known) -> Result<Vec<PathBuf>, ConfigError> {
        let Some(value) = self.values.first("userknownhostsfile").cloned() else {
            let folder = self.local.home.join(".ssh");
            return Ok(vec![folder.join("known_hosts"), folder.join("known_hosts2")]);
        };
        let mut files = Vec::new();
        for word in value.words.iter().filter(|word| !word.eq_ignore_ascii_case("none")) {
            let one = Value { words: vec![word.clone()], ..value.clone() };
            files.extend(self.path(&one, known)?.map(PathBuf::from));
        }
        Ok(files)
    }

    /// Only a home folder is expanded in these.
    fn global_known_hosts(&self) -> Vec<PathBuf> {
        match self.values.first("globalknownhostsfile") {
            Some(value) => {
                let words = value.words.iter().filter(|word| !word.eq_ignore_ascii_case("none"));
                words.filter_map(|word| tilde(word, &self.local.home)).map(PathBuf::from).collect()
            }
            None => ["ssh_known_hosts", "ssh_known_hosts2"].map(|name| system_folder().join(name)).to_vec(),
        }
    }

    fn strict(&mut self) -> Sourced<StrictHostKeyChecking> {
        let Some(value) = self.values.first("stricthostkeychecking").cloned() else {
            return Sourced { value: StrictHostKeyChecking::Ask, source: Source::Default };
        };
        let strict = match value.text().to_ascii_lowercase().as_str() {
            "yes" | "true" => StrictHostKeyChecking::Yes,
            "accept-new" => StrictHostKeyChecking::AcceptNew,
            "no" | "false" | "off" => {
                self.tell(
                    &value,
                    "StrictHostKeyChecking is off; a new host key is asked about all the same".to_owned(),
                );
                StrictHostKeyChecking::No
            }
            _ => StrictHostKeyChecking::Ask,
        };
        Sourced { value: strict, source: value.source }
    }

    fn tell(&mut self, value: &Value, problem: String) {
        if let Source::File(place) = &value.source {
            self.problems.push((place.clone(), problem));
        }
    }
}

/// What tokens stand for once all names are known.
struct Known {
    host: String,
    user: String,
    port: u16,
    alias: String,
    jump: String,
}

impl Known {
    fn tokens<'a>(&'a self, gathered: &'a Unresolved) -> Tokens<'a> {
        Tokens {
            local: Some(&gathered.local),
            host: Some(&self.host),
            asked: Some(&gathered.asked),
            port: Some(self.port),
            user: Some(&self.user),
            alias: Some(&self.alias),
            jump: Some(&self.jump),
        }
    }
}

fn words(why: Unexpanded) -> String {
    match why {
        Unexpanded::Wrong(problem) => problem,
        Unexpanded::NotSet(variable) => format!("the environment has no {variable}"),
    }
}

fn wrong(value: &Value, why: Unexpanded) -> ConfigError {
    let problem = words(why);
    match &value.source {
        Source::File(place) => ConfigError::Syntax { place: place.clone(), problem },
        _ => ConfigError::BadName { what: "value", name: value.text().to_owned() },
    }
}
