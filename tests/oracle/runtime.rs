//! SeaORM's runtime structure → this library's nouns.

#![expect(clippy::unwrap_used, reason = "a test")]

use autogen::schema::{
    Action, BaseType, Column, ColumnDefault, Constraint, ConstraintKind, DataType, EnumType, Expression, ForeignKey,
    Identity, Index, QualifiedName, SequenceOptions, Table,
};
use sea_orm::sea_query::{
    ColumnSpec, ColumnType, ForeignKeyAction, IndexCreateStatement, PostgresQueryBuilder, Query, TableBuilder,
    TableCreateStatement, TableRef,
};
use sea_orm::{ColumnTrait, DbBackend, EntityTrait, IdenStatic, Iterable, Schema};

/// Asks SeaORM for the table, indexes and enums of an entity.
pub(crate) fn add<E: EntityTrait>(entity: E, schema: &mut autogen::schema::Schema) {
    let helper = Schema::new(DbBackend::Postgres);
    let statement = helper.create_table_from_entity(entity);
    let name = qualified(statement.get_table_name());

    // Deliberate: SeaORM never creates an enum that is used in arrays only, and puts all in one namespace.
    let types: Vec<(String, ColumnType)> =
        E::Column::iter().map(|column| (column.as_str().to_owned(), column.def().get_column_type().clone())).collect();
    for (_, column_type) in &types {
        let enum_type = enum_type(column_type, &name.namespace);
        schema.enum_types.extend(enum_type.filter(|found| !schema.enum_types.contains(found)));
    }

    let mut table = Table::new(name);
    table.comment = statement.get_comment().cloned();
    add_columns(&statement, &types, &mut table);
    add_keys(&statement, &mut table);
    for index in helper.create_index_from_entity(entity) {
        let columns = index_columns(&index);
        let name = index.get_index_spec().get_name().unwrap_or_default().to_owned();
        table.indexes.push(Index::plain(name, index.is_unique_key(), columns));
    }
    schema.tables.push(table);
}

fn add_columns(statement: &TableCreateStatement, types: &[(String, ColumnType)], table: &mut Table) {
    let key: Vec<String> = statement.get_indexes().iter().flat_map(index_columns).collect();
    for column in statement.get_columns() {
        let name = column.get_column_name();
        let spec = column.get_column_spec();
        let column_type = &types.iter().find(|(other, _)| *other == name).unwrap().1;
        let data_type = data_type(column_type, &table.name.namespace);
        let in_key = spec.primary_key || key.contains(&name);
        table.columns.push(Column {
            nullable: spec.nullable != Some(false) && !in_key,
            default: default(spec, &data_type),
            collation: None,
            comment: comment(spec),
            name: name.clone(),
            data_type,
        });
        let unique = ConstraintKind::Unique { columns: vec![name.clone()], include: vec![], nulls_not_distinct: false };
        if spec.unique {
            table.constraints.push(Constraint::new(format!("{}_{name}_key", table.name.name), unique));
        }
        if spec.primary_key {
            let kind = ConstraintKind::PrimaryKey { columns: vec![name.clone()], include: vec![] };
            table.constraints.push(Constraint::new(format!("{}_pkey", table.name.name), kind));
        }
        // The fixtures write one check a column, on that column.
        if let Some(condition) = spec.extra.as_ref().and_then(|extra| extra.strip_prefix("CHECK (")) {
            let expression = Expression::new(condition.strip_suffix(')').unwrap());
            let kind = ConstraintKind::Check { expression, no_inherit: false };
            table.constraints.push(Constraint::new(format!("{}_{name}_check", table.name.name), kind));
        }
    }
}

fn add_keys(statement: &TableCreateStatement, table: &mut Table) {
    for index in statement.get_indexes() {
        let name = index.get_index_spec().get_name().unwrap().to_owned();
        let kind = ConstraintKind::PrimaryKey { columns: index_columns(index), include: vec![] };
        table.constraints.push(Constraint::new(name, kind));
    }
    for key in statement.get_foreign_key_create_stmts() {
        let key = key.get_foreign_key();
        let kind = ConstraintKind::ForeignKey(ForeignKey {
            columns: key.get_columns(),
            references: qualified(key.get_ref_table()),
            referenced_columns: key.get_ref_columns(),
            on_update: action(key.get_on_update()),
            on_delete: action(key.get_on_delete()),
            on_delete_columns: vec![],
            match_full: false,
        });
        table.constraints.push(Constraint::new(key.get_name().unwrap(), kind));
    }
}

