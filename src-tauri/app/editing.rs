//! Descriptions and tags of registered models and their versions, changed by the user: on the server, then in the cache.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::App;
use super::writing::read_only_reason;
use crate::change::Change;
use crate::connection::Connection;
use crate::entities::{ModelVersion, RegisteredModel, Tag, tag_value};
use crate::error::{AppError, Code, Result};
use crate::tracking::{StoreError, TrackingStore, Writer};

/// What of a model or version is changed, and what the user saw there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum Edit {
    Description {
        text: String,
        expected: String,
    },
    /// `value` none takes the tag away; `expected` none: there was no such tag.
    Tag {
        key: String,
        value: Option<String>,
        expected: Option<String>,
    },
}

/// What became of an edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum Edited {
    Saved,
    /// Somebody has changed the same since the user looked, and nothing was written over it. None: the tag is gone.
    Changed {
        now: Option<String>,
    },
}

/// A model, or one of its versions, as the server has it.
enum Thing {
    Model(RegisteredModel),
    Version(ModelVersion),
}

impl App {
    /// Changes the description or a tag of a model, or of one of its versions, if it still is as the user saw it. An answer
    /// that was lost is asked for: the edit is saved if the server has it.
    pub async fn edit_model(
        &self,
        profile_id: &str,
        name: &str,
        version: Option<&str>,
        edit: &Edit,
        confirmation: Option<&str>,
    ) -> Result<Edited> {
        let connection = self.connection(profile_id).await?;
        let writer = connection.writer(name, confirmation)?;
        if let Some(refusal) = read_only_reason(&connection) {
            return Err(AppError::new(Code::Refused, refusal));
        }
        let before = read(writer.store(), name, version).await?;
        let found = before.value_of(edit);
        if found == edit.wanted() {
            return self.keep(&connection, before).await.map(|()| Edited::Saved);
        }
        if found != edit.expected() {
            self.keep(&connection, before).await?;
            return Ok(Edited::Changed { now: found });
        }
        let sent = send(&writer, name, version, edit).await;
        let after = match (sent, read(writer.store(), name, version).await) {
            (Ok(()), Ok(after)) => after,
            (Ok(()), Err(error)) => return Err(not_confirmed(edit, &error)),
            (Err(error), _) if !may_have_arrived(&error) => return Err(error.into()),
            (Err(_), Ok(after)) if after.value_of(edit) == edit.wanted() => after,
            // One that ran out of time may still be on its way.
            (Err(error), Ok(after)) if after.value_of(edit) == edit.expected() && !is_slow(&error) => {
                return Err(error.into());
            }
            (Err(error), _) => return Err(not_confirmed(edit, &error)),
        };
        let now = after.value_of(edit);
        self.keep(&connection, after).await?;
        Ok(if now == edit.wanted() { Edited::Saved } else { Edited::Changed { now } })
    }

    /// Takes what the server has into the cache, and says so.
    async fn keep(&self, connection: &Connection, thing: Thing) -> Result<()> {
        let profile_id = connection.profile().id.clone();
        let name = match &thing {
            Thing::Model(model) => {
                self.cache.apply_registered_model(connection.source, model).await?;
                self.tell(Change::Models { profile_id: profile_id.clone() });
                model.name.clone()
            }
            Thing::Version(version) => {
                self.cache.apply_model_version(connection.source, version).await?;
                version.name.clone()
            }
        };
        self.tell(Change::Model { profile_id, name });
        Ok(())
    }
}

impl Edit {
    fn wanted(&self) -> Option<String> {
        match self {
            Self::Description { text, .. } => Some(text.clone()),
            Self::Tag { value, .. } => value.clone(),
        }
    }

    fn expected(&self) -> Option<String> {
        match self {
            Self::Description { expected, .. } => Some(expected.clone()),
            Self::Tag { expected, .. } => expected.clone(),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Description { .. } => "the description".to_owned(),
            Self::Tag { key, .. } => format!("the tag {key}"),
        }
    }
}

impl Thing {
    fn value_of(&self, edit: &Edit) -> Option<String> {
        let (description, tags): (&str, &[Tag]) = match self {
            Self::Model(model) => (&model.description, &model.tags),
            Self::Version(version) => (&version.description, &version.tags),
        };
        match edit {
            Edit::Description { .. } => Some(description.to_owned()),
            Edit::Tag { key, .. } => tag_value(tags, key).map(str::to_owned),
        }
    }
}

async fn read(store: &dyn TrackingStore, name: &str, version: Option<&str>) -> std::result::Result<Thing, StoreError> {
    Ok(match version {
        Some(version) => Thing::Version(store.get_model_version(name, version).await?),
        None => Thing::Model(store.get_registered_model(name).await?),
    })
}

async fn send(writer: &Writer, name: &str, version: Option<&str>, edit: &Edit) -> std::result::Result<(), StoreError> {
    match (edit, version) {
        (Edit::Description { text, .. }, None) => writer.describe_registered_model(name, text).await,
        (Edit::Description { text, .. }, Some(version)) => writer.describe_model_version(name, version, text).await,
        (Edit::Tag { key, value: Some(value), .. }, None) => writer.set_registered_model_tag(name, key, value).await,
        (Edit::Tag { key, value: None, .. }, None) => writer.delete_registered_model_tag(name, key).await,
        (Edit::Tag { key, value: Some(value), .. }, Some(version)) => {
            writer.set_model_version_tag(name, version, key, value).await
        }
        (Edit::Tag { key, value: None, .. }, Some(version)) => {
            writer.delete_model_version_tag(name, version, key).await
        }
    }
}

fn may_have_arrived(error: &StoreError) -> bool {
    use StoreError::{BadAnswer, ServerFailed, TimedOut, Unreachable};
    matches!(error, Unreachable { .. } | TimedOut { .. } | BadAnswer { .. } | ServerFailed { .. })
}

fn is_slow(error: &StoreError) -> bool {
    matches!(error, StoreError::TimedOut { .. })
}

fn not_confirmed(edit: &Edit, error: &StoreError) -> AppError {
    let code = AppError::from(error.clone()).code;
    AppError::new(code, format!("Whether {} was saved is not known: the answer was lost. {error}", edit.words()))
}
