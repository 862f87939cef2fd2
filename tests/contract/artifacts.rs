//! Trees of artifacts and the bytes in them.

use std::ops::Range;

use futures_util::TryStreamExt;
use podium::entities::{ArtifactEntry, ArtifactRoot};
use podium::tracking::{Result, StoreError};

use crate::Subject;
use crate::common::mlflow::Version;

const BIG_BYTES: u64 = 300_000;

fn files(s: &Subject) -> ArtifactRoot {
    ArtifactRoot::Run(s.fixture.run_id("files").into())
}

async fn read(s: &Subject, root: &ArtifactRoot, path: &str, range: Option<Range<u64>>) -> Result<Vec<u8>> {
    let body = s.store.artifact_store_for(root).await?.read(path, range).await?;
    let said = body.size_bytes;
    let bytes: Vec<_> = body.stream.try_collect().await?;
    let bytes = bytes.concat();
    if let Some(said) = said {
        assert_eq!(said, bytes.len() as u64, "{path}: the size that was announced");
    }
    Ok(bytes)
}

async fn try_list(s: &Subject, root: &ArtifactRoot, path: &str) -> Result<Vec<ArtifactEntry>> {
    s.store.artifact_store_for(root).await?.list(path).await
}

async fn list(s: &Subject, root: &ArtifactRoot, path: &str) -> Vec<ArtifactEntry> {
    let mut entries = try_list(s, root, path).await.unwrap();
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    entries
}

fn file(path: &str, size: u64) -> ArtifactEntry {
    ArtifactEntry { path: path.into(), is_dir: false, size_bytes: Some(size) }
}

fn folder(path: &str) -> ArtifactEntry {
    ArtifactEntry { path: path.into(), is_dir: true, size_bytes: None }
}

pub async fn folders_are_listed_one_level_at_a_time(s: &Subject) {
    let expected = [
        file("50% a+b&c=d.txt", 9),
        file("big.bin", BIG_BYTES),
        folder("dir"),
        file("empty.txt", 0),
        file("note.txt", 13),
        folder("図"),
    ];
    let mut found = list(s, &files(s), "").await;
    // A server leaves out a size of zero.
    found.iter_mut().filter(|entry| entry.path == "empty.txt").for_each(|entry| entry.size_bytes = Some(0));
    assert_eq!(found, expected);
    assert_eq!(list(s, &files(s), "dir").await, [folder("dir/deeper"), file("dir/inner.json", 15)]);
    assert_eq!(list(s, &files(s), "dir/deeper").await, [file("dir/deeper/leaf.csv", 8)]);
    assert_eq!(list(s, &files(s), "図").await, [file("図/予測 1.txt", 7)]);
    let bare = ArtifactRoot::Run(s.fixture.run_id("plain").into());
    let own = list(s, &bare, "").await;
    assert_eq!(own, [], "a run that logged no files; its logged model's files are the model's");
}

pub async fn files_are_read_whatever_their_name(s: &Subject) {
    for (path, content) in [
        ("note.txt", "a plain note\n"),
        ("dir/deeper/leaf.csv", "a,b\n1,2\n"),
        ("図/予測 1.txt", "予測\n"),
        ("50% a+b&c=d.txt", "odd name\n"),
        ("empty.txt", ""),
    ] {
        assert_eq!(read(s, &files(s), path, None).await.unwrap(), content.as_bytes(), "{path}");
    }
}

