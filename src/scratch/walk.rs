//! There and back again, with rows: the upgrade, the downgrade, the upgrade, and what was there at each turn.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::PgConnection;

use super::apply::{Stopped, apply};
use super::course::Course;
use super::rows::{self, Filled, Filling};
use super::survival::{Known, Loss, Snapshot, losses, snapshot};
use crate::error::{Error, Kind, Result};
use crate::execute::{Direction, Failure};
use crate::migration::Statement;
use crate::reflect::{Scope, reflect};
use crate::schema::{Object, QualifiedName, Rename, Schema, Table};

/// A migration on its way.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    pub(super) id: &'a str,
    pub(super) up: &'a [Statement],
    /// None where there is no way back; then the walk ends after the upgrade.
    pub(super) down: Option<&'a [Statement]>,
    /// What the rows must fit besides the start.
    pub(super) desired: &'a Schema,
    pub(super) renames: &'a [Rename],
    /// Tables that it touches, by their names before.
    pub(super) touched: &'a BTreeSet<QualifiedName>,
    /// Columns, by their later names, whose NULLs it fills.
    pub(super) filled: &'a BTreeSet<Object>,
    pub(super) scope: &'a Scope,
}

/// The rows that a proof met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// How many there were in each table, by its later name if it is new and its former name if not.
    pub tables: BTreeMap<QualifiedName, usize>,
    /// Tables without rows, and why.
    pub empty: BTreeMap<QualifiedName, String>,
}

/// Tables that get fewer rows than others, and what they were refused for.
#[derive(Debug, Default)]
pub(super) struct Limits {
    rows: BTreeMap<QualifiedName, usize>,
    reasons: BTreeMap<QualifiedName, String>,
}

impl Limits {
    /// One row instead of three, then none; false where there is nothing left to take away.
    pub(super) fn lower(&mut self, tables: &[QualifiedName], stumble: &Stumble) -> bool {
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

    /// What the proof met in the end.
    pub(super) fn told(self, filled: Filled) -> Rows {
        let Filled { rows: mut tables, mut empty } = filled;
        tables.retain(|_, count| *count > 0);
        empty.extend(self.reasons.into_iter().filter(|(table, _)| !tables.contains_key(table)));
        Rows { tables, empty }
    }
}

/// Why the walk ended before its end.
#[derive(Debug)]
pub(super) enum Stumble {
    /// One direction does not run.
    Stopped(Direction, &'static str, Stopped),
    /// Scratch does not work.
    Broken(Error),
}

impl Stumble {
    /// The failure and its direction, where Postgres refused a statement.
    pub(super) fn failure(&self) -> Option<(Direction, &Failure)> {
        match self {
            Self::Stopped(direction, _, Stopped::Failed(failure)) => Some((*direction, failure)),
            Self::Stopped(_, _, Stopped::Broken(_)) | Self::Broken(_) => None,
        }
    }

    /// The same where the rows may be the reason for it: classes 22 and 23, and what a guard raises.
    pub(super) fn on_data(&self) -> Option<(Direction, &Failure)> {
        self.failure().filter(|(_, failure)| {
            let code = failure.cause.code.as_deref().unwrap_or_default();
            code.starts_with("22") || code.starts_with("23") || code == RAISED
        })
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

/// `RAISE EXCEPTION`.
pub(super) const RAISED: &str = "P0001";

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
                let error = Self::new(Kind::ProofFailed, what);
                let hints = cause.hints().to_vec();
                hints.into_iter().fold(error, Self::hint).caused_by(cause)
            }
        }
    }
}

/// What was there at each turn.
#[derive(Debug)]
pub(super) struct Turns {
    pub(super) start: Schema,
    pub(super) upgraded: Schema,
    /// None where there was no way back.
    pub(super) back: Option<Back>,
    before: Snapshot,
    between: Snapshot,
    pub(super) filled: Filled,
}

/// The second half.
#[derive(Debug)]
pub(super) struct Back {
    pub(super) downgraded: Schema,
    pub(super) again: Schema,
    taken_back: Snapshot,
    at_last: Snapshot,
}

impl Turns {
    /// What became of the rows: after the upgrade, after the way there and back, and after the second upgrade.
    pub(super) fn losses(&self, renames: &[Rename], known: &Known) -> Vec<(Leg, Vec<Loss>)> {
        let up = Course::new(&self.start, &self.upgraded, renames);
        let mut found = vec![(Leg::Upgrade, losses(&up, &self.before, &self.between, renames, known))];
        if let Some(Back { downgraded, again, taken_back, at_last }) = &self.back {
            let there_and_back = Course::new(&self.start, downgraded, &[]);
            let second = Course::new(&self.upgraded, again, &[]);
            found.push((Leg::Downgrade, losses(&there_and_back, &self.before.unchanged(), taken_back, renames, known)));
            found.push((Leg::Again, losses(&second, &self.between, at_last, &[], known)));
        }
        found.retain(|(_, losses)| !losses.is_empty());
        found
    }
}

