//! What a file changes, for those who review it.

use sqlx::Connection;

use super::apply::apply;
use super::identity::Identities;
use super::prove_file::ours;
use super::{Database, Scratch};
use crate::error::{Error, Result};
use crate::execute::Direction;
use crate::migration::Migration;
use crate::operation::Operation;
use crate::reflect::{Scope, extensions, reflect};
use crate::schema::{Rename, Schema};

/// The schema around a file's upgrade.
#[derive(Debug, Clone)]
pub struct Effect {
    /// Before it.
    pub before: Schema,
    /// The same after its renames.
    pub renamed: Schema,
    /// After it.
    pub after: Schema,
    /// What it renames.
    pub renames: Vec<Rename>,
}

impl Effect {
    /// What it does, in order.
    #[must_use]
    pub fn operations(&self) -> Vec<Operation> {
        let renames = self.renames.iter().cloned().map(Operation::Rename);
        crate::diff::in_order(renames.chain(crate::diff::diff(&self.renamed, &self.after)).collect())
    }
}

impl Scratch {
    /// Runs the file's upgrade on a copy of `before`, and reads what is there before and after it, in all namespaces
    /// but those of strangers.
    ///
    /// # Errors
    ///
    /// The statement that fails, with what Postgres says.
    pub async fn effect(&self, before: &Database, migration: &Migration, given: &Scope) -> Result<Effect> {
        let database = self.copy(before).await?;
        let whole = |namespaces: Vec<String>, extensions: Vec<String>| Scope {
            namespaces,
            default_namespace: self.default_namespace.clone(),
            extensions,
            ..given.clone()
        };
        let mut conn = database.connect().await?;
        let first = ours(&mut conn, given).await?;
        let identities = Identities::read(&mut conn, &first).await?;
        let start = reflect(&mut conn, &whole(first.clone(), Vec::new())).await?;
        let narrow = whole(vec![self.default_namespace.clone()], given.extensions.clone());
        apply(&mut conn, &migration.revision.id, Direction::Upgrade, &migration.upgrade, &narrow)
            .await
            .map_err(Error::from)?;
        let mut all = ours(&mut conn, given).await?;
        all.extend(first);
        all.sort();
        all.dedup();
        let made: Vec<String> =
            extensions(&mut conn).await?.into_iter().filter(|name| !given.extensions.contains(name)).collect();
        let renames = identities.renames(&Identities::read(&mut conn, &all).await?);
        let after = reflect(&mut conn, &whole(all, made)).await?;
        let _ = conn.close().await;
        database.drop().await?;
        let mut renamed = start.clone();
        for rename in &renames {
            rename.follow(&mut renamed);
        }
        Ok(Effect { before: start, renamed: renamed.sorted(), after, renames })
    }
}
