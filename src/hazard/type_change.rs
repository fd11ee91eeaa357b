//! What a type change does to values (chapter CREATE CAST; the work of each was measured on 13 to 18).

use super::{Hazard, HazardKind, hazard};
use crate::schema::{BaseType, DataType};

/// What a column's becoming another type does to values and table. On what it fails, [`crate::expectation`] says.
pub(super) fn type_change(table: &str, column: &str, from: &DataType, to: &DataType) -> Vec<Hazard> {
    if from == to {
        return Vec::new();
    }
    let mut hazards = Vec::new();
    if loses_precision(from, to) {
        hazards.push(hazard(
            HazardKind::LosesData,
            format!("{to} does not hold all of {from}: values of {table}.{column} are cut or rounded."),
        ));
    }
    if builtin(from).zip(builtin(to)).is_some_and(|(from, to)| reads_as_utc(from, to)) {
        hazards.push(hazard(
            HazardKind::LosesData,
            format!("values of {table}.{column} are taken as UTC; where they are not, they shift."),
        ));
    }
    if !is_free(from, to) {
        hazards.push(hazard(HazardKind::Rewrites, format!("{table} is rewritten and locked meanwhile.")));
    }
    hazards
}

/// With and without time zone: the session's zone decides, and autogen's sessions are in UTC.
fn reads_as_utc(from: &str, to: &str) -> bool {
    let zoned = |name: &str| name == "timestamp with time zone";
    let plain = |name: &str| name == "timestamp without time zone" || name == "date";
    (zoned(from) && plain(to)) || (plain(from) && zoned(to))
}

/// Casts that round or leave out instead of failing.
fn loses_precision(from: &DataType, to: &DataType) -> bool {
    let (BaseType::Builtin(source), BaseType::Builtin(target)) = (&from.base, &to.base) else { return false };
    match (source.as_str(), target.as_str()) {
        ("real" | "double precision", "numeric") => true,
        (source, "numeric") if is_text(source) => to.scale().is_some(),
        (source, "date") if is_text(source) => true,
        (source, target) if is_text(source) && target.starts_with("time") => to.precision().is_some(),
        ("numeric", "numeric") => to.scale().is_some_and(|after| from.scale().is_none_or(|before| before > after)),
        ("numeric" | "real" | "double precision", "smallint" | "integer" | "bigint")
        | ("integer" | "bigint", "real")
        | ("bigint", "double precision")
        | ("smallint" | "integer" | "bigint", "boolean")
        | ("numeric" | "double precision", "real")
        | ("numeric", "double precision")
        | ("timestamp without time zone" | "timestamp with time zone", "date" | "time without time zone")
        | ("timestamp with time zone", "time with time zone")
        | ("time with time zone", "time without time zone")
        // Of a key that stands twice the last stays, and the order of keys goes.
        | ("json", "jsonb") => true,
        (before, after) if before == after && (before.starts_with("time") || before == "interval") => {
            to.precision().is_some_and(|after| from.precision().is_none_or(|before| before > after))
        }
        _ => false,
    }
}

fn builtin(data_type: &DataType) -> Option<&str> {
    match &data_type.base {
        BaseType::Builtin(name) if !data_type.array => Some(name),
        BaseType::Builtin(_) | BaseType::Enum(_) | BaseType::Other(_) => None,
    }
}

fn is_text(name: &str) -> bool {
    matches!(name, "text" | "character varying" | "character" | "name")
}

/// Type changes that touch the catalog only (measured on 13 to 18).
fn is_free(from: &DataType, to: &DataType) -> bool {
    let (Some(source), Some(target)) = (builtin(from), builtin(to)) else { return false };
    let grows = to.precision().is_none_or(|after| from.precision().is_some_and(|before| before <= after));
    match (source, target) {
        ("character varying", "character varying" | "text") | ("bit varying", "bit varying") => grows,
        ("text", "character varying") => to.precision().is_none(),
        ("numeric", "numeric") => grows && (to.precision().is_none() || from.scale() == to.scale()),
        ("cidr", "inet") => true,
        // Sessions of autogen run in UTC, where both store the same instant.
        ("timestamp without time zone" | "timestamp with time zone", target) if target.starts_with("timestamp") => {
            to.precision().is_none_or(|after| from.precision().is_some_and(|before| before <= after))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(from: &str, to: &str) -> Vec<HazardKind> {
        let parse = |printed: &str| DataType::parse(printed, BaseType::Builtin);
        let mut kinds: Vec<_> = type_change("t", "c", &parse(from), &parse(to)).into_iter().map(|it| it.kind).collect();
        kinds.sort();
        kinds
    }

    #[test]
    fn type_changes_say_what_they_do_to_rows() {
        use HazardKind::{LosesData, Rewrites};
        assert_eq!(kinds("character varying(20)", "character varying(50)"), []);
        assert_eq!(kinds("character varying(50)", "text"), []);
        assert_eq!(kinds("character varying(50)", "character varying(20)"), [Rewrites]);
        assert_eq!(kinds("text", "character varying(20)"), [Rewrites]);
        assert_eq!(kinds("integer", "bigint"), [Rewrites]);
        assert_eq!(kinds("bigint", "integer"), [Rewrites]);
        assert_eq!(kinds("text", "integer"), [Rewrites]);
        assert_eq!(kinds("numeric(10,2)", "numeric(12,2)"), []);
        assert_eq!(kinds("numeric(10,4)", "numeric(10,2)"), [LosesData, Rewrites]);
        assert_eq!(kinds("timestamp with time zone", "timestamp without time zone"), [LosesData]);
        assert_eq!(kinds("timestamp(3) with time zone", "timestamp(6) with time zone"), []);
        assert_eq!(kinds("time(3) without time zone", "time(0) without time zone"), [LosesData, Rewrites]);
        assert_eq!(kinds("interval", "interval(3)"), [LosesData, Rewrites]);
        assert_eq!(kinds("json", "jsonb"), [LosesData, Rewrites]);
        assert_eq!(kinds("timestamp with time zone", "date"), [LosesData, LosesData, Rewrites]);
        assert_eq!(kinds("uuid", "text"), [Rewrites]);
    }
}
