//! The history of the schema.

use sea_orm_migration::sea_orm::DynIden;
use sea_orm_migration::{
    async_trait, sea_query::Alias, sea_query::IntoIden, MigrationTrait, MigratorTrait,
};

mod steps;

pub struct History;

#[async_trait::async_trait]
impl MigratorTrait for History {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(steps::v1_authors::Migration),
            Box::new(steps::v2_books::Migration),
        ]
    }

    fn migration_table_name() -> DynIden {
        Alias::new("schema_steps").into_iden()
    }
}
