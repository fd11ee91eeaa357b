//! Types as sea-query writes them → as Postgres prints them (`format_type`, measured on 15). Written apart from the
//! reader's own table, so that the two check each other.

/// `varchar(20)` is `character varying(20)`; what no part of `pg_catalog` is is `other`.
#[must_use]
pub fn data_type(written: &str) -> String {
    let element = strip_brackets(written);
    let brackets = if element.len() < written.len() { "[]" } else { "" };
    let (name, modifiers) = match element.split_once('(') {
        Some((name, rest)) => (name.trim(), Some(rest.trim_end_matches(')').replace(' ', ""))),
        None => (element, None),
    };
    let name = match name.starts_with('"') {
        true => name.to_owned(),
        false => name.to_lowercase(),
    };
    let with = |printed: &str| match &modifiers {
        Some(modifiers) => format!("{printed}({modifiers})"),
        None => printed.to_owned(),
    };
    let printed = match name.as_str() {
        "varchar" => with("character varying"),
        "char" | "bit" if modifiers.is_none() => format!("{}(1)", if name == "bit" { "bit" } else { "character" }),
        "char" => with("character"),
        "decimal" => with("numeric"),
        "bool" => "boolean".to_owned(),
        "varbit" => with("bit varying"),
        "timestamp" | "timestamp without time zone" => "timestamp without time zone".to_owned(),
        "time" => "time without time zone".to_owned(),
        "text"
        | "smallint"
        | "integer"
        | "bigint"
        | "real"
        | "double precision"
        | "date"
        | "bytea"
        | "json"
        | "jsonb"
        | "uuid"
        | "cidr"
        | "inet"
        | "macaddr"
        | "money"
        | "bit"
        | "timestamp with time zone"
        | "tsvector"
        | "xml"
        | "int4range"
        | "point"
        | "boolean" => with(&name),
        interval if interval == "interval" || interval.starts_with("interval ") => with(interval),
        other => format!("other {}", with(other)),
    };
    format!("{printed}{brackets}")
}

/// Postgres keeps no dimensions.
fn strip_brackets(written: &str) -> &str {
    let mut element = written;
    while let Some(inner) = element.strip_suffix("[]") {
        element = inner;
    }
    element
}
