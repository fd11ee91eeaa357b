//! What became of the rows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::course::Course;
use super::lost;
use crate::error::Result;
use crate::render::{Words, identifier, qualified};
use crate::schema::{BaseType, Column, ConstraintKind, DataType, Object, QualifiedName, Rename, Table};

/// A table with more rows than this is counted only.
const COMPARED: usize = 500;

/// Rows at one moment, by table.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    tables: BTreeMap<QualifiedName, Rows>,
}

impl Snapshot {
    /// The same where nothing is to become anything else: for what was there and back.
    pub(super) fn unchanged(&self) -> Self {
        let still = |row: &BTreeMap<String, Value>| {
            let same = |value: &Value| Value { now: value.now.clone(), then: Some(value.now.clone()) };
            row.iter().map(|(column, value)| (column.clone(), same(value))).collect()
        };
        let table = |rows: &Rows| Rows { count: rows.count, rows: rows.rows.iter().map(still).collect() };
        Self { tables: self.tables.iter().map(|(name, rows)| (name.clone(), table(rows))).collect() }
    }
}

#[derive(Debug, Default)]
struct Rows {
    count: usize,
    /// Values as text, by column.
    rows: Vec<BTreeMap<String, Value>>,
}

/// What a column of a row holds, as text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Value {
    now: Option<String>,
    /// What it should be afterwards; none where nobody can say.
    then: Option<Option<String>>,
}

/// Which changes are known.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// Tables and columns whose values are said to change, by their later names.
    pub(super) lossy: BTreeSet<Object>,
    /// Columns whose NULLs are filled, by their later names.
    pub(super) filled: BTreeSet<Object>,
}

/// Something that was there and is not any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The table, as it was called.
    pub table: QualifiedName,
    /// What of it.
    pub what: Lost,
    /// How many rows are concerned.
    pub rows: usize,
    /// Of how many.
    pub of: usize,
}

/// What of a table is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// Whole rows.
    Rows,
    /// A column with its values.
    Column(String),
    /// Values of a column.
    Values {
        /// The column, as it was called.
        column: String,
        /// One of them before.
        was: Option<String>,
        /// And afterwards.
        is: Option<String>,
    },
}

impl Loss {
    /// In a sentence: `users.name held 'a1' and holds NULL (1 of 3 rows)`.
    #[must_use]
    pub fn display(&self, default_namespace: &str) -> String {
        let Self { table, what, rows, of } = self;
        let table = table.display(default_namespace);
        match what {
            Lost::Rows => format!("{rows} of {of} rows of {table} are gone"),
            Lost::Column(column) => format!("the values of {table}.{column} are gone ({rows} of {of} rows)"),
            Lost::Values { column, was, is } => {
                format!("{table}.{column} held {} and holds {} ({rows} of {of} rows)", Shown(was), Shown(is))
            }
        }
    }
}

struct Shown<'a>(&'a Option<String>);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("NULL"),
            Some(text) if text.chars().count() > 40 => {
                write!(f, "'{}..'", text.chars().take(38).collect::<String>())
            }
            Some(text) => write!(f, "'{text}'"),
        }
    }
}

/// Reads the rows of these tables of `course.from`, and what each value should be at its end.
///
/// # Errors
///
/// When the server is gone.
pub(super) async fn snapshot(
    conn: &mut PgConnection,
    course: &Course<'_>,
    tables: &BTreeSet<QualifiedName>,
    namespace: &str,
) -> Result<Snapshot> {
    let tables: Vec<&Table> = course.from.tables.iter().filter(|table| tables.contains(&table.name)).collect();
    if tables.is_empty() {
        return Ok(Snapshot::default());
    }
    // A value of the history that does not become the later type is no affair of the snapshot.
    for casts in [true, false] {
        let sql = selects(course, &tables, namespace, casts);
        match sqlx::query(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *conn).await {
            Ok(rows) => {
                let mut snapshot = read(course, &tables, &rows, casts).map_err(lost)?;
                count_large(conn, &mut snapshot, namespace).await?;
                return Ok(snapshot);
            }
            Err(sqlx::Error::Database(_)) if casts => {}
            Err(cause) => return Err(lost(cause)),
        }
    }
    Ok(Snapshot::default())
}

