//! Text of others (a server, a certificate, a file), made fit to be shown: nothing moves the cursor, turns the direction
//! of writing or is there without being seen, and the length is bounded.

/// Without what is not harmless; white space in one piece; at most `longest` characters, then `…`.
pub fn line(text: &str, longest: usize) -> String {
    // What separates words does so even where it is a control character.
    let kept: String = text.chars().filter(|c| c.is_whitespace() || is_harmless(*c)).collect();
    cut(kept.split_whitespace().collect::<Vec<_>>().join(" ").chars(), longest)
}

/// As [`line()`], with its line breaks and the space between words as it is.
pub fn lines(text: &str, longest: usize) -> String {
    let kept = text.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| *c == '\n' || is_harmless(*c));
    cut(kept, longest).trim().to_owned()
}

/// For a name, which a user compares with another by eye: what is not harmless becomes U+FFFD. Left out, it would
/// make two names look the same that are not.
pub fn name(text: &str, longest: usize) -> String {
    cut(text.chars().map(|c| if is_harmless(c) { c } else { char::REPLACEMENT_CHARACTER }), longest)
}

fn cut(text: impl Iterator<Item = char>, longest: usize) -> String {
    let mut text: String = text.take(longest.saturating_add(1)).collect();
    if let Some((end, _)) = text.char_indices().nth(longest) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// Whether a character is seen as what it is: it moves nothing, turns nothing and is not there unseen.
pub fn is_harmless(c: char) -> bool {
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}');
    // Soft hyphens, joiners, tags and variants; and fillers, which are letters by name only (Default_Ignorable).
    let is_unseen =
        matches!(c, '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}')
            || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}')
            || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}')
            || matches!(c, '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}');
    let breaks_lines = matches!(c, '\u{2028}' | '\u{2029}');
    !(c.is_control() || turns || is_unseen || breaks_lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_server_s_text_moves_the_cursor_or_turns_the_line() {
        assert_eq!(line("\u{1b}[31mPass\u{202e}word:\r\n\t now ", 100), "[31mPassword: now");
        assert_eq!(lines("one\r\n\u{7}two\n", 100), "one\ntwo");
        assert_eq!(line("äöü", 2), "äö…");
        assert_eq!(line("äö", 2), "äö");
    }

    #[test]
    fn every_character_that_hides_or_turns_is_taken_out_or_marked() {
        for c in "\u{0}\u{7}\u{1b}\u{7f}\u{9b}\u{61c}\u{200e}\u{202d}\u{202e}\u{2066}\u{2069}\u{206e}".chars() {
            assert_eq!(line(&format!("a{c}b"), 9), "ab", "{c:?}");
            assert_eq!(lines(&format!("a{c}b"), 9), "ab", "{c:?}");
            assert_eq!(name(&format!("a{c}b"), 9), "a\u{fffd}b", "{c:?}");
        }
        for c in "\u{ad}\u{200b}\u{200d}\u{2060}\u{2064}\u{3164}\u{feff}\u{fff9}\u{e0041}\u{fe00}\u{fe0f}\u{e0101}\u{17b4}\u{1d173}".chars() {
            assert_eq!(line(&format!("a{c}b"), 9), "ab", "{c:?}");
            assert_eq!(lines(&format!("a{c}b"), 9), "ab", "{c:?}");
            assert_eq!(name(&format!("a{c}b"), 9), "a\u{fffd}b", "{c:?}");
        }
    }

    #[test]
    fn lines_end_only_where_several_are_wanted() {
        let text = "a\u{2028}b\u{85}c\rd\ne  f";
        assert_eq!(line(text, 99), "a b c d e f");
        assert_eq!(lines(text, 99), "abcd\ne  f");
        assert_eq!(name(text, 99), "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e  f");
        // What is taken out leaves no gap behind.
        assert_eq!(line("a \u{200b} b", 99), "a b");
    }

    #[test]
    fn what_is_cut_says_so() {
        for cut in [line, lines, name] {
            assert_eq!(cut("äöü", 2), "äö…");
            assert_eq!(cut("äö", 2), "äö");
            assert_eq!(cut("äö", usize::MAX), "äö");
        }
    }

    #[test]
    fn writing_of_every_direction_stays_as_it_is() {
        for text in ["Gerät für Müller", "שלום", "مرحبا", "最良のモデル", "é e\u{301}", "✓ 🦀"] {
            assert_eq!(line(text, 99), text);
            assert_eq!(lines(text, 99), text);
            assert_eq!(name(text, 99), text);
        }
    }
}
