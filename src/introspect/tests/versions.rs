//! What differs between the versions of SeaORM.

use super::*;
use crate::schema::ColumnDefault;

#[test]
fn the_version_of_seaorm_decides() {
    let lock = |version: &str| format!("[[package]]\nname = \"sea-orm\"\nversion = \"{version}\"\n");
    let text = model("", "    pub a: u32,\n    #[sea_orm(unique, indexed)]\n    pub b: u16,");
    let old = reading(&[("Cargo.lock", &lock("1.1.20")), ("src/lib.rs", &text)]).unwrap();
    assert_eq!((type_of(&old, "a"), type_of(&old, "b")), ("integer".into(), "smallint".into()));
    let table = old.schema.table(&users()).unwrap();
    assert!(
        matches!(&table.column("id").unwrap().default, ColumnDefault::Serial(of) if of.name.name == "users_id_seq")
    );
    assert!(table.index("idx-users-b").is_some_and(|index| !index.unique));

    let new = reading(&[("Cargo.lock", &lock("2.0.4")), ("src/lib.rs", &text)]).unwrap();
    assert_eq!((type_of(&new, "a"), type_of(&new, "b")), ("bigint".into(), "integer".into()));
    assert!(new.schema.table(&users()).unwrap().indexes.is_empty());

    let unknown = refusal(&[("Cargo.lock", &lock("3.0.0")), ("src/lib.rs", &text)]);
    assert!(unknown.contains("SeaORM 3.0.0, whose rules are not known here"), "{unknown}");
}

#[test]
fn before_2_0_some_types_go_by_their_text() {
    let text = format!(
        "type DateTime = chrono::DateTime<chrono::Utc>;\npub struct Json;\n{}",
        model("", "    pub a: DateTime,\n    pub b: Option<Json>,\n    pub c: Option<DateTime>,")
            .replace("use sea_orm::entity::prelude::*;", "")
    );
    let read = |version: &str| reading(&[("Cargo.lock", &locked(version)), ("src/lib.rs", &text)]);
    let old = read("1.1.20").unwrap();
    assert_eq!((type_of(&old, "a"), type_of(&old, "b")), ("timestamp without time zone".into(), "json".into()));
    assert_eq!(type_of(&read("0.12.15").unwrap(), "c"), "timestamp without time zone");
    assert!(read("2.0.4").unwrap_err().to_string().contains("column type of `Json`"));
}

#[test]
fn a_key_of_text_stops_counting_in_2_0_only() {
    let text = "use sea_orm::entity::prelude::*;\n#[derive(DeriveValueType)]\npub struct UserUuid(i64);\n#[derive(DeriveEntityModel)]\n\
                #[sea_orm(table_name = \"users\")]\npub struct Model { #[sea_orm(primary_key)] pub id: UserUuid }\n";
    let default = |version: &str| {
        let read = reading(&[("Cargo.lock", &locked(version)), ("src/lib.rs", text)]).unwrap();
        read.schema.tables[0].columns[0].default.clone()
    };
    assert!(matches!(default("1.1.20"), ColumnDefault::Serial(_)));
    assert_eq!(default("2.0.4"), ColumnDefault::None);
}

#[test]
fn what_an_older_seaorm_ignores_is_refused() {
    let text = model(", rename_all = \"camelCase\"", "    pub first_name: String,");
    let read = |version: &str| reading(&[("Cargo.lock", &locked(version)), ("src/lib.rs", &text)]);
    assert!(read("1.1.20").unwrap().schema.tables[0].column("firstName").is_some());
    assert!(read("0.12.15").unwrap_err().to_string().contains("SeaORM 0.12 ignores `rename_all`"));
    let text = model(
        "",
        "    #[sea_orm(column_type = \"Bit(Some(3))\")]\n    pub a: Vec<u8>,\n    #[sea_orm(column_type = \"VarBinary(3)\")]\n    pub b: Vec<u8>,",
    );
    let old = reading(&[("Cargo.lock", &locked("0.12.15")), ("src/lib.rs", &text)]).unwrap();
    assert_eq!((type_of(&old, "a"), type_of(&old, "b")), ("bit varying(3)".into(), "bit varying(3)".into()));
}

/// The macros of SeaORM 1 compare the text of the type; those of 2 ask the type itself.
#[test]
fn seaorm_1_knows_types_by_their_text() {
    let text = model("", "    pub a: Option<Uuid>,\n    pub b: Key,") + "pub struct Key(pub Uuid);\n";
    let text = text.replace("pub struct Key", "#[derive(DeriveValueType)]\npub struct Key");
    let text = format!("{text}#[derive(DeriveValueType)]\npub struct Uuid(pub String);\n");
    for (version, expected) in [("1.1", "uuid"), ("2", "character varying")] {
        let manifest = format!("[package]\nname = \"entity\"\n[dependencies]\nsea-orm = \"{version}\"\n");
        let read = reading(&[("Cargo.toml", &manifest), ("src/lib.rs", &text)]).unwrap();
        assert_eq!((type_of(&read, "a").as_str(), type_of(&read, "b").as_str()), (expected, expected), "{version}");
    }
}
