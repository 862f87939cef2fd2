//! What an artifact URI in the database says: pure, no file is looked at.
//!
//! The machine that wrote it may have been another one, or this folder may have been moved since, so
//! a URI is a place as it was written, and the tail of its path by which it is found elsewhere.

use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;

use crate::tracking::{Result, StoreError};

/// Folders that `mlflow server` and the clients use by default, beside the database.
pub const ARTIFACT_FOLDERS: [&str; 2] = ["mlartifacts", "mlruns"];
/// What a proxied URI has before the path of the artifact when it is written as an address.
const PROXY_PREFIX: &str = "api/2.0/mlflow-artifacts/artifacts";

/// A URI, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// As it was written, without a password.
    pub place: String,
    pub kind: Kind,
    /// The names on its path, without `.` and `..`; those before a `..` that is left are gone.
    pub segments: Vec<String>,
}

/// What kind of place it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A path as this machine writes them.
    Absolute(PathBuf),
    /// A path that begins where the program ran that wrote it, with so many steps up first.
    Relative { up: usize },
    /// It went through a tracking server, which kept it where it keeps artifacts.
    Proxied,
    /// A path of another system, with its drive or share.
    Foreign,
    /// A store that is no folder, such as `s3`.
    Remote { scheme: String },
}

impl Kind {
    /// What is said of the place where nothing of it was found.
    pub fn words(&self) -> String {
        match self {
            Self::Absolute(_) => "That folder is not on this machine".to_owned(),
            Self::Relative { .. } => "That path begins in the folder where the program ran that wrote it".to_owned(),
            Self::Proxied => "A tracking server kept them in its own artifact folder".to_owned(),
            Self::Foreign => "That path is of another machine".to_owned(),
            Self::Remote { scheme } => format!("That is no folder but a store of its own ({scheme}:)"),
        }
    }
}

impl Named {
    /// Reads a URI of the database.
    ///
    /// # Errors
    /// `NotFound` where it names no place, `UnsafePath` where what a server kept would be outside of
    /// where it keeps it.
    pub fn read(uri: &str) -> Result<Self> {
        if uri.contains('\0') {
            return Err(unsafe_path(uri, "it contains a NUL character"));
        }
        let no_place = |why: &str| StoreError::NotFound {
            message: format!("The database names no place for these files: {why}."),
        };
        if uri.is_empty() {
            return Err(no_place("the entry is empty"));
        }
        let Some((scheme, rest)) = split_scheme(uri) else {
            return Ok(from_path(uri, uri));
        };
        let below_host = |rest: &str| match rest.strip_prefix("//") {
            Some(rest) => rest.split_once('/').map_or("", |(_, path)| path).to_owned(),
            None => rest.to_owned(),
        };
        let (kind, path) = match scheme.to_ascii_lowercase().as_str() {
            "file" => return Ok(from_file(rest, uri)),
            "runs" | "models" => return Err(no_place(&format!("{uri} refers to another run or model"))),
            "mlflow-artifacts" | "http" | "https" => {
                let path = below_host(rest);
                let path = path.split(['?', '#']).next().unwrap_or_default();
                let path = path.find(PROXY_PREFIX).map_or(path, |at| &path[at + PROXY_PREFIX.len()..]);
                if path.split('/').any(|segment| segment == "..") {
                    return Err(unsafe_path(uri, "it leads out of the folder of the server's artifacts"));
                }
                (Kind::Proxied, path.to_owned())
            }
            scheme => (Kind::Remote { scheme: scheme.to_owned() }, below_host(rest)),
        };
        Ok(Self { place: without_password(uri), kind, segments: segments(path.split('/')).1 })
    }

    /// The tails of the path that lead to `id`, the run's or the logged model's, the longest first.
    /// A shorter one could be anything, so a path without the id has those that begin with one of
    /// [`ARTIFACT_FOLDERS`] only.
    pub fn tails(&self, id: &str) -> Vec<PathBuf> {
        let names = &self.segments;
        let last = match names.iter().rposition(|name| name == id) {
            Some(at) => at,
            None => match names.iter().rposition(|name| ARTIFACT_FOLDERS.contains(&name.as_str())) {
                Some(at) => return vec![names[at..].iter().collect()],
                None => return Vec::new(),
            },
        };
        (0..=last).map(|from| names[from..].iter().collect()).collect()
    }
}

fn unsafe_path(path: &str, reason: &str) -> StoreError {
    StoreError::UnsafePath { path: path.to_owned(), reason: reason.to_owned() }
}

