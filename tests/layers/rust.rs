//! The files of a crate as modules, and what each of them names of the others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use super::circles::Arrows;

/// `cache::run` as its names.
type ModulePath = Vec<String>;

static USE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b(pub(?:\([^)]*\))?\s+)?use\s+([^;]+);").unwrap());
static PATH: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\w+(?:::\w+)+").unwrap());
static TESTS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"#\[cfg\(test\)\]\s+(?:pub )?mod \w+ \{").unwrap());

/// A name that a module has from elsewhere.
struct Import {
    path: Vec<String>,
    name: String,
}

#[derive(Default)]
struct Module {
    /// What its code names, as paths from the root of the crate.
    named: Vec<Vec<String>>,
    imports: Vec<Import>,
}

/// The modules of the crate in `folder`. Tests are left out: they know everything. So are crates of their own in there.
pub fn arrows_between_modules(folder: &Path) -> Arrows {
    let mut files = Vec::new();
    rust_files(folder, &mut files);
    let texts: BTreeMap<ModulePath, String> = files
        .iter()
        .map(|file| (module_path(file.strip_prefix(folder).unwrap()), file))
        .filter(|(path, _)| !path.iter().any(|name| name == "tests" || name.ends_with("_tests")))
        .map(|(path, file)| (path, code(&std::fs::read_to_string(file).unwrap())))
        .collect();
    arrows(&texts)
}

pub fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
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

/// The modules at the root that a text names as `crate::x` or `crate::{x, y::z}`, in its tests as well.
pub fn modules_named_in(text: &str) -> BTreeSet<String> {
    let code = without_comments(text);
    let body = USE.replace_all(&code, "");
    let used = USE.captures_iter(&code).flat_map(|found| leaves(&found[2]).into_iter().map(|(names, _)| names));
    let named = PATH.find_iter(&body).map(|found| found.as_str().split("::").map(str::to_owned).collect());
    let names = used.chain(named).filter(|names: &Vec<String>| names[0] == "crate");
    names.filter_map(|names| names.get(1).filter(|name| name.starts_with(char::is_lowercase)).cloned()).collect()
}

/// `cache/mod.rs` is `cache`, `cache/run.rs` is `cache::run`, `lib.rs` is the root.
fn module_path(file: &Path) -> ModulePath {
    let mut names: ModulePath =
        file.with_extension("").iter().map(|name| name.to_string_lossy().into_owned()).collect();
    if names.last().is_some_and(|name| name == "mod" || name == "lib") {
        names.pop();
    }
    names
}

/// The text without comments and without the tests at its end.
fn code(text: &str) -> String {
    let code = without_comments(text);
    let end = TESTS.find(&code).map_or(code.len(), |tests| tests.start());
    code[..end].to_owned()
}

fn without_comments(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| [line, "\n"]).collect()
}

/// Which children of a folder know which others of it, whatever lies between. A folder's own file and its children may
/// know each other: the one has what all of them share, and puts them together.
fn arrows(texts: &BTreeMap<ModulePath, String>) -> Arrows {
    let modules: BTreeMap<&ModulePath, Module> =
        texts.iter().map(|(path, text)| (path, read(path, text, texts))).collect();
    let mut arrows = Arrows::new();
    for (from, module) in &modules {
        for named in &module.named {
            let to = home(named.clone(), &modules);
            let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
            if shared < from.len() && shared < to.len() {
                let (knows, known) = (from[..=shared].join("::"), to[..=shared].join("::"));
                let shown_by = format!("{} names {}", from.join("::"), named.join("::"));
                arrows.entry(knows).or_default().entry(known).or_insert(shown_by);
            }
        }
    }
    arrows
}

fn read(path: &ModulePath, text: &str, texts: &BTreeMap<ModulePath, String>) -> Module {
    let mut module = Module::default();
    let body = USE.replace_all(text, "");
    for found in USE.captures_iter(text) {
        for (names, name) in leaves(&found[2]) {
            let Some(names) = from_root(path, &names, texts) else { continue };
            // What a module only passes on of its children it need not know.
            let passed_on = found.get(1).is_some() && names.starts_with(path) && !has_word(&body, &name);
            if !passed_on {
                module.named.push(names.clone());
            }
            module.imports.push(Import { path: names, name });
        }
    }
    for found in PATH.find_iter(&body) {
        let names: Vec<String> = found.as_str().split("::").map(str::to_owned).collect();
        module.named.extend(from_root(path, &names, texts));
    }
    module
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|each| each == word)
}

