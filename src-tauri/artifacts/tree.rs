//! One tree for what a run logged: its own artifacts, and beside them those of the models it
//! logged, which MLflow 3 keeps in places of their own.

use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::entities::{ArtifactEntry, ArtifactRoot, LoggedModel, ModelOutput};
use crate::tracking::{ArtifactStore, Result, StoreError, TrackingStore};

/// A line of the tree. `root` and `path` say where to ask for what is below it; a logged model is
/// a folder with a root of its own and the path `""`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TreeEntry {
    pub root: ArtifactRoot,
    pub path: String,
    /// For people: the last part of the path, or the name of the logged model.
    pub name: String,
    pub is_dir: bool,
    pub size_bytes: Option<u64>,
}

/// What lies below a folder, as far as it could be read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Listing {
    pub entries: Vec<TreeEntry>,
    pub failures: Vec<ListingFailure>,
}

/// A node of the tree that could not be read: the folder that was asked for, or a logged model among its entries.
#[derive(Debug, Clone, PartialEq)]
pub struct ListingFailure {
    pub root: ArtifactRoot,
    pub path: String,
    pub error: StoreError,
}

/// How many logged models are asked for at once.
const MODELS_AT_ONCE: usize = 8;

/// What lies directly below `path` of `root`, folders first. At the top of a run, the models of
/// `outputs` are among the folders; one that has been deleted is left out, and one that cannot be read is there by its
/// id, with the reason. Nothing that fails hides the rest.
pub async fn list(store: &dyn TrackingStore, root: &ArtifactRoot, path: &str, outputs: &[ModelOutput]) -> Listing {
    let mut listing = Listing::default();
    let own = async { list_folder(&*store.artifact_store_for(root).await?, path).await };
    match own.await {
        Ok(entries) => listing.entries.extend(entries.into_iter().map(|entry| line(root, entry))),
        Err(error) => {
            listing.failures.push(ListingFailure { root: root.clone(), path: path.to_owned(), error });
        }
    }
    if path.is_empty() && matches!(root, ArtifactRoot::Run(_)) {
        models(store, outputs, &mut listing).await;
    }
    listing.entries.sort_by_cached_key(|entry| (!entry.is_dir, natural(&entry.name), entry.path.clone()));
    listing
}

/// The files and folders directly below `path`, folders first.
pub async fn list_folder(files: &dyn ArtifactStore, path: &str) -> Result<Vec<ArtifactEntry>> {
    let entries = files.list(path).await?;
    let mut entries: Vec<ArtifactEntry> = entries.into_iter().filter_map(|entry| below(path, entry)).collect();
    entries.sort_by_cached_key(|entry| (!entry.is_dir, natural(name(&entry.path)), entry.path.clone()));
    Ok(entries)
}

/// The entry, if it is where it claims to be: one step below the folder that was asked for. A
/// listing that says otherwise could send the tree in circles.
fn below(folder: &str, entry: ArtifactEntry) -> Option<ArtifactEntry> {
    let parts = |path: &str| path.split('/').filter(|part| !part.is_empty()).map(ToOwned::to_owned).collect::<Vec<_>>();
    let (folder, own) = (parts(folder), parts(&entry.path));
    let name = own.strip_prefix(folder.as_slice()).filter(|rest| rest.len() == 1)?.first()?;
    (!matches!(name.as_str(), "." | "..")).then(|| ArtifactEntry { path: own.join("/"), ..entry })
}

fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

fn line(root: &ArtifactRoot, entry: ArtifactEntry) -> TreeEntry {
    let ArtifactEntry { path, is_dir, size_bytes } = entry;
    TreeEntry { root: root.clone(), name: name(&path).to_owned(), path, is_dir, size_bytes }
}

async fn models(store: &dyn TrackingStore, outputs: &[ModelOutput], listing: &mut Listing) {
    if !store.capabilities().logged_models {
        return;
    }
    let mut ids: Vec<&str> = Vec::new();
    for output in outputs {
        if !ids.contains(&output.model_id.as_str()) {
            ids.push(&output.model_id);
        }
    }
    let mut answers = Vec::with_capacity(ids.len());
    for id in &ids {
        answers.push(store.get_logged_model(id));
    }
    let answers: Vec<Result<LoggedModel>> = stream::iter(answers).buffered(MODELS_AT_ONCE).collect().await;
    let mut found: Vec<LoggedModel> = Vec::new();
    for (id, answer) in ids.into_iter().zip(answers) {
        match answer {
            Ok(model) => found.push(model),
            Err(StoreError::NotFound { .. }) => {}
            Err(error) => {
                let root = ArtifactRoot::LoggedModel(id.to_owned());
                listing.entries.push(folder_of(root.clone(), id.to_owned()));
                listing.failures.push(ListingFailure { root, path: String::new(), error });
            }
        }
    }
    let shares_name = |model: &LoggedModel| found.iter().filter(|other| other.name == model.name).count() > 1;
    let step = |model: &LoggedModel| outputs.iter().find(|output| output.model_id == model.model_id).map(|o| o.step);
    listing.entries.extend(found.iter().map(|model| {
        let name = match step(model) {
            Some(step) if shares_name(model) => format!("{} (step {step})", model.name),
            _ => model.name.clone(),
        };
        folder_of(ArtifactRoot::LoggedModel(model.model_id.clone()), name)
    }));
}

