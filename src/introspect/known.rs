//! Types of crates that are not read: what SeaORM stores them as.
//!
//! From the `ValueType` impls of sea-query (`src/value/*.rs`) and the names of `sea_orm::entity::prelude`.

use sea_query::{ColumnType, StringLen};

/// A known type.
#[derive(Debug, Clone)]
pub(super) enum Known {
    /// A column type; whether the Rust type allows for no other of Postgres.
    Scalar(ColumnType, Exact),
    /// `Option<T>`: as `T`.
    Option,
    /// `Vec<T>`: an array, or bytes.
    Vec,
    /// `Cow<'_, str>`.
    Cow,
}

/// Whether a Rust type goes with exactly one type of Postgres.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exact {
    Yes,
    /// One of a family: any text type, json or jsonb, any precision.
    Family,
}

/// Crates whose types stand in this table. They are never read, even as path dependencies.
pub(super) fn is_crate(name: &str) -> bool {
    matches!(
        name,
        "std"
            | "core"
            | "alloc"
            | "sea_orm"
            | "sea_query"
            | "chrono"
            | "time"
            | "jiff"
            | "uuid"
            | "rust_decimal"
            | "bigdecimal"
            | "serde_json"
            | "ipnetwork"
            | "mac_address"
            | "pgvector"
            | "sqlx"
            | "serde"
            | "strum"
            | "async_trait"
    )
}

/// Names that need no import.
pub(super) fn in_prelude(name: &str) -> bool {
    knows(&[name.to_owned()])
}

/// Whether the path names a known type.
pub(super) fn knows(path: &[String]) -> bool {
    known(path).is_some()
}

/// The type at this path, by the crate's real name.
pub(super) fn known(path: &[String]) -> Option<Known> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    shortened(&path)
}

/// Ways to the same name are made one: re-exports of SeaORM, sea-query and sqlx.
fn shortened(path: &[&str]) -> Option<Known> {
    match path {
        ["sea_orm", "entity" | "query", rest @ ..] if !rest.is_empty() => shortened(&[&["sea_orm"], rest].concat()),
        ["sea_orm", "prelude", krate, rest @ ..] if is_crate(krate) && !rest.is_empty() => {
            shortened(&[&[*krate], rest].concat())
        }
        ["sea_orm", krate @ ("sea_query" | "sqlx"), rest @ ..] => shortened(&[&[*krate], rest].concat()),
        ["sea_query", "prelude" | "value", rest @ ..] if !rest.is_empty() => {
            shortened(&[&["sea_query"], rest].concat())
        }
        ["sea_query", krate, rest @ ..] if is_crate(krate) && !rest.is_empty() => {
            shortened(&[&[*krate], rest].concat())
        }
        ["sqlx", "types", krate, rest @ ..] if is_crate(krate) && !rest.is_empty() => {
            shortened(&[&[*krate], rest].concat())
        }
        ["chrono", "prelude" | "naive" | "offset", name] => shortened(&["chrono", name]),
        ["rust_decimal", "prelude", name] => shortened(&["rust_decimal", name]),
        ["core", rest @ ..] | ["alloc", rest @ ..] => shortened(&[&["std"], rest].concat()),
        path => table(path),
    }
}

/// What SeaORM 0.12 and 1.x see in the text of a type (sea-orm-macros 1.1 `derives/sql_type_match.rs`), even where the
/// name stands for something else.
pub(super) fn by_text(text: &str) -> Option<(ColumnType, Exact)> {
    let path: &[&str] = match text {
        "Date" | "NaiveDate" => &["chrono", "NaiveDate"],
        "Time" | "NaiveTime" => &["chrono", "NaiveTime"],
        "DateTime" | "NaiveDateTime" => &["chrono", "NaiveDateTime"],
        "DateTimeUtc" | "DateTimeLocal" | "DateTimeWithTimeZone" => &["chrono", "DateTime"],
        "Uuid" => &["uuid", "Uuid"],
        "Json" => &["serde_json", "Value"],
        "Decimal" => &["rust_decimal", "Decimal"],
        "Vec<u8>" => return Some((ColumnType::VarBinary(StringLen::None), Exact::Yes)),
        "&str" => &["String"],
        "char" | "String" | "i8" | "u8" | "i16" | "u16" | "i32" | "u32" | "i64" | "u64" | "f32" | "f64" | "bool" => {
            &[text]
        }
        _ => return None,
    };
    match table(path)? {
        Known::Scalar(column, exact) => Some((column, exact)),
        Known::Option | Known::Vec | Known::Cow => None,
    }
}

