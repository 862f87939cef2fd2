//! ssh_config files and the names that they are asked for: nothing panics or takes long, every place is a line that is
//! there, what is given wins, and names that a shell could misread never come back.
//!
//! Input: a line with the name, then the file; behind a line `#>` a second file, which is included as `{dir}/more`.

#![no_main]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

use ssh_config::config::{ConfigFiles, LookedUp, Resolved, Source, aliases, look_up, resolve, shown, suggestions};
use ssh_config::{Hop, Place};

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/fuzz/files/ssh_config");
    fs::create_dir_all(folder.join("home/.ssh")).expect("a folder");
    folder.canonicalize().expect("a folder")
});

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (host, file) = text.split_once('\n').unwrap_or((&text, ""));
    let (file, more) = file.split_once("\n#>\n").unwrap_or((file, ""));
    let mut lines = 0;
    for (name, contents) in [("config", file), ("more", more)] {
        let contents: Vec<String> = contents.split('\n').map(kept_inside).collect();
        lines = lines.max(contents.len());
        fs::write(FOLDER.join(name), contents.join("\n")).expect("a file");
    }
    let files = ConfigFiles::at(Some(FOLDER.join("config")), None, FOLDER.join("home"));
    let is_place = |place: &Place| place.line >= 1 && place.line <= lines && place.file.starts_with(&*FOLDER);

    let hop = Hop { host: host.to_owned(), use_config: true, ..Hop::default() };
    let resolved = resolve(&files, &hop);
    assert_eq!(resolved, resolve(&files, &hop));
    match &resolved {
        Ok(resolved) => {
            assert!(!resolved.alias.is_empty() && !resolved.alias.starts_with('-'));
            assert!(resolved.proxy_jump.is_empty() || resolved.proxy_command.is_none());
            assert!(resolved.problems.iter().all(|(place, words)| is_place(place) && !words.is_empty()));
            match look_up(&files, &hop) {
                Ok(LookedUp::Resolved(looked_up)) => assert_eq!(*looked_up, *resolved),
                Ok(LookedUp::NeedsSshG(ssh)) => assert!(!resolved.problems.is_empty() && is_place(ssh.place())),
                Err(error) => panic!("{error}"),
            }
            assert!(resolved.problems.len() < 1000 && resolved.identity_files.len() <= 100);
            assert!(sources(resolved).all(|source| !matches!(source, Source::File(place) if !is_place(place))));
            assert!(shown(resolved).len() >= 4);
            // What is given wins, whatever the files say; only the blocks of a Match may then be others.
            let given = Hop { port: Some(7), user: Some("given".to_owned()), agent: Some("none".to_owned()), ..hop };
            if let Ok(given) = resolve(&files, &given) {
                assert_eq!((given.port.value, given.user.value.as_str()), (7, "given"));
                assert!(given.port.source == Source::Given && given.agent.source == Source::Given);
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let names = aliases(&files);
    for alias in &names {
        assert!(is_place(&alias.place) && !alias.name.contains(['*', '?']) && !alias.name.starts_with('!'));
    }
    for forward in suggestions(&files) {
        assert!(is_place(&forward.place) && names.iter().any(|alias| alias.name == forward.alias));
        assert!(forward.address.starts_with("http") && !forward.words().is_empty());
        assert!(forward.socket_path().is_none() || forward.address == "http://localhost");
    }
});

/// A line that includes nothing from outside of the folder: there are files whose reading never ends.
fn kept_inside(line: &str) -> String {
    if !line.to_ascii_lowercase().contains("nclude") {
        return line.to_owned();
    }
    let parts: Vec<String> = line.split("{dir}").map(|part| part.replace(['/', '~', '$', '%'], "")).collect();
    parts.join(&format!("{}/", FOLDER.display()))
}

fn sources(resolved: &Resolved) -> impl Iterator<Item = &Source> {
    let Resolved { host_name, port, user, agent, strict_host_key_checking, .. } = resolved;
    let files = resolved.identity_files.iter().chain(&resolved.certificate_files).map(|file| &file.source);
    let jumps = resolved.proxy_jump.iter().map(|jump| &jump.source);
    let one = [&host_name.source, &port.source, &user.source, &agent.source, &strict_host_key_checking.source];
    one.into_iter().chain(files).chain(jumps).chain(resolved.proxy_command.iter().map(|command| &command.source))
}
