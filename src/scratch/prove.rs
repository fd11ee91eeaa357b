use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};

use super::apply::{Stopped, apply};
use super::course::Course;
use super::rows::{self, Filled, Filling};
use super::survival::{Known, Loss, Snapshot, losses, snapshot};
use super::{Database, Scratch};
use crate::diff::diff;
use crate::error::{Error, Kind, Result};
use crate::execute::{Direction, Failure};
use crate::hazard::{Hazard, HazardKind};
use crate::migration::{Plan, Statement, plan_hazards};
use crate::operation::{Change, Operation, reverse};
use crate::reflect::{Scope, reflect};
use crate::render::Words;
use crate::schema::{Object, QualifiedName, Rename, Schema};

/// What is to be proved.
#[derive(Debug)]
pub struct Proving<'a> {
    /// A database in the state before the migration. It is used up.
    pub start: &'a Database,
    /// A copy of it, for printing again what differs in text only.
    pub bench: &'a Database,
    /// The migration.
    pub plan: &'a Plan,
    /// What it was made from.
    pub operations: &'a [Operation],
    /// The words of the upgrade.
    pub up: &'a Words,
    /// The words of the downgrade.
    pub down: &'a Words,
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
    /// The rows that it met.
    pub rows: Rows,
}

/// The rows that a proof met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// How many there were in each table, by its later name if it is new and its former name if not.
    pub tables: BTreeMap<QualifiedName, usize>,
    /// Tables without rows, and why.
    pub empty: BTreeMap<QualifiedName, String>,
}

