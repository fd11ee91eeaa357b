//! Values that satisfy the checks of both ends. Postgres picks them: it evaluates the checks over candidates, which come
//! from the type, from the constants in the checks' text, and from what people usually check for.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::draft::{Draft, Source};
use super::judge::Judge;
use super::literals::literals;
use super::types::Types;
use super::{Filling, value};
use crate::error::Result;
use crate::render::{Words, identifier, literal};
use crate::schema::{BaseType, Column, ConstraintKind, DataType, ForeignKey, Table};
use crate::scratch::lost;

/// How many combinations of candidates Postgres is asked about at most.
const COMBINATIONS: usize = 20_000;
/// How many of those that hold it gives back.
const HOLDING: usize = 60;

/// A condition on the columns of a row.
#[derive(Debug, Clone)]
struct Condition {
    name: String,
    sql: String,
    /// In the names of the start.
    columns: Vec<String>,
    /// Whether it speaks of the table as it will be.
    after: bool,
}

/// Puts values into the draft that satisfy the checks; the names of the checks that nothing was found for. A check that
/// mentions a reference or a sequence is left to luck.
pub(super) async fn satisfy(
    conn: &mut PgConnection,
    filling: &Filling<'_, '_>,
    types: &Types,
    draft: &mut Draft<'_>,
    partitions: &[String],
) -> Result<Vec<String>> {
    let mut unsatisfied = Vec::new();
    let conditions = conditions(filling, draft.table, partitions);
    let free = |column: &String| {
        draft
            .slots
            .iter()
            .any(|it| &it.column.name == column && matches!(&it.source, Source::Values(v) if !v.is_empty()))
    };
    let conditions: Vec<Condition> = conditions.into_iter().filter(|it| it.columns.iter().all(free)).collect();
    for group in groups(conditions) {
        let columns: BTreeSet<String> = group.iter().flat_map(|it| it.columns.iter().cloned()).collect();
        let columns: Vec<String> = columns.into_iter().collect();
        let pools = pools(conn, types, draft, &columns, &group).await?;
        let found = match holding(conn, filling, types, draft.table, &columns, &pools, &group).await? {
            Some(found) => Some(found),
            // What will be may need types or functions that are still to come.
            None if group.iter().any(|it| it.after) => {
                let now: Vec<Condition> = group.iter().filter(|it| !it.after).cloned().collect();
                holding(conn, filling, types, draft.table, &columns, &pools, &now).await?
            }
            None => None,
        };
        match found {
            Some(found) if found.is_empty() => unsatisfied.extend(group.into_iter().map(|it| it.name)),
            Some(found) => put(draft, &columns, &found),
            None => {}
        }
    }
    unsatisfied.sort();
    unsatisfied.dedup();
    Ok(unsatisfied)
}

/// Whether the text of an expression mentions a column.
pub(super) fn mentions(sql: &str, column: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let quoted = identifier(column);
    sql.contains(&quoted)
        || sql.match_indices(column).any(|(at, _)| {
            !sql[..at].ends_with(is_name) && !sql[at + column.len()..].starts_with(is_name) && !column.is_empty()
        })
}

fn conditions(filling: &Filling<'_, '_>, table: &Table, partitions: &[String]) -> Vec<Condition> {
    let mut conditions: Vec<Condition> = checks(table)
        .map(|(name, sql, columns)| Condition { name, sql, columns: columns.to_vec(), after: false })
        .collect();
    if !partitions.is_empty() {
        let mentioned = |it: &&Column| partitions.iter().any(|partition| mentions(partition, &it.name));
        let columns = table.columns.iter().filter(mentioned).map(|it| it.name.clone()).collect();
        let sql = partitions.iter().map(|it| format!("({it})")).collect::<Vec<_>>().join(" OR ");
        conditions.push(Condition { name: "its partitions".to_owned(), sql, columns, after: false });
    }
    if let Some(after) = filling.course.table(&table.name) {
        let before = |wanted: &String| {
            let named = |it: &&Column| &filling.course.column_name(&table.name, &it.name) == wanted;
            table.columns.iter().find(named).map(|it| it.name.clone())
        };
        for (name, sql, columns) in checks(after) {
            if let Some(columns) = columns.iter().map(before).collect::<Option<Vec<String>>>() {
                conditions.push(Condition { name, sql, columns, after: true });
            }
        }
    }
    // A check that stays as it is would be asked twice, but its columns may change their types.
    conditions.retain(|it| !it.columns.is_empty());
    conditions
}

