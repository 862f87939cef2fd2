//! Stages, the way before there were aliases, moved with the same guard: re-read, write, read back.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::record::Outcome;
use crate::entities::{ModelVersion, STAGES};
use crate::tracking::{Result, StoreError, TrackingStore, Writer};

const ARCHIVED: &str = "Archived";
/// What was moved last, as JSON, for the team.
const STAGE_TAG: &str = "podium.stage";
const TRIES: u32 = 3;

/// The card before a version changes its stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StagePlan {
    pub model: String,
    pub version: String,
    pub from_stage: String,
    pub to_stage: String,
    /// The other versions that are in that stage now, newest first.
    pub others: Vec<String>,
    /// Why this cannot be done, in words for people; empty if it can.
    pub refusals: Vec<String>,
}

/// A stage that was set from this machine, or tried to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StageMove {
    /// A UUID.
    pub id: String,
    pub model: String,
    pub version: String,
    pub from_stage: String,
    pub to_stage: String,
    /// The versions that were archived along.
    pub archived: Vec<String>,
    pub by: String,
    pub at_ms: i64,
    pub reason: String,
    pub undone_at_ms: Option<i64>,
    pub outcome: Outcome,
    pub warnings: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StageError {
    /// It is no longer as the user saw it. Nothing was changed.
    #[error("{0} Nothing was changed.")]
    Changed(String),
    /// Something was changed, and something else is not as it was meant to be.
    #[error("{0}")]
    Halfway(String),
    /// The write was sent, and whether it arrived cannot be found out.
    #[error("Whether version {version} is in {stage} now is not known: {error}")]
    Unconfirmed { version: String, stage: String, error: StoreError },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Plans moving a version (as just read) to `stage`; `versions` are all of its model.
pub fn plan_stage(version: &ModelVersion, stage: &str, versions: &[ModelVersion]) -> StagePlan {
    let mut refusals = Vec::new();
    if !STAGES.contains(&stage) {
        refusals.push(format!("There is no stage {stage}."));
    }
    if version.stage == stage {
        refusals.push(format!("Version {} is in {stage} already.", version.version));
    }
    StagePlan {
        model: version.name.clone(),
        version: version.version.clone(),
        from_stage: version.stage.clone(),
        to_stage: stage.to_owned(),
        others: in_stage(versions, stage, &version.version),
        refusals,
    }
}

/// Moves a version to a stage, if all is as the user saw it: it is in `from_stage`, and the others in `to_stage` are `seen`.
pub async fn move_stage(
    writer: &Writer,
    wanted: &StageMove,
    seen: &[String],
    pause: impl Fn(u32) -> Duration,
) -> std::result::Result<(), StageError> {
    let StageMove { model, version, from_stage, to_stage, archived, .. } = wanted;
    let store = writer.store();
    let found = store.get_model_version(model, version).await?;
    if found.stage != *from_stage {
        let now = &found.stage;
        return Err(StageError::Changed(format!("Version {version} is in {now} now, and not in {from_stage}.")));
    }
    let others = in_stage(&all_versions(store, model).await?, to_stage, version);
    if others != seen {
        return Err(StageError::Changed(format!(
            "In {to_stage} are {} now, and not {} as you saw it.",
            words(&others),
            words(seen)
        )));
    }
    set(writer, model, version, to_stage, !archived.is_empty(), &pause).await
}

/// Moves all back, if all is as the move left it.
pub async fn undo_stage(
    writer: &Writer,
    made: &StageMove,
    pause: impl Fn(u32) -> Duration,
) -> std::result::Result<(), StageError> {
    let StageMove { model, version, from_stage, to_stage, archived, .. } = made;
    let expected = std::iter::once((version, to_stage.as_str())).chain(archived.iter().map(|each| (each, ARCHIVED)));
    for (version, stage) in expected {
        let now = writer.store().get_model_version(model, version).await?.stage;
        if now != *stage {
            return Err(StageError::Changed(format!("Version {version} is in {now} now, and not in {stage}.")));
        }
    }
    set(writer, model, version, from_stage, false, &pause).await?;
    for (at, other) in archived.iter().enumerate() {
        if let Err(error) = set(writer, model, other, to_stage, false, &pause).await {
            let left = words(&archived[at..]);
            return Err(StageError::Halfway(format!(
                "Version {version} is in {from_stage} again, but {left} stayed in {ARCHIVED}: {error}"
            )));
        }
    }
    Ok(())
}

/// Sets a stage and reads it back. Setting it once more does no harm, so a lost answer is tried again.
async fn set(
    writer: &Writer,
    model: &str,
    version: &str,
    stage: &str,
    archive_others: bool,
    pause: &impl Fn(u32) -> Duration,
) -> std::result::Result<(), StageError> {
    let mut sent = false;
    let mut tries = 0;
    loop {
        let written = async {
            if sent && writer.store().get_model_version(model, version).await?.stage == stage {
                return Ok(());
            }
            sent = true;
            writer.set_stage(model, version, stage, archive_others).await?;
            let now = writer.store().get_model_version(model, version).await?.stage;
            match now == stage {
                true => Ok(()),
                false => Err(StageError::Halfway(format!(
                    "Version {version} was moved to {stage}, but is in {now} now: another user moved it at the same \
                     moment."
                ))),
            }
        };
        let error = match written.await {
            Err(StageError::Store(error)) => error,
            outcome => return outcome,
        };
        let passes = error.is_transient() || matches!(error, StoreError::BadAnswer { .. });
        tries += 1;
        if passes && tries < TRIES {
            tokio::time::sleep(pause(tries)).await;
            continue;
        }
        if !passes {
            return Err(error.into());
        }
        return match writer.store().get_model_version(model, version).await {
            Ok(found) if found.stage == stage => Ok(()),
            _ => Err(StageError::Unconfirmed { version: version.to_owned(), stage: stage.to_owned(), error }),
        };
    }
}

/// Leaves on the version who moved it last, so that the team sees it. It has moved already: a refusal is a warning.
pub async fn write_stage_tag(writer: &Writer, made: &StageMove) -> Vec<String> {
    let StageMove { model, version, from_stage, to_stage, by, at_ms, reason, undone_at_ms, .. } = made;
    let value = serde_json::json!({
        "from": from_stage, "to": to_stage, "by": by, "at_ms": at_ms, "reason": reason, "undone_at_ms": undone_at_ms,
    });
    match writer.set_model_version_tag(model, version, STAGE_TAG, &value.to_string()).await {
        Ok(()) => Vec::new(),
        Err(error) => vec![format!("The record on version {version} was not written: {error}")],
    }
}

/// All versions of a model, newest first.
pub async fn all_versions(store: &dyn TrackingStore, model: &str) -> Result<Vec<ModelVersion>> {
    let mut all = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let page = store.search_model_versions(model, token.as_deref()).await?;
        all.extend(page.items);
        token = page.next_page_token;
        if token.is_none() {
            return Ok(all);
        }
    }
}

