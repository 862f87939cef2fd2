//! The rules of a team for an alias: tried on what is cached, and saved for everybody.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use specta::Type;

use super::App;
use super::writing::read_only_reason;
use crate::entities::{LoggedModel, RegisteredModel, Run};
use crate::error::{AppError, Code, Result};
use crate::promotion::{self, GateTrial, Policy, Rule, Side};
use crate::query::Subject;
use crate::sync::Scope;

/// MLflow refuses longer values of a tag.
const MOST_CHARACTERS: usize = 5_000;

/// What the user wants the rules for an alias to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatesChange {
    pub model: String,
    pub alias: String,
    pub wanted: AliasRules,
    /// Those that the user began with.
    pub expected: AliasRules,
    /// What the profile's [`crate::connect::Writes`] asks for.
    pub confirmation: Option<String>,
}

/// What a version must pass before an alias moves to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AliasRules {
    /// One rule a line; without any, none holds the alias back.
    pub gates: String,
    /// How many others have to approve, and who may: `2`, or `1 of ana, ben`. Empty: nobody.
    pub approval: String,
}

impl App {
    /// What these rules (one a line) would come to, asked of all versions as the cache has them.
    pub async fn try_gates(&self, profile_id: &str, name: &str, alias: &str, rules: &str) -> Result<GateTrial> {
        let connection = self.connection(profile_id).await?;
        let rules = promotion::rules(rules);
        let Some(model) = self.cache.registered_model(connection.source, name).await? else {
            return Err(AppError::new(Code::NotFound, format!("There is no model {name} on this machine.")));
        };
        let versions = self.cache.model_versions(connection.source, name).await?;
        let logged_models = self.cache.logged_models_of(connection.source, name).await?;
        let subjects = subjects(&rules);
        let runs = self.cache.source_runs_for(connection.source, name, &subjects).await?;
        let sides: Vec<Side> = versions
            .into_iter()
            .map(|version| {
                let run = version.run_id.as_ref().and_then(|id| runs.get(id));
                let logged_model = version.model_id.as_ref().and_then(|id| logged_models.get(id)).cloned();
                let siblings = run.map(|run| siblings(run, &logged_models)).unwrap_or_default();
                Side::of(version, logged_model, run.cloned(), siblings)
            })
            .collect();
        let held = model.aliases.iter().find(|held| held.alias == alias).map(|held| held.version.as_str());
        let holder = sides.iter().find(|side| Some(side.version.version.as_str()) == held);
        Ok(promotion::try_rules(&rules, holder, &sides))
    }

    /// Saves the rules as a tag of the model, unless somebody else has changed them since the user began. Nobody's rules
    /// are lost, and none are saved that cannot be read: they would hold back every version.
    pub async fn save_gates(&self, profile_id: &str, wanted: &GatesChange) -> Result<()> {
        let connection = self.connection(profile_id).await?;
        let writer = connection.writer(&wanted.model, wanted.confirmation.as_deref())?;
        let refused = |refusal: String| Err(AppError::new(Code::Refused, refusal));
        if let Some(refusal) = read_only_reason(&connection) {
            return refused(refusal);
        }
        let gates = promotion::rules(&wanted.wanted.gates);
        if let Some(Rule { text, meaning: Err(error), .. }) = gates.iter().find(|rule| rule.meaning.is_err()) {
            return refused(format!("The rule “{text}” cannot be read: {error} Nothing was saved."));
        }
        let gates = promotion::written(&gates);
        let approval = wanted.wanted.approval.trim();
        if let Some(problem) = Policy::parse(approval).and_then(|policy| policy.problem) {
            return refused(format!("Who has to approve cannot be read: {problem}. Nothing was saved."));
        }
        if gates.chars().count().max(approval.chars().count()) > MOST_CHARACTERS {
            let message = format!("All rules together may have {MOST_CHARACTERS} characters. Nothing was saved.");
            return refused(message);
        }
        let before = of_alias(&writer.store().get_registered_model(&wanted.model).await?, &wanted.alias);
        let expected = AliasRules {
            gates: promotion::written(&promotion::rules(&wanted.expected.gates)),
            approval: wanted.expected.approval.trim().to_owned(),
        };
        if before != expected {
            connection.refresh(Scope::Model(wanted.model.clone()));
            return refused(format!(
                "Somebody has changed the gates of {} since you began. Nothing was saved: look at theirs first.",
                wanted.alias
            ));
        }
        let saved = AliasRules { gates, approval: approval.to_owned() };
        // Approval first: should the second write fail, the alias is guarded more and not less.
        let tags = [
            (promotion::policy_tag(&wanted.alias), &before.approval, &saved.approval),
            (promotion::gates_tag(&wanted.alias), &before.gates, &saved.gates),
        ];
        for (key, before, value) in tags {
            if before != value {
                writer.set_registered_model_tag(&wanted.model, &key, value).await?;
            }
        }
        let after = of_alias(&writer.store().get_registered_model(&wanted.model).await?, &wanted.alias);
        connection.refresh(Scope::Model(wanted.model.clone()));
        if after == saved {
            return Ok(());
        }
        refused(format!("The gates of {} were saved, and somebody has changed them in the same moment.", wanted.alias))
    }
}

/// What stands in the tags of the model.
pub(super) fn of_alias(model: &RegisteredModel, alias: &str) -> AliasRules {
    AliasRules {
        gates: promotion::written(&promotion::rules_of(model, alias)),
        approval: promotion::policy_text(model, alias).unwrap_or_default().trim().to_owned(),
    }
}

/// Those of each alias that has some: the model's own aliases, champion and challenger, and what tags are about.
pub(super) fn by_alias(model: &RegisteredModel) -> BTreeMap<String, AliasRules> {
    let all = promotion::guarded_aliases(model).into_iter().map(|alias| (alias.clone(), of_alias(model, &alias)));
    all.filter(|(_, rules)| *rules != AliasRules::default()).collect()
}

/// All that the rules look at.
fn subjects(rules: &[Rule]) -> Vec<&Subject> {
    let mut all = Vec::new();
    for condition in rules.iter().filter_map(|rule| rule.meaning.as_ref().ok()) {
        condition.each_subject(&mut |subject| all.push(subject));
    }
    all
}

/// The logged models of a run, as far as they are known.
fn siblings(run: &Run, logged_models: &HashMap<String, LoggedModel>) -> Vec<LoggedModel> {
    let outputs = run.model_outputs.iter().filter_map(|output| logged_models.get(&output.model_id));
    outputs.cloned().collect()
}
