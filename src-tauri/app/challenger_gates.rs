//! Whether the challengers of the list of models pass the gates of champion. Asked for by itself: the list does not wait.

use serde::Serialize;
use specta::Type;

use super::App;
use crate::entities::ModelAlias;
use crate::error::Result;
use crate::promotion;
use crate::query::Verdict;

/// At most so many models are looked at in one question.
const MOST: usize = 200;

/// What the rules for champion come to of the challenger of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct GateCounts {
    pub model: String,
    pub passed: u32,
    pub failed: u32,
    pub unknown: u32,
}

impl App {
    /// Of those of these models that have a challenger and rules for champion; of the first 200 names.
    pub async fn challenger_gates(&self, profile_id: &str, names: &[String]) -> Result<Vec<GateCounts>> {
        let source = self.connection(profile_id).await?.source;
        let mut all = Vec::new();
        for name in names.iter().take(MOST) {
            let Some(model) = self.cache.registered_model(source, name).await? else { continue };
            let champion = ModelAlias::find(&model.aliases, "champion");
            let alias = champion.map_or("champion", |held| held.alias.as_str());
            let Some(challenger) = ModelAlias::find(&model.aliases, "challenger") else { continue };
            if promotion::rules_of(&model, alias).is_empty() {
                continue;
            }
            let wanted: Vec<(&str, &str)> =
                champion.iter().chain([&challenger]).map(|held| (name.as_str(), held.version.as_str())).collect();
            let versions = self.cache.leading_versions(source, &[name.as_str()], 0, &wanted).await?;
            let versions = versions.get(name.as_str()).map(Vec::as_slice).unwrap_or_default();
            let of = |number: &str| versions.iter().find(|version| version.version == number).cloned();
            let from = match champion.and_then(|held| of(&held.version)) {
                Some(version) => Some(self.cached_side(source, version).await?),
                None => None,
            };
            let Some(to) = of(&challenger.version) else { continue };
            let to = self.cached_side(source, to).await?;
            let gates = promotion::gates(&model, alias, from.as_ref(), Some(&to));
            let count = |verdict| {
                u32::try_from(gates.iter().filter(|gate| gate.verdict == verdict).count()).unwrap_or(u32::MAX)
            };
            all.push(GateCounts {
                model: name.clone(),
                passed: count(Verdict::Passed),
                failed: count(Verdict::Failed),
                unknown: count(Verdict::Unknown),
            });
        }
        Ok(all)
    }
}
