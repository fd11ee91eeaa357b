//! A statement outside of a transaction. What became of it, when nobody was left to write it down, the catalogs tell.

use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::sql::{Record, run_statement};
use super::{Failure, FailureKind, OnEvent, Run, journal, transaction};

/// Runs an autocommit step: in a transaction with its journal row where Postgres lets it, else outside of one. `begun`
/// says that an earlier run began it and did not come to its end.
pub(super) async fn step(
    conn: &mut PgConnection,
    run: &Run<'_>,
    index: usize,
    begun: bool,
    on_event: &mut OnEvent<'_>,
) -> Result<(), Failure> {
    if !begun {
        match transaction::step(conn, run, index, on_event).await {
            Err(failure) if failure.needs_no_transaction() => {}
            result => return result,
        }
    }
    let sql = run.steps[index].statements.first().map_or("", |statement| statement.sql.as_str());
    let own = |cause: sqlx::Error| Failure::of(run, index, None, &cause);
    journal::start(run, index).execute(conn).await.map_err(own)?;
    let statement = Concurrent::read(sql);
    if !(begun && is_done(conn, run, index, statement.as_ref()).await?) {
        drop_invalid(conn, run, index, statement.as_ref()).await?;
        outside(conn, run, index, sql, statement.as_ref()).await?;
    }
    transaction::note(conn, run, index).await
}

async fn outside(
    conn: &mut PgConnection,
    run: &Run<'_>,
    index: usize,
    sql: &str,
    statement: Option<&Concurrent>,
) -> Result<(), Failure> {
    transaction::go_on(run, index)?;
    let settings = Record::new(include_str!("sql/settings_alone.sql"), &[]);
    settings.execute(conn).await.map_err(|cause| Failure::of(run, index, None, &cause))?;
    run.stop.set_busy(true);
    let result = run_statement(conn, sql).await;
    run.stop.set_busy(false);
    if let Err(cause) = result {
        let failure = Failure::of(run, index, Some(sql), &cause);
        // The database is to be as before. Where this fails too, the next run does it.
        let cleaned = drop_invalid(conn, run, index, statement).await;
        if cleaned.is_ok() && failure.kind != FailureKind::Lost {
            let _ = journal::unstart(run, index).execute(conn).await;
        }
        return Err(failure);
    }
    transaction::reset(conn, run, index).await?;
    match validity(conn, run, index, statement).await? {
        Some(false) if statement.is_some_and(|statement| statement.creates) => Err(Failure {
            statement: Some(sql.to_owned()),
            ..Failure::new(run, index, FailureKind::Refused, "the index was built and is not valid")
        }),
        Some(_) | None => Ok(()),
    }
}

/// Whether a statement that was begun reached its end: the index is there and valid, or no longer there. Any other
/// statement is run again.
async fn is_done(
    conn: &mut PgConnection,
    run: &Run<'_>,
    index: usize,
    statement: Option<&Concurrent>,
) -> Result<bool, Failure> {
    let Some(statement) = statement else { return Ok(false) };
    let validity = validity(conn, run, index, Some(statement)).await?;
    Ok(if statement.creates { validity == Some(true) } else { validity.is_none() })
}

async fn validity(
    conn: &mut PgConnection,
    run: &Run<'_>,
    index: usize,
    statement: Option<&Concurrent>,
) -> Result<Option<bool>, Failure> {
    let Some(statement) = statement else { return Ok(None) };
    let failed = |cause: sqlx::Error| Failure::of(run, index, None, &cause);
    let rows = statement.record(include_str!("sql/index_validity.sql")).fetch(conn).await.map_err(failed)?;
    rows.first().map(|row| row.try_get(0)).transpose().map_err(failed)
}

/// Drops what a failed CREATE INDEX CONCURRENTLY left behind: IF NOT EXISTS would take it for the index.
async fn drop_invalid(
    conn: &mut PgConnection,
    run: &Run<'_>,
    index: usize,
    statement: Option<&Concurrent>,
) -> Result<(), Failure> {
    let Some(statement) = statement.filter(|statement| statement.creates) else { return Ok(()) };
    let failed = |cause: sqlx::Error| Failure::of(run, index, None, &cause);
    let rows = statement.record(include_str!("sql/drop_index.sql")).fetch(conn).await.map_err(failed)?;
    for row in rows {
        let sql: String = row.try_get(0).map_err(failed)?;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *conn).await.map_err(failed)?;
    }
    Ok(())
}

