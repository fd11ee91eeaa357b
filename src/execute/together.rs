//! Every revision in one transaction.

use sqlx::PgConnection;

use super::sql::run_statement;
use super::{Event, Failure, FailureKind, Run, journal, transaction};

/// Runs these revisions in one transaction, with the journal's rows and records of each; nothing of any stays when one
/// fails. `on_event` gets the number of the revision in the list.
///
/// # Errors
/// The step that failed.
pub async fn run_together(
    conn: &mut PgConnection,
    runs: &[Run<'_>],
    on_event: &mut (dyn FnMut(usize, Event<'_>) + Send),
) -> Result<(), Failure> {
    if runs.is_empty() {
        return Ok(());
    }
    for run in runs {
        let progress = journal::open(conn, run).await?;
        if progress.done > 0 || progress.begun {
            let what = "some of its steps are done already, so that it cannot be one transaction with others";
            let mut failure = Failure::new(run, progress.done, FailureKind::Changed, what);
            failure.cause.hint = Some("without --transaction all it goes on where it stopped".to_owned());
            return Err(failure);
        }
    }
    let mut attempt = 1;
    loop {
        let Err((at, failure)) = once(conn, runs, on_event).await else { return Ok(()) };
        // On a lost connection the server rolls back by itself, and the first failure is the one to tell.
        let _ = run_statement(conn, "ROLLBACK").await;
        let run = &runs[at];
        if let Err(failure) =
            transaction::again(conn, run, &mut attempt, failure, &mut |event| on_event(at, event)).await
        {
            journal::fail(conn, run, &failure).await;
            return Err(failure);
        }
    }
}

/// All of it once; with the failure the number of its revision.
async fn once(
    conn: &mut PgConnection,
    runs: &[Run<'_>],
    on_event: &mut (dyn FnMut(usize, Event<'_>) + Send),
) -> Result<(), (usize, Failure)> {
    let last = runs.len() - 1;
    let own = |at: usize| move |cause: sqlx::Error| (at, Failure::of(&runs[at], 0, None, &cause));
    run_statement(conn, "BEGIN").await.map_err(own(0))?;
    for (at, run) in runs.iter().enumerate() {
        for (index, step) in run.steps.iter().enumerate() {
            on_event(at, Event::Step { number: index + 1, of: run.steps.len(), step });
            let statements: Vec<&str> = step.statements.iter().map(|statement| statement.sql.as_str()).collect();
            let records = journal::finish(run, index);
            transaction::within(conn, run, index, ("", ""), &statements, &records)
                .await
                .map_err(|failure| (at, failure))?;
        }
        if run.steps.is_empty() {
            let records = journal::complete(run);
            transaction::within(conn, run, 0, ("", ""), &[], &records).await.map_err(|failure| (at, failure))?;
        }
    }
    run_statement(conn, "COMMIT").await.map_err(own(last))
}
