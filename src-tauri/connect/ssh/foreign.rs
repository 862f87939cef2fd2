//! Text of a server that nobody vouches for yet, made fit to be shown.

/// Without control characters and without those that turn the direction of writing; white space in
/// one piece; at most `longest` characters.
pub fn line(text: &str, longest: usize) -> String {
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace()).filter(|word| !word.is_empty()).collect();
    cut(words.join(" ").chars().filter(|c| is_harmless(*c)), longest)
}

/// As [`line()`], with its line breaks.
pub fn lines(text: &str, longest: usize) -> String {
    let kept = text.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| *c == '\n' || is_harmless(*c));
    cut(kept, longest).trim().to_owned()
}

fn cut(text: impl Iterator<Item = char>, longest: usize) -> String {
    let mut text: String = text.take(longest + 1).collect();
    if let Some((end, _)) = text.char_indices().nth(longest) {
        text.truncate(end);
        text.push('…');
    }
    text
}

fn is_harmless(c: char) -> bool {
    let turns = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    !c.is_control() && !turns
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
}
