//! The columns of an entity.

use fastrand::Rng;

use crate::entity::Crate;
use crate::shared::case;
use crate::{Form, Version, names};

/// A field of a model. What is `None` or false is not written.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// Without `r#`.
    pub name: String,
    /// The Rust type, without `Option`.
    pub rust_type: String,
    /// `Option<..>` around it.
    pub optional: bool,
    /// `primary_key`.
    pub key: bool,
    /// `auto_increment = ..`.
    pub auto_increment: Option<bool>,
    /// `column_type = ".."`, the constructor.
    pub column_type: Option<String>,
    /// `column_name = ".."`.
    pub column_name: Option<String>,
    /// `enum_name = ".."`.
    pub enum_name: Option<String>,
    /// `nullable`.
    pub nullable: bool,
    /// `unique`.
    pub unique: bool,
    /// `unique_key = ".."`.
    pub unique_key: Option<String>,
    /// `indexed`.
    pub indexed: bool,
    /// `default_value = ..`, a literal.
    pub default_value: Option<String>,
    /// `default_expr = ".."`, code.
    pub default_expr: Option<String>,
    /// `extra = ".."`.
    pub extra: Option<String>,
    /// `comment = ".."`.
    pub comment: Option<String>,
    /// `renamed_from = ".."`.
    pub renamed_from: Option<String>,
    /// `ignore`.
    pub ignore: bool,
    /// Behind `cfg_attr`.
    pub conditional: bool,
}

impl Field {
    /// The variant of `Column`.
    pub(crate) fn variant(&self, form: Form) -> String {
        match &self.enum_name {
            Some(name) if form != Form::Expanded => name.clone(),
            _ => names::variant(&self.name),
        }
    }
}

/// A Rust type, column types that go with it, and defaults, literal and code.
struct Kind {
    rust: &'static str,
    columns: &'static [&'static str],
    values: &'static [&'static str],
    exprs: &'static [&'static str],
}

const NUMBERS: &[&str] = &["1", "-7", "0"];
const POSITIVE: &[&str] = &["1", "42"];
const NUMBER_EXPRS: &[&str] = &["Expr::val(3)", "Expr::val(-3)", "Expr::cust(\"1 + 1\")", "2", "Expr::value(5)"];
const TIME_EXPRS: &[&str] = &[
    "Expr::current_timestamp()",
    "Expr::cust(\"now() + interval '1 day'\")",
    "sea_orm::sea_query::Keyword::CurrentTimestamp",
    "Expr::cust(\"CURRENT_TIMESTAMP\")",
];

