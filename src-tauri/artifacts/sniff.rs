//! What a file is: by its first bytes, and only then by its name.

use super::image::{self, Size};
use super::language;
use super::text::{self, Encoding};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Empty,
    Image(ImageKind),
    Svg(Encoding),
    /// A PNG file sent as base64 text, as one managed server does.
    Base64Png,
    Html(Encoding),
    Markdown(Encoding),
    Json(Encoding),
    /// Values separated by commas or other characters.
    Values(Encoding),
    /// The language is a highlighter's word.
    Text(Encoding, &'static str),
    /// What it is, for people.
    Binary(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageKind {
    Png,
    Jpeg,
    Gif,
    WebP,
    Bmp,
}

impl ImageKind {
    pub fn mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
            Self::Bmp => "image/bmp",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG image",
            Self::Jpeg => "JPEG image",
            Self::Gif => "GIF image",
            Self::WebP => "WebP image",
            Self::Bmp => "BMP image",
        }
    }

    /// Width and height in pixels, where the head reaches that far.
    pub fn size(self, head: &[u8]) -> Option<Size> {
        match self {
            Self::Png => image::png(head),
            Self::Jpeg => image::jpeg(head),
            Self::Gif => image::gif(head),
            Self::WebP => image::webp(head),
            Self::Bmp => image::bmp(head),
        }
    }
}

/// What the file called `name` that starts with `head` is.
pub fn sniff(name: &str, head: &[u8]) -> Kind {
    if head.is_empty() {
        return Kind::Empty;
    }
    if let Some(image) = image_kind(head) {
        return Kind::Image(image);
    }
    let extension = language::extension(name);
    if let Some(binary) = binary(head, &extension) {
        return Kind::Binary(binary);
    }
    let Some(encoding) = text::encoding(head) else {
        return Kind::Binary(binary_by_name(&extension));
    };
    let start = text::decode(&head[..head.len().min(2048)], encoding);
    let start = start.trim_start();
    if start.starts_with("iVBORw0KGgo") {
        return Kind::Base64Png;
    }
    let lower = start.to_ascii_lowercase();
    if lower.starts_with("<svg") || (lower.starts_with("<?xml") || lower.starts_with("<!--")) && lower.contains("<svg")
    {
        return Kind::Svg(encoding);
    }
    if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        return Kind::Html(encoding);
    }
    match extension.as_str() {
        "html" | "htm" => Kind::Html(encoding),
        "md" | "markdown" => Kind::Markdown(encoding),
        "csv" | "tsv" => Kind::Values(encoding),
        "json" | "geojson" | "ipynb" => Kind::Json(encoding),
        _ if language::of(name) == "text" && start.starts_with('{') && start.contains('"') => Kind::Json(encoding),
        _ => Kind::Text(encoding, language::of(name)),
    }
}

fn image_kind(head: &[u8]) -> Option<ImageKind> {
    match head {
        _ if head.starts_with(b"\x89PNG\r\n\x1a\n") => Some(ImageKind::Png),
        [0xff, 0xd8, 0xff, ..] => Some(ImageKind::Jpeg),
        _ if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") => Some(ImageKind::Gif),
        _ if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") => Some(ImageKind::WebP),
        // Two letters are few; the reserved field that follows the size is always zero.
        _ if head.starts_with(b"BM") && head.get(6..10) == Some(&[0; 4]) => Some(ImageKind::Bmp),
        _ => None,
    }
}

