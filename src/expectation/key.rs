//! What a constraint or a unique index demands of the rows that are there.

use super::before::{Before, Origin, Table};
use super::sentence::{self, Names, Sentences};
use super::{Expectation, Probe, Query};
use crate::operation::{Change, Operation};
use crate::render::identifier;
use crate::schema::{
    Column, ColumnDefault, Constraint, ConstraintKind, Expression, ForeignKey, Index, IndexKey, KeyTarget,
    QualifiedName,
};

/// What a constraint that comes, or is validated, demands.
pub(super) fn of_constraint(before: &Before<'_>, table: &QualifiedName, constraint: &Constraint) -> Vec<Expectation> {
    let Some(there) = before.table(table) else { return Vec::new() };
    if !constraint.validated || is_restored(before, table, constraint) {
        return Vec::new();
    }
    let expectation = match &constraint.kind {
        ConstraintKind::PrimaryKey { columns, .. } => unique_columns(before, &there, table, columns, false),
        ConstraintKind::Unique { columns, nulls_not_distinct, .. } => {
            unique_columns(before, &there, table, columns, *nulls_not_distinct)
        }
        ConstraintKind::ForeignKey(key) => foreign_key(before, &there, table, key),
        ConstraintKind::Check { expression, no_inherit } => {
            let probe = violators(before, &there, table, expression, *no_inherit);
            let said = |names: &Names| sentence::satisfied(names, &constraint.name);
            Some(about(before, table, &expression.columns, said, probe).guarded())
        }
        ConstraintKind::Exclusion { definition } => {
            let said = |names: &Names| sentence::excluded(names, &constraint.name);
            Some(about(before, table, &definition.columns, said, Probe::Later))
        }
    };
    expectation.into_iter().collect()
}

/// What a unique index demands.
pub(super) fn of_index(before: &Before<'_>, table: &QualifiedName, index: &Index) -> Vec<Expectation> {
    let Some(there) = before.table(table).filter(|_| index.unique) else { return Vec::new() };
    let same = |it: &Index| it.valid && it.unique && it.keys == index.keys && it.predicate == index.predicate;
    let was_there =
        before.any(|it| matches!(it, Operation::Index(owner, Change::Drop(it)) if owner == table && same(it)));
    if was_there && before.all_kept(table, &index.columns()).is_some() {
        return Vec::new();
    }
    let plain = index.column_keys().filter(|_| index.predicate.is_none());
    match plain {
        Some(columns) => unique_columns(before, &there, table, &columns, index.nulls_not_distinct),
        None => {
            let said = |names: &Names| sentence::unique_index(names, &index.name);
            Some(about(before, table, &index.columns(), said, duplicates(before, &there, table, index)))
        }
    }
    .into_iter()
    .collect()
}

/// An expectation about columns of a table.
fn about<S: AsRef<str>>(
    before: &Before<'_>,
    table: &QualifiedName,
    columns: &[S],
    said: impl Fn(&Names) -> Sentences,
    probe: Probe,
) -> Expectation {
    Expectation::new(said(&before.names(table, columns)), &said(&before.names_at(table, columns)), probe)
}

/// Whether the same stood there until an operation moved it out of another's way.
fn is_restored(before: &Before<'_>, table: &QualifiedName, constraint: &Constraint) -> bool {
    let same = |dropped: &Constraint| dropped.validated && dropped.kind == constraint.kind;
    let dropped =
        before.any(|it| matches!(it, Operation::Constraint(owner, Change::Drop(it)) if owner == table && same(it)));
    let kept = match &constraint.kind {
        ConstraintKind::ForeignKey(key) => {
            before.all_kept(&key.references, &key.referenced_columns).is_some()
                && before.table(&key.references).is_some()
        }
        ConstraintKind::PrimaryKey { .. }
        | ConstraintKind::Unique { .. }
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclusion { .. } => true,
    };
    dropped && kept && before.all_kept(table, &constraint.columns()).is_some()
}

