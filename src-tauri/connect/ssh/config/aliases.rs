//! The names that an ssh_config gives to hosts.

use std::collections::HashSet;
use std::path::Path;

use crate::connect::ssh::config::ConfigFiles;
use crate::connect::ssh::config::files::Loader;
use crate::connect::ssh::config::keyword::{self, Kind};
use crate::connect::ssh::config::pattern::is_concrete;
use crate::connect::ssh::config::read::included;
use crate::connect::ssh::config::tokens::{Local, Tokens};
use crate::connect::ssh::place::Place;

const MOST_ALIASES: usize = 4096;

/// A `Host` pattern without wildcards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    pub name: String,
    /// The `Host` line.
    pub place: Place,
    /// What the block itself says, as it is written.
    pub host_name: Option<String>,
    pub user: Option<String>,
}

/// In the order of the files with what they include, each name once. Files that cannot be read are left out: to
/// resolve one of the names tells why.
pub fn aliases(files: &ConfigFiles) -> Vec<Alias> {
    listed(files, &mut Loader::new())
}

pub(super) fn listed(files: &ConfigFiles, loader: &mut Loader) -> Vec<Alias> {
    let local = Local::with_home(&files.home);
    let mut lister = Lister { files, loader, local: &local, found: Vec::new(), names: HashSet::new() };
    if let Some(user) = &files.user {
        lister.list(user, true, 0);
    }
    if let Some(system) = &files.system {
        lister.list(system, false, 0);
    }
    lister.found
}

struct Lister<'a> {
    files: &'a ConfigFiles,
    loader: &'a mut Loader,
    local: &'a Local,
    found: Vec<Alias>,
    names: HashSet<String>,
}

impl Lister<'_> {
    fn list(&mut self, file: &Path, of_user: bool, depth: usize) {
        let check = depth > 0 || (of_user && !self.files.user_is_named);
        let Ok(Some(lines)) = self.loader.load(file, check) else { return };
        // Those of the block that is being read begin here.
        let mut block = self.found.len();
        for line in lines.iter() {
            let (Some((_, kind)), Some(arguments)) = (keyword::find(&line.keyword), &line.arguments) else { continue };
            match (kind, arguments.as_slice()) {
                (Kind::Host, patterns) => {
                    block = self.found.len();
                    for name in patterns.iter().filter(|pattern| is_concrete(pattern)) {
                        if self.found.len() < MOST_ALIASES && self.names.insert(name.clone()) {
                            let place = Place::new(file, line.number);
                            self.found.push(Alias { name: name.clone(), place, host_name: None, user: None });
                        }
                    }
                }
                (Kind::Match, _) => block = self.found.len(),
                (Kind::Include, patterns) => {
                    let listed = self.found.len();
                    for pattern in patterns {
                        let tokens = Tokens { local: Some(self.local), ..Tokens::default() };
                        let found = included(self.files, pattern, of_user, &tokens, &mut self.loader.names_left);
                        // As deep as ssh goes, and no deeper than a stack.
                        if depth < 16 {
                            found.unwrap_or_default().iter().for_each(|file| self.list(file, of_user, depth + 1));
                        }
                    }
                    // What follows belongs to the block before the Include, whose names are no longer the last.
                    if self.found.len() > listed {
                        block = self.found.len();
                    }
                }
                (Kind::Text, [value]) => {
                    for alias in &mut self.found[block..] {
                        let field = match line.keyword.as_str() {
                            "hostname" => &mut alias.host_name,
                            "user" => &mut alias.user,
                            _ => continue,
                        };
                        field.get_or_insert_with(|| value.clone());
                    }
                }
                _ => {}
            }
        }
    }
}
