//! The environment that a run was made in, as far as files among its artifacts tell of it.

use serde::Serialize;
use specta::Type;

use super::read::head;
use super::requirements::{Package, conda, python_env, requirements};
use super::tree::{Listing, TreeEntry, list};
use crate::entities::{ArtifactRoot, ModelOutput};
use crate::tracking::{Result, TrackingStore};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunEnvironment {
    /// Absent where no file says which.
    pub python: Option<String>,
    /// By name, each once.
    pub packages: Vec<Package>,
    /// The files that this was read from; empty where the run has none, and nothing is known then.
    pub files: Vec<String>,
    /// Everything was looked at: no file was too long, and there were not too many folders.
    pub complete: bool,
}

const REQUIREMENTS: &str = "requirements.txt";
const CONDA: &str = "conda.yaml";
const PYTHON_ENV: &str = "python_env.yaml";

/// The files are in the folder of a model, which is one of the first.
const MOST_FOLDERS: usize = 16;
const LIMIT_BYTES: usize = 1 << 20;

/// Looks at the top of a run's artifacts and then in its folders, those of its logged models first, until one of them has
/// such files. Fails where none was found and not everything could be read.
pub async fn environment(
    store: &dyn TrackingStore,
    run: &ArtifactRoot,
    outputs: &[ModelOutput],
) -> Result<RunEnvironment> {
    let Listing { entries, failures } = list(store, run, "", outputs).await;
    let mut failure = failures.into_iter().next().map(|failure| failure.error);
    let (mut folders, top): (Vec<TreeEntry>, Vec<TreeEntry>) = entries.into_iter().partition(|entry| entry.is_dir);
    if has_environment(&top) {
        return read(store, "", &top).await;
    }
    folders.sort_by_key(|folder| folder.root == *run);
    let complete = folders.len() <= MOST_FOLDERS;
    for folder in folders.into_iter().take(MOST_FOLDERS) {
        let Listing { entries, failures } = list(store, &folder.root, &folder.path, &[]).await;
        if has_environment(&entries) {
            return read(store, &folder.name, &entries).await;
        }
        failure = failure.or(failures.into_iter().next().map(|failure| failure.error));
    }
    failure.map_or(Ok(RunEnvironment { complete, ..RunEnvironment::default() }), Err)
}

fn has_environment(entries: &[TreeEntry]) -> bool {
    entries.iter().any(|entry| !entry.is_dir && [REQUIREMENTS, CONDA, PYTHON_ENV].contains(&entry.name.as_str()))
}

/// Reads the files of one folder. Packages are those of `requirements.txt` where there is one, as MLflow keeps it beside
/// the other two.
async fn read(store: &dyn TrackingStore, folder: &str, entries: &[TreeEntry]) -> Result<RunEnvironment> {
    let mut environment = RunEnvironment { complete: true, ..RunEnvironment::default() };
    let mut from_conda = Vec::new();
    for name in [REQUIREMENTS, PYTHON_ENV, CONDA] {
        let Some(entry) = entries.iter().find(|entry| !entry.is_dir && entry.name == name) else { continue };
        let files = store.artifact_store_for(&entry.root).await?;
        let head = head(&*files, &entry.path, LIMIT_BYTES).await?;
        environment.complete &= head.whole;
        let text = String::from_utf8_lossy(&head.bytes);
        // The last line of a file that is cut short may be half a name.
        let text = if head.whole { &text } else { text.rsplit_once('\n').map_or("", |(lines, _)| lines) };
        match name {
            REQUIREMENTS => environment.packages = requirements(text),
            PYTHON_ENV => environment.python = python_env(text),
            _ => {
                let contents = conda(text);
                environment.python = environment.python.or(contents.python);
                from_conda = contents.packages;
            }
        }
        environment.files.push(if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") });
    }
    if !environment.files.iter().any(|file| file.ends_with(REQUIREMENTS)) {
        environment.packages = from_conda;
    }
    Ok(environment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tracking::local::fixture::{Folder, run_id};

    async fn of_run(folder: &Folder) -> Result<RunEnvironment> {
        let store = folder.open().await;
        let outputs = store.get_run(&run_id(4)).await.unwrap().model_outputs;
        environment(&store, &ArtifactRoot::Run(run_id(4)), &outputs).await
    }

    #[tokio::test]
    async fn it_is_found_at_the_top_and_else_beside_a_model() {
        let folder = Folder::newest().await;
        let own = format!("mlartifacts/1/{}/artifacts", run_id(4));
        folder.write(&format!("{own}/plots/roc.png"), b"1");
        folder.write("mlartifacts/1/models/m-0/artifacts/MLmodel", b"flavors:");
        let found = of_run(&folder).await.unwrap();
        assert_eq!((found.files.len(), found.complete), (0, true), "no such file is no failure");

        folder.write("mlartifacts/1/models/m-0/artifacts/conda.yaml", b"dependencies:\n- python=3.10\n- numpy=1\n");
        let found = of_run(&folder).await.unwrap();
        assert_eq!(
            (found.python.as_deref(), found.files.as_slice()),
            (Some("3.10"), ["net/conda.yaml".to_owned()].as_slice())
        );
        assert_eq!(found.packages, [Package { name: "numpy".into(), version: "1".into() }]);

        folder.write("mlartifacts/1/models/m-0/artifacts/requirements.txt", b"Torch==2.6.0\n");
        folder.write("mlartifacts/1/models/m-0/artifacts/python_env.yaml", b"python: 3.11.9\n");
        let found = of_run(&folder).await.unwrap();
        assert_eq!((found.python.as_deref(), found.files.len()), (Some("3.11.9"), 3));
        assert_eq!(found.packages, [Package { name: "torch".into(), version: "2.6.0".into() }]);

        folder.write(&format!("{own}/requirements.txt"), b"numpy==2.0\n");
        let found = of_run(&folder).await.unwrap();
        assert_eq!((found.python, found.files), (None, vec!["requirements.txt".to_owned()]));
    }

    #[tokio::test]
    async fn a_file_that_is_cut_short_says_so_and_has_no_half_names() {
        let folder = Folder::newest().await;
        let mut text = b"first==1\n".to_vec();
        text.resize(LIMIT_BYTES + 10, b'x');
        folder.write(&format!("mlartifacts/1/{}/artifacts/requirements.txt", run_id(4)), &text);
        let found = of_run(&folder).await.unwrap();
        assert_eq!((found.packages.len(), found.complete), (1, false));
    }
}
