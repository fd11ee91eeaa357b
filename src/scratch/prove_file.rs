//! The proof of a file that is there, whoever wrote it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::apply::apply;
use super::identity::Identities;
use super::prove::{lossy, table_name, tables};
use super::survival::{Known, Loss};
use super::walk::{Leg, Limits, RAISED, Rows, Stumble, Turns, Walk, walk};
use super::{Database, Scratch, lost};
use crate::diff::diff;
use crate::error::{Error, Kind, Result};
use crate::execute::Direction;
use crate::migration::{Folder, Migration, plan_hazards};
use crate::operation::reverse;
use crate::reflect::{Scope, extensions, reflect};
use crate::render::Words;
use crate::revision::Id;
use crate::schema::{Object, QualifiedName, Rename, Schema};

/// What was proved of a file.
#[derive(Debug, Clone)]
pub struct FileProof {
    /// The server that it was proved on: `15.18`.
    pub version: String,
    /// How long it took.
    pub took: Duration,
    /// Whether there is a way back.
    pub way: Way,
    /// The rows that it met.
    pub rows: Rows,
    /// Rows and values that are not as before. A file written by hand may mean it so.
    pub losses: Vec<(Leg, Vec<Loss>)>,
    /// Sentences about what rows in a real database may meet.
    pub notes: Vec<String>,
}

/// Which ways a revision can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Up, down, and up again.
    Both,
    /// Up only, and why.
    UpOnly(String),
}

impl Scratch {
    /// Applies these revisions, oldest first, and notes each in `applied`.
    ///
    /// # Errors
    ///
    /// The statement that fails, with its revision and what Postgres says.
    pub async fn apply_to(
        &self,
        database: &Database,
        folder: &Folder,
        revisions: &BTreeSet<Id>,
        applied: &mut BTreeSet<Id>,
        given: &Scope,
    ) -> Result<()> {
        let mut conn = database.connect().await?;
        let mut outcome = Ok(());
        for revision in folder.graph().oldest_first().filter(|it| revisions.contains(&it.id)) {
            let Some(migration) = folder.migration(&revision.id) else { continue };
            let run =
                apply(&mut conn, &revision.id, Direction::Upgrade, &migration.upgrade, &self.narrow_scope(given)).await;
            outcome = run.map_err(|cause| super::replay::does_not_replay(&folder.shown(migration), cause.into()));
            if outcome.is_err() {
                break;
            }
            applied.insert(revision.id.clone());
        }
        // A database cannot be copied while a connection to it is open.
        let _ = conn.close().await;
        outcome
    }

    /// Runs a file from the state that `before` is in: the upgrade, the downgrade and the upgrade again, with rows.
    /// Everything that the database holds then is compared, in all of its namespaces but those of
    /// strangers. Of `given`, extensions, strangers and what is left alone count.
    ///
    /// # Errors
    ///
    /// [`Kind::ProofFailed`] with the statement and Postgres' message, or with what differs.
    pub async fn prove_file(&self, before: &Database, migration: &Migration, given: &Scope) -> Result<FileProof> {
        let began = Instant::now();
        let aim = self.aim(before, migration, given).await?;
        let start = self.copy(before).await?;
        let outcome = self.there_and_back(&start, before, migration, &aim).await;
        start.drop().await?;
        let Outcome { turns, way, rows, mut notes } = outcome?;
        self.demand_same(before, &turns, &aim.scope).await?;
        notes.sort();
        notes.dedup();
        let losses = turns.losses(&aim.renames, &aim.known);
        Ok(FileProof { version: self.version().text.clone(), took: began.elapsed(), way, rows, losses, notes })
    }

    /// For statements whose names do not matter.
    fn narrow_scope(&self, given: &Scope) -> Scope {
        let default_namespace = self.default_namespace.clone();
        Scope { namespaces: vec![default_namespace.clone()], default_namespace, ..given.clone() }
    }

    /// Runs the upgrade once without rows, to see where it leads.
    async fn aim(&self, before: &Database, migration: &Migration, given: &Scope) -> Result<Aim> {
        let database = self.copy(before).await?;
        let mut conn = database.connect().await?;
        let aim = self.aimed(&mut conn, migration, given).await;
        let _ = conn.close().await;
        database.drop().await?;
        Ok(aim?)
    }

