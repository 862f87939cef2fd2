//! What else speaks for or against a move: data, signature, requirements, code, seeds. Pure. What is missing on one side
//! is missing, and never equal.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use specta::Type;

use super::side::Side;
use super::signature::Signature;
use crate::entities::{Run, tag_value};

/// Tags that say what a run was made from; the first that is there counts.
const COMMIT_TAGS: [&str; 2] = ["mlflow.source.git.commit", "mlflow.git.commit"];
const DIRTY_TAGS: [&str; 4] = ["mlflow.source.git.dirty", "mlflow.git.dirty", "git.dirty", "dirty"];
/// Of longer lists the beginning is told.
const MOST_TOLD: usize = 4;
/// As much of a commit as people write.
const COMMIT_CHARACTERS: usize = 8;

/// One thing besides metrics and params.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Fact {
    pub kind: FactKind,
    pub verdict: FactVerdict,
    /// What each side has, in words; absent where it has none.
    pub from: Option<String>,
    pub to: Option<String>,
    /// Why it is so, in words for people; may be empty.
    pub why: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum FactKind {
    Data,
    Signature,
    Requirements,
    Code,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum FactVerdict {
    Same,
    Differs,
    /// It differs, and whoever used the one can use the other.
    Compatible,
    /// It differs, and whoever used the one cannot use the other as it is.
    Incompatible,
    /// One of them or both have none, so nothing can be said.
    Missing,
    /// Nothing to compare with.
    Alone,
}

/// The facts of the version that an alias goes to, beside the one that holds it.
pub fn facts(from: Option<&Side>, to: Option<&Side>) -> Vec<Fact> {
    let Some(to) = to else { return Vec::new() };
    vec![data(from, to), signature(from, to), requirements(from, to), code(from, to)]
}

/// One fact by what each side has in words. `missing` says why a side has none.
fn fact(
    kind: FactKind,
    from: Option<&Side>,
    sides: (Option<String>, Option<String>),
    compare: impl FnOnce() -> (FactVerdict, String),
    missing: impl Fn(&Side) -> String,
    to: &Side,
) -> Fact {
    let (from_words, to_words) = sides;
    let (verdict, why) = match (from, &from_words, &to_words) {
        (_, _, None) => (FactVerdict::Missing, missing(to)),
        (Some(from), None, Some(_)) => (FactVerdict::Missing, missing(from)),
        (None, _, Some(_)) => (FactVerdict::Alone, String::new()),
        (Some(_), Some(_), Some(_)) => compare(),
    };
    Fact { kind, verdict, from: from_words, to: to_words, why }
}

/// Name, context and digest of all that a version was trained or measured on.
fn datasets(side: &Side) -> BTreeSet<(String, String, String)> {
    let of_run = side.run.iter().flat_map(|run| &run.dataset_inputs);
    let of_run =
        of_run.map(|input| (input.name.clone(), input.context.clone().unwrap_or_default(), input.digest.clone()));
    let metrics = side.logged_model.iter().flat_map(|model| &model.metrics);
    let measured_on = metrics.filter_map(|metric| metric.dataset.as_ref());
    let known: BTreeSet<(String, String, String)> = of_run.collect();
    // A dataset that the run read is told once, with what it was read for.
    let others = measured_on
        .filter(|dataset| !known.iter().any(|(name, _, digest)| *name == dataset.name && *digest == dataset.digest))
        .map(|dataset| (dataset.name.clone(), String::new(), dataset.digest.clone()))
        .collect::<Vec<_>>();
    known.into_iter().chain(others).collect()
}

fn data(from: Option<&Side>, to: &Side) -> Fact {
    let (of_from, of_to) = (from.map(datasets).unwrap_or_default(), datasets(to));
    let words = |all: &BTreeSet<(String, String, String)>| {
        let one = |(name, context, digest): &(String, String, String)| match context.is_empty() {
            true => format!("{name} {digest}"),
            false => format!("{name} ({context}) {digest}"),
        };
        (!all.is_empty()).then(|| told(all.iter().map(one).collect()))
    };
    let compare = || {
        if of_from == of_to {
            return (FactVerdict::Same, String::new());
        }
        let name = |(name, context, _): &(String, String, String)| (name.clone(), context.clone());
        let (names_from, names_to): (BTreeSet<_>, BTreeSet<_>) =
            (of_from.iter().map(name).collect(), of_to.iter().map(name).collect());
        let why = if names_from == names_to { "The same names with other digests." } else { "Other datasets." };
        (FactVerdict::Differs, why.to_owned())
    };
    let missing = |side: &Side| format!("No dataset of version {} was logged.", side.version.version);
    fact(FactKind::Data, from, (words(&of_from), words(&of_to)), compare, missing, to)
}

fn signature(from: Option<&Side>, to: &Side) -> Fact {
    let of = |side: &Side| side.packaged.signature.clone();
    let (of_from, of_to) = (from.and_then(of), of(to));
    let words = |signature: &Option<Signature>| signature.as_ref().map(Signature::words);
    let compare = || match (&of_from, &of_to) {
        (Some(was), Some(is)) if was == is => (FactVerdict::Same, String::new()),
        (Some(was), Some(is)) => {
            let broken = was.broken_by(is);
            match broken.is_empty() {
                true => (FactVerdict::Compatible, "Whoever calls the one can call the other.".to_owned()),
                false => (FactVerdict::Incompatible, told(broken)),
            }
        }
        _ => (FactVerdict::Missing, String::new()),
    };
    let missing = |side: &Side| match &side.packaged.unread {
        Some(why) => why.clone(),
        None => format!("Version {} was logged without a signature.", side.version.version),
    };
    fact(FactKind::Signature, from, (words(&of_from), words(&of_to)), compare, missing, to)
}

fn requirements(from: Option<&Side>, to: &Side) -> Fact {
    let of = |side: &Side| side.packaged.requirements.clone();
    let (of_from, of_to) = (from.and_then(of), of(to));
    let words = |all: &Option<BTreeMap<String, String>>| {
        all.as_ref().map(|all| format!("{} {}", all.len(), if all.len() == 1 { "package" } else { "packages" }))
    };
    let compare = || match (&of_from, &of_to) {
        (Some(was), Some(is)) if was == is => (FactVerdict::Same, String::new()),
        (Some(was), Some(is)) => {
            let names: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
            let change = |name: &String| match (was.get(name), is.get(name)) {
                (Some(was), Some(is)) if was != is => Some(format!("{name} {was} → {is}")),
                (Some(was), None) => Some(format!("{name} {was} is gone")),
                (None, Some(is)) => Some(format!("{name} {is} is new")),
                _ => None,
            };
            (FactVerdict::Differs, told(names.into_iter().filter_map(change).collect()))
        }
        _ => (FactVerdict::Missing, String::new()),
    };
    let missing = |side: &Side| match &side.packaged.unread {
        Some(why) => why.clone(),
        None => format!("Version {} has no requirements.txt.", side.version.version),
    };
    fact(FactKind::Requirements, from, (words(&of_from), words(&of_to)), compare, missing, to)
}

/// The commit, and whether there were changes that it does not have.
struct Code<'a> {
    commit: &'a str,
    /// Absent where nothing says.
    dirty: Option<bool>,
}

