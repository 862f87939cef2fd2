//! The picture of a key, as `ssh-keygen -lv` draws it: what people compare with a printed one.
//!
//! Algorithm: "The drunken bishop", D. Loss, T. Limmer, A. von Gernler 2009, on SHA-256 as OpenSSH has it.

use ring::digest;

use super::KeyBlob;

const WIDTH: usize = 17;
const HEIGHT: usize = 9;
/// By how often a field was visited; the last two mark the start and the end.
const MARKS: &[u8; 17] = b" .o+=*BOX@%&#/^SE";
const START: u8 = 15;
const END: u8 = 16;

/// Eleven lines of one width, without a line break at the end.
pub fn randomart(key: &KeyBlob) -> String {
    let mut visits = [[0_u8; WIDTH]; HEIGHT];
    let (mut x, mut y) = (WIDTH / 2, HEIGHT / 2);
    for byte in digest::digest(&digest::SHA256, key.bytes()).as_ref() {
        for pair in [0, 2, 4, 6].map(|shift| byte >> shift) {
            x = if pair & 1 == 1 { (x + 1).min(WIDTH - 1) } else { x.saturating_sub(1) };
            y = if pair & 2 == 2 { (y + 1).min(HEIGHT - 1) } else { y.saturating_sub(1) };
            mark(&mut visits, x, y, |visited| (visited + 1).min(START - 1));
        }
    }
    mark(&mut visits, WIDTH / 2, HEIGHT / 2, |_| START);
    mark(&mut visits, x, y, |_| END);

    let mut title = format!("[{} {}]", key.short_type(), key.bits());
    if title.len() > WIDTH {
        title = format!("[{}]", key.short_type());
    }
    let mut lines = vec![border(&title)];
    for row in visits {
        let marks = row.iter().map(|&visited| char::from(MARKS.get(usize::from(visited)).copied().unwrap_or(b' ')));
        lines.push(format!("|{}|", marks.collect::<String>()));
    }
    lines.push(border("[SHA256]"));
    lines.join("\n")
}

fn mark(visits: &mut [[u8; WIDTH]; HEIGHT], x: usize, y: usize, change: impl Fn(u8) -> u8) {
    if let Some(field) = visits.get_mut(y).and_then(|row| row.get_mut(x)) {
        *field = change(*field);
    }
}

fn border(title: &str) -> String {
    let left = WIDTH.saturating_sub(title.len()) / 2;
    let right = WIDTH.saturating_sub(title.len()) - left;
    format!("+{}{title}{}+", "-".repeat(left), "-".repeat(right))
}
