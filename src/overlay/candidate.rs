//! Drops and adds that look like renames, with what speaks for it.

use similar::TextDiff;

use crate::schema::{
    BaseType, Column, ColumnDefault, Constraint, ConstraintKind, DataType, EnumType, Object, Rename, Schema, Table,
};

/// A drop and an add that look like a rename, until the user says which it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The rename it would be.
    pub rename: Rename,
    /// What goes if it is none.
    pub gone: Object,
    /// What speaks for it: `same type`, `same place`, `80 % of the name`.
    pub evidence: Vec<String>,
    /// How much that is; only good to put several in order.
    weight: u32,
}

impl Candidate {
    fn new(rename: Rename, gone: Object, signs: Vec<(u32, String)>) -> Self {
        let weight = signs.iter().map(|(weight, _)| weight).sum();
        let evidence = signs.into_iter().map(|(_, words)| words).filter(|words| !words.is_empty()).collect();
        Self { rename, gone, evidence, weight }
    }

    /// What comes if it is none.
    #[must_use]
    pub fn new_object(&self) -> Object {
        self.rename.ends().0
    }
}

/// Drops and adds that look like renames: columns of one type in one table, tables that share most of their columns,
/// enums with the same labels, labels in each other's place. What goes stands in the order of its names, what it may
/// have become by what speaks for it. `declared` has the columns in the order of the models: Postgres appends new ones.
#[must_use]
pub fn candidates(renamed: &Schema, wanted: &Schema, declared: &Schema) -> Vec<Candidate> {
    let both = renamed.tables.iter().filter_map(|before| wanted.table(&before.name).map(|after| (before, after)));
    let columns = both.flat_map(|(before, after)| column_candidates(before, after, declared.table(&before.name)));
    let mut candidates: Vec<Candidate> = table_candidates(renamed, wanted)
        .into_iter()
        .chain(enum_candidates(renamed, wanted))
        .chain(label_candidates(renamed, wanted))
        .chain(columns)
        .collect();
    // Stable: what goes was found in order, and stays together.
    let order: Vec<Object> = candidates.iter().map(|it| it.gone.clone()).collect();
    let position = |gone: &Object| order.iter().position(|it| it == gone);
    candidates.sort_by_key(|it| (position(&it.gone), u32::MAX - it.weight));
    candidates
}

/// The most likely of several: each thing goes once and each name is taken once.
#[must_use]
pub fn likeliest(candidates: &[Candidate]) -> Vec<&Candidate> {
    let mut by_weight: Vec<&Candidate> = candidates.iter().collect();
    by_weight.sort_by_key(|it| u32::MAX - it.weight);
    let mut chosen: Vec<&Candidate> = Vec::new();
    for candidate in by_weight {
        let clashes = |it: &&Candidate| it.gone == candidate.gone || it.new_object() == candidate.new_object();
        if !chosen.iter().any(clashes) {
            chosen.push(candidate);
        }
    }
    // The best for one may be far better for another: two change places where both together gain.
    let find = |gone: &Object, new: &Object| candidates.iter().find(|it| &it.gone == gone && &it.new_object() == new);
    for _ in 0..candidates.len() {
        let pairs = (0..chosen.len()).flat_map(|a| (a + 1..chosen.len()).map(move |b| (a, b)));
        let better = pairs.into_iter().find_map(|(a, b)| {
            let (one, other) = (chosen[a], chosen[b]);
            let (left, right) = (find(&one.gone, &other.new_object())?, find(&other.gone, &one.new_object())?);
            (left.weight + right.weight > one.weight + other.weight).then_some((a, b, left, right))
        });
        let Some((a, b, left, right)) = better else { break };
        (chosen[a], chosen[b]) = (left, right);
    }
    chosen.sort_by_key(|it| candidates.iter().position(|other| other == *it));
    chosen
}

