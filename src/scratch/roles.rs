//! Roles that a statement names (GRANT, OWNER, POLICY) and a throwaway server has not. Roles belong to the whole server, so
//! they are made on our own only; on any other they are somebody's to decide about.

use sqlx::{AssertSqlSafe, PgConnection};

use super::lost;
use crate::error::Result;
use crate::render::identifier;

/// What [`super::private`] calls its servers.
pub(super) const CLUSTER_NAME: &str = "autogen-scratch";

/// Makes the role that Postgres misses, if this is what it says; the statement may then be tried again.
///
/// # Errors
///
/// When the server is gone.
pub(super) async fn make_missing(conn: &mut PgConnection, code: Option<&str>, message: &str) -> Result<bool> {
    const UNDEFINED_OBJECT: &str = "42704";
    let missing = message.strip_prefix("role \"").and_then(|rest| rest.strip_suffix("\" does not exist"));
    let (Some(UNDEFINED_OBJECT), Some(role)) = (code, missing) else { return Ok(false) };
    let cluster: String =
        sqlx::query_scalar("select current_setting('cluster_name')").fetch_one(&mut *conn).await.map_err(lost)?;
    if cluster != CLUSTER_NAME {
        return Ok(false);
    }
    let create = format!("CREATE ROLE {} NOLOGIN", identifier(role));
    sqlx::raw_sql(AssertSqlSafe(create)).execute(conn).await.map_err(lost)?;
    Ok(true)
}
