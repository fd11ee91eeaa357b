use super::laying::Laying;
use crate::schema::{EnumType, Fact, Object, Schema, Table};

/// Every enum type of the wanted schema; `tables` are the wanted ones.
pub(super) fn lay(current: &Schema, tables: &[Table], laying: &mut Laying<'_>) -> Vec<EnumType> {
    let models = laying.models;
    let mut wanted = Vec::new();
    for enum_type in &current.enum_types {
        let object = Object::EnumType(enum_type.name.clone());
        match models.schema.enum_type(&enum_type.name) {
            Some(declared) => {
                let said = laying.states(&object, Fact::Comment);
                let comment = if said { declared.comment.clone() } else { enum_type.comment.clone() };
                laying.declare(object);
                wanted.push(EnumType { labels: labels(enum_type, declared, laying), comment, ..enum_type.clone() });
            }
            // A column that was left alone may still be of the type.
            None if is_used(enum_type, tables) => wanted.push(enum_type.clone()),
            None if laying.keeps(object) => wanted.push(enum_type.clone()),
            None => {}
        }
    }
    for declared in models.schema.enum_types.iter().filter(|it| current.enum_type(&it.name).is_none()) {
        laying.declare(Object::EnumType(declared.name.clone()));
        for label in &declared.labels {
            laying.declare(Object::EnumLabel(declared.name.clone(), label.clone()));
        }
        wanted.push(declared.clone());
    }
    wanted
}

fn is_used(enum_type: &EnumType, tables: &[Table]) -> bool {
    tables.iter().flat_map(|table| &table.columns).any(|column| column.data_type.enum_name() == Some(&enum_type.name))
}

/// The labels that are there, without those that the models own and no longer declare, and with the new ones each
/// behind the label that stands before it in the models. The order of the others counts in `strict` only.
fn labels(current: &EnumType, declared: &EnumType, laying: &mut Laying<'_>) -> Vec<String> {
    let name = &current.name;
    let object = |label: &String| Object::EnumLabel(name.clone(), label.clone());
    let mut labels = Vec::new();
    for label in &current.labels {
        if declared.labels.contains(label) || laying.keeps(object(label)) {
            labels.push(label.clone());
        }
    }
    for (position, label) in declared.labels.iter().enumerate() {
        laying.declare(object(label));
        if !labels.contains(label) {
            let before = declared.labels[..position].iter().rev().find_map(|it| labels.iter().position(|at| at == it));
            labels.insert(before.map_or(0, |before| before + 1), label.clone());
        }
    }
    if laying.strict { declared.labels.clone() } else { labels }
}
