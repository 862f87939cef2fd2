//! Circles in a graph of who knows whom.

use std::collections::{BTreeMap, BTreeSet};

/// Who knows whom, and a line of the source that shows it.
pub type Arrows = BTreeMap<String, BTreeMap<String, String>>;

/// Each circle as the arrows it consists of, one a line.
pub fn circles(arrows: &Arrows) -> Vec<String> {
    let mut found = BTreeSet::new();
    for start in arrows.keys() {
        let reached = reached_from(start, arrows);
        if reached.contains(start.as_str()) {
            found.insert(
                reached.into_iter().filter(|node| reached_from(node, arrows).contains(start.as_str())).collect(),
            );
        }
    }
    found.iter().map(|circle| in_words(circle, arrows)).collect()
}

fn reached_from<'a>(start: &str, arrows: &'a Arrows) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut waiting = vec![start];
    while let Some(node) = waiting.pop() {
        for next in arrows.get(node).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(next.as_str()) {
                waiting.push(next);
            }
        }
    }
    reached
}

fn in_words(circle: &BTreeSet<&str>, arrows: &Arrows) -> String {
    let mut lines = vec!["A circle:".to_owned()];
    for from in circle {
        for (to, shown_by) in &arrows[*from] {
            if circle.contains(to.as_str()) {
                lines.push(format!("  {from} knows {to}: {shown_by}"));
            }
        }
    }
    lines.join("\n")
}

#[test]
fn circles_are_found_and_ways_without_one_are_not() {
    let arrows = |pairs: &[(&str, &str)]| {
        let mut arrows = Arrows::new();
        for (from, to) in pairs {
            arrows.entry((*from).to_owned()).or_default().insert((*to).to_owned(), "a line".to_owned());
        }
        arrows
    };
    assert!(circles(&arrows(&[("a", "b"), ("a", "c"), ("b", "c")])).is_empty());
    let found = circles(&arrows(&[("a", "b"), ("b", "c"), ("c", "b"), ("c", "d"), ("e", "f"), ("f", "e")]));
    assert_eq!(found.len(), 2, "{found:#?}");
    assert_eq!(found[0], "A circle:\n  b knows c: a line\n  c knows b: a line");
}
