//! What a plan needs an answer for: renames, values for new columns, casts, a mass drop.

use super::comparison::{Answers, Comparison};
use super::suggestion::{self, argument};
use crate::error::{Error, Kind, Result};
use crate::operation::{Change, Operation};
use crate::overlay::{self, Candidate};
use crate::render::Cast;
use crate::schema::{Column, ColumnDefault, DataType, Object, QualifiedName, Rename};

/// Stops where a plan needs an answer that nobody gave.
pub(super) fn refuse_unanswered(comparison: &Comparison, answers: &Answers) -> Result<()> {
    refuse_mass_drop(comparison, answers)?;
    refuse_renames(comparison, answers)?;
    refuse_fills(comparison, answers)?;
    refuse_casts(comparison, answers)
}

fn refuse_mass_drop(comparison: &Comparison, answers: &Answers) -> Result<()> {
    match overlay::mass_drop(&comparison.renamed, &comparison.desired) {
        Some((dropped, all)) if !answers.allow_drops => Err(Error::new(
            Kind::Refused,
            format!("this would drop {dropped} of {all} tables: did the reader see all entities?"),
        )
        .hint("look at `[entities] path` in autogen.toml")
        .hint("if they are to go: --allow-drops")),
        Some(_) | None => Ok(()),
    }
}

/// Drops and adds that look like renames and that nobody answered for.
pub(super) fn open_candidates(comparison: &Comparison, answers: &Answers) -> Vec<Candidate> {
    if answers.no_rename {
        return Vec::new();
    }
    let mut candidates = overlay::candidates(&comparison.renamed, &comparison.desired, &comparison.declared);
    candidates.retain(|it| !answers.gone.contains(&it.gone));
    candidates
}

/// `column users.name -> full_name   (same type text, same place)`.
pub(super) fn shown_candidate(candidate: &Candidate, namespace: &str) -> String {
    let rename = Operation::Rename(candidate.rename.clone()).describe(namespace);
    let evidence = match candidate.evidence.as_slice() {
        [] => String::new(),
        signs => format!("   ({})", signs.join(", ")),
    };
    format!("{} {}{evidence}", rename.object, rename.detail)
}

fn refuse_renames(comparison: &Comparison, answers: &Answers) -> Result<()> {
    let candidates = open_candidates(comparison, answers);
    if candidates.is_empty() {
        return Ok(());
    }
    let namespace = &comparison.up.default_namespace;
    let lines: Vec<String> = candidates.iter().map(|it| format!("  {}", shown_candidate(it, namespace))).collect();
    let message =
        format!("a drop and an add look like a rename; as they stand, values would be lost:\n{}", lines.join("\n"));
    let likely = overlay::likeliest(&candidates);
    let flags: Vec<String> = likely.iter().map(|it| rename_flag(&it.rename, namespace)).collect();
    let (what, which) = match flags.len() {
        1 => ("it is a rename", "if the old values may go: --no-rename".to_owned()),
        _ => {
            let one = likely.first().map(|it| no_rename_flag(&it.rename, namespace)).unwrap_or_default();
            ("they are renames", format!("if the old values may go: {one}, or for all of them --no-rename"))
        }
    };
    let error = Error::new(Kind::Refused, message).hint(format!("if {what}: {}", flags.join(" ")));
    let error = match likely.first().and_then(|it| rename_attribute(&it.rename)) {
        Some(attribute) => error.hint(format!("or, in the entity: {attribute}")),
        None => error,
    };
    Err(error.hint(which))
}

/// The flag that says that what goes was not renamed.
pub(super) fn no_rename_flag(rename: &Rename, namespace: &str) -> String {
    format!("--no-rename={}", shell_word(&old_name(rename, namespace)))
}

/// The flag as a shell takes it.
pub(super) fn rename_flag(rename: &Rename, namespace: &str) -> String {
    let new = match rename {
        Rename::Table { to, .. } | Rename::EnumType { to, .. } => path(to, None, namespace),
        Rename::Column { to, .. }
        | Rename::EnumLabel { to, .. }
        | Rename::Constraint { to, .. }
        | Rename::Index { to, .. } => word(to),
    };
    format!("--rename {}", shell_word(&format!("{}={new}", old_name(rename, namespace))))
}

fn old_name(rename: &Rename, namespace: &str) -> String {
    match rename {
        Rename::Table { from, .. } | Rename::EnumType { from, .. } => path(from, None, namespace),
        Rename::Column { table: owner, from, .. }
        | Rename::EnumLabel { enum_type: owner, from, .. }
        | Rename::Constraint { table: owner, from, .. }
        | Rename::Index { table: owner, from, .. } => path(owner, Some(from), namespace),
    }
}

/// A name as the flags read it.
pub(super) fn path(name: &QualifiedName, inner: Option<&str>, namespace: &str) -> String {
    let outer = (name.namespace != namespace).then_some(name.namespace.as_str());
    let parts = outer.into_iter().chain([name.name.as_str()]).chain(inner);
    parts.map(word).collect::<Vec<_>>().join(".")
}

