//! Real tracking servers that want something of their clients: a sign-in, a prefix, a `Host` they know, a
//! workspace; and what a test of the connection says of each.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use http::{HeaderMap, HeaderName, HeaderValue};
use podium::tracking::rest::checks::{CheckStatus, Finding, ServerChecks};
use podium::tracking::rest::{self, Address, Direct, DirectOptions, Options, RestStore};
use podium::tracking::{StoreError, TrackingStore};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::common::mlflow::{MlflowServer, Options as ServerOptions, Version};
use crate::common::nginx::{Nginx, Site};

const ADMIN: (&str, &str) = ("admin", "open sesame 12");
const ANA: (&str, &str) = ("ana", "pä:ssword 1234");

/// MLflow with its own sign-in below a prefix, which only knows itself as mlflow.corp.
struct Guarded {
    url: String,
    port: u16,
    server: MlflowServer,
    _nginx: Nginx,
}

/// MLflow with two workspaces besides the default one, also at a unix socket.
struct Spaces {
    server: MlflowServer,
    socket: PathBuf,
    _nginx: Nginx,
}

fn guarded() -> &'static Guarded {
    static GUARDED: OnceLock<Guarded> = OnceLock::new();
    GUARDED.get_or_init(|| {
        let folder = Nginx::folder();
        let settings = folder.join("auth.ini");
        let text = format!(
            "[mlflow]\ndefault_permission = READ\ndatabase_uri = sqlite:///{}\nadmin_username = {}\n\
             admin_password = {}\nauthorization_function = mlflow.server.auth:authenticate_request_basic_auth\n",
            folder.join("auth.db").display(),
            ADMIN.0,
            ADMIN.1
        );
        std::fs::write(&settings, text).unwrap();
        // An nginx whose only task is to own the folder: it is removed however the tests end.
        let nginx = Nginx::start(&folder, &[Site::http()]);
        let arguments = ["--app-name", "basic-auth", "--allowed-hosts", "mlflow.corp"].map(str::to_owned);
        let server = MlflowServer::start(
            Version::Newest,
            ServerOptions {
                static_prefix: Some("/ml".to_owned()),
                arguments: arguments.to_vec(),
                environment: vec![
                    ("MLFLOW_AUTH_CONFIG_PATH".to_owned(), settings.display().to_string()),
                    ("MLFLOW_FLASK_SERVER_SECRET_KEY".to_owned(), "for tests".to_owned()),
                ],
                ..ServerOptions::default()
            },
        );
        Guarded { url: server.url.clone(), port: server.port, server, _nginx: nginx }
    })
}

fn spaces() -> &'static Spaces {
    static SPACES: OnceLock<Spaces> = OnceLock::new();
    SPACES.get_or_init(|| {
        let server = MlflowServer::start(
            Version::Newest,
            ServerOptions { arguments: vec!["--enable-workspaces".to_owned()], ..ServerOptions::default() },
        );
        let folder = Nginx::folder();
        let socket = folder.join("mlflow.sock");
        let site = Site::at_socket(&socket).with(format!("location / {{ proxy_pass {}; }}", server.url));
        let nginx = Nginx::start(&folder, &[site]);
        Spaces { server, socket, _nginx: nginx }
    })
}

fn signed_in((name, password): (&str, &str)) -> HeaderMap {
    let mut value = HeaderValue::from_str(rest::basic(name, &SecretString::from(password)).expose_secret()).unwrap();
    value.set_sensitive(true);
    HeaderMap::from_iter([(http::header::AUTHORIZATION, value)])
}

fn with(mut headers: HeaderMap, name: &'static str, value: &str) -> HeaderMap {
    headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    headers
}

fn options(headers: HeaderMap) -> Options {
    Options { headers, ..Options::default() }
}

fn in_workspace(name: &str) -> Options {
    Options { workspace: Some(name.to_owned()), ..Options::default() }
}

async fn connected(url: &str, direct: DirectOptions, options: Options) -> Result<RestStore, StoreError> {
    let address = Address::parse(url).unwrap();
    let http = Direct::new(&address, direct).unwrap();
    RestStore::connect_over(address, http, options).await
}

