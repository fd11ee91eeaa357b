//! Asks the runtime of SeaORM 0.12 and 1.x, as `src/ask.rs` asks that of 2. Included by the workspaces of those versions.

use sea_orm::sea_query::{
    Alias, ColumnDef, ColumnSpec, ColumnType, Iden, IndexCreateStatement, PostgresQueryBuilder, Query, TableBuilder,
    TableRef,
};
use sea_orm::{ColumnTrait, DbBackend, EntityName, EntityTrait, IdenStatic, Iterable, Schema};

use crate::answer::{Answer, Column, ForeignKey, Index, Table, Type};

/// Nothing asked yet.
#[must_use]
pub fn begin() -> Answer {
    let mut column = ColumnDef::new_with_type(Alias::new("n"), ColumnType::Integer);
    let table = sea_orm::sea_query::Table::create().table(Alias::new("t")).col(column.auto_increment()).take();
    let counting = if table.to_string(PostgresQueryBuilder).contains("serial") { "serial" } else { "identity" };
    Answer { before_2: true, counting: counting.to_owned(), tables: Vec::new() }
}

/// Asks for the table, indexes and enums of an entity.
pub fn entity<E: EntityTrait>(answer: &mut Answer, module: &str, entity: E) {
    let schema = Schema::new(DbBackend::Postgres);
    let statement = schema.create_table_from_entity(entity);
    let declared: Vec<(String, ColumnType)> =
        E::Column::iter().map(|column| (column.as_str().to_owned(), column.def().get_column_type().clone())).collect();
    let columns = statement.get_columns().iter().zip(declared).map(|(column, (name, declared))| {
        assert_eq!(column.get_column_name(), name, "columns are created in their order");
        let mut said = Column {
            name,
            declared: declared_as(&declared),
            written: column.get_column_type().map(written).unwrap_or_default(),
            nullable: true,
            primary_key: false,
            unique: false,
            auto_increment: false,
            default: None,
            extra: None,
            comment: None,
        };
        for spec in column.get_column_spec() {
            match spec {
                ColumnSpec::Null => said.nullable = true,
                ColumnSpec::NotNull => said.nullable = false,
                ColumnSpec::PrimaryKey => said.primary_key = true,
                ColumnSpec::UniqueKey => said.unique = true,
                ColumnSpec::AutoIncrement => said.auto_increment = true,
                ColumnSpec::Default(default) => {
                    let select = Query::select().expr(default.clone()).to_string(PostgresQueryBuilder);
                    said.default = Some(select.trim_start_matches("SELECT ").to_owned());
                }
                ColumnSpec::Extra(extra) => said.extra = Some(extra.clone()),
                ColumnSpec::Comment(comment) => said.comment = Some(comment.clone()),
                other => panic!("unknown {other:?}"),
            }
        }
        said
    });
    let foreign_keys = statement.get_foreign_key_create_stmts().iter().map(|statement| {
        let key = statement.get_foreign_key();
        // The name stands nowhere but in the text.
        let sql = statement.to_string(PostgresQueryBuilder);
        ForeignKey {
            name: name_between(&sql, "CONSTRAINT \"", "\" FOREIGN KEY").expect("a foreign key has a name"),
            columns: key.get_columns(),
            references: table_name(key.get_ref_table()),
            referenced_columns: key.get_ref_columns(),
            on_update: key.get_on_update().map(|action| format!("{action:?}")),
            on_delete: key.get_on_delete().map(|action| format!("{action:?}")),
        }
    });
    let enums = schema.create_enum_from_entity(entity);
    let (namespace, name) = table_name(statement.get_table_name());
    assert_eq!(name, entity.table_name());
    let sql = statement.get_indexes().first().map(|_| format!("pk-{name}"));
    answer.tables.push(Table {
        module: module.to_owned(),
        schema: namespace,
        comment: statement.get_comment().cloned(),
        columns: columns.collect(),
        key: statement.get_indexes().first().map(|key| (sql.unwrap_or_default(), index_columns(key))),
        name,
        foreign_keys: foreign_keys.collect(),
        indexes: schema.create_index_from_entity(entity).iter().map(index).collect(),
        enums: enums.iter().map(|statement| statement.to_string(PostgresQueryBuilder)).collect(),
    });
}

fn index(index: &IndexCreateStatement) -> Index {
    let sql = index.to_string(PostgresQueryBuilder);
    Index {
        name: name_between(&sql, "INDEX \"", "\" ON ").expect("an index has a name"),
        unique: index.is_unique_key(),
        columns: index_columns(index),
        sql,
    }
}

fn index_columns(index: &IndexCreateStatement) -> Vec<String> {
    index.get_index_spec().get_column_names()
}

/// The name between a word and another one. These versions write quotes inside a name as they are.
fn name_between(sql: &str, before: &str, after: &str) -> Option<String> {
    Some(sql.split_once(before)?.1.split_once(after)?.0.to_owned())
}

fn declared_as(column_type: &ColumnType) -> Type {
    match column_type {
        ColumnType::Enum { name, variants } => {
            Type::Enum(name.to_string(), variants.iter().map(|label| label.to_string()).collect())
        }
        ColumnType::Array(element) => Type::Array(Box::new(declared_as(element))),
        _ => Type::Plain,
    }
}

fn written(column_type: &ColumnType) -> String {
    let mut sql = String::new();
    PostgresQueryBuilder.prepare_column_type(column_type, &mut sql);
    sql
}

fn table_name(table: Option<&TableRef>) -> (Option<String>, String) {
    match table {
        Some(TableRef::Table(name)) => (None, name.to_string()),
        Some(TableRef::SchemaTable(schema, name)) => (Some(schema.to_string()), name.to_string()),
        other => panic!("no table: {other:?}"),
    }
}
