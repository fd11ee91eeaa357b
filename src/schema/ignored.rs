/// Tables of migration tools, which are never seen, whatever their namespace: autogen's own history and journal, and
/// the bookkeeping of sea-orm-migration, sqlx, diesel, refinery, Alembic, Flyway, Liquibase, Prisma, Drizzle, Atlas,
/// goose, Knex, TypeORM, Rails, Django, node-pg-migrate, golang-migrate and dbmate. Whole names, no pattern: a model
/// may well be called `bird_migrations`.
pub const IGNORED_TABLES: &[&str] = &[
    "autogen_history",
    "autogen_journal",
    "seaql_migrations",
    "_sqlx_migrations",
    "__diesel_schema_migrations",
    "refinery_schema_history",
    "alembic_version",
    "flyway_schema_history",
    "databasechangelog",
    "databasechangeloglock",
    "_prisma_migrations",
    "__drizzle_migrations",
    "atlas_schema_revisions",
    "goose_db_version",
    "knex_migrations",
    "knex_migrations_lock",
    "typeorm_metadata",
    "schema_migrations",
    "ar_internal_metadata",
    "django_migrations",
    "pgmigrations",
];
