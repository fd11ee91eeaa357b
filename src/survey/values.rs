//! Whether an expression has a value of a type for every row: tried by Postgres, in a block that writes nothing.

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

use super::{EXAMPLES, Violation, begin};
use crate::expectation::Values;

pub(super) async fn count(conn: &mut PgConnection, values: &Values) -> sqlx::Result<Option<Violation>> {
    let mut transaction = conn.begin().await?;
    begin(&mut transaction).await?;
    let found = found(&mut transaction, values).await;
    transaction.rollback().await?;
    let (count, rows) = found?;
    if count == 0 {
        return Ok(None);
    }
    Ok(Some(Violation {
        count: Some(count),
        examples: Vec::new(),
        more: usize::try_from(count).is_ok_and(|count| count > EXAMPLES),
        find: format!("SELECT * FROM {} WHERE ctid IN ({rows})", values.table),
    }))
}

async fn found(conn: &mut PgConnection, values: &Values) -> sqlx::Result<(i64, String)> {
    sqlx::raw_sql(AssertSqlSafe(block(values))).execute(&mut *conn).await?;
    let read = "SELECT current_setting('autogen.found')::bigint, current_setting('autogen.rows')";
    let row = sqlx::query(read).persistent(false).fetch_one(conn).await?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}

/// Assigning to a variable is the assignment cast that ALTER TABLE makes. First all rows at once, which is fast; where
/// one of them fails, each for itself. Errors that speak of the expression instead of a value end it all.
fn block(values: &Values) -> String {
    let Values { source, condition, expression, data_type, not_null, .. } = values;
    let filter = condition.as_ref().map(|it| format!(" WHERE {it}")).unwrap_or_default();
    let refuse_null =
        if *not_null { "IF autogen_value IS NULL THEN RAISE null_value_not_allowed; END IF;" } else { "" };
    let about_a_value = "IF left(SQLSTATE, 2) NOT IN ('21', '22', '23', 'P0') THEN RAISE; END IF;";
    let body = format!(
        "
#variable_conflict use_column
DECLARE
    autogen_value {data_type};
    autogen_row record;
    autogen_found bigint := 0;
    autogen_rows text[] := '{{}}';
BEGIN
    BEGIN
        FOR autogen_value IN SELECT ({expression}) FROM {source}{filter} LOOP
            {refuse_null}
        END LOOP;
    EXCEPTION WHEN OTHERS THEN
        {about_a_value}
        FOR autogen_row IN SELECT ctid, tableoid FROM {source}{filter} LOOP
            BEGIN
                SELECT ({expression}) INTO autogen_value FROM {source}
                    WHERE ctid = autogen_row.ctid AND tableoid = autogen_row.tableoid;
                {refuse_null}
            EXCEPTION WHEN OTHERS THEN
                {about_a_value}
                autogen_found := autogen_found + 1;
                IF autogen_found <= {EXAMPLES} THEN
                    autogen_rows := autogen_rows || quote_literal(autogen_row.ctid);
                END IF;
            END;
        END LOOP;
    END;
    PERFORM set_config('autogen.found', autogen_found::text, true),
        set_config('autogen.rows', array_to_string(autogen_rows, ', '), true);
END
"
    );
    let mut quote = "$survey$".to_owned();
    while body.contains(&quote) {
        quote.insert(quote.len() - 1, '_');
    }
    format!("DO {quote}{body}{quote}")
}