const KINDS: [Kind; 24] = [
    Kind { rust: "bool", columns: &["Boolean"], values: &["true", "false"], exprs: &["Expr::val(true)"] },
    Kind { rust: "i8", columns: &["TinyInteger"], values: NUMBERS, exprs: NUMBER_EXPRS },
    Kind { rust: "i16", columns: &["SmallInteger"], values: NUMBERS, exprs: NUMBER_EXPRS },
    Kind { rust: "i32", columns: &["Integer", "BigInteger", "SmallInteger"], values: NUMBERS, exprs: NUMBER_EXPRS },
    Kind { rust: "i64", columns: &["BigInteger", "Integer"], values: NUMBERS, exprs: NUMBER_EXPRS },
    Kind { rust: "u8", columns: &["TinyUnsigned"], values: POSITIVE, exprs: NUMBER_EXPRS },
    Kind { rust: "u16", columns: &["SmallUnsigned"], values: POSITIVE, exprs: NUMBER_EXPRS },
    Kind { rust: "u32", columns: &["Unsigned"], values: POSITIVE, exprs: NUMBER_EXPRS },
    Kind { rust: "u64", columns: &["BigUnsigned"], values: POSITIVE, exprs: NUMBER_EXPRS },
    Kind { rust: "f32", columns: &["Float"], values: &["1.5", "-0.25"], exprs: &["Expr::val(1.5)"] },
    Kind { rust: "f64", columns: &["Double", "Float"], values: &["1.5", "2.0"], exprs: &["Expr::val(0.5)"] },
    Kind {
        rust: "String",
        columns: &[
            "Text",
            "Char(None)",
            "Char(Some(3))",
            "String(StringLen::None)",
            "String(StringLen::N(40))",
            "String(StringLen::Max)",
            "string(Some(7))",
            "string(None)",
            "Bit(None)",
            "Bit(Some(8))",
            "VarBit(8)",
            "Cidr",
            "Inet",
            "MacAddr",
            "LTree",
            "Interval(None, None)",
            "Interval(None, Some(3))",
            "Interval(Some(sea_orm::sea_query::PgInterval::DayToSecond), None)",
            "custom(\"citext\")",
            "custom(\"tsvector\")",
            "Vector(Some(3))",
            "Vector(None)",
        ],
        values: &["\"x\"", "\"it's\"", "\"back\\\\slash\"", "\"\"", "'c'"],
        exprs: &[
            "Expr::val(\"x\")",
            "\"plain\"",
            "Expr::cust(\"gen_random_uuid()::text\")",
            "Expr::val(\"x\").cast_as(\"text\")",
        ],
    },
    Kind {
        rust: "Vec<u8>",
        columns: &["Blob", "Binary(16)", "VarBinary(StringLen::None)", "VarBinary(StringLen::N(16))", "var_binary(7)"],
        values: &[],
        exprs: &["Expr::cust(\"'\\\\x00'::bytea\")"],
    },
    Kind { rust: "Json", columns: &["Json", "JsonBinary"], values: &["\"{}\""], exprs: &["Expr::cust(\"'[]'\")"] },
    Kind { rust: "Date", columns: &["Date"], values: &["\"2024-01-01\""], exprs: &["Expr::current_date()"] },
    Kind { rust: "Time", columns: &["Time"], values: &["\"12:00\""], exprs: &["Expr::current_time()"] },
    Kind { rust: "DateTime", columns: &["DateTime", "Timestamp"], values: &[], exprs: TIME_EXPRS },
    Kind { rust: "DateTimeUtc", columns: &["TimestampWithTimeZone"], values: &[], exprs: TIME_EXPRS },
    Kind {
        rust: "DateTimeWithTimeZone",
        columns: &["TimestampWithTimeZone", "Timestamp"],
        values: &[],
        exprs: TIME_EXPRS,
    },
    Kind {
        rust: "Decimal",
        columns: &[
            "Decimal(None)",
            "Decimal(Some((19, 4)))",
            "Decimal(Some((5, 0)))",
            "Money(None)",
            "Money(Some((10, 2)))",
        ],
        values: &["0", "1.25"],
        exprs: NUMBER_EXPRS,
    },
    Kind {
        rust: "Uuid",
        columns: &["Uuid"],
        values: &[],
        exprs: &["Expr::cust(\"gen_random_uuid()\")", "sea_orm::sea_query::Func::cust(\"gen_random_uuid\")"],
    },
    Kind {
        rust: "Vec<String>",
        columns: &[
            "Array(std::sync::Arc::new(ColumnType::Text))",
            "Array(sea_orm::sea_query::RcOrArc::new(ColumnType::String(StringLen::N(5))))",
        ],
        values: &["\"{}\""],
        exprs: &["Expr::cust(\"ARRAY[]::text[]\")"],
    },
    Kind {
        rust: "Vec<i32>",
        columns: &["Array(std::sync::Arc::new(ColumnType::Integer))"],
        values: &["\"{}\""],
        exprs: &[],
    },
    Kind { rust: "Vec<Uuid>", columns: &["Array(std::sync::Arc::new(ColumnType::Uuid))"], values: &[], exprs: &[] },
];

/// The same types by other ways.
const PATHS: [&str; 9] = [
    "chrono::NaiveDate",
    "chrono::DateTime<chrono::Utc>",
    "uuid::Uuid",
    "serde_json::Value",
    "sea_orm::prelude::Decimal",
    "std::string::String",
    "std::vec::Vec<i64>",
    "std::option::Option<i32>",
    "sea_orm::entity::prelude::Uuid",
];

/// Columns for the keys and the rest, in the order of the table.
pub(crate) fn fields(random: &mut Rng, made: &Crate, form: Form, has_rename: bool) -> Vec<Field> {
    let keys = if random.u8(..5) == 0 { random.usize(2..=3) } else { 1 };
    let count = keys + random.usize(..9);
    let mut names = names::fields(random, count);
    // The dense form of SeaORM 2.0 knows no raw identifiers, and no `enum_name`.
    if form == Form::Dense {
        names.iter_mut().filter(|name| names::ident(name) != **name).for_each(|name| name.push_str("_of"));
    }
    if keys == 1 && random.u8(..3) > 0 {
        names[0] = "id".to_owned();
    }
    let mut fields: Vec<Field> = names
        .into_iter()
        .enumerate()
        .map(|(at, name)| if at < keys { key(random, made, name, keys) } else { plain(random, made, name, form) })
        .collect();
    if random.u8(..6) == 0 {
        let last = fields.len() - 1;
        fields.swap(0, last);
    }
    for (at, field) in fields.iter_mut().enumerate() {
        if random.u8(..8) == 0 {
            field.column_name = Some(match random.u8(..4) {
                0 => format!("Column {at}"),
                1 => format!("quote\"{at}"),
                _ => format!("col_{at}"),
            });
        }
        if form == Form::Compact && random.u8(..20) == 0 {
            field.enum_name = Some(format!("Variant{at}"));
        }
        if random.u8(..15) == 0 {
            field.comment = Some(format!("it's \"comment\" {at}"));
        }
        // A check is named after the columns that it mentions.
        if has_rename || field.column_name.is_some() || field.enum_name.is_some() {
            field.extra = field.extra.take().filter(|extra| !extra.starts_with("CHECK"));
        }
    }
    fields
}

