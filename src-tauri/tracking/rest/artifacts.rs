//! Artifacts of a tracking server: listings, and bytes read with the server's own rights, so that
//! it does not matter where the server keeps them.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;

use crate::entities::{ArtifactEntry, ArtifactRoot};
use crate::tracking::{ArtifactBody, ArtifactStore, Result, StoreError};

use super::address::{Address, encode};
use super::answer;
use super::client::{Call, Client, UnreadResponse};
use super::http::{HttpBody, NetError};
use super::wire::{Int, Text, list};

/// No real folder has more. A server that gives a new token with every page would otherwise be read for ever.
const MOST_PAGES: usize = 1000;
const MOST_ENTRIES: usize = 2_000_000;

#[derive(Deserialize)]
struct Listing {
    #[serde(default, deserialize_with = "list")]
    files: Vec<WireEntry>,
    #[serde(default)]
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct WireEntry {
    #[serde(default)]
    path: Text,
    #[serde(default)]
    is_dir: bool,
    #[serde(default)]
    file_size: Int,
}

/// The files of a run or a logged model, which the server reads for us wherever their artifact URI says that they are.
pub struct ServerArtifacts {
    pub client: Arc<Client>,
    pub root: ArtifactRoot,
}

#[async_trait]
impl ArtifactStore for ServerArtifacts {
    async fn list(&self, path: &str) -> Result<Vec<ArtifactEntry>> {
        list_below(&self.client, &self.root, path).await
    }

    async fn read(&self, path: &str, range: Option<Range<u64>>) -> Result<ArtifactBody> {
        read(&self.client, &self.root, path, range).await
    }
}

pub async fn list_below(client: &Client, root: &ArtifactRoot, path: &str) -> Result<Vec<ArtifactEntry>> {
    let (endpoint, path_key) = match root {
        ArtifactRoot::Run(_) => ("api/2.0/mlflow/artifacts/list".to_owned(), "path"),
        ArtifactRoot::LoggedModel(model_id) => (
            format!("api/2.0/mlflow/logged-models/{}/artifacts/directories", encode(model_id)),
            "artifact_directory_path",
        ),
    };
    let mut entries = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let mut call = Call::get(endpoint.clone()).page_token(token.as_deref());
        if let ArtifactRoot::Run(run_id) = root {
            call = call.query("run_id", run_id);
        }
        if !path.is_empty() {
            call = call.query(path_key, path);
        }
        let listing: Listing = client.ask(call).await?;
        entries.extend(read_sizes(listing.files));
        token = super::page::page::<()>(&client.address, Vec::new(), listing.next_page_token, token.as_deref())?
            .next_page_token;
        if token.is_none() {
            return Ok(entries);
        }
        if entries.len() > MOST_ENTRIES {
            break;
        }
    }
    let reason = "its list of artifacts has no end".to_owned();
    Err(StoreError::BadAnswer { address: client.address.to_string(), reason })
}

async fn read(client: &Client, root: &ArtifactRoot, path: &str, range: Option<Range<u64>>) -> Result<ArtifactBody> {
    if range.as_ref().is_some_and(Range::is_empty) {
        return Ok(nothing());
    }
    let mut call = match root {
        ArtifactRoot::Run(run_id) => {
            Call::get("get-artifact").query("run_id", run_id).query("run_uuid", run_id).query("path", path)
        }
        ArtifactRoot::LoggedModel(model_id) => {
            Call::get(format!("ajax-api/2.0/mlflow/logged-models/{}/artifacts/files", encode(model_id)))
                .query("artifact_file_path", path)
        }
    };
    if let Some(value) = range.as_ref().and_then(range_header) {
        call = call.header(header::RANGE, value);
    }
    let answer = match client.open(call).await {
        Ok(answer) => answer,
        // Servers of 2.x fail when there is no such file, and some proxies lose the reason.
        Err(
            error @ (StoreError::ServerFailed { .. }
            | StoreError::Unsupported { .. }
            | StoreError::NoSuchEndpoint { .. }),
        ) => {
            return Err(missing(client, root, path).await.unwrap_or(error));
        }
        // It lists such a file and then looks for one of another name, or refuses.
        Err(error @ (StoreError::NotFound { .. } | StoreError::Refused { .. })) if is_misread(path) => {
            return Err(missing(client, root, path).await.unwrap_or(error));
        }
        Err(error) => return Err(error),
    };
    if answer.status == StatusCode::RANGE_NOT_SATISFIABLE {
        return Ok(nothing());
    }
    if is_login_page(&answer) {
        return Err(answer::web_page(&client.address, b"<"));
    }
    body(client, answer, range)
}

