use sea_orm_migration::MigratorTrait;

#[tokio::main]
async fn main() {
    let url = std::env::var("DATABASE_URL").expect("DATABASE_URL");
    let db = sea_orm::Database::connect(url).await.expect("a database");
    blog::migrator::Migrator::up(&db, None)
        .await
        .expect("it migrates");
}