fn in_stage(versions: &[ModelVersion], stage: &str, but: &str) -> Vec<String> {
    // Nobody asks what else is in no stage, or archived.
    if !matches!(stage, "Staging" | "Production") {
        return Vec::new();
    }
    let others = versions.iter().filter(|other| other.stage == stage && other.version != but);
    others.map(|other| other.version.clone()).collect()
}

fn words(versions: &[String]) -> String {
    match versions {
        [] => "no others".to_owned(),
        [one] => format!("version {one}"),
        many => format!("versions {}", many.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::side::tests::version;
    use super::*;
    use crate::tracking::local::fixture::Folder;
    use crate::tracking::{Source, Writes};

    fn at(number: &str, stage: &str) -> ModelVersion {
        ModelVersion { stage: stage.to_owned(), ..version(number, "READY") }
    }

    #[test]
    fn a_plan_names_the_others_that_would_be_archived() {
        let all = [at("4", "None"), at("3", "Production"), at("2", "Staging"), at("1", "Production")];
        let plan = plan_stage(&all[0], "Production", &all);
        assert_eq!((plan.others, plan.refusals.len()), (vec!["3".to_owned(), "1".to_owned()], 0));
        assert_eq!(plan_stage(&all[0], "Archived", &all).others, [""; 0]);
        assert_eq!(plan_stage(&all[1], "Production", &all).refusals, ["Version 3 is in Production already."]);
        assert_eq!(plan_stage(&all[1], "Live", &all).refusals, ["There is no stage Live."]);
    }

    #[tokio::test]
    async fn others_are_archived_and_come_back_unless_somebody_moved_one() {
        let folder = Folder::newest().await;
        let writer = Source::from(folder.open().await).writer(Writes::Allowed.consent("", None).unwrap());
        let pause = |_| Duration::from_millis(1);
        writer.create_registered_model("staged", "").await.unwrap();
        for _ in 0..3 {
            let new = crate::tracking::NewVersion { source: "s3://x".to_owned(), ..Default::default() };
            writer.create_model_version("staged", &new).await.unwrap();
        }
        writer.set_stage("staged", "1", "Production", false).await.unwrap();
        let mut wanted = StageMove {
            id: "1".to_owned(),
            model: "staged".to_owned(),
            version: "3".to_owned(),
            from_stage: "None".to_owned(),
            to_stage: "Production".to_owned(),
            archived: vec!["2".to_owned()],
            by: "ana".to_owned(),
            at_ms: 1,
            reason: String::new(),
            undone_at_ms: None,
            outcome: Outcome::Moved,
            warnings: Vec::new(),
        };
        let stages = async || {
            let all = all_versions(writer.store(), "staged").await.unwrap();
            all.into_iter().map(|version| version.stage).collect::<Vec<_>>()
        };
        let changed = move_stage(&writer, &wanted, &["2".to_owned()], pause).await.unwrap_err();
        let told = "In Production are version 1 now, and not version 2 as you saw it. Nothing was changed.";
        assert_eq!(changed.to_string(), told);
        // Beside one that came since, it is not put unseen either.
        wanted.archived = Vec::new();
        let changed = move_stage(&writer, &wanted, &[], pause).await.unwrap_err();
        assert!(changed.to_string().starts_with("In Production are version 1 now, and not no others"), "{changed}");
        wanted.archived = vec!["1".to_owned()];
        move_stage(&writer, &wanted, &wanted.archived, pause).await.unwrap();
        assert_eq!(stages().await, ["Production", "None", "Archived"]);
        undo_stage(&writer, &wanted, pause).await.unwrap();
        assert_eq!(stages().await, ["None", "None", "Production"]);

        move_stage(&writer, &wanted, &wanted.archived, pause).await.unwrap();
        writer.set_stage("staged", "1", "None", false).await.unwrap();
        let changed = undo_stage(&writer, &wanted, pause).await.unwrap_err();
        assert!(matches!(changed, StageError::Changed(_)), "{changed}");
        assert_eq!(stages().await, ["Production", "None", "None"]);
    }
}