fn selects(course: &Course<'_>, tables: &[&Table], namespace: &str, casts: bool) -> String {
    let words = Words::new(namespace);
    let select = |(number, table): (usize, &&Table)| {
        let texts: Vec<String> =
            table.columns.iter().map(|column| format!("{}::text", identifier(&column.name))).collect();
        let then: Vec<String> = table
            .columns
            .iter()
            .map(|column| match expectation(course, table, column) {
                Expectation::Cast(data_type) if casts => {
                    format!("({}::{})::text", identifier(&column.name), words.data_type(data_type))
                }
                Expectation::Cast(_) | Expectation::Same | Expectation::Unknown => "NULL".to_owned(),
            })
            .collect();
        format!(
            "SELECT {number} AS number, ARRAY[{}]::text[] AS now, ARRAY[{}]::text[] AS later \
             FROM (SELECT * FROM {} LIMIT {}) t",
            texts.join(", "),
            then.join(", "),
            qualified(&table.name, namespace),
            COMPARED + 1,
        )
    };
    tables.iter().enumerate().map(select).collect::<Vec<_>>().join("\nUNION ALL ")
}

fn read(course: &Course<'_>, tables: &[&Table], rows: &[sqlx::postgres::PgRow], casts: bool) -> sqlx::Result<Snapshot> {
    let mut snapshot = Snapshot::default();
    for table in tables {
        snapshot.tables.insert(table.name.clone(), Rows::default());
    }
    for row in rows {
        let number: i32 = row.try_get("number")?;
        let (now, later): (Vec<Option<String>>, Vec<Option<String>>) = (row.try_get("now")?, row.try_get("later")?);
        let Some(table) = usize::try_from(number).ok().and_then(|number| tables.get(number)) else { continue };
        let values = table.columns.iter().zip(now.into_iter().zip(later)).map(|(column, (now, later))| {
            let then = match expectation(course, table, column) {
                Expectation::Same => Some(relabelled(course, &column.data_type, now.clone())),
                Expectation::Cast(_) if casts => Some(later),
                Expectation::Cast(_) | Expectation::Unknown => None,
            };
            (column.name.clone(), Value { now, then })
        });
        let rows = snapshot.tables.entry(table.name.clone()).or_default();
        rows.rows.push(values.collect());
        rows.count += 1;
    }
    Ok(snapshot)
}

async fn count_large(conn: &mut PgConnection, snapshot: &mut Snapshot, namespace: &str) -> Result<()> {
    for (name, rows) in snapshot.tables.iter_mut().filter(|(_, rows)| rows.count > COMPARED) {
        let sql = format!("SELECT count(*) FROM {}", qualified(name, namespace));
        let count: i64 =
            sqlx::query_scalar(AssertSqlSafe(sql)).persistent(false).fetch_one(&mut *conn).await.map_err(lost)?;
        *rows = Rows { count: usize::try_from(count).unwrap_or(usize::MAX), rows: Vec::new() };
    }
    Ok(())
}

/// What a value should be afterwards.
enum Expectation<'a> {
    /// The same text.
    Same,
    /// What it is as this type.
    Cast(&'a DataType),
    /// Nobody can say.
    Unknown,
}

fn expectation<'a>(course: &Course<'a>, table: &Table, column: &Column) -> Expectation<'a> {
    let Some(then) = course.column(&table.name, &column.name) else { return Expectation::Same };
    if !course.changes_type(&column.data_type, &then.data_type) {
        // Labels inside of arrays are not followed.
        let relabels = column.data_type.array && column.data_type.enum_name().is_some_and(|it| course.relabels(it));
        return if relabels { Expectation::Unknown } else { Expectation::Same };
    }
    match &then.data_type.base {
        BaseType::Builtin(_) => Expectation::Cast(&then.data_type),
        // The labels of an enum are found by their text.
        BaseType::Enum(_) if column.data_type.array == then.data_type.array => Expectation::Same,
        BaseType::Enum(_) | BaseType::Other(_) => Expectation::Unknown,
    }
}

fn relabelled(course: &Course<'_>, data_type: &DataType, value: Option<String>) -> Option<String> {
    match (data_type.enum_name(), value) {
        (Some(name), Some(label)) if !data_type.array => Some(course.label(name, &label).unwrap_or(label)),
        (_, value) => value,
    }
}

