//! Where the files of a run or a logged model are on this machine: where the database says, in a
//! folder that the user has chosen, or beside the database, since the two are moved together.
//!
//! A database may come from a stranger. Of what it says, and of what links beside it say, only what ends
//! in a folder of the run's own name is read, as MLflow lays them out, or what is in one of MLflow's
//! own folders beside the database; anything else has to be in a folder that the user has chosen.

use std::path::{Path, PathBuf};

use tokio::fs;

use super::error::from_io;
use super::open::Database;
use super::uri::{ARTIFACT_FOLDERS, Kind, Named};
use super::{logged_models, refused, runs};
use crate::entities::ArtifactRoot;
use crate::tracking::{Result, StoreError};

/// How far above the folder that was chosen the folder of all artifacts may be: it may have been
/// that of one experiment, or of one run.
const STEPS_ABOVE: usize = 5;

/// A folder that may be the one.
#[derive(Debug, PartialEq, Eq)]
struct Candidate {
    folder: PathBuf,
    /// The folder of its experiment. Where that is there, a run without a folder has no files.
    experiment: Option<PathBuf>,
    /// It is where MLflow writes by itself, so the same holds for the folder of all experiments.
    usual: bool,
}

impl Candidate {
    fn new(base: &Path, tail: &Path, id: &str, usual: bool) -> Self {
        let above: PathBuf = tail.iter().take_while(|name| *name != id).filter(|name| *name != "models").collect();
        let experiment =
            (tail.iter().any(|name| name == id) && !above.as_os_str().is_empty()).then(|| base.join(above));
        Self { folder: base.join(tail), experiment, usual }
    }

    async fn is_known_to_be_empty(&self) -> bool {
        let Some(experiment) = &self.experiment else { return false };
        let all = experiment.parent().filter(|all| self.usual && is_artifact_folder(all));
        is_folder(experiment).await || matches!(all, Some(all) if is_folder(all).await)
    }
}

fn is_artifact_folder(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| ARTIFACT_FOLDERS.iter().any(|usual| name == *usual))
}

async fn is_folder(path: &Path) -> bool {
    fs::metadata(path).await.is_ok_and(|metadata| metadata.is_dir())
}

/// The folder of the files; none where there are none.
///
/// # Errors
/// `ArtifactsElsewhere` where it is in no place that this machine has.
pub async fn find(database: &Database, root: &ArtifactRoot) -> Result<Option<PathBuf>> {
    let named = named(database, root).await?;
    let candidates = candidates(&named, id(root), &database.folder, &database.artifact_folders);
    let mut refused = None;
    for candidate in &candidates {
        if !is_folder(&candidate.folder).await {
            continue;
        }
        let real = fs::canonicalize(&candidate.folder).await.map_err(|error| from_io(&candidate.folder, &error))?;
        if is_trusted(database, root, &real) {
            return Ok(Some(real));
        }
        let reason = if real == candidate.folder {
            "Nothing in that path is the id of the run or model, so it may be anything".to_owned()
        } else {
            format!(
                "{} is a link to it, and nothing in its path is the id of the run or model",
                candidate.folder.display()
            )
        };
        refused.get_or_insert(StoreError::ArtifactsElsewhere { place: real.display().to_string(), reason });
    }
    if let Some(refused) = refused {
        return Err(refused);
    }
    for candidate in &candidates {
        if candidate.is_known_to_be_empty().await {
            return Ok(None);
        }
    }
    Err(elsewhere(&named, id(root), database))
}

/// Whether a real path is one that the database may name.
fn is_trusted(database: &Database, root: &ArtifactRoot, real: &Path) -> bool {
    // An id of another shape could be chosen to be the name of any folder.
    let is_id = match root {
        ArtifactRoot::Run(id) => id.len() >= 32 && id.bytes().all(|c| c.is_ascii_alphanumeric()),
        ArtifactRoot::LoggedModel(id) => id.starts_with("m-"),
    };
    let usual = ARTIFACT_FOLDERS.iter().map(|name| database.folder.join(name));
    (is_id && real.iter().any(|name| name == id(root)))
        || usual.chain(database.artifact_folders.iter().cloned()).any(|folder| real.starts_with(folder))
}

