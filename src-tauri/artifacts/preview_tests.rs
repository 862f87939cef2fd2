//! Real files in a real store, the hostile ones too.

use super::*;
use crate::entities::ArtifactRoot;
use crate::tracking::TrackingStore;
use crate::tracking::local::LocalStore;
use crate::tracking::local::fixture::{Folder, run_id};

struct Files {
    folder: Folder,
    store: LocalStore,
}

impl Files {
    async fn new() -> Self {
        let folder = Folder::newest().await;
        let store = folder.open().await;
        Self { folder, store }
    }

    /// The files of the run that they are written to.
    async fn of_run(&self) -> Box<dyn ArtifactStore> {
        self.store.artifact_store_for(&ArtifactRoot::Run(run_id(0))).await.unwrap()
    }

    async fn look(&self, name: &str, bytes: &[u8]) -> Preview {
        self.look_as(name, bytes, &LookAs::default()).await.preview
    }

    async fn look_as(&self, name: &str, bytes: &[u8], wish: &LookAs) -> Look {
        self.folder.write(&format!("mlartifacts/1/{}/artifacts/{name}", run_id(0)), bytes);
        preview(&*self.of_run().await, name, wish).await.unwrap()
    }

    async fn image(&self, name: &str) -> Result<Vec<u8>> {
        image(&*self.of_run().await, name).await
    }
}

/// A PNG's signature and header, and then whatever.
fn png(width: u32, height: u32, rest: usize) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.resize(bytes.len() + rest, 7);
    bytes
}

#[tokio::test]
async fn texts_whole_and_in_part() {
    let files = Files::new().await;
    let small = files.look_as("a.py", "print('é')\n".as_bytes(), &LookAs::default()).await;
    let expected = Look {
        preview: Preview::Text {
            text: "print('é')\n".into(),
            language: "python".into(),
            truncated: false,
            overwritten: false,
        },
        text: Some(TextRead { encoding: "UTF-8".into(), damaged: false }),
        has_source: false,
        read_bytes: 12,
        size_bytes: Some(12),
    };
    assert_eq!(small, expected);
    // Three bytes each, so that no boundary of a head falls between two characters.
    let line = "二".repeat(99) + "\n";
    let large = files.look_as("log.txt", line.repeat(20_000).as_bytes(), &LookAs::default()).await;
    let Look { preview: Preview::Text { text, truncated, .. }, size_bytes, .. } = large else { panic!("{large:?}") };
    assert!(truncated && !text.contains(char::REPLACEMENT_CHARACTER));
    assert!((MOST_TEXT_BYTES - 3..=MOST_TEXT_BYTES).contains(&text.len()), "{}", text.len());
    assert_eq!(size_bytes, Some(298 * 20_000));
    for nothing in [&b""[..], b"\xef\xbb\xbf", b"\xff\xfe"] {
        assert_eq!(files.look("empty.csv", nothing).await, Preview::Empty);
    }
}

#[tokio::test]
async fn a_file_of_exactly_the_limit_is_whole() {
    let files = Files::new().await;
    for (length, whole) in [(SNIFFED_BYTES, true), (MOST_TEXT_BYTES, true), (MOST_TEXT_BYTES + 1, false)] {
        let bytes = "a\n".repeat(length);
        let found = files.look_as("x.txt", &bytes.as_bytes()[..length], &LookAs::default()).await;
        let Look { preview: Preview::Text { text, truncated, .. }, size_bytes, .. } = found else { panic!() };
        assert_eq!((text.len(), truncated), (length.min(MOST_TEXT_BYTES), !whole), "{length}");
        assert_eq!(size_bytes, Some(length as u64));
    }
}

