//! The names that an ssh_config gives to hosts.

use std::collections::HashSet;
use std::path::Path;
use std::rc::Rc;

use crate::Place;
use crate::config::ConfigFiles;
use crate::config::files::Loader;
use crate::config::include::included;
use crate::config::keyword::{self, Kind};
use crate::config::pattern::{is_concrete, matches_host};
use crate::config::tokens::{Local, Tokens};

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
    listed(files, &mut Loader::new()).found
}

/// The names, and which of them can have a LocalForward at all.
pub(super) struct Listed {
    pub found: Vec<Alias>,
    /// The patterns of each Host block with a LocalForward.
    forwarding: Vec<Rc<Vec<String>>>,
    /// A Match has one.
    any: bool,
}

impl Listed {
    pub fn may_forward(&self, name: &str) -> bool {
        self.any || self.forwarding.iter().any(|patterns| matches_host(name, patterns))
    }
}

pub(super) fn listed(files: &ConfigFiles, loader: &mut Loader) -> Listed {
    let local = Local::with_home(&files.home);
    let mut lister = Lister {
        files,
        loader,
        local: &local,
        found: Vec::new(),
        names: HashSet::new(),
        block: Some(Rc::default()),
        forwarding: Vec::new(),
        any: false,
    };
    if let Some(user) = &files.user {
        lister.list(user, true, 0);
    }
    if let Some(system) = &files.system {
        lister.list(system, false, 0);
    }
    let Lister { found, forwarding, any, .. } = lister;
    Listed { found, forwarding, any }
}

struct Lister<'a> {
    files: &'a ConfigFiles,
    loader: &'a mut Loader,
    local: &'a Local,
    found: Vec<Alias>,
    names: HashSet<String>,
    /// The patterns of the block that is being read: none before the first, None in a Match.
    block: Option<Rc<Vec<String>>>,
    forwarding: Vec<Rc<Vec<String>>>,
    any: bool,
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
                    self.block = Some(Rc::new(patterns.to_vec()));
                    block = self.found.len();
                    for name in patterns.iter().filter(|pattern| is_concrete(pattern)) {
                        if self.found.len() < MOST_ALIASES && self.names.insert(name.clone()) {
                            let place = Place::new(file, line.number);
                            self.found.push(Alias { name: name.clone(), place, host_name: None, user: None });
                        }
                    }
                }
                (Kind::Match, _) => {
                    self.block = None;
                    block = self.found.len();
                }
                (Kind::Forward, _) => match &self.block {
                    Some(patterns) if self.forwarding.last().is_some_and(|last| Rc::ptr_eq(last, patterns)) => {}
                    Some(patterns) => self.forwarding.push(Rc::clone(patterns)),
                    None => self.any = true,
                },
                (Kind::Include, patterns) => {
                    let (listed, of_block) = (self.found.len(), self.block.clone());
                    for pattern in patterns {
                        let tokens = Tokens { local: Some(self.local), ..Tokens::default() };
                        let found = included(self.files, pattern, of_user, &tokens, &mut self.loader.names_left);
                        // As deep as ssh goes, and no deeper than a stack.
                        if depth < 16 {
                            for file in found.unwrap_or_default() {
                                self.list(&file, of_user, depth + 1);
                                self.block.clone_from(&of_block);
                            }
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
