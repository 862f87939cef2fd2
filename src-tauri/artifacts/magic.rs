//! Formats that are no text, by their first bytes. A few letters prove nothing: a note may begin
//! with `ID3`, `ORC` or `BM`. So as much of a header is compared as tells the format from words,
//! and where a format has no more than letters, the file must not read as text.

use super::image::ImageKind;

/// Whether a head that begins with the letters of a format has the rest of its header too.
/// `is_text` says whether the head reads as text.
type HeaderCheck = fn(head: &[u8], is_text: bool) -> bool;

const SURE: HeaderCheck = |_, _| true;
const NO_TEXT: HeaderCheck = |_, is_text| !is_text;

const FORMATS: &[(&[u8], HeaderCheck, &str)] = &[
    (b"%PDF-", |head, is_text| is_pdf(head, is_text), "PDF document"),
    (b"PAR1", NO_TEXT, "Parquet table"),
    (b"ARROW1\0\0", SURE, "Arrow table"),
    (b"FEA1", NO_TEXT, "Feather table"),
    (b"ORC", NO_TEXT, "ORC table"),
    (b"Obj\x01", NO_TEXT, "Avro table"),
    // The only method that there is, and flags of which three are reserved.
    (b"\x1f\x8b\x08", |head, _| byte(head, 3) < 0x20, "gzip-compressed file"),
    (b"BZh", |head, _| is_bzip2(head), "bzip2-compressed file"),
    (b"\xfd7zXZ\0", SURE, "xz-compressed file"),
    (b"\x28\xb5\x2f\xfd", NO_TEXT, "Zstandard-compressed file"),
    (b"\x04\x22\x4d\x18", SURE, "LZ4-compressed file"),
    (b"7z\xbc\xaf\x27\x1c", SURE, "7-Zip archive"),
    (b"\x93NUMPY", |head, _| (1..=3).contains(&byte(head, 6)) && byte(head, 7) == 0, "NumPy array"),
    (b"\x89HDF\r\n\x1a\n", SURE, "HDF5 file"),
    (b"SQLite format 3\0", SURE, "SQLite database"),
    (b"GGUF", |head, _| is_small(head, 4), "GGUF model"),
    (b"II*\0", SURE, "TIFF image"),
    (b"MM\0*", SURE, "TIFF image"),
    (b"OggS\0", SURE, "Ogg media"),
    (b"ID3", |head, _| is_id3(head), "MP3 audio"),
    // The first block describes the stream and is 34 bytes long.
    (b"fLaC", |head, _| byte(head, 4) & 0x7f == 0 && head.get(5..8) == Some(&[0, 0, 34]), "FLAC audio"),
    (b"\x1aE\xdf\xa3", SURE, "Matroska or WebM video"),
    (b"\x7fELF", |head, _| matches!((byte(head, 4), byte(head, 5)), (1..=2, 1..=2)), "program (ELF)"),
    (b"MZ", |head, _| is_windows_program(head), "program (Windows)"),
    (b"RIFF", |head, is_text| !is_text && head.get(8..12) == Some(b"WAVE"), "WAV audio"),
    (b"RIFF", |head, is_text| !is_text && head.get(8..12) == Some(b"AVI "), "AVI video"),
    // PROTO and the version, from protocol 2; at the end of the file is a dot.
    (b"\x80", |head, is_text| !is_text && (2..=5).contains(&byte(head, 1)), "Python pickle"),
];

/// What the head of a file is, if not a text. The name only tells one ZIP archive from another.
pub fn binary(head: &[u8], extension: &str, is_text: bool) -> Option<&'static str> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06\0\0\0\0") {
        return Some(zip(extension));
    }
    if let Some(what) = mpeg4(head) {
        return Some(what);
    }
    let found = FORMATS.iter().find(|(letters, proof, _)| head.starts_with(letters) && proof(head, is_text));
    found.map(|(_, _, what)| *what)
}

/// What picture it is, if one that the window can show.
pub fn image(head: &[u8], is_text: bool) -> Option<ImageKind> {
    match head {
        _ if head.starts_with(b"\x89PNG\r\n\x1a\n") => Some(ImageKind::Png),
        // After the start of the image comes another marker.
        [0xff, 0xd8, 0xff, 0xc0..=0xfe, ..] => Some(ImageKind::Jpeg),
        _ if is_text => None,
        _ if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") => Some(ImageKind::Gif),
        _ if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") => Some(ImageKind::WebP),
        // The reserved field that follows the size is zero, and the header has one of a few lengths.
        _ if head.starts_with(b"BM") && head.get(6..10) == Some(&[0; 4]) => {
            matches!(head.get(14..18), Some([12 | 16 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0]))
                .then_some(ImageKind::Bmp)
        }
        _ => None,
    }
}

fn zip(extension: &str) -> &'static str {
    match extension {
        "pt" | "pth" | "ckpt" => "PyTorch model",
        "keras" => "Keras model",
        "npz" => "NumPy arrays",
        "xlsx" => "Excel workbook",
        "docx" => "Word document",
        "pptx" => "PowerPoint presentation",
        "jar" => "Java archive",
        "whl" => "Python package",
        _ => "ZIP archive",
    }
}

/// A box of type `ftyp`, which has a length, names its brand, and is small.
fn mpeg4(head: &[u8]) -> Option<&'static str> {
    let [0, 0, 0..=4, _, b'f', b't', b'y', b'p', brand @ ..] = head else { return None };
    Some(match brand.get(..4)? {
        b"avif" | b"avis" => "AVIF image",
        b"heic" | b"heix" | b"mif1" => "HEIC image",
        b"M4A " => "MPEG-4 audio",
        _ => "MPEG-4 video",
    })
}

fn byte(head: &[u8], at: usize) -> u8 {
    head.get(at).copied().unwrap_or(u8::MAX)
}

/// A version: a small number of four bytes, in one of the two orders.
fn is_small(head: &[u8], at: usize) -> bool {
    matches!(head.get(at..at + 4), Some([1..=99, 0, 0, 0] | [0, 0, 0, 1..=99]))
}

/// `%PDF-1.7` and a line break, and then objects; some have nothing else that is no text.
fn is_pdf(head: &[u8], is_text: bool) -> bool {
    let version = matches!(head.get(5..8), Some([b'1' | b'2', b'.', b'0'..=b'9']));
    let line_ends = matches!(byte(head, 8), b'\r' | b'\n');
    let has_objects = || head.windows(6).any(|part| part == b" 0 obj");
    version && (!is_text || line_ends && has_objects())
}

/// A level, and then a block or the end, both of which have marks of six bytes.
fn is_bzip2(head: &[u8]) -> bool {
    (b'1'..=b'9').contains(&byte(head, 3))
        && matches!(head.get(4..10), Some(b"1AY&SY" | [0x17, 0x72, 0x45, 0x38, 0x50, 0x90]))
}

/// A version, flags, and a size of which each byte has seven bits.
fn is_id3(head: &[u8]) -> bool {
    (2..=4).contains(&byte(head, 3))
        && byte(head, 4) < 0xff
        && byte(head, 5) & 0x0f == 0
        && head.get(6..10).is_some_and(|size| size.iter().all(|byte| *byte < 0x80))
}

/// Where the header of DOS points to is that of Windows.
fn is_windows_program(head: &[u8]) -> bool {
    let Some([a, b, 0, 0]) = head.get(60..64) else { return false };
    let at = usize::from(u16::from_le_bytes([*a, *b]));
    head.get(at..at + 4) == Some(b"PE\0\0")
}
