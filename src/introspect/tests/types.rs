//! What a Rust type is stored as.

use super::*;
use crate::schema::{Fact, Object};

#[test]
fn user_code_shadows_known_names() {
    let money = "pub mod types {\n    #[derive(DeriveValueType)]\n    pub struct Uuid(pub String);\n    use chrono::NaiveDate as Date;\n}\n\
                 use types::*;\n";
    let read = reading(&[(
        "src/lib.rs",
        &format!("{money}{}", model("", "    pub a: Uuid,\n    pub b: uuid::Uuid,\n    pub c: Time,")),
    )])
    .unwrap();
    assert_eq!(type_of(&read, "a"), "character varying");
    assert_eq!(type_of(&read, "b"), "uuid");
    assert_eq!(type_of(&read, "c"), "time without time zone");
}

#[test]
fn an_enum_in_a_namespace_of_its_own_is_named_with_quotes() {
    let mood = "#[derive(DeriveActiveEnum)]\n#[sea_orm(rs_type = \"String\", db_type = \"Enum\", enum_name = \"app\\\".\\\"mood\")]\n\
                pub enum Mood { #[sea_orm(string_value = \"sad\")] Sad }\n";
    let read = reading(&[("src/lib.rs", &format!("{mood}{}", model("", "    pub a: Mood,")))]).unwrap();
    assert_eq!(read.schema.enum_types[0].name, QualifiedName::new("app", "mood"));
}

#[test]
fn a_private_import_is_not_seen_through_a_glob() {
    let types = "pub mod types {\n    use chrono::DateTime as Date;\n}\nuse types::*;\n";
    let read = reading(&[("src/lib.rs", &format!("{types}{}", model("", "    pub day: Date,")))]).unwrap();
    assert_eq!(type_of(&read, "day"), "date");
}

#[test]
fn a_name_from_an_unknown_crate_is_not_that_of_a_glob() {
    let text = format!("use elsewhere::Uuid;\n{}", model("", "    pub a: Uuid,"));
    assert!(refusal(&[("src/lib.rs", &text)]).contains("column type of `Uuid`"));
}

#[test]
fn aliases_and_globs_that_lead_in_circles_end() {
    let text = format!(
        "mod a {{ pub use super::b::*; }}\nmod b {{ pub use super::a::*; }}\nuse a::*;\ntype Loop = Loop2;\ntype Loop2 = Loop;\n{}",
        model("", "    pub x: Nothing,\n    pub y: Loop,")
    );
    assert!(refusal(&[("src/lib.rs", &text)]).contains("column type of `Nothing`"));
}

#[test]
fn configured_types_come_first() {
    let text = format!("pub struct Cents;\n{}", model("", "    pub a: Cents,\n    pub b: Vec<geo::Point>,"));
    let read = reading_with(&[("src/lib.rs", &text)], |source| {
        source.types.insert("crate::Cents".into(), "numeric(12,2)".into());
        source.types.insert("geo::Point".into(), "point".into());
    })
    .unwrap();
    assert_eq!((type_of(&read, "a"), type_of(&read, "b")), ("numeric(12,2)".into(), "point[]".into()));
}

#[test]
fn what_is_stated_is_what_the_source_spells_out() {
    let fields = "    pub a: String,\n    #[sea_orm(column_type = \"Text\", default_value = \"x\", comment = \"c\")]\n    \
                  pub b: String,\n    pub c: i64,\n    pub d: Json,\n    pub e: Vec<String>,\n    pub f: Vec<i64>,\n    pub g: Decimal,";
    let read = reading(&[("src/lib.rs", &model("", fields))]).unwrap();
    let stated = |column: &str, fact| read.stated.contains(&Object::Column(users(), column.into()), fact);
    for (column, exact) in
        [("a", false), ("b", true), ("c", true), ("d", false), ("e", false), ("f", true), ("g", false)]
    {
        assert_eq!(stated(column, Fact::Type), exact, "{column}");
    }
    assert!(stated("b", Fact::Default) && stated("b", Fact::Comment));
    assert!(!stated("id", Fact::Default) && !stated("c", Fact::Default));
}