/// A word as a shell reads it.
pub(super) fn shell_word(text: &str) -> String {
    let plain = text.chars().all(|it| it.is_alphanumeric() || "_.-=".contains(it)) && !text.is_empty();
    if plain { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// A part of a name as `--rename` reads it.
fn word(part: &str) -> String {
    let plain = part.chars().all(|it| it.is_alphanumeric() || "_-".contains(it));
    if plain { part.to_owned() } else { format!("\"{}\"", part.replace('"', "\"\"")) }
}

fn rename_attribute(rename: &Rename) -> Option<String> {
    match rename {
        Rename::Column { from, .. } => Some(format!("#[sea_orm(renamed_from = \"{from}\")]")),
        Rename::Table { .. }
        | Rename::EnumType { .. }
        | Rename::EnumLabel { .. }
        | Rename::Constraint { .. }
        | Rename::Index { .. } => None,
    }
}

/// New columns that need a value in rows that are there.
pub(super) fn open_fills<'a>(comparison: &'a Comparison, answers: &Answers) -> Vec<(&'a QualifiedName, &'a Column)> {
    let new = comparison.operations.iter().filter_map(|operation| match operation {
        Operation::Column(table, Change::Add(column)) => Some((table, column)),
        _ => None,
    });
    let needs = |(table, column): &(&QualifiedName, &Column)| {
        let object = Object::Column((*table).clone(), column.name.clone());
        !column.nullable && matches!(column.default, ColumnDefault::None) && !answers.fills.contains_key(&object)
    };
    new.filter(needs).collect()
}

fn refuse_fills(comparison: &Comparison, answers: &Answers) -> Result<()> {
    let namespace = &comparison.up.default_namespace;
    if let Some((table, column)) = open_fills(comparison, answers).first() {
        let name = format!("{}.{}", table.display(namespace), column.name);
        return Err(Error::new(
            Kind::Refused,
            format!("new column {name} is NOT NULL and has no default: what do existing rows get?"),
        )
        .hint(format!(
            "say what fills them: --fill {}",
            argument(table, &column.name, &suggestion::fill(column, &comparison.desired), namespace)
        ))
        .hint("or give it a default: #[sea_orm(default_value = ..)], or make it an Option"));
    }
    let unused = answers
        .fills
        .keys()
        .find(|object| !comparison.operations.iter().any(|it| &it.object() == *object && takes_fill(it)));
    match unused {
        Some(object) => {
            let what = format!("--fill {object}: this column is neither new nor becomes NOT NULL, either way");
            Err(Error::new(Kind::Usage, what)
                .hint("names as the entities have them: --fill table.column=EXPRESSION")
                .hint("rows are changed by a revision of its own: autogen create --no-autogenerate MESSAGE"))
        }
        None => Ok(()),
    }
}

/// Whether the rows that are there get something, in the upgrade or in the downgrade.
fn takes_fill(operation: &Operation) -> bool {
    match operation {
        Operation::Column(_, Change::Add(column) | Change::Drop(column)) => !column.makes_values(),
        Operation::Column(_, Change::Alter { from, to }) => {
            from.nullable != to.nullable || from.regenerates_as(to) && !to.makes_values()
        }
        Operation::Rename(_)
        | Operation::Namespace(_)
        | Operation::EnumType(..)
        | Operation::Table(_)
        | Operation::Constraint(..)
        | Operation::Index(..)
        | Operation::Definition(..) => false,
    }
}

fn refuse_casts(comparison: &Comparison, answers: &Answers) -> Result<()> {
    let retypes = |object: &Object| {
        comparison.operations.iter().any(|it| {
            matches!(it, Operation::Column(_, Change::Alter { from, to }) if from.data_type != to.data_type)
                && &it.object() == object
        })
    };
    for (flag, given) in [("--using", &answers.using), ("--using-down", &answers.using_down)] {
        if let Some(object) = given.keys().find(|it| !retypes(it)) {
            return Err(Error::new(Kind::Usage, format!("{flag} {object}: this column does not change its type"))
                .hint(format!("names as the entities have them: {flag} table.column=EXPRESSION")));
        }
    }
    let Some(OpenCast { table, column, flag, before, after }) = open_casts(comparison).into_iter().next() else {
        return Ok(());
    };
    let namespace = &comparison.up.default_namespace;
    let name = format!("{}.{}", table.display(namespace), column.name);
    let expression = suggestion::using(&column.name, before, after, &comparison.up.data_type(after));
    Err(Error::new(
        Kind::Refused,
        format!("Postgres has no cast from {before} to {after}: how does {name} become one?"),
    )
    .hint(format!("say how: {flag} {}", argument(table, &column.name, &expression, namespace))))
}

/// A change of type that needs an expression.
#[derive(Debug)]
pub(super) struct OpenCast<'a> {
    pub(super) table: &'a QualifiedName,
    pub(super) column: &'a Column,
    /// `--using`, or `--using-down` for the way back.
    pub(super) flag: &'static str,
    pub(super) before: &'a DataType,
    pub(super) after: &'a DataType,
}

/// Changes of type that Postgres has no cast for and that nobody answered for.
pub(super) fn open_casts(comparison: &Comparison) -> Vec<OpenCast<'_>> {
    let mut casts = Vec::new();
    for operation in &comparison.operations {
        let Operation::Column(table, Change::Alter { from, to: column }) = operation else { continue };
        let object = operation.object();
        let directions = [
            ("--using", &comparison.up, &from.data_type, &column.data_type),
            ("--using-down", &comparison.down, &column.data_type, &from.data_type),
        ];
        for (flag, words, before, after) in directions {
            let missing = before != after && words.cast(before, after) == Cast::Missing;
            if missing && !words.using.contains_key(&object) {
                casts.push(OpenCast { table, column, flag, before, after });
            }
        }
    }
    casts
}
