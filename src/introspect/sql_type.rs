//! SQL type names → [`DataType`], under the names that Postgres prints.

use sea_query::{ColumnType, PostgresQueryBuilder, StringLen, TableBuilder as _};

use super::version::Rules;
use crate::schema::{BaseType, DataType, QualifiedName};

/// What a column type is in Postgres. Enums lie in the namespace of the table that uses them.
pub(super) fn data_type(column: &ColumnType, namespace: &str, rules: Rules) -> DataType {
    match column {
        ColumnType::Enum { name, .. } => {
            let name = enum_name(&name.to_string(), namespace);
            DataType { base: BaseType::Enum(name), modifiers: None, array: false }
        }
        ColumnType::Array(element) => data_type(element, namespace, rules).array_of(),
        // SeaORM writes `money(19, 4)`, which Postgres refuses.
        ColumnType::Money(_) => DataType::builtin("money"),
        ColumnType::SmallUnsigned if rules.narrow_unsigned => DataType::builtin("smallint"),
        ColumnType::Unsigned if rules.narrow_unsigned => DataType::builtin("integer"),
        ColumnType::VarBinary(StringLen::N(length)) if rules.binary_as_bits => {
            DataType::builtin("bit varying").with_modifiers(length.to_string())
        }
        ColumnType::Bit(Some(length)) if rules.binary_as_bits => {
            DataType::builtin("bit varying").with_modifiers(length.to_string())
        }
        column => {
            let mut sql = String::new();
            PostgresQueryBuilder.prepare_column_type(column, &mut sql);
            parse(&sql)
        }
    }
}

/// SeaORM has no namespace for an enum, and writes its name between two quotes: people who need one call it
/// `app"."mood`, which comes out as `"app"."mood"`.
fn enum_name(name: &str, namespace: &str) -> QualifiedName {
    match name.split_once("\".\"") {
        Some((namespace, name)) => QualifiedName::new(namespace, name),
        None => QualifiedName::new(namespace, name),
    }
}

/// Whether it can be an identity or serial column.
pub(crate) fn counts(data_type: &DataType) -> bool {
    !data_type.array
        && matches!(&data_type.base, BaseType::Builtin(name) if matches!(name.as_str(), "smallint" | "integer" | "bigint"))
}

/// A type as people write it: `varchar(20)`, `timestamptz(3)`, `int4[]`, `citext`, `vector(3)`.
pub(crate) fn parse(written: &str) -> DataType {
    let mut text = written.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut array = false;
    // Postgres keeps no dimensions: `integer[3][]` is `integer[]`.
    while let Some(open) = text.strip_suffix(']').and_then(|inner| {
        let open = inner.rfind('[')?;
        inner[open + 1..].chars().all(|c| c.is_ascii_digit()).then_some(open)
    }) {
        text = text[..open].trim_end().to_owned();
        array = true;
    }
    let (name, modifiers) = split_modifiers(&text);
    let mut data_type = named(&name, modifiers);
    data_type.array = array;
    data_type
}

fn split_modifiers(text: &str) -> (String, Option<String>) {
    match (text.find('('), text.find(')'), text.contains('"')) {
        (Some(open), Some(close), false) if open < close => {
            let words = format!("{} {}", text[..open].trim_end(), text[close + 1..].trim_start());
            (words.trim_end().to_owned(), Some(text[open + 1..close].replace(' ', "")))
        }
        _ => (text.to_owned(), None),
    }
}

