//! Making a version of a registered model from a run or a logged model.

use std::time::Duration;

use serde::Serialize;
use specta::Type;

use super::App;
use super::writing::{pause, person, write_refusal};
use crate::entities::{ArtifactRoot, ModelVersion, Tag};
use crate::error::{AppError, Code, Result};
use crate::registration::{self, ModelSource, Sources};
use crate::sync::Scope;

/// How long one question follows a version that is being registered, and how long between two looks.
const FOLLOWED_FOR: Duration = Duration::from_secs(20);
const FIRST_LOOK: Duration = Duration::from_millis(500);
const PENDING: &str = "PENDING_REGISTRATION";

/// The card before a version is made. Nothing has been written.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RegistrationPlan {
    /// Of this wish: sent twice it makes one version.
    pub id: String,
    pub sources: Vec<KnownSource>,
    /// What could not be looked at, in sentences.
    pub unread: Vec<String>,
    /// Why nothing can be registered here, in words for people; empty if it can.
    pub refusals: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KnownSource {
    pub source: ModelSource,
    /// The versions that were made from it already, as far as they are in the cache.
    pub versions: Vec<VersionName>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionName {
    pub model: String,
    pub version: String,
}

/// What the user confirmed on the card.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RegistrationWish {
    /// That of the plan.
    pub id: String,
    pub model: String,
    /// The registered model is to be made first.
    pub is_new: bool,
    pub root: ArtifactRoot,
    /// In the root; `""` is the top.
    pub folder: String,
    pub description: String,
    pub tags: Vec<Tag>,
    /// What the profile's [`crate::connect::Writes`] asks for.
    pub confirmation: Option<String>,
}

impl App {
    pub async fn prepare_registration(&self, profile_id: &str, from: &ArtifactRoot) -> Result<RegistrationPlan> {
        let connection = self.connection(profile_id).await?;
        let Sources { sources, unread } = registration::sources(&*connection.store()?, from).await?;
        let mut refusals: Vec<String> = write_refusal(&connection).into_iter().collect();
        if sources.is_empty() {
            let refusal = match unread.is_empty() {
                true => "This run has no model: none of its folders has a file MLmodel.",
                false => "No model was found in what could be looked at.",
            };
            refusals.push(refusal.to_owned());
        }
        let run_id = sources.iter().find_map(|source| source.run_id.clone());
        let of_run = match run_id {
            Some(run_id) => self.cache.versions_of_run(connection.source, &run_id).await?,
            None => Vec::new(),
        };
        let known = |source: ModelSource| {
            let made = of_run.iter().filter(|version| source.made(version));
            let name =
                |version: &ModelVersion| VersionName { model: version.name.clone(), version: version.version.clone() };
            KnownSource { versions: made.map(name).collect(), source }
        };
        Ok(RegistrationPlan {
            id: uuid::Uuid::new_v4().to_string(),
            sources: sources.into_iter().map(known).collect(),
            unread,
            refusals,
        })
    }

    /// Makes the version, or finds the one that an earlier try of the same wish has made. It may be pending still.
    pub async fn register(&self, profile_id: &str, wanted: RegistrationWish) -> Result<ModelVersion> {
        let connection = self.connection(profile_id).await?;
        let model = wanted.model.as_str();
        let writer = connection.writer(model, wanted.confirmation.as_deref())?;
        let refused = |refusal| Err(AppError::new(Code::Refused, refusal));
        if let Some(refusal) = write_refusal(&connection) {
            return refused(refusal);
        }
        if model.trim().is_empty() {
            return refused("A registered model needs a name.".to_owned());
        }
        let source = registration::source_in(writer.store(), &wanted.root, &wanted.folder).await?;
        if let Some(refusal) = source.refusal {
            return refused(format!("“{}” cannot be registered. {refusal}", source.name));
        }
        // An earlier try may have made both.
        if wanted.is_new && registration::marked(writer.store(), model, &wanted.id).await?.is_none() {
            registration::create_model(&writer, model, "", pause).await?;
        }
        let mut tags = wanted.tags;
        tags.push(Tag::new(registration::BY_TAG, person(&connection)));
        let new = source.version(wanted.description, tags);
        let made = registration::create_version(&writer, model, &wanted.id, new, pause).await;
        if wanted.is_new {
            connection.refresh(Scope::Models);
        }
        connection.refresh(Scope::Model(wanted.model.clone()));
        Ok(made?)
    }

    /// The version as soon as it is no longer pending, or as it is after a while.
    pub async fn follow_registration(&self, profile_id: &str, model: &str, version: &str) -> Result<ModelVersion> {
        let connection = self.connection(profile_id).await?;
        let store = connection.store()?;
        let began = tokio::time::Instant::now();
        let mut pause = FIRST_LOOK;
        loop {
            let found = store.get_model_version(model, version).await?;
            if found.status != PENDING || began.elapsed() + pause > FOLLOWED_FOR {
                connection.refresh(Scope::Model(model.to_owned()));
                return Ok(found);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(4));
        }
    }
}
