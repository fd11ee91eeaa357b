//! Asks the runtime of SeaORM 2. `before_2.rs` asks older ones.

use sea_orm::sea_query::{
    Alias, ColumnDef, ColumnType, IndexCreateStatement, PostgresQueryBuilder, Query, TableBuilder, TableRef,
};
use sea_orm::{ColumnTrait, DbBackend, EntityTrait, IdenStatic, Iterable, Schema};

use crate::answer::{Answer, Column, ForeignKey, Index, Table, Type};

/// Nothing asked yet.
#[must_use]
pub fn begin() -> Answer {
    let mut column = ColumnDef::new_with_type(Alias::new("n"), ColumnType::Integer);
    let table = sea_orm::sea_query::Table::create().table(Alias::new("t")).col(column.auto_increment()).take();
    let counting = if table.to_string(PostgresQueryBuilder).contains("serial") { "serial" } else { "identity" };
    Answer { before_2: false, counting: counting.to_owned(), tables: Vec::new() }
}

/// Asks for the table, indexes and enums of an entity.
pub fn entity<E: EntityTrait>(answer: &mut Answer, module: &str, entity: E) {
    let schema = Schema::new(DbBackend::Postgres);
    let statement = schema.create_table_from_entity(entity);
    let declared: Vec<(String, ColumnType)> =
        E::Column::iter().map(|column| (column.as_str().to_owned(), column.def().get_column_type().clone())).collect();
    let columns = statement.get_columns().iter().zip(declared).map(|(column, (name, declared))| {
        let spec = column.get_column_spec();
        assert_eq!(column.get_column_name(), name, "columns are created in their order");
        Column {
            name,
            declared: declared_as(&declared),
            written: column.get_column_type().map(written).unwrap_or_default(),
            nullable: spec.nullable != Some(false),
            primary_key: spec.primary_key,
            unique: spec.unique,
            auto_increment: spec.auto_increment,
            default: spec.default.clone().map(|default| {
                let select = Query::select().expr(default).to_string(PostgresQueryBuilder);
                select.trim_start_matches("SELECT ").to_owned()
            }),
            extra: spec.extra.clone(),
            comment: spec.comment.clone(),
        }
    });
    let foreign_keys = statement.get_foreign_key_create_stmts().iter().map(|key| {
        let key = key.get_foreign_key();
        ForeignKey {
            name: key.get_name().unwrap_or_default().to_owned(),
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
    answer.tables.push(Table {
        module: module.to_owned(),
        schema: namespace,
        name,
        comment: statement.get_comment().cloned(),
        columns: columns.collect(),
        key: statement.get_indexes().first().map(|key| (index_name(key), index_columns(key))),
        foreign_keys: foreign_keys.collect(),
        indexes: schema.create_index_from_entity(entity).iter().map(index).collect(),
        enums: enums.iter().map(|statement| statement.to_string(PostgresQueryBuilder)).collect(),
    });
}

fn index(index: &IndexCreateStatement) -> Index {
    Index {
        name: index_name(index),
        unique: index.is_unique_key(),
        columns: index_columns(index),
        sql: index.to_string(PostgresQueryBuilder),
    }
}

fn index_name(index: &IndexCreateStatement) -> String {
    index.get_index_spec().get_name().unwrap_or_default().to_owned()
}

fn index_columns(index: &IndexCreateStatement) -> Vec<String> {
    index.get_index_spec().get_column_names()
}

fn declared_as(column_type: &ColumnType) -> Type {
    match column_type {
        ColumnType::Enum { name, variants } => {
            Type::Enum(name.to_string(), variants.iter().map(ToString::to_string).collect())
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
        Some(TableRef::Table(name, _)) => (name.0.as_ref().map(|schema| schema.1.to_string()), name.1.to_string()),
        other => panic!("no table: {other:?}"),
    }
}