fn checks(table: &Table) -> impl Iterator<Item = (String, String, &[String])> {
    table.constraints.iter().filter_map(|it| match &it.kind {
        ConstraintKind::Check { expression, .. } => {
            Some((format!("check {}", it.name), expression.sql.clone(), expression.columns.as_slice()))
        }
        ConstraintKind::PrimaryKey { .. }
        | ConstraintKind::Unique { .. }
        | ConstraintKind::ForeignKey(ForeignKey { .. })
        | ConstraintKind::Exclusion { .. } => None,
    })
}

/// Conditions that share columns have to be met together.
fn groups(conditions: Vec<Condition>) -> Vec<Vec<Condition>> {
    let mut groups: Vec<Vec<Condition>> = Vec::new();
    for condition in conditions {
        let shares = |group: &Vec<Condition>| {
            group.iter().any(|it| it.columns.iter().any(|column| condition.columns.contains(column)))
        };
        let (mut joined, others): (Vec<_>, Vec<_>) = groups.into_iter().partition(shares);
        groups = others;
        joined.push(vec![condition]);
        groups.push(joined.into_iter().flatten().collect());
    }
    groups
}

/// Candidates for each column, the plainest first and NULL last.
async fn pools(
    conn: &mut PgConnection,
    types: &Types,
    draft: &Draft<'_>,
    columns: &[String],
    group: &[Condition],
) -> Result<Vec<Vec<Option<String>>>> {
    let written: Vec<String> = group.iter().flat_map(|it| literals(&it.sql)).collect();
    let mut judge = Judge::default();
    let most = (COMBINATIONS as f64).powf(1.0 / columns.len().max(1) as f64).floor() as usize;
    let mut pools = Vec::new();
    for name in columns {
        let Some(slot) = draft.slots.iter().find(|slot| &slot.column.name == name) else { continue };
        let Source::Values(own) = &slot.source else { continue };
        let candidates = candidates(types, &slot.column.data_type, own.iter().flatten(), &written);
        let mut pool: Vec<Option<String>> = match candidates {
            Candidates::Certain(values) => values.into_iter().map(Some).collect(),
            Candidates::ToAsk(values) => {
                let data_type = Words::new("").data_type(&slot.column.data_type);
                judge.taken(conn, &data_type, &values).await?.into_iter().map(Some).collect()
            }
        };
        pool.truncate(most.saturating_sub(1).max(2));
        pool.extend(slot.nulls.then_some(None));
        pools.push(pool);
    }
    Ok(pools)
}

enum Candidates {
    /// Its type takes them all.
    Certain(Vec<String>),
    /// Postgres has to say.
    ToAsk(Vec<String>),
}

fn candidates<'a>(
    types: &Types,
    data_type: &DataType,
    own: impl Iterator<Item = &'a String>,
    written: &[String],
) -> Candidates {
    let own: Vec<String> = own.cloned().collect();
    let plain = types.plain(data_type);
    let name = match &plain.base {
        BaseType::Builtin(name) | BaseType::Other(name) if !plain.array => name.as_str(),
        BaseType::Enum(_) if !plain.array => return Candidates::Certain(own),
        BaseType::Builtin(_) | BaseType::Other(_) | BaseType::Enum(_) => "",
    };
    let is_plain = &plain == data_type;
    if name == "boolean" && is_plain {
        return Candidates::Certain(own);
    }
    if value::is_number(name) && is_plain {
        return Candidates::Certain(unique(numbers(name, data_type, own, written)));
    }
    if value::is_text(name) && is_plain {
        let room = value::length(name, data_type).unwrap_or(usize::MAX);
        let words = words(own, written);
        return Candidates::Certain(unique(words.into_iter().filter(|it| it.chars().count() <= room).collect()));
    }
    Candidates::ToAsk(unique(own.into_iter().chain(written.iter().cloned()).chain(others()).collect()))
}

