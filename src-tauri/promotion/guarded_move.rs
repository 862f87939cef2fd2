//! The guarded write: re-read, write, read back.
//!
//! Between re-read and write another user can still move the alias (the server offers nothing against
//! that), but the window shrinks from the minutes a person looks at a card to milliseconds, and
//! the read-back tells when it happened.

use std::time::Duration;

use crate::tracking::{StoreError, Writer};

/// How often a write is tried before its error is reported.
const TRIES: u32 = 3;

/// One move of one alias. `None` means that the alias does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'a> {
    pub model: &'a str,
    pub alias: &'a str,
    pub from: Option<&'a str>,
    pub to: Option<&'a str>,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PromotionError {
    /// Another user moved the alias. That change was not overwritten.
    #[error("{alias} is on {found} now, and not on {expected} as you saw it. Nothing was changed.")]
    Moved { alias: String, expected: AliasPlace, found: AliasPlace },
    /// We moved the alias, and another user moved it again at once.
    #[error("{alias} was moved to {wanted}, but is on {found} now: another user moved it at the same moment.")]
    Overwritten { alias: String, wanted: AliasPlace, found: AliasPlace },
    /// The answer to our write was lost, and another user has moved the alias since.
    #[error("Whether {alias} was moved to {wanted} is not known: the answer was lost, and it is on {found} now.")]
    Overtaken { alias: String, wanted: AliasPlace, found: AliasPlace },
    /// The write was sent, and whether it arrived cannot be found out.
    #[error("Whether {alias} was moved to {wanted} is not known: {error}")]
    Unconfirmed { alias: String, wanted: AliasPlace, error: StoreError },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where an alias is, for people: `version 3` or `no version`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AliasPlace(Option<String>);

impl From<Option<&str>> for AliasPlace {
    fn from(version: Option<&str>) -> Self {
        Self(version.map(str::to_owned))
    }
}

impl std::fmt::Display for AliasPlace {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Some(version) => write!(formatter, "version {version}"),
            None => formatter.write_str("no version"),
        }
    }
}

/// Moves an alias, if it is where `step.from` says. Transient failures are tried again after
/// `pause(number of the try)`; each try re-reads first, so a write whose answer was lost is found
/// out and not repeated.
pub async fn move_alias(
    writer: &Writer,
    step: Step<'_>,
    pause: impl Fn(u32) -> Duration,
) -> Result<(), PromotionError> {
    let mut sent = false;
    let mut tries = 0;
    loop {
        let error = match try_once(writer, step, &mut sent).await {
            Err(PromotionError::Store(error)) if is_tried_again(&error) => error,
            outcome => return outcome,
        };
        tries += 1;
        if tries < TRIES {
            tokio::time::sleep(pause(tries)).await;
        } else if sent {
            return last_look(writer, step, error).await;
        } else {
            return Err(error.into());
        }
    }
}

/// What became of a write after the last try of it has failed. One that ran out of time may still
/// be on its way, so the alias being where it was proves nothing then.
async fn last_look(writer: &Writer, step: Step<'_>, error: StoreError) -> Result<(), PromotionError> {
    match holder(writer, step).await {
        Ok(found) if found.as_deref() == step.to => Ok(()),
        Ok(found) if found.as_deref() == step.from && !may_be_on_its_way(&error) => Err(error.into()),
        _ => Err(unconfirmed(step, error)),
    }
}

/// Whether the server may still get to a write that ended so: nobody waited any longer, here or at a proxy.
fn may_be_on_its_way(error: &StoreError) -> bool {
    matches!(error, StoreError::TimedOut { .. } | StoreError::ServerFailed { status: 502 | 504, .. })
}

fn unconfirmed(step: Step<'_>, error: StoreError) -> PromotionError {
    PromotionError::Unconfirmed { alias: step.alias.to_owned(), wanted: step.to.into(), error }
}

/// One try. `sent` says whether an earlier one may have written, and is told when this one may.
async fn try_once(writer: &Writer, step: Step<'_>, sent: &mut bool) -> Result<(), PromotionError> {
    let alias = || step.alias.to_owned();
    let found = holder_after(writer, step, *sent).await?;
    if *sent && found.as_deref() == step.to {
        return Ok(());
    }
    if found.as_deref() != step.from {
        let found = found.as_deref().into();
        return Err(if *sent {
            PromotionError::Overtaken { alias: alias(), wanted: step.to.into(), found }
        } else {
            PromotionError::Moved { alias: alias(), expected: step.from.into(), found }
        });
    }
    *sent = true;
    match step.to {
        Some(version) => writer.set_alias(step.model, step.alias, version).await?,
        None => writer.delete_alias(step.model, step.alias).await.map_err(explain_removal)?,
    }
    let found = holder_after(writer, step, true).await?;
    if found.as_deref() != step.to {
        return Err(PromotionError::Overwritten {
            alias: alias(),
            wanted: step.to.into(),
            found: found.as_deref().into(),
        });
    }
    Ok(())
}

/// MLflow lets those who may edit a model move its aliases, but not take one away.
fn explain_removal(error: StoreError) -> StoreError {
    match error {
        StoreError::Forbidden { address, message } => StoreError::Forbidden {
            address,
            message: format!(
                "{message}. Taking an alias away needs the permission to manage the model; pointing it at another \
                 version needs only the permission to edit it"
            ),
        },
        other => other,
    }
}

/// Where the alias is. To be refused this once a write may be under way says nothing of what became of it.
async fn holder_after(writer: &Writer, step: Step<'_>, sent: bool) -> Result<Option<String>, PromotionError> {
    holder(writer, step).await.map_err(|error| match error {
        error if sent && !is_tried_again(&error) => unconfirmed(step, error),
        error => error.into(),
    })
}

async fn holder(writer: &Writer, step: Step<'_>) -> Result<Option<String>, StoreError> {
    let model = writer.store().get_registered_model(step.model).await?;
    Ok(model.aliases.into_iter().find(|held| held.alias == step.alias).map(|held| held.version))
}

/// Whether a try that ended so is followed by another. An answer that cannot be read may be that of a write which was
/// carried out, so the next try, which re-reads first, finds that out.
fn is_tried_again(error: &StoreError) -> bool {
    error.is_transient() || matches!(error, StoreError::BadAnswer { .. })
}
