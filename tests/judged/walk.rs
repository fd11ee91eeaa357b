//! From one schema to another and back, on real rows, with judges that share nothing with the product.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use autogen::diff::diff;
use autogen::execute::{self, Direction, Run, Stop};
use autogen::migration::{self, Block, Plan, Statement};
use autogen::operation::{Change, Operation, reverse};
use autogen::reflect::{Scope, reflect};
use autogen::render::Words;
use autogen::revision::Revision;
use autogen::schema::{BaseType, Column, ColumnDefault, DataType, Object, Places, QualifiedName, Schema};
use autogen::scratch::{Database, Scratch};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::judge;

/// Namespaces that the schemas may use.
pub(crate) const NAMESPACES: &[&str] = &["public", "billing", "Od\"d ns"];

/// Two schemas as SQL, rows of the first in lines of their own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pair {
    pub(crate) before: String,
    pub(crate) after: String,
}

/// Three databases that every pair is laid out on anew, and a fourth for dumps.
pub(crate) struct Desk<'a> {
    scratch: &'a Scratch,
    start: Database,
    bench: Database,
    goal: Database,
    printer: Database,
    scope: Scope,
}

/// How a walk ended well.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    /// Postgres has no way for the rows that are there: the same without rows went well.
    WithoutRows,
    /// The product would ask first, or refuse, with a reason.
    Refused(String),
    /// Postgres does not take one of the two schemas.
    Invalid(String),
}

/// Postgres refuses a row that is there.
#[derive(Debug)]
struct RefusedRows;

impl std::fmt::Display for RefusedRows {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("rows are refused")
    }
}

impl<'a> Desk<'a> {
    pub(crate) async fn new(scratch: &'a Scratch) -> Result<Self> {
        let scope = Scope {
            namespaces: NAMESPACES.iter().map(|&name| name.to_owned()).collect(),
            default_namespace: "public".to_owned(),
            extensions: vec!["citext".to_owned()],
            ..Scope::default()
        };
        let start = scratch.database().await?;
        let (bench, goal, printer) = (scratch.database().await?, scratch.database().await?, scratch.database().await?);
        Ok(Self { scratch, start, bench, goal, printer, scope })
    }

    /// Up, down, up: each is judged. Rows that cannot go the way, as NULLs where NOT NULL comes, are left behind.
    pub(crate) async fn walk(&self, pair: &Pair) -> Result<Outcome> {
        let walked = self.walk_with_rows(pair).await;
        match &walked {
            Err(error) if error.downcast_ref::<RefusedRows>().is_some() => {
                let empty = Pair { before: without_rows(&pair.before), after: pair.after.clone() };
                self.walk_with_rows(&empty).await.map(|outcome| match outcome {
                    Outcome::Done => Outcome::WithoutRows,
                    other => other,
                })
            }
            _ => walked,
        }
    }

    async fn walk_with_rows(&self, pair: &Pair) -> Result<Outcome> {
        let Self { scratch, start, bench, goal, scope, .. } = self;
        let current = match self.build(start, &pair.before).await {
            Ok(current) => current,
            Err(error) => return Ok(Outcome::Invalid(format!("{error:#}"))),
        };
        self.lay_out(bench, &without_rows(&pair.before)).await?;
        let wanted = match self.build(goal, &without_rows(&pair.after)).await {
            Ok(wanted) => wanted,
            Err(error) => return Ok(Outcome::Invalid(format!("{error:#}"))),
        };
        let states = (judge::catalog(&start.options()).await?, judge::catalog(&goal.options()).await?);

        let canonical = scratch.canonical(bench, &current, &wanted, scope).await;
        let desired = canonical.map_err(autogen::error::Error::from).map_err(told).context("canonical")?;
        let operations = diff(&current, &desired);
        let fills = (fills(&operations), BTreeMap::new());
        let up = scratch.words(bench, &desired, &operations, &fills.0, scope).await.map_err(told)?;
        let down = scratch.words(bench, &desired, &reverse(&operations), &fills.1, scope).await.map_err(told)?;
        // What is set and not declared comes from the database at hand, for both ways.
        let kept: BTreeMap<_, _> = current.tables.iter().map(|it| (it.name.clone(), it.kept.clone())).collect();
        let (up, down) = (Words { kept: kept.clone(), ..up }, Words { kept, ..down });
        let refused = would_be_refused(&operations, &up).or_else(|| would_be_refused(&reverse(&operations), &down));
        if let Some(reason) = refused {
            return Ok(Outcome::Refused(reason));
        }
        let plan = Plan::new(Revision::default(), &operations, &Places::new(), &up, &down);
        let written = || migration::render(&plan).unwrap_or_default();

        let mut conn = start.connect().await?;
        if leaves_holes(&operations) {
            self.empty(&mut conn, &current).await?;
        }
        let kept = kept_columns(&current, &wanted);
        let rows = rows(&mut conn, &kept).await?;

        self.run(&mut conn, Direction::Upgrade, &plan.upgrade).await.with_context(written)?;
        self.must_be(&states.1, "the upgrade does not lead to the goal", goal).await.with_context(written)?;
        self.nothing_to_do(&mut conn, &desired).await.with_context(written)?;
        same_rows(&rows, &self::rows(&mut conn, &kept).await?, "the upgrade").with_context(written)?;

        self.run(&mut conn, Direction::Downgrade, &plan.downgrade).await.with_context(written)?;
        self.must_be_the_start(&states.0, pair).await.with_context(written)?;
        same_rows(&rows, &self::rows(&mut conn, &kept).await?, "the downgrade").with_context(written)?;

        self.run(&mut conn, Direction::Upgrade, &plan.upgrade).await.with_context(written)?;
        self.must_be(&states.1, "the second upgrade does not lead to the goal", goal).await.with_context(written)?;
        conn.close().await?;
        Ok(Outcome::Done)
    }

