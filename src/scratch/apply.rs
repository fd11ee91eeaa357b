use sqlx::{AssertSqlSafe, PgConnection};

use crate::error::{Error, Kind, Result};
use crate::migration::Statement;
use crate::reflect::Scope;

#[derive(Debug, Clone, Copy)]
pub(super) enum Direction {
    Upgrade,
    Downgrade,
}

pub(super) async fn apply(
    conn: &mut PgConnection,
    revision: &str,
    direction: Direction,
    statements: &[Statement],
    _scope: &Scope,
) -> Result<()> {
    for statement in statements {
        sqlx::raw_sql(AssertSqlSafe(statement.sql.as_str())).execute(&mut *conn).await.map_err(|cause| {
            Error::new(Kind::Error, format!("{direction:?} of {revision} fails: {}", statement.sql)).caused_by(cause)
        })?;
    }
    Ok(())
}
