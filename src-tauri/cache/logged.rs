//! The tables of what runs logged, joined to the run row `r`: once per name, however often a
//! filter and a sort mention it.

/// Joined tables of one query. A run without the name has NULL in all of its columns.
#[derive(Debug, Clone, Default)]
pub(super) struct Logged {
    joined: Vec<(&'static str, i64)>,
}

impl Logged {
    /// SQLite joins 64 tables at most.
    pub const MOST: usize = 50;

    /// The alias of `table` (`metric`, `param` or `tag`) joined for the name with this id; `None`
    /// where there are too many already.
    pub fn alias(&mut self, table: &'static str, name: i64) -> Option<String> {
        let wanted = (table, name);
        let position = match self.joined.iter().position(|joined| *joined == wanted) {
            Some(position) => position,
            None if self.joined.len() >= Self::MOST => return None,
            None => {
                self.joined.push(wanted);
                self.joined.len() - 1
            }
        };
        Some(format!("l{position}"))
    }

    pub fn sql(&self) -> String {
        let joins = self.joined.iter().enumerate();
        joins.map(|(position, (table, name))| join(table, *name, position)).collect()
    }
}

fn join(table: &str, name: i64, position: usize) -> String {
    format!(" LEFT JOIN {table} l{position} ON l{position}.id = {} + r.id", first_id(name))
}

/// The id of a name's row for run 0; that of run `n` is `n` further on. See `migrations/cache-1.sql`.
pub(super) fn first_id(name: i64) -> i64 {
    name << 32
}
