//! Rows of `columns.sql` and `sequences.sql` → [`Column`].

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Row;
use sqlx::postgres::PgRow;

use super::catalog::{list, unknown};
use super::text::without_outer_parentheses;
use crate::schema::{
    BaseType, Column, ColumnDefault, DataType, Expression, Generated, Identity, Kept, QualifiedName, Sequence,
    SequenceOptions, Setting,
};

/// Sequences that columns own, by table and column number.
pub(super) type OwnedSequences = BTreeMap<(i64, i16), Vec<OwnedSequence>>;

/// A row of `sequences.sql`.
pub(super) struct OwnedSequence {
    sequence: Sequence,
    /// The default that makes its column a serial one; no column of an identity has one.
    nextval: Option<String>,
}

pub(super) fn owned_sequence(row: &PgRow) -> sqlx::Result<OwnedSequence> {
    let name = QualifiedName::new(row.try_get::<String, _>("namespace")?, row.try_get::<String, _>("name")?);
    let data_type = DataType::builtin(row.try_get("data_type")?);
    let kept = Kept { settings: list::<String>(row, "kept")?.iter().map(|it| grant(None, it)).collect() };
    let sequence = Sequence { name, data_type, options: sequence_options(row)?, kept };
    Ok(OwnedSequence { sequence, nextval: row.try_get("nextval")? })
}

/// A grant on something, or on a column of it: `SELECT anna`.
pub(super) fn grant(column: Option<String>, words: &str) -> Setting {
    let (privilege, grantee) = words.split_once(' ').unwrap_or((words, "PUBLIC"));
    Setting::Grant { column, privilege: privilege.to_owned(), grantee: grantee.to_owned() }
}

pub(super) fn read(
    row: &PgRow,
    enum_types: &BTreeSet<QualifiedName>,
    sequences: &OwnedSequences,
    comment: Option<String>,
) -> sqlx::Result<Column> {
    let owned = sequences.get(&(row.try_get("table_oid")?, row.try_get("number")?));
    Ok(Column {
        name: row.try_get("name")?,
        data_type: data_type(row, enum_types)?,
        nullable: row.try_get("nullable")?,
        default: default(row, owned.map_or(&[], Vec::as_slice))?,
        collation: row.try_get("collation")?,
        comment,
    })
}

fn data_type(row: &PgRow, enum_types: &BTreeSet<QualifiedName>) -> sqlx::Result<DataType> {
    let name = QualifiedName::new(row.try_get::<String, _>("type_namespace")?, row.try_get::<String, _>("type_name")?);
    Ok(DataType::parse(row.try_get("data_type")?, |printed| {
        if enum_types.contains(&name) {
            BaseType::Enum(name)
        } else if name.namespace == "pg_catalog" {
            BaseType::Builtin(printed)
        } else {
            BaseType::Other(printed)
        }
    }))
}

/// Where a value comes from; the letters of `attidentity` and `attgenerated` stand in the chapter on `pg_attribute`.
fn default(row: &PgRow, owned: &[OwnedSequence]) -> sqlx::Result<ColumnDefault> {
    let expression: Option<String> = row.try_get("expression")?;
    match (row.try_get("identity")?, row.try_get("generated")?, expression) {
        ("", "", None) => Ok(ColumnDefault::None),
        ("", "", Some(sql)) => Ok(match owned.iter().find(|owned| owned.nextval.as_ref() == Some(&sql)) {
            Some(owned) => ColumnDefault::Serial(owned.sequence.clone()),
            None => ColumnDefault::Expression(Expression::new(sql)),
        }),
        ("", generated @ ("s" | "v"), Some(sql)) => {
            let sql = without_outer_parentheses(&sql).to_owned();
            let expression = Expression { sql, columns: list(row, "mentions")? };
            Ok(ColumnDefault::Generated(Generated { expression, stored: generated == "s" }))
        }
        (identity @ ("a" | "d"), "", _) => {
            let options = owned.first().map(|owned| owned.sequence.options.clone()).unwrap_or_default();
            Ok(ColumnDefault::Identity(Identity { always: identity == "a", options }))
        }
        (identity, generated, _) => Err(unknown("attidentity, attgenerated", &format!("{identity},{generated}"))),
    }
}

fn sequence_options(row: &PgRow) -> sqlx::Result<SequenceOptions> {
    let increment: i64 = row.try_get("increment")?;
    let (min, max) = bounds(row.try_get("data_type")?, increment);
    let actual_min: i64 = row.try_get("min")?;
    let actual_max: i64 = row.try_get("max")?;
    let start = if increment > 0 { actual_min } else { actual_max };
    let unless = |actual: i64, default: i64| (actual != default).then_some(actual);
    Ok(SequenceOptions {
        start: unless(row.try_get("start")?, start),
        increment: unless(increment, 1),
        min: unless(actual_min, min),
        max: unless(actual_max, max),
        cache: unless(row.try_get("cache")?, 1),
        cycle: row.try_get("cycle")?,
    })
}

/// The bounds of a sequence that names none (chapter CREATE SEQUENCE).
fn bounds(data_type: &str, increment: i64) -> (i64, i64) {
    let (lowest, highest) = match data_type {
        "smallint" => (i64::from(i16::MIN), i64::from(i16::MAX)),
        "integer" => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    if increment > 0 { (1, highest) } else { (lowest, -1) }
}
