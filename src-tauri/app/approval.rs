//! Asking others to approve a move, and answering them.

use super::App;
use super::writing::{existing, person, read_only_reason};
use crate::clock::now_ms;
use crate::entities::{ModelVersion, RegisteredModel};
use crate::error::{AppError, Code, Result};
use crate::promotion::{self, Approval, ApprovalRequest, ApprovalState, Policy, SeenMetric, Vote, WAITS_MS};
use crate::sync::Scope;
use crate::tracking::Writer;

/// What is asked of the others: `alias` is to move to `version`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalWish {
    pub model: String,
    pub alias: String,
    pub version: String,
    /// Where the card said that the alias is.
    pub expected_version: Option<String>,
    pub reason: String,
    /// What the profile's [`crate::connect::Writes`] asks for.
    pub confirmation: Option<String>,
}

/// An answer to a request, as the card showed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalAnswer {
    pub model: String,
    pub alias: String,
    pub version: String,
    /// The id of the request that was shown.
    pub request: String,
    pub answer: Decision,
    /// What the profile's [`crate::connect::Writes`] asks for.
    pub confirmation: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, specta::Type)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Decision {
    Approve {
        why: String,
    },
    /// Says why.
    Reject {
        why: String,
    },
    /// By who has asked.
    Withdraw,
}

/// What a request is about, as just read.
struct Asked {
    writer: Writer,
    model: RegisteredModel,
    version: ModelVersion,
    policy: Policy,
    me: String,
}

impl App {
    /// Asks for approval with the evidence of this moment. Nothing moves. Answers with warnings, such as a tag that the
    /// server refused after the request was written.
    pub async fn request_approval(&self, profile_id: &str, wanted: &ApprovalWish) -> Result<Vec<String>> {
        let asked = self
            .asked(profile_id, &wanted.model, &wanted.alias, &wanted.version, wanted.confirmation.as_deref())
            .await?;
        if wanted.reason.trim().is_empty() {
            return refused("A request says why. Nothing was written.");
        }
        let from = wanted.expected_version.as_deref();
        let refusals = promotion::refusals(&asked.model, &wanted.alias, from, &wanted.version, Some(&asked.version));
        if let Some(refusal) = refusals.into_iter().next() {
            return refused(refusal);
        }
        let plan = self.prepare_promotion(profile_id, &wanted.model, &wanted.alias, &wanted.version).await?;
        if plan.from_version != wanted.expected_version {
            return Err(AppError::new(
                Code::AliasMoved,
                format!("{} was moved since the card was read. Nothing was written.", wanted.alias),
            ));
        }
        let pending = plan.approval.and_then(|plan| plan.approval);
        if let Some(Approval { state: ApprovalState::Pending | ApprovalState::Approved, request, .. }) = pending {
            return refused(format!("{} has asked for this already. Nothing was written.", request.by));
        }
        let at_ms = now_ms();
        let metric = |delta: promotion::MetricDelta| SeenMetric {
            name: match &delta.name.dataset {
                Some(dataset) => format!("{} on {}", delta.name.key, dataset.name),
                None => delta.name.key.clone(),
            },
            from: delta.from.map(|number| number.value),
            to: delta.to.map(|number| number.value),
        };
        let request = ApprovalRequest {
            id: uuid::Uuid::new_v4().to_string(),
            by: asked.me,
            at_ms,
            expires_at_ms: at_ms + WAITS_MS,
            reason: wanted.reason.trim().to_owned(),
            from_version: plan.from_version,
            rules: promotion::written(&promotion::rules_of(&asked.model, &wanted.alias)),
            tags: promotion::tags_fingerprint(&asked.version.tags),
            metrics: plan.metrics.into_iter().map(metric).collect(),
            withdrawn_at_ms: None,
        };
        let written =
            promotion::write_request(&asked.writer, &wanted.model, &wanted.version, &wanted.alias, &request).await;
        self.connection(profile_id).await?.refresh(Scope::Model(wanted.model.clone()));
        Ok(written?)
    }

