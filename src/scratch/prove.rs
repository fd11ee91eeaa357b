use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};

use super::apply::apply;
use super::{Database, Scratch};
use crate::diff::diff;
use crate::error::{Error, Kind, Result};
use crate::execute::Direction;
use crate::migration::{Plan, Statement};
use crate::reflect::{Scope, reflect};
use crate::schema::Schema;

/// What is to be proved.
#[derive(Debug)]
pub struct Proving<'a> {
    /// A database in the state before the migration; afterwards it is in the state after.
    pub start: &'a Database,
    /// A copy of it, for printing again what differs in text only.
    pub bench: &'a Database,
    /// The migration.
    pub plan: &'a Plan,
    /// What must be there afterwards.
    pub desired: &'a Schema,
    /// Where to look.
    pub scope: &'a Scope,
}

/// That a migration does what it says, in both directions.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The server that it was proved on: `15.18`.
    pub version: String,
    /// How long it took.
    pub took: Duration,
}

impl Scratch {
    /// Runs the upgrade, the downgrade and the upgrade again, with the runner's own executor. After the first
    /// everything must equal `desired`, after the second the start, after the third what the first left.
    ///
    /// # Errors
    ///
    /// [`Kind::ProofFailed`] with the statement and Postgres' message, or with what differs.
    pub async fn prove(&self, proving: &Proving<'_>) -> Result<Proof> {
        let began = Instant::now();
        let mut conn = proving.start.connect().await?;
        let outcome = self.walk(proving, &mut conn).await;
        let _ = conn.close().await;
        let states = outcome?;
        self.demand(proving, proving.desired, &states.upgraded, "the upgrade does not lead to what the models declare")
            .await?;
        self.demand(proving, &states.start, &states.downgraded, "the downgrade does not lead back to the start")
            .await?;
        self.demand(proving, &states.upgraded, &states.again, "the second upgrade differs from the first").await?;
        Ok(Proof { version: self.version().text.clone(), took: began.elapsed() })
    }

    async fn walk(&self, proving: &Proving<'_>, conn: &mut PgConnection) -> Result<States> {
        let Plan { revision, upgrade, downgrade, .. } = proving.plan;
        let statements = |blocks: &[crate::migration::Block]| -> Vec<Statement> {
            blocks.iter().flat_map(|block| block.statements.clone()).collect()
        };
        let (up, down) = (statements(upgrade), statements(downgrade));
        let failed = |what: &'static str| {
            move |cause: Error| {
                let error = Error::new(Kind::ProofFailed, format!("the proof failed, nothing was written: {what}"));
                let hints = cause.hints().to_vec();
                hints.into_iter().fold(error, Error::hint).caused_by(cause)
            }
        };
        let scope = proving.scope;
        let start = reflect(conn, scope).await?;
        apply(conn, &revision.id, Direction::Upgrade, &up, scope).await.map_err(failed("the upgrade does not run"))?;
        let upgraded = reflect(conn, scope).await?;
        apply(conn, &revision.id, Direction::Downgrade, &down, scope)
            .await
            .map_err(failed("the downgrade does not run"))?;
        let downgraded = reflect(conn, scope).await?;
        apply(conn, &revision.id, Direction::Upgrade, &up, scope)
            .await
            .map_err(failed("the upgrade does not run a second time"))?;
        let again = reflect(conn, scope).await?;
        Ok(States { start, upgraded, downgraded, again })
    }

    /// Demands that both are the same, column order aside. What differs in text only is printed again by scratch.
    async fn demand(&self, proving: &Proving<'_>, expected: &Schema, found: &Schema, otherwise: &str) -> Result<()> {
        if diff(found, expected).is_empty() {
            return Ok(());
        }
        let (found, expected) = self.same_words(proving.bench, found, expected, proving.scope).await?;
        let differences = diff(&found, &expected);
        if differences.is_empty() {
            return Ok(());
        }
        let namespace = &proving.scope.default_namespace;
        let lines: Vec<String> =
            differences.iter().map(|operation| format!("  {}", operation.describe(namespace).title())).collect();
        Err(Error::new(
            Kind::ProofFailed,
            format!("the proof failed: {otherwise}; still to do would be\n{}", lines.join("\n")),
        )
        .hint("nothing was written; this is a defect of autogen, please report it with the entities that led to it"))
    }
}

/// What was there at each turn.
struct States {
    start: Schema,
    upgraded: Schema,
    downgraded: Schema,
    again: Schema,
}
