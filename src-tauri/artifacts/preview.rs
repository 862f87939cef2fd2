//! A look at a file: as much of it as is worth showing, in a form that the window can show.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::image::ImageKind;
use super::sniff::{Kind, sniff, text_kind};
use super::{
    image as header, json, json_table, language, markdown, path as names, read, table, terminal,
    text::{self, Decoded},
};
use crate::tracking::{ArtifactStore, Result, StoreError};

/// Enough to know what nearly every file is.
const SNIFFED_BYTES: usize = 64 * 1024;
const MOST_TEXT_BYTES: usize = 1024 * 1024;
/// Of a table only the rows on screen are laid out, so it may be longer.
const MOST_TABLE_BYTES: usize = 4 * 1024 * 1024;
const MOST_IMAGE_BYTES: u64 = 20 * 1024 * 1024;
const MOST_IMAGE_PIXELS: u64 = 64_000_000;
/// A drawing is laid out, not copied, so less of it is more work.
const MOST_SVG_BYTES: u64 = 5 * 1024 * 1024;

/// How the user wants to see a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LookAs {
    /// Shows the file as text in this encoding, whatever it seems to be.
    pub encoding: Option<String>,
    /// Shows a text as it is in the file: no table, no layout, every state of a progress bar.
    pub source: bool,
}

