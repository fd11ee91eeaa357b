use super::laying::Laying;
use super::{column, constraint, index};
use crate::schema::{Fact, Object, Schema, Table};

/// Every table of the wanted schema.
pub(super) fn lay(current: &Schema, laying: &mut Laying<'_>) -> Vec<Table> {
    let models = laying.models;
    let mut wanted = Vec::new();
    for table in &current.tables {
        match models.schema.table(&table.name) {
            Some(declared) => wanted.push(lay_over(table, declared, laying)),
            None if laying.keeps(Object::Table(table.name.clone())) => wanted.push(table.clone()),
            None => {}
        }
    }
    for declared in models.schema.tables.iter().filter(|it| current.table(&it.name).is_none()) {
        declare_whole(declared, laying);
        wanted.push(declared.clone());
    }
    wanted
}

fn lay_over(current: &Table, declared: &Table, laying: &mut Laying<'_>) -> Table {
    let declared = &index::with_whole_groups(current, declared, laying);
    let object = Object::Table(declared.name.clone());
    if !laying.models.borrowed.contains(&declared.name) {
        laying.declare(object.clone());
    }
    let comment = laying.optional_fact(&object, &object, Fact::Comment, &declared.comment, &current.comment);
    let columns = column::lay(current, declared, laying);
    let kept = |name: &str| columns.iter().any(|column| column.name == name);
    let constraints = constraint::lay(current, declared, &kept, laying);
    let indexes = index::lay(current, declared, &kept, laying);
    let stored = if laying.states(&object, Fact::Whole) { declared } else { current };
    let (unlogged, partition_by) = (stored.unlogged, stored.partition_by.clone());
    let mut wanted = Table { columns, constraints, indexes, comment, unlogged, partition_by, ..current.clone() };
    // Only what stays can satisfy a declaration. A declared unique is a constraint in some entities and an index in
    // others; to Postgres' rows both are the same.
    let missing_constraints = constraint::missing(&wanted, declared, laying);
    let missing_indexes = index::missing(&wanted, declared, laying);
    wanted.constraints.extend(missing_constraints);
    wanted.indexes.extend(missing_indexes);
    wanted
}

/// A table that is not there yet is all the models' own.
fn declare_whole(table: &Table, laying: &mut Laying<'_>) {
    let name = &table.name;
    let mut objects = vec![Object::Table(name.clone())];
    objects.extend(table.columns.iter().map(|it| Object::Column(name.clone(), it.name.clone())));
    objects.extend(table.constraints.iter().map(|it| Object::Constraint(name.clone(), it.name.clone())));
    objects.extend(table.indexes.iter().map(|it| Object::Index(name.clone(), it.name.clone())));
    for object in objects {
        for fact in [Fact::Default, Fact::Comment, Fact::OnUpdate, Fact::OnDelete] {
            if laying.states(&object, fact) {
                laying.declare_fact(object.clone(), fact);
            }
        }
        laying.declare(object);
    }
}
