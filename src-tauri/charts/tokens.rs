//! The colours of the window's tokens, read out of its stylesheet while the app is compiled: they are written there
//! only, and a token that is missing there does not compile here.

use plotters::style::RGBColor;

const APP_CSS: &[u8] = include_bytes!("../../ui/src/app.css");

/// A token in both themes.
#[derive(Clone, Copy)]
pub struct Token {
    pub light: RGBColor,
    pub dark: RGBColor,
}

/// The token `--NAME: light-dark(#rrggbb, #rrggbb);`, by its name without the dashes.
pub const fn token(name: &str) -> Token {
    let mut at = 0;
    while at < APP_CSS.len() {
        if let Some(end) = skip(at, b"--")
            && let Some(end) = skip(end, name.as_bytes())
            && let Some(end) = skip(end, b": light-dark(#")
        {
            let Some(second) = skip(end + 6, b", #") else { panic!("this token is no pair of opaque colours") };
            return Token { light: color(end), dark: color(second) };
        }
        at += 1;
    }
    panic!("the stylesheet has no such token")
}

/// Where the stylesheet goes on behind `text`, if that is what it says at `at`.
const fn skip(at: usize, text: &[u8]) -> Option<usize> {
    let mut length = 0;
    while length < text.len() {
        if at + length >= APP_CSS.len() || APP_CSS[at + length] != text[length] {
            return None;
        }
        length += 1;
    }
    Some(at + length)
}

/// The six hexadecimal digits at `at`.
const fn color(at: usize) -> RGBColor {
    RGBColor(channel(at), channel(at + 2), channel(at + 4))
}

const fn channel(at: usize) -> u8 {
    digit(APP_CSS[at]) * 16 + digit(APP_CSS[at + 1])
}

const fn digit(letter: u8) -> u8 {
    match letter {
        b'0'..=b'9' => letter - b'0',
        b'a'..=b'f' => letter - b'a' + 10,
        _ => panic!("this token is no pair of opaque colours"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_what_the_stylesheet_says() {
        let css = std::str::from_utf8(APP_CSS).unwrap();
        for name in ["surface", "line", "line-strong", "text", "text-2", "text-3"] {
            let Token { light, dark } = token(name);
            let hex = |RGBColor(r, g, b)| format!("#{r:02x}{g:02x}{b:02x}");
            let line = format!("\n  --{name}: light-dark({}, {});\n", hex(light), hex(dark));
            assert_eq!(css.matches(&line).count(), 1, "{line}");
        }
    }
}
