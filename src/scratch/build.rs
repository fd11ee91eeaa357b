use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::roles::make_missing;
use super::{Database, lost};
use crate::error::{Error, Kind, Result};
use crate::operation::{Change, EnumUsers, Layer, Operation};
use crate::reflect::{Scope, reflect};
use crate::render::{Words, qualified, render};
use crate::schema::{Constraint, Definition, DefinitionKind, Object, QualifiedName, Schema, Table};

/// How often text is printed and fed back at most: a varchar `IN` list changes once more on its second way through.
const ROUNDS: usize = 3;

/// Makes these tables in `database` from the words of `schema`, and reads them back in Postgres' words, until these
/// are stable. Whatever stood under their names goes, and tables that `schema` has not: their indexes and constraints may
/// hold names that it gives to others. Foreign keys are left out: nothing in them is printed anew.
pub(super) async fn settle(
    database: &Database,
    schema: &Schema,
    tables: &BTreeSet<QualifiedName>,
    scope: &Scope,
) -> Result<Schema, Unprintable> {
    let mut conn = database.connect().await?;
    let mut words = without_foreign_keys(schema, tables);
    drop_others(&mut conn, schema, scope).await?;
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
        table.constraints.retain(|it: &Constraint| !it.is_foreign_key());
    }
    schema
}

/// Drops the tables that `schema` has not, and views where it has tables.
async fn drop_others(conn: &mut PgConnection, schema: &Schema, scope: &Scope) -> Result<(), Unprintable> {
    let there = reflect(conn, scope).await?;
    let is_view = |it: &&Definition| matches!(it.name.kind, DefinitionKind::View | DefinitionKind::MaterializedView);
    for view in there.definitions.iter().filter(is_view).filter(|it| schema.table(&it.name.name).is_some()) {
        let name = qualified(&view.name.name, &scope.default_namespace);
        let drop = format!("DROP {} IF EXISTS {name} CASCADE", view.name.kind.words().to_ascii_uppercase());
        execute(conn, &drop, &Object::Definition(view.name.clone())).await?;
    }
    for table in there.tables.iter().filter(|it| schema.table(&it.name).is_none()) {
        let name = qualified(&table.name, &scope.default_namespace);
        execute(conn, &format!("DROP TABLE IF EXISTS {name} CASCADE"), &Object::Table(table.name.clone())).await?;
    }
    Ok(())
}

/// Namespaces and enum types as `schema` has them; a type with other labels is made again.
pub(super) async fn prepare(conn: &mut PgConnection, schema: &Schema, scope: &Scope) -> Result<(), Unprintable> {
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
    run(conn, &operations, scope).await?;
    prepare_definitions(conn, schema, scope).await
}

/// Types, sequences and functions that tables may stand on. Those that stand on tables themselves cannot be made yet,
/// and nothing that is printed here needs them.
async fn prepare_definitions(conn: &mut PgConnection, schema: &Schema, scope: &Scope) -> Result<(), Unprintable> {
    let can_be_below = |it: &&Definition| it.name.kind <= DefinitionKind::Procedure;
    let mut wanted: Vec<&Definition> = schema.definitions.iter().filter(can_be_below).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let there = reflect(conn, scope).await?;
    wanted.retain(|it| there.definition(&it.name) != Some(it));
    loop {
        let before = wanted.len();
        let mut refused = Vec::new();
        for definition in wanted {
            let change = match there.definition(&definition.name) {
                Some(from) => Change::Alter { from: from.clone(), to: definition.clone() },
                None => Change::Add(definition.clone()),
            };
            match run(conn, &[Operation::Definition(change, Layer::Below)], scope).await {
                Ok(()) => {}
                Err(Unprintable::Refused { .. }) => refused.push(definition),
                Err(failed) => return Err(failed),
            }
        }
        if refused.is_empty() || refused.len() == before {
            return Ok(());
        }
        wanted = refused;
    }
}

