pub use sea_orm_migration::prelude::*;

mod m20220101_000001_create_cake;
mod m20220118_000001_create_filling;
mod m20230612_083000_orders_by_hand;

pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20220101_000001_create_cake::Migration),
            // Fillings came later.
            Box::new(m20220118_000001_create_filling::Migration),
            Box::new(m20230612_083000_orders_by_hand::Migration),
        ]
    }
}
