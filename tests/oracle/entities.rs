//! Entities that use every attribute and type; compiled by the oracle test and read by the reader.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    non_snake_case,
    clippy::wildcard_imports,
    reason = "only SeaORM's traits and the reader look at these"
)]

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Re-exports, renames and globs on the way to a type.
pub mod shared {
    pub mod deep {
        pub type Money = super::super::Decimal;
        pub use sea_orm::prelude::DateTimeUtc as Moment;
    }
    pub use self::deep::*;
    pub use self::names::Label as Caption;

    pub mod names {
        use sea_orm::entity::prelude::*;

        #[derive(Clone, Debug, PartialEq, Eq, DeriveValueType)]
        pub struct Label(pub String);
    }
}

pub mod scalars {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "scalars")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub a: bool,
        pub b: i8,
        pub c: i16,
        pub d: i32,
        pub e: i64,
        pub f: u8,
        pub g: u16,
        pub h: u32,
        pub i: u64,
        pub j: f32,
        pub k: f64,
        pub l: String,
        pub m: Option<String>,
        pub n: Vec<u8>,
        pub o: Option<Vec<u8>>,
        pub p: Json,
        pub q: Date,
        pub r: Time,
        pub s: DateTime,
        pub t: DateTimeUtc,
        pub u: DateTimeWithTimeZone,
        pub v: Decimal,
        pub w: Uuid,
        pub x: Vec<String>,
        pub y: Option<Vec<i64>>,
        pub z: Vec<Uuid>,
        pub ab: chrono::NaiveDate,
        pub ac: chrono::DateTime<chrono::Utc>,
        pub ad: uuid::Uuid,
        pub ae: serde_json::Value,
        pub af: std::option::Option<i32>,
        pub ag: Vec<super::shared::Moment>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod written {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "written", comment = "It's \"here\"")]
    pub struct Model {
        #[sea_orm(primary_key, column_type = "BigInteger")]
        pub id: i64,
        #[sea_orm(column_type = "Char(None)")]
        pub a: String,
        #[sea_orm(column_type = "Char(Some(3))")]
        pub b: String,
        #[sea_orm(column_type = "String(StringLen::None)")]
        pub c: String,
        #[sea_orm(column_type = "String(StringLen::N(40))")]
        pub d: String,
        #[sea_orm(column_type = "String(StringLen::Max)")]
        pub e: String,
        #[sea_orm(column_type = "Text", nullable)]
        pub f: Option<String>,
        #[sea_orm(column_type = "Blob")]
        pub g: Vec<u8>,
        #[sea_orm(column_type = "TinyInteger")]
        pub h: i8,
        #[sea_orm(column_type = "SmallInteger")]
        pub i: i16,
        #[sea_orm(column_type = "Integer")]
        pub j: i32,
        #[sea_orm(column_type = "TinyUnsigned")]
        pub k: u8,
        #[sea_orm(column_type = "SmallUnsigned")]
        pub l: u16,
        #[sea_orm(column_type = "Unsigned")]
        pub m: u32,
        #[sea_orm(column_type = "BigUnsigned")]
        pub n: u64,
        #[sea_orm(column_type = "Float")]
        pub o: f32,
        #[sea_orm(column_type = "Double")]
        pub p: f64,
        #[sea_orm(column_type = "Decimal(None)")]
        pub q: Decimal,
        #[sea_orm(column_type = "Decimal(Some((19, 4)))")]
        pub r: Decimal,
        #[sea_orm(column_type = "DateTime")]
        pub s: DateTime,
        #[sea_orm(column_type = "Timestamp")]
        pub t: DateTime,
        #[sea_orm(column_type = "TimestampWithTimeZone")]
        pub u: DateTimeUtc,
        #[sea_orm(column_type = "Time")]
        pub v: Time,
        #[sea_orm(column_type = "Date")]
        pub w: Date,
        #[sea_orm(column_type = "Interval(None, None)")]
        pub x: String,
        #[sea_orm(column_type = "Interval(None, Some(3))")]
        pub y: String,
        #[sea_orm(column_type = "Interval(Some(sea_orm::sea_query::PgInterval::Day), None)")]
        pub z: String,
        #[sea_orm(column_type = "Binary(16)")]
        pub aa: Vec<u8>,
        #[sea_orm(column_type = "VarBinary(StringLen::N(16))")]
        pub ab: Vec<u8>,
        #[sea_orm(column_type = "Bit(None)")]
        pub ac: String,
        #[sea_orm(column_type = "Bit(Some(8))")]
        pub ad: String,
        #[sea_orm(column_type = "VarBit(8)")]
        pub ae: String,
        #[sea_orm(column_type = "Boolean")]
        pub af: bool,
        #[sea_orm(column_type = "Money(None)")]
        pub ag: Decimal,
        #[sea_orm(column_type = "Json")]
        pub ah: Json,
        #[sea_orm(column_type = "JsonBinary")]
        pub ai: Json,
        #[sea_orm(column_type = "Uuid")]
        pub aj: Uuid,
        #[sea_orm(column_type = "Cidr")]
        pub ak: String,
        #[sea_orm(column_type = "Inet")]
        pub al: String,
        #[sea_orm(column_type = "MacAddr")]
        pub am: String,
        #[sea_orm(column_type = "LTree")]
        pub an: String,
        #[sea_orm(column_type = "Vector(Some(3))")]
        pub ao: String,
        #[sea_orm(column_type = r#"Custom("citext".into())"#)]
        pub ap: String,
        #[sea_orm(column_type = "custom(\"tsvector\")")]
        pub aq: String,
        #[sea_orm(column_type = "string(Some(7))")]
        pub ar: String,
        #[sea_orm(column_type = "var_binary(7)")]
        pub as_: Vec<u8>,
        #[sea_orm(column_type = "Array(std::sync::Arc::new(ColumnType::Integer))")]
        pub at: Vec<i32>,
        #[sea_orm(column_type = "Array(sea_orm::sea_query::RcOrArc::new(ColumnType::String(StringLen::N(5))))")]
        pub au: Vec<String>,
        #[sea_orm(column_type = r#"Enum { name: "mood".into(), variants: vec!["sad".into(), "ok".into()] }"#)]
        pub av: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod names {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "Names And Such")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub r#type: String,
        pub _leading: i32,
        pub trailing_: i32,
        pub with2digits: i32,
        pub address1_line: i32,
        pub camelCase: i32,
        pub x_y_z: i32,
        #[sea_orm(column_name = "Quoted \"Name\"")]
        pub quoted: i32,
        #[sea_orm(enum_name = "Other")]
        pub variant: i32,
        #[sea_orm(enum_name = "MoreDigits", indexed)]
        pub more2digits: i32,
        #[sea_orm(ignore)]
        pub skipped: Option<i32>,
        #[sea_orm(unique, indexed)]
        pub both: i32,
        #[sea_orm(unique_key = "one", renamed_from = "before", comment = "with a comment")]
        pub first: i32,
        #[sea_orm(unique_key = "two", renamed_from = "earlier")]
        pub second: i32,
        #[sea_orm(unique_key = "one", indexed)]
        pub third: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod renamed {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "renamed", rename_all = "camelCase")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub the_key: i32,
        #[sea_orm(column_name = "as_is")]
        pub other_name: i32,
        pub two_words: Option<i32>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod defaults {
    use sea_orm::entity::prelude::*;
    use sea_orm::sea_query::extension::postgres::PgFunc;
    use sea_orm::sea_query::{ExprTrait, Func, Keyword, SimpleExpr};

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "defaults")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false, default_expr = "PgFunc::gen_random_uuid()")]
        pub id: Uuid,
        #[sea_orm(default_value = "it's")]
        pub a: String,
        #[sea_orm(default_value = "back\\slash")]
        pub b: String,
        #[sea_orm(default_value = 7)]
        pub c: i32,
        #[sea_orm(default_value = -7)]
        pub d: i32,
        #[sea_orm(default_value = 1.5)]
        pub e: f64,
        #[sea_orm(default_value = true)]
        pub f: bool,
        #[sea_orm(default_value = 'x')]
        pub g: String,
        #[sea_orm(default_expr = "Expr::current_timestamp()")]
        pub h: DateTimeUtc,
        #[sea_orm(default_expr = "Expr::cust(\"now() + interval '1 day'\")")]
        pub i: DateTimeUtc,
        #[sea_orm(default_expr = "Expr::val(3)")]
        pub j: i32,
        #[sea_orm(default_expr = "Expr::val(-3)")]
        pub k: i32,
        #[sea_orm(default_expr = "Keyword::CurrentTimestamp")]
        pub l: DateTimeUtc,
        #[sea_orm(default_expr = "SimpleExpr::Keyword(Keyword::CurrentDate)")]
        pub m: Date,
        #[sea_orm(default_expr = "Func::cust(\"my_function\")")]
        pub n: i32,
        #[sea_orm(default_expr = "Func::random()")]
        pub o: f64,
        #[sea_orm(default_expr = "Expr::val(\"x\").cast_as(\"text\")")]
        pub p: String,
        #[sea_orm(default_expr = "\"plain\"")]
        pub q: String,
        #[sea_orm(default_value = 1, default_expr = "2")]
        pub r: i32,
        #[sea_orm(extra = "GENERATED ALWAYS AS (c + 1) STORED")]
        pub s: i32,
        #[sea_orm(extra = "DEFAULT 5")]
        pub t: i32,
        #[sea_orm(extra = "CHECK (u > 0)")]
        pub u: i32,
        #[sea_orm(default_expr = "sea_orm::sea_query::Expr::custom_keyword(\"localtimestamp\")")]
        pub v: DateTime,
        #[sea_orm(default_expr = "Expr::value(\"y\")")]
        pub w: String,
        #[sea_orm(default_value = 2.0)]
        pub x: f64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod enums {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "tea")]
    pub enum Tea {
        #[sea_orm(string_value = "EverydayTea")]
        Everyday,
        #[sea_orm(string_value = "breakfast tea")]
        Breakfast,
    }

    #[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "Enum", db_type = "Enum", rename_all = "SCREAMING_SNAKE_CASE")]
    pub enum HTTPMethod {
        GetIt,
        #[sea_orm(rename = "camelCase")]
        PostOne,
        #[sea_orm(string_value = "x")]
        DeleteIt,
    }

    #[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "only_in_arrays", rename_all = "title_case")]
    pub enum OnlyInArrays {
        OneTwo,
        Three4,
    }

    #[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "String(StringLen::N(1))")]
    pub enum Letter {
        #[sea_orm(string_value = "A")]
        A,
    }

    #[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "i32", db_type = "Integer")]
    pub enum Number {
        #[sea_orm(num_value = -1)]
        Minus,
        #[sea_orm(num_value = 1)]
        Plus,
    }

    #[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
    pub enum Discriminant {
        Minus = -1,
        Plus = 1,
    }

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "enums")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub tea: Tea,
        pub maybe: Option<Tea>,
        #[sea_orm(default_value = "GET_IT")]
        pub method: HTTPMethod,
        pub several: Vec<OnlyInArrays>,
        pub maybe_several: Option<Vec<Tea>>,
        pub letter: Letter,
        pub number: Number,
        pub discriminant: Discriminant,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A newtype over a whole document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Document {
    pub pages: i32,
}

