//! A line of an ssh_config taken apart as OpenSSH does it: `strdelim` finds the keyword and `argv_split`
//! (both in its misc.c) the arguments.

/// A line that says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Counted from 1.
    pub number: usize,
    /// In lower case.
    pub keyword: String,
    /// All behind the keyword as it is written: what a command is made of.
    pub rest: String,
    /// None where a quote is not closed.
    pub arguments: Option<Vec<String>>,
}

/// The lines of a file that say something. What is not UTF-8 is replaced, and a line ends at a NUL, as in C.
pub(super) fn lines(contents: &[u8]) -> Vec<Line> {
    let text = String::from_utf8_lossy(contents);
    // A byte order mark is what an editor on Windows puts there.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let numbered = text.split('\n').enumerate();
    numbered.filter_map(|(index, line)| Line::read(index + 1, line.split('\0').next().unwrap_or_default())).collect()
}

impl Line {
    fn read(number: usize, line: &str) -> Option<Self> {
        let line = line.trim_end_matches([' ', '\t', '\r', '\n', '\x0c']);
        let (mut keyword, mut rest) = delimited(line)?;
        // White space in front of the keyword.
        if keyword.is_empty() {
            (keyword, rest) = delimited(rest?)?;
        }
        if keyword.is_empty() || keyword.starts_with('#') {
            return None;
        }
        let rest = rest.unwrap_or_default().trim_start_matches(is_space);
        Some(Self { number, keyword: keyword.to_ascii_lowercase(), rest: rest.to_owned(), arguments: arguments(rest) })
    }

    /// The rest as a command: with its quotes and `#`, without the `=` that some put before it.
    pub fn command(&self) -> &str {
        self.rest.trim_start_matches(|c| is_space(c) || c == '=')
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// The first word and what follows it, divided by white space or one `=`; None where a quote is not closed, which
/// makes OpenSSH skip the line. What follows is None where nothing can.
fn delimited(text: &str) -> Option<(String, Option<&str>)> {
    let Some(end) = text.find(|c| is_space(c) || c == '"' || c == '=') else {
        return Some((text.to_owned(), None));
    };
    let (word, rest) = text.split_at(end);
    if let Some(quoted) = rest.strip_prefix('"') {
        let (inside, rest) = quoted.split_once('"')?;
        return Some((format!("{word}{inside}"), Some(rest.trim_start_matches(is_space))));
    }
    if let Some(rest) = rest.strip_prefix('=') {
        return Some((word.to_owned(), Some(rest.trim_start_matches(is_space))));
    }
    let rest = rest.trim_start_matches(is_space);
    let rest = rest.strip_prefix('=').map_or(rest, |rest| rest.trim_start_matches(is_space));
    Some((word.to_owned(), Some(rest)))
}

/// Words divided by blanks and tabs, with quotes of both kinds and `\\`, `\"`, `\'`, `\ `; from a word that begins
/// with `#` on it is a comment. None where a quote is not closed.
pub(super) fn arguments(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(&first) = rest.peek() {
        if first == ' ' || first == '\t' {
            rest.next();
            continue;
        }
        if first == '#' {
            break;
        }
        let mut word = String::new();
        let mut quote = None;
        while let Some(c) = rest.next() {
            match (c, quote) {
                ('\\', _) => match rest.peek() {
                    Some(&next @ ('\'' | '"' | '\\')) => {
                        rest.next();
                        word.push(next);
                    }
                    Some(' ') if quote.is_none() => {
                        rest.next();
                        word.push(' ');
                    }
                    _ => word.push('\\'),
                },
                (' ' | '\t', None) => break,
                ('"' | '\'', None) => quote = Some(c),
                (_, Some(open)) if c == open => quote = None,
                _ => word.push(c),
            }
        }
        if quote.is_some() {
            return None;
        }
        words.push(word);
    }
    Some(words)
}
