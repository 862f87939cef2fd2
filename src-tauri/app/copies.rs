//! Copying versions to other registered models, of this server or of another profile's.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::Mutex;
use serde::Serialize;
use specta::Type;

use super::App;
use super::writing::{pause, person, write_refusal};
use crate::change::{Change, OnChange};
use crate::clock::now_ms;
use crate::connection::Connection;
use crate::entities::{LifecycleStage, ModelVersion, Tag};
use crate::error::{AppError, Code, Result};
use crate::private_files;
use crate::registration::{
    self, CopiedFile, CopyEnds, CopyPlan, CopyProgress, CopyState, CopyWay, Destination, KeepCopy, create_model,
    create_version, files_of, marked, plan_copy, referring,
};
use crate::settings::Settings;
use crate::sync::Scope;
use crate::tracking::{StoreError, TrackingStore, Writer};

/// As long as a card waits for a profile that is being opened.
const OPENED_WITHIN: Duration = Duration::from_secs(20);

/// What the user confirmed on the card.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CopyWish {
    /// That of the plan.
    pub id: String,
    pub from_profile: String,
    pub model: String,
    pub version: String,
    pub to_profile: String,
    pub to_model: String,
    /// The registered model is to be made first.
    pub is_new: bool,
    pub way: CopyWay,
    /// Where files are copied: the experiment of the run that holds them, by name.
    pub experiment: String,
    pub description: String,
    /// What the other profile's [`crate::connect::Writes`] asks for.
    pub confirmation: Option<String>,
}

/// A copy of files, and how far it is.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CopyView {
    pub state: CopyState,
    /// Absent where it was left.
    pub progress: Option<CopyProgress>,
}

/// Copies that are under way, by id.
#[derive(Default, Clone)]
pub(super) struct Copies {
    running: Arc<Mutex<HashMap<String, RunningCopy>>>,
}

struct RunningCopy {
    state: CopyState,
    progress: CopyProgress,
    task: Option<tokio::task::AbortHandle>,
}

impl App {
    /// What copying a version to another profile, or to another model of this one, would mean. Writes nothing.
    pub async fn prepare_copy(
        &self,
        from_profile: &str,
        model: &str,
        version: &str,
        to_profile: &str,
    ) -> Result<CopyPlan> {
        let connection = self.connection(from_profile).await?;
        let store = connection.store()?;
        let found = store.get_model_version(model, version).await?;
        let id = uuid::Uuid::new_v4().to_string();
        let address = &connection.profile().address;
        if from_profile == to_profile {
            let mut plan = plan_copy(id, address, &found, Ok(Vec::new()), &Destination::SameServer);
            plan.refusals.extend(write_refusal(&connection));
            return Ok(plan);
        }
        let other = self.connection(to_profile).await?;
        let there = opened(&other).await?;
        let (files, upload_refusal) = futures_util::join!(files_of(&*store, &found), upload_refusal(&*there));
        let files = files.map(|(_, _, files)| files).map_err(|error| error.to_string());
        let destination = Destination::OtherServer { upload_refusal };
        let mut plan = plan_copy(id, address, &found, files, &destination);
        plan.refusals.extend(write_refusal(&other));
        Ok(plan)
    }

