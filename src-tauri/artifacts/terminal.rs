//! A log as a terminal would leave it: progress bars write one line again and again (`\r`), go up
//! a few lines, and colour what they write. Only that is understood; every other escape sequence
//! is removed, and other control characters are shown as pictures of themselves.
//!
//! The colours that stay are marks of our own, `ESC [ codes m`, each saying all of the style from
//! there on, and every line starts without any.

/// Longer lines are cut: laying out one line of a megabyte stops a window for seconds.
pub const MOST_LINE_CHARS: usize = 10_000;
/// More changes of colour than a line for people has; the rest of the line has none.
const MOST_MARKS: usize = 100;
/// For jumps to the right, which make spaces out of nothing.
const MOST_SPACES: usize = 256 * 1024;
/// A sequence that is longer has no end.
const MOST_SEQUENCE_CHARS: usize = 4096;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screen {
    pub text: String,
    /// Whether lines were too long and are cut.
    pub cut: bool,
    /// Whether something that was written is not seen any more.
    pub overwritten: bool,
}

/// Whether a text has anything that a terminal would not show as it is.
pub fn is_for_terminals(text: &str) -> bool {
    let mut rest = text.bytes().peekable();
    while let Some(byte) = rest.next() {
        match byte {
            b'\t' | b'\n' => {}
            b'\r' if rest.peek() == Some(&b'\n') => {}
            0..=31 | 127 => return true,
            _ => {}
        }
    }
    false
}

/// What a terminal of endless height would show in the end.
pub fn screen(text: &str) -> Screen {
    let mut terminal = Terminal { rows: vec![Row::default()], spaces: MOST_SPACES, ..Terminal::default() };
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\n' => terminal.down(1, true),
            '\r' => terminal.column = 0,
            '\u{8}' => terminal.column = terminal.column.saturating_sub(1),
            '\u{7}' => {}
            '\u{1b}' => rest = terminal.escape(rest),
            c => terminal.put(picture(c)),
        }
    }
    terminal.screen()
}

/// Every state of every line under the other, and every sequence as its characters.
pub fn as_it_is(text: &str) -> Screen {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.chars().map(picture).collect();
    let (text, cut) = cut_lines(text);
    Screen { text, cut, overwritten: false }
}

/// Whether `\r` stands between lines, as on old Macs, and does not begin the same line once more.
pub fn has_old_line_ends(text: &str) -> bool {
    if text.contains('\n') {
        return false;
    }
    // A bar that is drawn again begins like the one before, but for its numbers.
    let starts: Vec<String> = text
        .split('\r')
        .map(|line| line.trim_start())
        .filter(|line| !line.is_empty())
        .map(|line| {
            let mut start: Vec<char> =
                line.chars().take(24).map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
            start.dedup();
            start.into_iter().take(3).collect()
        })
        .collect();
    let same = starts.windows(2).filter(|pair| pair[0] == pair[1]).count();
    starts.len() > 1 && same * 2 < starts.len()
}

fn picture(c: char) -> char {
    match c {
        '\t' | '\n' => c,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + c as u32).unwrap_or(c),
        '\u{7f}' => '␡',
        c => c,
    }
}

/// The text with its longest lines cut, and whether any was.
pub fn cut_lines(text: String) -> (String, bool) {
    if text.len() <= MOST_LINE_CHARS || text.split('\n').all(|line| line.len() <= MOST_LINE_CHARS) {
        return (text, false);
    }
    let mut cut = false;
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| match line.char_indices().nth(MOST_LINE_CHARS) {
            None => line.to_owned(),
            Some((end, _)) => {
                cut = true;
                line[..end].to_owned() + &more(line[end..].chars().count())
            }
        })
        .collect();
    (lines.join("\n"), cut)
}

