//! Puts every app command under Tauri's access control, so that no other origin can call one.
//!
//! The commands are read from `commands/`, so that there is no second list to keep.

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=src-tauri/commands");
    if let Err(error) = build() {
        println!("cargo::error={error}");
    }
}

fn build() -> Result<(), Box<dyn std::error::Error>> {
    let commands = commands_in(Path::new("src-tauri/commands"))?;
    let out_dir = std::env::var("OUT_DIR")?;
    let capabilities = Path::new(&out_dir).join("capabilities");
    std::fs::create_dir_all(&capabilities)?;
    std::fs::write(capabilities.join("main.json"), capability(&commands))?;
    let pattern: &'static str = format!("{}/*.json", capabilities.display()).leak();
    let names: &'static [&'static str] =
        commands.into_iter().map(|name| &*name.leak()).collect::<Vec<&'static str>>().leak();
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern(pattern)
        .app_manifest(tauri_build::AppManifest::new().commands(names));
    tauri_build::try_build(attributes).map_err(|error| format!("{error:#}").into())
}

/// The names of the functions marked `#[tauri::command]`.
fn commands_in(folder: &Path) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let text = std::fs::read_to_string(entry?.path())?;
        for after in text.split("#[tauri::command]").skip(1) {
            let name = after.split("pub async fn ").nth(1).and_then(|rest| rest.split(['(', '<']).next());
            names.push(name.ok_or("a command that is not `pub async fn`")?.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// The one capability: the main window may call our commands and hear our events, nothing else.
fn capability(commands: &[String]) -> String {
    let ours = commands.iter().map(|name| format!("\"allow-{}\"", name.replace('_', "-")));
    let tauris = ["core:event:allow-listen", "core:event:allow-unlisten"].map(|name| format!("\"{name}\""));
    let permissions: Vec<String> = ours.chain(tauris).collect();
    format!(
        r#"{{ "identifier": "main", "description": "What the window may ask", "windows": ["main"], "permissions": [{}] }}"#,
        permissions.join(", ")
    )
}
