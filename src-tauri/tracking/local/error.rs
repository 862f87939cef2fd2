//! What SQLite and the file system answer, in the words of [`StoreError`].

use std::io;
use std::path::Path;

use crate::tracking::StoreError;

// Primary result codes, https://www.sqlite.org/rescode.html.
const SQLITE_ERROR: i32 = 1;
const SQLITE_BUSY: i32 = 5;
const SQLITE_LOCKED: i32 = 6;
const SQLITE_READONLY: i32 = 8;
const SQLITE_CORRUPT: i32 = 11;
const SQLITE_FULL: i32 = 13;
const SQLITE_CANTOPEN: i32 = 14;
const SQLITE_NOTADB: i32 = 26;

/// What went wrong with the database at `path`.
pub fn from_sqlx(path: &Path, error: sqlx::Error) -> StoreError {
    let path = path.to_owned();
    match error {
        sqlx::Error::Database(error) => {
            let reason = error.message().to_owned();
            let code = error.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or(SQLITE_ERROR);
            // The low byte of an extended result code is the primary one.
            match code & 0xff {
                SQLITE_BUSY | SQLITE_LOCKED => StoreError::DatabaseLocked { path },
                SQLITE_READONLY => StoreError::ReadOnly { path, reason },
                SQLITE_CORRUPT => StoreError::DatabaseCorrupt { path, reason },
                SQLITE_FULL => StoreError::DiskFull { path },
                SQLITE_NOTADB => StoreError::NotMlflowDatabase { path, reason: "it is not a SQLite database".into() },
                SQLITE_CANTOPEN if !path.exists() => StoreError::NoSuchFile { path },
                SQLITE_CANTOPEN => StoreError::Io { path, reason: format!("SQLite cannot open it ({reason})") },
                SQLITE_ERROR if reason.starts_with("no such") => StoreError::NotMlflowDatabase {
                    path,
                    reason: format!("its tables changed after it was opened ({reason}); open it again"),
                },
                _ => StoreError::Io { path, reason },
            }
        }
        // No connection became free: all of them wait for the same lock.
        sqlx::Error::PoolTimedOut => StoreError::DatabaseLocked { path },
        sqlx::Error::PoolClosed => StoreError::Io { path, reason: "it has been closed".into() },
        sqlx::Error::Io(error) => from_io(&path, &error),
        other => StoreError::Io { path, reason: other.to_string() },
    }
}

/// What went wrong with the file or folder at `path`.
pub fn from_io(path: &Path, error: &io::Error) -> StoreError {
    let path = path.to_owned();
    match error.kind() {
        io::ErrorKind::NotFound => StoreError::NoSuchFile { path },
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::DiskFull { path },
        io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly { path, reason: error.to_string() },
        _ => StoreError::Io { path, reason: error.to_string() },
    }
}
