//! A registry of one model, `churn`, that has any aliases and all versions, misbehaves as it is told, and keeps the truth: what
//! was written, in which order, by whom.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use podium::tracking::rest::{Address, Direct, DirectOptions, Limits, Options, RestStore, RetryPolicy};
use serde_json::{Value, json};

use super::common::fault::{FaultServer, Request, Response};

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Obeyed,
    /// Answered with this status; nothing is done.
    Refused(u16),
    /// Done, and answered with this status.
    ObeyedAnd(u16),
    /// Done, and the connection is closed without an answer.
    ObeyedSilently,
    /// Done, and the connection is closed in the middle of the answer.
    ObeyedHalfSaid,
    /// The connection is closed without an answer; nothing is done.
    Lost,
    /// Done, and answered that much later.
    ObeyedLate(Duration),
}

/// One write of an alias that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Who has signed in; empty: nobody.
    pub by: String,
    pub alias: String,
    pub from: Option<String>,
    pub to: Option<String>,
    /// How many writes there were when `by` last read the aliases.
    pub read_at: usize,
}

#[derive(Clone, Debug, Default)]
pub struct State {
    pub aliases: BTreeMap<String, String>,
    /// Of the registered model.
    pub model_tags: BTreeMap<String, String>,
    /// By version and key.
    pub tags: BTreeMap<(String, String), String>,
    pub log: Vec<Written>,
    /// By who reads: the length of the log then.
    reads: BTreeMap<String, usize>,
}

type Fates = Box<dyn FnMut(&Request, &mut State) -> Fate + Send>;

pub struct Registry {
    state: Mutex<State>,
    fates: Mutex<Fates>,
}

impl Registry {
    /// Starts one whose aliases are on these versions.
    pub fn start(
        aliases: &[(&str, &str)],
        fates: impl FnMut(&Request, &mut State) -> Fate + Send + 'static,
    ) -> (Arc<Self>, FaultServer) {
        let aliases = aliases.iter().map(|(alias, version)| ((*alias).to_owned(), (*version).to_owned())).collect();
        let state = Mutex::new(State { aliases, ..State::default() });
        let registry = Arc::new(Self { state, fates: Mutex::new(Box::new(fates)) });
        let answering = registry.clone();
        (registry, FaultServer::scripted(move |request| answering.answer(request)))
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn on(&self, alias: &str) -> Option<String> {
        self.state().aliases.get(alias).cloned()
    }

    /// From now on this becomes of requests.
    pub fn behave(&self, fates: impl FnMut(&Request, &mut State) -> Fate + Send + 'static) {
        *self.fates.lock().unwrap() = Box::new(fates);
    }

    fn answer(&self, request: &Request) -> Response {
        if !is_of_model(request) {
            return match request.path() {
                "/version" => Response::text(200, "3.17.2"),
                path if path.ends_with("/experiments/search") => Response::json("{}"),
                _ => Response::error(404, "RESOURCE_DOES_NOT_EXIST", "not found"),
            };
        }
        let mut state = self.state.lock().unwrap();
        let fate = (self.fates.lock().unwrap())(request, &mut state);
        match fate {
            Fate::Lost => return Response::no_answer(),
            Fate::Refused(status) => return Response::error(status, "INTERNAL_ERROR", "the database is locked"),
            _ => {}
        }
        let answer = state.obey(request);
        match fate {
            Fate::ObeyedSilently => Response::no_answer(),
            Fate::ObeyedHalfSaid => answer.closed_mid_body(),
            Fate::ObeyedLate(by) => answer.slow_head(by),
            Fate::ObeyedAnd(status) => Response::text(status, "upstream timed out"),
            _ => answer,
        }
    }
}

impl State {
    fn obey(&mut self, request: &Request) -> Response {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        let path = request.path();
        if is_alias_write(request) {
            let (alias, by) = (text("alias"), who(request));
            let from = match body["version"].as_str() {
                Some(version) => self.aliases.insert(alias.clone(), version.to_owned()),
                None => self.aliases.remove(&alias),
            };
            let read_at = self.reads.get(&by).copied().unwrap_or(0);
            self.log.push(Written { by, from, to: self.aliases.get(&alias).cloned(), alias, read_at });
        } else if path.ends_with("/model-versions/set-tag") {
            self.tags.insert((text("version"), text("key")), text("value"));
        } else if path.ends_with("/registered-models/set-tag") {
            self.model_tags.insert(text("key"), text("value"));
        } else if path.ends_with("/registered-models/get") {
            self.reads.insert(who(request), self.log.len());
            let pairs = |map: &BTreeMap<String, String>, name: &str, value: &str| -> Vec<Value> {
                map.iter().map(|(key, of)| json!({ name: key, value: of })).collect()
            };
            let aliases = pairs(&self.aliases, "alias", "version");
            let tags = pairs(&self.model_tags, "key", "value");
            return said(&json!({ "registered_model": { "name": "churn", "tags": tags, "aliases": aliases } }));
        } else if path.ends_with("/model-versions/get") {
            return said(&json!({ "model_version": self.version(request.query("version").unwrap_or_default()) }));
        } else if path.ends_with("/model-versions/search") {
            let numbers: std::collections::BTreeSet<&String> = self.tags.keys().map(|(number, _)| number).collect();
            let versions: Vec<Value> = numbers.into_iter().map(|number| self.version(number)).collect();
            return said(&json!({ "model_versions": versions }));
        }
        Response::json("{}")
    }

    fn version(&self, number: &str) -> Value {
        let of_it = self.tags.iter().filter(|((of, _), _)| of == number);
        let tags: Vec<Value> = of_it.map(|((_, key), value)| json!({ "key": key, "value": value })).collect();
        json!({ "name": "churn", "version": number, "status": "READY", "tags": tags })
    }

    pub fn tag(&self, version: &str, key: &str) -> Option<&str> {
        self.tags.get(&(version.to_owned(), key.to_owned())).map(String::as_str)
    }
}

pub fn is_of_model(request: &Request) -> bool {
    let path = request.path();
    path.contains("/registered-models/") || path.contains("/model-versions/")
}

pub fn is_alias_write(request: &Request) -> bool {
    request.method != "GET" && request.path().ends_with("/registered-models/alias")
}

/// The tag that a request writes.
pub fn tag_written(request: &Request) -> Option<String> {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    request.path().ends_with("/set-tag").then(|| body["key"].as_str().map(str::to_owned))?
}

/// Who has signed in.
fn who(request: &Request) -> String {
    let decoded = request.header("authorization").and_then(|value| STANDARD.decode(value.strip_prefix("Basic ")?).ok());
    let both = decoded.map(|bytes| String::from_utf8(bytes).unwrap()).unwrap_or_default();
    both.split(':').next().unwrap_or_default().to_owned()
}

fn said(value: &Value) -> Response {
    Response::json(&value.to_string())
}

/// A store that `name` has signed in to, and that waits so long for an answer.
pub async fn store(url: &str, name: &str, answer_within: Duration) -> RestStore {
    let address = Address::parse(url).unwrap();
    let http = Direct::new(&address, DirectOptions::default()).unwrap();
    let retry_policy = RetryPolicy { first_pause: Duration::from_millis(1), ..RetryPolicy::default() };
    let limits = Limits { answer: answer_within, retry_policy, ..Limits::default() };
    let signed_in = format!("Basic {}", STANDARD.encode(format!("{name}:secret")));
    let headers = http::HeaderMap::from_iter([(http::header::AUTHORIZATION, signed_in.parse().unwrap())]);
    RestStore::connect_over(address, http, Options { limits, headers, ..Options::default() }).await.unwrap()
}
