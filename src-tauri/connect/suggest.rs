//! Profiles that this machine already knows in other words: the environment variables and the
//! credentials file of MLflow's own client. (Those of the ssh_config are found by
//! [`ssh_config::config`].) What is found is offered, never taken by itself.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::{Auth, Profile, ProfileKind};

/// A profile as it was found, with secrets that go to the vault if the user takes it.
pub struct FoundProfile {
    pub profile: Profile,
    /// Where and what, in a sentence.
    pub words: String,
    /// By the name of their slot.
    pub secrets: Vec<(&'static str, SecretString)>,
}

/// What `MLFLOW_TRACKING_URI` and its companions say. `variable` looks one up; `credentials` is the
/// text of `~/.mlflow/credentials`, which counts for less, as with MLflow itself.
pub fn from_environment(variable: impl Fn(&str) -> Option<String>, credentials: Option<&str>) -> Option<FoundProfile> {
    let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
    let uri = variable("MLFLOW_TRACKING_URI")?;
    let (username, password) = match (variable("MLFLOW_TRACKING_USERNAME"), variable("MLFLOW_TRACKING_PASSWORD")) {
        (Some(username), password) => (Some(username), password),
        (None, _) => credentials.map(read_credentials).unwrap_or_default(),
    };
    let token = variable("MLFLOW_TRACKING_TOKEN");
    let mut profile = profile_of(&uri)?;
    let mut said = vec!["MLFLOW_TRACKING_URI".to_owned()];
    let mut secrets = Vec::new();
    if profile.kind == ProfileKind::Server {
        // One person's name does not go with another's password.
        let (username, password) = match username {
            Some(username) => (Some(username), password.map(SecretString::from)),
            None => userinfo(&uri),
        };
        // A name and password win over a token, as with MLflow's client.
        if let Some(username) = username {
            profile.server.auth = Auth::Basic { username };
            said.push("a user name".to_owned());
            secrets.extend(password.map(|password| ("password", password)));
        } else if let Some(token) = token {
            profile.server.auth = Auth::Bearer;
            secrets.push(("token", SecretString::from(token)));
        }
        let server = &mut profile.server;
        server.tls.pin_on_first_use = variable("MLFLOW_TRACKING_INSECURE_TLS").is_some_and(|value| is_true(&value));
        server.tls.ca_file = variable("MLFLOW_TRACKING_SERVER_CERT_PATH");
        server.tls.client_certificate_file = variable("MLFLOW_TRACKING_CLIENT_CERT_PATH");
        server.workspace = variable("MLFLOW_WORKSPACE");
        said.extend(secrets.iter().map(|(name, _)| format!("a {name}")));
        if server.tls.pin_on_first_use {
            said.push("MLFLOW_TRACKING_INSECURE_TLS (its certificate will be shown once and then pinned)".to_owned());
        }
    }
    Some(FoundProfile { profile, words: format!("Found in the environment: {}", said.join(", ")), secrets })
}

/// The user name and password in MLflow's credentials file, an INI of one section.
pub fn read_credentials(text: &str) -> (Option<String>, Option<String>) {
    let (mut username, mut password) = (None, None);
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == "[mlflow]";
        } else if inside && !line.starts_with(['#', ';']) {
            let Some((key, value)) = line.split_once(['=', ':']) else { continue };
            let value = value.trim().to_owned();
            match key.trim().to_ascii_lowercase().as_str() {
                "mlflow_tracking_username" if !value.is_empty() => username = Some(value),
                "mlflow_tracking_password" if !value.is_empty() => password = Some(value),
                _ => {}
            }
        }
    }
    (username, password)
}

pub fn credentials_file(home: &Path) -> PathBuf {
    home.join(".mlflow").join("credentials")
}

