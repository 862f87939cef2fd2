//! A profile: one place that runs come from, as the user saved it. It never holds a secret: those
//! are in the vault under the profile's id ([`super::secrets`]).

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Route;
use crate::error::{AppError, Code, Part};
use crate::tracking::Writes;
use crate::tracking::rest::Address;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// A UUID that stays when the profile is renamed or its address changes.
    pub id: String,
    pub name: String,
    pub kind: ProfileKind,
    /// The address of a tracking server as the machine at the end of the route sees it, or the
    /// path of an `mlflow.db` or of a folder with one.
    pub address: String,
    pub environment: Environment,
    pub writes: Writes,
    /// How a server is reached; nothing of it concerns a database on this machine.
    pub server: ServerSettings,
    /// Folders of this machine in which the user has found the artifacts of a database.
    #[serde(default)]
    pub artifact_folders: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ProfileKind {
    /// A tracking server over HTTP, reached directly or through a route.
    Server,
    /// A database opened directly.
    Local,
    /// The workspace that comes with the app.
    Sample,
}

/// What a server is for; the window shows it as a colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Environment {
    #[default]
    Unmarked,
    Dev,
    Test,
    Production,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct ServerSettings {
    /// The SSH route ([`super::Route`]); none is a direct connection. There is no way from one to
    /// the other but by editing the profile.
    pub route_id: Option<String>,
    /// A unix socket that the server listens on instead of a port: at the far end of the route, or
    /// on this machine without one. The address then only names the server.
    pub socket_path: Option<String>,
    pub auth: Auth,
    /// Where the secrets of this profile are kept.
    pub keep: Keep,
    pub tls: TlsSettings,
    pub headers: Vec<ExtraHeader>,
    /// What the `Host` header says instead of the address, verbatim.
    pub host_header: Option<String>,
    /// An MLflow workspace (3.10 and later).
    pub workspace: Option<String>,
    /// Only for direct connections: through a route there is no proxy.
    pub proxy: Proxy,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum Auth {
    #[default]
    None,
    /// The password is the secret `password`.
    Basic { username: String },
    /// The token is the secret `token`.
    Bearer,
}

/// Where a secret lives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Keep {
    /// In the system's keyring.
    #[default]
    Keyring,
    /// In memory until Podium closes.
    Session,
    /// Nowhere: asked for at every connection.
    Never,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct TlsSettings {
    /// A PEM file of authorities to trust beside the system's.
    pub ca_file: Option<String>,
    /// A PEM file with the client's certificate chain, and its key if that has no file of its own.
    pub client_certificate_file: Option<String>,
    /// The passphrase of an encrypted key is the secret `client-key`.
    pub client_key_file: Option<String>,
    /// SHA-256 of the one server certificate (DER) that is trusted though no authority vouches
    /// for it: 64 hexadecimal digits.
    pub pin: Option<String>,
    /// A trust of whatever certificate the server shows first is asked for: the meaning of an
    /// imported `MLFLOW_TRACKING_INSECURE_TLS`. Never "accept anything".
    pub pin_on_first_use: bool,
}

/// A header that goes with every request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ExtraHeader {
    pub name: String,
    /// None where the value is the secret `header:NAME`, NAME in lower case.
    pub value: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum Proxy {
    /// What the system says; loopback is never asked for through it.
    #[default]
    System,
    None,
    /// `http://host:port` or `socks5h://host:port`.
    Fixed {
        url: String,
    },
}

impl Profile {
    /// A new profile with nothing but a place.
    pub fn new(name: &str, kind: ProfileKind, address: &str) -> Self {
        Self {
            id: uuid::Uuid::new_v4().to_string(),
            name: name.to_owned(),
            kind,
            address: address.to_owned(),
            environment: Environment::default(),
            writes: Writes::default(),
            server: ServerSettings::default(),
            artifact_folders: Vec::new(),
        }
    }
}

impl Profile {
    /// The secrets that go to the server, by the name of their slot.
    pub fn sent_secret_names(&self) -> Vec<String> {
        let server = &self.server;
        let sign_in = match server.auth {
            Auth::None => None,
            Auth::Basic { .. } => Some("password".to_owned()),
            Auth::Bearer => Some("token".to_owned()),
        };
        let secret_headers = server.headers.iter().filter(|header| header.value.is_none());
        let secret_headers = secret_headers.map(|header| format!("header:{}", header.name.to_ascii_lowercase()));
        sign_in.into_iter().chain(secret_headers).collect()
    }

    /// All secrets that the profile speaks of: those that go to the server, and the passphrase of a client key, which
    /// stays here.
    pub fn secret_names(&self) -> Vec<String> {
        let client_key = self.server.tls.client_certificate_file.as_ref().map(|_| "client-key".to_owned());
        self.sent_secret_names().into_iter().chain(client_key).collect()
    }

    /// Whether what is sent to `now` could reach a server or proxy that this profile does not use. The hosts of its route
    /// are compared by themselves ([`super::Route::leads_elsewhere`]).
    pub fn leads_elsewhere(&self, now: &Self) -> bool {
        fn destination(profile: &Profile) -> (&str, Option<&str>, Option<&str>, &Proxy) {
            let server = &profile.server;
            (&profile.address, server.route_id.as_deref(), server.socket_path.as_deref(), &server.proxy)
        }
        destination(self) != destination(now)
    }

    /// Where the runs are, as the cache tells places apart: the same address at the end of another route, at another
    /// socket or in another workspace holds other runs.
    pub fn place(&self, route: Option<&Route>) -> String {
        let mut place = self.address.clone();
        for hop in route.into_iter().flat_map(|route| &route.hops) {
            place += &format!(" via {}:{}", hop.host, hop.port.map_or_else(String::new, |port| port.to_string()));
        }
        for (what, value) in [("socket", &self.server.socket_path), ("workspace", &self.server.workspace)] {
            if let Some(value) = value {
                place += &format!(" {what} {value}");
            }
        }
        place
    }
}

impl ServerSettings {
    /// Whether the server is reached at its address itself: through no route and by no socket.
    pub fn is_direct(&self) -> bool {
        self.route_id.is_none() && self.socket_path.is_none()
    }
}

impl Profile {
    /// The profile as it is saved: trimmed, an empty field as none, everything that can be
    /// found wrong without asking a server told in words.
    pub fn checked(mut self) -> Result<Self, InvalidField> {
        self.name = self.name.trim().to_owned();
        self.address = self.address.trim().to_owned();
        if self.name.is_empty() {
            return Err(InvalidField::of("name", "A profile needs a name."));
        }
        if self.kind != ProfileKind::Server {
            self.server = ServerSettings::default();
            let folders = std::mem::take(&mut self.artifact_folders);
            for folder in folders.iter().map(|folder| folder.trim()).filter(|folder| !folder.is_empty()) {
                let folder = expand_home(folder).display().to_string();
                if !self.artifact_folders.contains(&folder) {
                    self.artifact_folders.push(folder);
                }
            }
            return Ok(self);
        }
        self.artifact_folders = Vec::new();
        let address = Address::parse(&self.address).map_err(|error| InvalidField::of("address", error.to_string()))?;
        self.address = address.to_string();
        let server = &mut self.server;
        for field in [
            &mut server.route_id,
            &mut server.socket_path,
            &mut server.host_header,
            &mut server.workspace,
            &mut server.tls.ca_file,
            &mut server.tls.client_certificate_file,
            &mut server.tls.client_key_file,
            &mut server.tls.pin,
        ] {
            *field = field.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        }
        if let Some(pin) = &mut server.tls.pin {
            *pin = pin.replace([':', ' '], "").to_ascii_lowercase();
            if pin.len() != 64 || !pin.bytes().all(|c| c.is_ascii_hexdigit()) {
                return Err(InvalidField::of("pin", "A pin is the SHA-256 of the certificate: 64 hexadecimal digits."));
            }
        }
        if server.tls.client_key_file.is_some() && server.tls.client_certificate_file.is_none() {
            return Err(InvalidField::of("clientKey", "A client key needs the client certificate that belongs to it."));
        }
        for (field, value) in [("hostHeader", &server.host_header), ("workspace", &server.workspace)] {
            let Some(value) = value else { continue };
            let words = || format!("“{value}” cannot be sent: only printable ASCII is allowed there.");
            http::HeaderValue::from_str(value).map_err(|_| InvalidField::of(field, words()))?;
        }
        let mut seen = Vec::new();
        for header in &mut server.headers {
            header.name = header.name.trim().to_owned();
            let name = http::HeaderName::try_from(header.name.as_str())
                .map_err(|_| InvalidField::of("headers", format!("“{}” is no name of a header.", header.name)))?;
            if [http::header::CONTENT_LENGTH, http::header::TRANSFER_ENCODING, http::header::CONNECTION].contains(&name)
            {
                return Err(InvalidField::of("headers", format!("The header {name} is set by Podium itself.")));
            }
            if name == http::header::HOST {
                return Err(InvalidField::of("headers", "The Host header has a field of its own."));
            }
            if seen.contains(&name) {
                return Err(InvalidField::of("headers", format!("The header {name} is there twice.")));
            }
            if let Some(value) = &header.value {
                http::HeaderValue::from_str(value).map_err(|_| {
                    InvalidField::of(
                        "headers",
                        format!("The value of {name} cannot be sent: only printable ASCII is allowed."),
                    )
                })?;
            }
            seen.push(name);
        }
        if let Auth::Basic { username } = &server.auth
            && (username.trim().is_empty() || username.contains(':'))
        {
            return Err(InvalidField::of("username", "A sign-in by password needs a user name, without a colon."));
        }
        if let Proxy::Fixed { url } = &server.proxy {
            let parsed = url::Url::parse(url)
                .map_err(|error| InvalidField::of("proxy", format!("The proxy’s address does not parse: {error}.")))?;
            if !["http", "https", "socks5", "socks5h"].contains(&parsed.scheme()) || parsed.host().is_none() {
                return Err(InvalidField::of(
                    "proxy",
                    "A proxy is http://host:port, https://host:port or socks5h://host:port.",
                ));
            }
            if !parsed.username().is_empty() || parsed.password().is_some() {
                return Err(InvalidField::of("proxy", "A proxy’s name and password do not belong into its address."));
            }
        }
        Ok(self)
    }
}

/// What is wrong with a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidField {
    /// As the window calls the field of its editor.
    pub field: &'static str,
    pub words: String,
}

