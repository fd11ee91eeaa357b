use sqlx::PgConnection;

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
    run(conn, &run_of, &mut |_| {}).await.map_err(Error::from)
}
