//! What a server's answer means: the one place that turns a status and a body into a value or an
//! error in words.

use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::tracking::StoreError;

use super::address::Address;
use super::http::NetError;
use super::repair::repair;
use super::retry::retry_after;

/// Why a question failed, and whether asking it again may help.
#[derive(Debug)]
pub struct Failure {
    pub error: StoreError,
    pub transient: bool,
    pub retry_after: Option<Duration>,
}

impl Failure {
    pub fn lasting(error: StoreError) -> Self {
        Self { error, transient: false, retry_after: None }
    }
}

/// An error that MLflow's handlers wrote themselves, or a look-alike's.
#[derive(Default, Deserialize)]
struct ErrorBody {
    #[serde(default)]
    error_code: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    artifacts_presigned_only: bool,
}

/// Reads the body of a successful answer.
pub fn parse<T: DeserializeOwned>(address: &Address, body: &[u8]) -> Result<T, StoreError> {
    if is_page(body) {
        return Err(web_page(address, body));
    }
    if let Some(reason) = no_answer(body) {
        return Err(StoreError::BadAnswer { address: address.to_string(), reason });
    }
    let error = match serde_json::from_slice(body) {
        Ok(value) => return Ok(value),
        Err(error) if error.is_data() || error.is_eof() => error,
        Err(error) => match repair(body).map(|repaired| serde_json::from_slice(&repaired)) {
            Some(Ok(value)) => return Ok(value),
            _ => error,
        },
    };
    // It may quote the body.
    let words = untrusted_text::line(&error.to_string(), 300);
    let reason = if error.is_eof() {
        format!("it ends in the middle, after {} bytes", body.len())
    } else if error.is_data() {
        format!("it has another shape than MLflow's ({words})")
    } else {
        format!("it is not JSON ({words})")
    };
    Err(StoreError::BadAnswer { address: address.to_string(), reason })
}

/// Why a text that is JSON, or looks like it, is no answer of MLflow's. What is empty there is left out, so anything
/// else that was read leniently would pass for "there is nothing".
fn no_answer(body: &[u8]) -> Option<String> {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
    if matches!(text.first(), Some(b'[' | b'"' | b'n' | b't' | b'f' | b'0'..=b'9')) {
        return Some("it is JSON, but no object".to_owned());
    }
    // An error of a server, or of what stands before it, under the status of a success.
    if text.len() > 16 << 10 {
        return None;
    }
    let said: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(text).ok()?;
    let word =
        ["error_code", "detail", "error", "errors", "message"].into_iter().find(|key| said.contains_key(*key))?;
    let only_words = said.values().all(|value| !value.is_array() && !value.is_object()) || said.len() == 1;
    only_words.then(|| format!("it says {word}: {}", untrusted_text::line(&said[word].to_string(), 300)))
}

