//! `autogen_journal`: which steps of a revision are done.

use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::script::session_script;
use super::sql::Record;
use super::{Direction, Failure, FailureKind, Run, transaction};
use crate::error::{Error, Kind, Result};
use crate::reflect::prepare_session;

/// A run that stopped half way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// The revision.
    pub revision: String,
    /// Which way it was run.
    pub direction: Direction,
    /// Steps that are done.
    pub done: usize,
    /// Steps that there are.
    pub of: usize,
}

/// A step of the last run of a revision, one way.
#[derive(Debug, Clone, PartialEq)]
pub struct StepState {
    /// The revision.
    pub revision: String,
    /// Which way it was run.
    pub direction: Direction,
    /// The step, counted from 1.
    pub step: usize,
    /// How many there are.
    pub of: usize,
    /// When it began, in UTC.
    pub started_at: String,
    /// When it was done, in UTC.
    pub finished_at: Option<String>,
    /// Seconds that it took.
    pub seconds: Option<f64>,
    /// When it failed and was taken back, in UTC.
    pub failed_at: Option<String>,
    /// SQLSTATE of the failure.
    pub code: Option<String>,
    /// What Postgres said.
    pub message: Option<String>,
    /// Postgres' HINT.
    pub hint: Option<String>,
}

/// Every step that the journal knows, in the order of revisions, directions and steps; only reads.
///
/// # Errors
/// [`Kind::Error`] when the journal cannot be read.
pub async fn step_states(conn: &mut PgConnection, default_namespace: &str) -> Result<Vec<StepState>> {
    let failed = |cause: sqlx::Error| Error::new(Kind::Error, "cannot read autogen_journal").caused_by(cause);
    prepare_session(conn, default_namespace).await?;
    if !exists(conn, default_namespace).await.map_err(failed)? {
        return Ok(Vec::new());
    }
    let rows = Record::new(include_str!("sql/step_states.sql"), &[]).fetch(conn).await.map_err(failed)?;
    rows.iter().map(step_state).collect::<sqlx::Result<_>>().map_err(failed)
}

fn step_state(row: &sqlx::postgres::PgRow) -> sqlx::Result<StepState> {
    let number = |name: &str| row.try_get(name).map(|n: i32| n.unsigned_abs() as usize);
    Ok(StepState {
        revision: row.try_get("revision")?,
        direction: direction(row.try_get("direction")?),
        step: number("step")? + 1,
        of: number("steps")?,
        started_at: row.try_get("started_at")?,
        finished_at: row.try_get("finished_at")?,
        seconds: row.try_get("seconds")?,
        failed_at: row.try_get("failed_at")?,
        code: row.try_get("code")?,
        message: row.try_get("message")?,
        hint: row.try_get("hint")?,
    })
}

/// The table's own check allows no third word.
fn direction(word: &str) -> Direction {
    if word == "upgrade" { Direction::Upgrade } else { Direction::Downgrade }
}

/// How far a run came before.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Steps that are done.
    pub(super) done: usize,
    /// Whether the next one was begun and what became of it is unknown.
    pub(super) begun: bool,
}

/// Runs that stopped half way; only reads, and finds none where there is no journal.
///
/// # Errors
/// [`Kind::Error`] when the journal cannot be read.
pub async fn unfinished(conn: &mut PgConnection, default_namespace: &str) -> Result<Vec<Unfinished>> {
    let failed = |cause: sqlx::Error| Error::new(Kind::Error, "cannot read autogen_journal").caused_by(cause);
    prepare_session(conn, default_namespace).await?;
    if !exists(conn, default_namespace).await.map_err(failed)? {
        return Ok(Vec::new());
    }
    let rows = Record::new(include_str!("sql/unfinished.sql"), &[]).fetch(conn).await.map_err(failed)?;
    let number = |row: &sqlx::postgres::PgRow, name: &str| row.try_get(name).map(|n: i32| n.unsigned_abs() as usize);
    let read = |row: &sqlx::postgres::PgRow| {
        Ok(Unfinished {
            revision: row.try_get("revision")?,
            direction: direction(row.try_get("direction")?),
            done: number(row, "finished")?,
            of: number(row, "steps")?,
        })
    };
    rows.iter().map(read).collect::<sqlx::Result<_>>().map_err(failed)
}