fn unique(values: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    values.into_iter().filter(|value| seen.insert(value.clone())).collect()
}

/// Around each number of the text lie those that it keeps apart.
fn numbers(name: &str, data_type: &DataType, own: Vec<String>, written: &[String]) -> Vec<String> {
    let limit = match name {
        "smallint" => f64::from(i16::MAX),
        "integer" => f64::from(i32::MAX),
        _ => match data_type.modifiers.as_deref().map(|it| it.split(',').collect::<Vec<_>>()) {
            Some(parts) => {
                let part = |at: usize| parts.get(at).and_then(|it| it.trim().parse::<i32>().ok()).unwrap_or(0);
                10_f64.powi(part(0) - part(1)) - 1.0
            }
            None => 1e15,
        },
    };
    let around = written.iter().filter_map(|it| it.parse::<f64>().ok()).flat_map(|n| {
        [n, n + 1.0, n + 2.0, n - 1.0, -n, n / 2.0].into_iter().filter(|it| it.abs() <= 1e15).collect::<Vec<_>>()
    });
    let whole = matches!(name, "smallint" | "integer" | "bigint");
    let plain = [0.0, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1000.0, 2024.0, -1.0, -2.0, 0.5, 0.25];
    let more = around.chain(plain).filter(move |it| it.abs() <= limit && !(whole && it.fract() != 0.0));
    own.into_iter().chain(more.map(|it| it.to_string())).collect()
}

/// What is usually checked of words, and words as long as the numbers of the text.
fn words(own: Vec<String>, written: &[String]) -> Vec<String> {
    const USUAL: [&str; 28] = [
        "a@example.org",
        "b@example.org",
        "c@example.org",
        "https://example.org/a",
        "https://example.org/b",
        "slug-a",
        "slug-b",
        "slug-c",
        "ABC",
        "DEF",
        "US",
        "DE",
        "EUR",
        "USD",
        "de",
        "en",
        "en-US",
        "#aabbcc",
        "#ddeeff",
        "+493012345678",
        "+12025550123",
        "12345",
        "123456",
        "Word",
        "Two Words",
        "00000000-0000-4000-8000-000000000001",
        "2024-01-01",
        "/a/b",
    ];
    let lengths = written.iter().filter_map(|it| it.parse::<usize>().ok()).filter(|it| *it <= 300);
    let long = lengths
        .flat_map(|n| [n, n + 1, n.saturating_sub(1)])
        .flat_map(|n| ["a", "b", "c", "A", "1"].map(|it| it.repeat(n)));
    // What stands in the text may be a pattern; what is left of it without its signs may match it.
    let bare = written.iter().map(|it| it.replace(['%', '^', '$', '*', '+'], ""));
    let around = written.iter().filter(|it| it.contains('%')).map(|it| it.replace('%', "a"));
    let words = own.into_iter().chain(written.iter().cloned()).chain(bare).chain(around);
    words.chain(USUAL.iter().map(ToString::to_string)).chain(long).chain([String::new()]).collect()
}

/// Dates and the like that a check may keep from those that a type gives by itself.
fn others() -> Vec<String> {
    const OTHERS: [&str; 14] = [
        "1990-01-01",
        "2000-01-01",
        "2020-06-15",
        "2030-01-01",
        "1 day",
        "30 days",
        "1 hour",
        "00:00:00",
        "09:00:00",
        "18:00:00",
        "{}",
        "[]",
        "{\"a\": \"b\"}",
        "[1, 2]",
    ];
    OTHERS.iter().map(ToString::to_string).collect()
}