/// The paths of a `use`, each with the name that it gives: `a::{b, c as d}` is `a::b` as b and `a::c` as d.
fn leaves(tree: &str) -> Vec<(Vec<String>, String)> {
    let tree = tree.trim();
    let Some((before, group)) = tree.strip_suffix('}').and_then(|tree| tree.split_once('{')) else {
        let (path, alias) = tree.split_once(" as ").unwrap_or((tree, ""));
        let mut names: Vec<String> = path.split("::").map(|name| name.trim().to_owned()).collect();
        let own = names.pop_if(|name| name == "self").is_none();
        let last = if own { names.last().cloned().unwrap_or_default() } else { String::new() };
        return vec![(names, if alias.is_empty() { last } else { alias.trim().to_owned() })];
    };
    let before: Vec<String> =
        before.split("::").map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    let leaves = items(group).into_iter().flat_map(leaves);
    leaves
        .map(|(names, name)| {
            let name = if name.is_empty() { before.last().cloned().unwrap_or_default() } else { name };
            ([before.clone(), names].concat(), name)
        })
        .collect()
}

/// The parts of a group between commas, those of groups inside left whole.
fn items(group: &str) -> Vec<&str> {
    let mut depth = 0;
    let mut items = Vec::new();
    let mut from = 0;
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&group[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    items.push(&group[from..]);
    items.retain(|item| !item.trim().is_empty());
    items
}

/// A path as `path` sees it, from the root; none if it leads out of the crate.
fn from_root(path: &ModulePath, names: &[String], texts: &BTreeMap<ModulePath, String>) -> Option<Vec<String>> {
    let supers = names.iter().take_while(|name| *name == "super").count();
    let (base, rest) = match names.first()?.as_str() {
        "crate" => (&path[..0], &names[1..]),
        "self" => (&path[..], &names[1..]),
        "super" => (path.get(..path.len().checked_sub(supers)?)?, &names[supers..]),
        child if texts.contains_key(&[path.as_slice(), &[child.to_owned()]].concat()) => (&path[..], names),
        _ => return None,
    };
    Some([base, rest].concat())
}

/// The module that has what is named: where it is passed on by others, the one where it comes from.
fn home(named: Vec<String>, modules: &BTreeMap<&ModulePath, Module>) -> ModulePath {
    let mut named = named;
    // More than any name is passed on.
    for _ in 0..16 {
        let depth = (0..=named.len()).rev().find(|depth| modules.contains_key(&named[..*depth].to_vec())).unwrap_or(0);
        let (module, rest) = (named[..depth].to_vec(), &named[depth..]);
        let import = rest.first().and_then(|name| modules.get(&module)?.imports.iter().find(|each| each.name == *name));
        match import {
            Some(import) if import.path[..] != named[..=depth] => named = [&import.path[..], &rest[1..]].concat(),
            _ => return module,
        }
    }
    named
}

mod tests {
    use super::super::circles::circles;
    use super::*;

    fn arrows_of(files: &[(&str, &str)]) -> Arrows {
        arrows(&files.iter().map(|(file, text)| (module_path(Path::new(file)), code(text))).collect())
    }

    #[test]
    fn names_in_groups_are_seen() {
        let text =
            "use crate::{app::{App, X}, cache::Cache};\n// crate::sync\nuse crate::error::Result;\ncrate::x::y()";
        assert_eq!(modules_named_in(text).into_iter().collect::<Vec<_>>(), ["app", "cache", "error", "x"]);
    }

    #[test]
    fn a_circle_between_the_files_of_a_module_is_seen_through_what_its_own_file_passes_on() {
        let module = ("a/mod.rs", "mod b;\nmod c;\npub use b::{B, Other as Two};\npub use self::c::C;");
        let b = ("a/b.rs", "use super::C;\npub struct B;");
        for c in
            ["use super::Two;", "fn x() { super::b::x() }", "use crate::{a::{self, B}};", "use crate::a::b::{self};"]
        {
            let found = arrows_of(&[module, b, ("a/c.rs", c)]);
            assert_eq!(circles(&found).len(), 1, "{c}: {found:#?}");
        }
    }

    #[test]
    fn what_is_no_circle_is_not_called_one() {
        let module = ("a/mod.rs", "mod b;\nmod c;\nuse b::B;\npub struct A(B);");
        let b = ("a/b.rs", "use super::A;\n// use super::c;\n#[cfg(test)]\nmod tests {\n use super::super::c::C;\n}");
        let found = arrows_of(&[module, b, ("a/c.rs", "use std::fmt;\nuse super::{A, b::B};\npub struct C;")]);
        assert!(circles(&found).is_empty(), "{found:#?}");
    }

    #[test]
    fn a_circle_between_folders_is_seen_deep_in_them() {
        let files = [
            ("a/x/p.rs", "use crate::a::y::Q;"),
            ("a/y/mod.rs", "mod q;\npub use q::Q;"),
            ("a/y/q.rs", "use super::super::x::p::P;"),
        ];
        let found = arrows_of(&[&files[..], &[("a/mod.rs", ""), ("a/x/mod.rs", "")]].concat());
        assert_eq!(
            circles(&found),
            ["A circle:\n  a::x knows a::y: a::x::p names a::y::Q\n  a::y knows a::x: a::y::q names a::x::p::P"]
        );
    }
}
