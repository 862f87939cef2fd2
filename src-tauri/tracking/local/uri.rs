//! From an artifact URI, as MLflow keeps it, to folders on this machine where it may be.

use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;

use crate::tracking::{Result, StoreError};

/// Folders that `mlflow server` and the clients use by default, beside the database.
const ARTIFACT_FOLDERS: [&str; 2] = ["mlartifacts", "mlruns"];
/// What a proxied URI has before the path of the artifact when it is written as an address.
const PROXY_PREFIX: &str = "api/2.0/mlflow-artifacts/artifacts";

/// The folders that `uri` may stand for, likeliest first and never none. `folder` is the one the
/// database is in, taken for the folder that the server or the client was run in:
///
/// - `mlflow-artifacts:/p`, `mlflow-artifacts://host:port/p`, `http://host/p` and the like went
///   through a server, which put them into `mlartifacts/` or `mlruns/`;
/// - an absolute path or `file:` URI is taken as it is, and where nothing is there any more, looked
///   for beside the database (the folder was copied or moved);
/// - a relative path starts at `folder`.
///
/// # Errors
/// `Unsupported` for a place that is not on this machine, `UnsafePath` where it climbs with `..`.
pub fn folders(folder: &Path, uri: &str) -> Result<Vec<PathBuf>> {
    let Some((scheme, rest)) = split_scheme(uri) else {
        return from_path(folder, uri, uri);
    };
    match scheme.to_ascii_lowercase().as_str() {
        "file" => from_path(folder, &file_path(uri)?, uri),
        "mlflow-artifacts" | "http" | "https" => {
            // `//host:port/path` or `/path`.
            let path = rest.strip_prefix("//").map_or(rest, |rest| rest.split_once('/').map_or("", |(_, path)| path));
            proxied(folder, path, uri)
        }
        "" => Err(unsupported(uri, "the database does not say where they are")),
        "runs" | "models" => Err(unsupported(uri, "this is a reference to another run or model, not a place")),
        scheme => Err(unsupported(uri, &format!("they are kept outside this folder ({scheme}:)"))),
    }
}

fn unsupported(uri: &str, reason: &str) -> StoreError {
    StoreError::Unsupported { what: format!("reading artifacts of {uri}"), reason: reason.to_owned() }
}

/// A single letter before the colon is a Windows drive, not a scheme.
fn split_scheme(uri: &str) -> Option<(&str, &str)> {
    if uri.is_empty() {
        return Some(("", ""));
    }
    let (scheme, rest) = uri.split_once(':')?;
    let is_scheme = scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    is_scheme.then_some((scheme, rest))
}

/// The path of `file:///p`, `file://localhost/p` or `file:p`, percent-decoded.
fn file_path(uri: &str) -> Result<String> {
    let rest = uri.split_once(':').map_or("", |(_, rest)| rest);
    let path = match rest.strip_prefix("//") {
        None => rest,
        Some(rest) => match rest.split_once('/') {
            Some(("" | "localhost" | "127.0.0.1", _)) => &rest[rest.find('/').unwrap_or(0)..],
            // A share of another machine: opening it would log this user on there.
            _ => return Err(unsupported(uri, "they are on another machine")),
        },
    };
    let path = percent_decode_str(path).decode_utf8_lossy().into_owned();
    // `/C:/x` is `C:/x`.
    let drive = path.strip_prefix('/').filter(|path| cfg!(windows) && path.as_bytes().get(1) == Some(&b':'));
    Ok(drive.map(ToOwned::to_owned).unwrap_or(path))
}

fn from_path(folder: &Path, path: &str, uri: &str) -> Result<Vec<PathBuf>> {
    if path.starts_with("\\\\") || path.starts_with("//") {
        return Err(unsupported(uri, "they are on another machine"));
    }
    let given = Path::new(path);
    if !given.is_absolute() {
        return Ok(vec![join(folder, path, uri)?]);
    }
    let mut found = vec![given.to_owned()];
    // The last `mlruns` or `mlartifacts` on the way is the one that was beside the database.
    let segments: Vec<&str> = path.split(['/', '\\']).collect();
    if let Some(at) = segments.iter().rposition(|segment| ARTIFACT_FOLDERS.contains(segment)) {
        found.push(join(folder, &segments[at..].join("/"), uri)?);
    }
    Ok(found)
}

