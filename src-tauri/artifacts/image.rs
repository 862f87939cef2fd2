//! The pictures that the window can show, and how large one is, from its header alone: a small file can unfold to a picture that no
//! memory holds, so this is checked before anything decodes it.

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine, alphabet};

/// Width and height in pixels.
pub type Size = (u32, u32);

/// The pictures that the window can show.
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
            Self::Png => png(head),
            Self::Jpeg => jpeg(head),
            Self::Gif => gif(head),
            Self::WebP => webp(head),
            Self::Bmp => bmp(head),
        }
    }
}

/// PNG, <https://www.w3.org/TR/png/#11IHDR>: the first chunk is always IHDR.
fn png(head: &[u8]) -> Option<Size> {
    (head.get(12..16)? == b"IHDR").then_some(())?;
    Some((be32(head, 16)?, be32(head, 20)?))
}

/// JPEG: the frame header (SOFn) is somewhere after other segments, each with its length.
fn jpeg(head: &[u8]) -> Option<Size> {
    let mut at = 2;
    loop {
        if *head.get(at)? != 0xff {
            return None;
        }
        let marker = *head.get(at + 1)?;
        match marker {
            // Fill bytes, and markers without a length.
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            // C4, C8 and CC are tables, not frames.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                return Some((u32::from(be16(head, at + 7)?), u32::from(be16(head, at + 5)?)));
            }
            // The pixels begin or the image ends, and no frame was seen.
            0xd9 | 0xda => return None,
            _ => at += 2 + usize::from(be16(head, at + 2)?.max(2)),
        }
    }
}

fn gif(head: &[u8]) -> Option<Size> {
    Some((u32::from(le16(head, 6)?), u32::from(le16(head, 8)?)))
}

/// WebP in its three kinds, RFC 9649.
fn webp(head: &[u8]) -> Option<Size> {
    match head.get(12..16)? {
        b"VP8 " => {
            (head.get(23..26)? == [0x9d, 0x01, 0x2a]).then_some(())?;
            Some((u32::from(le16(head, 26)? & 0x3fff), u32::from(le16(head, 28)? & 0x3fff)))
        }
        b"VP8L" => {
            (*head.get(20)? == 0x2f).then_some(())?;
            let bits = u32::from_le_bytes(head.get(21..25)?.try_into().ok()?);
            Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
        }
        b"VP8X" => {
            let le24 = |at: usize| Some(u32::from(le16(head, at)?) | u32::from(*head.get(at + 2)?) << 16);
            Some((le24(24)? + 1, le24(27)? + 1))
        }
        _ => None,
    }
}

fn bmp(head: &[u8]) -> Option<Size> {
    let header_bytes = le16(head, 14)?;
    if header_bytes == 12 {
        return Some((u32::from(le16(head, 18)?), u32::from(le16(head, 20)?)));
    }
    let le32 = |at: usize| Some(i32::from_le_bytes(head.get(at..at + 4)?.try_into().ok()?));
    // A negative height means that the rows go from top to bottom.
    Some((le32(18)?.unsigned_abs(), le32(22)?.unsigned_abs()))
}

/// SVG: `width` and `height` in pixels, else the `viewBox`; zeros where neither says.
pub fn svg(text: &str) -> Size {
    let Some(start) = text.find("<svg") else { return (0, 0) };
    let tag = &text[start..];
    let tag = &tag[..tag.find('>').unwrap_or(tag.len())];
    let pixels = |value: &str| value.trim().trim_end_matches("px").parse().ok().filter(|n: &f64| *n >= 1.0);
    let size = attribute(tag, "width").and_then(pixels).zip(attribute(tag, "height").and_then(pixels));
    let view_box = || {
        let numbers: Vec<&str> = attribute(tag, "viewBox")?.split([' ', ',']).filter(|part| !part.is_empty()).collect();
        pixels(numbers.get(2)?).zip(pixels(numbers.get(3)?))
    };
    let (width, height) = size.or_else(view_box).unwrap_or_default();
    (width as u32, height as u32)
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = tag;
    loop {
        let at = rest.find(name)?;
        let before = rest[..at].chars().next_back()?;
        let after = rest[at + name.len()..].trim_start();
        rest = &rest[at + name.len()..];
        let Some(value) = after.strip_prefix('=').filter(|_| before.is_whitespace()) else { continue };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        return value[1..].split(quote).next();
    }
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn le16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

/// The text form that one server sends PNG files in; at its end padding may be missing.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// White space is skipped. None for what is no base64.
pub fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    let text: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    BASE64.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_headers_written_by_hand() {
        let mut jpeg_head = vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc4, 0, 3, 9];
        jpeg_head.extend([0xff, 0xc2, 0, 11, 8, 1, 0, 2, 0]);
        assert_eq!(jpeg(&jpeg_head), Some((512, 256)));
        assert_eq!(gif(b"GIF89a\x10\x00\x20\x00"), Some((16, 32)));
        assert_eq!(webp(b"RIFF....WEBPVP8X....\0\0\0\0\xff\x03\x00\xff\x01\x00"), Some((1024, 512)));
        assert_eq!(webp(b"RIFF....WEBPVP8L....\x2f\x63\x40\x18\x00"), Some((100, 98)));
        assert_eq!(webp(b"RIFF....WEBPVP8 .......\x9d\x01\x2a\x40\x01\xf0\x00"), Some((320, 240)));
        let mut bmp_head = b"BM............\x28\0\0\0\x10\0\0\0".to_vec();
        bmp_head.extend((-32_i32).to_le_bytes());
        assert_eq!(bmp(&bmp_head), Some((16, 32)));
    }

    #[test]
    fn a_header_that_is_cut_anywhere_has_no_size_and_does_no_harm() {
        let mut whole = vec![0xff, 0xd8, 0xff, 0xe1, 0, 4, 1, 2];
        whole.extend([0xff, 0xc0, 0, 11, 8, 1, 0, 2, 0]);
        for end in 0..whole.len() {
            assert_eq!(jpeg(&whole[..end]), None, "{end}");
        }
        for end in 0..24 {
            assert_eq!(png(&b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x01\0\0\0\x01\0"[..end]), None, "{end}");
            let _ = (gif(&whole[..end.min(9)]), webp(&vec![0; end]), bmp(&vec![0; end]));
        }
        // A segment of length 0 must not make the search stand still.
        assert_eq!(jpeg(&[0xff, 0xd8, 0xff, 0xe0, 0, 0, 0xff, 0xe0, 0, 0, 0xff, 0xd9]), None);
    }

    #[test]
    fn sizes_of_drawings() {
        assert_eq!(svg("<?xml?><svg width=\"640px\" height='480'>"), (640, 480));
        assert_eq!(svg("<svg xmlns='x' stroke-width='3' viewBox=\"0 0 12.5,7\">"), (12, 7));
        assert_eq!(svg("<svg width='100%' height='100%'>"), (0, 0));
        assert_eq!(svg("<svg width="), (0, 0));
    }

    #[test]
    fn base64_with_line_breaks() {
        assert_eq!(from_base64(b"iVBO\nRw0KGgo="), Some(b"\x89PNG\r\n\x1a\n".to_vec()));
        assert_eq!(from_base64(b"iVBORw0KGgo"), Some(b"\x89PNG\r\n\x1a\n".to_vec()));
        assert_eq!(from_base64(b"not base64!"), None);
    }
}
