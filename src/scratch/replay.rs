use std::collections::BTreeMap;

use sqlx::Connection;

use super::apply::apply;
use super::build::run_with;
use super::{Database, Scratch};
use crate::diff::diff;
use crate::error::{Error, Result};
use crate::execute::Direction;
use crate::migration::Folder;
use crate::reflect::{Scope, reflect};
use crate::schema::Schema;

impl Scratch {
    /// A database with every revision of the folder applied, oldest first, and what is in it then.
    ///
    /// # Errors
    ///
    /// The statement that fails, with its revision and what Postgres says.
    pub async fn replay(&self, folder: &Folder, scope: &Scope) -> Result<(Database, Schema)> {
        let database = self.database().await?;
        let mut conn = database.connect().await?;
        for revision in folder.graph().oldest_first() {
            if let Some(migration) = folder.migration(&revision.id) {
                apply(&mut conn, &revision.id, Direction::Upgrade, &migration.upgrade, scope).await?;
            }
        }
        let schema = reflect(&mut conn, scope).await?;
        let _ = conn.close().await;
        Ok((database, schema))
    }

    /// Brings a replayed database to the state of `live`: what a live database has beyond its history is there too,
    /// so that a plan that depends on it can be proved. Returns what is in it then, in scratch's words.
    ///
    /// # Errors
    ///
    /// When Postgres refuses what `live` has, for instance for want of an extension.
    pub async fn lift(&self, database: &Database, replayed: &Schema, live: &Schema, scope: &Scope) -> Result<()> {
        let operations = diff(replayed, live);
        if operations.is_empty() {
            return Ok(());
        }
        let bench = self.copy(database).await?;
        let words = self.words(&bench, live, &operations, &BTreeMap::new(), scope).await?;
        bench.drop().await?;
        let mut conn = database.connect().await?;
        let outcome = run_with(&mut conn, &operations, &words).await;
        let _ = conn.close().await;
        outcome.map_err(Error::from)
    }
}
