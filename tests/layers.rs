//! Who may know whom: the modules' `use crate::…` lines against the map in architecture order.

#![allow(clippy::unwrap_used)] // A panic is how a test fails; clippy knows helpers of tests only in modules.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What each module may know besides itself. Modules that are not named here may not exist.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("entities", &[]),
    ("charts", &[]),
    ("change", &["scope"]),
    ("direction", &[]),
    ("migrate", &[]),
    ("private", &[]),
    ("scope", &[]),
    ("tracking", &["entities"]),
    ("query", &["entities"]),
    ("cache", &["direction", "entities", "migrate", "private", "query"]),
    ("artifacts", &["entities", "tracking"]),
    ("promotion", &["direction", "entities", "tracking"]),
    ("sync", &["cache", "change", "entities", "error", "scope", "tracking"]),
    ("error", &["artifacts", "cache", "promotion", "query", "tracking"]),
    ("settings", &["connect", "direction", "error", "migrate", "private", "promotion"]),
    ("connect", &["error", "tracking"]),
    ("connection", &["cache", "change", "connect", "error", "sync", "tracking"]),
    (
        "app",
        &[
            "artifacts",
            "cache",
            "change",
            "charts",
            "connect",
            "connection",
            "direction",
            "entities",
            "error",
            "private",
            "promotion",
            "settings",
            "sync",
            "tracking",
        ],
    ),
    (
        "commands",
        &["app", "artifacts", "cache", "connect", "direction", "entities", "error", "promotion", "query", "sync"],
    ),
    ("bindings", &["change", "charts", "commands", "error"]),
    ("launch", &["app", "bindings", "change", "commands", "scope"]),
];

/// Only these may know the shell.
const MAY_KNOW_TAURI: &[&str] = &["bindings", "commands", "launch"];

fn source_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri")
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.join("Cargo.toml").exists() {
                rust_files(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The files of the library by module; `lib.rs`, `main.rs` and `build.rs` are the map and the ends. A folder with a
/// `Cargo.toml` is a crate of its own: what it may know is what its manifest says.
fn modules() -> BTreeMap<String, Vec<PathBuf>> {
    let mut files = Vec::new();
    rust_files(&source_dir(), &mut files);
    let mut modules: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for file in files {
        let relative = file.strip_prefix(source_dir()).unwrap();
        let first = relative.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        let module = first.trim_end_matches(".rs").to_owned();
        if !["lib", "main", "build"].contains(&module.as_str()) {
            modules.entry(module).or_default().push(file);
        }
    }
    modules
}

/// The modules that a source text names as `crate::x` or `crate::{x, y::z}`, comments left out.
fn known_modules(text: &str) -> BTreeSet<String> {
    let code: String =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| [line, "\n"]).collect();
    let mut known = BTreeSet::new();
    let name_at = |text: &str| -> String {
        text.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect()
    };
    for after in code.split("crate::").skip(1) {
        match after.strip_prefix('{') {
            None => {
                known.insert(name_at(after));
            }
            Some(group) => {
                let mut depth = 0;
                let mut item = String::new();
                for character in group.chars() {
                    match character {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => {
                            known.insert(name_at(item.trim()));
                            item.clear();
                            continue;
                        }
                        _ => {}
                    }
                    item.push(character);
                }
                known.insert(name_at(item.trim()));
            }
        }
    }
    known.retain(|name| !name.is_empty() && name.starts_with(char::is_lowercase));
    known
}

#[test]
fn every_module_knows_only_what_it_may() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_KNOW.iter().copied().collect();
    let mut wrong = Vec::new();
    for (module, files) in modules() {
        let Some(may_know) = allowed.get(module.as_str()) else {
            if module != "sample" {
                wrong.push(format!("{module} has no place in the map of tests/layers.rs"));
            }
            continue;
        };
        for file in files {
            for known in known_modules(&std::fs::read_to_string(&file).unwrap()) {
                if known != module && !may_know.contains(&known.as_str()) {
                    wrong.push(format!("{} knows {known}, which {module} may not", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_boundary_knows_tauri() {
    for (module, files) in modules() {
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            let knows = text.lines().any(|line| {
                let line = line.trim_start();
                !line.starts_with("//") && (line.contains("tauri::") || line.contains("tauri_"))
            });
            assert!(
                !knows || MAY_KNOW_TAURI.contains(&module.as_str()),
                "{} knows Tauri, which only {MAY_KNOW_TAURI:?} may",
                file.display()
            );
        }
    }
}

#[test]
fn names_in_groups_are_seen() {
    let text = "use crate::{app::{App, X}, cache::Cache};\n// crate::sync\nuse crate::error::Result;";
    let known: Vec<String> = known_modules(text).into_iter().collect();
    assert_eq!(known, ["app", "cache", "error"]);
}
