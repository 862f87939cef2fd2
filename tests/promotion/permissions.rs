//! What a user may do is known before it is tried, on servers with MLflow's own sign-in of both shapes.

use http::{HeaderMap, HeaderValue};
use podium::entities::ModelPermission;
use podium::tracking::rest::{self, Address, Direct, DirectOptions, Options, RestStore};
use podium::tracking::{NewVersion, StoreError, TrackingStore};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::common;
use super::common::mlflow::{MlflowServer, Options as ServerOptions, Version};

const ADMIN: &str = "admin";
const PASSWORD: &str = "open sesame 12";

/// A server where signing in is needed, whose other users may read by default.
fn guarded(version: Version) -> (MlflowServer, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("auth.ini");
    let text = format!(
        "[mlflow]\ndefault_permission = READ\ndatabase_uri = sqlite:///{}\nadmin_username = {ADMIN}\n\
         admin_password = {PASSWORD}\nauthorization_function = mlflow.server.auth:authenticate_request_basic_auth\n",
        folder.path().join("auth.db").display(),
    );
    std::fs::write(&settings, text).unwrap();
    let options = ServerOptions {
        arguments: ["--app-name", "basic-auth"].map(str::to_owned).to_vec(),
        environment: vec![
            ("MLFLOW_AUTH_CONFIG_PATH".to_owned(), settings.display().to_string()),
            ("MLFLOW_FLASK_SERVER_SECRET_KEY".to_owned(), "for tests".to_owned()),
        ],
        ..ServerOptions::default()
    };
    (MlflowServer::start(version, options), folder)
}

async fn as_user(server: &MlflowServer, user: &str) -> RestStore {
    let mut value = HeaderValue::from_str(rest::basic(user, &SecretString::from(PASSWORD)).expose_secret()).unwrap();
    value.set_sensitive(true);
    let headers = HeaderMap::from_iter([(http::header::AUTHORIZATION, value)]);
    let address = Address::parse(&server.url).unwrap();
    let http = Direct::new(&address, DirectOptions::default()).unwrap();
    RestStore::connect_over(address, http, Options { headers, ..Options::default() }).await.unwrap()
}

/// One request of the administrator, outside of what is tested.
async fn admin(server: &MlflowServer, path: &str, body: Value) {
    let answer = reqwest::Client::new()
        .post(format!("{}/{path}", server.url))
        .basic_auth(ADMIN, Some(PASSWORD))
        .json(&body)
        .send()
        .await
        .unwrap();
    let status = answer.status();
    assert!(status.is_success(), "{path}: {status} {}", answer.text().await.unwrap());
}

async fn known_before(version: Version) {
    let (server, _folder) = guarded(version);
    let model = "churn gbdt".to_owned();
    let owner = common::writer::of(as_user(&server, ADMIN).await);
    owner.create_registered_model(&model, "").await.unwrap();
    let new = NewVersion { source: "s3://b/model".to_owned(), ..NewVersion::default() };
    owner.create_model_version(&model, &new).await.unwrap();
    owner.set_alias(&model, "champion", "1").await.unwrap();
    let granted = [("reader", "READ"), ("editor", "EDIT"), ("manager", "MANAGE"), ("guest", "")];
    for (user, permission) in granted {
        admin(&server, "api/2.0/mlflow/users/create", json!({ "username": user, "password": PASSWORD })).await;
        if permission.is_empty() {
            continue;
        }
        match version {
            Version::Two => {
                let body = json!({ "name": model, "username": user, "permission": permission });
                admin(&server, "api/2.0/mlflow/registered-models/permissions/create", body).await;
            }
            Version::Newest => {
                let body = json!({ "username": user, "resource_type": "registered_model", "resource_id": model,
                    "permission": permission });
                admin(&server, "api/3.0/mlflow/users/permissions/grant", body).await;
            }
        }
    }
    use ModelPermission::{Edit, Manage, Read};
    // Up to 3.12 nobody is told what the server's default is.
    let of_guest = if version == Version::Two { None } else { Some(Read) };
    let expected = [
        ("reader", Some(Read)),
        ("editor", Some(Edit)),
        ("manager", Some(Manage)),
        ("guest", of_guest),
        (ADMIN, Some(Manage)),
    ];
    for (user, permission) in expected {
        let store = as_user(&server, user).await;
        assert_eq!(store.model_permission(&model).await.unwrap(), permission, "{user}");
        // What is known before is what the server does then.
        let writer = common::writer::of(store);
        let refused = |answer: Result<(), StoreError>| matches!(answer, Err(StoreError::Forbidden { .. }));
        let may = permission.unwrap_or(Read);
        assert_eq!(refused(writer.set_alias(&model, "champion", "1").await), may < Edit, "{user} moves");
        assert_eq!(refused(writer.set_stage(&model, "1", "Staging", false).await), may < Edit, "{user} stages");
        let made = writer.create_model_version(&model, &new).await.map(|_| ());
        assert_eq!(refused(made), may < Edit, "{user} registers");
        assert_eq!(refused(writer.delete_alias(&model, "no-such").await), may < Manage, "{user} takes away");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_the_newest_shape() {
    known_before(Version::Newest).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_the_shape_up_to_3_12() {
    known_before(Version::Two).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_users_says_nothing() {
    let server = &common::fixture::fixture(Version::Newest).server;
    // Also where a proxy before it asks for a name.
    assert_eq!(as_user(server, "ana").await.model_permission("fixture-model").await.unwrap(), None);
    let anonymous = RestStore::connect(&server.url).await.unwrap();
    assert_eq!(anonymous.model_permission("fixture-model").await.unwrap(), None);
}