/// Removes a revision's rows, both ways: for `stamp`, after which nothing is left to go on with.
///
/// # Errors
/// [`Kind::Error`] when the journal cannot be written.
pub async fn forget(conn: &mut PgConnection, default_namespace: &str, revision: &str) -> Result<()> {
    let failed = |cause: sqlx::Error| Error::new(Kind::Error, "cannot write autogen_journal").caused_by(cause);
    if exists(conn, default_namespace).await.map_err(failed)? {
        for record in forget_records(revision) {
            record.execute(conn).await.map_err(failed)?;
        }
    }
    Ok(())
}

/// What removes a revision's rows, both ways.
#[must_use]
pub fn forget_records(revision: &str) -> [Record; 2] {
    [Direction::Upgrade, Direction::Downgrade].map(|direction| clear(revision, direction))
}

/// Makes the journal where there is none.
///
/// # Errors
/// [`Kind::Error`] when it cannot be made.
pub async fn ensure_journal(conn: &mut PgConnection, default_namespace: &str) -> Result<()> {
    let failed = |cause: sqlx::Error| Error::new(Kind::Error, "cannot create autogen_journal").caused_by(cause);
    if exists(conn, default_namespace).await.map_err(failed)? {
        return Ok(());
    }
    sqlx::raw_sql(include_str!("sql/create_journal.sql")).execute(&mut *conn).await.map_err(failed)?;
    Ok(())
}

/// Gives the session its settings, makes the journal where there is none, and reads how far this run came before.
pub(super) async fn open(conn: &mut PgConnection, run: &Run<'_>) -> std::result::Result<Progress, Failure> {
    let failed = |cause: sqlx::Error| Failure::of(run, 0, None, &cause);
    let direction = run.direction.to_string();
    let values = [("revision", run.revision), ("direction", direction.as_str())];
    // One message: whoever had the session before has given it its settings back, or it is new.
    let read = Record::new(include_str!("sql/read_journal.sql"), &values).script();
    let read = format!("{}{}{read}", transaction::RESET, session_script(run.default_namespace));
    let found = match sqlx::raw_sql(AssertSqlSafe(read.clone())).fetch_all(&mut *conn).await {
        Ok(found) => found,
        Err(cause) => {
            let today = match code(&cause).as_deref() {
                Some(UNDEFINED_TABLE) => CREATE,
                Some(UNDEFINED_COLUMN) => ALTER,
                Some(_) | None => return Err(failed(cause)),
            };
            // The settings went with the message.
            transaction::reset(conn, run, 0).await?;
            sqlx::raw_sql(today).execute(&mut *conn).await.map_err(failed)?;
            sqlx::raw_sql(AssertSqlSafe(read)).fetch_all(&mut *conn).await.map_err(failed)?
        }
    };
    let (failures, rows): (Vec<JournalRow>, Vec<JournalRow>) = found
        .iter()
        .map(JournalRow::read)
        .collect::<sqlx::Result<Vec<_>>>()
        .map_err(failed)?
        .into_iter()
        .partition(|row| row.failed);
    if !failures.is_empty() {
        Record::new(include_str!("sql/clear_failures.sql"), &values).execute(conn).await.map_err(failed)?;
    }
    let done = rows.iter().filter(|row| row.finished).count();
    if rows.iter().all(|row| done >= row.steps) {
        // A complete run is written together with its records. Who runs it again has taken those away, and means it.
        if !rows.is_empty() {
            clear(run.revision, run.direction).execute(conn).await.map_err(failed)?;
        }
        return Ok(Progress::default());
    }
    if done > 0 {
        unchanged(run, &rows)?;
    }
    Ok(Progress { done, begun: rows.len() > done })
}

/// A row of the journal.
struct JournalRow {
    step: usize,
    steps: usize,
    hash: String,
    finished: bool,
    /// It failed and left nothing.
    failed: bool,
}

impl JournalRow {
    fn read(row: &sqlx::postgres::PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            step: row.try_get::<i32, _>("step")?.unsigned_abs() as usize,
            steps: row.try_get::<i32, _>("steps")?.unsigned_abs() as usize,
            hash: row.try_get("hash")?,
            finished: row.try_get("finished")?,
            failed: row.try_get("failed")?,
        })
    }
}

const UNDEFINED_TABLE: &str = "42P01";
const UNDEFINED_COLUMN: &str = "42703";

