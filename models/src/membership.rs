//! Memberships: who belongs to which organisation.

use sea_orm::entity::prelude::*;

use crate::types::{MemberRole, Moment, OrganizationId};

/// A user's place in an organisation.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "memberships")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: OrganizationId,
    #[sea_orm(primary_key, auto_increment = false, indexed)]
    pub user_id: Uuid,
    #[sea_orm(default_value = "member")]
    pub role: MemberRole,
    #[sea_orm(default_expr = "Expr::current_timestamp()")]
    pub joined_at: Moment,
    #[sea_orm(belongs_to, from = "organization_id", to = "id", on_delete = "Cascade")]
    pub organization: HasOne<super::organization::Entity>,
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
