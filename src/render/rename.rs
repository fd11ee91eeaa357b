use super::quote::{identifier, literal};
use super::{Statement, Words};
use crate::schema::{QualifiedName, Rename};

/// A name changes; what mentions the name follows by itself.
pub(super) fn statements(rename: &Rename, words: &Words) -> Vec<Statement> {
    let sql = match rename {
        Rename::Table { from, to } => return table(from, to, words),
        Rename::Column { table, from, to } => {
            format!("ALTER TABLE {} RENAME COLUMN {} TO {}", words.name(table), identifier(from), identifier(to))
        }
        Rename::EnumType { from, to } => return enum_type(from, to, words),
        Rename::EnumLabel { enum_type, from, to } => {
            format!("ALTER TYPE {} RENAME VALUE {} TO {}", words.name(enum_type), literal(from), literal(to))
        }
        Rename::Constraint { table, from, to } => {
            format!("ALTER TABLE {} RENAME CONSTRAINT {} TO {}", words.name(table), identifier(from), identifier(to))
        }
        Rename::Index { table, from, to } => {
            format!("ALTER INDEX {} RENAME TO {}", words.sibling(table, from), identifier(to))
        }
    };
    vec![Statement::new(sql)]
}

fn enum_type(from: &QualifiedName, to: &QualifiedName, words: &Words) -> Vec<Statement> {
    let moved = QualifiedName::new(&to.namespace, &from.name);
    let moves = (from.namespace != to.namespace)
        .then(|| format!("ALTER TYPE {} SET SCHEMA {}", words.name(from), identifier(&to.namespace)));
    let renames =
        (from.name != to.name).then(|| format!("ALTER TYPE {} RENAME TO {}", words.name(&moved), identifier(&to.name)));
    moves.into_iter().chain(renames).map(Statement::new).collect()
}

/// To another namespace, to another name, or both.
fn table(from: &QualifiedName, to: &QualifiedName, words: &Words) -> Vec<Statement> {
    let moved = QualifiedName::new(&to.namespace, &from.name);
    let moves = (from.namespace != to.namespace)
        .then(|| format!("ALTER TABLE {} SET SCHEMA {}", words.name(from), identifier(&to.namespace)));
    let renames = (from.name != to.name)
        .then(|| format!("ALTER TABLE {} RENAME TO {}", words.name(&moved), identifier(&to.name)));
    moves.into_iter().chain(renames).map(Statement::new).collect()
}
