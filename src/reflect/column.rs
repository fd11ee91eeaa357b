//! A row of `columns.sql` → [`Column`].

use std::collections::BTreeSet;

use sqlx::Row;
use sqlx::postgres::PgRow;

use super::catalog::{names, unknown};
use super::text::without_outer_parentheses;
use crate::schema::{
    BaseType, Column, ColumnDefault, DataType, Expression, Identity, QualifiedName, Sequence, SequenceOptions,
};

pub(super) fn read(row: &PgRow, enum_types: &BTreeSet<QualifiedName>) -> sqlx::Result<Column> {
    Ok(Column {
        name: row.try_get("name")?,
        data_type: data_type(row, enum_types)?,
        nullable: row.try_get("nullable")?,
        default: default(row)?,
        collation: row.try_get("collation")?,
        comment: row.try_get("comment")?,
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
fn default(row: &PgRow) -> sqlx::Result<ColumnDefault> {
    let expression: Option<String> = row.try_get("expression")?;
    let sequence: Option<String> = row.try_get("sequence_name")?;
    match (row.try_get("identity")?, row.try_get("generated")?, expression) {
        ("", "", None) => Ok(ColumnDefault::None),
        ("", "", Some(_)) if sequence.is_some() => Ok(ColumnDefault::Serial(Sequence {
            name: QualifiedName::new(
                row.try_get::<String, _>("sequence_namespace")?,
                row.try_get::<String, _>("sequence_name")?,
            ),
            data_type: DataType::builtin(row.try_get("sequence_type")?),
            options: sequence_options(row)?,
        })),
        ("", "", Some(sql)) => Ok(ColumnDefault::Expression(Expression::new(sql))),
        ("", "s" | "v", Some(sql)) => Ok(ColumnDefault::Generated(Expression {
            sql: without_outer_parentheses(&sql).to_owned(),
            columns: names(row, "mentions")?,
        })),
        ("a", "", _) => Ok(ColumnDefault::Identity(Identity { always: true, options: sequence_options(row)? })),
        ("d", "", _) => Ok(ColumnDefault::Identity(Identity { always: false, options: sequence_options(row)? })),
        (identity, generated, _) => Err(unknown("attidentity, attgenerated", &format!("{identity},{generated}"))),
    }
}

fn sequence_options(row: &PgRow) -> sqlx::Result<SequenceOptions> {
    let increment: i64 = row.try_get("sequence_increment")?;
    let (min, max) = bounds(row.try_get("sequence_type")?, increment);
    let actual_min: i64 = row.try_get("sequence_min")?;
    let actual_max: i64 = row.try_get("sequence_max")?;
    let start = if increment > 0 { actual_min } else { actual_max };
    let unless = |actual: i64, default: i64| (actual != default).then_some(actual);
    Ok(SequenceOptions {
        start: unless(row.try_get("sequence_start")?, start),
        increment: unless(increment, 1),
        min: unless(actual_min, min),
        max: unless(actual_max, max),
        cache: unless(row.try_get("sequence_cache")?, 1),
        cycle: row.try_get("sequence_cycle")?,
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
