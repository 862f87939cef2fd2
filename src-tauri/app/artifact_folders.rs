//! Folders in which the user has found the artifacts of a database, remembered in its profile.

use std::sync::Arc;

use super::App;
use crate::change::Change;
use crate::connect::steps::Steps;
use crate::connect::{ProfileKind, expand_home, open};
use crate::entities::ArtifactRoot;
use crate::error::{AppError, Code, Result};
use crate::tracking::local::LocalStore;

impl App {
    /// Remembers that what is at `path` of `root` is in `folder`, once it was found there. Answers with
    /// the folder that is remembered: that of all artifacts, of which `folder` may be a part.
    pub async fn remember_artifact_folder(
        &self,
        profile_id: &str,
        root: &ArtifactRoot,
        path: &str,
        folder: &str,
    ) -> Result<String> {
        let mut profile = self.settings.profile(profile_id).await?;
        if profile.kind == ProfileKind::Server {
            return Err(AppError::new(
                Code::Refused,
                "Only the artifacts of a database on this machine have a folder.",
            ));
        }
        let store =
            LocalStore::open(profile.address.as_ref()).await?.with_artifact_folders(&profile.artifact_folders).await;
        let found = store.artifact_folder_in(root, path, &expand_home(folder.trim())).await?;
        let found = found.display().to_string();
        if !profile.artifact_folders.contains(&found) {
            profile.artifact_folders.push(found.clone());
            self.settings.save_profile(&profile).await?;
            let asker = self.connect_context.questions.of(&profile.name);
            let opened =
                open(&profile, None, &self.connect_context, asker, &Steps::unwatched(), &(Arc::new(|_: &str| {}) as _))
                    .await?;
            self.close(profile_id).await;
            // The window reads again as soon as it hears of the change, so the profile is open before that.
            let opening = self.connections.of(profile_id);
            opening.get_or_try_init(async || self.connect(profile, Some(opened)).await).await?;
            self.tell(Change::Profiles);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tracking::StoreError;
    use crate::tracking::local::fixture::{Folder, run_id};

    async fn listed(app: &App, profile_id: &str) -> std::result::Result<usize, StoreError> {
        let connection = app.connection(profile_id).await.unwrap();
        let store = loop {
            match connection.store() {
                Ok(store) => break store,
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
            }
        };
        Ok(store.artifact_store_for(&ArtifactRoot::Run(run_id(0))).await?.list("").await?.len())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_folder_is_used_at_once_and_remembered_until_it_is_forgotten() {
        let (data, database, copy) =
            (tempfile::tempdir().unwrap(), Folder::newest().await, tempfile::tempdir().unwrap());
        let artifacts = copy.path().join("mlartifacts/1").join(run_id(0)).join("artifacts");
        std::fs::create_dir_all(&artifacts).unwrap();
        std::fs::write(artifacts.join("a.txt"), b"a").unwrap();
        let open = async || App::open(data.path(), data.path(), None, Arc::new(|_| {})).await.unwrap();
        let app = open().await;
        let connection = app.open_target(&database.database().display().to_string()).await.unwrap();
        let id = connection.profile().id.clone();
        assert!(matches!(listed(&app, &id).await, Err(StoreError::ArtifactsElsewhere { .. })));

        let root = ArtifactRoot::Run(run_id(0));
        let wrong = app.remember_artifact_folder(&id, &root, "", &data.path().display().to_string()).await;
        assert_eq!(wrong.map_err(|error| error.code), Err(Code::Refused));
        let typed = format!(" {} ", artifacts.display());
        let kept = app.remember_artifact_folder(&id, &root, "", &typed).await.unwrap();
        assert!(kept.ends_with("mlartifacts"), "{kept}");
        assert!(app.connection(&id).await.unwrap().store().is_ok(), "it is open before it is told");
        assert_eq!(listed(&app, &id).await, Ok(1));
        // Once more is once.
        app.remember_artifact_folder(&id, &root, "", &kept).await.unwrap();
        drop((connection, app));

        let app = open().await;
        assert_eq!(listed(&app, &id).await, Ok(1));
        let mut profile = app.settings.profile(&id).await.unwrap();
        assert_eq!(profile.artifact_folders, std::slice::from_ref(&kept));
        profile.artifact_folders = vec![" ".to_owned(), format!("{kept} "), kept.clone()];
        let mut profile = app.save_profile(profile).await.unwrap();
        assert_eq!(profile.artifact_folders, [kept]);
        profile.artifact_folders.clear();
        app.save_profile(profile).await.unwrap();
        assert!(matches!(listed(&app, &id).await, Err(StoreError::ArtifactsElsewhere { .. })));
    }
}
