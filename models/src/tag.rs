//! Tags: a tree of labels a project.

use sea_orm::entity::prelude::*;

/// A label for memories.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tags")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    #[sea_orm(unique_key = "project_name")]
    pub project_id: i64,
    pub parent_id: Option<i32>,
    #[sea_orm(unique_key = "project_name", column_type = "String(StringLen::N(80))")]
    pub name: String,
    /// `#rrggbb`.
    #[sea_orm(column_name = "colour", column_type = "Char(Some(7))", nullable)]
    pub color: Option<String>,
    #[sea_orm(belongs_to, from = "project_id", to = "id", on_delete = "Cascade")]
    pub project: HasOne<super::project::Entity>,
    #[sea_orm(self_ref, relation_enum = "Parent", from = "parent_id", to = "id", on_delete = "Restrict")]
    pub parent: HasOne<Entity>,
    #[sea_orm(has_many, via = "memory_tag")]
    pub memories: HasMany<super::memory::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