fn key(random: &mut Rng, made: &Crate, name: String, keys: usize) -> Field {
    let types = ["i32", "i64", "i32", "i64", "i16", "u32", "u64", "String", "Uuid", "uuid::Uuid"];
    let newtype = made.newtypes.iter().filter(|newtype| newtype.counts).nth(random.usize(..4));
    let rust_type = match newtype {
        Some(newtype) if keys == 1 && random.u8(..6) == 0 => format!("super::newtypes::{}", newtype.name),
        _ => types[random.usize(..types.len())].to_owned(),
    };
    let auto_increment = match random.u8(..4) {
        0 => Some(false),
        1 if keys == 1 => Some(true),
        _ => None,
    };
    Field { name, rust_type, key: true, auto_increment, ..Field::default() }
}

fn plain(random: &mut Rng, made: &Crate, name: String, form: Form) -> Field {
    let mut field = Field { name, optional: random.u8(..3) == 0, ..Field::default() };
    match random.u8(..16) {
        0 | 1 if !made.enums.is_empty() => {
            let chosen = &made.enums[random.usize(..made.enums.len())];
            field.rust_type = path(random, "enums", &chosen.name);
            if chosen.native && random.u8(..4) == 0 {
                field.rust_type = format!("Vec<{}>", field.rust_type);
            }
        }
        2 if !made.newtypes.is_empty() => {
            let chosen = &made.newtypes[random.usize(..made.newtypes.len())];
            field.rust_type = path(random, "newtypes", &chosen.name);
        }
        3 => {
            field.rust_type = PATHS[random.usize(..PATHS.len())].to_owned();
            field.optional &= !field.rust_type.contains("Option");
        }
        _ => of_kind(random, made.version, &mut field),
    }
    field.nullable = random.u8(..10) == 0;
    field.unique = random.u8(..10) == 0;
    field.indexed = random.u8(..10) == 0;
    if made.version == Version::Two {
        newer(random, &mut field, form);
    }
    field.conditional = form == Form::Compact && random.u8(..12) == 0;
    field
}

fn path(random: &mut Rng, module: &str, name: &str) -> String {
    match random.u8(..3) {
        0 => format!("super::{module}::{name}"),
        1 => format!("crate::{module}::{name}"),
        _ => name.to_owned(),
    }
}

fn of_kind(random: &mut Rng, version: Version, field: &mut Field) {
    let kind = &KINDS[random.usize(..KINDS.len())];
    let one =
        |random: &mut Rng, list: &[&str]| list.get(random.usize(..list.len().max(1))).map(|text| (*text).to_owned());
    field.rust_type = kind.rust.to_owned();
    if random.u8(..3) == 0 {
        field.column_type = one(random, kind.columns);
        if version == Version::Two && kind.rust == "String" && random.u8(..8) == 0 {
            field.column_type = Some(format!(
                "Enum {{ name: \"mood_{}\".into(), variants: vec![\"sad\".into(), \"it's\".into()] }}",
                field.name.to_lowercase()
            ));
        }
    }
    match random.u8(..6) {
        0 => field.default_value = one(random, kind.values),
        1 => field.default_expr = one(random, kind.exprs),
        _ => {}
    }
}

/// What came with SeaORM 2.
fn newer(random: &mut Rng, field: &mut Field, form: Form) {
    if random.u8(..8) == 0 {
        field.unique_key = Some(format!("key{}", random.u8(..2)));
    }
    if random.u8(..20) == 0 {
        field.renamed_from = Some(format!("before_{}", field.name));
    }
    // What is left out of queries is filled in by `Default`.
    field.ignore =
        form != Form::Expanded && field.optional && field.unique_key.is_none() && !field.unique && random.u8(..25) == 0;
    let written = field.default_value.is_some() || field.default_expr.is_some();
    // The runtime's side names checks by the column, so the condition mentions just that one.
    let simple = field.name != "x_y_z"
        && !field.name.starts_with('_')
        && field.name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    field.extra = match random.u8(..20) {
        0 if simple => Some(format!("CHECK ({} IS NOT NULL)", field.name.trim_end_matches('_'))),
        1 if !written => Some("DEFAULT 5".to_owned()),
        2 if !written => Some("GENERATED ALWAYS AS (1 + (2 * 3)) STORED".to_owned()),
        3 if field.rust_type == "String" => Some("COLLATE \"C\"".to_owned()),
        _ => None,
    };
}

/// `rename_all` for a model.
pub(crate) fn rename_all(random: &mut Rng) -> Option<&'static str> {
    (random.u8(..10) == 0).then(|| case(random))
}
