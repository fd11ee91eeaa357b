use super::{Block, Plan, Statement};
use crate::hazard::{Hazard, Rows, hazards};
use crate::operation::{Change, Operation, display_object, reverse};
use crate::render::{self, Words, render};
use crate::revision::Revision;
use crate::schema::{ColumnDefault, Object, Places, QualifiedName, Rename};

impl Plan {
    /// The plan of these operations: up as they stand, down their reverse. `up` and `down` are the words for each
    /// direction; `places` says where the models declare what comes.
    #[must_use]
    pub fn new(revision: Revision, operations: &[Operation], places: &Places, up: &Words, down: &Words) -> Self {
        let renames = operations.iter().filter_map(|operation| rename_line(operation, &up.default_namespace));
        Self {
            revision,
            renames: renames.collect(),
            upgrade: blocks(operations, Some(places), up),
            // What a downgrade restores is declared nowhere any more.
            downgrade: blocks(&reverse(operations), None, down),
        }
    }
}

/// What may go wrong with each operation, answers counted. A table that the same list creates holds no rows, so
/// nothing that is done to it can go wrong.
#[must_use]
pub fn plan_hazards(operations: &[Operation], words: &Words) -> Vec<Vec<Hazard>> {
    let created = |table: &QualifiedName| {
        operations.iter().any(|it| matches!(it, Operation::Table(Change::Add(new)) if &new.name == table))
    };
    let rows = Rows {
        filled: &|object| words.fills.contains_key(object),
        empty: &|object| operations.iter().any(|it| adds_empty_column(it) && &it.object() == object),
    };
    let of = |operation: &Operation| match operation {
        Operation::Column(table, _) | Operation::Constraint(table, _) | Operation::Index(table, _)
            if created(table) =>
        {
            Vec::new()
        }
        Operation::Rename(_)
        | Operation::Namespace(_)
        | Operation::EnumType(..)
        | Operation::Table(_)
        | Operation::Column(..)
        | Operation::Constraint(..)
        | Operation::Index(..)
        | Operation::Definition(..) => hazards(operation, &rows, &words.default_namespace),
    };
    operations.iter().map(of).collect()
}

fn adds_empty_column(operation: &Operation) -> bool {
    match operation {
        Operation::Column(_, Change::Add(column)) => column.nullable && column.default == ColumnDefault::None,
        Operation::Rename(_)
        | Operation::Namespace(_)
        | Operation::EnumType(..)
        | Operation::Table(_)
        | Operation::Column(..)
        | Operation::Constraint(..)
        | Operation::Index(..)
        | Operation::Definition(..) => false,
    }
}

fn blocks(operations: &[Operation], places: Option<&Places>, words: &Words) -> Vec<Block> {
    let statements = render(operations, words);
    let statement = |it: render::Statement| Statement { sql: it.sql, autocommit: it.autocommit };
    let analyze = render::analyze(operations, words).into_iter().map(|it| Block {
        title: format!(
            "gather the statistics of {} again: {} lost theirs with the type",
            it.table.display(&words.default_namespace),
            it.columns.join(", ")
        ),
        statements: vec![statement(it.statement)],
        ..Block::default()
    });
    operations
        .iter()
        .zip(statements)
        .zip(plan_hazards(operations, words))
        .map(|((operation, statements), hazards)| Block {
            title: operation.describe(&words.default_namespace).title(),
            place: places.and_then(|places| places.get(&operation.object())).map(ToString::to_string),
            hazards: hazards.iter().map(ToString::to_string).collect(),
            statements: statements.into_iter().map(statement).collect(),
        })
        .chain(analyze)
        .collect()
}

/// Only what a user answered is written down; a constraint that got another name was not asked for.
fn rename_line(operation: &Operation, default_namespace: &str) -> Option<String> {
    let Operation::Rename(rename) = operation else { return None };
    match rename {
        Rename::Table { .. } | Rename::Column { .. } | Rename::EnumType { .. } | Rename::EnumLabel { .. } => {}
        Rename::Constraint { .. } | Rename::Index { .. } => return None,
    }
    let name = |object: &Object| {
        let shown = display_object(object, default_namespace);
        shown
            .strip_prefix("enum label ")
            .or_else(|| shown.split_once(' ').map(|(_, name)| name))
            .unwrap_or(&shown)
            .to_owned()
    };
    let before = Operation::Rename(rename.reverse()).object();
    Some(format!("{} -> {}", name(&before), name(&operation.object())))
}
