//! A look at a file: as much of it as is worth showing, in a form that the window can show.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::sniff::{ImageKind, Kind, sniff};
use super::text::Encoding;
use super::{image as header, json, language, markdown, path as names, read, table, text};
use crate::entities::ArtifactRoot;
use crate::tracking::{Result, StoreError, TrackingStore};

/// Enough to know what nearly every file is.
const SNIFFED_BYTES: usize = 64 * 1024;
const MOST_TEXT_BYTES: usize = 1024 * 1024;
const MOST_IMAGE_BYTES: u64 = 20 * 1024 * 1024;
const MOST_IMAGE_PIXELS: u64 = 64_000_000;
/// A drawing is laid out, not copied, so less of it is more work.
const MOST_SVG_BYTES: u64 = 5 * 1024 * 1024;

/// `size_bytes` is the size of the whole file, absent where the store does not tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum Preview {
    Empty,
    /// `language` is a highlighter's word, `text` where there is none.
    Text {
        text: String,
        language: String,
        truncated: bool,
        size_bytes: Option<u64>,
    },
    /// Every row is as long as `columns`.
    Table {
        columns: Vec<String>,
        rows: Vec<Vec<String>>,
        truncated: bool,
        size_bytes: Option<u64>,
    },
    /// Its bytes come from [`image()`]. Width and height are 0 for a drawing that has no size.
    Image {
        mime: String,
        width_px: u32,
        height_px: u32,
        size_bytes: u64,
    },
    /// `html` is safe to show as it is.
    Markdown {
        html: String,
        source: String,
        truncated: bool,
    },
    Html {
        source: String,
        truncated: bool,
    },
    /// Nothing to look at; it can be saved.
    Binary {
        description: String,
        size_bytes: Option<u64>,
    },
    TooLarge {
        description: String,
        size_bytes: u64,
    },
}

/// Looks at the file at `path`. At most a megabyte is read, of an image only its header.
pub async fn preview(store: &dyn TrackingStore, root: &ArtifactRoot, path: &str) -> Result<Preview> {
    let name = file_name(path)?.to_owned();
    let mut head = read::head(store, root, path, SNIFFED_BYTES).await?;
    let kind = sniff(&name, &head.bytes);
    let wants_more = match kind {
        Kind::Empty | Kind::Binary(_) | Kind::Base64Png => false,
        Kind::Image(image) => image.size(&head.bytes).is_none(),
        Kind::Svg(_) | Kind::Html(_) | Kind::Markdown(_) | Kind::Json(_) | Kind::Values(_) | Kind::Text(..) => true,
    };
    if wants_more && !head.whole {
        head = read::head(store, root, path, MOST_TEXT_BYTES).await?;
    }
    let size_bytes = match head.whole {
        true => Some(head.bytes.len() as u64),
        false => read::size_bytes(store, root, path).await?,
    };
    // Laying out a megabyte takes a while, and other answers should not wait for it.
    let shown = tokio::task::spawn_blocking(move || show(&name, kind, &head, size_bytes)).await;
    shown.map_err(|_| StoreError::Io { path: path.into(), reason: "it could not be shown".to_owned() })
}

/// The bytes of a file that [`preview`] called an image, at most 20 MB and 64 million pixels.
pub async fn image(store: &dyn TrackingStore, root: &ArtifactRoot, path: &str) -> Result<Vec<u8>> {
    let name = file_name(path)?;
    let refuse = |why: String| StoreError::Refused { message: format!("{path:?} is not shown: {why}.") };
    let head = read::head(store, root, path, MOST_IMAGE_BYTES as usize).await?;
    if !head.whole {
        return Err(refuse("it is larger than 20 MB".to_owned()));
    }
    let kind = sniff(name, &head.bytes);
    let bytes = match kind {
        Kind::Base64Png => header::from_base64(&head.bytes).ok_or_else(|| refuse("its text is damaged".to_owned()))?,
        _ => head.bytes,
    };
    match kind {
        Kind::Image(kind) => check_size(kind, &bytes).map_err(|(why, _)| refuse(why))?,
        Kind::Base64Png => check_size(ImageKind::Png, &bytes).map_err(|(why, _)| refuse(why))?,
        Kind::Svg(encoding) if bytes.len() as u64 <= MOST_SVG_BYTES && is_plain_svg(&bytes, encoding) => (0, 0),
        Kind::Svg(_) => return Err(refuse("this drawing is too large or has entities".to_owned())),
        _ => return Err(refuse("it is not an image".to_owned())),
    };
    Ok(bytes)
}

fn file_name(path: &str) -> Result<&str> {
    Ok(names::check(path)?.last().copied().unwrap_or_default())
}

