//! Crates of entities as projects have them: a flat folder of files with a `mod.rs` and a prelude as sea-orm-cli writes
//! them, shared types, newtypes that a macro makes; most entities compact, some dense, a few expanded.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

/// Writes a crate of so many entities, each a file with ten columns, an enum and two foreign keys.
pub(crate) fn write(folder: &Path, entities: usize) -> io::Result<()> {
    let source = folder.join("src");
    std::fs::create_dir_all(&source)?;
    std::fs::write(folder.join("Cargo.toml"), MANIFEST)?;
    std::fs::write(source.join("types.rs"), TYPES)?;
    let mut modules = "//! The entities.\n\npub mod prelude;\npub mod types;\n\n".to_owned();
    let mut prelude = "//! The entities by their names.\n\n".to_owned();
    for number in 0..entities {
        writeln!(modules, "pub mod thing_{number};").map_err(io::Error::other)?;
        writeln!(prelude, "pub use super::thing_{number}::Entity as Thing{number};").map_err(io::Error::other)?;
        std::fs::write(source.join(format!("thing_{number}.rs")), entity(number))?;
    }
    std::fs::write(source.join("lib.rs"), modules)?;
    std::fs::write(source.join("prelude.rs"), prelude)
}

fn entity(number: usize) -> String {
    let template = match number % 25 {
        7 | 15 => DENSE,
        20 => EXPANDED,
        _ => COMPACT,
    };
    // Keys point near and far, so that no order of the files suits them all.
    let (owner, before) = (number / 2, number.saturating_sub(1));
    let imports = match number % 3 {
        0 => "use super::prelude::*;\nuse super::types::*;\nuse sea_orm::entity::prelude::*;",
        1 => "use sea_orm::entity::prelude::*;\n\nuse crate::types::{Amount, Channel, Slug};",
        _ => "use sea_orm::entity::prelude::*;\n\nuse super::types::{self, Amount, Channel};\nuse types::Slug;",
    };
    template
        .replace("{imports}", imports)
        .replace("{number}", &number.to_string())
        .replace("{owner}", &owner.to_string())
        .replace("{before}", &before.to_string())
}

const MANIFEST: &str = r#"[package]
name = "entity"
version = "0.1.0"
edition = "2024"

[features]
default = ["postgres"]
postgres = []

[dependencies]
sea-orm = "2"
serde = { version = "1", features = ["derive"] }
"#;

const TYPES: &str = r#"//! Types that the entities share.

use sea_orm::entity::prelude::*;

macro_rules! newtypes {
    ($($(#[$attribute:meta])* $name:ident($inner:ty);)*) => {
        $(
            $(#[$attribute])*
            #[derive(Clone, Debug, PartialEq, Eq, DeriveValueType)]
            pub struct $name(pub $inner);

            impl From<$inner> for $name {
                fn from(inner: $inner) -> Self {
                    Self(inner)
                }
            }
        )*
    };
}

newtypes! {
    /// A part of an address.
    #[sea_orm(column_type = "String(StringLen::N(80))")]
    Slug(String);
    /// Money in the smallest unit.
    Amount(i64);
    /// How often it was seen.
    Count(i32);
}

/// A moment, always in UTC.
pub type Moment = DateTimeUtc;

/// The way that a thing came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "channel", rename_all = "snake_case")]
pub enum Channel {
    Web,
    Mail,
    CallCentre,
}
"#;

const COMPACT: &str = r##"//! Things of kind {number}.

{imports}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "thing_{number}", comment = "Things of kind {number}")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique)]
    pub slug: Slug,
    pub state: State{number},
    pub channel: Channel,
    #[sea_orm(indexed)]
    pub owner_id: i64,
    pub before_id: Option<i64>,
    /// What it costs.
    #[sea_orm(default_value = 0)]
    pub price: Amount,
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    #[cfg_attr(feature = "postgres", sea_orm(column_type = "JsonBinary"))]
    pub details: Json,
    #[sea_orm(default_expr = "Expr::current_timestamp()")]
    pub created_at: super::types::Moment,
}

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "state_{number}")]
pub enum State{number} {
    #[sea_orm(string_value = "open")]
    Open,
    #[sea_orm(string_value = "closed")]
    Closed,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::thing_{owner}::Entity",
        from = "Column::OwnerId",
        to = "super::thing_{owner}::Column::Id",
        on_update = "Cascade",
        on_delete = "Restrict"
    )]
    Owner,
    #[sea_orm(
        belongs_to = "super::thing_{before}::Entity",
        from = "Column::BeforeId",
        to = "super::thing_{before}::Column::Id",
        on_delete = "SetNull"
    )]
    Before,
}

