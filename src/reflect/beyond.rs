use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::Scope;
use crate::error::{Error, Kind, Result};
use crate::schema::QualifiedName;

/// Something that a schema holds and [`crate::schema::Schema`] does not: a partition, an aggregate, a foreign table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beyond {
    /// `partition`, `aggregate`, `range type`, ..
    pub kind: String,
    /// Its name.
    pub name: QualifiedName,
}

/// What the namespaces of the scope hold beyond what [`super::reflect`] reads.
///
/// # Errors
///
/// When the server cannot be reached or refuses.
pub async fn beyond(conn: &mut PgConnection, scope: &Scope) -> Result<Vec<Beyond>> {
    let sql = include_str!("beyond.sql").replace(":'namespaces'", "$1");
    let rows = sqlx::query(AssertSqlSafe(sql)).persistent(false).bind(&scope.namespaces).fetch_all(conn).await;
    let read = rows.and_then(|rows| {
        rows.iter()
            .map(|row| {
                let name =
                    QualifiedName::new(row.try_get::<String, _>("namespace")?, row.try_get::<String, _>("name")?);
                Ok(Beyond { kind: row.try_get("kind")?, name })
            })
            .collect()
    });
    read.map_err(|cause| Error::new(Kind::Error, "cannot read the database's catalogs").caused_by(cause))
}

/// Names of the extensions that a database has, `plpgsql` aside, which every database has.
///
/// # Errors
///
/// When the server cannot be reached or refuses.
pub async fn extensions(conn: &mut PgConnection) -> Result<Vec<String>> {
    sqlx::query_scalar("select extname::text from pg_extension where extname <> 'plpgsql' order by 1")
        .fetch_all(conn)
        .await
        .map_err(|cause| Error::new(Kind::Error, "cannot read the database's catalogs").caused_by(cause))
}
