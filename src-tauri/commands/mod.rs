//! The boundary: one file per noun, each command a few lines that ask [`crate::app::App`]. What needs more than one of
//! its parts is put together there and not here.
//!
//! Every command answers or fails with an [`crate::error::AppError`]. Reads come from the cache
//! and change nothing; writes go to the server first.

pub mod artifacts;
pub mod charts;
pub mod connecting;
pub mod copies;
pub mod experiments;
mod frame;
pub mod model_pages;
pub mod models;
pub mod move_plans;
pub mod profiles;
pub mod registration;
pub mod runs;
pub mod settings;
pub mod stages;
pub mod window;

use std::path::PathBuf;

use tauri_plugin_dialog::{DialogExt, FilePath};

use crate::error::{AppError, Result};

/// The file that the user chooses in the system's own dialog; none if he thought better of it.
async fn ask_where_to_save(handle: &tauri::AppHandle, name: &str) -> Result<Option<PathBuf>> {
    asked(|heard| handle.dialog().file().set_file_name(name).save_file(heard)).await
}

/// The folder that the user chooses, likewise.
async fn ask_for_folder(handle: &tauri::AppHandle) -> Result<Option<PathBuf>> {
    asked(|heard| handle.dialog().file().pick_folder(heard)).await
}

async fn asked(show: impl FnOnce(Box<dyn FnOnce(Option<FilePath>) + Send>)) -> Result<Option<PathBuf>> {
    let (answer, chosen) = tokio::sync::oneshot::channel();
    show(Box::new(move |path| {
        // The receiver is gone if the window was closed meanwhile.
        let _heard = answer.send(path);
    }));
    let chosen = chosen.await.ok().flatten();
    chosen.map(|path| path.into_path().map_err(AppError::internal)).transpose()
}

/// A binary answer: an `ArrayBuffer` in the window, never JSON.
pub struct Bytes(pub Vec<u8>);

impl tauri::ipc::IpcResponse for Bytes {
    fn body(self) -> tauri::Result<tauri::ipc::InvokeResponseBody> {
        Ok(tauri::ipc::InvokeResponseBody::Raw(self.0))
    }
}

impl specta::Type for Bytes {
    fn definition(_types: &mut specta::Types) -> specta::datatype::DataType {
        specta_typescript::define("ArrayBuffer").into()
    }
}