fn code_of(run: &Run) -> Option<Code<'_>> {
    let said = |keys: &[&str]| {
        keys.iter()
            .filter_map(|key| tag_value(&run.tags, key))
            .map(str::trim)
            .find(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let commit = COMMIT_TAGS.iter().filter_map(|key| tag_value(&run.tags, key)).find(|text| !text.trim().is_empty())?;
    let dirty = said(&DIRTY_TAGS).map(|text| !matches!(text.to_lowercase().as_str(), "false" | "0" | "no" | "clean"));
    Some(Code { commit: commit.trim(), dirty })
}

fn code(from: Option<&Side>, to: &Side) -> Fact {
    let of = |side: Option<&Side>| -> Option<(String, Option<bool>)> {
        let code = code_of(side?.run.as_ref()?)?;
        Some((code.commit.to_owned(), code.dirty))
    };
    let (of_from, of_to) = (of(from), of(Some(to)));
    let words = |code: &Option<(String, Option<bool>)>| {
        code.as_ref().map(|(commit, dirty)| {
            let short: String = commit.chars().take(COMMIT_CHARACTERS).collect();
            match dirty {
                Some(true) => format!("{short}, uncommitted changes"),
                Some(false) => format!("{short}, clean"),
                None => short,
            }
        })
    };
    let compare = || match (&of_from, &of_to) {
        // With uncommitted changes one commit may be two states of the code.
        (Some((was, was_dirty)), Some((is, is_dirty))) if was == is => match (was_dirty, is_dirty) {
            (Some(false), Some(false)) | (None, None) => (FactVerdict::Same, String::new()),
            (Some(true), _) | (_, Some(true)) => {
                (FactVerdict::Differs, "One commit, with changes that were not committed.".to_owned())
            }
            _ => (FactVerdict::Same, "Of one of them nothing says whether all was committed.".to_owned()),
        },
        _ => (FactVerdict::Differs, String::new()),
    };
    let missing = |side: &Side| match &side.run {
        Some(_) => format!("The run of version {} recorded no commit.", side.version.version),
        None => format!("The run of version {} is not known.", side.version.version),
    };
    fact(FactKind::Code, from, (words(&of_from), words(&of_to)), compare, missing, to)
}

fn told(all: Vec<String>) -> String {
    let more = all.len().saturating_sub(MOST_TOLD);
    let mut words = all.into_iter().take(MOST_TOLD).collect::<Vec<_>>().join(", ");
    if more > 0 {
        words += &format!(" and {more} more");
    }
    words
}

#[cfg(test)]
mod tests {
    use super::super::packaged::Packaged;
    use super::super::side::tests::{run, side};
    use super::*;
    use crate::entities::{DatasetInput, Tag};

    fn with(number: &str, digest: Option<&str>, tags: &[(&str, &str)], packaged: Packaged) -> Side {
        let mut run = run(number, &[], &[]);
        run.tags = tags.iter().map(|(key, value)| Tag::new(*key, *value)).collect();
        run.dataset_inputs = digest
            .map(|digest| DatasetInput {
                name: "crm".to_owned(),
                digest: digest.to_owned(),
                source_type: String::new(),
                source: String::new(),
                schema: None,
                profile: None,
                context: Some("training".to_owned()),
            })
            .into_iter()
            .collect();
        Side { packaged, ..side(number, Some(run), None) }
    }

    fn told_of(from: Option<&Side>, to: &Side) -> Vec<(FactVerdict, String)> {
        facts(from, Some(to)).into_iter().map(|fact| (fact.verdict, fact.why)).collect()
    }

    #[test]
    fn what_is_missing_on_either_side_is_missing_and_never_equal() {
        let bare = |number| with(number, None, &[], Packaged::default());
        let told = told_of(Some(&bare("1")), &bare("2"));
        assert!(told.iter().all(|(verdict, why)| *verdict == FactVerdict::Missing && !why.is_empty()), "{told:?}");
        let known = with("2", Some("a"), &[("mlflow.source.git.commit", "0123456789")], Packaged::default());
        let told = told_of(Some(&bare("1")), &known);
        assert_eq!(told[0], (FactVerdict::Missing, "No dataset of version 1 was logged.".to_owned()));
        assert_eq!(told[3], (FactVerdict::Missing, "The run of version 1 recorded no commit.".to_owned()));
        let unread = Packaged { unread: Some("The server may not read s3://x.".to_owned()), ..Packaged::default() };
        let told = told_of(Some(&known), &with("3", Some("a"), &[], unread));
        assert_eq!(told[1], (FactVerdict::Missing, "The server may not read s3://x.".to_owned()));
    }

    #[test]
    fn digests_decide_whether_data_is_the_same() {
        let of = |number, digest| with(number, Some(digest), &[], Packaged::default());
        assert_eq!(told_of(Some(&of("1", "a")), &of("2", "a"))[0].0, FactVerdict::Same);
        let differing = &facts(Some(&of("1", "a")), Some(&of("2", "b")))[0];
        assert_eq!(
            (differing.verdict, differing.why.as_str()),
            (FactVerdict::Differs, "The same names with other digests.")
        );
        assert_eq!(differing.to.as_deref(), Some("crm (training) b"));
        assert_eq!(told_of(None, &of("2", "a"))[0].0, FactVerdict::Alone);
    }

    #[test]
    fn one_commit_with_uncommitted_changes_is_not_the_same_code() {
        let of = |number, dirty: Option<&str>| {
            let tags: Vec<(&str, &str)> = [("mlflow.source.git.commit", "0123456789")]
                .into_iter()
                .chain(dirty.map(|dirty| ("mlflow.source.git.dirty", dirty)))
                .collect();
            with(number, None, &tags, Packaged::default())
        };
        let verdict = |from, to| told_of(Some(&of("1", from)), &of("2", to))[3].0;
        assert_eq!(verdict(None, None), FactVerdict::Same);
        assert_eq!(verdict(Some("False"), Some("0")), FactVerdict::Same);
        assert_eq!(verdict(Some("True"), Some("True")), FactVerdict::Differs);
        let words = facts(None, Some(&of("2", Some("True"))))[3].to.clone();
        assert_eq!(words.as_deref(), Some("01234567, uncommitted changes"));
    }

    #[test]
    fn signatures_and_requirements_say_what_changed() {
        let packaged = |kind: &str, torch: &str| Packaged {
            signature: Signature::of_texts(Some(&format!(r#"[{{"name":"a","type":"{kind}"}}]"#)), None, None),
            requirements: Some(BTreeMap::from([("torch".to_owned(), torch.to_owned())])),
            unread: None,
        };
        let of = |number, kind, torch| with(number, None, &[], packaged(kind, torch));
        let told = told_of(Some(&of("1", "long", "2.6")), &of("2", "long", "2.6"));
        assert_eq!((told[1].0, told[2].0), (FactVerdict::Same, FactVerdict::Same));
        let told = told_of(Some(&of("1", "long", "2.6")), &of("2", "double", "2.7"));
        assert_eq!(told[1], (FactVerdict::Incompatible, "input a is double, was long".to_owned()));
        assert_eq!(told[2], (FactVerdict::Differs, "torch 2.6 → 2.7".to_owned()));
    }
}