/// A logged model as a folder.
fn folder_of(root: ArtifactRoot, name: String) -> TreeEntry {
    TreeEntry { root, path: String::new(), name, is_dir: true, size_bytes: None }
}

/// An order in which `epoch 2` comes before `epoch 10`, whatever the case.
fn natural(name: &str) -> Vec<(u8, u64, String)> {
    let mut parts: Vec<(u8, u64, String)> = Vec::new();
    let lower = name.to_lowercase();
    let mut rest = lower.as_str();
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        match part.parse() {
            Ok(number) if digits => parts.push((0, number, String::new())),
            _ => parts.push((1, 0, part.to_owned())),
        }
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tracking::local::fixture::{Folder, run_id};

    fn names(entries: &[TreeEntry]) -> Vec<&str> {
        entries.iter().map(|entry| entry.name.as_str()).collect()
    }

    #[tokio::test]
    async fn a_runs_own_files_and_its_models_are_one_tree() {
        let folder = Folder::newest().await;
        let own = format!("mlartifacts/1/{}/artifacts", run_id(4));
        for file in ["epoch 10.png", "epoch 2.png", "Zeta/x.txt", "alpha/x.txt"] {
            folder.write(&format!("{own}/{file}"), b"1");
        }
        folder.write("mlartifacts/1/models/m-0/artifacts/MLmodel", b"flavors:");
        let store = folder.open().await;
        let outputs = store.get_run(&run_id(4)).await.unwrap().model_outputs;
        let root = ArtifactRoot::Run(run_id(4));
        let top = list(&store, &root, "", &outputs).await.entries;
        assert_eq!(names(&top), ["alpha", "net", "Zeta", "epoch 2.png", "epoch 10.png"]);
        let model = &top[1];
        assert_eq!((&model.root, model.path.as_str()), (&ArtifactRoot::LoggedModel("m-0".into()), ""));
        assert_eq!(names(&list(&store, &model.root, &model.path, &outputs).await.entries), ["MLmodel"]);
        assert_eq!(names(&list(&store, &root, "alpha", &outputs).await.entries), ["x.txt"]);
    }

    #[tokio::test]
    async fn a_deleted_model_is_left_out_and_equal_names_say_their_step() {
        let folder = Folder::newest().await;
        folder
            .execute(
                "INSERT INTO logged_models SELECT 'm-1', experiment_id, name, artifact_location, 0, 0, 2, 'active', '', '', '' FROM logged_models;
                 INSERT INTO logged_models SELECT 'm-2', experiment_id, 'gone', artifact_location, 0, 0, 2, 'deleted', '', '', '' FROM logged_models WHERE model_id = 'm-0'",
            )
            .await;
        folder.write("mlartifacts/1/other/artifacts/a.txt", b"a");
        let store = folder.open().await;
        let output = |id: &str, step| ModelOutput { model_id: id.into(), step };
        let outputs = [output("m-0", 7), output("m-1", 20), output("m-2", 1), output("m-0", 8), output("m-9", 1)];
        let Listing { entries: top, failures } = list(&store, &ArtifactRoot::Run(run_id(4)), "", &outputs).await;
        assert_eq!(failures, []);
        assert_eq!(names(&top), ["net (step 7)", "net (step 20)"]);
    }

    #[test]
    fn an_entry_that_lies_about_its_place_is_left_out() {
        let entry = |path: &str| ArtifactEntry { path: path.into(), is_dir: true, size_bytes: None };
        for (folder, path) in [("a", "a"), ("a", "b/c"), ("a", ""), ("a", "a/b/c"), ("", ".."), ("a", "a/.."), ("", "")]
        {
            assert_eq!(below(folder, entry(path)), None, "{folder} {path}");
        }
        assert_eq!(below("a/", entry("a//b")), Some(entry("a/b")));
    }
}
