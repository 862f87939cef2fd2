//! Copies that succeed, and copies that must leave nothing behind.

use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream};

use super::*;
use crate::entities::{ArtifactEntry, ArtifactRoot};
use crate::tracking::local::fixture::{Folder, run_id};
use crate::tracking::{ArtifactBody, TrackingStore};

/// The files of a run that logged this one.
async fn with_file(path: &str, bytes: &[u8]) -> (Folder, Box<dyn ArtifactStore>) {
    let folder = Folder::newest().await;
    folder.write(&format!("mlartifacts/1/{}/artifacts/{path}", run_id(0)), bytes);
    let files = folder.open().await.artifact_store_for(&ArtifactRoot::Run(run_id(0))).await.unwrap();
    (folder, files)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_file_is_copied_and_replaces_what_was_there() {
    let long: Vec<u8> = (0..500_000_u32).map(|i| (i % 253) as u8).collect();
    let (_folder, files) = with_file("model/weights.bin", &long).await;
    let out = tempfile::tempdir().unwrap();
    let target = out.path().join("weights.bin");
    fs::write(&target, b"old").unwrap();
    let mut told = Vec::new();
    let bytes = save_with(&*files, "model/weights.bin", &target, &mut |progress| told.push(progress)).await;
    assert_eq!(bytes, Ok(500_000));
    assert_eq!(fs::read(&target).unwrap(), long);
    assert_eq!(names(out.path()), ["weights.bin"]);
    assert!(told.len() > 2 && told.is_sorted_by_key(|progress| progress.bytes));
    assert_eq!(told.last(), Some(&Progress { files: 0, bytes: 500_000, total_bytes: Some(500_000) }));
}

#[tokio::test]
async fn the_longest_name_can_be_saved() {
    let (_folder, files) = with_file("a.txt", b"x").await;
    let out = tempfile::tempdir().unwrap();
    let name = "é".repeat(127);
    assert_eq!(save(&*files, "a.txt", &out.path().join(&name)).await, Ok(1));
    assert_eq!(names(out.path()), [name]);
}

#[tokio::test]
async fn what_cannot_be_read_leaves_nothing() {
    let (_folder, files) = with_file("a.txt", b"x").await;
    let out = tempfile::tempdir().unwrap();
    for path in ["missing.txt", "../../../../mlflow.db", ""] {
        assert!(save(&*files, path, &out.path().join("copy")).await.is_err(), "{path}");
    }
    assert!(names(out.path()).is_empty());
}

#[tokio::test]
async fn a_target_that_cannot_be_written() {
    let (_folder, files) = with_file("a.txt", b"x").await;
    let out = tempfile::tempdir().unwrap();
    let missing = save(&*files, "a.txt", &out.path().join("no/such/copy")).await;
    assert!(
        matches!(&missing, Err(StoreError::Io { reason, .. }) if reason == "its folder does not exist"),
        "{missing:?}"
    );
    let taken = out.path().join("taken");
    fs::create_dir(&taken).unwrap();
    fs::write(taken.join("inside"), b"kept").unwrap();
    assert!(save(&*files, "a.txt", &taken).await.is_err());
    assert_eq!(names(out.path()), ["taken"]);
    assert_eq!(names(&taken), ["inside"]);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_named_and_leaves_nothing() {
    let out = tempfile::tempdir().unwrap();
    let mount = ["-t", "tmpfs", "-o", "size=64k", "tmpfs"];
    let mounted = std::process::Command::new("mount").args(mount).arg(out.path()).output();
    // Only the superuser may make such a small disk.
    if !mounted.is_ok_and(|mounted| mounted.status.success()) {
        return;
    }
    let (_folder, files) = with_file("a.bin", &[1; 200_000]).await;
    let target = out.path().join("a.bin");
    fs::write(&target, b"old").unwrap();
    let saved = save(&*files, "a.bin", &target).await;
    let left = (names(out.path()), fs::read(&target).unwrap());
    let unmounted = std::process::Command::new("umount").arg("-l").arg(out.path()).status();
    assert_eq!(saved, Err(StoreError::DiskFull { path: target }));
    assert_eq!(left, (vec!["a.bin".to_owned()], b"old".to_vec()));
    assert!(unmounted.unwrap().success());
}

#[tokio::test]
async fn a_folder_is_copied_whole() {
    let (folder, files) = with_file("model/MLmodel", b"flavors:").await;
    let own = format!("mlartifacts/1/{}/artifacts/model", run_id(0));
    folder.write(&format!("{own}/data/weights"), b"12");
    #[cfg(unix)]
    folder.write(&format!("{own}/a:b?.txt"), b"3");
    let out = tempfile::tempdir().unwrap();
    let target = out.path().join("copy");
    let mut last = None;
    let saved = save_folder(&*files, "model", &target, &mut |progress| last = Some(progress)).await;
    let expected = if cfg!(unix) { 3 } else { 2 };
    assert_eq!(saved, Ok(expected));
    assert_eq!(last.unwrap().files, expected);
    assert_eq!(fs::read(target.join("data/weights")).unwrap(), b"12");
    assert_eq!(names(out.path()), ["copy"]);
    #[cfg(unix)]
    assert_eq!(names(&target), ["MLmodel", "a_b_.txt", "data"]);
    let again = save_folder(&*files, "model", &target, &mut |_| {}).await;
    assert!(matches!(again, Err(StoreError::Io { .. })), "what is there is not touched");
}

/// Files that are served in the ways that a server can go wrong.
struct Bad {
    serve: fn() -> ArtifactBody,
    entries: Vec<&'static str>,
}

impl Bad {
    fn new(serve: fn() -> ArtifactBody) -> Self {
        Self { serve, entries: Vec::new() }
    }
}

#[async_trait]
impl ArtifactStore for Bad {
    async fn list(&self, path: &str) -> Result<Vec<ArtifactEntry>> {
        let entry = |name: &&str| {
            let path = if path.is_empty() { (*name).to_owned() } else { format!("{path}/{name}") };
            ArtifactEntry { is_dir: name.starts_with("loop"), path, size_bytes: None }
        };
        Ok(self.entries.iter().map(entry).collect())
    }
    async fn read(&self, _: &str, _: Option<Range<u64>>) -> Result<ArtifactBody> {
        Ok((self.serve)())
    }
}

fn body(size_bytes: Option<u64>, chunks: Vec<Result<Bytes>>) -> ArtifactBody {
    ArtifactBody { size_bytes, stream: stream::iter(chunks).boxed() }
}

#[tokio::test]
async fn a_body_that_breaks_off_leaves_the_old_file() {
    let broken = || {
        let error = StoreError::Unreachable { address: "x".into(), reason: "gone".into() };
        body(None, vec![Ok(Bytes::from_static(b"half")), Err(error)])
    };
    let short = || body(Some(9), vec![Ok(Bytes::from_static(b"half"))]);
    for serve in [broken, short] {
        let out = tempfile::tempdir().unwrap();
        let target = out.path().join("a.txt");
        fs::write(&target, b"old").unwrap();
        assert!(save(&Bad::new(serve), "a.txt", &target).await.is_err());
        assert_eq!((names(out.path()), fs::read(&target).unwrap()), (vec!["a.txt".to_owned()], b"old".to_vec()));
    }
}

#[tokio::test]
async fn a_copy_that_is_cancelled_leaves_nothing() {
    let endless = || ArtifactBody {
        size_bytes: None,
        stream: stream::iter([Ok(Bytes::from_static(b"half"))]).chain(stream::pending()).boxed(),
    };
    let out = tempfile::tempdir().unwrap();
    let files = Bad::new(endless);
    let (began, began_told) = tokio::sync::oneshot::channel();
    let mut began = Some(began);
    let target = out.path().join("a.txt");
    let at = target.as_path();
    let mut tell = |_| {
        if let Some(began) = began.take() {
            began.send(()).unwrap();
        }
    };
    let copy = save_with(&files, "a.txt", at, &mut tell);
    tokio::select! {
        ended = copy => panic!("{ended:?}"),
        told = began_told => told.unwrap(),
    }
    assert!(names(out.path()).is_empty());
}

#[tokio::test]
async fn a_listing_of_hostile_names_writes_nothing_outside() {
    let serve = || body(None, vec![Ok(Bytes::from_static(b"x"))]);
    let out = tempfile::tempdir().unwrap();
    let files = Bad { entries: vec!["a\0b"], ..Bad::new(serve) };
    let saved = save_folder(&files, "", &out.path().join("copy"), &mut |_| {}).await;
    assert!(matches!(saved, Err(StoreError::UnsafePath { .. })), "{saved:?}");
    assert!(names(out.path()).is_empty());
    // What means something else on this or another system gets another name.
    let entries = vec!["..\\..\\evil", "C:evil", "...", ". .", "nul.txt", "end. "];
    let files = Bad { entries, ..Bad::new(serve) };
    assert_eq!(save_folder(&files, "", &out.path().join("copy"), &mut |_| {}).await, Ok(6));
    assert_eq!(names(&out.path().join("copy")), [".._.._evil", "C_evil", "_", "_ (2)", "_nul.txt", "end"]);
    assert_eq!(names(out.path()), ["copy"]);
    // Names that climb are not even listed; names that only differ in case do not overwrite.
    let out = tempfile::tempdir().unwrap();
    let files = Bad { entries: vec!["..", "../up", "/abs", "A.txt", "a.txt", "con"], ..Bad::new(serve) };
    assert_eq!(save_folder(&files, "", &out.path().join("copy"), &mut |_| {}).await, Ok(4));
    assert_eq!(names(&out.path().join("copy")), ["A.txt", "_con", "a (2).txt", "abs"]);
    assert_eq!(names(out.path()), ["copy"]);
}

#[tokio::test]
async fn a_listing_that_goes_in_circles_ends() {
    let out = tempfile::tempdir().unwrap();
    let files = Bad { entries: vec!["loop"], ..Bad::new(|| body(None, vec![])) };
    let saved = save_folder(&files, "", &out.path().join("copy"), &mut |_| {}).await;
    assert!(matches!(saved, Err(StoreError::UnsafePath { .. })), "{saved:?}");
    assert!(names(out.path()).is_empty());
}
