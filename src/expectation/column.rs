use super::before::{Before, Origin, Table};
use super::{Expectation, Probe, Values, sentence, type_change};
use crate::operation::Change;
use crate::schema::{Column, ColumnDefault, QualifiedName};

/// What must hold for a column to come or change.
pub(super) fn expectations(before: &Before<'_>, table: &QualifiedName, change: &Change<Column>) -> Vec<Expectation> {
    let Some(there) = before.table(table) else { return Vec::new() };
    match change {
        Change::Drop(_) => Vec::new(),
        Change::Add(column) => added(before, &there, table, column),
        Change::Alter { from, to } if from.regenerates_as(to) => added(before, &there, table, to),
        Change::Alter { from, to } => {
            let Origin::There { name, .. } = before.column(table, &to.name) else { return Vec::new() };
            let altered = Altered { before, there: &there, table, name: &name, from, to };
            altered.not_null().into_iter().chain(type_change::expectation(&altered)).collect()
        }
    }
}

/// A column of existing rows that changes.
pub(super) struct Altered<'a> {
    pub(super) before: &'a Before<'a>,
    /// Its table before.
    pub(super) there: &'a Table,
    /// Its table at the operation.
    pub(super) table: &'a QualifiedName,
    /// Its name before.
    pub(super) name: &'a str,
    pub(super) from: &'a Column,
    pub(super) to: &'a Column,
}

impl Altered<'_> {
    fn not_null(&self) -> Option<Expectation> {
        let Self { before, there, table, name, from, to } = self;
        if !from.nullable || to.nullable {
            return None;
        }
        let is_null = format!("{} IS NULL", crate::render::identifier(name));
        if before.words.fill(table, &to.name).is_some() {
            return filled(before, there, table, to, Some(is_null));
        }
        let find = format!("SELECT * FROM {} WHERE {is_null}", there.sql(before.words));
        Some(self.expectation(sentence::not_null, Probe::rows(find)).guarded())
    }

    /// An expectation of this column.
    pub(super) fn expectation(
        &self,
        said: impl Fn(&sentence::Names) -> sentence::Sentences,
        probe: Probe,
    ) -> Expectation {
        let columns = [&self.to.name];
        let names = self.before.names(self.table, &columns);
        Expectation::new(said(&names), &said(&self.before.names_at(self.table, &columns)), probe)
    }
}

/// A column that is NOT NULL and says nothing about the rows that are there needs a fill, or no rows.
fn added(before: &Before<'_>, there: &Table, table: &QualifiedName, column: &Column) -> Vec<Expectation> {
    if column.nullable || column.makes_values() {
        return Vec::new();
    }
    if before.words.fill(table, &column.name).is_some() {
        return filled(before, there, table, column, None).into_iter().collect();
    }
    if column.default != ColumnDefault::None {
        return Vec::new();
    }
    let columns = [&column.name];
    let (names, at) = (before.names(table, &columns), before.names_at(table, &columns));
    // Before the operation nobody calls the column by any name but its new one.
    let names = sentence::Names { columns: at.columns.clone(), ..names };
    let probe = Probe::rows(format!("SELECT * FROM {}", there.sql(before.words)));
    vec![Expectation::new(sentence::empty(&names), &sentence::empty(&at), probe).guarded()]
}

/// A fill that can stand as a default is the same for every row, and was tried on scratch.
fn filled(
    before: &Before<'_>,
    there: &Table,
    table: &QualifiedName,
    column: &Column,
    condition: Option<String>,
) -> Option<Expectation> {
    let fill = before.words.fill(table, &column.name).filter(|fill| !fill.standalone)?;
    let columns = [&column.name];
    let probe = match there.source(before.words, &["ctid", "tableoid"]) {
        Some(source) => Probe::Values(Values {
            table: there.sql(before.words),
            source,
            condition,
            expression: fill.sql.clone(),
            data_type: before.words.data_type(&column.data_type),
            not_null: true,
        }),
        None => Probe::Later,
    };
    let (names, at) = (before.names(table, &columns), before.names_at(table, &columns));
    Some(Expectation::new(sentence::filled(&names), &sentence::filled(&at), probe))
}
