//! What `extras.sql` declares, found out by running it: on a copy of the database, over the tables as the entities want
//! them. What is there afterwards and was not before is declared, and stated in full.

use std::collections::BTreeSet;

use sqlx::postgres::PgDatabaseError;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::addition::Addition;
use super::build::{Unprintable, run_with};
use super::extras::{Extra, Extras};
use super::roles::make_missing;
use super::subject::keyword;
use super::{Database, Scratch, lost};
use crate::diff::diff;
use crate::error::{Error, Kind, Result};
use crate::operation::{Change, Operation, display_object};
use crate::reflect::{Scope, reflect};
use crate::render::{Words, qualified};
use crate::schema::{
    ConstraintKind, Definition, DefinitionKind, DefinitionName, Entry, Models, Object, QualifiedName, Schema,
};

/// What a declaration is laid over.
#[derive(Debug)]
pub struct Ground<'a> {
    /// A database in the state of `renamed`; it is copied.
    pub bench: &'a Database,
    /// What is there.
    pub renamed: &'a Schema,
    /// What the entities want to be there.
    pub wanted: &'a Schema,
    /// What of it the entities declare.
    pub declared: &'a [Entry],
}

impl Scratch {
    /// Makes on `bench` what `extras` declare and the entities' tables may stand on, as far as that can be.
    ///
    /// # Errors
    ///
    /// When the server is gone.
    pub async fn prepare_for(&self, bench: &Database, extras: &Extras) -> Result<()> {
        let mut conn = bench.connect().await?;
        let made = prelude(&mut conn, extras).await;
        let _ = conn.close().await;
        made.map(drop)
    }

    /// The models with what `extras` declare.
    ///
    /// # Errors
    ///
    /// [`Kind::Usage`] with the place of a statement that Postgres refuses, that changes nothing that is compared, or
    /// that takes something away.
    pub async fn declare(
        &self,
        ground: &Ground<'_>,
        extras: &Extras,
        models: &Models,
        scope: &Scope,
    ) -> Result<Models> {
        let stage = self.copy(ground.bench).await?;
        let mut conn = stage.connect().await?;
        let declared = perform(&mut conn, ground, extras, scope).await;
        let _ = conn.close().await;
        stage.drop().await?;
        let (before, after) = declared?;
        Addition { before: &before, after: &after, extras }.add_to(models)
    }
}

/// What is there before and after the statements.
async fn perform(
    conn: &mut PgConnection,
    ground: &Ground<'_>,
    extras: &Extras,
    scope: &Scope,
) -> Result<(Schema, Schema)> {
    let untouched = reflect(conn, scope).await?;
    let done = prelude(conn, extras).await?;
    let made = beyond(&reflect(conn, scope).await?, &untouched);
    let namespaces = |schema: &Schema| {
        let more = made.namespaces.iter().filter(|it| schema.namespace(&it.name).is_none()).cloned();
        Schema { namespaces: schema.namespaces.iter().cloned().chain(more).collect(), ..schema.clone() }.sorted()
    };
    bring(conn, &namespaces(ground.renamed), &namespaces(&bare(ground, extras)), scope).await?;
    move_away(conn, extras, &made, scope).await?;
    let before = beyond(&reflect(conn, scope).await?, &made);
    run(conn, extras, &done, scope).await?;
    Ok((before, reflect(conn, scope).await?))
}

/// Types, sequences and functions that the entities' tables may stand on come first, where they can be made without
/// these. The positions of what was made.
async fn prelude(conn: &mut PgConnection, extras: &Extras) -> Result<BTreeSet<usize>> {
    let kinds = ["EXTENSION", "SCHEMA", "TYPE", "DOMAIN", "SEQUENCE", "FUNCTION", "PROCEDURE"];
    let mut done = BTreeSet::new();
    for (position, extra) in extras.statements.iter().enumerate() {
        if extra.head.verb != "CREATE" || !kinds.contains(&extra.head.kind.as_str()) || extra.replaces() {
            continue;
        }
        let mut attempt = conn.begin().await.map_err(lost)?;
        let made = sqlx::query(AssertSqlSafe(extra.sql.as_str())).persistent(false).execute(&mut *attempt).await;
        let stays = match made {
            // A view that is there now may be another by the time that tables and views are made.
            Ok(_) => !stands_on_a_view(&mut attempt).await?,
            // It stands on tables, or it is there already: its turn comes later.
            Err(sqlx::Error::Database(_)) => false,
            Err(cause) => return Err(lost(cause)),
        };
        if stays {
            attempt.commit().await.map_err(lost)?;
            done.insert(position);
        } else {
            attempt.rollback().await.map_err(lost)?;
        }
    }
    Ok(done)
}

