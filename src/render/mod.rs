//! Operations as SQL statements.
//!
//! Input is a list of operations and the [`Words`] that operations alone do not hold: which casts need a `USING`
//! clause, what fills a new NOT NULL column. Output is a list of statements per operation. Pure.

mod alteration;
mod analyze;
mod column;
mod constraint;
mod definition;
mod enum_type;
mod index;
mod online;
mod quote;
mod rename;
mod sequence;
mod settings;
mod table;
mod words;

pub use analyze::{Analyze, analyze};
pub use online::{online_last, online_tables};
pub use quote::{identifier, identifiers, literal, qualified};
pub use settings::{Settings, settings};
pub use words::{Cast, Fill, Words};

use alteration::Alteration;

use crate::operation::{Change, Operation};
use crate::schema::Namespace;

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The text, without a final semicolon.
    pub sql: String,
    /// Whether it must stand outside of a transaction, a step of its own.
    pub autocommit: bool,
}

impl Statement {
    fn new(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), autocommit: false }
    }
}

/// The statements of each operation, in the order of `operations`. Columns of one table that change one after the other
/// change in one statement, which stands with the last of them.
#[must_use]
pub fn render(operations: &[Operation], words: &Words) -> Vec<Vec<Statement>> {
    let of = |position: usize| of_column(&operations[position], words);
    let together_with_next = |position: usize| {
        let next = operations.get(position + 1).and_then(|it| of_column(it, words));
        of(position).zip(next).is_some_and(|(it, next)| it.table == next.table && it.alters() && next.alters())
    };
    let mut waiting = Vec::new();
    let mut rendered = Vec::new();
    for position in 0..operations.len() {
        let together = together_with_next(position);
        match of(position) {
            Some(alteration) => {
                waiting.push(alteration);
                rendered.push(if together { Vec::new() } else { alteration::together(&std::mem::take(&mut waiting)) });
            }
            None => rendered.push(statements(operations, position, words)),
        }
    }
    rendered
}

/// What can be put together with its neighbours.
fn of_column<'a>(operation: &'a Operation, words: &'a Words) -> Option<Alteration<'a>> {
    Alteration::of(operation, words).filter(|_| !words.lets_others_work(operation))
}

/// The operations that follow count: a label that one of them uses must be committed first.
fn statements(operations: &[Operation], position: usize, words: &Words) -> Vec<Statement> {
    let (operation, later) = (&operations[position], &operations[position + 1..]);
    match operation {
        Operation::Rename(rename) => rename::statements(rename, words),
        Operation::Namespace(change) => namespace(change),
        Operation::EnumType(change, users) => enum_type::statements(change, users, later, words),
        Operation::Table(change) => table::statements(change, words),
        Operation::Column(table, Change::Alter { to, .. }) if words.lets_others_work(operation) => {
            online::not_null(table, &to.name, words)
        }
        Operation::Column(table, change) => column::statements(table, change, words),
        Operation::Constraint(table, change) => constraint::statements(table, change, words),
        Operation::Index(table, change) => index::statements(table, change, words),
        Operation::Definition(change, _) => definition::statements(change, operations),
    }
}

fn namespace(change: &Change<Namespace>) -> Vec<Statement> {
    match change {
        Change::Add(namespace) => {
            let create = Statement::new(format!("CREATE SCHEMA {}", identifier(&namespace.name)));
            [create].into_iter().chain(namespace.comment.as_ref().map(|_| namespace_comment(namespace))).collect()
        }
        Change::Drop(namespace) => vec![Statement::new(format!("DROP SCHEMA {}", identifier(&namespace.name)))],
        Change::Alter { to, .. } => vec![namespace_comment(to)],
    }
}

fn namespace_comment(namespace: &Namespace) -> Statement {
    comment(&format!("SCHEMA {}", identifier(&namespace.name)), namespace.comment.as_deref())
}

/// `COMMENT ON object IS ..`; NULL takes a comment away.
fn comment(object: &str, text: Option<&str>) -> Statement {
    Statement::new(format!("COMMENT ON {object} IS {}", text.map_or_else(|| "NULL".to_owned(), literal)))
}
