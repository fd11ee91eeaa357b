use crate::schema::{BaseType, Column, ColumnDefault, DataType, Object, QualifiedName, Rename, Schema, Table};

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
        .chain(enum_candidates(renamed, wanted))
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

/// An enum type that goes and one with the same labels that comes.
fn enum_candidates(renamed: &Schema, wanted: &Schema) -> Vec<Candidate> {
    let gone = renamed.enum_types.iter().filter(|it| wanted.enum_type(&it.name).is_none());
    let new = || wanted.enum_types.iter().filter(|it| renamed.enum_type(&it.name).is_none());
    gone.flat_map(|before| new().map(move |after| (before, after)))
        .filter(|(before, after)| before.labels == after.labels && before.name.namespace == after.name.namespace)
        .map(|(before, after)| Candidate {
            rename: Rename::EnumType { from: before.name.clone(), to: after.name.clone() },
            gone: Object::EnumType(before.name.clone()),
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

/// Whether the tables share more than half of the columns of the larger, or all of the smaller; `id` is not counted: every table has one.
fn alike(a: &Table, b: &Table) -> bool {
    let telling = |table: &Table| table.columns.iter().filter(|column| column.name != "id").count();
    let shared = a
        .columns
        .iter()
        .filter(|column| column.name != "id")
        .filter(|column| b.column(&column.name).is_some_and(|other| compatible(column, other)))
        .count();
    let (fewer, more) = (telling(a).min(telling(b)), telling(a).max(telling(b)));
    shared * 2 > more || (shared == fewer && fewer > 0)
}

fn column_candidates(before: &Table, after: &Table) -> Vec<Candidate> {
    let gone = before.columns.iter().filter(|column| after.column(&column.name).is_none());
    let new = || after.columns.iter().filter(|column| before.column(&column.name).is_none());
    gone.flat_map(|column| new().map(move |other| (column, other)))
        .filter(|(column, other)| compatible(column, other))
        .map(|(column, other)| candidate(&before.name, column, other))
        .collect()
}

/// Types of one kind, whatever their size. The values of a generated column follow from the row: nothing is lost, so
/// nothing is asked.
fn compatible(from: &Column, to: &Column) -> bool {
    let computed = |column: &Column| matches!(column.default, ColumnDefault::Generated(_));
    let (before, after) = (&from.data_type, &to.data_type);
    let same_kind = before.base == after.base || kind(before).is_some_and(|it| Some(it) == kind(after));
    same_kind && before.array == after.array && !computed(from) && !computed(to)
}

/// Numbers, texts, points in time, documents.
fn kind(data_type: &DataType) -> Option<usize> {
    const KINDS: [&[&str]; 4] = [
        &["smallint", "integer", "bigint", "numeric", "real", "double precision"],
        &["text", "character varying", "character"],
        &["date", "timestamp without time zone", "timestamp with time zone"],
        &["json", "jsonb"],
    ];
    match &data_type.base {
        BaseType::Builtin(name) => KINDS.iter().position(|kind| kind.contains(&name.as_str())),
        BaseType::Enum(_) | BaseType::Other(_) => None,
    }
}

fn candidate(table: &QualifiedName, from: &Column, to: &Column) -> Candidate {
    Candidate {
        rename: Rename::Column { table: table.clone(), from: from.name.clone(), to: to.name.clone() },
        gone: Object::Column(table.clone(), from.name.clone()),
    }
}
