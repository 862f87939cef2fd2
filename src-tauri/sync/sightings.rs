//! Aliases that are elsewhere than at the look before. The server keeps no history, so what is seen of it is told.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use tokio::sync::Mutex as AsyncMutex;

use crate::entities::{AliasSighting, RegisteredModel};

/// Is told of every alias that was seen to have moved.
pub type OnSightings = Arc<dyn Fn(Vec<AliasSighting>) + Send + Sync>;

/// Looks at single models, numbered as they began. The answer to an earlier one may come later: taken for news, it
/// would be a move that never was.
#[derive(Default)]
pub(super) struct Looks {
    begun: AtomicU64,
    /// The latest look at each model whose answer was taken. Held while one is taken.
    pub taken: AsyncMutex<HashMap<String, u64>>,
    /// Models of which such a look has found that they differ.
    differing: Mutex<HashSet<String>>,
}

impl Looks {
    pub fn begin(&self) -> u64 {
        self.begun.fetch_add(1, Ordering::SeqCst) + 1
    }

    pub fn differs(&self, name: &str) {
        self.differing.lock().insert(name.to_owned());
    }

    /// Whether a model was found to differ since this was last asked.
    pub fn take_differing(&self, name: &str) -> bool {
        self.differing.lock().remove(name)
    }
}

/// The aliases that are elsewhere in `after`, read at `before_ms`, than in `before`, read at `after_ms`.
pub(super) fn sightings(
    before: &RegisteredModel,
    after: &RegisteredModel,
    after_ms: i64,
    before_ms: i64,
) -> Vec<AliasSighting> {
    let places = |model: &'_ RegisteredModel| -> BTreeMap<String, String> {
        model.aliases.iter().map(|held| (held.alias.clone(), held.version.clone())).collect()
    };
    let (was, mut is) = (places(before), places(after));
    let mut moves: Vec<(String, Option<String>, Option<String>)> = Vec::new();
    for (alias, version) in was {
        let now = is.remove(&alias);
        if now.as_ref() != Some(&version) {
            moves.push((alias, Some(version), now));
        }
    }
    moves.extend(is.into_iter().map(|(alias, version)| (alias, None, Some(version))));
    let sighting = |(alias, from_version, to_version)| AliasSighting {
        model: after.name.clone(),
        alias,
        from_version,
        to_version,
        after_ms,
        before_ms,
    };
    moves.into_iter().map(sighting).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entities::ModelAlias;

    #[test]
    fn every_alias_that_is_elsewhere_is_seen_and_no_other() {
        let model = |aliases: &[(&str, &str)]| RegisteredModel {
            name: "churn".into(),
            description: String::new(),
            creation_time_ms: None,
            last_updated_time_ms: None,
            tags: Vec::new(),
            aliases: aliases
                .iter()
                .map(|(alias, version)| ModelAlias { alias: (*alias).into(), version: (*version).into() })
                .collect(),
        };
        let before = model(&[("champion", "1"), ("gone", "2"), ("stays", "3")]);
        let after = model(&[("stays", "3"), ("new", "4"), ("champion", "5")]);
        let seen: Vec<_> = sightings(&before, &after, 7, 9)
            .into_iter()
            .map(|seen| (seen.alias, seen.from_version, seen.to_version, seen.after_ms, seen.before_ms))
            .collect();
        let some = |version: &str| Some(version.to_owned());
        assert_eq!(
            seen,
            [
                ("champion".to_owned(), some("1"), some("5"), 7, 9),
                ("gone".to_owned(), some("2"), None, 7, 9),
                ("new".to_owned(), None, some("4"), 7, 9),
            ]
        );
    }
}
