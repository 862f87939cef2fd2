//! The questions of a connection test: what answers, what it is, whom it lets in and what for.
//! Nothing is changed by any of them.

mod access;
mod artifacts;

use std::sync::Arc;

use http::{HeaderMap, StatusCode, header};
use tokio::time::Instant;

use crate::tracking::StoreError;

use super::address::Address;
use super::answer;
use super::client::{Call, Client, Options, WORKSPACE};
use super::discover::{self, ServerInfo};
use super::experiments;
use super::http::HttpSend;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckStatus {
    Good,
    /// Works, with something to know.
    Warn,
    Bad,
    /// Has no meaning with this server.
    NotHere,
}

/// What one question found out, in words without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub status: CheckStatus,
    pub detail: String,
    /// The one thing to do.
    pub remedy: Option<String>,
}

impl Finding {
    fn good(detail: impl Into<String>) -> Self {
        Self { status: CheckStatus::Good, detail: detail.into(), remedy: None }
    }

    fn warn(detail: impl Into<String>, remedy: &str) -> Self {
        Self { status: CheckStatus::Warn, detail: detail.into(), remedy: Some(remedy.to_owned()) }
    }

    fn bad(detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { status: CheckStatus::Bad, detail: detail.into(), remedy: Some(remedy.into()) }
    }

    fn not_here(detail: impl Into<String>) -> Self {
        Self { status: CheckStatus::NotHere, detail: detail.into(), remedy: None }
    }

    /// A failure with its usual remedy.
    fn failed(error: &StoreError) -> Self {
        Self { status: CheckStatus::Bad, detail: error.to_string(), remedy: remedy(error).map(str::to_owned) }
    }
}

/// One server under test. The questions are meant to be asked in their order, [`Self::http`] first.
pub struct ServerChecks {
    client: Client,
    workspace: Option<String>,
    info: Option<ServerInfo>,
}

impl ServerChecks {
    pub fn new(address: Address, http: Arc<dyn HttpSend>, options: &Options) -> Self {
        Self { client: Client::new(address, http, options), workspace: options.workspace.clone(), info: None }
    }

    /// Whether anything answers, and how fast. After a [`CheckStatus::Bad`] there is nothing left to ask.
    pub async fn http(&mut self) -> Finding {
        let begun = Instant::now();
        let (status, headers, body) = match self.client.look(Call::get(discover::SERVER_INFO)).await {
            Ok(answer) => answer,
            Err(error) => return Finding::failed(&error),
        };
        let took_ms = begun.elapsed().as_millis();
        if status == StatusCode::OK {
            self.info = serde_json::from_slice(&body).ok();
        } else {
            let error = self.client.refusal(discover::SERVER_INFO, status, &headers, &body).error;
            if matches!(
                error,
                StoreError::NotMlflow { .. } | StoreError::HostRefused { .. } | StoreError::NeedsUser { .. }
            ) {
                return Finding::failed(&error);
            }
        }
        let by = text_of(&headers, header::SERVER).map_or_else(String::new, |server| format!(" from {server}"));
        Finding::good(format!("an answer ({}){by} within {took_ms} ms", status.as_u16()))
    }

    /// Which MLflow this is, and where it keeps its runs.
    pub async fn mlflow(&mut self) -> Finding {
        let mut client = self.client.clone();
        let found = discover::capabilities(&mut client, None).await;
        self.client.api = client.api;
        let store = self.info.as_ref().map_or_else(String::new, |info| format!(", {}", store_words(&info.store_type)));
        match found {
            Ok(found) if !found.writable => Finding::warn(
                format!("{}{store}; too old to be written to", found.description),
                "Read only, or upgrade the server to 2.3 or later.",
            ),
            Ok(found) => match found.version {
                Some(version) => Finding::good(format!("MLflow {version}{store}")),
                None => Finding::good(format!("MLflow of an unknown version{store}")),
            },
            // Who we are is the next question.
            Err(StoreError::Unauthenticated { .. } | StoreError::Forbidden { .. }) => match self.info {
                Some(_) => Finding::good(format!("MLflow 3.9 or later{store}; more only after signing in")),
                None => Finding {
                    status: CheckStatus::Warn,
                    detail: "whether this is MLflow shows only after signing in".to_owned(),
                    remedy: None,
                },
            },
            Err(error) => Finding::failed(&error),
        }
    }

    /// Whether the server knows us, as far as it wants to.
    pub async fn credentials(&self) -> Finding {
        let sent = self.client.headers.contains_key(header::AUTHORIZATION);
        let question = || experiments::question(1, None);
        let (status, headers, body) = match self.client.look(question()).await {
            Ok(answer) => answer,
            Err(error) => return Finding::failed(&error),
        };
        match status {
            StatusCode::UNAUTHORIZED => return self.not_let_in(&headers),
            StatusCode::OK if answer::is_page(&body) => {
                return Finding::bad(
                    "a web page instead of data; a login page, perhaps",
                    "Set the header, cookie or token that passes the login in the profile.",
                );
            }
            // If the server knows the user but refuses this or does not find it, the next checks say more.
            StatusCode::OK | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST => {}
            status => {
                return Finding::failed(&self.client.refusal("experiments/search", status, &headers, &body).error);
            }
        }
        let mut anonymous = self.client.clone();
        anonymous.headers.remove(header::AUTHORIZATION);
        let without = if sent { anonymous.look(question()).await.map(|(status, ..)| status).ok() } else { None };
        Finding::good(match (sent, without) {
            (true, Some(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)) => match self.username() {
                Some(name) => format!("accepted: signed in as {}", shown(&name)),
                None => "accepted".to_owned(),
            },
            (true, Some(StatusCode::OK)) => "none needed: the server answers without them too".to_owned(),
            (true, _) => "accepted".to_owned(),
            (false, _) => "none needed".to_owned(),
        })
    }

