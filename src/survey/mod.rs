//! Looks at the rows of a live database: which expectations of a plan they meet. Reads only, each in a transaction of
//! its own under a timeout.

mod values;

use serde::Serialize;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

use crate::error::{Error, Kind, Result};
use crate::expectation::{Expectation, Probe, Query};
use crate::reflect::prepare_session;

/// How long each question may take, in seconds.
pub const SURVEY_SECONDS: u32 = 5;

/// How many examples are shown.
const EXAMPLES: usize = 3;

/// What the rows say of one expectation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "answer")]
pub enum Answer {
    /// It holds.
    Holds,
    /// It does not.
    Violated(Violation),
    /// There was no end to it in the time that it had; whether something is in the way is not known.
    Unfinished,
    /// The operations make first what it speaks of.
    Later,
    /// Postgres does not answer, and says why.
    Unknown {
        /// Postgres' message.
        message: String,
    },
}

/// What is in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// How many rows, or how many keys that stand in several. `None` where counting took too long.
    pub count: Option<i64>,
    /// Up to three of the keys; values of other columns are never read.
    pub examples: Vec<String>,
    /// Whether there are more of them.
    pub more: bool,
    /// A SELECT that finds them; of values that do not become another type, the first three rows.
    pub find: String,
}

/// Asks for each expectation, in the order of `expectations`. `before_each` is told what is asked next.
///
/// # Errors
/// [`Kind::Error`] when the connection is lost.
pub async fn survey(
    conn: &mut PgConnection,
    expectations: &[Vec<Expectation>],
    default_namespace: &str,
    before_each: &mut dyn FnMut(&Expectation),
) -> Result<Vec<Vec<Answer>>> {
    prepare_session(conn, default_namespace).await?;
    let mut answers = Vec::new();
    for expectations in expectations {
        let mut of_operation = Vec::new();
        for expectation in expectations {
            before_each(expectation);
            of_operation.push(ask(conn, expectation).await?);
        }
        answers.push(of_operation);
    }
    Ok(answers)
}

async fn ask(conn: &mut PgConnection, expectation: &Expectation) -> Result<Answer> {
    let answer = match &expectation.probe {
        Probe::Later => return Ok(Answer::Later),
        Probe::Rows(query) => count(conn, query).await,
        Probe::Values(values) => values::count(conn, values).await,
    };
    match answer {
        Ok(None) => Ok(Answer::Holds),
        Ok(Some(violation)) => Ok(Answer::Violated(violation)),
        Err(cause) => match cause.as_database_error().map(|it| (it.code().unwrap_or_default(), it.message())) {
            Some((code, _)) if code == "57014" => unfinished(conn, &expectation.probe).await,
            Some((_, message)) => Ok(Answer::Unknown { message: message.to_owned() }),
            None => Err(lost(cause)),
        },
    }
}

/// Where counting takes too long, one row may still be found soon.
async fn unfinished(conn: &mut PgConnection, probe: &Probe) -> Result<Answer> {
    let Probe::Rows(query) = probe else { return Ok(Answer::Unfinished) };
    match texts(conn, &format!("SELECT 'x' FROM ({} LIMIT 1) AS found", query.find)).await {
        Ok(rows) if !rows.is_empty() => {
            Ok(Answer::Violated(Violation { count: None, examples: Vec::new(), more: false, find: query.find.clone() }))
        }
        Ok(_) => Ok(Answer::Holds),
        Err(cause) if cause.as_database_error().is_some() => Ok(Answer::Unfinished),
        Err(cause) => Err(lost(cause)),
    }
}

async fn count(conn: &mut PgConnection, query: &Query) -> sqlx::Result<Option<Violation>> {
    let find = &query.find;
    let counted = texts(conn, &format!("SELECT count(*)::text FROM ({find}) AS found")).await?;
    let count: i64 = counted.first().and_then(|count| count.parse().ok()).unwrap_or_default();
    if count == 0 {
        return Ok(None);
    }
    let key = match query.examples.as_slice() {
        [] => None,
        [key] => Some(format!("{key}::text")),
        keys => Some(format!("ROW({})::text", keys.join(", "))),
    };
    let mut examples = match key {
        None => Vec::new(),
        Some(key) => {
            let keys = format!("SELECT DISTINCT {key} AS key FROM ({find}) AS found ORDER BY 1 LIMIT {}", EXAMPLES + 1);
            match texts(conn, &keys).await {
                Ok(examples) => examples,
                // The count is what was asked for.
                Err(sqlx::Error::Database(_)) => Vec::new(),
                Err(lost) => return Err(lost),
            }
        }
    };
    let more = examples.len() > EXAMPLES;
    examples.truncate(EXAMPLES);
    Ok(Some(Violation { count: Some(count), examples, more, find: find.clone() }))
}

/// The first column of a query, in a read-only transaction that leaves nothing behind.
async fn texts(conn: &mut PgConnection, sql: &str) -> sqlx::Result<Vec<String>> {
    let mut transaction = conn.begin().await?;
    begin(&mut transaction).await?;
    let rows = sqlx::query(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *transaction).await;
    transaction.rollback().await?;
    rows?.iter().map(|row| Ok(row.try_get::<Option<String>, _>(0)?.unwrap_or_else(|| "NULL".to_owned()))).collect()
}

/// Nothing is written, no lock is waited for, and nobody waits long.
async fn begin(conn: &mut PgConnection) -> sqlx::Result<()> {
    let settings = format!(
        "SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = '{SURVEY_SECONDS}s'; SET LOCAL lock_timeout = '1s'"
    );
    sqlx::raw_sql(AssertSqlSafe(settings)).execute(conn).await.map(drop)
}

fn lost(cause: sqlx::Error) -> Error {
    Error::new(Kind::Error, "cannot look at the rows of the database").caused_by(cause)
}
