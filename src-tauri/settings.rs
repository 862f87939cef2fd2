//! The small durable database: profiles, where one was, the promotion journal with its plans,
//! and what was seen beside it. Never the cache.
//!
//! What is in here exists nowhere else, so nothing is thrown away: a damaged file is moved aside
//! and kept. One file per table below.

mod colors;
mod copies;
mod directions;
mod journal;
mod move_plans;
mod profiles;
mod routes;
mod sealed;
mod sightings;
mod stage_moves;
mod values;

use std::path::{Path, PathBuf};

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::error::{AppError, Code, Result};
use crate::migrate::{Steps, migrate};
use crate::private_files;

const MIGRATIONS: Steps = &[
    "CREATE TABLE profile (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        address TEXT NOT NULL,
        position INTEGER NOT NULL
     ) STRICT;
     CREATE TABLE value (
        key TEXT PRIMARY KEY,
        json TEXT NOT NULL
     ) STRICT;
     CREATE TABLE journal (
        id TEXT PRIMARY KEY,
        profile_id TEXT NOT NULL,
        model TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        promotion TEXT NOT NULL
     ) STRICT;
     CREATE INDEX journal_by_model ON journal (profile_id, model, at_ms);",
    // How a server is reached. A sealed secret is worth nothing without its key in the keyring.
    "ALTER TABLE profile ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
     CREATE TABLE route (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        hops TEXT NOT NULL
     ) STRICT;
     CREATE TABLE sealed (
        slot TEXT PRIMARY KEY,
        value BLOB NOT NULL
     ) STRICT;",
    // The colour that a run was first shown with, as an index into the palette of the charts.
    "CREATE TABLE run_color (
        profile_id TEXT NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
        run_id TEXT NOT NULL,
        color INTEGER NOT NULL,
        PRIMARY KEY (profile_id, run_id)
     ) STRICT, WITHOUT ROWID;",
    // Which way a metric is better, where the user has said so.
    "CREATE TABLE direction (
        profile_id TEXT NOT NULL,
        metric TEXT NOT NULL,
        better TEXT NOT NULL,
        PRIMARY KEY (profile_id, metric)
     ) STRICT;",
    // It is forgotten with its profile. What was said of profiles that are gone by now is dropped.
    "ALTER TABLE direction RENAME TO direction_before;
     CREATE TABLE direction (
        profile_id TEXT NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
        metric TEXT NOT NULL,
        better TEXT NOT NULL,
        PRIMARY KEY (profile_id, metric)
     ) STRICT, WITHOUT ROWID;
     INSERT INTO direction SELECT * FROM direction_before WHERE profile_id IN (SELECT id FROM profile);
     DROP TABLE direction_before;",
    // Aliases that were seen to have moved. No server keeps that, so it exists nowhere else.
    "CREATE TABLE sighting (
        id INTEGER PRIMARY KEY,
        profile_id TEXT NOT NULL,
        model TEXT NOT NULL,
        alias TEXT NOT NULL,
        from_version TEXT,
        to_version TEXT,
        after_ms INTEGER NOT NULL,
        before_ms INTEGER NOT NULL
     ) STRICT;
     CREATE INDEX sighting_by_model ON sighting (profile_id, model, before_ms);",
    // Whether the user chose the colour: then no tag of the run says another.
    "ALTER TABLE run_color ADD COLUMN chosen INTEGER NOT NULL DEFAULT 0;",
    // Several moves that belong together, with what has become of each.
    "CREATE TABLE move_plan (
        id TEXT PRIMARY KEY,
        profile_id TEXT NOT NULL,
        model TEXT NOT NULL,
        unfinished INTEGER NOT NULL,
        at_ms INTEGER NOT NULL,
        plan TEXT NOT NULL
     ) STRICT;",
    // Stages that were set from here: the journal of those who use them in place of aliases.
    "CREATE TABLE stage_move (
        id TEXT PRIMARY KEY,
        profile_id TEXT NOT NULL,
        model TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        made TEXT NOT NULL
     ) STRICT;
     CREATE INDEX stage_move_by_model ON stage_move (profile_id, model, at_ms);",
    // Copies of versions between servers, until they are done or given up.
    "CREATE TABLE copy (
        id TEXT PRIMARY KEY,
        started_at_ms INTEGER NOT NULL,
        state TEXT NOT NULL
     ) STRICT;",
];

#[derive(Clone)]
pub struct Settings {
    pool: SqlitePool,
    path: PathBuf,
}

