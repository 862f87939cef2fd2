//! A tracking server that answers wrongly, late, in part or not at all: what the client says, what
//! it asks again, and what it never sends twice.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code)]
#[path = "common/fault.rs"]
mod fault;
#[path = "common/ports.rs"]
mod ports;
#[path = "common/writer.rs"]
mod writer;

use std::time::Duration;

use fault::{FaultServer, Request, Response};
use futures_util::TryStreamExt;
use podium::entities::{ArtifactRoot, MetricValue};
use podium::tracking::rest::{Address, Direct, DirectOptions, Limits, Options, RestStore, RetryPolicy};
use podium::tracking::{RunsQuery, StoreError, TrackingStore};

/// RetryPolicy for tests: as many tries as always, but short pauses.
fn limits() -> Limits {
    Limits {
        answer: Duration::from_secs(20),
        retry_policy: RetryPolicy { first_pause: Duration::from_millis(5), ..RetryPolicy::default() },
        ..Limits::default()
    }
}

/// Whether a request is one of those that find out what a server is.
fn is_probe(request: &Request) -> bool {
    ["/server-info", "/version", "/experiments/search", "/logged-models/m-0"]
        .iter()
        .any(|end| request.path().ends_with(end))
        || (request.method == "GET" && request.path().ends_with("/registered-models/alias"))
}

