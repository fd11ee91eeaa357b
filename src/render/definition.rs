use super::Statement;
use crate::operation::Change;
use crate::schema::{Definition, DefinitionKind, Part};

/// A definition comes, goes, or gives way to another. All text is Postgres' own.
pub(super) fn statements(change: &Change<Definition>) -> Vec<Statement> {
    let texts = match change {
        Change::Add(definition) => create(definition),
        Change::Drop(definition) => vec![definition.drop.clone()],
        Change::Alter { from, to } if from.create == to.create => parts(from, to),
        Change::Alter { from, to } => match replacement(to) {
            Some(replace) => [replace].into_iter().chain(parts(from, to)).collect(),
            None => [to.drop.clone()].into_iter().chain(create(to)).collect(),
        },
    };
    texts.into_iter().map(Statement::new).collect()
}

fn create(definition: &Definition) -> Vec<String> {
    let parts = definition.parts.iter().map(|part| part.make.clone());
    // Postgres prints functions as OR REPLACE; one that is there and nobody knows of must not be written over.
    let create = match definition.create.strip_prefix("CREATE OR REPLACE ") {
        Some(rest) => format!("CREATE {rest}"),
        None => definition.create.clone(),
    };
    [create].into_iter().chain(parts).collect()
}

/// The statement that puts a definition in the place of one with the same shape, where Postgres has one.
fn replacement(to: &Definition) -> Option<String> {
    let instead = |before: &str, after: &str| to.create.strip_prefix(before).map(|rest| format!("{after}{rest}"));
    match to.name.kind {
        // Postgres prints these as CREATE OR REPLACE.
        DefinitionKind::Function | DefinitionKind::Procedure => Some(to.create.clone()),
        DefinitionKind::View => instead("CREATE VIEW ", "CREATE OR REPLACE VIEW "),
        DefinitionKind::Sequence => instead("CREATE SEQUENCE ", "ALTER SEQUENCE "),
        DefinitionKind::Extension
        | DefinitionKind::Domain
        | DefinitionKind::CompositeType
        | DefinitionKind::MaterializedView
        | DefinitionKind::ViewIndex
        | DefinitionKind::Statistics
        | DefinitionKind::Rule
        | DefinitionKind::Trigger
        | DefinitionKind::Policy
        | DefinitionKind::RowSecurity => None,
    }
}

/// What is no longer said is taken back, then what is newly said is said. One comment takes the place of another.
fn parts(from: &Definition, to: &Definition) -> Vec<String> {
    let said_otherwise =
        |part: &Part| part.undo.ends_with(" IS NULL") && to.parts.iter().any(|other| other.undo == part.undo);
    let undone = from.parts.iter().filter(|part| !to.parts.contains(part) && !said_otherwise(part));
    let made = to.parts.iter().filter(|part| !from.parts.contains(part));
    undone.map(|part| part.undo.clone()).chain(made.map(|part| part.make.clone())).collect()
}
