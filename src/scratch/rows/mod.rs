//! A few rows for the tables of the start, so that a proof meets data.
//!
//! Rows satisfy the constraints of both ends: a text column that becomes an integer gets numbers, one that becomes
//! shorter gets short words, a label that goes is not used, what becomes unique is distinct. The same two schemas give
//! the same rows. Triggers fire and foreign keys are checked as for everybody, since rows that an application could not
//! have written prove nothing (`session_replication_role = replica` would let orphans in). A table that holds rows of
//! the history itself keeps those and gets no others.
//!
//! All rows go in one message; where Postgres refuses one, table by table. What cannot be satisfied leaves its table
//! empty, with the reason.

mod check;
mod draft;
mod judge;
mod links;
mod literals;
mod types;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use sqlx::postgres::PgDatabaseError;
use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::course::Course;
use super::lost;
use crate::error::Result;
use crate::execute::parameters;
use crate::schema::{Object, QualifiedName, Table};
use draft::Draft;
use links::Turn;
use types::Types;

/// Rows a table.
pub(super) const ROWS: usize = 3;
/// Up to so many tables all are filled; of more, those that the migration touches and their neighbours.
const FEW: usize = 30;
/// Rows of the history that a foreign key may lead to.
const HELD: i64 = 3;

/// What is to be filled.
#[derive(Debug)]
pub(super) struct Filling<'a, 's> {
    /// From the state that the database is in to the one that the rows must fit as well.
    pub(super) course: &'a Course<'s>,
    /// Tables of the state, by name.
    pub(super) tables: &'a BTreeSet<QualifiedName>,
    /// Columns, by their later names, whose NULLs the migration fills.
    pub(super) filled: &'a BTreeSet<Object>,
    /// Tables that get fewer rows, or none.
    pub(super) limits: &'a BTreeMap<QualifiedName, usize>,
    /// The default namespace.
    pub(super) namespace: &'a str,
    /// All that are looked at.
    pub(super) namespaces: &'a [String],
}

/// What became of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Filled {
    /// How many rows each table has at least.
    pub(super) rows: BTreeMap<QualifiedName, usize>,
    /// Why a table has none.
    pub(super) empty: BTreeMap<QualifiedName, String>,
}

/// The tables to fill where these are touched: all where they are few, else these with the tables that their rows need
/// and those that refer to them.
pub(super) fn neighbourhood(course: &Course<'_>, touched: &BTreeSet<QualifiedName>) -> BTreeSet<QualifiedName> {
    let tables = &course.from.tables;
    if tables.len() <= FEW {
        return tables.iter().map(|table| table.name.clone()).collect();
    }
    let targets: BTreeMap<&QualifiedName, BTreeSet<QualifiedName>> = tables
        .iter()
        .map(|table| (&table.name, links::links(course, table).into_iter().filter_map(|link| link.to).collect()))
        .collect();
    let refers = |name: &QualifiedName| targets.get(name).is_some_and(|to| !to.is_disjoint(touched));
    let mut chosen: BTreeSet<QualifiedName> =
        tables.iter().map(|table| &table.name).filter(|it| touched.contains(*it) || refers(it)).cloned().collect();
    let mut next: Vec<QualifiedName> = chosen.iter().cloned().collect();
    while let Some(name) = next.pop() {
        for target in targets.get(&name).into_iter().flatten() {
            if targets.contains_key(target) && chosen.insert(target.clone()) {
                next.push(target.clone());
            }
        }
    }
    chosen
}

/// Fills the tables.
///
/// # Errors
///
/// When the server is gone; a refused row is no error.
pub(super) async fn fill(conn: &mut PgConnection, filling: &Filling<'_, '_>) -> Result<Filled> {
    if filling.tables.is_empty() {
        return Ok(Filled::default());
    }
    let mut filled = Filled { rows: held(conn, filling).await?, ..Filled::default() };
    let turns = links::in_order(filling.course, filling.tables);
    let turns: Vec<Turn<'_>> = turns.into_iter().filter(|it| !filled.rows.contains_key(&it.table.name)).collect();
    let columns = turns.iter().flat_map(|it| both_types(filling, it.table));
    let ground = Ground {
        types: Types::read(conn, filling.course.from, columns).await?,
        partitions: partitions(conn, filling, &turns).await?,
    };
    let before = filled.clone();
    if !at_once(conn, filling, &ground, &turns, &mut filled).await? {
        filled = before;
        one_by_one(conn, filling, &ground, &turns, &mut filled).await?;
    }
    Ok(filled)
}

/// What is known of the database.
struct Ground {
    types: Types,
    partitions: BTreeMap<QualifiedName, Vec<String>>,
}

fn both_types<'a>(filling: &Filling<'_, 'a>, table: &'a Table) -> impl Iterator<Item = &'a crate::schema::DataType> {
    let after = filling.course.table(&table.name);
    table.columns.iter().chain(after.into_iter().flat_map(|it| &it.columns)).map(|it| &it.data_type)
}