/// What of `before` is not there any more in `after`, unless it is known. `course` leads from one to the other, `later`
/// from the names of `before` to those that `known` speaks in.
pub(super) fn losses(
    course: &Course<'_>,
    before: &Snapshot,
    after: &Snapshot,
    later: &[Rename],
    known: &Known,
) -> Vec<Loss> {
    let mut losses = Vec::new();
    for (name, rows) in &before.tables {
        let said = |object: Object| known.lossy.contains(&object.renamed(later));
        if rows.count == 0 || said(Object::Table(name.clone())) {
            continue;
        }
        let Some(table) = course.from.table(name) else { continue };
        let there = after.tables.get(&course.table_name(name));
        let loss = |what: Lost, count: usize| Loss { table: name.clone(), what, rows: count, of: rows.count };
        let Some(there) = there.filter(|_| course.table(name).is_some()) else {
            losses.push(loss(Lost::Rows, rows.count));
            continue;
        };
        // What is counted only has no rows to be looked at.
        if there.count < rows.count && rows.rows.len().min(there.rows.len()) < rows.count.min(there.count) {
            losses.push(loss(Lost::Rows, rows.count - there.count));
            continue;
        }
        let columns = table
            .columns
            .iter()
            .filter(|column| !column.is_generated() && !said(Object::Column(name.clone(), column.name.clone())));
        let (kept, gone): (Vec<&Column>, Vec<&Column>) =
            columns.partition(|column| course.column(name, &column.name).is_some());
        losses.extend(gone.into_iter().map(|column| loss(Lost::Column(column.name.clone()), rows.count)));
        let compared: Vec<(&Column, String)> = kept
            .into_iter()
            .filter(|it| course.column(name, &it.name).is_some_and(|it| !it.is_generated()))
            .map(|column| (column, course.column_name(name, &column.name)))
            .collect();
        let filled =
            |column: &str| known.filled.contains(&Object::Column(name.clone(), column.to_owned()).renamed(later));
        losses.extend(
            differing(table, rows, there, &compared, &filled).into_iter().map(|(what, count)| loss(what, count)),
        );
    }
    losses
}

/// Values that are others, a column each. Rows are found by their primary key, or else by their order.
fn differing(
    table: &Table,
    before: &Rows,
    after: &Rows,
    columns: &[(&Column, String)],
    filled: &dyn Fn(&str) -> bool,
) -> Vec<(Lost, usize)> {
    let known = |(column, _): &&(&Column, String)| {
        before.rows.iter().all(|row| row.get(&column.name).is_some_and(|value| value.then.is_some()))
    };
    let columns: Vec<&(&Column, String)> = columns.iter().filter(known).collect();
    let expected =
        |row: &BTreeMap<String, Value>, column: &Column| row.get(&column.name).and_then(|it| it.then.clone()).flatten();
    let actual = |row: &BTreeMap<String, Value>, name: &str| row.get(name).and_then(|it| it.now.clone());
    let key: Vec<&&(&Column, String)> = columns.iter().filter(|(column, _)| is_key(table, &column.name)).collect();
    let whole = table.primary_key().is_some_and(|it| key_columns(&it.kind).len() == key.len());
    let by = if whole && !key.is_empty() { key } else { columns.iter().collect() };
    let mut left: Vec<_> =
        before.rows.iter().map(|row| (by.iter().map(|(it, _)| expected(row, it)).collect::<Vec<_>>(), row)).collect();
    let mut right: Vec<_> =
        after.rows.iter().map(|row| (by.iter().map(|(_, it)| actual(row, it)).collect::<Vec<_>>(), row)).collect();
    left.sort_by(|a, b| a.0.cmp(&b.0));
    right.sort_by(|a, b| a.0.cmp(&b.0));
    let mut pairs = Vec::new();
    let mut gone = 0;
    if whole {
        for (key, row) in &left {
            match right.iter().find(|(other, _)| other == key) {
                Some((_, other)) => pairs.push((*row, *other)),
                None => gone += 1,
            }
        }
    } else if right.len() < left.len() {
        gone = left.len() - right.len();
    } else {
        pairs.extend(left.iter().zip(&right).map(|((_, row), (_, other))| (*row, *other)));
    }
    let mut found: Vec<(Lost, usize)> = (gone > 0).then_some((Lost::Rows, gone)).into_iter().collect();
    for (column, name) in &columns {
        let others: Vec<(Option<String>, Option<String>)> = pairs
            .iter()
            .map(|(row, other)| (expected(row, column), actual(other, name)))
            .filter(|(was, is)| was != is && !(was.is_none() && filled(&column.name)))
            .collect();
        if let Some((was, is)) = others.first().cloned() {
            found.push((Lost::Values { column: column.name.clone(), was, is }, others.len()));
        }
    }
    found
}

