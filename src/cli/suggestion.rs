//! What a hint suggests where a plan needs the user's words: expressions that Postgres takes as they stand.

use super::unanswered::path;
use crate::render::{identifier, literal};
use crate::schema::{BaseType, Column, DataType, QualifiedName, Schema};

/// An argument of a flag as a shell takes it: `users.bio="''"`, `'"Order Line".bio=0'`.
pub(super) fn argument(table: &QualifiedName, column: &str, expression: &str, default_namespace: &str) -> String {
    let path = path(table, Some(column), default_namespace);
    let plain = |text: &str| text.chars().all(|it| it.is_alphanumeric() || "_-.".contains(it));
    match (plain(&path), plain(expression)) {
        (true, true) => format!("{path}={expression}"),
        (true, false) => format!("{path}={}", quoted(expression)),
        (false, _) => quoted(&format!("{path}={expression}")),
    }
}

/// In double quotes where that needs no escapes, else in single ones.
fn quoted(text: &str) -> String {
    if text.contains(['"', '$', '`', '\\', '!']) {
        format!("'{}'", text.replace('\'', "'\\''"))
    } else {
        format!("\"{text}\"")
    }
}

/// What may fill a column: a value of its type that says little.
pub(super) fn fill(column: &Column, desired: &Schema) -> String {
    let data_type = &column.data_type;
    if data_type.array {
        return "'{}'".to_owned();
    }
    match &data_type.base {
        BaseType::Enum(name) => {
            desired.enum_type(name).and_then(|it| it.labels.first()).map_or_else(|| "''".to_owned(), |it| literal(it))
        }
        BaseType::Builtin(name) => match name.as_str() {
            "boolean" => "false",
            "uuid" => "gen_random_uuid()",
            "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" | "money" | "oid" => "0",
            "date" => "current_date",
            "json" | "jsonb" => "'{}'",
            "interval" => "'0 days'",
            "inet" | "cidr" => "'0.0.0.0'",
            "macaddr" => "'00:00:00:00:00:00'",
            "bit" => "B'0'",
            name if name.starts_with("timestamp") => "now()",
            name if name.starts_with("time ") => "'00:00'",
            _ => "''",
        }
        .to_owned(),
        BaseType::Other(_) => "''".to_owned(),
    }
}

/// How a column may become another type. Most often by way of its text, which may fail on a value and never on the
/// types.
pub(super) fn using(column: &str, from: &DataType, to: &DataType, sql_type: &str) -> String {
    let name = identifier(column);
    match (from.array, to.array) {
        (false, true) if from.base == to.base => return format!("ARRAY[{name}]"),
        (true, false) if from.base == to.base => return format!("{name}[1]"),
        (true, true) => return format!("{name}::text[]::{sql_type}"),
        (false, true) | (true, false) | (false, false) => {}
    }
    let is_integer = |it: &DataType| matches!(it.builtin_name(), Some("smallint" | "integer" | "bigint"));
    let is_number =
        |it: &DataType| is_integer(it) || matches!(it.builtin_name(), Some("numeric" | "real" | "double precision"));
    let is_time = |it: &DataType| it.builtin_name().is_some_and(|it| it.starts_with("timestamp ") || it == "date");
    match (from.builtin_name(), to.builtin_name()) {
        // As many digits as a uuid has.
        (_, Some("uuid")) if is_integer(from) => format!("lpad(to_hex({name}), 32, '0')::uuid"),
        (Some("boolean"), _) if is_number(to) => format!("{name}::integer"),
        (_, Some("boolean")) if is_number(from) => format!("{name} <> 0"),
        (_, Some("date")) if is_number(from) => format!("to_timestamp({name})::date"),
        (_, Some(_)) if is_number(from) && is_time(to) => format!("to_timestamp({name})"),
        (Some(_), _) if is_time(from) && is_number(to) => format!("extract(epoch FROM {name})"),
        (_, Some("json" | "jsonb")) => format!("to_json({name})"),
        _ => format!("{name}::text::{sql_type}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_it_as_it_is_meant() {
        let argument =
            |table: &str, expression: &str| argument(&QualifiedName::new("public", table), "bio", expression, "public");
        assert_eq!(argument("users", "0"), "users.bio=0");
        assert_eq!(argument("users", "''"), "users.bio=\"''\"");
        assert_eq!(argument("users", "\"bio\"::text"), "users.bio='\"bio\"::text'");
        assert_eq!(argument("Order Line", "''"), r#"'"Order Line".bio='\'''\'''"#);
    }
}
