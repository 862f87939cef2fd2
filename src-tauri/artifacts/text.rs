//! Bytes as text: which encoding they are in, and what they say in it.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How much is looked at for characters that no text has.
const LOOKED_AT_BYTES: usize = 64 * 1024;
/// With fewer letters beyond ASCII than this, one alphabet is as likely as the other.
const FEW_LETTERS: usize = 20;

pub struct Decoded {
    pub text: String,
    /// Whether some bytes mean nothing in this encoding and are shown as U+FFFD.
    pub damaged: bool,
}

/// The encoding that the user named, by any of the names that the web knows for it.
pub fn by_name(name: &str) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(name.as_bytes())
}

/// The encoding of a head, or none where it is no text. Invalid bytes are allowed, NULs and many
/// control characters are not. `whole` says whether the head is all of the file.
pub fn detect(head: &[u8], whole: bool) -> Option<&'static Encoding> {
    // UTF-32 begins with the mark of UTF-16 and two NULs, and is as rare as a binary like that.
    if let Some((encoding, _)) = Encoding::for_bom(head).filter(|_| !head.starts_with(&[0xff, 0xfe, 0, 0])) {
        return Some(encoding);
    }
    let start = &head[..head.len().min(LOOKED_AT_BYTES)];
    if start.contains(&0) {
        return utf16_without_mark(start);
    }
    let controls = start.iter().filter(|byte| matches!(byte, 1..=6 | 11 | 16..=26 | 28..=31 | 127)).count();
    if controls * 100 > start.len() {
        return None;
    }
    // The one old encoding that looks like ASCII: it says by escapes which letters follow.
    if start.windows(3).any(|part| matches!(part, b"\x1b$B" | b"\x1b$@")) && guess(head) == ISO_2022_JP {
        return Some(ISO_2022_JP);
    }
    let (valid, invalid) = utf8_characters(head, whole);
    // A few broken bytes between many whole characters do not make another encoding.
    if invalid == 0 || invalid * 4 <= valid { Some(UTF_8) } else { one_of_the_old(head) }
}

/// How many characters beyond ASCII are whole, and how many broken, as UTF-8. One that the end of a head cuts is neither.
fn utf8_characters(bytes: &[u8], whole: bool) -> (usize, usize) {
    let (mut valid, mut invalid) = (0, 0);
    let mut rest = bytes;
    loop {
        match std::str::from_utf8(rest) {
            Ok(text) => return (valid + beyond_ascii(text), invalid),
            Err(error) => {
                let (good, bad) = rest.split_at(error.valid_up_to());
                valid += std::str::from_utf8(good).map(beyond_ascii).unwrap_or_default();
                let Some(length) = error.error_len() else { return (valid, invalid + usize::from(whole)) };
                invalid += 1;
                rest = &bad[length..];
            }
        }
    }
}

fn beyond_ascii(text: &str) -> usize {
    text.chars().filter(|c| !c.is_ascii()).count()
}

fn guess(head: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(head, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// One of the encodings from before UTF-8, by how often which letters stand beside which.
fn one_of_the_old(head: &[u8]) -> Option<&'static Encoding> {
    let mut encoding = guess(head);
    let letters = head.iter().filter(|byte| !byte.is_ascii()).count();
    let longest = head.split(u8::is_ascii).map(<[u8]>::len).max().unwrap_or_default();
    // `20°C ±0.5` says nothing about an alphabet; Western is the likeliest.
    if letters < FEW_LETTERS && longest <= 2 && encoding.is_single_byte() {
        encoding = WINDOWS_1252;
    }
    let text = decode(head, encoding, false).text;
    let controls = text.chars().filter(|c| matches!(c, '\u{80}'..='\u{9f}')).count();
    (controls * 20 <= letters).then_some(encoding)
}

/// UTF-16 that does not say so: read in one of the two byte orders it is letters and no control characters.
fn utf16_without_mark(head: &[u8]) -> Option<&'static Encoding> {
    // Words between other bytes, two letters taken for one, would be Chinese.
    let is_printable = |byte: &u8| (0x20..0x7f).contains(byte);
    let words = head.chunks_exact(2).filter(|pair| pair.iter().all(is_printable)).count();
    if words * 4 > head.len() {
        return None;
    }
    let readable = |encoding: &&'static Encoding| {
        let read = decode(head, encoding, false);
        let (mut letters, mut others) = (0, 0);
        for c in read.text.chars() {
            match c {
                '\t' | '\n' | '\r' => letters += 1,
                c if c.is_control() => return None,
                c if c.is_alphanumeric()
                    || c.is_ascii()
                    || matches!(c, '\u{2010}'..='\u{2027}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff65}') =>
                {
                    letters += 1
                }
                _ => others += 1,
            }
        }
        // In the wrong order, a line of Latin letters is a line of rare Chinese ones.
        let ascii = read.text.chars().filter(char::is_ascii).count();
        (!read.damaged && others * 10 <= letters && ascii > 0).then_some(ascii)
    };
    [UTF_16LE, UTF_16BE].into_iter().filter(|encoding| readable(encoding).is_some()).max_by_key(readable)
}

