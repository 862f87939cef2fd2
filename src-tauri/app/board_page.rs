//! A board as one page: a picture of each card with real text, and the exact values behind it. Nothing in the page is
//! loaded from elsewhere, and nothing that a server sent can run in it: names are escaped, and the page allows no script
//! and no style but the two that are below.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

use super::board_card::{Card, Drawable, Heading, left_out, theme_of};
use super::chart_file::ChartTheme;
use super::chart_table::table_of;
use crate::artifacts;
use crate::charts::{Size, svg_with_layout};

const STYLE: &str = include_str!("board_page.css");
const SCRIPT: &str = include_str!("board_page.js");
/// So many rows of a card's values can be read in the page; its file has all.
const ROWS_SHOWN: usize = 20;

pub(super) struct Page {
    html: String,
    /// How many cards there are, and whether a section is open.
    cards: usize,
    is_in_section: bool,
    theme: ChartTheme,
}

impl Page {
    pub fn begin(heading: Heading, theme: ChartTheme) -> Self {
        let title = escaped(&heading.title);
        let facts: String = heading
            .facts
            .iter()
            .map(|(name, said)| format!("<dt>{name}</dt><dd><bdi>{}</bdi></dd>", escaped(said)))
            .collect();
        let look = if theme == ChartTheme::Dark { "dark" } else { "light" };
        let html = format!(
            "<!doctype html>\n<html lang=\"en\" class=\"{look}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{}'; \
             script-src 'sha256-{}'; base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n\
             <meta name=\"generator\" content=\"Podium {}\">\n<title>{title}</title>\n\
             <style>{STYLE}</style>\n</head>\n<body>\n<header><h1><bdi>{title}</bdi></h1><dl>{facts}</dl></header>\n<main>\n",
            hash(STYLE),
            hash(SCRIPT),
            env!("CARGO_PKG_VERSION"),
        );
        Self { html, cards: 0, is_in_section: false, theme }
    }

    pub fn section(mut self, title: &str) -> Self {
        self.end_section();
        self.html.push_str(&format!("<section><h2><bdi>{}</bdi></h2><div class=\"cards\">\n", escaped(title)));
        self.is_in_section = true;
        self
    }

    /// Answers why the card could not be drawn, if it could not; that is said in its place.
    pub fn card(&mut self, card: Card) -> Option<String> {
        self.cards += 1;
        let title = escaped(&card.title);
        self.html.push_str(&format!("<figure class=\"span-{}\"><h3><bdi>{title}</bdi></h3>", card.span));
        let failure = match card.drawable.and_then(|drawable| self.drawn(&card.title, drawable)) {
            Ok(drawn) => {
                self.html.push_str(&drawn);
                None
            }
            Err(why) => {
                self.html.push_str(&format!("<p class=\"failed\"><bdi>Not drawn: {}</bdi></p>", escaped(&why)));
                Some(why)
            }
        };
        self.html.push_str("</figure>\n");
        failure
    }

    pub fn finish(mut self) -> Vec<u8> {
        self.end_section();
        self.html.push_str("</main>\n<noscript>Saving values as files needs scripts.</noscript>\n");
        self.html.push_str(&format!("<script>{SCRIPT}</script>\n</body>\n</html>\n"));
        self.html.into_bytes()
    }

    fn end_section(&mut self) {
        if self.is_in_section {
            self.html.push_str("</div></section>\n");
            self.is_in_section = false;
        }
    }

    /// The picture and the values of a card.
    fn drawn(&self, title: &str, mut drawable: Drawable) -> Result<String, String> {
        // Beside the picture and between two cards.
        const EDGES_PX: f64 = 38.0;
        let width_px = (drawable.file.width_px - EDGES_PX).max(EDGES_PX);
        let size = Size { width_px, height_px: drawable.file.height_px, dpr: 1.0 };
        let values = self.values(title, &drawable)?;
        let remarks = std::mem::take(&mut drawable.remarks);
        // It stands above the picture, as text that can be selected and wraps.
        drawable.file.title.clear();
        let (svg, layout) = svg_with_layout(&drawable.figure(), &theme_of(self.theme), size).map_err(words)?;
        let said = [remarks, left_out(&layout)].concat().join(" · ");
        // No document may have the one, and browsers change the other.
        let svg = svg.replace('\0', "\u{fffd}").replace('\r', " ");
        let picture = svg.find("<svg").map_or("", |start| &svg[start..]);
        Ok(format!("<p class=\"remarks\"><bdi>{}</bdi></p>{picture}{values}", escaped(&said)))
    }

    /// A few rows to read, and all of them as a CSV that the page saves.
    fn values(&self, title: &str, drawable: &Drawable) -> Result<String, String> {
        let table = table_of(&drawable.contents, &drawable.names);
        let csv = String::from_utf8(table.csv().map_err(words)?).map_err(words)?;
        let file = artifacts::safe_file_name(&format!("{}.csv", title.replace(['/', '\0'], "-")))
            .unwrap_or_else(|_| "values.csv".to_owned());
        let (rows, id) = (table.rows, self.cards);
        let counted = format!("{rows} {}", if rows == 1 { "row" } else { "rows" });
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
        let mut shown = String::new();
        for (at, record) in reader.records().take(ROWS_SHOWN + 1).enumerate() {
            let of = if at == 0 { "th" } else { "td" };
            let cells = record.map_err(words)?;
            let cells = cells.iter().map(|cell| format!("<{of}><bdi>{}</bdi></{of}>", escaped(cell)));
            shown.push_str(&format!("<tr>{}</tr>", cells.collect::<String>()));
        }
        let rest = if rows > ROWS_SHOWN { format!("The first {ROWS_SHOWN} of {counted}.") } else { counted.clone() };
        Ok(format!(
            "<details><summary>Values <small>{counted}</small></summary><p>{rest} \
             <button type=\"button\" data-values=\"values-{id}\" data-file=\"{}\">Save as CSV</button></p>\
             <div class=\"table\"><table>{shown}</table></div></details><pre hidden id=\"values-{id}\">{}</pre>",
            escaped(&file),
            escaped(&csv),
        ))
    }
}

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn hash(text: &str) -> String {
    STANDARD.encode(digest(&SHA256, text.as_bytes()))
}

/// The text as HTML, in an element or an attribute. Carriage returns stay what they are, which a browser would change.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\r' => html.push_str("&#13;"),
            // No document may have it.
            '\0' => html.push('\u{fffd}'),
            other => html.push(other),
        }
    }
    html
}
