//! The same steps as text, for psql: what a run would do, in its order and with its own records.

use std::fmt::Write as _;

use super::sql::Record;
use super::{Run, journal};
use crate::render::{identifier, literal};

/// Settings of a session, as [`crate::reflect::prepare_session`] makes them.
const SESSION: [(&str, &str); 13] = [
    ("TimeZone", "UTC"),
    ("DateStyle", "ISO, MDY"),
    ("IntervalStyle", "postgres"),
    ("extra_float_digits", "1"),
    ("bytea_output", "hex"),
    ("lc_monetary", "C"),
    ("quote_all_identifiers", "off"),
    ("standard_conforming_strings", "on"),
    ("array_nulls", "on"),
    ("transform_null_equals", "off"),
    ("xmloption", "content"),
    ("backslash_quote", "safe_encoding"),
    ("jit", "off"),
];

/// Words of a statement that may leave the session otherwise than it was.
const CHANGES: [&str; 7] = ["SET", "RESET", "SET_CONFIG", "DISCARD", "DO", "CALL", "SELECT"];

/// What makes the journal where there is none, or brings an early one up to date.
#[must_use]
pub fn journal_script() -> String {
    [journal::CREATE, journal::ALTER].map(|sql| Record::new(sql, &[]).script()).concat()
}

/// The settings that every session of ours has.
#[must_use]
pub fn session_script(default_namespace: &str) -> String {
    let mut script = format!("SET search_path = {};\n", identifier(default_namespace));
    for (name, value) in SESSION {
        // A `String` takes everything.
        let _ = writeln!(script, "SET {name} = {};", literal(value));
    }
    script
}

/// The runs with their transactions and rows of the journal, and each run's records with its last step. The statements
/// try their locks once. `together` is one transaction for all, which no run with an autocommit step can have.
#[must_use]
pub fn script(run: &Run<'_>, together: bool) -> String {
    let mut script = String::new();
    for (index, step) in run.steps.iter().enumerate() {
        let statements: Vec<&str> = step.statements.iter().map(|statement| statement.sql.as_str()).collect();
        if step.autocommit {
            script.push_str(&journal::start(run, index).script());
            script.push_str("SET lock_timeout = 0;\nSET statement_timeout = 0;\n\n");
            push(&mut script, &statements);
            script.push_str("BEGIN;\n\n");
        } else {
            script.push_str(if together { "" } else { "BEGIN;\n" });
            let _ = writeln!(script, "SET LOCAL lock_timeout = {};", run.lock_timeout.as_millis());
            let _ = writeln!(script, "SET LOCAL statement_timeout = {};", run.statement_timeout.as_millis());
            script.push_str("SET LOCAL idle_in_transaction_session_timeout = 0;\n\n");
            push(&mut script, &statements);
        }
        if statements.iter().any(|statement| may_change_session(statement)) {
            script.push_str("RESET ROLE;\n");
            script.push_str(&session_script(run.default_namespace));
            script.push('\n');
        }
        journal::finish(run, index).iter().for_each(|record| script.push_str(&record.script()));
        script.push_str(if together { "\n" } else { "\nCOMMIT;\n\n" });
    }
    if run.steps.is_empty() {
        script.push_str(if together { "" } else { "BEGIN;\n\n" });
        journal::complete(run).iter().for_each(|record| script.push_str(&record.script()));
        script.push_str(if together { "\n" } else { "\nCOMMIT;\n\n" });
    }
    script
}

fn push(script: &mut String, statements: &[&str]) {
    statements.iter().for_each(|statement| {
        let _ = writeln!(script, "{statement};\n");
    });
}

fn may_change_session(statement: &str) -> bool {
    let words = statement.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.into_iter().any(|word| CHANGES.iter().any(|change| word.eq_ignore_ascii_case(change)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_sets_what_a_session_sets() {
        let session = include_str!("../reflect/session.sql");
        let set: Vec<&str> = session.split("set_config('").skip(1).filter_map(|it| it.split('\'').next()).collect();
        let names: Vec<&str> = ["search_path"].into_iter().chain(SESSION.map(|(name, _)| name)).collect();
        assert_eq!(set, names);
        for (name, value) in SESSION {
            assert!(session.contains(&format!("set_config('{name}', '{value}'")), "{name}");
        }
    }

    #[test]
    fn statements_that_may_leave_a_setting_are_known() {
        assert!(may_change_session("set role other"));
        assert!(may_change_session("SELECT pg_catalog.set_config('a', 'b', false)"));
        assert!(!may_change_session("CREATE TABLE settings (id int)"));
    }
}