/// A part of the walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leg {
    /// From the start.
    Upgrade,
    /// Back to the start.
    Downgrade,
    /// Up again.
    Again,
}

impl std::fmt::Display for Leg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Upgrade => "the upgrade",
            Self::Downgrade => "the way there and back",
            Self::Again => "the second upgrade",
        })
    }
}

/// Walks.
pub(super) async fn walk(walk: &Walk<'_>, limits: &Limits, conn: &mut PgConnection) -> Result<Turns, Stumble> {
    let Walk { id, up, down, desired, renames, scope, .. } = walk;
    let start = reflect(conn, scope).await?;
    let mut rows = OnTheWay { walk, limits, filled: Filled::default() };
    let (from, to) = (with_strangers(&start, scope), with_strangers(desired, scope));
    let there = Course::new(&from, &to, renames);
    rows.fill(conn, &there).await?;
    let before = rows.snapshot(conn, &there).await?;

    let run = apply(conn, id, Direction::Upgrade, up, scope).await;
    run.map_err(|it| Stumble::Stopped(Direction::Upgrade, "the upgrade does not run", it))?;
    let upgraded = reflect(conn, scope).await?;
    let to = with_strangers(&upgraded, scope);
    rows.fill_new(conn, &Course::new(&from, &to, renames).reverse()).await?;
    let between = rows.snapshot(conn, &still(&upgraded)).await?;
    let back = match down {
        Some(down) => Some(rows.back(conn, down).await?),
        None => None,
    };
    let mut filled = rows.filled;
    for stranger in &scope.strangers {
        filled.rows.remove(&stranger.name);
        filled.empty.remove(&stranger.name);
    }
    Ok(Turns { start, upgraded, back, before, between, filled })
}

/// What foreign keys refer to gets rows too.
fn with_strangers(schema: &Schema, scope: &Scope) -> Schema {
    let there = |table: &&Table| schema.table(&table.name).is_none();
    let strangers: Vec<Table> = scope.strangers.iter().filter(there).cloned().collect();
    Schema { tables: schema.tables.iter().cloned().chain(strangers).collect(), ..schema.clone() }.sorted()
}

/// A course that leads nowhere.
fn still(schema: &Schema) -> Course<'_> {
    Course::new(schema, schema, &[])
}

/// The rows while the walk goes on.
struct OnTheWay<'a> {
    walk: &'a Walk<'a>,
    limits: &'a Limits,
    filled: Filled,
}

impl OnTheWay<'_> {
    async fn back(&self, conn: &mut PgConnection, down: &[Statement]) -> Result<Back, Stumble> {
        let Walk { id, up, scope, .. } = self.walk;
        let run = apply(conn, id, Direction::Downgrade, down, scope).await;
        run.map_err(|it| Stumble::Stopped(Direction::Downgrade, "the downgrade does not run", it))?;
        let downgraded = reflect(conn, scope).await?;
        let taken_back = self.snapshot(conn, &still(&downgraded)).await?;
        let run = apply(conn, id, Direction::Upgrade, up, scope).await;
        run.map_err(|it| Stumble::Stopped(Direction::Upgrade, "the upgrade does not run a second time", it))?;
        let again = reflect(conn, scope).await?;
        let at_last = self.snapshot(conn, &still(&again)).await?;
        Ok(Back { downgraded, again, taken_back, at_last })
    }

    async fn fill(&mut self, conn: &mut PgConnection, course: &Course<'_>) -> Result<()> {
        let tables = rows::neighbourhood(course, self.walk.touched);
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
            filled: self.walk.filled,
            limits: &self.limits.rows,
            namespace: &self.walk.scope.default_namespace,
            namespaces: &self.walk.scope.namespaces,
        }
    }

    /// What is in the tables that hold rows, whatever they are called at the moment.
    async fn snapshot(&self, conn: &mut PgConnection, course: &Course<'_>) -> Result<Snapshot> {
        let names = Course { renames: self.walk.renames.to_vec(), ..course.clone() };
        let filled = self.filled.rows.iter().filter(|(_, count)| **count > 0).map(|(name, _)| name);
        let tables = filled.flat_map(|name| [name.clone(), names.table_name(name)]).collect();
        snapshot(conn, course, &tables, &self.walk.scope.default_namespace).await
    }
}
