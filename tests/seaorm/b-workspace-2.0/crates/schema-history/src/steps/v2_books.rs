use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "CREATE TABLE book (
            id bigserial PRIMARY KEY,
            author_id bigint NOT NULL REFERENCES author ON DELETE RESTRICT,
            title text NOT NULL,
            meta jsonb DEFAULT '{}',
            pages integer NOT NULL DEFAULT 0 CHECK (pages >= 0)
        );
        CREATE INDEX book_author ON book (author_id);
        CREATE INDEX book_meta ON book USING gin (meta);";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .get_connection()
            .execute_unprepared("DROP TABLE book")
            .await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
