use super::quote::{identifier, literal};
use super::{Statement, Words};
use crate::schema::Rename;

/// A name changes; what mentions the name follows by itself.
pub(super) fn statements(rename: &Rename, words: &Words) -> Vec<Statement> {
    let sql = match rename {
        Rename::Table { from, to } => {
            format!("ALTER TABLE {} RENAME TO {}", words.name(from), identifier(&to.name))
        }
        Rename::Column { table, from, to } => {
            format!("ALTER TABLE {} RENAME COLUMN {} TO {}", words.name(table), identifier(from), identifier(to))
        }
        Rename::EnumType { from, to } => {
            format!("ALTER TYPE {} RENAME TO {}", words.name(from), identifier(&to.name))
        }
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