impl Scratch {
    /// Fills the start with a few rows a table and runs the upgrade, the downgrade and the upgrade again, with the
    /// runner's own executor. After the first everything must equal `desired`, after the second the start, after the
    /// third what the first left; and no row and no value may be lost that no hazard names.
    ///
    /// Where a statement that may fail on data fails on the rows made up here, these are fewer, then none, and the
    /// proof says so. What fails without rows too is a failure.
    ///
    /// # Errors
    ///
    /// [`Kind::ProofFailed`] with the statement and Postgres' message, or with what differs or is lost.
    pub async fn prove(&self, proving: &Proving<'_>) -> Result<Proof> {
        let began = Instant::now();
        let claims = Claims::new(proving);
        // Only a plan that may fail on data can need a second try.
        let spare = if claims.may_fail() { Some(self.copy(proving.start).await?) } else { None };
        let mut limits = Limits::default();
        let mut again = None;
        let turns = loop {
            let database = again.as_ref().unwrap_or(proving.start);
            let mut conn = database.connect().await?;
            let outcome = walk(proving, &claims, &limits, &mut conn).await;
            let _ = conn.close().await;
            match (outcome, &spare) {
                (Ok(turns), _) => break turns,
                (Err(stumble), Some(spare)) if limits.lower(&claims.suspects(&stumble), &stumble) => {
                    if let Some(used) = again.replace(self.copy(spare).await?) {
                        used.drop().await?;
                    }
                }
                (Err(stumble), _) => return Err(stumble.into()),
            }
        };
        self.demand(proving, proving.desired, &turns.upgraded, "the upgrade does not lead to what the models declare")
            .await?;
        self.demand(proving, &turns.start, &turns.downgraded, "the downgrade does not lead back to the start").await?;
        self.demand(proving, &turns.upgraded, &turns.again, "the second upgrade differs from the first").await?;
        let namespace = &proving.scope.default_namespace;
        for (what, losses) in turns.losses(&claims.renames, &claims.known) {
            refuse_losses(what, &losses, namespace)?;
        }
        let rows = limits.told(turns.filled);
        Ok(Proof { version: self.version().text.clone(), took: began.elapsed(), rows })
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

fn refuse_losses(what: &str, losses: &[Loss], namespace: &str) -> Result<()> {
    if losses.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = losses.iter().map(|loss| format!("  {}", loss.display(namespace))).collect();
    Err(Error::new(
        Kind::ProofFailed,
        format!("the proof failed: {what} loses what no hazard names\n{}", lines.join("\n")),
    )
    .hint("nothing was written; this is a defect of autogen, please report it with the entities that led to it"))
}

/// What the plan says of itself.
struct Claims {
    renames: Vec<Rename>,
    /// Tables that it touches, by their names before.
    touched: BTreeSet<QualifiedName>,
    known: Known,
    /// For each block, whether it may fail on data, and on the rows of which tables, by their names before.
    up: Vec<Suspicion>,
    down: Vec<Suspicion>,
}

struct Suspicion {
    may_fail: bool,
    tables: Vec<QualifiedName>,
    statements: Vec<String>,
}

impl Claims {
    fn new(proving: &Proving<'_>) -> Self {
        let Proving { plan, operations, up, down, .. } = proving;
        let renames: Vec<Rename> = operations
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
        let before = |table: &QualifiedName| match Object::Table(table.clone()).renamed(&back) {
            Object::Table(name) => name,
            _ => table.clone(),
        };
        let reversed = reverse(operations);
        let (up_hazards, down_hazards) = (plan_hazards(operations, up), plan_hazards(&reversed, down));
        let suspicions = |operations: &[Operation], hazards: &[Vec<Hazard>], blocks: &[crate::migration::Block]| {
            let of = |((operation, hazards), block): ((&Operation, &Vec<Hazard>), &crate::migration::Block)| Suspicion {
                may_fail: hazards.iter().any(|it| it.kind == HazardKind::MayFail),
                tables: tables(operation).iter().map(before).collect(),
                statements: block.statements.iter().map(|it| it.sql.clone()).collect(),
            };
            operations.iter().zip(hazards).zip(blocks).map(of).collect::<Vec<_>>()
        };
        Self {
            touched: operations.iter().flat_map(tables).map(|it| before(&it)).collect(),
            known: Known {
                lossy: lossy(operations, &up_hazards, up)
                    .chain(lossy(&reversed, &down_hazards, down))
                    .collect(),
                filled: up.fills.keys().chain(down.fills.keys()).cloned().collect(),
            },
            up: suspicions(operations, &up_hazards, &plan.upgrade),
            down: suspicions(&reversed, &down_hazards, &plan.downgrade),
            renames,
        }
    }

    fn may_fail(&self) -> bool {
        self.up.iter().chain(&self.down).any(|it| it.may_fail)
    }

    /// The tables whose rows may be at fault: those of the operation whose statement failed on data.
    fn suspects(&self, stumble: &Stumble) -> Vec<QualifiedName> {
        let Some((direction, failure)) = stumble.on_data() else { return Vec::new() };
        let suspicions = match direction {
            Direction::Upgrade => &self.up,
            Direction::Downgrade => &self.down,
        };
        let Some(statement) = &failure.statement else { return Vec::new() };
        let found = suspicions.iter().find(|it| it.may_fail && it.statements.contains(statement));
        found.map(|it| it.tables.clone()).unwrap_or_default()
    }
}

/// Tables that an operation is about.
fn tables(operation: &Operation) -> Vec<QualifiedName> {
    match operation {
        Operation::Rename(rename) => match rename {
            Rename::Table { to, .. } => vec![to.clone()],
            Rename::Column { table, .. } | Rename::Constraint { table, .. } | Rename::Index { table, .. } => {
                vec![table.clone()]
            }
            Rename::EnumType { .. } | Rename::EnumLabel { .. } => Vec::new(),
        },
        Operation::EnumType(_, users) => users.columns.iter().map(|(table, _)| table.clone()).collect(),
        Operation::Table(change) => vec![change.subject().name.clone()],
        Operation::Column(table, _) | Operation::Constraint(table, _) | Operation::Index(table, _) => {
            vec![table.clone()]
        }
        Operation::Definition(change, _) if change.subject().name.kind.has_host() => {
            vec![change.subject().name.name.clone()]
        }
        Operation::Namespace(_) | Operation::Definition(..) => Vec::new(),
    }
}

/// What is said to lose values, and what the user's own words change.
fn lossy<'a>(
    operations: &'a [Operation],
    hazards: &'a [Vec<Hazard>],
    words: &'a Words,
) -> impl Iterator<Item = Object> + 'a {
    let loses = |hazards: &Vec<Hazard>| hazards.iter().any(|it| it.kind == HazardKind::LosesData);
    let said = operations.iter().zip(hazards).filter(move |(_, it)| loses(it)).map(|(operation, _)| operation.object());
    // In a table that goes, nobody lists what goes of it.
    let with_tables = operations.iter().filter_map(|operation| match operation {
        Operation::Table(Change::Drop(table)) => Some(Object::Table(table.name.clone())),
        Operation::Table(_)
        | Operation::Rename(_)
        | Operation::Namespace(_)
        | Operation::EnumType(..)
        | Operation::Column(..)
        | Operation::Constraint(..)
        | Operation::Index(..)
        | Operation::Definition(..) => None,
    });
    said.chain(with_tables).chain(words.using.keys().cloned())
}

