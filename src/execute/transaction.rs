//! A step as one transaction, tried again while it does not get its locks.

use std::time::{Duration, SystemTime};

use sqlx::{PgConnection, Row};

use super::failure::INTERRUPTED;
use super::script::session_script;
use super::sql::{Record, run_statement};
use super::{Event, Failure, FailureKind, OnEvent, Run, journal};

/// Runs a step with its journal row; nothing of it stays when it fails.
pub(super) async fn step(
    conn: &mut PgConnection,
    run: &Run<'_>,
    index: usize,
    on_event: &mut OnEvent<'_>,
) -> Result<(), Failure> {
    let statements: Vec<&str> = run.steps[index].statements.iter().map(|statement| statement.sql.as_str()).collect();
    patiently(conn, run, index, &statements, &journal::finish(run, index), on_event).await
}

/// Writes what ends a revision that has no steps.
pub(super) async fn complete(conn: &mut PgConnection, run: &Run<'_>) -> Result<(), Failure> {
    once(conn, run, 0, &[], &journal::complete(run)).await
}

/// Writes down what a statement outside of a transaction did.
pub(super) async fn note(conn: &mut PgConnection, run: &Run<'_>, index: usize) -> Result<(), Failure> {
    once(conn, run, index, &[], &journal::finish(run, index)).await
}

async fn patiently(
    conn: &mut PgConnection,
    run: &Run<'_>,
    index: usize,
    statements: &[&str],
    records: &[Record],
    on_event: &mut OnEvent<'_>,
) -> Result<(), Failure> {
    let mut attempt = 1;
    loop {
        let Err(failure) = once(conn, run, index, statements, records).await else { return Ok(()) };
        again(conn, run, &mut attempt, failure, on_event).await?;
    }
}

/// Waits a moment after a failure that may pass, and tells who is in the way. Gives it back when it will not pass or was
/// the last attempt.
pub(super) async fn again(
    conn: &mut PgConnection,
    run: &Run<'_>,
    attempt: &mut u32,
    mut failure: Failure,
    on_event: &mut OnEvent<'_>,
) -> Result<(), Failure> {
    if !failure.is_passing() {
        return Err(failure);
    }
    let blockers = blockers(conn, failure.statement.as_deref().unwrap_or_default()).await;
    if *attempt >= run.attempts {
        failure.cause.blockers = blockers;
        return Err(failure);
    }
    on_event(Event::Waiting { attempt: *attempt, blockers });
    tokio::select! {
        () = tokio::time::sleep(pause(*attempt)) => {}
        () = run.stop.asked() => {}
    }
    *attempt += 1;
    Ok(())
}

async fn once(
    conn: &mut PgConnection,
    run: &Run<'_>,
    index: usize,
    statements: &[&str],
    records: &[Record],
) -> Result<(), Failure> {
    let result = inside(conn, run, index, statements, records).await;
    if result.is_err() {
        // On a lost connection the server rolls back by itself, and the first failure is the one to tell.
        let _ = run_statement(conn, "ROLLBACK").await;
    }
    result
}

async fn inside(
    conn: &mut PgConnection,
    run: &Run<'_>,
    index: usize,
    statements: &[&str],
    records: &[Record],
) -> Result<(), Failure> {
    within(conn, run, index, ("BEGIN;\n", "COMMIT;"), statements, records).await
}

/// The statements and records of a step in a transaction that is open, or that the first of the bounds opens and the
/// second ends.
pub(super) async fn within(
    conn: &mut PgConnection,
    run: &Run<'_>,
    index: usize,
    (begin, end): (&str, &str),
    statements: &[&str],
    records: &[Record],
) -> Result<(), Failure> {
    let own = |cause: sqlx::Error| Failure::of(run, index, None, &cause);
    let (lock, statement) = (run.lock_timeout.as_millis().to_string(), run.statement_timeout.as_millis().to_string());
    let values = [("lock_timeout", lock.as_str()), ("statement_timeout", statement.as_str())];
    let settings = Record::new(include_str!("sql/settings.sql"), &values);
    run_statement(conn, &format!("{begin}{}", settings.script())).await.map_err(own)?;
    for sql in statements {
        go_on(run, index)?;
        run.stop.set_busy(true);
        let result = run_statement(conn, sql).await;
        run.stop.set_busy(false);
        result.map_err(|cause| Failure::of(run, index, Some(sql), &cause))?;
    }
    go_on(run, index)?;
    // A step may have changed role and settings. A message is read as a whole before any of it runs: what decides how it
    // is read stands in a message before.
    run_statement(conn, RESET).await.map_err(own)?;
    let records: String = records.iter().map(Record::script).collect();
    // Deferred constraints speak at the end.
    run_statement(conn, &format!("{}{records}{end}", session_script(run.default_namespace))).await.map_err(own)
}

/// What decides who runs the next message, and how it is read.
pub(super) const RESET: &str = include_str!("sql/reset.sql");

/// Gives the session its own role and settings back.
pub(super) async fn reset(conn: &mut PgConnection, run: &Run<'_>, index: usize) -> Result<(), Failure> {
    let failed = |cause: sqlx::Error| Failure::of(run, index, None, &cause);
    run_statement(conn, RESET).await.map_err(failed)?;
    run_statement(conn, &session_script(run.default_namespace)).await.map_err(failed)
}

pub(super) fn go_on(run: &Run<'_>, index: usize) -> Result<(), Failure> {
    if run.stop.is_asked() {
        return Err(Failure::new(run, index, FailureKind::Interrupted, INTERRUPTED));
    }
    Ok(())
}

/// Who may stand in the way. A help for people: where it cannot be asked, nobody is named.
async fn blockers(conn: &mut PgConnection, statement: &str) -> Vec<String> {
    let record = Record::new(include_str!("sql/blockers.sql"), &[("statement", statement)]);
    let rows = record.fetch(conn).await.unwrap_or_default();
    rows.iter().filter_map(|row| row.try_get(0).ok()).collect()
}

/// Half a second to a second, then twice that, up to eight: those who wait for the same lock spread out.
fn pause(attempt: u32) -> Duration {
    let base = 500 << attempt.saturating_sub(1).min(3);
    let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |now| now.subsec_nanos());
    Duration::from_millis(base + u64::from(clock) % base)
}
