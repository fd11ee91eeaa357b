//! What stands in each column of a table's rows.

use std::collections::{BTreeMap, BTreeSet};

use super::links::{Link, Turn, may_be_null};
use super::types::Types;
use super::{Filling, ROWS, value};
use crate::render::{identifier, identifiers, literal, qualified};
use crate::schema::{BaseType, Column, ColumnDefault, ConstraintKind, DataType, Object, QualifiedName, Table};

/// The rows of one table before they are written.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) table: &'a Table,
    pub(super) slots: Vec<Slot<'a>>,
    /// Columns that must not hold the same twice, by the constraints of both ends.
    pub(super) uniques: Vec<Vec<String>>,
    later: Vec<Link>,
    rows: usize,
}

/// One column.
#[derive(Debug)]
pub(super) struct Slot<'a> {
    pub(super) column: &'a Column,
    pub(super) source: Source,
    /// Whether the last row has a NULL here.
    pub(super) nulls: bool,
}

/// Where its values come from.
#[derive(Debug)]
pub(super) enum Source {
    /// Its sequence.
    Default,
    /// These, one a row, over and over.
    Values(Vec<Option<String>>),
    /// A column of another table's rows, of which there are so many.
    Reference { table: QualifiedName, column: String, not_null: Vec<String>, count: usize },
}

impl<'a> Draft<'a> {
    /// What can be said without Postgres; the reason where nothing can stand in a column. `counts` has the rows of
    /// the tables that are filled.
    pub(super) fn new(
        filling: &Filling<'_, 'a>,
        types: &Types,
        turn: &Turn<'a>,
        counts: &BTreeMap<QualifiedName, usize>,
    ) -> Result<Self, String> {
        let mut slots = Vec::new();
        for column in &turn.table.columns {
            if column.is_generated() {
                continue;
            }
            slots.push(slot(filling, types, turn, column, counts)?);
        }
        let rows = filling.limits.get(&turn.table.name).copied().unwrap_or(ROWS);
        let later = turn.links.iter().filter(|link| link.later).cloned().collect();
        Ok(Self { table: turn.table, slots, uniques: uniques(filling, turn.table), later, rows })
    }

    /// One INSERT, and how many rows it writes.
    pub(super) fn insert(&self, namespace: &str, most: usize) -> (String, usize) {
        let name = qualified(&self.table.name, namespace);
        let rows = self.distinct(most.min(self.rows), namespace);
        if self.slots.is_empty() {
            let statement = format!("INSERT INTO {name} DEFAULT VALUES");
            return (vec![statement; rows.len()].join("; "), rows.len());
        }
        let columns: Vec<&str> = self.slots.iter().map(|slot| slot.column.name.as_str()).collect();
        let lines: Vec<String> = rows.iter().map(|cells| format!("({})", cells.join(", "))).collect();
        let columns = identifiers(&columns);
        let values = lines.join(", ");
        (format!("INSERT INTO {name} ({columns}) OVERRIDING SYSTEM VALUE VALUES {values}"), rows.len())
    }

    /// The links that had to wait: the first row gets its counterpart.
    pub(super) fn updates(&self, namespace: &str) -> Vec<String> {
        let name = qualified(&self.table.name, namespace);
        let update = |link: &Link| {
            let to = qualified(link.to.as_ref()?, namespace);
            Some(format!(
                "UPDATE {name} SET ({}) = (SELECT {} FROM {to} ORDER BY tableoid, ctid LIMIT 1) \
                 WHERE (tableoid, ctid) = (SELECT tableoid, ctid FROM {name} ORDER BY tableoid, ctid LIMIT 1)",
                identifiers(&link.columns),
                identifiers(&link.to_columns),
            ))
        };
        let may_wait = |link: &&Link| {
            link.columns.iter().all(|it| self.slots.iter().any(|s| &s.column.name == it && s.column.nullable))
        };
        self.later.iter().filter(may_wait).filter_map(update).collect()
    }

    /// The cells of each row, without rows that would be the same in unique columns.
    fn distinct(&self, rows: usize, namespace: &str) -> Vec<Vec<String>> {
        let mut seen: Vec<BTreeSet<Vec<String>>> = vec![BTreeSet::new(); self.uniques.len()];
        let mut kept = Vec::new();
        for number in 0..rows {
            let cells: Vec<String> = self.slots.iter().map(|slot| slot.cell(number, rows, namespace)).collect();
            let keys: Vec<Option<Vec<String>>> = self.uniques.iter().map(|it| self.key(it, &cells)).collect();
            if keys.iter().zip(&seen).all(|(key, seen)| key.as_ref().is_none_or(|key| !seen.contains(key))) {
                for (key, seen) in keys.into_iter().zip(&mut seen) {
                    seen.extend(key);
                }
                kept.push(cells);
            }
        }
        kept
    }

