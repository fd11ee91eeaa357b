//! API keys: how agents reach the memories of a member.

use sea_orm::entity::prelude::*;

use crate::types::{ApiScope, Moment, OrganizationId};

/// A key that acts for one membership and dies with it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_keys")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub organization_id: OrganizationId,
    pub user_id: Uuid,
    pub label: String,
    /// The part of the key that may be shown.
    #[sea_orm(unique, column_type = "Char(Some(12))")]
    pub prefix: String,
    #[sea_orm(column_type = "Binary(32)")]
    pub secret_hash: Vec<u8>,
    pub scopes: Vec<ApiScope>,
    pub expires_at: Option<Moment>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::membership::Entity",
        from = "(Column::OrganizationId, Column::UserId)",
        to = "(super::membership::Column::OrganizationId, super::membership::Column::UserId)",
        on_delete = "Cascade"
    )]
    Membership,
}

impl Related<super::membership::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Membership.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
