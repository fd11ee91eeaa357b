use sea_orm_migration::prelude::extension::postgres::Type;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kind = Type::create()
            .as_enum(Alias::new("cake_kind"))
            .values(["sponge", "pie"].map(Alias::new))
            .to_owned();
        manager.create_type(kind).await?;
        manager
            .create_table(
                Table::create()
                    .table(Cake::Table)
                    .if_not_exists()
                    .col(
                        ColumnDef::new(Cake::Id)
                            .integer()
                            .not_null()
                            .auto_increment()
                            .primary_key(),
                    )
                    .col(ColumnDef::new(Cake::Name).string_len(120).not_null())
                    .col(
                        ColumnDef::new(Cake::Price)
                            .decimal_len(10, 2)
                            .not_null()
                            .default(0),
                    )
                    .col(
                        ColumnDef::new(Cake::Details)
                            .json_binary()
                            .not_null()
                            .default("{}"),
                    )
                    .col(
                        ColumnDef::new(Cake::Kind)
                            .custom(Alias::new("cake_kind"))
                            .not_null()
                            .default("sponge"),
                    )
                    .col(
                        ColumnDef::new(Cake::CreatedAt)
                            .timestamp_with_time_zone()
                            .not_null()
                            .default(Expr::current_timestamp()),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("idx_cake_name")
                    .table(Cake::Table)
                    .col(Cake::Name)
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(Cake::Table).to_owned())
            .await?;
        manager
            .drop_type(Type::drop().name(Alias::new("cake_kind")).to_owned())
            .await
    }
}

#[derive(DeriveIden)]
enum Cake {
    Table,
    Id,
    Name,
    Price,
    Details,
    Kind,
    CreatedAt,
}
