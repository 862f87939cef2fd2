//! Bytes as text: encodings, and lines that no screen can lay out.

/// Longer lines are cut: laying out one line of a megabyte stops a window for seconds.
const MOST_LINE_CHARS: usize = 10_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

/// The encoding of a head, or none where it is no text. Bytes that are not valid are allowed,
/// control characters and NULs are not.
pub fn encoding(head: &[u8]) -> Option<Encoding> {
    if head.starts_with(&[0xff, 0xfe]) && !head.starts_with(&[0xff, 0xfe, 0, 0]) {
        return Some(Encoding::Utf16Le);
    }
    if head.starts_with(&[0xfe, 0xff]) {
        return Some(Encoding::Utf16Be);
    }
    let head = &head[..head.len().min(64 * 1024)];
    if head.contains(&0) {
        return utf16_without_mark(head);
    }
    let controls = head.iter().filter(|byte| matches!(byte, 1..=7 | 11 | 14..=26 | 28..=31 | 127)).count();
    let invalid = String::from_utf8_lossy(head).chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    (controls * 100 <= head.len() && invalid * 10 <= head.len()).then_some(Encoding::Utf8)
}

/// Western text in UTF-16 has a NUL in every other byte.
fn utf16_without_mark(head: &[u8]) -> Option<Encoding> {
    let nuls = |from: usize| head.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, half) = (nuls(0), nuls(1), head.len() / 2);
    let plausible = |text: String| !text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'));
    if even == 0 && odd * 10 > half * 4 && plausible(decode(head, Encoding::Utf16Le)) {
        Some(Encoding::Utf16Le)
    } else if odd == 0 && even * 10 > half * 4 && plausible(decode(head, Encoding::Utf16Be)) {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}

/// The text without its byte order mark. A character that the end of a head cuts is left out.
pub fn decode(bytes: &[u8], encoding: Encoding) -> String {
    let text = match encoding {
        Encoding::Utf8 => String::from_utf8_lossy(&bytes[..whole_characters(bytes)]).into_owned(),
        Encoding::Utf16Le => utf16(bytes, u16::from_le_bytes),
        Encoding::Utf16Be => utf16(bytes, u16::from_be_bytes),
    };
    text.strip_prefix('\u{feff}').map(ToOwned::to_owned).unwrap_or(text)
}

fn utf16(bytes: &[u8], from: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| from([pair[0], pair[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// How many bytes there are without a character that only begins at the end.
fn whole_characters(bytes: &[u8]) -> usize {
    let begun = bytes.iter().rev().take(3).position(|byte| byte & 0xc0 == 0xc0);
    let Some(from_end) = begun else { return bytes.len() };
    let start = bytes.len() - 1 - from_end;
    match std::str::from_utf8(&bytes[start..]) {
        // No length means that more bytes could have completed it.
        Err(error) if error.error_len().is_none() => start,
        _ => bytes.len(),
    }
}

/// The text with its longest lines cut, and whether any was.
pub fn cut_lines(text: String) -> (String, bool) {
    if text.len() <= MOST_LINE_CHARS || text.split('\n').all(|line| line.len() <= MOST_LINE_CHARS) {
        return (text, false);
    }
    let mut cut = false;
    let lines: Vec<String> = text.split('\n').map(|line| cut_line(line, &mut cut)).collect();
    (lines.join("\n"), cut)
}

fn cut_line(line: &str, cut: &mut bool) -> String {
    match line.char_indices().nth(MOST_LINE_CHARS) {
        None => line.to_owned(),
        Some((end, _)) => {
            *cut = true;
            format!("{} … ({} characters more)", &line[..end], line[end..].chars().count())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16_bytes(text: &str, to: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to).collect()
    }

    #[test]
    fn texts_in_every_encoding() {
        let text = "déjà vu\r\n二行目\n";
        for (bytes, expected) in [
            (text.as_bytes().to_vec(), Encoding::Utf8),
            ([b"\xef\xbb\xbf", text.as_bytes()].concat(), Encoding::Utf8),
            (utf16_bytes(&format!("\u{feff}{text}"), u16::to_le_bytes), Encoding::Utf16Le),
            (utf16_bytes(&format!("\u{feff}{text}"), u16::to_be_bytes), Encoding::Utf16Be),
        ] {
            assert_eq!(encoding(&bytes), Some(expected));
            assert_eq!(decode(&bytes, expected), text);
        }
        assert_eq!(encoding(&utf16_bytes("a,b,c\n1,2,3\n", u16::to_le_bytes)), Some(Encoding::Utf16Le));
        assert_eq!(encoding(&utf16_bytes("a,b,c\n1,2,3\n", u16::to_be_bytes)), Some(Encoding::Utf16Be));
    }

    #[test]
    fn a_head_that_ends_within_a_character() {
        let text = "aé二😀";
        for end in 0..=text.len() {
            let shown = decode(&text.as_bytes()[..end], Encoding::Utf8);
            assert!(text.starts_with(&shown) && !shown.contains(char::REPLACEMENT_CHARACTER), "{end}: {shown}");
        }
        let odd = utf16_bytes("ab", u16::to_le_bytes);
        assert_eq!(decode(&odd[..3], Encoding::Utf16Le), "a");
    }

    #[test]
    fn invalid_bytes_are_shown_and_binaries_are_not() {
        let latin = b"caf\xe9 au lait, s'il vous pla\xeet";
        assert_eq!(encoding(latin), Some(Encoding::Utf8));
        assert_eq!(decode(latin, Encoding::Utf8), "caf\u{fffd} au lait, s'il vous pla\u{fffd}t");
        assert_eq!(encoding(b"\x01\x02\x03\x04 text"), None);
        assert_eq!(encoding(&[0; 100]), None);
        assert_eq!(encoding(&(0..=255).collect::<Vec<u8>>()), None);
        assert_eq!(encoding(&[0xc3; 100]), None);
        assert_eq!(encoding(b"\x1b[31mred\x1b[0m log"), Some(Encoding::Utf8));
    }

    #[test]
    fn a_line_of_a_megabyte_is_cut_and_says_so() {
        let (text, cut) = cut_lines(format!("short\n{}\nend", "é".repeat(1_000_000)));
        assert!(cut && text.len() < 30_000);
        assert!(text.starts_with("short\né") && text.ends_with("… (990000 characters more)\nend"), "{}", text.len());
        assert_eq!(cut_lines("a\nb\n".to_owned()), ("a\nb\n".to_owned(), false));
    }
}