fn named(name: &str, modifiers: Option<String>) -> DataType {
    let lower = name.to_lowercase();
    let lower = lower.strip_prefix("pg_catalog.").unwrap_or(&lower);
    let (printed, modifiers) = match (lower, modifiers) {
        ("int" | "int4" | "integer", none) => ("integer", none),
        ("int2" | "smallint", none) => ("smallint", none),
        ("int8" | "bigint", none) => ("bigint", none),
        ("float4" | "real", none) => ("real", none),
        ("float8" | "float" | "double precision", none) => ("double precision", none),
        ("bool" | "boolean", none) => ("boolean", none),
        ("varchar" | "character varying" | "char varying", length) => ("character varying", length),
        // Without a length it is one character.
        ("char" | "character", length) => ("character", length.or_else(|| Some("1".to_owned()))),
        ("bit", length) => ("bit", length.or_else(|| Some("1".to_owned()))),
        ("varbit" | "bit varying", length) => ("bit varying", length),
        ("decimal" | "dec" | "numeric", precision) => {
            // A scale that is not written is 0, and Postgres prints it.
            let full = |precision: String| if precision.contains(',') { precision } else { format!("{precision},0") };
            ("numeric", precision.map(full))
        }
        ("timestamptz" | "timestamp with time zone", precision) => ("timestamp with time zone", precision),
        ("timestamp" | "timestamp without time zone", precision) => ("timestamp without time zone", precision),
        ("timetz" | "time with time zone", precision) => ("time with time zone", precision),
        ("time" | "time without time zone", precision) => ("time without time zone", precision),
        (other, modifiers) => {
            let base = match is_builtin(other) {
                true => BaseType::Builtin(other.to_owned()),
                false if name == "\"char\"" => BaseType::Builtin(name.to_owned()),
                // Unquoted names are folded to lower case by Postgres, quoted ones are kept.
                false if name.contains('"') => BaseType::Other(name.to_owned()),
                false => BaseType::Other(other.to_owned()),
            };
            return DataType { base, modifiers, array: false };
        }
    };
    DataType { base: BaseType::Builtin(printed.to_owned()), modifiers, array: false }
}

/// The types of `pg_catalog` that a column can have and that go by one name only.
fn is_builtin(name: &str) -> bool {
    name == "interval"
        || name.starts_with("interval ")
        || matches!(
            name,
            "text"
                | "bytea"
                | "json"
                | "jsonb"
                | "jsonpath"
                | "uuid"
                | "date"
                | "money"
                | "cidr"
                | "inet"
                | "macaddr"
                | "macaddr8"
                | "xml"
                | "point"
                | "line"
                | "lseg"
                | "box"
                | "path"
                | "polygon"
                | "circle"
                | "tsvector"
                | "tsquery"
                | "int4range"
                | "int8range"
                | "numrange"
                | "tsrange"
                | "tstzrange"
                | "daterange"
                | "int4multirange"
                | "int8multirange"
                | "nummultirange"
                | "tsmultirange"
                | "tstzmultirange"
                | "datemultirange"
                | "name"
                | "oid"
                | "regclass"
                | "regproc"
                | "regtype"
                | "regrole"
                | "regnamespace"
                | "regconfig"
                | "regdictionary"
                | "pg_lsn"
                | "xid"
                | "xid8"
                | "cid"
                | "tid"
                | "txid_snapshot"
                | "pg_snapshot"
                | "bpchar"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_get_the_names_that_postgres_prints() {
        for (written, printed) in [
            ("varchar(20)", "character varying(20)"),
            ("char", "character(1)"),
            ("decimal(19, 4)", "numeric(19,4)"),
            ("NUMERIC(10)", "numeric(10,0)"),
            ("timestamptz(3)", "timestamp(3) with time zone"),
            ("timestamp ( 3 ) with time zone", "timestamp(3) with time zone"),
            ("timestamp", "timestamp without time zone"),
            ("int4[][]", "integer[]"),
            ("bit", "bit(1)"),
            ("interval DAY", "interval day"),
        ] {
            let parsed = parse(written);
            assert_eq!(parsed.to_string(), printed);
            assert!(matches!(parsed.base, BaseType::Builtin(_)), "{written}");
        }
    }

    #[test]
    fn other_types_are_kept_in_the_words_of_the_models() {
        assert_eq!(parse("citext").base, BaseType::Other("citext".into()));
        assert_eq!(parse("vector(3)").modifiers.as_deref(), Some("3"));
        assert_eq!(parse("\"Mood\"").base, BaseType::Other("\"Mood\"".into()));
    }
}