    /// Answers a request with what is true of it this moment: one that was answered or changed meanwhile is refused.
    /// Answers with warnings, such as a tag that the server refused after the vote was written.
    pub async fn answer_approval(&self, profile_id: &str, wanted: &ApprovalAnswer) -> Result<Vec<String>> {
        let ApprovalAnswer { model, alias, version, request, answer, confirmation } = wanted;
        let asked = self.asked(profile_id, model, alias, version, confirmation.as_deref()).await?;
        let now_ms = now_ms();
        let approval = promotion::approval_of(&asked.model, &asked.version, alias, now_ms)
            .filter(|approval| approval.request.id == *request);
        let Some(approval) = approval else {
            return refused(
                "This request is no longer there, or another one has taken its place. Nothing was written.",
            );
        };
        if *answer == Decision::Withdraw {
            return self.withdraw(profile_id, wanted, &asked, approval, now_ms).await;
        }
        if let Some(refusal) = promotion::no_vote(&approval, &asked.policy, &asked.me) {
            return refused(format!("{refusal} Nothing was written."));
        }
        let (approves, why) = match answer {
            Decision::Approve { why } => (true, why),
            Decision::Reject { why } if why.trim().is_empty() => {
                return refused("A rejection says why. Nothing was written.");
            }
            Decision::Reject { why } => (false, why),
            Decision::Withdraw => (false, &asked.me),
        };
        let vote = Vote {
            request: request.clone(),
            by: asked.me.clone(),
            at_ms: now_ms,
            approves,
            why: why.trim().to_owned(),
        };
        promotion::write_vote(&asked.writer, model, version, alias, &vote).await?;
        // Others may have voted in the same moment: what became of it says the server.
        let after = asked.writer.store().get_model_version(model, version).await;
        self.connection(profile_id).await?.refresh(Scope::Model(model.clone()));
        let after = after.ok().and_then(|after| promotion::approval_of(&asked.model, &after, alias, now_ms));
        let Some(after) = after else {
            return Ok(vec!["The vote was written, and could not be read back.".to_owned()]);
        };
        Ok(promotion::write_decision(&asked.writer, model, version, &after, &asked.policy).await)
    }

    async fn withdraw(
        &self,
        profile_id: &str,
        wanted: &ApprovalAnswer,
        asked: &Asked,
        approval: Approval,
        now_ms: i64,
    ) -> Result<Vec<String>> {
        if approval.request.by != asked.me {
            return refused(format!("Only {} can withdraw this request. Nothing was written.", approval.request.by));
        }
        let request = ApprovalRequest { withdrawn_at_ms: Some(now_ms), ..approval.request };
        let written =
            promotion::write_request(&asked.writer, &wanted.model, &wanted.version, &wanted.alias, &request).await;
        self.connection(profile_id).await?.refresh(Scope::Model(wanted.model.clone()));
        Ok(written?)
    }

    async fn asked(
        &self,
        profile_id: &str,
        model: &str,
        alias: &str,
        version: &str,
        confirmation: Option<&str>,
    ) -> Result<Asked> {
        let connection = self.connection(profile_id).await?;
        let writer = connection.writer(model, confirmation)?;
        if let Some(refusal) = read_only_reason(&connection) {
            return refused(refusal);
        }
        let found = writer.store().get_registered_model(model).await?;
        let Some(there) = existing(writer.store().get_model_version(model, version).await)? else {
            return refused(format!("Version {version} of {model} is no longer there. Nothing was written."));
        };
        let Some(policy) = promotion::policy_of(&found, alias) else {
            return refused(format!("{model} does not ask for approval of {alias}. Nothing was written."));
        };
        if let Some(problem) = &policy.problem {
            return refused(format!("Who has to approve {alias} of {model} cannot be read: {problem}"));
        }
        Ok(Asked { me: person(&connection), writer, model: found, version: there, policy })
    }
}

fn refused<T>(refusal: impl Into<String>) -> Result<T> {
    Err(AppError::new(Code::Refused, refusal.into()))
}