impl InvalidField {
    pub fn of(field: &'static str, words: impl Into<String>) -> Self {
        Self { field, words: words.into() }
    }
}

impl From<InvalidField> for AppError {
    fn from(InvalidField { field, words }: InvalidField) -> Self {
        Self::new(Code::Refused, words).about(Part::Field { name: field.to_owned() })
    }
}

impl ProfileKind {
    pub fn as_text(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Local => "local",
            Self::Sample => "sample",
        }
    }

    pub fn from_text(text: &str) -> Option<Self> {
        [Self::Server, Self::Local, Self::Sample].into_iter().find(|kind| kind.as_text() == text)
    }
}

/// What a text that names a place stands for: typed into Welcome, or given on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Profile(Box<Profile>),
    Sample,
    Path(std::path::PathBuf),
    Address(String),
}

/// Reads `text` as the name of a profile, as `sample`, as a file or folder that exists, or as an
/// address, in this order. Nothing is asked of the network.
pub fn parse_target(text: &str, profiles: &[Profile]) -> Option<Target> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    if let Some(profile) = profiles.iter().find(|profile| profile.name == text) {
        return Some(Target::Profile(Box::new(profile.clone())));
    }
    if text == "sample" {
        return Some(Target::Sample);
    }
    let path = text.strip_prefix("sqlite:///").map_or_else(|| expand_home(text), expand_home);
    if !text.contains("://") || text.starts_with("sqlite:///") {
        let looks_like_a_path =
            text.starts_with(['/', '.', '~', '\\']) || text.ends_with(".db") || text.starts_with("sqlite:///");
        if looks_like_a_path || path.exists() {
            return Some(Target::Path(std::path::absolute(&path).unwrap_or(path)));
        }
    }
    Some(Target::Address(text.to_owned()))
}

