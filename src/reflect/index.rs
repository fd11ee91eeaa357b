//! Rows of `indexes.sql` and `index_keys.sql` → [`Index`].

use sqlx::Row;
use sqlx::postgres::PgRow;

use super::catalog::{ColumnNames, list, unknown};
use super::text::without_outer_parentheses;
use crate::schema::{Expression, Index, IndexKey, KeyTarget};

/// The index; keys that are expressions are empty until [`refine`].
pub(super) fn read(row: &PgRow, column_names: &ColumnNames, comment: Option<String>) -> sqlx::Result<Index> {
    let mut index = Index {
        name: row.try_get("name")?,
        unique: row.try_get("unique")?,
        method: row.try_get("method")?,
        keys: Vec::new(),
        include: Vec::new(),
        predicate: expression(row, "predicate", "predicate_tree", column_names)?,
        nulls_not_distinct: row.try_get("nulls_not_distinct")?,
        options: list(row, "options")?,
        valid: row.try_get("valid")?,
        comment,
    };
    let key_count = usize::try_from(row.try_get::<i16, _>("key_count")?).unwrap_or_default();
    let mut options = list::<i16>(row, "options_of_keys")?.into_iter();
    for (position, number) in list::<i16>(row, "columns")?.into_iter().enumerate() {
        let target = match column_names.get(&number) {
            Some(column) if position >= key_count => {
                index.include.push(column.clone());
                continue;
            }
            Some(column) => KeyTarget::Column(column.clone()),
            None if number == 0 => KeyTarget::Expression(Expression::new("")),
            None => return Err(unknown("indkey", &number.to_string())),
        };
        let options = options.next().unwrap_or_default();
        index.keys.push(IndexKey {
            target,
            collation: None,
            operator_class: None,
            // INDOPTION_DESC and INDOPTION_NULLS_FIRST of pg_index.h.
            descending: options & 1 != 0,
            nulls_first: options & 2 != 0,
        });
    }
    Ok(index)
}

/// What a key is besides a column and an order.
pub(super) fn refine(index: &mut Index, row: &PgRow, column_names: &ColumnNames) -> sqlx::Result<()> {
    let position: i16 = row.try_get("position")?;
    let at = usize::try_from(position - 1).unwrap_or(usize::MAX);
    let key = index.keys.get_mut(at).ok_or_else(|| unknown("attnum of an index", &position.to_string()))?;
    if let Some(expression) = expression(row, "expression", "tree", column_names)? {
        key.target = KeyTarget::Expression(expression);
    }
    key.collation = row.try_get("collation")?;
    key.operator_class = row.try_get("operator_class")?;
    Ok(())
}

fn expression(row: &PgRow, sql: &str, tree: &str, names: &ColumnNames) -> sqlx::Result<Option<Expression>> {
    let Some(printed) = row.try_get::<Option<&str>, _>(sql)? else { return Ok(None) };
    // A key that is an operator has two pairs, the expression's own and the key list's.
    let sql = without_outer_parentheses(without_outer_parentheses(printed)).to_owned();
    let mut columns: Vec<String> =
        column_numbers(row.try_get(tree)?).filter_map(|number| names.get(&number).cloned()).collect();
    columns.sort_unstable();
    columns.dedup();
    Ok(Some(Expression { sql, columns }))
}

/// The columns that a `pg_node_tree` mentions: `{VAR :varno 1 :varattno 2 ..}`. A text constant stands in it as the
/// numbers of its bytes, so that no user's text looks like one.
fn column_numbers(tree: &str) -> impl Iterator<Item = i16> {
    let after = tree.split(":varattno ").skip(1);
    after.filter_map(|rest| rest.split(|it: char| !it.is_ascii_digit()).next()?.parse().ok())
}