    /// None where a NULL or a sequence makes it unlike all others.
    fn key(&self, columns: &[String], cells: &[String]) -> Option<Vec<String>> {
        let of = |column: &String| {
            let position = self.slots.iter().position(|slot| &slot.column.name == column)?;
            Some(cells[position].clone()).filter(|cell| cell != "NULL" && cell != "DEFAULT")
        };
        columns.iter().map(of).collect()
    }
}

impl Slot<'_> {
    fn cell(&self, number: usize, rows: usize, namespace: &str) -> String {
        // A table of one row shows its values rather than its NULLs.
        if self.nulls && rows > 1 && number + 1 == rows {
            return "NULL".to_owned();
        }
        match &self.source {
            Source::Default => "DEFAULT".to_owned(),
            Source::Values(values) if values.is_empty() => "NULL".to_owned(),
            Source::Values(values) => {
                values[number % values.len()].as_deref().map_or_else(|| "NULL".to_owned(), literal)
            }
            Source::Reference { table, column, not_null, count } => {
                let conditions: Vec<String> =
                    not_null.iter().map(|it| format!("{} IS NOT NULL", identifier(it))).collect();
                let filter =
                    if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
                format!(
                    "(SELECT {} FROM {}{filter} ORDER BY tableoid, ctid LIMIT 1 OFFSET {})",
                    identifier(column),
                    qualified(table, namespace),
                    number % count
                )
            }
        }
    }
}

fn slot<'a>(
    filling: &Filling<'_, 'a>,
    types: &Types,
    turn: &Turn<'a>,
    column: &'a Column,
    counts: &BTreeMap<QualifiedName, usize>,
) -> Result<Slot<'a>, String> {
    let (course, table) = (filling.course, turn.table);
    let filled = || {
        let name = course.column_name(&table.name, &column.name);
        filling.filled.contains(&Object::Column(course.table_name(&table.name), name))
    };
    let takes_null = may_be_null(course, table, &column.name) || (column.nullable && filled());
    let nulls = takes_null && !in_key(filling, table, &column.name);
    let made = |source, nulls| Ok(Slot { column, source, nulls });
    for link in turn.links.iter().filter(|link| link.columns.contains(&column.name)) {
        match reference(filling, link, column, counts) {
            Some(source) => return made(source, nulls),
            None if takes_null => return made(Source::Values(Vec::new()), true),
            // Another column of the key may be NULL, and then this one may hold anything.
            None if link.columns.iter().any(|it| may_be_null(course, table, it)) => {}
            // A row may be its own counterpart: the same values stand in both columns.
            None if link.to.as_ref() == Some(&table.name) => {}
            None => return Err(needs(link, filling.namespace)),
        }
    }
    if matches!(column.default, ColumnDefault::Identity(_) | ColumnDefault::Serial(_)) {
        return made(Source::Default, false);
    }
    let values = values(filling, types, table, column);
    if values.is_empty() && !takes_null {
        return Err(format!("no value of type {} is known for {}", column.data_type, column.name));
    }
    made(Source::Values(values.into_iter().map(Some).collect()), nulls)
}

fn needs(link: &Link, namespace: &str) -> String {
    match &link.to {
        Some(to) => format!("{} needs rows of {}", link.name, to.display(namespace)),
        None => format!("{} needs rows of a table that is still to come", link.name),
    }
}

/// The rows that a link leads to; none where there are none.
fn reference(
    filling: &Filling<'_, '_>,
    link: &Link,
    column: &Column,
    counts: &BTreeMap<QualifiedName, usize>,
) -> Option<Source> {
    let to = link.to.as_ref().filter(|_| !link.later)?;
    let position = link.columns.iter().position(|it| it == &column.name)?;
    let there = filling.course.from.table(to)?;
    let not_null: Vec<String> =
        link.to_columns.iter().filter(|it| there.column(it).is_none_or(|it| it.nullable)).cloned().collect();
    let count = counts.get(to).copied().filter(|count| *count > 0)?;
    // The last row may be the one with the NULL.
    let count = if not_null.is_empty() { count } else { (count - 1).max(1) };
    Some(Source::Reference { table: to.clone(), column: link.to_columns[position].clone(), not_null, count })
}

/// Whether it is part of a primary key or of a partition key, at either end.
fn in_key(filling: &Filling<'_, '_>, table: &Table, column: &str) -> bool {
    let key = |table: &Table, column: &str| {
        let partition = table.partition_by.as_ref().is_some_and(|it| super::check::mentions(it, column));
        partition || table.primary_key().is_some_and(|it| it.columns().contains(&column))
    };
    let after = filling.course.table(&table.name);
    let name = filling.course.column_name(&table.name, column);
    key(table, column) || after.is_some_and(|after| key(after, &name))
}