    /// Makes the copy, where no files have to be brought over. Where they have, that begins, and nothing is answered.
    pub async fn copy_version(&self, wanted: CopyWish) -> Result<Option<ModelVersion>> {
        let from = self.connection(&wanted.from_profile).await?;
        let to = self.connection(&wanted.to_profile).await?;
        let writer = to.writer(&wanted.to_model, wanted.confirmation.as_deref())?;
        let refused = |refusal: String| Err(AppError::new(Code::Refused, refusal));
        // A folder is named after it.
        if wanted.id.is_empty() || !wanted.id.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '-') {
            return refused("This is not the id of a copy.".to_owned());
        }
        if let Some(refusal) = write_refusal(&to) {
            return refused(refusal);
        }
        if wanted.to_model.trim().is_empty() {
            return refused("A registered model needs a name.".to_owned());
        }
        let store = from.store()?;
        let found = store.get_model_version(&wanted.model, &wanted.version).await?;
        if found.status != "READY" {
            let status = found.status.to_lowercase().replace('_', " ");
            return refused(format!("Version {} is not ready: {status}.", found.version));
        }
        let is_same = wanted.from_profile == wanted.to_profile;
        if is_same != (wanted.way == CopyWay::Reference) {
            return refused("A version is named as a source on its own server only.".to_owned());
        }
        let destination =
            if is_same { Destination::SameServer } else { Destination::OtherServer { upload_refusal: None } };
        let address = from.profile().address.clone();
        let plan = plan_copy(wanted.id.clone(), &address, &found, Ok(Vec::new()), &destination);
        let of_way =
            plan.ways.iter().find(|offered| offered.way == wanted.way).and_then(|offered| offered.refusal.clone());
        if wanted.way == CopyWay::Files {
            self.begin_copy(&*store, &found, plan, &wanted, &to, writer).await?;
            return Ok(None);
        }
        if let Some(refusal) = of_way {
            return refused(refusal);
        }
        let by = person(&to);
        let mut tags = plan.tags;
        tags.extend(plan.origin.tags(None));
        tags.push(Tag::new(registration::BY_TAG, &*by));
        // An earlier try may have made both.
        if wanted.is_new && marked(writer.store(), &wanted.to_model, &wanted.id).await?.is_none() {
            create_model(&writer, &wanted.to_model, "", pause).await?;
            to.refresh(Scope::Models);
        }
        let new = referring(&found, wanted.way, wanted.description, tags);
        let made = create_version(&writer, &wanted.to_model, &wanted.id, new, pause).await;
        to.refresh(Scope::Model(wanted.to_model.clone()));
        Ok(Some(made?))
    }

    async fn begin_copy(
        &self,
        store: &dyn TrackingStore,
        found: &ModelVersion,
        plan: CopyPlan,
        wanted: &CopyWish,
        to: &Arc<Connection>,
        writer: Writer,
    ) -> Result<()> {
        if self.settings.copies().await?.iter().any(|copy| copy.id == wanted.id) {
            return Err(AppError::new(Code::Refused, "This copy is under way already."));
        }
        let there = match writer.store().get_registered_model(&wanted.to_model).await {
            Ok(_) => true,
            Err(StoreError::NotFound { .. }) => false,
            Err(error) => return Err(error.into()),
        };
        if there == wanted.is_new {
            let name = &wanted.to_model;
            let refusal = match there {
                true => format!("There is a model “{name}” already. Copy the version into it, or choose another name."),
                false => format!("There is no model “{name}” there any more."),
            };
            return Err(AppError::new(Code::Refused, refusal));
        }
        let (root, folder, files) = files_of(store, found).await?;
        if files.is_empty() {
            return Err(AppError::new(Code::Refused, "The version has no files."));
        }
        let file =
            |file: registration::FileSize| CopiedFile { path: file.path, size_bytes: file.size_bytes, sha256: None };
        let state = CopyState {
            id: plan.id,
            from_profile: wanted.from_profile.clone(),
            to_profile: wanted.to_profile.clone(),
            origin: plan.origin,
            root,
            folder,
            to_model: wanted.to_model.clone(),
            is_new: wanted.is_new,
            experiment: wanted.experiment.trim().to_owned(),
            description: wanted.description.clone(),
            tags: plan.tags,
            by: person(to),
            started_at_ms: now_ms(),
            files: files.into_iter().map(file).collect(),
            carrier: None,
            recorded: false,
            finished: false,
            version: None,
            warnings: Vec::new(),
            trouble: None,
        };
        self.run_copy(state, writer).await
    }

    /// All copies of files that are under way or were left, the newest first.
    pub async fn copies(&self) -> Result<Vec<CopyView>> {
        let kept = self.settings.copies().await?;
        let running = self.copies.running.lock();
        let view = |state: CopyState| match running.get(&state.id) {
            Some(live) => CopyView { state: live.state.clone(), progress: Some(live.progress.clone()) },
            None => CopyView { state, progress: None },
        };
        Ok(kept.into_iter().map(view).collect())
    }

    /// Goes on with a copy that was left.
    pub async fn resume_copy(&self, id: &str, confirmation: Option<&str>) -> Result<()> {
        if self.copies.running.lock().contains_key(id) {
            return Ok(());
        }
        let mut state = self.kept_copy(id).await?;
        let to = self.connection(&state.to_profile).await?;
        opened(&to).await?;
        let writer = to.writer(&state.to_model, confirmation)?;
        state.trouble = None;
        self.run_copy(state, writer).await
    }

    /// Ends the work on a copy; what is there stays there, and it can go on.
    pub async fn stop_copy(&self, id: &str) -> Result<()> {
        let stopped = self.copies.running.lock().remove(id);
        if let Some(RunningCopy { mut state, task, .. }) = stopped {
            if let Some(task) = task {
                task.abort();
            }
            state.trouble = Some("You have stopped it.".to_owned());
            self.settings.keep_copy(&state).await?;
        }
        self.tell(Change::Copies);
        Ok(())
    }

    /// Gives a copy up: the run that was made for its files is deleted, and it is forgotten.
    pub async fn discard_copy(&self, id: &str, confirmation: Option<&str>) -> Result<()> {
        self.stop_copy(id).await?;
        let mut state = self.kept_copy(id).await?;
        if state.version.is_none() {
            match self.connection(&state.to_profile).await {
                Ok(to) => self.take_back(&to, &mut state, confirmation).await?,
                // With the profile the way to its run is gone.
                Err(error) if error.code == Code::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        self.settings.forget_copy(id).await?;
        // What could not be removed is only in the way.
        let _ = tokio::fs::remove_dir_all(self.spool(id)).await;
        self.tell(Change::Copies);
        Ok(())
    }

    /// Deletes the run of a copy, unless its version was made after all: a lost answer says nothing of that.
    async fn take_back(&self, to: &Connection, state: &mut CopyState, confirmation: Option<&str>) -> Result<()> {
        opened(to).await?;
        let writer = to.writer(&state.to_model, confirmation)?;
        if let Some(made) = marked(writer.store(), &state.to_model, &state.id).await? {
            (state.version, state.trouble) = (Some(made.version), None);
            self.settings.keep_copy(state).await?;
            self.tell(Change::Copies);
            return Err(AppError::new(Code::Refused, "The version was made after all, so its run stays."));
        }
        let Some(carrier) = registration::carrier_of(writer.store(), state).await? else { return Ok(()) };
        match writer.delete_run(&carrier.run_id).await {
            Ok(()) | Err(StoreError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn kept_copy(&self, id: &str) -> Result<CopyState> {
        let kept = self.settings.copies().await?.into_iter().find(|copy| copy.id == id);
        kept.ok_or_else(|| AppError::new(Code::NotFound, "There is no such copy any more."))
    }

    fn spool(&self, id: &str) -> std::path::PathBuf {
        self.data_dir().join("copies").join(id)
    }

    /// Keeps it, and works on it until it is done or goes wrong.
    async fn run_copy(&self, state: CopyState, writer: Writer) -> Result<()> {
        let from = self.connection(&state.from_profile).await?;
        opened(&from).await?;
        let to = self.connection(&state.to_profile).await?;
        let spool = self.spool(&state.id);
        let ends = CopyEnds { from: from.store()?, to: writer, spool: spool.clone() };
        let keeper = Keeper {
            id: state.id.clone(),
            copies: self.copies.clone(),
            settings: self.settings.clone(),
            on_change: self.on_change.clone(),
        };
        let id = state.id.clone();
        let running = RunningCopy { state: state.clone(), progress: CopyProgress::default(), task: None };
        match self.copies.running.lock().entry(id.clone()) {
            Entry::Occupied(_) => return Err(AppError::new(Code::Refused, "This copy is under way already.")),
            Entry::Vacant(place) => place.insert(running),
        };
        if let Err(error) = self.make_ready(&spool, &state).await {
            self.copies.running.lock().remove(&id);
            return Err(error);
        }
        let work = async move {
            let mut state = state;
            let outcome = registration::go_on(&ends, &mut state, &keeper, pause).await;
            state.trouble = outcome.err().map(|trouble| trouble.to_string());
            if let Err(error) = keeper.settings.keep_copy(&state).await {
                tracing::warn!(%error, "how far a copy is was not kept");
            }
            if state.version.is_some() {
                let _ = tokio::fs::remove_dir_all(&spool).await;
            }
            to.refresh(Scope::Models);
            to.refresh(Scope::Model(state.to_model.clone()));
            keeper.copies.running.lock().remove(&state.id);
            (keeper.on_change)(Change::Copies);
        };
        let task = tokio::spawn(work).abort_handle();
        if let Some(running) = self.copies.running.lock().get_mut(&id) {
            running.task = Some(task);
        }
        self.tell(Change::Copies);
        Ok(())
    }

    /// An empty folder for the file that is under way: what a copy that broke off has left there may be anything.
    async fn make_ready(&self, spool: &std::path::Path, state: &CopyState) -> Result<()> {
        let _ = tokio::fs::remove_dir_all(spool).await;
        private_files::make_folder(spool)
            .map_err(|error| AppError::new(Code::Io, format!("{}: {error}", spool.display())))?;
        self.settings.keep_copy(state).await
    }
}

/// Keeps how far a copy is in the settings, and tells the window.
struct Keeper {
    id: String,
    copies: Copies,
    settings: Settings,
    on_change: OnChange,
}

#[async_trait]
impl KeepCopy for Keeper {
    async fn keep(&self, state: &CopyState) -> std::result::Result<(), String> {
        if let Some(running) = self.copies.running.lock().get_mut(&self.id) {
            running.state = state.clone();
        }
        self.settings.keep_copy(state).await.map_err(|error| error.to_string())
    }

    fn tell(&self, progress: CopyProgress) {
        if let Some(running) = self.copies.running.lock().get_mut(&self.id) {
            running.progress = progress;
        }
        (self.on_change)(Change::Copies);
    }
}

/// The store, once it answers.
async fn opened(connection: &Connection) -> Result<Arc<dyn TrackingStore>> {
    let began = tokio::time::Instant::now();
    loop {
        match connection.store() {
            Ok(store) => return Ok(store),
            Err(error) if error.code != Code::NotConnected || began.elapsed() > OPENED_WITHIN => return Err(error),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Why no files can be put on a server, as far as its experiments show it.
async fn upload_refusal(store: &dyn TrackingStore) -> Option<String> {
    if !store.capabilities().writable {
        return Some("Nothing can be written there.".to_owned());
    }
    let page = match store.search_experiments(None).await {
        Ok(page) => page,
        Err(error) => return Some(error.to_string()),
    };
    let active = page.items.into_iter().filter(|experiment| experiment.lifecycle_stage == LifecycleStage::Active);
    let refusals: Vec<Option<String>> = active.map(|each| store.upload_refusal(&each.artifact_location)).collect();
    // A new experiment may be kept as the others are.
    match refusals.iter().all(Option::is_some) {
        true => refusals.into_iter().flatten().next(),
        false => None,
    }
}
