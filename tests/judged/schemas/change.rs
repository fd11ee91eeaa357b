use super::generate::{
    add_constraint, add_foreign_key, add_index, add_key, add_view, column, comment, enum_type, retype, table,
};
use super::{Schema, Table};
use crate::random::Random;

/// The schema after a few changes.
pub(crate) fn changed(random: &mut Random, schema: &Schema) -> Schema {
    let mut schema = schema.clone();
    for _ in 0..=random.below(6) {
        change(random, &mut schema);
        schema.tidy();
    }
    schema
}

fn change(random: &mut Random, schema: &mut Schema) {
    match random.below(12) {
        0 => schema.tables.push(table(random, schema)),
        1 if schema.tables.len() > 1 => {
            schema.tables.remove(random.below(schema.tables.len()));
        }
        2 => schema.enums.push(enum_type(random, schema)),
        3 if !schema.enums.is_empty() => change_enum(random, schema),
        4 => add_foreign_key(random, schema),
        5 => match schema.views.is_empty() {
            true => add_view(random, schema),
            false => drop(schema.views.pop()),
        },
        _ if !schema.tables.is_empty() => {
            let at = random.below(schema.tables.len());
            let mut table = schema.tables[at].clone();
            change_table(random, schema, &mut table);
            schema.tables[at] = table;
        }
        _ => {}
    }
}

fn change_enum(random: &mut Random, schema: &mut Schema) {
    let at = random.below(schema.enums.len());
    let labels = &mut schema.enums[at].labels;
    if labels.len() > 1 && random.one(3) {
        labels.remove(random.below(labels.len()));
    } else {
        let label = format!("new {}", random.below(100));
        if !labels.contains(&label) {
            labels.insert(random.below(labels.len() + 1), label);
        }
    }
}

fn change_table(random: &mut Random, schema: &Schema, table: &mut Table) {
    let at = random.below(table.columns.len());
    match random.below(13) {
        0 | 1 => {
            let column = column(random, schema, table);
            table.columns.push(column);
        }
        2 if table.columns.len() > 1 => {
            let gone = table.columns.remove(at);
            table.forget(&gone.name);
        }
        3 | 4 => {
            let mut column = table.columns[at].clone();
            table.forget(&column.name);
            retype(random, schema, table, &mut column);
            table.columns[at] = column;
        }
        5 => table.columns[at].not_null = !table.columns[at].not_null,
        6 => table.columns[at].comment = comment(random),
        7 => add_constraint(random, schema, table),
        8 => add_index(random, schema, table),
        9 if !table.constraints.is_empty() => {
            table.constraints.remove(random.below(table.constraints.len()));
        }
        10 if !table.indexes.is_empty() => {
            table.indexes.remove(random.below(table.indexes.len()));
        }
        11 => {
            table.constraints.retain(|it| !it.sql.starts_with("primary"));
            add_key(random, schema, table, true);
        }
        12 => {
            let is_default = |it: &String| it.starts_with("default");
            if table.columns[at].clause.as_ref().is_some_and(is_default) {
                table.columns[at].clause = None;
            }
        }
        _ => table.comment = comment(random),
    }
}
