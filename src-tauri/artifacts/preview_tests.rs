//! Real files in a real store, the hostile ones too.

use super::*;
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

    fn root() -> ArtifactRoot {
        ArtifactRoot::Run(run_id(0))
    }

    async fn look(&self, name: &str, bytes: &[u8]) -> Preview {
        self.folder.write(&format!("mlartifacts/1/{}/artifacts/{name}", run_id(0)), bytes);
        preview(&self.store, &Self::root(), name).await.unwrap()
    }

    async fn image(&self, name: &str) -> Result<Vec<u8>> {
        image(&self.store, &Self::root(), name).await
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
    let small = files.look("a.py", "print('é')\n".as_bytes()).await;
    let expected = Preview::Text {
        text: "print('é')\n".into(),
        language: "python".into(),
        truncated: false,
        size_bytes: Some(12),
    };
    assert_eq!(small, expected);
    // Three bytes each, so that no boundary of a head falls between two characters.
    let line = "二".repeat(99) + "\n";
    let large = files.look("log.txt", line.repeat(20_000).as_bytes()).await;
    let Preview::Text { text, truncated, size_bytes, .. } = large else { panic!("{large:?}") };
    assert!(truncated && !text.contains(char::REPLACEMENT_CHARACTER));
    assert!((MOST_TEXT_BYTES - 3..=MOST_TEXT_BYTES).contains(&text.len()), "{}", text.len());
    assert_eq!(size_bytes, Some(298 * 20_000));
    assert_eq!(files.look("empty.csv", b"").await, Preview::Empty);
}

#[tokio::test]
async fn a_file_of_exactly_the_limit_is_whole() {
    let files = Files::new().await;
    for (length, whole) in [(SNIFFED_BYTES, true), (MOST_TEXT_BYTES, true), (MOST_TEXT_BYTES + 1, false)] {
        let found = files.look("x.txt", "a\n".repeat(length).as_bytes().get(..length).unwrap()).await;
        let Preview::Text { text, truncated, size_bytes, .. } = found else { panic!() };
        assert_eq!((text.len(), truncated), (length.min(MOST_TEXT_BYTES), !whole), "{length}");
        assert_eq!(size_bytes, Some(length as u64));
    }
}

#[tokio::test]
async fn json_is_laid_out_only_where_it_is_whole() {
    let files = Files::new().await;
    let Preview::Text { text, language, .. } = files.look("a.json", b"{\"b\":[1]}").await else { panic!() };
    assert_eq!((text.as_str(), language.as_str()), ("{\n  \"b\": [\n    1\n  ]\n}\n", "json"));
    let Preview::Text { text, .. } = files.look("a.json", b"{\"b\": NaN}").await else { panic!() };
    assert_eq!(text, "{\"b\": NaN}");
    let long = format!("[{}1]", "1,\n".repeat(600_000));
    let Preview::Text { truncated, .. } = files.look("a.json", long.as_bytes()).await else { panic!() };
    assert!(truncated);
    let table = files.look("eval.json", br#"{"columns":["a"],"data":[["x"]]}"#).await;
    assert!(matches!(table, Preview::Table { .. }));
}

#[tokio::test]
async fn tables_from_every_encoding() {
    let files = Files::new().await;
    let expected = Preview::Table {
        columns: vec!["a".into(), "b".into()],
        rows: vec![vec!["1".into(), "é".into()]],
        truncated: false,
        size_bytes: None,
    };
    let utf16: Vec<u8> = "\u{feff}a;b\r\n1;é\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [b"a,b\n1,\xc3\xa9\n".to_vec(), b"\xef\xbb\xbfa,b\n1,\xc3\xa9".to_vec(), utf16] {
        let mut found = files.look("t.csv", &bytes).await;
        if let Preview::Table { size_bytes, .. } = &mut found {
            *size_bytes = None;
        }
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn images_by_their_bytes() {
    let files = Files::new().await;
    let bytes = png(640, 480, 1000);
    let found = files.look("plot.txt", &bytes).await;
    let expected = Preview::Image { mime: "image/png".into(), width_px: 640, height_px: 480, size_bytes: 1024 };
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
    assert!(matches!(large, Preview::TooLarge { size_bytes, .. } if size_bytes > MOST_IMAGE_BYTES), "{large:?}");
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
    let Preview::Markdown { html, source, truncated } = note else { panic!() };
    assert_eq!((html.trim(), source.as_str(), truncated), ("<h1>Hi &lt;script&gt;</h1>", "# Hi <script>", false));
    let nested = files.look("deep.md", ">".repeat(100_000).as_bytes()).await;
    assert!(matches!(nested, Preview::Text { truncated: true, .. }));
    let pickle = files.look("model.pkl", b"\x80\x04\x95.").await;
    assert_eq!(pickle, Preview::Binary { description: "Python pickle".into(), size_bytes: Some(4) });
}

#[tokio::test]
async fn what_is_not_there_and_what_must_not_be_asked_for() {
    let files = Files::new().await;
    files.look("a.txt", b"a").await;
    let nobody = preview(&files.store, &Files::root(), "nobody.txt").await;
    assert!(matches!(nobody, Err(StoreError::NotFound { .. })), "{nobody:?}");
    for path in ["../mlflow.db", "/etc/passwd", "a/../../b", ""] {
        let found = preview(&files.store, &Files::root(), path).await;
        assert!(matches!(found, Err(StoreError::UnsafePath { .. })), "{path}: {found:?}");
    }
}
