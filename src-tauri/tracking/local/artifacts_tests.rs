//! Listing and reading with real files, and every way out of the root that was thought of.

#![allow(clippy::unwrap_used)]

use futures_util::TryStreamExt;

use super::super::LocalStore;
use super::super::fixture::{Folder, list, read, run_id};
use super::*;

const FOLDER: &str = "mlartifacts/1/run00000000000000000000000000000/artifacts";

fn root() -> ArtifactRoot {
    ArtifactRoot::Run(run_id(0))
}

async fn with_files() -> (Folder, LocalStore) {
    let folder = Folder::newest().await;
    folder.write(&format!("{FOLDER}/top.txt"), b"0123456789");
    folder.write(&format!("{FOLDER}/dir/in side/ü.txt"), b"deep");
    folder.write(&format!("{FOLDER}/empty"), b"");
    folder.write("outside.txt", b"secret");
    folder.write("mlartifacts/1/models/m-0/artifacts/MLmodel", b"flavors:");
    let store = folder.open().await;
    (folder, store)
}

async fn bytes(store: &LocalStore, path: &str, range: Option<Range<u64>>) -> Result<Vec<u8>> {
    let body = read(store, &root(), path, range).await?;
    let expected = body.size_bytes.unwrap();
    let chunks: Vec<Bytes> = body.stream.try_collect().await?;
    let bytes = chunks.concat();
    assert_eq!(bytes.len() as u64, expected);
    Ok(bytes)
}

async fn names(store: &LocalStore, path: &str) -> Vec<String> {
    let entries = list(store, &root(), path).await.unwrap();
    entries.into_iter().map(|entry| entry.path).collect()
}

#[tokio::test]
async fn folders_are_listed_and_files_read() {
    let (_folder, store) = with_files().await;
    let top = list(&store, &root(), "").await.unwrap();
    let expected = [("dir", true, None), ("empty", false, Some(0)), ("top.txt", false, Some(10))];
    let found: Vec<_> = top.iter().map(|entry| (entry.path.as_str(), entry.is_dir, entry.size_bytes)).collect();
    assert_eq!(found, expected);
    assert_eq!(names(&store, "dir").await, ["dir/in side"]);
    assert_eq!(names(&store, "dir/in side/").await, ["dir/in side/ü.txt"]);
    assert!(names(&store, "top.txt").await.is_empty());
    assert!(names(&store, "missing").await.is_empty());
    assert_eq!(bytes(&store, "dir/in side/ü.txt", None).await.unwrap(), b"deep");
    assert_eq!(bytes(&store, "empty", None).await.unwrap(), b"");
    let model = ArtifactRoot::LoggedModel("m-0".into());
    assert_eq!(list(&store, &model, "").await.unwrap()[0].path, "MLmodel");
}

#[tokio::test]
async fn parts_of_a_file() {
    let (folder, store) = with_files().await;
    assert_eq!(bytes(&store, "top.txt", Some(2..5)).await.unwrap(), b"234");
    assert_eq!(bytes(&store, "top.txt", Some(8..500)).await.unwrap(), b"89");
    assert_eq!(bytes(&store, "top.txt", Some(10..20)).await.unwrap(), b"");
    assert_eq!(bytes(&store, "top.txt", Some(99..100)).await.unwrap(), b"");
    #[allow(clippy::reversed_empty_ranges)] // A caller may be wrong.
    let backwards = Some(5..2);
    assert_eq!(bytes(&store, "top.txt", backwards).await.unwrap(), b"");
    let long: Vec<u8> = (0..1_000_003_u32).map(|i| (i % 251) as u8).collect();
    folder.write(&format!("{FOLDER}/long"), &long);
    assert_eq!(bytes(&store, "long", None).await.unwrap(), long);
    assert_eq!(bytes(&store, "long", Some(200_000..700_001)).await.unwrap(), &long[200_000..700_001]);
}

#[tokio::test]
async fn a_file_that_is_not_there_and_a_folder_are_not_read() {
    let (_folder, store) = with_files().await;
    assert!(matches!(bytes(&store, "missing", None).await, Err(StoreError::NotFound { .. })));
    assert!(matches!(bytes(&store, "dir", None).await, Err(StoreError::Refused { .. })));
    let missing = ArtifactRoot::Run("missing".into());
    assert!(matches!(list(&store, &missing, "").await, Err(StoreError::NotFound { .. })));
}

#[tokio::test]
async fn paths_that_climb_are_refused() {
    let (_folder, store) = with_files().await;
    for path in ["..", "../top.txt", "dir/../../../../../outside.txt", "/etc/passwd", "dir/..", "a\0b"] {
        let read = bytes(&store, path, None).await;
        assert!(matches!(read, Err(StoreError::UnsafePath { .. })), "{path:?}: {read:?}");
        let listed = list(&store, &root(), path).await;
        assert!(matches!(listed, Err(StoreError::UnsafePath { .. })), "{path:?}: {listed:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn links_that_lead_out_are_not_followed() {
    use std::os::unix::fs::symlink;
    let (folder, store) = with_files().await;
    let here = folder.path().join(FOLDER);
    symlink(folder.path().join("outside.txt"), here.join("out.txt")).unwrap();
    symlink(folder.path(), here.join("out")).unwrap();
    symlink(here.join("gone"), here.join("broken")).unwrap();
    symlink(here.join("top.txt"), here.join("dir/inner.txt")).unwrap();
    assert_eq!(names(&store, "").await, ["broken", "dir", "empty", "out", "out.txt", "top.txt"]);
    assert!(
        list(&store, &root(), "")
            .await
            .unwrap()
            .iter()
            .all(|entry| !entry.path.starts_with("out") || (!entry.is_dir && entry.size_bytes.is_none()))
    );
    assert_eq!(names(&store, "dir").await, ["dir/in side", "dir/inner.txt"]);
    for path in ["out.txt", "out/outside.txt", "out/mlflow.db"] {
        let read = bytes(&store, path, None).await;
        assert!(matches!(read, Err(StoreError::ArtifactsElsewhere { .. })), "{path}: {read:?}");
    }
    assert!(matches!(list(&store, &root(), "out").await, Err(StoreError::ArtifactsElsewhere { .. })));
    assert!(matches!(bytes(&store, "broken", None).await, Err(StoreError::NotFound { .. })));
    assert_eq!(bytes(&store, "dir/inner.txt", None).await.unwrap(), b"0123456789");
}

#[cfg(unix)]
#[tokio::test]
async fn a_pipe_is_not_opened() {
    let (folder, store) = with_files().await;
    let pipe = folder.path().join(FOLDER).join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert!(!names(&store, "").await.contains(&"pipe".to_owned()));
    assert!(matches!(bytes(&store, "pipe", None).await, Err(StoreError::Refused { .. })));
}