fn answer_probe(request: &Request) -> Response {
    match request.path() {
        "/version" => Response::new(200, "text/html; charset=utf-8", "3.17.2"),
        path if path.ends_with("/server-info") => Response::json(r#"{"store_type":"SqlStore"}"#),
        path if path.ends_with("/experiments/search") => Response::json("{}"),
        _ => Response::error(404, "RESOURCE_DOES_NOT_EXIST", "not found"),
    }
}

/// A server that passes for MLflow 3 and then gives these answers; the last one repeats.
fn server(answers: impl IntoIterator<Item = Response>) -> FaultServer {
    let mut left: Vec<Response> = answers.into_iter().collect();
    left.reverse();
    FaultServer::scripted(move |request| match is_probe(request) {
        true => answer_probe(request),
        false if left.len() > 1 => left.pop().unwrap(),
        false => left.last().cloned().unwrap_or_else(Response::no_answer),
    })
}

async fn connected_with(server: &FaultServer, limits: Limits) -> RestStore {
    let address = Address::parse(&server.url).unwrap();
    let http = Direct::new(&address, DirectOptions::default()).unwrap();
    RestStore::connect_over(address, http, Options { limits, ..Options::default() }).await.unwrap()
}

async fn connected(server: &FaultServer) -> RestStore {
    connected_with(server, limits()).await
}

async fn connection_error(server: &FaultServer) -> StoreError {
    match RestStore::connect(&server.url).await {
        Ok(_) => panic!("this is no tracking server"),
        Err(error) => error,
    }
}

fn asked(server: &FaultServer) -> Vec<Request> {
    server.requests().into_iter().filter(|request| !is_probe(request)).collect()
}

const RUN: &str = r#"{"run":{"info":{"run_id":"r1","status":"FINISHED"},"data":{}}}"#;

#[tokio::test]
async fn a_server_is_known_by_what_it_answers() {
    let server = server([Response::json("{}")]);
    let store = connected(&server).await;
    let capabilities = store.capabilities();
    assert_eq!(capabilities.description, "MLflow 3.17.2");
    assert!(capabilities.aliases && capabilities.logged_models && capabilities.writable);
    assert_eq!(store.address().to_string(), server.url);
    assert!(server.requests().iter().all(|request| request.header("origin").is_none()));
}

#[tokio::test]
async fn an_old_server_is_read_and_not_written_to() {
    let server = FaultServer::scripted(|request| match request.path().ends_with("/experiments/search") {
        true => Response::json(r#"{"experiments":[{"experiment_id":"0","name":"Default"}]}"#),
        false => Response::new(404, "text/html", "<title>404 Not Found</title>"),
    });
    let store = connected(&server).await;
    assert!(!store.capabilities().aliases && !store.capabilities().writable);
    assert_eq!(store.search_experiments(None).await.unwrap().items.len(), 1);
    let before = server.count();
    let writer = writer::of(store);
    assert!(matches!(writer.set_alias("m", "champion", "1").await, Err(StoreError::Unsupported { .. })));
    assert!(matches!(writer.set_run_tag("r", "k", "v").await, Err(StoreError::Unsupported { .. })));
    assert_eq!(server.count(), before);
}

#[tokio::test]
async fn a_version_before_3_7_stands_above_the_prefix() {
    let server = FaultServer::scripted(|request| match request.path() {
        "/version" => Response::text(200, "2.22.5"),
        "/ml/api/2.0/mlflow/experiments/search" => Response::json(r#"{"experiments":[{"experiment_id":"0"}]}"#),
        _ => Response::new(404, "text/html", "<title>404 Not Found</title>"),
    });
    let store = RestStore::connect(&format!("{}/ml/#/experiments/1", server.url)).await.unwrap();
    assert_eq!(store.capabilities().version.as_deref(), Some("2.22.5"));
    assert_eq!(store.address().to_string(), format!("{}/ml", server.url));
}

#[tokio::test]
async fn a_prefixed_server_of_2_x_is_reached_by_the_other_name_of_its_api() {
    let server = FaultServer::scripted(|request| match request.path() {
        "/ml/ajax-api/2.0/mlflow/experiments/search" => Response::json(r#"{"experiments":[{"experiment_id":"0"}]}"#),
        "/ml/ajax-api/2.0/mlflow/runs/get" => Response::json(RUN),
        "/ml/get-artifact" => file(200, "bytes"),
        _ => Response::new(404, "text/html", "<title>404 Not Found</title>"),
    });
    let store = RestStore::connect(&format!("{}/ml", server.url)).await.unwrap();
    assert_eq!(store.get_run("r1").await.unwrap().info.run_id, "r1");
    assert_eq!(bytes(&store, None).await.unwrap(), b"bytes");
}

#[tokio::test]
async fn what_is_not_a_tracking_server_is_told_apart() {
    let html = connection_error(&FaultServer::start([Response::html()])).await;
    assert!(matches!(&html, StoreError::NotMlflow { reason, .. } if reason.contains("Sign in")), "{html}");

    let moved = FaultServer::start([Response::redirect(302, "https://sso.corp/login?ticket=secret")]);
    let error = connection_error(&moved).await;
    assert!(matches!(&error, StoreError::NotMlflow { reason, .. } if reason.contains("sso.corp")), "{error}");
    assert!(!error.to_string().contains("secret"));

    let error = connection_error(&FaultServer::start([Response::json("{}")])).await;
    assert!(matches!(error, StoreError::NotMlflow { .. }), "{error}");

    let error = connection_error(&FaultServer::start([Response::new(404, "text/html", "<h1>Not Found</h1>")])).await;
    assert!(matches!(&error, StoreError::NotMlflow { reason, .. } if reason.contains("--static-prefix")), "{error}");

    let error = connection_error(&FaultServer::start([Response::gibberish()])).await;
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");

    let error = connection_error(&FaultServer::start([Response::text(401, "You are not authenticated.")])).await;
    assert!(matches!(error, StoreError::Unauthenticated { .. }), "{error}");

    let host = Response::text(403, "Invalid Host header - possible DNS rebinding attack detected");
    let error = connection_error(&FaultServer::start([host])).await;
    assert!(
        matches!(&error, StoreError::HostRefused { .. }) && error.to_string().contains("--allowed-hosts"),
        "{error}"
    );

    let only = "Endpoint: /api/2.0/mlflow/experiments/search disabled due to the mlflow server running in \
                `--artifacts-only` mode.";
    let error = connection_error(&FaultServer::start([Response::text(503, only)])).await;
    assert!(matches!(&error, StoreError::Unsupported { reason, .. } if reason.contains("--artifacts-only")), "{error}");
}

#[tokio::test]
async fn nothing_listening_is_said_so() {
    let port = ports::free_port();
    let error = RestStore::connect(&format!("localhost:{port}")).await.err().unwrap();
    assert!(matches!(&error, StoreError::Unreachable { reason, .. } if reason.contains("refused")), "{error}");
}

#[tokio::test]
async fn a_question_is_asked_again_while_the_server_is_in_trouble() {
    let server = server([Response::text(503, "busy"), Response::no_answer(), Response::json(RUN)]);
    let run = connected(&server).await.get_run("r1").await.unwrap();
    assert_eq!(run.info.run_id, "r1");
    assert_eq!(asked(&server).len(), 3);
}

#[tokio::test]
async fn a_search_by_post_is_a_question_too() {
    let server = server([Response::text(502, "bad gateway"), Response::json("{}")]);
    let query = RunsQuery { experiment_ids: vec!["1".into()], max_results: 10, ..RunsQuery::default() };
    let page = connected(&server).await.search_runs(&query).await.unwrap();
    assert!(page.items.is_empty() && page.next_page_token.is_none());
    assert_eq!(asked(&server).len(), 2);
}

#[tokio::test]
async fn asking_again_has_an_end() {
    let server = server([Response::error(500, "INTERNAL_ERROR", "the database is gone")]);
    let error = connected(&server).await.get_run("r1").await.unwrap_err();
    assert!(matches!(&error, StoreError::ServerFailed { status: 500, message, .. } if message.contains("database")));
    assert_eq!(asked(&server).len(), 3);
}

#[tokio::test]
async fn what_will_not_pass_is_not_asked_again() {
    for (answer, expected) in [
        (Response::error(400, "INVALID_PARAMETER_VALUE", "Invalid clause"), "Invalid clause"),
        (Response::text(401, "who are you"), "(401)"),
        (Response::error(403, "PERMISSION_DENIED", "Permission denied"), "(403)"),
        (Response::error(404, "RESOURCE_DOES_NOT_EXIST", "Run 'r1' not found"), "Run 'r1' not found"),
        (Response::redirect(307, "http://127.0.0.1:1/"), "sends us on"),
        (Response::html(), "web page"),
        (Response::json(r#"{"run":{"info":{"run_id":"r1""#), "ends in the middle"),
        (Response::json(r#"{"run":[]}"#), "another shape"),
    ] {
        let server = server([answer]);
        let error = connected(&server).await.get_run("r1").await.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert_eq!(asked(&server).len(), 1, "{error}");
    }
}

#[tokio::test]
async fn a_write_is_sent_once_whatever_happens() {
    for answer in [
        Response::text(503, "busy").header("Retry-After", "0"),
        Response::text(429, "slow down"),
        Response::error(500, "INTERNAL_ERROR", "x"),
        Response::no_answer(),
        Response::json("{ }").closed_mid_body(),
        Response::html(),
    ] {
        let server = server([answer.clone(), Response::json("{}")]);
        let writer = writer::of(connected(&server).await);
        writer.set_alias("churn", "champion", "2").await.unwrap_err();
        let requests = asked(&server);
        assert_eq!(requests.len(), 1, "{answer:?}");
        assert_eq!(requests[0].method, "POST");
        assert_eq!(requests[0].header("content-type"), Some("application/json"));
        let body: serde_json::Value = serde_json::from_slice(&requests[0].body).unwrap();
        assert_eq!(body, serde_json::json!({"name": "churn", "alias": "champion", "version": "2"}));
    }
}

#[tokio::test]
async fn taking_an_alias_away_says_so_in_a_body() {
    let server = server([Response::json("{}")]);
    writer::of(connected(&server).await).delete_alias("churn", "champion").await.unwrap();
    let requests = asked(&server);
    assert_eq!((requests[0].method.as_str(), requests[0].target.contains('?')), ("DELETE", false));
    let body: serde_json::Value = serde_json::from_slice(&requests[0].body).unwrap();
    assert_eq!(body, serde_json::json!({"name": "churn", "alias": "champion"}));
}

#[tokio::test]
async fn slowing_down_is_obeyed_or_reported() {
    let soon = server([Response::text(429, "slow down").header("Retry-After", "0"), Response::json(RUN)]);
    connected(&soon).await.get_run("r1").await.unwrap();
    assert_eq!(asked(&soon).len(), 2);

    let later = server([Response::text(429, "slow down").header("Retry-After", "3600")]);
    let error = connected(&later).await.get_run("r1").await.unwrap_err();
    assert!(matches!(error, StoreError::TooManyRequests { retry_after_s: Some(3600), .. }), "{error}");
    assert_eq!(asked(&later).len(), 1);
}

#[tokio::test]
async fn an_answer_cut_off_is_asked_for_again_and_never_believed() {
    let once = server([Response::json(RUN).closed_mid_body(), Response::json(RUN)]);
    connected(&once).await.get_run("r1").await.unwrap();
    assert_eq!(asked(&once).len(), 2);

    let always = server([Response::json(RUN).closed_mid_body()]);
    let error = connected(&always).await.get_run("r1").await.unwrap_err();
    assert!(matches!(error, StoreError::BadAnswer { .. }), "{error}");
    assert_eq!(asked(&always).len(), 3);
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_given_up_once() {
    let limits = Limits { runs_page: Duration::from_millis(300), ..limits() };
    let query = RunsQuery { experiment_ids: vec!["1".into()], max_results: 10, ..RunsQuery::default() };
    for answer in [
        Response::json("{}").slow_head(Duration::from_secs(30)),
        Response::json("{ }").slow_body(Duration::from_secs(30)),
    ] {
        let server = server([answer]);
        let error = connected_with(&server, limits).await.search_runs(&query).await.unwrap_err();
        assert!(matches!(error, StoreError::TimedOut { seconds: 1, .. }), "{error}");
        // Not again; a slow machine may not even have read the first question.
        assert!(asked(&server).len() <= 1);
    }
}

#[tokio::test]
async fn an_answer_too_large_is_not_taken_in() {
    let server = server([Response::json(&format!("[\"{}\"]", "x".repeat(3 << 20)))]);
    let store = connected_with(&server, Limits { answer_bytes: 1 << 20, ..limits() }).await;
    let error = store.get_run("r1").await.unwrap_err();
    assert!(matches!(&error, StoreError::BadAnswer { reason, .. } if reason.contains("larger than 1 MB")), "{error}");
    assert_eq!(asked(&server).len(), 1);
}

#[tokio::test]
async fn bare_nan_and_integers_as_texts_are_read() {
    let history = r#"{"metrics":[
        {"key":"loss NaN","value":NaN,"timestamp":"1700000000000","step":"9007199254740993"},
        {"key":"loss NaN","value":-Infinity,"timestamp":1,"step":2},
        {"key":"loss NaN","value":1.7976931348623157e308,"timestamp":1,"step":3}],
        "next_page_token":"more"}"#;
    let server = server([Response::json(history)]);
    let page = connected(&server).await.get_metric_history("r1", "loss NaN", None).await.unwrap();
    assert_eq!(page.items[0].value, MetricValue(f64::NAN));
    assert_eq!((page.items[0].step, page.items[0].timestamp_ms), (9_007_199_254_740_993, 1_700_000_000_000));
    assert_eq!(page.items[1].value, MetricValue(f64::NEG_INFINITY));
    assert_eq!(page.items[2].value, MetricValue(f64::INFINITY));
    assert_eq!(page.next_page_token.as_deref(), Some("more"));
    let request = &asked(&server)[0];
    assert!(request.target.contains("max_results=25000"), "{}", request.target);
    assert!(request.target.contains("metric_key=loss%20NaN"), "{}", request.target);
    assert!(!request.target.contains("page_token"), "{}", request.target);
}

#[tokio::test]
async fn a_token_that_never_moves_on_is_an_error_and_no_circle() {
    let server = server([Response::json(r#"{"metrics":[],"next_page_token":"a"}"#)]);
    let error = connected(&server).await.get_metric_history("r1", "loss", Some("a")).await.unwrap_err();
    assert!(matches!(error, StoreError::BadAnswer { .. }), "{error}");
}

async fn bytes(store: &RestStore, range: Option<std::ops::Range<u64>>) -> Result<Vec<u8>, StoreError> {
    let root = ArtifactRoot::Run("r1".into());
    let body = store.artifact_store_for(&root).await?.read("a b/50%+日.txt", range).await?;
    let pieces: Vec<bytes::Bytes> = body.stream.try_collect().await?;
    Ok(pieces.concat())
}

fn file(status: u16, body: &str) -> Response {
    Response::text(status, body).header("Content-Disposition", "attachment; filename=x")
}

#[tokio::test]
async fn an_artifact_is_asked_for_by_its_exact_path() {
    let server = server([file(200, "0123456789")]);
    let store = connected(&server).await;
    assert_eq!(bytes(&store, None).await.unwrap(), b"0123456789");
    assert!(asked(&server)[0].target.ends_with("path=a%20b%2F50%25%2B%E6%97%A5.txt"), "{}", asked(&server)[0].target);
}

#[tokio::test]
async fn a_part_of_an_artifact_is_that_part_from_any_server() {
    let partial = server([file(206, "234").header("Content-Range", "bytes 2-4/10")]);
    assert_eq!(bytes(&connected(&partial).await, Some(2..5)).await.unwrap(), b"234");
    assert_eq!(asked(&partial)[0].header("range"), Some("bytes=2-4"));

    let whole = server([file(200, "0123456789")]);
    assert_eq!(bytes(&connected(&whole).await, Some(2..5)).await.unwrap(), b"234");

    let past = server([Response::text(416, "")]);
    assert_eq!(bytes(&connected(&past).await, Some(20..30)).await.unwrap(), b"");

    let other = server([file(206, "012").header("Content-Range", "bytes 0-2/10")]);
    assert!(matches!(bytes(&connected(&other).await, Some(2..5)).await, Err(StoreError::BadAnswer { .. })));
}

#[tokio::test]
async fn half_an_artifact_is_an_error_and_not_a_short_file() {
    let server = server([file(200, "0123456789").closed_mid_body()]);
    let error = bytes(&connected(&server).await, None).await.unwrap_err();
    assert!(matches!(error, StoreError::BadAnswer { .. }), "{error}");
}

#[tokio::test]
async fn a_page_is_an_artifact_only_if_it_is_sent_as_one() {
    let page = "<!doctype html><title>report</title>";
    let attached = server([Response::new(200, "text/html", page).header("Content-Disposition", "attachment")]);
    assert_eq!(bytes(&connected(&attached).await, None).await.unwrap(), page.as_bytes());

    let login = server([Response::html()]);
    assert!(matches!(bytes(&connected(&login).await, None).await, Err(StoreError::NotMlflow { .. })));
}

#[tokio::test]
async fn a_missing_artifact_of_an_old_server_is_missing_and_no_failure() {
    let server = FaultServer::scripted(|request| match request.path() {
        _ if is_probe(request) => answer_probe(request),
        "/get-artifact" => Response::new(500, "text/html", "<title>500 Internal Server Error</title>"),
        _ => Response::json(r#"{"files":[{"path":"a b/other.txt"},{"path":"a b/folder","is_dir":true}]}"#),
    });
    let store = connected(&server).await;
    assert!(matches!(bytes(&store, None).await, Err(StoreError::NotFound { .. })));
    let files = store.artifact_store_for(&ArtifactRoot::Run("r1".into())).await.unwrap();
    assert!(matches!(files.read("a b/folder", None).await, Err(StoreError::Refused { .. })));
    assert!(matches!(files.read("a b/other.txt", None).await, Err(StoreError::ServerFailed { .. })));
}
