//! Statements from `.sql` files. A name never is part of the text: psql's variables become parameters.

use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Postgres};

/// A statement with its values, to be run later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The text of a `.sql` file.
    pub sql: &'static str,
    /// psql's variables of it, in any order; all are text.
    pub values: Vec<(&'static str, String)>,
}

impl Record {
    /// A statement from the text of a file and its variables.
    pub fn new(sql: &'static str, values: &[(&'static str, &str)]) -> Self {
        Self { sql, values: values.iter().map(|(name, value)| (*name, (*value).to_owned())).collect() }
    }

    fn query(&self) -> Query<'_, Postgres, PgArguments> {
        let names: Vec<&str> = self.values.iter().map(|(name, _)| *name).collect();
        let query = sqlx::query(AssertSqlSafe(parameters(self.sql, &names))).persistent(false);
        self.values.iter().fold(query, |query, (_, value)| query.bind(value))
    }

    /// Runs it.
    ///
    /// # Errors
    /// What the server or the connection says.
    pub async fn execute(&self, conn: &mut PgConnection) -> sqlx::Result<()> {
        self.query().execute(conn).await.map(|_| ())
    }

    /// Runs it for its rows.
    ///
    /// # Errors
    /// What the server or the connection says.
    pub async fn fetch(&self, conn: &mut PgConnection) -> sqlx::Result<Vec<PgRow>> {
        self.query().fetch_all(conn).await
    }
}

/// psql's variables (`:'name'`) as parameters (`$1`), in the order of the names.
#[must_use]
pub fn parameters(sql: &str, names: &[&str]) -> String {
    names
        .iter()
        .enumerate()
        .fold(sql.to_owned(), |sql, (index, name)| sql.replace(&format!(":'{name}'"), &format!("${}", index + 1)))
}

/// A statement of a revision, as its file says it.
pub(super) async fn run_statement(conn: &mut PgConnection, sql: &str) -> sqlx::Result<()> {
    // Revisions are reviewed SQL; running their text is what this tool is for.
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(conn).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_become_parameters() {
        assert_eq!(parameters("select :'a'::text, :'ab', :'a'", &["a", "ab"]), "select $1::text, $2, $1");
    }
}
