//! What a file is: by its first bytes, and only then by its name.

use super::image::ImageKind;
use super::{language, magic};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Empty,
    Image(ImageKind),
    Svg,
    /// A PNG file sent as base64 text, as one managed server does.
    Base64Png,
    Html,
    Markdown,
    Json,
    /// A JSON value in each line.
    JsonLines,
    /// Values separated by commas or other characters.
    Values,
    /// The language is a highlighter's word.
    Text(&'static str),
    /// What it is, for people.
    Binary(&'static str),
}

impl Kind {
    /// Whether it is shown from its text.
    pub fn is_text(self) -> bool {
        !matches!(self, Self::Empty | Self::Image(_) | Self::Base64Png | Self::Binary(_))
    }
}

/// What the file called `name` is that starts with `head`, which reads as `text` if it is one.
pub fn sniff(name: &str, head: &[u8], text: Option<&str>) -> Kind {
    if head.is_empty() {
        return Kind::Empty;
    }
    if let Some(image) = magic::image(head, text.is_some()) {
        return Kind::Image(image);
    }
    let extension = language::extension(name);
    if let Some(binary) = magic::binary(head, &extension, text.is_some()) {
        return Kind::Binary(binary);
    }
    match text {
        Some(text) => text_kind(name, text),
        None => Kind::Binary(binary_by_name(&extension)),
    }
}

/// What kind of text the file called `name` is.
pub fn text_kind(name: &str, text: &str) -> Kind {
    let text = text.trim_start();
    let extension = language::extension(name);
    if is_base64_png(text) {
        return Kind::Base64Png;
    }
    let is_markdown = matches!(extension.as_str(), "md" | "markdown");
    let root = root_element(text);
    // A readme may well begin with a drawing or a remark in HTML.
    if root == "svg" && (!is_markdown || text.starts_with("<?xml")) {
        return Kind::Svg;
    }
    if root == "html" && !is_markdown || starts_with_word(text, "<!doctype html") {
        return Kind::Html;
    }
    match extension.as_str() {
        "html" | "htm" => Kind::Html,
        _ if is_markdown => Kind::Markdown,
        "csv" | "tsv" => Kind::Values,
        "json" | "geojson" | "ipynb" => Kind::Json,
        "jsonl" | "ndjson" => Kind::JsonLines,
        _ if language::of(name) == "text" && text.starts_with('{') && text.contains('"') => Kind::Json,
        _ => Kind::Text(language::of(name)),
    }
}

/// The signature, and then the length and type of the one chunk that is always first.
fn is_base64_png(text: &str) -> bool {
    text.starts_with("iVBORw0KGgoAAAANSUhEUg")
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(&byte))
}

fn starts_with_word(text: &str, word: &str) -> bool {
    let start = text.as_bytes().get(..word.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
        && text.as_bytes().get(word.len()).is_none_or(|next| next.is_ascii_whitespace() || b">/[".contains(next))
}

/// The name of the first element, in lower case, after what may stand before it in XML or HTML.
/// Nothing where the text begins with something else.
fn root_element(text: &str) -> String {
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let end = if rest.starts_with("<?") {
            "?>"
        } else if rest.starts_with("<!--") {
            "-->"
        } else if starts_with_word(rest, "<!doctype") {
            // One with entities of its own has brackets in it.
            let bracket = rest.find('[').filter(|at| rest.find('>').is_none_or(|end| *at < end));
            if bracket.is_some() { "]>" } else { ">" }
        } else {
            break;
        };
        let Some(at) = rest.find(end) else { return String::new() };
        rest = &rest[at + end.len()..];
    }
    let Some(tag) = rest.strip_prefix('<') else { return String::new() };
    let name = tag.split(|c: char| !c.is_alphanumeric() && !":-_.".contains(c)).next().unwrap_or_default();
    name.rsplit(':').next().unwrap_or_default().to_ascii_lowercase()
}

fn binary_by_name(extension: &str) -> &'static str {
    match extension {
        "pkl" | "pickle" => "Python pickle",
        "joblib" => "joblib file",
        "onnx" => "ONNX model",
        "pb" => "Protocol Buffers file",
        "safetensors" => "safetensors model",
        "bin" => "binary file",
        "cbm" => "CatBoost model",
        "ubj" => "XGBoost model",
        "tflite" => "TensorFlow Lite model",
        "tar" => "tar archive",
        _ => "binary file",
    }
}

#[cfg(test)]
#[path = "sniff_tests.rs"]
mod tests;
