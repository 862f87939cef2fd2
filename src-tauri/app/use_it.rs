//! Snippets for whoever wants to use a version: what the profile, the registry and the files of the version say, filled in.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;

use super::App;
use crate::artifacts::{MlModel, ml_model, model_files, serving_example};
use crate::connect::{Auth, Profile, ProfileKind};
use crate::entities::ModelVersion;
use crate::error::{AppError, Code, Result};
use crate::promotion::Signature;
use crate::tracking::TrackingStore;
use crate::use_it::{Request, SignIn, Snippet, TrackingServer, UsedVersion, remarks, snippets};

/// The user does not wait longer for files.
const FILES_WITHIN: Duration = Duration::from_secs(8);
/// Longer examples of a request are not read.
const EXAMPLE_BYTES: usize = 64 << 10;

/// A version, by an alias that it holds or by its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", tag = "kind", content = "of")]
pub enum WhichVersion {
    Alias(String),
    Version(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UseIt {
    pub version: String,
    /// What MLflow finds it by.
    pub uri: String,
    pub snippets: Vec<Snippet>,
    /// What is to be known before they are pasted, in sentences.
    pub remarks: Vec<String>,
}

/// What the files of a version say of how to use it, as far as they were read.
#[derive(Default)]
struct Known {
    model: MlModel,
    requires_mlflow: Option<bool>,
    inputs: Option<Value>,
    params: Option<Value>,
    request: Option<String>,
}

impl App {
    pub async fn use_it(&self, profile_id: &str, name: &str, which: WhichVersion) -> Result<UseIt> {
        let connection = self.connection(profile_id).await?;
        let missing = |what: String| AppError::new(Code::NotFound, format!("{what} is not on this machine yet."));
        let (alias, number) = match which {
            WhichVersion::Version(number) => (None, number),
            WhichVersion::Alias(alias) => {
                let model = self.cache.registered_model(connection.source, name).await?;
                let held = model.and_then(|model| model.aliases.into_iter().find(|held| held.alias == alias));
                let held = held.ok_or_else(|| missing(format!("The alias {alias} of {name}")))?;
                (Some(alias), held.version)
            }
        };
        let versions = self.cache.model_versions(connection.source, name).await?;
        let version = versions.into_iter().find(|version| version.version == number);
        let version = version.ok_or_else(|| missing(format!("Version {number} of {name}")))?;
        let read = match connection.store() {
            Ok(store) => match tokio::time::timeout(FILES_WITHIN, known(&*store, &version)).await {
                Ok(read) => read,
                Err(_) => {
                    Err(AppError::new(Code::TimedOut, format!("They took more than {} s.", FILES_WITHIN.as_secs())))
                }
            },
            Err(error) => Err(error),
        };
        let (known, unread) = match read {
            Ok(known) => (known, None),
            Err(error) => (Known::default(), Some(error)),
        };
        let used = UsedVersion {
            model: version.name,
            version: version.version,
            alias,
            source: version.source,
            server: tracking_server(connection.profile()).await,
            flavors: known.model.flavors,
            python: known.model.python,
            mlflow: known.model.mlflow,
            requires_mlflow: known.requires_mlflow,
            request: Request::of(known.request.as_deref(), known.inputs.as_ref(), known.params.as_ref()),
        };
        let unread = unread.map(|error| {
            format!("The files of the version were not read, so its flavor, packages and request are missing. {error}")
        });
        Ok(UseIt {
            uri: used.uri(),
            snippets: snippets(&used),
            remarks: unread.into_iter().chain(remarks(&used)).collect(),
            version: used.version,
        })
    }
}

async fn known(store: &dyn TrackingStore, version: &ModelVersion) -> Result<Known> {
    let Some((root, folder)) = version.files() else {
        let why = format!("Nothing says where they are: its source is {}.", version.source);
        return Err(AppError::new(Code::NotFound, why));
    };
    let files = model_files(store, &root, &folder).await?;
    let text = files.ml_model.unwrap_or_default();
    let model = ml_model(&text);
    let request = match model.has_request {
        // Without it the signature says what to send.
        true => serving_example(store, &root, &folder, EXAMPLE_BYTES).await.ok().flatten(),
        false => None,
    };
    let read = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
    let [inputs, _, params] = Signature::texts_of_ml_model(&text).unwrap_or_default().map(read);
    let asks_for_mlflow = |package: &crate::artifacts::Package| package.name == "mlflow";
    let requires_mlflow = files.requirements.map(|packages| packages.iter().any(asks_for_mlflow));
    Ok(Known { model, requires_mlflow, inputs, params, request })
}

/// What MLflow's client has to know of the place of a profile.
async fn tracking_server(profile: &Profile) -> TrackingServer {
    let server = &profile.server;
    if profile.kind != ProfileKind::Server {
        let path = std::path::PathBuf::from(&profile.address);
        let is_folder = tokio::fs::metadata(&path).await.is_ok_and(|found| found.is_dir());
        let path = if is_folder { path.join("mlflow.db") } else { path };
        let uri = Some(format!("sqlite:///{}", path.display()));
        return TrackingServer { uri, is_file: true, ..TrackingServer::default() };
    }
    let reached_by = if server.route_id.is_some() {
        Some("through SSH".to_owned())
    } else {
        server.socket_path.as_ref().map(|_| "over a unix socket".to_owned())
    };
    TrackingServer {
        uri: without_secrets(&profile.address),
        sign_in: match server.auth {
            Auth::None => SignIn::None,
            Auth::Basic { .. } => SignIn::Password,
            Auth::Bearer => SignIn::Token,
        },
        workspace: server.workspace.clone(),
        ca_file: server.tls.ca_file.clone(),
        reached_by,
        is_file: false,
    }
}

/// An address of http without a user, a password and whatever stands behind its path.
fn without_secrets(address: &str) -> Option<String> {
    let mut url = url::Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_without_what_is_secret_in_it() {
        let told = |address| without_secrets(address);
        assert_eq!(told("https://ana:s3cret@host:8443/ml?token=x#y").as_deref(), Some("https://host:8443/ml"));
        assert_eq!(told("http://127.0.0.1:5000").as_deref(), Some("http://127.0.0.1:5000"));
        assert_eq!((told("not an address"), told("databricks://x")), (None, None));
    }

    #[tokio::test]
    async fn what_a_profile_says_of_its_server_goes_into_the_snippets_and_no_secret() {
        let mut profile = Profile::new("work", ProfileKind::Server, "https://mlflow.example/");
        profile.server.auth = Auth::Basic { username: "ana".to_owned() };
        profile.server.route_id = Some("r".to_owned());
        let server = tracking_server(&profile).await;
        assert_eq!((server.uri.as_deref(), server.sign_in), (Some("https://mlflow.example"), SignIn::Password));
        assert!(server.remarks().iter().any(|remark| remark.contains("SSH")));
        assert!(!format!("{server:?}{}", server.exports()).contains("ana"));
        let folder = tempfile::tempdir().unwrap();
        let local = Profile::new("l", ProfileKind::Local, &folder.path().display().to_string());
        let uri = tracking_server(&local).await.uri.unwrap();
        assert!(uri.starts_with("sqlite:///") && uri.ends_with("/mlflow.db"), "{uri}");
    }
}
