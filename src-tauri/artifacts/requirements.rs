//! The packages of an environment, as the files tell of them that MLflow puts beside a model. Pure.

use std::collections::BTreeMap;

use serde::Serialize;
use specta::Type;

/// A package and what a file asks of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Package {
    /// As PEP 503 writes names, so that `Foo.Bar` and `foo-bar` are one package.
    pub name: String,
    /// `1.5.0` where exactly that is asked for; otherwise all that the file says, such as `>=1,<2`, or `any`.
    pub version: String,
}

/// What a file says of an environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    pub python: Option<String>,
    pub packages: Vec<Package>,
}

/// The lines of a `requirements.txt` (PEP 508, and pip's options, which are no packages).
pub fn requirements(text: &str) -> Vec<Package> {
    let whole = text.replace("\\\r\n", " ").replace("\\\n", " ");
    merged(whole.lines().filter_map(requirement))
}

/// A `conda.yaml`: packages of conda and, below `pip`, those of pip.
pub fn conda(text: &str) -> Contents {
    let mut contents = Contents::default();
    let mut packages = Vec::new();
    let mut pip_indent = None;
    for (indent, item) in items_of(text, "dependencies") {
        if item == "pip:" {
            pip_indent = Some(indent);
        } else if pip_indent.is_some_and(|of_pip| indent > of_pip) {
            packages.extend(requirement(item));
        } else if let Some(package) = conda_package(item) {
            pip_indent = None;
            if package.name == "python" {
                contents.python = Some(package.version);
            } else {
                packages.push(package);
            }
        }
    }
    contents.packages = merged(packages);
    contents
}

/// The version of Python in a `python_env.yaml`.
pub fn python_env(text: &str) -> Option<String> {
    let version = text.lines().find_map(|line| line.strip_prefix("python:"))?;
    let version = unquoted(without_comment(version));
    (!version.is_empty()).then(|| version.to_owned())
}

/// The items of the list under `key`, those of lists in it too, with how far each is indented.
fn items_of<'a>(text: &'a str, key: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    let mut inside = false;
    text.lines().filter_map(move |line| {
        let content = line.trim_start();
        let indent = line.len() - content.len();
        let Some(item) = content.strip_prefix("- ") else {
            if indent == 0 && !content.is_empty() && !content.starts_with('#') {
                inside = content.trim_end().strip_suffix(':') == Some(key);
            }
            return None;
        };
        inside.then(|| (indent, unquoted(without_comment(item))))
    })
}

fn conda_package(item: &str) -> Option<Package> {
    let item = item.rsplit_once("::").map_or(item, |(_, package)| package);
    let end = item.find(|c: char| !is_name(c)).unwrap_or(item.len());
    let (name, version) = item.split_at(end);
    if name.is_empty() {
        return None;
    }
    let version = version.trim();
    // `name=version=build`, with one sign of equality or two.
    let version = match version.trim_start_matches('=') {
        exact if version.starts_with('=') => exact.split('=').next().unwrap_or(exact),
        _ => version,
    };
    let version = if version.is_empty() { "any".to_owned() } else { version.replace(' ', "") };
    Some(Package { name: normalized(name), version })
}

fn requirement(line: &str) -> Option<Package> {
    let line = without_comment(line);
    // Options of one requirement, such as its hashes.
    let line = line.split_once(" --").map_or(line, |(line, _)| line.trim_end());
    if let Some(option) = line.strip_prefix('-') {
        let editable = option.strip_prefix("e ").or_else(|| option.strip_prefix("-editable "))?;
        return Some(from_address(editable.trim()));
    }
    let end = line.find(|c: char| !is_name(c)).unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    if name.is_empty()
        || !name.starts_with(|c: char| c.is_ascii_alphanumeric())
        || rest.starts_with(['/', '\\', ':', '+'])
    {
        return (!line.is_empty()).then(|| from_address(line));
    }
    let (extras, rest) = match rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((extras, rest)) => (Some(extras), rest),
        None => (None, rest),
    };
    let rest = rest.trim();
    let (asked, marker) = match rest.strip_prefix('@') {
        Some(address) => match address.split_once(" ;") {
            Some((address, marker)) => (without_secret(address.trim()), Some(marker)),
            None => (without_secret(address.trim()), None),
        },
        None => match rest.split_once(';') {
            Some((asked, marker)) => (specifier(asked), Some(marker)),
            None => (specifier(rest), None),
        },
    };
    let mut version = asked;
    if let Some(extras) = extras {
        version.push_str(&format!(" [{}]", extras.replace(' ', "")));
    }
    if let Some(marker) = marker {
        version.push_str(&format!("; {}", marker.trim()));
    }
    Some(Package { name: normalized(name), version })
}

fn specifier(asked: &str) -> String {
    let asked: String = asked.chars().filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')')).collect();
    match asked.strip_prefix("==") {
        _ if asked.is_empty() => "any".to_owned(),
        Some(exact) if !exact.starts_with('=') && !exact.contains([',', '*']) => exact.to_owned(),
        _ => asked,
    }
}

