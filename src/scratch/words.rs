use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::build::prepare;
use super::{Database, Scratch};
use crate::error::Result;
use crate::operation::{Change, Operation};
use crate::reflect::Scope;
use crate::render::{Cast, Fill, Words};
use crate::schema::{DataType, Object, QualifiedName, Schema};

impl Scratch {
    /// What rendering `operations` has to know of Postgres: how each changed type becomes the other (both ways, for
    /// the downgrade), and which fills can stand as a default.
    ///
    /// Types that only `desired` has are made on `bench`.
    ///
    /// # Errors
    ///
    /// When the server is gone.
    pub async fn words(
        &self,
        bench: &Database,
        desired: &Schema,
        operations: &[Operation],
        fills: &BTreeMap<Object, String>,
        scope: &Scope,
    ) -> Result<Words> {
        let unlogged = unlogged(desired, operations);
        let mut words = Words { unlogged, ..Words::new(&scope.default_namespace) };
        let changes = type_changes(operations);
        if changes.is_empty() && fills.is_empty() {
            return Ok(words);
        }
        let mut conn = bench.connect().await?;
        prepare(&mut conn, desired, scope).await?;
        for (from, to) in changes {
            let key = (words.data_type(&from), words.data_type(&to));
            let cast = match cast(&mut conn, &key.0, &key.1).await? {
                // Labels are looked up by their text; whether each has its counterpart, the rows tell.
                Cast::Missing if from.enum_name().is_some() && to.enum_name().is_some() && from.array == to.array => {
                    Cast::ThroughText
                }
                cast => cast,
            };
            words.casts.insert(key, cast);
        }
        for (column, sql) in fills {
            let data_type = column_type(operations, column).map(|it| words.data_type(it));
            let standalone = match data_type {
                Some(data_type) => is_standalone(&mut conn, &data_type, sql).await?,
                None => false,
            };
            words.fills.insert(column.clone(), Fill { sql: sql.clone(), standalone });
        }
        let _ = conn.close().await;
        Ok(words)
    }

    /// How one type becomes another; types that only `schema` has are made on `bench`.
    pub(super) async fn cast(
        &self,
        bench: &Database,
        schema: &Schema,
        (from, to): (&DataType, &DataType),
        scope: &Scope,
    ) -> Result<Cast> {
        let words = Words::new(&scope.default_namespace);
        let mut conn = bench.connect().await?;
        prepare(&mut conn, schema, scope).await?;
        let answer = cast(&mut conn, &words.data_type(from), &words.data_type(to)).await;
        let _ = conn.close().await;
        answer
    }
}

/// Tables that are unlogged before the operations or after them.
fn unlogged(desired: &Schema, operations: &[Operation]) -> BTreeSet<QualifiedName> {
    let changed = operations.iter().filter_map(|operation| match operation {
        Operation::Table(Change::Alter { from, to }) => Some([from, to]),
        Operation::Table(Change::Add(_) | Change::Drop(_))
        | Operation::Rename(_)
        | Operation::Namespace(_)
        | Operation::EnumType(..)
        | Operation::Column(..)
        | Operation::Constraint(..)
        | Operation::Index(..)
        | Operation::Definition(..) => None,
    });
    desired.tables.iter().chain(changed.flatten()).filter(|it| it.unlogged).map(|it| it.name.clone()).collect()
}

fn type_changes(operations: &[Operation]) -> Vec<(DataType, DataType)> {
    operations
        .iter()
        .filter_map(|operation| match operation {
            Operation::Column(_, Change::Alter { from, to }) if from.data_type != to.data_type => {
                Some((from.data_type.clone(), to.data_type.clone()))
            }
            Operation::Rename(_)
            | Operation::Namespace(_)
            | Operation::EnumType(..)
            | Operation::Table(_)
            | Operation::Column(..)
            | Operation::Constraint(..)
            | Operation::Index(..)
            | Operation::Definition(..) => None,
        })
        .flat_map(|(from, to)| [(from.clone(), to.clone()), (to, from)])
        .collect()
}

/// Postgres decides by doing it to an empty table.
async fn cast(conn: &mut PgConnection, from: &str, to: &str) -> Result<Cast> {
    let alter = format!("ALTER TABLE autogen_cast ALTER COLUMN value TYPE {to}");
    for (cast, using) in [(Cast::Assignment, String::new()), (Cast::Explicit, format!(" USING value::{to}"))] {
        let create = format!("CREATE TEMPORARY TABLE autogen_cast (value {from})");
        if works(conn, &[&create, &format!("{alter}{using}")]).await? {
            return Ok(cast);
        }
    }
    Ok(Cast::Missing)
}

/// The type of a column that comes, goes or changes.
fn column_type<'a>(operations: &'a [Operation], column: &Object) -> Option<&'a DataType> {
    operations.iter().filter(|operation| &operation.object() == column).find_map(|operation| match operation {
        Operation::Column(_, change) => Some(&change.subject().data_type),
        Operation::Rename(_)
        | Operation::Namespace(_)
        | Operation::EnumType(..)
        | Operation::Table(_)
        | Operation::Constraint(..)
        | Operation::Index(..)
        | Operation::Definition(..) => None,
    })
}

/// Whether the expression can stand as a default: it mentions no column and holds no query.
async fn is_standalone(conn: &mut PgConnection, data_type: &str, sql: &str) -> Result<bool> {
    works(conn, &[&format!("CREATE TEMPORARY TABLE autogen_fill (value {data_type} DEFAULT ({sql}))")]).await
}

/// Runs the statements and takes them back. An error of the server is an answer, any other a failure.
async fn works(conn: &mut PgConnection, statements: &[&str]) -> Result<bool> {
    let mut transaction = conn.begin().await.map_err(super::lost)?;
    let mut answer = true;
    for sql in statements {
        match sqlx::query(AssertSqlSafe(*sql)).persistent(false).execute(&mut *transaction).await {
            Ok(_) => {}
            Err(sqlx::Error::Database(_)) => answer = false,
            Err(other) => return Err(super::lost(other)),
        }
        if !answer {
            break;
        }
    }
    transaction.rollback().await.map_err(super::lost)?;
    Ok(answer)
}