/// Kept as text.
#[derive(Clone, Debug, PartialEq, Eq, DeriveValueType)]
#[sea_orm(value_type = "String")]
pub struct Hue {
    pub degrees: i32,
}

impl std::fmt::Display for Hue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.degrees)
    }
}

impl std::str::FromStr for Hue {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(|degrees| Self { degrees })
    }
}

pub mod newtypes {
    use sea_orm::entity::prelude::*;

    use super::shared::{self, Caption, deep::Moment as When};
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveValueType)]
    pub struct Integer(pub i64);

    #[derive(Clone, Debug, PartialEq, Eq, DeriveValueType)]
    #[sea_orm(column_type = "Decimal(Some((10, 2)))")]
    pub struct Price(pub Decimal);

    #[derive(Clone, Debug, PartialEq, Eq, DeriveValueType)]
    pub struct Nested(pub Integer);

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "newtypes")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: Integer,
        pub price: Price,
        pub nested: Option<Nested>,
        pub document: Document,
        pub hue: Hue,
        pub caption: Caption,
        pub when: When,
        pub money: shared::Money,
        pub caption_again: super::shared::names::Label,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod pair {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "pairs", schema_name = "other")]
    pub struct Model {
        pub note: Option<String>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub right: i32,
        #[sea_orm(primary_key, auto_increment = false, column_name = "gauche")]
        pub left: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(has_many = "super::refers::Entity")]
        Refers,
    }

    impl Related<super::refers::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Refers.def()
        }
    }
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod refers {
    use super::pair::{Column as PairColumn, Entity as Pair};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "refers")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub a: i32,
        pub b: i32,
        #[sea_orm(column_name = "boss")]
        pub manager_id: Option<i32>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "Pair",
            from = "(Column::A, Column::B)",
            to = "(PairColumn::Left, PairColumn::Right)",
            on_update = "NoAction",
            on_delete = "SetDefault"
        )]
        Pair,
        #[sea_orm(belongs_to = "Entity" from = "Column::ManagerId" to = "Column::Id" on_delete = "SetNull" fk_name = "the boss")]
        Manager,
        #[sea_orm(belongs_to = "Entity", from = "Column::A", to = "Column::Id", skip_fk)]
        Nothing,
        #[sea_orm(has_many = "Entity", via_rel = "Relation::Manager")]
        Reports,
    }

    impl Related<super::pair::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Pair.def()
        }
    }
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod dense_target {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "dense_targets", model_attrs(derive(Hash)))]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        #[sea_orm(unique)]
        pub code: String,
        #[sea_orm(has_many)]
        pub dense: HasMany<super::dense::Entity>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod dense {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "dense")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        #[sea_orm(column_name = "target")]
        pub target_id: i64,
        pub boss_id: Option<i64>,
        pub deputy_id: Option<i64>,
        #[sea_orm(belongs_to, from = "target_id", to = "id", on_update = "Restrict", on_delete = "Cascade")]
        pub target: BelongsTo<super::dense_target::Entity>,
        #[sea_orm(self_ref, relation_enum = "Boss", relation_reverse = "Staff", from = "boss_id", to = "id")]
        pub boss: BelongsTo<Option<Entity>>,
        #[sea_orm(self_ref, relation_enum = "Staff", relation_reverse = "Boss")]
        pub staff: HasMany<Entity>,
        #[sea_orm(self_ref, relation_enum = "Deputy", from = "deputy_id", to = "id", skip_fk)]
        pub deputy: BelongsTo<Option<Entity>>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod text_key {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "text_keys")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod off {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "off")]
    #[cfg_attr(all(), sea_orm(comment = "from cfg_attr"))]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod elsewhere {
    use sea_orm::entity::prelude::*;

    use super::enums::Tea;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "elsewhere", schema_name = "other")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i16,
        pub tea: Tea,
        #[sea_orm(unique_key = "k")]
        pub k: i32,
        #[sea_orm(indexed)]
        pub n: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod expanded {
    use sea_orm::entity::prelude::*;

    use super::enums::Tea;

    #[derive(Copy, Clone, Default, Debug, DeriveEntity)]
    pub struct Entity;

    impl EntityName for Entity {
        fn schema_name(&self) -> Option<&str> {
            Some("other")
        }

        fn table_name(&self) -> &'static str {
            "expanded"
        }
    }

    #[derive(Clone, Debug, PartialEq, Eq, DeriveModel, DeriveActiveModel)]
    pub struct Model {
        pub id: i32,
        pub name: String,
        pub tea: Tea,
        pub refers_id: i32,
        pub note: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveColumn)]
    pub enum Column {
        Id,
        #[sea_orm(column_name = "called")]
        Name,
        Tea,
        RefersId,
        Note,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DerivePrimaryKey)]
    pub enum PrimaryKey {
        Id,
    }

    impl PrimaryKeyTrait for PrimaryKey {
        type ValueType = i32;

        fn auto_increment() -> bool {
            true
        }
    }

    impl ColumnTrait for Column {
        type EntityName = Entity;

        fn def(&self) -> ColumnDef {
            match self {
                Self::Id => ColumnType::Integer.def(),
                Self::Name => {
                    ColumnType::String(StringLen::N(20)).def().unique().default_value("x").comment("called so")
                }
                Self::Tea => Tea::db_type().get_column_type().to_owned().def(),
                Self::RefersId => ColumnType::Integer.def().indexed().default(Expr::val(1)),
                Self::Note => ColumnType::String(StringLen::None).def().null(),
            }
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter)]
    pub enum Relation {
        Refers,
        Many,
    }

    impl RelationTrait for Relation {
        fn def(&self) -> RelationDef {
            match self {
                Self::Refers => Entity::belongs_to(super::refers::Entity)
                    .from(Column::RefersId)
                    .to(super::refers::Column::Id)
                    .on_delete(ForeignKeyAction::Cascade)
                    .into(),
                Self::Many => Entity::has_many(super::after_match::Entity).into(),
            }
        }
    }

    impl Related<super::after_match::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Many.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod after_match {
    use sea_orm::entity::prelude::*;

    #[derive(Copy, Clone, Default, Debug, DeriveEntity)]
    #[sea_orm(table_name = "after_match", column = Columns)]
    pub struct Entity;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveModel, DeriveActiveModel)]
    #[sea_orm(column = Columns)]
    pub struct Model {
        pub left: i32,
        pub right: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveColumn)]
    pub enum Columns {
        Left,
        Right,
    }

    #[derive(Copy, Clone, Debug, EnumIter)]
    pub enum PrimaryKey {
        Right,
        Left,
    }

    impl sea_orm::Iden for PrimaryKey {
        fn unquoted(&self) -> &str {
            self.as_str()
        }
    }

    impl IdenStatic for PrimaryKey {
        fn as_str(&self) -> &'static str {
            match self {
                Self::Right => "right",
                Self::Left => "left",
            }
        }
    }

    impl PrimaryKeyToColumn for PrimaryKey {
        type Column = Columns;

        fn into_column(self) -> Columns {
            match self {
                Self::Right => Columns::Right,
                Self::Left => Columns::Left,
            }
        }

        fn from_column(column: Columns) -> Option<Self> {
            Some(match column {
                Columns::Right => Self::Right,
                Columns::Left => Self::Left,
            })
        }
    }

    impl PrimaryKeyTrait for PrimaryKey {
        type ValueType = (i32, i32);

        fn auto_increment() -> bool {
            false
        }
    }

    impl ColumnTrait for Columns {
        type EntityName = Entity;

        fn def(&self) -> ColumnDef {
            match self {
                Self::Left | Self::Right => ColumnType::Integer,
            }
            .def()
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter)]
    pub enum Relation {}

    impl RelationTrait for Relation {
        fn def(&self) -> RelationDef {
            panic!("no relation")
        }
    }

    impl Related<super::expanded::Entity> for Entity {
        fn to() -> RelationDef {
            Entity::belongs_to(super::expanded::Entity).from(Columns::Left).to(super::expanded::Column::Id).into()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// A model whose `Entity` is written by hand.
pub mod half {
    use sea_orm::entity::prelude::*;

    #[derive(Copy, Clone, Default, Debug, DeriveEntity)]
    pub struct Entity;

    impl EntityName for Entity {
        fn table_name(&self) -> &'static str {
            "half"
        }
    }

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

macro_rules! newtypes {
    ($($(#[$meta:meta])* $name:ident($inner:ty);)+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Debug, PartialEq, Eq, DeriveValueType)]
            pub struct $name(pub $inner);
        )+
    };
}

newtypes! {
    /// A distance.
    Metres(i64);
    Seconds(i16);
}

pub mod from_macros {
    use sea_orm::entity::prelude::*;

    use super::{Metres, Seconds};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "from_macros")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub distance: Metres,
        pub time: Option<Seconds>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
