//! Who carries a plan out: one process at a time, and of it one task. The system lets go of the lock when the process ends,
//! however it ends.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{AppError, Code, Result};

/// As long as it is there, nobody else has it.
pub(super) struct Hold {
    path: PathBuf,
    _file: File,
}

/// The hold of a plan; none while somebody else has it.
pub(super) async fn hold(data_dir: &Path, plan_id: &str) -> Result<Option<Hold>> {
    let path = path(data_dir, plan_id);
    // Who only looks whether somebody has it has it for a moment.
    for _ in 0..20 {
        let file = File::create(&path).map_err(|error| failed(&path, &error))?;
        match file.try_lock() {
            Ok(()) => return Ok(Some(Hold { path, _file: file })),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(Duration::from_millis(10)).await,
            Err(TryLockError::Error(error)) => return Err(failed(&path, &error)),
        }
    }
    Ok(None)
}

/// Whether somebody carries the plan out at this moment.
pub(super) fn is_held(data_dir: &Path, plan_id: &str) -> bool {
    let file = File::open(path(data_dir, plan_id));
    file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

impl Drop for Hold {
    fn drop(&mut self) {
        // One that stays is empty and in nobody's way.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn path(data_dir: &Path, plan_id: &str) -> PathBuf {
    data_dir.join(format!("plan-{plan_id}.lock"))
}

fn failed(path: &Path, error: &std::io::Error) -> AppError {
    AppError::new(Code::Io, format!("{} cannot be used: {error}. Nothing was moved.", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_plan_is_carried_out_by_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_held(folder.path(), "1"));
        let first = hold(folder.path(), "1").await.unwrap();
        assert!(first.is_some() && is_held(folder.path(), "1"));
        assert!(hold(folder.path(), "1").await.unwrap().is_none());
        assert!(hold(folder.path(), "2").await.unwrap().is_some(), "another plan");
        drop(first);
        assert!(!is_held(folder.path(), "1"));
        assert!(hold(folder.path(), "1").await.unwrap().is_some());
    }
}