fn show(name: &str, kind: Kind, head: &read::Head, size_bytes: Option<u64>) -> Preview {
    let bytes = &head.bytes;
    match kind {
        Kind::Empty => Preview::Empty,
        Kind::Binary(what) => Preview::Binary { description: what.to_owned(), size_bytes },
        Kind::Image(image) => show_image(image, bytes, size_bytes),
        Kind::Base64Png => {
            let start: Vec<u8> = bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).take(64).collect();
            show_image(ImageKind::Png, &header::from_base64(&start).unwrap_or_default(), size_bytes)
        }
        Kind::Svg(encoding) => show_svg(bytes, encoding, head.whole, size_bytes),
        Kind::Html(encoding) => {
            let (source, cut) = text::cut_lines(text::decode(bytes, encoding));
            Preview::Html { source, truncated: cut || !head.whole }
        }
        Kind::Markdown(encoding) => show_markdown(text::decode(bytes, encoding), head.whole, size_bytes),
        Kind::Json(encoding) => show_json(text::decode(bytes, encoding), head.whole, size_bytes),
        Kind::Values(encoding) => {
            let tabs = language::extension(name) == "tsv";
            let table = table::read(&text::decode(bytes, encoding), head.whole, tabs);
            show_table(table, size_bytes)
        }
        Kind::Text(encoding, language) => show_text(text::decode(bytes, encoding), language, head.whole, size_bytes),
    }
}

fn show_text(text: String, language: &str, whole: bool, size_bytes: Option<u64>) -> Preview {
    let (text, cut) = text::cut_lines(text);
    Preview::Text { text, language: language.to_owned(), truncated: cut || !whole, size_bytes }
}

fn show_table(table: table::Table, size_bytes: Option<u64>) -> Preview {
    let table::Table { columns, rows, truncated } = table;
    Preview::Table { columns, rows, truncated, size_bytes }
}

/// The size if it may be shown, else why not, and whether that is only for its size.
fn check_size(kind: ImageKind, bytes: &[u8]) -> std::result::Result<header::Size, (String, bool)> {
    match kind.size(bytes) {
        Some((width, height)) if u64::from(width) * u64::from(height) > MOST_IMAGE_PIXELS => {
            Err((format!("{} of {width} × {height} pixels", kind.name()), true))
        }
        Some(size) if size.0 > 0 && size.1 > 0 => Ok(size),
        _ => Err((format!("{}, damaged", kind.name()), false)),
    }
}

fn show_image(kind: ImageKind, bytes: &[u8], size_bytes: Option<u64>) -> Preview {
    let file_bytes = size_bytes.unwrap_or(bytes.len() as u64);
    match check_size(kind, bytes) {
        Err((description, true)) => Preview::TooLarge { description, size_bytes: file_bytes },
        Err((description, false)) => Preview::Binary { description, size_bytes },
        Ok((width, height)) if file_bytes > MOST_IMAGE_BYTES => Preview::TooLarge {
            description: format!("{} of {width} × {height} pixels", kind.name()),
            size_bytes: file_bytes,
        },
        Ok((width_px, height_px)) => {
            Preview::Image { mime: kind.mime().to_owned(), width_px, height_px, size_bytes: file_bytes }
        }
    }
}

fn show_svg(bytes: &[u8], encoding: Encoding, whole: bool, size_bytes: Option<u64>) -> Preview {
    let file_bytes = size_bytes.unwrap_or(bytes.len() as u64);
    if file_bytes > MOST_SVG_BYTES {
        return Preview::TooLarge { description: "SVG drawing".to_owned(), size_bytes: file_bytes };
    }
    let text = text::decode(bytes, encoding);
    if !is_plain_svg(bytes, encoding) {
        return show_text(text, "xml", whole, size_bytes);
    }
    let (width_px, height_px) = header::svg(&text);
    Preview::Image { mime: "image/svg+xml".to_owned(), width_px, height_px, size_bytes: file_bytes }
}

/// Entities can unfold without end, and no plotting library writes any.
fn is_plain_svg(bytes: &[u8], encoding: Encoding) -> bool {
    !text::decode(bytes, encoding).to_ascii_uppercase().contains("<!ENTITY")
}

fn show_markdown(source: String, whole: bool, size_bytes: Option<u64>) -> Preview {
    let mut end = source.len().min(markdown::MOST_BYTES);
    while !source.is_char_boundary(end) {
        end -= 1;
    }
    let truncated = !whole || end < source.len();
    match markdown::html(&source[..end]) {
        Some(html) => {
            let (source, cut) = text::cut_lines(source);
            Preview::Markdown { html, source, truncated: truncated || cut }
        }
        None => show_text(source, "markdown", whole, size_bytes),
    }
}

fn show_json(source: String, whole: bool, size_bytes: Option<u64>) -> Preview {
    if !whole {
        return show_text(source, "json", false, size_bytes);
    }
    if let Some(table) = json::table(&source) {
        return show_table(table, size_bytes);
    }
    let pretty = json::pretty(&source).unwrap_or(source);
    show_text(pretty, "json", true, size_bytes)
}

#[cfg(test)]
#[path = "preview_tests.rs"]
mod tests;
