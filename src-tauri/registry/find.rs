//! Which models are shown, and in which order.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::numbers::ModelNumbers;
use super::row::RegistryModel;

/// Models that have something in common, as one can be chosen above the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Facet {
    ChallengerBetter,
    /// Somebody asks for an approval.
    ApprovalAsked,
    WithChampion,
    WithoutChampion,
    WithChallenger,
}

impl Facet {
    pub const ALL: [Self; 5] =
        [Self::ChallengerBetter, Self::ApprovalAsked, Self::WithChampion, Self::WithoutChampion, Self::WithChallenger];

    /// Whether only the numbers of a model tell.
    pub fn needs_numbers(self) -> bool {
        matches!(self, Self::ChallengerBetter | Self::ApprovalAsked)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FacetCount {
    pub facet: Facet,
    /// Of all models that the words find; absent where only the numbers of all would tell, and those were not read.
    pub models: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RegistrySort {
    pub by: SortBy,
    pub descending: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum SortBy {
    Name,
    /// The number of the champion's version.
    Champion,
    /// The champion's value of the metric that decides.
    Value,
    Versions,
    /// How much better the challenger is than the champion.
    Gain,
    Owner,
    /// When the newest version was registered.
    Newest,
    LastMove,
    Updated,
}

impl SortBy {
    pub fn needs_numbers(self) -> bool {
        matches!(self, Self::Value | Self::Gain | Self::LastMove)
    }
}

/// Whether all words are found: anywhere, or where `owner:`, `tag:`, `alias:`, `version:` or `name:` says.
pub fn matches(model: &RegistryModel, words: &str) -> bool {
    words.split_whitespace().all(|word| has(model, &word.to_lowercase()))
}

fn has(model: &RegistryModel, word: &str) -> bool {
    let (place, wanted) = match word.split_once(':') {
        Some((place @ ("owner" | "tag" | "alias" | "version" | "name"), wanted)) => (Some(place), wanted),
        _ => (None, word),
    };
    let of = |name: &str| place.is_none_or(|place| place == name);
    let contains = |text: &str| text.to_lowercase().contains(wanted);
    let number = wanted.strip_prefix('v').unwrap_or(wanted);
    let is_version = |version: &str| version == number;
    (of("name") && contains(&model.name))
        || (place.is_none() && contains(&model.description))
        || (of("alias") && model.aliases.iter().any(|held| contains(&held.alias)))
        || (of("tag") && model.tags.iter().any(|tag| contains(&format!("{}={}", tag.key, tag.value))))
        || (of("owner") && model.owner.as_ref().is_some_and(|owner| contains(&owner.name)))
        || (of("version")
            && (model.aliases.iter().any(|held| is_version(&held.version))
                || model.newest.as_ref().is_some_and(|newest| is_version(&newest.version))))
}

/// Absent where only numbers tell, and there are none.
pub fn is_in(facet: Facet, model: &RegistryModel, numbers: Option<&ModelNumbers>) -> Option<bool> {
    match facet {
        Facet::WithChampion => Some(model.holder("champion").is_some()),
        Facet::WithoutChampion => Some(model.holder("champion").is_none()),
        Facet::WithChallenger => Some(model.holder("challenger").is_some()),
        Facet::ChallengerBetter => numbers.map(|numbers| numbers.improvement().is_some_and(|gain| gain > 0.0)),
        Facet::ApprovalAsked => numbers.map(|numbers| numbers.approval_asked),
    }
}

/// How many models each choice has.
pub fn facets<'a>(
    models: impl Iterator<Item = (&'a RegistryModel, Option<&'a ModelNumbers>)> + Clone,
) -> Vec<FacetCount> {
    let count = |facet: Facet| {
        models.clone().try_fold(0, |count, (model, numbers)| Some(count + u32::from(is_in(facet, model, numbers)?)))
    };
    Facet::ALL.iter().map(|facet| FacetCount { facet: *facet, models: count(*facet) }).collect()
}

/// What there is nothing to say of comes last in either direction, and the same in the order of names.
pub fn in_order(
    a: (&RegistryModel, Option<&ModelNumbers>),
    b: (&RegistryModel, Option<&ModelNumbers>),
    sort: RegistrySort,
) -> Ordering {
    let number = |(model, numbers): (&RegistryModel, Option<&ModelNumbers>)| -> Option<f64> {
        match sort.by {
            SortBy::Champion => model.holder("champion")?.version.parse().ok(),
            SortBy::Value => Some(numbers?.champion.as_ref()?.value.0).filter(|value| !value.is_nan()),
            SortBy::Gain => numbers?.improvement(),
            SortBy::Versions => Some(f64::from(model.version_count)),
            SortBy::Newest => model.newest.as_ref()?.creation_time_ms.map(|ms| ms as f64),
            SortBy::Updated => model.last_updated_time_ms.map(|ms| ms as f64),
            SortBy::LastMove => numbers?.last_move.as_ref().map(|made| made.at_ms as f64),
            SortBy::Name | SortBy::Owner => None,
        }
    };
    let directed = |order: Ordering| if sort.descending { order.reverse() } else { order };
    let by_name = || a.0.name.to_lowercase().cmp(&b.0.name.to_lowercase()).then_with(|| a.0.name.cmp(&b.0.name));
    let owner = |model: &RegistryModel| model.owner.as_ref().map(|owner| owner.name.to_lowercase());
    match sort.by {
        SortBy::Name => directed(by_name()),
        SortBy::Owner => some_first(owner(a.0), owner(b.0), |x, y| directed(x.cmp(y))).then_with(by_name),
        _ => some_first(number(a), number(b), |x, y| directed(x.total_cmp(y))).then_with(by_name),
    }
}

fn some_first<T>(a: Option<T>, b: Option<T>, order: impl Fn(&T, &T) -> Ordering) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => order(&a, &b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests {
    use super::super::row::tests::listed;
    use super::*;

    #[test]
    fn all_words_are_found_anywhere_or_where_they_say() {
        let mut model = listed("churn-gbdt", &[("champion", "31")], &[("tier", "1"), ("owner", "Ana")]);
        model.model.description = "A customer leaves".to_owned();
        let model: RegistryModel = model.into();
        for words in
            ["", "CHURN", "customer gbdt", "tier=1", "v31", "31", "9", "ana", "owner:ana tag:tier", "alias:champ"]
        {
            assert!(matches(&model, words), "{words}");
        }
        for words in ["churn fraud", "v3", "owner:churn", "tag:customer", "name:ana", "alias:ana", "version:1"] {
            assert!(!matches(&model, words), "{words}");
        }
    }

    fn numbers(champion: f64, challenger: f64) -> ModelNumbers {
        super::super::numbers::tests::of_accuracy(Some(champion), Some(challenger))
    }

    #[test]
    fn what_is_unknown_comes_last_in_either_direction() {
        let models = ["a", "b", "c"].map(|name| RegistryModel::from(listed(name, &[], &[])));
        let known = [Some(numbers(0.5, 0.6)), None, Some(numbers(0.5, 0.9))];
        let order = |by, descending| {
            let mut places = vec![0, 1, 2];
            let of = |at: usize| (&models[at], known[at].as_ref());
            places.sort_by(|a, b| in_order(of(*a), of(*b), RegistrySort { by, descending }));
            places
        };
        assert_eq!(order(SortBy::Gain, true), [2, 0, 1]);
        assert_eq!(order(SortBy::Gain, false), [0, 2, 1]);
        assert_eq!(order(SortBy::Name, true), [2, 1, 0]);
    }

    #[test]
    fn a_choice_that_only_numbers_tell_is_not_counted_without_them() {
        let model = RegistryModel::from(listed("a", &[("champion", "1")], &[]));
        let counts = |numbers: Option<&ModelNumbers>| -> Vec<Option<u32>> {
            facets([(&model, numbers)].into_iter()).into_iter().map(|count| count.models).collect()
        };
        assert_eq!(counts(None), [None, None, Some(1), Some(0), Some(0)]);
        assert_eq!(counts(Some(&numbers(0.5, 0.6))), [Some(1), Some(0), Some(1), Some(0), Some(0)]);
    }
}
