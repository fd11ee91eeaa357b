use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use sqlx::Connection;

use super::survival::{Known, Loss};
use super::walk::{Leg, Limits, Rows, Stumble, Walk, walk};
use super::{Database, Scratch};
use crate::diff::diff;
use crate::error::{Error, Kind, Result};
use crate::execute::{CORRECT_FILE, Direction};
use crate::hazard::{Hazard, HazardKind};
use crate::migration::{Block, Plan, Statement, plan_hazards};
use crate::operation::{Change, Operation, reverse};
use crate::reflect::Scope;
use crate::render::{self, Words};
use crate::schema::{ColumnDefault, Object, QualifiedName, Rename, Schema};

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
        let statements =
            |blocks: &[Block]| -> Vec<Statement> { blocks.iter().flat_map(|block| block.statements.clone()).collect() };
        let (up, down) = (statements(&proving.plan.upgrade), statements(&proving.plan.downgrade));
        let way = Walk {
            id: &proving.plan.revision.id,
            up: &up,
            down: Some(&down),
            desired: proving.desired,
            renames: &claims.renames,
            touched: &claims.touched,
            filled: &claims.known.filled,
            scope: proving.scope,
        };
        // Only a plan that may fail on data can need a second try.
        let spare = if claims.may_fail() { Some(self.copy(proving.start).await?) } else { None };
        let mut limits = Limits::default();
        let mut again = None;
        let turns = loop {
            let mut conn = again.as_ref().unwrap_or(proving.start).connect().await?;
            let outcome = walk(&way, &limits, &mut conn).await;
            let _ = conn.close().await;
            match (outcome, &spare) {
                (Ok(turns), _) => break turns,
                (Err(stumble), Some(spare)) if limits.lower(&claims.suspects(&stumble), &stumble) => {
                    if let Some(used) = again.replace(self.copy(spare).await?) {
                        used.drop().await?;
                    }
                }
                (Err(stumble), _) => {
                    let unfilled = unfilled(proving, &stumble);
                    let error = unwritten(stumble, proving.plan);
                    return Err(unfilled.into_iter().fold(error, Error::hint));
                }
            }
        };
        self.demand(proving, proving.desired, &turns.upgraded, "the upgrade does not lead to what the models declare")
            .await?;
        if let Some(back) = &turns.back {
            self.demand(proving, &turns.start, &back.downgraded, "the downgrade does not lead back to the start")
                .await?;
            self.demand(proving, &turns.upgraded, &back.again, "the second upgrade differs from the first").await?;
        }
        refuse_losses(&turns.losses(&claims.renames, &claims.known), &proving.scope.default_namespace)?;
        let rows = limits.told(turns.filled);
        Ok(Proof { version: self.version().text.clone(), took: began.elapsed(), rows })
    }

    async fn demand(&self, proving: &Proving<'_>, expected: &Schema, found: &Schema, otherwise: &str) -> Result<()> {
        let differences = self.differences(proving.bench, expected, found, proving.scope).await?;
        if differences.is_empty() {
            return Ok(());
        }
        Err(Error::new(
            Kind::ProofFailed,
            format!("the proof failed: {otherwise}; still to do would be\n{}", differences.join("\n")),
        )
        .hint(DEFECT))
    }

    /// What differs, column order aside, a line each. What differs in text only is printed again by scratch.
    pub(super) async fn differences(
        &self,
        bench: &Database,
        expected: &Schema,
        found: &Schema,
        scope: &Scope,
    ) -> Result<Vec<String>> {
        let mut differences = diff(found, expected);
        if !differences.is_empty() {
            let (found, expected) = self.same_words(bench, found, expected, scope).await?;
            differences = diff(&found, &expected);
        }
        let title = |operation: &Operation| format!("  {}", operation.describe(&scope.default_namespace).title());
        Ok(differences.iter().map(title).collect())
    }
}

/// The same failure, where there is no file yet: what can be corrected is what the models declare.
fn unwritten(stumble: Stumble, plan: &Plan) -> Error {
    let place = stumble.failure().and_then(|(_, failure)| {
        let refused = failure.statement.as_ref()?;
        let blocks = plan.upgrade.iter().chain(&plan.downgrade);
        let block = blocks.into_iter().find(|block| block.statements.iter().any(|it| it.sql == *refused))?;
        block.place.as_ref().map(|place| format!("{} at {place}", block.title))
    });
    let error = Error::from(stumble);
    if error.kind() != Kind::ProofFailed {
        return error;
    }
    let place = place.map(|it| format!(" ({it})")).unwrap_or_default();
    let correct = format!("correct what the models declare{place}, and run the same command again");
    let hint = |hint: &String| if hint == CORRECT_FILE { correct.clone() } else { hint.clone() };
    let hints: Vec<String> = error.hints().iter().map(hint).collect();
    let message = format!("the proof failed, nothing was written: {error}");
    let said = hints.into_iter().fold(Error::new(Kind::ProofFailed, message), Error::hint);
    match error.into_cause() {
        Some(cause) => said.caused_by(cause),
        None => said,
    }
}

