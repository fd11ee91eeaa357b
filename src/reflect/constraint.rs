//! A row of `constraints.sql` → [`Constraint`]. The letters stand in the chapter on `pg_constraint`.

use sqlx::Row;
use sqlx::postgres::PgRow;

use super::catalog::{names, unknown};
use super::text::without_outer_parentheses;
use crate::schema::{Action, Constraint, ConstraintKind, Deferrability, Expression, ForeignKey, QualifiedName};

pub(super) fn read(row: &PgRow) -> sqlx::Result<Constraint> {
    Ok(Constraint {
        name: row.try_get("name")?,
        kind: kind(row)?,
        deferrability: match (row.try_get("deferrable")?, row.try_get("deferred")?) {
            (false, _) => Deferrability::NotDeferrable,
            (true, false) => Deferrability::InitiallyImmediate,
            (true, true) => Deferrability::InitiallyDeferred,
        },
        validated: row.try_get("validated")?,
        comment: row.try_get("comment")?,
    })
}

fn kind(row: &PgRow) -> sqlx::Result<ConstraintKind> {
    if let Some(definition) = row.try_get::<Option<&str>, _>("definition")? {
        return verbatim(row, definition);
    }
    Ok(match row.try_get("kind")? {
        "p" => ConstraintKind::PrimaryKey { columns: names(row, "columns")?, include: names(row, "include")? },
        "u" => ConstraintKind::Unique {
            columns: names(row, "columns")?,
            include: names(row, "include")?,
            nulls_not_distinct: row.try_get("nulls_not_distinct")?,
        },
        "f" => ConstraintKind::ForeignKey(foreign_key(row)?),
        "c" => {
            let mut columns = names(row, "columns")?;
            columns.sort_unstable();
            let sql = without_outer_parentheses(row.try_get("expression")?).to_owned();
            ConstraintKind::Check { expression: Expression { sql, columns }, no_inherit: row.try_get("no_inherit")? }
        }
        other => return Err(unknown("contype", other)),
    })
}

/// The definition as Postgres prints it, without what [`Constraint`] has fields for.
fn verbatim(row: &PgRow, definition: &str) -> sqlx::Result<ConstraintKind> {
    let mut sql = definition;
    for suffix in [" NOT VALID", " INITIALLY DEFERRED", " DEFERRABLE"] {
        sql = sql.strip_suffix(suffix).unwrap_or(sql);
    }
    let mut columns = names(row, "mentions")?;
    columns.extend(names(row, "columns")?);
    columns.sort_unstable();
    columns.dedup();
    Ok(ConstraintKind::Exclusion { definition: Expression { sql: sql.to_owned(), columns } })
}

fn foreign_key(row: &PgRow) -> sqlx::Result<ForeignKey> {
    Ok(ForeignKey {
        columns: names(row, "columns")?,
        references: QualifiedName::new(
            row.try_get::<String, _>("referenced_namespace")?,
            row.try_get::<String, _>("referenced_name")?,
        ),
        referenced_columns: names(row, "referenced_columns")?,
        on_update: action(row, "on_update")?,
        on_delete: action(row, "on_delete")?,
        on_delete_columns: names(row, "on_delete_columns")?,
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
