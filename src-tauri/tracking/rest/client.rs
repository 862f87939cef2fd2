//! Asks a tracking server: builds the request, waits, asks again where that is safe, reads the
//! body to its end and hands it to [`super::answer`].

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::tracking::{Result, StoreError};

use super::address::Address;
use super::answer::{self, Failure};
use super::http::{Deadline, HttpBody, HttpSend, Lane, NetError, Upload};
use super::retry::{self, RetryPolicy};

/// How long and how much a store waits for and takes in.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// A whole answer of the API.
    pub answer: Duration,
    /// A whole page of runs, which may be large and come from a slow database.
    pub runs_page: Duration,
    /// The head of an artifact: the server may first fetch the file from an object store.
    pub artifact_head: Duration,
    /// The pause between two pieces of an artifact.
    pub artifact_pause: Duration,
    /// The size of an answer of the API.
    pub answer_bytes: usize,
    pub retry_policy: RetryPolicy,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(30),
            // Of a million runs, each page costs some servers minutes.
            runs_page: Duration::from_secs(300),
            artifact_head: Duration::from_secs(120),
            artifact_pause: Duration::from_secs(60),
            answer_bytes: 512 << 20,
            retry_policy: RetryPolicy::default(),
        }
    }
}

/// What goes with every request, and how patiently.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Credentials and extra headers, the secret ones marked as sensitive. A `Host` among them is
    /// sent as it is; whom TLS asks for stays what the address names.
    pub headers: HeaderMap,
    /// An MLflow workspace (3.10 and later).
    pub workspace: Option<String>,
    pub limits: Limits,
}

/// The workspace a request is meant for. A server without workspaces fails (500) when it meets this.
pub const WORKSPACE: HeaderName = HeaderName::from_static("x-mlflow-workspace");

/// Bodies above this are parsed away from the threads that serve the network.
const PARSE_APART_BYTES: usize = 256 << 10;

/// The two names of one and the same API. Servers before 3 with a static prefix serve the first at
/// their root only, where a proxy may not let it through, and the second below the prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    Public,
    Ajax,
}

/// One question or command. The path is below the server's base and already encoded; it says
/// `api/…` whichever name the server knows the API by.
#[derive(Debug, Clone)]
pub struct Call<'a> {
    method: Method,
    path: String,
    query: Vec<(&'a str, String)>,
    body: Bytes,
    headers: HeaderMap,
    /// Whether it may be sent again when it is not known whether the server has received it.
    repeatable: bool,
    limit: Option<Duration>,
}

impl<'a> Call<'a> {
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path.into(), Bytes::new(), true)
    }

    /// A question that is too long for a query, sent as POST; it changes nothing.
    pub fn search(path: &str, body: &impl Serialize) -> Self {
        Self::new(Method::POST, path.to_owned(), json(body), true)
    }

    /// A command: sent once, never repeated.
    pub fn command(method: Method, path: &str, body: &impl Serialize) -> Self {
        Self::new(method, path.to_owned(), json(body), false)
    }

    pub fn query(mut self, key: &'a str, value: impl Into<String>) -> Self {
        self.query.push((key, value.into()));
        self
    }

    /// A page token, which the first page has none of.
    pub fn page_token(self, token: Option<&str>) -> Self {
        match token {
            Some(token) => self.query("page_token", token),
            None => self,
        }
    }

    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Another limit than [`Limits::answer`].
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    fn new(method: Method, path: String, body: Bytes, repeatable: bool) -> Self {
        Self { method, path, query: Vec::new(), body, headers: HeaderMap::new(), repeatable, limit: None }
    }
}

/// A successful answer whose body has yet to be read. 416 is one where a part was asked for.
pub struct UnreadResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: HttpBody,
}

#[derive(Clone)]
pub struct Client {
    http: Arc<dyn HttpSend>,
    pub address: Address,
    pub api: Api,
    pub limits: Limits,
    /// What [`Options::headers`] says, and the workspace once the server is known to have such.
    pub headers: HeaderMap,
}

impl Client {
    pub fn new(address: Address, http: Arc<dyn HttpSend>, options: &Options) -> Self {
        Self { http, address, api: Api::Public, limits: options.limits, headers: options.headers.clone() }
    }