/// Tables that get fewer rows than others, and what they were refused for.
#[derive(Debug, Default)]
struct Limits {
    rows: BTreeMap<QualifiedName, usize>,
    reasons: BTreeMap<QualifiedName, String>,
}

impl Limits {
    /// One row instead of three, then none; false where there is nothing left to take away.
    fn lower(&mut self, tables: &[QualifiedName], stumble: &Stumble) -> bool {
        let mut lowered = false;
        for table in tables {
            let now = self.rows.get(table).copied().unwrap_or(rows::ROWS);
            if now > 0 {
                self.rows.insert(table.clone(), usize::from(now > 1));
                self.reasons.insert(table.clone(), stumble.reason());
                lowered = true;
            }
        }
        lowered
    }

    fn told(self, filled: Filled) -> Rows {
        let Filled { mut rows, mut empty } = filled;
        let none: BTreeSet<QualifiedName> =
            rows.iter().filter(|(_, count)| **count == 0).map(|(name, _)| name.clone()).collect();
        rows.retain(|name, _| !none.contains(name));
        for (table, reason) in self.reasons {
            if !rows.contains_key(&table) {
                empty.insert(table, reason);
            }
        }
        Rows { tables: rows, empty }
    }
}

/// Why the walk ended before its end.
enum Stumble {
    /// One direction does not run.
    Stopped(Direction, &'static str, Stopped),
    /// Scratch does not work.
    Broken(Error),
}

impl Stumble {
    /// A failure that the rows may be the reason for: classes 22 and 23, and what a guard raises.
    fn on_data(&self) -> Option<(Direction, &Failure)> {
        let Self::Stopped(direction, _, Stopped::Failed(failure)) = self else { return None };
        let code = failure.cause.code.as_deref()?;
        (code.starts_with("22") || code.starts_with("23") || code == "P0001").then_some((*direction, failure.as_ref()))
    }

    fn reason(&self) -> String {
        match self {
            Self::Stopped(direction, _, Stopped::Failed(failure)) => {
                format!("the {direction} refuses its rows: {}", failure.cause.message)
            }
            Self::Stopped(_, _, Stopped::Broken(error)) | Self::Broken(error) => error.to_string(),
        }
    }
}

impl From<Error> for Stumble {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

impl From<Stumble> for Error {
    fn from(stumble: Stumble) -> Self {
        match stumble {
            Stumble::Broken(error) => error,
            Stumble::Stopped(_, what, cause) => {
                let cause = Self::from(cause);
                let error = Self::new(Kind::ProofFailed, format!("the proof failed, nothing was written: {what}"));
                let hints = cause.hints().to_vec();
                hints.into_iter().fold(error, Self::hint).caused_by(cause)
            }
        }
    }
}

async fn walk(
    proving: &Proving<'_>,
    claims: &Claims,
    limits: &Limits,
    conn: &mut PgConnection,
) -> Result<Turns, Stumble> {
    let Plan { revision, upgrade, downgrade, .. } = proving.plan;
    let statements = |blocks: &[crate::migration::Block]| -> Vec<Statement> {
        blocks.iter().flat_map(|block| block.statements.clone()).collect()
    };
    let (up, down) = (statements(upgrade), statements(downgrade));
    let (scope, id) = (proving.scope, &revision.id);
    let start = reflect(conn, scope).await?;
    let mut rows = RowsOnTheWay { scope, claims, limits, filled: Filled::default() };
    let there = Course::new(&start, proving.desired, &claims.renames);
    rows.fill(conn, &there).await?;
    let before = rows.snapshot(conn, &there).await?;

    let run = apply(conn, id, Direction::Upgrade, &up, scope).await;
    run.map_err(|it| Stumble::Stopped(Direction::Upgrade, "the upgrade does not run", it))?;
    let upgraded = reflect(conn, scope).await?;
    let back = Course::new(&start, &upgraded, &claims.renames).reverse();
    rows.fill_new(conn, &back).await?;
    let between = rows.snapshot(conn, &Course::new(&upgraded, &upgraded, &[])).await?;

    let run = apply(conn, id, Direction::Downgrade, &down, scope).await;
    run.map_err(|it| Stumble::Stopped(Direction::Downgrade, "the downgrade does not run", it))?;
    let downgraded = reflect(conn, scope).await?;
    let taken_back = rows.snapshot(conn, &Course::new(&downgraded, &downgraded, &[])).await?;

    let run = apply(conn, id, Direction::Upgrade, &up, scope).await;
    run.map_err(|it| Stumble::Stopped(Direction::Upgrade, "the upgrade does not run a second time", it))?;
    let again = reflect(conn, scope).await?;
    let at_last = rows.snapshot(conn, &Course::new(&again, &again, &[])).await?;
    let filled = rows.filled;
    let snapshots = Snapshots { before, between, taken_back, at_last };
    Ok(Turns { start, upgraded, downgraded, again, snapshots, filled })
}

/// The rows while the walk goes on.
struct RowsOnTheWay<'a> {
    scope: &'a Scope,
    claims: &'a Claims,
    limits: &'a Limits,
    filled: Filled,
}

impl RowsOnTheWay<'_> {
    async fn fill(&mut self, conn: &mut PgConnection, course: &Course<'_>) -> Result<()> {
        let tables = rows::neighbourhood(course, &self.claims.touched);
        self.filled = rows::fill(conn, &self.filling(course, &tables)).await?;
        Ok(())
    }

