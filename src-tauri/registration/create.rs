//! Asking for a version so that one wish makes one version, whatever becomes of the answers.

use std::time::Duration;

use super::RegistrationError;
use crate::entities::{ModelVersion, Tag, is_prompt, tag_value};
use crate::tracking::{NewVersion, StoreError, TrackingStore, Writer};

/// The tag by which a version is known as the one that was asked for: an id that is made for each wish.
pub const MARK_TAG: &str = "podium.registration";

/// The tag that says who registered a version: servers without sign-in do not keep it.
pub const BY_TAG: &str = "podium.registered_by";

/// How often a request is sent before its error is reported, and how often a lost one is looked for.
const TRIES: u32 = 3;

/// Makes a version of `model` with the mark `id`, unless one with that mark is there. Where the server has said that
/// it failed, the request is sent again after `pause(number of the try)`. Where no answer came, it may still be on its
/// way, so it is looked for and not sent again.
pub async fn create_version(
    writer: &Writer,
    model: &str,
    id: &str,
    new: NewVersion,
    pause: impl Fn(u32) -> Duration,
) -> Result<ModelVersion, RegistrationError> {
    let mut new = new;
    new.tags.push(Tag::new(MARK_TAG, id));
    if let Some(made) = marked(writer.store(), model, id).await? {
        return Ok(made);
    }
    let mut tries = 0;
    loop {
        let error = match writer.create_model_version(model, &new).await {
            Ok(made) => return Ok(made),
            Err(error) => error,
        };
        tries += 1;
        match outlook(&error) {
            Outlook::Refused => return Err(error.into()),
            // It may have failed after the version was made.
            Outlook::Failed => {
                tokio::time::sleep(pause(tries)).await;
                match marked(writer.store(), model, id).await {
                    Ok(Some(made)) => return Ok(made),
                    Ok(None) if tries < TRIES => {}
                    Ok(None) => return Err(error.into()),
                    Err(_) => return Err(RegistrationError::Unconfirmed { error }),
                }
            }
            Outlook::Unknown => {
                for look in 1..=TRIES {
                    tokio::time::sleep(pause(look)).await;
                    if let Ok(Some(made)) = marked(writer.store(), model, id).await {
                        return Ok(made);
                    }
                }
                return Err(RegistrationError::Unconfirmed { error });
            }
        }
    }
}

/// Makes a registered model. One that is there and has no versions is as good: a lost answer leaves such a one.
pub async fn create_model(
    writer: &Writer,
    name: &str,
    description: &str,
    pause: impl Fn(u32) -> Duration,
) -> Result<(), RegistrationError> {
    let mut tries = 0;
    loop {
        let error = match writer.create_registered_model(name, description).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        tries += 1;
        let is_tried_again = !matches!(outlook(&error), Outlook::Refused);
        if is_tried_again {
            tokio::time::sleep(pause(tries)).await;
        }
        let is_empty = async |store: &dyn TrackingStore| {
            let model = store.get_registered_model(name).await?;
            // Versions of a prompt are not among those that are found.
            Ok::<bool, StoreError>(
                !is_prompt(&model.tags) && store.search_model_versions(name, None).await?.items.is_empty(),
            )
        };
        match is_empty(writer.store()).await {
            Ok(true) => return Ok(()),
            Ok(false) => {
                let message = format!("There is a model “{name}” already. Register the version in it instead.");
                return Err(StoreError::Refused { message }.into());
            }
            Err(StoreError::NotFound { .. }) if is_tried_again && tries < TRIES => {}
            Err(_) => return Err(error.into()),
        }
    }
}

/// The version with this mark, if there is one among the newest.
pub async fn marked(store: &dyn TrackingStore, model: &str, id: &str) -> Result<Option<ModelVersion>, StoreError> {
    let newest = store.search_model_versions(model, None).await?.items;
    Ok(newest.into_iter().find(|version| tag_value(&version.tags, MARK_TAG) == Some(id)))
}

/// What an error says of a request that makes something.
enum Outlook {
    /// Nothing was made, and nothing will be.
    Refused,
    /// The server has answered that it failed: nothing is on its way any more.
    Failed,
    /// No answer came, or none that can be read.
    Unknown,
}

fn outlook(error: &StoreError) -> Outlook {
    match error {
        // A gateway gives up on a server that may go on: what the server says itself is 500.
        StoreError::ServerFailed { status, .. } if *status != 500 => Outlook::Unknown,
        StoreError::ServerFailed { .. } | StoreError::TooManyRequests { .. } | StoreError::DatabaseLocked { .. } => {
            Outlook::Failed
        }
        StoreError::Unreachable { .. }
        | StoreError::TimedOut { .. }
        | StoreError::BadAnswer { .. }
        | StoreError::NotMlflow { .. } => Outlook::Unknown,
        _ => Outlook::Refused,
    }
}
