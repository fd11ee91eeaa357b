use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::apply::apply;
use super::build::{Unprintable, run_with};
use super::{Database, Scratch, lost, strangers};
use crate::error::{Error, Kind, Result};
use crate::execute::Direction;
use crate::migration::{Folder, Plan};
use crate::operation::Operation;
use crate::reflect::{Scope, reflect};
use crate::render::Words;
use crate::revision::Revision;
use crate::schema::{Schema, Setting};

impl Scratch {
    /// A database with every revision of the folder applied, oldest first, and what is in it then.
    ///
    /// # Errors
    ///
    /// The statement that fails, with its revision and what Postgres says.
    pub async fn replay(&self, folder: &Folder, scope: &Scope) -> Result<(Database, Schema)> {
        let database = self.database().await?;
        let mut conn = database.connect().await?;
        apply_in_order(&mut conn, folder, folder.graph().oldest_first(), scope).await?;
        strangers::make_all(&mut conn, scope).await?;
        let schema = reflect(&mut conn, scope).await?;
        let _ = conn.close().await;
        Ok((database, schema))
    }

    /// What is in a database that somebody else's program has filled, or nobody.
    ///
    /// # Errors
    ///
    /// When the server is gone.
    pub async fn settle(&self, database: &Database, scope: &Scope) -> Result<Schema> {
        let mut conn = database.connect().await?;
        strangers::make_all(&mut conn, scope).await?;
        let schema = reflect(&mut conn, scope).await?;
        let _ = conn.close().await;
        Ok(schema)
    }

    /// Brings a replayed database to the state of `live`: what a live database has beyond its history is there too,
    /// so that a plan that depends on it can be proved. `drift` leads from one to the other. A view, function or
    /// trigger comes with it where scratch has what it needs; about the others nothing can be proved.
    ///
    /// # Errors
    ///
    /// When Postgres refuses what else `live` has, for instance for want of an extension.
    pub async fn lift(&self, database: &Database, drift: &[Operation], live: &Schema, scope: &Scope) -> Result<()> {
        if drift.is_empty() {
            return self.make_partitions(database, live, scope).await;
        }
        let bench = self.copy(database).await?;
        let words = self.words(&bench, live, drift, &BTreeMap::new(), scope).await?;
        bench.drop().await?;
        let mut conn = database.connect().await?;
        let lifted = lift(&mut conn, drift, &words).await;
        let _ = conn.close().await;
        lifted.map_err(Error::from)?;
        self.make_partitions(database, live, scope).await
    }

    /// Partitions come and go without any revision; what happens to their table happens to them.
    async fn make_partitions(&self, database: &Database, live: &Schema, scope: &Scope) -> Result<()> {
        let partitions = |schema: &Schema| -> Vec<String> {
            let settings = schema.tables.iter().flat_map(|it| it.kept.settings.clone());
            settings.filter_map(|it| if let Setting::Partition(create) = it { Some(create) } else { None }).collect()
        };
        let wanted = partitions(live);
        if wanted.is_empty() {
            return Ok(());
        }
        let mut conn = database.connect().await?;
        let there = partitions(&reflect(&mut conn, scope).await?);
        for create in wanted.iter().filter(|it| !there.contains(it)) {
            match sqlx::raw_sql(AssertSqlSafe(create.as_str())).execute(&mut conn).await {
                // One that overlaps with another of the history: the rest is there.
                Ok(_) | Err(sqlx::Error::Database(_)) => {}
                Err(cause) => return Err(lost(cause)),
            }
        }
        let _ = conn.close().await;
        Ok(())
    }

    /// Runs the upgrade on a database that has the history alone: what comes after a fresh checkout.
    ///
    /// # Errors
    ///
    /// The statement that fails.
    pub async fn replays(&self, history: &Database, plan: &Plan, scope: &Scope) -> Result<()> {
        let mut conn = history.connect().await?;
        let statements: Vec<_> = plan.upgrade.iter().flat_map(|block| block.statements.clone()).collect();
        let applied = apply(&mut conn, &plan.revision.id, Direction::Upgrade, &statements, scope).await;
        let _ = conn.close().await;
        applied.map_err(Error::from)
    }
}

/// Applies revisions of the folder.
pub(super) async fn apply_in_order(
    conn: &mut PgConnection,
    folder: &Folder,
    order: impl IntoIterator<Item = &Revision>,
    scope: &Scope,
) -> Result<()> {
    for migration in order.into_iter().filter_map(|revision| folder.migration(&revision.id)) {
        let applied = apply(conn, &migration.revision.id, Direction::Upgrade, &migration.upgrade, scope).await;
        applied.map_err(|cause| does_not_replay(&folder.shown(migration), cause.into()))?;
    }
    Ok(())
}

/// Nothing happened to any database of the user.
pub(super) fn does_not_replay(file: &str, cause: Error) -> Error {
    Error::new(Kind::Error, format!("the history does not replay on scratch: {file} fails on a fresh database"))
        .caused_by(cause)
        .hint("was the file edited after it was applied? git log says")
        .hint(
            "what it needs and the history does not make: extensions = [..] or [scratch] setup = FILE in autogen.toml",
        )
}

async fn lift(conn: &mut PgConnection, drift: &[Operation], words: &Words) -> Result<(), Unprintable> {
    for operation in drift {
        match run_with(conn, std::slice::from_ref(operation), words).await {
            Err(Unprintable::Refused { .. }) if matches!(operation, Operation::Definition(..)) => {}
            other => other?,
        }
    }
    Ok(())
}
