//! The start of the app: command line, data folder, window, and the way of changes to it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tauri::{Manager, WebviewUrl, WebviewWindowBuilder, WindowEvent};
use tauri_specta::Event;
use tokio::sync::mpsc;

use crate::app::App;
use crate::bindings::{self, Changes};
use crate::change::{Change, gather};
use crate::commands::window::{CloseAsked, Hold};
use crate::shell;

const USAGE: &str = "\
Podium, a desktop browser for MLflow experiments

Usage: podium [TARGET]
       podium check | promote | history …   without a window: `podium check --help`

TARGET is the address of a tracking server, the path of an mlflow.db or of a folder with one,
the name of a saved profile, or `sample` for the workspace that comes with Podium.

Environment:
  PODIUM_DATA_DIR    folder for settings and cache
  PODIUM_LOG         what to log to standard error, such as `podium=debug`
  PODIUM_SSH_CONFIG  the ssh_config to read instead of ~/.ssh/config and the system's
  PODIUM_KEYRING     `none`: secrets are kept for a session at most
";

/// Where `make dev` serves the window's pages, as tauri.conf.json says.
const DEV_PORT: u16 = 1420;

/// How long changes are gathered before the window hears of them, so that a page of a sync is
/// one event and not hundreds.
const GATHER: Duration = Duration::from_millis(60);

enum CommandLine {
    Open(Option<String>),
    Print(String),
    Wrong(String),
}

fn parse(arguments: impl Iterator<Item = OsString>) -> CommandLine {
    let mut target = None;
    for argument in arguments.skip(1) {
        let text = argument.to_string_lossy().into_owned();
        match text.as_str() {
            "-h" | "--help" => return CommandLine::Print(USAGE.to_owned()),
            "-V" | "--version" => return CommandLine::Print(format!("podium {}\n", env!("CARGO_PKG_VERSION"))),
            option if option.starts_with('-') => return CommandLine::Wrong(format!("podium: no option {option}")),
            _ if target.is_some() => return CommandLine::Wrong("podium: one TARGET at most".to_owned()),
            _ => target = Some(here(text)),
        }
    }
    CommandLine::Open(target)
}

/// A relative path is meant from where the command was typed, which may not be where an app that
/// already runs was started.
fn here(text: String) -> String {
    let path = Path::new(&text);
    if path.exists() { std::path::absolute(path).map_or(text.clone(), |path| path.display().to_string()) } else { text }
}

/// Runs the app until its window is closed.
pub fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("PODIUM_LOG").unwrap_or_else(|_| "warn".into()))
        .with_writer(std::io::stderr)
        .init();
    let arguments: Vec<OsString> = arguments.collect();
    if let Some(done) = shell::run(arguments.get(1..).unwrap_or_default()) {
        return done;
    }
    match parse(arguments.into_iter()) {
        CommandLine::Print(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        CommandLine::Wrong(message) => {
            eprintln!("{message}\n\n{USAGE}");
            ExitCode::from(2)
        }
        CommandLine::Open(target) => match start(target) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("podium: {error}");
                ExitCode::FAILURE
            }
        },
    }
}

fn start(target: Option<String>) -> Result<(), Box<dyn std::error::Error>> {
    let own_data_dir = std::env::var_os("PODIUM_DATA_DIR").map(PathBuf::from);
    let boundary = bindings::builder();
    let mut builder = tauri::Builder::default();
    if own_data_dir.is_none() {
        // A second start brings the first window forward. With a data folder of its own, a second
        // app is what was asked for.
        builder = builder.plugin(tauri_plugin_single_instance::init(|handle, arguments, _folder| {
            if let Some(window) = handle.get_webview_window("main") {
                let _shown = window.unminimize().and_then(|()| window.set_focus());
            }
            if let CommandLine::Open(Some(target)) = parse(arguments.into_iter().map(OsString::from)) {
                let _heard = bindings::OpenTarget(target).emit(handle);
            }
        }));
    }
    builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .invoke_handler(boundary.invoke_handler())
        .setup(move |tauri_app| {
            boundary.mount_events(tauri_app);
            let data_dir = match own_data_dir {
                Some(folder) => folder,
                None => tauri_app.path().app_data_dir()?,
            };
            let sample_dir = tauri_app.path().resolve("sample", tauri::path::BaseDirectory::Resource)?;
            let (sender, receiver) = mpsc::unbounded_channel();
            let on_change = Arc::new(move |change: Change| {
                // The receiver lives as long as the app.
                let _heard = sender.send(change);
            });
            let app = tauri::async_runtime::block_on(App::open(&data_dir, &sample_dir, target, on_change))?;
            tauri_app.manage(app);
            tauri_app.manage(Hold::default());
            tauri::async_runtime::spawn(forward(receiver, tauri_app.handle().clone()));
            let window = WebviewWindowBuilder::new(tauri_app, "main", WebviewUrl::App("index.html".into()))
                .title("Podium")
                .inner_size(1440.0, 900.0)
                .min_inner_size(720.0, 480.0)
                // The window shows its own pages only; a link elsewhere opens in the browser.
                .on_navigation(is_our_own)
                .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny)
                .build()?;
            #[cfg(target_os = "linux")]
            compose_without_gpu(&window, Path::new("/dev/dri"))?;
            window.on_window_event({
                let handle = tauri_app.handle().clone();
                move |event| on_window_event(&handle, event)
            });
            Ok(())
        })
        .run(tauri::generate_context!())?;
    Ok(())
}