async fn named(database: &Database, root: &ArtifactRoot) -> Result<Named> {
    Named::read(&match root {
        ArtifactRoot::Run(run_id) => runs::artifact_uri(database, run_id).await?,
        ArtifactRoot::LoggedModel(model_id) => logged_models::get(database, model_id).await?.artifact_uri,
    })
}

fn id(root: &ArtifactRoot) -> &str {
    match root {
        ArtifactRoot::Run(id) | ArtifactRoot::LoggedModel(id) => id,
    }
}

/// The folders that may be meant, likeliest first. Pure.
fn candidates(named: &Named, id: &str, beside: &Path, chosen: &[PathBuf]) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    // The program that wrote the database may have run in the folder of the database, or one above.
    let near: Vec<&Path> = beside.ancestors().take(2).collect();
    let tails = named.tails(id);
    let exactly: Vec<(PathBuf, PathBuf)> = match &named.kind {
        Kind::Absolute(path) => match path.strip_prefix("/") {
            Ok(tail) => vec![(PathBuf::from("/"), tail.to_owned())],
            Err(_) => vec![(path.clone(), PathBuf::new())],
        },
        Kind::Relative { up } => {
            let tail: PathBuf = named.segments.iter().collect();
            near.iter().filter_map(|base| Some((base.ancestors().nth(*up)?.to_owned(), tail.clone()))).collect()
        }
        Kind::Proxied | Kind::Foreign | Kind::Remote { .. } => Vec::new(),
    };
    found.extend(exactly.iter().map(|(base, tail)| Candidate::new(base, tail, id, true)));
    let usual = matches!(named.kind, Kind::Proxied);
    for base in chosen.iter().map(PathBuf::as_path).chain(near) {
        for tail in &tails {
            for inner in ["", ARTIFACT_FOLDERS[0], ARTIFACT_FOLDERS[1]] {
                let candidate = Candidate::new(&base.join(inner), tail, id, usual && !inner.is_empty());
                if found.iter().all(|known| known.folder != candidate.folder) {
                    found.push(candidate);
                }
            }
        }
    }
    found
}

fn elsewhere(named: &Named, id: &str, database: &Database) -> StoreError {
    let tails = named.tails(id);
    let looked_for = tails.iter().rev().nth(1).or(tails.first());
    let looked = looked_for.map_or_else(String::new, |tail| {
        let folders = std::iter::once(&database.folder).chain(&database.artifact_folders);
        let folders: Vec<String> = folders.map(|folder| folder.display().to_string()).collect();
        format!(", and there is no {} in {}", tail.display(), folders.join(" or "))
    });
    StoreError::ArtifactsElsewhere { place: named.place.clone(), reason: format!("{}{looked}", named.kind.words()) }
}

/// The folder to remember when the user says that the files of `root` are in `chosen`: that of all
/// artifacts where `chosen` is a part of it, so that the next run is found too.
///
/// # Errors
/// `Refused` where they are not there.
pub async fn folder_in(database: &Database, root: &ArtifactRoot, chosen: &Path) -> Result<PathBuf> {
    let chosen = fs::canonicalize(chosen).await.map_err(|error| from_io(chosen, &error))?;
    if !is_folder(&chosen).await {
        return Err(refused(format!("{} is not a folder.", chosen.display())));
    }
    let named = named(database, root).await?;
    let tails = named.tails(id(root));
    // Of an artifact folder: the experiment, then the run.
    let of_all =
        tails.iter().rev().find(|tail| Candidate::new(Path::new(""), tail, id(root), false).experiment.is_some());
    for above in chosen.ancestors().take(STEPS_ABOVE).filter(|above| above.parent().is_some()) {
        let Some(tail) = of_all else { break };
        let folder = above.join(tail);
        let is_part = folder.starts_with(&chosen) || chosen.starts_with(&folder);
        if is_part && is_folder(&folder).await {
            return Ok(above.to_owned());
        }
    }
    for candidate in candidates(&named, id(root), Path::new(""), std::slice::from_ref(&chosen)) {
        if candidate.folder.starts_with(&chosen) && is_folder(&candidate.folder).await {
            return Ok(chosen);
        }
    }
    let looked_for = of_all.or(tails.first()).map(|tail| format!(": there is no {} in it", tail.display()));
    Err(refused(format!("The files are not in {}{}.", chosen.display(), looked_for.unwrap_or_default())))
}

#[cfg(test)]
#[path = "place_tests.rs"]
mod tests;
