//! Files and folders that only their user may read.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::path::Path;

/// Makes an empty file, or takes from all others the rights to one that is there.
pub fn make_file(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    drop(file);
    Ok(())
}

/// Makes a folder and those above it that are missing; one that is there keeps its rights.
pub fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn only_the_user_may_read_what_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let (below, file) = (folder.path().join("a/b"), folder.path().join("a/b/file"));
        make_folder(&below).unwrap();
        std::fs::write(&file, b"kept").unwrap();
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
        make_file(&file).unwrap();
        make_file(&below.join("new")).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!([mode(&below), mode(&file), mode(&below.join("new"))], [0o700, 0o600, 0o600]);
        assert_eq!(std::fs::read(&file).unwrap(), b"kept");
    }
}