/// What is shown of a file, and how it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Look {
    pub preview: Preview,
    /// Absent where the file is no text.
    pub text: Option<TextRead>,
    /// Whether its source looks different.
    pub has_source: bool,
    /// How much of the file is in the preview.
    pub read_bytes: u64,
    /// The size of the whole file, absent where the store does not tell.
    pub size_bytes: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TextRead {
    /// As the web calls it: `UTF-8`, `windows-1251`.
    pub encoding: String,
    /// Whether some bytes mean nothing in this encoding and are shown as U+FFFD.
    pub damaged: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum Preview {
    Empty,
    /// `language` is a highlighter's word, `text` where there is none. Colours of a terminal are
    /// marked by `ESC [ codes m`, where the codes say all of the style; a line begins without any.
    Text {
        text: String,
        language: String,
        truncated: bool,
        /// Whether lines were written more than once, and only their last state is here.
        overwritten: bool,
    },
    /// Every row is as long as `columns`.
    Table {
        columns: Vec<String>,
        rows: Vec<Vec<String>>,
        truncated: bool,
    },
    /// Its bytes come from [`image()`]. Width and height are 0 for a drawing that has no size.
    Image {
        mime: String,
        width_px: u32,
        height_px: u32,
    },
    /// `html` is safe to show as it is.
    Markdown {
        html: String,
        truncated: bool,
    },
    Html {
        source: String,
        truncated: bool,
    },
    /// Nothing to look at; it can be saved.
    Binary {
        description: String,
    },
    TooLarge {
        description: String,
    },
}

/// Looks at the file at `path`. A few megabytes are read at most, of an image only its header.
pub async fn preview(files: &dyn ArtifactStore, path: &str, wish: &LookAs) -> Result<Look> {
    let name = file_name(path)?.to_owned();
    let chosen = match &wish.encoding {
        None => None,
        Some(name) => Some(
            text::by_name(name)
                .ok_or_else(|| StoreError::Refused { message: format!("There is no encoding called {name:?}.") })?,
        ),
    };
    let mut head = read::head(files, path, SNIFFED_BYTES).await?;
    let start = chosen.or_else(|| text::detect(&head.bytes, head.whole));
    let start_text = start.map(|encoding| text::decode(&head.bytes, encoding, false).text);
    let kind = match (&start_text, chosen) {
        (Some(text), Some(_)) => text_kind(&name, text),
        (text, _) => sniff(&name, &head.bytes, text.as_deref()),
    };
    let most_bytes = match kind {
        Kind::Empty | Kind::Binary(_) | Kind::Base64Png => 0,
        Kind::Image(image) if image.size(&head.bytes).is_some() => 0,
        Kind::Json | Kind::JsonLines | Kind::Values if !wish.source => MOST_TABLE_BYTES,
        _ => MOST_TEXT_BYTES,
    };
    if !head.whole && most_bytes > 0 {
        head = read::head(files, path, most_bytes).await?;
    }
    let size_bytes = match head.whole {
        true => Some(head.bytes.len() as u64),
        false => read::size_bytes(files, path).await?,
    };
    let source = wish.source;
    // Laying out a megabyte takes a while, and other answers should not wait for it.
    let shown = tokio::task::spawn_blocking(move || {
        // The first letter that is not ASCII may come late.
        let encoding = chosen.or_else(|| text::detect(&head.bytes, head.whole)).or(start);
        let read_bytes = head.bytes.len() as u64;
        let Some(encoding) = encoding.filter(|_| kind.is_text()) else {
            let preview = show_bytes(kind, &head.bytes, size_bytes);
            return Look { preview, text: None, has_source: false, read_bytes, size_bytes };
        };
        let Decoded { text, damaged } = text::decode(&head.bytes, encoding, head.whole);
        let (preview, has_source) = show_text_kind(&name, kind, text, head.whole, source, size_bytes);
        let text = (preview != Preview::Empty).then(|| TextRead { encoding: encoding.name().to_owned(), damaged });
        Look { preview, text, has_source, read_bytes, size_bytes }
    })
    .await;
    shown.map_err(|_| StoreError::Io { path: path.into(), reason: "it could not be shown".to_owned() })
}

/// The bytes of a file that [`preview`] called an image, at most 20 MB and 64 million pixels.
pub async fn image(files: &dyn ArtifactStore, path: &str) -> Result<Vec<u8>> {
    let name = file_name(path)?;
    let refuse = |why: String| StoreError::Refused { message: format!("{path:?} is not shown: {why}.") };
    let head = read::head(files, path, MOST_IMAGE_BYTES as usize).await?;
    if !head.whole {
        return Err(refuse("it is larger than 20 MB".to_owned()));
    }
    let text = text::detect(&head.bytes, head.whole).map(|encoding| text::decode(&head.bytes, encoding, true).text);
    let kind = sniff(name, &head.bytes, text.as_deref());
    let bytes = match kind {
        Kind::Base64Png => header::from_base64(&head.bytes).ok_or_else(|| refuse("its text is damaged".to_owned()))?,
        _ => head.bytes,
    };
    match kind {
        Kind::Image(kind) => check_size(kind, &bytes).map_err(|(why, _)| refuse(why))?,
        Kind::Base64Png => check_size(ImageKind::Png, &bytes).map_err(|(why, _)| refuse(why))?,
        Kind::Svg if bytes.len() as u64 <= MOST_SVG_BYTES && text.as_deref().is_some_and(is_plain_svg) => (0, 0),
        Kind::Svg => return Err(refuse("this drawing is too large or has entities".to_owned())),
        _ => return Err(refuse("it is not an image".to_owned())),
    };
    Ok(bytes)
}

fn file_name(path: &str) -> Result<&str> {
    Ok(names::check(path)?.last().copied().unwrap_or_default())
}

fn show_bytes(kind: Kind, bytes: &[u8], size_bytes: Option<u64>) -> Preview {
    match kind {
        Kind::Image(image) => show_image(image, bytes, size_bytes),
        Kind::Base64Png => {
            let start: Vec<u8> = bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).take(64).collect();
            show_image(ImageKind::Png, &header::from_base64(&start).unwrap_or_default(), size_bytes)
        }
        Kind::Binary(what) => Preview::Binary { description: what.to_owned() },
        _ => Preview::Empty,
    }
}

