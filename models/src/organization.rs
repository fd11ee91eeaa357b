//! Organisations: who pays.

use sea_orm::entity::prelude::*;

use crate::types::{Moment, OrganizationId, Plan};

/// A customer.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organizations", comment = "Customers")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: OrganizationId,
    /// The name in URLs.
    #[sea_orm(unique, column_type = "String(StringLen::N(63))")]
    pub slug: String,
    pub name: String,
    #[sea_orm(default_value = "free")]
    pub plan: Plan,
    #[sea_orm(column_type = "Decimal(Some((12, 2)))", default_value = 0, comment = "In euros; 0 stops all calls")]
    pub monthly_budget: Decimal,
    #[sea_orm(default_expr = "Expr::current_timestamp()")]
    pub created_at: Moment,
    #[sea_orm(has_many)]
    pub projects: HasMany<super::project::Entity>,
    #[sea_orm(has_many, via = "membership")]
    pub users: HasMany<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
