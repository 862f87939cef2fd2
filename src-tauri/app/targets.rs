//! From what the user typed to an open profile.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::App;
use super::connecting::Draft;
use super::profiles::free_name;
use crate::change::Change;
use crate::connect::steps::Steps;
use crate::connect::{Auth, Keep, KeepPin, Profile, ProfileKind, Target, open, parse_target, suggest, suggest_name};
use crate::connection::Connection;
use crate::error::{AppError, Code, Result};

impl App {
    /// Opens what `text` stands for. A new place becomes a profile once it has answered.
    pub async fn open_target(&self, text: &str) -> Result<Arc<Connection>> {
        let profiles = self.settings.profiles().await?;
        let target = parse_target(text, &profiles).ok_or_else(|| {
            AppError::new(
                Code::BadTarget,
                "Type the address of a tracking server, or the path of an mlflow.db or of a folder with one.",
            )
        })?;
        let name = suggest_name(&target);
        let mut sign_in = (None, None);
        let (kind, address) = match target {
            Target::Profile(profile) => return self.connection(&profile.id).await,
            Target::Sample => (ProfileKind::Sample, self.sample_workspace().await?),
            Target::Path(path) => (ProfileKind::Local, path.display().to_string()),
            Target::Address(text) => {
                let address = crate::tracking::rest::Address::parse(&text)
                    .map_err(|error| AppError::new(Code::BadTarget, error.to_string()))?;
                sign_in = suggest::userinfo(&text);
                (ProfileKind::Server, address.to_string())
            }
        };
        let known =
            |profile: &&Profile| profile.kind == kind && profile.address == address && profile.server.is_direct();
        if let Some(known) = profiles.iter().find(known) {
            return self.connection(&known.id).await;
        }
        let mut profile = Profile::new(&free_name(&name, &profiles), kind, &address);
        if let Some(username) = sign_in.0 {
            profile.server.auth = Auth::Basic { username };
        }
        let draft = Draft::of(&profile, &self.connect_context.vault);
        if let Some(password) = sign_in.1 {
            // For now only until Podium closes: the place may not be what was meant.
            self.set_secret(&profile.id, "password", password, Keep::Session).await?;
        }
        let asker = self.connect_context.questions.of(&profile.name);
        let trusted = Arc::new(OnceLock::new());
        let keep_pin: KeepPin = {
            let trusted = trusted.clone();
            // Once a certificate is pinned, the user is not asked about another one.
            Arc::new(move |pin: &str| drop(trusted.set(pin.to_owned())))
        };
        let opened = open(&profile, None, &self.connect_context, asker, &Steps::unwatched(), &keep_pin).await?;
        profile.server.tls.pin = trusted.get().cloned();
        let _one = self.adding.lock().await;
        // An impatient user may have added the same target twice.
        let profiles = self.settings.profiles().await?;
        if let Some(known) = profiles.iter().find(known) {
            return self.connection(&known.id).await;
        }
        profile.name = free_name(&name, &profiles);
        self.settings.save_profile(&profile).await?;
        draft.keep();
        self.tell(Change::Profiles);
        let profile_id = profile.id.clone();
        let connection = self.connect(profile, Some(opened)).await?;
        self.connections.put(&profile_id, connection.clone());
        Ok(connection)
    }

    /// The user's own copy of the sample workspace, made when it is first opened, so that aliases
    /// can be moved in it. Answers with its folder.
    async fn sample_workspace(&self) -> Result<String> {
        let target = self.data_dir.join("sample");
        let _one = self.adding.lock().await;
        if !target.join("mlflow.db").exists() {
            let (from, to) = (self.sample_dir.clone(), target.clone());
            super::blocking(move || copy_workspace(&from, &to)).await?.map_err(|error| {
                AppError::new(
                    Code::Io,
                    format!("The sample workspace cannot be copied to {}: {error}", target.display()),
                )
            })?;
        }
        Ok(target.display().to_string())
    }
}

/// Copies a folder, unpacking what ends in `.gz`, under another name and renames it at the end, so that a copy that was cut
/// short is never taken for a whole one.
fn copy_workspace(from: &Path, to: &Path) -> std::io::Result<()> {
    let unfinished = to.with_extension("unfinished");
    if unfinished.exists() {
        std::fs::remove_dir_all(&unfinished)?;
    }
    copy_folder(from, &unfinished)?;
    if to.exists() {
        std::fs::remove_dir_all(to)?;
    }
    std::fs::rename(&unfinished, to)
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
            continue;
        }
        // Not `fs::copy`: the installed file may be read-only, and this copy is the user's own.
        let mut file = std::fs::File::open(entry.path())?;
        if target.extension().is_some_and(|extension| extension == "gz") {
            let mut unpacked = flate2::read::GzDecoder::new(file);
            std::io::copy(&mut unpacked, &mut std::fs::File::create(target.with_extension(""))?)?;
        } else {
            std::io::copy(&mut file, &mut std::fs::File::create(target)?)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_that_was_cut_short_is_made_again_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("sample"));
        std::fs::create_dir_all(from.join("deep")).unwrap();
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packed, b"db").unwrap();
        std::fs::write(from.join("mlflow.db.gz"), packed.finish().unwrap()).unwrap();
        std::fs::write(from.join("deep/a.txt"), b"a").unwrap();
        std::fs::create_dir_all(folder.path().join("sample.unfinished/old")).unwrap();
        copy_workspace(&from, &to).unwrap();
        assert_eq!(std::fs::read(to.join("deep/a.txt")).unwrap(), b"a");
        assert_eq!(std::fs::read(to.join("mlflow.db")).unwrap(), b"db");
        assert!(!to.join("old").exists());
    }
}
