//! Many names under a few: the parts of a name before a `/` or a `.` are its folders.

use serde::Serialize;
use specta::Type;

/// Names that begin alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Folder {
    /// Up to and with the mark at its end, such as `vision/` or `vision.`.
    pub path: String,
    /// Models in it, at whatever depth.
    pub models: u32,
}

/// What is in a folder: folders, and places of names that are in none of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Level {
    pub folders: Vec<Folder>,
    pub names: Vec<usize>,
}

/// Of names in an order that keeps those that begin alike together. Names outside of `path` are left out; a name that
/// would be in a folder by itself is in none.
pub fn level<'a>(names: impl IntoIterator<Item = &'a str>, path: &str) -> Level {
    let mut level = Level::default();
    // The places of a folder's names, until it is known whether they are several.
    let mut open: Option<(&str, Vec<usize>)> = None;
    let close = |level: &mut Level, folder: Option<(&str, Vec<usize>)>| match folder {
        Some((path, places)) if places.len() > 1 => {
            let models = u32::try_from(places.len()).unwrap_or(u32::MAX);
            level.folders.push(Folder { path: path.to_owned(), models });
        }
        Some((_, places)) => level.names.extend(places),
        None => {}
    };
    let mut sorted: Vec<(usize, &str)> = names.into_iter().enumerate().collect();
    sorted.sort_by_key(|(_, name)| *name);
    for (place, name) in sorted {
        let Some(rest) = name.strip_prefix(path) else { continue };
        // A mark at the very beginning or end parts nothing.
        let end = rest.char_indices().skip(1).find(|(_, mark)| matches!(mark, '/' | '.')).map(|(at, _)| at + 1);
        let folder = end.filter(|end| *end < rest.len()).and_then(|end| name.get(..path.len() + end));
        match (folder, &mut open) {
            (Some(folder), Some((known, places))) if folder == *known => places.push(place),
            (Some(folder), _) => close(&mut level, open.replace((folder, vec![place]))),
            (None, _) => level.names.push(place),
        }
    }
    close(&mut level, open);
    level.names.sort_unstable();
    level
}

/// Whether these names have any folder.
pub fn has_folders<'a>(names: impl IntoIterator<Item = &'a str>) -> bool {
    !level(names, "").folders.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(names: &[&str], path: &str) -> Vec<String> {
        let level = level(names.iter().copied(), path);
        let folders = level.folders.into_iter().map(|folder| format!("{} {}", folder.path, folder.models));
        folders.chain(level.names.into_iter().map(|place| names[place].to_owned())).collect()
    }

    #[test]
    fn names_that_begin_alike_are_in_a_folder_and_one_by_itself_is_not() {
        let names =
            ["vision/resnet/a", "churn", "vision/resnet/b", "vision/vit", "prod.main.x", "prod.main.y", "nlp/x"];
        assert_eq!(words(&names, ""), ["prod. 2", "vision/ 3", "churn", "nlp/x"]);
        assert_eq!(words(&names, "vision/"), ["vision/resnet/ 2", "vision/vit"]);
        assert_eq!(words(&names, "prod.main."), ["prod.main.x", "prod.main.y"]);
        assert!(has_folders(names) && !has_folders(["a", "b.c", "/x", "/y"]));
    }

    #[test]
    fn marks_at_the_ends_part_nothing() {
        assert_eq!(words(&["a/", "a/", "/b", "/b", "日本/x", "日本/y"], ""), ["日本/ 2", "a/", "a/", "/b", "/b"]);
    }
}