async fn refused(url: &str, options: Options) -> StoreError {
    match connected(url, DirectOptions::default(), options).await {
        Ok(_) => panic!("{url} lets us in"),
        Err(error) => error,
    }
}

fn server_checks(url: &str, options: &Options) -> ServerChecks {
    let address = Address::parse(url).unwrap();
    let http = Direct::new(&address, DirectOptions::default()).unwrap();
    ServerChecks::new(address, http, options)
}

/// All findings in their order, for as long as there is something to ask.
async fn findings(url: &str, options: &Options) -> Vec<Finding> {
    let mut checks = server_checks(url, options);
    let http = checks.http().await;
    if http.status == CheckStatus::Bad {
        return vec![http];
    }
    vec![
        http,
        checks.mlflow().await,
        checks.credentials().await,
        checks.permissions().await,
        checks.artifacts().await,
        checks.workspaces().await,
    ]
}

#[track_caller]
fn says(finding: &Finding, status: CheckStatus, words: &str) {
    assert!(finding.status == status && finding.detail.contains(words), "{finding:?}");
}

#[track_caller]
fn advises(finding: &Finding, words: &str) {
    assert!(finding.remedy.as_deref().is_some_and(|remedy| remedy.contains(words)), "{finding:?}");
}

#[tokio::test]
async fn a_host_the_server_does_not_know_is_said_with_the_field_to_set() {
    let guarded = guarded();
    let known = |headers: HeaderMap| options(with(headers, "host", "mlflow.corp"));
    match refused(&guarded.url, options(signed_in(ADMIN))).await {
        StoreError::HostRefused { host, address } => {
            assert_eq!((host, address), (format!("127.0.0.1:{}", guarded.port), guarded.url.clone()));
        }
        other => panic!("{other:?}"),
    }
    // The name that was sent instead is the one that is told.
    let error = refused(&guarded.url, options(with(signed_in(ADMIN), "host", "other.corp"))).await;
    let said = error.to_string();
    assert!(said.contains("other.corp") && said.contains("Host header") && said.contains("--allowed-hosts"), "{said}");
    let found = findings(&guarded.url, &options(signed_in(ADMIN))).await;
    assert_eq!(found.len(), 1);
    says(&found[0], CheckStatus::Bad, "127.0.0.1");
    advises(&found[0], "Host header");

    let store = connected(&guarded.url, DirectOptions::default(), known(signed_in(ADMIN))).await.unwrap();
    assert_eq!(store.capabilities().version.as_deref(), Some(Version::Newest.release()));
    let elsewhere = refused(guarded.url.trim_end_matches("/ml"), known(signed_in(ADMIN))).await;
    assert!(
        matches!(&elsewhere, StoreError::NotMlflow { reason, .. } if reason.contains("--static-prefix")),
        "{elsewhere}"
    );
}