/// All 39 of sea-query 1.0, in the forms that people write.
#[test]
fn every_column_type_is_read() {
    let types = [
        ("Char(None)", "character(1)"),
        ("Char(Some(3))", "character(3)"),
        ("String(StringLen::None)", "character varying"),
        ("String(StringLen::N(9))", "character varying(9)"),
        ("String(StringLen::Max)", "character varying"),
        ("string(Some(9))", "character varying(9)"),
        ("string(None)", "character varying"),
        ("Text", "text"),
        ("Blob", "bytea"),
        ("TinyInteger", "smallint"),
        ("SmallInteger", "smallint"),
        ("Integer", "integer"),
        ("BigInteger", "bigint"),
        ("TinyUnsigned", "smallint"),
        ("SmallUnsigned", "integer"),
        ("Unsigned", "bigint"),
        ("BigUnsigned", "bigint"),
        ("Float", "real"),
        ("Double", "double precision"),
        ("Decimal(None)", "numeric"),
        ("Decimal(Some((19, 4)))", "numeric(19,4)"),
        ("DateTime", "timestamp without time zone"),
        ("Timestamp", "timestamp without time zone"),
        ("TimestampWithTimeZone", "timestamp with time zone"),
        ("Time", "time without time zone"),
        ("Date", "date"),
        ("Interval(None, None)", "interval"),
        ("Interval(Some(PgInterval::DayToSecond), Some(3))", "interval day to second(3)"),
        ("Interval(None, Some(6))", "interval(6)"),
        ("Binary(16)", "bytea"),
        ("VarBinary(StringLen::None)", "bytea"),
        ("VarBinary(StringLen::N(16))", "bytea"),
        ("var_binary(16)", "bytea"),
        ("Bit(None)", "bit(1)"),
        ("Bit(Some(8))", "bit(8)"),
        ("VarBit(8)", "bit varying(8)"),
        ("Boolean", "boolean"),
        ("Money(None)", "money"),
        ("Money(Some((19, 4)))", "money"),
        ("Json", "json"),
        ("JsonBinary", "jsonb"),
        ("Uuid", "uuid"),
        ("custom(\\\"tsvector\\\")", "tsvector"),
        ("Custom(\\\"citext\\\".into())", "citext"),
        ("Custom(Alias::new(\\\"ltree\\\").into_iden())", "ltree"),
        ("Enum { name: \\\"mood\\\".into(), variants: vec![\\\"a\\\".into(), \\\"b\\\".into()] }", "mood"),
        ("Array(RcOrArc::new(ColumnType::Integer))", "integer[]"),
        (
            "Array(std::sync::Arc::new(ColumnType::Array(Arc::new(ColumnType::Custom(\\\"citext\\\".into())))))",
            "citext[]",
        ),
        ("Array(ColumnType::String(StringLen::N(9)).into())", "character varying(9)[]"),
        (
            "Array(Arc::new(ColumnType::Enum { name: \\\"mood\\\".into(), variants: vec![\\\"a\\\".into(), \\\"b\\\".into()] }))",
            "mood[]",
        ),
        ("Vector(None)", "vector"),
        ("Vector(Some(3))", "vector(3)"),
        ("Cidr", "cidr"),
        ("Inet", "inet"),
        ("MacAddr", "macaddr"),
        ("LTree", "ltree"),
    ];
    let attributes = types
        .iter()
        .enumerate()
        .map(|(number, (written, _))| format!("    #[sea_orm(column_type = \"{written}\")]\n    pub c{number}: X,\n"));
    let read = reading(&[("src/lib.rs", &model("", &attributes.collect::<String>()))])
        .unwrap_or_else(|problems| panic!("{problems}"));
    for (number, (written, wanted)) in types.iter().enumerate() {
        assert_eq!(type_of(&read, &format!("c{number}")), *wanted, "{written}");
    }
    for unknown in [
        "citext",
        "text",
        "String",
        "Decimal(19, 4)",
        "Year",
        "Integer()",
        "Array(Integer",
        "Bit(8)",
        "VarBit(Some(8))",
    ] {
        let text = model("", &format!("    #[sea_orm(column_type = \"{unknown}\")]\n    pub a: String,"));
        assert!(reading(&[("src/lib.rs", &text)]).is_err(), "{unknown}");
    }
}

#[test]
fn a_vector_of_newtypes_over_bytes_is_an_array() {
    let text = format!(
        "type Byte = u8;\n#[derive(DeriveValueType)]\npub struct Small(u8);\n{}",
        model("", "    pub a: Vec<Byte>,\n    pub b: Vec<Small>,")
    );
    let read = reading(&[("src/lib.rs", &text)]).unwrap();
    assert_eq!((type_of(&read, "a"), type_of(&read, "b")), ("bytea".into(), "smallint[]".into()));
}

#[test]
fn a_macro_is_that_of_its_module() {
    let rules = |inner: &str| {
        format!(
            "macro_rules! id {{ ($name:ident) => {{ #[derive(DeriveValueType)] pub struct $name(pub {inner}); }}; }}\n"
        )
    };
    let lib = format!("{}mod a;\nmod b;\n{}", rules("i64"), model("", "    pub a: a::A,\n    pub b: b::B,"));
    let read =
        reading(&[("src/lib.rs", &lib), ("src/a.rs", &format!("{}id!(A);", rules("String"))), ("src/b.rs", "id!(B);")])
            .unwrap();
    assert_eq!((type_of(&read, "a"), type_of(&read, "b")), ("character varying".into(), "bigint".into()));
}