    /// Lays a schema out in a database, and reads it.
    async fn build(&self, database: &Database, sql: &str) -> Result<Schema> {
        self.lay_out(database, sql).await?;
        let mut conn = database.connect().await?;
        let schema = reflect(&mut conn, &self.scope).await.map_err(told)?;
        conn.close().await?;
        Ok(schema)
    }

    async fn lay_out(&self, database: &Database, sql: &str) -> Result<()> {
        let mut conn = PgConnection::connect_with(&database.options()).await?;
        execute_all(&mut conn, CLEAN).await?;
        execute_all(&mut conn, sql).await?;
        Ok(conn.close().await?)
    }

    async fn empty(&self, conn: &mut PgConnection, schema: &Schema) -> Result<()> {
        let names: Vec<String> = schema.tables.iter().map(|table| qualified(&table.name)).collect();
        execute_all(conn, &format!("truncate {} cascade", names.join(", "))).await
    }

    async fn run(&self, conn: &mut PgConnection, direction: Direction, blocks: &[Block]) -> Result<()> {
        let statements: Vec<Statement> = blocks.iter().flat_map(|block| block.statements.clone()).collect();
        let (steps, stop) = (execute::steps(&statements), Stop::default());
        let run = Run::new("judged", direction, &steps, &self.scope.default_namespace, &stop);
        execute::run(conn, &run, &mut |_| {}).await.map_err(|failure| {
            // Data, constraints, and what the file's own guards raise.
            let by_rows = |code: &str| ["22", "23", "P0001"].iter().any(|it| code.starts_with(it));
            let of_rows = failure.cause.code.as_deref().is_some_and(by_rows);
            let error = told(failure.into());
            if of_rows { error.context(RefusedRows) } else { error }
        })
    }

    /// Demands that the database at `start` is as `expected`, which is what `model` is. Where Postgres printed its own
    /// print in other words, a dump of both, laid out and read once more, decides.
    async fn must_be(&self, expected: &str, otherwise: &str, model: &Database) -> Result<()> {
        let found = judge::catalog(&self.start.options()).await?;
        let Some(difference) = judge::differing(expected, &found) else { return Ok(()) };
        let (model, here) = (self.reprinted(model).await?, self.reprinted(&self.start).await?);
        ensure!(model == here && only_words(&difference), "{otherwise}:\n{difference}");
        Ok(())
    }

    /// The same for the way back. What the start was is made again where it has to be.
    async fn must_be_the_start(&self, expected: &str, pair: &Pair) -> Result<()> {
        if judge::catalog(&self.start.options()).await? != expected {
            self.lay_out(&self.bench, &without_rows(&pair.before)).await?;
        }
        self.must_be(expected, "the downgrade does not lead back", &self.bench).await
    }

    /// What the catalogs say of a database that is made of a dump of this one.
    async fn reprinted(&self, database: &Database) -> Result<String> {
        let dump = judge::dump(&database.options())?;
        let mut conn = PgConnection::connect_with(&self.printer.options()).await?;
        execute_all(&mut conn, CLEAN).await?;
        execute_all(&mut conn, &statements(&dump)).await?;
        conn.close().await?;
        judge::catalog(&self.printer.options()).await
    }

    /// Demands that a second comparison finds nothing.
    async fn nothing_to_do(&self, conn: &mut PgConnection, desired: &Schema) -> Result<()> {
        let found = reflect(conn, &self.scope).await.map_err(told)?;
        if diff(&found, desired).is_empty() {
            return Ok(());
        }
        let (found, desired) =
            self.scratch.same_words(&self.bench, &found, desired, &self.scope).await.map_err(told)?;
        let phantoms: Vec<String> =
            diff(&found, &desired).iter().map(|it| it.describe(&self.scope.default_namespace).title()).collect();
        ensure!(phantoms.is_empty(), "a second comparison finds\n{}", phantoms.join("\n"));
        Ok(())
    }
}

const CLEAN: &str = "set client_min_messages = error; drop schema if exists billing cascade; \
    drop schema if exists \"Od\"\"d ns\" cascade; drop schema public cascade; create schema public; ";

/// A line that only differs in how Postgres prints an expression stands on both sides.
fn only_words(difference: &str) -> bool {
    let count = |sign: char| difference.lines().filter(|line| line.starts_with(sign)).count();
    count('-') == count('+')
}