    fn not_let_in(&self, headers: &HeaderMap) -> Finding {
        let wanted = text_of(headers, header::WWW_AUTHENTICATE).unwrap_or_default();
        let wants_basic = wanted.to_ascii_lowercase().starts_with("basic");
        let sent = self.client.headers.get(header::AUTHORIZATION).map(|sent| sent.as_bytes().starts_with(b"Basic "));
        match sent {
            None if wants_basic => Finding::bad(
                "the server wants a user name and password (401)",
                "Choose “user name and password” as the sign-in of the profile.",
            ),
            None => Finding::bad(
                "the server wants to know who you are (401)",
                "Set a user name and password, a token or a header in the profile.",
            ),
            Some(false) if wants_basic => Finding::bad(
                "the server takes a user name and password, and no token (401)",
                "Choose “user name and password” as the sign-in of the profile.",
            ),
            Some(true) => Finding::bad(
                format!(
                    "the user name {:?} or its password is wrong (401)",
                    shown(&self.username().unwrap_or_default())
                ),
                "Set the password again; look at the spelling of the name.",
            ),
            Some(false) => {
                Finding::bad("the token is not accepted (401)", "Set a new token; this one may have expired.")
            }
        }
    }

    /// The name in an `Authorization: Basic` that is sent.
    fn username(&self) -> Option<String> {
        use base64::Engine;
        let sent = self.client.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let both = base64::engine::general_purpose::STANDARD.decode(sent.strip_prefix("Basic ")?).ok()?;
        let both = zeroize::Zeroizing::new(both);
        let name = both.split(|byte| *byte == b':').next()?;
        Some(String::from_utf8_lossy(name).into_owned())
    }

    /// The client as the profile means it: in its workspace, where the server has such.
    fn inside(&self) -> Client {
        let mut client = self.client.clone();
        let has_workspaces = self.info.as_ref().is_some_and(|info| info.workspaces_enabled);
        if let Some(name) = self.workspace.as_deref().filter(|_| has_workspaces)
            && let Ok(value) = http::HeaderValue::from_str(name)
        {
            client.headers.insert(WORKSPACE, value);
        }
        client
    }
}

/// What can be done about an error, where something can.
fn remedy(error: &StoreError) -> Option<&'static str> {
    Some(match error {
        StoreError::Unreachable { .. } => "Look whether the server runs, and at the host and port of the address.",
        StoreError::TimedOut { .. } => "Look whether a firewall or VPN is in the way, or the server is busy.",
        StoreError::Untrusted { .. } => {
            "Name the file of the authority in the profile's TLS settings, or trust this one certificate."
        }
        StoreError::NeedsUser { .. } => "Look at the TLS settings of the profile.",
        StoreError::NotMlflow { .. } => "Look at the address, its prefix included, in a browser.",
        StoreError::BadAnswer { .. } => "Look for a proxy in between that changes or cuts answers.",
        StoreError::HostRefused { .. } => {
            "Set the Host header in the profile's advanced settings, or add this host to --allowed-hosts."
        }
        StoreError::Unauthenticated { .. } => "Set the sign-in of the profile.",
        StoreError::Forbidden { .. } => "Ask the administrator of the server for the permission.",
        StoreError::TooManyRequests { .. } => "Wait a moment.",
        StoreError::ServerFailed { .. } => "Look into the server's log.",
        _ => return None,
    })
}

fn store_words(store_type: &str) -> &'static str {
    match store_type {
        "SqlStore" => "runs in a SQL database",
        "FileStore" => "runs in files",
        _ => "runs in a store of its own kind",
    }
}

/// The user's name. The profile may have been imported from another person, so the user compares it by eye.
fn shown(username: &str) -> String {
    untrusted_text::name(username, 200)
}

/// What the server says in a header.
fn text_of(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    Some(untrusted_text::line(&String::from_utf8_lossy(headers.get(name)?.as_bytes()), 80))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_calls_itself_cannot_turn_the_line() {
        let value = "ng\u{200b}inx\t\u{202e} (really)".as_bytes();
        let headers = HeaderMap::from_iter([(header::SERVER, http::HeaderValue::from_bytes(value).unwrap())]);
        assert_eq!(text_of(&headers, header::SERVER).as_deref(), Some("nginx (really)"));
        assert_eq!(shown("an\u{200b}a\u{202e}\u{7}"), "an\u{fffd}a\u{fffd}\u{fffd}");
    }
}