    async fn aimed(&self, conn: &mut PgConnection, migration: &Migration, given: &Scope) -> Result<Aim, Stumble> {
        let namespaces = ours(conn, given).await?;
        let whole = |namespaces: Vec<String>, extensions: Vec<String>| Scope {
            namespaces,
            default_namespace: self.default_namespace.clone(),
            extensions,
            ..given.clone()
        };
        let identities = Identities::read(conn, &namespaces).await?;
        let start = reflect(conn, &whole(namespaces.clone(), Vec::new())).await?;
        let run =
            apply(conn, &migration.revision.id, Direction::Upgrade, &migration.upgrade, &self.narrow_scope(given))
                .await;
        run.map_err(|it| Stumble::Stopped(Direction::Upgrade, "the upgrade does not run", it))?;
        let mut all = ours(conn, given).await?;
        all.extend(namespaces);
        all.sort();
        all.dedup();
        let made: Vec<String> =
            extensions(conn).await?.into_iter().filter(|name| !given.extensions.contains(name)).collect();
        let renames = identities.renames(&Identities::read(conn, &all).await?);
        let scope = whole(all, made);
        let desired = reflect(conn, &scope).await?;
        Ok(Aim::new(scope, &start, desired, renames, migration))
    }

    async fn there_and_back(
        &self,
        start: &Database,
        before: &Database,
        migration: &Migration,
        aim: &Aim,
    ) -> Result<Outcome> {
        let mut attempt = Attempt {
            down: Some(migration.downgrade.as_slice()).filter(|it| !it.is_empty()),
            way: Way::Both,
            filled: aim.tightened.clone(),
            notes: Vec::new(),
            limits: Limits::default(),
        };
        if attempt.down.is_none() && !migration.upgrade.is_empty() {
            attempt.way = Way::UpOnly("its downgrade is empty".to_owned());
        } else if attempt.down.is_none() {
            attempt.down = Some(&[]);
        }
        let mut again: Option<Database> = None;
        loop {
            let way = Walk {
                id: &migration.revision.id,
                up: &migration.upgrade,
                down: attempt.down,
                desired: &aim.desired,
                renames: &aim.renames,
                touched: &aim.touched,
                filled: &attempt.filled,
                scope: &aim.scope,
            };
            let mut conn = again.as_ref().unwrap_or(start).connect().await?;
            let outcome = walk(&way, &attempt.limits, &mut conn).await;
            let _ = conn.close().await;
            let used = match outcome {
                Ok(turns) => {
                    let rows = attempt.limits.told(turns.filled.clone());
                    return Ok(Outcome { turns, way: attempt.way, rows, notes: attempt.notes });
                }
                Err(stumble) if attempt.relents(&stumble, aim) => again.replace(self.copy(before).await?),
                Err(stumble) => return Err(stumble.into()),
            };
            if let Some(used) = used {
                used.drop().await?;
            }
        }
    }

    async fn demand_same(&self, before: &Database, turns: &Turns, scope: &Scope) -> Result<()> {
        let Some(back) = &turns.back else { return Ok(()) };
        let claims = [
            (&turns.start, &back.downgraded, "the downgrade does not lead back to the start"),
            (&turns.upgraded, &back.again, "the second upgrade differs from the first"),
        ];
        for (expected, found, otherwise) in claims {
            if diff(found, expected).is_empty() {
                continue;
            }
            let bench = self.copy(before).await?;
            let differences = self.differences(&bench, expected, found, scope).await;
            bench.drop().await?;
            let differences = differences?;
            if !differences.is_empty() {
                return Err(Error::new(
                    Kind::ProofFailed,
                    format!("{otherwise}; still to do would be\n{}", differences.join("\n")),
                )
                .hint("correct the file's downgrade section, and prove it again"));
            }
        }
        Ok(())
    }
}

