use std::fmt::Write as _;

use super::{Column, Schema, Table, constant, list, sql_name};

/// A few rows for every table, a line each; what a constraint refuses is left out.
pub(crate) fn rows(schema: &Schema) -> String {
    let mut sql = String::new();
    // A table may refer to one that stands behind it: then the second time finds its rows.
    for number in [1, 2, 1, 2, 3] {
        for table in &schema.tables {
            let insert = insert(schema, table, number);
            writeln!(
                sql,
                "do $rows$ begin {insert}; set constraints all immediate; exception when others then null; end $rows$;"
            )
            .expect("a string");
        }
    }
    sql
}

fn insert(schema: &Schema, table: &Table, number: usize) -> String {
    let by_itself =
        |it: &&Column| it.clause.as_ref().is_none_or(|it| !it.starts_with("generated")) && it.data_type.sql != "serial";
    let columns: Vec<&Column> = table.columns.iter().filter(by_itself).collect();
    if columns.is_empty() {
        return format!("insert into {} default values", sql_name(&table.name));
    }
    let names: Vec<String> = columns.iter().map(|it| it.name.clone()).collect();
    let values: Vec<String> = columns.iter().map(|it| value(schema, it, number)).collect();
    format!("insert into {} ({}) values ({})", sql_name(&table.name), list(&names), values.join(", "))
}

fn value(schema: &Schema, column: &Column, number: usize) -> String {
    if !column.not_null && number == 3 {
        return "null".to_owned();
    }
    let data_type = column.data_type.sql.as_str();
    if let Some(enum_type) = schema.enums.iter().find(|it| data_type.starts_with(&sql_name(&it.name))) {
        let label = constant(&enum_type.labels[number % enum_type.labels.len()]);
        return if data_type.ends_with("[]") { format!("array[{label}]::{data_type}") } else { label };
    }
    match data_type {
        "boolean" => "true".to_owned(),
        "date" | "timestamp" | "timestamp(3)" | "timestamptz" | "timestamptz(2)" => {
            format!("'202{number}-02-03 04:05:06'")
        }
        "time" => format!("'0{number}:00'"),
        "interval" | "interval(3)" => format!("'{number} days'"),
        "uuid" => format!("'00000000-0000-0000-0000-00000000000{number}'"),
        "json" | "jsonb" => format!("'{{\"a\": {number}}}'"),
        "bytea" => format!("'\\x0{number}'"),
        "inet" | "cidr" => format!("'10.0.0.{number}'"),
        "macaddr" => format!("'08:00:2b:01:02:0{number}'"),
        "point" => format!("point({number}, 2)"),
        "bit(3)" => format!("{number}::bit(3)"),
        "bit varying(5)" => "B'101'".to_owned(),
        "int4range" => format!("int4range({number}0, {number}5)"),
        "tstzrange" => format!("'[202{number}-01-01, 202{number}-02-01)'"),
        "text[]" | "integer[]" | "varchar(10)[]" => format!("'{{{number}}}'"),
        _ => format!("'{number}'"),
    }
}