/// `CREATE INDEX CONCURRENTLY name ON table` or `DROP INDEX CONCURRENTLY name`.
#[derive(Debug, PartialEq, Eq)]
struct Concurrent {
    creates: bool,
    /// The index's own name.
    index: String,
    /// The table as the statement names it, or the index where that has a namespace; empty else.
    beside: String,
}

impl Concurrent {
    fn read(sql: &str) -> Option<Self> {
        let names = names(sql);
        let words: Vec<String> = names.iter().map(|name| name.keyword()).collect();
        let mut words = words.iter().map(String::as_str).peekable();
        let mut at = 0;
        let mut next = |expected: &str| {
            let found = words.next_if_eq(&expected).is_some();
            at += usize::from(found);
            found
        };
        let creates = next("CREATE");
        if !creates && !next("DROP") {
            return None;
        }
        next("UNIQUE");
        if !(next("INDEX") && next("CONCURRENTLY")) {
            return None;
        }
        let _ = next("IF") && (next("NOT") && next("EXISTS") || next("EXISTS"));
        let index = names.get(at).filter(|name| name.keyword() != "ON")?;
        let table = names[at + 1..].iter().skip_while(|name| name.keyword() != "ON").skip(1);
        let table = table.clone().find(|name| name.keyword() != "ONLY");
        let beside = if creates { table.map(|table| table.text.clone()) } else { None };
        Some(Self { creates, index: index.own_name(), beside: beside.unwrap_or_else(|| index.text.clone()) })
    }

    fn record(&self, sql: &'static str) -> Record {
        Record::new(sql, &[("index", &self.index), ("table", &self.beside)])
    }
}

/// A word or a name with its namespace, as the statement writes it.
#[derive(Debug, PartialEq, Eq)]
struct Name {
    text: String,
}

impl Name {
    /// In capitals when it may be a keyword; a quoted name never is.
    fn keyword(&self) -> String {
        if self.text.contains('"') { String::new() } else { self.text.to_ascii_uppercase() }
    }

    /// The last part, as the catalogs hold it.
    fn own_name(&self) -> String {
        match self.text.strip_suffix('"') {
            Some(quoted) => {
                let start = quoted.match_indices('"').map(|(at, _)| at).rfind(|at| begins_quote(quoted, *at));
                quoted[start.map_or(0, |at| at + 1)..].replace("\"\"", "\"")
            }
            None => self.text.rsplit('.').next().unwrap_or_default().to_lowercase(),
        }
    }
}

/// Whether a quote opens a part of a name: it stands first, or behind the point after another part.
fn begins_quote(text: &str, at: usize) -> bool {
    at == 0 || text[..at].ends_with('.') && text[..at - 1].matches('"').count().is_multiple_of(2)
}

/// The first words and names of a statement; enough of them to know what it makes.
fn names(sql: &str) -> Vec<Name> {
    let mut names = Vec::new();
    let mut text = String::new();
    let mut quoted = false;
    for c in sql.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                text.push(c);
            }
            c if quoted || c.is_alphanumeric() || "_$.".contains(c) => text.push(c),
            _ => {
                if !text.is_empty() {
                    names.push(Name { text: std::mem::take(&mut text) });
                }
                if c == '(' || names.len() > 12 {
                    break;
                }
            }
        }
    }
    if !text.is_empty() {
        names.push(Name { text });
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_that_are_built_concurrently_are_known() {
        for (sql, creates, index, beside) in [
            ("CREATE INDEX CONCURRENTLY Idx ON users (id)", true, "idx", "users"),
            (
                "create unique index concurrently if not exists \"My idx\" on only app.\"U s\" using gin (x)",
                true,
                "My idx",
                "app.\"U s\"",
            ),
            ("DROP INDEX CONCURRENTLY IF EXISTS app.\"a.\"\"b\"", false, "a.\"b", "app.\"a.\"\"b\""),
            ("CREATE INDEX CONCURRENTLY \"idx-users-bio\" ON \"users\" (\"bio\")", true, "idx-users-bio", "\"users\""),
        ] {
            let expected = Concurrent { creates, index: index.to_owned(), beside: beside.to_owned() };
            assert_eq!(Concurrent::read(sql), Some(expected), "{sql}");
        }
        for sql in ["CREATE INDEX i ON t (a)", "CREATE INDEX CONCURRENTLY ON t (a)", "VACUUM", "DROP TABLE t"] {
            assert_eq!(Concurrent::read(sql), None, "{sql}");
        }
    }
}
