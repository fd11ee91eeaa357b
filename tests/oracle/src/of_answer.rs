//! What SeaORM says → facts, under the names that Postgres would give and print. Nothing is repaired: what the reader
//! does otherwise on purpose stands in [`known`](crate::known).

use crate::answer::{Answer, Column, Table, Type};
use crate::facts::Facts;
use crate::known::Versions;
use crate::printed;

/// Tables without a `schema_name` are in this one.
const DEFAULT: &str = "public";

impl Answer {
    /// Which SeaORM answers.
    #[must_use]
    pub fn version(&self) -> Versions {
        if self.before_2 { Versions::Before2 } else { Versions::Since2 }
    }
}

/// Every fact of what SeaORM would create.
#[must_use]
pub fn facts(answer: &Answer) -> Facts {
    let mut facts = Facts::default();
    for table in &answer.tables {
        for statement in &table.enums {
            let (name, labels) = enum_type(statement);
            let object = format!("enum {DEFAULT}.{name}");
            let labels = format!("{labels:?}");
            // Each entity that uses the type says so.
            if facts.get("", &object, "labels") != Some(&labels) {
                facts.object("", &object, &[("labels", labels)]);
            }
        }
        add_table(&mut facts, &answer.counting, table);
    }
    facts
}

fn qualified(schema: Option<&String>, name: &str) -> String {
    format!("{}.{name}", schema.map_or(DEFAULT, |schema| schema))
}

fn add_table(facts: &mut Facts, counting: &str, table: &Table) {
    let name = qualified(table.schema.as_ref(), &table.name);
    let order: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let mut own = vec![("columns", format!("{order:?}"))];
    own.extend(comment(table.comment.as_deref()));
    facts.object(&name, "table", &own);
    for column in &table.columns {
        add_column(facts, counting, table, column, &name);
    }
    if let Some((key, columns)) = &table.key {
        facts.object(&name, "primary key", &[("name", key.clone()), ("columns", format!("{columns:?}"))]);
    }
    let mut keys: Vec<_> = table.foreign_keys.iter().collect();
    keys.sort_by(|a, b| a.name.cmp(&b.name));
    for key in keys {
        let references = qualified(key.references.0.as_ref(), &key.references.1);
        let object = format!("foreign key {:?} -> {references} {:?}", key.columns, key.referenced_columns);
        let action = |action: &Option<String>| action.clone().unwrap_or_else(|| "NoAction".to_owned());
        let own =
            [("name", key.name.clone()), ("on update", action(&key.on_update)), ("on delete", action(&key.on_delete))];
        facts.object(&name, &object, &own);
    }
    let mut indexes: Vec<_> = table.indexes.iter().collect();
    indexes.sort_by(|a, b| a.name.cmp(&b.name));
    for index in indexes {
        let own = [("name", index.name.clone()), ("on table", indexed_table(&index.sql))];
        let kind = if index.unique { "unique index" } else { "index" };
        facts.object(&name, &format!("{kind} {:?}", index.columns), &own);
    }
}

fn add_column(facts: &mut Facts, counting: &str, table: &Table, column: &Column, owner: &str) {
    let name = &column.name;
    let mut own =
        vec![("type", data_type(column)), ("nullable", (column.nullable && !in_key(table, name)).to_string())];
    if column.nullable && in_key(table, name) {
        own.push(("written as", "NULL".to_owned()));
    }
    own.extend(column.default.clone().map(|default| ("default", default)));
    if column.auto_increment {
        own.push(match counting {
            "serial" => {
                let sequence = format!("{}_{name}_seq", table.name);
                ("counts up", format!("serial, {}", qualified(table.schema.as_ref(), &sequence)))
            }
            counting => ("counts up", counting.to_owned()),
        });
    }
    own.extend(comment(column.comment.as_deref()));
    let extra = column.extra.as_deref().map(clauses).unwrap_or_default();
    own.extend(extra.facts);
    facts.object(owner, &format!("column {name}"), &own);
    if column.unique {
        let key = format!("{}_{name}_key", table.name);
        facts.object(owner, &format!("unique {:?}", [name]), &[("name", key)]);
    }
    if column.primary_key {
        let key = format!("{}_pkey", table.name);
        facts.object(owner, "primary key", &[("name", key), ("columns", format!("{:?}", [name]))]);
    }
    for (written, condition) in extra.checks {
        // The checks of the oracle's entities are on their own column.
        let check = written.unwrap_or_else(|| format!("{}_{name}_check", table.name));
        facts.object(owner, &format!("check {condition}"), &[("name", check)]);
    }
}

fn in_key(table: &Table, column: &String) -> bool {
    let together = table.key.iter().any(|(_, columns)| columns.contains(column));
    together || table.columns.iter().any(|other| &other.name == column && other.primary_key)
}