/// A single letter before the colon is a Windows drive, not a scheme.
fn split_scheme(uri: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = uri.split_once(':')?;
    let is_scheme = scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    is_scheme.then_some((scheme, rest))
}

fn is_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

/// `file:///p`, `file://localhost/p`, `file:p`, `file:///C:/p`, and `file://C:/p`, which MLflow writes too.
fn from_file(rest: &str, uri: &str) -> Named {
    let rest = percent_decode_str(rest).decode_utf8_lossy().into_owned();
    let path = match rest.strip_prefix("//") {
        None => rest.as_str(),
        Some(rest) if is_drive(rest) => rest,
        Some(rest) => match rest.split_once(['/', '\\']) {
            Some(("" | "localhost" | "127.0.0.1", _)) => &rest[rest.find(['/', '\\']).unwrap_or(0)..],
            // A share of another machine. It is not opened: that would log this user on there.
            _ => {
                return Named {
                    place: without_password(uri),
                    kind: Kind::Foreign,
                    segments: segments(rest.split(['/', '\\'])).1,
                };
            }
        },
    };
    let path = path.strip_prefix('/').filter(|path| is_drive(path)).unwrap_or(path);
    from_path(path, uri)
}

fn from_path(path: &str, uri: &str) -> Named {
    let named = |kind, segments| Named { place: without_password(uri), kind, segments };
    let share = path.starts_with("\\\\") || path.starts_with("//");
    if is_drive(path) || share {
        let (_, names) = segments(path.split(['/', '\\']));
        let native = cfg!(windows) && !share && Path::new(path).is_absolute();
        let kind = if native { Kind::Absolute(PathBuf::from(path)) } else { Kind::Foreign };
        // The drive is no name of a folder.
        return named(kind, names.into_iter().filter(|name| !is_drive(name)).collect());
    }
    // Elsewhere than on Windows a name may contain a backslash, but a path with nothing else is Windows'.
    let windows = cfg!(windows) || (path.contains('\\') && !path.contains('/'));
    let (up, names) = if windows { segments(path.split(['/', '\\'])) } else { segments(path.split('/')) };
    if path.starts_with('/') {
        let native: PathBuf = std::iter::once("/").chain(names.iter().map(String::as_str)).collect();
        return named(if cfg!(windows) { Kind::Foreign } else { Kind::Absolute(native) }, names);
    }
    named(if path.starts_with('\\') { Kind::Foreign } else { Kind::Relative { up } }, names)
}

/// The names on a path, and how many steps up it begins with.
fn segments<'a>(parts: impl Iterator<Item = &'a str>) -> (usize, Vec<String>) {
    let (mut up, mut names) = (0, Vec::new());
    for part in parts {
        match part {
            "" | "." => {}
            ".." => {
                if names.pop().is_none() {
                    up += 1;
                }
            }
            name => names.push(name.to_owned()),
        }
    }
    (up, names)
}

fn without_password(uri: &str) -> String {
    let Some((scheme, rest)) = uri.split_once("://") else { return uri.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match authority.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split_once(':').map_or(user, |(user, _)| user);
            format!("{scheme}://{user}@{host}{path}")
        }
        None => uri.to_owned(),
    }
}

