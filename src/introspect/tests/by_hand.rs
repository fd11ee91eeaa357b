//! What people write by hand instead of deriving it, and the forms of a model.

use super::*;
use crate::schema::{Fact, Object, Rename};

#[test]
fn enums_and_newtypes_by_hand_are_read() {
    let by_hand = "
pub enum Size { Small, Big }
impl ActiveEnum for Size {
    type Value = String;
    fn name() -> DynIden { SeaRc::new(SizeEnum) }
    fn to_value(&self) -> Self::Value { match self { Self::Small => \"s\", Self::Big => \"b\" }.to_owned() }
    fn db_type() -> ColumnDef {
        ColumnType::Enum { name: Self::name(), variants: Self::iter().map(|it| Alias::new(it.to_value()).into_iden()).collect() }.def()
    }
}
impl sea_orm::sea_query::ValueType for Size {
    fn column_type() -> ColumnType { <Self as ActiveEnum>::db_type().get_column_type().to_owned().into() }
}
#[derive(DeriveIden)]
#[sea_orm(iden = \"size\")]
pub struct SizeEnum;

pub enum Mood { Good }
#[derive(DeriveIden)]
pub enum MoodNames { Table, VeryGood }
impl ActiveEnum for Mood {
    fn db_type() -> ColumnDef {
        ColumnType::Enum { name: MoodNames::Table.into_iden(), variants: vec![MoodNames::VeryGood.into_iden()] }.def()
    }
}
pub struct Tag(String);
impl ValueType for Tag {
    #[cfg(feature = \"off\")]
    fn column_type() -> ColumnType { ColumnType::Uuid }
    #[cfg(not(feature = \"off\"))]
    fn column_type() -> ColumnType { ColumnType::Array(std::sync::Arc::new(<i16 as ValueType>::column_type())) }
}
pub struct Label;
impl ValueType for Label {
    fn column_type() -> ColumnType { ColumnType::Custom(Alias::new(\"citext\").into_iden()) }
}
pub struct Weird;
impl ValueType for Weird {
    fn column_type() -> ColumnType { if true { ColumnType::Uuid } else { ColumnType::Text } }
}
pub struct Circle;
impl ValueType for Circle {
    fn column_type() -> ColumnType { Self::column_type() }
}
";
    let with = |fields: &str| format!("{}{by_hand}", model("", fields));
    let read = reading(&[(
        "src/lib.rs",
        &with("    pub a: Size,\n    pub b: Option<Mood>,\n    pub c: Tag,\n    pub d: Vec<Label>,"),
    )]);
    let read = read.unwrap_or_else(|problems| panic!("{problems}"));
    let types = ["a", "b", "c", "d"].map(|column| type_of(&read, column));
    assert_eq!(types, ["size", "mood_names", "smallint[]", "citext[]"]);
    let labels: Vec<_> = read.schema.enum_types.iter().map(|it| (it.name.name.as_str(), it.labels.join(","))).collect();
    assert_eq!(labels, [("mood_names", "very_good".to_owned()), ("size", "s,b".to_owned())]);
    assert_eq!(read.places[&Object::EnumType(QualifiedName::new("public", "size"))].line, 14);
    for (field, line) in [("    pub a: Weird,", 48), ("    pub a: Circle,", 52)] {
        let text = refusal(&[("src/lib.rs", &with(field))]);
        assert!(
            text.contains("cannot tell what `column_type` of") && text.contains(&format!("src/lib.rs:{line}:")),
            "{text}"
        );
    }
}

#[test]
fn an_impl_elsewhere_in_the_crate_is_found() {
    let user = model("", "    pub kind: crate::kinds::Kind,");
    let read = reading_with(
        &[
            ("Cargo.toml", "[package]\nname = \"app\"\n"),
            ("src/lib.rs", "mod entities;\nmod kinds;\nmod db;\n"),
            ("src/kinds.rs", "pub struct Kind;"),
            (
                "src/db.rs",
                "use crate::kinds::Kind;\nimpl ValueType for Kind { fn column_type() -> ColumnType { ColumnType::Inet } }",
            ),
            ("src/entities/mod.rs", "pub mod user;"),
            ("src/entities/user.rs", &user),
        ],
        |source| source.paths = vec!["src/entities/mod.rs".into()],
    );
    assert_eq!(type_of(&read.unwrap(), "kind"), "inet");
}

#[test]
fn a_value_type_is_as_soft_about_text_and_json_as_string_is() {
    let types = "pub struct Kind;\nimpl ValueType for Kind { fn column_type() -> ColumnType { ColumnType::String(StringLen::N(24)) } }\n\
                 pub struct List;\nimpl ValueType for List { fn column_type() -> ColumnType { ColumnType::Json } }\n\
                 pub struct Count;\nimpl ValueType for Count { fn column_type() -> ColumnType { ColumnType::BigInteger } }\n";
    let fields = "    pub a: Kind,\n    pub b: List,\n    pub c: Count,";
    let read = reading(&[("src/lib.rs", &format!("{}{types}", model("", fields)))]).unwrap();
    let stated =
        ["a", "b", "c"].map(|name| read.stated.contains(&Object::Column(users(), name.to_owned()), Fact::Type));
    assert_eq!(stated, [false, false, true]);
    assert_eq!(type_of(&read, "a"), "character varying(24)");
}

#[test]
fn columns_named_by_hand_are_read() {
    let text = |names: &str| {
        format!(
            "use sea_orm::entity::prelude::*;\n#[derive(DeriveEntity)]\n#[sea_orm(table_name = \"users\")]\npub struct Entity;\n\
             #[derive(EnumIter, DeriveCustomColumn)]\npub enum Column {{ Id, Mail, #[strum(disabled)] Table }}\n\
             impl IdenStatic for Column {{ fn as_str(&self) -> &str {{ {names} }} }}\n\
             impl ColumnTrait for Column {{ fn def(&self) -> ColumnDef {{ match self {{ Self::Id => ColumnType::Integer.def(), \
             Self::Mail => ColumnType::Text.def(), Self::Table => panic!() }} }} }}\n\
             #[derive(EnumIter, DerivePrimaryKey)]\npub enum PrimaryKey {{ Id }}\n\
             impl PrimaryKeyTrait for PrimaryKey {{ type ValueType = i32; fn auto_increment() -> bool {{ true }} }}\n"
        )
    };
    let names = "match self { Self::Mail => \"e_mail\", _ => self.default_as_str() }";
    let read = reading(&[("src/lib.rs", &text(names))]).unwrap_or_else(|problems| panic!("{problems}"));
    let columns: Vec<&str> = read.schema.tables[0].columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(columns, ["id", "e_mail"]);
    let refused = refusal(&[("src/lib.rs", &text("self.name_from_somewhere()"))]);
    assert!(refused.contains("cannot tell the name of column `Mail`"), "{refused}");
}

#[test]
fn a_table_that_is_named_at_run_time() {
    let text = |value: &str| {
        format!(
            "use sea_orm::entity::prelude::*;\n#[derive(DeriveEntity)]\npub struct Entity {{ name: &'static str }}\n\
             impl EntityName for Entity {{ fn table_name(&self) -> &'static str {{ {value} }} }}\n"
        )
    };
    for value in ["self.name", "&self.name", "self.name.as_str()"] {
        let Reading { models, warnings } = whole_reading(&[("src/lib.rs", &text(value))], |_| {}).unwrap();
        assert_eq!(models.schema.tables, [], "{value}");
        let warnings = warnings.to_string();
        assert!(warnings.contains("named at run time") && warnings.contains("src/lib.rs:4:"), "{warnings}");
    }
    assert!(refusal(&[("src/lib.rs", &text("name_of(self)"))]).contains("cannot tell what `table_name` returns"));
}

#[test]
fn relation_fields_count_beside_an_entity_by_hand() {
    let text = "use sea_orm::entity::prelude::*;\n#[derive(DeriveEntity)]\n#[sea_orm(model_ex = ModelEx)]\npub struct Entity;\n\
                impl EntityName for Entity { fn table_name(&self) -> &'static str { \"users\" } }\n#[sea_orm::model]\n\
                #[derive(DeriveEntityModel)]\npub struct Model {\n    #[sea_orm(primary_key)]\n    pub id: i64,\n    pub boss_id: i64,\n    \
                #[sea_orm(belongs_to, self_ref, relation_enum = \"Boss\", from = \"boss_id\", to = \"id\")]\n    pub boss: BelongsTo<Entity>,\n}\n";
    let read = reading(&[("src/lib.rs", text)]).unwrap_or_else(|problems| panic!("{problems}"));
    assert!(read.schema.table(&users()).unwrap().constraint("fk-users-boss_id").is_some());
}

#[test]
fn relation_fields_are_keys_in_a_model_and_not_in_a_compact_model() {
    let text = |attribute: &str, more: &str| {
        format!(
            "use sea_orm::entity::prelude::*;\nuse sea_orm::{{model, compact_model}};\n{attribute}\n#[derive(DeriveEntityModel)]\n\
             #[sea_orm(table_name = \"users\", model_attrs(sea_orm(schema_name = \"hr\")))]\npub struct Model {{\n    \
             #[sea_orm(primary_key)]\n    pub id: i64,\n    pub boss_id: Option<i64>,\n    \
             #[sea_orm(self_ref, relation_enum = \"Boss\", from = \"boss_id\", to = \"id\")]\n    pub boss: HasOne<Entity>,\n}}\n{more}"
        )
    };
    let keys = |text: &str| {
        let read = reading(&[("src/lib.rs", text)]).unwrap_or_else(|problems| panic!("{problems}"));
        let table = read.schema.table(&QualifiedName::new("hr", "users")).unwrap().clone();
        assert_eq!(table.columns.len(), 2);
        table.constraints.len() - 1
    };
    for dense in ["#[model]", "#[sea_orm::model]", "#[::sea_orm::model]"] {
        assert_eq!(keys(&text(dense, "")), 1, "{dense}");
    }
    let none = "pub enum Relation {}";
    let one = "#[derive(DeriveRelation)]\npub enum Relation { #[sea_orm(belongs_to = \"Entity\", from = \"Column::BossId\", to = \"Column::Id\")] Boss }";
    for compact in ["#[compact_model]", "#[sea_orm::compact_model]"] {
        assert_eq!((keys(&text(compact, none)), keys(&text(compact, one))), (0, 1), "{compact}");
    }
}

#[test]
fn renames_are_noted() {
    let fields = "    #[sea_orm(renamed_from = \"nick\")]\n    pub name: String,";
    let read = reading(&[("src/lib.rs", &model(", renamed_from = \"people\"", fields))]).unwrap();
    let table = Rename::Table { from: QualifiedName::new("public", "people"), to: users() };
    let column = Rename::Column { table: users(), from: "nick".into(), to: "name".into() };
    assert_eq!(read.renames, [table, column]);
}
