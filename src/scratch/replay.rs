use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::apply::apply;
use super::build::run_with;
use super::{Database, Scratch, lost};
use crate::error::{Error, Kind, Result};
use crate::execute::Direction;
use crate::migration::{Folder, Plan};
use crate::operation::Operation;
use crate::reflect::{Beyond, Scope, beyond, reflect};
use crate::render::{Words, qualified};
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
                let applied = apply(&mut conn, &revision.id, Direction::Upgrade, &migration.upgrade, scope).await;
                applied.map_err(|cause| does_not_replay(&folder.shown(migration), cause))?;
            }
        }
        let schema = reflect(&mut conn, scope).await?;
        let _ = conn.close().await;
        Ok((database, schema))
    }

    /// Brings a replayed database to the state of `live`: what a live database has beyond its history is there too,
    /// so that a plan that depends on it can be proved. `drift` leads from one to the other. Views come with it where
    /// scratch has what they read.
    ///
    /// # Errors
    ///
    /// When Postgres refuses what `live` has, for instance for want of an extension.
    pub async fn lift(
        &self,
        database: &Database,
        drift: &[Operation],
        live: &Schema,
        views: &[Beyond],
        scope: &Scope,
    ) -> Result<()> {
        let words = if drift.is_empty() {
            Words::new(&scope.default_namespace)
        } else {
            let bench = self.copy(database).await?;
            let words = self.words(&bench, live, drift, &BTreeMap::new(), scope).await?;
            bench.drop().await?;
            words
        };
        let mut conn = database.connect().await?;
        let lifted = match run_with(&mut conn, drift, &words).await {
            Ok(()) => create_views(&mut conn, views, scope).await,
            Err(refused) => Err(refused.into()),
        };
        let _ = conn.close().await;
        lifted
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
        applied
    }
}

/// Nothing happened to any database of the user.
fn does_not_replay(file: &str, cause: Error) -> Error {
    Error::new(Kind::Error, format!("the history does not replay on scratch: {file} fails on a fresh database"))
        .caused_by(cause)
        .hint("was the file edited after it was applied? git log says")
        .hint(
            "what it needs and the history does not make: extensions = [..] or [scratch] setup = FILE in autogen.toml",
        )
}

/// Views read other views, so those that fail are tried again as long as others succeed. What is left reads something
/// that scratch lacks: nothing can be proved about it.
async fn create_views(conn: &mut PgConnection, views: &[Beyond], scope: &Scope) -> Result<()> {
    let there = beyond(conn, scope).await?;
    let is_there = |view: &Beyond| there.iter().any(|it| it.name == view.name);
    let mut waiting: Vec<(&Beyond, &str)> =
        views.iter().filter(|it| !is_there(it)).filter_map(|it| Some((it, it.definition.as_deref()?))).collect();
    loop {
        let before = waiting.len();
        let mut failed = Vec::new();
        for (view, definition) in waiting {
            let name = qualified(&view.name, &scope.default_namespace);
            let kind = if view.kind == "view" { "VIEW" } else { "MATERIALIZED VIEW" };
            let create = format!("CREATE {kind} {name} AS {}", definition.trim_end().trim_end_matches(';'));
            match sqlx::query(AssertSqlSafe(create)).persistent(false).execute(&mut *conn).await {
                Ok(_) => {}
                Err(sqlx::Error::Database(_)) => failed.push((view, definition)),
                Err(cause) => return Err(lost(cause)),
            }
        }
        if failed.is_empty() || failed.len() == before {
            return Ok(());
        }
        waiting = failed;
    }
}
