//! Putting files into a server's artifact store through its proxy.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use http::Method;
use tokio::io::AsyncReadExt;

use crate::tracking::{Result, StoreError, UploadFile};

use super::address::encode;
use super::answer;
use super::client::Client;
use super::http::{Deadline, NetError, Upload};

const PROXY: &str = "api/2.0/mlflow-artifacts/artifacts";
const PIECE_BYTES: usize = 256 << 10;
/// No upload lasts longer; one that stands still is given up long before.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// So fast at least a server that has all bytes brings them to where it keeps them. It answers after that.
const STORED_BYTES_PER_S: u64 = 5 << 20;
/// How often it is looked at whether an upload goes on.
const LOOK: Duration = Duration::from_millis(250);

/// Why files cannot be put there from here, in words for people; none where they can.
pub fn refusal(artifact_uri: &str) -> Option<String> {
    place(artifact_uri).is_none().then(|| {
        format!(
            "Files at {artifact_uri} are not kept by the server itself (it has no artifact proxy for them), so they \
             cannot be put there from here"
        )
    })
}

/// Sends a whole file to `path` below `artifact_uri`. A file that is there is replaced.
pub async fn put(client: &Client, artifact_uri: &str, path: &str, file: &UploadFile<'_>) -> Result<()> {
    let Some(place) = place(artifact_uri) else {
        return Err(StoreError::Unsupported {
            what: "putting files there".to_owned(),
            reason: refusal(artifact_uri).unwrap_or_default(),
        });
    };
    let segments = place.split('/').chain(path.split('/')).filter(|segment| !segment.is_empty());
    let target = segments.map(encode).collect::<Vec<_>>().join("/");
    let sent = Arc::new(AtomicU64::new(0));
    let body = body(file, sent.clone()).await?;
    let length = body.length;
    let target = format!("{PROXY}/{target}");
    let uploading = client.upload(Method::PUT, &target, body, Deadline::after(LONGEST));
    tokio::pin!(uploading);
    let patience = client.limits.artifact_head;
    let until_stored = patience + Duration::from_secs(length / STORED_BYTES_PER_S);
    let (mut last, mut moved_at) = (0, tokio::time::Instant::now());
    loop {
        tokio::select! {
            answer = &mut uploading => {
                (file.on_sent)(sent.load(Ordering::Relaxed));
                return answer;
            }
            () = tokio::time::sleep(LOOK) => {
                let now = sent.load(Ordering::Relaxed);
                if now != last {
                    (last, moved_at) = (now, tokio::time::Instant::now());
                    (file.on_sent)(now);
                    continue;
                }
                let limit = if now < length { patience } else { until_stored };
                if moved_at.elapsed() > limit {
                    return Err(answer::broken(&client.address, NetError::TimedOut { limit }, false).error);
                }
            }
        }
    }
}

async fn body(file: &UploadFile<'_>, sent: Arc<AtomicU64>) -> Result<Upload> {
    let io = |error: std::io::Error| StoreError::Io { path: file.path.to_owned(), reason: error.to_string() };
    let opened = tokio::fs::File::open(file.path).await.map_err(io)?;
    let length = opened.metadata().await.map_err(io)?.len();
    let pieces = futures_util::stream::try_unfold((opened, sent), |(mut opened, sent)| async move {
        let mut piece = bytes::BytesMut::with_capacity(PIECE_BYTES);
        let read = opened.read_buf(&mut piece).await?;
        sent.fetch_add(read as u64, Ordering::Relaxed);
        Ok::<_, std::io::Error>((read > 0).then(|| (piece.freeze(), (opened, sent))))
    });
    Ok(Upload { length, stream: Box::pin(pieces.fuse()) })
}

/// The place below the proxy that a URI stands for, in any of the forms it is written in. The host in it is the
/// server's own word for itself, which may mean nothing from here.
fn place(artifact_uri: &str) -> Option<&str> {
    let path = artifact_uri.split(['?', '#']).next()?;
    if let Some(rest) = path.strip_prefix("mlflow-artifacts:") {
        return Some(match rest.strip_prefix("//") {
            Some(with_host) => with_host.split_once('/').map_or("", |(_, path)| path),
            None => rest.trim_start_matches('/'),
        });
    }
    let (scheme, rest) = path.split_once("://")?;
    let (_, place) = rest.split_once("/api/2.0/mlflow-artifacts/artifacts")?;
    matches!(scheme, "http" | "https").then_some(place.trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_five_forms_of_a_proxied_uri_lead_to_one_place() {
        for uri in [
            "mlflow-artifacts:/1/r/artifacts",
            "mlflow-artifacts://mlflow.corp/1/r/artifacts",
            "mlflow-artifacts://mlflow.corp:5000/1/r/artifacts",
            "http://mlflow.corp/ml/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts",
            "https://mlflow.corp:443/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts?x=1",
        ] {
            assert_eq!(place(uri), Some("1/r/artifacts"), "{uri}");
        }
        for uri in ["s3://b/1/r", "/data/mlruns/1/r", "file:///data", "ftp://h/api/2.0/mlflow-artifacts/artifacts/1"] {
            assert_eq!(place(uri), None, "{uri}");
            assert!(refusal(uri).is_some());
        }
    }
}