/// SeaORM keeps comments, and sea-query's writer for Postgres leaves them out.
fn comment(comment: Option<&str>) -> Option<(&'static str, String)> {
    comment.map(|comment| ("comment", format!("{}{comment}", crate::known::NOT_WRITTEN)))
}

fn data_type(column: &Column) -> String {
    fn innermost(declared: &Type) -> &Type {
        match declared {
            Type::Array(element) => innermost(element),
            Type::Enum(..) | Type::Plain => declared,
        }
    }
    let array = column.written.ends_with("[]");
    match innermost(&column.declared) {
        // Written without quotes: Postgres folds it, and looks for it in the default namespace.
        Type::Enum(..) => {
            let name = column.written.trim_end_matches("[]");
            let name = name
                .strip_prefix('"')
                .and_then(|name| name.strip_suffix('"'))
                .map_or_else(|| name.to_lowercase(), |quoted| quoted.replace("\"\"", "\""));
            format!("enum {DEFAULT}.{name}{}", if array { "[]" } else { "" })
        }
        Type::Plain | Type::Array(_) => printed::data_type(&column.written),
    }
}

/// Name and labels of `CREATE TYPE "name" AS ENUM ('a', E'it\\'s')`.
fn enum_type(statement: &str) -> (String, Vec<String>) {
    let mut quoted = Vec::new();
    let mut before = ' ';
    let mut letters = statement.chars().peekable();
    while let Some(letter) = letters.next() {
        if matches!(letter, '"' | '\'') {
            quoted.push(unquoted(&mut letters, letter, before == 'E'));
        }
        before = letter;
    }
    let labels = quoted.split_off(1);
    (quoted.remove(0), labels)
}

/// What stands up to the closing quote.
fn unquoted(letters: &mut std::iter::Peekable<std::str::Chars<'_>>, quote: char, escapes: bool) -> String {
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if escapes => text.extend(letters.next()),
            _ if letter == quote && letters.peek() == Some(&quote) => text.extend(letters.next()),
            _ if letter == quote => break,
            _ => text.push(letter),
        }
    }
    text
}

/// The table of `CREATE INDEX "name" ON "schema"."table" (..)`.
fn indexed_table(statement: &str) -> String {
    let (_, rest) = statement.split_once("\" ON ").expect("an index is on a table");
    let (table, _) = rest.split_once(" (").expect("an index has columns");
    let parts: Vec<String> = table.split("\".\"").map(|part| part.trim_matches('"').replace("\"\"", "\"")).collect();
    match parts.as_slice() {
        [schema, name] => format!("{schema}.{name}"),
        _ => format!("{DEFAULT}.{}", parts.concat()),
    }
}

/// The clauses of `extra`.
#[derive(Default)]
struct Clauses {
    facts: Vec<(&'static str, String)>,
    checks: Vec<(Option<String>, String)>,
}

/// Splits the clauses that the oracle's entities use.
fn clauses(extra: &str) -> Clauses {
    let mut clauses = Clauses::default();
    let mut rest = extra.trim();
    let mut name = None;
    while !rest.is_empty() {
        let word = rest.split(' ').next().unwrap_or_default();
        let after = rest[word.len()..].trim_start();
        match word {
            "GENERATED" if after.starts_with("ALWAYS AS (") => {
                let (inside, further) = parenthesised(&after["ALWAYS AS ".len()..]);
                clauses.facts.push(("generated", inside.to_owned()));
                rest = further.trim_start().strip_prefix("STORED").expect("only stored columns").trim_start();
            }
            "GENERATED" => {
                let always = after.starts_with("ALWAYS");
                clauses.facts.push(("counts up", if always { "identity, always" } else { "identity" }.to_owned()));
                rest = after.split_once("IDENTITY").expect("identity").1.trim_start();
            }
            "COLLATE" => {
                let (collation, further) = after.split_once(' ').unwrap_or((after, ""));
                clauses.facts.push(("collation", collation.to_owned()));
                rest = further.trim_start();
            }
            "CONSTRAINT" => {
                let (written, further) = after.split_once(' ').expect("a named constraint");
                name = Some(written.to_owned());
                rest = further;
            }
            "CHECK" => {
                let (inside, further) = parenthesised(after);
                clauses.checks.push((name.take(), inside.to_owned()));
                rest = further.trim_start();
            }
            "DEFAULT" => {
                let (default, further) = after.split_once(" CHECK ").unwrap_or((after, ""));
                clauses.facts.push(("default", default.to_owned()));
                rest = after[default.len()..].trim_start();
                debug_assert!(further.is_empty() || rest.starts_with("CHECK"));
            }
            other => panic!("the oracle's entities have no such clause: {other}"),
        }
    }
    clauses
}

/// What stands between the first parentheses, and what comes after them.
fn parenthesised(text: &str) -> (&str, &str) {
    let mut depth = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' if depth == 1 => return (&text[1..at], &text[at + 1..]),
            ')' => depth -= 1,
            _ => {}
        }
    }
    panic!("not closed: {text}")
}