impl Related<super::thing_{owner}::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Owner.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether somebody still works on it.
    pub fn is_open(&self) -> bool {
        match self.state {
            State{number}::Open => self.price.0 > 0 || self.note.is_some(),
            State{number}::Closed => false,
        }
    }
}
"##;

const DENSE: &str = r##"//! Things of kind {number}.

{imports}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "thing_{number}")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique)]
    pub slug: Slug,
    pub state: State{number},
    pub channel: Option<Channel>,
    pub owner_id: i64,
    pub before_id: Option<i64>,
    #[sea_orm(default_value = 0)]
    pub price: Amount,
    pub keywords: Vec<String>,
    pub details: Option<Json>,
    #[sea_orm(default_expr = "Expr::current_timestamp()")]
    pub created_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "owner_id", to = "id", on_delete = "Restrict")]
    pub owner: HasOne<super::thing_{owner}::Entity>,
    #[sea_orm(belongs_to, relation_enum = "Before", from = "before_id", to = "id", on_delete = "SetNull")]
    pub before: HasOne<super::thing_{before}::Entity>,
}

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "kebab-case")]
pub enum State{number} {
    Open,
    Closed,
}

impl ActiveModelBehavior for ActiveModel {}
"##;

const EXPANDED: &str = r##"//! Things of kind {number}.

{imports}

#[derive(Copy, Clone, Default, Debug, DeriveEntity)]
pub struct Entity;

impl EntityName for Entity {
    fn table_name(&self) -> &'static str {
        "thing_{number}"
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveModel, DeriveActiveModel)]
pub struct Model {
    pub id: i64,
    pub slug: Slug,
    pub channel: Channel,
    pub owner_id: i64,
    pub before_id: Option<i64>,
    pub price: Amount,
    pub note: Option<String>,
    pub details: Json,
    pub seen: bool,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveColumn)]
pub enum Column {
    Id,
    Slug,
    Channel,
    OwnerId,
    BeforeId,
    Price,
    Note,
    Details,
    Seen,
    CreatedAt,
}

#[derive(Copy, Clone, Debug, EnumIter, DerivePrimaryKey)]
pub enum PrimaryKey {
    Id,
}

impl PrimaryKeyTrait for PrimaryKey {
    type ValueType = i64;
    fn auto_increment() -> bool {
        true
    }
}

#[derive(Copy, Clone, Debug, EnumIter)]
pub enum Relation {
    Owner,
    Before,
}

impl ColumnTrait for Column {
    type EntityName = Entity;
    fn def(&self) -> ColumnDef {
        match self {
            Self::Id => ColumnType::BigInteger.def(),
            Self::Slug => ColumnType::String(StringLen::N(80)).def().unique(),
            Self::Channel => Channel::db_type().def(),
            Self::OwnerId => ColumnType::BigInteger.def().indexed(),
            Self::BeforeId => ColumnType::BigInteger.def().null(),
            Self::Price => ColumnType::BigInteger.def().default_value(0),
            Self::Note => ColumnType::Text.def().null(),
            Self::Details => ColumnType::JsonBinary.def(),
            Self::Seen => ColumnType::Boolean.def().default_value(false),
            Self::CreatedAt => ColumnType::TimestampWithTimeZone.def(),
        }
    }
}

impl RelationTrait for Relation {
    fn def(&self) -> RelationDef {
        match self {
            Self::Owner => Entity::belongs_to(super::thing_{owner}::Entity)
                .from(Column::OwnerId)
                .to(super::thing_{owner}::Column::Id)
                .on_delete(ForeignKeyAction::Restrict)
                .into(),
            Self::Before => Entity::belongs_to(super::thing_{before}::Entity)
                .from(Column::BeforeId)
                .to(super::thing_{before}::Column::Id)
                .into(),
        }
    }
}

impl ActiveModelBehavior for ActiveModel {}
"##;