/// `~/x` in the user's own folder.
pub fn expand_home(text: &str) -> std::path::PathBuf {
    match text.strip_prefix("~/").zip(directories::UserDirs::new()) {
        // As for a shell, `~//x` is in the home too, and not `/x`.
        Some((rest, user)) => user.home_dir().join(rest.trim_start_matches(std::path::is_separator)),
        None => text.into(),
    }
}

/// A short name for a new profile: the host of an address, the folder of a database.
pub fn suggest_name(target: &Target) -> String {
    match target {
        Target::Profile(profile) => profile.name.clone(),
        Target::Sample => "Sample workspace".into(),
        Target::Address(address) => {
            let rest = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
            let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
            rest.split(['/', '?', '#']).next().unwrap_or(rest).to_owned()
        }
        Target::Path(path) => {
            let named = if path.extension().is_some_and(|extension| extension == "db") {
                match path.file_stem().and_then(|stem| stem.to_str()) {
                    Some("mlflow") | None => path.parent().unwrap_or(path),
                    Some(_) => path,
                }
            } else {
                path
            };
            named.file_stem().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(name: &str) -> Profile {
        Profile::new(name, ProfileKind::Server, "http://a")
    }

    #[test]
    fn a_profile_is_found_by_its_name_before_anything_else() {
        let profiles = [profile("vision-team")];
        assert_eq!(parse_target("vision-team", &profiles), Some(Target::Profile(Box::new(profiles[0].clone()))));
    }

    #[test]
    fn paths_and_addresses_are_told_apart() {
        assert_eq!(parse_target("/data/mlflow.db", &[]), Some(Target::Path("/data/mlflow.db".into())));
        assert_eq!(parse_target("sqlite:////data/x.db", &[]), Some(Target::Path("/data/x.db".into())));
        assert_eq!(parse_target("localhost:5000", &[]), Some(Target::Address("localhost:5000".into())));
        assert_eq!(parse_target(" https://h/ml ", &[]), Some(Target::Address("https://h/ml".into())));
        assert_eq!(parse_target("sample", &[]), Some(Target::Sample));
        assert_eq!(parse_target("  ", &[]), None);
    }

    #[test]
    fn the_home_folder_is_not_left_by_a_second_slash() {
        let home = directories::UserDirs::new().unwrap().home_dir().to_owned();
        assert_eq!(expand_home("~/a/b"), home.join("a/b"));
        assert_eq!(expand_home("~//etc/x"), home.join("etc/x"));
        assert_eq!(expand_home("/etc/x"), std::path::Path::new("/etc/x"));
    }

    #[test]
    fn names_are_short_and_hold_no_password() {
        let name = |text: &str| suggest_name(&parse_target(text, &[]).unwrap());
        assert_eq!(name("https://ana:secret@mlflow.corp:8443/ml/#/experiments"), "mlflow.corp:8443");
        assert_eq!(name("/data/churn/mlflow.db"), "churn");
        assert_eq!(name("/data/churn/old.db"), "old");
        assert_eq!(name("/data/churn"), "churn");
    }

    #[test]
    fn only_secrets_of_the_server_go_there() {
        let mut profile = profile("vision");
        assert!(profile.secret_names().is_empty());
        profile.server.auth = Auth::Bearer;
        profile.server.headers = vec![
            ExtraHeader { name: "X-Key".into(), value: None },
            ExtraHeader { name: "X-Team".into(), value: Some("vision".into()) },
        ];
        profile.server.tls.client_certificate_file = Some("client.pem".into());
        assert_eq!(profile.sent_secret_names(), ["token", "header:x-key"]);
        assert_eq!(profile.secret_names(), ["token", "header:x-key", "client-key"]);
    }

    #[test]
    fn another_destination_is_elsewhere_and_another_name_is_not() {
        let changed = |change: fn(&mut Profile)| {
            let before = profile("vision");
            let mut now = before.clone();
            change(&mut now);
            before.leads_elsewhere(&now)
        };
        assert!(!changed(|profile| profile.name = "other".into()));
        assert!(!changed(|profile| profile.server.host_header = Some("other".into())));
        assert!(changed(|profile| profile.address = "http://b".into()));
        assert!(changed(|profile| profile.server.route_id = Some("r".into())));
        assert!(changed(|profile| profile.server.socket_path = Some("/run/mlflow.sock".into())));
        assert!(changed(|profile| profile.server.proxy = Proxy::None));
    }

    #[test]
    fn what_is_known_to_be_wrong_is_said_before_it_is_saved() {
        let checked = |change: fn(&mut Profile)| {
            let mut profile = profile("vision");
            change(&mut profile);
            profile.checked()
        };
        let ok = checked(|profile| {
            profile.address = " localhost:5000/#/experiments ".into();
            profile.server.host_header = Some("  ".into());
            profile.server.tls.pin = Some("AA:".repeat(31) + "AA");
        });
        let ok = ok.unwrap();
        assert_eq!(ok.address, "http://localhost:5000");
        assert_eq!(ok.server.host_header, None);
        assert_eq!(ok.server.tls.pin, Some("aa".repeat(32)));
        let header = |name: &str| vec![ExtraHeader { name: name.into(), value: None }];
        let at = |change: fn(&mut Profile)| checked(change).unwrap_err().field;
        assert_eq!(at(|profile| profile.name = " ".into()), "name");
        assert_eq!(at(|profile| profile.address = "ftp://h".into()), "address");
        assert_eq!(at(|profile| profile.server.tls.pin = Some("ab".into())), "pin");
        assert_eq!(at(|profile| profile.server.tls.client_key_file = Some("k".into())), "clientKey");
        assert_eq!(at(|profile| profile.server.host_header = Some("a\nb".into())), "hostHeader");
        assert_eq!(at(|profile| profile.server.workspace = Some("a\nb".into())), "workspace");
        assert_eq!(at(|profile| profile.server.auth = Auth::Basic { username: "a:b".into() }), "username");
        assert_eq!(at(|profile| profile.server.proxy = Proxy::Fixed { url: "http://u:p@h:1".into() }), "proxy");
        let mut profile = profile("vision");
        for name in ["Host", "content-length", "a b", ""] {
            profile.server.headers = header(name);
            assert_eq!(profile.clone().checked().unwrap_err().field, "headers", "{name}");
        }
    }
}
