use std::collections::BTreeSet;

use super::{Block, Plan, Statement};
use crate::expectation::{Expectation, GUARD_SECONDS, expectations, guard};
use crate::hazard::{Hazard, closes, hazards};
use crate::operation::{Change, Operation, display_object, reverse};
use crate::render::{self, Words, render};
use crate::revision::Revision;
use crate::schema::{Object, Places, QualifiedName, Rename};

impl Plan {
    /// The plan of these operations: up as they stand, down their reverse. `up` and `down` are the words for each
    /// direction; `places` says where the models declare what comes.
    #[must_use]
    pub fn new(revision: Revision, operations: &[Operation], places: &Places, up: &Words, down: &Words) -> Self {
        Self {
            revision,
            renames: Vec::new(),
            upgrade: blocks(operations, Some(places), up),
            // What a downgrade restores is declared nowhere any more.
            downgrade: blocks(&reverse(operations), None, down),
        }
    }

    /// The same with the renames that the user answered. What the operations rename beside them follows from those.
    #[must_use]
    pub fn answered(self, renames: &[Rename], default_namespace: &str) -> Self {
        Self { renames: renames.iter().map(|it| rename_line(it, default_namespace)).collect(), ..self }
    }
}

/// What may go wrong with each operation, answers counted. A table that the same list creates holds no rows, so
/// nothing that is done to it can go wrong.
#[must_use]
pub fn plan_hazards(operations: &[Operation], words: &Words) -> Vec<Vec<Hazard>> {
    let created = |table: &QualifiedName| {
        operations.iter().any(|it| matches!(it, Operation::Table(Change::Add(new)) if &new.name == table))
    };
    let one = |operation: &Operation, expectations: &[Expectation], locked: &BTreeSet<QualifiedName>| match operation {
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
        | Operation::Definition(..) => hazards(operation, expectations, words, locked),
    };
    let mut locked = BTreeSet::new();
    let of = |(operation, expectations): (&Operation, Vec<Expectation>)| {
        let hazards = one(operation, &expectations, &locked);
        locked.extend(closes(operation));
        hazards
    };
    operations.iter().zip(expectations(operations, words)).map(of).collect()
}

/// What stops a run before it has done anything, where the rows are not as its operations need them.
fn guards(operations: &[Operation], words: &Words) -> Vec<Block> {
    let mut guards: Vec<Block> = Vec::new();
    for expectation in expectations(operations, words).iter().flatten() {
        let Some(statement) = guard(expectation) else { continue };
        let statements = vec![Statement { sql: statement.sql, autocommit: false }];
        if guards.iter().all(|it| it.statements != statements) {
            guards.push(Block { title: format!("guard: {}", expectation.holds), statements, ..Block::default() });
        }
    }
    if guards.is_empty() {
        return guards;
    }
    // Inside of a DO block a timeout has no effect, so it is set for all of them.
    let timeout = |title: String, value: &str| Block {
        title,
        statements: vec![Statement::new(format!("SET LOCAL statement_timeout = {value}"))],
        ..Block::default()
    };
    let title = format!(
        "guards: what the rows must be like, each asked for {GUARD_SECONDS} s at most; delete those whose rows this file \
         corrects"
    );
    let first = timeout(title, &format!("'{GUARD_SECONDS}s'"));
    let last = timeout("end of guards".to_owned(), "0");
    [first].into_iter().chain(guards).chain([last]).collect()
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
    let settings = render::settings(operations, words).into_iter().map(|it| Block {
        title: format!("give back what was set on {}", it.table.display(&words.default_namespace)),
        statements: it.statements.into_iter().map(statement).collect(),
        ..Block::default()
    });
    let mut blocks: Vec<Block> = operations
        .iter()
        .zip(statements)
        .zip(plan_hazards(operations, words))
        .map(|((operation, statements), hazards)| Block {
            title: operation.describe(&words.default_namespace).title(),
            place: places.and_then(|places| places.get(&operation.object())).map(ToString::to_string),
            hazards: hazards.iter().map(ToString::to_string).collect(),
            statements: statements.into_iter().map(statement).collect(),
        })
        .collect();
    // A downgrade renames last: until then everything has the name that it has here.
    let is_last = |it: &&Operation| matches!(it, Operation::Rename(_) | Operation::Namespace(_));
    let position = operations.len() - operations.iter().rev().take_while(is_last).count();
    blocks.splice(position..position, settings);
    guards(operations, words).into_iter().chain(blocks).chain(analyze).collect()
}

/// `users.name -> users.full_name`.
#[must_use]
pub fn rename_line(rename: &Rename, default_namespace: &str) -> String {
    let name = |object: &Object| {
        let shown = display_object(object, default_namespace);
        shown
            .strip_prefix("enum label ")
            .or_else(|| shown.split_once(' ').map(|(_, name)| name))
            .unwrap_or(&shown)
            .to_owned()
    };
    format!("{} -> {}", name(&rename.reverse().ends().0), name(&rename.ends().0))
}
