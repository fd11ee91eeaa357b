//! Rows of `indexes.sql` and `index_keys.sql` → [`Index`].

use sqlx::Row;
use sqlx::postgres::PgRow;

use super::catalog::{ColumnNames, list, mentions, unknown};
use super::text::without_outer_parentheses;
use crate::schema::{Expression, Index, IndexKey, KeyTarget};

/// The index without its keys.
pub(super) fn read(row: &PgRow, column_names: &ColumnNames) -> sqlx::Result<Index> {
    Ok(Index {
        name: row.try_get("name")?,
        unique: row.try_get("unique")?,
        method: row.try_get("method")?,
        keys: Vec::new(),
        include: Vec::new(),
        predicate: expression(row, "predicate", "predicate_mentions", column_names)?,
        nulls_not_distinct: row.try_get("nulls_not_distinct")?,
        options: list(row, "options")?,
        valid: row.try_get("valid")?,
        comment: row.try_get("comment")?,
    })
}

/// The next key or INCLUDE column.
pub(super) fn add_key(index: &mut Index, row: &PgRow, column_names: &ColumnNames) -> sqlx::Result<()> {
    let column: Option<String> = row.try_get("column_name")?;
    let target = match (column, expression(row, "expression", "mentions", column_names)?) {
        (Some(column), _) if row.try_get("included")? => {
            index.include.push(column);
            return Ok(());
        }
        (Some(column), _) => KeyTarget::Column(column),
        (None, Some(expression)) => KeyTarget::Expression(expression),
        (None, None) => return Err(unknown("indkey", "neither column nor expression")),
    };
    index.keys.push(IndexKey {
        target,
        collation: row.try_get("collation")?,
        operator_class: row.try_get("operator_class")?,
        descending: row.try_get("descending")?,
        nulls_first: row.try_get("nulls_first")?,
    });
    Ok(())
}

fn expression(row: &PgRow, sql: &str, mentioned: &str, names: &ColumnNames) -> sqlx::Result<Option<Expression>> {
    let Some(printed) = row.try_get::<Option<&str>, _>(sql)? else { return Ok(None) };
    // A key that is an operator has two pairs, the expression's own and the key list's.
    let sql = without_outer_parentheses(without_outer_parentheses(printed)).to_owned();
    Ok(Some(Expression { sql, columns: mentions(row, mentioned, names)? }))
}
