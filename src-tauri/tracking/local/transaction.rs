//! A transaction on a connection of the pool, which gives the connection back only if it ended as
//! it should. sqlx's own transaction does not survive a full disk: SQLite then ends the
//! transaction by itself, the rollback that follows fails, and the connection is never usable again.

use std::ops::{Deref, DerefMut};

use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use sqlx::{Executor, Sqlite};

/// Dropped without [`Transaction::commit`] or [`Transaction::end`], it closes the connection and
/// so takes back everything.
pub struct Transaction {
    connection: PoolConnection<Sqlite>,
    ended: bool,
}

impl Transaction {
    /// Starts with one of SQLite's `BEGIN` statements.
    pub async fn begin(pool: &SqlitePool, statement: &'static str) -> sqlx::Result<Self> {
        let mut transaction = Self { connection: pool.acquire().await?, ended: false };
        transaction.execute(statement).await?;
        Ok(transaction)
    }

    pub async fn commit(mut self) -> sqlx::Result<()> {
        (&mut *self).execute("COMMIT").await?;
        self.ended = true;
        Ok(())
    }

    /// Ends a transaction that only read.
    pub async fn end(mut self) -> sqlx::Result<()> {
        (&mut *self).execute("ROLLBACK").await?;
        self.ended = true;
        Ok(())
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if !self.ended {
            self.connection.close_on_drop();
        }
    }
}

impl Deref for Transaction {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}
