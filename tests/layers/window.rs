//! The files of the window, and which of them each imports.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use super::circles::Arrows;

static IMPORT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"\b(?:from|import)\s*\(?\s*['"](\.[^'"]*)['"]"#).unwrap());

/// Who imports whom in `folder`, by paths in it. Tests are left out: they know everything.
pub fn imports(folder: &Path) -> Arrows {
    let mut files = Vec::new();
    source_files(folder, &mut files);
    let texts = files.into_iter().map(|file| {
        let text = std::fs::read_to_string(&file).unwrap();
        (file.strip_prefix(folder).unwrap().to_owned(), text)
    });
    arrows(&texts.collect())
}

fn source_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            source_files(&path, found);
        } else if (name.ends_with(".ts") && !name.ends_with(".test.ts")) || name.ends_with(".svelte") {
            found.push(path);
        }
    }
}

fn arrows(texts: &BTreeMap<PathBuf, String>) -> Arrows {
    let mut arrows = Arrows::new();
    for (file, text) in texts {
        for import in IMPORT.captures_iter(text) {
            let Some(to) = imported(file, &import[1], texts) else { continue };
            // A component that shows itself inside itself is a tree, and no circle.
            if to != *file {
                let (from, to) = (file.display().to_string(), to.display().to_string());
                arrows.entry(from).or_default().insert(to, import[0].to_owned());
            }
        }
    }
    arrows
}

/// The file that `file` means by `./name`; none for a style sheet and the like.
fn imported(file: &Path, name: &str, texts: &BTreeMap<PathBuf, String>) -> Option<PathBuf> {
    let mut path = file.parent()?.to_owned();
    for part in Path::new(name).components() {
        match part {
            Component::ParentDir => drop(path.pop()),
            Component::Normal(part) => path.push(part),
            _ => {}
        }
    }
    let endings = ["", ".ts", ".svelte.ts", "/index.ts"].map(|ending| {
        let path = format!("{}{ending}", path.display());
        PathBuf::from(path.trim_start_matches('/'))
    });
    endings.into_iter().find(|path| texts.contains_key(path))
}

#[test]
fn imports_are_found_however_they_are_written() {
    let files = [
        (
            "a/One.svelte",
            "<script>\n import { two } from './two';\n import type {\n  X,\n } from '..';\n import './one.css';",
        ),
        ("a/two.svelte.ts", "const three = await import('../b/three');\nimport bits from 'bits-ui';"),
        ("b/three.ts", "export * from \"../a/One.svelte\";"),
        ("index.ts", ""),
    ];
    let found = arrows(&files.iter().map(|(file, text)| (PathBuf::from(file), (*text).to_owned())).collect());
    let known = |file: &str| found.get(file).map(|to| to.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    assert_eq!(known("a/One.svelte"), ["a/two.svelte.ts", "index.ts"]);
    assert_eq!(known("a/two.svelte.ts"), ["b/three.ts"]);
    assert_eq!(known("b/three.ts"), ["a/One.svelte"]);
    assert_eq!(super::circles::circles(&found).len(), 1);
}
