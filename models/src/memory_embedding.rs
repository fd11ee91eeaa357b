//! Embeddings: one vector a memory and model.

use sea_orm::entity::prelude::*;

use crate::types::Moment;

/// What a memory looks like to an embedding model.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "memory_embeddings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub memory_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false, column_type = "String(StringLen::N(64))")]
    pub model: String,
    pub dimensions: i32,
    pub embedding: Vec<f32>,
    #[sea_orm(default_expr = "Expr::current_timestamp()")]
    pub created_at: Moment,
    #[sea_orm(belongs_to, from = "memory_id", to = "id", on_delete = "Cascade")]
    pub memory: HasOne<super::memory::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
