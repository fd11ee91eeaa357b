//! What the models state, laid over what is there.
//!
//! The whole policy of "unsaid is not absent" stands here and nowhere else: entities are precise about tables, columns,
//! nullability and keys and silent about most else, so an object or fact is dropped only if the models once declared
//! it (the [`Ledger`]) or the user asks (`strict`). Everything else is taken from what is there. Pure.

mod candidate;
mod column;
mod constraint;
mod definition;
mod enum_type;
mod follow;
mod index;
mod laying;
mod rename;
mod table;

pub use candidate::{Candidate, candidates, likeliest};
pub use rename::{Ordered, applicable, without_done_circles};

pub use follow::{follow_sequences, following};
use laying::Laying;

use crate::schema::{Entry, Fact, Ledger, Models, Namespace, Object, Schema, Widened};

/// The wanted schema, and what was decided on the way.
#[derive(Debug, Clone, Default)]
pub struct Overlay {
    /// What is there, with what the models state laid over it. Types and expressions of the models are still in their
    /// words.
    pub wanted: Schema,
    /// What the models declare, by the names that `wanted` has: what the ledger will own.
    pub declared: Vec<Entry>,
    /// What is there, is not declared and was never owned; it stays as it is.
    pub left_alone: Vec<Object>,
    /// Uniques that the models name a part of.
    pub widened: Vec<Widened>,
}

/// Lays the models over `current`. With `strict`, what is undeclared goes, whoever made it.
#[must_use]
pub fn overlay(current: &Schema, models: &Models, ledger: &Ledger, strict: bool) -> Overlay {
    let mut laying = Laying::new(models, ledger, strict);
    let tables = table::lay(current, &mut laying);
    let enum_types = enum_type::lay(current, &tables, &mut laying);
    let definitions = definition::lay(current, &tables, &mut laying);
    let in_use = |name: &str| {
        let is_in = |namespace: &String| namespace == name;
        tables.iter().any(|it| is_in(&it.name.namespace))
            || enum_types.iter().any(|it| is_in(&it.name.namespace))
            || definitions.iter().any(|it| is_in(&it.name.name.namespace))
    };
    let namespaces = namespaces(current, &in_use, &mut laying);
    // Both may be of things that go: what needs nothing of the schema is never asked for.
    let needs = [current.needs.as_slice(), &models.schema.needs].concat();
    let wanted = Schema { namespaces, enum_types, tables, definitions, needs }.sorted();
    let mut declared = laying.declared;
    declared.sort();
    declared.dedup();
    Overlay { wanted, declared, left_alone: laying.left_alone, widened: laying.widened }
}

/// A namespace goes only when nothing that stays is in it.
fn namespaces(current: &Schema, in_use: &dyn Fn(&str) -> bool, laying: &mut Laying<'_>) -> Vec<Namespace> {
    let mut wanted = Vec::new();
    for namespace in &current.namespaces {
        let object = Object::Namespace(namespace.name.clone());
        match laying.models.schema.namespace(&namespace.name) {
            Some(model) if laying.states(&object, Fact::Comment) => wanted.push(model.clone()),
            Some(_) => wanted.push(namespace.clone()),
            None if laying.ledger.owns(&object) && !in_use(&namespace.name) => {}
            // The default namespace and those of the configuration are there without anybody declaring them.
            None => wanted.push(namespace.clone()),
        }
    }
    for namespace in &laying.models.schema.namespaces {
        laying.declare(Object::Namespace(namespace.name.clone()));
        if current.namespace(&namespace.name).is_none() {
            wanted.push(namespace.clone());
        }
    }
    wanted
}

/// How many tables go, of how many, when that is more than a third: a sign that the reader did not see all entities.
/// A single table never counts.
#[must_use]
pub fn mass_drop(current: &Schema, wanted: &Schema) -> Option<(usize, usize)> {
    let dropped = current.tables.iter().filter(|table| wanted.table(&table.name).is_none()).count();
    (dropped > 1 && dropped * 3 > current.tables.len()).then_some((dropped, current.tables.len()))
}

#[cfg(test)]
mod tests;