#[tokio::test]
async fn mlflows_own_sign_in_lets_in_who_it_knows_and_says_what_for() {
    let guarded = guarded();
    let host = |headers: HeaderMap| options(with(headers, "host", "mlflow.corp"));
    let admin = connected(&guarded.url, DirectOptions::default(), host(signed_in(ADMIN))).await.unwrap();
    let experiments = admin.search_experiments(None).await.unwrap().items;
    let new_user = json!({ "username": ANA.0, "password": ANA.1 });
    guarded.post("2.0/mlflow/users/create", &new_user);

    for (headers, words, remedy) in [
        (HeaderMap::new(), "user name and password (401)", "Choose"),
        (signed_in(("ana", "wrong")), "\"ana\"", "password again"),
        (signed_in(("nobody", ANA.1)), "\"nobody\"", "password again"),
        (with(HeaderMap::new(), "authorization", "Bearer abc"), "no token", "Choose"),
    ] {
        let error = refused(&guarded.url, host(headers.clone())).await;
        assert!(matches!(error, StoreError::Unauthenticated { .. }), "{error}");
        let found = findings(&guarded.url, &host(headers)).await;
        says(&found[0], CheckStatus::Good, "200");
        says(&found[1], CheckStatus::Good, "more only after signing in");
        says(&found[2], CheckStatus::Bad, words);
        advises(&found[2], remedy);
        says(&found[3], CheckStatus::Bad, "401");
    }

    let found = findings(&guarded.url, &host(signed_in(ADMIN))).await;
    says(&found[1], CheckStatus::Good, &format!("MLflow {}, runs in a SQL database", Version::Newest.release()));
    says(&found[2], CheckStatus::Good, "signed in as admin");
    says(&found[3], CheckStatus::Good, "administrator");
    says(&found[5], CheckStatus::NotHere, "none");

    let found = findings(&guarded.url, &host(signed_in(ANA))).await;
    says(&found[2], CheckStatus::Good, "signed in as ana");
    says(&found[3], CheckStatus::Good, "no right to change any");
    let experiment_id = experiments[0].experiment_id.as_str();
    let grant =
        json!({ "username": ANA.0, "resource_type": "experiment", "resource_id": experiment_id, "permission": "EDIT" });
    guarded.post("3.0/mlflow/users/permissions/grant", &grant);
    let found = findings(&guarded.url, &host(signed_in(ANA))).await;
    says(&found[3], CheckStatus::Good, "changes 1 experiment and 0 models");
    for finding in &found {
        assert!(!format!("{finding:?}").contains(ANA.1), "{finding:?}");
    }
}

/// A POST below `/api`, past what is tested; the server's answer.
fn by_hand(url: &str, headers: serde_json::Value, body: &serde_json::Value) -> serde_json::Value {
    let mut python = std::process::Command::new("python3");
    python.args(["-c", BY_HAND, url, &headers.to_string(), &body.to_string()]);
    let done = python.output().unwrap();
    assert!(done.status.success(), "{url}: {}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}

const BY_HAND: &str = r#"
import json, sys, urllib.request
url, headers, body = sys.argv[1:]
request = urllib.request.Request(url, body.encode(), method="POST", headers={
    "Content-Type": "application/json", **json.loads(headers)})
print(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60).read().decode())
"#;

impl Guarded {
    /// What the administrator does.
    fn post(&self, path: &str, body: &serde_json::Value) -> serde_json::Value {
        let basic = rest::basic(ADMIN.0, &SecretString::from(ADMIN.1));
        let headers = json!({ "Host": "mlflow.corp", "Authorization": basic.expose_secret() });
        by_hand(&format!("{}/api/{path}", self.url), headers, body)
    }
}

impl Spaces {
    fn make_workspace(&self, name: &str) {
        by_hand(&format!("{}/api/3.0/mlflow/workspaces", self.server.url), json!({}), &json!({ "name": name }));
    }
}

#[tokio::test]
async fn a_workspace_is_asked_for_only_where_there_are_some() {
    let spaces = spaces();
    let url = spaces.server.url.as_str();
    let name = "team-a";
    spaces.make_workspace(name);

    let inside = connected(url, DirectOptions::default(), in_workspace(name)).await.unwrap();
    let outside = connected(url, DirectOptions::default(), Options::default()).await.unwrap();
    let names = async |store: &RestStore| {
        let found = store.search_experiments(None).await.unwrap().items;
        found.into_iter().map(|experiment| experiment.experiment_id).collect::<Vec<_>>()
    };
    assert_ne!(names(&inside).await, names(&outside).await, "a workspace has experiments of its own");
    let error = refused(url, in_workspace("team-z")).await;
    assert!(matches!(&error, StoreError::NotFound { message } if message.contains("team-z")), "{error:?}");

    let found = findings(url, &in_workspace(name)).await;
    says(&found[2], CheckStatus::Good, "none needed");
    says(&found[3], CheckStatus::Good, "shows when it is tried");
    says(&found[5], CheckStatus::Good, "team-a");
    let found = findings(url, &in_workspace("team-z")).await;
    says(&found[1], CheckStatus::Good, "MLflow 3");
    says(&found[5], CheckStatus::Bad, "team-a");
    advises(&found[5], "Choose one");
    let found = findings(url, &Options::default()).await;
    says(&found[5], CheckStatus::Good, "the default one");

    let error = refused(
        &guarded().url,
        Options { headers: with(signed_in(ADMIN), "host", "mlflow.corp"), ..in_workspace(name) },
    )
    .await;
    assert!(
        matches!(&error, StoreError::Unsupported { reason, .. } if reason.contains("has no workspaces")),
        "{error:?}"
    );
    let guarded = Options { headers: with(signed_in(ADMIN), "host", "mlflow.corp"), ..in_workspace(name) };
    let found = findings(&self::guarded().url, &guarded).await;
    says(&found[5], CheckStatus::Bad, "has no workspaces");
    says(&found[3], CheckStatus::Good, "administrator");
}

#[tokio::test]
async fn artifacts_are_proxied_read_by_the_server_or_out_of_reach() {
    let guarded = guarded();
    let options = options(with(signed_in(ADMIN), "host", "mlflow.corp"));
    let mut checks = server_checks(&guarded.url, &options);
    checks.http().await;
    says(&checks.artifacts().await, CheckStatus::NotHere, "no run");
    let mut time_ms = 0;
    // The newest run is the one that is looked at.
    let mut judged = async |location: Option<&str>, logs: bool| {
        time_ms += 1;
        let mut experiment = json!({ "name": format!("experiment {time_ms}") });
        if let Some(location) = location {
            experiment["artifact_location"] = json!(location);
        }
        let made = guarded.post("2.0/mlflow/experiments/create", &experiment);
        let run = json!({ "experiment_id": made["experiment_id"], "start_time": time_ms });
        let run = guarded.post("2.0/mlflow/runs/create", &run);
        if logs {
            let folder = PathBuf::from(run["run"]["info"]["artifact_uri"].as_str().unwrap());
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("a.txt"), "a").unwrap();
        }
        checks.artifacts().await
    };
    says(&judged(None, false).await, CheckStatus::Good, "proxied");
    let bucket = judged(Some("s3://podium-test/x"), false).await;
    says(&bucket, CheckStatus::Bad, "cannot read s3://podium-test:");
    advises(&bucket, "AWS_ACCESS_KEY_ID");
    let folder = guarded.server.folder.join("elsewhere").display().to_string();
    says(&judged(Some(&folder), true).await, CheckStatus::Good, "of the server, which hands them out");
    says(&judged(Some("/data/of/a/trainer"), false).await, CheckStatus::Warn, "sees nothing there");
}