/// Everything in one message. False where Postgres refused something; then nothing of it is there.
async fn at_once(
    conn: &mut PgConnection,
    filling: &Filling<'_, '_>,
    ground: &Ground,
    turns: &[Turn<'_>],
    filled: &mut Filled,
) -> Result<bool> {
    let (mut inserts, mut updates) = (Vec::new(), Vec::new());
    for turn in turns {
        if let Some(draft) = draft(conn, filling, ground, turn, filled).await? {
            let (insert, rows) = draft.insert(filling.namespace, ROWS);
            if rows > 0 {
                inserts.push(insert);
                updates.extend(draft.updates(filling.namespace));
            }
            filled.rows.insert(turn.table.name.clone(), rows);
        }
    }
    inserts.append(&mut updates);
    match sqlx::raw_sql(AssertSqlSafe(inserts.join(";\n"))).execute(conn).await {
        Ok(_) => Ok(true),
        Err(sqlx::Error::Database(_)) => Ok(false),
        Err(cause) => Err(lost(cause)),
    }
}

async fn one_by_one(
    conn: &mut PgConnection,
    filling: &Filling<'_, '_>,
    ground: &Ground,
    turns: &[Turn<'_>],
    filled: &mut Filled,
) -> Result<()> {
    let mut updates = Vec::new();
    for turn in turns {
        let Some(draft) = draft(conn, filling, ground, turn, filled).await? else { continue };
        let mut refusal = None;
        for most in [ROWS, 1] {
            let (insert, rows) = draft.insert(filling.namespace, most);
            refusal = if rows == 0 { None } else { refused(conn, &insert).await? };
            if refusal.is_none() {
                filled.rows.insert(turn.table.name.clone(), rows);
                updates.extend(draft.updates(filling.namespace));
                break;
            }
        }
        filled.empty.extend(refusal.map(|refusal| (turn.table.name.clone(), refusal)));
    }
    for update in updates {
        // A row without its counterpart is a row all the same.
        refused(conn, &update).await?;
    }
    Ok(())
}

/// The rows of a table, or why there are none.
async fn draft<'s>(
    conn: &mut PgConnection,
    filling: &Filling<'_, 's>,
    ground: &Ground,
    turn: &Turn<'s>,
    filled: &mut Filled,
) -> Result<Option<Draft<'s>>> {
    let name = &turn.table.name;
    let mut because = |reason: String| {
        filled.empty.insert(name.clone(), reason);
        Ok(None)
    };
    if filling.limits.get(name) == Some(&0) {
        return Ok(None);
    }
    let none = Vec::new();
    let partitions = ground.partitions.get(name).unwrap_or(&none);
    if turn.table.partition_by.is_some() && partitions.is_empty() {
        return because("it has no partition".to_owned());
    }
    let mut draft = match Draft::new(filling, &ground.types, turn, &filled.rows) {
        Ok(draft) => draft,
        Err(reason) => return because(reason),
    };
    let unsatisfied = check::satisfy(conn, filling, &ground.types, &mut draft, partitions).await?;
    match unsatisfied.is_empty() {
        true => Ok(Some(draft)),
        false => because(unsatisfied.join(", ")),
    }
}

/// What Postgres says against a statement, in short.
async fn refused(conn: &mut PgConnection, sql: &str) -> Result<Option<String>> {
    match sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await {
        Ok(_) => Ok(None),
        Err(sqlx::Error::Database(refusal)) => {
            let constraint = refusal.try_downcast_ref::<PgDatabaseError>().and_then(PgDatabaseError::constraint);
            Ok(Some(constraint.map_or_else(|| refusal.message().to_owned(), |name| format!("constraint {name}"))))
        }
        Err(cause) => Err(lost(cause)),
    }
}

/// Tables that hold rows already, and how many of these are counted.
async fn held(conn: &mut PgConnection, filling: &Filling<'_, '_>) -> Result<BTreeMap<QualifiedName, usize>> {
    let names: Vec<QualifiedName> = named(conn, include_str!("held.sql"), filling.namespaces).await?;
    let mut held = BTreeMap::new();
    for name in names.into_iter().filter(|it| filling.course.from.table(it).is_some()) {
        let table = crate::render::qualified(&name, filling.namespace);
        let sql = format!("SELECT count(*) FROM (SELECT FROM {table} LIMIT {HELD}) t");
        let count: i64 =
            sqlx::query_scalar(AssertSqlSafe(sql)).persistent(false).fetch_one(&mut *conn).await.map_err(lost)?;
        if let Some(count) = usize::try_from(count).ok().filter(|count| *count > 0) {
            held.insert(name, count);
        }
    }
    Ok(held)
}

async fn named(conn: &mut PgConnection, sql: &str, namespaces: &[String]) -> Result<Vec<QualifiedName>> {
    let sql = parameters(sql, &["namespaces"]);
    let rows =
        sqlx::query(AssertSqlSafe(sql)).persistent(false).bind(namespaces).fetch_all(conn).await.map_err(lost)?;
    let name = |row: &sqlx::postgres::PgRow| -> sqlx::Result<QualifiedName> {
        Ok(QualifiedName::new(row.try_get::<String, _>("namespace")?, row.try_get::<String, _>("name")?))
    };
    rows.iter().map(name).collect::<sqlx::Result<_>>().map_err(lost)
}

/// What the partitions of each partitioned table take.
async fn partitions(
    conn: &mut PgConnection,
    filling: &Filling<'_, '_>,
    turns: &[Turn<'_>],
) -> Result<BTreeMap<QualifiedName, Vec<String>>> {
    let mut partitions: BTreeMap<QualifiedName, Vec<String>> = BTreeMap::new();
    if turns.iter().all(|turn| turn.table.partition_by.is_none()) {
        return Ok(partitions);
    }
    let sql = parameters(include_str!("partitions.sql"), &["namespaces"]);
    let query = sqlx::query(AssertSqlSafe(sql)).persistent(false).bind(filling.namespaces);
    for row in query.fetch_all(conn).await.map_err(lost)? {
        let read = || -> sqlx::Result<(QualifiedName, String)> {
            let name = QualifiedName::new(row.try_get::<String, _>("namespace")?, row.try_get::<String, _>("name")?);
            Ok((name, row.try_get("takes")?))
        };
        let (name, takes) = read().map_err(lost)?;
        partitions.entry(name).or_default().push(takes);
    }
    Ok(partitions)
}
