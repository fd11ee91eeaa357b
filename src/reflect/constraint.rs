//! A row of `constraints.sql` → [`Constraint`]. The letters stand in the chapter on `pg_constraint`.

use sqlx::Row;
use sqlx::postgres::PgRow;

use super::catalog::{ColumnNames, columns, list, mentions, unknown};
use super::text::without_outer_parentheses;
use crate::schema::{Action, Constraint, ConstraintKind, Deferrability, Expression, ForeignKey, QualifiedName};

pub(super) fn read(row: &PgRow, column_names: &ColumnNames, comment: Option<String>) -> sqlx::Result<Constraint> {
    Ok(Constraint {
        name: row.try_get("name")?,
        kind: kind(row, column_names)?,
        deferrability: match (row.try_get("deferrable")?, row.try_get("deferred")?) {
            (false, _) => Deferrability::NotDeferrable,
            (true, false) => Deferrability::InitiallyImmediate,
            (true, true) => Deferrability::InitiallyDeferred,
        },
        validated: row.try_get("validated")?,
        comment,
    })
}

fn kind(row: &PgRow, names: &ColumnNames) -> sqlx::Result<ConstraintKind> {
    if let Some(definition) = row.try_get::<Option<&str>, _>("definition")? {
        return verbatim(row, definition, names);
    }
    let key = columns(row, "columns", names)?;
    Ok(match row.try_get("kind")? {
        "p" => ConstraintKind::PrimaryKey { include: include(row, &key, names)?, columns: key },
        "u" => ConstraintKind::Unique {
            include: include(row, &key, names)?,
            nulls_not_distinct: row.try_get("nulls_not_distinct")?,
            columns: key,
        },
        "f" => ConstraintKind::ForeignKey(foreign_key(row, key, names)?),
        "c" => ConstraintKind::Check {
            expression: Expression {
                sql: without_outer_parentheses(row.try_get("expression")?).to_owned(),
                columns: mentions(row, "columns", names)?,
            },
            no_inherit: row.try_get("no_inherit")?,
        },
        other => return Err(unknown("contype", other)),
    })
}

/// An index lists its keys first, then its INCLUDE columns.
fn include(row: &PgRow, key: &[String], names: &ColumnNames) -> sqlx::Result<Vec<String>> {
    Ok(columns(row, "index_columns", names)?.into_iter().skip(key.len()).collect())
}

/// The definition as Postgres prints it, without what [`Constraint`] has fields for.
fn verbatim(row: &PgRow, definition: &str, names: &ColumnNames) -> sqlx::Result<ConstraintKind> {
    let mut sql = definition;
    for suffix in [" NOT VALID", " INITIALLY DEFERRED", " DEFERRABLE"] {
        sql = sql.strip_suffix(suffix).unwrap_or(sql);
    }
    let mut mentioned = columns(row, "columns", names)?;
    mentioned.extend(columns(row, "mentions", names)?);
    mentioned.sort_unstable();
    mentioned.dedup();
    Ok(ConstraintKind::Exclusion { definition: Expression { sql: sql.to_owned(), columns: mentioned } })
}

fn foreign_key(row: &PgRow, columns_of_key: Vec<String>, names: &ColumnNames) -> sqlx::Result<ForeignKey> {
    Ok(ForeignKey {
        columns: columns_of_key,
        references: QualifiedName::new(
            row.try_get::<String, _>("referenced_namespace")?,
            row.try_get::<String, _>("referenced_name")?,
        ),
        referenced_columns: list(row, "referenced_columns")?,
        on_update: action(row, "on_update")?,
        on_delete: action(row, "on_delete")?,
        on_delete_columns: columns(row, "on_delete_columns", names)?,
        match_full: row.try_get::<&str, _>("match_type")? == "f",
    })
}

fn action(row: &PgRow, column: &str) -> sqlx::Result<Action> {
    Ok(match row.try_get(column)? {
        "a" => Action::NoAction,
        "r" => Action::Restrict,
        "c" => Action::Cascade,
        "n" => Action::SetNull,
        "d" => Action::SetDefault,
        other => return Err(unknown(column, other)),
    })
}