    /// The `Host` that requests carry.
    pub fn host(&self) -> String {
        match self.headers.get(header::HOST) {
            Some(host) => String::from_utf8_lossy(host.as_bytes()).into_owned(),
            None => self.address.authority(),
        }
    }

    fn url(&self, call: &Call<'_>) -> String {
        match (self.api, call.path.strip_prefix("api/")) {
            (Api::Ajax, Some(rest)) => self.address.url(&format!("ajax-api/{rest}"), &call.query),
            _ => self.address.url(&call.path, &call.query),
        }
    }

    /// The same server without its prefix.
    pub fn at(&self, address: Address) -> Self {
        Self { address, ..self.clone() }
    }

    /// Asks and reads the answer as JSON.
    pub async fn ask<T: DeserializeOwned + Send + 'static>(&self, call: Call<'_>) -> Result<T> {
        let body = self.text(call).await?;
        if body.len() < PARSE_APART_BYTES {
            return answer::parse(&self.address, &body);
        }
        let address = self.address.clone();
        tokio::task::spawn_blocking(move || answer::parse(&address, &body)).await.map_err(|_| {
            StoreError::BadAnswer { address: self.address.to_string(), reason: "reading it was given up".to_owned() }
        })?
    }

    /// Sends a command, whose answer says nothing but that it was carried out.
    pub async fn command(&self, call: Call<'_>) -> Result<()> {
        let (method, body) = (call.method.clone(), call.body.clone());
        let answer = self.ask::<IgnoredAny>(call).await;
        answer.map(|_| ()).map_err(|error| explain_lost_body(&self.address, &method, &body, error))
    }

    /// Asks and reads the body to its end, whatever it is.
    pub async fn text(&self, call: Call<'_>) -> Result<Bytes> {
        let mut tries = 0;
        loop {
            match self.text_once(&call).await {
                Ok(body) => return Ok(body),
                Err(failure) => self.pause(&call, &mut tries, failure).await?,
            }
        }
    }

    /// Sends a file and reads the answer, which says nothing but that it was taken: once, without another try.
    pub async fn upload(&self, method: Method, path: &str, body: Upload, deadline: Deadline) -> Result<()> {
        let length = body.length;
        let url = self.url(&Call::get(path));
        let mut request = http::Request::builder()
            .method(method)
            .uri(url)
            .body(body)
            .map_err(|error| StoreError::Refused { message: format!("this cannot be sent: {error}") })?;
        let headers = request.headers_mut();
        headers.extend(self.headers.clone());
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        let sent = self.http.upload(request, deadline).await;
        let answer = sent.map_err(|error| answer::broken(&self.address, error, false).error)?;
        let (head, body) = answer.into_parts();
        let deadline = Deadline::after(self.limits.answer);
        let said = self.read(body, deadline, 64 << 10).await;
        if matches!(head.status, StatusCode::OK | StatusCode::CREATED | StatusCode::NO_CONTENT) {
            return said.map(|_| ()).map_err(|failure| failure.error);
        }
        Err(self.refusal(path, head.status, &head.headers, &said.unwrap_or_default()).error)
    }

    /// Asks for a body that is to be read as it arrives.
    pub async fn open(&self, call: Call<'_>) -> Result<UnreadResponse> {
        let limit = call.limit.unwrap_or(self.limits.artifact_head);
        let mut tries = 0;
        loop {
            match self.send(&call, Lane::Bulk, Deadline::after(limit)).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => self.pause(&call, &mut tries, failure).await?,
            }
        }
    }

    /// Waits before another try, or fails where there is to be none.
    async fn pause(&self, call: &Call<'_>, tries: &mut u32, failure: Failure) -> Result<()> {
        *tries += 1;
        let pause = if call.repeatable && failure.transient {
            self.limits.retry_policy.pause(*tries, failure.retry_after, retry::jitter())
        } else {
            None
        };
        let Some(pause) = pause else { return Err(failure.error) };
        tracing::debug!(path = %call.path, error = %failure.error, tries, "asking again");
        tokio::time::sleep(pause).await;
        Ok(())
    }

    async fn text_once(&self, call: &Call<'_>) -> std::result::Result<Bytes, Failure> {
        let deadline = Deadline::after(call.limit.unwrap_or(self.limits.answer));
        let answer = self.send(call, Lane::Api, deadline).await?;
        self.read(answer.body, deadline, self.limits.answer_bytes).await
    }

    /// One request. An answer other than success is an error, its body read for what it says.
    async fn send(
        &self,
        call: &Call<'_>,
        lane: Lane,
        deadline: Deadline,
    ) -> std::result::Result<UnreadResponse, Failure> {
        let answer = self.exchange(call, lane, deadline).await?;
        let past_the_end =
            answer.status == StatusCode::RANGE_NOT_SATISFIABLE && call.headers.contains_key(header::RANGE);
        if past_the_end || matches!(answer.status, StatusCode::OK | StatusCode::PARTIAL_CONTENT) {
            return Ok(answer);
        }
        // A body that cannot be read takes nothing away from what the status says.
        let deadline = Deadline::after(self.limits.answer.min(Duration::from_secs(5)));
        let body = self.read(answer.body, deadline, 64 << 10).await.unwrap_or_default();
        Err(self.refusal(&call.path, answer.status, &answer.headers, &body))
    }

    /// One request and whatever is answered, the beginning of its body included: once, without
    /// another try.
    pub async fn look(&self, call: Call<'_>) -> Result<(StatusCode, HeaderMap, Bytes)> {
        let deadline = Deadline::after(call.limit.unwrap_or(self.limits.answer));
        let answer = self.exchange(&call, Lane::Api, deadline).await.map_err(|failure| failure.error)?;
        let body = self.read(answer.body, deadline, 1 << 20).await.unwrap_or_default();
        Ok((answer.status, answer.headers, body))
    }

    /// What an answer other than success means.
    pub fn refusal(&self, path: &str, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Failure {
        answer::refusal(&self.address, &self.host(), path, status, headers, body)
    }

    async fn exchange(
        &self,
        call: &Call<'_>,
        lane: Lane,
        deadline: Deadline,
    ) -> std::result::Result<UnreadResponse, Failure> {
        let mut request =
            http::Request::builder().method(call.method.clone()).uri(self.url(call)).body(call.body.clone()).map_err(
                |error| Failure::lasting(StoreError::Refused { message: format!("this cannot be asked: {error}") }),
            )?;
        let headers = request.headers_mut();
        headers.extend(self.headers.clone());
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json, */*;q=0.5"));
        if !call.body.is_empty() {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        // The headers of this call replace those that all calls have.
        headers.extend(call.headers.clone());
        match self.http.send(request, lane, deadline).await {
            Ok(answer) => {
                let (head, body) = answer.into_parts();
                Ok(UnreadResponse { status: head.status, headers: head.headers, body })
            }
            Err(error) => Err(answer::broken(&self.address, error, false)),
        }
    }

    async fn read(&self, mut body: HttpBody, deadline: Deadline, cap: usize) -> std::result::Result<Bytes, Failure> {
        let mut bytes = BytesMut::new();
        loop {
            let piece = match tokio::time::timeout_at(deadline.at, body.next()).await {
                Ok(Some(Ok(piece))) => piece,
                Ok(Some(Err(error))) => return Err(answer::broken(&self.address, error, true)),
                Ok(None) => return Ok(bytes.freeze()),
                Err(_) => {
                    let error = NetError::TimedOut { limit: deadline.limit };
                    return Err(answer::broken(&self.address, error, true));
                }
            };
            if bytes.len() + piece.len() > cap {
                return Err(Failure::lasting(StoreError::BadAnswer {
                    address: self.address.to_string(),
                    reason: format!("it is larger than {} MB", cap >> 20),
                }));
            }
            bytes.extend_from_slice(&piece);
        }
    }
}

fn json(body: &impl Serialize) -> Bytes {
    // Plain structs of texts and numbers always serialize; an empty body would be refused.
    serde_json::to_vec(body).unwrap_or_default().into()
}
/// The server misses something that we have sent: a proxy on the way has dropped the body, as some do with that
/// of a DELETE.
fn explain_lost_body(address: &Address, method: &Method, body: &[u8], error: StoreError) -> StoreError {
    let StoreError::Refused { message } = &error else { return error };
    let missed =
        message.strip_prefix("Missing value for required parameter '").and_then(|rest| rest.split('\'').next());
    let sent: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    match missed.and_then(|missed| sent.get(missed)) {
        Some(serde_json::Value::String(value)) if !value.is_empty() => {
            StoreError::BodyLost { address: address.to_string(), method: method.to_string() }
        }
        _ => error,
    }
}
