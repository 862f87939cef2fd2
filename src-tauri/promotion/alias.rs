//! What a registered model says of one of its aliases.

use crate::entities::{RegisteredModel, Tag, tag_value};

/// The version that holds the alias.
pub(super) fn holder(model: &RegisteredModel, alias: &str) -> Option<String> {
    model.aliases.iter().find(|held| held.alias == alias).map(|held| held.version.clone())
}

/// The value of the tag `prefix` + `alias`. That of a name which differs only in its case counts where the alias has none
/// of its own: some servers take both for one alias.
pub(super) fn alias_tag<'a>(tags: &'a [Tag], prefix: &str, alias: &str) -> Option<&'a str> {
    let lower = alias.to_lowercase();
    let of_other = |key: &str| key.strip_prefix(prefix).is_some_and(|other| other.to_lowercase() == lower);
    let other_case = || tags.iter().find(|tag| of_other(&tag.key)).map(|tag| tag.value.as_str());
    tag_value(tags, &format!("{prefix}{alias}")).or_else(other_case)
}

/// The aliases that may be guarded: the model's own, champion and challenger, and those that its tags with these prefixes
/// are about. Each once, by name.
pub(super) fn aliases_of(model: &RegisteredModel, prefixes: &[&str]) -> Vec<String> {
    let held = model.aliases.iter().map(|held| held.alias.as_str());
    let told = model.tags.iter().flat_map(|tag| prefixes.iter().filter_map(|prefix| tag.key.strip_prefix(prefix)));
    let mut all: Vec<String> = held.chain(["champion", "challenger"]).chain(told).map(str::to_owned).collect();
    all.sort_unstable();
    all.dedup();
    all
}