fn proxied(folder: &Path, path: &str, uri: &str) -> Result<Vec<PathBuf>> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = path.trim_start_matches('/');
    let path = path.find(PROXY_PREFIX).map_or(path, |at| &path[at + PROXY_PREFIX.len()..]).trim_start_matches('/');
    let mut found = Vec::new();
    for name in ARTIFACT_FOLDERS {
        found.push(join(&folder.join(name), path, uri)?);
    }
    // `http://host/mlartifacts/…` names the folder itself.
    if ARTIFACT_FOLDERS.iter().any(|name| path.split('/').next() == Some(name)) {
        found.push(join(folder, path, uri)?);
    }
    Ok(found)
}

/// `folder/path`, where `path` has `/` between segments and does not climb.
pub fn join(folder: &Path, path: &str, whole: &str) -> Result<PathBuf> {
    let refuse = |reason: &str| StoreError::UnsafePath { path: whole.to_owned(), reason: reason.to_owned() };
    let mut joined = folder.to_owned();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => return Err(refuse("it leads out of its folder")),
            segment if segment.contains('\0') => return Err(refuse("it contains a NUL character")),
            segment if cfg!(windows) && segment.contains(['\\', ':']) => {
                return Err(refuse("it contains characters that mean something else on Windows"));
            }
            segment => joined.push(segment),
        }
    }
    Ok(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(uri: &str) -> Vec<String> {
        let found = folders(Path::new("/data"), uri).unwrap_or_else(|error| panic!("{uri}: {error}"));
        found.iter().map(|path| path.display().to_string()).collect()
    }

    #[test]
    fn every_form_of_a_proxied_uri_is_beside_the_database() {
        let expected = ["/data/mlartifacts/1/abc/artifacts", "/data/mlruns/1/abc/artifacts"];
        for uri in [
            "mlflow-artifacts:/1/abc/artifacts",
            "mlflow-artifacts:///1/abc/artifacts",
            "mlflow-artifacts://host/1/abc/artifacts",
            "mlflow-artifacts://host:5000/1/abc/artifacts",
            "http://host/api/2.0/mlflow-artifacts/artifacts/1/abc/artifacts",
            "https://host:5000/prefix/api/2.0/mlflow-artifacts/artifacts/1/abc/artifacts",
            "MLFLOW-ARTIFACTS:/1/abc/artifacts",
        ] {
            assert_eq!(of(uri), expected, "{uri}");
        }
        let named = of("http://host/mlartifacts/1/abc");
        assert_eq!(
            named,
            ["/data/mlartifacts/mlartifacts/1/abc", "/data/mlruns/mlartifacts/1/abc", "/data/mlartifacts/1/abc"]
        );
        assert_eq!(of("mlflow-artifacts:/"), ["/data/mlartifacts", "/data/mlruns"]);
    }

    #[test]
    fn paths_absolute_relative_and_of_a_folder_that_moved() {
        assert_eq!(of("./mlruns/1/abc"), ["/data/mlruns/1/abc"]);
        assert_eq!(of("mlruns/1"), ["/data/mlruns/1"]);
        assert_eq!(of("/elsewhere/1"), ["/elsewhere/1"]);
        assert_eq!(of("/home/x/mlruns/1/abc"), ["/home/x/mlruns/1/abc", "/data/mlruns/1/abc"]);
        assert_eq!(of("file:///home/a%20b/1"), ["/home/a b/1"]);
        assert_eq!(of("file://localhost/home/1"), ["/home/1"]);
        assert_eq!(of("file:mlruns/1"), ["/data/mlruns/1"]);
    }

    #[test]
    fn other_places_are_named_and_refused() {
        for uri in [
            "s3://bucket/p",
            "gs://bucket/p",
            "dbfs:/p",
            "hdfs://n/p",
            "wasbs://c@a.blob.core.windows.net/p",
            "runs:/abc/model",
            "models:/churn/1",
            "file://server/share/p",
            "//server/share",
            "\\\\server\\share",
            "",
        ] {
            let error = folders(Path::new("/data"), uri);
            assert!(matches!(error, Err(StoreError::Unsupported { .. })), "{uri}: {error:?}");
        }
        for uri in ["mlflow-artifacts:/../../etc", "../outside", "mlruns/../../x", "mlflow-artifacts:/a\0b"] {
            let error = folders(Path::new("/data"), uri);
            assert!(matches!(error, Err(StoreError::UnsafePath { .. })), "{uri}: {error:?}");
        }
    }
}