/// What an answer other than 200 or 206 to a question about `what` (a path) means; `host` is the
/// `Host` that was sent.
pub fn refusal(
    address: &Address,
    host: &str,
    what: &str,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Failure {
    let said: ErrorBody = serde_json::from_slice(body).unwrap_or_default();
    let message = if said.message.is_empty() { plain_text(body) } else { untrusted_text::lines(&said.message, 4000) };
    let at = address.to_string();
    let code = said.error_code.as_str();
    let error = match status.as_u16() {
        300..=399 => StoreError::NotMlflow { address: at, reason: redirected(address, what, headers) },
        // Words of nginx, which most servers with certificates have in front.
        400 | 495 | 496 if message.contains("No required SSL certificate") => StoreError::NeedsUser {
            address: at,
            reason: "the server wants a client certificate; name one in the profile's TLS settings".to_owned(),
        },
        400 | 495 if message.contains("SSL certificate error") => StoreError::NeedsUser {
            address: at,
            reason: "the server does not accept the client certificate of the profile's TLS settings".to_owned(),
        },
        400 | 497 if message.contains("plain HTTP request was sent to HTTPS port") => StoreError::NotMlflow {
            address: at,
            reason: "it speaks HTTPS; the address has to begin with https://".to_owned(),
        },
        401 => StoreError::Unauthenticated { address: at, message: or(message, "a name and password, or a token") },
        403 if said.artifacts_presigned_only => StoreError::Unsupported {
            what: "reading this artifact".to_owned(),
            reason: format!("{at} hands out artifacts by presigned links only"),
        },
        403 if message.contains("Invalid Host header") => {
            StoreError::HostRefused { address: at, host: host.to_owned() }
        }
        403 => StoreError::Forbidden { address: at, message: forbidden(message) },
        404 if !code.is_empty() && code != "ENDPOINT_NOT_FOUND" => StoreError::NotFound { message },
        404 | 405 | 501 => {
            StoreError::NoSuchEndpoint { address: at, endpoint: what.to_owned(), status: status.as_u16() }
        }
        429 => {
            StoreError::TooManyRequests { address: at, retry_after_s: retry_after(headers).map(|wait| wait.as_secs()) }
        }
        _ if code == "RESOURCE_DOES_NOT_EXIST" => StoreError::NotFound { message },
        500.. if code == "FEATURE_DISABLED" => StoreError::Unsupported { what: what.to_owned(), reason: message },
        503 if message.contains("--artifacts-only") => StoreError::Unsupported {
            what: "reading experiments, runs and models".to_owned(),
            reason: format!("{at} runs with --artifacts-only and serves nothing but artifact files"),
        },
        503 if message.contains("--no-serve-artifacts") => StoreError::Unsupported {
            what: "the artifact proxy".to_owned(),
            reason: format!("{at} runs with --no-serve-artifacts"),
        },
        status @ 500.. => StoreError::ServerFailed { address: at, status, message: or(message, "it did not say why") },
        status => StoreError::Refused { message: or(message, &format!("{at} refused this ({status})")) },
    };
    let transient = match &error {
        StoreError::TooManyRequests { .. } => true,
        // Not 504: a proxy has waited for as long as it does, and would again.
        StoreError::ServerFailed { status, .. } => [500, 502, 503].contains(status),
        _ => false,
    };
    Failure { error, transient, retry_after: retry_after(headers) }
}

/// What a failure below HTTP means. `begun` says whether a part of the answer had arrived.
pub fn broken(address: &Address, error: NetError, begun: bool) -> Failure {
    let address = address.to_string();
    match error {
        // The user has waited for the whole limit and is not made to wait for it again.
        NetError::TimedOut { limit } => {
            Failure::lasting(StoreError::TimedOut { address, seconds: limit.as_secs_f64().ceil() as u64 })
        }
        NetError::Silent { reason } => Failure::lasting(StoreError::Unreachable { address, reason }),
        NetError::Closed { reason } if begun => Failure {
            error: StoreError::BadAnswer { address, reason: format!("the connection ended in the middle ({reason})") },
            transient: true,
            retry_after: None,
        },
        NetError::Closed { reason } | NetError::Unreachable { reason } => {
            Failure { error: StoreError::Unreachable { address, reason }, transient: true, retry_after: None }
        }
        NetError::Untrusted { reason } => Failure::lasting(StoreError::Untrusted { address, reason }),
        NetError::NeedsUser { reason } => Failure::lasting(StoreError::NeedsUser { address, reason }),
    }
}

/// A web page where data was asked for: a login page of a proxy, or another program.
pub fn web_page(address: &Address, body: &[u8]) -> StoreError {
    let title = plain_text(body);
    StoreError::NotMlflow {
        address: address.to_string(),
        reason: format!("it answered with a web page ({title}) instead of data; a login page, perhaps"),
    }
}

/// MLflow calls even `/version` text/html, so only the body tells.
pub fn is_page(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    body.trim_ascii_start().first() == Some(&b'<')
}

/// Redirects are never followed: what goes with a request is for this server alone.
fn redirected(address: &Address, what: &str, headers: &HeaderMap) -> String {
    let to = headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
    // What follows the question mark may be a ticket of a login.
    let to = to.split(['?', '#']).next().unwrap_or_default();
    let Ok(mut to) = url::Url::parse(&address.url(what, &[])).and_then(|asked| asked.join(to)) else {
        return "it sends us on to somewhere that is no address".to_owned();
    };
    // Only an address without a host refuses these.
    let _ = to.set_username("");
    let _ = to.set_password(None);
    match moved_base(&to, what) {
        // A slash more or less at the end is no other base: nothing in the profile can help.
        Some(base) if base == *address => {
            format!("it sends us on to {to}, which is no address of MLflow's; a proxy in front of it is in the way")
        }
        Some(base) => format!(
            "it sends us on to {base}. Credentials are not carried there; if that is the server, make it the \
             address of the profile"
        ),
        None if address.is_at(&to) => {
            format!("it sends us on to {to}; if the server is below that, make it the address of the profile")
        }
        None => format!(
            "it sends us on to {to}, a login page perhaps. Credentials are not carried there: the profile needs \
             the address of the server itself, and the header, cookie or token that passes the login"
        ),
    }
}

/// The base of the same question at another place.
fn moved_base(to: &url::Url, what: &str) -> Option<Address> {
    let path = to.path().trim_end_matches('/');
    let base = path.strip_suffix(&format!("/ajax-{what}")).or_else(|| path.strip_suffix(&format!("/{what}")))?;
    let mut to = to.clone();
    to.set_path(base);
    Address::parse(to.as_str()).ok()
}

fn forbidden(message: String) -> String {
    if message.contains("Cross-origin request blocked") {
        "something on the way adds an Origin header that the server does not accept".to_owned()
    } else {
        or(message, "it did not say why")
    }
}

fn or(text: String, otherwise: &str) -> String {
    if text.is_empty() { otherwise.to_owned() } else { text }
}

/// The beginning of a body that is not ours, as a line of text: a page's title, or its words.
fn plain_text(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body.get(..body.len().min(4096)).unwrap_or_default());
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|start| {
        let from = start + lower.get(start..)?.find('>')? + 1;
        let to = from + lower.get(from..)?.find("</title")?;
        text.get(from..to)
    });
    let words = match title {
        Some(title) => title.to_owned(),
        None if is_page(body) => "untitled".to_owned(),
        None => text.into_owned(),
    };
    untrusted_text::line(&words, 300)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn address() -> Address {
        Address::parse("http://host:5000").expect("an address")
    }

    fn said(status: u16, body: &str) -> StoreError {
        let status = StatusCode::from_u16(status).expect("a status");
        refusal(&address(), "host:5000", "runs/search", status, &HeaderMap::new(), body.as_bytes()).error
    }

    #[test]
    fn what_is_no_answer_is_not_read_as_an_empty_one() {
        #[derive(Debug, Default, Deserialize)]
        #[serde(default)]
        struct Found {
            runs: Vec<String>,
            next_page_token: String,
        }
        let read = |body: &str| parse::<Found>(&address(), body.as_bytes());
        for body in ["{}", " {} ", r#"{"next_page_token": ""}"#, r#"{"root_uri": "x", "runs": ["a"]}"#] {
            assert!(read(body).is_ok(), "{body}");
        }
        assert!(read(r#"{"runs": ["a"], "message": "hello"}"#).is_ok(), "an answer may say something besides");
        for body in [
            "[]",
            "null",
            "true",
            "\"\"",
            "0",
            r#"{"detail": "Not authenticated"}"#,
            r#"{"error_code": "PERMISSION_DENIED", "message": "no"}"#,
            r#"{"errors": [{"code": 7}]}"#,
        ] {
            assert!(matches!(read(body), Err(StoreError::BadAnswer { .. })), "{body}");
        }
    }

    #[test]
    fn every_refusal_has_its_own_meaning() {
        let html = "<!doctype html><html><TITLE>404\n Not Found</title></html>";
        assert!(matches!(said(400, r#"{"error_code":"INVALID_PARAMETER_VALUE","message":"no"}"#),
            StoreError::Refused { message } if message == "no"));
        assert!(matches!(said(401, "You are not authenticated."), StoreError::Unauthenticated { .. }));
        assert!(
            matches!(said(403, "Permission denied"), StoreError::Forbidden { message, .. } if message == "Permission denied")
        );
        assert!(matches!(said(403, "Invalid Host header - possible DNS rebinding attack detected"),
            StoreError::HostRefused { host, .. } if host == "host:5000"));
        let page = "<html><title>400 No required SSL certificate was sent</title></html>";
        assert!(matches!(said(400, page), StoreError::NeedsUser { .. }));
        assert!(matches!(
            said(403, r#"{"error_code":"PERMISSION_DENIED","message":"x","artifacts_presigned_only":true}"#),
            StoreError::Unsupported { .. }
        ));
        assert!(matches!(
            said(404, r#"{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Run 'x' not found"}"#),
            StoreError::NotFound { .. }
        ));
        assert!(matches!(said(404, html), StoreError::NoSuchEndpoint { .. }));
        assert!(matches!(said(404, r#"{"detail":"Not Found"}"#), StoreError::NoSuchEndpoint { .. }));
        assert!(matches!(said(409, r#"{"error_code":"RESOURCE_CONFLICT","message":"x"}"#), StoreError::Refused { .. }));
        assert!(matches!(
            said(500, r#"{"error_code":"FEATURE_DISABLED","message":"x"}"#),
            StoreError::Unsupported { .. }
        ));
        assert!(matches!(
            said(503, "Endpoint: /x disabled due to the mlflow server running in `--artifacts-only` mode."),
            StoreError::Unsupported { what, .. } if what.contains("runs")
        ));
        assert!(
            matches!(said(502, html), StoreError::ServerFailed { status: 502, message, .. } if message == "404 Not Found")
        );
        assert!(matches!(said(302, ""), StoreError::NotMlflow { .. }));
    }

    #[test]
    fn a_servers_words_cannot_disguise_themselves() {
        let body =
            serde_json::json!({ "message": format!("a\u{1b}[2J\nb\u{202e}c{}", "x".repeat(10_000)) }).to_string();
        let StoreError::Refused { message } = said(400, &body) else { panic!("{:?}", said(400, &body)) };
        assert!(message.starts_with("a[2J\nbcx") && message.ends_with("x…"), "{message}");
        assert_eq!(message.chars().count(), 4001);
        let plain = "\u{feff}a\u{202e}b\u{200b}\u{7}\r\n c";
        assert!(matches!(said(401, plain), StoreError::Unauthenticated { message, .. } if message == "ab c"));
        let page = "<html><title>Log\u{2066} \u{200b}in\u{1b}[2J</title></html>";
        assert!(matches!(said(502, page), StoreError::ServerFailed { message, .. } if message == "Log in[2J"));
        let long = serde_json::json!({ "run": "x".repeat(10_000) }).to_string();
        let error = parse::<std::collections::BTreeMap<String, bool>>(&address(), long.as_bytes()).unwrap_err();
        assert!(error.to_string().len() < 500, "{error}");
    }

    #[test]
    fn only_a_server_in_trouble_is_asked_again() {
        for (status, transient) in [
            (400, false),
            (401, false),
            (404, false),
            (429, true),
            (500, true),
            (501, false),
            (503, true),
            (504, false),
        ] {
            let status = StatusCode::from_u16(status).expect("a status");
            assert_eq!(refusal(&address(), "h", "x", status, &HeaderMap::new(), b"").transient, transient, "{status}");
        }
    }

    #[test]
    fn a_redirect_names_the_place_and_nothing_secret() {
        let said = |to: &'static str| {
            let headers = HeaderMap::from_iter([(header::LOCATION, HeaderValue::from_static(to))]);
            refusal(&address(), "h", "api/2.0/x", StatusCode::FOUND, &headers, b"").error.to_string()
        };
        let login = said("https://a:b@sso.corp/login?ticket=secret#x");
        assert!(login.contains("https://sso.corp/login") && login.contains("login page"), "{login}");
        assert!(!login.contains("secret") && !login.contains("a:b"), "{login}");
        for (to, base) in [
            ("https://host:5000/api/2.0/x", "on to https://host:5000."),
            ("/ml/ajax-api/2.0/x/", "on to http://host:5000/ml."),
            ("/ajax/api/2.0/x", "on to http://host:5000/ajax."),
            ("/ml/", "on to http://host:5000/ml/; if the server is below"),
            ("/api/2.0/x/", "a proxy in front"),
            ("http://[", "no address"),
        ] {
            assert!(said(to).contains(base), "{to}: {}", said(to));
        }
    }

    #[test]
    fn what_is_not_the_asked_json_says_how() {
        #[derive(Debug, Deserialize)]
        struct Found {
            values: Vec<f64>,
        }
        let parsed = |body: &str| parse::<Found>(&address(), body.as_bytes()).map(|found| found.values);
        assert_eq!(parsed(r#" {"values": [1, 2]}"#).ok(), Some(vec![1.0, 2.0]));
        assert!(
            matches!(parsed("\n<html><title>Sign in</title>"), Err(StoreError::NotMlflow { reason, .. }) if reason.contains("Sign in"))
        );
        assert!(
            matches!(parsed(r#"{"values": [1, 2"#), Err(StoreError::BadAnswer { reason, .. }) if reason.contains("ends in the middle"))
        );
        assert!(matches!(parsed(""), Err(StoreError::BadAnswer { .. })));
        assert!(matches!(parsed("{}"), Err(StoreError::BadAnswer { reason, .. }) if reason.contains("shape")));
        assert!(matches!(parsed("hello"), Err(StoreError::BadAnswer { reason, .. }) if reason.contains("not JSON")));
    }
}