/// Rows are inserted in lines of their own.
fn without_rows(sql: &str) -> String {
    let is_row = |line: &&str| line.starts_with("insert ") || line.starts_with("do $rows$");
    sql.lines().filter(|line| !is_row(line)).collect::<Vec<_>>().join("\n")
}

async fn execute_all(conn: &mut PgConnection, sql: &str) -> Result<()> {
    Ok(sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.map(drop)?)
}

/// An error with everything it says.
fn told(error: autogen::error::Error) -> anyhow::Error {
    let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    anyhow::anyhow!("{error}: {cause}")
}

/// What a user would give with `--fill` for the columns that need it.
fn fills(operations: &[Operation]) -> BTreeMap<Object, String> {
    let needs_one = |operation: &&Operation| match operation {
        Operation::Column(_, Change::Add(column)) => must_be_filled(column),
        _ => false,
    };
    let filled = operations.iter().filter(needs_one).filter_map(|operation| match operation {
        Operation::Column(_, change) => Some((operation.object(), value_of(&change.subject().data_type)?)),
        _ => None,
    });
    filled.collect()
}

fn must_be_filled(column: &Column) -> bool {
    !column.nullable && column.default == ColumnDefault::None
}

/// Some value of a type, where one is easily said.
fn value_of(data_type: &DataType) -> Option<String> {
    let name = match &data_type.base {
        BaseType::Builtin(name) if !data_type.array => name.as_str(),
        BaseType::Builtin(_) | BaseType::Other(_) | BaseType::Enum(_) => return None,
    };
    match name {
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" => Some("0".to_owned()),
        "text" | "character varying" => Some("''".to_owned()),
        _ => None,
    }
}

/// Filled rows forbid the way where a column comes that has no value for them.
fn leaves_holes(operations: &[Operation]) -> bool {
    operations.iter().any(|operation| match operation {
        Operation::Column(_, Change::Drop(column)) => must_be_filled(column),
        Operation::Column(_, Change::Add(column)) => must_be_filled(column) && value_of(&column.data_type).is_none(),
        _ => false,
    })
}

/// A type change that Postgres has no way for needs the user's words.
fn would_be_refused(operations: &[Operation], words: &Words) -> Option<String> {
    let types = |operation: &Operation| match operation {
        Operation::Column(table, Change::Alter { from, to }) if from.data_type != to.data_type => {
            let missing = |cast| cast == autogen::render::Cast::Missing;
            let either = missing(words.cast(&from.data_type, &to.data_type));
            either.then(|| format!("no cast for {table:?}.{}", to.name))
        }
        _ => None,
    };
    operations.iter().find_map(types)
}

/// The columns that both schemas have with one type, by table: their values must survive.
fn kept_columns(before: &Schema, after: &Schema) -> BTreeMap<QualifiedName, Vec<String>> {
    let of_table = |table: &autogen::schema::Table| {
        let after = after.table(&table.name)?;
        let same = |column: &&Column| {
            let generated = |column: &Column| matches!(column.default, ColumnDefault::Generated(_));
            let there = after.column(&column.name);
            there.is_some_and(|it| it.data_type == column.data_type && !generated(it) && !generated(column))
        };
        Some((table.name.clone(), table.columns.iter().filter(same).map(|it| it.name.clone()).collect()))
    };
    before.tables.iter().filter_map(of_table).collect()
}

/// The rows of each table, these columns, in an order of their own.
async fn rows(
    conn: &mut PgConnection,
    kept: &BTreeMap<QualifiedName, Vec<String>>,
) -> Result<BTreeMap<QualifiedName, String>> {
    let mut rows = BTreeMap::new();
    for (table, columns) in kept {
        let list = columns.iter().map(|it| quoted(it)).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "select coalesce(string_agg(line, E'\\n' order by line), '') from (select row({list})::text as line from {}) it",
            qualified(table)
        );
        rows.insert(
            table.clone(),
            sqlx::query_scalar(AssertSqlSafe(sql)).persistent(false).fetch_one(&mut *conn).await?,
        );
    }
    Ok(rows)
}

fn same_rows(
    before: &BTreeMap<QualifiedName, String>,
    after: &BTreeMap<QualifiedName, String>,
    what: &str,
) -> Result<()> {
    for (table, rows) in before {
        let now = after.get(table).map(String::as_str).unwrap_or_default();
        ensure!(rows == now, "{what} changes rows of {table:?}:\n{rows}\nare now\n{now}");
    }
    Ok(())
}

pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn qualified(name: &QualifiedName) -> String {
    format!("{}.{}", quoted(&name.namespace), quoted(&name.name))
}

/// What makes the same structure in an empty database: without what only psql understands, and without the namespace
/// that every database has.
pub(crate) fn statements(dump: &judge::dump::Dump) -> String {
    let own = |line: &&str| !line.starts_with('\\') && *line != "CREATE SCHEMA public;";
    dump.0.lines().filter(own).collect::<Vec<_>>().join("\n")
}
