//! A plan as a `MigrationTrait` file; `migration` is the mirror.
//!
//! The form is the one that rustfmt leaves alone whatever its width is: a literal that begins and ends on lines of its
//! own is never moved.

use askama::Template;

use super::migration::AUTOCOMMIT;
use super::version::Version;
use crate::error::{Error, Kind, Result};
use crate::migration::render::{check, one_line, sections};
use crate::migration::{Block, Plan, Statement};

#[derive(Template)]
#[template(path = "migration.rs.txt", escape = "none")]
struct File<'a> {
    message: String,
    id: &'a str,
    parents: String,
    create_date: &'a str,
    renames: Vec<String>,
    upgrade: Method,
    downgrade: Method,
    alone: bool,
}

/// One of the two methods.
struct Method {
    manager: &'static str,
    body: String,
}

#[derive(Template)]
#[template(path = "migration_body.rs.txt", escape = "none")]
struct Body {
    parts: Vec<Part>,
}

/// Lines of a method.
enum Part {
    /// The connection that the Migrator brings, in its transaction.
    Connect,
    /// A transaction of our own.
    Begin,
    /// Its end.
    Commit,
    /// What follows is outside of one.
    Alone,
    /// What is said and not done.
    Remark(Vec<String>),
    /// A statement with what is said of it.
    Statement(Said),
}

struct Said {
    remarks: Vec<String>,
    literal: String,
    connection: &'static str,
}

/// The text of a plan's file.
///
/// # Errors
/// [`Kind::Refused`] where a statement must run outside of a transaction and this version of sea-orm-migration has no
/// way to; [`Kind::Error`] when a statement cannot stand in a file.
pub(super) fn render(plan: &Plan, version: Option<&Version>) -> Result<String> {
    for statement in plan.upgrade_statements().chain(plan.downgrade_statements()) {
        check(statement)?;
    }
    let mut statements = plan.upgrade_statements().chain(plan.downgrade_statements());
    let alone = statements.find(|it| it.autocommit);
    if let (Some(statement), Some(version)) = (alone, version.filter(|it| !it.has_use_transaction())) {
        return Err(no_way(statement, version));
    }
    let alone = alone.is_some();
    let revision = &plan.revision;
    let file = File {
        message: one_line(&revision.message),
        id: &revision.id,
        parents: revision.parents.join(", "),
        create_date: &revision.create_date,
        renames: plan.renames.iter().map(|rename| one_line(rename)).collect(),
        upgrade: Method::new(&plan.upgrade, alone)?,
        downgrade: Method::new(&plan.downgrade, alone)?,
        alone,
    };
    Ok(format!("{}\n", file.render().map_err(unrendered)?.trim_end()))
}

fn unrendered(cause: askama::Error) -> Error {
    Error::new(Kind::Error, "cannot render the migration").caused_by(cause)
}

fn no_way(statement: &Statement, version: &Version) -> Error {
    let first = statement.sql.lines().next().unwrap_or_default();
    Error::new(
        Kind::Refused,
        format!(
            "this must run outside of a transaction, and sea-orm-migration {} runs all migrations in one: {first}",
            version.text
        ),
    )
    .hint("sea-orm-migration 2.0 has `use_transaction`: with it in Cargo.lock, autogen writes it")
    .hint("or let the entities change in two deploys, so that a value is added in one and used in the next")
}

impl Method {
    fn new(blocks: &[Block], alone: bool) -> Result<Self> {
        if blocks.iter().all(|it| it.statements.is_empty()) {
            let body = "        // manager.get_connection().execute_unprepared(\"..\").await?;\n".to_owned();
            return Ok(Self { manager: "_manager", body });
        }
        let body = Body { parts: parts(blocks, alone) }.render().map_err(unrendered)?;
        Ok(Self { manager: "manager", body: body.trim_start_matches('\n').to_owned() })
    }
}

fn parts(blocks: &[Block], alone: bool) -> Vec<Part> {
    let mut parts = if alone { Vec::new() } else { vec![Part::Connect] };
    let mut within = None;
    for section in sections(blocks) {
        let mut remarks = section.remarks();
        for statement in section.statements() {
            if alone && within != Some(statement.autocommit) {
                if within == Some(false) {
                    parts.push(Part::Commit);
                }
                parts.push(if statement.autocommit { Part::Alone } else { Part::Begin });
                within = Some(statement.autocommit);
            }
            parts.push(Part::Statement(Said {
                remarks: std::mem::take(&mut remarks),
                literal: literal(&statement.sql),
                connection: if statement.autocommit { AUTOCOMMIT } else { "db" },
            }));
        }
        if !remarks.is_empty() {
            parts.push(Part::Remark(remarks));
        }
    }
    if within == Some(false) {
        parts.push(Part::Commit);
    }
    parts
}

/// A Rust literal that begins with a line break and ends with one. Raw, unless a character would not survive there or
/// could deceive a reader.
fn literal(sql: &str) -> String {
    let deceives = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    if sql.chars().any(|c| (c.is_control() && c != '\n' && c != '\t') || deceives(c)) {
        let escaped: String =
            sql.chars().flat_map(|c| if c == '\'' { vec![c] } else { c.escape_debug().collect() }).collect();
        let escaped: String =
            escaped.chars().flat_map(|c| if deceives(c) { c.escape_unicode().collect() } else { vec![c] }).collect();
        return format!("\"\\\n            {escaped}\\\n            \"");
    }
    let longest = sql.split('"').skip(1).map(|rest| rest.len() - rest.trim_start_matches('#').len()).max();
    let hashes = "#".repeat(longest.map_or(0, |longest| longest + 1));
    match sql.contains('\n') {
        // Inside of a quoted text every space counts.
        true => format!("r{hashes}\"\n{sql}\n\"{hashes}"),
        false => format!("r{hashes}\"\n            {sql}\n            \"{hashes}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_hold_what_they_are_given() {
        for sql in [
            "SELECT 1",
            "SELECT \"a\"",
            "SELECT '\"#'",
            "SELECT '\"##\"#'",
            "a\nb\n  c",
            "SELECT 'a\r\nb'",
            "x '\u{202e}' \\ \t'",
        ] {
            let text = literal(sql);
            let parsed: syn::LitStr = syn::parse_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(parsed.value().trim(), sql, "{text}");
        }
        assert_eq!(literal("SELECT 1"), "r\"\n            SELECT 1\n            \"");
        assert_eq!(literal("SELECT \"#\""), "r##\"\n            SELECT \"#\"\n            \"##");
    }
}
