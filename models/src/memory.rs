//! Memories: what the service is for.

use sea_orm::entity::prelude::*;

use crate::types::{MemoryKind, Moment};

/// Something worth recalling.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "memories", comment = "What agents recall")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(indexed)]
    pub project_id: i64,
    pub author_id: Option<Uuid>,
    /// The memory that this one refines.
    pub parent_id: Option<Uuid>,
    pub kind: MemoryKind,
    pub title: String,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub metadata: Json,
    pub keywords: Vec<String>,
    #[sea_orm(default_value = 0, comment = "Higher is recalled first")]
    pub importance: i16,
    /// From 0 to 1, as the model that wrote it judged.
    #[sea_orm(default_value = 1.0)]
    pub confidence: f64,
    #[sea_orm(default_expr = "Expr::current_timestamp()")]
    pub created_at: Moment,
    #[sea_orm(default_expr = "Expr::current_timestamp()")]
    pub updated_at: Moment,
    #[sea_orm(indexed)]
    pub expires_at: Option<Moment>,
    #[sea_orm(belongs_to, from = "project_id", to = "id", on_delete = "Cascade")]
    pub project: HasOne<super::project::Entity>,
    #[sea_orm(belongs_to, from = "author_id", to = "id", on_update = "Cascade", on_delete = "SetNull")]
    pub author: HasOne<super::user::Entity>,
    #[sea_orm(self_ref, relation_enum = "Parent", from = "parent_id", to = "id", on_delete = "SetNull")]
    pub parent: HasOne<Entity>,
    #[sea_orm(has_many)]
    pub embeddings: HasMany<super::memory_embedding::Entity>,
    #[sea_orm(has_many, via = "memory_tag")]
    pub tags: HasMany<super::tag::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
