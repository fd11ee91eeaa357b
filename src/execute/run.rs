use sqlx::PgConnection;

use super::{Event, Failure, Run, alone, journal, transaction};

/// Runs one revision one way: every step that is not done yet, each complete or not at all, and with the last one the
/// records of the revision.
///
/// # Errors
/// The step that failed. It is taken back; the steps before it stay, and the same run goes on behind them.
pub async fn run(conn: &mut PgConnection, run: &Run<'_>, on_event: &mut dyn FnMut(Event<'_>)) -> Result<(), Failure> {
    transaction::go_on(run, 0)?;
    transaction::reset(conn, run, 0).await?;
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
    if run.steps.is_empty() {
        transaction::complete(conn, run).await?;
    }
    Ok(())
}
