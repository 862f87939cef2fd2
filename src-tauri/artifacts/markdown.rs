//! Markdown as HTML that can do nothing: no HTML of its own, no images that would tell a stranger
//! who is reading, no links but to web pages and mail.

use std::collections::HashSet;

use comrak::nodes::NodeValue;
use comrak::{Arena, Options, format_html, parse_document};

/// More than anybody reads; the rest is in the source.
pub const MOST_BYTES: usize = 256 * 1024;

/// Quotes and lists may be nested without end, and whoever lays them out recurses.
const MOST_DEPTH: usize = 50;

/// The HTML of a Markdown text, or none where it cannot be shown as one.
pub fn html(source: &str) -> Option<String> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options.extension.autolink = true;
    options.extension.footnotes = true;
    options.extension.front_matter_delimiter = Some("---".to_owned());
    // HTML in the text is shown as the text it is.
    options.render.escape = true;
    let arena = Arena::new();
    let document = parse_document(&arena, source, &options);
    for node in document.descendants() {
        if node.ancestors().nth(MOST_DEPTH).is_some() {
            return None;
        }
        let mut data = node.data.borrow_mut();
        // An image becomes a link to it, and its description the text of the link.
        if let NodeValue::Image(link) = &data.value {
            let link = link.clone();
            data.value = NodeValue::Link(link);
        }
    }
    let mut html = String::new();
    format_html(document, &options, &mut html).ok()?;
    Some(clean(&html))
}

fn clean(html: &str) -> String {
    let mut cleaner = ammonia::Builder::default();
    cleaner
        .rm_tags(["img", "map", "area"])
        .add_tags(["input"])
        .add_tag_attributes("input", ["checked", "disabled"])
        .set_tag_attribute_value("input", "type", "checkbox")
        .add_tag_attributes("code", ["class"])
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer"));
    cleaner.clean(html).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_markdown_is_for() {
        let html = html("# Title\n\n- [x] done\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\nx = 1\n```\n\n[docs](https://example.org)").unwrap();
        for part in [
            "<h1>Title</h1>",
            "type=\"checkbox\"",
            "<td>2</td>",
            "<code class=\"language-python\">x = 1",
            "href=\"https://example.org\"",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
    }

    #[test]
    fn nothing_that_runs_loads_or_leads_astray() {
        for source in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<iframe src='https://evil'></iframe>",
            "![pixel](https://evil/pixel.png)",
            "![local](file:///etc/passwd)",
            "[click](javascript:alert(1))",
            "[click](JaVaScRiPt:alert(1))",
            "[click](data:text/html,<script>)",
            "[click](vbscript:x)",
            "<a href='javascript:x' onclick='y'>z</a>",
            "<style>body{display:none}</style>",
            "<form action='https://evil'><input name=p></form>",
            "<svg onload=alert(1)>",
            "<javascript:alert(1)>",
            "[a](tauri://localhost/index.html)",
            "[a](../../../secret)",
            "a<!-- --!><img src=x onerror=alert(1)> -->",
            "| <img src=x onerror=alert(1)> |\n|---|\n",
            "[x]: javascript:alert(1)\n[x]",
        ] {
            let html = html(source).unwrap();
            let tags: Vec<&str> = html.split('<').skip(1).collect();
            for tag in tags {
                let tag = tag.split('>').next().unwrap_or_default();
                for bad in [
                    "script",
                    "img",
                    "iframe",
                    "style",
                    "form",
                    "svg",
                    " on",
                    "javascript:",
                    "data:",
                    "vbscript:",
                    "tauri:",
                    "file:",
                    "..",
                ] {
                    assert!(!tag.to_lowercase().contains(bad), "{source} -> {html}");
                }
            }
        }
    }

    #[test]
    fn an_image_becomes_a_link_with_its_description() {
        let html = html("![the loss](https://example.org/loss.png)").unwrap();
        assert!(html.contains("href=\"https://example.org/loss.png\"") && html.contains(">the loss</a>"), "{html}");
    }

    #[test]
    fn nesting_without_end_is_not_rendered() {
        for (source, what) in [(">".repeat(100_000), "quotes"), ("+ ".repeat(50_000), "lists")] {
            assert_eq!(html(&source), None, "{what}");
        }
        // These are long but flat.
        for source in ["[".repeat(100_000), "*a ".repeat(50_000), "`".repeat(100_000), "![".repeat(50_000)] {
            let _ = html(&source);
        }
    }
}
