//! What stands in the way of a change and is not looked at: scratch has it not, so the proof cannot meet it.

use sqlx::PgConnection;

use super::comparison::Comparison;
use crate::error::{Error, Kind, Result};
use crate::operation::{Change, Operation, display_object};
use crate::reflect::{Dependant, Scope, unseen_dependants};
use crate::schema::{Object, Rename};

/// Refuses a change of tables and columns on which something stands that is left alone.
///
/// # Errors
/// [`Kind::Refused`] with the first such object; when the server cannot be reached.
pub(super) async fn refuse_unseen(comparison: &Comparison, scope: &Scope, conn: &mut PgConnection) -> Result<()> {
    let renames: Vec<Rename> = comparison
        .operations
        .iter()
        .filter_map(|operation| match operation {
            Operation::Rename(rename) => Some(rename.clone()),
            Operation::Namespace(_)
            | Operation::EnumType(..)
            | Operation::Table(_)
            | Operation::Column(..)
            | Operation::Constraint(..)
            | Operation::Index(..)
            | Operation::Definition(..) => None,
        })
        .collect();
    let back: Vec<Rename> = renames.iter().rev().map(Rename::reverse).collect();
    let moved = comparison.operations.iter().flat_map(must_be_free).map(|it| it.renamed(&back)).collect::<Vec<_>>();
    if moved.is_empty() {
        return Ok(());
    }
    let unseen = unseen_dependants(conn, &moved, scope).await?;
    let Some(Dependant { object, stands_on }) = unseen.first() else { return Ok(()) };
    let name = |object: &Object| display_object(object, &scope.default_namespace);
    let more = if unseen.len() == 1 { String::new() } else { format!(", and {} more", unseen.len() - 1) };
    Err(Error::new(
        Kind::Refused,
        format!("{} is to change, and {} stands on it{more}, which is left alone", name(stands_on), name(object)),
    )
    .hint("it is in a namespace that autogen.toml does not name, or under [unmanaged]: name it, and take it out there")
    .hint("or write the file nevertheless: autogen create MESSAGE --from-history")
    .hint("and before the upgrade drop what stands in the way, here and wherever else it is; make it again after it"))
}

/// Tables and columns that Postgres only takes away, or gives another type, when nothing stands on them.
fn must_be_free(operation: &Operation) -> Vec<Object> {
    match operation {
        Operation::Table(Change::Drop(table)) => vec![Object::Table(table.name.clone())],
        Operation::Column(table, Change::Drop(column)) => vec![Object::Column(table.clone(), column.name.clone())],
        Operation::Column(table, Change::Alter { from, to }) if from.is_retyped_as(to) || from.regenerates_as(to) => {
            vec![Object::Column(table.clone(), from.name.clone())]
        }
        Operation::EnumType(Change::Alter { from, to }, users) if !from.grows_into(to) => {
            users.columns.iter().map(|(table, column)| Object::Column(table.clone(), column.name.clone())).collect()
        }
        Operation::Rename(_)
        | Operation::Namespace(_)
        | Operation::EnumType(..)
        | Operation::Table(_)
        | Operation::Column(..)
        | Operation::Constraint(..)
        | Operation::Index(..)
        | Operation::Definition(..) => Vec::new(),
    }
}
