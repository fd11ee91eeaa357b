//! What a type takes, Postgres says.

use sqlx::{AssertSqlSafe, PgConnection};

use crate::error::Result;
use crate::scratch::lost;

/// Asks; makes what it asks with when it is first asked.
#[derive(Debug, Default)]
pub(super) struct Judge {
    ready: bool,
}

impl Judge {
    /// Those of the values that the type takes, in their order. The type is written as `format_type` prints it.
    pub(super) async fn taken(
        &mut self,
        conn: &mut PgConnection,
        data_type: &str,
        values: &[String],
    ) -> Result<Vec<String>> {
        if !self.ready {
            sqlx::raw_sql(AssertSqlSafe(include_str!("judge.sql"))).execute(&mut *conn).await.map_err(lost)?;
            self.ready = true;
        }
        let sql = "select value from unnest($2::text[]) with ordinality v (value, place) \
                   where pg_temp.autogen_takes($1, value) order by place";
        let query = sqlx::query_scalar(sql).persistent(false).bind(data_type).bind(values);
        let mut taken: Vec<String> = query.fetch_all(conn).await.map_err(lost)?;
        let mut seen = std::collections::BTreeSet::new();
        taken.retain(|value| seen.insert(value.clone()));
        Ok(taken)
    }
}