fn more(chars: usize) -> String {
    format!(" … ({chars} characters more)")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Style {
    /// One of the sixteen colours of a terminal.
    color: Option<u8>,
    background: Option<u8>,
    /// A bit for each of [`FLAGS`].
    flags: u8,
}

/// Bold, dim, italic, underlined, inverse, struck through: the codes that begin them.
const FLAGS: [u16; 6] = [1, 2, 3, 4, 7, 9];

impl Style {
    fn mark(self) -> String {
        let flags = FLAGS.iter().enumerate().filter(|(bit, _)| self.flags & (1 << bit) != 0).map(|(_, code)| *code);
        let color = self.color.map(|color| code_of(color, 30));
        let background = self.background.map(|color| code_of(color, 40));
        let codes: Vec<String> = flags.chain(color).chain(background).map(|code| code.to_string()).collect();
        format!("\u{1b}[{}m", codes.join(";"))
    }

    fn set_flag(&mut self, code: u16, on: bool) {
        if let Some(bit) = FLAGS.iter().position(|flag| *flag == code) {
            self.flags = if on { self.flags | 1 << bit } else { self.flags & !(1 << bit) };
        }
    }

    /// What `ESC [ codes m` changes.
    fn apply(&mut self, codes: &str) {
        let mut codes = codes.split(';');
        while let Some(code) = codes.next() {
            let mut parts = code.split(':');
            let number: u16 = match parts.next() {
                Some("") | None => 0,
                Some(number) => number.parse().unwrap_or(u16::MAX),
            };
            match number {
                0 => *self = Self::default(),
                1 | 2 | 3 | 4 | 7 | 9 => self.set_flag(number, parts.next() != Some("0")),
                22 => [1, 2].into_iter().for_each(|flag| self.set_flag(flag, false)),
                21 | 23 | 24 | 27 | 29 => self.set_flag(number - 20, false),
                30..=37 => self.color = Some((number - 30) as u8),
                90..=97 => self.color = Some((number - 82) as u8),
                39 => self.color = None,
                40..=47 => self.background = Some((number - 40) as u8),
                100..=107 => self.background = Some((number - 92) as u8),
                49 => self.background = None,
                38 | 48 => {
                    let within: Vec<&str> = parts.collect();
                    // Either `38:2::r:g:b` or `38;2;r;g;b`.
                    let color = if within.is_empty() {
                        any_color(&mut codes)
                    } else {
                        any_color(&mut within.into_iter().filter(|part| !part.is_empty()))
                    };
                    if let Some(color) = color {
                        *(if number == 38 { &mut self.color } else { &mut self.background }) = Some(color);
                    }
                }
                _ => {}
            }
        }
    }
}

fn code_of(color: u8, base: u16) -> u16 {
    let color = u16::from(color);
    if color < 8 { base + color } else { base + 60 + color - 8 }
}

/// One of 256 colours (`5;n`) or of all (`2;r;g;b`), as the nearest of the sixteen that have a token.
fn any_color<'t>(parts: &mut impl Iterator<Item = &'t str>) -> Option<u8> {
    let kind = parts.next()?;
    let mut number = || parts.next()?.parse::<u8>().ok();
    match kind {
        "5" => match number()? {
            basic @ 0..16 => Some(basic),
            cube @ 16..232 => {
                let level = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
                let n = cube - 16;
                Some(nearest(level(n / 36), level(n / 6 % 6), level(n % 6)))
            }
            grey => Some(nearest((grey - 232) * 10 + 8, (grey - 232) * 10 + 8, (grey - 232) * 10 + 8)),
        },
        "2" => Some(nearest(number()?, number()?, number()?)),
        _ => None,
    }
}

fn nearest(r: u8, g: u8, b: u8) -> u8 {
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    if most - least < 40 {
        return match most {
            0..60 => 0,
            60..140 => 8,
            140..210 => 7,
            210.. => 15,
        };
    }
    let middle = f32::from(least) + f32::from(most - least) / 2.0;
    let bit = |level: u8, bit: u8| if f32::from(level) >= middle { bit } else { 0 };
    bit(r, 1) | bit(g, 2) | bit(b, 4)
}

#[derive(Clone, Copy)]
struct Cell {
    c: char,
    style: Style,
}

const SPACE: Cell = Cell { c: ' ', style: Style { color: None, background: None, flags: 0 } };

#[derive(Default)]
struct Row {
    cells: Vec<Cell>,
    /// How wide it was meant to be.
    chars: usize,
}

#[derive(Default)]
struct Terminal {
    rows: Vec<Row>,
    row: usize,
    column: usize,
    style: Style,
    /// How many more may be made.
    spaces: usize,
    overwritten: bool,
}

impl Terminal {
    fn put(&mut self, c: char) {
        let row = &mut self.rows[self.row];
        if self.column < MOST_LINE_CHARS {
            let missing = self.column.saturating_sub(row.cells.len());
            if missing <= self.spaces {
                self.spaces -= missing;
                row.cells.resize(row.cells.len() + missing, SPACE);
            } else {
                self.column = row.cells.len();
            }
            let cell = Cell { c, style: self.style };
            match row.cells.get_mut(self.column) {
                Some(there) => {
                    self.overwritten |= there.c != c && there.c != ' ';
                    *there = cell;
                }
                None => row.cells.push(cell),
            }
        }
        self.column += 1;
        row.chars = row.chars.max(self.column);
    }

    fn down(&mut self, rows: usize, make: bool) {
        self.row = self.row.saturating_add(rows);
        if self.row >= self.rows.len() {
            if make {
                self.rows.push(Row::default());
            }
            self.row = self.rows.len() - 1;
        }
        if make {
            self.column = 0;
        }
    }

