//! How far a long statement is, asked over the lock's connection.

use sqlx::{PgConnection, Row};

use crate::execute::Record;

/// What Postgres counts of a statement that is at work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What it makes: `index, concurrently`, `table`, `statistics`, `vacuum`, `copy`.
    pub what: String,
    /// Postgres' word for the phase.
    pub phase: String,
    /// Units done: blocks, rows, bytes or sessions, as the phase has them.
    pub done: u64,
    /// Units in all; 0 where that is not known.
    pub total: u64,
}

/// What the server says; nothing where it counts nothing or cannot be asked.
pub(super) async fn read(conn: &mut PgConnection, pid: i32, major: u32) -> Option<Progress> {
    let pid = pid.to_string();
    let all = [(13, include_str!("sql/progress.sql")), (14, include_str!("sql/progress_copy.sql"))];
    for (_, sql) in all.into_iter().filter(|(since, _)| major >= *since) {
        let rows = Record::new(sql, &[("pid", &pid)]).fetch(conn).await.ok()?;
        if let Some(row) = rows.first() {
            let number = |name: &str| row.try_get(name).map_or(0, |n: i64| n.unsigned_abs());
            return Some(Progress {
                what: row.try_get("what").ok()?,
                phase: row.try_get("phase").ok()?,
                done: number("done"),
                total: number("total"),
            });
        }
    }
    None
}
