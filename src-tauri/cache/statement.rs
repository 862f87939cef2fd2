//! SQL text and its bind parameters, put together side by side so that they cannot get out of step.

use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Sqlite, query::Query};

#[derive(Debug, Clone, PartialEq)]
pub enum Bind {
    Int(i64),
    Real(f64),
    Text(String),
}

/// Text goes in by [`Statement::push`] and is only ever written in this program or a number from
/// the database; everything a person or a server wrote goes in by [`Statement::bind`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Statement {
    pub sql: String,
    pub binds: Vec<Bind>,
}

impl Statement {
    pub fn new(sql: &str) -> Self {
        Self { sql: sql.to_owned(), binds: Vec::new() }
    }

    pub fn push(&mut self, sql: &str) -> &mut Self {
        self.sql.push_str(sql);
        self
    }

    pub fn int(&mut self, number: i64) -> &mut Self {
        self.sql.push_str(&number.to_string());
        self
    }

    pub fn bind(&mut self, value: Bind) -> &mut Self {
        self.sql.push('?');
        self.binds.push(value);
        self
    }

    pub fn append(&mut self, other: &Statement) -> &mut Self {
        self.sql.push_str(&other.sql);
        self.binds.extend(other.binds.iter().cloned());
        self
    }

    /// `1,2,3`, for `IN (…)`.
    pub fn ints(&mut self, numbers: &[i64]) -> &mut Self {
        for (position, number) in numbers.iter().enumerate() {
            if position > 0 {
                self.sql.push(',');
            }
            self.int(*number);
        }
        self
    }

    pub fn query(self) -> Query<'static, Sqlite, SqliteArguments> {
        let mut query = sqlx::query(AssertSqlSafe(self.sql));
        for bind in self.binds {
            query = match bind {
                Bind::Int(number) => query.bind(number),
                Bind::Real(number) => query.bind(number),
                Bind::Text(text) => query.bind(text),
            };
        }
        query
    }
}
