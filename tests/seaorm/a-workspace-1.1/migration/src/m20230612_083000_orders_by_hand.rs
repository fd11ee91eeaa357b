use sea_orm_migration::prelude::*;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20230612_083000_orders_by_hand"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .get_connection()
            .execute_unprepared(
                r#"
CREATE TABLE "order" (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    number varchar(20) NOT NULL,
    placed_on date NOT NULL DEFAULT CURRENT_DATE,
    note varchar(500),
    CONSTRAINT order_number_unique UNIQUE (number),
    CONSTRAINT order_number_form CHECK (number ~ '^[A-Z]{2}[0-9]+$')
);
CREATE INDEX order_recent ON "order" (placed_on DESC) WHERE note IS NOT NULL;
CREATE FUNCTION order_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.note := coalesce(NEW.note, 'none');
    RETURN NEW;
END
$$;
CREATE TRIGGER order_changed BEFORE UPDATE ON "order" FOR EACH ROW EXECUTE FUNCTION order_changed();
CREATE VIEW order_count AS SELECT placed_on, count(*) AS orders FROM "order" GROUP BY placed_on;
"#,
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = r#"DROP VIEW order_count; DROP TABLE "order"; DROP FUNCTION order_changed()"#;
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }
}