fn code(cause: &sqlx::Error) -> Option<String> {
    cause.as_database_error().and_then(|refusal| refusal.code()).map(|code| code.into_owned())
}

/// Going on after an edit would mix two versions of a revision.
fn unchanged(run: &Run<'_>, rows: &[JournalRow]) -> std::result::Result<(), Failure> {
    let same = |row: &&JournalRow| run.steps.get(row.step).is_some_and(|step| step.hash() == row.hash);
    match rows.iter().filter(|row| row.finished).find(|row| !same(row)) {
        None => Ok(()),
        Some(JournalRow { step: index, .. }) => {
            let index = *index;
            let mut failure = Failure::new(
                run,
                index,
                FailureKind::Changed,
                "this step is done already, and the file has been changed since",
            );
            failure.cause.hint = Some(
                "restore the steps that are done; or bring the schema where you want it by hand and run `autogen stamp`"
                    .to_owned(),
            );
            Err(failure)
        }
    }
}

/// What brings a journal of the first versions up to date.
pub(super) const ALTER: &str = include_str!("sql/alter_journal.sql");
/// What makes the journal.
pub(super) const CREATE: &str = include_str!("sql/create_journal.sql");

async fn exists(conn: &mut PgConnection, default_namespace: &str) -> sqlx::Result<bool> {
    is_true(conn, include_str!("sql/journal_exists.sql"), default_namespace).await
}

async fn is_true(conn: &mut PgConnection, sql: &'static str, default_namespace: &str) -> sqlx::Result<bool> {
    let record = Record::new(sql, &[("default_namespace", default_namespace)]);
    match record.fetch(conn).await?.first() {
        Some(row) => row.try_get(0),
        None => Ok(false),
    }
}

/// What removes the rows of a revision, one way.
pub(super) fn clear(revision: &str, direction: Direction) -> Record {
    let direction = direction.to_string();
    Record::new(include_str!("sql/clear_journal.sql"), &[("revision", revision), ("direction", &direction)])
}

fn row(sql: &'static str, run: &Run<'_>, index: usize) -> Record {
    let (direction, step, steps) = (run.direction.to_string(), index.to_string(), run.steps.len().to_string());
    let hash = run.steps[index].hash();
    let values =
        [("revision", run.revision), ("direction", &direction), ("step", &step), ("steps", &steps), ("hash", &hash)];
    Record::new(sql, &values)
}

/// Notes that a step begins whose end cannot be noted in the same transaction.
pub(super) fn start(run: &Run<'_>, index: usize) -> Record {
    row(include_str!("sql/start_step.sql"), run, index)
}

/// Takes the note back: the server refused the statement, and nothing of it is there.
pub(super) fn unstart(run: &Run<'_>, index: usize) -> Record {
    let (direction, step) = (run.direction.to_string(), index.to_string());
    let values = [("revision", run.revision), ("direction", direction.as_str()), ("step", step.as_str())];
    Record::new(include_str!("sql/unstart_step.sql"), &values)
}

/// Notes why a step failed. A help for `status`: where it cannot be written, the run itself has said it.
pub(super) async fn fail(conn: &mut PgConnection, run: &Run<'_>, failure: &Failure) {
    let index = failure.step.saturating_sub(1);
    if run.steps.get(index).is_none() {
        return;
    }
    let mut record = row(include_str!("sql/fail_step.sql"), run, index);
    let cause = &failure.cause;
    let said = [("code", &cause.code), ("message", &Some(cause.message.clone())), ("hint", &cause.hint)];
    record.values.extend(said.map(|(name, value)| (name, value.clone().unwrap_or_default())));
    // The first failure is the one to tell.
    let _ = record.execute(conn).await;
}

/// Notes that a step is done; with the last one, everything that belongs to the revision. To be run in the step's
/// transaction.
pub(super) fn finish(run: &Run<'_>, index: usize) -> Vec<Record> {
    let mut records = vec![row(include_str!("sql/finish_step.sql"), run, index)];
    if index + 1 == run.steps.len() {
        records.extend(complete(run));
    }
    records
}

/// What ends a revision. The rows of the other way are void now.
pub(super) fn complete(run: &Run<'_>) -> Vec<Record> {
    let other = match run.direction {
        Direction::Upgrade => Direction::Downgrade,
        Direction::Downgrade => Direction::Upgrade,
    };
    std::iter::once(clear(run.revision, other)).chain(run.records.iter().cloned()).collect()
}
