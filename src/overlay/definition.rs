use super::laying::Laying;
use crate::schema::{Definition, DefinitionKind, DefinitionName, Object, Schema, Table};

/// Every definition of the wanted schema; `tables` are the wanted ones.
pub(super) fn lay(current: &Schema, tables: &[Table], laying: &mut Laying<'_>) -> Vec<Definition> {
    let declared = &laying.models.schema.definitions;
    let mut wanted = Vec::new();
    for definition in &current.definitions {
        let object = Object::Definition(definition.name.clone());
        match declared.iter().find(|it| it.name == definition.name) {
            Some(model) => {
                laying.declare(object);
                wanted.push(laid_over(definition, model));
            }
            None if falls(definition, current, tables) => {}
            None if laying.keeps(object) => wanted.push(definition.clone()),
            None => {}
        }
    }
    for model in declared.iter().filter(|it| current.definition(&it.name).is_none()) {
        laying.declare(Object::Definition(model.name.clone()));
        wanted.push(model.clone());
    }
    // What stands on a view that goes, goes with it.
    let views: Vec<DefinitionName> = wanted.iter().map(|it| it.name.clone()).collect();
    let is_there = |it: &Definition| {
        tables.iter().any(|table| table.name == it.name.name)
            || views.iter().any(|view| is_view(view.kind) && view.name == it.name.name)
    };
    wanted.retain(|it| !it.name.kind.has_host() || is_there(it));
    wanted
}

/// An extension is there or not; where its objects are, and in which version, is the administrator's affair.
fn laid_over(current: &Definition, model: &Definition) -> Definition {
    if current.name.kind == DefinitionKind::Extension { current.clone() } else { model.clone() }
}

/// Whether Postgres takes it away together with a column or a table.
fn falls(definition: &Definition, current: &Schema, tables: &[Table]) -> bool {
    let name = &definition.name;
    let gone = |object: &Object| match object {
        Object::Column(table, column) => {
            tables.iter().find(|it| &it.name == table).is_none_or(|table| table.column(column).is_none())
        }
        Object::Namespace(_)
        | Object::EnumType(_)
        | Object::EnumLabel(..)
        | Object::Table(_)
        | Object::Constraint(..)
        | Object::Index(..)
        | Object::Definition(_) => false,
    };
    let loses_column = || {
        let needs = current.needs.iter().filter(|need| need.of == Object::Definition(name.clone()));
        needs.into_iter().any(|need| gone(&need.needs))
    };
    let on_table = current.table(&name.name).is_some() && name.kind.has_host();
    let host_goes = on_table && !tables.iter().any(|table| table.name == name.name);
    host_goes || name.kind == DefinitionKind::Statistics && loses_column()
}

fn is_view(kind: DefinitionKind) -> bool {
    matches!(kind, DefinitionKind::View | DefinitionKind::MaterializedView)
}