    /// Obeys or passes over the sequence that an ESC began; answers with what follows it.
    fn escape<'t>(&mut self, rest: &'t str) -> &'t str {
        let bytes = rest.as_bytes();
        match bytes.first() {
            Some(b'[') => {
                let inside = &bytes[1..];
                let end = inside.iter().take(MOST_SEQUENCE_CHARS).position(|byte| !(0x20..0x40).contains(byte));
                match end.map(|end| (end, inside[end])) {
                    Some((end, last @ 0x40..=0x7e)) => {
                        self.control(&rest[1..1 + end], last);
                        &rest[end + 2..]
                    }
                    // What is between is no sequence, so it is text.
                    _ => &rest[1..],
                }
            }
            // Titles, links and the like end with BEL or ESC \.
            Some(b']' | b'P' | b'X' | b'^' | b'_') => {
                let inside = &bytes[1..bytes.len().min(MOST_SEQUENCE_CHARS)];
                let end = inside.iter().position(|byte| matches!(byte, 7 | 0x1b | b'\n'));
                match end.map(|end| (end, inside[end])) {
                    Some((end, 7)) => &rest[end + 2..],
                    Some((end, 0x1b)) if inside.get(end + 1) == Some(&b'\\') => &rest[end + 3..],
                    _ => &rest[1..],
                }
            }
            // ESC, intermediates and a final character, such as `ESC ( B`.
            _ => {
                let end = bytes.iter().take(8).position(|byte| !(0x20..0x30).contains(byte)).unwrap_or_default();
                let last = bytes.get(end).is_some_and(|byte| (0x30..0x7f).contains(byte));
                if last { &rest[end + 1..] } else { rest }
            }
        }
    }

    fn control(&mut self, parameters: &str, last: u8) {
        let number = |otherwise: usize| {
            let first = parameters.split(';').next().unwrap_or_default();
            if first.is_empty() { otherwise } else { first.parse().unwrap_or(otherwise) }
        };
        let count = number(1).max(1);
        match last {
            b'm' => self.style.apply(parameters),
            b'A' | b'F' => self.row = self.row.saturating_sub(count),
            b'B' | b'E' => self.down(count, false),
            b'C' => self.column = self.column.saturating_add(count).min(MOST_LINE_CHARS - 1).max(self.column),
            b'D' => self.column = self.column.saturating_sub(count),
            b'G' => self.column = (count - 1).min(MOST_LINE_CHARS - 1),
            b'K' => self.erase_in_row(number(0)),
            // What is below is about to be written again. A screen that is cleared is not: it is a log here.
            b'J' if number(0) == 0 => {
                self.erase_in_row(0);
                self.overwritten |= self.rows[self.row + 1..].iter().any(|row| !row.cells.is_empty());
                self.rows.truncate(self.row + 1);
            }
            _ => {}
        }
        if matches!(last, b'E' | b'F') {
            self.column = 0;
        }
    }

    fn erase_in_row(&mut self, which: usize) {
        let row = &mut self.rows[self.row];
        let is_written = |cells: &[Cell]| cells.iter().any(|cell| cell.c != ' ');
        match which {
            0 if self.column < row.cells.len() => {
                self.overwritten = self.overwritten || is_written(&row.cells[self.column..]);
                row.cells.truncate(self.column);
                row.chars = self.column;
            }
            1 => {
                let end = row.cells.len().min(self.column.saturating_add(1));
                if end <= self.spaces {
                    self.spaces -= end;
                    self.overwritten = self.overwritten || is_written(&row.cells[..end]);
                    row.cells[..end].fill(SPACE);
                }
            }
            2 => {
                self.overwritten = self.overwritten || is_written(&row.cells);
                row.cells.clear();
                row.chars = 0;
            }
            _ => {}
        }
    }

    fn screen(self) -> Screen {
        let mut text = String::new();
        let mut cut = false;
        for (number, row) in self.rows.iter().enumerate() {
            if number > 0 {
                text.push('\n');
            }
            let (mut style, mut marks) = (Style::default(), 0);
            for cell in &row.cells {
                if cell.style != style && marks < MOST_MARKS {
                    marks += 1;
                    style = if marks == MOST_MARKS { Style::default() } else { cell.style };
                    text += &style.mark();
                }
                text.push(cell.c);
            }
            if row.chars > MOST_LINE_CHARS {
                cut = true;
                if style != Style::default() {
                    text += &Style::default().mark();
                }
                text += &more(row.chars - MOST_LINE_CHARS);
            }
        }
        Screen { text, cut, overwritten: self.overwritten }
    }
}

#[cfg(test)]
#[path = "terminal_tests.rs"]
mod tests;