fn table_candidates(renamed: &Schema, wanted: &Schema) -> Vec<Candidate> {
    let gone = renamed.tables.iter().filter(|table| wanted.table(&table.name).is_none());
    let new = || wanted.tables.iter().filter(|table| renamed.table(&table.name).is_none());
    gone.flat_map(|before| new().map(move |after| (before, after)))
        .filter(|(before, after)| alike(before, after))
        .map(|(before, after)| {
            let (shared, more) = (shared_columns(before, after), before.columns.len().max(after.columns.len()));
            let share = u32::try_from(shared * 60 / more.max(1)).unwrap_or(0);
            let words = format!("{shared} of {more} columns");
            let signs = [(share, words), name_sign(&before.name.name, &after.name.name)];
            let rename = Rename::Table { from: before.name.clone(), to: after.name.clone() };
            Candidate::new(rename, Object::Table(before.name.clone()), signs.to_vec())
        })
        .collect()
}

/// Columns of the same name that could hold the same values.
fn shared_columns(a: &Table, b: &Table) -> usize {
    a.columns.iter().filter(|column| b.column(&column.name).is_some_and(|other| compatible(column, other))).count()
}

/// Whether the tables share more than half of the columns of the larger, or all of the smaller; `id` is not counted:
/// every table has one.
fn alike(a: &Table, b: &Table) -> bool {
    let without_id = |table: &Table| {
        let columns = table.columns.iter().filter(|column| column.name != "id").cloned().collect();
        Table { columns, ..table.clone() }
    };
    let (a, b) = (without_id(a), without_id(b));
    let shared = shared_columns(&a, &b);
    let (fewer, more) = (a.columns.len().min(b.columns.len()), a.columns.len().max(b.columns.len()));
    shared * 2 > more || (shared == fewer && fewer > 0)
}

/// An enum type that goes and one that comes with the same labels.
fn enum_candidates(renamed: &Schema, wanted: &Schema) -> Vec<Candidate> {
    let gone = renamed.enum_types.iter().filter(|it| wanted.enum_type(&it.name).is_none());
    let new = || wanted.enum_types.iter().filter(|it| renamed.enum_type(&it.name).is_none());
    gone.flat_map(|before| new().map(move |after| (before, after)))
        .filter(|(before, after)| before.labels == after.labels && before.name.namespace == after.name.namespace)
        .map(|(before, after)| {
            let signs = vec![(60, "same labels".to_owned()), name_sign(&before.name.name, &after.name.name)];
            let rename = Rename::EnumType { from: before.name.clone(), to: after.name.clone() };
            Candidate::new(rename, Object::EnumType(before.name.clone()), signs)
        })
        .collect()
}

/// A label that goes and one that comes in its place.
fn label_candidates(renamed: &Schema, wanted: &Schema) -> Vec<Candidate> {
    let both = renamed.enum_types.iter().filter_map(|it| wanted.enum_type(&it.name).map(|after| (it, after)));
    both.flat_map(|(before, after)| {
        let gone = before.labels.iter().filter(|label| !after.labels.contains(label));
        let new = after.labels.iter().filter(|label| !before.labels.contains(label));
        gone.zip(new).map(|(gone, new)| label_candidate(before, after, gone, new))
    })
    .collect()
}

fn label_candidate(before: &EnumType, after: &EnumType, gone: &str, new: &str) -> Candidate {
    let place = |labels: &[String], label: &str| {
        let kept = labels
            .iter()
            .take_while(|it| *it != label)
            .filter(|it| before.labels.contains(it) && after.labels.contains(it));
        kept.count()
    };
    let same = place(&before.labels, gone) == place(&after.labels, new);
    let signs = same.then(|| (20, "same place".to_owned())).into_iter().chain([name_sign(gone, new)]);
    let (from, to) = (gone.to_owned(), new.to_owned());
    let object = Object::EnumLabel(before.name.clone(), gone.to_owned());
    Candidate::new(Rename::EnumLabel { enum_type: before.name.clone(), from, to }, object, signs.collect())
}

fn column_candidates(before: &Table, after: &Table, declared: Option<&Table>) -> Vec<Candidate> {
    let gone: Vec<&Column> = before.columns.iter().filter(|column| after.column(&column.name).is_none()).collect();
    let new: Vec<&Column> = after.columns.iter().filter(|column| before.column(&column.name).is_none()).collect();
    let alone = gone.len() == 1 && new.len() == 1;
    gone.iter()
        .flat_map(|column| new.iter().map(move |other| (*column, *other)))
        .filter(|(column, other)| compatible(column, other))
        .map(|(column, other)| {
            let signs = column_signs((before, column), (after, other), declared, alone);
            let (from, to) = (column.name.clone(), other.name.clone());
            let gone = Object::Column(before.name.clone(), from.clone());
            Candidate::new(Rename::Column { table: before.name.clone(), from, to }, gone, signs)
        })
        .collect()
}