pub async fn a_part_of_a_file_is_read(s: &Subject) {
    let whole: Vec<u8> = (0..BIG_BYTES).map(|i| (i * 31 % 251) as u8).collect();
    assert!(read(s, &files(s), "big.bin", None).await.unwrap() == whole, "the whole file");
    for range in [0..1, 100..200, 65_530..65_545, BIG_BYTES - 10..BIG_BYTES] {
        let part = read(s, &files(s), "big.bin", Some(range.clone())).await.unwrap();
        assert_eq!(part, whole[range.start as usize..range.end as usize], "{range:?}");
    }
    let tail = read(s, &files(s), "big.bin", Some(BIG_BYTES - 10..BIG_BYTES + 500)).await.unwrap();
    assert_eq!(tail, whole[whole.len() - 10..], "what there is of a range that reaches past the end");
    let empty = read(s, &files(s), "empty.txt", Some(0..1000)).await.unwrap();
    assert_eq!(empty, b"", "the head of an empty file");
}

pub async fn what_is_not_there_has_no_entries_and_no_bytes(s: &Subject) {
    assert_eq!(list(s, &files(s), "no such folder").await, []);
    assert_eq!(list(s, &files(s), "note.txt").await, [], "a file has no entries");
    for path in ["missing.txt", "dir/missing.txt", "missing/missing.txt"] {
        let answer = read(s, &files(s), path, None).await;
        assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{path}: {answer:?}");
    }
    assert!(read(s, &files(s), "dir", None).await.is_err(), "a folder has no bytes");
    let missing = ArtifactRoot::Run("0".repeat(32));
    let answer = try_list(s, &missing, "").await;
    assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{answer:?}");
    let answer = read(s, &missing, "note.txt", None).await;
    assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{answer:?}");
}

pub async fn a_path_never_leaves_its_run(s: &Subject) {
    for path in [
        "../artifacts/note.txt",
        "dir/../../artifacts/note.txt",
        "/etc/hostname",
        "../../../../mlflow.db",
        "dir/../note.txt",
    ] {
        let answer = read(s, &files(s), path, None).await;
        assert!(answer.is_err(), "{path} was read: {answer:?}");
    }
    for path in ["..", "../..", "/"] {
        let answer = try_list(s, &files(s), path).await;
        assert!(answer.as_ref().is_err() || answer.as_ref().is_ok_and(Vec::is_empty), "{path} was listed: {answer:?}");
    }
}

pub async fn a_logged_model_has_its_own_files(s: &Subject) {
    let Some(model_id) = s.fixture.logged_model_id() else {
        assert_eq!(s.version, Version::Two);
        let answer = s.store.get_logged_model("m-00000000000000000000000000000000").await;
        assert!(matches!(answer, Err(StoreError::Unsupported { .. })), "{answer:?}");
        return;
    };
    let model = s.store.get_logged_model(model_id).await.unwrap();
    assert_eq!((model.model_id.as_str(), model.name.as_str()), (model_id, "classifier"));
    assert_eq!(model.experiment_id, s.fixture.experiment_id("main"));
    assert_eq!(model.source_run_id.as_deref(), Some(s.fixture.run_id("plain")));
    assert_eq!(model.model_type, "agent");
    assert!(model.status.ends_with("READY"), "{}", model.status);
    assert_eq!(podium::entities::tag_value(&model.tags, "flavor"), Some("fixture"));
    let run = s.store.get_run(s.fixture.run_id("plain")).await.unwrap();
    let outputs: Vec<_> = run.model_outputs.iter().map(|output| (output.model_id.as_str(), output.step)).collect();
    assert_eq!(outputs, [(model_id, 7)]);

    let root = ArtifactRoot::LoggedModel(model_id.into());
    assert_eq!(list(s, &root, "").await, [file("MLmodel", 20), folder("data")]);
    assert_eq!(list(s, &root, "data").await, [file("data/weights.bin", 3)]);
    assert_eq!(read(s, &root, "MLmodel", None).await.unwrap(), b"model_uuid: fixture\n");
    assert_eq!(read(s, &root, "data/weights.bin", Some(1..3)).await.unwrap(), [1, 2]);
    let answer = read(s, &root, "missing", None).await;
    assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{answer:?}");
    let answer = s.store.get_logged_model("m-00000000000000000000000000000000").await;
    assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{answer:?}");
}
