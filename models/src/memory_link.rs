//! Links: how memories hang together.

use sea_orm::entity::prelude::*;

use crate::types::LinkKind;

/// A directed link from one memory to another.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "memory_links")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub source_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false, indexed)]
    pub target_id: Uuid,
    pub kind: LinkKind,
    #[sea_orm(column_type = "Decimal(Some((5, 4)))", default_value = 1)]
    pub weight: Decimal,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::memory::Entity",
        from = "Column::SourceId",
        to = "super::memory::Column::Id",
        on_delete = "Cascade"
    )]
    Source,
    #[sea_orm(
        belongs_to = "super::memory::Entity",
        from = "Column::TargetId",
        to = "super::memory::Column::Id",
        on_delete = "Cascade",
        fk_name = "memory_links_target"
    )]
    Target,
}

impl ActiveModelBehavior for ActiveModel {}
