//! Logs as people have them, and input that no terminal ever saw.

use super::*;

fn shown(text: &str) -> String {
    screen(text).text
}

#[test]
fn the_last_state_of_a_line_is_shown() {
    for (text, expected) in [
        ("  0%|   | 0/2\r 50%|█  | 1/2\r100%|███| 2/2\ndone\n", "100%|███| 2/2\ndone\n"),
        ("loading...\rok\n", "okading...\n"),
        ("loading...\r\u{1b}[Kok\n", "ok\n"),
        ("loading...\u{1b}[2K\rok\n", "ok\n"),
        ("abc\u{8}\u{8}X\n", "aXc\n"),
        ("a\r\nb\r\n", "a\nb\n"),
        ("abc\u{1b}[1Gx\u{1b}[5Gy", "xbc y"),
        ("epoch\n  bar 1\u{1b}[A\repoch 1\n\r  bar 2", "epoch 1\n  bar 2"),
        ("one\ntwo\nthree\u{1b}[2F\u{1b}[Jagain", "again"),
        ("kept\n\u{1b}[2J\u{1b}[Hafter", "kept\nafter"),
    ] {
        assert_eq!(shown(text), expected, "{text:?}");
    }
    assert!(screen("a\rb").overwritten && !screen("a\r\nb\n").overwritten && !screen("   \rb").overwritten);
}

#[test]
fn a_long_bar_is_one_line() {
    let bar: String =
        (0..=1000).map(|step| format!("\r{:3}%|{}| {step}/1000", step / 10, "█".repeat(step / 20))).collect();
    let found = screen(&format!("start{bar}\nend\n"));
    assert_eq!(found.text, format!("100%|{}| 1000/1000\nend\n", "█".repeat(50)));
    assert!(found.overwritten && !found.cut);
    assert_eq!(as_it_is(&bar).text.lines().filter(|line| line.contains("/1000")).count(), 1001);
}

#[test]
fn colours_stay_and_other_sequences_go() {
    for (text, expected) in [
        ("\u{1b}[31mred\u{1b}[0m plain", "\u{1b}[31mred\u{1b}[m plain"),
        ("\u{1b}[1;92mok", "\u{1b}[1;92mok"),
        ("\u{1b}[31m\u{1b}[mplain", "plain"),
        // A colour goes on in the next line, which says so itself.
        ("\u{1b}[33ma\nb", "\u{1b}[33ma\n\u{1b}[33mb"),
        ("\u{1b}[38;5;196mred \u{1b}[48;2;0;90;200mon blue", "\u{1b}[31mred \u{1b}[31;44mon blue"),
        ("\u{1b}[38:2::0:200:0mgreen", "\u{1b}[32mgreen"),
        ("\u{1b}[1;3;4mall\u{1b}[22;23;24mnone", "\u{1b}[1;3;4mall\u{1b}[mnone"),
        ("\u{1b}[38;5;244mgrey", "\u{1b}[90mgrey"),
        ("\u{1b}]0;title\u{7}text", "text"),
        ("\u{1b}]8;;https://example.org\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"),
        ("\u{1b}Pdata\u{1b}\\text", "text"),
        ("\u{1b}(B\u{1b}[?25lhidden cursor\u{1b}[?25h\u{1b}7", "hidden cursor"),
        ("bell\u{7} nul\0 page\u{c}", "bell nul␀ page␌"),
        // What has no end is text.
        ("\u{1b}[31", "31"),
        ("\u{1b}]0;no end", "0;no end"),
        ("\u{1b}", ""),
        ("\u{1b}é", "é"),
        ("\u{1b}[3é", "3é"),
    ] {
        assert_eq!(shown(text), expected, "{text:?}");
    }
}

#[test]
fn all_states_can_be_seen() {
    assert_eq!(as_it_is("a\rb\r\nc\u{1b}[31m").text, "a\nb\nc␛[31m");
    for text in ["plain\ttext\r\nand\n", "é"] {
        assert!(!is_for_terminals(text), "{text:?}");
    }
    for text in ["a\rb", "\u{1b}[1mx", "a\u{8}", "end\r"] {
        assert!(is_for_terminals(text), "{text:?}");
    }
}