/// What speaks for it that a column is the other one under a new name.
fn column_signs(
    (before, from): (&Table, &Column),
    (after, to): (&Table, &Column),
    declared: Option<&Table>,
    alone: bool,
) -> Vec<(u32, String)> {
    let mut signs = Vec::new();
    let mut sign = |holds: bool, weight: u32, words: &str| {
        if holds {
            signs.push((weight, words.to_owned()));
        }
    };
    let same_type = from.data_type == to.data_type;
    sign(same_type, 30, &format!("same type {}", from.data_type));
    let both = kind(&from.data_type).map_or("", |kind| KINDS[kind].0);
    sign(!same_type, 15, &format!("both {both}"));
    sign(same_type && from.nullable == to.nullable, 5, "");
    sign(from.default != ColumnDefault::None && from.default == to.default, 10, "same default");
    let keys = keys_of(before, &from.name);
    sign(!keys.is_empty() && keys == keys_of(after, &to.name), 15, "same keys");
    let place = |table: &Table, name: &str| {
        let is_kept = |it: &&Column| before.column(&it.name).is_some() && after.column(&it.name).is_some();
        let ahead: Vec<&Column> = table.columns.iter().take_while(|it| it.name != name).collect();
        let kept = ahead.iter().copied().filter(|it| is_kept(it)).count();
        (kept, ahead.iter().rev().take_while(|it| !is_kept(it)).count())
    };
    sign(declared.is_some_and(|it| place(it, &to.name) == place(before, &from.name)), 20, "same place");
    sign(alone, 10, "nothing else comes or goes");
    signs.push(name_sign(&from.name, &to.name));
    signs
}

/// The keys that a column is all of, without their names.
fn keys_of(table: &Table, column: &str) -> Vec<String> {
    let of_it = |it: &&Constraint| it.columns() == [column];
    let words = |it: &Constraint| match &it.kind {
        ConstraintKind::PrimaryKey { .. } => Some("primary key".to_owned()),
        ConstraintKind::Unique { .. } => Some("unique".to_owned()),
        ConstraintKind::ForeignKey(key) => {
            Some(format!("references {} {}", key.references, key.referenced_columns.join(" ")))
        }
        ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. } => None,
    };
    let mut keys: Vec<String> = table.constraints.iter().filter(of_it).filter_map(words).collect();
    keys.sort();
    keys
}

/// How much of the characters of two names is the same; said from a third on.
fn name_sign(from: &str, to: &str) -> (u32, String) {
    let ratio = TextDiff::from_chars(from.to_lowercase().as_str(), to.to_lowercase().as_str()).ratio();
    let percent = (ratio * 100.0).round() as u32;
    (percent / 3, if percent >= 33 { format!("{percent} % of the name") } else { String::new() })
}

/// Types of one kind, whatever their size. The values of a generated column follow from the row: nothing is lost, so
/// nothing is asked.
fn compatible(from: &Column, to: &Column) -> bool {
    let (before, after) = (&from.data_type, &to.data_type);
    let same_kind = before.base == after.base || kind(before).is_some_and(|it| Some(it) == kind(after));
    same_kind && before.array == after.array && !from.is_generated() && !to.is_generated()
}

/// Types of one kind, and what people call them.
const KINDS: [(&str, &[&str]); 4] = [
    ("numbers", &["smallint", "integer", "bigint", "numeric", "real", "double precision"]),
    ("texts", &["text", "character varying", "character"]),
    ("points in time", &["date", "timestamp without time zone", "timestamp with time zone"]),
    ("documents", &["json", "jsonb"]),
];

/// The kind of a type, by its place among [`KINDS`].
fn kind(data_type: &DataType) -> Option<usize> {
    match &data_type.base {
        BaseType::Builtin(name) => KINDS.iter().position(|(_, kind)| kind.contains(&name.as_str())),
        BaseType::Enum(_) | BaseType::Other(_) => None,
    }
}
