//! Projects: what memories are grouped by.

use sea_orm::entity::prelude::*;

use crate::types::{Moment, OrganizationId};

/// A body of work with memories of its own.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "projects")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique_key = "organization_slug")]
    pub organization_id: OrganizationId,
    #[sea_orm(unique_key = "organization_slug")]
    pub slug: String,
    #[sea_orm(column_type = "Text")]
    pub description: String,
    #[sea_orm(default_value = false)]
    pub archived: bool,
    #[sea_orm(default_expr = "Expr::current_timestamp()")]
    pub created_at: Moment,
    #[sea_orm(belongs_to, from = "organization_id", to = "id", on_delete = "Cascade")]
    pub organization: HasOne<super::organization::Entity>,
    #[sea_orm(has_many)]
    pub memories: HasMany<super::memory::Entity>,
    #[sea_orm(has_many)]
    pub tags: HasMany<super::tag::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
