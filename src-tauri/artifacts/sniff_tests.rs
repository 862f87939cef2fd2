//! What is what: formats by their headers, texts by their names, and texts that begin like formats.

use super::*;
use crate::artifacts::text;

fn sniffed(name: &str, head: &[u8]) -> Kind {
    let read = text::detect(head, true).map(|encoding| text::decode(head, encoding, false).text);
    sniff(name, head, read.as_deref())
}

#[test]
fn bytes_come_before_the_name() {
    for (name, head, expected) in [
        ("notes.txt", &b"\x89PNG\r\n\x1a\n..."[..], Kind::Image(ImageKind::Png)),
        ("image.png", b"just words", Kind::Text("text")),
        ("image.png", b"<html><script>alert(1)</script>", Kind::Html),
        ("image.png", b"iVBORw0KGgoAAAANSUhEUg==", Kind::Base64Png),
        ("x.csv", b"PAR1\x15\0\x15\0", Kind::Binary("Parquet table")),
        ("x", b"\xff\xd8\xff\xe0", Kind::Image(ImageKind::Jpeg)),
        ("x.md", b"<?xml version='1.0'?>\n<svg/>", Kind::Svg),
        ("x", b"<?xml version='1.0'?><!-- by hand --><!DOCTYPE svg PUBLIC 'a' 'b'>\n<svg:svg>", Kind::Svg),
        ("photo.jpg", b"GIF89a\x01\0\x01\0", Kind::Image(ImageKind::Gif)),
        ("x.webp", b"RIFF\0\0\0\0WEBPVP8 ", Kind::Image(ImageKind::WebP)),
        ("x.bmp", b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", Kind::Image(ImageKind::Bmp)),
        ("page.txt", b"\xef\xbb\xbf \n<!DOCTYPE html>", Kind::Html),
    ] {
        assert_eq!(sniffed(name, head), expected, "{name}");
    }
}

#[test]
fn texts_by_name() {
    for (name, head, expected) in [
        ("MLmodel", "flavors:\n", Kind::Text("yaml")),
        ("conda.yaml", "name: x", Kind::Text("yaml")),
        ("train.py", "import os", Kind::Text("python")),
        ("a.json", "[1]", Kind::Json),
        ("a.jsonl", "{\"a\":1}\n{\"a\":2}", Kind::JsonLines),
        ("input_example", "{\"a\": 1}", Kind::Json),
        ("a.csv", "a,b\n", Kind::Values),
        ("README.MD", "# Title", Kind::Markdown),
        ("fig.html", "<div>", Kind::Html),
        ("log", "line", Kind::Text("text")),
    ] {
        assert_eq!(sniffed(name, head.as_bytes()), expected, "{name}");
    }
}

#[test]
fn binaries_say_what_they_are() {
    let windows = [b"MZ", [0; 58].as_slice(), b"\x40\0\0\0PE\0\0"].concat();
    for (name, head, expected) in [
        ("model.pkl", &b"\x80\x04\x95\0"[..], "Python pickle"),
        ("data/model.pth", b"PK\x03\x04\0", "PyTorch model"),
        ("x.zip", b"PK\x03\x04\0", "ZIP archive"),
        ("clip", b"\0\0\0\x20ftypisom", "MPEG-4 video"),
        ("m.onnx", b"\x08\x07\x12\0", "ONNX model"),
        ("what", b"\0\x01\x02", "binary file"),
        ("a.mp3", b"ID3\x04\0\0\0\0\x0f\x76TSSE\0\0\0", "MP3 audio"),
        ("a.orc", b"ORC\x11\0\0\x0a\x06", "ORC table"),
        ("m.gguf", b"GGUF\x03\0\0\0\x23\x01\0\0", "GGUF model"),
        ("a.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03abc", "gzip-compressed file"),
        ("a.bz2", b"BZh91AY&SY\x19\x93\x9bk", "bzip2-compressed file"),
        ("a.wav", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0", "WAV audio"),
        ("a.flac", b"fLaC\0\0\0\x22\x10\0\x10\0", "FLAC audio"),
        ("a.npy", b"\x93NUMPY\x01\0v\0{'descr'", "NumPy array"),
        ("a.arrow", b"ARROW1\0\0\xff\xff", "Arrow table"),
        ("a.avro", b"Obj\x01\x04\x14avro.codec\x08null\0", "Avro table"),
        ("a.tif", b"II*\0\x08\0\0\0", "TIFF image"),
        ("a.exe", &windows, "program (Windows)"),
        ("a.so", b"\x7fELF\x02\x01\x01\0\0", "program (ELF)"),
        ("a.pdf", b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", "PDF document"),
        ("a.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n\0\x01\x02\x03\x04", "PDF document"),
    ] {
        assert_eq!(sniffed(name, head), Kind::Binary(expected), "{name}");
    }
    assert_eq!(sniffed("x", b""), Kind::Empty);
}

/// Every format whose mark is letters, as the beginning of a note about it.
#[test]
fn a_text_that_begins_with_the_letters_of_a_format_is_a_text() {
    for mark in [
        "%PDF-1.7",
        "PAR1",
        "ARROW1",
        "FEA1",
        "ORC",
        "Obj",
        "BZh9",
        "7z",
        "NUMPY",
        "HDF",
        "SQLite format 3",
        "GGUF",
        "II*",
        "MM",
        "OggS",
        "ID3",
        "fLaC",
        "ELF",
        "MZ",
        "RIFF",
        "RIFF    WAVE",
        "RIFF    AVI ",
        "RIFF    WEBP",
        "PK",
        "GIF87a",
        "GIF89a",
        "BM",
        "JFIF",
        "PNG",
        "the ftypisom",
        "avifftyp",
        "iVBORw0KGgo",
        "(µ/ý",
    ] {
        for after in ["", " is what it begins with", "\nsecond line\n", "trees, entropy 0.25", ": 3"] {
            let text = format!("{mark}{after}");
            assert_eq!(sniffed("notes.txt", text.as_bytes()), Kind::Text("text"), "{text:?}");
            let (western, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
            assert_eq!(sniffed("notes.txt", &western), Kind::Text("text"), "{text:?} in windows-1252");
        }
    }
}

#[test]
fn a_readme_may_begin_with_html() {
    for start in ["<!-- <svg> --> # Title", "<svg width='9'/>\n# Title", "<html>\n\n# Title", "<p align=center>"] {
        assert_eq!(sniffed("README.md", start.as_bytes()), Kind::Markdown, "{start}");
    }
    for (text, expected) in [
        ("<!-- draw it as <svg> later -->\nnotes", Kind::Text("text")),
        ("<svgfoo>", Kind::Text("text")),
        ("<htmlx>", Kind::Text("text")),
        ("<!doctype htmlish>", Kind::Text("text")),
    ] {
        assert_eq!(sniffed("notes.txt", text.as_bytes()), expected, "{text}");
    }
}
