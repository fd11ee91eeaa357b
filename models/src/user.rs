//! Users: people who sign in.

use sea_orm::entity::prelude::*;

use crate::types::{AccountStatus, EmailAddress, Moment};

/// A person.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, default_expr = r#"Expr::cust("gen_random_uuid()")"#)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub email: EmailAddress,
    pub display_name: Option<String>,
    #[sea_orm(default_value = "invited")]
    pub status: AccountStatus,
    /// Free-form settings of the clients.
    #[sea_orm(column_type = "JsonBinary", default_expr = r#"Expr::cust("'{}'::jsonb")"#)]
    pub preferences: Json,
    #[sea_orm(default_expr = "Expr::current_timestamp()")]
    pub created_at: Moment,
    pub last_seen_at: Option<Moment>,
    #[sea_orm(has_many, via = "membership")]
    pub organizations: HasMany<super::organization::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