/// Whether a function that this transaction made does.
async fn stands_on_a_view(conn: &mut PgConnection) -> Result<bool> {
    let sql = include_str!("stands_on_a_view.sql");
    sqlx::query_scalar(sql).persistent(false).fetch_one(conn).await.map_err(lost)
}

/// `all` without what is in `there`, by name; tables aside.
fn beyond(all: &Schema, there: &Schema) -> Schema {
    let mut schema = all.clone();
    schema.namespaces.retain(|it| there.namespace(&it.name).is_none());
    schema.enum_types.retain(|it| there.enum_type(&it.name).is_none());
    schema.definitions.retain(|it| there.definition(&it.name).is_none());
    schema
}

/// What tables stand on cannot be dropped. It moves out of sight, so that its name and those of its constraints are
/// free for what extras.sql makes.
async fn move_away(conn: &mut PgConnection, extras: &Extras, made: &Schema, scope: &Scope) -> Result<()> {
    let there = reflect(conn, scope).await?;
    let old = there.definitions.iter().filter(|it| made.definition(&it.name).is_none());
    let types = there.enum_types.iter().filter(|it| made.enum_type(&it.name).is_none());
    let objects = old
        .filter(|it| is_below(it.name.kind) && extras.creates(&[keyword(it.name.kind).as_str()], &it.name.name))
        .filter_map(|it| it.drop.strip_prefix("DROP ").map(str::to_owned))
        .chain(
            types
                .filter(|it| extras.creates(&["TYPE"], &it.name))
                .map(|it| format!("TYPE {}", qualified(&it.name, &scope.default_namespace))),
        );
    for (number, object) in objects.enumerate() {
        let sql = format!("CREATE SCHEMA autogen_old_{number}; ALTER {object} SET SCHEMA autogen_old_{number}");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *conn).await.map_err(lost)?;
    }
    Ok(())
}

/// What columns, defaults, checks and indexes can stand on, extensions aside, which are never made twice.
fn is_below(kind: DefinitionKind) -> bool {
    kind > DefinitionKind::Extension && kind <= DefinitionKind::Procedure
}

/// Turns a database in the state of `from` into one in the state of `to`. Rows are of no interest: they go first, so
/// that nothing can be in their way.
pub(super) async fn bring(
    conn: &mut PgConnection,
    from: &Schema,
    to: &Schema,
    scope: &Scope,
) -> Result<(), Unprintable> {
    empty(conn, from, scope).await?;
    orphan(conn).await?;
    let there = reflect(conn, scope).await?;
    let mut operations = diff(from, to);
    // A rename may have made the namespace already.
    operations.retain(
        |it| !matches!(it, Operation::Namespace(Change::Add(namespace)) if there.namespace(&namespace.name).is_some()),
    );
    let mut words = Words::new(&scope.default_namespace);
    for operation in &operations {
        if let Operation::Column(table, Change::Alter { from, to }) = operation
            && from.data_type != to.data_type
        {
            let object = Object::Column(table.clone(), to.name.clone());
            words.using.insert(object, format!("NULL::{}", words.data_type(&to.data_type)));
        }
    }
    run_with(conn, &operations, &words).await
}

/// Children of inheritance follow their parent in every change but its end, which they are in the way of.
async fn orphan(conn: &mut PgConnection) -> Result<()> {
    let children: Vec<String> = sqlx::query_scalar(
        "select c.oid::regclass::text from pg_class c where c.relkind = 'r' and not c.relispartition \
         and exists (select from pg_inherits i where i.inhrelid = c.oid)",
    )
    .fetch_all(&mut *conn)
    .await
    .map_err(lost)?;
    for child in children {
        let sql = format!("DROP TABLE IF EXISTS {child} CASCADE");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *conn).await.map_err(lost)?;
    }
    Ok(())
}