/// Columns of every primary key, unique constraint and unique index of both ends.
fn uniques(filling: &Filling<'_, '_>, table: &Table) -> Vec<Vec<String>> {
    let mut uniques = unique_columns(table);
    if let Some(after) = filling.course.table(&table.name) {
        let name = |column: &Column| filling.course.column_name(&table.name, &column.name);
        let before = |wanted: &String| table.columns.iter().find(|it| &name(it) == wanted).map(|it| it.name.clone());
        let then = unique_columns(after).into_iter();
        uniques.extend(then.filter_map(|columns| columns.iter().map(before).collect::<Option<Vec<_>>>()));
    }
    uniques.sort();
    uniques.dedup();
    uniques
}

fn unique_columns(table: &Table) -> Vec<Vec<String>> {
    let constraints = table.constraints.iter().filter_map(|it| match &it.kind {
        ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => Some(columns.clone()),
        ConstraintKind::ForeignKey(_) | ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. } => None,
    });
    let indexes = table
        .indexes
        .iter()
        .filter(|it| it.unique)
        .filter_map(|it| it.column_keys().map(|columns| columns.into_iter().map(str::to_owned).collect()));
    constraints.chain(indexes).collect()
}

/// Values that both types of a column take.
fn values(filling: &Filling<'_, '_>, types: &Types, table: &Table, column: &Column) -> Vec<String> {
    let after = filling.course.column(&table.name, &column.name).map(|it| &it.data_type);
    let element = |data_type: &DataType| DataType { array: false, ..data_type.clone() };
    match after {
        Some(after) if after.array == column.data_type.array => {
            let elements = of_both(filling, types, &element(&column.data_type), Some(&element(after)));
            if column.data_type.array { super::types::arrays(&elements) } else { elements }
        }
        Some(_) => types.values(&column.data_type),
        None => of_both(filling, types, &column.data_type, None),
    }
}

fn of_both(filling: &Filling<'_, '_>, types: &Types, before: &DataType, after: Option<&DataType>) -> Vec<String> {
    let own = types.values(before);
    let Some(after) = after else { return own };
    if let Some(name) = before.enum_name().filter(|_| !before.array) {
        return kept_labels(filling, name, after, own);
    }
    if let Some(name) = types.enum_under(before).filter(|_| before == after) {
        return own.into_iter().filter(|label| filling.course.label(name, label).is_some()).collect();
    }
    let (plain, plain_after) = (types.plain(before), types.plain(after));
    let (Some(name), Some(name_after)) = (text_or_builtin(&plain), text_or_builtin(&plain_after)) else {
        return match (is_text_type(&plain), after.enum_name()) {
            (true, Some(name)) => labels_after(filling, name),
            _ if is_text_type(&plain) && types.knows(after) => types.values(after),
            _ => own,
        };
    };
    match (value::is_text(name), value::is_text(name_after)) {
        (true, true) => shortest(own, types.values(after)),
        (true, false) => {
            let room = value::length(name, &plain).unwrap_or(usize::MAX);
            types.values(after).into_iter().filter(|it| it.chars().count() <= room).collect()
        }
        (false, _) if name == "numeric" && name_after == "numeric" => {
            let then = types.values(after);
            if then.first().is_some_and(|it| it.starts_with("0.")) { then } else { own }
        }
        (false, _) => own,
    }
}

fn is_text_type(data_type: &DataType) -> bool {
    text_or_builtin(data_type).is_some_and(value::is_text)
}

fn text_or_builtin(data_type: &DataType) -> Option<&str> {
    match &data_type.base {
        BaseType::Builtin(name) => Some(name),
        BaseType::Other(name) if value::is_text(name) => Some(name),
        BaseType::Enum(_) | BaseType::Other(_) => None,
    }
}

/// The values of the type with less room.
fn shortest(a: Vec<String>, b: Vec<String>) -> Vec<String> {
    let longest = |values: &[String]| values.iter().map(String::len).max().unwrap_or(usize::MAX);
    if longest(&b) < longest(&a) { b } else { a }
}

/// Labels that are still there afterwards, as they are called now.
fn kept_labels(filling: &Filling<'_, '_>, name: &QualifiedName, after: &DataType, own: Vec<String>) -> Vec<String> {
    let Some(then) = after.enum_name() else { return own };
    if then == &filling.course.enum_name(name) {
        return own.into_iter().filter(|label| filling.course.label(name, label).is_some()).collect();
    }
    let kept = labels_after(filling, then);
    own.into_iter().filter(|label| kept.contains(label)).collect()
}

fn labels_after(filling: &Filling<'_, '_>, name: &QualifiedName) -> Vec<String> {
    filling.course.to.enum_type(name).map(|it| it.labels.clone()).unwrap_or_default()
}