/// Whether a key of these columns, or of some of them, stood there until an operation dropped it.
fn was_unique<S: AsRef<str>>(before: &Before<'_>, table: &QualifiedName, columns: &[S]) -> bool {
    let within = |key: &[&str]| key.iter().all(|column| columns.iter().any(|it| it.as_ref() == *column));
    let is_key = |constraint: &Constraint| match &constraint.kind {
        ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => {
            within(&columns.iter().map(String::as_str).collect::<Vec<_>>())
        }
        ConstraintKind::ForeignKey(_) | ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. } => false,
    };
    let is_unique =
        |index: &Index| index.unique && index.is_full() && index.column_keys().is_some_and(|it| within(&it));
    before.any(|it| matches!(it, Operation::Constraint(owner, Change::Drop(it)) if owner == table && is_key(it)))
        || before.any(|it| matches!(it, Operation::Index(owner, Change::Drop(it)) if owner == table && is_unique(it)))
}

/// A column that comes holds NULL, one value for all rows, or a value of its own in each.
enum Filled {
    Null,
    Same,
    Each,
}

fn filled(before: &Before<'_>, table: &QualifiedName, column: &Column) -> Filled {
    match (&column.default, before.words.fill(table, &column.name)) {
        (ColumnDefault::None | ColumnDefault::Expression(_), Some(fill)) => {
            if fill.standalone && !is_volatile(&fill.sql) { Filled::Same } else { Filled::Each }
        }
        (ColumnDefault::None, _) => Filled::Null,
        (ColumnDefault::Expression(it), _) if !is_volatile(&it.sql) => Filled::Same,
        (
            ColumnDefault::Expression(_)
            | ColumnDefault::Identity(_)
            | ColumnDefault::Serial(_)
            | ColumnDefault::Generated(_),
            _,
        ) => Filled::Each,
    }
}

/// Volatile functions that people use as defaults (`pg_proc.provolatile = 'v'`).
pub(crate) fn is_volatile(sql: &str) -> bool {
    const VOLATILE: [&str; 8] = [
        "clock_timestamp(",
        "random(",
        "gen_random_uuid(",
        "uuid_generate_v",
        "nextval(",
        "timeofday(",
        "uuidv4(",
        "uuidv7(",
    ];
    VOLATILE.iter().any(|function| sql.contains(function))
}

fn unique_columns<S: AsRef<str>>(
    before: &Before<'_>,
    there: &Table,
    table: &QualifiedName,
    columns: &[S],
    nulls_not_distinct: bool,
) -> Option<Expectation> {
    if was_unique(before, table, columns) && before.all_kept(table, columns).is_some() {
        return None;
    }
    let mut keys = Vec::new();
    let mut later = false;
    for column in columns.iter().map(AsRef::as_ref) {
        match before.column(table, column) {
            Origin::There { .. } => match before.kept(table, column) {
                Some(name) => keys.push(name),
                None => later = true,
            },
            Origin::Added(added) => match filled(before, table, added) {
                Filled::Null if !nulls_not_distinct => return None,
                Filled::Null | Filled::Same => {}
                // Identities and random values differ in each row; of others nobody knows.
                Filled::Each => match added.default {
                    ColumnDefault::Generated(_) => later = true,
                    ColumnDefault::None
                    | ColumnDefault::Expression(_)
                    | ColumnDefault::Identity(_)
                    | ColumnDefault::Serial(_) => {
                        if before.words.fill(table, column).is_none_or(|fill| fill.standalone) {
                            return None;
                        }
                        later = true;
                    }
                },
            },
        }
    }
    let on = there.sql(before.words);
    if keys.is_empty() && !later {
        let probe = Probe::rows(format!("SELECT * FROM {on} OFFSET 1"));
        return Some(about(before, table, columns, sentence::at_most_one, probe));
    }
    let probe = if later { Probe::Later } else { groups(&on, &keys, None, nulls_not_distinct) };
    Some(about(before, table, columns, sentence::unique, probe))
}

/// Keys that stand in several rows.
fn groups(source: &str, keys: &[String], predicate: Option<&str>, nulls_not_distinct: bool) -> Probe {
    let list = keys.join(", ");
    let filled = keys.iter().filter(|_| !nulls_not_distinct).map(|key| format!("{key} IS NOT NULL"));
    let conditions: Vec<String> = filled.chain(predicate.map(|it| format!("({it})"))).collect();
    let conditions = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
    Probe::Rows(Query {
        find: format!("SELECT {list}, count(*) FROM {source}{conditions} GROUP BY {list} HAVING count(*) > 1"),
        examples: keys.to_vec(),
    })
}