async fn empty(conn: &mut PgConnection, schema: &Schema, scope: &Scope) -> Result<()> {
    if schema.tables.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = schema.tables.iter().map(|it| qualified(&it.name, &scope.default_namespace)).collect();
    let sql = format!("TRUNCATE {} CASCADE", names.join(", "));
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.map_err(lost)?;
    Ok(())
}

/// What the entities want, without what could bear a name that extras.sql gives: everything that nobody declares and
/// nothing can stand on, and what bears the name of something that extras.sql creates.
fn bare(ground: &Ground<'_>, extras: &Extras) -> Schema {
    let declares = |object: Object| ground.declared.contains(&Entry { object, fact: None });
    let adds = |table: &QualifiedName, name: &String| {
        extras.statements.iter().any(|it| it.head.name.as_ref() == Some(table) && it.head.constraints.contains(name))
    };
    let mut schema = ground.wanted.clone();
    schema.tables.retain(|it| declares(Object::Table(it.name.clone())) || !extras.creates(&["TABLE"], &it.name));
    for table in &mut schema.tables {
        let name = &table.name;
        table.columns.retain(|it| {
            declares(Object::Column(name.clone(), it.name.clone())) || !extras.adds_column(name, &it.name)
        });
        // A foreign key may stand on a unique index.
        table.indexes.retain(|it| {
            let object = Object::Index(name.clone(), it.name.clone());
            declares(object.clone()) || it.unique && !extras.statements.iter().any(|extra| extra.is_about(&object))
        });
        table.constraints.retain(|it| {
            let stood_on = match it.kind {
                ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } | ConstraintKind::ForeignKey(_) => {
                    true
                }
                ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. } => false,
            };
            declares(Object::Constraint(name.clone(), it.name.clone())) || stood_on && !adds(name, &it.name)
        });
    }
    // What tables stand on stays as long as they do, whoever wants it gone.
    let held = |it: &Definition| {
        let name = Object::Definition(it.name.clone());
        ground.renamed.needs.iter().any(|need| {
            need.needs == name
                && !matches!(need.of, Object::Definition(_))
                && need.of.host().is_some_and(|host| schema.table(host).is_some())
        })
    };
    let is_extension = |it: &Definition| it.name.kind == DefinitionKind::Extension;
    let kept = ground.renamed.definitions.iter().filter(|it| ground.wanted.definition(&it.name).is_none());
    let kept: Vec<Definition> =
        kept.filter(|it| is_extension(it) || is_below(it.name.kind) && held(it)).cloned().collect();
    schema
        .definitions
        .retain(|it| !it.name.kind.has_host() && !extras.creates(&["VIEW", "MATERIALIZED VIEW"], &it.name.name));
    schema.definitions.extend(kept);
    let used: Vec<_> =
        schema.tables.iter().flat_map(|it| &it.columns).filter_map(|it| it.data_type.enum_name()).collect();
    let enums = ground.renamed.enum_types.iter().filter(|it| ground.wanted.enum_type(&it.name).is_none());
    let enums: Vec<_> = enums.filter(|it| used.contains(&&it.name)).cloned().collect();
    schema.enum_types.extend(enums);
    without_stranded(schema.sorted())
}

/// Without what stands on a definition that is not there.
fn without_stranded(mut schema: Schema) -> Schema {
    loop {
        let there: Vec<DefinitionName> = schema.definitions.iter().map(|it| it.name.clone()).collect();
        let is_there = |object: &Object| match object {
            Object::Definition(name) => there.contains(name),
            Object::Table(table) => schema.table(table).is_some(),
            Object::Column(table, column) => schema.table(table).is_some_and(|it| it.column(column).is_some()),
            Object::Namespace(_)
            | Object::EnumType(_)
            | Object::EnumLabel(..)
            | Object::Constraint(..)
            | Object::Index(..) => true,
        };
        let stands = |it: &&Definition| {
            let of = Object::Definition(it.name.clone());
            schema.needs.iter().filter(|need| need.of == of).all(|need| is_there(&need.needs))
        };
        schema.definitions = schema.definitions.iter().filter(stands).cloned().collect();
        if schema.definitions.len() == there.len() {
            return schema;
        }
    }
}