    /// Tables that the upgrade made; the downgrade meets rows in them.
    async fn fill_new(&mut self, conn: &mut PgConnection, back: &Course<'_>) -> Result<()> {
        let is_new = |name: &&QualifiedName| back.table(name).is_none();
        let tables = back.from.tables.iter().map(|table| &table.name).filter(is_new).cloned().collect();
        let filled = rows::fill(conn, &self.filling(back, &tables)).await?;
        self.filled.rows.extend(filled.rows.into_iter().filter(|(name, _)| tables.contains(name)));
        self.filled.empty.extend(filled.empty);
        Ok(())
    }

    fn filling<'a, 's>(&'a self, course: &'a Course<'s>, tables: &'a BTreeSet<QualifiedName>) -> Filling<'a, 's> {
        Filling {
            course,
            tables,
            filled: &self.claims.known.filled,
            limits: &self.limits.rows,
            namespace: &self.scope.default_namespace,
            namespaces: &self.scope.namespaces,
        }
    }

    /// What is in the tables that hold rows, whatever they are called at the moment.
    async fn snapshot(&self, conn: &mut PgConnection, course: &Course<'_>) -> Result<Snapshot> {
        let names = Course { renames: self.claims.renames.clone(), ..course.clone() };
        let filled = self.filled.rows.iter().filter(|(_, count)| **count > 0).map(|(name, _)| name);
        let tables = filled.flat_map(|name| [name.clone(), names.table_name(name)]).collect();
        snapshot(conn, course, &tables, &self.scope.default_namespace).await
    }
}

/// What was there at each turn.
struct Turns {
    start: Schema,
    upgraded: Schema,
    downgraded: Schema,
    again: Schema,
    snapshots: Snapshots,
    filled: Filled,
}

struct Snapshots {
    before: Snapshot,
    between: Snapshot,
    taken_back: Snapshot,
    at_last: Snapshot,
}

impl Turns {
    /// What became of the rows: after the upgrade, after the way there and back, and after the second upgrade.
    fn losses(&self, renames: &[Rename], known: &Known) -> [(&'static str, Vec<Loss>); 3] {
        let Snapshots { before, between, taken_back, at_last } = &self.snapshots;
        let up = Course::new(&self.start, &self.upgraded, renames);
        let there_and_back = Course::new(&self.start, &self.downgraded, &[]);
        let second = Course::new(&self.upgraded, &self.again, &[]);
        [
            ("the upgrade", losses(&up, before, between, renames, known)),
            ("the downgrade", losses(&there_and_back, before, taken_back, renames, known)),
            ("the second upgrade", losses(&second, between, at_last, &[], known)),
        ]
    }
}