/// The name and password that some write in front of the host, decoded.
pub fn userinfo(address: &str) -> (Option<String>, Option<SecretString>) {
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let rest = address.trim().split_once("://").map_or(address.trim(), |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let Some((before, _)) = authority.rsplit_once('@') else { return (None, None) };
    let (name, password) = before.split_once(':').map_or((before, None), |(name, password)| (name, Some(password)));
    let name = Some(decoded(name)).filter(|name| !name.is_empty());
    (name, password.map(|password| SecretString::from(decoded(password))))
}

fn profile_of(uri: &str) -> Option<Profile> {
    let name = |text: &str| super::suggest_name(&super::Target::Address(text.to_owned()));
    if uri.starts_with("http://") || uri.starts_with("https://") {
        let address = crate::tracking::rest::Address::parse(uri).ok()?;
        return Some(Profile::new(&name(&address.to_string()), ProfileKind::Server, &address.to_string()));
    }
    match super::parse_target(uri.strip_prefix("file://").unwrap_or(uri), &[])? {
        target @ super::Target::Path(_) => {
            let super::Target::Path(path) = &target else { return None };
            let address = path.display().to_string();
            Some(Profile::new(&super::suggest_name(&target), ProfileKind::Local, &address))
        }
        // `databricks`, `uc:` and the like are no servers of MLflow's own.
        _ => None,
    }
}

fn is_true(value: &str) -> bool {
    ["true", "1", "yes"].contains(&value.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn found(variables: &[(&str, &str)], credentials: Option<&str>) -> Option<FoundProfile> {
        let look = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        from_environment(look, credentials)
    }

    #[test]
    fn the_environment_becomes_a_profile_and_its_secrets_stay_apart() {
        let found = found(
            &[
                ("MLFLOW_TRACKING_URI", "https://mlflow.corp/ml/"),
                ("MLFLOW_TRACKING_USERNAME", "ana"),
                ("MLFLOW_TRACKING_PASSWORD", "s3cret"),
                ("MLFLOW_TRACKING_TOKEN", "unused"),
                ("MLFLOW_TRACKING_INSECURE_TLS", "true"),
                ("MLFLOW_TRACKING_CLIENT_CERT_PATH", "/c.pem"),
            ],
            None,
        )
        .unwrap();
        assert_eq!(found.profile.address, "https://mlflow.corp/ml");
        assert_eq!(found.profile.server.auth, Auth::Basic { username: "ana".into() });
        assert!(found.profile.server.tls.pin_on_first_use);
        assert_eq!(found.profile.server.tls.client_certificate_file.as_deref(), Some("/c.pem"));
        assert_eq!(found.secrets.len(), 1);
        assert_eq!((found.secrets[0].0, found.secrets[0].1.expose_secret()), ("password", "s3cret"));
        assert!(!found.words.contains("s3cret") && !format!("{:?}", found.profile).contains("s3cret"));
    }

    #[test]
    fn the_credentials_file_counts_where_the_environment_says_nothing() {
        let file = "# mine\n[other]\nmlflow_tracking_username = no\n[mlflow]\nmlflow_tracking_username = ana\nmlflow_tracking_password = p=w:d\n";
        let both = [("MLFLOW_TRACKING_URI", "http://h:5000"), ("MLFLOW_TRACKING_USERNAME", "ben")];
        let of_file = found(&both[..1], Some(file)).unwrap();
        assert_eq!(of_file.profile.server.auth, Auth::Basic { username: "ana".into() });
        assert_eq!(of_file.secrets[0].1.expose_secret(), "p=w:d");
        let of_environment = found(&both, Some(file)).unwrap();
        assert_eq!(of_environment.profile.server.auth, Auth::Basic { username: "ben".into() });
        assert!(of_environment.secrets.is_empty());
    }

    #[test]
    fn a_token_is_a_bearer_and_userinfo_is_a_sign_in() {
        let token = [("MLFLOW_TRACKING_URI", "https://h"), ("MLFLOW_TRACKING_TOKEN", "t")];
        assert_eq!(found(&token, None).unwrap().profile.server.auth, Auth::Bearer);
        let in_address = found(&[("MLFLOW_TRACKING_URI", "https://an%40a:p%3Aw@h/x@y")], None).unwrap();
        assert_eq!(in_address.profile.server.auth, Auth::Basic { username: "an@a".into() });
        assert_eq!(in_address.secrets[0].1.expose_secret(), "p:w");
        assert!(!in_address.profile.address.contains("p%3Aw"), "{}", in_address.profile.address);
        let both = [("MLFLOW_TRACKING_URI", "https://ana:secret@h"), ("MLFLOW_TRACKING_USERNAME", "ben")];
        assert!(found(&both, None).unwrap().secrets.is_empty());
    }

    #[test]
    fn a_database_is_a_local_profile_and_other_schemes_are_none() {
        let local = found(&[("MLFLOW_TRACKING_URI", "sqlite:////data/churn/mlflow.db")], None).unwrap();
        assert_eq!((local.profile.kind, local.profile.name.as_str()), (ProfileKind::Local, "churn"));
        assert!(found(&[("MLFLOW_TRACKING_URI", "databricks://x")], None).is_none());
        assert!(found(&[], None).is_none());
    }
}
