use sqlx::PgConnection;

use super::roles::make_missing;
use crate::error::{Error, Result};
use crate::execute::{Direction, Run, Stop, run, steps};
use crate::migration::Statement;
use crate::reflect::Scope;

/// Runs one direction of a revision on scratch, with the runner's own executor, journal included.
pub(super) async fn apply(
    conn: &mut PgConnection,
    revision: &str,
    direction: Direction,
    statements: &[Statement],
    scope: &Scope,
) -> Result<()> {
    let (steps, stop) = (steps(statements), Stop::default());
    let run_of = Run::new(revision, direction, &steps, &scope.default_namespace, &stop);
    loop {
        let Err(failure) = run(conn, &run_of, &mut |_| {}).await else { return Ok(()) };
        // What is done is journalled, so the same run goes on behind it.
        if !make_missing(conn, failure.cause.code.as_deref(), &failure.cause.message).await? {
            return Err(Error::from(failure));
        }
    }
}
