//! Artifacts for people: a run's tree, what a file is, a look at it, and a copy of it on disk.
//!
//! Everything here was written by other people, names included: a file is known by its bytes
//! and not by what it is called, only a head of it is read to show it, nothing in it is run or
//! unpacked, and a name becomes a path on this machine only through [`safe_file_name`] and its kin.

mod environment;
mod image;
mod json;
mod json_parts;
mod json_table;
mod language;
mod magic;
mod markdown;
mod ml_model;
mod model_files;
mod path;
mod preview;
mod read;
mod requirements;
mod save;
mod sniff;
mod table;
mod terminal;
mod text;
mod tree;
mod walk;

pub use environment::{RunEnvironment, environment};
pub use markdown::html as markdown_html;
pub use ml_model::{MlModel, ml_model};
pub use model_files::{ModelFiles, model_files, serving_example};
pub use path::safe_file_name;
pub use preview::{Look, LookAs, Preview, TextRead, image, preview};
pub use requirements::Package;
pub use save::{Progress, save, save_bytes, save_folder, save_with};
pub use tree::{Listing, ListingFailure, TreeEntry, list, list_folder};
pub use walk::{FileEntry, Files, files};