fn binary(head: &[u8], extension: &str) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"%PDF-", "PDF document"),
        (b"PAR1", "Parquet table"),
        (b"ARROW1", "Arrow table"),
        (b"FEA1", "Feather table"),
        (b"ORC", "ORC table"),
        (b"Obj\x01", "Avro table"),
        (b"\x1f\x8b", "gzip-compressed file"),
        (b"BZh", "bzip2-compressed file"),
        (b"\xfd7zXZ\0", "xz-compressed file"),
        (b"\x28\xb5\x2f\xfd", "Zstandard-compressed file"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
        (b"\x93NUMPY", "NumPy array"),
        (b"\x89HDF\r\n\x1a\n", "HDF5 file"),
        (b"SQLite format 3\0", "SQLite database"),
        (b"GGUF", "GGUF model"),
        (b"II*\0", "TIFF image"),
        (b"MM\0*", "TIFF image"),
        (b"OggS", "Ogg media"),
        (b"ID3", "MP3 audio"),
        (b"fLaC", "FLAC audio"),
        (b"\x1aE\xdf\xa3", "Matroska or WebM video"),
        (b"\x7fELF", "program (ELF)"),
    ];
    if head.starts_with(b"PK\x03\x04") {
        return Some(match extension {
            "pt" | "pth" | "ckpt" => "PyTorch model",
            "keras" => "Keras model",
            "npz" => "NumPy arrays",
            "xlsx" => "Excel workbook",
            "docx" => "Word document",
            "pptx" => "PowerPoint presentation",
            "jar" => "Java archive",
            "whl" => "Python package",
            _ => "ZIP archive",
        });
    }
    if head.starts_with(b"RIFF") {
        return match head.get(8..12) {
            Some(b"WAVE") => Some("WAV audio"),
            Some(b"AVI ") => Some("AVI video"),
            _ => None,
        };
    }
    if let Some(brand) = head.get(4..8).filter(|kind| *kind == b"ftyp").and_then(|_| head.get(8..12)) {
        return Some(match brand {
            b"avif" | b"avis" => "AVIF image",
            b"heic" | b"heix" | b"mif1" => "HEIC image",
            b"M4A " => "MPEG-4 audio",
            _ => "MPEG-4 video",
        });
    }
    // Pickle from protocol 2: PROTO and the version, and at the end of the file a dot.
    if matches!(head, [0x80, 2..=5, ..]) {
        return Some("Python pickle");
    }
    MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, what)| *what)
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
mod tests {
    use super::*;

    const UTF8: Encoding = Encoding::Utf8;

    #[test]
    fn bytes_come_before_the_name() {
        for (name, head, expected) in [
            ("notes.txt", &b"\x89PNG\r\n\x1a\n..."[..], Kind::Image(ImageKind::Png)),
            ("image.png", b"just words", Kind::Text(UTF8, "text")),
            ("image.png", b"<html><script>alert(1)</script>", Kind::Html(UTF8)),
            ("image.png", b"iVBORw0KGgoAAAANSUhEUg==", Kind::Base64Png),
            ("x.csv", b"PAR1\0\0", Kind::Binary("Parquet table")),
            ("x", b"\xff\xd8\xff\xe0", Kind::Image(ImageKind::Jpeg)),
            ("x.md", b"<?xml version='1.0'?>\n<svg/>", Kind::Svg(UTF8)),
            ("photo.jpg", b"GIF89a..", Kind::Image(ImageKind::Gif)),
            ("x.webp", b"RIFF\0\0\0\0WEBPVP8 ", Kind::Image(ImageKind::WebP)),
            ("x.bmp", b"BM\x10\0\0\0\0\0\0\0\x36", Kind::Image(ImageKind::Bmp)),
            ("BMI.txt", b"BMI of the cohort", Kind::Text(UTF8, "text")),
            ("page.txt", b"\xef\xbb\xbf \n<!DOCTYPE html>", Kind::Html(UTF8)),
        ] {
            assert_eq!(sniff(name, head), expected, "{name}");
        }
    }

    #[test]
    fn texts_by_name() {
        for (name, head, expected) in [
            ("MLmodel", "flavors:\n", Kind::Text(UTF8, "yaml")),
            ("conda.yaml", "name: x", Kind::Text(UTF8, "yaml")),
            ("train.py", "import os", Kind::Text(UTF8, "python")),
            ("a.json", "[1]", Kind::Json(UTF8)),
            ("input_example", "{\"a\": 1}", Kind::Json(UTF8)),
            ("a.csv", "a,b\n", Kind::Values(UTF8)),
            ("README.MD", "# Title", Kind::Markdown(UTF8)),
            ("fig.html", "<div>", Kind::Html(UTF8)),
            ("log", "line", Kind::Text(UTF8, "text")),
        ] {
            assert_eq!(sniff(name, head.as_bytes()), expected, "{name}");
        }
    }

    #[test]
    fn binaries_say_what_they_are() {
        for (name, head, expected) in [
            ("model.pkl", &b"\x80\x04\x95\0"[..], "Python pickle"),
            ("data/model.pth", b"PK\x03\x04\0", "PyTorch model"),
            ("x.zip", b"PK\x03\x04\0", "ZIP archive"),
            ("clip", b"\0\0\0\x20ftypisom", "MPEG-4 video"),
            ("m.onnx", b"\x08\x07\x12\0", "ONNX model"),
            ("what", b"\0\x01\x02", "binary file"),
        ] {
            assert_eq!(sniff(name, head), Kind::Binary(expected), "{name}");
        }
        assert_eq!(sniff("x", b""), Kind::Empty);
    }
}