/// Why a file could not be read, if its folder's listing explains it.
async fn missing(client: &Client, root: &ArtifactRoot, path: &str) -> Option<StoreError> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let entries = list_below(client, root, folder).await.ok()?;
    match entries.iter().find(|entry| entry.path == path) {
        None => Some(StoreError::NotFound { message: format!("there is no artifact {path:?}") }),
        Some(entry) if entry.is_dir => Some(StoreError::Refused { message: format!("{path:?} is a folder") }),
        Some(_) if is_misread(path) => Some(StoreError::Refused {
            message: format!(
                "{path:?} is there, but MLflow gives out no file with #, %, or a line break or the like in its name"
            ),
        }),
        Some(_) => None,
    }
}

/// Whether MLflow takes the name for another one: it decodes what was decoded before, and refuses a `#`.
fn is_misread(path: &str) -> bool {
    path.contains(['#', '%']) || path.chars().any(|c| c.is_ascii_control())
}

fn body(client: &Client, answer: UnreadResponse, range: Option<Range<u64>>) -> Result<ArtifactBody> {
    let length = header_text(&answer.headers, header::CONTENT_LENGTH).and_then(|text| text.parse::<u64>().ok());
    let stream = timed(client.address.clone(), answer.body, client.limits.artifact_pause);
    match range {
        None => Ok(ArtifactBody { size_bytes: length, stream }),
        Some(range) if answer.status == StatusCode::PARTIAL_CONTENT => {
            let start = header_text(&answer.headers, header::CONTENT_RANGE).and_then(first_byte);
            if start.is_some_and(|start| start != range.start) {
                return Err(StoreError::BadAnswer {
                    address: client.address.to_string(),
                    reason: "it is another part of the file than was asked for".to_owned(),
                });
            }
            Ok(ArtifactBody { size_bytes: length, stream: part(stream, 0..range.end - range.start) })
        }
        Some(range) => {
            let size_bytes = length.map(|length| length.min(range.end).saturating_sub(range.start));
            Ok(ArtifactBody { size_bytes, stream: part(stream, range) })
        }
    }
}

/// The stream, given up when nothing arrives for `pause`.
fn timed(address: Address, body: HttpBody, pause: Duration) -> BoxStream<'static, Result<Bytes>> {
    stream::unfold(Some(body), move |body| {
        let address = address.clone();
        async move {
            let mut body = body?;
            let piece = match tokio::time::timeout(pause, body.next()).await {
                Ok(piece) => piece?,
                Err(_) => Err(NetError::TimedOut { limit: pause }),
            };
            match piece {
                Ok(bytes) => Some((Ok(bytes), Some(body))),
                Err(error) => Some((Err(answer::broken(&address, error, true).error), None)),
            }
        }
    })
    .boxed()
}