impl Settings {
    /// Opens or makes `settings.db` in `folder`. The second value is a sentence for the user if
    /// a damaged file had to be moved aside.
    pub async fn open(folder: &Path) -> Result<(Self, Option<String>)> {
        let path = folder.join("settings.db");
        match Self::open_file(&path).await {
            Ok(settings) => Ok((settings, None)),
            Err(error) if is_damage(&error) => {
                let aside = free_name_beside(&path);
                std::fs::rename(&path, &aside).map_err(|error| failed(&path, &sqlx::Error::Io(error)))?;
                let settings = Self::open_file(&path).await.map_err(|error| failed(&path, &error))?;
                let word = format!(
                    "The settings file was damaged. It is kept as {} and Podium starts with new settings.",
                    aside.display()
                );
                Ok((settings, Some(word)))
            }
            Err(error) => Err(failed(&path, &error)),
        }
    }

    async fn open_file(path: &Path) -> std::result::Result<Self, sqlx::Error> {
        // SQLite gives its journals the rights of their database.
        private_files::make_file(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A promotion that was recorded must survive a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        migrate(&pool, MIGRATIONS).await?;
        Ok(Self { pool, path: path.to_owned() })
    }

    fn failed(&self, error: &sqlx::Error) -> AppError {
        failed(&self.path, error)
    }
}

fn is_damage(error: &sqlx::Error) -> bool {
    const SQLITE_CORRUPT: &str = "11";
    const SQLITE_NOTADB: &str = "26";
    let code = error.as_database_error().and_then(|error| error.code().map(|code| code.into_owned()));
    matches!(code.as_deref(), Some(SQLITE_CORRUPT | SQLITE_NOTADB))
}

fn failed(path: &Path, error: &sqlx::Error) -> AppError {
    const SQLITE_FULL: &str = "13";
    let code = error.as_database_error().and_then(|error| error.code().map(|code| code.into_owned()));
    match code.as_deref() {
        Some(SQLITE_FULL) => AppError::new(
            Code::DiskFull,
            format!("No space left on the disk of {}. Nothing was saved.", path.display()),
        ),
        _ => AppError::new(Code::Io, format!("The settings in {} cannot be used: {error}", path.display())),
    }
}

fn free_name_beside(path: &Path) -> PathBuf {
    (1..)
        .map(|number| path.with_extension(format!("damaged-{number}.db")))
        .find(|candidate| !candidate.exists())
        .unwrap_or_else(|| path.with_extension("damaged.db"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::direction::{DirectionChoice, Directions};

    #[tokio::test]
    async fn what_was_said_of_metrics_stays_with_a_newer_schema_and_goes_for_profiles_that_are_gone() {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new().filename(folder.path().join("settings.db")).create_if_missing(true);
        let pool = SqlitePool::connect_with(options).await.unwrap();
        for step in &MIGRATIONS[..4] {
            sqlx::raw_sql(*step).execute(&pool).await.unwrap();
        }
        let rows =
            "INSERT INTO profile (id, name, kind, address, position) VALUES ('kept', 'a', 'server', 'http://h', 1);
             INSERT INTO direction VALUES ('kept', 'loss', 'higher'), ('gone', 'loss', 'higher');
             PRAGMA user_version = 4";
        sqlx::raw_sql(rows).execute(&pool).await.unwrap();
        pool.close().await;
        let (settings, word) = Settings::open(folder.path()).await.unwrap();
        assert_eq!(word, None);
        let kept = Directions([("loss".to_owned(), DirectionChoice::Higher)].into());
        assert_eq!(settings.directions("kept").await.unwrap(), kept);
        assert_eq!(settings.directions("gone").await.unwrap(), Directions::default());
    }

    #[tokio::test]
    async fn a_damaged_file_is_kept_aside_and_new_settings_begin() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("settings.db"), b"this is not a database, not at all").unwrap();
        let (settings, word) = Settings::open(folder.path()).await.unwrap();
        assert!(word.unwrap().contains("settings.damaged-1.db"));
        assert_eq!(
            std::fs::read(folder.path().join("settings.damaged-1.db")).unwrap(),
            b"this is not a database, not at all"
        );
        assert!(settings.profiles().await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn opening_twice_keeps_what_was_saved() {
        let folder = tempfile::tempdir().unwrap();
        let (settings, _) = Settings::open(folder.path()).await.unwrap();
        settings.set_value("place", "{\"a\":1}").await.unwrap();
        drop(settings);
        let (settings, word) = Settings::open(folder.path()).await.unwrap();
        assert_eq!(word, None);
        assert_eq!(settings.value("place").await.unwrap().as_deref(), Some("{\"a\":1}"));
    }
}
