//! Making a failing entity smaller.

use crate::{Crate, Entity, Field};

impl Crate {
    /// The crate of one entity and of those that it refers to, without their own relations.
    #[must_use]
    pub fn only(&self, number: usize) -> Self {
        let mut small = self.clone();
        let wanted: Vec<usize> = self.entities[number].relations.iter().map(|relation| relation.target).collect();
        small.entities.retain(|entity| entity.number == number || wanted.contains(&entity.number));
        for entity in &mut small.entities {
            entity.has_many.clear();
            if entity.number != number {
                entity.relations.clear();
            }
        }
        small.forget_unused();
        small
    }

    /// Leaves out the types that no field names.
    fn forget_unused(&mut self) {
        let fields: Vec<&Field> = self.entities.iter().flat_map(|entity| &entity.fields).collect();
        let named = |name: &str| {
            let mut words = fields.iter().flat_map(|field| field.rust_type.split(|c: char| !c.is_alphanumeric()));
            words.any(|word| word == name)
        };
        self.enums.retain(|text_enum| named(&text_enum.name));
        self.newtypes.retain(|newtype| named(&newtype.name));
    }

    /// Every crate with one thing less in the entity: a field, an attribute, a relation.
    #[must_use]
    pub fn simpler(&self, number: usize) -> Vec<Self> {
        let Some(at) = self.entities.iter().position(|entity| entity.number == number) else { return Vec::new() };
        let smaller = simpler_entities(&self.entities[at]).into_iter().map(|entity| {
            let mut made = self.clone();
            made.entities[at] = entity;
            let used: Vec<usize> = made.entities[at].relations.iter().map(|relation| relation.target).collect();
            made.entities.retain(|other| other.number == number || used.contains(&other.number));
            made.forget_unused();
            made
        });
        smaller.collect()
    }
}

fn simpler_entities(entity: &Entity) -> Vec<Entity> {
    let mut all = Vec::new();
    let mut with = |change: &dyn Fn(&mut Entity)| {
        let mut made = entity.clone();
        change(&mut made);
        all.push(made);
    };
    for at in 0..entity.relations.len() {
        with(&|made| drop(made.relations.remove(at)));
    }
    for (at, field) in entity.fields.iter().enumerate() {
        let last_key = field.key && entity.fields.iter().filter(|other| other.key).count() == 1;
        let referred = entity.relations.iter().any(|relation| {
            relation
                .columns
                .iter()
                .any(|(from, to)| *from == field.name || (relation.target == entity.number && *to == field.name))
        });
        if !last_key && !referred {
            with(&|made| drop(made.fields.remove(at)));
        }
        for plainer in plainer_fields(field) {
            with(&|made| made.fields[at] = plainer.clone());
        }
    }
    if entity.namespace.is_some() {
        with(&|made| made.namespace = None);
    }
    if entity.comment.is_some() {
        with(&|made| made.comment = None);
    }
    if entity.rename_all.is_some() {
        with(&|made| made.rename_all = None);
    }
    all
}

fn plainer_fields(field: &Field) -> Vec<Field> {
    let plain =
        Field { name: field.name.clone(), rust_type: field.rust_type.clone(), key: field.key, ..Field::default() };
    let candidates = [
        Field { optional: field.optional, column_type: field.column_type.clone(), ..plain.clone() },
        plain,
        Field { auto_increment: None, ..field.clone() },
        Field { column_type: None, ..field.clone() },
        Field { column_name: None, ..field.clone() },
        Field { enum_name: None, ..field.clone() },
        Field { nullable: false, ..field.clone() },
        Field { unique: false, ..field.clone() },
        Field { unique_key: None, ..field.clone() },
        Field { indexed: false, ..field.clone() },
        Field { default_value: None, ..field.clone() },
        Field { default_expr: None, ..field.clone() },
        Field { extra: None, ..field.clone() },
        Field { comment: None, ..field.clone() },
        Field { renamed_from: None, ..field.clone() },
        Field { optional: false, ..field.clone() },
        Field { conditional: false, ..field.clone() },
    ];
    let mut smaller: Vec<Field> = Vec::new();
    let text = |field: &Field| format!("{field:?}");
    for candidate in candidates {
        let known = text(&candidate) == text(field) || smaller.iter().any(|other| text(other) == text(&candidate));
        if !known {
            smaller.push(candidate);
        }
    }
    smaller
}
