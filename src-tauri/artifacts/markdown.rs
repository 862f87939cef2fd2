//! Markdown as HTML that can do nothing: no HTML of its own, no images that would tell a stranger
//! who is reading, no links but to web pages and mail.

use std::collections::HashSet;

use comrak::nodes::NodeValue;
use comrak::{Arena, Options, format_html, parse_document};

/// More than a user reads; the rest is in the source.
pub const MOST_BYTES: usize = 256 * 1024;

/// Quotes and lists may be nested without end, and the window recurses when it lays them out.
const MOST_DEPTH: usize = 50;

/// The HTML of a Markdown text, or none where it cannot be shown as one.
pub fn html(source: &str) -> Option<String> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options.extension.autolink = true;
    options.extension.footnotes = true;
    // HTML in the text is shown as the text it is.
    options.render.escape = true;
    let (front_matter, body) = front_matter(source);
    let arena = Arena::new();
    let document = parse_document(&arena, body, &options);
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
    if let Some(lines) = front_matter {
        html += "<details><summary>Front matter</summary><pre>";
        html += &ammonia::clean_text(lines);
        html += "</pre></details>\n";
    }
    format_html(document, &options, &mut html).ok()?;
    Some(clean(&html))
}

/// The lines of YAML between two rules at the start, and the text after them. A rule is also just
/// a rule, so only lines that are all `key: value`, with what belongs to them below, are no text.
fn front_matter(source: &str) -> (Option<&str>, &str) {
    let mut at = match source.split_inclusive('\n').next() {
        Some(first) if first.trim_end() == "---" => first.len(),
        _ => return (None, source),
    };
    let start = at;
    let mut has_key = false;
    for line in source[start..].split_inclusive('\n') {
        let end = at;
        at += line.len();
        let line = line.trim_end();
        match line.chars().next() {
            _ if matches!(line, "---" | "...") => {
                return if has_key { (Some(&source[start..end]), &source[at..]) } else { (None, source) };
            }
            None | Some('#') if line.is_empty() || line.starts_with("# ") => {}
            // What belongs to the key above it.
            Some(' ' | '\t') if has_key => {}
            Some('-') if has_key && line.starts_with("- ") => {}
            _ if is_key(line) => has_key = true,
            _ => break,
        }
    }
    (None, source)
}

fn is_key(line: &str) -> bool {
    let Some((key, value)) = line.split_once(':') else { return false };
    let plain = key.trim_matches(['"', '\'']);
    let is_word = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    !plain.is_empty() && plain.chars().all(is_word) && (value.is_empty() || value.starts_with([' ', '\t']))
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
    fn a_rule_at_the_start_loses_nothing() {
        for source in [
            "---\n\n# Results\n\nAll went well.\n\n---\n\nSecond part\n",
            "---\nplain words\n---\nSecond part\n",
            "---\n---\nSecond part\n",
            "---\nNote: this is said in two words\n\nAnd so on.\n---\nSecond part\n",
            "---\ntitle: no end\n",
            "---\r\nAll went well\r\n---\r\nSecond part",
            "----\na: b\n----\nSecond part",
            "---\n- a\n- b\n---\nSecond part",
        ] {
            let html = html(source).unwrap();
            assert!(!html.contains("<details>"), "{source} -> {html}");
            for word in source.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
                assert!(html.contains(word), "{word} of {source} -> {html}");
            }
        }
    }

    #[test]
    fn front_matter_is_folded() {
        for source in [
            "---\ntitle: Churn <b>\ntags:\n  - a\n  - b\nlist:\n- c\n# remark\n\nlicense: mit\n---\n# Body\n",
            "---\r\ntitle: Churn <b>\r\n---\r\n# Body\r\n",
            "---\ntitle: Churn <b>\n...\n# Body\n",
        ] {
            let html = html(source).unwrap();
            assert!(html.starts_with("<details><summary>Front matter</summary><pre>title: Churn &lt;b&gt;"), "{html}");
            assert!(html.contains("</pre></details>") && html.contains("<h1>Body</h1>"), "{html}");
        }
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
