//! What the reader makes of the source → facts.

use autogen::schema::{
    Action, BaseType, Column, ColumnDefault, Constraint, ConstraintKind, DataType, Index, Models, QualifiedName,
    Rename, Table,
};

use crate::facts::Facts;

/// Every fact of what the source declares.
#[must_use]
pub fn facts(models: &Models) -> Facts {
    let mut facts = Facts::default();
    for namespace in &models.schema.namespaces {
        facts.object("", &format!("namespace {}", namespace.name), &[("is there", "yes".to_owned())]);
    }
    for enum_type in &models.schema.enum_types {
        facts.object("", &format!("enum {}", enum_type.name), &[("labels", format!("{:?}", enum_type.labels))]);
    }
    for table in &models.schema.tables {
        add_table(&mut facts, table);
    }
    for rename in &models.renames {
        match rename {
            Rename::Column { table, from, to } => {
                facts.object(&table.to_string(), &format!("column {to}"), &[("renamed from", from.clone())]);
            }
            Rename::Table { from, to } => {
                facts.object(&to.to_string(), "table", &[("renamed from", from.to_string())]);
            }
            Rename::EnumType { .. } | Rename::EnumLabel { .. } | Rename::Constraint { .. } | Rename::Index { .. } => {
                facts.object("", &format!("{rename:?}"), &[("is there", "yes".to_owned())]);
            }
        }
    }
    facts
}

fn add_table(facts: &mut Facts, table: &Table) {
    let name = table.name.to_string();
    let order: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let mut own = vec![("columns", format!("{order:?}"))];
    own.extend(table.comment.clone().map(|comment| ("comment", comment)));
    own.extend(table.partition_by.clone().map(|by| ("partition by", by)));
    own.extend(table.unlogged.then(|| ("unlogged", "yes".to_owned())));
    facts.object(&name, "table", &own);
    for column in &table.columns {
        facts.object(&name, &format!("column {}", column.name), &of_column(column));
    }
    for constraint in &table.constraints {
        let (object, own) = of_constraint(constraint);
        facts.object(&name, &object, &own);
    }
    for index in &table.indexes {
        let (object, own) = of_index(&table.name, index);
        facts.object(&name, &object, &own);
    }
}

fn of_column(column: &Column) -> Vec<(&'static str, String)> {
    let Column { name: _, data_type, nullable, default, collation, comment } = column;
    let mut facts = vec![("type", spelled(data_type)), ("nullable", nullable.to_string())];
    match default {
        ColumnDefault::None => {}
        ColumnDefault::Expression(expression) => facts.push(("default", expression.sql.clone())),
        ColumnDefault::Identity(identity) if identity.always => {
            facts.push(("counts up", "identity, always".to_owned()))
        }
        ColumnDefault::Identity(_) => facts.push(("counts up", "identity".to_owned())),
        ColumnDefault::Serial(sequence) => facts.push(("counts up", format!("serial, {}", sequence.name))),
        ColumnDefault::Generated(it) => facts.push(("generated", it.expression.sql.clone())),
    }
    facts.extend(collation.clone().map(|collation| ("collation", collation)));
    facts.extend(comment.clone().map(|comment| ("comment", comment)));
    facts
}

/// A type as Postgres prints it, and whose it is.
pub(crate) fn spelled(data_type: &DataType) -> String {
    match &data_type.base {
        BaseType::Builtin(_) => data_type.to_string(),
        BaseType::Other(_) => format!("other {data_type}"),
        BaseType::Enum(name) => format!("enum {name}{}", if data_type.array { "[]" } else { "" }),
    }
}

fn of_constraint(constraint: &Constraint) -> (String, Vec<(&'static str, String)>) {
    let mut facts = vec![("name", constraint.name.clone())];
    let object = match &constraint.kind {
        ConstraintKind::PrimaryKey { columns, include } => {
            assert_eq!(include, &Vec::<String>::new(), "an entity cannot say this");
            facts.push(("columns", format!("{columns:?}")));
            "primary key".to_owned()
        }
        ConstraintKind::Unique { columns, include, nulls_not_distinct } => {
            assert!(include.is_empty() && !nulls_not_distinct, "an entity cannot say this");
            format!("unique {columns:?}")
        }
        ConstraintKind::ForeignKey(key) => {
            assert!(key.on_delete_columns.is_empty() && !key.match_full, "an entity cannot say this");
            facts.push(("on update", action(key.on_update).to_owned()));
            facts.push(("on delete", action(key.on_delete).to_owned()));
            format!("foreign key {:?} -> {} {:?}", key.columns, key.references, key.referenced_columns)
        }
        ConstraintKind::Check { expression, no_inherit } => {
            assert!(!no_inherit, "an entity cannot say this");
            format!("check {}", expression.sql)
        }
        ConstraintKind::Exclusion { definition } => format!("exclusion {}", definition.sql),
    };
    (object, facts)
}

pub(crate) fn action(action: Action) -> &'static str {
    match action {
        Action::NoAction => "NoAction",
        Action::Restrict => "Restrict",
        Action::Cascade => "Cascade",
        Action::SetNull => "SetNull",
        Action::SetDefault => "SetDefault",
    }
}

fn of_index(table: &QualifiedName, index: &Index) -> (String, Vec<(&'static str, String)>) {
    let columns = index.column_keys().expect("an entity cannot say anything but columns");
    assert_eq!(index, &Index::plain(&index.name, index.unique, columns.clone()), "an entity can say no more");
    // A column may have one of each kind, whose order by name is not the same on both sides.
    let kind = if index.unique { "unique index" } else { "index" };
    (format!("{kind} {columns:?}"), vec![("name", index.name.clone()), ("on table", table.to_string())])
}
