//! What is shown of files that MLflow's own client logged, read from a server.

use std::process::Command;

use podium::artifacts::{Look, LookAs, Preview, preview, save_folder};
use podium::entities::ArtifactRoot;
use podium::tracking::TrackingStore;
use podium::tracking::rest::RestStore;

use crate::common::fixture::fixture;
use crate::common::mlflow::{Version, repository};

async fn logged_files_are_shown(version: Version) {
    let server = &fixture(version).server;
    let log = Command::new(version.python())
        .arg(repository().join("tests/tools/log_files.py"))
        .arg(&server.url)
        .output()
        .expect("the client starts");
    assert!(log.status.success(), "{}", String::from_utf8_lossy(&log.stderr));
    let run_id = String::from_utf8_lossy(&log.stdout).lines().last().expect("a run id").trim().to_owned();
    let store = RestStore::connect(&server.url).await.expect("the server answers");
    let logged = store.artifact_store_for(&ArtifactRoot::Run(run_id)).await.expect("files");
    let look = async |path: &str| -> Look {
        preview(&*logged, path, &LookAs::default()).await.unwrap_or_else(|error| panic!("{path}: {error:?}"))
    };
    let text = |look: &Look| match &look.preview {
        Preview::Text { text, .. } => text.trim_end().to_owned(),
        other => panic!("{other:?}"),
    };

    for (name, expected) in [
        ("plots\\loss.txt", "a name from Windows"),
        ("...", "three dots"),
        (".. ", "two dots and a space"),
        ("CON", "a device"),
        ("end. ", "a dot and a space"),
        ("ORC.txt", "ORC is a format of tables"),
        ("ID3", "ID3 trees, entropy 0.25"),
    ] {
        assert_eq!(text(&look(name).await), expected, "{name}");
    }
    for (name, encoding, expected) in [
        ("cp1251.txt", "windows-1251", "Обучение завершено, потери меньше прежних"),
        ("shift_jis.log", "Shift_JIS", "学習が終わりました。損失は小さいです。"),
    ] {
        let found = look(name).await;
        assert_eq!(text(&found), expected);
        assert_eq!(found.text.map(|text| (text.encoding, text.damaged)), Some((encoding.to_owned(), false)));
    }
    let log = text(&look("train.log").await);
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), 3, "{log}");
    assert!(lines[1].ends_with("| 1000/1000") && lines[2] == "\u{1b}[31mend", "{log}");
    let Preview::Markdown { html, .. } = look("rule.md").await.preview else { panic!("a readme") };
    assert!(html.contains("<h1>Results</h1>") && html.contains("All went well."), "{html}");
    assert!(text(&look("nan.json").await).contains("\"a\": NaN,\n"));

    let numbered = look("tables/numbered.json").await;
    let Preview::Table { columns, rows, truncated: false } = numbered.preview else { panic!("{numbered:?}") };
    assert_eq!(columns, ["0", "1"]);
    assert_eq!((rows.len(), rows[0][0].as_str(), rows[1][1].as_str()), (2, "1.5", "b"));
    let large = look("tables/large.json").await;
    let Preview::Table { columns, rows, truncated: true } = large.preview else { panic!("{:?}", large.text) };
    assert_eq!((columns.as_slice(), rows.len()), (["question", "score"].map(String::from).as_slice(), 10_000));
    assert!(large.size_bytes.is_some_and(|bytes| bytes > 2_500_000), "{:?}", large.size_bytes);

    // Every one of these names can be saved, beside all the others.
    let out = tempfile::tempdir().expect("a folder");
    let files = save_folder(&*logged, "", &out.path().join("copy"), &mut |_| {}).await;
    assert_eq!(files, Ok(14));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mlflow3_shows_what_its_client_logged() {
    logged_files_are_shown(Version::Newest).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mlflow2_shows_what_its_client_logged() {
    logged_files_are_shown(Version::Two).await;
}
