//! Moves that were seen and that nobody recorded.

use super::super::record::Outcome;
use super::{AliasMove, Place, Recorded, When};
use crate::entities::AliasSighting;

/// How far the clocks of two machines may be apart.
const CLOCKS_APART_MS: i64 = 10 * 60_000;

/// A recorded move or its undoing, which explains one sighting at most.
struct Step<'a> {
    at_ms: i64,
    from: &'a Place,
    to: &'a Place,
    used: bool,
}

/// What of the sightings the recorded moves of the same alias do not explain.
pub(super) fn unrecorded(moves: &[AliasMove], sightings: &[&AliasSighting]) -> Vec<AliasMove> {
    let mut steps = steps(moves);
    let mut left: Vec<Sighted> = sightings.iter().map(|sighting| Sighted::from(*sighting)).collect();
    left.sort_by_key(|each| (each.before_ms, each.after_ms));
    // First those within the times of a sighting: a clock that is wrong must not take another one's explanation.
    for apart_ms in [0, CLOCKS_APART_MS] {
        left = left.into_iter().filter_map(|sighted| sighted.without(&mut steps, apart_ms)).collect();
    }
    left.into_iter().map(Sighted::into_move).collect()
}

fn steps(moves: &[AliasMove]) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    for each in moves.iter().filter(|each| each.outcome == Outcome::Moved) {
        let When::At { ms } = each.when else { continue };
        steps.push(Step { at_ms: ms, from: &each.from, to: &each.to, used: false });
        if let Some(undone_at_ms) = each.undone_at_ms {
            steps.push(Step { at_ms: undone_at_ms, from: &each.to, to: &each.from, used: false });
        }
    }
    steps.sort_by_key(|step| step.at_ms);
    steps
}

struct Sighted {
    alias: String,
    from: Place,
    to: Place,
    after_ms: i64,
    before_ms: i64,
}

impl From<&AliasSighting> for Sighted {
    fn from(sighting: &AliasSighting) -> Self {
        Self {
            alias: sighting.alias.clone(),
            from: sighting.from_version.as_deref().into(),
            to: sighting.to_version.as_deref().into(),
            // A clock that was set back in between.
            after_ms: sighting.after_ms.min(sighting.before_ms),
            before_ms: sighting.before_ms,
        }
    }
}

impl Sighted {
    /// What is left of it once the steps at its beginning and at its end are taken away: nothing where they are all.
    fn without(mut self, steps: &mut [Step<'_>], apart_ms: i64) -> Option<Self> {
        let (first, last) = (self.after_ms.saturating_sub(apart_ms), self.before_ms.saturating_add(apart_ms));
        let within = |step: &&mut Step<'_>| !step.used && (first..=last).contains(&step.at_ms);
        let whole = self.to.clone();
        for step in steps.iter_mut().filter(|step| within(step)) {
            if self.from != self.to && (*step.from == self.from || (*step.from == Place::NotKnown && *step.to == whole))
            {
                self.from = step.to.clone();
                self.after_ms = self.after_ms.max(step.at_ms.min(self.before_ms));
                step.used = true;
            }
        }
        for step in steps.iter_mut().rev().filter(|step| within(step)) {
            if self.from != self.to && *step.to == self.to && *step.from != Place::NotKnown {
                self.to = step.from.clone();
                self.before_ms = self.before_ms.min(step.at_ms.max(self.after_ms));
                step.used = true;
            }
        }
        (self.from != self.to).then_some(self)
    }

    fn into_move(self) -> AliasMove {
        AliasMove {
            alias: self.alias,
            when: When::Between { after_ms: self.after_ms, before_ms: self.before_ms },
            from: self.from,
            to: self.to,
            by: None,
            reason: String::new(),
            overridden: Vec::new(),
            approved_by: Vec::new(),
            undone_at_ms: None,
            outcome: Outcome::Moved,
            warnings: Vec::new(),
            recorded: Recorded::Nowhere,
            promotion_id: None,
            plan_id: None,
        }
    }
}