/// What a downgrade that refuses rows may want: a value for the columns that it brings back.
fn unfilled(proving: &Proving<'_>, stumble: &Stumble) -> Option<String> {
    let (Direction::Downgrade, _) = stumble.on_data()? else { return None };
    let fills: Vec<String> = proving
        .operations
        .iter()
        .filter_map(|operation| match operation {
            Operation::Column(table, Change::Drop(it)) if !it.nullable && it.default == ColumnDefault::None => {
                let filled = proving.down.fills.contains_key(&operation.object());
                let table = table.display(&proving.scope.default_namespace);
                (!filled).then(|| format!("--fill {table}.{}=..", it.name))
            }
            Operation::Rename(_)
            | Operation::Namespace(_)
            | Operation::EnumType(..)
            | Operation::Table(_)
            | Operation::Column(..)
            | Operation::Constraint(..)
            | Operation::Index(..)
            | Operation::Definition(..) => None,
        })
        .collect();
    (!fills.is_empty()).then(|| format!("or say what these rows get when the column comes back: {}", fills.join(" ")))
}

const DEFECT: &str =
    "nothing was written; this is a defect of autogen, please report it with the entities that led to it";

fn refuse_losses(losses: &[(Leg, Vec<Loss>)], namespace: &str) -> Result<()> {
    let Some((leg, losses)) = losses.first() else { return Ok(()) };
    let lines: Vec<String> = losses.iter().map(|loss| format!("  {}", loss.display(namespace))).collect();
    Err(Error::new(
        Kind::ProofFailed,
        format!("the proof failed: {leg} loses what no hazard names\n{}", lines.join("\n")),
    )
    .hint(DEFECT))
}

/// What the plan says of itself.
struct Claims {
    renames: Vec<Rename>,
    /// Tables that it touches, by their names before.
    touched: BTreeSet<QualifiedName>,
    known: Known,
    up: Vec<Suspicion>,
    down: Vec<Suspicion>,
}

/// Whether an operation may fail on data, and on the rows of which tables, by their names before.
struct Suspicion {
    may_fail: bool,
    tables: Vec<QualifiedName>,
    statements: Vec<String>,
}

impl Claims {
    fn new(proving: &Proving<'_>) -> Self {
        let Proving { operations, up, down, .. } = proving;
        let renames = renames(operations);
        let back: Vec<Rename> = renames.iter().rev().map(Rename::reverse).collect();
        let before = |table: &QualifiedName| table_name(table, &back);
        let reversed = reverse(operations);
        let (up_hazards, down_hazards) = (plan_hazards(operations, up), plan_hazards(&reversed, down));
        let suspicions = |operations: &[Operation], hazards: &[Vec<Hazard>], words: &Words| -> Vec<Suspicion> {
            let of =
                |((operation, hazards), statements): ((&Operation, &Vec<Hazard>), Vec<render::Statement>)| Suspicion {
                    may_fail: hazards.iter().any(|it| it.kind == HazardKind::MayFail),
                    tables: tables(operation).iter().map(before).collect(),
                    statements: statements.into_iter().map(|it| it.sql).collect(),
                };
            operations.iter().zip(hazards).zip(render::render(operations, words)).map(of).collect()
        };
        let lossy = lossy(operations, &up_hazards, up).chain(lossy(&reversed, &down_hazards, down)).collect();
        let filled = up.fills.keys().chain(down.fills.keys()).cloned().collect();
        Self {
            touched: operations.iter().flat_map(tables).map(|it| before(&it)).collect(),
            known: Known { lossy, filled },
            up: suspicions(operations, &up_hazards, up),
            down: suspicions(&reversed, &down_hazards, down),
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
        let tables = |found: &[Suspicion]| -> Vec<QualifiedName> {
            found.iter().filter(|it| it.may_fail).flat_map(|it| it.tables.clone()).collect()
        };
        match suspicions.iter().position(|it| it.statements.contains(statement)) {
            Some(last) => {
                // Operations that share a statement leave it to the last of them.
                let alone = |it: &Suspicion| !it.statements.is_empty();
                let first = suspicions[..last].iter().rposition(alone).map_or(0, |before| before + 1);
                tables(&suspicions[first..=last])
            }
            // What asks before all of them, asks for any of them.
            None => tables(suspicions),
        }
    }
}

/// The renames among the operations.
pub(super) fn renames(operations: &[Operation]) -> Vec<Rename> {
    let rename = |operation: &Operation| match operation {
        Operation::Rename(rename) => Some(rename.clone()),
        Operation::Namespace(_)
        | Operation::EnumType(..)
        | Operation::Table(_)
        | Operation::Column(..)
        | Operation::Constraint(..)
        | Operation::Index(..)
        | Operation::Definition(..) => None,
    };
    operations.iter().filter_map(rename).collect()
}

/// A table's name after these renames.
pub(super) fn table_name(table: &QualifiedName, renames: &[Rename]) -> QualifiedName {
    match Object::Table(table.clone()).renamed(renames) {
        Object::Table(name) => name,
        _ => table.clone(),
    }
}

/// Tables that an operation is about, by their later names.
pub(super) fn tables(operation: &Operation) -> Vec<QualifiedName> {
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

/// What is said to lose values, what goes, and what the user's own words change.
pub(super) fn lossy<'a>(
    operations: &'a [Operation],
    hazards: &'a [Vec<Hazard>],
    words: &'a Words,
) -> impl Iterator<Item = Object> + 'a {
    let loses = |hazards: &Vec<Hazard>| hazards.iter().any(|it| it.kind == HazardKind::LosesData);
    let said = operations.iter().zip(hazards).filter(move |(_, it)| loses(it)).map(|(operation, _)| operation.object());
    // What goes with a table is not listed beside it.
    let gone = operations.iter().filter(|it| matches!(it, Operation::Table(Change::Drop(_)))).map(Operation::object);
    said.chain(gone).chain(words.using.keys().cloned())
}