/// `folder/path`, where `path` has `/` between segments and does not climb.
pub fn join(folder: &Path, path: &str, whole: &str) -> Result<PathBuf> {
    let mut joined = folder.to_owned();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => return Err(unsafe_path(whole, "it leads out of its folder")),
            segment if segment.contains('\0') => return Err(unsafe_path(whole, "it contains a NUL character")),
            segment if cfg!(windows) && segment.contains(['\\', ':']) => {
                return Err(unsafe_path(whole, "it contains characters that mean something else on Windows"));
            }
            segment => joined.push(segment),
        }
    }
    Ok(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(uri: &str) -> Named {
        Named::read(uri).unwrap_or_else(|error| panic!("{uri}: {error}"))
    }

    fn tails(uri: &str, id: &str) -> Vec<String> {
        read(uri).tails(id).iter().map(|tail| tail.display().to_string()).collect()
    }

    #[test]
    fn every_form_of_a_proxied_uri_is_the_same_path() {
        for uri in [
            "mlflow-artifacts:/1/abc/artifacts",
            "mlflow-artifacts:///1/abc/artifacts",
            "mlflow-artifacts://host/1/abc/artifacts",
            "mlflow-artifacts://host:5000/1/abc/artifacts",
            "http://host/api/2.0/mlflow-artifacts/artifacts/1/abc/artifacts",
            "https://host:5000/prefix/api/2.0/mlflow-artifacts/artifacts/1/abc/artifacts?x=1",
            "MLFLOW-ARTIFACTS:/1/abc/artifacts",
        ] {
            assert_eq!(
                (read(uri).kind, read(uri).segments.join("/").as_str()),
                (Kind::Proxied, "1/abc/artifacts"),
                "{uri}"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn every_form_of_a_path_is_what_it_was_where_it_was_written() {
        let absolute = |path: &str| Kind::Absolute(PathBuf::from(path));
        let tail = "mlruns/1/abc/artifacts";
        for (uri, kind, segments) in [
            ("/p/mlruns/1/abc/artifacts", absolute("/p/mlruns/1/abc/artifacts"), format!("p/{tail}")),
            ("/p/x/../mlruns/1/abc/artifacts", absolute("/p/mlruns/1/abc/artifacts"), format!("p/{tail}")),
            ("file:///p/a%20b", absolute("/p/a b"), "p/a b".to_owned()),
            ("file://localhost/p", absolute("/p"), "p".to_owned()),
            ("file:/p", absolute("/p"), "p".to_owned()),
            ("file:mlruns/1", Kind::Relative { up: 0 }, "mlruns/1".to_owned()),
            ("./mlruns/1/abc/artifacts", Kind::Relative { up: 0 }, tail.to_owned()),
            (".\\mlruns\\1\\abc\\artifacts", Kind::Relative { up: 0 }, tail.to_owned()),
            ("../mlruns/1/abc/artifacts", Kind::Relative { up: 1 }, tail.to_owned()),
            ("..\\..\\mlruns\\1\\abc\\artifacts", Kind::Relative { up: 2 }, tail.to_owned()),
            ("a\\b/c", Kind::Relative { up: 0 }, "a\\b/c".to_owned()),
            ("C:\\proj\\mlruns\\1\\abc\\artifacts", Kind::Foreign, format!("proj/{tail}")),
            ("C:/proj/mlruns/1/abc/artifacts", Kind::Foreign, format!("proj/{tail}")),
            ("file://C:/proj/mlruns/1/abc/artifacts", Kind::Foreign, format!("proj/{tail}")),
            ("file:///C:/proj/mlruns/1/abc/artifacts", Kind::Foreign, format!("proj/{tail}")),
            ("file:///C:%5Cproj%5Cmlruns%5C1%5Cabc%5Cartifacts", Kind::Foreign, format!("proj/{tail}")),
            ("file://server/share/mlruns/1", Kind::Foreign, "server/share/mlruns/1".to_owned()),
            ("\\\\server\\share\\1", Kind::Foreign, "server/share/1".to_owned()),
            ("//server/share/1", Kind::Foreign, "server/share/1".to_owned()),
            ("\\mlruns\\1", Kind::Foreign, "mlruns/1".to_owned()),
            ("s3://bucket/p/1", Kind::Remote { scheme: "s3".to_owned() }, "p/1".to_owned()),
            ("dbfs:/p/1", Kind::Remote { scheme: "dbfs".to_owned() }, "p/1".to_owned()),
        ] {
            assert_eq!((read(uri).kind, read(uri).segments.join("/")), (kind, segments), "{uri}");
        }
    }

    #[test]
    fn a_place_is_found_again_by_the_tails_that_name_the_run() {
        assert_eq!(
            tails("C:\\proj\\mlruns\\1\\abc\\artifacts", "abc"),
            ["proj/mlruns/1/abc/artifacts", "mlruns/1/abc/artifacts", "1/abc/artifacts", "abc/artifacts"]
        );
        assert_eq!(tails("s3://bucket/1/models/m-1/artifacts", "m-1").last().unwrap(), "m-1/artifacts");
        // Without it, only what is beside a database by MLflow's own habit.
        assert_eq!(tails("/x/mlruns/1/shared", "abc"), ["mlruns/1/shared"]);
        assert!(tails("/etc", "abc").is_empty() && tails("/home/me/.ssh", "abc").is_empty());
    }

    #[test]
    fn what_names_no_place_or_a_hostile_one_is_refused_in_words() {
        for uri in ["", "runs:/abc/model", "models:/churn/1"] {
            assert!(matches!(Named::read(uri), Err(StoreError::NotFound { .. })), "{uri}");
        }
        for uri in ["mlflow-artifacts:/../../etc", "http://h/../etc", "/a\0b", "mlflow-artifacts:/a\0b"] {
            assert!(matches!(Named::read(uri), Err(StoreError::UnsafePath { .. })), "{uri}");
        }
        assert_eq!(read("sftp://ana:secret@host/p").place, "sftp://ana@host/p");
    }
}