#[tokio::test]
async fn a_server_at_a_unix_socket_is_asked_under_its_own_name() {
    let spaces = spaces();
    let at = |socket: &Path| DirectOptions { unix_socket: Some(socket.to_owned()), ..DirectOptions::default() };
    // nginx asks MLflow under its own name here, as it does by default.
    let store = connected("http://mlflow.corp", at(&spaces.socket), Options::default()).await.unwrap();
    assert_eq!(store.capabilities().version.as_deref(), Some(Version::Newest.release()));
    assert!(!store.search_experiments(None).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn where_nothing_or_something_else_answers_a_test_ends_at_once() {
    let found = findings("http://127.0.0.1:9", &Options::default()).await;
    assert_eq!(found.len(), 1);
    says(&found[0], CheckStatus::Bad, "nothing listens there");
    let page = crate::common::fault::FaultServer::start([crate::common::fault::Response::html()]);
    let found = findings(&page.url, &Options::default()).await;
    says(&found[0], CheckStatus::Good, "200");
    says(&found[1], CheckStatus::Bad, "web page");
    says(&found[2], CheckStatus::Bad, "login page");
    let login = crate::common::fault::FaultServer::start([crate::common::fault::Response::redirect(
        302,
        "https://sso.corp/?x=secret",
    )]);
    let found = findings(&login.url, &Options::default()).await;
    says(&found[0], CheckStatus::Bad, "https://sso.corp/");
    assert!(!found[0].detail.contains("secret"));
}