#[test]
fn lines_of_an_old_mac_are_no_progress() {
    assert!(has_old_line_ends("name: a\rsteps: 3\rloss: 0.5\rsee below"));
    for text in [
        "  0%|   | 0/2\r 50%|█  | 1/2\r100%|███| 2/2",
        "Epoch 1: loss 0.5\rEpoch 2: loss 0.4\rEpoch 13: loss 0.3",
        "a\rb\n",
        "one line",
    ] {
        assert!(!has_old_line_ends(text), "{text:?}");
    }
}

#[test]
fn a_line_of_a_megabyte_is_cut_and_says_so() {
    let long = "é".repeat(1_000_000);
    let (text, cut) = cut_lines(format!("short\n{long}\nend"));
    assert!(cut && text.len() < 30_000);
    assert!(text.starts_with("short\né") && text.ends_with("… (990000 characters more)\nend"), "{}", text.len());
    assert_eq!(cut_lines("a\nb\n".to_owned()), ("a\nb\n".to_owned(), false));
    let found = screen(&format!("\u{1b}[31m{long}\nend"));
    assert!(found.cut && found.text.len() < 30_000);
    assert!(found.text.ends_with("\u{1b}[m … (990000 characters more)\n\u{1b}[31mend"));
}

/// A generator that is the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// Our own marks, and nothing else that begins with ESC.
fn without_marks(text: &str) -> String {
    let mut plain = String::new();
    for (number, part) in text.split('\u{1b}').enumerate() {
        if number == 0 {
            plain += part;
            continue;
        }
        let inside = part.strip_prefix('[').expect("a mark");
        let end = inside.find('m').expect("the end of a mark");
        assert!(inside[..end].chars().all(|c| c.is_ascii_digit() || c == ';'), "{part:?}");
        plain += &inside[end + 1..];
    }
    plain
}

#[test]
fn whatever_comes_ends_bounded_and_without_sequences() {
    const PARTS: [&str; 28] = [
        "\u{1b}",
        "[",
        "]",
        "\u{1b}[",
        "\u{1b}]",
        "0",
        "9",
        "31",
        ";",
        ":",
        "m",
        "K",
        "J",
        "A",
        "B",
        "C",
        "9999C",
        "G",
        "D",
        "\r",
        "\n",
        "\u{8}",
        "\u{7}",
        "\0",
        "x",
        "é二😀",
        "\u{9b}",
        "\\",
    ];
    let mut dice = Dice(7);
    for _ in 0..3000 {
        let length = dice.roll(60);
        let text: String = (0..length).map(|_| PARTS[dice.roll(PARTS.len())]).collect();
        let found = screen(&text);
        let plain = without_marks(&found.text);
        assert!(plain.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t' | '\u{9b}')), "{text:?} -> {plain:?}");
        assert!(plain.lines().count() <= text.matches('\n').count() + 1, "{text:?}");
        assert!(plain.chars().count() <= text.chars().count() + MOST_SPACES, "{text:?}");
    }
}

#[test]
fn lines_without_sequences_are_laid_over_each_other() {
    // The plain rule, said in another way: what was written last at a place is there.
    let overlaid = |line: &str| {
        let mut cells: Vec<char> = Vec::new();
        for state in line.split('\r') {
            let state: Vec<char> = state.chars().collect();
            let kept = cells.split_off(state.len().min(cells.len()));
            cells = state.into_iter().chain(kept).collect();
        }
        cells.into_iter().collect::<String>()
    };
    let mut dice = Dice(11);
    for _ in 0..2000 {
        let length = dice.roll(40);
        let text: String = (0..length).map(|_| ['a', 'b', '█', '\r', '\n', '\r'][dice.roll(6)]).collect();
        let expected: Vec<String> = text.split('\n').map(overlaid).collect();
        assert_eq!(shown(&text), expected.join("\n"), "{text:?}");
    }
}

#[test]
fn input_made_to_grow_does_not() {
    let jumps = screen(&"\u{1b}[9999Cx\n".repeat(100_000));
    assert!(jumps.text.len() < 1_000_000, "{}", jumps.text.len());
    let erased = screen(&("x".repeat(9_999) + &"\u{1b}[1K".repeat(200_000)));
    assert!(erased.text.len() <= 10_000);
    let colours: String = (0..100_000).map(|i| format!("\u{1b}[{}mx", 31 + i % 2)).collect();
    let marks = screen(&colours).text.matches('\u{1b}').count();
    assert!(marks <= MOST_MARKS + 1, "{marks}");
    let endless = screen(&"\u{1b}]".repeat(300_000));
    assert_eq!(endless.text, "");
}