/// A package that comes from an address or a folder: called as `#egg=` says, or else by where it is.
fn from_address(address: &str) -> Package {
    let address = without_secret(address);
    let name = address.split_once("#egg=").map(|(_, egg)| egg.split(['&', '[']).next().unwrap_or(egg));
    Package { name: name.map_or_else(|| address.clone(), normalized), version: address }
}

/// Without the name and password that an address may hold.
fn without_secret(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

fn without_comment(line: &str) -> &str {
    let starts = |(at, _): &(usize, &str)| line[..*at].chars().next_back().is_none_or(char::is_whitespace);
    line.match_indices('#').find(starts).map_or(line, |(at, _)| &line[..at]).trim()
}

fn unquoted(text: &str) -> &str {
    let quoted = |sign: char| text.strip_prefix(sign).and_then(|rest| rest.strip_suffix(sign));
    quoted('\'').or_else(|| quoted('"')).unwrap_or(text).trim()
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

fn normalized(name: &str) -> String {
    let parts: Vec<&str> = name.split(['-', '_', '.']).filter(|part| !part.is_empty()).collect();
    parts.join("-").to_ascii_lowercase()
}

/// By name, each once: of a package that is asked for twice, as markers do, all that is asked.
fn merged(packages: impl IntoIterator<Item = Package>) -> Vec<Package> {
    let mut by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for Package { name, version } in packages {
        let versions = by_name.entry(name).or_default();
        if !versions.contains(&version) {
            versions.push(version);
        }
    }
    by_name.into_iter().map(|(name, versions)| Package { name, version: versions.join(", ") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(packages: &[Package]) -> Vec<String> {
        packages.iter().map(|Package { name, version }| format!("{name} {version}")).collect()
    }

    #[test]
    fn requirements_are_read_by_normalized_name_with_all_that_they_ask() {
        let text = "\
# made by mlflow
--index-url https://user:secret@example.org/simple
-r other.txt
mlflow==3.4.0
Foo.Bar__baz >= 1.0, < 2  # for the tests
scikit-learn[all, extra]==1.5.* ; python_version < '3.12'
torch==2.6.0+cu124 --hash=sha256:abc \\
    --hash=sha256:def
numpy
numpy<2; sys_platform == 'win32'
exact===1.0
requests (>=2.0)
lib @ git+https://token@example.org/lib.git@v1 ; extra == 'x'
-e git+https://u:p@example.org/tool.git#egg=My_Tool&subdirectory=a
./wheels/own-1.0.whl
https://example.org/other.whl
";
        assert_eq!(
            told(&requirements(text)),
            [
                "./wheels/own-1.0.whl ./wheels/own-1.0.whl",
                "exact ===1.0",
                "foo-bar-baz >=1.0,<2",
                "https://example.org/other.whl https://example.org/other.whl",
                "lib git+https://example.org/lib.git@v1; extra == 'x'",
                "mlflow 3.4.0",
                "my-tool git+https://example.org/tool.git#egg=My_Tool&subdirectory=a",
                "numpy any, <2; sys_platform == 'win32'",
                "requests >=2.0",
                "scikit-learn ==1.5.* [all,extra]; python_version < '3.12'",
                "torch 2.6.0+cu124",
            ]
        );
    }

    #[test]
    fn a_conda_file_has_python_packages_of_conda_and_of_pip() {
        let text = "\
channels:
- conda-forge
dependencies:
- python=3.11.9=h955ad1f_0
- 'conda-forge::numpy==1.26'
- pip<=24.0
- pip:
  - mlflow==2.14.1
  - \"scikit-learn\"
- cudatoolkit
name: mlflow-env
";
        let Contents { python, packages } = conda(text);
        assert_eq!(python.as_deref(), Some("3.11.9"));
        let expected = ["cudatoolkit any", "mlflow 2.14.1", "numpy 1.26", "pip <=24.0", "scikit-learn any"];
        assert_eq!(told(&packages), expected);
    }

    #[test]
    fn the_version_of_python_is_in_its_own_file() {
        assert_eq!(python_env("python: 3.11.9\nbuild_dependencies:\n- pip\n").as_deref(), Some("3.11.9"));
        assert_eq!(python_env("build_dependencies:\npython: \"3.10\" # old\n").as_deref(), Some("3.10"));
        assert_eq!(python_env("python:\n"), None);
    }

    #[test]
    fn what_is_no_such_file_has_no_packages_and_never_fails() {
        for text in [
            "",
            "\0\u{fffd}",
            "dependencies",
            "dependencies:",
            "- ",
            "dependencies:\n- \n- =\n-",
            "é@;[",
            "a[b",
            "@x",
            "://@",
        ] {
            let _ = (requirements(text), conda(text), python_env(text));
        }
        assert_eq!(conda("dependencies: []"), Contents::default());
        assert_eq!(requirements("# nothing\n\n"), []);
    }
}