async fn run(conn: &mut PgConnection, extras: &Extras, done: &BTreeSet<usize>, scope: &Scope) -> Result<()> {
    let waiting = extras.statements.iter().enumerate().filter(|(position, _)| !done.contains(position));
    for (_, extra) in waiting {
        // What creates says what it creates. An alteration may be of something that autogen does not see.
        let before = if extra.head.verb == "CREATE" { None } else { Some(reflect(conn, scope).await?) };
        loop {
            let query = sqlx::query(AssertSqlSafe(extra.sql.as_str())).persistent(false);
            let refusal = match query.execute(&mut *conn).await {
                Ok(_) => break,
                Err(sqlx::Error::Database(refusal)) => refusal,
                Err(cause) => return Err(lost(cause)),
            };
            if extra.may_be_there(refusal.code().as_deref()) {
                break;
            }
            if !make_missing(conn, refusal.code().as_deref(), refusal.message()).await? {
                return Err(refused(extra, refusal.downcast_ref()));
            }
        }
        if let Some(before) = before {
            let after = reflect(conn, scope).await?;
            refuse_unseen(extra, &before, &after)?;
            refuse_losses(extra, &before, &after, scope)?;
        }
    }
    Ok(())
}

fn refuse_unseen(extra: &Extra, before: &Schema, after: &Schema) -> Result<()> {
    if before != after {
        return Ok(());
    }
    let first = extra.sql.lines().next().unwrap_or_default();
    Err(Error::new(Kind::Usage, format!("{}: this changes nothing that autogen compares: {first}", extra.place))
        .hint("owners, privileges, storage and statistics settings stay as they are in every database")
        .hint("write it into a revision by hand: autogen create MESSAGE --no-autogenerate"))
}

/// Nothing of what was there may be gone.
fn refuse_losses(extra: &Extra, before: &Schema, after: &Schema, scope: &Scope) -> Result<()> {
    let lost = diff(before, after).into_iter().find(|it| match it {
        Operation::Namespace(Change::Drop(_))
        | Operation::EnumType(Change::Drop(_), _)
        | Operation::Table(Change::Drop(_)) => true,
        Operation::Column(table, Change::Drop(column)) => {
            after.table(table).is_none_or(|it| it.column(&column.name).is_none())
        }
        Operation::Constraint(table, Change::Drop(constraint)) => {
            after.table(table).is_none_or(|it| it.constraint(&constraint.name).is_none())
        }
        Operation::Index(table, Change::Drop(index)) => {
            after.table(table).is_none_or(|it| it.index(&index.name).is_none())
        }
        Operation::Rename(_) => true,
        Operation::Definition(Change::Drop(definition), _) => after.definition(&definition.name).is_none(),
        Operation::Namespace(_)
        | Operation::EnumType(..)
        | Operation::Table(_)
        | Operation::Column(..)
        | Operation::Constraint(..)
        | Operation::Index(..)
        | Operation::Definition(..) => false,
    });
    match lost {
        None => Ok(()),
        Some(operation) => {
            let name = display_object(&operation.object(), &scope.default_namespace);
            let place = &extra.place;
            Err(Error::new(Kind::Usage, format!("{place}: this takes away or renames what is there: {name}"))
                .hint("extras.sql declares what is there: change the entity, or the line that makes it")
                .hint("a rename is asked about: #[sea_orm(renamed_from = \"..\")], or autogen create MESSAGE --rename OLD=NEW"))
        }
    }
}

/// The statement's place, moved to the line that Postgres points at.
fn refused(extra: &Extra, refusal: &PgDatabaseError) -> Error {
    let mut place = extra.place.clone();
    if let Some(sqlx::postgres::PgErrorPosition::Original(position)) = refusal.position() {
        let before: String = extra.sql.chars().take(position.saturating_sub(1)).collect();
        place.line += before.matches('\n').count();
    }
    let error = Error::new(Kind::Usage, format!("{place}: Postgres refuses this: {}", refusal.message()));
    let error = match refusal.hint().or(refusal.detail()) {
        Some(hint) => error.hint(format!("Postgres says: {hint}")),
        None => error,
    };
    match refusal.code() {
        // duplicate_table, duplicate_object, duplicate_function, duplicate_column
        "42P07" | "42710" | "42723" | "42701" => {
            error.hint("the entities declare it already, or an earlier line does: it can stand in one place only")
        }
        // undefined_table, undefined_column, undefined_object, undefined_function
        "42P01" | "42703" | "42704" | "42883" => {
            error.hint("extras.sql runs over the tables of the entities, from its first line to its last")
        }
        _ => error.hint("correct the statement"),
    }
}
