//! How many people have to approve, and who may.

use serde::Serialize;
use specta::Type;

use super::super::alias::alias_tag;
use crate::entities::RegisteredModel;

pub(in super::super) const POLICY_PREFIX: &str = "podium.approval.";
const MOST_PEOPLE: u32 = 20;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// How many others have to approve, at least 1.
    pub people: u32,
    /// Who they may be; anybody else than who asks, if empty.
    pub named: Vec<String>,
    /// Why the model's tag cannot be read, if so: then nobody can approve until it is mended.
    pub problem: Option<String>,
}

/// The tag of a registered model that says who has to approve moves of one alias.
pub fn policy_tag(alias: &str) -> String {
    format!("{POLICY_PREFIX}{alias}")
}

/// None where the model asks for no approval.
pub fn policy_of(model: &RegisteredModel, alias: &str) -> Option<Policy> {
    Policy::parse(policy_text(model, alias)?)
}

/// What stands in the model's tag.
pub fn policy_text<'a>(model: &'a RegisteredModel, alias: &str) -> Option<&'a str> {
    alias_tag(&model.tags, POLICY_PREFIX, alias)
}

impl Policy {
    /// Reads `2`, or `1 of ana, ben`. None for an empty text.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let (people, names) = text.split_once(" of ").unwrap_or((text, ""));
        let mut named: Vec<String> = Vec::new();
        for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            if !named.iter().any(|known| is_same(known, name)) {
                named.push(name.to_owned());
            }
        }
        let people = people.trim().parse().ok().filter(|people| (1..=MOST_PEOPLE).contains(people));
        let problem = match people {
            None => {
                Some(format!("Expected a number of people from 1 to {MOST_PEOPLE}, as in 1 of ana, ben; found {text}"))
            }
            Some(people) if !named.is_empty() && named.len() < people as usize => {
                Some(format!("{people} people have to approve, and only {} are named", named.len()))
            }
            Some(_) => None,
        };
        Some(Self { people: people.unwrap_or(1), named, problem })
    }

    pub fn names(&self, person: &str) -> bool {
        self.named.is_empty() || self.named.iter().any(|name| is_same(name, person))
    }

    /// "two others approve".
    pub(super) fn words(&self) -> String {
        match (self.people, self.named.as_slice()) {
            (1, []) => "somebody else approves".to_owned(),
            (people, []) => format!("{people} others approve"),
            (1, [one]) => format!("{one} approves"),
            (people, named) => format!("{people} of {} approve", named.join(", ")),
        }
    }
}

/// Whether both are one person, as people write names.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}
