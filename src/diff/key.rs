use crate::operation::{Change, Operation};
use crate::schema::{BaseType, Constraint, ConstraintKind, ForeignKey, QualifiedName, Schema};

/// Foreign keys that stay the same and still have to go and come back, because the key they refer to does, or because
/// a column on either side becomes a type that cannot be compared with the other's on the way.
pub(super) fn remade(renamed: &Schema, desired: &Schema, operations: &[Operation]) -> Vec<Operation> {
    let mut result = Vec::new();
    for table in &desired.tables {
        let Some(before) = renamed.table(&table.name) else { continue };
        for constraint in table.constraints.iter().filter(|it| before.constraints.contains(it)) {
            let ConstraintKind::ForeignKey(key) = &constraint.kind else { continue };
            if operations.iter().any(|operation| disturbs(operation, &table.name, key)) {
                let again = |change: fn(Constraint) -> Change<Constraint>| {
                    Operation::Constraint(table.name.clone(), change(constraint.clone()))
                };
                result.extend([again(Change::Drop), again(Change::Add)]);
            }
        }
    }
    result
}

fn disturbs(operation: &Operation, owner: &QualifiedName, key: &ForeignKey) -> bool {
    match operation {
        Operation::Constraint(table, Change::Drop(constraint)) => match &constraint.kind {
            ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => {
                table == &key.references && same_set(columns, &key.referenced_columns)
            }
            ConstraintKind::ForeignKey(_) | ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. } => false,
        },
        Operation::Index(table, Change::Drop(index)) => {
            index.unique
                && table == &key.references
                && index.column_keys().is_some_and(|columns| same_set(&columns, &key.referenced_columns))
        }
        Operation::Column(table, Change::Alter { from, to }) => {
            let here = table == owner && key.columns.contains(&to.name);
            let there = table == &key.references && key.referenced_columns.contains(&to.name);
            (here || there) && !comparable(&from.data_type.base, &to.data_type.base)
        }
        Operation::Rename(_)
        | Operation::Namespace(_)
        | Operation::EnumType(..)
        | Operation::Table(_)
        | Operation::Column(..)
        | Operation::Constraint(..)
        | Operation::Index(..)
        | Operation::Definition(..) => false,
    }
}

fn same_set<A: AsRef<str>, B: AsRef<str>>(a: &[A], b: &[B]) -> bool {
    a.len() == b.len() && a.iter().all(|name| b.iter().any(|other| other.as_ref() == name.as_ref()))
}

/// Whether a foreign key between the two holds: types of one btree operator family (`pg_amop`).
fn comparable(a: &BaseType, b: &BaseType) -> bool {
    const FAMILIES: [&[&str]; 4] = [
        &["smallint", "integer", "bigint"],
        &["text", "character varying"],
        &["real", "double precision"],
        &["date", "timestamp without time zone", "timestamp with time zone"],
    ];
    match (a, b) {
        (BaseType::Builtin(a), BaseType::Builtin(b)) => {
            a == b || FAMILIES.iter().any(|family| family.contains(&a.as_str()) && family.contains(&b.as_str()))
        }
        (a, b) => a == b,
    }
}