/// Only the bytes of `range` of a stream, and no reading beyond them.
fn part(stream: BoxStream<'static, Result<Bytes>>, range: Range<u64>) -> BoxStream<'static, Result<Bytes>> {
    stream::unfold((stream, 0_u64), move |(mut stream, mut at)| {
        let range = range.clone();
        async move {
            while at < range.end {
                let mut piece = match stream.next().await? {
                    Ok(piece) => piece,
                    Err(error) => return Some((Err(error), (stream, range.end))),
                };
                let (first, length) = (at, piece.len() as u64);
                at += length;
                // Both are at most the length of the piece, which is a usize.
                piece.truncate(range.end.saturating_sub(first).min(length) as usize);
                let kept = piece.split_off(range.start.saturating_sub(first).min(piece.len() as u64) as usize);
                if !kept.is_empty() {
                    return Some((Ok(kept), (stream, at)));
                }
            }
            None
        }
    })
    .boxed()
}

fn nothing() -> ArtifactBody {
    ArtifactBody { size_bytes: Some(0), stream: stream::empty().boxed() }
}

/// A file is always sent as an attachment, whatever it holds; a page of a proxy never is.
fn is_login_page(answer: &UnreadResponse) -> bool {
    let html = header_text(&answer.headers, header::CONTENT_TYPE).is_some_and(|text| text.starts_with("text/html"));
    html && !answer.headers.contains_key(header::CONTENT_DISPOSITION)
}

fn range_header(range: &Range<u64>) -> Option<HeaderValue> {
    HeaderValue::try_from(format!("bytes={}-{}", range.start, range.end.checked_sub(1)?)).ok()
}

fn first_byte(content_range: &str) -> Option<u64> {
    content_range.trim().strip_prefix("bytes")?.trim_start().split('-').next()?.parse().ok()
}

fn header_text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// Servers leave out a size of 0 just as one they do not know. A store knows the sizes of all its
/// files or of none, so beside a file with a size, a file without one is empty.
fn read_sizes(files: Vec<WireEntry>) -> impl Iterator<Item = ArtifactEntry> {
    let known = files.iter().any(|file| !file.is_dir && file.file_size.0.is_some());
    files.into_iter().map(move |file| {
        let said = file.file_size.0.and_then(|size| u64::try_from(size).ok());
        let size_bytes = said.or(known.then_some(0)).filter(|_| !file.is_dir);
        ArtifactEntry { path: file.path.0, is_dir: file.is_dir, size_bytes }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use async_trait::async_trait;

    use super::super::client::Options;
    use super::super::http::{Deadline, HttpSend, Lane, Upload};
    use super::*;

    async fn kept(pieces: &[&'static str], range: Range<u64>) -> String {
        let pieces: Vec<Result<Bytes>> = pieces.iter().map(|text| Ok(Bytes::from_static(text.as_bytes()))).collect();
        let parts: Vec<Result<Bytes>> = part(stream::iter(pieces).boxed(), range).collect().await;
        parts.into_iter().map(|piece| String::from_utf8_lossy(&piece.expect("a piece")).into_owned()).collect()
    }

    #[tokio::test]
    async fn a_whole_file_is_cut_down_to_the_part() {
        let pieces = ["abc", "", "defg", "hi"];
        assert_eq!(kept(&pieces, 0..9).await, "abcdefghi");
        assert_eq!(kept(&pieces, 2..5).await, "cde");
        assert_eq!(kept(&pieces, 3..4).await, "d");
        assert_eq!(kept(&pieces, 8..20).await, "i");
        assert_eq!(kept(&pieces, 20..30).await, "");
    }

    /// Has another page for every token.
    struct Endless(AtomicU64);

    #[async_trait]
    impl HttpSend for Endless {
        async fn send(
            &self,
            _: http::Request<Bytes>,
            _: Lane,
            _: Deadline,
        ) -> std::result::Result<http::Response<HttpBody>, NetError> {
            let body = format!(r#"{{"files": [], "next_page_token": "{}"}}"#, self.0.fetch_add(1, Ordering::Relaxed));
            Ok(http::Response::new(stream::iter([Ok(Bytes::from(body))]).boxed()))
        }

        async fn upload(
            &self,
            _: http::Request<Upload>,
            _: Deadline,
        ) -> std::result::Result<http::Response<HttpBody>, NetError> {
            Err(NetError::Unreachable { reason: "it takes no files".to_owned() })
        }
    }

    #[tokio::test]
    async fn a_list_without_an_end_is_given_up() {
        let address = Address::parse("http://h").expect("an address");
        let client = Client::new(address, Arc::new(Endless(AtomicU64::new(0))), &Options::default());
        let listed = list_below(&client, &ArtifactRoot::Run("r".to_owned()), "").await;
        assert!(matches!(listed, Err(StoreError::BadAnswer { .. })), "{listed:?}");
    }

    #[test]
    fn ranges_are_inclusive_on_the_wire() {
        assert_eq!(range_header(&(0..10)), Some(HeaderValue::from_static("bytes=0-9")));
        assert_eq!(first_byte("bytes 5-9/15"), Some(5));
        assert_eq!(first_byte("nonsense"), None);
    }

    #[test]
    fn a_file_without_a_size_is_empty_where_others_have_one() {
        let entries = |json: &str| -> Vec<Option<u64>> {
            let listing: Listing = serde_json::from_str(json).expect("a listing");
            read_sizes(listing.files).map(|entry| entry.size_bytes).collect()
        };
        let some =
            r#"{"files":[{"path":"a","is_dir":true,"file_size":4096},{"path":"b","file_size":"12"},{"path":"c"}]}"#;
        assert_eq!(entries(some), [None, Some(12), Some(0)]);
        let none = r#"{"root_uri":"x","files":[{"path":"a","is_dir":true},{"path":"b"}]}"#;
        assert_eq!(entries(none), [None, None]);
    }
}
