//! `podium check`, `promote` and `history` as a shell runs them, without a display, on a real server: what they answer,
//! what they leave on the server, and how they end.

use std::path::Path;
use std::process::{Command, Output};

use podium::connect::{Auth, Profile, ProfileKind, Writes};
use podium::settings::Settings;
use serde_json::{Value, json};

use crate::common::fault::{FaultServer, Response};
use crate::common::mlflow::{MlflowServer, Options, Version};

const MODEL: &str = "churn-gbdt";

/// The built program on a machine without display, keyring and settings of a user.
struct Shell<'a> {
    data: &'a Path,
    environment: Vec<(&'static str, String)>,
}

struct Ended {
    code: i32,
    out: String,
    err: String,
}

impl Shell<'_> {
    fn run(&self, arguments: &[&str]) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_podium"));
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"] {
            command.env_remove(name);
        }
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("MLFLOW_")) {
            command.env_remove(name);
        }
        command.env("PODIUM_DATA_DIR", self.data).env("HOME", self.data).env("USER", "ci").env("TZ", "UTC");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let Output { status, stdout, stderr } = command.args(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ended { code: status.code().expect("an end without a signal"), out: text(stdout), err: text(stderr) }
    }
}

impl Ended {
    #[track_caller]
    fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\n{}\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

fn holder(server: &MlflowServer) -> String {
    let model = server.api("GET", "registered-models/get", json!({ "name": MODEL }));
    let aliases = model["registered_model"]["aliases"].as_array().unwrap();
    let champion = aliases.iter().find(|held| held["alias"] == "champion").unwrap();
    champion["version"].as_str().unwrap().to_owned()
}

fn rules(server: &MlflowServer, rules: &str) {
    let tag = json!({ "name": MODEL, "key": "podium.gates.champion", "value": rules });
    server.api("POST", "registered-models/set-tag", tag);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_checks_promotes_and_asks_for_the_history() {
    let server = MlflowServer::start(Version::Newest, Options::sample());
    let data = tempfile::tempdir().unwrap();
    let shell = Shell { data: data.path(), environment: vec![("MLFLOW_TRACKING_URI", server.url.clone())] };
    assert_eq!(holder(&server), "3");

    assert!(shell.run(&["check", MODEL, "4"]).ends(0).out.contains("There are no rules for champion"));
    rules(&server, "tag.validation_status = 'approved'\ntag.nowhere = 'x'");
    let unknown = shell.run(&["check", MODEL, "4", "--json"]).ends(2);
    assert_eq!(unknown.json()["verdict"], "unknown");
    assert_eq!(
        (&unknown.json()["fromVersion"], &unknown.json()["gates"][1]["verdict"]),
        (&json!("3"), &json!("passed"))
    );
    rules(&server, "tag.validation_status = 'approved'");
    let failed = shell.run(&["check", MODEL, "2"]).ends(1);
    assert!(failed.out.contains("failed") && failed.out.contains("rejected"), "{}", failed.out);
    assert!(!failed.out.contains('\u{1b}'), "colours are for terminals");
    assert!(shell.run(&["check", MODEL, "@champion", "-q"]).ends(0).err.is_empty());
    assert!(shell.run(&["check", MODEL, "99"]).ends(2).err.contains("no version 99"));
    assert!(shell.run(&["check", MODEL, "@nobody"]).ends(2).err.contains("no alias nobody"));

    let promote = |version: &'static str, more: &[&'static str]| {
        shell.run(&[&["promote", MODEL, version, "--alias", "champion", "--reason", "検証済み"], more].concat())
    };
    assert!(promote("4", &[]).ends(1).err.contains("--yes"), "nobody can be asked");
    assert!(promote("2", &["--yes"]).ends(1).err.contains("validation_status"), "a gate is in the way");
    assert!(promote("3", &["--yes"]).ends(1).err.contains("already on version 3"));
    assert!(promote("4", &["--yes", "--override", "accuracy > 9"]).ends(2).err.contains("no rule"));
    assert!(promote("4", &["--yes", "--old-to", "previous"]).ends(2).err.contains("a profile of the window"));
    assert_eq!(holder(&server), "3", "nothing was moved so far");

    let moved = promote("4", &["--yes", "--json"]).ends(0);
    assert_eq!(holder(&server), "4");
    assert_eq!(moved.json()["promotion"]["toVersion"], "4");
    let overridden = ["--yes", "--override", "tag.validation_status = 'approved'"];
    promote("2", &overridden).ends(0);
    assert_eq!(holder(&server), "2");
    let version = server.api("GET", "model-versions/get", json!({ "name": MODEL, "version": "2" }));
    let tags = version["model_version"]["tags"].as_array().unwrap();
    let tag = |key: &str| tags.iter().find(|tag| tag["key"] == key).unwrap()["value"].as_str().unwrap();
    assert_eq!((tag("podium.promoted_by"), tag("podium.reason")), ("ci", "検証済み"));
    assert!(tag("podium.overridden_gates").contains("validation_status"));

    let history = shell.run(&["history", MODEL, "--alias", "champion"]).ends(0);
    assert!(history.out.contains("v4 → v2") && history.out.contains("v3 → v4"), "{}", history.out);
    assert!(history.out.contains("overrode"), "{}", history.out);
    let all = shell.run(&["history", MODEL, "--json"]).ends(0).json();
    let champion = all["aliases"].as_array().unwrap().iter().find(|each| each["alias"] == "champion").unwrap();
    assert_eq!(champion["moves"][0]["recorded"], "both");
    let csv = shell.run(&["history", MODEL, "--csv", "-q"]).ends(0);
    assert!(csv.out.lines().nth(1).unwrap().starts_with("churn-gbdt,champion,20"), "{}", csv.out);
    let then = shell.run(&["history", MODEL, "--alias", "champion", "--at", "2020-01-01"]).ends(2);
    assert!(then.out.contains("not known"), "{}", then.out);
    let moved_ms = champion["moves"][0]["when"]["ms"].as_i64().unwrap();
    let at = rfc_3339(moved_ms);
    let now = shell.run(&["history", MODEL, "--alias", "champion", "--at", &at]).ends(0);
    assert!(now.out.contains("v2"), "{at}: {}", now.out);
}

/// RFC 3339 of epoch milliseconds.
fn rfc_3339(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_profile_asks_for_holds_in_a_shell_too_beside_a_window_that_is_open() {
    let server = MlflowServer::start(Version::Newest, Options::sample());
    let data = tempfile::tempdir().unwrap();
    // As the window has them: open the whole time.
    let (settings, _) = Settings::open(data.path()).await.unwrap();
    let mut profile = Profile::new("prod", ProfileKind::Server, &server.url);
    profile.writes = Writes::Typed;
    settings.save_profile(&profile).await.unwrap();
    let by_name = Shell { data: data.path(), environment: Vec::new() };
    let promote = ["promote", MODEL, "4", "--alias", "champion", "--reason", "better", "--yes", "--profile", "prod"];
    assert!(by_name.run(&promote).ends(1).err.contains("--confirm churn-gbdt"));
    assert!(by_name.run(&[&promote[..], &["--confirm", "churn"]].concat()).ends(1).err.contains("typed"));
    // Nor does MLflow's variable lead around it.
    let by_address = Shell { data: data.path(), environment: vec![("MLFLOW_TRACKING_URI", server.url.clone())] };
    by_address.run(&promote[..8]).ends(1);
    assert_eq!(holder(&server), "3");
    by_name.run(&[&promote[..], &["--confirm", MODEL]].concat()).ends(0);
    assert_eq!(holder(&server), "4");
    let journal = settings.promotions(&profile.id, MODEL).await.unwrap();
    assert_eq!((journal.len(), journal[0].reason.as_str()), (1, "better"));
    let swap = ["promote", MODEL, "3", "--alias", "champion", "--old-to", "previous", "--reason", "swap"];
    assert!(by_address.run(&[&swap[..], &["--confirm", MODEL]].concat()).ends(0).out.contains("previous is on v4"));
    assert_eq!(holder(&server), "3");
    assert_eq!(settings.unfinished_move_plans().await.unwrap(), []);
    profile.writes = Writes::ReadOnly;
    settings.save_profile(&profile).await.unwrap();
    let back = ["promote", MODEL, "3", "--alias", "champion", "--reason", "back", "--yes", "--profile", "prod"];
    assert!(by_name.run(&back).ends(1).err.contains("read-only"));
    by_name.run(&["check", MODEL, "3", "--profile", "prod"]).ends(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_asked_is_said_and_ends_with_2() {
    let data = tempfile::tempdir().unwrap();
    let nowhere = Shell { data: data.path(), environment: Vec::new() };
    assert!(nowhere.run(&["check", MODEL, "4"]).ends(2).err.contains("MLFLOW_TRACKING_URI"));
    assert!(nowhere.run(&["check", MODEL, "4", "--profile", "x"]).ends(2).err.contains("no profile “x”"));
    assert!(nowhere.run(&["check", MODEL]).ends(2).err.contains("Usage"));
    assert!(nowhere.run(&["promote", "--help"]).ends(0).out.contains("Exit codes"));
    let gone = Shell { data: data.path(), environment: vec![("MLFLOW_TRACKING_URI", "http://127.0.0.1:9".to_owned())] };
    assert_eq!(gone.run(&["check", MODEL, "4", "--json"]).ends(2).json()["error"]["code"], "unreachable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_comes_from_the_environment_where_there_is_no_keyring() {
    let server = FaultServer::scripted(|request| match (request.header("authorization"), request.path()) {
        // ana:s3cret
        (Some("Basic YW5hOnMzY3JldA=="), "/version") => Response::text(200, "3.17.2"),
        (Some("Basic YW5hOnMzY3JldA=="), path) if path.ends_with("/experiments/search") => {
            Response::json(r#"{"experiments":[{"experiment_id":"0"}]}"#)
        }
        (Some("Basic YW5hOnMzY3JldA=="), path) if path.ends_with("/registered-models/get") => {
            Response::json(r#"{"registered_model": {"name": "churn", "aliases": []}}"#)
        }
        (Some("Basic YW5hOnMzY3JldA=="), path) if path.ends_with("/model-versions/search") => Response::json("{}"),
        (Some("Basic YW5hOnMzY3JldA=="), _) => Response::error(404, "RESOURCE_DOES_NOT_EXIST", "not found"),
        _ => Response::text(401, "You are not authenticated."),
    });
    let data = tempfile::tempdir().unwrap();
    let (settings, _) = Settings::open(data.path()).await.unwrap();
    let mut profile = Profile::new("work", ProfileKind::Server, &server.url);
    profile.server.auth = Auth::Basic { username: "ana".into() };
    settings.save_profile(&profile).await.unwrap();
    let history = ["history", "churn", "--profile", "work"];
    let keyless = vec![("PODIUM_KEYRING", "none".to_owned())];
    let without = Shell { data: data.path(), environment: keyless.clone() }.run(&history).ends(2);
    assert!(without.err.contains("MLFLOW_TRACKING_PASSWORD"), "{}", without.err);
    let with = |more: &[(&'static str, &str)]| {
        let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
        Shell { data: data.path(), environment: keyless.iter().cloned().chain(more).collect() }.run(&history)
    };
    with(&[("MLFLOW_TRACKING_PASSWORD", "s3cret")]).ends(0);
    // One that is for another server does not go to this one.
    let password = ("MLFLOW_TRACKING_PASSWORD", "s3cret");
    with(&[password, ("MLFLOW_TRACKING_USERNAME", "ana"), ("MLFLOW_TRACKING_URI", "http://elsewhere:1")]).ends(2);
    with(&[password, ("MLFLOW_TRACKING_USERNAME", "bo")]).ends(2);
}
