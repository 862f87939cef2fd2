//! The steps of a copy, each of which may be taken again: what it makes, it first looks for.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use serde::Serialize;
use specta::Type;
use tokio::io::AsyncWriteExt;

use super::files::Digest;
use super::plan::sum_of;
use super::{Carrier, CopyState, Step};
use crate::clock::now_ms;
use crate::entities::{
    ArtifactRoot, DatasetInput, LifecycleStage, Metric, ModelVersion, Param, Run, RunStatus, Tag, tag_value,
};
use crate::registration::source::below;
use crate::registration::{BY_TAG, RegistrationError, create_model, create_version, marked};
use crate::tracking::{
    ArtifactStore, NewRun, NewVersion, Result, RunsQuery, StoreError, TrackingStore, UploadFile, Writer,
};

/// The folder of the run that holds the files.
const FOLDER: &str = "model";
/// The tag of the run that holds the files of a copy.
const COPY_TAG: &str = "podium.copy";
const TRIES: u32 = 3;

/// Between which servers.
pub struct CopyEnds {
    pub from: Arc<dyn TrackingStore>,
    pub to: Writer,
    /// A folder of this machine for the file that is under way.
    pub spool: PathBuf,
}

/// How far a copy is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CopyProgress {
    /// What is being done, in words for people.
    pub doing: String,
    pub files: u32,
    pub all_files: u32,
    /// Of all files, sent; absent where their sizes are not known.
    pub bytes: u64,
    pub all_bytes: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CopyTrouble {
    #[error(transparent)]
    Registration(#[from] RegistrationError),
    /// What arrived is not what was sent.
    #[error("{path} arrived damaged: {found}, and not {expected}, was read back.")]
    Damaged { path: String, expected: String, found: String },
    #[error("How far the copy is could not be kept on this machine: {0}")]
    NotKept(String),
}

impl From<StoreError> for CopyTrouble {
    fn from(error: StoreError) -> Self {
        Self::Registration(error.into())
    }
}

/// Where it is kept how far a copy is.
#[async_trait]
pub trait KeepCopy: Send + Sync {
    /// # Errors
    /// Why it was not kept, in words for people.
    async fn keep(&self, state: &CopyState) -> std::result::Result<(), String>;
    /// Is told often.
    fn tell(&self, progress: CopyProgress);
}

/// Takes one step after the other until the version is there, and keeps after each how far it is. Transient failures
/// are tried again after `pause(number of the try)`.
pub async fn go_on(
    ends: &CopyEnds,
    state: &mut CopyState,
    keeper: &dyn KeepCopy,
    pause: fn(u32) -> Duration,
) -> std::result::Result<(), CopyTrouble> {
    while state.next() != Step::Done {
        let mut tries = 0;
        loop {
            let trouble = match take(ends, state, keeper, pause).await {
                Ok(()) => break,
                Err(trouble) => trouble,
            };
            tries += 1;
            if tries >= TRIES || !passes(&trouble) {
                return Err(trouble);
            }
            tokio::time::sleep(pause(tries)).await;
        }
        keeper.keep(state).await.map_err(CopyTrouble::NotKept)?;
    }
    Ok(())
}

fn passes(trouble: &CopyTrouble) -> bool {
    match trouble {
        CopyTrouble::Registration(RegistrationError::Store(error)) => {
            error.is_transient() || matches!(error, StoreError::BadAnswer { .. })
        }
        CopyTrouble::Damaged { .. } => true,
        CopyTrouble::Registration(RegistrationError::Unconfirmed { .. }) | CopyTrouble::NotKept(_) => false,
    }
}

async fn take(
    ends: &CopyEnds,
    state: &mut CopyState,
    keeper: &dyn KeepCopy,
    pause: fn(u32) -> Duration,
) -> std::result::Result<(), CopyTrouble> {
    let tell = |doing: String, sent: u64| keeper.tell(progress(state, doing, sent));
    let no_run = || StoreError::NotFound { message: "The run that holds the files is not known.".to_owned() };
    match state.next() {
        Step::MakeRun => {
            tell("Making a run for the files".to_owned(), 0);
            state.carrier = Some(make_run(ends, state).await?);
        }
        Step::Record => {
            tell("Recording params and metrics".to_owned(), 0);
            let carrier = state.carrier.clone().ok_or_else(no_run)?;
            let warnings = record(ends, state, &carrier).await?;
            state.warnings.extend(warnings);
            state.recorded = true;
        }
        Step::CopyFile(at) => {
            let carrier = state.carrier.clone().ok_or_else(no_run)?;
            let path = state.files[at].path.clone();
            let digest = copy_file(ends, state, &carrier, at, &|words, sent| {
                keeper.tell(progress(state, format!("{words} {path}"), sent));
            })
            .await?;
            state.files[at].sha256 = Some(digest);
        }
        Step::FinishRun => {
            tell("Ending the run".to_owned(), 0);
            let carrier = state.carrier.clone().ok_or_else(no_run)?;
            ends.to.finish_run(&carrier.run_id, RunStatus::Finished, now_ms()).await?;
            state.finished = true;
        }
        Step::MakeVersion => {
            tell("Making the version".to_owned(), 0);
            let carrier = state.carrier.clone().ok_or_else(no_run)?;
            state.version = Some(make_version(ends, state, &carrier, pause).await?.version);
        }
        Step::Done => {}
    }
    Ok(())
}

fn progress(state: &CopyState, doing: String, sent: u64) -> CopyProgress {
    let done: Vec<_> = state.files.iter().filter(|file| file.sha256.is_some()).collect();
    let count = |all: usize| u32::try_from(all).unwrap_or(u32::MAX);
    CopyProgress {
        doing,
        files: count(done.len()),
        all_files: count(state.files.len()),
        bytes: done.iter().filter_map(|file| file.size_bytes).fold(sent, u64::saturating_add),
        all_bytes: sum_of(state.files.iter().map(|file| file.size_bytes)),
    }
}

/// The run that holds the files: the one with the mark of this copy, or a new one.
async fn make_run(ends: &CopyEnds, state: &CopyState) -> Result<Carrier> {
    let experiment_id = match experiment_named(ends.to.store(), &state.experiment).await? {
        Some(id) => id,
        None => match ends.to.create_experiment(&state.experiment).await {
            Ok(id) => id,
            // Somebody else may have been faster.
            Err(error) => experiment_named(ends.to.store(), &state.experiment).await?.ok_or(error)?,
        },
    };
    let run = match marked_run(ends.to.store(), state, &experiment_id).await? {
        Some(run) => run,
        None => {
            let mut tags = state.origin.tags(None);
            tags.push(Tag::new(COPY_TAG, &*state.id));
            let new = NewRun {
                experiment_id,
                name: format!("{} v{}", state.origin.model, state.origin.version),
                user_id: state.by.clone(),
                start_time_ms: state.started_at_ms,
                tags,
            };
            ends.to.create_run(&new).await?
        }
    };
    Ok(carrier(run))
}

/// The run that was made for the files of this copy, if it is there, whether or not its answer came.
pub async fn carrier_of(store: &dyn TrackingStore, state: &CopyState) -> Result<Option<Carrier>> {
    if let Some(known) = &state.carrier {
        return Ok(Some(known.clone()));
    }
    match experiment_named(store, &state.experiment).await {
        Ok(Some(id)) => Ok(marked_run(store, state, &id).await?.map(carrier)),
        // With the experiment its runs are gone.
        Ok(None) | Err(StoreError::Refused { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn carrier(run: Run) -> Carrier {
    Carrier { run_id: run.info.run_id, artifact_uri: run.info.artifact_uri }
}

async fn marked_run(store: &dyn TrackingStore, state: &CopyState, experiment_id: &str) -> Result<Option<Run>> {
    let query = RunsQuery {
        experiment_ids: vec![experiment_id.to_owned()],
        started_since_ms: Some(state.started_at_ms),
        max_results: 1000,
        ..RunsQuery::default()
    };
    let marked = |run: &Run| {
        tag_value(&run.tags, COPY_TAG) == Some(&state.id) && run.info.lifecycle_stage == LifecycleStage::Active
    };
    Ok(store.search_runs(&query).await?.items.into_iter().find(marked))
}

async fn experiment_named(store: &dyn TrackingStore, name: &str) -> Result<Option<String>> {
    let mut token: Option<String> = None;
    loop {
        let page = store.search_experiments(token.as_deref()).await?;
        let found = page.items.into_iter().find(|experiment| experiment.name == name);
        if let Some(found) = found {
            return match found.lifecycle_stage {
                LifecycleStage::Active => Ok(Some(found.experiment_id)),
                LifecycleStage::Deleted => Err(StoreError::Refused {
                    message: format!("The experiment “{name}” was deleted there. Choose another one."),
                }),
            };
        }
        token = page.next_page_token;
        if token.is_none() {
            return Ok(None);
        }
    }
}

/// Puts on the run what its version was made from: params, metrics and datasets. What the server does not take is a
/// warning.
async fn record(ends: &CopyEnds, state: &CopyState, carrier: &Carrier) -> Result<Vec<String>> {
    let (metrics, params, inputs) = numbers_of(&*ends.from, state).await?;
    let mut warnings = Vec::new();
    let mut take = |what: &str, answer: Result<()>| match answer {
        Err(error) if error.is_transient() => Err(error),
        Err(error) => {
            warnings.push(format!("{what} were not recorded on the run {}: {error}", carrier.run_id));
            Ok(())
        }
        Ok(()) => Ok(()),
    };
    take("The metrics", ends.to.log(&carrier.run_id, &metrics, &[]).await)?;
    take("The params", ends.to.log(&carrier.run_id, &[], &params).await)?;
    if !inputs.is_empty() {
        take("The datasets", ends.to.log_inputs(&carrier.run_id, &inputs).await)?;
    }
    Ok(warnings)
}

/// Of the logged model, and what the run has besides.
async fn numbers_of(
    store: &dyn TrackingStore,
    state: &CopyState,
) -> Result<(Vec<Metric>, Vec<Param>, Vec<DatasetInput>)> {
    let run = match &state.origin.run_id {
        Some(id) => store.get_run(id).await.map(Some).or_else(gone)?,
        None => None,
    };
    let model = match &state.root {
        ArtifactRoot::LoggedModel(id) => store.get_logged_model(id).await.map(Some).or_else(gone)?,
        ArtifactRoot::Run(_) => None,
    };
    let (mut metrics, mut params) = (Vec::new(), Vec::new());
    if let Some(model) = model {
        let plain = model.metrics.into_iter().filter(|metric| metric.dataset.is_none());
        metrics.extend(plain.map(|metric| metric.metric));
        params.extend(model.params);
    }
    let mut inputs = Vec::new();
    if let Some(run) = run {
        for metric in run.metrics {
            if !metrics.iter().any(|known: &Metric| known.key == metric.key) {
                metrics.push(metric);
            }
        }
        for param in run.params {
            if !params.iter().any(|known: &Param| known.key == param.key) {
                params.push(param);
            }
        }
        inputs = run.dataset_inputs;
    }
    Ok((metrics, params, inputs))
}

fn gone<T>(error: StoreError) -> Result<Option<T>> {
    match error {
        StoreError::NotFound { .. } | StoreError::Unsupported { .. } => Ok(None),
        error => Err(error),
    }
}

/// Brings one file over. Answers with the SHA-256 of what was read, sent, and read back.
async fn copy_file(
    ends: &CopyEnds,
    state: &CopyState,
    carrier: &Carrier,
    at: usize,
    tell: &(dyn Fn(&str, u64) + Send + Sync),
) -> std::result::Result<String, CopyTrouble> {
    let file = &state.files[at];
    let part = ends.spool.join(format!("{at}.part"));
    let from = ends.from.artifact_store_for(&state.root).await?;
    let source = if state.folder.is_empty() { file.path.clone() } else { format!("{}/{}", state.folder, file.path) };
    tell("Reading", 0);
    fetch(&*from, &source, file.size_bytes, &part).await?;
    let expected = digest_of_file(&part).await?;
    let place = format!("{FOLDER}/{}", file.path);
    let on_sent = |sent: u64| tell("Sending", sent);
    ends.to.put_artifact(&carrier.artifact_uri, &place, &UploadFile { path: &part, on_sent: &on_sent }).await?;
    tell("Reading back", file.size_bytes.unwrap_or_default());
    let there = ends.to.store().artifact_store_for(&ArtifactRoot::Run(carrier.run_id.clone())).await?;
    let mut found = Digest::new();
    let mut body = there.read(&place, None).await?;
    while let Some(piece) = body.stream.try_next().await? {
        found.feed(&piece);
    }
    let found = found.text();
    if found != expected {
        return Err(CopyTrouble::Damaged { path: file.path.clone(), expected, found });
    }
    // It is brought over: what could not be removed here is only in the way.
    let _ = tokio::fs::remove_file(&part).await;
    Ok(expected)
}

/// Reads a file to `part`, or what is missing of it there.
async fn fetch(from: &dyn ArtifactStore, path: &str, size_bytes: Option<u64>, part: &Path) -> Result<()> {
    let io = |error: std::io::Error| StoreError::Io { path: part.to_owned(), reason: error.to_string() };
    let have = tokio::fs::metadata(part).await.map_or(0, |found| found.len());
    // Only where its whole size is known can a part be told from the whole.
    let range = match size_bytes {
        Some(size) if have == size && have > 0 => return Ok(()),
        Some(size) if have < size => Some(have..size).filter(|_| have > 0),
        _ => None,
    };
    let mut options = tokio::fs::OpenOptions::new();
    options.create(true).write(true).append(range.is_some()).truncate(range.is_none());
    let mut file = options.open(part).await.map_err(io)?;
    let mut body = from.read(path, range).await?;
    while let Some(piece) = body.stream.try_next().await? {
        file.write_all(&piece).await.map_err(io)?;
    }
    file.flush().await.map_err(io)?;
    // As it is on the disk.
    let bytes = file.metadata().await.map_err(io)?.len();
    match size_bytes {
        Some(size) if size != bytes => {
            drop(file);
            // It is another file than it was: from the beginning, the next time.
            let _ = tokio::fs::remove_file(part).await;
            let reason = format!("{path} is {bytes} bytes long, and was listed with {size}");
            Err(StoreError::BadAnswer { address: "The store it comes from".to_owned(), reason })
        }
        _ => Ok(()),
    }
}

async fn digest_of_file(path: &Path) -> Result<String> {
    let io = |error: std::io::Error| StoreError::Io { path: path.to_owned(), reason: error.to_string() };
    let mut file = tokio::fs::File::open(path).await.map_err(io)?;
    let mut digest = Digest::new();
    let mut piece = vec![0; 256 << 10];
    loop {
        let read = tokio::io::AsyncReadExt::read(&mut file, &mut piece).await.map_err(io)?;
        if read == 0 {
            return Ok(digest.text());
        }
        digest.feed(&piece[..read]);
    }
}

async fn make_version(
    ends: &CopyEnds,
    state: &CopyState,
    carrier: &Carrier,
    pause: fn(u32) -> Duration,
) -> std::result::Result<ModelVersion, CopyTrouble> {
    // An earlier try may have made both.
    if state.is_new && marked(ends.to.store(), &state.to_model, &state.id).await?.is_none() {
        create_model(&ends.to, &state.to_model, "", pause).await?;
    }
    let mut tags = state.tags.clone();
    tags.extend(state.origin.tags(Some(&state.digest())));
    tags.push(Tag::new(BY_TAG, &*state.by));
    let new = NewVersion {
        source: below(&carrier.artifact_uri, FOLDER),
        run_id: Some(carrier.run_id.clone()),
        model_id: None,
        description: state.description.clone(),
        tags,
    };
    Ok(create_version(&ends.to, &state.to_model, &state.id, new, pause).await?)
}