/// Without a GPU, WebKitGTK composites through OpenGL in software all the same, which costs half of every frame
/// and much memory. Told not to, it paints straight into the window.
#[cfg(target_os = "linux")]
fn compose_without_gpu(window: &tauri::WebviewWindow, devices: &Path) -> tauri::Result<()> {
    use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};

    if has_render_node(devices) {
        return Ok(());
    }
    window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

/// Whether there is a GPU to draw with: the kernel gives each one a `renderD` device.
#[cfg(target_os = "linux")]
fn has_render_node(devices: &Path) -> bool {
    let is_node = |entry: std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with("renderD");
    std::fs::read_dir(devices).is_ok_and(|entries| entries.flatten().any(is_node))
}

fn on_window_event(handle: &tauri::AppHandle, event: &WindowEvent) {
    match event {
        // When the user comes back to the window, the machine may be in another network.
        WindowEvent::Focused(true) => handle.state::<App>().check_connections(),
        WindowEvent::Destroyed => handle.state::<App>().watch(Vec::new()),
        WindowEvent::CloseRequested { api, .. } if handle.state::<Hold>().asks(Instant::now()) => {
            match CloseAsked.emit(handle) {
                Ok(()) => api.prevent_close(),
                Err(error) => tracing::warn!(%error, "the window closes unasked"),
            }
        }
        _ => {}
    }
}

/// Whether a page is the app's: as it is bundled, or as `make dev` serves it.
fn is_our_own(url: &tauri::Url) -> bool {
    match url.scheme() {
        "tauri" => true,
        // What Windows calls the same.
        "http" | "https" if cfg!(windows) && url.host_str() == Some("tauri.localhost") => true,
        "http" => cfg!(debug_assertions) && url.host_str() == Some("localhost") && url.port() == Some(DEV_PORT),
        _ => false,
    }
}

/// Gathers changes for a moment, drops repetitions and tells the window.
async fn forward(mut receiver: mpsc::UnboundedReceiver<Change>, handle: tauri::AppHandle) {
    while let Some(first) = receiver.recv().await {
        let mut gathered = vec![first];
        tokio::time::sleep(GATHER).await;
        while let Ok(next) = receiver.try_recv() {
            gather(&mut gathered, next);
        }
        if let Err(error) = Changes(gathered).emit(&handle) {
            tracing::warn!(%error, "the window did not hear of a change");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> CommandLine {
        parse(std::iter::once("podium").chain(arguments.iter().copied()).map(OsString::from))
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_gpu_is_what_has_a_render_node() {
        let devices = tempfile::tempdir().unwrap();
        assert!(!has_render_node(&devices.path().join("absent")));
        // A screen without a GPU behind it, such as that of a virtual machine.
        std::fs::write(devices.path().join("card0"), "").unwrap();
        assert!(!has_render_node(devices.path()));
        std::fs::write(devices.path().join("renderD128"), "").unwrap();
        assert!(has_render_node(devices.path()));
    }

    #[test]
    fn one_target_is_taken_and_more_are_refused() {
        assert!(matches!(parsed(&[]), CommandLine::Open(None)));
        assert!(matches!(parsed(&["localhost:5000"]), CommandLine::Open(Some(target)) if target == "localhost:5000"));
        assert!(matches!(parsed(&["a", "b"]), CommandLine::Wrong(_)));
        assert!(matches!(parsed(&["--port"]), CommandLine::Wrong(_)));
        assert!(matches!(parsed(&["--version"]), CommandLine::Print(text) if text.starts_with("podium ")));
    }
}