fn index_columns(index: &IndexCreateStatement) -> Vec<String> {
    index.get_index_spec().get_column_names()
}

fn action(action: Option<ForeignKeyAction>) -> Action {
    match action {
        None | Some(ForeignKeyAction::NoAction) => Action::NoAction,
        Some(ForeignKeyAction::Restrict) => Action::Restrict,
        Some(ForeignKeyAction::Cascade) => Action::Cascade,
        Some(ForeignKeyAction::SetNull) => Action::SetNull,
        Some(ForeignKeyAction::SetDefault) => Action::SetDefault,
        Some(other) => panic!("unknown action {other:?}"),
    }
}

fn default(spec: &ColumnSpec, data_type: &DataType) -> ColumnDefault {
    let counts = matches!(data_type.to_string().as_str(), "smallint" | "integer" | "bigint");
    match (&spec.default, &spec.extra) {
        (Some(default), _) => {
            let select = Query::select().expr(default.clone()).to_string(PostgresQueryBuilder);
            ColumnDefault::Expression(Expression::new(select.strip_prefix("SELECT ").unwrap()))
        }
        (None, Some(extra)) if extra.starts_with("GENERATED ALWAYS AS (") => {
            let expression = extra.strip_prefix("GENERATED ALWAYS AS (").and_then(|rest| rest.strip_suffix(") STORED"));
            ColumnDefault::Generated(Expression::new(expression.unwrap()))
        }
        (None, Some(extra)) if extra.starts_with("DEFAULT ") => {
            ColumnDefault::Expression(Expression::new(extra.strip_prefix("DEFAULT ").unwrap()))
        }
        // Deliberate: a key that is no integer does not count up, where SeaORM panics.
        (None, _) if spec.auto_increment && counts => {
            ColumnDefault::Identity(Identity { always: false, options: SequenceOptions::default() })
        }
        (None, _) => ColumnDefault::None,
    }
}

/// Deliberate: SeaORM hides `renamed_from` in the comment; here it is a rename.
fn comment(spec: &ColumnSpec) -> Option<String> {
    let comment = spec.comment.as_ref()?;
    match comment.find("renamed_from \"") {
        Some(at) => Some(comment[..at].trim_end_matches("; ").to_owned()).filter(|rest| !rest.is_empty()),
        None => Some(comment.clone()),
    }
}

fn qualified(table: Option<&TableRef>) -> QualifiedName {
    match table {
        Some(TableRef::Table(name, _)) => {
            let namespace = name.0.as_ref().map_or("public".to_owned(), |schema| schema.1.to_string());
            QualifiedName::new(namespace, name.1.to_string())
        }
        other => panic!("no table: {other:?}"),
    }
}

fn enum_type(column_type: &ColumnType, namespace: &str) -> Option<EnumType> {
    match column_type {
        ColumnType::Enum { name, variants } => Some(EnumType {
            name: QualifiedName::new(namespace, name.to_string()),
            labels: variants.iter().map(ToString::to_string).collect(),
            comment: None,
        }),
        ColumnType::Array(element) => enum_type(element, namespace),
        _ => None,
    }
}

fn data_type(column_type: &ColumnType, namespace: &str) -> DataType {
    match column_type {
        ColumnType::Enum { name, .. } => DataType {
            base: BaseType::Enum(QualifiedName::new(namespace, name.to_string())),
            modifiers: None,
            array: false,
        },
        ColumnType::Array(element) => data_type(element, namespace).array_of(),
        other => {
            let mut sql = String::new();
            PostgresQueryBuilder.prepare_column_type(other, &mut sql);
            printed(&sql)
        }
    }
}

/// What `format_type` prints for the words of sea-query (measured on Postgres 15).
fn printed(sql: &str) -> DataType {
    let (name, modifiers) = match sql.split_once('(') {
        Some((name, rest)) => (name, Some(rest.trim_end_matches(')').replace(' ', ""))),
        None => (sql, None),
    };
    let name = match name {
        "varchar" => "character varying",
        "char" => "character",
        "decimal" => "numeric",
        "timestamp" => "timestamp without time zone",
        "time" => "time without time zone",
        "bool" => "boolean",
        "varbit" => "bit varying",
        "citext" | "ltree" | "vector" => {
            return DataType { base: BaseType::Other(name.to_owned()), modifiers, array: false };
        }
        other => other,
    };
    let one = (matches!(name, "character" | "bit") && modifiers.is_none()).then(|| "1".to_owned());
    DataType { base: BaseType::Builtin(name.to_lowercase()), modifiers: modifiers.or(one), array: false }
}
