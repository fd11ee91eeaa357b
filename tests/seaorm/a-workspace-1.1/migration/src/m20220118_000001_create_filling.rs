use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "CREATE TABLE filling (
            id serial PRIMARY KEY,
            cake_id integer NOT NULL CONSTRAINT \"fk-filling-of-cake\" REFERENCES cake ON DELETE CASCADE ON UPDATE CASCADE,
            name text NOT NULL CHECK (name <> ''),
            tags text[]
        );
        CREATE INDEX filling_tags ON filling USING gin (tags);
        CREATE UNIQUE INDEX filling_once ON filling (cake_id, lower(name));";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .get_connection()
            .execute_unprepared("DROP TABLE filling")
            .await?;
        Ok(())
    }
}