/// Combinations of candidates that satisfy every condition, the plainest first. None where Postgres cannot evaluate
/// them.
async fn holding(
    conn: &mut PgConnection,
    filling: &Filling<'_, '_>,
    types: &Types,
    table: &Table,
    columns: &[String],
    pools: &[Vec<Option<String>>],
    group: &[Condition],
) -> Result<Option<Vec<Vec<Option<String>>>>> {
    if pools.iter().any(Vec::is_empty) {
        return Ok(Some(Vec::new()));
    }
    let Some(sql) = question(filling, types, table, columns, pools, group) else { return Ok(None) };
    let rows = match sqlx::query(AssertSqlSafe(sql)).persistent(false).fetch_all(conn).await {
        Ok(rows) => rows,
        Err(sqlx::Error::Database(_)) => return Ok(None),
        Err(cause) => return Err(lost(cause)),
    };
    let found = rows.iter().map(|row| (0..columns.len()).map(|at| row.try_get(at)).collect::<sqlx::Result<Vec<_>>>());
    found.collect::<sqlx::Result<Vec<_>>>().map(Some).map_err(lost)
}

fn question(
    filling: &Filling<'_, '_>,
    types: &Types,
    table: &Table,
    columns: &[String],
    pools: &[Vec<Option<String>>],
    group: &[Condition],
) -> Option<String> {
    let words = Words::new(filling.namespace);
    let from: Vec<String> = pools.iter().enumerate().map(|(number, pool)| from(number, pool)).collect();
    let values: Vec<String> = (0..pools.len()).map(|number| format!("p{number}.v")).collect();
    let places: Vec<String> = (0..pools.len()).map(|number| format!("p{number}.o")).collect();
    let mut conditions = Vec::new();
    for after in [false, true] {
        let mut fields = Vec::new();
        for (name, value) in columns.iter().zip(&values) {
            let column = table.column(name)?;
            let now = format!("{value}::{}", words.data_type(&column.data_type));
            let then = filling.course.column(&table.name, name).filter(|_| after);
            fields.push(match then {
                Some(then) if then.data_type == column.data_type => format!("{now} AS {}", identifier(&then.name)),
                Some(then) if types.knows(&then.data_type) => {
                    format!("({now})::{} AS {}", words.data_type(&then.data_type), identifier(&then.name))
                }
                Some(_) => return None,
                None => format!("{now} AS {}", identifier(name)),
            });
        }
        let own: Vec<String> =
            group.iter().filter(|it| it.after == after).map(|it| format!("({}) IS NOT FALSE", it.sql)).collect();
        if !own.is_empty() {
            let row = format!("(SELECT {}) AS {}", fields.join(", "), identifier(&table.name.name));
            conditions.push(format!("EXISTS (SELECT FROM {row} WHERE {})", own.join(" AND ")));
        }
    }
    let filter = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
    Some(format!(
        "SELECT {} FROM {}{filter} ORDER BY num_nulls({}), {}, {} LIMIT {HOLDING}",
        values.join(", "),
        from.join(", "),
        values.join(", "),
        places.join(" + "),
        places.join(", "),
    ))
}

fn from(number: usize, pool: &[Option<String>]) -> String {
    let value = |value: &Option<String>| value.as_deref().map_or_else(|| "NULL".to_owned(), literal);
    let rows: Vec<String> =
        pool.iter().enumerate().map(|(place, it)| format!("({}::text, {place})", value(it))).collect();
    format!("(VALUES {}) AS p{number} (v, o)", rows.join(", "))
}

/// The combinations stand side by side in the columns: first those that share no value, so that what is unique stays
/// so.
fn put(draft: &mut Draft<'_>, columns: &[String], found: &[Vec<Option<String>>]) {
    let mut chosen: Vec<&Vec<Option<String>>> = Vec::new();
    for apart in [true, false] {
        for combination in found {
            let shares = chosen.iter().any(|it| it.iter().zip(combination).any(|(a, b)| a == b));
            if chosen.len() < super::ROWS && !chosen.contains(&combination) && !(apart && shares) {
                chosen.push(combination);
            }
        }
    }
    for (position, name) in columns.iter().enumerate() {
        if let Some(slot) = draft.slots.iter_mut().find(|slot| &slot.column.name == name) {
            slot.source = Source::Values(chosen.iter().map(|it| it[position].clone()).collect());
            slot.nulls = false;
        }
    }
}
