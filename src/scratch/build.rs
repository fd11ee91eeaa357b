use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::Database;
use crate::error::{Error, Kind, Result};
use crate::operation::{Change, EnumUsers, Operation};
use crate::reflect::{Scope, reflect};
use crate::render::{Words, qualified, render};
use crate::schema::{Constraint, ConstraintKind, Object, QualifiedName, Schema, Table};

/// How often text is printed and fed back at most: a varchar `IN` list changes once more on its second way through.
const ROUNDS: usize = 3;

/// Makes these tables in `database` from the words of `schema`, and reads them back in Postgres' words, until these
/// are stable. Whatever stood under their names goes. Foreign keys are left out: nothing in them is printed anew.
pub(super) async fn settle(
    database: &Database,
    schema: &Schema,
    tables: &BTreeSet<QualifiedName>,
    scope: &Scope,
) -> Result<Schema> {
    let mut conn = database.connect().await?;
    let mut words = without_foreign_keys(schema, tables);
    prepare(&mut conn, &words, scope).await?;
    for _ in 0..ROUNDS {
        build(&mut conn, &words, scope).await?;
        let printed = only(&reflect(&mut conn, scope).await?, tables);
        let stable = printed == words.tables;
        words.tables = printed;
        if stable {
            break;
        }
    }
    // A database cannot be copied or dropped while a connection to it is open.
    let _ = conn.close().await;
    Ok(words)
}

/// The tables of these names.
pub(super) fn only(schema: &Schema, names: &BTreeSet<QualifiedName>) -> Vec<Table> {
    schema.tables.iter().filter(|table| names.contains(&table.name)).cloned().collect()
}

fn without_foreign_keys(schema: &Schema, tables: &BTreeSet<QualifiedName>) -> Schema {
    let mut schema = Schema { tables: only(schema, tables), ..schema.clone() };
    for table in &mut schema.tables {
        table.constraints.retain(|it: &Constraint| !matches!(it.kind, ConstraintKind::ForeignKey(_)));
    }
    schema
}

/// Namespaces and enum types as `schema` has them; a type with other labels is made again.
pub(super) async fn prepare(conn: &mut PgConnection, schema: &Schema, scope: &Scope) -> Result<()> {
    let there = reflect(conn, scope).await?;
    let mut operations = Vec::new();
    for namespace in schema.namespaces.iter().filter(|it| there.namespace(&it.name).is_none()) {
        operations.push(Operation::Namespace(Change::Add(namespace.clone())));
    }
    for enum_type in &schema.enum_types {
        match there.enum_type(&enum_type.name) {
            Some(same) if same.labels == enum_type.labels => continue,
            Some(_) => {
                let name = qualified(&enum_type.name, &scope.default_namespace);
                execute(conn, &format!("DROP TYPE {name} CASCADE"), &Object::EnumType(enum_type.name.clone())).await?;
            }
            None => {}
        }
        operations.push(Operation::EnumType(Change::Add(enum_type.clone()), EnumUsers::default()));
    }
    run(conn, &operations, scope).await
}

async fn build(conn: &mut PgConnection, schema: &Schema, scope: &Scope) -> Result<()> {
    for table in &schema.tables {
        let name = qualified(&table.name, &scope.default_namespace);
        execute(conn, &format!("DROP TABLE IF EXISTS {name} CASCADE"), &Object::Table(table.name.clone())).await?;
        drop_stray_sequences(conn, table, scope).await?;
    }
    let operations: Vec<Operation> =
        schema.tables.iter().map(|table| Operation::Table(Change::Add(table.clone()))).collect();
    run(conn, &operations, scope).await
}

/// A renamed table's sequence, or one that another table's default kept alive, may still bear a serial's name.
async fn drop_stray_sequences(conn: &mut PgConnection, table: &Table, scope: &Scope) -> Result<()> {
    for column in &table.columns {
        if let crate::schema::ColumnDefault::Serial(sequence) = &column.default {
            let name = qualified(&sequence.name, &scope.default_namespace);
            let object = Object::Column(table.name.clone(), column.name.clone());
            execute(conn, &format!("DROP SEQUENCE IF EXISTS {name} CASCADE"), &object).await?;
        }
    }
    Ok(())
}

/// Renders and executes, one statement at a time.
pub(super) async fn run(conn: &mut PgConnection, operations: &[Operation], scope: &Scope) -> Result<()> {
    run_with(conn, operations, &Words::new(&scope.default_namespace)).await
}

/// The same where types change or rows are filled.
pub(super) async fn run_with(conn: &mut PgConnection, operations: &[Operation], words: &Words) -> Result<()> {
    for (operation, statements) in operations.iter().zip(render(operations, words)) {
        for statement in statements {
            execute(conn, &statement.sql, &operation.object()).await?;
        }
    }
    Ok(())
}

/// Prepared, so that a text with a second statement inside is refused.
async fn execute(conn: &mut PgConnection, sql: &str, object: &Object) -> Result<()> {
    let query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
    query.execute(&mut *conn).await.map(|_| ()).map_err(|cause| refused(object, sql, cause))
}

fn refused(object: &Object, sql: &str, cause: sqlx::Error) -> Error {
    let message = match &cause {
        sqlx::Error::Database(database) => database.message().to_owned(),
        other => other.to_string(),
    };
    Error::new(Kind::Usage, format!("Postgres refuses what is declared for {object}: {message}"))
        .caused_by(anyhow::anyhow!("the statement was: {sql}"))
}
