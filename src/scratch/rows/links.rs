//! Foreign keys as the rows see them, those of both ends, and the order in which tables are filled.

use std::collections::BTreeSet;

use crate::schema::{Column, Constraint, ConstraintKind, ForeignKey, QualifiedName, Table};
use crate::scratch::course::Course;

/// A foreign key in the names of the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    /// None where there is no such table yet: then only NULL is no orphan.
    pub(super) to: Option<QualifiedName>,
    pub(super) to_columns: Vec<String>,
    /// The rows that it leads to come later: NULL first, then an UPDATE.
    pub(super) later: bool,
}

/// The foreign keys of a table, those it will have included; the widest first, since it decides for the narrower.
pub(super) fn links(course: &Course<'_>, table: &Table) -> Vec<Link> {
    let mut links: Vec<Link> = keys(table).map(|(constraint, key)| now(constraint, key)).collect();
    let after = course.table(&table.name).map(keys).into_iter().flatten();
    for link in after.filter_map(|(constraint, key)| then(course, table, constraint, key)) {
        if !links.iter().any(|it| it.columns == link.columns && it.to == link.to && it.to_columns == link.to_columns) {
            links.push(link);
        }
    }
    for link in &mut links {
        link.later = link.to.as_ref() == Some(&table.name);
    }
    links.sort_by_key(|link| std::cmp::Reverse(link.columns.len()));
    links
}

fn keys(table: &Table) -> impl Iterator<Item = (&Constraint, &ForeignKey)> {
    table.constraints.iter().filter_map(|it| match &it.kind {
        ConstraintKind::ForeignKey(key) => Some((it, key)),
        ConstraintKind::PrimaryKey { .. }
        | ConstraintKind::Unique { .. }
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclusion { .. } => None,
    })
}

fn now(constraint: &Constraint, key: &ForeignKey) -> Link {
    Link {
        name: constraint.name.clone(),
        columns: key.columns.clone(),
        to: Some(key.references.clone()),
        to_columns: key.referenced_columns.clone(),
        later: false,
    }
}

/// A key of the table as it will be; none where it stands on a column that is still to come.
fn then(course: &Course<'_>, table: &Table, constraint: &Constraint, key: &ForeignKey) -> Option<Link> {
    let before = |table: &Table, column: &String| {
        let found = table.columns.iter().find(|it| &course.column_name(&table.name, &it.name) == column);
        found.map(|it: &Column| it.name.clone())
    };
    let columns: Vec<String> = key.columns.iter().map(|it| before(table, it)).collect::<Option<_>>()?;
    let there = course.from.tables.iter().find(|it| course.table_name(&it.name) == key.references);
    let referenced = there.and_then(|there| {
        let columns: Option<Vec<String>> = key.referenced_columns.iter().map(|it| before(there, it)).collect();
        columns.map(|columns| (there.name.clone(), columns))
    });
    let (to, to_columns) = referenced.map_or((None, Vec::new()), |(to, columns)| (Some(to), columns));
    Some(Link { name: constraint.name.clone(), columns, to, to_columns, later: false })
}

/// A table and its links, in the order in which rows can be had.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    pub(super) table: &'a Table,
    pub(super) links: Vec<Link>,
}

/// What refers comes after what it refers to. In a cycle, a link that may be NULL is left for later; where there is
/// none, the tables come last, and nothing will satisfy them.
pub(super) fn in_order<'a>(course: &Course<'a>, names: &BTreeSet<QualifiedName>) -> Vec<Turn<'a>> {
    let tables = course.from.tables.iter().filter(|table| names.contains(&table.name));
    let mut waiting: Vec<Turn<'a>> = tables.map(|table| Turn { table, links: links(course, table) }).collect();
    let mut ordered: Vec<Turn<'a>> = Vec::new();
    while !waiting.is_empty() {
        let names: BTreeSet<QualifiedName> = waiting.iter().map(|turn| turn.table.name.clone()).collect();
        let waits = |link: &Link| !link.later && link.to.as_ref().is_some_and(|to| names.contains(to));
        let (ready, blocked): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|turn| !turn.links.iter().any(waits));
        waiting = blocked;
        if !ready.is_empty() {
            ordered.extend(ready);
            continue;
        }
        let softened = waiting.iter_mut().any(|turn| {
            let table = turn.table;
            turn.links.iter_mut().filter(|link| waits(link)).any(|link| {
                link.later = link.columns.iter().any(|it| may_be_null(course, table, it));
                link.later
            })
        });
        if !softened {
            ordered.append(&mut waiting);
        }
    }
    ordered
}

/// Whether a column takes NULL at both ends.
pub(super) fn may_be_null(course: &Course<'_>, table: &Table, column: &str) -> bool {
    let after = course.column(&table.name, column);
    table.column(column).is_some_and(|it| it.nullable) && after.is_none_or(|it| it.nullable)
}