fn is_key(table: &Table, column: &str) -> bool {
    table.primary_key().is_some_and(|it| key_columns(&it.kind).iter().any(|it| it == column))
}

fn key_columns(kind: &ConstraintKind) -> &[String] {
    match kind {
        ConstraintKind::PrimaryKey { columns, .. } => columns,
        ConstraintKind::Unique { .. }
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclusion { .. } => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::ColumnDefault;
    use crate::schema::{Constraint, Schema};

    fn schema(columns: &[&str]) -> Schema {
        let mut table = Table::new(QualifiedName::new("public", "users"));
        table.columns = columns
            .iter()
            .map(|name| Column {
                name: (*name).to_owned(),
                data_type: DataType::builtin("text"),
                nullable: true,
                default: ColumnDefault::None,
                collation: None,
                comment: None,
            })
            .collect();
        let kind = ConstraintKind::PrimaryKey { columns: vec!["id".to_owned()], include: Vec::new() };
        table.constraints.push(Constraint::new("users_pkey", kind));
        Schema { tables: vec![table], ..Schema::default() }
    }

    fn snapshot(schema: &Schema, rows: &[&[Option<&str>]]) -> Snapshot {
        let table = &schema.tables[0];
        let row = |values: &&[Option<&str>]| {
            let value = |it: &Option<&str>| {
                let now = it.map(str::to_owned);
                Value { then: Some(now.clone()), now }
            };
            table.columns.iter().zip(values.iter()).map(|(column, it)| (column.name.clone(), value(it))).collect()
        };
        let rows = Rows { count: rows.len(), rows: rows.iter().map(row).collect() };
        Snapshot { tables: [(table.name.clone(), rows)].into() }
    }

    fn told(from: (&[&str], &[&[Option<&str>]]), to: (&[&str], &[&[Option<&str>]]), known: &Known) -> Vec<String> {
        let (start, end) = (schema(from.0), schema(to.0));
        let renames = [Rename::Column {
            table: QualifiedName::new("public", "users"),
            from: "name".to_owned(),
            to: "full_name".to_owned(),
        }];
        let course = Course::new(&start, &end, &renames);
        let found = losses(&course, &snapshot(&start, from.1), &snapshot(&end, to.1), &renames, known);
        found.iter().map(|it| it.display("public")).collect()
    }

    #[test]
    fn what_is_gone_is_told_and_what_is_renamed_is_not() {
        let before: (&[&str], &[&[Option<&str>]]) =
            (&["id", "name", "age"], &[&[Some("1"), Some("a"), None], &[Some("2"), Some("b"), Some("7")]]);
        let same: &[&[Option<&str>]] = &[&[Some("2"), Some("b"), Some("7")], &[Some("1"), Some("a"), None]];
        let known = Known::default();
        assert_eq!(told(before, (&["id", "full_name", "age"], same), &known), Vec::<String>::new());
        let other: &[&[Option<&str>]] = &[&[Some("1"), Some("A"), Some("0")]];
        assert_eq!(
            told(before, (&["id", "full_name", "age"], other), &known),
            [
                "1 of 2 rows of users are gone",
                "users.name held 'a' and holds 'A' (1 of 2 rows)",
                "users.age held NULL and holds '0' (1 of 2 rows)"
            ]
        );
        assert_eq!(
            told(before, (&["id", "full_name"], &[&[Some("1"), Some("a")], &[Some("2"), Some("b")]]), &known),
            ["the values of users.age are gone (2 of 2 rows)"]
        );
    }

    #[test]
    fn what_is_known_is_not_told() {
        let before: (&[&str], &[&[Option<&str>]]) = (&["id", "name", "age"], &[&[Some("1"), Some("a"), None]]);
        let column = |name: &str| Object::Column(QualifiedName::new("public", "users"), name.to_owned());
        let known = Known { lossy: [column("full_name")].into(), filled: [column("age")].into() };
        let after: &[&[Option<&str>]] = &[&[Some("1"), Some("x"), Some("0")]];
        assert_eq!(told(before, (&["id", "full_name", "age"], after), &known), Vec::<String>::new());
    }
}
