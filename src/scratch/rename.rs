use sqlx::Connection;

use super::build::run;
use super::{Database, Scratch};
use crate::error::Result;
use crate::operation::{Change, Operation};
use crate::reflect::{Scope, reflect};
use crate::schema::{ColumnDefault, Definition, Namespace, QualifiedName, Rename, Schema, Setting, Table};

impl Scratch {
    /// `current` after the answered renames: done on `database`, which is in the state of `current`, and read back,
    /// because Postgres renames inside expressions too. Tables that no rename touches keep the text of `current`.
    ///
    /// # Errors
    ///
    /// When Postgres refuses a rename: a name is taken, or not there.
    pub async fn rename(
        &self,
        database: &Database,
        current: &Schema,
        renames: &[Rename],
        scope: &Scope,
    ) -> Result<Schema> {
        if renames.is_empty() {
            return Ok(current.clone());
        }
        let mut conn = database.connect().await?;
        let before = reflect(&mut conn, scope).await?;
        for namespace in missing_namespaces(renames, &before) {
            run(&mut conn, &[Operation::Namespace(Change::Add(namespace))], scope).await?;
        }
        let operations: Vec<Operation> = renames.iter().cloned().map(Operation::Rename).collect();
        run(&mut conn, &operations, scope).await?;
        let after = reflect(&mut conn, scope).await?;
        let _ = conn.close().await;
        let mut followed = current.clone();
        for rename in renames {
            rename.follow(&mut followed);
        }
        let kept = |name: &QualifiedName| before.table(name).is_some_and(|it| after.table(name) == Some(it));
        let tables = after.tables.iter().map(|table| match current.table(&table.name) {
            Some(there) if kept(&table.name) => there.clone(),
            Some(_) | None => with_kept(table.clone(), followed.table(&table.name)),
        });
        let definitions = after.definitions.iter().map(|definition| match current.definition(&definition.name) {
            Some(there) if before.definition(&definition.name) == Some(definition) => there.clone(),
            Some(there) => Definition { kept: there.kept.clone(), ..definition.clone() },
            None => definition.clone(),
        });
        Ok(Schema {
            tables: tables.collect(),
            definitions: definitions.collect(),
            // A namespace that was only made for the renames is still to come.
            namespaces: current.namespaces.clone(),
            ..after.clone()
        })
    }
}

/// What is set on a table of the database at hand, which scratch knows nothing of: under the names of now. The statements
/// of partitions name their parent: those are scratch's.
fn with_kept(mut table: Table, followed: Option<&Table>) -> Table {
    let Some(followed) = followed else { return table };
    let is_partition = |it: &Setting| matches!(it, Setting::Partition(_));
    let partitions = std::mem::take(&mut table.kept.settings).into_iter().filter(is_partition);
    let others = followed.kept.settings.iter().filter(|it| !is_partition(it)).cloned();
    table.kept.settings = others.chain(partitions).collect();
    for column in &mut table.columns {
        let before = followed.column(&column.name).map(|it| &it.default);
        if let (ColumnDefault::Serial(now), Some(ColumnDefault::Serial(before))) = (&mut column.default, before) {
            now.kept = before.kept.clone();
        }
    }
    table
}

/// Namespaces that a table moves into and that are not there yet.
fn missing_namespaces(renames: &[Rename], schema: &Schema) -> Vec<Namespace> {
    let mut names: Vec<&String> = renames
        .iter()
        .filter_map(|rename| match rename {
            Rename::Table { to, .. } => Some(&to.namespace),
            Rename::Column { .. }
            | Rename::EnumType { .. }
            | Rename::EnumLabel { .. }
            | Rename::Constraint { .. }
            | Rename::Index { .. } => None,
        })
        .filter(|name| schema.namespace(name).is_none())
        .collect();
    names.sort();
    names.dedup();
    names.into_iter().map(|name| Namespace { name: name.clone(), comment: None }).collect()
}
