//! Statements from `.sql` files. A name never is part of the text: psql's variables become parameters.

use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Postgres};

use crate::render::literal;

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

    /// The statement with its values in it, for a script.
    #[must_use]
    pub fn script(&self) -> String {
        let text: String =
            self.sql.lines().filter(|line| !line.starts_with("--")).map(|line| format!("{line}\n")).collect();
        let mut script = String::new();
        let mut rest = text.as_str();
        // One pass, so that a value that looks like a variable stays as it is.
        while let Some(start) = rest.find(":'") {
            let (before, behind) = (&rest[..start], &rest[start + 2..]);
            let end = behind.find('\'').unwrap_or(behind.len());
            let value = self.values.iter().find(|(name, _)| *name == &behind[..end]);
            script.push_str(before);
            match value {
                Some((_, value)) => script.push_str(&literal(value)),
                None => script.push_str(&rest[start..start + 2 + end]),
            }
            rest = behind.get(end + 1..).unwrap_or_default();
            rest = value.and(rest.strip_prefix("::text")).unwrap_or(rest);
        }
        script + rest
    }

    /// Runs it.
    ///
    /// # Errors
    /// What the server or the connection says.
    pub async fn execute(&self, conn: &mut PgConnection) -> sqlx::Result<()> {
        self.query().execute(conn).await.map(|_| ())
    }

    /// Runs it for its rows in one round trip, values and all as text. For a session whose settings are ours: what quotes
    /// mean depends on them.
    ///
    /// # Errors
    /// What the server or the connection says.
    pub async fn fetch_at_once(&self, conn: &mut PgConnection) -> sqlx::Result<Vec<PgRow>> {
        sqlx::raw_sql(AssertSqlSafe(self.script())).fetch_all(conn).await
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

    #[test]
    fn variables_become_constants_of_a_script() {
        let record = Record::new("-- a\nselect :'a'::text, :'b'::text::integer;\n", &[("b", "1"), ("a", "it's :'b'")]);
        assert_eq!(record.script(), "select 'it''s :''b''', '1'::integer;\n");
    }
}