fn table(path: &[&str]) -> Option<Known> {
    use Exact::{Family, Yes};
    let (column, exact) = match path {
        ["Option"] | ["std", "option", "Option"] => return Some(Known::Option),
        ["Vec"] | ["std", "vec", "Vec"] => return Some(Known::Vec),
        ["std", "borrow", "Cow"] => return Some(Known::Cow),
        ["bool"] => (ColumnType::Boolean, Yes),
        // Postgres has two types of this size: smallint and "char".
        ["i8"] => (ColumnType::TinyInteger, Family),
        ["i16"] => (ColumnType::SmallInteger, Yes),
        ["i32"] => (ColumnType::Integer, Yes),
        ["i64"] => (ColumnType::BigInteger, Yes),
        ["u8"] => (ColumnType::TinyUnsigned, Yes),
        ["u16"] => (ColumnType::SmallUnsigned, Yes),
        ["u32"] => (ColumnType::Unsigned, Yes),
        ["u64"] => (ColumnType::BigUnsigned, Yes),
        ["f32"] => (ColumnType::Float, Yes),
        ["f64"] => (ColumnType::Double, Yes),
        ["char"] => (ColumnType::Char(None), Family),
        ["String"]
        | ["std", "string", "String"]
        | ["sea_orm", "prelude" | "value", "TextUuid"]
        | ["sea_orm", "TextUuid"] => (ColumnType::String(StringLen::None), Family),
        ["serde_json", "Value"]
        | ["sea_orm", "prelude", "Json"]
        | ["sea_orm", "JsonValue"]
        | ["sea_query", "Json"]
        | ["sqlx", "types", "JsonValue"] => (ColumnType::Json, Family),
        ["uuid", "Uuid"]
        | ["uuid", "fmt", "Braced" | "Hyphenated" | "Simple" | "Urn"]
        | ["sea_orm", "prelude", "Uuid"]
        | ["sea_query", "Uuid"]
        | ["sqlx", "types", "Uuid"] => (ColumnType::Uuid, Yes),
        ["rust_decimal", "Decimal"]
        | ["bigdecimal", "BigDecimal"]
        | ["sea_orm", "prelude", "Decimal" | "BigDecimal"]
        | ["sea_query", "Decimal" | "BigDecimal"]
        | ["sqlx", "types", "Decimal" | "BigDecimal"] => (ColumnType::Decimal(None), Family),
        ["chrono", "NaiveDate"]
        | ["time", "Date"]
        | ["jiff", "civil", "Date"]
        | ["sea_orm", "prelude", "Date" | "ChronoDate" | "TimeDate"]
        | ["sea_query", "NaiveDate"] => (ColumnType::Date, Yes),
        ["chrono", "NaiveTime"]
        | ["time", "Time"]
        | ["jiff", "civil", "Time"]
        | ["sea_orm", "prelude", "Time" | "ChronoTime" | "TimeTime"]
        | ["sea_query", "NaiveTime"] => (ColumnType::Time, Yes),
        ["chrono", "NaiveDateTime"]
        | ["time", "PrimitiveDateTime"]
        | ["jiff", "civil", "DateTime"]
        | ["sea_orm", "prelude", "DateTime" | "ChronoDateTime" | "TimeDateTime"]
        | ["sea_query", "NaiveDateTime" | "PrimitiveDateTime"] => (ColumnType::DateTime, Yes),
        ["chrono", "DateTime"]
        | ["time", "OffsetDateTime"]
        | ["jiff", "Timestamp"]
        | [
            "sea_orm",
            "prelude",
            "DateTimeUtc"
            | "DateTimeLocal"
            | "DateTimeWithTimeZone"
            | "ChronoDateTimeUtc"
            | "ChronoDateTimeLocal"
            | "ChronoDateTimeWithTimeZone"
            | "TimeDateTimeWithTimeZone",
        ]
        | ["sea_query", "DateTime" | "OffsetDateTime" | "Timestamp"] => (ColumnType::TimestampWithTimeZone, Yes),
        [
            "sea_orm",
            "prelude" | "value",
            "ChronoUnixTimestamp" | "ChronoUnixTimestampMillis" | "TimeUnixTimestamp" | "TimeUnixTimestampMillis",
        ] => (ColumnType::BigInteger, Yes),
        ["ipnetwork", "IpNetwork"]
        | ["sea_orm", "prelude", "IpNetwork"]
        | ["sea_query", "IpNetwork"]
        | ["sqlx", "types", "ipnetwork", "IpNetwork"] => (ColumnType::Inet, Family),
        ["mac_address", "MacAddress"] | ["sea_query", "MacAddress"] => (ColumnType::MacAddr, Yes),
        ["pgvector", "Vector"] | ["sea_orm", "prelude", "PgVector"] => (ColumnType::Vector(None), Family),
        _ => return None,
    };
    Some(Known::Scalar(column, exact))
}
