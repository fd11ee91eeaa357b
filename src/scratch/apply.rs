use sqlx::PgConnection;

use super::{roles, strangers};
use crate::error::Error;
use crate::execute::{Direction, Failure, Run, Stop, run, steps};
use crate::migration::Statement;
use crate::reflect::Scope;

/// Why a direction did not come to its end.
#[derive(Debug)]
pub(super) enum Stopped {
    /// A statement failed.
    Failed(Box<Failure>),
    /// Scratch does not work.
    Broken(Error),
}

impl From<Stopped> for Error {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Failed(failure) => Self::from(*failure),
            Stopped::Broken(error) => error,
        }
    }
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

/// Runs one direction of a revision on scratch, with the runner's own executor, journal included.
pub(super) async fn apply(
    conn: &mut PgConnection,
    revision: &str,
    direction: Direction,
    statements: &[Statement],
    scope: &Scope,
) -> Result<(), Stopped> {
    let (steps, stop) = (steps(statements), Stop::default());
    let run_of = Run::new(revision, direction, &steps, &scope.default_namespace, &stop);
    loop {
        let Err(failure) = run(conn, &run_of, &mut |_| {}).await else { return Ok(()) };
        // What is done is journalled, so the same run goes on behind it.
        let (code, message) = (failure.cause.code.as_deref(), &failure.cause.message);
        let made = roles::make_missing(conn, code, message).await?
            || strangers::make_missing(conn, code, message, scope).await?;
        if !made {
            return Err(Stopped::Failed(Box::new(failure)));
        }
    }
}
