use super::{Expectation, Probe};
use crate::render::{Statement, literal};

/// How long a guard looks, in seconds. What it has not found by then, the statement itself will tell.
pub const GUARD_SECONDS: u32 = 5;

/// How the text of a guard begins.
const BEGINS: &str = "DO $guard";

/// A statement that stops the run where the expectation does not hold; `None` where the file does not ask.
#[must_use]
pub fn guard(expectation: &Expectation) -> Option<Statement> {
    let Probe::Rows(query) = &expectation.probe else { return None };
    if !expectation.guarded {
        return None;
    }
    // RAISE formats `%`, which a name or label may hold; what stands behind USING is taken as it is. Class 23 is what
    // Postgres itself raises for rows that violate something.
    // Whoever cancels the run means the run: only a timeout is passed over (both are 57014).
    let patience = f64::from(GUARD_SECONDS) - 0.1;
    let body = format!(
        "DECLARE began timestamptz := clock_timestamp();\nBEGIN\n    IF EXISTS ({}) THEN\n        RAISE EXCEPTION USING ERRCODE = '23000', MESSAGE = {},\n            \
         HINT = {};\n    END IF;\nEXCEPTION WHEN query_canceled THEN\n    \
         IF clock_timestamp() < began + interval '{patience} s' THEN RAISE; END IF;\nEND",
        query.find,
        literal(&expectation.violated),
        literal(&format!("find them: {}", query.find)),
    );
    let quote = dollar_quote(&body);
    Some(Statement { sql: format!("DO {quote}\n{body}\n{quote}"), autocommit: false })
}

/// Whether a statement is a guard.
#[must_use]
pub fn is_guard(sql: &str) -> bool {
    sql.starts_with(BEGINS)
}

/// A dollar quote that the body does not hold.
fn dollar_quote(body: &str) -> String {
    let mut quote = "$guard$".to_owned();
    while body.contains(&quote) {
        quote.insert(quote.len() - 1, '_');
    }
    quote
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dollar_quote_is_not_in_what_it_quotes() {
        assert_eq!(dollar_quote("x"), "$guard$");
        assert_eq!(dollar_quote("x $guard$ $guard_$"), "$guard__$");
    }
}
