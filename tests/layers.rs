//! Who may know whom, in the app and in the window: what each file names or imports, against the maps below in
//! architecture order. Nowhere are there circles.

#![allow(clippy::unwrap_used)] // A panic is how a test fails; clippy knows helpers of tests only in modules.

#[path = "layers/circles.rs"]
mod circles;
#[path = "layers/rust.rs"]
mod rust;
#[path = "layers/window.rs"]
mod window;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use circles::{Arrows, circles};
use rust::{arrows_between_modules, modules_named_in, rust_files};

/// What each module may know besides itself. Modules that are not named here may not exist.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("entities", &[]),
    ("charts", &[]),
    ("change", &["scope"]),
    ("direction", &[]),
    ("sweep", &["direction"]),
    ("migrate", &[]),
    ("private_files", &[]),
    ("scope", &[]),
    ("tracking", &["clock", "entities"]),
    ("use_it", &[]),
    ("query", &["clock", "entities"]),
    ("cache", &["direction", "entities", "migrate", "private_files", "query"]),
    ("artifacts", &["entities", "tracking"]),
    ("promotion", &["direction", "entities", "query", "tracking"]),
    ("registration", &["artifacts", "clock", "entities", "tracking"]),
    ("registry", &["cache", "direction", "entities", "promotion"]),
    ("sync", &["cache", "change", "clock", "entities", "error", "scope", "tracking"]),
    ("error", &["artifacts", "cache", "promotion", "query", "registration", "tracking"]),
    (
        "settings",
        &["connect", "direction", "entities", "error", "migrate", "private_files", "promotion", "registration"],
    ),
    ("connect", &["error", "tracking"]),
    ("connection", &["cache", "change", "connect", "error", "sync", "tracking"]),
    (
        "app",
        &[
            "artifacts",
            "cache",
            "change",
            "charts",
            "clock",
            "connect",
            "connection",
            "direction",
            "entities",
            "error",
            "private_files",
            "promotion",
            "query",
            "registration",
            "registry",
            "settings",
            "sweep",
            "sync",
            "tracking",
            "use_it",
        ],
    ),
    (
        "commands",
        &[
            "app",
            "artifacts",
            "cache",
            "connect",
            "direction",
            "entities",
            "error",
            "promotion",
            "query",
            "registration",
            "sync",
        ],
    ),
    ("bindings", &["change", "charts", "commands", "error"]),
    ("shell", &["app", "change", "connect", "connection", "direction", "entities", "error", "promotion", "query"]),
    ("launch", &["app", "bindings", "change", "commands", "scope", "shell"]),
];

/// Only these may know the shell.
const MAY_KNOW_TAURI: &[&str] = &["bindings", "commands", "launch"];

/// The crates beside the app's own.
const CRATES: &[&str] = &["ssh-config", "untrusted-text"];

/// The folders and files of `ui/src`: each may import from itself and from what is above its line.
const WINDOW_LAYERS: &[&[&str]] = &[
    &["backend"],
    &[
        "columns.ts",
        "confirmation.ts",
        "errors.ts",
        "format",
        "kept-switch.svelte.ts",
        "live.svelte.ts",
        "connection-states.svelte.ts",
        "route.svelte.ts",
        "run-ref.ts",
        "saved.ts",
        "watch.svelte.ts",
    ],
    &["workspace.svelte.ts"],
    &["components"],
    &["drag", "freshness", "markdown", "metrics"],
    &["table"],
    &["charts", "registering", "stages"],
    &["artifacts", "experiments", "models", "runs"],
    &["compare", "profiles", "run", "version"],
    &["shell"],
    &["App.svelte"],
    &["main.ts"],
];

fn source_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri")
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
            for known in modules_named_in(&std::fs::read_to_string(&file).unwrap()) {
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
fn no_module_has_circles_inside() {
    let crates = CRATES.iter().map(|name| source_dir().join(name));
    let found: Vec<String> = std::iter::once(source_dir())
        .chain(crates)
        .flat_map(|folder| {
            let arrows = arrows_between_modules(&folder);
            assert!(
                !arrows.is_empty() || folder.ends_with("untrusted-text"),
                "nothing was read in {}",
                folder.display()
            );
            circles(&arrows)
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn window_imports() -> Arrows {
    let imports = window::imports(&Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src"));
    assert!(imports.len() > 100, "only {} files of the window were read", imports.len());
    imports
}

#[test]
fn no_files_of_the_window_import_each_other_in_a_circle() {
    let found = circles(&window_imports());
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_folder_of_the_window_imports_only_from_below_it() {
    let part = |file: &str| file.split('/').next().unwrap_or(file).to_owned();
    let layer = |part: &str| WINDOW_LAYERS.iter().position(|layer| layer.contains(&part));
    let mut wrong = BTreeSet::new();
    for (file, imports) in window_imports() {
        let Some(own) = layer(&part(&file)) else {
            wrong.insert(format!("{file} has no place in the map of tests/layers.rs"));
            continue;
        };
        for imported in imports.keys() {
            let (from, to) = (part(&file), part(imported));
            if from != to && layer(&to).is_none_or(|layer| layer >= own) {
                wrong.insert(format!("{file} imports {imported}, which {from} may not"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
}