async fn build(conn: &mut PgConnection, schema: &Schema, scope: &Scope) -> Result<(), Unprintable> {
    for table in &schema.tables {
        let name = qualified(&table.name, &scope.default_namespace);
        execute(conn, &format!("DROP TABLE IF EXISTS {name} CASCADE"), &Object::Table(table.name.clone())).await?;
        drop_stray_sequences(conn, table, scope).await?;
    }
    for table in &schema.tables {
        let create = [Operation::Table(Change::Add(table.clone()))];
        if let Err(refused) = run(conn, &create, scope).await {
            return Err(closer(conn, table, scope).await?.unwrap_or(refused));
        }
    }
    Ok(())
}

/// Of a table that Postgres refuses, the column that it refuses alone.
async fn closer(conn: &mut PgConnection, table: &Table, scope: &Scope) -> Result<Option<Unprintable>, Unprintable> {
    for column in &table.columns {
        // What was refused left the sequences behind that stood before it.
        drop_stray_sequences(conn, table, scope).await?;
        let alone = Table { columns: vec![column.clone()], ..Table::new(table.name.clone()) };
        let create = [Operation::Table(Change::Add(alone))];
        if let Err(Unprintable::Refused { statement, message, .. }) = run(conn, &create, scope).await {
            let object = Object::Column(table.name.clone(), column.name.clone());
            return Ok(Some(Unprintable::Refused { object, statement, message }));
        }
        let name = qualified(&table.name, &scope.default_namespace);
        execute(conn, &format!("DROP TABLE {name} CASCADE"), &Object::Table(table.name.clone())).await?;
    }
    Ok(None)
}

/// A renamed table's sequence, or one that another table's default kept alive, may still bear a serial's name.
async fn drop_stray_sequences(conn: &mut PgConnection, table: &Table, scope: &Scope) -> Result<(), Unprintable> {
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
pub(super) async fn run(conn: &mut PgConnection, operations: &[Operation], scope: &Scope) -> Result<(), Unprintable> {
    run_with(conn, operations, &Words::new(&scope.default_namespace)).await
}

/// The same where types change or rows are filled.
pub(super) async fn run_with(
    conn: &mut PgConnection,
    operations: &[Operation],
    words: &Words,
) -> Result<(), Unprintable> {
    for (operation, statements) in operations.iter().zip(render(operations, words)) {
        for statement in statements {
            execute(conn, &statement.sql, &operation.object()).await?;
        }
    }
    Ok(())
}

/// Prepared, so that a text with a second statement inside is refused.
async fn execute(conn: &mut PgConnection, sql: &str, object: &Object) -> Result<(), Unprintable> {
    loop {
        let query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
        let refusal = match query.execute(&mut *conn).await {
            Ok(_) => return Ok(()),
            Err(sqlx::Error::Database(refusal)) => refusal,
            Err(cause) => return Err(Unprintable::Failed(lost(cause))),
        };
        if !make_missing(conn, refusal.code().as_deref(), refusal.message()).await? {
            let (object, message) = (object.clone(), refusal.message().to_owned());
            return Err(Unprintable::Refused { object, statement: sql.to_owned(), message });
        }
    }
}

/// Why something cannot be put into Postgres' words.
#[derive(Debug)]
pub enum Unprintable {
    /// Postgres refuses it.
    Refused {
        /// What it is declared for.
        object: Object,
        /// The statement that was tried.
        statement: String,
        /// What Postgres says.
        message: String,
    },
    /// Scratch does not work.
    Failed(Error),
}

impl From<Error> for Unprintable {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Unprintable> for Error {
    fn from(unprintable: Unprintable) -> Self {
        match unprintable {
            Unprintable::Failed(error) => error,
            Unprintable::Refused { object, statement, message } => {
                Self::new(Kind::Error, format!("scratch refuses {object}: {message}"))
                    .caused_by(anyhow::anyhow!("the statement was: {statement}"))
            }
        }
    }
}