/// Every namespace but those that are Postgres' own, an extension's, or a stranger's.
pub(super) async fn ours(conn: &mut PgConnection, given: &Scope) -> Result<Vec<String>> {
    let query = sqlx::query_scalar(AssertSqlSafe(include_str!("namespaces.sql"))).persistent(false);
    let mut all: Vec<String> = query.fetch_all(conn).await.map_err(lost)?;
    let is_strange = |name: &String| given.strangers.iter().any(|it| &it.name.namespace == name);
    all.retain(|name| name == &given.default_namespace || !is_strange(name));
    Ok(all)
}

/// Where a file leads, and what it says of itself by that.
struct Aim {
    scope: Scope,
    desired: Schema,
    renames: Vec<Rename>,
    touched: BTreeSet<QualifiedName>,
    known: Known,
    /// Columns that become NOT NULL, by their later names. Whether something fills their NULLs, the rows will tell.
    tightened: BTreeSet<Object>,
}

impl Aim {
    fn new(scope: Scope, start: &Schema, desired: Schema, renames: Vec<Rename>, migration: &Migration) -> Self {
        let mut renamed = start.clone();
        for rename in &renames {
            rename.follow(&mut renamed);
        }
        let operations = diff(&renamed, &desired);
        let words = Words::new(&scope.default_namespace);
        let reversed = reverse(&operations);
        let (up, down) = (plan_hazards(&operations, &words), plan_hazards(&reversed, &words));
        let known = Known {
            lossy: lossy(&operations, &up, &words).chain(lossy(&reversed, &down, &words)).collect(),
            filled: BTreeSet::new(),
        };
        let back: Vec<Rename> = renames.iter().rev().map(Rename::reverse).collect();
        let mut touched: BTreeSet<QualifiedName> =
            operations.iter().flat_map(tables).map(|it| table_name(&it, &back)).collect();
        // A statement of data changes no structure; its table stands in its text.
        let named = |name: &&QualifiedName| migration.text.contains(&name.name);
        touched.extend(start.tables.iter().map(|table| &table.name).filter(named).cloned());
        let tightened = renamed.tables.iter().flat_map(|table| {
            let after = desired.table(&table.name);
            let tightens = move |column: &str| after.and_then(|it| it.column(column)).is_some_and(|it| !it.nullable);
            let columns = table.columns.iter().filter(move |it| it.nullable && tightens(&it.name));
            columns.map(|it| Object::Column(table.name.clone(), it.name.clone()))
        });
        let tightened = tightened.collect();
        Self { scope, desired, renames, touched, known, tightened }
    }
}

/// How it is tried.
struct Attempt<'a> {
    down: Option<&'a [crate::migration::Statement]>,
    way: Way,
    filled: BTreeSet<Object>,
    notes: Vec<String>,
    limits: Limits,
}

impl Attempt<'_> {
    /// Asks less, where that may help: no way back where the downgrade refuses by itself, no NULLs in what becomes NOT
    /// NULL, fewer rows.
    fn relents(&mut self, stumble: &Stumble, aim: &Aim) -> bool {
        let Some((direction, failure)) = stumble.on_data() else { return false };
        let message = &failure.cause.message;
        let raised = failure.cause.code.as_deref() == Some(RAISED);
        if direction == Direction::Downgrade && raised {
            self.down = None;
            self.way = Way::UpOnly(format!("its downgrade says: {message}"));
            return true;
        }
        // not_null_violation, and what a guard of ours raises.
        let by_null = matches!(failure.cause.code.as_deref(), Some("23502" | "23000"));
        if by_null && !self.filled.is_empty() {
            self.filled.clear();
            self.notes.push(format!("the upgrade fails where a row holds a NULL: {message}"));
            return true;
        }
        let suspects: Vec<QualifiedName> = match &failure.cause.table {
            Some(table) => {
                let back: Vec<Rename> = aim.renames.iter().rev().map(Rename::reverse).collect();
                vec![table_name(table, &back), table.clone()]
            }
            None => aim.touched.iter().cloned().collect(),
        };
        self.limits.lower(&suspects, stumble)
            || self.limits.lower(&aim.touched.iter().cloned().collect::<Vec<_>>(), stumble)
    }
}

struct Outcome {
    turns: Turns,
    way: Way,
    rows: Rows,
    notes: Vec<String>,
}
