use sqlx::PgConnection;

use super::{Event, Failure, FailureKind, OnEvent, Run, alone, journal, transaction};

/// Runs one revision one way: every step that is not done yet, each complete or not at all, and with the last one the
/// records of the revision.
///
/// # Errors
/// The step that failed. It is taken back; the steps before it stay, and the same run goes on behind them.
pub async fn run(conn: &mut PgConnection, run: &Run<'_>, on_event: &mut OnEvent<'_>) -> Result<(), Failure> {
    let result = every_step(conn, run, on_event).await;
    if let Err(failure) = &result
        && failure.kind != FailureKind::Lost
        && failure.kind != FailureKind::Changed
        && transaction::reset(conn, run, 0).await.is_ok()
    {
        journal::fail(conn, run, failure).await;
    }
    result
}

async fn every_step(conn: &mut PgConnection, run: &Run<'_>, on_event: &mut OnEvent<'_>) -> Result<(), Failure> {
    transaction::go_on(run, 0)?;
    let progress = journal::open(conn, run).await?;
    let of = run.steps.len();
    if progress.done > 0 || progress.begun {
        on_event(Event::Resumed { done: progress.done, of });
    }
    for (index, step) in run.steps.iter().enumerate().skip(progress.done) {
        on_event(Event::Step { number: index + 1, of, step });
        if step.autocommit {
            alone::step(conn, run, index, progress.begun && index == progress.done, on_event).await?;
        } else {
            transaction::step(conn, run, index, on_event).await?;
        }
    }
    // No steps at all, or those that were left to do are no longer in the file.
    if progress.done >= of {
        transaction::complete(conn, run).await?;
    }
    Ok(())
}