/// The text without its byte order mark. If the bytes are not the whole file, a character that
/// their end cuts is left out.
pub fn decode(bytes: &[u8], encoding: &'static Encoding, whole: bool) -> Decoded {
    let marked = Encoding::for_bom(bytes).filter(|(found, _)| *found == encoding);
    let bytes = &bytes[marked.map_or(0, |(_, length)| length)..];
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len()));
    let (_, _, damaged) = decoder.decode_to_string(bytes, &mut text, whole);
    text.shrink_to_fit();
    Decoded { text, damaged }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16_bytes(text: &str, to: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to).collect()
    }

    fn encoded(text: &str, name: &str) -> Vec<u8> {
        let (bytes, _, lossy) = by_name(name).unwrap().encode(text);
        assert!(!lossy, "{text} in {name}");
        bytes.into_owned()
    }

    #[test]
    fn texts_in_every_unicode() {
        let text = "déjà vu\r\n二行目\n";
        for (bytes, expected) in [
            (text.as_bytes().to_vec(), UTF_8),
            ([b"\xef\xbb\xbf", text.as_bytes()].concat(), UTF_8),
            (utf16_bytes(&format!("\u{feff}{text}"), u16::to_le_bytes), UTF_16LE),
            (utf16_bytes(&format!("\u{feff}{text}"), u16::to_be_bytes), UTF_16BE),
        ] {
            assert_eq!(detect(&bytes, true), Some(expected));
            let read = decode(&bytes, expected, true);
            assert_eq!((read.text.as_str(), read.damaged), (text, false));
        }
        for text in ["a,b,c\n1,2,3\n", "Потери на шаге: 0,25\n", "損失 0.25\n一歩目\n", "x\n"] {
            for (to, expected) in [(u16::to_le_bytes as fn(u16) -> [u8; 2], UTF_16LE), (u16::to_be_bytes, UTF_16BE)] {
                let bytes = utf16_bytes(text, to);
                assert_eq!(detect(&bytes, true), Some(expected), "{text}");
                assert_eq!(decode(&bytes, expected, true).text, text);
            }
        }
    }

    #[test]
    fn texts_from_before_unicode_are_known_by_their_letters() {
        for (text, name) in [
            ("Обучение завершено, потери на проверке меньше", "windows-1251"),
            ("Обучение завершено, потери на проверке меньше", "KOI8-R"),
            ("学習が終わりました。損失は小さいです。", "Shift_JIS"),
            ("学習が終わりました。損失は小さいです。", "EUC-JP"),
            ("学習が終わりました", "ISO-2022-JP"),
            ("训练完成，损失很小", "GBK"),
            ("훈련이 끝났습니다", "EUC-KR"),
            ("Le modèle a été entraîné, la précision est élevée à 90 %", "windows-1252"),
            ("café", "windows-1252"),
            ("temp=20°C ±0.5", "windows-1252"),
            ("Größe über 5 µm", "windows-1252"),
        ] {
            let bytes = encoded(text, name);
            let found = detect(&bytes, true).unwrap();
            let read = decode(&bytes, found, true);
            assert_eq!((read.text.as_str(), read.damaged), (text, false), "{name} taken for {}", found.name());
        }
    }

    #[test]
    fn a_few_broken_bytes_do_not_change_the_encoding_and_are_told() {
        let mut bytes = "потери 損失 ".repeat(20).into_bytes();
        bytes.extend(b"\xff\xfe ok");
        assert_eq!(detect(&bytes, true), Some(UTF_8));
        let read = decode(&bytes, UTF_8, true);
        assert!(read.damaged && read.text.contains('\u{fffd}'));
        // A text that has this character itself is whole.
        assert!(!decode("\u{fffd}".as_bytes(), UTF_8, true).damaged);
    }

    #[test]
    fn a_head_that_ends_within_a_character() {
        let text = "aé二😀";
        for end in 0..=text.len() {
            let head = &text.as_bytes()[..end];
            assert_eq!(detect(head, false), Some(UTF_8), "{end}");
            let read = decode(head, UTF_8, false);
            assert!(text.starts_with(&read.text) && !read.damaged, "{end}: {}", read.text);
        }
        let whole = decode(&text.as_bytes()[..2], UTF_8, true);
        assert_eq!((whole.text.as_str(), whole.damaged), ("a\u{fffd}", true));
        let odd = utf16_bytes("ab", u16::to_le_bytes);
        assert_eq!(decode(&odd[..3], UTF_16LE, false).text, "a");
        let japanese = encoded("損失", "Shift_JIS");
        let read = decode(&japanese[..3], by_name("Shift_JIS").unwrap(), false);
        assert_eq!((read.text.as_str(), read.damaged), ("損", false));
    }

    #[test]
    fn binaries_are_no_text() {
        let noise: Vec<u8> = (0..10_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for bytes in [
            &b"\x01\x02\x03\x04 text"[..],
            &[0; 100],
            &(0..=255).collect::<Vec<u8>>(),
            &noise,
            b"\xff\xfe\0\0a\0\0\0",
            b"Obj\x01\x04\x14avro.codec\x08null\0",
        ] {
            assert_eq!(detect(bytes, true).map(Encoding::name), None, "{:?}", &bytes[..8]);
        }
        assert_eq!(detect(b"\x1b[31mred\x1b[0m log", true), Some(UTF_8));
    }
}