#[tokio::test]
async fn json_is_laid_out_only_where_it_is_whole() {
    let files = Files::new().await;
    let Preview::Text { text, language, .. } = files.look("a.json", b"{\"b\":[1]}").await else { panic!() };
    assert_eq!((text.as_str(), language.as_str()), ("{\n  \"b\": [\n    1\n  ]\n}\n", "json"));
    let Preview::Text { text, .. } = files.look("a.json", b"\xef\xbb\xbf{\"b\": NaN}").await else { panic!() };
    assert_eq!(text, "{\n  \"b\": NaN\n}\n");
    let source = LookAs { source: true, ..LookAs::default() };
    let found = files.look_as("a.json", b"{\"b\": NaN}", &source).await;
    assert!(matches!(&found.preview, Preview::Text { text, .. } if text == "{\"b\": NaN}"), "{found:?}");
    let long = format!("[{}1]", "1,\n".repeat(600_000));
    let Preview::Text { truncated, .. } = files.look("a.json", long.as_bytes()).await else { panic!() };
    assert!(truncated);
}

#[tokio::test]
async fn a_logged_table_is_a_table_however_long_it_is() {
    let files = Files::new().await;
    let rows =
        |count: usize| (0..count).map(|i| format!("[{i}, \"{}\", NaN]", "x".repeat(280))).collect::<Vec<_>>().join(",");
    for (count, whole) in [(1, true), (10_000, true), (20_000, false)] {
        let json = format!(r#"{{"columns": [0, 1, "score"], "data": [{}]}}"#, rows(count));
        let found = files.look_as("eval.json", json.as_bytes(), &LookAs::default()).await;
        let Preview::Table { columns, rows, truncated } = &found.preview else { panic!("{count}: {:?}", found.text) };
        assert_eq!((columns.as_slice(), *truncated), (["0", "1", "score"].map(String::from).as_slice(), !whole));
        assert!(rows.len() == count || !whole && rows.len() > 9_000, "{}", rows.len());
        assert_eq!((rows[0][2].as_str(), found.has_source), ("NaN", true));
        let source = LookAs { source: true, ..LookAs::default() };
        let found = files.look_as("eval.json", json.as_bytes(), &source).await;
        assert!(matches!(found.preview, Preview::Text { language, .. } if language == "json"));
    }
    let lines = files.look("eval.jsonl", b"{\"q\": 1}\n{\"q\": 2}\n").await;
    assert!(matches!(&lines, Preview::Table { rows, .. } if rows.len() == 2), "{lines:?}");
}

#[tokio::test]
async fn text_says_its_encoding_and_can_be_read_in_another() {
    let files = Files::new().await;
    let russian = "Обучение завершено: потери на проверке меньше\n";
    let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(russian);
    let found = files.look_as("log.txt", &bytes, &LookAs::default()).await;
    assert_eq!(found.text, Some(TextRead { encoding: "windows-1251".into(), damaged: false }));
    assert!(matches!(&found.preview, Preview::Text { text, .. } if text == russian), "{found:?}");
    // Letters that come late in a long file count too.
    let late = ["plain words\n".repeat(6_000).as_bytes(), &bytes].concat();
    let found = files.look_as("log.txt", &late, &LookAs::default()).await;
    assert_eq!(found.text.map(|text| text.encoding).as_deref(), Some("windows-1251"));
    let chosen = LookAs { encoding: Some("koi8-r".into()), source: false };
    let found = files.look_as("log.txt", &bytes, &chosen).await;
    assert_eq!(found.text, Some(TextRead { encoding: "KOI8-R".into(), damaged: false }));
    assert!(matches!(&found.preview, Preview::Text { text, .. } if text != russian));
    // A choice counts for what was taken for no text, and what does not fit is told.
    let chosen = LookAs { encoding: Some("utf-8".into()), source: false };
    let found = files.look_as("what.bin", b"\0\x01\x02 \xff", &chosen).await;
    assert_eq!(found.text, Some(TextRead { encoding: "UTF-8".into(), damaged: true }));
    assert!(matches!(&found.preview, Preview::Text { text, .. } if text == "␀␁␂ \u{fffd}"), "{found:?}");
    let chosen = LookAs { encoding: Some("klingon".into()), source: false };
    let refused = preview(&*files.of_run().await, "log.txt", &chosen).await;
    assert!(matches!(refused, Err(StoreError::Refused { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_progress_bar_is_its_last_state_and_all_of_them_on_request() {
    let files = Files::new().await;
    let bar: String =
        (0..=1000).map(|step| format!("\r{:3}%|{}| {step}/1000", step / 10, "█".repeat(step / 20))).collect();
    let log = format!("begin\n{bar}\nend\n");
    let found = files.look_as("train.log", log.as_bytes(), &LookAs::default()).await;
    let Preview::Text { text, overwritten, truncated, .. } = &found.preview else { panic!("{found:?}") };
    assert_eq!(text, &format!("begin\n100%|{}| 1000/1000\nend\n", "█".repeat(50)));
    assert!(*overwritten && !truncated && found.has_source);
    let source = LookAs { source: true, ..LookAs::default() };
    let found = files.look_as("train.log", log.as_bytes(), &source).await;
    let Preview::Text { text, .. } = &found.preview else { panic!("{found:?}") };
    assert_eq!(text.lines().filter(|line| line.ends_with("/1000")).count(), 1001);
    // Where there is no bar, it is how an old Mac ends its lines.
    let mac = files.look("notes.txt", b"first\rsecond\rthird").await;
    assert!(matches!(&mac, Preview::Text { text, .. } if text == "first\nsecond\nthird"), "{mac:?}");
}

#[tokio::test]
async fn names_that_mean_something_elsewhere_are_names() {
    let files = Files::new().await;
    for name in ["plots\\loss.txt", "...", "C:evil", " ", "a. ", "\\start.txt"] {
        if cfg!(unix) {
            let found = files.look(name, b"words").await;
            assert!(matches!(&found, Preview::Text { text, .. } if text == "words"), "{name:?}: {found:?}");
        }
    }
}

#[tokio::test]
async fn tables_from_every_encoding() {
    let files = Files::new().await;
    let expected = Preview::Table {
        columns: vec!["a".into(), "b".into()],
        rows: vec![vec!["1".into(), "é".into()]],
        truncated: false,
    };
    let utf16: Vec<u8> = "\u{feff}a;b\r\n1;é\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let western = b"a;b\r\n1;\xe9\r\n".to_vec();
    for bytes in [b"a,b\n1,\xc3\xa9\n".to_vec(), b"\xef\xbb\xbfa,b\n1,\xc3\xa9".to_vec(), utf16, western] {
        assert_eq!(files.look("t.csv", &bytes).await, expected);
    }
}

#[tokio::test]
async fn images_by_their_bytes() {
    let files = Files::new().await;
    let bytes = png(640, 480, 1000);
    let found = files.look("plot.txt", &bytes).await;
    let expected = Preview::Image { mime: "image/png".into(), width_px: 640, height_px: 480 };
    assert_eq!(found, expected);
    assert_eq!(files.image("plot.txt").await.unwrap(), bytes);
    // The frame header of a photograph may come after a long block of other data.
    let mut jpeg = vec![0xff, 0xd8];
    for _ in 0..3 {
        jpeg.extend([0xff, 0xe1, 0xff, 0xff]);
        jpeg.resize(jpeg.len() + 0xfffd, 0);
    }
    jpeg.extend([0xff, 0xc0, 0, 11, 8, 0, 9, 0, 16]);
    let found = files.look("photo.jpg", &jpeg).await;
    assert!(matches!(found, Preview::Image { width_px: 16, height_px: 9, .. }), "{found:?}");
}

#[tokio::test]
async fn a_png_in_base64_is_an_image() {
    let files = Files::new().await;
    // The first 24 bytes of a PNG of 2 × 3 pixels.
    let found = files.look("plot.png", b"iVBORw0KGgoAAAANSUhEUgAAAAIAAAAD\n").await;
    assert!(matches!(found, Preview::Image { width_px: 2, height_px: 3, .. }), "{found:?}");
    assert_eq!(files.image("plot.png").await.unwrap(), png(2, 3, 0));
}

#[tokio::test]
async fn bombs_and_ruins_are_not_called_images() {
    let files = Files::new().await;
    let bomb = files.look("bomb.png", &png(100_000, 100_000, 10)).await;
    let Preview::TooLarge { description, .. } = bomb else { panic!("{bomb:?}") };
    assert_eq!(description, "PNG image of 100000 × 100000 pixels");
    assert!(matches!(files.image("bomb.png").await, Err(StoreError::Refused { .. })));
    let most = files.look("most.png", &png(u32::MAX, u32::MAX, 0)).await;
    assert!(matches!(most, Preview::TooLarge { .. }));
    let large = files.look("large.png", &png(10, 10, 21 * 1024 * 1024)).await;
    assert!(matches!(large, Preview::TooLarge { .. }), "{large:?}");
    assert!(matches!(files.image("large.png").await, Err(StoreError::Refused { .. })));
    for (name, bytes) in
        [("cut.png", &png(10, 10, 0)[..20]), ("none.png", &png(0, 10, 9)), ("j.jpg", b"\xff\xd8\xff\xe0")]
    {
        let found = files.look(name, bytes).await;
        let Preview::Binary { description, .. } = &found else { panic!("{found:?}") };
        assert!(description.ends_with("image, damaged"), "{description}");
        assert!(matches!(files.image(name).await, Err(StoreError::Refused { .. })), "{name}");
    }
    files.look("words.png", b"no image at all").await;
    assert!(matches!(files.image("words.png").await, Err(StoreError::Refused { .. })));
}

#[tokio::test]
async fn drawings_without_entities() {
    let files = Files::new().await;
    let found = files.look("d.svg", b"<svg viewBox='0 0 40 30'/>").await;
    assert!(matches!(found, Preview::Image { width_px: 40, height_px: 30, .. }), "{found:?}");
    assert!(files.image("d.svg").await.is_ok());
    let laughs = b"<?xml version='1.0'?><!DOCTYPE s [<!ENTITY a 'ha'><!entity b '&a;&a;'>]><svg>&b;</svg>";
    let found = files.look("laughs.svg", laughs).await;
    assert!(matches!(&found, Preview::Text { language, .. } if language == "xml"), "{found:?}");
    assert!(matches!(files.image("laughs.svg").await, Err(StoreError::Refused { .. })));
    let found = files.look("large.svg", format!("<svg>{}</svg>", "x".repeat(6_000_000)).as_bytes()).await;
    assert!(matches!(found, Preview::TooLarge { .. }));
}

#[tokio::test]
async fn pages_notes_and_binaries() {
    let files = Files::new().await;
    let page = files.look("fig.html", b"<script>alert(1)</script>").await;
    assert_eq!(page, Preview::Html { source: "<script>alert(1)</script>".into(), truncated: false });
    let note = files.look("README.md", b"# Hi <script>").await;
    let Preview::Markdown { html, truncated } = note else { panic!() };
    assert_eq!((html.trim(), truncated), ("<h1>Hi &lt;script&gt;</h1>", false));
    let source = LookAs { source: true, ..LookAs::default() };
    let note = files.look_as("README.md", b"# Hi <script>", &source).await;
    assert!(matches!(&note.preview, Preview::Text { text, .. } if text == "# Hi <script>"), "{note:?}");
    let nested = files.look("deep.md", ">".repeat(100_000).as_bytes()).await;
    assert!(matches!(nested, Preview::Text { truncated: true, .. }));
    let pickle = files.look("model.pkl", b"\x80\x04\x95.").await;
    assert_eq!(pickle, Preview::Binary { description: "Python pickle".into() });
}

#[tokio::test]
async fn what_is_not_there_and_what_must_not_be_asked_for() {
    let files = Files::new().await;
    files.look("a.txt", b"a").await;
    let missing = preview(&*files.of_run().await, "missing.txt", &LookAs::default()).await;
    assert!(matches!(missing, Err(StoreError::NotFound { .. })), "{missing:?}");
    for path in ["../mlflow.db", "/etc/passwd", "a/../../b", ""] {
        let found = preview(&*files.of_run().await, path, &LookAs::default()).await;
        assert!(matches!(found, Err(StoreError::UnsafePath { .. })), "{path}: {found:?}");
    }
}