/// The same for an index over expressions, or over some of the rows.
fn duplicates(before: &Before<'_>, there: &Table, table: &QualifiedName, index: &Index) -> Probe {
    let expressions = index.keys.iter().filter_map(|key| match &key.target {
        KeyTarget::Expression(expression) => Some(expression),
        KeyTarget::Column(_) => None,
    });
    let mut expressions = expressions.chain(&index.predicate);
    let askable = before.all_kept(table, &index.columns()).is_some() && expressions.all(|it| before.can_ask(table, it));
    let Some(source) = there.source(before.words, &[]).filter(|_| askable) else { return Probe::Later };
    let keys: Vec<String> = index.keys.iter().map(key).collect();
    let predicate = index.predicate.as_ref().map(|it| it.sql.as_str());
    let Probe::Rows(query) = groups(&source, &keys, predicate, index.nulls_not_distinct) else { return Probe::Later };
    // An expression has no name in the result; the whole row but the count is the key.
    let plain = index.column_keys().is_some();
    Probe::Rows(Query { examples: if plain { query.examples } else { Vec::new() }, ..query })
}

fn key(key: &IndexKey) -> String {
    let sql = match &key.target {
        KeyTarget::Column(name) => identifier(name),
        KeyTarget::Expression(expression) => format!("({})", expression.sql),
    };
    match &key.collation {
        Some(collation) => format!("{sql} COLLATE {collation}"),
        None => sql,
    }
}

fn violators(before: &Before<'_>, there: &Table, table: &QualifiedName, expression: &Expression, only: bool) -> Probe {
    let source = there.source(before.words, &[]).filter(|_| before.can_ask(table, expression));
    // ONLY cannot stand before a subquery.
    match source {
        Some(source) if only && source.starts_with('(') => Probe::Later,
        Some(source) => {
            let only = if only { "ONLY " } else { "" };
            Probe::rows(format!("SELECT * FROM {only}{source} WHERE NOT ({})", expression.sql))
        }
        None => Probe::Later,
    }
}

/// Rows without a counterpart.
fn foreign_key(before: &Before<'_>, there: &Table, table: &QualifiedName, key: &ForeignKey) -> Option<Expectation> {
    let said = |here: &Names, referenced: &Names| sentence::found(here, referenced);
    let names = |at: bool| {
        let pick = |table: &QualifiedName, columns: &[String]| {
            if at { before.names_at(table, columns) } else { before.names(table, columns) }
        };
        said(&pick(table, &key.columns), &pick(&key.references, &key.referenced_columns))
    };
    let mut added = key.columns.iter().filter_map(|column| match before.column(table, column) {
        Origin::Added(added) => Some(filled(before, table, added)),
        Origin::There { .. } => None,
    });
    if !key.match_full && added.any(|it| matches!(it, Filled::Null)) {
        return None;
    }
    let probe = orphans(before, there, table, key).unwrap_or(Probe::Later);
    Some(Expectation::new(names(false), &names(true), probe))
}

fn orphans(before: &Before<'_>, there: &Table, table: &QualifiedName, key: &ForeignKey) -> Option<Probe> {
    let columns = before.all_kept(table, &key.columns)?;
    let each = |condition: &dyn Fn(&String) -> String, between: &str| {
        columns.iter().map(condition).collect::<Vec<_>>().join(between)
    };
    let here = |column: &String| format!("here.{column} IS NOT NULL");
    let alone = match before.table(&key.references) {
        None => each(&here, " AND "),
        Some(referenced) => {
            let there = before.all_kept(&key.references, &key.referenced_columns)?;
            let pairs = columns.iter().zip(there).map(|(here, there)| format!("there.{there} = here.{here}"));
            let pairs = pairs.collect::<Vec<_>>().join(" AND ");
            let referenced = referenced.sql(before.words);
            format!("{} AND NOT EXISTS (SELECT FROM {referenced} AS there WHERE {pairs})", each(&here, " AND "))
        }
    };
    let some_null = |column: &String| format!("here.{column} IS NULL");
    let condition = if key.match_full && columns.len() > 1 {
        let partly = format!("({}) AND ({})", each(&some_null, " OR "), each(&here, " OR "));
        format!("({alone}) OR ({partly})")
    } else {
        alone
    };
    let on = there.sql(before.words);
    Some(Probe::Rows(Query { find: format!("SELECT * FROM {on} AS here WHERE {condition}"), examples: columns }))
}
