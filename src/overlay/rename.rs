use crate::schema::{Column, ColumnDefault, Object, QualifiedName, Rename, Schema, Table};

/// A drop and an add that look like a rename, until the user says which it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The rename it would be.
    pub rename: Rename,
    /// What goes if it is none.
    pub gone: Object,
}

/// The renames that still have to happen: the old name is there and the new one is not.
#[must_use]
pub fn applicable(renames: &[Rename], current: &Schema) -> Vec<Rename> {
    let mut names = current.clone();
    renames.iter().filter(|rename| rename.follow(&mut names)).cloned().collect()
}

/// Drops and adds that look like renames: columns of one type in one table, tables that share most of their columns.
#[must_use]
pub fn candidates(renamed: &Schema, wanted: &Schema) -> Vec<Candidate> {
    let columns = renamed.tables.iter().filter_map(|before| wanted.table(&before.name).map(|after| (before, after)));
    let tables = table_candidates(renamed, wanted).into_iter();
    tables
        .chain(label_candidates(renamed, wanted))
        .chain(columns.flat_map(|(before, after)| column_candidates(before, after)))
        .collect()
}

fn table_candidates(renamed: &Schema, wanted: &Schema) -> Vec<Candidate> {
    let gone = renamed.tables.iter().filter(|table| wanted.table(&table.name).is_none());
    let new = || wanted.tables.iter().filter(|table| renamed.table(&table.name).is_none());
    gone.flat_map(|before| new().map(move |after| (before, after)))
        .filter(|(before, after)| alike(before, after))
        .map(|(before, after)| Candidate {
            rename: Rename::Table { from: before.name.clone(), to: after.name.clone() },
            gone: Object::Table(before.name.clone()),
        })
        .collect()
}

/// A label that goes and one that comes in its place.
fn label_candidates(renamed: &Schema, wanted: &Schema) -> Vec<Candidate> {
    let both = renamed.enum_types.iter().filter_map(|it| wanted.enum_type(&it.name).map(|after| (it, after)));
    both.flat_map(|(before, after)| {
        let gone = before.labels.iter().filter(|label| !after.labels.contains(label));
        let new = after.labels.iter().filter(|label| !before.labels.contains(label));
        gone.zip(new).map(|(gone, new)| Candidate {
            rename: Rename::EnumLabel { enum_type: before.name.clone(), from: gone.clone(), to: new.clone() },
            gone: Object::EnumLabel(before.name.clone(), gone.clone()),
        })
    })
    .collect()
}

/// Whether more than half of the columns of the larger table stand in the other, `id` not counted: every table has one.
fn alike(a: &Table, b: &Table) -> bool {
    let telling = |table: &Table| table.columns.iter().filter(|column| column.name != "id").count();
    let shared = a
        .columns
        .iter()
        .filter(|column| column.name != "id")
        .filter(|column| b.column(&column.name).is_some_and(|other| other.data_type.base == column.data_type.base))
        .count();
    shared * 2 > telling(a).max(telling(b))
}

fn column_candidates(before: &Table, after: &Table) -> Vec<Candidate> {
    let gone = before.columns.iter().filter(|column| after.column(&column.name).is_none());
    let new = || after.columns.iter().filter(|column| before.column(&column.name).is_none());
    gone.flat_map(|column| new().map(move |other| (column, other)))
        .filter(|(column, other)| compatible(column, other))
        .map(|(column, other)| candidate(&before.name, column, other))
        .collect()
}

/// The values of a generated column follow from the row: nothing is lost, so nothing is asked.
fn compatible(from: &Column, to: &Column) -> bool {
    let computed = |column: &Column| matches!(column.default, ColumnDefault::Generated(_));
    let text = |column: &Column| {
        let name = column.data_type.to_string();
        name.starts_with("text") || name.starts_with("character")
    };
    let same_base = from.data_type.base == to.data_type.base || (text(from) && text(to));
    same_base && from.data_type.array == to.data_type.array && !computed(from) && !computed(to)
}

fn candidate(table: &QualifiedName, from: &Column, to: &Column) -> Candidate {
    Candidate {
        rename: Rename::Column { table: table.clone(), from: from.name.clone(), to: to.name.clone() },
        gone: Object::Column(table.clone(), from.name.clone()),
    }
}