/// What is shown of a text, and whether its source looks different.
fn show_text_kind(
    name: &str,
    kind: Kind,
    text: String,
    whole: bool,
    source: bool,
    size_bytes: Option<u64>,
) -> (Preview, bool) {
    // A byte order mark and nothing after it.
    if text.is_empty() {
        return (Preview::Empty, false);
    }
    let language = match kind {
        Kind::Markdown => "markdown",
        Kind::Json | Kind::JsonLines => "json",
        Kind::Svg => "xml",
        Kind::Text(language) => language,
        _ => "text",
    };
    let table = match kind {
        _ if source => None,
        Kind::Json => json_table::table(&text, whole),
        Kind::JsonLines => json_table::lines(&text, whole),
        Kind::Values => Some(table::read(&text, whole, language::extension(name) == "tsv")),
        _ => None,
    };
    if let Some(table::Table { columns, rows, truncated }) = table {
        return (Preview::Table { columns, rows, truncated }, true);
    }
    match kind {
        Kind::Html => {
            let (source, cut) = terminal::cut_lines(text);
            (Preview::Html { source, truncated: cut || !whole }, false)
        }
        Kind::Svg if !source => match show_svg(&text, size_bytes) {
            Some(shown) => (shown, true),
            None => (show_text(&text, language, whole, false), false),
        },
        Kind::Markdown if !source => match show_markdown(&text, whole) {
            Some(shown) => (shown, true),
            None => (show_text(&text, language, whole, false), false),
        },
        Kind::Json if !source && whole && text.len() <= MOST_TEXT_BYTES => match json::pretty(&text) {
            Some(pretty) => (show_text(&pretty, language, true, false), pretty != text),
            None => (show_text(&text, language, true, false), false),
        },
        _ => {
            let shown = cut_text(&text);
            let has_source = terminal::is_for_terminals(shown);
            (show_text(shown, language, whole && shown.len() == text.len(), source), has_source)
        }
    }
}

/// As much of a text as can be laid out.
fn cut_text(text: &str) -> &str {
    &text[..text.floor_char_boundary(MOST_TEXT_BYTES)]
}

fn show_text(text: &str, language: &str, whole: bool, source: bool) -> Preview {
    let terminal::Screen { text, cut, overwritten } = if !terminal::is_for_terminals(text) {
        let (text, cut) = terminal::cut_lines(text.to_owned());
        terminal::Screen { text, cut, overwritten: false }
    } else if source || terminal::has_old_line_ends(text) {
        terminal::as_it_is(text)
    } else {
        terminal::screen(text)
    };
    Preview::Text { text, language: language.to_owned(), truncated: cut || !whole, overwritten }
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
    match check_size(kind, bytes) {
        Err((description, true)) => Preview::TooLarge { description },
        Err((description, false)) => Preview::Binary { description },
        Ok((width, height)) if size_bytes.unwrap_or(bytes.len() as u64) > MOST_IMAGE_BYTES => {
            Preview::TooLarge { description: format!("{} of {width} × {height} pixels", kind.name()) }
        }
        Ok((width_px, height_px)) => Preview::Image { mime: kind.mime().to_owned(), width_px, height_px },
    }
}

/// None where its source is shown instead.
fn show_svg(text: &str, size_bytes: Option<u64>) -> Option<Preview> {
    if size_bytes.unwrap_or(text.len() as u64) > MOST_SVG_BYTES {
        return Some(Preview::TooLarge { description: "SVG drawing".to_owned() });
    }
    let (width_px, height_px) = header::svg(text);
    is_plain_svg(text).then(|| Preview::Image { mime: "image/svg+xml".to_owned(), width_px, height_px })
}

/// Entities can unfold without end, and no plotting library writes any.
fn is_plain_svg(text: &str) -> bool {
    !text.to_ascii_uppercase().contains("<!ENTITY")
}

fn show_markdown(source: &str, whole: bool) -> Option<Preview> {
    let shown = &source[..source.floor_char_boundary(markdown::MOST_BYTES)];
    let html = markdown::html(shown)?;
    Some(Preview::Markdown { html, truncated: !whole || shown.len() < source.len() })
}

#[cfg(test)]
#[path = "preview_tests.rs"]
mod tests;
